/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: where the MSI-X table is, and what switches interrupts
 *
 * A guest's driver writes the table, with addresses of the guest's interrupt
 * controller, and the bits in config space that switch MSI-X or MSI on.  Who
 * plays a sequence has interrupts of its own, and VFIO lets nobody else write
 * there.
 */
#ifndef VFIO_TRACE_SEQUENCE_COMPILE_MSIX_H
#define VFIO_TRACE_SEQUENCE_COMPILE_MSIX_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "libmmiotrace/mmiotrace.h"
#include "tools/analysis/pci-caps.h"

typedef struct CompileMsix CompileMsix;

CompileMsix *compile_msix_new(void);

/**
 * compile_msix_entry() - take an entry of the first reading
 * @msix: the state
 * @trace: the trace
 * @entry: the entry, in the array of the last mmt_trace_next()
 *
 * Coverage marks say where the table is, and so does config space.
 */
void compile_msix_entry(CompileMsix *msix, MmtTrace *trace,
                        const MmtEntry *entry);

/**
 * compile_msix_finish() - all entries were taken
 * @msix: the state
 */
void compile_msix_finish(CompileMsix *msix);

/**
 * compile_msix_caps() - take capabilities that were read elsewhere
 * @msix: the state, finished
 * @caps: the capabilities, or NULL: they were read before what is compiled
 *
 * A driver that is loaded goes by what the kernel has read when it found the
 * device.
 */
void compile_msix_caps(CompileMsix *msix, const PciCaps *caps);

/**
 * compile_msix_has() - is an access one of the table?
 * @msix: the state, finished
 * @number: number of the access's region
 * @entry: the access
 */
bool compile_msix_has(const CompileMsix *msix, int number,
                      const MmtEntry *entry);

/**
 * compile_msix_bits() - find the bits of MSI-X and MSI in config space
 * @msix: the state, finished
 * @entry: an access to config space
 *
 * Return: bits of its value that switch interrupts, or have their addresses
 */
uint64_t compile_msix_bits(const CompileMsix *msix, const MmtEntry *entry);

void compile_msix_free(CompileMsix *msix);

#endif /* VFIO_TRACE_SEQUENCE_COMPILE_MSIX_H */
