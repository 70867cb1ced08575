/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: snapshots of guest memory
 *
 *      snapshot ... at=0x1000 len=400 sha256=HEX
 *      snapshot-data at=0x1000 HEX     384 bytes
 *      snapshot-data at=0x1180 HEX     16 bytes
 *
 * Accesses of other vCPUs may stand between these.
 */
#include "tools/check/snapshot.h"
#include "tools/check/fault.h"

#include <inttypes.h>
#include <string.h>

#include "libmmiotrace/mark-words.h"

/* So much of it is in one mark: longer ones would not fit into a line. */
#define DATA_MAX 384

void check_snapshot_forget(Check *check)
{
    g_clear_pointer(&check->snapshot.sum, g_checksum_free);
    check->snapshot = (Snapshot) { .broken = true };
}

void check_snapshot_end(Check *check)
{
    Snapshot *s = &check->snapshot;

    if (s->at.line && s->left) {
        check_fault(check, s->at, 1,
                    "%" PRIu64 " byte%s of the snapshot %s missing",
                    s->left, s->left == 1 ? "" : "s",
                    s->left == 1 ? "is" : "are");
    }
    check_snapshot_forget(check);
}

/* All of it is there: is it what was there? */
static void compare_hash(Check *check)
{
    Snapshot *s = &check->snapshot;

    if (strcmp(g_checksum_get_string(s->sum), s->hash)) {
        check_fault(check, s->at, 1,
                    "the snapshot's bytes do not have its sha256");
    }
    check_snapshot_forget(check);
    s->broken = false;
}

void check_snapshot(Check *check, const MmtEvent *ev)
{
    MmtSpan hash = mmt_mark_value(ev->text, "sha256");
    Snapshot *s = &check->snapshot;

    check_snapshot_end(check);
    s->broken = false;
    s->at = check->at;
    s->next = mmt_words_number(ev->text, "at");
    s->left = mmt_words_number(ev->text, "len");
    s->sum = g_checksum_new(G_CHECKSUM_SHA256);
    memcpy(s->hash, hash.p, MIN(hash.len, sizeof(s->hash) - 1));
    if (!s->left) {
        compare_hash(check);
    }
}

static int nibble(char ch)
{
    return g_ascii_isupper(ch) ? -1 : g_ascii_xdigit_value(ch);
}

/* Return: number of bytes, or 0 if it is not a row of such */
static size_t take_bytes(MmtSpan hex, uint8_t *bytes)
{
    size_t i;

    if (hex.len % 2 || hex.len > DATA_MAX * 2) {
        return 0;
    }
    for (i = 0; i < hex.len / 2; i++) {
        int high = nibble(hex.p[i * 2]);
        int low = nibble(hex.p[i * 2 + 1]);

        if (high < 0 || low < 0) {
            return 0;
        }
        bytes[i] = high << 4 | low;
    }
    return i;
}

/* The word behind at=... */
static MmtSpan data_of(const MmtEvent *ev)
{
    MmtSpan at = mmt_mark_value(ev->text, "at");
    const char *end = ev->text.p + ev->text.len;
    MmtSpan hex = { .p = at.p + at.len };
    const char *blank;

    hex.p += hex.p < end;
    blank = memchr(hex.p, ' ', end - hex.p);
    hex.len = (blank ? blank : end) - hex.p;
    return hex;
}

void check_snapshot_data(Check *check, const MmtEvent *ev)
{
    Snapshot *s = &check->snapshot;
    uint64_t at = mmt_words_number(ev->text, "at");
    uint8_t bytes[DATA_MAX];
    MmtSpan hex = data_of(ev);
    size_t n = take_bytes(hex, bytes);

    if (!n) {
        check_fault(check, check->at, ev->column[MMT_FIELD_TEXT] +
                    (hex.p - ev->text.p),
                    "1 to %d bytes expected, in pairs of hexadecimal digits",
                    DATA_MAX);
        check_snapshot_forget(check);
        return;
    }
    if (!s->at.line) {
        if (!s->broken) {
            FAULT(check, ev, MMT_FIELD_TEXT, "the data belongs to no snapshot");
        }
        return;
    }
    if (at != s->next || n > s->left) {
        g_autofree char *where = check_line_name(check, s->at);

        FAULT(check, ev, MMT_FIELD_TEXT,
              "the data is not what is still missing of the snapshot in %s: %"
              PRIu64 " bytes at 0x%" PRIx64,
              where, s->left, s->next);
        check_snapshot_forget(check);
        return;
    }
    g_checksum_update(s->sum, bytes, n);
    s->next += n;
    s->left -= n;
    if (!s->left) {
        compare_hash(check);
    }
}
