/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: options of a traced device
 *
 * The properties that vfio-pci-trace and pci-trace share, as text and parsed.
 * They are parsed before the device exists, and checked against the device when
 * it does.
 */
#ifndef HW_VFIO_TRACE_TAP_PLAN_H
#define HW_VFIO_TRACE_TAP_PLAN_H

#include "qom/object.h"

typedef struct PCITapMemoryPlan PCITapMemoryPlan;
typedef struct PCITapWindows PCITapWindows;

/* Most return addresses that fit into a mark with its other fields */
#define PCI_TAP_BACKTRACE_MAX 32

/**
 * struct PCITapOptions: the properties as text
 * @windows: windows=: accesses to trace, or NULL for all
 * @exclude: exclude=: accesses of @windows not to trace, or NULL
 * @start: start=: trace from the beginning
 * @hot_limit: hot-page-limit=: accesses per second after which a page is no
 *             longer trapped, or 0
 * @config: config=: trace config space
 * @irq: irq=: log interrupts
 * @snapshot: snapshot=: guest memory to log at writes to registers, or NULL
 * @rings: rings=: files that say what guest memory to log, or NULL
 * @backtrace: backtrace=: number of return addresses to log with each access
 * @backtrace_windows: backtrace-windows=: accesses that get a backtrace, or
 *                     NULL for all
 */
typedef struct PCITapOptions {
    char *windows;
    char *exclude;
    bool start;
    uint32_t hot_limit;
    bool config;
    bool irq;
    char *snapshot;
    char *rings;
    uint32_t backtrace;
    char *backtrace_windows;
} PCITapOptions;

/**
 * struct PCITapPlan: the properties, parsed
 * @windows: accesses to trace
 * @exclude: accesses of @windows not to trace
 * @start: trace from the beginning
 * @hot_limit: accesses per second after which a page is no longer trapped, or 0
 * @config: trace config space
 * @irq: log interrupts
 * @memory: guest memory to log
 * @backtrace: number of return addresses to log with each access
 * @backtrace_windows: accesses that get a backtrace
 */
typedef struct PCITapPlan {
    PCITapWindows *windows;
    PCITapWindows *exclude;
    bool start;
    uint32_t hot_limit;
    bool config;
    bool irq;
    PCITapMemoryPlan *memory;
    uint32_t backtrace;
    PCITapWindows *backtrace_windows;
} PCITapPlan;

/**
 * pci_tap_plan_new() - parse the properties
 * @options: the properties
 * @errp: error that names the invalid part
 *
 * Return: the plan, to be freed
 */
PCITapPlan *pci_tap_plan_new(const PCITapOptions *options, Error **errp);

/**
 * pci_tap_plan_free() - free a plan
 * @plan: the plan, or NULL
 */
void pci_tap_plan_free(PCITapPlan *plan);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PCITapPlan, pci_tap_plan_free)

/**
 * pci_tap_describe_options() - set the properties' descriptions
 * @klass: a class that has these properties
 */
void pci_tap_describe_options(ObjectClass *klass);

#endif /* HW_VFIO_TRACE_TAP_PLAN_H */
