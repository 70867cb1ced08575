/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: identity of a process
 *
 * The kernel reuses process IDs.  A process ID together with the start time of
 * the process is unique until the host reboots.
 */
#ifndef VFIO_TRACE_PROC_ID_H
#define VFIO_TRACE_PROC_ID_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * struct ProcId: a process
 * @pid: its ID; 0 for none
 * @start_time: when it started, as in proc(5): clock ticks since boot
 */
typedef struct ProcId {
    pid_t pid;
    uint64_t start_time;
} ProcId;

/**
 * proc_id_of() - get the identity of a running process
 * @pid: its ID
 *
 * Return: the process; its @pid is 0 if no process with that ID runs
 */
ProcId proc_id_of(pid_t pid);

/**
 * proc_id_alive() - does a process still run?
 * @id: the process
 *
 * A zombie does not count as running.
 */
bool proc_id_alive(const ProcId *id);

/**
 * proc_id_wait() - wait until a process ends
 * @id: the process
 * @seconds: how long
 *
 * Return: true if it has ended
 */
bool proc_id_wait(const ProcId *id, unsigned seconds);

/**
 * proc_id_end() - end a process: by SIGTERM, then by SIGKILL
 * @id: the process
 * @seconds: how long to wait after each of the two signals
 *
 * Return: true if it has ended
 */
bool proc_id_end(const ProcId *id, unsigned seconds);

/**
 * proc_id_parse() - parse /proc/PID/stat
 * @stat: its text
 * @start_time: where to store the start time of the process
 *
 * Return: true if the process runs; false if it has ended or the text is
 *         invalid
 */
bool proc_id_parse(const char *stat, uint64_t *start_time);

#endif /* VFIO_TRACE_PROC_ID_H */
