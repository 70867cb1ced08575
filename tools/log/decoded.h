/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace tail: lines that are decoded, and what scripts say of them
 */
#ifndef VFIO_TRACE_LOG_DECODED_H
#define VFIO_TRACE_LOG_DECODED_H

#include <glib.h>
#include <stdbool.h>

#include "libmmiotrace/mmiotrace.h"
#include "tools/analysis/db.h"
#include "tools/common/tool.h"

typedef struct Decoded Decoded;

/**
 * decoded_new() - begin
 * @verb: the verb
 * @trace: the trace
 * @db: its databases
 * @decode: decode lines, as vfio-trace decode does; or only run scripts
 * @colors: of decoded lines, as for decode_choose_colors()
 * @text: where to append lines
 *
 * Return: the state; NULL after an error was printed
 */
Decoded *decoded_new(const Verb *verb, MmtTrace *trace, AnalysisDb *db,
                     bool decode, const char *colors, GString *text);

/**
 * decoded_take() - take an entry
 * @decoded: the state
 * @entry: the entry, in the array of the last mmt_trace_next()
 * @last: it is the last one there
 *
 * Appends the lines of the entry to the text.
 */
void decoded_take(Decoded *decoded, const MmtEntry *entry, bool last);

/**
 * decoded_scripts() - hand the same entry to scripts
 * @decoded: the state
 * @entry: the entry
 *
 * Appends what they emit.
 */
void decoded_scripts(Decoded *decoded, const MmtEntry *entry);

/**
 * decoded_idle() - the trace does not grow at the moment
 * @decoded: the state
 *
 * Appends what scripts emit then.
 */
void decoded_idle(Decoded *decoded);

/**
 * decoded_replaced() - what follows is of another log
 * @decoded: the state
 */
void decoded_replaced(Decoded *decoded);

/**
 * decoded_end() - the trace has ended
 * @decoded: the state
 *
 * Appends what scripts emit at the end.
 *
 * Return: TOOL_OK, or TOOL_FAULT if a script has failed
 */
ToolStatus decoded_end(Decoded *decoded);

void decoded_free(Decoded *decoded);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Decoded, decoded_free)

#endif /* VFIO_TRACE_LOG_DECODED_H */
