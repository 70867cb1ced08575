/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: atomic changes of windows
 */
#include "qemu/osdep.h"
#include "hw/core/cpu.h"
#include "system/cpus.h"
#include "system/runstate.h"
#include "system/tcg.h"
#include "hw/vfio-trace/tap/direct.h"
#include "hw/vfio-trace/tap/tap.h"

/* vCPUs that were already stopped, each waiting for something */
static GPtrArray *standing;

/*
 * TCG's vCPUs use section numbers, which they look up in the current memory
 * map.  A change makes these numbers wrong for a vCPU that is in the middle of
 * a block, and its access would go to another device.  Also, vCPUs take over a
 * new map at some later time.  So they are stopped during the change.
 */
void pci_tap_vcpus_stop(void)
{
    CPUState *cpu;

    if (!tcg_enabled()) {
        return;
    }
    standing = g_ptr_array_new();
    CPU_FOREACH(cpu) {
        if (cpu->stop || cpu->stopped) {
            g_ptr_array_add(standing, cpu);
        }
    }
    pause_all_vcpus();
}

void pci_tap_vcpus_go(void)
{
    CPUState *cpu;

    if (!tcg_enabled()) {
        return;
    }
    resume_all_vcpus();
    /* A vCPU that has stopped itself because a log is full still waits. */
    CPU_FOREACH(cpu) {
        if (runstate_is_running() && g_ptr_array_find(standing, cpu, NULL)) {
            cpu->stop = true;
            qemu_cpu_kick(cpu);
        }
    }
    g_clear_pointer(&standing, g_ptr_array_unref);
}

void pci_tap_change_begin(void)
{
    PCITap *tap = NULL;

    pci_tap_vcpus_stop();
    while ((tap = pci_tap_next(tap))) {
        pci_tap_gate_close(tap);
    }
    memory_region_transaction_begin();
}

void pci_tap_change_end(void)
{
    PCITap *tap = NULL;

    memory_region_transaction_commit();
    while ((tap = pci_tap_next(tap))) {
        pci_tap_gate_open(tap);
    }
    pci_tap_vcpus_go();
}
