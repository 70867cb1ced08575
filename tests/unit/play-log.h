/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: plays a sequence on a device that answers as in a log
 */
#ifndef TESTS_UNIT_PLAY_LOG_H
#define TESTS_UNIT_PLAY_LOG_H

#include "libmmiotrace/mmiotrace.h"
#include "tools/sequence/model.h"

/**
 * struct LogAccess: an access of the log
 * @write: it is a write
 * @region: its region, as sequences number them
 * @width: bytes
 * @offset: its offset
 * @value: its value
 * @line: its line
 */
typedef struct LogAccess {
    bool write;
    unsigned region;
    unsigned width;
    uint64_t offset;
    uint64_t value;
    uint64_t line;
} LogAccess;

/**
 * log_accesses() - read the accesses of a log that a sequence can have
 * @path: the log
 * @configure: called before it is read, or NULL
 *
 * Return: LogAccess elements
 */
GArray *log_accesses(const char *path, void (*configure)(MmtTrace *trace));

/**
 * struct LogMemory: bytes that a mark of the log has
 * @line: the mark's line
 * @access: line of the access before it
 * @by_device: that is not a write, or there was an interrupt
 * @address: address of the bytes
 * @bytes: the bytes
 */
typedef struct LogMemory {
    uint64_t line;
    uint64_t access;
    bool by_device;
    uint64_t address;
    GBytes *bytes;
} LogMemory;

/**
 * log_memory() - read what a log has of memory
 * @text: the log
 *
 * Return: LogMemory elements
 */
GArray *log_memory(const char *text);

/**
 * play_log() - play a sequence
 * @seq: the sequence, compiled from all of the log
 * @accesses: the log's accesses
 * @memory: the log's memory, or NULL
 *
 * Each operation must do what the log has at this place: a write writes the
 * same value, a check passes, a poll ends; and nothing is left.  When something
 * is written, what the driver had in memory is there.
 *
 * Return: NULL, or what differs, to be freed
 */
char *play_log(const Sequence *seq, const GArray *accesses,
               const GArray *memory);

#endif /* TESTS_UNIT_PLAY_LOG_H */
