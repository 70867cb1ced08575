/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: snapshots of guest memory (see snapshot.h)
 *
 *      snapshot device=dut0 map=1 addr=0x.. at=0x1000 len=400 sha256=HEX
 *      snapshot-data at=0x1000 HEX     384 bytes
 *      snapshot-data at=0x1180 HEX     16 bytes
 *
 * Accesses of other vCPUs may stand between these.  A snapshot with a gap is
 * dropped; `vfio-trace check` says what is wrong with it.
 */
#include "tools/script/snapshot.h"

#include <string.h>

/* The longest snapshot that the tracer takes */
#define LEN_MAX 65536

static void copy_word(MmtSpan word, char *buf, size_t size)
{
    size_t len = word.p ? MIN(word.len, size - 1) : 0;

    if (len) {
        memcpy(buf, word.p, len);
    }
    buf[len] = '\0';
}

static ScriptSnapshotMark begin(ScriptSnapshot *s, MmtSpan text)
{
    if (!s->data) {
        s->data = g_byte_array_new();
    }
    g_byte_array_set_size(s->data, 0);
    copy_word(mmt_mark_value(text, "device"), s->device, sizeof(s->device));
    copy_word(mmt_mark_value(text, "state"), s->state, sizeof(s->state));
    s->trigger = mmt_words_number(text, "addr");
    s->address = mmt_words_number(text, "at");
    s->len = mmt_words_number(text, "len");
    s->open = s->len > 0 && s->len <= LEN_MAX;
    return s->len ? SCRIPT_SNAPSHOT_PART : SCRIPT_SNAPSHOT_COMPLETE;
}

/* The word behind at=... */
static MmtSpan data_of(MmtSpan text)
{
    MmtSpan at = mmt_mark_value(text, "at");
    MmtSpan rest = { 0 };

    if (at.p) {
        rest.p = at.p + at.len;
        rest.len = text.p + text.len - rest.p;
    }
    return mmt_words_next(&rest);
}

/* Return: number of bytes that were added */
static size_t add_bytes(GByteArray *data, MmtSpan hex)
{
    size_t i;

    for (i = 0; i + 1 < hex.len; i += 2) {
        int high = g_ascii_xdigit_value(hex.p[i]);
        int low = g_ascii_xdigit_value(hex.p[i + 1]);
        guint8 byte;

        if (high < 0 || low < 0) {
            break;
        }
        byte = high << 4 | low;
        g_byte_array_append(data, &byte, 1);
    }
    return i / 2;
}

static ScriptSnapshotMark add(ScriptSnapshot *s, MmtSpan text, size_t *added)
{
    MmtSpan hex = data_of(text);

    if (!s->open) {
        return SCRIPT_SNAPSHOT_PART;
    }
    if (!hex.p || hex.len / 2 > s->len - s->data->len ||
        mmt_words_number(text, "at") != s->address + s->data->len) {
        s->open = false;
        return SCRIPT_SNAPSHOT_PART;
    }
    *added = add_bytes(s->data, hex);
    s->open = *added && s->data->len < s->len;
    return s->data->len == s->len ? SCRIPT_SNAPSHOT_COMPLETE
                                  : SCRIPT_SNAPSHOT_PART;
}

ScriptSnapshotMark script_snapshot_take(ScriptSnapshot *snapshot, MmtSpan text,
                                        size_t *added)
{
    MmtSpan name = mmt_mark_name(text);

    *added = 0;
    if (name.p && mmt_words_are(name, "snapshot")) {
        return begin(snapshot, text);
    }
    if (name.p && mmt_words_are(name, "snapshot-data")) {
        return add(snapshot, text, added);
    }
    return SCRIPT_SNAPSHOT_NONE;
}

void script_snapshot_clear(ScriptSnapshot *snapshot)
{
    g_clear_pointer(&snapshot->data, g_byte_array_unref);
}
