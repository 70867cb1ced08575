/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: marks of guest memory
 *
 * A secret may lie over several marks of a snapshot, an entry or a datum, and
 * the hash of a snapshot's bytes is in its first mark.  So the lines wait until
 * all of its bytes are there.  Watches are in rewrite-watch.c.
 */
#include "tools/redact/rewrite-internal.h"

#include <string.h>

#include "libmmiotrace/mark-words.h"

void rewrite_memory_bytes(RedactRewrite *rw, uint8_t *bytes, size_t n)
{
    if (rw->what->snapshots && !rewrite_verifies(rw)) {
        rw->counts.snapshots++;
        redact_key_bytes(rw->what->key, "snapshot", bytes, n, bytes, n);
    } else {
        rewrite_found(rw, redact_text_bytes(rw->text, bytes, n));
    }
}

void rewrite_memory_hex(char *p, const uint8_t *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    size_t i;

    for (i = 0; i < n; i++) {
        p[2 * i] = digits[bytes[i] >> 4];
        p[2 * i + 1] = digits[bytes[i] & 15];
    }
}

static void put_hash(const RedactHeld *head, const GByteArray *bytes)
{
    g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256,
                                                       bytes->data,
                                                       bytes->len);

    memcpy(head->line->str + head->proof, sum, strlen(sum));
}

/* Put the bytes of a piece into its lines. */
static void end_piece(RedactRewrite *rw)
{
    GByteArray *bytes = rw->snapshot.bytes;
    guint i;

    if (!bytes) {
        return;
    }
    rewrite_memory_bytes(rw, bytes->data, bytes->len);
    for (i = 0; i < rw->held->len; i++) {
        RedactHeld *held = &g_array_index(rw->held, RedactHeld, i);

        if (held->proof) {
            put_hash(held, bytes);
        }
        if (held->n) {
            rewrite_memory_hex(held->line->str + held->hex,
                               bytes->data + held->from, held->n);
        }
    }
    redact_snapshot_clear(&rw->snapshot);
}

void rewrite_memory_end(RedactRewrite *rw)
{
    guint i;

    rewrite_watch_end(rw);
    end_piece(rw);
    for (i = 0; i < rw->held->len; i++) {
        const GString *line = g_array_index(rw->held, RedactHeld, i).line;

        rw->sink(rw->opaque, line->str, line->len);
    }
    g_array_set_size(rw->held, 0);
    rw->held_bytes = 0;
}

void rewrite_memory_hold(RedactRewrite *rw, RedactHeld held)
{
    if (!rewrite_verifies(rw)) {
        g_string_append_c(rw->line, '\n');
        held.line = g_string_new_len(rw->line->str, rw->line->len);
        g_array_append_val(rw->held, held);
        rw->held_bytes += held.line->len - 2 * held.n;
    }
    if ((!rw->snapshot.open && !rw->watch.open) ||
        rw->held_bytes >= REWRITE_HELD_BYTES) {
        rewrite_memory_end(rw);
    }
}

void rewrite_memory_words(RedactRewrite *rw, const char *line,
                          const AnalysisMemoryMark *mark)
{
    const char *end = mark->hex.p ?: mark->text.p + mark->text.len;
    const char *p = mark->text.p;

    rewrite_copy(rw, line, p - line);
    while (p < end) {
        const char *blank = memchr(p, ' ', end - p);
        size_t n = (blank ? blank : end) - p;

        if (n > 7 && !memcmp(p, "device=", 7)) {
            rewrite_copy(rw, p, 7);
            rewrite_name(rw, p + 7, n - 7);
        } else {
            rewrite_copy(rw, p, n);
        }
        p += n;
        if (blank) {
            rewrite_copy(rw, " ", 1);
            p++;
        }
    }
}

void rewrite_memory_verify(RedactRewrite *rw, const AnalysisMemoryMark *mark)
{
    const char *end = mark->hex.p ?: mark->text.p + mark->text.len;

    if (rewrite_verifies(rw)) {
        rewrite_words(rw, mark->text.p, end - mark->text.p);
        if (mark->hex.p) {
            const char *rest = mark->hex.p + mark->hex.len;

            rewrite_words(rw, rest, mark->text.p + mark->text.len - rest);
        }
        g_string_truncate(rw->line, 0);
    }
}

/* Where in the line the hash of a snapshot is; 0: nowhere */
static size_t find_hash(RedactRewrite *rw)
{
    static const char key[] = " sha256=";
    const char *sum = strstr(rw->line->str, key);

    if (sum && strspn(sum + sizeof(key) - 1, "0123456789abcdefABCDEF") == 64) {
        return sum + sizeof(key) - 1 - rw->line->str;
    }
    if (sum) {
        /* a hash that is none: do not let it through */
        g_string_truncate(rw->line, sum - rw->line->str);
    }
    return 0;
}

void rewrite_memory_stray(RedactRewrite *rw, const char *line,
                          const AnalysisMemoryMark *mark)
{
    MmtSpan hex = redact_snapshot_hex(mark);
    g_autofree uint8_t *bytes = NULL;
    size_t i, n = hex.len / 2;

    if (!hex.p) {
        rewrite_leave_out(rw);
        return;
    }
    bytes = g_malloc(n + 1);
    for (i = 0; i < n; i++) {
        bytes[i] = g_ascii_xdigit_value(hex.p[2 * i]) << 4 |
                   g_ascii_xdigit_value(hex.p[2 * i + 1]);
    }
    rewrite_memory_bytes(rw, bytes, n);
    rewrite_memory_words(rw, line, mark);
    i = rw->line->len;
    rewrite_copy(rw, hex.p, hex.len);
    rewrite_memory_hex(rw->line->str + i, bytes, n);
    rewrite_put(rw);
}

/* A snapshot, an entry or a datum begins. */
static void put_head(RedactRewrite *rw, const char *line,
                     const AnalysisMemoryMark *mark)
{
    RedactHeld held = { 0 };
    MmtSpan hex;

    rewrite_memory_end(rw);
    rewrite_memory_verify(rw, mark);
    held.n = redact_snapshot_begin(&rw->snapshot, mark);
    hex = redact_snapshot_hex(mark);
    if (mark->hex.p && !held.n) {
        /* more bytes than it says, or something else */
        redact_snapshot_clear(&rw->snapshot);
        rewrite_memory_stray(rw, line, mark);
        return;
    }
    rewrite_memory_words(rw, line, mark);
    if (held.n) {
        held.hex = rw->line->len;
        rewrite_copy(rw, hex.p, hex.len);
    } else if (mark->kind == MMT_MARK_SNAPSHOT) {
        held.proof = find_hash(rw);
    }
    rewrite_memory_hold(rw, held);
}

static void put_data(RedactRewrite *rw, const char *line,
                     const AnalysisMemoryMark *mark)
{
    MmtSpan hex = redact_snapshot_hex(mark);
    RedactHeld held = {
        .from = rw->snapshot.bytes ? rw->snapshot.bytes->len : 0,
        .n = redact_snapshot_data(&rw->snapshot, hex),
    };

    rewrite_memory_verify(rw, mark);
    if (!held.n) {
        rewrite_memory_stray(rw, line, mark);
        return;
    }
    rewrite_memory_words(rw, line, mark);
    held.hex = rw->line->len;
    rewrite_copy(rw, hex.p, hex.len);
    rewrite_memory_hold(rw, held);
}

bool rewrite_memory(RedactRewrite *rw, const char *line,
                    const AnalysisMemoryMark *mark)
{
    switch (mark->kind) {
    case MMT_MARK_SNAPSHOT:
    case MMT_MARK_ENTRY:
    case MMT_MARK_DATA:
        put_head(rw, line, mark);
        return true;
    case MMT_MARK_SNAPSHOT_DATA:
        put_data(rw, line, mark);
        return true;
    case MMT_MARK_WATCH:
        rewrite_watch(rw, line, mark);
        return true;
    case MMT_MARK_WATCH_DATA:
        rewrite_watch_data(rw, line, mark);
        return true;
    default:
        return false;
    }
}
