/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing the QMP client and its verbs: arbitrary bytes from a server
 *
 * The process listening on a socket need not be QEMU.  The verb ends with one
 * of its exit statuses, prints something, and no byte from the server reaches
 * the terminal as a control sequence.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "fake-socket.h"
#include "terminal.h"
#include "tools/common/tool.h"
#include "verbs.h"

/* Maximum length of a server's bytes, with runs expanded. */
#define SERVER_MAX (8u * 1024)

/* Longer inputs do not come byte by byte, since each is a call. */
#define PIECEWISE_MAX 512

/* Flags in the input's first byte. */
enum {
    MODE_STATUS = 1 << 0,       /* the verb; else mark */
    MODE_JSON = 1 << 1,         /* --json */
    MODE_GREETED = 1 << 2,      /* QMP is negotiated before the input begins */
    MODE_HANG = 1 << 3,         /* silence at the end */
    MODE_WINDOW = 1 << 4,       /* window list, or add; not the other two */
    MODE_TWICE = 1 << 5,        /* everything is sent twice: for --watch */
};

#define GREETING "{\"QMP\": {\"version\": {}, \"capabilities\": []}}\r\n" \
                 "{\"return\": {}, \"id\": 1}\r\n"

/* A warning of GLib or JSON-GLib means that our code misuses it. */
static GLogWriterOutput complain(GLogLevelFlags level, const GLogField *fields,
                                 gsize n_fields, gpointer data)
{
    g_autofree char *text = g_log_writer_format_fields(level, fields, n_fields,
                                                       FALSE);

    (void)data;
    fuzz_check(!(level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL |
                          G_LOG_LEVEL_WARNING)), "%s", text);
    return G_LOG_WRITER_HANDLED;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    g_log_set_writer_func(complain, NULL, NULL);
    verbs_target("qmp");
    return 0;
}

/*
 * A NUL, which no server sends, begins a run: the byte, and its number of
 * repetitions in 64s.
 */
static char *expand(FuzzInput *in, size_t *len)
{
    char *out = malloc(SERVER_MAX);
    size_t n = 0;

    while (in->left && n < SERVER_MAX) {
        uint8_t byte = fuzz_take(in, 1);
        size_t times = 1;

        if (!byte) {
            byte = fuzz_take(in, 1);
            times = fuzz_take(in, 1) * 64;
        }
        times = MIN(times, SERVER_MAX - n);
        memset(out + n, byte, times);
        n += times;
    }
    *len = n;
    return out;
}

static int run_verb(unsigned mode)
{
    if (mode & MODE_WINDOW) {
        return mode & MODE_STATUS ? verbs_window_list(mode & MODE_JSON)
                                  : verbs_window_add();
    }
    return mode & MODE_STATUS
           ? verbs_status(mode & MODE_JSON, mode & MODE_TWICE)
           : verbs_mark(mode & MODE_JSON);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FuzzInput in = { data, size };
    g_autoptr(GString) sent = g_string_new(NULL);
    unsigned mode = fuzz_take(&in, 1);
    size_t piece = fuzz_take(&in, 1);
    char *bytes;
    Terminal terminal;
    size_t len;
    int status;

    if (mode & MODE_GREETED) {
        g_string_append(sent, GREETING);
    }
    bytes = expand(&in, &len);
    g_string_append_len(sent, bytes, len);
    free(bytes);
    if (mode & MODE_TWICE) {
        g_string_append_len(sent, sent->str, sent->len);
    }
    bytes = fuzz_copy(sent->str, sent->len);

    fake_server = (FakeServer) {
        .p = bytes,
        .left = sent->len,
        .piece = sent->len <= PIECEWISE_MAX ? piece : piece * 1024,
        .hang = mode & MODE_HANG,
    };

    terminal_begin(&terminal);
    status = run_verb(mode);
    terminal_end(&terminal);

    fuzz_check(status == TOOL_OK || status == TOOL_FAULT, "status %d", status);
    fuzz_check(status == TOOL_OK || terminal.err_len, "no error message");
    if (!(mode & MODE_JSON)) {
        terminal_check(terminal.out, terminal.out_len, "standard output");
    }
    terminal_check(terminal.err, terminal.err_len, "standard error");
    terminal_free(&terminal);
    free(bytes);
    return 0;
}
