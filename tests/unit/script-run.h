/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: run a script over a trace, in this process
 */
#ifndef TESTS_UNIT_SCRIPT_RUN_H
#define TESTS_UNIT_SCRIPT_RUN_H

#include <glib.h>

/**
 * script_run() - run a script
 * @trace: text of the trace
 * @script: text of the script
 *
 * Return: the lines that it has emitted, "L12 text" or, at the start and at the
 *         end, "-- text"; those of tables have the JSON, too; to be freed
 */
char *script_run(const char *trace, const char *script);

/**
 * script_error() - get the messages of the last run
 *
 * Return: standard error of the last run and, at its end, "status N"; to be
 *         freed
 */
char *script_error(void);

#endif /* TESTS_UNIT_SCRIPT_RUN_H */
