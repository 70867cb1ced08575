/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing markers: arbitrary times and texts from a user or a guest
 *
 * The text is handled as in QEMU's vfio-trace-mark: sanitized for the log, put
 * into the ring, formatted.  The result is one line, and it is a MARK.
 */
#include "fuzz.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "slots.h"

/* The kernel's notice of losses has a time in the first microsecond. */
#define FIRST_USEC 1000

/* Includes line breaks, and characters that change the text's direction */
static bool is_control(gunichar c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c ||
           c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069);
}

static bool is_clean(const char *text, size_t len)
{
    const char *end = text + len;

    if (!g_utf8_validate(text, len, NULL)) {
        return false;
    }
    for (; text < end; text = g_utf8_next_char(text)) {
        if (is_control(g_utf8_get_char(text))) {
            return false;
        }
    }
    return true;
}

static bool is_tracers(const char *text, size_t len)
{
    static const char prefix[] = "vfio-trace:";

    return len >= strlen(prefix) && !memcmp(text, prefix, strlen(prefix));
}

static size_t sanitize(const char *text, size_t len, char *buf)
{
    size_t n = mmt_mark_sanitize(text, len, buf);

    fuzz_check(n <= MMT_MARK_MAX, "%zu bytes", n);
    fuzz_check(buf[n] == '\0', "no final NUL");
    fuzz_check(is_clean(buf, n), "control characters or bad UTF-8: %s", buf);
    return n;
}

static void check_text(const char *text, size_t len, const char *buf, size_t n)
{
    char *copy = fuzz_copy(buf, n);
    char *again = malloc(MMT_MARK_MAX + 1);
    size_t m = sanitize(copy, n, again);

    fuzz_check(m == n && !memcmp(again, buf, n), "changed again: %s",
               again);
    if (len <= MMT_MARK_MAX && is_clean(text, len)) {
        fuzz_check(n == len && !memcmp(text, buf, n),
                   "a valid text has changed: %s", buf);
    }
    fuzz_check(len == 0 || n > 0, "nothing is left of %zu bytes", len);
    fuzz_check(is_tracers(text, len) || !is_tracers(buf, n),
               "it looks like one of the tracer's own marks: %s", buf);
    free(again);
    free(copy);
}

static void check_line(uint64_t ns, const char *text, size_t len)
{
    MmtRecord rec = { .kind = MMT_KIND_MARK, .cpu = MMT_CPU_NONE, .ns = ns };
    char *buf = malloc(MMT_FORMAT_MAX);
    size_t n = slots_format(&rec, text, len, 0, buf);
    MmtParseError err;
    MmtEvent ev;

    fuzz_check_lines(buf, n, NULL);
    fuzz_check(memchr(buf, '\n', n) == buf + n - 1, "more than one line: %.*s",
               (int)n, buf);
    fuzz_check(mmt_parse_line(buf, n, &ev, &err), "%s", err.message);
    fuzz_check(ev.type == MMT_EVENT_MARK ||
               (ev.type == MMT_EVENT_LOST && ns < FIRST_USEC),
               "a %s: %.*s", mmt_event_type_name(ev.type), (int)n, buf);
    fuzz_check(ev.ns == ns - ns % 1000, "time %" PRIu64 ", was %" PRIu64,
               ev.ns, ns);
    fuzz_check(ev.text.len == len && !memcmp(ev.text.p, text, len),
               "the text has changed: %.*s", (int)n, buf);
    free(buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FuzzInput in = { data, size };
    uint64_t ns = fuzz_take(&in, 8);
    char *text = fuzz_copy(in.p, in.left);
    char *buf = malloc(MMT_MARK_MAX + 1);
    size_t n = sanitize(text, in.left, buf);

    check_text(text, in.left, buf, n);
    check_line(ns, buf, n);
    free(buf);
    free(text);
    return 0;
}
