/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to pcapng: kinds of marks (see pcapng-marks.h)
 */
#include "tools/export/pcapng-marks.h"

#include <string.h>

#include "libmmiotrace/printable.h"
#include "tools/analysis/memory-mark.h"

void pcapng_marks_sort(const MmtEntry *entry, MmtSpan text, PcapngHead *head)
{
    AnalysisMemoryMark memory;
    MmtSpan name;

    head->kind = PCAPNG_MARK;
    if (entry->flags & MMT_ENTRY_GUEST) {
        head->flags |= PCAPNG_GUEST;
    }
    if (text.len > PCAPNG_TEXT_MAX) {
        head->flags |= PCAPNG_CUT;
    }
    if (!(entry->flags & MMT_ENTRY_TRACER)) {
        return;
    }
    name = mmt_mark_name(text);
    head->kind = PCAPNG_TRACER;
    if (mmt_words_are(name, "irq")) {
        head->kind = PCAPNG_INTERRUPT;
    } else if (mmt_words_are(name, "vm")) {
        head->kind = PCAPNG_MACHINE;
    } else if (analysis_memory_parse(text, &memory)) {
        head->kind = PCAPNG_MEMORY;
        head->offset = memory.at;
    }
}

void pcapng_marks_text(MmtSpan text, GByteArray *record)
{
    g_autofree char *buf = g_malloc(MIN(text.len, PCAPNG_TEXT_MAX) + 1);

    pcapng_record_item(record, PCAPNG_ITEM_TEXT, buf,
                       mmt_printable(text.p, text.len, buf,
                                     MIN(text.len, PCAPNG_TEXT_MAX)));
}

static void put_span(GByteArray *record, PcapngItem type, MmtSpan span)
{
    g_autofree char *text = span.p ? g_strndup(span.p, span.len) : NULL;

    if (text) {
        pcapng_record_name(record, type, text);
    }
}

/* Bytes of guest memory are bytes of the packet, too. */
static void put_data(GByteArray *record, MmtSpan text)
{
    uint8_t bytes[ANALYSIS_MEMORY_MARK_BYTES];
    AnalysisMemoryMark memory;
    size_t len;

    if (analysis_memory_parse(text, &memory) && memory.hex.p) {
        len = analysis_memory_bytes(memory.hex, bytes);
        pcapng_record_item(record, PCAPNG_ITEM_DATA, bytes, len);
    }
}

void pcapng_marks_items(const MmtEntry *entry, MmtSpan text,
                        GByteArray *record)
{
    if (entry->flags & MMT_ENTRY_TRACER) {
        put_span(record, PCAPNG_ITEM_DEVICE, mmt_mark_value(text, "device"));
        put_span(record, PCAPNG_ITEM_MARK, mmt_mark_name(text));
    }
    pcapng_marks_text(text, record);
    if (entry->flags & MMT_ENTRY_TRACER) {
        put_data(record, text);
    }
}

/* "S.FRACTION" of at most nine digits, which are less than ten centuries */
static bool take_seconds(MmtSpan value, uint64_t *ns)
{
    uint64_t unit = G_USEC_PER_SEC * UINT64_C(1000);
    uint64_t whole = 0, fraction = 0;
    bool dot = false;
    size_t i;

    for (i = 0; i < value.len; i++) {
        if (value.p[i] == '.' && !dot) {
            dot = true;
        } else if (!g_ascii_isdigit(value.p[i])) {
            return false;
        } else if (dot) {
            unit /= 10;
            fraction += unit * (value.p[i] - '0');
        } else {
            whole = MIN(whole * 10 + (value.p[i] - '0'), UINT32_MAX);
        }
    }
    *ns = whole * G_USEC_PER_SEC * 1000 + fraction;
    return value.len;
}

bool pcapng_marks_clock(const MmtEntry *entry, MmtSpan text, uint64_t *offset)
{
    uint64_t monotonic, realtime;

    if (!(entry->flags & MMT_ENTRY_TRACER) ||
        !mmt_words_are(mmt_mark_name(text), "clock") ||
        !take_seconds(mmt_mark_value(text, "monotonic"), &monotonic) ||
        !take_seconds(mmt_mark_value(text, "realtime"), &realtime) ||
        realtime < monotonic) {
        return false;
    }
    *offset = realtime - monotonic;
    return true;
}
