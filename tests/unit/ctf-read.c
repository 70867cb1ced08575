/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: logs converted to CTF (see ctf-read.h)
 */
#include "ctf-read.h"

#include "run-tool.h"

char *ctf_path(const char *name)
{
    static unsigned number;
    g_autofree char *file = g_strdup_printf("%s-%u.ctf", name, number++);

    return g_build_filename(temp_dir(), file, NULL);
}

bool ctf_have_reader(void)
{
    g_autofree char *program = g_find_program_in_path("babeltrace2");

    if (!program) {
        g_test_skip("no babeltrace2");
    }
    return program;
}

char *ctf_convert_file(const char *log, const char *word)
{
    char *out = ctf_path("out");
    g_autoptr(ToolRun) run = run_tool(NULL, "convert", "--no-db", "-o", out,
                                      log, NULL);

    g_assert_cmpint(run->status, ==, 0);
    if (word) {
        assert_contains(run->err, word);
    } else {
        g_assert_cmpstr(run->err, ==, "");
    }
    return out;
}

char *ctf_convert(const char *text, gssize len, const char *word)
{
    g_autofree char *log = temp_file("log.mmt", text, len);

    return ctf_convert_file(log, word);
}

char *ctf_read(const char *path, const char *option)
{
    const char *argv[] = { "babeltrace2", "--no-delta", option, path, NULL };
    g_autofree char *err = NULL;
    char *text = NULL;
    int status;

    g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH,
                               NULL, NULL, &text, &err, &status, NULL));
    g_assert_cmpstr(err, ==, "");
    g_assert_true(g_spawn_check_wait_status(status, NULL));
    return text;
}
