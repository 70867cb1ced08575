/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: which process that was
 *
 * A process ID comes round again; together with the time at which the process
 * has started it is that process's alone until the host is started anew.
 */
#ifndef VFIO_TRACE_PROC_ID_H
#define VFIO_TRACE_PROC_ID_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * struct ProcId: a process
 * @pid: its ID; 0 for none
 * @start_time: when it has started, as proc(5) has it: clock ticks since boot
 */
typedef struct ProcId {
    pid_t pid;
    uint64_t start_time;
} ProcId;

/**
 * proc_id_of() - name a process that runs
 * @pid: its ID
 *
 * Return: the process, or one with a @pid of 0 if there is none of that ID
 */
ProcId proc_id_of(pid_t pid);

/**
 * proc_id_alive() - does it still run?
 * @id: the process
 *
 * One that is dead and was not waited for yet does not.
 */
bool proc_id_alive(const ProcId *id);

/**
 * proc_id_wait() - wait for its end
 * @id: the process
 * @seconds: how long
 *
 * Return: true if it is gone
 */
bool proc_id_wait(const ProcId *id, unsigned seconds);

/**
 * proc_id_end() - make it end, by force if need be
 * @id: the process
 * @seconds: how long to wait after SIGTERM, and again after SIGKILL
 *
 * Return: true if it is gone
 */
bool proc_id_end(const ProcId *id, unsigned seconds);

/**
 * proc_id_parse() - what /proc/PID/stat says
 * @stat: its text
 * @start_time: where to store when the process has started
 *
 * Return: true if the process runs; false if it has ended, or the text is none
 *         of the kernel's
 */
bool proc_id_parse(const char *stat, uint64_t *start_time);

#endif /* VFIO_TRACE_PROC_ID_H */
