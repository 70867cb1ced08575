/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the QEMU that a verb talks to
 *
 * Named by its QMP socket or by its libvirt domain; or not at all, if it is
 * that of the one session that `vfio-trace run` has going.
 */
#ifndef VFIO_TRACE_TARGET_H
#define VFIO_TRACE_TARGET_H

#include <json-glib/json-glib.h>

#include "tools/qemu/qmp.h"
#include "tools/common/tool.h"

typedef struct Target Target;

/**
 * target_options() - parse the command line of a verb that talks to QEMU
 * @verb: the verb
 * @operands: what the usage line shows after the options, or NULL
 * @details: paragraphs for --help, or NULL; how QEMU is found and the exit
 *           status are told behind them
 * @entries: the verb's own options, or NULL
 * @argc: as main() has it
 * @argv: likewise; what is left are the operands, from argv[1]
 *
 * Return: true, or false after an error was printed
 */
bool target_options(const Verb *verb, const char *operands,
                    const char *details, const GOptionEntry *entries,
                    int *argc, char ***argv);

/**
 * target_open() - find the QEMU that the options name, and connect to it
 * @verb: the verb
 *
 * Return: it, or NULL after an error was printed
 */
Target *target_open(const Verb *verb);

/**
 * target_name() - what messages call it
 * @target: the QEMU
 *
 * Return: its socket, or its domain
 */
const char *target_name(const Target *target);

/**
 * target_timeout() - how long things may take
 *
 * Return: what --timeout says, in seconds
 */
double target_timeout(void);

/**
 * target_execute() - run a QMP command and wait for its answer
 * @target: the QEMU
 * @command: the command's name
 * @arguments: its arguments, or NULL; taken over
 * @error: where to store why not
 *
 * Return: as qmp_execute()
 */
JsonNode *target_execute(Target *target, const char *command,
                         JsonObject *arguments, GError **error);

/**
 * target_query() - run a QMP command that answers with a list
 * @target: the QEMU
 * @command: the command's name
 * @error: where to store why not
 *
 * Return: what it returned: an array; or NULL with a QMP_ERROR
 */
JsonNode *target_query(Target *target, const char *command, GError **error);

/**
 * target_release() - let others use its socket
 * @target: the QEMU
 *
 * QEMU serves one client for each socket at a time.  target_execute()
 * connects again.
 */
void target_release(Target *target);

/**
 * target_close() - have done with it
 * @target: the QEMU, or NULL
 */
void target_close(Target *target);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Target, target_close)

#endif /* VFIO_TRACE_TARGET_H */
