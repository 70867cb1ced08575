/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: snapshot= and rings=, guest memory to log
 *
 * A driver and its device exchange data in guest memory, which an MMIO trace
 * does not show.  But the driver writes to a register (a doorbell) to tell the
 * device where the data is, or that it is ready; at that moment it can be read.
 *
 * libguestmem has the grammar of both properties, and the engine that reads the
 * memory; a part of snapshot= is a rings file with one statement.  A property
 * is parsed before the device exists.  Each device that gets it parses it
 * again, since its engine owns what it follows.
 */
#ifndef HW_VFIO_TRACE_TAP_MEMORY_PLAN_H
#define HW_VFIO_TRACE_TAP_MEMORY_PLAN_H

#include "libguestmem/model.h"

/**
 * struct PCITapMemoryPlan: the two properties
 * @snapshot: the parts of snapshot=; ends with NULL
 * @rings: PCITapRingsFile, the files of rings=
 */
typedef struct PCITapMemoryPlan {
    char **snapshot;
    GArray *rings;
} PCITapMemoryPlan;

/**
 * struct PCITapRingsFile: a rings file
 * @path: its path, as given
 * @fd: it, open; -1: it could not be opened
 */
typedef struct PCITapRingsFile {
    char *path;
    int fd;
} PCITapRingsFile;

/**
 * pci_tap_memory_plan_new() - parse the properties
 * @snapshot: snapshot=, parts joined by "+"; or NULL
 * @rings: rings=, paths joined by ":"; or NULL
 * @errp: error that names the invalid part
 *
 * Return: the plan, to be freed
 */
PCITapMemoryPlan *pci_tap_memory_plan_new(const char *snapshot,
                                          const char *rings, Error **errp);

/**
 * pci_tap_memory_plan_free() - free a plan
 * @plan: the plan, or NULL
 */
void pci_tap_memory_plan_free(PCITapMemoryPlan *plan);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PCITapMemoryPlan, pci_tap_memory_plan_free)

/**
 * pci_tap_snapshots_split() - divide snapshot= into its parts
 * @text: the property
 * @errp: error if it is empty
 *
 * Return: the parts, not parsed; to be freed
 */
char **pci_tap_snapshots_split(const char *text, Error **errp);

/**
 * pci_tap_snapshot_parse() - parse a part of snapshot=
 * @text: the part
 * @errp: what is wrong with it
 */
GmemFile *pci_tap_snapshot_parse(const char *text, Error **errp);

/**
 * pci_tap_rings_parse() - parse a rings file
 * @rings: the file
 * @errp: error with the line
 */
GmemFile *pci_tap_rings_parse(const PCITapRingsFile *rings, Error **errp);

/**
 * pci_tap_rings_parse_text() - parse the text of a rings file
 * @name: its name
 * @text: its text
 * @errp: error with the line, or that @name is not a word
 */
GmemFile *pci_tap_rings_parse_text(const char *name, const char *text,
                                   Error **errp);

#endif /* HW_VFIO_TRACE_TAP_MEMORY_PLAN_H */
