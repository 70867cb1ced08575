/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: arguments of --script and --pair, and where scripts are
 */
#ifndef VFIO_TRACE_SCRIPT_FIND_H
#define VFIO_TRACE_SCRIPT_FIND_H

#include <glib.h>
#include <stdbool.h>

/**
 * struct ScriptChoice: a script that an option names
 * @path: its file
 * @name: its name in the output: "nvme"
 * @args: KEY=VALUE, ..., ends with NULL
 */
typedef struct ScriptChoice {
    char *path;
    char *name;
    char **args;
} ScriptChoice;

/**
 * script_choice_parse() - parse an argument of --script
 * @text: "NAME[:KEY=VALUE,...]" or "FILE[:KEY=VALUE,...]"
 * @error: error that quotes @text
 *
 * Return: the choice, to be freed with script_choice_free(), or NULL
 */
ScriptChoice *script_choice_parse(const char *text, GError **error);

/**
 * script_choice_pair() - parse an argument of --pair
 * @text: "REGION:INDEX/DATA[=DOMAIN]"
 * @error: error that quotes @text
 *
 * Return: as script_choice_parse(): the script 'pair'
 */
ScriptChoice *script_choice_pair(const char *text, GError **error);

/**
 * script_choice_free() - free a choice
 * @choice: the choice, or NULL
 */
void script_choice_free(ScriptChoice *choice);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScriptChoice, script_choice_free)

#endif /* VFIO_TRACE_SCRIPT_FIND_H */
