/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: marks
 */
#include "tools/redact/rewrite-internal.h"

#include <inttypes.h>
#include <string.h>

#include "libmmiotrace/mark-words.h"
#include "libmmiotrace/marks.h"
#include "libmmiotrace/record.h"

/* What the first time of the wall clock becomes: the year 2000, in seconds */
#define CLOCK_FIRST 946684800ll


static bool is_name_key(const char *p, size_t len)
{
    static const char *const keys[] = { "device=", "id=", "port=" };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (len > strlen(keys[i]) && !memcmp(p, keys[i], strlen(keys[i]))) {
            return true;
        }
    }
    return false;
}

/* "realtime=S.NS" */
static void put_clock(RedactRewrite *rw, const char *p, size_t len)
{
    const char *digits = p + strlen("realtime=");
    /* unsigned: a log's number may be too large to be moved */
    uint64_t seconds = g_ascii_strtoll(digits, NULL, 10);
    const char *point = memchr(p, '.', len);

    if (!rw->has_clock) {
        rw->clock = CLOCK_FIRST - seconds;
        rw->has_clock = true;
    }
    rw->counts.clocks++;
    g_string_append_printf(rw->line, "realtime=%" PRId64,
                           (int64_t)(seconds + rw->clock));
    if (point) {
        /* the fraction tells nothing without the seconds */
        rewrite_copy(rw, point, p + len - point);
    }
}

/* A key is the format's word, whatever else the secrets are */
static void put_value(RedactRewrite *rw, const char *p, size_t len)
{
    const char *sign = memchr(p, '=', len);
    size_t key = sign ? sign + 1 - p : 0;

    rewrite_copy(rw, p, key);
    rewrite_text(rw, p + key, len - key);
}

static void put_word(RedactRewrite *rw, const char *p, size_t len)
{
    if (rw->what->clock && !rewrite_verifies(rw) && len > 9 &&
        !memcmp(p, "realtime=", 9)) {
        put_clock(rw, p, len);
    } else if (is_name_key(p, len)) {
        const char *value = memchr(p, '=', len);

        value++;
        rewrite_copy(rw, p, value - p);
        rewrite_name(rw, value, p + len - value);
    } else if (rw->at_chosen && len > 6 && !memcmp(p, "bytes=", 6)) {
        /* an instruction that writes a constant has it in its bytes */
        g_string_append(rw->line, "bytes=none");
    } else {
        put_value(rw, p, len);
    }
}

/* @text: all of a mark's words, or those before a text */
static void put_words(RedactRewrite *rw, MmtSpan text)
{
    MmtSpan name = mmt_mark_name(text);
    const char *end = text.p + text.len;
    const char *p = name.p + name.len;

    rewrite_copy(rw, text.p, p - text.p);
    while (p < end) {
        const char *blank = memchr(p, ' ', end - p);
        size_t n = (blank ? blank : end) - p;

        put_word(rw, p, n);
        p += n;
        if (blank) {
            rewrite_copy(rw, " ", 1);
            p++;
        }
    }
}

/* Text that a person or the guest wrote */
static void put_text(RedactRewrite *rw, const char *p, size_t len)
{
    if (rw->what->marks && !rewrite_verifies(rw)) {
        rw->counts.marks++;
        rewrite_hidden(rw, p, len);
    } else {
        rewrite_text(rw, p, len);
    }
}

static bool has_key(const MmtMarkForm *form, MmtSpan word)
{
    const MmtMarkKey *key;

    for (key = form->key; key->key; key++) {
        size_t len = strlen(key->key);

        if (word.len > len && word.p[len] == '=' &&
            !memcmp(word.p, key->key, len)) {
            return true;
        }
    }
    return false;
}

/* Each word is copied or replaced by its key: it has to be one of the mark's. */
static bool has_form(MmtSpan text)
{
    MmtSpan name = mmt_mark_name(text);
    const char *begin = name.p + name.len;
    MmtSpan rest = { begin, text.p + text.len - begin };
    MmtSpan word;

    while ((word = mmt_words_next(&rest)).p) {
        if (!has_key(&mmt_mark_forms[MMT_MARK_GUEST_MARK], word)) {
            return false;
        }
    }
    return true;
}

static void put_guest_mark(RedactRewrite *rw, MmtSpan text)
{
    MmtSpan said = mmt_mark_said(text);
    MmtSpan words = text;

    if (said.p) {
        words.len = said.p - text.p;
    }
    if (!has_form(words)) {
        put_text(rw, text.p, text.len);
        return;
    }
    put_words(rw, words);
    if (said.len) {
        put_text(rw, said.p, said.len);
    }
}

/* An instruction that was refused: at a register that is replaced? */
static void note_refused(RedactRewrite *rw, MmtSpan text)
{
    /* which register it is only the tables of regions know: all of them */
    rw->at_chosen = redact_chosen_any(rw->what->chosen) &&
                    !rewrite_verifies(rw);
    (void)text;
}

/* A person can write a mark that begins like the tracer's. */
static bool is_structured(MmtSpan text)
{
    MmtSpan name = mmt_mark_name(text);
    size_t i;

    for (i = 0; i < MMT_MARKS; i++) {
        if (mmt_words_are(name, mmt_mark_forms[i].name)) {
            return true;
        }
    }
    return false;
}

static void put_tracer(RedactRewrite *rw, const char *line, MmtSpan text)
{
    MmtSpan name = mmt_mark_name(text);
    AnalysisMemoryMark memory;

    if (analysis_memory_parse(text, &memory) &&
        rewrite_memory(rw, line, &memory)) {
        return;
    }
    if (mmt_words_are(name, "refused")) {
        note_refused(rw, text);
    }
    rewrite_copy(rw, line, text.p - line);
    put_words(rw, text);
    rewrite_put(rw);
    if (!mmt_words_are(name, "stepped")) {
        rw->at_chosen = false;
    }
}

/* Bytes of memory are verified as such, together with others. */
static bool has_bytes(MmtSpan text)
{
    AnalysisMemoryMark mark;
    const MmtMarkKey *key;

    if (!analysis_memory_parse(text, &mark) || !mark.hex.p) {
        return false;
    }
    for (key = mmt_mark_forms[mark.kind].key; key->key; key++) {
        if (key->kind == MMT_VALUE_BYTES) {
            return true;
        }
    }
    return false;
}

void rewrite_mark(RedactRewrite *rw, const MmtEntry *entry, const char *line,
                  size_t len)
{
    MmtSpan text;

    (void)len;
    text.p = mmt_trace_text(rw->trace, entry, &text.len);
    if (text.len && text.p[text.len - 1] == '\r') {
        text.len--;
    }
    if (rewrite_verifies(rw) && (entry->flags & MMT_ENTRY_TRACER) &&
        !has_bytes(text)) {
        /* names, keys, and a secret with blanks, which is several words */
        rewrite_text(rw, text.p, text.len);
        g_string_truncate(rw->line, 0);
    }
    if ((entry->flags & MMT_ENTRY_TRACER) && is_structured(text)) {
        put_tracer(rw, line, text);
        return;
    }
    rewrite_copy(rw, line, text.p - line);
    if (entry->flags & MMT_ENTRY_GUEST) {
        put_guest_mark(rw, text);
    } else if (text.len) {
        put_text(rw, text.p, text.len);
    }
    rewrite_put(rw);
}
