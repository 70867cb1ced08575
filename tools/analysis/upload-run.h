/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upload: an upload that may still grow, and sets of these, for upload.c
 */
#ifndef VFIO_TRACE_ANALYSIS_UPLOAD_RUN_H
#define VFIO_TRACE_ANALYSIS_UPLOAD_RUN_H

#include "libmmiotrace/mmiotrace.h"
#include "tools/analysis/upload-pages.h"
#include "tools/analysis/upload-types.h"

/* Writes of others between two accesses of an upload, at most */
#define UPLOAD_WRITES_BETWEEN 16

/* Of these, writes to other registers of a port's region */
#define UPLOAD_WRITES_NEAR 4

/* A port's block of so many accesses is long: it needs no index */
#define UPLOAD_LONG_BLOCK 8

/* Reads of others between two accesses of an upload, at most */
#define UPLOAD_READS_BETWEEN 65536

/* Open runs of a set, at most */
#define UPLOAD_RUNS_MAX 256

/* Registers of a port at most, and accesses that make several one */
#define UPLOAD_REGISTERS_MAX 8
#define UPLOAD_REGISTERS_SURE 32

/* Bytes of all open runs, at most */
#define UPLOAD_TOTAL_BYTES (128u << 20)

/* Different values that a run keeps */
#define UPLOAD_VALUES 3

/**
 * struct UploadAccess: an access, and how many came before it
 * @entry: the access
 * @n: accesses before it
 * @reads: reads before it
 * @writes: writes before it
 */
typedef struct UploadAccess {
    MmtEntry entry;
    uint64_t n;
    uint64_t reads;
    uint64_t writes;
} UploadAccess;

/**
 * struct UploadNear: a write to another register of a port's region
 * @offset: the register
 * @value: what was written
 * @width: bytes
 */
typedef struct UploadNear {
    uint64_t offset;
    uint64_t value;
    unsigned width;
} UploadNear;

/* Such writes, the oldest first */
typedef struct UploadNears {
    UploadNear v[UPLOAD_WRITES_NEAR];
    unsigned n;
} UploadNears;

/**
 * struct UploadPort: what is known of a port's run (upload-port.c)
 * @before: writes before its first block
 * @between: writes before its last block
 * @indexed: one of the registers of these is the index
 * @firm: its step was seen twice
 * @chances: how often something was taken for the index that was not
 * @index: the index of the last block
 * @block: accesses of the last block
 * @whole_block: accesses of a whole block, as far as it is known
 * @since: accesses since the register was written that was written just before
 *         the first block
 * @first_since: that the first time, or 0
 * @block_bytes: bytes of each block but the last, or 0 if they differ
 */
typedef struct UploadPort {
    UploadNears before;
    UploadNears between;
    bool indexed;
    bool firm;
    unsigned chances;
    uint64_t index;
    uint64_t block;
    uint64_t whole_block;
    uint64_t since;
    uint64_t first_since;
    uint64_t block_bytes;
} UploadPort;

/**
 * struct UploadTurns: a register that is written and read in turns
 *                     (upload-turns.c)
 * @index: what was written last
 * @step: what was added to it each time, if there are two
 * @read: it was read since
 * @value: what was read last
 * @ones: bits that were 1 in each value that was read last before a write
 * @zeros: bits that were 0 in each of them
 * @early: values were read before such a one that were others
 * @early_ones: bits that were 1 in each of these
 * @early_zeros: bits that were 0 in each of these
 */
typedef struct UploadTurns {
    uint64_t index;
    uint64_t step;
    bool read;
    uint64_t value;
    uint64_t ones;
    uint64_t zeros;
    bool early;
    uint64_t early_ones;
    uint64_t early_zeros;
} UploadTurns;

/**
 * struct UploadRun: an upload that may still grow
 * @up: the upload as far as it is known
 * @link: in UploadSet.queue
 * @key: offset by which its set finds it
 * @reads: reads up to its last access
 * @writes: writes up to its last access
 * @values: different values, the first ones
 * @n_values: their number
 * @value: the last value
 * @steps: how often a value was a little higher than the one before in the
 *         same register
 * @same: how often it was the same
 * @port: of a port
 * @turns: of fields that are read
 * @start: of a window, offset of its first access
 * @before: of a window, writes before its first access
 * @pages: of a window, pages before it, or NULL
 */
typedef struct UploadRun {
    Upload up;
    GList link;
    uint64_t key;
    uint64_t reads;
    uint64_t writes;
    uint64_t values[UPLOAD_VALUES];
    unsigned n_values;
    uint64_t value;
    uint64_t steps;
    uint64_t same;
    UploadPort port;
    UploadTurns turns;
    uint64_t start;
    UploadPageWrites before;
    UploadPages *pages;
} UploadRun;

/**
 * struct UploadSet: open runs that were made the same way
 * @options: what is looked for
 * @sink: takes the uploads
 * @opaque: for @sink
 * @runs: the runs, by region and key
 * @queue: the runs, the one that grew last first
 * @bytes: bytes of all runs
 * @paged: runs that have pages before them
 */
typedef struct UploadSet {
    const UploadOptions *options;
    UploadSink *sink;
    void *opaque;
    GHashTable *runs;
    GQueue queue;
    uint64_t bytes;
    unsigned paged;
} UploadSet;

/**
 * upload_index_is_prior() - was the index written just before the first block?
 * @run: a run that has an index
 */
bool upload_index_is_prior(const UploadRun *run);

/**
 * upload_turns_done() - does a bit tell when a register has its data?
 * @turns: the register
 *
 * If values change between two writes, and no bit tells that the last one is
 * the one that was waited for, each of them is data.
 */
static inline bool upload_turns_done(const UploadTurns *turns)
{
    return !turns->early || (turns->ones & turns->early_zeros) ||
           (turns->zeros & turns->early_ones);
}

/**
 * upload_set_init() - make an empty set
 * @set: the set
 * @options: what is looked for
 * @sink: takes the uploads
 * @opaque: for @sink
 */
void upload_set_init(UploadSet *set, const UploadOptions *options,
                     UploadSink *sink, void *opaque);

/**
 * upload_set_find() - find a run
 * @set: the set
 * @region: its region
 * @key: its key
 *
 * Return: the run, or NULL
 */
UploadRun *upload_set_find(const UploadSet *set, uint32_t region, uint64_t key);

/**
 * upload_set_begin() - begin a run
 * @set: the set
 * @way: its way
 * @key: its key
 * @access: its first access
 *
 * A run that has the key ends.
 */
UploadRun *upload_set_begin(UploadSet *set, UploadWay way, uint64_t key,
                            const UploadAccess *access);

/**
 * upload_set_add() - add an access to a run
 * @set: the set
 * @run: the run; ends if it is full
 * @key: its new key
 * @access: the access
 */
void upload_set_add(UploadSet *set, UploadRun *run, uint64_t key,
                    const UploadAccess *access);

/**
 * upload_set_replace() - put an access in the place of the last one of a run
 * @set: the set
 * @run: the run
 * @access: the access, as wide as that one
 */
void upload_set_replace(UploadSet *set, UploadRun *run,
                        const UploadAccess *access);

/**
 * upload_set_end() - end a run, and give it to the sink if it is long enough
 * @set: the set
 * @run: the run, which is freed
 * @end: why
 */
void upload_set_end(UploadSet *set, UploadRun *run, UploadEnd end);

/**
 * upload_set_page() - end a run that is a page
 * @set: the set
 * @run: the run, which is freed
 * @pages: where it goes, its own or new ones
 */
void upload_set_page(UploadSet *set, UploadRun *run, UploadPages *pages);

/**
 * upload_set_join() - let a run be the next page
 * @set: the set
 * @run: the run
 * @pages: the pages before it, which are taken over
 */
void upload_set_join(UploadSet *set, UploadRun *run, UploadPages *pages);

/**
 * upload_set_drop() - forget a run
 * @set: the set
 * @run: the run, which is freed
 */
void upload_set_drop(UploadSet *set, UploadRun *run);

/**
 * upload_set_expire() - end the runs that have not grown for long
 * @set: the set
 * @access: the access that comes now
 */
void upload_set_expire(UploadSet *set, const UploadAccess *access);

/**
 * upload_set_limit() - end the run that has not grown for longest, for memory
 * @set: the set
 *
 * Return: false if there is none
 */
bool upload_set_limit(UploadSet *set);

/**
 * upload_set_flush() - end all runs
 * @set: the set
 */
void upload_set_flush(UploadSet *set);

/**
 * upload_set_clear() - forget all runs
 * @set: the set
 */
void upload_set_clear(UploadSet *set);

#endif /* VFIO_TRACE_ANALYSIS_UPLOAD_RUN_H */
