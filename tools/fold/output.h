/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace fold: output
 */
#ifndef VFIO_TRACE_FOLD_OUTPUT_H
#define VFIO_TRACE_FOLD_OUTPUT_H

#include "libmmiotrace/mmiotrace.h"
#include "tools/analysis/fold-types.h"
#include "tools/analysis/register.h"

#include <glib.h>

/**
 * struct FoldWords: text of registers and values, of a verb that decodes them
 * @put_register: append the name of a leaf's register
 * @put_meaning: append what a value means, after the number: " { READY }";
 *               nothing if the number says it all
 * @put_condition: append for which value a poll waits, of the bits in a mask:
 *                 "READY = 1"; returns false if it can't tell
 * @opaque: for these functions
 */
typedef struct FoldWords {
    void (*put_register)(void *opaque, const FoldNode *leaf, GString *text);
    void (*put_meaning)(void *opaque, const FoldNode *leaf, uint64_t value,
                        GString *text);
    bool (*put_condition)(void *opaque, const FoldNode *leaf, uint64_t mask,
                          uint64_t value, GString *text);
    void *opaque;
} FoldWords;

/**
 * typedef FoldLine - take a line instead of printing it
 * @opaque: FoldOutput.opaque
 * @text: the line, without a newline; it has neither times nor durations
 * @values: where the values begin in it; its length if it has none
 * @node: what it is about: a leaf, or the block of the members that follow
 */
typedef void FoldLine(void *opaque, const GString *text, gsize values,
                      const FoldNode *node);

/**
 * struct FoldOutput: what is being printed
 * @trace: the trace
 * @names: how its registers are printed
 * @words: how they are printed instead, or NULL
 * @text: the line that is being made
 * @lines: lines so far, but comments
 * @line: takes the lines of text; NULL: they go to standard output
 * @opaque: for @line
 * @values: in a line, where the values begin
 */
typedef struct FoldOutput {
    MmtTrace *trace;
    AnalysisNames names;
    const FoldWords *words;
    GString *text;
    uint64_t lines;
    FoldLine *line;
    void *opaque;
    gsize values;
} FoldOutput;

/**
 * struct FoldFormat: a form of output
 * @item: print a folded item
 * @entry: print what is no access, if it is worth a line
 * @comments: lines that begin with '#' are comments
 */
typedef struct FoldFormat {
    void (*item)(FoldOutput *out, const FoldItem *item);
    void (*entry)(FoldOutput *out, const MmtEntry *entry);
    bool comments;
} FoldFormat;

extern const FoldFormat fold_text;
extern const FoldFormat fold_json;

#endif /* VFIO_TRACE_FOLD_OUTPUT_H */
