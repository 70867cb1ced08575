/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: state of guest memory in a log; private to memory*.c
 */
#ifndef VFIO_TRACE_ANALYSIS_MEMORY_INTERNAL_H
#define VFIO_TRACE_ANALYSIS_MEMORY_INTERNAL_H

#include "tools/analysis/memory-types.h"
#include "tools/analysis/memory-watch.h"

/* What is open: its marks are being read */
typedef enum MemoryOpen {
    MEMORY_NOTHING,
    MEMORY_SNAPSHOT,
    MEMORY_ENTRY,       /* or its data are whole, so far */
    MEMORY_DATA,
    MEMORY_WATCH,
} MemoryOpen;

/**
 * struct AnalysisMemory: the state
 * @user: who wants the memory
 * @opaque: its argument
 * @rings: AnalysisMemoryRing by device and name
 * @watches: watches
 * @thing: what is open, or was last
 * @open: MemoryOpen
 * @at: the mark that began it, or the datum
 * @now: the last mark
 * @left: its bytes, or lines of a watch, that are missing
 * @next: address of the next byte, or lowest address of the next line
 * @into: where its bytes go; NULL: the datum is one of too many
 * @data_bytes: bytes of all data of the entry
 * @hash: hash of a snapshot so far
 * @sha256: what it should be
 * @sum: what the watch's sum should be
 * @watch: the watch, if it is kept
 * @fresh: the watch begins anew with this mark
 * @broken: something was wrong: what goes on with it is not looked at
 * @gap: something before is missing, so rings and watches may be unknown
 * @in_header: in the header of another part of the log
 */
struct AnalysisMemory {
    const AnalysisMemoryUser *user;
    void *opaque;
    GHashTable *rings;
    MemoryWatches *watches;
    AnalysisMemoryThing thing;
    MemoryOpen open;
    AnalysisMemoryPlace at;
    AnalysisMemoryPlace now;
    uint64_t left;
    uint64_t next;
    GByteArray *into;
    uint64_t data_bytes;
    GChecksum *hash;
    char sha256[65];
    uint64_t sum;
    MemoryWatch *watch;
    bool broken;
    bool gap;
    bool in_header;
};

void memory_fault(AnalysisMemory *m, const AnalysisMemoryPlace *place,
                  const char *word, const char *fmt, ...)
    G_GNUC_PRINTF(4, 5);

/* A word into ANALYSIS_MEMORY_WORD bytes */
void memory_copy_word(MmtSpan word, char *buf);

/* The mark begins a thing; nothing is open yet */
void memory_begin(AnalysisMemory *m, const AnalysisMemoryMark *mark,
                  const AnalysisMemoryPlace *place);

/* Hand the thing out */
void memory_give(AnalysisMemory *m, AnalysisMemoryKind kind);

/* The datum that is open is not whole: the entry is without it */
void memory_drop_datum(AnalysisMemory *m);

/* Nothing is open */
void memory_close(AnalysisMemory *m);

AnalysisMemoryRing *memory_find_ring(AnalysisMemory *m,
                                     const AnalysisMemoryMark *mark);

/* memory-bytes.c: marks of what has bytes */
void memory_take_snapshot(AnalysisMemory *m, const AnalysisMemoryMark *mark,
                          const AnalysisMemoryPlace *place);
void memory_take_more(AnalysisMemory *m, const AnalysisMemoryMark *mark,
                      const AnalysisMemoryPlace *place);
void memory_take_entry(AnalysisMemory *m, const AnalysisMemoryMark *mark,
                       const AnalysisMemoryPlace *place);
void memory_take_data(AnalysisMemory *m, const AnalysisMemoryMark *mark,
                      const AnalysisMemoryPlace *place);

/* memory-lines.c: marks of watches */
void memory_take_watch(AnalysisMemory *m, const AnalysisMemoryMark *mark,
                       const AnalysisMemoryPlace *place);
void memory_take_lines(AnalysisMemory *m, const AnalysisMemoryMark *mark,
                       const AnalysisMemoryPlace *place);

#endif /* VFIO_TRACE_ANALYSIS_MEMORY_INTERNAL_H */
