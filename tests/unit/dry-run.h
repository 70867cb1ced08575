/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace run --dry-run
 */
#ifndef TESTS_UNIT_DRY_RUN_H
#define TESTS_UNIT_DRY_RUN_H

#include "run-tool.h"

#define ARGS(...) ((const char *const[]) { __VA_ARGS__, NULL })

/**
 * dry_run_first() - set arguments that all dry runs have
 * @args: the arguments, which are not copied; a NULL ends them
 */
void dry_run_first(const char *const *args);

/**
 * dry_run() - run "vfio-trace run --dry-run --qemu=/bin/true"
 * @args: further arguments; a NULL ends them
 *
 * Return: the result, to be freed
 */
ToolRun *dry_run(const char *const *args);

/**
 * assert_refused() - check that a dry run is refused
 * @args: further arguments; a NULL ends them
 * @why: part of the message
 */
void assert_refused(const char *const *args, const char *why);

/**
 * command() - the command lines that a dry run shows
 * @args: further arguments; a NULL ends them
 *
 * Return: the text, to be freed
 */
char *command(const char *const *args);

#endif /* TESTS_UNIT_DRY_RUN_H */
