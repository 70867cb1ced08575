/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: what the engine hands out, and what it asks of its user
 */
#ifndef LIBGUESTMEM_HOST_H
#define LIBGUESTMEM_HOST_H

#include "libguestmem/model.h"

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
 *       line-sum.h
 * @state: NULL, or a word, for RING: "reset", "deleted"; for WATCH: "first",
 *         "changed", "same", "cut"; for the others: "not-memory",
 *         "address-unknown", "ring-full"; for CUT: "trigger", "second",
 *         "ring-full"
 * @layout: RING: the entries' layout, or NULL
 * @by_device: RING: the device writes its entries, and what they point to
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
    bool by_device;
    const uint8_t *data;
} GmemOut;

/**
 * struct GmemHost: what the engine asks of its user
 * @read: read memory at a device's address: bytes read, up to the first that is
 *        not RAM
 * @put: log something
 * @room: is there room in the log for so many bytes of memory?  If they are in
 *        several pieces, GMEM_WATCH_LINE more are asked for with each further
 *        one.
 * @now: nanoseconds, monotonic; also called before work that takes long without
 *       a read
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

#endif /* LIBGUESTMEM_HOST_H */
