/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: programs that are made of sequences, and run (see
 * sequence-program.h)
 */
#include "sequence-program.h"

#include <stdio.h>
#include <sys/wait.h>

#include "run-tool.h"
#include "tools/sequence/as-c.h"
#include "tools/sequence/as-python.h"

const Language languages[LANGUAGES] = {
    { "gcc", "gcc", true, 4 },
    { "python", "/usr/bin/python3", false, 15 },
    { "clang", "clang", true, 2 },
};

bool program_can(const Language *language)
{
    g_autofree char *path = g_find_program_in_path(language->command);

    if (!path) {
        g_test_skip("not installed");
    }
    return path != NULL;
}

static int run(const char *const *argv, char **env, char **err)
{
    g_autoptr(GError) error = NULL;
    int status;

    g_spawn_sync(temp_dir(), (char **)argv, env,
                 G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL,
                 NULL, err, &status, &error);
    g_assert_no_error(error);
    g_assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void write_program(const Sequence *seq, SeqBackend backend, bool c,
                          const char *path)
{
    FILE *out = fopen(path, "w");

    g_assert_nonnull(out);
    if (c) {
        sequence_write_c(seq, backend, out);
    } else {
        sequence_write_python(seq, backend, out);
    }
    g_assert_cmpint(fclose(out), ==, 0);
}

static void assert_builds(const char *const *argv)
{
    g_autofree char *err = NULL;
    int status = run(argv, NULL, &err);

    g_test_message("%s", err);
    g_assert_cmpstr(err, ==, "");
    g_assert_cmpint(status, ==, 0);
}

GPtrArray *program_build(const Sequence *seq, SeqBackend backend,
                         const Language *language, const char *optimize)
{
    GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
    char *source = g_build_filename(temp_dir(), language->c ? "p.c" : "p.py",
                                    NULL);

    write_program(seq, backend, language->c, source);
    if (language->c) {
        char *program = g_build_filename(temp_dir(), "p", NULL);

        assert_builds((const char *const []) {
            language->command, "-Wall", "-Wextra", "-Werror", optimize, "-o",
            program, source, NULL
        });
        g_ptr_array_add(argv, program);
        g_free(source);
    } else {
        g_ptr_array_add(argv, g_strdup(language->command));
        /* no __pycache__, and warnings are errors */
        g_ptr_array_add(argv, g_strdup("-BWerror"));
        g_ptr_array_add(argv, source);
    }
    return argv;
}

char *program_run(GPtrArray *argv, char **env, const char *device,
                  int expected)
{
    char *err = NULL;
    int status;

    g_ptr_array_add(argv, g_strdup(device));
    g_ptr_array_add(argv, g_strdup(temp_dir()));
    g_ptr_array_add(argv, NULL);
    status = run((const char *const *)argv->pdata, env, &err);
    g_test_message("%s", err);
    g_assert_cmpint(status, ==, expected);
    return err;
}

void program_put_files(const Sequence *seq)
{
    unsigned i;

    for (i = 0; i < seq->files->len; i++) {
        const SeqFile *file = &g_array_index(seq->files, SeqFile, i);
        g_autofree char *path = g_build_filename(temp_dir(), file->name, NULL);

        g_assert_true(g_file_set_contents(
            path, g_bytes_get_data(file->bytes, NULL),
            g_bytes_get_size(file->bytes), NULL));
    }
}
