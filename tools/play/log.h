/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: what was done, as a trace
 *
 * The log has the format of docs/log-format.md, so that all verbs read it.
 */
#ifndef VFIO_TRACE_PLAY_LOG_H
#define VFIO_TRACE_PLAY_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "libpcidev/device.h"
#include "tools/play/log-memory.h"

typedef struct PlayLog PlayLog;

/**
 * struct PlayAccess: an access to the device
 * @write: it is a write
 * @failed: the device did not answer
 * @region: the region: SEQUENCE_REGION_*, or a BAR
 * @width: bytes
 * @offset: offset in the region
 * @value: what was read or written
 * @ns: its time: of a write, before the device was asked
 */
typedef struct PlayAccess {
    bool write;
    bool failed;
    unsigned region;
    unsigned width;
    uint64_t offset;
    uint64_t value;
    uint64_t ns;
} PlayAccess;

/**
 * play_log_new() - begin a log
 * @file: where to write it; its errors are the caller's
 * @dev: the device
 * @ns: the time, CLOCK_MONOTONIC
 *
 * The functions below do nothing with NULL.
 *
 * Return: the log, to be freed with play_log_free()
 */
PlayLog *play_log_new(FILE *file, const HostPci *dev, uint64_t ns);

/**
 * play_log_access() - log an access
 * @log: the log
 * @access: the access
 */
void play_log_access(PlayLog *log, const PlayAccess *access);

/**
 * play_log_fill() - log what is written to a buffer
 * @log: the log
 * @fill: the bytes
 *
 * It stands behind the next write to the device, as in other logs: that write
 * tells the device of it.
 */
void play_log_fill(PlayLog *log, const PlayFill *fill);

/**
 * play_log_fills() - log now what has been written to buffers
 * @log: the log
 * @ns: the time
 */
void play_log_fills(PlayLog *log, uint64_t ns);

/**
 * play_log_mark() - log a mark of the sequence
 * @log: the log
 * @text: its text
 * @ns: its time
 */
void play_log_mark(PlayLog *log, const char *text, uint64_t ns);

/**
 * play_log_irq() - log an interrupt
 * @log: the log
 * @word: "msi" or "msix"; NULL: INTx
 * @vector: its vector
 * @ns: when it was seen
 */
void play_log_irq(PlayLog *log, const char *word, uint64_t vector,
                  uint64_t ns);

/**
 * play_log_flush() - write what was logged so far to the file
 * @log: the log, or NULL
 *
 * So that it is there if this program is killed, or an access hangs.
 */
void play_log_flush(PlayLog *log);

/**
 * play_log_error() - was anything of the log not written?
 * @log: the log, which was flushed, or NULL
 *
 * Return: errno of the first write that failed, or 0
 */
int play_log_error(const PlayLog *log);

/**
 * play_log_end() - complete the log
 * @log: the log, which is flushed
 * @ns: the time
 */
void play_log_end(PlayLog *log, uint64_t ns);

/**
 * play_log_free() - free a log
 * @log: the log
 */
void play_log_free(PlayLog *log);

#endif /* VFIO_TRACE_PLAY_LOG_H */
