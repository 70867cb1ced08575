/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: entries that are kept, so that completions can name them
 *
 * Records lie behind each other in the arena, oldest first from @oldest on, and
 * around its end.  A record is never split: the rest of the arena is skipped if
 * it is too small.  Records with the same head form a chain, the newest first.
 */
#include "libguestmem/commands.h"

#include <string.h>

#define HEADS_LOG2 15
#define HEADS (1u << HEADS_LOG2)
#define ARENA_BYTES (GMEM_COMMANDS_BYTES - HEADS * sizeof(uint32_t))
#define NONE UINT32_MAX

/* A hostile guest may choose keys that share a chain. */
#define STEPS_MAX 64

/* In the arena, at a multiple of 8; the entry's bytes follow. */
typedef struct CommandRecord {
    uint64_t ring;
    uint64_t key;
    uint32_t head;
    uint32_t newer;         /* of the same head; or NONE */
    uint32_t older;
    uint32_t len;
} CommandRecord;

struct GmemCommands {
    uint8_t *arena;
    uint32_t *head;
    uint32_t next;          /* where the next record goes */
    uint32_t oldest;
    uint32_t end;           /* behind the last record, if @next is around */
    bool any;
    bool around;            /* @next is before @oldest */
};

static CommandRecord *at(const GmemCommands *c, uint32_t offset)
{
    return (CommandRecord *)(void *)(c->arena + offset);
}

static uint32_t size_of(uint32_t len)
{
    return (sizeof(CommandRecord) + len + 7) & ~7u;
}

static uint32_t head_of(uint64_t ring, uint64_t key)
{
    uint64_t mixed = (ring * UINT64_C(0xff51afd7ed558ccd)) ^ key;

    return (mixed * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - HEADS_LOG2);
}

GmemCommands *gmem_commands_new(void)
{
    return g_new0(GmemCommands, 1);
}

void gmem_commands_free(GmemCommands *c)
{
    g_free(c->arena);
    g_free(c->head);
    g_free(c);
}

static void take_memory(GmemCommands *c)
{
    c->arena = g_malloc(ARENA_BYTES);
    c->head = g_new(uint32_t, HEADS);
    memset(c->head, 0xff, HEADS * sizeof(*c->head));
}

static void unchain(GmemCommands *c, const CommandRecord *record)
{
    if (record->newer == NONE) {
        c->head[record->head] = record->older;
    } else {
        at(c, record->newer)->older = record->older;
    }
    if (record->older != NONE) {
        at(c, record->older)->newer = record->newer;
    }
}

static void drop_oldest(GmemCommands *c)
{
    const CommandRecord *record = at(c, c->oldest);

    unchain(c, record);
    c->oldest += size_of(record->len);
    if (c->around && c->oldest == c->end) {
        c->oldest = 0;
        c->around = false;
    }
    c->any = c->around || c->oldest != c->next;
}

/* Returns where a record of that size may be. */
static uint32_t make_room(GmemCommands *c, uint32_t size)
{
    if (!c->any) {
        c->next = c->oldest = 0;
        c->around = false;
    }
    if (c->next + size > ARENA_BYTES) {
        /* The records between here and the end are the oldest. */
        while (c->around) {
            drop_oldest(c);
        }
        c->end = c->next;
        c->next = 0;
        c->around = c->any;
    }
    while (c->around && c->oldest - c->next < size) {
        drop_oldest(c);
    }
    return c->next;
}

static CommandRecord *find(const GmemCommands *c, uint64_t ring, uint64_t key)
{
    uint32_t offset = c->head ? c->head[head_of(ring, key)] : NONE;
    unsigned steps;

    for (steps = 0; offset != NONE && steps < STEPS_MAX; steps++) {
        CommandRecord *record = at(c, offset);

        if (record->ring == ring && record->key == key) {
            return record;
        }
        offset = record->older;
    }
    return NULL;
}

void gmem_commands_keep(GmemCommands *c, uint64_t ring, uint64_t key,
                        GmemBytes entry)
{
    CommandRecord *record;
    uint32_t offset;

    if (!c->arena) {
        take_memory(c);
    }
    offset = make_room(c, size_of(entry.len));
    record = at(c, offset);
    *record = (CommandRecord){
        .ring = ring,
        .key = key,
        .head = head_of(ring, key),
        .newer = NONE,
        .len = entry.len,
    };
    memcpy(record + 1, entry.data, entry.len);
    record->older = c->head[record->head];
    if (record->older != NONE) {
        at(c, record->older)->newer = offset;
    }
    c->head[record->head] = offset;
    c->next = offset + size_of(entry.len);
    c->any = true;
}

GmemBytes gmem_commands_find(const GmemCommands *c, uint64_t ring,
                             uint64_t key)
{
    const CommandRecord *record = find(c, ring, key);

    return record ? (GmemBytes){
        .data = (const uint8_t *)(record + 1),
        .len = record->len,
    } : (GmemBytes){ 0 };
}
