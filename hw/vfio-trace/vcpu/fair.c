/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: fair share of the BQL (see fair.h)
 */
#include "qemu/osdep.h"
#include "qemu/main-loop.h"
#include "qemu/timer.h"
#include "hw/core/cpu.h"
#include "hw/vfio-trace/vcpu/fair.h"

/* How long a vCPU may hold the BQL before it has to rest, */
#define HELD_NS (1 * SCALE_MS)

/* how long it rests at least: enough for another thread to wake up, */
#define REST_NS (100 * SCALE_US)

/* and the fraction of the time that it rests if that is longer */
#define REST_FRACTION 10

/* Nanoseconds since the last request to rest, and since the last rest */
static __thread int64_t vcpu_fair_held;
static __thread int64_t vcpu_fair_held_in_all;

static void vcpu_fair_rest(CPUState *cpu, run_on_cpu_data data)
{
    vcpu_fair_held_in_all = 0;
    bql_unlock();
    g_usleep(data.host_ulong);
    bql_lock();
}

void vfio_trace_fair_rest(int64_t ns)
{
    async_run_on_cpu(current_cpu, vcpu_fair_rest,
                     RUN_ON_CPU_HOST_ULONG(ns / SCALE_US));
}

void vfio_trace_fair(int64_t ns)
{
    if (!current_cpu) {
        return;
    }
    vcpu_fair_held += ns;
    vcpu_fair_held_in_all += ns;
    if (vcpu_fair_held >= HELD_NS) {
        vfio_trace_fair_rest(MAX(vcpu_fair_held / REST_FRACTION, REST_NS));
        vcpu_fair_held = 0;
    }
}

int64_t vfio_trace_fair_held(void)
{
    return vcpu_fair_held_in_all;
}
