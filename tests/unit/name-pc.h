/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace symbolize with a single read
 */
#ifndef NAME_PC_H
#define NAME_PC_H

#include <glib.h>
#include <string.h>

#include "run-tool.h"

#define R(pc) "R 4 1.000000 1 0x10 0xff " pc " 0"

/* Run the tool with options and a read at @pc.  Return: its result */
static inline ToolRun *name_pc(const char *const *options, const char *pc)
{
    g_autofree char *log = g_strdup_printf(R("%s") "\n", pc);
    const char *args[16] = { "symbolize", "-" };
    size_t i;

    for (i = 0; options[i]; i++) {
        args[i + 2] = options[i];
    }
    return run_toolv(log, args);
}

/* @want: the name, or NULL for none */
static inline void assert_name(const char *const *options, const char *pc,
                               const char *want)
{
    g_autoptr(ToolRun) run = name_pc(options, pc);
    g_autofree char *line =
        want ? g_strdup_printf(R("%s") " sym=%s\n", pc, want)
             : g_strdup_printf(R("%s") "\n", pc);

    g_assert_cmpstr(run->out, ==, line);
    g_assert_cmpint(run->status, ==, want ? 0 : 1);
}

/* A useless file gives one error line, and no other output. */
static inline void assert_error_at(const char *const *options, const char *pc,
                                   const char *want)
{
    g_autoptr(ToolRun) run = name_pc(options, pc);

    g_assert_cmpstr(run->out, ==, "");
    assert_contains(run->err, want);
    g_assert_cmpuint(strcspn(run->err, "\n") + 1, ==, strlen(run->err));
    g_assert_cmpint(run->status, ==, 2);
}

#define OPTIONS(...) ((const char *const []) { __VA_ARGS__, NULL })

#endif /* NAME_PC_H */
