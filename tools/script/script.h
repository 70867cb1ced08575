/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: Lua scripts that decode what names alone do not tell
 *
 * The options --script and --pair start scripts; vfio-trace-lua(7) describes
 * what a script can do.  A verb puts SCRIPTS_OPTION_SCRIPT and _PAIR into
 * its options, and hands each entry of a trace to the scripts:
 *
 *      if (!scripts_open(verb, trace, db, emit, opaque, &scripts)) {
 *          return TOOL_TROUBLE;
 *      }
 *      while ((n = analysis_next(a, &entries)) > 0) {
 *          analysis_db_watch(db, entries, n);
 *          ... print entries[i] ...
 *          scripts_take(scripts, &entries[i]);
 *      }
 *      scripts_status = scripts_end(scripts);
 *      scripts_free(scripts);
 *
 * A script can't do harm: it has no files, its memory, its time and its output
 * are limited.  One that fails is switched off, after an error was printed; the
 * others go on.
 */
#ifndef VFIO_TRACE_SCRIPT_H
#define VFIO_TRACE_SCRIPT_H

#include <glib.h>
#include <stdbool.h>

#include "libmmiotrace/mmiotrace.h"
#include "tools/analysis/db.h"
#include "tools/common/tool.h"

typedef struct Scripts Scripts;

/**
 * struct ScriptLine: what a script has emitted
 * @script: name of the script
 * @text: one line for people; printable
 * @json: the table that was emitted, a JSON object; NULL if it was a text
 * @entry: the entry that the script was called for; NULL at the start and at
 *         the end
 */
typedef struct ScriptLine {
    const char *script;
    const char *text;
    const char *json;
    const MmtEntry *entry;
} ScriptLine;

/**
 * typedef ScriptEmit - take what a script emits
 * @line: the line, valid during the call
 * @opaque: the caller's
 */
typedef void ScriptEmit(const ScriptLine *line, void *opaque);

/* Callbacks of the options: each one is checked when it is parsed. */
gboolean scripts_option_script(const char *option, const char *value,
                               gpointer data, GError **error);
gboolean scripts_option_pair(const char *option, const char *value,
                             gpointer data, GError **error);

/* Their descriptions */
extern const char scripts_script_text[];
extern const char scripts_pair_text[];

#define SCRIPTS_OPTION(name, parse, text, argument) \
    { name, 0, 0, G_OPTION_ARG_CALLBACK, (gpointer)parse, text, argument }

/* The options, for a verb's array of GOptionEntry */
#define SCRIPTS_OPTION_SCRIPT \
    SCRIPTS_OPTION("script", scripts_option_script, scripts_script_text, \
                   "NAME|FILE[:KEY=VALUE,...]")
#define SCRIPTS_OPTION_PAIR \
    SCRIPTS_OPTION("pair", scripts_option_pair, scripts_pair_text, \
                   "REGION:INDEX/DATA[=DOMAIN]")

/**
 * scripts_given() - has --script or --pair been given?
 */
bool scripts_given(void);

/**
 * scripts_reset() - forget the options that were parsed
 */
void scripts_reset(void);

/**
 * scripts_open() - start the scripts that the options name
 * @verb: the verb, for messages
 * @trace: the trace, which must outlive the scripts
 * @db: its databases, which must outlive the scripts; or NULL
 * @emit: takes what they emit
 * @opaque: for @emit
 * @scripts: where to store the scripts, to be freed with scripts_free(); NULL
 *           if no option was given
 *
 * Return: false if a script can't be read or has a syntax error; an error was
 *         printed
 */
bool scripts_open(const Verb *verb, const MmtTrace *trace, AnalysisDb *db,
                  ScriptEmit *emit, void *opaque, Scripts **scripts);

/**
 * scripts_open_text() - start a script that is no file, for tests
 * @verb: as in scripts_open()
 * @trace: likewise
 * @db: likewise
 * @text: the script; its name is "test", its file "test.lua"
 * @len: its length
 * @emit: as in scripts_open()
 * @opaque: likewise
 *
 * Return: the scripts; NULL after a syntax error, which was printed
 */
Scripts *scripts_open_text(const Verb *verb, const MmtTrace *trace,
                           AnalysisDb *db, const char *text, size_t len,
                           ScriptEmit *emit, void *opaque);

/**
 * scripts_take() - hand an entry to the scripts that want it
 * @scripts: the scripts, or NULL
 * @entry: the entry, in the array of the last mmt_trace_next(), not a copy
 *
 * To be called for marks, too: they have the snapshots of guest memory.
 */
void scripts_take(Scripts *scripts, const MmtEntry *entry);

/**
 * scripts_before() - hand over what is whole before an entry is shown
 * @scripts: the scripts, or NULL
 * @entry: the entry, which scripts_take() gets afterwards
 *
 * An entry of a ring has all its data when something else comes.  For verbs
 * that print: what scripts emit for it stands before the next line.
 */
void scripts_before(Scripts *scripts, const MmtEntry *entry);

/**
 * scripts_idle() - the trace does not grow at the moment
 * @scripts: the scripts, or NULL
 */
void scripts_idle(Scripts *scripts);

/**
 * scripts_end() - tell the scripts that the trace has ended
 * @scripts: the scripts, or NULL
 *
 * Says, too, which of them were switched off.
 *
 * Return: TOOL_OK, or TOOL_FAULT if a script has failed
 */
ToolStatus scripts_end(Scripts *scripts);

/**
 * scripts_free() - end the scripts
 * @scripts: the scripts, or NULL
 */
void scripts_free(Scripts *scripts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Scripts, scripts_free)

/**
 * scripts_put_text() - append a line for people: "    nvme: Identify ..."
 * @line: the line
 * @text: where to append it, with a newline
 */
void scripts_put_text(const ScriptLine *line, GString *text);

/**
 * scripts_put_json() - make a line of JSON
 * @line: the line
 * @json: its contents are replaced by an object of type "script" without its
 *        closing brace: see json_line_print()
 */
void scripts_put_json(const ScriptLine *line, GString *json);

#endif /* VFIO_TRACE_SCRIPT_H */
