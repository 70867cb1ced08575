/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: functions that all verbs share
 */
#ifndef VFIO_TRACE_TOOL_H
#define VFIO_TRACE_TOOL_H

#include <glib.h>
#include <stdbool.h>

/* Exit statuses, like those of diff(1); the man pages document them. */
typedef enum ToolStatus {
    TOOL_OK = 0,
    TOOL_FAULT = 1,     /* the answer is no */
    TOOL_TROUBLE = 2,   /* there is no answer */
} ToolStatus;

/**
 * struct Verb: one subcommand
 * @name: as typed
 * @brief: one line for --help
 * @options_first: words after the first operand are not options
 * @run: the function; argv[0] is the verb
 */
typedef struct Verb {
    const char *name;
    const char *brief;
    bool options_first;
    int (*run)(int argc, char **argv);
} Verb;

extern const Verb verb_doctor;
extern const Verb verb_extract;
extern const Verb verb_run;
extern const Verb verb_restore;
extern const Verb verb_mark;
extern const Verb verb_status;
extern const Verb verb_start;
extern const Verb verb_stop;
extern const Verb verb_window;
extern const Verb verb_flush;
extern const Verb verb_rotate;
extern const Verb verb_bundle;
extern const Verb verb_check;
extern const Verb verb_compare;
extern const Verb verb_convert;
extern const Verb verb_cat;
extern const Verb verb_tail;
extern const Verb verb_fold;
extern const Verb verb_decode;
extern const Verb verb_diff;
extern const Verb verb_recover;
extern const Verb verb_stat;
extern const Verb verb_profile;
extern const Verb verb_report;
extern const Verb verb_serve;
extern const Verb verb_symbolize;
extern const Verb verb_lookup;
extern const Verb verb_regdb;
extern const Verb verb_rings;
extern const Verb verb_virt;
extern const Verb verb_redact;
extern const Verb verb_sequence;
extern const Verb verb_memory;
extern const Verb verb_play;

/**
 * tool_options() - parse a verb's command line
 * @verb: the verb
 * @operands: what the usage line shows after the options
 * @details: paragraphs for --help, or NULL
 * @entries: the options
 * @argc: main()'s argc, updated
 * @argv: main()'s argv; the operands remain, from argv[1]
 *
 * Return: true, or false after an error was printed.  --help does not return.
 */
bool tool_options(const Verb *verb, const char *operands,
                  const char *details, const GOptionEntry *entries,
                  int *argc, char ***argv);

/**
 * tool_options_group() - parse a command line with options that verbs share
 * @verb: the verb
 * @operands: what the usage line shows after the options
 * @details: paragraphs for --help, or NULL
 * @entries: the verb's own options; they precede those of @group
 * @group: further options, with a --help-GROUP of their own; the function takes
 *         it over
 * @argc: main()'s argc, updated
 * @argv: main()'s argv; the operands remain, from argv[1]
 *
 * Return: as tool_options()
 */
bool tool_options_group(const Verb *verb, const char *operands,
                        const char *details, const GOptionEntry *entries,
                        GOptionGroup *group, int *argc, char ***argv);

/**
 * tool_printable() - make a text safe for a terminal
 * @text: the text; characters that are not printable (libmmiotrace/printable.h)
 *        become '?'
 *
 * Names of files and text from a socket may contain anything.
 *
 * Return: @text
 */
char *tool_printable(char *text);

/**
 * tool_print() - print to standard output through tool_printable()
 * @fmt: as for printf(); its newlines are kept
 */
void tool_print(const char *fmt, ...) G_GNUC_PRINTF(1, 2);

/**
 * tool_shown() - prepare a line of a log for standard output
 * @text: the line
 * @len: its length; set to the length of the result
 * @room: buffer for the result, used if standard output is a terminal
 *
 * Files and pipes get the line unchanged, a terminal gets it printable.
 *
 * Return: @text, or the contents of @room
 */
const char *tool_shown(const char *text, size_t *len, GString *room);

/**
 * tool_error() - print an error of a verb
 * @verb: the verb
 * @fmt: the message, without a newline
 */
void tool_error(const Verb *verb, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

/**
 * tool_say() - tool_error() as a callback
 * @verb: the verb
 * @text: the message, without a newline
 */
void tool_say(void *verb, const char *text);

/**
 * tool_finish() - flush standard output and check that it was written
 * @verb: the verb
 * @status: its exit status
 *
 * Return: @status, or TOOL_TROUBLE after an error was printed
 */
int tool_finish(const Verb *verb, ToolStatus status);

#endif /* VFIO_TRACE_TOOL_H */
