/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-trace: times of records (see time.h) */
#include "qemu/osdep.h"
#include "qemu/timer.h"
#include "hw/vfio-trace/trace.h"
#include "hw/vfio-trace/log/time.h"

/* How often the counter is compared with the clock */
#define TIME_COMPARE_MS 200

/* Attempts to read both at the same moment: the quickest counts */
#define TIME_ATTEMPTS 5

#define CLOCKSOURCE \
    "/sys/devices/system/clocksource/clocksource0/current_clocksource"

/* The clock and the counter at one moment */
typedef struct LogTimePair {
    uint64_t ticks;
    uint64_t ns;
} LogTimePair;

/* At first, the clock is read. */
VFIOTraceTimes vfio_trace_times;

/* BQL */
static MmtCounter log_time_counter;
static QEMUTimer *log_time_timer;

/*
 * Open as long as QEMU runs: what confines it may not let it open the file
 * again, and would say so to the host's log each time.
 */
static int log_time_source = -1;

/*
 * The kernel watches its clock: it uses another source if counters of several
 * processors differ, or if their rate changes.  Its kvm-clock is no such sign:
 * it has numbers of its own for each processor, and the kernel prefers it only
 * to a counter that it does not trust.
 */
static bool log_time_kernel_trusts_counter(void)
{
    static const char *const sources[] = {
        "tsc", "hyperv_clocksource_tsc_page", "arch_sys_counter",
    };
    char source[64] = "";
    unsigned i;

    if (pread(log_time_source, source, sizeof(source) - 1, 0) < 0) {
        return false;
    }
    g_strchomp(source);
    for (i = 0; i < ARRAY_SIZE(sources); i++) {
        if (!strcmp(source, sources[i])) {
            return true;
        }
    }
    return false;
}

static LogTimePair log_time_read(void)
{
    LogTimePair best = { 0 };
    uint64_t least = UINT64_MAX;
    int i;

    for (i = 0; i < TIME_ATTEMPTS; i++) {
        uint64_t before = vfio_trace_ticks();
        uint64_t ns = get_clock();
        uint64_t took = vfio_trace_ticks() - before;

        if (took < least) {
            least = took;
            best = (LogTimePair) { .ticks = before + took / 2, .ns = ns };
        }
    }
    return best;
}

/* No access waits for it: to close the gates would send them to the BQL. */
static void log_time_publish(void)
{
    unsigned count = vfio_trace_times.count + 1;
    MmtCounterTime *to = &vfio_trace_times.time[count % VFIO_TRACE_TIMES];
    const MmtCounterTime *time = &log_time_counter.time;

    /* not before those who read @to can see that it is old */
    smp_wmb();
    qatomic_set(&to->ticks, time->ticks);
    qatomic_set(&to->ns, time->ns);
    qatomic_set(&to->rate, time->rate);
    qatomic_set(&to->limit, time->limit);
    qatomic_store_release(&vfio_trace_times.count, count);
}

static void log_time_again(void)
{
    timer_mod(log_time_timer,
              qemu_clock_get_ms(QEMU_CLOCK_REALTIME) + TIME_COMPARE_MS);
}

static void log_time_compare(void *opaque)
{
    LogTimePair now = log_time_read();
    MmtCounter *counter = &log_time_counter;

    if (!log_time_kernel_trusts_counter()) {
        mmt_counter_start(counter, now.ticks, now.ns);
    } else if (mmt_counter_compare(counter, now.ticks, now.ns)) {
        trace_vfio_trace_time(counter->time.ns, counter->time.rate,
                              counter->late);
    }
    log_time_publish();
    if (vfio_trace_log_next(NULL)) {
        log_time_again();
    }
}

/* The first log: what was known before it is old. */
static void log_time_start(void)
{
    LogTimePair now;

    if (!vfio_trace_ticks_constant || log_time_source < 0) {
        return;
    }
    now = log_time_read();
    mmt_counter_start(&log_time_counter, now.ticks, now.ns);
    log_time_publish();
    log_time_again();
}

void vfio_trace_time_begin(void)
{
    vfio_trace_ticks_start();
    if (!log_time_timer) {
        log_time_timer = timer_new_ms(QEMU_CLOCK_REALTIME, log_time_compare,
                                      NULL);
        log_time_source = qemu_open(CLOCKSOURCE, O_RDONLY, NULL);
    }
    if (!timer_pending(log_time_timer)) {
        log_time_start();
    }
}
