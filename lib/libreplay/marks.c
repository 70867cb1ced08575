/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: marks of interrupts and of memory (see marks.h)
 */
#include "libmmiotrace/mark-words.h"
#include "libreplay/marks.h"

#include <string.h>

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

void replay_marks_access(ReplayMarks *marks, const ReplayWrite *write)
{
    replay_marks_end(marks);
    marks->known = true;
    marks->device = !write;
    marks->write = write ? *write : (ReplayWrite) { 0 };
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
    marks->write = (ReplayWrite) { 0 };
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

/* Names of data in a list's entries are as in `prp[3].page`. */
static bool marks_is_list(MmtSpan name)
{
    return name.p && name.len && name.p[name.len - 1] == ']';
}

/* SQ[3] is number 3. */
static uint16_t marks_instance(MmtSpan ring)
{
    uint64_t number = 0;
    MmtSpan digits = { NULL, 0 };
    const char *open = ring.p ? memchr(ring.p, '[', ring.len) : NULL;

    if (open) {
        digits.p = open + 1;
        digits.len = ring.p + ring.len - digits.p;
        digits.len -= digits.len && digits.p[digits.len - 1] == ']';
    }
    return digits.len && mmt_words_decimal(digits, &number) ? number : 0;
}

/* What a mark `entry`, `data` or another one begins; data is the entry's. */
static void marks_begin(ReplayMarks *marks, MmtSpan text, MmtSpan name)
{
    MmtSpan ring = mmt_mark_value(text, "ring");
    ReplayRole role = {
        .family = replay_rings_family(marks->rings, ring),
        .instance = marks_instance(ring),
        .written = !marks->device,
    };

    if (mmt_words_are(name, "entry")) {
        role.part = REPLAY_PART_ENTRY;
        role.seen = replay_rings_seen(marks->rings, text, &marks->write);
    } else if (mmt_words_are(name, "data")) {
        role.part = marks_is_list(mmt_mark_value(text, "name"))
                    ? REPLAY_PART_LIST : REPLAY_PART_DATA;
        role.seen = marks->role.seen;
    }
    if (marks->device && marks->known) {
        replay_rings_set_device(marks->rings, role.family);
    }
    marks->role = role;
    marks->begin = role.part == REPLAY_PART_ENTRY
                   ? replay_rings_base(marks->rings, text)
                   : mmt_words_number(text, "at");
}

static void marks_take_memory(ReplayMarks *marks, MmtSpan text, uint64_t ns)
{
    ReplayEvent event = { .kind = REPLAY_EVENT_USER, .ns = ns };
    uint8_t bytes[MARKS_BYTES];
    size_t n = marks_bytes(text, bytes);
    uint64_t at = mmt_words_number(text, "at");

    if (!n || !marks->ours || !marks->known || !mmt_mark_value(text, "at").p) {
        return;
    }
    event.number = replay_memory_add(marks->memory, at, bytes, n,
                                     marks->device);
    if (event.number == UINT32_MAX ||
        !replay_learn_event(marks->replay, &event)) {
        marks->left_out++;
        return;
    }
    marks->role.offset = at >= marks->begin &&
                         at - marks->begin <= UINT32_MAX
                         ? at - marks->begin : 0;
    replay_memory_set_role(marks->memory, event.number, marks->role);
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
    if (mmt_words_are(name, "ring")) {
        if (ours) {
            replay_rings_take(marks->rings, text);
        }
        return;
    }
    for (i = 0; i < G_N_ELEMENTS(memory); i++) {
        if (mmt_words_are(name, memory[i])) {
            marks->ours = ours;
            if (ours) {
                marks_begin(marks, text, name);
                marks_take_memory(marks, text, ns);
            }
            return;
        }
    }
    /* The rest of the mark before, which has named the device */
    if (mmt_words_are(name, "snapshot-data") ||
        mmt_words_are(name, "watch-data")) {
        marks_take_memory(marks, text, ns);
    }
}
