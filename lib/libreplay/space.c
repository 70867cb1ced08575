/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: config space and ROM of a log's device (see space.h)
 */
#include "libmmiotrace/mark-words.h"
#include "libmmiotrace/regions.h"
#include "libreplay/space.h"

#include <string.h>

/* Bytes of a ROM that are kept */
#define SPACE_ROM_MAX (16u << 20)

void replay_space_config(ReplaySpace *space, const MmtEntry *entry)
{
    ReplayLog *log = space->log;
    unsigned i;

    for (i = 0; i < entry->width && i < 8; i++) {
        uint64_t at = entry->offset + i;

        if (at >= REPLAY_CONFIG_SIZE) {
            return;
        }
        if (entry->kind == MMT_ENTRY_WRITE) {
            space->written[at] = true;
        } else if (!log->config_known[at] && !space->written[at]) {
            log->config[at] = entry->value >> (8 * i);
            log->config_known[at] = true;
        }
    }
}

void replay_space_rom(ReplaySpace *space, const MmtEntry *entry)
{
    ReplayLog *log = space->log;
    uint64_t end = entry->offset + entry->width;
    unsigned i;

    if (entry->kind != MMT_ENTRY_READ || end < entry->offset ||
        end > SPACE_ROM_MAX) {
        return;
    }
    if (!log->rom) {
        log->rom = g_byte_array_new();
    }
    if (log->rom->len < end) {
        guint old = log->rom->len;

        g_byte_array_set_size(log->rom, end);
        memset(log->rom->data + old, 0xff, end - old);
    }
    for (i = 0; i < entry->width && i < 8; i++) {
        log->rom->data[entry->offset + i] = entry->value >> (8 * i);
    }
}

void replay_space_coverage(ReplaySpace *space, MmtSpan text)
{
    uint64_t bar = mmt_words_number(text, "bar");

    if (mmt_words_are(mmt_mark_value(text, "by"), "msix-pba") && bar < 6) {
        space->has_pending = true;
        space->pending_bar = bar;
        space->pending = mmt_words_number(text, "addr");
    }
}

/* @n bytes of config space as a number */
static uint32_t space_number(const ReplayLog *log, unsigned at, unsigned n)
{
    uint32_t value = 0;

    while (n-- > 0) {
        value = value << 8 | log->config[at + n];
    }
    return value;
}

unsigned replay_space_capability(const ReplayLog *log, uint8_t id)
{
    unsigned at = log->config[0x34] & ~3u;
    unsigned n;

    for (n = 0; n < 48 && at >= 0x40 && at < 0x100; n++) {
        if (log->config_known[at] && log->config[at] == id) {
            return at;
        }
        at = log->config[at + 1] & ~3u;
    }
    return 0;
}

static void space_leave_out(ReplayLog *log, uint32_t where, uint64_t len)
{
    uint64_t first = where & ~7u;

    if ((where & 7) < 6) {
        replay_leave_out(log->replay, where & 7, first, first + len - 1);
    }
}

/*
 * No driver reads where the pending bits are.  If the log does not say it
 * either, they are behind the table.
 */
static void space_find_pending(const ReplaySpace *space, unsigned at,
                               unsigned n)
{
    ReplayLog *log = space->log;
    uint32_t where = space_number(log, at + 4, 4) + 16 * n;
    uint64_t base = mmt_resource_base(&log->pci, space->pending_bar);
    unsigned i;

    if (space->has_pending && space->pending >= base &&
        space->pending - base <= UINT32_MAX) {
        where = ((space->pending - base) & ~7ull) | space->pending_bar;
    }
    for (i = 0; i < 4; i++) {
        log->config[at + 8 + i] = where >> (8 * i);
        log->config_known[at + 8 + i] = true;
    }
}

/* The MSI-X table and the pending bits */
void replay_space_msix(const ReplaySpace *space)
{
    ReplayLog *log = space->log;
    unsigned at = replay_space_capability(log, 0x11);
    unsigned n;

    if (at && at + 12 <= 0x100 && log->config_known[at + 2] &&
        log->config_known[at + 4]) {
        n = (space_number(log, at + 2, 2) & 0x7ff) + 1;
        if (!log->config_known[at + 8]) {
            space_find_pending(space, at, n);
        }
        space_leave_out(log, space_number(log, at + 4, 4), 16 * n);
        space_leave_out(log, space_number(log, at + 8, 4), (n + 63) / 64 * 8);
    }
}
