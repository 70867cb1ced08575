/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-trace: times of records (see time.h) */
#include "qemu/osdep.h"
#include "qemu/timer.h"
#include "hw/vfio-trace/trace.h"
#include "hw/vfio-trace/log/time.h"

/* How often the counter is compared with the clock */
#define TIME_COMPARE_MS 200

/* A difference that is not corrected little by little */
#define TIME_JUMP_NS SCALE_MS

/* Attempts to read both at the same moment: the quickest counts */
#define TIME_ATTEMPTS 5

#define CLOCKSOURCE \
    "/sys/devices/system/clocksource/clocksource0/current_clocksource"

/* The clock and the counter at one moment */
typedef struct LogTimePair {
    uint64_t ticks;
    uint64_t ns;
} LogTimePair;

/* Computed times are not used for longer than this. */
#define TIME_LIMIT_NS NANOSECONDS_PER_SECOND

/* By how much another processor's counter may be behind */
#define TIME_BEHIND_NS (10 * SCALE_US)

/* The last comparison, and what all logs have; BQL */
static LogTimePair log_time_last;
static VFIOTraceLogTime log_time_from;
static QEMUTimer *log_time_timer;

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
    g_autofree char *source = NULL;
    unsigned i;

    if (!g_file_get_contents(CLOCKSOURCE, &source, NULL, NULL)) {
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

/*
 * From one comparison to the next.  The rate is what the counter and the clock
 * did since the last one, and what makes up for the difference.
 *
 * Return: false if that can not be told
 */
static bool log_time_next(VFIOTraceLogTime *next, const LogTimePair *now)
{
    const VFIOTraceLogTime *from = &log_time_from;
    int64_t ticks = now->ticks - log_time_last.ticks;
    int64_t ns = now->ns - log_time_last.ns;
    uint64_t passed = now->ticks - from->ticks;
    uint64_t computed, behind;
    int64_t late;

    if (ticks <= 0 || ns <= 0) {
        return false;
    }
    next->ns = now->ns;
    next->rate = (uint64_t)(((unsigned __int128)ns << 32) / ticks);
    if (passed < from->limit) {
        computed = from->ns +
                   (uint64_t)((unsigned __int128)passed * from->rate >> 32);
        late = now->ns - computed;
        if (late > -TIME_JUMP_NS && late < TIME_JUMP_NS) {
            next->ns = computed;
            next->rate += (int64_t)((__int128)next->rate * late /
                                    MAX(ns, TIME_COMPARE_MS * SCALE_MS));
        }
    }
    if (!next->rate) {
        return false;
    }
    behind = ((uint64_t)TIME_BEHIND_NS << 32) / next->rate;
    next->ticks = now->ticks - behind;
    next->ns -= TIME_BEHIND_NS;
    next->limit = ((unsigned __int128)TIME_LIMIT_NS << 32) / next->rate;
    return true;
}

static void log_time_give(VFIOTraceLog *log)
{
    mmt_gate_close(&log->gate);
    log->time = log_time_from;
    mmt_gate_open(&log->gate);
}

static void log_time_again(void)
{
    timer_mod(log_time_timer,
              qemu_clock_get_ms(QEMU_CLOCK_REALTIME) + TIME_COMPARE_MS);
}

static void log_time_compare(void *opaque)
{
    LogTimePair now = log_time_read();
    VFIOTraceLogTime next = { 0 };
    VFIOTraceLog *log = NULL;

    if (log_time_kernel_trusts_counter() && log_time_next(&next, &now)) {
        trace_vfio_trace_time(next.ns, next.rate,
                              now.ns - TIME_BEHIND_NS - next.ns);
    } else {
        /* Nothing is known: the clock is read. */
        next = (VFIOTraceLogTime) { 0 };
    }
    log_time_from = next;
    log_time_last = now;
    while ((log = vfio_trace_log_next(log))) {
        log_time_give(log);
    }
    if (vfio_trace_log_next(NULL)) {
        log_time_again();
    }
}

void vfio_trace_time_begin(VFIOTraceLog *log)
{
    vfio_trace_ticks_start();
    log_time_timer = log_time_timer ?: timer_new_ms(QEMU_CLOCK_REALTIME,
                                                    log_time_compare, NULL);
    if (vfio_trace_ticks_constant && !timer_pending(log_time_timer)) {
        /* The first log: what was known before it is old. */
        log_time_last = log_time_read();
        log_time_from = (VFIOTraceLogTime) { 0 };
        log_time_again();
    }
    log_time_give(log);
}
