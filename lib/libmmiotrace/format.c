/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libmmiotrace: formatter of records (see format.h) */
#include "libmmiotrace/format.h"

#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "libmmiotrace/mark-put.h"
#include "libmmiotrace/printable.h"
#include "libmmiotrace/put.h"

static char *put_blank_hex(char *p, uint64_t v)
{
    *p++ = ' ';
    return mmt_put_hex(p, v);
}

/* Time and map id, with which all lines about a region begin */
static char *put_region(char *p, const MmtRecord *rec, uint64_t ns)
{
    *p++ = ' ';
    p = mmt_put_time(p, ns);
    *p++ = ' ';
    return mmt_put_dec(p, rec->map_id);
}

/* Program counter and PID; mmiotrace never fills in the PID. */
static char *put_tail(char *p, const MmtRecord *rec)
{
    p = put_blank_hex(p, rec->pc);
    return MMT_PUT_LITERAL(p, " 0\n");
}

static char *put_cpu(char *p, const MmtRecord *rec, uint64_t ns)
{
    (void)ns;
    if (rec->cpu == MMT_CPU_NONE) {
        *p++ = '-';
        return p;
    }
    return mmt_put_dec(p, rec->cpu);
}

static char *put_ns(char *p, const MmtRecord *rec, uint64_t ns)
{
    (void)rec;
    return mmt_put_seconds(p, ns);
}

static char *put_latency(char *p, const MmtRecord *rec, uint64_t ns)
{
    (void)ns;
    if (!rec->latency) {
        *p++ = '?';
        return p;
    }
    return mmt_put_dec(p, rec->latency);
}

static char *put_space(char *p, const MmtRecord *rec, uint64_t ns)
{
    (void)ns;
    return mmt_put_hex(p, rec->space);
}

static char *put_hw(char *p, const MmtRecord *rec, uint64_t ns)
{
    (void)ns;
    if (rec->flags & MMT_FLAG_HW) {
        return mmt_put_hex(p, rec->hw);
    }
    *p++ = rec->flags & MMT_FLAG_HW_NONE ? '-' : '?';
    return p;
}

static char *put_trap(char *p, const MmtRecord *rec, uint64_t ns)
{
    (void)ns;
    if (!rec->trap) {
        *p++ = '?';
        return p;
    }
    return mmt_put_dec(p, rec->trap);
}

/* In their order in the line; @name has room for a copy of fixed length. */
static const struct {
    MmtExtra extra;
    uint8_t len;
    char name[12];
    char *(*put)(char *p, const MmtRecord *rec, uint64_t ns);
} extras[] = {
    { MMT_EXTRA_CPU, 3, " cpu=", put_cpu },
    { MMT_EXTRA_NS, 2, " ns=", put_ns },
    { MMT_EXTRA_LATENCY, 7, " latency=", put_latency },
    { MMT_EXTRA_CR3, 3, " cr3=", put_space },
    { MMT_EXTRA_TTBR0, 5, " ttbr0=", put_space },
    { MMT_EXTRA_PIDR, 4, " pidr=", put_space },
    { MMT_EXTRA_ASCE, 4, " asce=", put_space },
    { MMT_EXTRA_HW, 2, " hw=", put_hw },
    { MMT_EXTRA_TRAP, 4, " trap=", put_trap },
};

static const char *extra_name(size_t i)
{
    return extras[i].name + 1;
}

/* Appended after the PID: tools for the kernel's lines read no further. */
static char *put_extras(char *p, const MmtRecord *rec,
                        const MmtFormatter *fmt)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(extras); i++) {
        if (fmt->extra & extras[i].extra) {
            memcpy(p, extras[i].name, sizeof(extras[i].name));
            p = extras[i].put(p + extras[i].len + 2, rec, fmt->last_ns);
        }
    }
    return p;
}

static char *put_access_tail(char *p, const MmtRecord *rec,
                             const MmtFormatter *fmt)
{
    p = put_tail(p, rec);
    if (fmt->extra) {
        /* before the newline */
        p = put_extras(p - 1, rec, fmt);
        *p++ = '\n';
    }
    return p;
}

static char direction(const MmtRecord *rec)
{
    return mmt_kind_is_read(rec->kind) ? 'R' : 'W';
}

static char *put_access(char *p, const MmtRecord *rec,
                        const MmtFormatter *fmt)
{
    *p++ = direction(rec);
    *p++ = ' ';
    p = mmt_put_dec(p, rec->width);
    p = put_region(p, rec, fmt->last_ns);
    p = put_blank_hex(p, rec->addr);
    p = put_blank_hex(p, rec->value);
    return put_access_tail(p, rec, fmt);
}

static char *put_unknown(char *p, const MmtRecord *rec,
                         const MmtFormatter *fmt)
{
    p = MMT_PUT_LITERAL(p, "UNKNOWN");
    p = put_region(p, rec, fmt->last_ns);
    p = put_blank_hex(p, rec->addr);
    p += sprintf(p, " %02x,%02x,%02x", (unsigned)(rec->value >> 16) & 0xff,
                 (unsigned)(rec->value >> 8) & 0xff,
                 (unsigned)rec->value & 0xff);
    return put_access_tail(p, rec, fmt);
}

static char *put_map(char *p, const MmtRecord *rec, const MmtFormatter *fmt)
{
    p = MMT_PUT_LITERAL(p, "MAP");
    p = put_region(p, rec, fmt->last_ns);
    p = put_blank_hex(p, rec->addr);
    p = put_blank_hex(p, rec->value);
    p = put_blank_hex(p, rec->arg);
    return put_tail(p, rec);
}

static char *put_unmap(char *p, const MmtRecord *rec, const MmtFormatter *fmt)
{
    p = MMT_PUT_LITERAL(p, "UNMAP");
    p = put_region(p, rec, fmt->last_ns);
    return put_tail(p, rec);
}

static bool is_config(const MmtRecord *rec)
{
    return rec->kind == MMT_KIND_CONFIG_READ ||
           rec->kind == MMT_KIND_CONFIG_WRITE;
}

/*
 * mmiotrace has no config space, and its readers expect none in R and W lines.
 * So this is a mark, MMT_MARK_CONFIG in the table, but formatted in the fast
 * way of an access: there may be as many of them.
 */
static char *put_config(char *p, const MmtRecord *rec,
                        const MmtFormatter *fmt)
{
    p = MMT_PUT_LITERAL(p, "MARK ");
    p = mmt_put_time(p, fmt->last_ns);
    p = MMT_PUT_LITERAL(p, " " MMT_MARK_PREFIX "config ");
    *p++ = direction(rec);
    p = MMT_PUT_LITERAL(p, " width=");
    p = mmt_put_dec(p, rec->width);
    p = MMT_PUT_LITERAL(p, " map=");
    p = mmt_put_dec(p, rec->map_id);
    p = MMT_PUT_LITERAL(p, " offset=");
    p = mmt_put_hex(p, rec->addr);
    p = MMT_PUT_LITERAL(p, " value=");
    p = mmt_put_hex(p, rec->value);
    if (rec->pc) {
        p = MMT_PUT_LITERAL(p, " pc=");
        p = mmt_put_hex(p, rec->pc);
    }
    p = put_extras(p, rec, fmt);
    *p++ = '\n';
    return p;
}

/* The kernel reports its own losses with the same words, at time zero. */
static char *put_lost(char *p, const MmtRecord *rec, const MmtFormatter *fmt)
{
    (void)fmt;
    if (!rec->value) {
        return p;
    }
    p = MMT_PUT_LITERAL(p, "MARK 0.000000 Lost ");
    p = mmt_put_dec(p, rec->value);
    return MMT_PUT_LITERAL(p, " events.\n");
}

static char *(*const put_kind[MMT_KIND__MAX])(char *, const MmtRecord *,
                                              const MmtFormatter *) = {
    [MMT_KIND_READ] = put_access,
    [MMT_KIND_WRITE] = put_access,
    [MMT_KIND_UNKNOWN] = put_unknown,
    [MMT_KIND_MAP] = put_map,
    [MMT_KIND_UNMAP] = put_unmap,
    [MMT_KIND_LOST] = put_lost,
    [MMT_KIND_CONFIG_READ] = put_config,
    [MMT_KIND_CONFIG_WRITE] = put_config,
};

/* Flags that are written as marks, in the order of the marks */
static const struct {
    uint16_t flag;
    MmtMark mark;
} flag_marks[] = {
    { MMT_FLAG_FAILED, MMT_MARK_FAILED },
    { MMT_FLAG_PENDING, MMT_MARK_PENDING },
    { MMT_FLAG_UNSYNCED, MMT_MARK_UNSYNCED },
    { MMT_FLAG_UNVERIFIED, MMT_MARK_UNVERIFIED },
};

/* Flags that are written as extra fields */
#define FLAGS_HW (MMT_FLAG_HW | MMT_FLAG_HW_NONE)

#define FLAGS_KNOWN (MMT_FLAG_FAILED | MMT_FLAG_PENDING | MMT_FLAG_UNSYNCED | \
                     MMT_FLAG_UNVERIFIED | FLAGS_HW)

/*
 * The format can't express a failed access: its line has what the guest did and
 * got, and a mark after the line says what went wrong.
 */
static char *put_flags(char *p, const MmtRecord *rec, uint64_t ns)
{
    bool read = mmt_kind_is_read(rec->kind);
    bool config = is_config(rec);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(flag_marks); i++) {
        if (rec->flags & flag_marks[i].flag) {
            p += mmt_mark_put_line(flag_marks[i].mark,
                     MMT_WORDS(MMT_TEXT("direction", read ? "R" : "W"),
                               MMT_NUMBER("width", rec->width),
                               MMT_NUMBER("map", rec->map_id),
                               config ? MMT_NO_WORD
                                      : MMT_NUMBER("addr", rec->addr),
                               config ? MMT_NUMBER("offset", rec->addr)
                                      : MMT_NO_WORD), ns, p);
        }
    }
    return p;
}

static bool sane_flags(const MmtRecord *rec)
{
    return !(rec->flags & ~FLAGS_KNOWN) && mmt_kind_is_access(rec->kind) &&
           (rec->flags & FLAGS_HW) != FLAGS_HW &&
           (!(rec->flags & MMT_FLAG_UNVERIFIED) ||
            mmt_kind_is_read(rec->kind));
}

static bool sane_place(const MmtRecord *rec)
{
    bool width = rec->width && rec->width <= 8 &&
                 !(rec->width & (rec->width - 1));

    if (is_config(rec)) {
        /* 1 to 3 bytes: the rest of an access that extends beyond the end */
        return rec->width && rec->width <= MMT_CONFIG_WIDTH_MAX &&
               rec->addr <= MMT_CONFIG_SIZE - rec->width;
    }
    return width || !mmt_kind_is_access(rec->kind);
}

/*
 * The ring of a process that died, or a forged one, may contain anything.  An
 * invalid record is reported in one line and not printed.
 */
static bool sane(const MmtRecord *rec)
{
    if (rec->kind >= MMT_KIND__MAX || !put_kind[rec->kind]) {
        return false;
    }
    if (__builtin_expect(rec->flags != 0, 0) && !sane_flags(rec)) {
        return false;
    }
    if (rec->kind == MMT_KIND_LOST) {
        return rec->value != UINT64_MAX;
    }
    return rec->map_id && rec->map_id <= INT32_MAX && sane_place(rec);
}

static size_t format_damaged(const MmtFormatter *fmt, unsigned kind, char *buf)
{
    return mmt_mark_put_line(MMT_MARK_DAMAGED,
                             MMT_WORDS(MMT_NUMBER("kind", kind)),
                             fmt->last_ns, buf);
}

/* Lines that are logged unchanged */
static bool line_allowed(const char *text, size_t len)
{
    static const char pcidev[] = "PCIDEV ";

    return (len == strlen(MMT_VERSION_LINE) &&
            !memcmp(text, MMT_VERSION_LINE, len)) ||
           (len > strlen(pcidev) && !memcmp(text, pcidev, strlen(pcidev)));
}

static size_t format_text(MmtFormatter *fmt, const MmtText *text, char *buf)
{
    char clean[MMT_MARK_MAX + 1];
    char *p = buf;
    unsigned kind;
    size_t room = sizeof(fmt->text) - fmt->text_len;
    size_t len = text->len;

    /* A ring that was read from a file may contain anything. */
    len = MIN(len, MMT_TEXT_BYTES);
    len = MIN(len, room);
    memcpy(fmt->text + fmt->text_len, text->text, len);
    fmt->text_len += len;
    if (text->more) {
        return 0;
    }

    kind = fmt->head.kind;
    fmt->head.kind = MMT_KIND_NONE;
    if (kind == MMT_KIND_NONE) {
        return 0;
    }
    if (kind == MMT_KIND_LINE && !line_allowed(fmt->text, fmt->text_len)) {
        return format_damaged(fmt, kind, buf);
    }
    if (kind == MMT_KIND_MARK) {
        p = MMT_PUT_LITERAL(p, "MARK ");
        p = mmt_put_time(p, fmt->last_ns);
        *p++ = ' ';
    }
    len = mmt_mark_sanitize(fmt->text, fmt->text_len, clean);
    p = mmt_put_str(p, clean, len);
    *p++ = '\n';
    return p - buf;
}

size_t mmt_format(MmtFormatter *fmt, const MmtSlot *slot, char *buf)
{
    const MmtRecord *rec = &slot->rec;
    char *p;

    if (rec->kind == MMT_KIND_TEXT) {
        return format_text(fmt, &slot->text, buf);
    }

    fmt->last_ns = MAX(fmt->last_ns, rec->ns);
    if (rec->kind == MMT_KIND_MARK || rec->kind == MMT_KIND_LINE) {
        fmt->head = *rec;
        fmt->text_len = 0;
        return 0;
    }

    if (__builtin_expect(!sane(rec), 0)) {
        return format_damaged(fmt, rec->kind, buf);
    }
    p = put_kind[rec->kind](buf, rec, fmt);
    if (rec->flags & ~FLAGS_HW) {
        p = put_flags(p, rec, fmt->last_ns);
    }
    return p - buf;
}

size_t mmt_format_flags(MmtFormatter *fmt, const MmtRecord *rec, char *buf)
{
    return put_flags(buf, rec, fmt->last_ns) - buf;
}

const char *mmt_extra_to_names(uint32_t extra, char *buf)
{
    char *p = buf;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(extras); i++) {
        if (extra & extras[i].extra) {
            if (p > buf) {
                *p++ = '+';
            }
            p = mmt_put_str(p, extra_name(i), extras[i].len);
        }
    }
    *p = '\0';
    return buf;
}

static uint32_t extra_by_name(const char *name, size_t len)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(extras); i++) {
        if (len == extras[i].len && !memcmp(name, extra_name(i), len)) {
            return extras[i].extra;
        }
    }
    return 0;
}

bool mmt_extra_from_names(const char *names, size_t len, uint32_t *extra)
{
    const char *end = names + len;

    *extra = 0;
    while (len) {
        const char *plus = memchr(names, '+', end - names);
        size_t n = (plus ? plus : end) - names;
        uint32_t one = extra_by_name(names, n);

        if (!one) {
            return false;
        }
        *extra |= one;
        if (!plus) {
            break;
        }
        names = plus + 1;
    }
    return true;
}

size_t mmt_format_pcidev(const MmtPciDev *dev, char *buf)
{
    int n;
    int i;

    n = snprintf(buf, MMT_LINE_MAX, "PCIDEV %02x%02x %04x%04x %" PRIx32,
                 dev->bus, dev->devfn, dev->vendor, dev->device, dev->irq);
    for (i = 0; i < MMT_PCI_RESOURCES; i++) {
        n += snprintf(buf + n, MMT_LINE_MAX - n, " %" PRIx64, dev->start[i]);
    }
    for (i = 0; i < MMT_PCI_RESOURCES; i++) {
        n += snprintf(buf + n, MMT_LINE_MAX - n, " %" PRIx64, dev->size[i]);
    }
    n += snprintf(buf + n, MMT_LINE_MAX - n, " %s", dev->driver);
    return n;
}

size_t mmt_mark_sanitize(const char *text, size_t len, char *buf)
{
    return mmt_printable(text, len, buf, MMT_MARK_MAX);
}
