/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: parser of mmiotrace text: this project's logs, Linux's
 * trace_pipe, and its file "trace" (see input.h)
 */
#include "libmmiotrace/input.h"

#include <glib.h>
#include <string.h>

#include "libmmiotrace/parse.h"

static void input_access(MmtInput *input, const MmtEvent *ev, MmtEntry *entry)
{
    entry->kind = ev->type == MMT_EVENT_READ ? MMT_ENTRY_READ :
                  ev->type == MMT_EVENT_WRITE ? MMT_ENTRY_WRITE :
                  MMT_ENTRY_UNKNOWN;
    entry->width = ev->width;
    entry->address = ev->addr;
    entry->value = ev->value;
    entry->pc = ev->pc;
    if (ev->extras & MMT_EXTRA_CPU) {
        entry->cpu = ev->cpu;
    }
    if (ev->extras & MMT_EXTRA_NS) {
        entry->ns = ev->exact_ns;
    }
    mmt_input_locate(input, ev->map_id, entry);
}

static void input_config(MmtInput *input, const MmtEvent *ev, MmtEntry *entry)
{
    entry->kind = ev->type == MMT_EVENT_CONFIG_READ ? MMT_ENTRY_READ
                                                    : MMT_ENTRY_WRITE;
    entry->width = ev->width;
    entry->offset = entry->address = ev->addr;
    entry->value = ev->value;
    entry->pc = ev->pc;
    if (ev->extras & MMT_EXTRA_CPU) {
        entry->cpu = ev->cpu;
    }
    if (ev->extras & MMT_EXTRA_NS) {
        entry->ns = ev->exact_ns;
    }
    entry->region = mmt_regions_config(input->regions, ev->map_id);
}

/* A mark, or a line that says something of devices and regions */
static void input_event(MmtInput *input, const MmtEvent *ev, MmtEntry *entry)
{
    static const char tracer[] = MMT_MARK_PREFIX;
    static const char guest[] = MMT_MARK_PREFIX "guest-mark ";
    uint64_t changes = mmt_regions_changes(input->regions);
    MmtSpan text = ev->text;

    entry->kind = ev->type == MMT_EVENT_MARK ? MMT_ENTRY_MARK :
                  ev->type == MMT_EVENT_MAP ? MMT_ENTRY_MAP :
                  ev->type == MMT_EVENT_UNMAP ? MMT_ENTRY_UNMAP :
                  MMT_ENTRY_DEVICE;
    entry->region = mmt_regions_take_event(input->regions, ev);
    entry->value = ev->type == MMT_EVENT_MAP ? ev->len : 0;
    entry->address = ev->addr;
    if (mmt_regions_changes(input->regions) != changes) {
        memset(input->maps, 0, sizeof(input->maps));
    }
    if (ev->type != MMT_EVENT_MARK) {
        return;
    }
    if (text.len >= sizeof(guest) - 1 &&
        !memcmp(text.p, guest, sizeof(guest) - 1)) {
        entry->flags |= MMT_ENTRY_GUEST;
    } else if (text.len >= sizeof(tracer) - 1 &&
               !memcmp(text.p, tracer, sizeof(tracer) - 1)) {
        entry->flags |= MMT_ENTRY_TRACER;
    }
    input->text = text.p;
    input->text_len = text.len;
}

static bool looks_like_access(const char *line, size_t len)
{
    return len > 2 && (line[0] == 'R' || line[0] == 'W') && line[1] == ' ' &&
           line[2] >= '0' && line[2] <= '9';
}

MmtInputResult mmt_input_mmiotrace(MmtInput *input, const char *line,
                                   size_t len, MmtEntry *entry)
{
    static const char tracer[] = "# tracer: mmiotrace";
    MmtParseError err;
    MmtEvent ev;

    if (!mmt_parse_line(line, len, &ev, &err)) {
        return looks_like_access(line, len) ||
               (len > 8 && !memcmp(line, "UNKNOWN ", 8)) ? MMT_INPUT_DAMAGED
                                                         : MMT_INPUT_FOREIGN;
    }
    if (mmt_event_has_time(&ev)) {
        entry->ns = ev.ns;
        entry->flags |= MMT_ENTRY_TIMED;
    }
    switch (ev.type) {
    case MMT_EVENT_READ:
    case MMT_EVENT_WRITE:
    case MMT_EVENT_UNKNOWN:
        input_access(input, &ev, entry);
        return MMT_INPUT_ENTRY;
    case MMT_EVENT_CONFIG_READ:
    case MMT_EVENT_CONFIG_WRITE:
        input_config(input, &ev, entry);
        return MMT_INPUT_ENTRY;
    case MMT_EVENT_PCIDEV:
    case MMT_EVENT_MAP:
    case MMT_EVENT_UNMAP:
    case MMT_EVENT_MARK:
        input_event(input, &ev, entry);
        return MMT_INPUT_ENTRY;
    case MMT_EVENT_LOST:
    case MMT_EVENT_LOST_CPU:
        entry->kind = MMT_ENTRY_LOST;
        entry->value = ev.value;
        return MMT_INPUT_ENTRY;
    case MMT_EVENT_LSPCI:
        mmt_regions_take_event(input->regions, &ev);
        entry->kind = MMT_ENTRY_DEVICE;
        entry->flags |= MMT_ENTRY_LSPCI;
        return MMT_INPUT_ENTRY;
    case MMT_EVENT_VERSION:
        mmt_regions_take_event(input->regions, &ev);
        entry->kind = MMT_ENTRY_OTHER;
        return MMT_INPUT_ENTRY;
    default:
        if (input->known && mmt_parse_overwritten(&ev, &entry->value) && entry->value) {
            entry->kind = MMT_ENTRY_LOST;
            return MMT_INPUT_ENTRY;
        }
        entry->value = 0;
        /* other programs begin lines with "#" too */
        return len >= sizeof(tracer) - 1 &&
               !memcmp(line, tracer, sizeof(tracer) - 1) ? MMT_INPUT_SKIP
                                                         : MMT_INPUT_FOREIGN;
    }
}
