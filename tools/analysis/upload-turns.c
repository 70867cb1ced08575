/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upload: a register that is written and read in turns
 *
 * Theory of operation
 *
 * A driver writes an index to a register, and reads the register until a bit
 * tells that the data is there.  A run has two values for each turn: what was
 * written, and what was read last.  Each write adds the same to the one before.
 * upload-fields.c then finds the data in what was read.
 *
 * A run begins with the first read of what was just written.
 */
#include "tools/analysis/upload-turns.h"


/* Writes that are kept */
#define WRITES 8

/* After so many turns a run may be one, and after so many it is */
#define TURNS_LIKELY 4
#define TURNS_SURE 8

/**
 * struct UploadTurnsSet: state
 * @set: open runs, by offset of the register
 * @writes: the last writes, a ring
 * @n_writes: writes so far
 */
struct UploadTurnsSet {
    UploadSet set;
    UploadAccess writes[WRITES];
    uint64_t n_writes;
};

UploadTurnsSet *upload_turns_new(const UploadOptions *options,
                                 UploadSink *sink, void *opaque)
{
    UploadTurnsSet *turns = g_new0(UploadTurnsSet, 1);

    upload_set_init(&turns->set, options, sink, opaque);
    return turns;
}

UploadSet *upload_turns_set(UploadTurnsSet *turns)
{
    return &turns->set;
}

static bool is_same(const MmtEntry *a, const MmtEntry *b)
{
    return a->region == b->region && a->offset == b->offset &&
           a->width == b->width;
}

/* Return: the last write, if it is to the register that is read now, or NULL */
static const UploadAccess *find_write(const UploadTurnsSet *turns,
                                      const MmtEntry *entry)
{
    uint64_t i, n = MIN(turns->n_writes, WRITES);

    for (i = 1; i <= n; i++) {
        const UploadAccess *write = &turns->writes[(turns->n_writes - i) %
                                                   WRITES];

        if (is_same(&write->entry, entry)) {
            return write;
        }
    }
    return NULL;
}

/* The first read after a write */
static void add_read(UploadTurnsSet *turns, UploadRun *run,
                     const UploadAccess *access)
{
    run->turns.read = true;
    run->turns.value = access->entry.value;
    upload_set_add(&turns->set, run, run->key, access);
}

/* The value before was not the one that the driver has waited for. */
static void replace_read(UploadTurnsSet *turns, UploadRun *run,
                         const UploadAccess *access)
{
    UploadTurns *state = &run->turns;

    if (state->value != access->entry.value) {
        state->early = true;
        state->early_ones &= state->value;
        state->early_zeros &= ~state->value;
    }
    state->value = access->entry.value;
    upload_set_replace(&turns->set, run, access);
}

/* What was read last is what the driver has waited for. */
static void settle(UploadTurns *state)
{
    state->ones &= state->value;
    state->zeros &= ~state->value;
    state->read = false;
}

/* Return: does the write continue the run? */
static bool add_write(UploadTurnsSet *turns, UploadRun *run,
                      const UploadAccess *access)
{
    UploadTurns *state = &run->turns;
    uint64_t step = access->entry.value - state->index;

    if (!state->read || run->up.width != access->entry.width || !step ||
        (run->up.blocks > 1 && step != state->step)) {
        return false;
    }
    settle(state);
    state->step = step;
    state->index = access->entry.value;
    run->up.blocks++;
    upload_set_add(&turns->set, run, run->key, access);
    return true;
}

static void begin(UploadTurnsSet *turns, const UploadAccess *write,
                  const UploadAccess *read)
{
    UploadRun *run = upload_set_begin(&turns->set, UPLOAD_FIELDS,
                                      write->entry.offset, write);

    run->up.reads = true;
    run->turns = (UploadTurns) {
        .index = write->entry.value,
        .ones = UINT64_MAX, .zeros = UINT64_MAX,
        .early_ones = UINT64_MAX, .early_zeros = UINT64_MAX,
    };
    add_read(turns, run, read);
}

static bool is_one(const UploadRun *run, uint64_t turns)
{
    return run->up.blocks >= turns && upload_turns_done(&run->turns);
}

static bool take_read(UploadTurnsSet *turns, const UploadAccess *access)
{
    const MmtEntry *entry = &access->entry;
    UploadRun *run = upload_set_find(&turns->set, entry->region,
                                     entry->offset);
    const UploadAccess *write;
    bool sure;

    if (!run) {
        write = find_write(turns, entry);
        if (write) {
            begin(turns, write, access);
        }
        return false;
    }
    if (entry->width != run->up.width) {
        upload_set_end(&turns->set, run, UPLOAD_END_JUMP);
        return false;
    }
    sure = is_one(run, TURNS_SURE);
    if (run->turns.read) {
        replace_read(turns, run, access);
    } else {
        add_read(turns, run, access);
    }
    return sure;
}

static void take_write(UploadTurnsSet *turns, const UploadAccess *access)
{
    UploadRun *run = upload_set_find(&turns->set, access->entry.region,
                                     access->entry.offset);

    if (run && !add_write(turns, run, access)) {
        upload_set_end(&turns->set, run, UPLOAD_END_JUMP);
    }
    turns->writes[turns->n_writes++ % WRITES] = *access;
}

bool upload_turns_take(UploadTurnsSet *turns, const UploadAccess *access)
{
    if (access->entry.kind == MMT_ENTRY_READ) {
        return take_read(turns, access);
    }
    if (access->entry.kind == MMT_ENTRY_WRITE) {
        take_write(turns, access);
    }
    return false;
}

bool upload_turns_has(const UploadTurnsSet *turns, uint32_t region,
                      uint64_t offset)
{
    const UploadRun *run = upload_set_find(&turns->set, region, offset);

    return run && is_one(run, TURNS_LIKELY);
}

void upload_turns_free(UploadTurnsSet *turns)
{
    if (turns) {
        upload_set_clear(&turns->set);
        g_free(turns);
    }
}
