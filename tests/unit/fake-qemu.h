/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: a simulated QEMU with QMP
 *
 * A thread listens on a socket and answers commands from a table, for one
 * client after the other.
 */
#ifndef TESTS_UNIT_FAKE_QEMU_H
#define TESTS_UNIT_FAKE_QEMU_H

#include <glib.h>

/**
 * struct FakeReply: the answer to a command
 * @command: the command
 * @reply: what it returns, as JSON; "error TEXT": it is refused; NULL: QEMU
 *         ends without an answer
 *
 * A command with several rows is answered by one after the other, and by the
 * last one from then on.  A command without a row is unknown.
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
 * Return: the commands received: "COMMAND ARGUMENTS" on a line each, without
 *         qmp_capabilities; to be freed
 */
char *fake_qemu_stop(FakeQemu *qemu);

#endif /* TESTS_UNIT_FAKE_QEMU_H */
