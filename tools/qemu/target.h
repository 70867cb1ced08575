/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: connection of a verb to QEMU
 *
 * The user names QEMU by its QMP socket or its libvirt domain.  Without either,
 * it is the QEMU of the only running session of `vfio-trace run`.
 */
#ifndef VFIO_TRACE_TARGET_H
#define VFIO_TRACE_TARGET_H

#include <json-glib/json-glib.h>

#include "tools/qemu/qmp.h"
#include "tools/common/tool.h"

typedef struct Target Target;

/* How QEMU is found, and the exit status, for --help */
#define TARGET_DETAILS \
    "With neither --qmp nor --domain, the QEMU of the only running 'vfio-trace run'." \
    "\n\nExit status: 0 done, 1 QEMU refused or can't be reached, 2 bad usage."

/**
 * target_options() - parse the command line of a verb that talks to QEMU
 * @verb: the verb
 * @operands: what the usage line shows after the options, or NULL
 * @details: paragraphs for --help, or NULL; how QEMU is found, and the exit
 *           status, are appended
 * @entries: the verb's own options, or NULL
 * @argc: main()'s argc, updated
 * @argv: main()'s argv; the operands remain, from argv[1]
 *
 * Return: true, or false after an error was printed
 */
bool target_options(const Verb *verb, const char *operands,
                    const char *details, const GOptionEntry *entries,
                    int *argc, char ***argv);

/**
 * target_options_all() - get the options of such a verb
 * @entries: the verb's own options, or NULL
 *
 * For verbs that don't call target_options(), but tool_options() and then
 * target_options_check().
 *
 * Return: all options, to be freed
 */
GOptionEntry *target_options_all(const GOptionEntry *entries);

/**
 * target_options_check() - check the options that were parsed
 * @verb: the verb
 *
 * Return: true, or false after an error was printed
 */
bool target_options_check(const Verb *verb);

/**
 * target_open() - find the QEMU that the options name, and connect to it
 * @verb: the verb
 *
 * Return: the QEMU, or NULL after an error was printed
 */
Target *target_open(const Verb *verb);

/**
 * target_name() - get the name of a QEMU in messages
 * @target: the QEMU
 *
 * Return: its socket, or its domain
 */
const char *target_name(const Target *target);

/**
 * target_connect() - get the commands by which the user connects to the guest
 * @target: the QEMU
 *
 * Return: an array of strings; NULL if it is not a QEMU of 'vfio-trace run'
 */
const GPtrArray *target_connect(const Target *target);

/**
 * target_timeout() - get the time limit for answers
 *
 * Return: the value of --timeout, in seconds
 */
double target_timeout(void);

/**
 * target_execute() - run a QMP command and wait for its answer
 * @target: the QEMU
 * @command: the command's name
 * @arguments: its arguments, or NULL; ownership is taken
 * @error: where to store why not
 *
 * Return: as qmp_execute()
 */
JsonNode *target_execute(Target *target, const char *command,
                         JsonObject *arguments, GError **error);

/**
 * target_query() - run a QMP command that returns a list
 * @target: the QEMU
 * @command: the command's name
 * @error: where to store why not
 *
 * Return: the array that it returned, or NULL with a QMP_ERROR
 */
JsonNode *target_query(Target *target, const char *command, GError **error);

/**
 * target_release() - close the socket so that other clients can use it
 * @target: the QEMU
 *
 * QEMU serves one client per socket at a time.  target_execute() reconnects.
 */
void target_release(Target *target);

/**
 * target_close() - disconnect
 * @target: the QEMU, or NULL
 */
void target_close(Target *target);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Target, target_close)

#endif /* VFIO_TRACE_TARGET_H */
