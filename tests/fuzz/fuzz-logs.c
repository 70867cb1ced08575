/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing the verbs that read logs: arbitrary bytes as one log or two
 *
 * check and compare end with one of their exit statuses, and no byte of a log
 * reaches the terminal as a control sequence; --json is JSON.
 */
#include "fuzz.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "scratch.h"
#include "terminal.h"
#include "tools/common/tool.h"
#include "verbs.h"

/* Flags in the input's first byte. */
enum {
    MODE_COMPARE = 1 << 0,      /* compare the input's halves; else check */
    MODE_KERNEL = 1 << 1,       /* check --kernel */
    MODE_COMPLETE = 1 << 2,     /* check --complete */
    MODE_JSON = 1 << 3,         /* check --json */
    MODE_EXACT = 1 << 4,        /* compare --exact */
};

/* The separator between two logs. */
#define SEPARATOR "\n----\n"

static int run_compare(const FuzzInput *in, unsigned mode)
{
    const uint8_t *end = in->p + in->left;
    const uint8_t *separator = memmem(in->p, in->left, SEPARATOR,
                                      strlen(SEPARATOR));
    const uint8_t *second = separator ? separator + strlen(SEPARATOR) : in->p;

    /* without one, a log is compared with itself */
    scratch_write(scratch_path("oracle"), in->p,
                  separator ? (size_t)(separator + 1 - in->p) : in->left);
    scratch_write(scratch_path("log"), second, end - second);
    return verbs_compare(scratch_path("oracle"), scratch_path("log"),
                         mode & MODE_EXACT);
}

static int run_check(const FuzzInput *in, unsigned mode)
{
    scratch_write(scratch_path("log"), in->p, in->left);
    return verbs_check(scratch_path("log"), mode & MODE_KERNEL,
                       mode & MODE_COMPLETE, mode & MODE_JSON);
}

static void check_json(const Terminal *terminal)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(GError) error = NULL;

    fuzz_check(json_parser_load_from_data(parser, terminal->out,
                                          terminal->out_len, &error),
               "%s:\n%.*s", error->message, (int)terminal->out_len,
               terminal->out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FuzzInput in = { data, size };
    unsigned mode = fuzz_take(&in, 1);
    Terminal terminal;
    int status;

    terminal_begin(&terminal);
    status = mode & MODE_COMPARE ? run_compare(&in, mode)
                                 : run_check(&in, mode);
    terminal_end(&terminal);

    fuzz_check(status == TOOL_OK || status == TOOL_FAULT ||
               status == TOOL_TROUBLE, "status %d", status);
    fuzz_check(terminal.out_len || terminal.err_len, "nothing was printed");
    terminal_check(terminal.err, terminal.err_len, "standard error");
    if (mode & MODE_COMPARE || !(mode & MODE_JSON)) {
        terminal_check(terminal.out, terminal.out_len, "standard output");
    } else if (status != TOOL_TROUBLE) {
        check_json(&terminal);
    }
    terminal_free(&terminal);
    return 0;
}
