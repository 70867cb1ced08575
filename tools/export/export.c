/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert: conversion of a trace to a format (see export.h)
 */
#include "tools/export/export.h"

#include <string.h>

#include "tools/analysis/trace.h"
#include "tools/export/output.h"

/**
 * struct Export: state of a conversion
 * @format: the format
 * @a: the trace
 * @out: the output
 * @name: its name in messages
 * @to_file: it is not standard output: complete or not at all
 * @state: the format's
 * @done: the output is complete
 * @error: what ended the conversion
 */
typedef struct Export {
    const ExportFormat *format;
    AnalysisTrace *a;
    ExportOutput *out;
    const char *name;
    bool to_file;
    void *state;
    bool done;
    GError *error;
} Export;

static ExportKind kind_of(const ExportFormat *format)
{
    return format->needs_directory ? EXPORT_DIRECTORY
           : format->needs_file ? EXPORT_FILE : EXPORT_STREAM;
}

/* An error of the format, which knows no name of the output */
static bool take_error(Export *export, GError *failed)
{
    g_propagate_prefixed_error(&export->error, failed, "%s: ", export->name);
    return false;
}

static bool write_entries(Export *export)
{
    const MmtEntry *entries;
    GError *failed = NULL;
    size_t n;

    while ((n = analysis_next(export->a, &entries)) > 0) {
        if (!export->format->entries(export->state, entries, n, &failed)) {
            return take_error(export, failed);
        }
        if (!export_output_check(export->out, &export->error)) {
            return false;
        }
    }
    return true;
}

/* Return: was the trace read, as far as the user wants an output of it? */
static bool was_read(const Export *export)
{
    return !mmt_trace_error(analysis_trace(export->a)) &&
           !(export->to_file && analysis_interrupted());
}

static void write_trace(Export *export, const ExportJob *job)
{
    GError *failed = NULL;

    export->state = export->format->begin(job, &failed);
    if (!export->state) {
        take_error(export, failed);
        return;
    }
    if (write_entries(export) && was_read(export) &&
        !export->format->end(export->state, &failed)) {
        take_error(export, failed);
    }
    export->format->free(export->state);
    if (!export->error && was_read(export)) {
        export->done = export_output_commit(export->out, &export->error);
    }
}

static ToolStatus finish(const Verb *verb, const Export *export,
                         const ExportJob *job)
{
    ToolStatus status;

    if (!export->done && export->to_file && analysis_interrupted()) {
        tool_error(verb, "interrupted: nothing was written");
        return TOOL_TROUBLE;
    }
    if (export->error) {
        /* tool_finish() says it of standard output */
        if (export->to_file || !ferror(stdout)) {
            tool_error(verb, "%s", export->error->message);
        }
        return TOOL_TROUBLE;
    }
    status = analysis_end(export->a);
    if (job->notes->len && status != TOOL_TROUBLE) {
        tool_error(verb, "%s: %s",
                   strcmp(job->log, "-") ? job->log : "standard input",
                   job->notes->str);
    }
    return status;
}

ToolStatus export_trace(const Verb *verb, const ExportFormat *format,
                        const char *log, const char *path, bool force)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(AnalysisTrace) a = analysis_open(verb, log);
    g_autoptr(GString) notes = g_string_new(NULL);
    g_autoptr(ExportOutput) out = NULL;
    Export export = {
        .format = format,
        .a = a,
        .name = path ?: "standard output",
        .to_file = path,
    };
    ExportJob job = { .log = log, .notes = notes };
    ToolStatus status;

    if (!a) {
        return TOOL_TROUBLE;
    }
    out = export_output_open(path, kind_of(format), force, &error);
    if (!out) {
        tool_error(verb, "%s", error->message);
        return TOOL_TROUBLE;
    }
    export.out = out;
    job.path = export_output_path(out);
    job.out = export_output_stream(out);
    job.trace = analysis_trace(a);
    job.db = analysis_db(a);
    write_trace(&export, &job);
    status = finish(verb, &export, &job);
    g_clear_error(&export.error);
    return status;
}
