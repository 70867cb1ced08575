/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A device's user of libguestmem's engine: memory, and what is handed out as
 * text
 */
#ifndef TESTS_UNIT_FAKE_MEMORY_H
#define TESTS_UNIT_FAKE_MEMORY_H

#include "libguestmem/engine.h"

/**
 * struct FakeMemory: the user
 * @engine: its engine
 * @ram: memory
 * @start: its first address
 * @len: its bytes
 * @log: what was handed out
 * @quiet: do not put it into @log
 * @outs: number of things that were
 * @now: the clock
 * @room: bytes that the log has room for
 * @full: it has no room at all
 * @reads: number of reads
 * @read: bytes that were to be read
 * @before_read: called before each read; or NULL
 * @on_out: called for each thing that is handed out; or NULL
 * @opaque: for these
 */
typedef struct FakeMemory FakeMemory;
struct FakeMemory {
    GmemEngine *engine;
    uint8_t *ram;
    uint64_t start;
    uint64_t len;
    GString *log;
    bool quiet;
    uint64_t outs;
    int64_t now;
    uint64_t room;
    bool full;
    uint64_t reads;
    uint64_t read;
    void (*before_read)(FakeMemory *m, uint64_t addr);
    void (*on_out)(FakeMemory *m, const GmemOut *out);
    void *opaque;
};

/**
 * fake_memory_new() - make a user with some memory, all zeros
 * @start: first address
 * @len: bytes
 */
FakeMemory *fake_memory_new(uint64_t start, uint64_t len);

void fake_memory_free(FakeMemory *m);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FakeMemory, fake_memory_free)

/* fake_memory_add() - add a rings file, given as text; returns it */
const GmemFile *fake_memory_add(FakeMemory *m, const char *text);

/* fake_memory_add_to() - likewise, with 256 bytes of config space, or NULL */
const GmemFile *fake_memory_add_to(FakeMemory *m, const char *text,
                                   const uint8_t *config, GError **error);

/* fake_memory_put() - write @bytes bytes of a number to memory */
void fake_memory_put(FakeMemory *m, uint64_t addr, unsigned bytes,
                     uint64_t value);

/* fake_memory_is() - what was handed out since the last time is @text; a line
   for each thing */
#define fake_memory_is(m, text) \
    do { \
        g_assert_cmpstr((m)->log->str, ==, text); \
        g_string_truncate((m)->log, 0); \
    } while (0)

/* fake_memory_count() - counters of the only file's statement @i */
GmemCount fake_memory_count(FakeMemory *m, unsigned i);

#endif /* TESTS_UNIT_FAKE_MEMORY_H */
