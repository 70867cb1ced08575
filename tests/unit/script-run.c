/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: run a script over a trace, in this process
 */
#include "script-run.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "run-tool.h"
#include "tools/script/script.h"

static const Verb verb = { .name = "test" };
static GString *errors;
static ToolStatus status;

static void take(const ScriptLine *line, void *opaque)
{
    GString *lines = opaque;

    if (line->entry) {
        g_string_append_printf(lines, "L%" PRIu64 " %s", line->entry->line,
                               line->text);
    } else {
        g_string_append_printf(lines, "-- %s", line->text);
    }
    if (line->json) {
        g_string_append_printf(lines, " %s", line->json);
    }
    g_string_append_c(lines, '\n');
}

static void run(MmtTrace *trace, const char *script, GString *lines)
{
    const MmtEntry *entries;
    Scripts *scripts = scripts_open_text(&verb, trace, NULL, script,
                                         strlen(script), take, lines);
    size_t n;
    size_t i;

    if (!scripts) {
        status = TOOL_TROUBLE;
        return;
    }
    while ((n = mmt_trace_next(trace, &entries)) > 0) {
        for (i = 0; i < n; i++) {
            scripts_take(scripts, &entries[i]);
        }
    }
    status = scripts_end(scripts);
    scripts_free(scripts);
}

/* Standard error goes to a file meanwhile. */
char *script_run(const char *text, const char *script)
{
    g_autofree char *path = temp_file("script.mmt", text, -1);
    g_autofree char *err = temp_file("script.err", "", 0);
    g_autofree char *said = NULL;
    MmtTrace *trace = mmt_trace_open(path, NULL);
    GString *lines = g_string_new(NULL);
    int saved = dup(STDERR_FILENO);

    fflush(stderr);
    g_assert_nonnull(freopen(err, "w", stderr));
    run(trace, script, lines);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    mmt_trace_free(trace);
    g_assert_true(g_file_get_contents(err, &said, NULL, NULL));
    if (!errors) {
        errors = g_string_new(NULL);
    }
    g_string_printf(errors, "%sstatus %d", said, status);
    return g_string_free(lines, FALSE);
}

char *script_error(void)
{
    return g_strdup(errors->str);
}
