/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing redact: arbitrary bytes as a trace, with two secrets
 *
 * The output has no secret in any simple form and, if no names are replaced, as
 * many accesses as the input.  The report has no secret and no control sequence.
 */
#include "fuzz.h"

#include <string.h>
#include <unistd.h>

#include "libmmiotrace/trace.h"
#include "scratch.h"
#include "terminal.h"
#include "tools/common/tool.h"
#include "verbs.h"

/* --all; in the input's first byte */
#define MODE_ALL 1

static char *secrets[] = {
    (char *)"02:a1:b2:c3:d4:e5", (char *)"JX-4711-A", NULL
};

/* What somebody would look for with grep -i */
static const char *const forms[] = {
    "2a1b2c3d4e5", "e5d4c3b2a102",
    "02:a1:b2:c3:d4:e5", "02-a1-b2-c3-d4-e5", "02 a1 b2 c3 d4 e5",
    "02a1.b2c3.d4e5", "00a1:b2ff:fec3:d4e5",
    "2893512168677",
    "JX-4711-A", "4a582d343731312d41", "412d313137342d584a",
    "4a0058002d0034003700310031002d004100",
};

/*
 * Digits of guest memory are bytes: what begins with the second digit of one is
 * other bytes, and stays.
 */
static bool is_shifted(const char *text, const char *at)
{
    const char *line = at;
    const char *digits = at;

    while (digits > text && g_ascii_isxdigit(digits[-1])) {
        digits--;
    }
    while (line > text && line[-1] != '\n') {
        line--;
    }
    return (at - digits) % 2 && memmem(line, digits - line, "at=0x", 5);
}

static void check_form(const char *lower, size_t len, const char *form,
                       const char *where)
{
    size_t size = strlen(form);
    const char *end = lower + len;
    const char *at = lower;

    while ((at = memmem(at, end - at, form, size))) {
        fuzz_check(is_shifted(lower, at), "%s has %s:\n%.*s", where, form,
                   (int)len, lower);
        at++;
    }
}

static void check_clean(const char *p, size_t len, const char *where)
{
    g_autofree char *lower = g_ascii_strdown(p, len);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(forms); i++) {
        g_autofree char *form = g_ascii_strdown(forms[i], -1);

        check_form(lower, len, form, where);
    }
}

static uint64_t accesses(const char *path)
{
    g_autoptr(MmtTrace) trace = mmt_trace_open(path, NULL);
    const MmtEntry *entries;
    uint64_t count = 0;
    size_t n, i;

    fuzz_check(trace != NULL, "can not open %s", path);
    while ((n = mmt_trace_next(trace, &entries)) > 0) {
        for (i = 0; i < n; i++) {
            count += entries[i].kind <= MMT_ENTRY_WRITE;
        }
    }
    return count;
}

static void check_output(const FuzzInput *in, bool all)
{
    size_t len;
    char *text = scratch_read(scratch_path("out"), &len);

    fuzz_check(text != NULL, "success without an output");
    check_clean(text, len, "the output");
    free(text);
    /* a line that is cut off is left out, and one whose name is not clear */
    if (!all && in->left && in->p[in->left - 1] == '\n') {
        uint64_t before = accesses(scratch_path("log"));
        uint64_t after = accesses(scratch_path("out"));

        fuzz_check(before == after, "%" G_GUINT64_FORMAT " accesses became %"
                   G_GUINT64_FORMAT, before, after);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FuzzInput in = { data, size };
    unsigned mode = fuzz_take(&in, 1);
    Terminal terminal;
    int status;

    unlink(scratch_path("out"));
    scratch_write(scratch_path("log"), in.p, in.left);
    terminal_begin(&terminal);
    status = verbs_redact(scratch_path("log"), scratch_path("out"), secrets,
                          mode & MODE_ALL);
    terminal_end(&terminal);

    fuzz_check(status == TOOL_OK || status == TOOL_FAULT ||
               status == TOOL_TROUBLE, "status %d", status);
    terminal_check(terminal.err, terminal.err_len, "standard error");
    terminal_check(terminal.out, terminal.out_len, "standard output");
    check_clean(terminal.err, terminal.err_len, "standard error");
    check_clean(terminal.out, terminal.out_len, "the report");
    if (status == TOOL_TROUBLE) {
        fuzz_check(access(scratch_path("out"), F_OK) != 0,
                   "an output in spite of trouble");
        fuzz_check(terminal.err_len, "trouble without a word");
    } else {
        check_output(&in, mode & MODE_ALL);
    }
    terminal_free(&terminal);
    return 0;
}
