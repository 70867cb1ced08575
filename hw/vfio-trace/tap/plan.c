/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: options of a traced device (see plan.h)
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/vfio-trace/tap/memory-plan.h"
#include "hw/vfio-trace/tap/plan.h"
#include "hw/vfio-trace/tap/window-spec.h"

static bool tap_plan_check_backtrace(const PCITapOptions *options, Error **errp)
{
    if (options->backtrace > PCI_TAP_BACKTRACE_MAX) {
        error_setg(errp, "backtrace is %" PRIu32 "; 0 to %d expected",
                   options->backtrace, PCI_TAP_BACKTRACE_MAX);
        return false;
    }
    if (options->backtrace_windows && !options->backtrace) {
        error_setg(errp, "backtrace-windows needs backtrace");
        return false;
    }
    return true;
}

PCITapPlan *pci_tap_plan_new(const PCITapOptions *options, Error **errp)
{
    g_autoptr(PCITapPlan) plan = g_new0(PCITapPlan, 1);

    plan->config = options->config;
    plan->irq = options->irq;
    plan->backtrace = options->backtrace;
    plan->start = options->start;
    plan->hot_limit = options->hot_limit;
    if (!tap_plan_check_backtrace(options, errp)) {
        return NULL;
    }
    plan->windows = pci_tap_windows_parse("windows", options->windows ?: "all",
                                          errp);
    if (!plan->windows) {
        return NULL;
    }
    plan->exclude = pci_tap_windows_parse("exclude", options->exclude, errp);
    if (!plan->exclude) {
        return NULL;
    }
    plan->backtrace_windows = pci_tap_windows_parse("backtrace-windows",
                                                    options->backtrace_windows
                                                    ?: "all", errp);
    if (!plan->backtrace_windows) {
        return NULL;
    }
    plan->memory = pci_tap_memory_plan_new(options->snapshot, options->rings,
                                           errp);
    if (!plan->memory) {
        return NULL;
    }
    return g_steal_pointer(&plan);
}

void pci_tap_plan_free(PCITapPlan *plan)
{
    if (plan) {
        pci_tap_windows_free(plan->windows);
        pci_tap_windows_free(plan->exclude);
        pci_tap_windows_free(plan->backtrace_windows);
        pci_tap_memory_plan_free(plan->memory);
        g_free(plan);
    }
}

void pci_tap_describe_options(ObjectClass *klass)
{
    static const struct {
        const char *name;
        const char *description;
    } options[] = {
        { "windows",
          "What to trace: all, registers, or REGION[:OFFSET:LEN][:r|w|rw] joined by +; REGION is 0 to 5, rom, vga or config"
        },
        { "exclude", "Parts of windows not to trace; same format" },
        { "start",
          "Trace from the beginning; if off, trace from vfio-trace-start on" },
        { "hot-page-limit",
          "Accesses per second after which a page is no longer trapped" },
        { "config", "Trace config space as well" },
        { "irq", "Log interrupts; KVM no longer delivers them by itself" },
        { "snapshot",
          "Guest memory to log at a write to a register: BAR:OFFSET:LEN[:MASK][@REGISTER], joined by +"
        },
        { "rings",
          "Files that say which rings and other parts of guest memory to log, joined by colons"
        },
        { "backtrace", "Number of return addresses to log with each access" },
        { "backtrace-windows",
          "Accesses that get a backtrace; same format as windows" },
    };
    int i;

    for (i = 0; i < ARRAY_SIZE(options); i++) {
        object_class_property_set_description(klass, options[i].name,
                                              options[i].description);
    }
}
