/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to vcd: a trace as waves, for GTKWave
 *
 * IEEE 1364's Value Change Dump, with GTKWave's strings.  Each region has
 * counters of its accesses, and what the last one had: offset, value, width,
 * processor.  Each register has a signal for what was read, and one for what
 * was written.  No two accesses have the same time, since only the last value
 * of a time can be seen.
 */
#include "tools/export/format.h"

#include <string.h>

#include "libmmiotrace/mark-words.h"
#include "tools/analysis/mark.h"
#include "tools/convert/op.h"
#include "tools/convert/sink.h"
#include "tools/export/clock.h"
#include "tools/export/vcd-head.h"
#include "tools/export/vcd-out.h"
#include "tools/export/vcd-registers.h"

/**
 * struct Vcd: state of the format
 * @job: what the verb has given
 * @clock: times
 * @out: the changes
 * @registers: signals of regions and registers
 * @common: the other signals
 * @begun: there was an entry
 * @phase: number of the phase
 * @text: room for a mark's text
 */
typedef struct Vcd {
    ExportJob job;
    ExportClock clock;
    VcdOut *out;
    VcdRegisters *registers;
    VcdCommon common;
    bool begun;
    uint32_t phase;
    GString *text;
} Vcd;

static void *vcd_begin(const ExportJob *job, GError **error)
{
    VcdOut *out = vcd_out_new(error);
    Vcd *vcd;
    unsigned i;

    if (!out) {
        return NULL;
    }
    vcd = g_new0(Vcd, 1);
    vcd->job = *job;
    vcd->out = out;
    vcd->registers = vcd_registers_new(out);
    for (i = 0; i < VCD_MARKS; i++) {
        vcd->common.count[i] = vcd_out_signal(out, 1);
        vcd->common.text[i] = vcd_out_signal(out, 1);
    }
    vcd->common.phase = vcd_out_signal(out, 1);
    vcd->common.paused = vcd_out_signal(out, 1);
    vcd->text = g_string_new(NULL);
    return vcd;
}

static void vcd_free(void *state)
{
    Vcd *vcd = state;

    vcd_registers_free(vcd->registers);
    vcd_out_free(vcd->out);
    g_string_free(vcd->text, TRUE);
    g_free(vcd);
}

/*
 * Interrupts and pauses are what the tracer says, not what a guest writes.
 *
 * Return: the mark's kind
 */
static VcdMark sort_mark(Vcd *vcd, const MmtEntry *entry, MmtSpan mark)
{
    MmtSpan name = mmt_mark_name(mark);
    MmtSpan state = mmt_mark_value(mark, "state");

    if (!(entry->flags & MMT_ENTRY_TRACER)) {
        return VCD_USER;
    }
    if (mmt_words_are(name, "vm") && state.p) {
        vcd_out_value(vcd->out, &vcd->common.paused,
                      !mmt_words_are(state, "running"));
    }
    return mmt_words_are(name, "irq") ? VCD_IRQ : VCD_TRACER;
}

static void take_mark(Vcd *vcd, const MmtEntry *entry)
{
    static const char *const prefixes[VCD_MARKS] = {
        [VCD_IRQ] = MMT_MARK_PREFIX "irq ",
        [VCD_TRACER] = MMT_MARK_PREFIX,
    };
    size_t len;
    const char *text = mmt_trace_text(vcd->job.trace, entry, &len);
    VcdMark mark = sort_mark(vcd, entry, (MmtSpan) { text, len });
    VcdSignal *count = &vcd->common.count[mark];
    const char *prefix = prefixes[mark];
    const char *shown;

    g_string_truncate(vcd->text, 0);
    analysis_put_mark(text, len, vcd->text);
    shown = vcd->text->str;
    if (prefix && g_str_has_prefix(shown, prefix)) {
        shown += strlen(prefix);
    }
    vcd_out_value(vcd->out, count, count->value + 1);
    vcd_out_text(vcd->out, &vcd->common.text[mark], shown);
}

static void take_phase(Vcd *vcd, const MmtEntry *entry)
{
    const char *name;

    if (!vcd->begun || entry->phase != vcd->phase) {
        vcd->begun = true;
        vcd->phase = entry->phase;
        name = mmt_trace_phase(vcd->job.trace, entry->phase);
        vcd_out_text(vcd->out, &vcd->common.phase, name ? name : "");
    }
}

static bool vcd_entries(void *state, const MmtEntry *entries, size_t n,
                        GError **error)
{
    Vcd *vcd = state;
    size_t i;

    export_clock_begin(&vcd->clock, entries, n);
    for (i = 0; i < n; i++) {
        const MmtEntry *entry = &entries[i];

        if (!convert_is_access(entry) && entry->kind != MMT_ENTRY_MARK) {
            continue;
        }
        vcd_out_time(vcd->out, export_clock_next(&vcd->clock, entry));
        take_phase(vcd, entry);
        if (entry->kind == MMT_ENTRY_MARK) {
            take_mark(vcd, entry);
        } else {
            vcd_registers_access(vcd->registers, entry);
        }
    }
    return vcd_out_check(vcd->out, error);
}

static bool vcd_end(void *state, GError **error)
{
    Vcd *vcd = state;

    vcd_head_write(vcd->job.out, &vcd->job, &vcd->common, vcd->registers,
                   vcd_out_first(vcd->out));
    if (!vcd_out_copy(vcd->out, vcd->job.out, error)) {
        return false;
    }
    export_clock_end(&vcd->clock, vcd->job.notes);
    export_clock_note_moved(vcd->job.notes, vcd_out_moved(vcd->out));
    convert_note(vcd->job.notes,
                 "accesses to registers beyond 65536, which have no signals of their own",
                 vcd_registers_left_out(vcd->registers));
    return true;
}

const ExportFormat export_vcd = {
    .name = "vcd",
    .ending = "vcd",
    .begin = vcd_begin,
    .entries = vcd_entries,
    .end = vcd_end,
    .free = vcd_free,
};
