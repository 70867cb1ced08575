/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to ctf: a mark as an event (see ctf-mark.h)
 */
#include "tools/export/ctf-mark.h"

#include <string.h>

#include "libmmiotrace/mark-words.h"

/* Names of events of the tracer's marks; made once, as those of fields */
static const char *event_name(MmtMark mark)
{
    static const char *names[MMT_MARKS];

    if (!names[mark]) {
        names[mark] = g_strconcat("tracer:", mmt_mark_forms[mark].name, NULL);
    }
    return names[mark];
}

/* "paused-ns" is no identifier. */
static const char *field_name(MmtMark mark, size_t i)
{
    static const char *names[MMT_MARKS][MMT_MARK_KEYS];

    if (!names[mark][i]) {
        names[mark][i] = g_strdelimit(
            g_strdup(mmt_mark_forms[mark].key[i].key), "-", '_');
    }
    return names[mark][i];
}

/* Take a key's value, if it is the next word.  Return: @p is NULL if not */
static MmtSpan take_value(const MmtMarkKey *key, MmtSpan *words)
{
    MmtSpan rest = *words;
    MmtSpan word = mmt_words_next(&rest);
    size_t n = strlen(key->key);

    if (!word.p) {
        return word;
    }
    if (!(key->flags & MMT_KEY_BARE)) {
        if (word.len <= n || memcmp(word.p, key->key, n) ||
            word.p[n] != '=') {
            return (MmtSpan) { 0 };
        }
        word.p += n + 1;
        word.len -= n + 1;
    }
    if (key->kind == MMT_VALUE_TEXT || key->kind == MMT_VALUE_PROSE ||
        key->kind == MMT_VALUE_FIELDS || (key->flags & MMT_KEY_REPEATED)) {
        /* up to the end of the mark */
        word.len = words->p + words->len - word.p;
        rest.len = 0;
    } else if (!mmt_mark_value_sound(key, word)) {
        return (MmtSpan) { 0 };
    }
    *words = rest;
    return word;
}

static void put_value(CtfRecord *record, const MmtMarkKey *key,
                      const char *name, MmtSpan value)
{
    uint64_t number;

    if (key->kind == MMT_VALUE_DEC && mmt_words_decimal(value, &number)) {
        ctf_record_number(record, name, CTF_DECIMAL, 64, number);
    } else if (key->kind == MMT_VALUE_HEX &&
               !(key->flags & MMT_KEY_REPEATED) &&
               mmt_words_hex(value, &number)) {
        ctf_record_number(record, name, CTF_HEX, 64, number);
    } else {
        ctf_record_text(record, name, value.p, value.len);
    }
}

/* Return: false if there are words behind those that the table has */
static bool put_keys(CtfRecord *record, MmtMark mark, MmtSpan words)
{
    const MmtMarkKey *key = mmt_mark_forms[mark].key;
    size_t i;

    for (i = 0; key[i].key; i++) {
        MmtSpan value = take_value(&key[i], &words);

        if (value.p) {
            put_value(record, &key[i], field_name(mark, i), value);
        }
    }
    return !mmt_words_next(&words).p;
}

/* Return: which mark of the table it is */
static MmtMark put_structured(CtfRecord *record, MmtSpan text)
{
    MmtSpan name = mmt_mark_name(text);
    MmtMark mark = mmt_mark_find(name.p ?: "", name.len);
    MmtSpan words = text;

    if (mark != MMT_MARKS) {
        words.p = name.p + name.len;
        words.len = text.p + text.len - words.p;
    }
    if (mark == MMT_MARKS || !put_keys(record, mark, words)) {
        ctf_record_text(record, "text", text.p, text.len);
    }
    return mark;
}

const char *ctf_mark_put(MmtTrace *trace, const MmtEntry *entry,
                         CtfRecord *record)
{
    MmtMark mark;
    MmtSpan text;

    text.p = mmt_trace_text(trace, entry, &text.len);
    if (!(entry->flags & (MMT_ENTRY_TRACER | MMT_ENTRY_GUEST))) {
        ctf_record_text(record, "text", text.p, text.len);
        return "mark";
    }
    mark = put_structured(record, text);
    if (entry->flags & MMT_ENTRY_GUEST) {
        return "guest-mark";
    }
    return mark == MMT_MARKS ? "tracer:other" : event_name(mark);
}
