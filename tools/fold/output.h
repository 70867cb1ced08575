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
 * struct FoldOutput: what is being printed
 * @trace: the trace
 * @names: how its registers are printed
 * @text: the line that is being made
 * @lines: lines so far, but comments
 */
typedef struct FoldOutput {
    MmtTrace *trace;
    AnalysisNames names;
    GString *text;
    uint64_t lines;
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
