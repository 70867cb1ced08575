/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: changes that the guest sees all at once
 */
#include "qemu/osdep.h"
#include "hw/core/cpu.h"
#include "system/cpus.h"
#include "system/runstate.h"
#include "system/tcg.h"
#include "hw/vfio-trace/tap/tap.h"

/* vCPUs that stood still already, each waiting for something */
static GPtrArray *standing;

/*
 * TCG's vCPUs find what they access by numbers that they look up in the present
 * view: a change makes these wrong for one that is in the middle of a block,
 * and its access would go to another device.  And they take a new view when
 * they come to it.  So they stand still meanwhile.
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
    /* One that has stopped itself, for a log that is full, waits on. */
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
    pci_tap_vcpus_stop();
    memory_region_transaction_begin();
}

void pci_tap_change_end(void)
{
    memory_region_transaction_commit();
    pci_tap_vcpus_go();
}
