/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: state of the compiler, shared by its files
 *
 *      compile.c           the two readings; marks, uploads
 *      compile-item.c      what the folder found: polls, cycles
 *      compile-cycle.c     a cycle that waits
 *      compile-rounds.c    rounds of a cycle
 *      compile-pending.c   accesses that wait for the folder
 *      compile-access.c    one access
 *      compile-fill.c      what the driver wrote to memory before it
 *      compile-op.c        operations are appended
 *      compile-place.c     where it is
 *      compile-mark.c      marks, interrupts, events that are lost
 *      compile-finish.c    what is known only at the end
 *
 * and, each with a state of its own, compile-registers.c, -upload.c, -memory.c
 * (with -things.c, -areas.c, -image.c, -lacks.c, -runs.c and -words.c), -dma.c,
 * -modify.c, -msix.c, -loop.c.
 */
#ifndef VFIO_TRACE_SEQUENCE_COMPILE_INTERNAL_H
#define VFIO_TRACE_SEQUENCE_COMPILE_INTERNAL_H

#include "tools/analysis/db.h"
#include "tools/analysis/fold.h"
#include "tools/sequence/compile-dma.h"
#include "tools/sequence/compile-memory.h"
#include "tools/sequence/compile-modify.h"
#include "tools/sequence/compile-msix.h"
#include "tools/sequence/compile-options.h"
#include "tools/sequence/compile-registers.h"
#include "tools/sequence/compile-upload.h"
#include "tools/sequence/limits.h"
#include "tools/sequence/model.h"

/* Accesses that wait for the folder, equal ones in a row as one */
#define COMPILE_PENDING_MAX (1u << 20)

/* Time limits: times what was seen, and at least */
#define COMPILE_LIMIT_TIMES 10
#define COMPILE_POLL_MIN_NS 1000000
#define COMPILE_POLL_UNTIMED_NS 1000000000
#define COMPILE_IRQ_MIN_NS UINT64_C(5000000000)

/**
 * struct CompilePending: accesses that are equal in a row, their values as well
 * @entry: the first of them
 * @n: number of them
 * @last_ns: time of the last
 * @last_line: line of the last
 */
typedef struct CompilePending {
    MmtEntry entry;
    uint64_t n;
    uint64_t last_ns;
    uint64_t last_line;
} CompilePending;

/**
 * struct CompilePoll: a poll
 * @mask: bits that end it
 * @value: their value
 * @differs: it ends when they have another value
 * @ns: how long the longest one took, or 0
 * @last: the read that ended it
 */
typedef struct CompilePoll {
    uint64_t mask;
    uint64_t value;
    bool differs;
    uint64_t ns;
    MmtEntry last;
} CompilePoll;

/**
 * struct CompileAwaited: a poll whose last read is yet to come
 * @poll: the poll, its last read unknown
 * @first: its first read
 * @begins: it begins with its last read
 * @leaves: that read is one of the next so many leaves; 0: there is no poll
 */
typedef struct CompileAwaited {
    CompilePoll poll;
    MmtEntry first;
    bool begins;
    uint32_t leaves;
} CompileAwaited;

/**
 * struct Compile: the state
 * @options: what the user wants
 * @registers: what is known of registers
 * @uploads: uploads, or NULL
 * @memory: guest memory that is known
 * @dma: writes of addresses
 * @modify: values that depend on what was read
 * @msix: where the MSI-X table is
 * @accesses: accesses of this reading so far
 * @only: device of the last region before the first access, or NULL
 * @only_regions: regions that were looked at for that
 * @several: they are of several devices
 * @region: number of a region of the device, or MMT_NO_REGION
 * @devices: names of the first two devices, to be freed
 * @revision: PCI revision, or -1
 * @seq: the sequence
 * @trace: the trace of the second reading
 * @db: names of its registers, or NULL
 * @fold: the folder
 * @pending: CompilePending, what the folder has not given back
 * @head: the first of @pending that was not taken
 * @taken: how many of that one were taken
 * @skip: accesses that an upload has
 * @last_ns: time of the last access or interrupt, if @timed
 * @timed: it is known
 * @irqs: by vector, number + 1 of the operation that waited for it last
 * @irqs_begin: operations from this number on have followed each other without
 *              an access
 * @irqs_end: as far as operations were looked at for that
 * @awaited: a poll that the accesses of an item have not ended
 * @written: MmtEntry, what was written to a register last
 * @no_room: it was said that there is too much memory
 * @lost_said: it was said that addresses were not looked for
 * @full: there are too many operations
 */
typedef struct Compile {
    const CompileOptions *options;
    CompileRegisters *registers;
    CompileUploads *uploads;
    CompileMemory *memory;
    CompileDma *dma;
    CompileModify *modify;
    CompileMsix *msix;
    uint64_t accesses;
    const MmtRegionDevice *only;
    uint32_t only_regions;
    bool several;
    uint32_t region;
    char *devices[2];
    int revision;
    Sequence *seq;
    MmtTrace *trace;
    AnalysisDb *db;
    Fold *fold;
    GArray *pending;
    guint head;
    uint64_t taken;
    uint64_t skip;
    uint64_t last_ns;
    bool timed;
    uint32_t irqs[SEQUENCE_VECTORS];
    uint32_t irqs_begin;
    uint32_t irqs_end;
    CompileAwaited awaited;
    GHashTable *written;
    bool no_room;
    bool lost_said;
    bool full;
} Compile;

#endif /* VFIO_TRACE_SEQUENCE_COMPILE_INTERNAL_H */
