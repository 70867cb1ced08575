/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests: runs of vfio-trace against a fake QEMU, as a table
 */
#ifndef TESTS_UNIT_QEMU_CASE_H
#define TESTS_UNIT_QEMU_CASE_H

#include "fake-qemu.h"

/* Most words of a command, and rows of replies */
#define QEMU_CASE_ARGS    8
#define QEMU_CASE_REPLIES 8

/**
 * struct QemuCase: a run
 * @name: its name
 * @args: the verb and its arguments; "--qmp SOCKET" is added
 * @replies: table of the fake QEMU
 * @asked: the commands that it must get
 * @status: exit status
 * @out: standard output
 * @err: standard error; the first %s is the socket
 */
typedef struct QemuCase {
    const char *name;
    const char *args[QEMU_CASE_ARGS];
    FakeReply replies[QEMU_CASE_REPLIES];
    const char *asked;
    int status;
    const char *out;
    const char *err;
} QemuCase;

/**
 * struct UsageCase: a run that must be refused before QEMU is asked
 * @args: the verb and its arguments
 * @err: a part of standard error
 */
typedef struct UsageCase {
    const char *args[QEMU_CASE_ARGS];
    const char *err;
} UsageCase;

/**
 * qemu_cases_add() - add a test for each case
 * @prefix: what their names begin with: "/control/case/"
 * @cases: the cases; static
 * @n: number of cases
 */
void qemu_cases_add(const char *prefix, const QemuCase *cases, size_t n);

/**
 * usage_cases_check() - run commands that are wrong
 * @cases: the commands
 * @n: number of commands
 */
void usage_cases_check(const UsageCase *cases, size_t n);

#endif /* TESTS_UNIT_QEMU_CASE_H */
