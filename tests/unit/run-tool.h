/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: run the vfio-trace command and capture its result
 */
#ifndef TESTS_UNIT_RUN_TOOL_H
#define TESTS_UNIT_RUN_TOOL_H

#include <glib.h>
#include <stdbool.h>
#include <string.h>

/**
 * struct ToolRun: result of the command
 * @status: its exit status, -1 if a signal ended it
 * @out: its standard output
 * @err: its standard error
 */
typedef struct ToolRun {
    int status;
    char *out;
    char *err;
} ToolRun;

/**
 * run_tool() - start vfio-trace and wait for it
 * @input: its standard input, or NULL for none
 * @arg: its arguments; a NULL ends them
 *
 * Its locale is C: messages are compared.
 *
 * Return: its result; to be freed with tool_run_free()
 */
ToolRun *run_tool(const char *input, const char *arg, ...)
    G_GNUC_NULL_TERMINATED;

/**
 * run_toolv() - the same with an array
 * @input: as for run_tool()
 * @args: the arguments; a NULL ends them
 */
ToolRun *run_toolv(const char *input, const char *const *args);

void tool_run_free(ToolRun *run);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ToolRun, tool_run_free)

/**
 * assert_contains() - check that a text has a part
 * @text: the text
 * @part: what it must contain
 */
#define assert_contains(text, part) \
    do { \
        const char *text_ = (text); \
        const char *part_ = (part); \
        if (!strstr(text_, part_)) { \
            g_test_message("no '%s' in:\n%s", part_, text_); \
            g_assert_true(strstr(text_, part_) != NULL); \
        } \
    } while (0)

/**
 * run_verb() - run a verb, and compare its exit status
 * @verb: its name
 * @status: the exit status that is expected
 * @args: up to 14 arguments, NULL-terminated
 *
 * Return: the result, to be freed
 */
ToolRun *run_verb(const char *verb, int status, const char *const *args);

/**
 * temp_file() - make a temporary file
 * @name: its name, unique in the test program
 * @text: its contents
 * @len: bytes of @text, or -1
 *
 * Files are removed when the program ends.
 *
 * Return: its path
 */
char *temp_file(const char *name, const char *text, gssize len);

/**
 * temp_dir() - the directory of temp_file()
 */
const char *temp_dir(void);

/**
 * temp_clean() - remove temp_dir() with its contents
 */
void temp_clean(void);

#endif /* TESTS_UNIT_RUN_TOOL_H */
