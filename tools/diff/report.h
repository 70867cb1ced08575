/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: what becomes of the differences
 *
 *      DiffReport report = { .a = a, .b = b, .form = &diff_text, ... };
 *      DiffSink sink = diff_report_begin(&report);
 *
 *      diff_compare(&verb_diff, a, b, &options, &sink);
 *      diff_report_end(&report);
 *
 * What is ignored is taken out here.  The rest goes to a form of output.
 */
#ifndef VFIO_TRACE_DIFF_REPORT_H
#define VFIO_TRACE_DIFF_REPORT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "tools/diff/hunk.h"
#include "tools/diff/ignore.h"
#include "tools/diff/words.h"

typedef struct DiffReport DiffReport;

/**
 * struct DiffForm: a form of output
 * @begin: make a state of its own
 * @hunk: take a hunk, in order; those that are ignored are missing, or are
 *        DIFF_SAME
 * @window: as in DiffSink, or NULL
 * @end: end the output, with DiffReport.counts, and free the state
 */
typedef struct DiffForm {
    void *(*begin)(DiffReport *report);
    void (*hunk)(void *state, const DiffHunk *hunk);
    void (*window)(void *state);
    void (*end)(void *state);
} DiffForm;

extern const DiffForm diff_text;
extern const DiffForm diff_summary;
extern const DiffForm diff_json;

/**
 * struct DiffCount: how much there is of a kind
 * @hunks: number of sequences, or of pairs of DIFF_VALUE
 * @a: accesses of A in them
 * @b: accesses of B in them
 */
typedef struct DiffCount {
    uint64_t hunks;
    uint64_t a;
    uint64_t b;
} DiffCount;

/**
 * struct DiffReport: state
 * @a: a log
 * @b: the other log
 * @values: which values are compared
 * @form: form of the output
 * @ignore: what is ignored
 * @context: tokens that are shown around a difference
 * @lines: lines that are shown of differences that are close to each other; 0:
 *         all
 * @full: nothing is folded, grouped or left out
 * @color: on a terminal with colours
 * @words: names of places
 * @counts: by DiffKind, of what is not ignored
 * @failed: there is no result: nothing more is to be printed
 * @state: state of the form
 */
struct DiffReport {
    DiffLog *a;
    DiffLog *b;
    DiffValues values;
    const DiffForm *form;
    DiffIgnore *ignore;
    unsigned context;
    unsigned lines;
    bool full;
    bool color;
    DiffWords *words;
    DiffCount counts[DIFF_KIND__MAX];
    bool failed;
    void *state;
};

/**
 * diff_report_begin() - begin
 * @report: the report, with @a to @color filled in
 *
 * Return: what takes the differences
 */
DiffSink diff_report_begin(DiffReport *report);

/**
 * diff_report_end() - print the rest, and free the state
 * @report: the report
 *
 * Return: are there differences that are not ignored?
 */
bool diff_report_end(DiffReport *report);

/**
 * diff_report_cancel() - free the state, and print nothing any more
 * @report: the report
 */
void diff_report_cancel(DiffReport *report);

/**
 * diff_report_differences() - count the differences
 * @report: the report
 */
uint64_t diff_report_differences(const DiffReport *report);

/**
 * diff_report_accesses() - count the accesses that tokens stand for
 * @log: the log
 * @from: the first token
 * @to: the one behind the last
 */
uint64_t diff_report_accesses(const DiffLog *log, uint64_t from, uint64_t to);

/**
 * diff_report_place() - get the place of a token
 * @log: its log
 * @i: its number
 */
const DiffPlace *diff_report_place(const DiffLog *log, uint64_t i);

/**
 * diff_report_put_phase() - append the name of a phase, cut if it is long
 * @text: appended to
 * @name: the name
 */
void diff_report_put_phase(GString *text, const char *name);

/**
 * diff_report_phase() - append the name of the phase that a hunk is in
 * @report: the report
 * @hunk: the hunk
 * @text: where to append it: "start", or "init | probe" if they differ
 *
 * Return: false, and nothing is appended, if both logs have one phase only
 */
bool diff_report_phase(const DiffReport *report, const DiffHunk *hunk,
                       GString *text);

/**
 * diff_report_put_counts() - append what was found
 * @report: the report
 * @text: where to append it: "3 differences: 1 sequence only in A, ..."
 */
void diff_report_put_counts(const DiffReport *report, GString *text);

#endif /* VFIO_TRACE_DIFF_REPORT_H */
