/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing the parser: arbitrary bytes as the lines of a log
 *
 * A line that parses, formatted again, parses to the same event; a line that
 * does not parse gets an error message that can be shown.
 */
#include "fuzz.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "slots.h"

static const MmtKind kind_of[MMT_EVENT__MAX] = {
    [MMT_EVENT_READ] = MMT_KIND_READ,
    [MMT_EVENT_WRITE] = MMT_KIND_WRITE,
    [MMT_EVENT_UNKNOWN] = MMT_KIND_UNKNOWN,
    [MMT_EVENT_MAP] = MMT_KIND_MAP,
    [MMT_EVENT_UNMAP] = MMT_KIND_UNMAP,
    [MMT_EVENT_MARK] = MMT_KIND_MARK,
    [MMT_EVENT_CONFIG_READ] = MMT_KIND_CONFIG_READ,
    [MMT_EVENT_CONFIG_WRITE] = MMT_KIND_CONFIG_WRITE,
    [MMT_EVENT_LOST] = MMT_KIND_LOST,
};

static void check_error(const MmtParseError *err, size_t len)
{
    const char *p;

    fuzz_check(err->field && *err->field, "an error about no field");
    fuzz_check(err->column >= 1 && err->column <= len + 1,
               "column %zu of %zu", err->column, len);
    fuzz_check(memchr(err->message, '\0', sizeof(err->message)),
               "the message has no end");
    fuzz_check(*err->message, "an empty message about %s", err->field);
    for (p = err->message; *p; p++) {
        fuzz_check(*p >= 0x20 && *p < 0x7f, "byte 0x%02x in a message",
                   (uint8_t)*p);
    }
}

static bool same_span(MmtSpan a, MmtSpan b)
{
    return a.len == b.len && (!a.len || !memcmp(a.p, b.p, a.len));
}

/* All fields but the positions in the line. */
static void check_same(const MmtEvent *got, const MmtEvent *want)
{
    fuzz_check(got->type == want->type, "type: %d, was %d", got->type,
               want->type);
    fuzz_check(got->ns == want->ns, "time: %" PRIu64 ", was %" PRIu64,
               got->ns, want->ns);
    fuzz_check(got->width == want->width && got->map_id == want->map_id &&
               got->addr == want->addr && got->value == want->value &&
               got->virt == want->virt && got->len == want->len &&
               got->pc == want->pc && got->pid == want->pid &&
               !memcmp(got->opcode, want->opcode, sizeof(got->opcode)),
               "a %s's number changed", mmt_event_type_name(got->type));
    fuzz_check(!memcmp(&got->pci, &want->pci, sizeof(got->pci)),
               "the PCI device changed");
    fuzz_check(same_span(got->text, want->text), "the text changed");
    fuzz_check(got->extras == want->extras && got->cpu == want->cpu &&
               got->exact_ns == want->exact_ns &&
               got->latency == want->latency && got->space == want->space &&
               got->hw_state == want->hw_state && got->hw == want->hw &&
               got->trap == want->trap,
               "an extra field changed");
}

/* Can such a record hold the extra fields? */
static bool has_extras(const MmtEvent *ev)
{
    return mmt_event_is_access(ev) || mmt_event_is_config(ev);
}

static uint16_t hw_flags(const MmtEvent *ev)
{
    static const uint16_t flags[] = {
        [MMT_HW_UNKNOWN] = 0,
        [MMT_HW_NONE] = MMT_FLAG_HW_NONE,
        [MMT_HW_KNOWN] = MMT_FLAG_HW,
    };

    return flags[ev->hw_state];
}

static MmtRecord to_record(const MmtEvent *ev)
{
    MmtRecord rec = {
        .kind = kind_of[ev->type],
        .width = ev->width,
        .map_id = ev->map_id,
        .cpu = ev->extras & MMT_EXTRA_CPU ? ev->cpu : MMT_CPU_NONE,
        .latency = ev->latency,
        .ns = ev->ns,
        .addr = ev->addr,
        .value = ev->value,
        .arg = ev->len,
        .pc = ev->pc,
    };

    if (ev->extras & MMT_EXTRA_TRAP) {
        rec.trap = ev->trap;
    } else {
        rec.space = ev->space;
    }

    if (has_extras(ev) && ev->type != MMT_EVENT_UNKNOWN) {
        rec.flags = hw_flags(ev);
        rec.hw = ev->hw;
    }
    if (ev->type == MMT_EVENT_MAP) {
        rec.value = ev->virt;
    } else if (ev->type == MMT_EVENT_UNKNOWN) {
        rec.value = ev->opcode[0] << 16 | ev->opcode[1] << 8 | ev->opcode[2];
    }
    return rec;
}

static size_t format(const MmtEvent *ev, char *buf)
{
    MmtRecord rec = to_record(ev);

    if (ev->type == MMT_EVENT_PCIDEV) {
        size_t len = mmt_format_pcidev(&ev->pci, buf);

        fuzz_check(len == strlen(buf), "a NUL inside a PCIDEV line");
        buf[len++] = '\n';
        return len;
    }
    return slots_format(&rec, ev->text.p, ev->text.len, ev->extras, buf);
}

/* Only characters that the formatter does not replace by '?'; not too long. */
static bool is_clean(MmtSpan text)
{
    char clean[MMT_MARK_MAX + 1];

    return mmt_mark_sanitize(text.p, text.len, clean) == text.len &&
           !memcmp(clean, text.p, text.len);
}

/* Does format.c print such an event completely? */
static bool formattable(const MmtEvent *ev)
{
    if (ev->type == MMT_EVENT_PCIDEV) {
        return true;
    }
    /* a vCPU number that does not fit in a record */
    if (ev->extras & MMT_EXTRA_CPU && ev->cpu >= MMT_CPU_NONE &&
        ev->cpu != UINT32_MAX) {
        return false;
    }
    /* a record has room for one of the two */
    if (!mmt_extra_fits(ev->extras) &&
        ev->space != ev->trap) {
        return false;
    }
    /* the kernel's own mappings; a notice of losses counts at least one */
    if (kind_of[ev->type] == MMT_KIND_NONE || ev->map_id == MMT_MAP_NONE ||
        (ev->type == MMT_EVENT_LOST && !ev->value)) {
        return false;
    }
    if (ev->type == MMT_EVENT_MARK) {
        /* in the first microsecond "Lost 5 events." is the kernel's */
        return is_clean(ev->text) && ev->ns / 1000;
    }
    return true;
}

/* A mark that belongs to an access, rebuilt from its fields. */
static void check_flag_mark(const MmtEvent *ev)
{
    char buf[MMT_FORMAT_MAX];
    MmtFlagMark mark;
    MmtFlagMark again;
    MmtParseError err;
    MmtEvent ev2;
    MmtRecord rec;
    const char *line;
    const char *nl;
    bool config;
    size_t len;

    if (!mmt_parse_flag_mark(ev, &mark)) {
        return;
    }
    /* no access is like this */
    config = mark.type == MMT_EVENT_CONFIG_READ ||
             mark.type == MMT_EVENT_CONFIG_WRITE;
    if (!mark.map_id || !mark.width ||
        (!config && mark.width & (mark.width - 1)) ||
        (config && (mark.width > MMT_CONFIG_WIDTH_MAX ||
                    mark.addr > MMT_CONFIG_SIZE - mark.width)) ||
        (mark.flag == MMT_FLAG_UNVERIFIED &&
         !mmt_kind_is_read(kind_of[mark.type]))) {
        return;
    }
    rec = (MmtRecord) {
        .kind = kind_of[mark.type], .width = mark.width, .flags = mark.flag,
        .map_id = mark.map_id, .ns = ev->ns, .addr = mark.addr,
    };
    len = slots_format(&rec, NULL, 0, 0, buf);
    nl = memchr(buf, '\n', len);
    fuzz_check(nl, "a flagged access has no line");
    line = nl + 1;
    fuzz_check(mmt_parse_line(line, buf + len - line, &ev2, &err) &&
               mmt_parse_flag_mark(&ev2, &again),
               "its mark does not parse: %.*s", (int)(buf + len - line), line);
    fuzz_check(again.flag == mark.flag && again.type == mark.type &&
               again.width == mark.width && again.map_id == mark.map_id &&
               again.addr == mark.addr, "its mark changed");
}

static void check_round_trip(const MmtEvent *ev)
{
    char buf[MMT_FORMAT_MAX];
    char buf2[MMT_FORMAT_MAX];
    MmtEvent want = *ev;
    MmtParseError err;
    MmtEvent got;
    size_t len;
    size_t len2;

    if (!formattable(ev)) {
        return;
    }
    len = format(ev, buf);
    fuzz_check(len && memchr(buf, '\n', len) == buf + len - 1,
               "a %s became no line", mmt_event_type_name(ev->type));
    fuzz_check(mmt_parse_line(buf, len, &got, &err),
               "column %zu: %s, in: %.*s", err.column, err.message,
               (int)len, buf);

    /* too long for the formatter */
    want.ns -= want.ns % 1000;
    want.pid = 0;
    if (has_extras(ev)) {
        /* one record has one time */
        want.exact_ns = want.extras & MMT_EXTRA_NS ? ev->ns : 0;
    } else {
        want.extras = 0;
        want.cpu = 0;
        want.exact_ns = 0;
        want.latency = 0;
        want.space = 0;
        want.trap = 0;
    }
    if (!has_extras(ev) || ev->type == MMT_EVENT_UNKNOWN) {
        want.hw_state = MMT_HW_UNKNOWN;
        want.hw = 0;
    }
    if (want.type == MMT_EVENT_PCIDEV) {
        want.text = (MmtSpan) { want.pci.driver, strlen(want.pci.driver) };
    } else if (want.type == MMT_EVENT_LOST || mmt_event_is_config(&want)) {
        /* numbers in the formatter's notation: without leading zeros */
        want.text = got.text;
    }
    check_same(&got, &want);

    if (got.extras & MMT_EXTRA_NS) {
        got.ns = got.exact_ns;
    }
    len2 = format(&got, buf2);
    fuzz_check(len == len2 && !memcmp(buf, buf2, len),
               "formatted again it differs: %.*s", (int)len2, buf2);
}

static void check_line(const uint8_t *data, size_t len)
{
    char *line = fuzz_copy(data, len);
    char *ended = malloc(len + 1);
    MmtParseError err;
    MmtParseError err2;
    MmtEvent ev;
    MmtEvent ev2;
    bool ok = mmt_parse_line(line, len, &ev, &err);

    if (ok) {
        fuzz_check_event(line, len, &ev);
        check_round_trip(&ev);
        if (ev.type == MMT_EVENT_MARK) {
            check_flag_mark(&ev);
        }
    } else {
        check_error(&err, len);
    }

    if (len) {
        memcpy(ended, line, len);
    }
    ended[len] = '\n';
    fuzz_check(mmt_parse_line(ended, len + 1, &ev2, &err2) == ok,
               "the newline makes a difference");
    if (ok) {
        check_same(&ev2, &ev);
        fuzz_check(same_span(ev.extra, ev2.extra), "the extra changed");
    }
    free(ended);
    free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = data + size;

    while (data < end) {
        const uint8_t *nl = memchr(data, '\n', end - data);

        check_line(data, (nl ? nl : end) - data);
        data = nl ? nl + 1 : end;
    }
    return 0;
}
