/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: engine
 *
 * Follows the accesses to a device, and hands out what of the guest's memory is
 * to be logged, as the device's rings files say.
 *
 * Theory of operation
 *
 * The engine learns the values of registers only from the accesses that it is
 * told of; it never reads the device.  It reads memory by a function of its
 * user, copies what it has read, and looks at the copy alone: the guest may
 * change its memory meanwhile.  At one trigger it reads at most the file's
 * per_trigger bytes, and hands out what it found before it returns.
 *
 * Not thread-safe: in QEMU, everything runs under the BQL.
 */
#ifndef LIBGUESTMEM_ENGINE_H
#define LIBGUESTMEM_ENGINE_H

#include "libguestmem/model.h"

typedef struct GmemEngine GmemEngine;

typedef enum GmemOutKind {
    GMEM_OUT_RING,          /* geometry of a ring, before its next entry */
    GMEM_OUT_ENTRY,
    GMEM_OUT_DATA,          /* what the last entry points to; also an entry of
                               a list */
    GMEM_OUT_WATCH,         /* a watch was looked at; its lines follow */
    GMEM_OUT_LINES,         /* changed lines of the last watch */
    GMEM_OUT_SNAPSHOT,
    GMEM_OUT_CUT,           /* something was left out */
} GmemOutKind;

/**
 * struct GmemOut: something to log
 * @kind: GmemOutKind
 * @file: the file
 * @name: the ring, watch or snapshot: "SQ[3]"
 * @on: kind of the trigger
 * @bar: BAR of the register that triggered it; -1: no register
 * @offset: offset of that register
 * @index: RING: -; ENTRY and DATA: number of the entry
 * @item: DATA: path of the item: "prp1", "prp[3].page"
 * @at: address of the memory
 * @len: bytes at @data
 * @of: DATA: bytes that the entry says there are; WATCH: bytes of the watch
 * @count: RING: entries
 * @entry: RING: bytes of an entry
 * @lines: WATCH: lines that follow
 * @left: WATCH: changed lines that don't; CUT: entries left out, if known
 * @sum: WATCH: sum of the watch as far as it was handed out, see
 *       gmem_line_sum()
 * @state: NULL, or a word, for RING: "reset", "deleted"; for WATCH: "first",
 *         "changed", "same", "cut"; for the others: "not-memory",
 *         "address-unknown", "ring-full"; for CUT: "trigger", "second",
 *         "ring-full"
 * @layout: RING: the entries' layout, or NULL
 * @data: the bytes, valid during the call
 */
typedef struct GmemOut {
    GmemOutKind kind;
    const GmemFile *file;
    const char *name;
    GmemTriggerKind on;
    int bar;
    uint64_t offset;
    uint64_t index;
    const char *item;
    uint64_t at;
    uint64_t len;
    uint64_t of;
    uint64_t count;
    uint64_t entry;
    uint64_t lines;
    uint64_t left;
    uint64_t sum;
    const char *state;
    const char *layout;
    const uint8_t *data;
} GmemOut;

/**
 * struct GmemHost: what the engine asks of its user
 * @read: read memory at a device's address: bytes read, up to the first that is
 *        not RAM
 * @put: log something
 * @room: is there room in the log for so many bytes of memory?
 * @now: nanoseconds, monotonic
 */
typedef struct GmemHost {
    uint64_t (*read)(void *opaque, uint64_t addr, void *buf, uint64_t len);
    void (*put)(void *opaque, const GmemOut *out);
    bool (*room)(void *opaque, uint64_t bytes);
    int64_t (*now)(void *opaque);
} GmemHost;

/**
 * struct GmemCount: what a statement has done
 * @name: its name in the file, without an index
 * @triggers: number of times it was triggered
 * @entries: entries, lines or snapshots handed out
 * @bytes: bytes handed out
 * @cut: times that something was left out because of a bound
 * @unreadable: times that an address was not known or not RAM
 */
typedef struct GmemCount {
    const char *name;
    uint64_t triggers;
    uint64_t entries;
    uint64_t bytes;
    uint64_t cut;
    uint64_t unreadable;
} GmemCount;

/**
 * gmem_engine_new() - make an engine without files
 * @host: its user's functions; static
 * @opaque: their first argument
 */
GmemEngine *gmem_engine_new(const GmemHost *host, void *opaque);

void gmem_engine_free(GmemEngine *engine);

/**
 * gmem_engine_add() - add a file
 * @engine: the engine
 * @file: the file; the engine owns it from now on, also if this fails
 * @config: 256 bytes of config space, or NULL: the file has no areas
 * @error: an area is not in @config
 *
 * Return: whether it was added
 */
bool gmem_engine_add(GmemEngine *engine, GmemFile *file, const uint8_t *config,
                     GError **error);

/**
 * gmem_engine_remove() - remove a file
 * @engine: the engine
 * @file: the file, which is freed
 */
void gmem_engine_remove(GmemEngine *engine, const GmemFile *file);

/**
 * gmem_engine_file() - walk over the files
 * @engine: the engine
 * @i: number of the file, from 0 up
 *
 * Return: the file, or NULL
 */
const GmemFile *gmem_engine_file(const GmemEngine *engine, unsigned i);

/**
 * gmem_engine_range() - walk over the ranges whose accesses it must be told of
 * @engine: the engine
 * @i: number of the range, from 0 up
 * @bar: where to store its BAR
 * @offset: where to store its offset
 * @len: where to store its length
 * @reads: where to store whether reads of it count
 * @writes: where to store whether writes count
 * @name: where to store the name of the register, or NULL
 *
 * A register whose place depends on others has none until they are known: ask
 * again after a while.  The ranges of the file that was added last are the last
 * ones.
 *
 * Return: whether there is such a range
 */
bool gmem_engine_range(const GmemEngine *engine, unsigned i, int *bar,
                       uint64_t *offset, uint64_t *len, bool *reads,
                       bool *writes, const char **name);

/**
 * gmem_engine_write() - the guest has written
 * @engine: the engine
 * @bar: number of the BAR
 * @offset: offset in it
 * @width: bytes, 1 to 8
 * @value: the value
 *
 * To be called before the device gets the value.
 */
void gmem_engine_write(GmemEngine *engine, int bar, uint64_t offset,
                       unsigned width, uint64_t value);

/* gmem_engine_read() - the guest has read, and gets @value now */
void gmem_engine_read(GmemEngine *engine, int bar, uint64_t offset,
                      unsigned width, uint64_t value);

/**
 * gmem_engine_irq() - an interrupt of the device
 * @engine: the engine
 * @vector: its vector; 0 for INTx
 */
void gmem_engine_irq(GmemEngine *engine, unsigned vector);

/* gmem_engine_marker() - a marker of the user or of the guest */
void gmem_engine_marker(GmemEngine *engine, const char *text);

/**
 * gmem_engine_request() - look at a ring, watch or snapshot now
 * @engine: the engine
 * @name: its name, with the index if it has one: "SQ[3]"
 *
 * Return: whether there is one with that name
 */
bool gmem_engine_request(GmemEngine *engine, const char *name);

/* gmem_engine_reset() - a reset of the device: forget everything learnt */
void gmem_engine_reset(GmemEngine *engine);

/**
 * gmem_engine_forget() - accesses to a range may have been missed
 * @engine: the engine
 * @bar: number of the BAR
 * @offset: offset of the range
 * @len: its length
 */
void gmem_engine_forget(GmemEngine *engine, int bar, uint64_t offset,
                        uint64_t len);

/**
 * gmem_engine_count() - what a statement has done
 * @engine: the engine
 * @file: one of its files
 * @i: number of the statement, from 0 up
 * @count: where to store it
 *
 * Return: whether there is such a statement
 */
bool gmem_engine_count(const GmemEngine *engine, const GmemFile *file,
                       unsigned i, GmemCount *count);

/**
 * gmem_line_sum() - what a line of a watch adds to its sum
 * @number: number of the line, from 0 up
 * @line: its bytes
 * @len: GMEM_WATCH_LINE; of the last line, 1 to that
 *
 * The sum of a watch is the sum of its lines, modulo 2^64.  So it can be kept
 * up to date by the lines that change.
 *
 * Return: first 8 bytes, little endian, of the SHA-256 of @number (8 bytes,
 * little endian) and the line
 */
uint64_t gmem_line_sum(uint64_t number, const uint8_t *line, size_t len);

#endif /* LIBGUESTMEM_ENGINE_H */
