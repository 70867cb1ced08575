/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing the fast parser against the explaining one
 *
 * What the fast parser takes, the other one takes too, and both find the same
 * fields.  A line in the very form in which the kernel and this project print
 * accesses is not refused.
 */
#include "fuzz.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmmiotrace/fast.h"

#define LINE_BYTES 512

static void check_same(const MmtFast *fast, const MmtEvent *ev)
{
    uint32_t cpu = ev->extras & MMT_EXTRA_CPU ? fast->cpu : 0;
    uint64_t ns = ev->extras & MMT_EXTRA_NS ? fast->exact_ns : 0;
    uint64_t hw = fast->hw_state == MMT_HW_KNOWN ? fast->hw : 0;

    fuzz_check((ev->type == MMT_EVENT_WRITE) == fast->is_write &&
               (ev->type == MMT_EVENT_READ) == !fast->is_write,
               "type %d, fast %d", ev->type, fast->is_write);
    fuzz_check(ev->width == fast->width && ev->map_id == fast->map_id &&
               ev->pid == fast->pid, "width, map id or PID");
    fuzz_check(ev->ns == fast->ns, "time %" PRIu64 ", fast %" PRIu64, ev->ns,
               fast->ns);
    fuzz_check(ev->addr == fast->addr && ev->value == fast->value &&
               ev->pc == fast->pc, "address, value or PC");
    fuzz_check(ev->extras == fast->extras, "extras 0x%x, fast 0x%x",
               ev->extras, fast->extras);
    fuzz_check((ev->extras & MMT_EXTRA_CPU ? ev->cpu : 0) == cpu &&
               ev->exact_ns == ns && ev->hw == hw &&
               ev->hw_state == fast->hw_state, "an extra field");
}

/* @line ends in its only newline, and has MMT_FAST_SLACK bytes behind that. */
static bool compare(const char *line, size_t len)
{
    MmtParseError err;
    MmtFast fast;
    MmtEvent ev;
    const char *next = mmt_fast_parse(line, &fast);

    if (next) {
        fuzz_check(next == line + len, "the line ends after %td bytes of %zu",
                   next - line, len);
        fuzz_check(mmt_parse_line(line, len, &ev, &err),
                   "refused by the other: %s: %s", err.field, err.message);
        check_same(&fast, &ev);
    }
    return next;
}

/* A line in the usual form out of the input's numbers, and then damaged */
static size_t make_line(FuzzInput *in, char *line, bool *usual)
{
    static const char *const spaces[] = { "cr3", "ttbr0", "pidr", "asce" };
    unsigned what = fuzz_take(in, 2);
    uint64_t seconds = fuzz_take(in, 4) >> (what >> 12 & 15);
    unsigned fraction = fuzz_take(in, 4) % 1000000;
    uint64_t mask = UINT64_MAX >> (what >> 4 & 63);
    int n = snprintf(line, LINE_BYTES, "%c %u %" PRIu64 ".%06u %u 0x%" PRIx64
                     " 0x%" PRIx64 " 0x%" PRIx64 " %u",
                     what & 1 ? 'R' : 'W', 1u << (what >> 1 & 3), seconds,
                     fraction, (unsigned)fuzz_take(in, 1) + 1,
                     fuzz_take(in, 8) & mask, fuzz_take(in, 8) & mask,
                     what & 8 ? fuzz_take(in, 8) & mask : 0,
                     what & 8 ? (unsigned)fuzz_take(in, 1) : 0);
    unsigned extras = fuzz_take(in, 1);
    unsigned edits = fuzz_take(in, 1) % 4;

    if (extras & 1) {
        n += snprintf(line + n, LINE_BYTES - n, " cpu=%u", extras >> 4);
    }
    if (extras & 2) {
        n += snprintf(line + n, LINE_BYTES - n, " ns=%" PRIu64 ".%06u%03u",
                      seconds, fraction, (unsigned)fuzz_take(in, 1));
    }
    if (extras & 4) {
        n += snprintf(line + n, LINE_BYTES - n, " latency=%u",
                      (unsigned)fuzz_take(in, 4));
    }
    if (extras & 8) {
        n += snprintf(line + n, LINE_BYTES - n, " %s=0x%" PRIx64 " hw=%s",
                      spaces[fuzz_take(in, 1) % G_N_ELEMENTS(spaces)],
                      fuzz_take(in, 8) & mask, extras & 16 ? "-" : "0x12");
    }
    if (extras & 32) {
        /* more digits are for the slow parser: that is 115 days */
        n += snprintf(line + n, LINE_BYTES - n, " trap=%" PRIu64,
                      (fuzz_take(in, 8) & mask) % 10000000000000000);
    }
    *usual = !edits;
    while (edits--) {
        unsigned at = fuzz_take(in, 1) % n;
        char ch = fuzz_take(in, 1);

        line[at] = ch == '\n' ? ' ' : ch;
    }
    line[n] = '\n';
    return n + 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FuzzInput in = { .p = data, .left = size };
    char line[LINE_BYTES + MMT_FAST_SLACK];
    const char *p;
    char *text;

    /* made lines */
    if (size && data[0] & 1) {
        do {
            bool usual;
            size_t len = make_line(&in, line, &usual);

            memset(line + len, 0xaa, MMT_FAST_SLACK);
            if (!compare(line, len)) {
                fuzz_check(!usual, "a usual line is refused");
            }
        } while (in.left);
        return 0;
    }

    /* lines of the input */
    text = malloc(size + 1 + MMT_FAST_SLACK);
    memcpy(text, data, size);
    text[size] = '\n';
    memset(text + size + 1, 0x55, MMT_FAST_SLACK);
    for (p = text; p <= text + size; p++) {
        const char *end = memchr(p, '\n', text + size + 1 - p);

        compare(p, end + 1 - p);
        p = end;
    }
    free(text);
    return 0;
}
