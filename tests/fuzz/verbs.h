/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz targets: verbs of the tool, with options set without a command line
 *
 * GOption's strings are never freed, which LeakSanitizer would count once
 * for each input.
 */
#ifndef TESTS_FUZZ_VERBS_H
#define TESTS_FUZZ_VERBS_H

#include <stdbool.h>

int verbs_check(const char *log, bool kernel, bool complete, bool json);
int verbs_compare(const char *oracle, const char *log, bool exact);
void verbs_target(const char *socket);
int verbs_mark(bool json);
int verbs_status(bool json, bool again);
int verbs_window_list(bool json);
int verbs_window_add(void);

/* @secrets: arguments of --secret; the last one is NULL */
int verbs_redact(const char *log, const char *out, char **secrets, bool all);

#endif /* TESTS_FUZZ_VERBS_H */
