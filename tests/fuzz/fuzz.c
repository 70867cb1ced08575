/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Code shared by the fuzz targets (see fuzz.h)
 */
#include "fuzz.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Room for a line in demmio, its final NUL included. */
#define DEMMIO_LINE 1024

void fuzz_fail(const char *file, int line, const char *condition,
               const char *fmt, ...)
{
    va_list ap;

    /* the target may capture stderr */
    dprintf(STDERR_FILENO, "%s:%d: broken promise: %s\n    ", file, line,
            condition);
    va_start(ap, fmt);
    vdprintf(STDERR_FILENO, fmt, ap);
    va_end(ap);
    dprintf(STDERR_FILENO, "\n");
    abort();
}

char *fuzz_copy(const void *p, size_t len)
{
    char *copy = malloc(len);

    if (len) {
        memcpy(copy, p, len);
    }
    return copy;
}

uint64_t fuzz_take(FuzzInput *in, unsigned bytes)
{
    uint64_t v = 0;
    unsigned i;

    for (i = 0; i < bytes && in->left; i++) {
        v |= (uint64_t)*in->p++ << (i * 8);
        in->left--;
    }
    return v;
}

static void check_span(const char *line, size_t len, MmtSpan span,
                       const char *what)
{
    if (span.p) {
        fuzz_check(span.p >= line && span.p + span.len <= line + len,
                   "%s lies outside of the line", what);
        fuzz_check(!memchr(span.p, '\n', span.len) &&
                   !memchr(span.p, '\r', span.len) &&
                   !memchr(span.p, '\0', span.len),
                   "%s goes on in the next line", what);
    } else {
        fuzz_check(!span.len, "%s has no place, but a length", what);
    }
}

void fuzz_check_event(const char *line, size_t len, const MmtEvent *ev)
{
    size_t i;

    fuzz_check(ev->type < MMT_EVENT__MAX, "type %d", ev->type);
    fuzz_check(mmt_event_type_name(ev->type), "type %d has no name", ev->type);
    for (i = 0; i < G_N_ELEMENTS(ev->column); i++) {
        fuzz_check(ev->column[i] <= len + 1, "column %u of %zu",
                   ev->column[i], len);
    }
    for (i = 0; i < G_N_ELEMENTS(ev->resource_column); i++) {
        fuzz_check(ev->resource_column[i] <= len, "column %u of %zu",
                   ev->resource_column[i], len);
    }
    check_span(line, len, ev->text, "text");
    check_span(line, len, ev->extra, "extra");

    if (ev->type == MMT_EVENT_READ || ev->type == MMT_EVENT_WRITE) {
        fuzz_check(ev->width == 1 || ev->width == 2 || ev->width == 4 ||
                   ev->width == 8, "width %u", ev->width);
    }
    if (mmt_event_is_config(ev)) {
        fuzz_check(ev->width && ev->width <= MMT_CONFIG_WIDTH_MAX &&
                   ev->addr <= MMT_CONFIG_SIZE - ev->width,
                   "%u bytes of config space at 0x%" PRIx64, ev->width,
                   ev->addr);
    }
    if (mmt_event_is_access(ev) || mmt_event_is_config(ev) ||
        ev->type == MMT_EVENT_MAP) {
        fuzz_check(ev->map_id >= 1 && ev->map_id <= INT32_MAX,
                   "map id %" PRIu32, ev->map_id);
    }
    if (ev->type == MMT_EVENT_PCIDEV) {
        fuzz_check(memchr(ev->pci.driver, '\0', sizeof(ev->pci.driver)),
                   "the driver's name has no end");
    }
}

static bool is_pcidev(const char *line, size_t len)
{
    static const char keyword[] = "PCIDEV ";

    return len > strlen(keyword) && !memcmp(line, keyword, strlen(keyword));
}

void fuzz_check_lines(const char *text, size_t len, uint64_t *last_ns)
{
    const char *end = text + len;

    while (text < end) {
        const char *nl = memchr(text, '\n', end - text);
        size_t n = nl ? (size_t)(nl - text) : 0;
        MmtParseError err;
        MmtEvent ev;

        fuzz_check(nl, "the last line has no end: %.*s", (int)(end - text),
                   text);
        fuzz_check(n + 1 < DEMMIO_LINE, "a line of %zu bytes", n);
        if (!mmt_parse_line(text, n, &ev, &err)) {
            fuzz_check(is_pcidev(text, n), "column %zu: %s, in: %.*s",
                       err.column, err.message, (int)n, text);
            ev = (MmtEvent) { .type = MMT_EVENT_COMMENT };
        }
        fuzz_check_event(text, n, &ev);
        if (last_ns && mmt_event_has_time(&ev)) {
            fuzz_check(ev.ns >= *last_ns, "time goes back: %.*s", (int)n,
                       text);
            *last_ns = ev.ns;
        }
        text = nl + 1;
    }
}
