/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: parser of Linux's trace events as text, from ftrace's files or
 * from `trace-cmd report` (see input.h)
 *
 *      qemu-99    [009] d..3.  1210.114202: kvm_mmio: mmio read len 4 ...
 *
 * All that comes before the event's name may be missing.
 */
#include "libmmiotrace/input-scan.h"
#include "libmmiotrace/parse.h"

/* Kinds of names of regions, for mmt_input_recent() */
enum { FTRACE_AMDGPU = 1, FTRACE_IWLWIFI_READ, FTRACE_IWLWIFI_WRITE };

/**
 * struct FtraceEvent: an event
 * @name: its name
 * @len: length of @name
 * @kind: MmtEntryKind
 * @width: bytes that it accesses, if that is fixed
 * @parse: parses what follows the name, a colon and blanks
 */
typedef struct FtraceEvent {
    const char *name;
    uint8_t len;
    uint8_t kind;
    uint8_t width;
    MmtInputResult (*parse)(MmtInput *input, MmtScan *text, MmtEntry *entry);
} FtraceEvent;

static uint32_t ftrace_region(MmtInput *input, const char *name)
{
    return mmt_regions_find(input->regions, "", 0, MMT_REGION_OTHER, name,
                            strlen(name));
}

static MmtInputResult ftrace_skip(MmtInput *input, MmtScan *text,
                                  MmtEntry *entry)
{
    (void)input;
    (void)text;
    (void)entry;
    return MMT_INPUT_SKIP;
}

static bool ftrace_rwmmio_numbers(MmtScan *text, MmtEntry *entry)
{
    static const char word[] = " width=";
    uint32_t width;

    text->p = mmt_scan_find(text, word, sizeof(word) - 1);
    if (!text->p) {
        return false;
    }
    text->p += sizeof(word) - 1;
    if (!mmt_scan_dec32(text, &width) || !mmt_scan_take(text, " val=") ||
        !mmt_scan_number(text, &entry->value) ||
        !mmt_scan_take(text, " addr=") ||
        !mmt_scan_number(text, &entry->offset) || !mmt_scan_finish(text)) {
        return false;
    }
    entry->width = width / 8;
    return width == 8 || width == 16 || width == 32 || width == 64;
}

/* Parse FUNCTION -> FUNCTION width=BITS val=0xVALUE addr=0xADDRESS */
static MmtInputResult ftrace_rwmmio(MmtInput *input, MmtScan *text,
                                    MmtEntry *entry)
{
    if (!ftrace_rwmmio_numbers(text, entry)) {
        return MMT_INPUT_DAMAGED;
    }
    entry->value = mmt_scan_mask(entry->value, entry->width);
    entry->region = ftrace_region(input, "virtual");
    return MMT_INPUT_ENTRY;
}

/* Parse len N gpa 0xADDRESS val 0xVALUE */
static bool ftrace_kvm_numbers(MmtScan *text, MmtEntry *entry)
{
    uint32_t width;

    if (!mmt_scan_take(text, "len ") || !mmt_scan_dec32(text, &width) ||
        width < 1 || width > 8 || !mmt_scan_take(text, " gpa 0x") ||
        !mmt_scan_hex(text, &entry->offset) ||
        !mmt_scan_take(text, " val 0x") ||
        !mmt_scan_hex(text, &entry->value) || !mmt_scan_finish(text)) {
        return false;
    }
    entry->width = width;
    return true;
}

static MmtInputResult ftrace_kvm_mmio(MmtInput *input, MmtScan *text,
                                      MmtEntry *entry)
{
    if (mmt_scan_take(text, "mmio unsatisfied-read ")) {
        /* the read follows when user space has made it */
        return MMT_INPUT_SKIP;
    }
    if (mmt_scan_take(text, "mmio write ")) {
        entry->kind = MMT_ENTRY_WRITE;
    } else if (!mmt_scan_take(text, "mmio read ")) {
        return MMT_INPUT_DAMAGED;
    }
    if (!ftrace_kvm_numbers(text, entry)) {
        return MMT_INPUT_DAMAGED;
    }
    entry->value = mmt_scan_mask(entry->value, entry->width);
    entry->region = ftrace_region(input, "guest-physical");
    return MMT_INPUT_ENTRY;
}

/* The event has the PCI device ID only; the vendor is always AMD. */
static bool ftrace_amdgpu_device(MmtInput *input, MmtScan *text,
                                 MmtEntry *entry)
{
    const char *name = text->p;
    char id[] = "1002:0000";
    uint64_t device;
    int i;

    if (mmt_input_recent(input, text, FTRACE_AMDGPU, &entry->region)) {
        return true;
    }
    if (!mmt_scan_take(text, "0x") || !mmt_scan_hex(text, &device) ||
        device > UINT16_MAX || !mmt_scan_take(text, ", ")) {
        return false;
    }
    for (i = 0; i < 4; i++) {
        id[8 - i] = "0123456789abcdef"[device >> (4 * i) & 0xf];
    }
    entry->region = mmt_regions_find(input->regions, id, sizeof(id) - 1,
                                     MMT_REGION_OTHER, "registers",
                                     strlen("registers"));
    mmt_regions_set_ids(input->regions, entry->region, 0x1002, device);
    mmt_input_remember(input, name, text->p - name, FTRACE_AMDGPU,
                       entry->region);
    return true;
}

/* Parse 0xDEVICE, 0xINDEX, 0xVALUE; the index counts registers of 4 bytes. */
static MmtInputResult ftrace_amdgpu(MmtInput *input, MmtScan *text,
                                    MmtEntry *entry)
{
    uint64_t reg;

    if (!ftrace_amdgpu_device(input, text, entry) ||
        !mmt_scan_take(text, "0x") || !mmt_scan_hex(text, &reg) ||
        reg > UINT32_MAX || !mmt_scan_take(text, ", 0x") ||
        !mmt_scan_hex(text, &entry->value) || entry->value > UINT32_MAX ||
        !mmt_scan_finish(text)) {
        return MMT_INPUT_DAMAGED;
    }
    entry->offset = 4 * reg;
    return MMT_INPUT_ENTRY;
}

/* Parse DEVICE] read io[ */
static bool ftrace_iwlwifi_place(MmtInput *input, MmtScan *text,
                                 MmtEntry *entry)
{
    const char *name = text->p;
    bool is_read = entry->kind == MMT_ENTRY_READ;
    unsigned kind = is_read ? FTRACE_IWLWIFI_READ : FTRACE_IWLWIFI_WRITE;
    const char *end;
    bool io;

    if (mmt_input_recent(input, text, kind, &entry->region)) {
        return true;
    }
    end = mmt_scan_find(text, "] ", 2);
    if (!end) {
        return false;
    }
    text->p = end + 2;
    if (!(is_read ? mmt_scan_take(text, "read ")
                  : mmt_scan_take(text, "write "))) {
        return false;
    }
    io = mmt_scan_take(text, "io[");
    if (!io && !mmt_scan_take(text, "PRPH[")) {
        return false;
    }
    entry->region = mmt_regions_find(input->regions, name, end - name,
                                     MMT_REGION_OTHER, io ? "io" : "prph",
                                     io ? 2 : 4);
    mmt_input_remember(input, name, text->p - name, kind, entry->region);
    return true;
}

/* Parse [DEVICE] read io[OFFSET] = VALUE; writes end with a ")". */
static MmtInputResult ftrace_iwlwifi(MmtInput *input, MmtScan *text,
                                     MmtEntry *entry)
{
    if (!mmt_scan_take(text, "[") ||
        !ftrace_iwlwifi_place(input, text, entry) ||
        !mmt_scan_number(text, &entry->offset) ||
        !mmt_scan_take(text, "] = ") ||
        !mmt_scan_number(text, &entry->value)) {
        return MMT_INPUT_DAMAGED;
    }
    if (entry->kind == MMT_ENTRY_WRITE) {
        mmt_scan_take(text, ")");
    }
    if (!mmt_scan_finish(text)) {
        return MMT_INPUT_DAMAGED;
    }
    entry->value = mmt_scan_mask(entry->value, entry->width);
    return MMT_INPUT_ENTRY;
}

static MmtInputResult ftrace_mark(MmtInput *input, MmtScan *text,
                                  MmtEntry *entry)
{
    mmt_scan_take(text, "tracing_mark_write: ");    /* trace-cmd's "print:" */
    input->text = text->p;
    input->text_len = text->end - text->p;
    entry->kind = MMT_ENTRY_MARK;
    return MMT_INPUT_ENTRY;
}

#define EVENT(name, kind, width, parse) \
    { name, sizeof(name) - 1, kind, width, parse }
#define READ MMT_ENTRY_READ
#define WRITE MMT_ENTRY_WRITE

static const FtraceEvent events[] = {
    EVENT("amdgpu_device_rreg", READ, 4, ftrace_amdgpu),
    EVENT("amdgpu_device_wreg", WRITE, 4, ftrace_amdgpu),
    EVENT("amdgpu_mm_rreg", READ, 4, ftrace_amdgpu),
    EVENT("amdgpu_mm_wreg", WRITE, 4, ftrace_amdgpu),
    EVENT("iwlwifi_dev_ioread32", READ, 4, ftrace_iwlwifi),
    EVENT("iwlwifi_dev_ioread_prph32", READ, 4, ftrace_iwlwifi),
    EVENT("iwlwifi_dev_iowrite8", WRITE, 1, ftrace_iwlwifi),
    EVENT("iwlwifi_dev_iowrite32", WRITE, 4, ftrace_iwlwifi),
    EVENT("iwlwifi_dev_iowrite64", WRITE, 8, ftrace_iwlwifi),
    EVENT("iwlwifi_dev_iowrite_prph32", WRITE, 4, ftrace_iwlwifi),
    EVENT("iwlwifi_dev_iowrite_prph64", WRITE, 8, ftrace_iwlwifi),
    EVENT("kvm_mmio", READ, 0, ftrace_kvm_mmio),
    EVENT("print", 0, 0, ftrace_mark),
    EVENT("rwmmio_post_read", READ, 0, ftrace_rwmmio),
    EVENT("rwmmio_post_write", 0, 0, ftrace_skip),   /* the same write */
    EVENT("rwmmio_read", 0, 0, ftrace_skip),         /* has no value yet */
    EVENT("rwmmio_write", WRITE, 0, ftrace_rwmmio),
    EVENT("tracing_mark_write", 0, 0, ftrace_mark),
};

static const FtraceEvent *ftrace_find_event(const MmtScan *text, size_t len)
{
    size_t i;

    for (i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
        if (len == events[i].len && !memcmp(text->p, events[i].name, len)) {
            return &events[i];
        }
    }
    return NULL;
}

/* Parse 1210.114202: and blanks; clocks that only count have no fraction. */
static bool ftrace_time(MmtScan *text, MmtEntry *entry)
{
    uint64_t seconds;
    uint64_t fraction;

    if (!mmt_scan_dec(text, &seconds)) {
        return false;
    }
    if (mmt_scan_take(text, ".")) {
        if (!mmt_scan_fraction(text, &fraction) ||
            seconds > UINT64_MAX / 1000000000 - 1) {
            return false;
        }
        entry->ns = seconds * 1000000000 + fraction;
        entry->flags |= MMT_ENTRY_TIMED;
    }
    if (!mmt_scan_take(text, ":")) {
        return false;
    }
    mmt_scan_skip_blanks(text);
    return true;
}

/* Flags of the context: d..3. or dNh1; at most 8 characters */
static void ftrace_flags(MmtScan *text)
{
    const char *p = text->p;

    while (p < text->end && *p != ' ' && p - text->p < 8) {
        p++;
    }
    if (p < text->end && *p == ' ') {
        text->p = p;
        mmt_scan_skip_blanks(text);
    }
}

/* Parse [009] d..3.  1210.114202: */
static bool ftrace_cpu_time(MmtScan *text, MmtEntry *entry)
{
    MmtScan plain;

    if (!mmt_scan_take(text, "[") || !mmt_scan_dec32(text, &entry->cpu) ||
        !mmt_scan_take(text, "] ")) {
        return false;
    }
    mmt_scan_skip_blanks(text);
    plain = *text;
    if (ftrace_time(&plain, entry)) {
        *text = plain;
        return true;
    }
    ftrace_flags(text);
    return ftrace_time(text, entry);
}

/* Longest thread group's ID with its parentheses */
#define FTRACE_TGID 16

/* Does TASK-PID, maybe (TGID), and a blank come before @p? */
static bool ftrace_task(const char *line, const char *p)
{
    const char *digits;

    while (p > line && (p[-1] == ' ' || p[-1] == '\t')) {
        p--;
    }
    if (p > line && p[-1] == ')') {
        size_t n = p - line < FTRACE_TGID ? p - line : FTRACE_TGID;

        p = memrchr(p - n, '(', n);
        if (!p) {
            return false;
        }
        while (p > line && p[-1] == ' ') {
            p--;
        }
    }
    digits = p;
    while (p > line && p[-1] >= '0' && p[-1] <= '9') {
        p--;
    }
    return p < digits && p > line && p[-1] == '-';
}

/* A task's name may have blanks and brackets: try each bracket. */
static bool ftrace_prefix(MmtScan *text, MmtEntry *entry)
{
    const MmtEntry clean = *entry;
    const char *line = text->p;
    MmtScan t = *text;

    while ((t.p = mmt_scan_find(&t, " [", 2))) {
        const char *at = t.p++;

        if (ftrace_task(line, at) && ftrace_cpu_time(&t, entry)) {
            *text = t;
            return true;
        }
        *entry = clean;
        t.p = at + 1;
    }
    return false;
}

/* Parse CPU:2 [LOST 17 EVENTS], or trace-cmd's CPU:2 [17 EVENTS DROPPED] */
static bool ftrace_lost(MmtScan *text, MmtEntry *entry)
{
    uint32_t cpu;

    if (!mmt_scan_take(text, "CPU:") || !mmt_scan_dec32(text, &cpu) ||
        !mmt_scan_take(text, " [")) {
        return false;
    }
    entry->kind = MMT_ENTRY_LOST;
    entry->value = UINT64_MAX;
    if (mmt_scan_take(text, "LOST EVENTS]") ||
        mmt_scan_take(text, "EVENTS DROPPED]")) {
        return mmt_scan_finish(text);
    }
    if (mmt_scan_take(text, "LOST ")) {
        return mmt_scan_dec(text, &entry->value) &&
               mmt_scan_take(text, " EVENTS]") && mmt_scan_finish(text);
    }
    return mmt_scan_dec(text, &entry->value) &&
           mmt_scan_take(text, " EVENTS DROPPED]") && mmt_scan_finish(text);
}

/*
 * The file "trace" begins with "# tracer: nop", or another tracer's name, and
 * soon says how many events were overwritten.  mmiotrace's is another format.
 */
static MmtInputResult ftrace_comment(MmtInput *input, MmtScan *text,
                                     MmtEntry *entry)
{
    size_t len = text->end - text->p;
    MmtParseError err;
    MmtEvent ev;

    if (input->known) {
        if (mmt_parse_line(text->p, len, &ev, &err) &&
            ev.type == MMT_EVENT_COMMENT &&
            mmt_parse_overwritten(&ev, &entry->value) && entry->value) {
            entry->kind = MMT_ENTRY_LOST;
            return MMT_INPUT_ENTRY;
        }
        return MMT_INPUT_SKIP;
    }
    return mmt_scan_take(text, "# tracer: ") && mmt_scan_word(text) &&
           !mmt_scan_take(text, "mmiotrace") ? MMT_INPUT_SKIP
                                             : MMT_INPUT_FOREIGN;
}

MmtInputResult mmt_input_ftrace(MmtInput *input, const char *line, size_t len,
                                MmtEntry *entry)
{
    MmtScan text = { line, line + len };
    const FtraceEvent *event;
    MmtInputResult result;
    bool prefix;
    size_t word;

    if (*line == '#') {
        return ftrace_comment(input, &text, entry);
    }
    if (*line == 'C' && ftrace_lost(&text, entry)) {
        return MMT_INPUT_ENTRY;
    }
    text.p = line;
    prefix = ftrace_prefix(&text, entry);
    word = mmt_scan_word(&text);
    if (!word || text.p + word == text.end || text.p[word] != ':') {
        return prefix ? MMT_INPUT_SKIP : MMT_INPUT_FOREIGN;
    }
    event = ftrace_find_event(&text, word);
    if (!event || (!prefix && event->parse == ftrace_mark)) {
        return prefix ? MMT_INPUT_SKIP : MMT_INPUT_FOREIGN;
    }
    text.p += word + 1;
    mmt_scan_skip_blanks(&text);
    entry->kind = event->kind;
    entry->width = event->width;
    result = event->parse(input, &text, entry);
    if (result == MMT_INPUT_ENTRY && entry->region != MMT_NO_REGION) {
        mmt_input_set_address(input, entry);
    }
    return result;
}
