/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libmmiotrace: formatter of the mark of a ring's entry (see entry-put.h) */
#include "libmmiotrace/entry-put.h"
#include "libmmiotrace/mark-put.h"
#include "libmmiotrace/printable.h"
#include "libmmiotrace/put.h"

/* Most bytes of all words but device, ring, state and bytes */
#define OTHER_MAX 140

static char *entry_put_text(char *p, const char *text, size_t len)
{
    return p + mmt_printable(text, len, p, len);
}

/* It may not fit: the table's formatter knows where to cut it off. */
static size_t entry_put_words(const MmtEntryMark *e, char *buf)
{
    char hex[MMT_MARK_BYTES * 2 + 1];

    *mmt_put_bytes(hex, e->data, e->bytes) = '\0';
    return mmt_mark_put(MMT_MARK_ENTRY,
                        MMT_WORDS(MMT_TEXT("device", e->device),
                                  MMT_TEXT("ring", e->ring),
                                  MMT_NUMBER("index", e->index),
                                  MMT_NUMBER("at", e->at),
                                  MMT_NUMBER("len", e->len),
                                  e->state ? MMT_TEXT("state", e->state)
                                           : MMT_NO_WORD,
                                  e->bytes ? MMT_TEXT("data", hex)
                                           : MMT_NO_WORD), buf);
}

size_t mmt_entry_put(const MmtEntryMark *e, char *buf)
{
    size_t device = strlen(e->device);
    size_t ring = strlen(e->ring);
    size_t state = e->state ? strlen(e->state) : 0;
    char *p = buf;

    if (device + ring + state + e->bytes * 2 > MMT_MARK_MAX - OTHER_MAX) {
        return entry_put_words(e, buf);
    }
    p = MMT_PUT_LITERAL(p, MMT_MARK_PREFIX "entry device=");
    p = entry_put_text(p, e->device, device);
    p = MMT_PUT_LITERAL(p, " ring=");
    p = entry_put_text(p, e->ring, ring);
    p = MMT_PUT_LITERAL(p, " index=");
    p = mmt_put_dec(p, e->index);
    p = MMT_PUT_LITERAL(p, " at=");
    p = mmt_put_hex(p, e->at);
    p = MMT_PUT_LITERAL(p, " len=");
    p = mmt_put_dec(p, e->len);
    if (state) {
        p = MMT_PUT_LITERAL(p, " state=");
        p = entry_put_text(p, e->state, state);
    }
    if (e->bytes) {
        *p++ = ' ';
        p = mmt_put_bytes(p, e->data, e->bytes);
    }
    *p = '\0';
    return p - buf;
}
