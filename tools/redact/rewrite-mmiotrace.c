/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: lines of mmiotrace, ours and the kernel's
 */
#include "tools/redact/rewrite-internal.h"

#include <inttypes.h>
#include <string.h>

#include "libmmiotrace/parse.h"

static bool begins(const char *p, size_t len, const char *word)
{
    size_t n = strlen(word);

    return len >= n && !memcmp(p, word, n);
}

/* "hw=0x12": the same value, seen by the hardware */
static void put_hw(RedactRewrite *rw, const MmtEntry *entry, const char *p,
                   size_t len)
{
    static const char key[] = "hw=0x";
    g_autofree char *digits = g_strndup(p + sizeof(key) - 1,
                                        len - (sizeof(key) - 1));
    uint64_t value = g_ascii_strtoull(digits, NULL, 16);

    g_string_append_printf(rw->line, "hw=0x%" PRIx64,
                           rewrite_value(rw, entry, value, true));
}

/* One word behind the value: PC, PID, an extra field */
static void put_field(RedactRewrite *rw, const MmtEntry *entry, const char *p,
                      size_t len)
{
    static const char *const kept[] = { "cpu=", "ns=", "latency=", "trap=" };
    size_t i;

    if (begins(p, len, "hw=0x")) {
        put_hw(rw, entry, p, len);
        return;
    }
    for (i = 0; i < G_N_ELEMENTS(kept); i++) {
        if (begins(p, len, kept[i])) {
            rewrite_copy(rw, p, len);
            return;
        }
    }
    rewrite_text(rw, p, len);
}

static void put_fields(RedactRewrite *rw, const MmtEntry *entry,
                       const char *p, const char *end)
{
    while (p < end) {
        const char *blank = memchr(p, ' ', end - p);
        size_t n = (blank ? blank : end) - p;

        put_field(rw, entry, p, n);
        p += n;
        if (blank) {
            rewrite_copy(rw, " ", 1);
            p++;
        }
    }
}

/* Where the digits of the value are, with 0x; NULL if they are not there */
static const char *value_at(const MmtEvent *ev, const char *line, size_t len)
{
    uint32_t column = ev->column[MMT_FIELD_VALUE];
    const char *p = line + column - 1;

    if (!column || column > len) {
        return NULL;
    }
    if (begins(p, line + len - p, "value=")) {
        p += strlen("value=");
    }
    return begins(p, line + len - p, "0x") ? p : NULL;
}

/* When verifying, what is before the value is looked at too: the address */
static void put_before(RedactRewrite *rw, const char *line, const char *end)
{
    if (rewrite_verifies(rw)) {
        rewrite_words(rw, line, end - line);
    } else {
        rewrite_copy(rw, line, end - line);
    }
}

bool rewrite_mmiotrace_access(RedactRewrite *rw, const MmtEntry *entry,
                              const char *line, size_t len)
{
    const char *end = line + len;
    MmtParseError err;
    const char *value;
    MmtEvent ev;

    if (!mmt_parse_line(line, len, &ev, &err)) {
        return false;
    }
    if (ev.type == MMT_EVENT_UNKNOWN) {
        rw->at_chosen = rewrite_bits(rw, entry) != 0;
        rewrite_words(rw, line, len);
        return true;
    }
    value = value_at(&ev, line, len);
    if (!value) {
        return false;
    }
    put_before(rw, line, value);
    g_string_append_printf(rw->line, "0x%" PRIx64,
                           rewrite_value(rw, entry, ev.value, false));
    value += strcspn(value, " \r\n");
    put_fields(rw, entry, MIN(value, end), end);
    return true;
}

bool rewrite_mmiotrace_other(RedactRewrite *rw, const char *line, size_t len)
{
    static const char tracer[] = "# tracer: mmiotrace";
    MmtParseError err;
    MmtEvent ev;

    if (begins(line, len, tracer)) {
        rewrite_copy(rw, tracer, sizeof(tracer) - 1);
        return true;
    }
    if (mmt_parse_line(line, len, &ev, &err) && ev.type == MMT_EVENT_VERSION) {
        rewrite_copy(rw, line, len);
        return true;
    }
    return false;
}
