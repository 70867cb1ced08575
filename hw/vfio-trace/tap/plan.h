/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: options of a traced device
 *
 * The properties that vfio-pci-trace and pci-trace share, as text and as
 * understood.  What they say is understood before the device is there;
 * whether the device has it shows when it is.
 */
#ifndef HW_VFIO_TRACE_TAP_PLAN_H
#define HW_VFIO_TRACE_TAP_PLAN_H

#include "qom/object.h"

typedef struct PCITapSnapshots PCITapSnapshots;
typedef struct PCITapWindows PCITapWindows;

/* Most return addresses that fit into a mark with all that is around them */
#define PCI_TAP_BACKTRACE_MAX 32

/**
 * struct PCITapOptions: the properties
 * @windows: windows=: what is traced, or NULL for all
 * @exclude: exclude=: what of that is not, or NULL
 * @start: start=: trace from the beginning on
 * @hot_limit: hot-page-limit=: accesses per second after which a page is not
 *             trapped any more, or 0
 * @config: config=: trace config space
 * @irq: irq=: log interrupts
 * @snapshot: snapshot=: guest memory to log at writes to registers, or NULL
 * @backtrace: backtrace=: return addresses to log with each access
 * @backtrace_windows: backtrace-windows=: with which, or NULL for all
 */
typedef struct PCITapOptions {
    char *windows;
    char *exclude;
    bool start;
    uint32_t hot_limit;
    bool config;
    bool irq;
    char *snapshot;
    uint32_t backtrace;
    char *backtrace_windows;
} PCITapOptions;

/**
 * struct PCITapPlan: the properties, understood
 * @windows: what is traced
 * @exclude: what of that is not
 * @start: trace from the beginning on
 * @hot_limit: accesses per second to a page that are too many, or 0
 * @config: trace config space
 * @irq: log interrupts
 * @snapshots: guest memory to log
 * @backtrace: return addresses to log with each access
 * @backtrace_windows: with which
 */
typedef struct PCITapPlan {
    PCITapWindows *windows;
    PCITapWindows *exclude;
    bool start;
    uint32_t hot_limit;
    bool config;
    bool irq;
    PCITapSnapshots *snapshots;
    uint32_t backtrace;
    PCITapWindows *backtrace_windows;
} PCITapPlan;

/**
 * pci_tap_plan_new() - understand the properties
 * @options: the properties
 * @errp: error that names the part that is wrong
 *
 * Return: the plan, to be freed
 */
PCITapPlan *pci_tap_plan_new(const PCITapOptions *options, Error **errp);

/**
 * pci_tap_plan_free() - free it
 * @plan: the plan, or NULL
 */
void pci_tap_plan_free(PCITapPlan *plan);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PCITapPlan, pci_tap_plan_free)

/**
 * pci_tap_describe_options() - say what the properties are for
 * @klass: a class that has them
 */
void pci_tap_describe_options(ObjectClass *klass);

#endif /* HW_VFIO_TRACE_TAP_PLAN_H */
