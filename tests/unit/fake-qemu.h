/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: a QEMU as far as QMP shows it
 *
 * A thread listens on a socket and answers commands from a table, for one
 * client after the other.
 */
#ifndef TESTS_UNIT_FAKE_QEMU_H
#define TESTS_UNIT_FAKE_QEMU_H

#include <glib.h>

/**
 * struct FakeReply: what to say to a command
 * @command: the command
 * @reply: what it returns, as JSON; "error TEXT": it is refused; NULL: QEMU
 *         ends without an answer
 *
 * A command that is there several times is answered so one after the other,
 * and with the last one from then on.  One that is not there is unknown.
 */
typedef struct FakeReply {
    const char *command;
    const char *reply;
} FakeReply;

typedef struct FakeQemu FakeQemu;

/**
 * fake_qemu_start() - start it
 * @replies: its table; one without a command ends it
 */
FakeQemu *fake_qemu_start(const FakeReply *replies);

/**
 * fake_qemu_path() - its socket
 * @qemu: the QEMU
 */
const char *fake_qemu_path(const FakeQemu *qemu);

/**
 * fake_qemu_stop() - end it
 * @qemu: the QEMU
 *
 * Return: what it was asked: "COMMAND ARGUMENTS" on a line each, without
 *         qmp_capabilities; to be freed
 */
char *fake_qemu_stop(FakeQemu *qemu);

#endif /* TESTS_UNIT_FAKE_QEMU_H */
