/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: things in guest memory, for memory.h
 */
#ifndef VFIO_TRACE_ANALYSIS_MEMORY_TYPES_H
#define VFIO_TRACE_ANALYSIS_MEMORY_TYPES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Bytes of a word that are kept */
#define ANALYSIS_MEMORY_WORD 96

/**
 * struct AnalysisMemoryPlace: where a mark is
 * @file: name of the part of the log; or NULL
 * @line: its line
 * @ns: its time, if @timed
 * @phase: its phase
 * @timed: lines have times
 */
typedef struct AnalysisMemoryPlace {
    const char *file;
    uint64_t line;
    uint64_t ns;
    uint32_t phase;
    bool timed;
} AnalysisMemoryPlace;

/**
 * struct AnalysisMemoryRing: geometry of a ring, as its last mark has it
 * @base: address of its first entry
 * @count: entries; 0: not known
 * @entry: bytes of an entry; 0: not known
 * @layout: domain of the register database with the entry's fields, or ""
 * @by_device: the device fills it; false in logs of before 2026-12, too
 * @state: "reset", "deleted" or ""
 */
typedef struct AnalysisMemoryRing {
    uint64_t base;
    uint64_t count;
    uint64_t entry;
    bool by_device;
    char layout[ANALYSIS_MEMORY_WORD];
    char state[ANALYSIS_MEMORY_WORD];
} AnalysisMemoryRing;

/**
 * struct AnalysisMemoryData: what an entry points to
 * @name: its name: "prp1", "prp[3].page"
 * @state: why there is less than there should be, or ""
 * @at: its address
 * @of: bytes that the entry says there are
 * @bytes: those that the log has
 */
typedef struct AnalysisMemoryData {
    char name[ANALYSIS_MEMORY_WORD];
    char state[ANALYSIS_MEMORY_WORD];
    uint64_t at;
    uint64_t of;
    GByteArray *bytes;
} AnalysisMemoryData;

/* Bytes of a watch that were in the log, one run of them */
typedef struct AnalysisMemoryRun {
    uint64_t offset;
    uint64_t len;
} AnalysisMemoryRun;

typedef enum AnalysisMemoryKind {
    ANALYSIS_MEMORY_SNAPSHOT,
    ANALYSIS_MEMORY_RINGS,      /* a rings file is in use */
    ANALYSIS_MEMORY_RING,       /* a ring has a geometry */
    ANALYSIS_MEMORY_HEAD,       /* an entry; what it points to may follow */
    ANALYSIS_MEMORY_DATA,       /* what the last entry points to: the last of
                                   @data */
    ANALYSIS_MEMORY_ENTRY,      /* the last entry, with all its data */
    ANALYSIS_MEMORY_WATCH,
    ANALYSIS_MEMORY_CUT,        /* memory is missing here */
} AnalysisMemoryKind;

/**
 * struct AnalysisMemoryThing: something that is whole
 * @kind: AnalysisMemoryKind
 * @place: its first mark
 * @device: ID of its device, as the mark has it
 * @name: of the ring, the watch, the snapshot, the file, or of what was cut
 * @state: as the mark has it, or ""; of a cut, why
 * @on: of snapshots and watches: what made the tracer look, or ""
 * @map: of snapshots: map id of the register, or 0
 * @addr: of snapshots: its address
 * @index: of entries
 * @at: address of the memory
 * @bytes: of snapshots and entries: the bytes; NULL if it is not one of these
 * @ring: of entries, and rings: the ring, or NULL if no mark has said it
 * @data: of entries: AnalysisMemoryData
 * @left_out: of entries: data that was more than is kept
 * @left: of watches and cuts: what was left out; 0: not known
 * @lines: of watches: number of lines that were in the log
 * @len: of watches: bytes
 * @contents: of watches: @len bytes, zero where they are not known; NULL if
 *            they are not kept
 * @known: of watches: one byte for each line: is it known?
 * @runs: of watches: AnalysisMemoryRun, what has been logged now
 * @whole: of watches: all lines are known
 * @sound: of watches: and have the mark's sum
 */
typedef struct AnalysisMemoryThing {
    AnalysisMemoryKind kind;
    AnalysisMemoryPlace place;
    char device[ANALYSIS_MEMORY_WORD];
    char name[ANALYSIS_MEMORY_WORD];
    char state[ANALYSIS_MEMORY_WORD];
    char on[ANALYSIS_MEMORY_WORD];
    uint64_t map;
    uint64_t addr;
    uint64_t index;
    uint64_t at;
    GByteArray *bytes;
    const AnalysisMemoryRing *ring;
    GPtrArray *data;
    unsigned left_out;
    uint64_t left;
    uint64_t lines;
    uint64_t len;
    const uint8_t *contents;
    const uint8_t *known;
    GArray *runs;
    bool whole;
    bool sound;
} AnalysisMemoryThing;

/**
 * struct AnalysisMemoryUser: who wants guest memory
 * @take: takes a thing, which is valid during the call
 * @fault: takes what is wrong with the marks; or NULL
 *         @place is that of the mark that is wrong; @word is where in the text
 *         of the last mark, or NULL: it is about an earlier one, or all of it
 */
typedef struct AnalysisMemoryUser {
    void (*take)(const AnalysisMemoryThing *thing, void *opaque);
    void (*fault)(const AnalysisMemoryPlace *place, const char *word,
                  const char *message, void *opaque);
} AnalysisMemoryUser;

typedef struct AnalysisMemory AnalysisMemory;

#endif /* VFIO_TRACE_ANALYSIS_MEMORY_TYPES_H */
