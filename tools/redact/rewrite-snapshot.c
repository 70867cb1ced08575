/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: marks of snapshots
 *
 * The hash of a snapshot's bytes is in its first mark, and is another one if
 * they are replaced.  So the lines wait until all of its bytes are there.
 */
#include "tools/redact/rewrite-internal.h"

#include <string.h>

#include "libmmiotrace/mark-words.h"

/* Replace what is secret in bytes of memory */
static void replace_bytes(RedactRewrite *rw, uint8_t *bytes, size_t n)
{
    if (rw->what->snapshots && !rewrite_verifies(rw)) {
        rw->counts.snapshots++;
        redact_key_bytes(rw->what->key, "snapshot", bytes, n, bytes, n);
    } else {
        rewrite_found(rw, redact_text_bytes(rw->text, bytes, n));
    }
}

static void put_hex(char *p, const uint8_t *bytes, size_t n)
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

    if (head->hex) {
        memcpy(head->line->str + head->hex, sum, strlen(sum));
    }
}

void rewrite_snapshot_end(RedactRewrite *rw)
{
    GByteArray *bytes = rw->snapshot.bytes;
    guint i;

    if (bytes) {
        replace_bytes(rw, bytes->data, bytes->len);
    }
    for (i = 0; i < rw->held->len; i++) {
        RedactHeld *held = &g_array_index(rw->held, RedactHeld, i);

        if (!i) {
            put_hash(held, bytes);
        }
        if (held->n) {
            put_hex(held->line->str + held->hex, bytes->data + held->from,
                    held->n);
        }
        rw->sink(rw->opaque, held->line->str, held->line->len);
    }
    g_array_set_size(rw->held, 0);
    rw->held_bytes = 0;
    redact_snapshot_clear(&rw->snapshot);
}

static void hold(RedactRewrite *rw, RedactHeld held)
{
    if (rewrite_verifies(rw)) {
        return;
    }
    g_string_append_c(rw->line, '\n');
    held.line = g_string_new_len(rw->line->str, rw->line->len);
    g_array_append_val(rw->held, held);
    if (!rw->snapshot.open) {
        rewrite_snapshot_end(rw);
    }
}

void rewrite_snapshot(RedactRewrite *rw, const char *line, MmtSpan text)
{
    static const char key[] = " sha256=";
    const char *sum;
    RedactHeld held = { 0 };
    const char *p = text.p, *end = text.p + text.len;

    rewrite_snapshot_end(rw);
    redact_snapshot_begin(&rw->snapshot, text);
    rewrite_copy(rw, line, text.p - line);
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
    sum = strstr(rw->line->str, key);
    if (sum && strspn(sum + sizeof(key) - 1, "0123456789abcdefABCDEF") == 64) {
        held.hex = sum + sizeof(key) - 1 - rw->line->str;
    } else if (sum) {
        /* a hash that is none: do not let it through */
        g_string_truncate(rw->line, sum - rw->line->str);
    }
    hold(rw, held);
}

/* Data that belongs to no snapshot: by itself */
static void put_stray(RedactRewrite *rw, const char *line, MmtSpan text,
                      MmtSpan hex)
{
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
    replace_bytes(rw, bytes, n);
    rewrite_copy(rw, line, text.p + text.len - line);
    put_hex(rw->line->str + (hex.p - line), bytes, n);
    rewrite_put(rw);
}

void rewrite_snapshot_data(RedactRewrite *rw, const char *line, MmtSpan text)
{
    MmtSpan hex = redact_snapshot_hex(text);
    size_t from = rw->snapshot.bytes ? rw->snapshot.bytes->len : 0;
    size_t n = redact_snapshot_data(&rw->snapshot, hex);

    if (rewrite_verifies(rw)) {
        /* the address */
        rewrite_words(rw, text.p, (hex.p ?: text.p + text.len) - text.p);
        g_string_truncate(rw->line, 0);
    }
    if (!n) {
        put_stray(rw, line, text, hex);
        return;
    }
    rewrite_copy(rw, line, text.p + text.len - line);
    if (rewrite_verifies(rw)) {
        if (!rw->snapshot.open) {
            rewrite_snapshot_end(rw);
        }
        return;
    }
    hold(rw, (RedactHeld) { .hex = hex.p - line, .from = from, .n = n });
}
