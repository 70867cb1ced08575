/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: words of the marks of guest memory (see memory-mark.h)
 */
#include "tools/analysis/memory-mark.h"

#include <glib.h>
#include <string.h>

#include "tools/analysis/memory-types.h"

#define MARKS_AT(member) G_STRUCT_OFFSET(AnalysisMemoryMark, member)

/**
 * struct MarksKey: where a value goes
 * @key: the key
 * @at: offset in AnalysisMemoryMark
 * @kind: a word, or a number, decimal or hexadecimal
 */
typedef struct MarksKey {
    const char *key;
    size_t at;
    enum { MARKS_WORD, MARKS_NUMBER } kind;
} MarksKey;

/* These mean the same in all marks; "name" does not. */
static const MarksKey keys[] = {
    { "device", MARKS_AT(device), MARKS_WORD },
    { "ring", MARKS_AT(name), MARKS_WORD },
    { "watch", MARKS_AT(name), MARKS_WORD },
    { "layout", MARKS_AT(layout), MARKS_WORD },
    { "by", MARKS_AT(by), MARKS_WORD },
    { "state", MARKS_AT(state), MARKS_WORD },
    { "why", MARKS_AT(why), MARKS_WORD },
    { "on", MARKS_AT(on), MARKS_WORD },
    { "sha256", MARKS_AT(sha256), MARKS_WORD },
    { "map", MARKS_AT(map), MARKS_NUMBER },
    { "addr", MARKS_AT(addr), MARKS_NUMBER },
    { "index", MARKS_AT(index), MARKS_NUMBER },
    { "at", MARKS_AT(at), MARKS_NUMBER },
    { "base", MARKS_AT(at), MARKS_NUMBER },
    { "len", MARKS_AT(len), MARKS_NUMBER },
    { "of", MARKS_AT(of), MARKS_NUMBER },
    { "count", MARKS_AT(count), MARKS_NUMBER },
    { "entry", MARKS_AT(entry), MARKS_NUMBER },
    { "lines", MARKS_AT(lines), MARKS_NUMBER },
    { "left", MARKS_AT(left), MARKS_NUMBER },
    { "sum", MARKS_AT(sum), MARKS_NUMBER },
};

static bool is_of_memory(MmtMark kind)
{
    static const MmtMark kinds[] = {
        MMT_MARK_SNAPSHOT, MMT_MARK_SNAPSHOT_DATA, MMT_MARK_RINGS,
        MMT_MARK_RING, MMT_MARK_ENTRY, MMT_MARK_DATA, MMT_MARK_WATCH,
        MMT_MARK_WATCH_DATA, MMT_MARK_MEMORY_CUT,
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (kinds[i] == kind) {
            return true;
        }
    }
    return false;
}

static uint64_t number_of(MmtSpan value)
{
    uint64_t v = 0;

    if (!mmt_words_hex(value, &v) && !mmt_words_decimal(value, &v)) {
        return 0;
    }
    return v;
}

/* The first one counts, as with mmt_mark_value(). */
static void store(AnalysisMemoryMark *mark, const MarksKey *key, MmtSpan value)
{
    char *place = (char *)mark + key->at;

    if (key->kind == MARKS_WORD) {
        MmtSpan *span = (MmtSpan *)place;

        *span = span->p ? *span : value;
    } else {
        uint64_t *number = (uint64_t *)place;

        *number = *number ? *number : number_of(value);
    }
}

static void take_word(AnalysisMemoryMark *mark, MmtSpan word)
{
    const char *sign = memchr(word.p, '=', word.len);
    MmtSpan key = { word.p, sign ? (size_t)(sign - word.p) : 0 };
    MmtSpan value = { sign ? sign + 1 : NULL, 0 };
    size_t i;

    if (!sign) {
        mark->hex = mark->hex.p || mmt_words_are(word, "none") ? mark->hex
                                                               : word;
        return;
    }
    value.len = word.p + word.len - value.p;
    if (mmt_words_are(key, "name")) {
        MmtSpan *name = mark->kind == MMT_MARK_DATA ? &mark->item
                                                    : &mark->name;

        *name = name->p ? *name : value;
        return;
    }
    for (i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (mmt_words_are(key, keys[i].key)) {
            store(mark, &keys[i], value);
        }
    }
}

bool analysis_memory_parse(MmtSpan text, AnalysisMemoryMark *mark)
{
    MmtSpan name = mmt_mark_name(text);
    MmtSpan rest, word;
    MmtMark kind;

    if (!name.p || !name.len) {
        return false;
    }
    kind = mmt_mark_find(name.p, name.len);
    if (!is_of_memory(kind)) {
        return false;
    }
    *mark = (AnalysisMemoryMark) { .kind = kind, .text = text };
    rest.p = name.p + name.len;
    rest.len = text.p + text.len - rest.p;
    while ((word = mmt_words_next(&rest)).p) {
        take_word(mark, word);
    }
    return true;
}

/* Return: how much of a word is kept */
static int kept(MmtSpan word)
{
    return word.p ? MIN(word.len, ANALYSIS_MEMORY_WORD - 1) : 0;
}

char *analysis_memory_key(const AnalysisMemoryMark *mark)
{
    return g_strdup_printf("%.*s %.*s", kept(mark->device),
                           mark->device.p ?: "", kept(mark->name),
                           mark->name.p ?: "");
}

static int nibble(char ch)
{
    return g_ascii_isupper(ch) ? -1 : g_ascii_xdigit_value(ch);
}

size_t analysis_memory_bytes(MmtSpan hex, uint8_t *bytes)
{
    size_t i;

    if (!hex.p || hex.len % 2 || hex.len > ANALYSIS_MEMORY_MARK_BYTES * 2) {
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
