/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace cat --as mmiotrace: lines that are mmiotrace already (see keep.h)
 *
 * A line stays as it is.  Exceptions: a CR at its end; a mark with characters
 * that a mark can't have, or that is too long; a comment that tells of lost
 * events, which only the kernel's file "trace" may have.
 */
#include "tools/convert/keep.h"
#include "tools/convert/sink.h"

#include <string.h>

#include "libmmiotrace/format.h"
#include "libmmiotrace/put.h"

/**
 * struct ConvertKeep: the state
 * @trace: the trace
 * @out: the output
 * @versions: VERSION lines so far
 * @marks: marks that were changed
 * @dropped: lines that are too long
 */
struct ConvertKeep {
    MmtTrace *trace;
    ConvertOut *out;
    uint64_t versions;
    uint64_t marks;
    uint64_t dropped;
};

ConvertKeep *convert_keep_new(MmtTrace *trace, ConvertOut *out)
{
    ConvertKeep *keep = g_new0(ConvertKeep, 1);

    keep->trace = trace;
    keep->out = out;
    return keep;
}

static void put_line(ConvertOut *out, const char *line, size_t len)
{
    char *p = convert_out_room(out, len + 1);

    p = convert_put_str(p, line, len);
    *p++ = '\n';
    convert_out_took(out, p);
}

static void keep_mark(ConvertKeep *keep, const MmtEntry *entry,
                      const char *line, size_t len)
{
    char clean[MMT_MARK_MAX + 1];
    size_t text_len;
    const char *text = mmt_trace_text(keep->trace, entry, &text_len);
    size_t n = mmt_mark_sanitize(text, text_len, clean);
    char *p;

    if (n == text_len && !memcmp(clean, text, n)) {
        put_line(keep->out, line, len);
        return;
    }
    keep->marks++;
    p = convert_out_room(keep->out, MMT_LINE_MAX + (text - line));
    p = convert_put_str(p, line, text - line);
    p = convert_put_str(p, clean, n);
    *p++ = '\n';
    convert_out_took(keep->out, p);
}

static void keep_entry(ConvertKeep *keep, const MmtEntry *entry)
{
    size_t len;
    const char *line = mmt_trace_line(keep->trace, entry, &len);

    len -= len && line[len - 1] == '\r';
    if (entry->kind == MMT_ENTRY_MARK) {
        keep_mark(keep, entry, line, len);
    } else if (entry->kind == MMT_ENTRY_LOST && line[0] == '#') {
        convert_keep_lost(keep->out, entry->value);
    } else if (len + 2 > MMT_LINE_MAX) {
        keep->dropped++;
    } else if (entry->kind != MMT_ENTRY_OTHER || !keep->versions++) {
        put_line(keep->out, line, len);
    }
}

void convert_keep_entries(ConvertKeep *keep, const MmtEntry *entries, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        keep_entry(keep, &entries[i]);
    }
}

void convert_keep_free(ConvertKeep *keep, GString *notes)
{
    convert_note(notes, "marks that were shortened or made printable",
                 keep->marks);
    convert_note(notes, "lines that are too long and were left out",
                 keep->dropped);
    g_free(keep);
}

static bool begins(const char *text, size_t len, const char *with)
{
    return len >= strlen(with) && !memcmp(text, with, strlen(with));
}

void convert_keep_mark(ConvertOut *out, uint64_t ns, const char *text,
                       size_t len)
{
    char clean[MMT_MARK_MAX + 1];
    size_t n = mmt_mark_sanitize(text, len, clean);
    char *p = convert_out_room(out, 2 * MMT_LINE_MAX);

    p = CONVERT_LITERAL(p, "MARK ");
    p = mmt_put_time(p, ns);
    *p++ = ' ';
    if (begins(clean, n, "vfio-trace: ") || begins(clean, n, "Lost ")) {
        p = CONVERT_LITERAL(p, "mark: ");
    }
    p = convert_put_str(p, clean, n);
    *p++ = '\n';
    convert_out_took(out, p);
}

void convert_keep_lost(ConvertOut *out, uint64_t n)
{
    char *p = convert_out_room(out, MMT_LINE_MAX);

    if (n == UINT64_MAX) {
        p = CONVERT_LITERAL(p, "CPU:0 [LOST EVENTS]\n");
    } else {
        p = CONVERT_LITERAL(p, "MARK 0.000000 Lost ");
        p = convert_put_dec(p, n);
        p = CONVERT_LITERAL(p, " events.\n");
    }
    convert_out_took(out, p);
}
