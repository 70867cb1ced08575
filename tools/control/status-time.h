/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: share of the guest's time that traps take
 *
 * QEMU measures the time in a trap's callback.  For each access of a vCPU, the
 * time of an exit on this host comes on top, if that is known.  Each vCPU has
 * as much time as the guest has run.
 */
#ifndef VFIO_TRACE_STATUS_TIME_H
#define VFIO_TRACE_STATUS_TIME_H

#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * struct StatusTime: shares of the traps of a region, in percent
 * @qemu: time in QEMU, of the time of all vCPUs
 * @exits: time of exits, likewise
 * @exits_known: what an exit costs is known; else @exits is 0
 * @several: the guest has several vCPUs
 * @busiest_cpu: the vCPU that spends most in traps of the region
 * @busiest: its share of its own time: in QEMU and of exits
 */
typedef struct StatusTime {
    double qemu;
    double exits;
    bool exits_known;
    bool several;
    uint64_t busiest_cpu;
    double busiest;
} StatusTime;

/**
 * status_time() - compute a region's shares
 * @log: an element of the result of query-vfio-trace
 * @region: a region in it
 * @log_before: the same log at an earlier time, from which on to count, or NULL
 *              for the beginning of the log
 * @region_before: the region in it, or NULL
 * @time: where to store the shares
 *
 * Return: false if they are not known: an older QEMU, or a guest that has not
 *         run meanwhile
 */
bool status_time(JsonObject *log, JsonObject *region, JsonObject *log_before,
                 JsonObject *region_before, StatusTime *time);

/**
 * status_time_text() - shares as text
 * @time: the shares
 *
 * Return: "(2.0 % in QEMU, 1.1 % in exits); vCPU 2: 12.4 %", to be freed
 */
char *status_time_text(const StatusTime *time);

/**
 * status_time_add() - add the shares of the last interval to a sample
 * @log: a log of the sample: gets trap-percent, exit-percent, busiest-cpu and
 *       busiest-percent in each region where they are known
 * @before: the same log in the previous sample
 */
void status_time_add(JsonObject *log, JsonObject *before);

#endif /* VFIO_TRACE_STATUS_TIME_H */
