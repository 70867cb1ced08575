/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: marks of interrupts and of memory (see marks.h)
 */
#include "libmmiotrace/mark-words.h"
#include "libreplay/marks.h"

/* Bytes of one mark; there can't be more in a line */
#define MARKS_BYTES 512

void replay_marks_end(ReplayMarks *marks)
{
    if (marks->has_irq && !replay_learn_event(marks->replay, &marks->irq)) {
        marks->left_out++;
    }
    marks->has_irq = false;
    marks->known = false;
}

void replay_marks_access(ReplayMarks *marks, bool write)
{
    replay_marks_end(marks);
    marks->known = true;
    marks->device = !write;
}

static void marks_take_irq(ReplayMarks *marks, MmtSpan text, uint64_t ns)
{
    MmtSpan pin = mmt_mark_value(text, "intx");

    replay_marks_end(marks);
    marks->irq = (ReplayEvent) {
        .number = mmt_words_number(text, "vector"),
        .kind = mmt_words_have(text, "msix") ? REPLAY_EVENT_MSIX
                                             : REPLAY_EVENT_MSI,
        .ns = ns,
    };
    if (pin.p && pin.len == 1 && *pin.p >= 'A' && *pin.p <= 'D') {
        marks->irq.kind = REPLAY_EVENT_INTX;
        marks->irq.number = *pin.p - 'A';
        marks->irq.level = mmt_words_number(text, "level") != 0;
    }
    marks->has_irq = true;
    marks->known = true;
    marks->device = true;
}

/* The last word of a mark as bytes; 0 if it is something else */
static size_t marks_bytes(MmtSpan text, uint8_t *bytes)
{
    MmtSpan word, last = { NULL, 0 };
    size_t i;

    while ((word = mmt_words_next(&text)).p) {
        last = word;
    }
    if (!last.p || last.len % 2 || last.len / 2 > MARKS_BYTES) {
        return 0;
    }
    for (i = 0; i < last.len; i++) {
        int digit = g_ascii_xdigit_value(last.p[i]);

        if (digit < 0) {
            return 0;
        }
        bytes[i / 2] = i % 2 ? bytes[i / 2] << 4 | digit : digit;
    }
    return last.len / 2;
}

static void marks_take_memory(ReplayMarks *marks, MmtSpan text, uint64_t ns)
{
    ReplayEvent event = { .kind = REPLAY_EVENT_USER, .ns = ns };
    uint8_t bytes[MARKS_BYTES];
    size_t n = marks_bytes(text, bytes);

    if (!n || !marks->ours || !marks->known || !mmt_mark_value(text, "at").p) {
        return;
    }
    event.number = replay_memory_add(marks->memory,
                                     mmt_words_number(text, "at"), bytes, n,
                                     marks->device);
    if (event.number == UINT32_MAX ||
        !replay_learn_event(marks->replay, &event)) {
        marks->left_out++;
    }
}

void replay_marks_take(ReplayMarks *marks, MmtSpan text, bool ours,
                       uint64_t ns)
{
    static const char *const memory[] = { "entry", "data", "snapshot",
                                          "watch" };
    MmtSpan name = mmt_mark_name(text);
    size_t i;

    if (mmt_words_are(name, "irq")) {
        if (ours) {
            marks_take_irq(marks, text, ns);
        }
        return;
    }
    for (i = 0; i < G_N_ELEMENTS(memory); i++) {
        if (mmt_words_are(name, memory[i])) {
            marks->ours = ours;
            marks_take_memory(marks, text, ns);
            return;
        }
    }
    /* The rest of the mark before, which has named the device */
    if (mmt_words_are(name, "snapshot-data") ||
        mmt_words_are(name, "watch-data")) {
        marks_take_memory(marks, text, ns);
    }
}
