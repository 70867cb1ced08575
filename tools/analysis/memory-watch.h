/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: contents of the watches of a log, for memory.c
 */
#ifndef VFIO_TRACE_ANALYSIS_MEMORY_WATCH_H
#define VFIO_TRACE_ANALYSIS_MEMORY_WATCH_H

#include "libguestmem/model.h"
#include "tools/analysis/memory-mark.h"
#include "tools/analysis/memory-types.h"

/* Bytes of watches that are kept: of one, of a device's, and of all */
#define MEMORY_WATCH_MAX  (4u * 1024 * 1024)
#define MEMORY_WATCH_DEVICE_MAX (16u * 1024 * 1024)
#define MEMORY_WATCH_ALL_MAX    (64u * 1024 * 1024)

/**
 * struct MemoryWatch: a watch
 * @key: its device and its name
 * @device: its device
 * @at: address
 * @len: bytes
 * @bytes: contents, where @known
 * @known: one byte for each line: is it known?
 * @n_known: number of lines that are known
 * @sum: sum of the known lines
 * @begun: a mark of it was here
 * @based: all that was logged since it began is here
 * @doubted: lines may be missing, or the sum was wrong: another sum says
 *           nothing new
 */
typedef struct MemoryWatch {
    char *key;
    char *device;
    uint64_t at;
    uint64_t len;
    uint8_t *bytes;
    uint8_t *known;
    uint64_t n_known;
    uint64_t sum;
    bool begun;
    bool based;
    bool doubted;
} MemoryWatch;

typedef struct MemoryWatches MemoryWatches;

MemoryWatches *memory_watches_new(void);
void memory_watches_free(MemoryWatches *watches);

/**
 * memory_watches_get() - find a watch, or begin it
 * @watches: the watches
 * @mark: its mark
 *
 * Another address or length is a new beginning.
 *
 * Return: the watch, until the next call; NULL if it is too large to be kept
 */
MemoryWatch *memory_watches_get(MemoryWatches *watches,
                                const AnalysisMemoryMark *mark);

/**
 * memory_watches_lost() - lines of any watch may be missing
 * @watches: the watches
 */
void memory_watches_lost(MemoryWatches *watches);

/* Number of lines of a watch */
static inline uint64_t memory_watch_lines(uint64_t len)
{
    return len / GMEM_WATCH_LINE + (len % GMEM_WATCH_LINE != 0);
}

/* Lines of it may be missing. */
void memory_watch_doubt(MemoryWatch *watch);

/* Nothing of it is known. */
void memory_watch_clear(MemoryWatch *watch);

/**
 * memory_watch_put() - some lines have been logged
 * @watch: the watch
 * @offset: offset of the first of them
 * @bytes: their bytes: whole lines, and the last one of the watch
 * @len: number of bytes
 */
void memory_watch_put(MemoryWatch *watch, uint64_t offset,
                      const uint8_t *bytes, uint64_t len);

/**
 * memory_watch_add_run() - note that bytes were logged
 * @runs: AnalysisMemoryRun, in the order of their offsets
 * @offset: offset of the first of them
 * @len: number of bytes
 */
void memory_watch_add_run(GArray *runs, uint64_t offset, uint64_t len);

/**
 * memory_watch_keep() - forget the lines that are in no run
 * @watch: the watch
 * @runs: AnalysisMemoryRun, of lines that are known
 */
void memory_watch_keep(MemoryWatch *watch, const GArray *runs);

/**
 * memory_watch_begin_again() - does a cut look begin the watch again?
 * @watch: the watch; forgets the lines of before if that is so
 * @runs: AnalysisMemoryRun, what has been logged now
 * @sum: the mark's sum
 *
 * A first look that was cut says "cut" and not "first": nothing but the sum
 * tells that what was there before does not count.
 */
bool memory_watch_begin_again(MemoryWatch *watch, const GArray *runs,
                              uint64_t sum);

#endif /* VFIO_TRACE_ANALYSIS_MEMORY_WATCH_H */
