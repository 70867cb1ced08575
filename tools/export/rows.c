/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert: formats of rows (see rows.h)
 *
 * A row is a line: no field of these formats has a newline in it.  Parts get
 * their names when all of them are complete: some of them are no output.
 */
#include "tools/export/rows.h"

#include <stdio.h>
#include <string.h>

#include "tools/analysis/trace.h"
#include "tools/convert/convert.h"
#include "tools/export/output.h"
#include "tools/export/parts.h"

/**
 * struct Rows: state of a conversion to files
 * @job: what is to be done
 * @out: the file, or NULL between two parts
 * @parts: complete parts, which have no names yet
 * @left: rows that fit in @out
 * @error: what ended the conversion
 */
typedef struct Rows {
    const ExportRows *job;
    ExportOutput *out;
    GPtrArray *parts;
    uint64_t left;
    GError *error;
} Rows;

static void put(Rows *rows, const char *p, size_t len)
{
    fwrite(p, 1, len, export_output_stream(rows->out));
}

static bool begin_file(Rows *rows, const char *path)
{
    const ExportRows *job = rows->job;
    const char *head = job->names ? job->sink->named_head : job->sink->head;

    rows->out = export_output_open(path, EXPORT_STREAM, job->force,
                                   &rows->error);
    if (rows->out && head) {
        put(rows, head, strlen(head));
    }
    return rows->out;
}

static bool begin_part(Rows *rows)
{
    g_autofree char *name = NULL;

    if (rows->parts->len == EXPORT_PARTS_MAX) {
        g_set_error(&rows->error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                    "the output would have more than %u parts: give --rows a larger number",
                    EXPORT_PARTS_MAX);
        return false;
    }
    name = export_part_name(rows->job->path, rows->parts->len + 1);
    if (!begin_file(rows, name)) {
        return false;
    }
    rows->left = rows->job->max;
    return true;
}

static bool end_part(Rows *rows)
{
    ExportOutput *part = rows->out;

    rows->out = NULL;
    g_ptr_array_add(rows->parts, part);
    return export_output_close(part, &rows->error);
}

/* Bytes of the first rows, up to those that fit */
static size_t take_rows(Rows *rows, const char *p, size_t len)
{
    const char *end = p + len;
    const char *at = p;

    while (rows->left && at < end) {
        const char *newline = memchr(at, '\n', end - at);

        at = newline ? newline + 1 : end;
        rows->left--;
    }
    return at - p;
}

static bool put_parts(Rows *rows, const char *p, size_t len)
{
    while (len) {
        size_t n;

        if (rows->out && !rows->left && !end_part(rows)) {
            return false;
        }
        if (!rows->out && !begin_part(rows)) {
            return false;
        }
        n = take_rows(rows, p, len);
        put(rows, p, n);
        p += n;
        len -= n;
    }
    return true;
}

/* A ConvertWrite */
static bool write_rows(void *opaque, const char *p, size_t len)
{
    Rows *rows = opaque;

    if (!rows->job->max) {
        put(rows, p, len);
    } else if (!put_parts(rows, p, len)) {
        return false;
    }
    return export_output_check(rows->out, &rows->error);
}

static ToolStatus convert_all(const Verb *verb, const ExportRows *job,
                              char **logs, ConvertWrite *write, void *opaque)
{
    ToolStatus status = TOOL_OK;

    for (; *logs && status != TOOL_TROUBLE && !ferror(stdout) &&
         !analysis_interrupted(); logs++) {
        ToolStatus one = convert_trace(verb, *logs, job->sink, job->names,
                                       write, opaque);

        status = MAX(status, one);
    }
    return status;
}

static ToolStatus to_stdout(const Verb *verb, const ExportRows *job,
                            char **logs)
{
    g_autoptr(GString) room = g_string_new(NULL);
    const char *head = job->names ? job->sink->named_head : job->sink->head;

    if (head) {
        fputs(head, stdout);
    }
    return convert_all(verb, job, logs, convert_print, room);
}

static bool begin(Rows *rows)
{
    const ExportRows *job = rows->job;

    if (!job->max) {
        return begin_file(rows, job->path);
    }
    if (!job->force && export_parts_last(job->path)) {
        g_autofree char *name = export_part_name(
            job->path, export_parts_last(job->path));

        g_set_error(&rows->error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                    "%s exists already; use --force to replace all parts",
                    name);
        return false;
    }
    return begin_part(rows);
}

/* Give all parts their names.  Return: how many have got them */
static guint name_parts(Rows *rows)
{
    guint i = 0;

    while (i < rows->parts->len &&
           export_output_commit(rows->parts->pdata[i], &rows->error)) {
        i++;
    }
    return i;
}

/* Parts of an earlier, longer output would follow the last one. */
static bool finish_parts(Rows *rows)
{
    const char *path = rows->job->path;
    guint n;

    if (!end_part(rows)) {
        return false;
    }
    n = name_parts(rows);
    if (n < rows->parts->len) {
        export_parts_remove(path, 1, n, NULL);
        return false;
    }
    return export_parts_remove(path, n + 1, export_parts_last(path),
                               &rows->error);
}

static bool finish(Rows *rows)
{
    return rows->job->max ? finish_parts(rows)
                          : export_output_commit(rows->out, &rows->error);
}

/* What was written is not kept. */
static ToolStatus give_up(const Verb *verb, const Rows *rows)
{
    if (rows->error) {
        tool_error(verb, "%s", rows->error->message);
    } else if (analysis_interrupted()) {
        /* analysis_end() has said where */
        tool_error(verb, "nothing was written");
    }
    return TOOL_TROUBLE;
}

static ToolStatus convert_rows(const Verb *verb, Rows *rows, char **logs)
{
    ToolStatus status;

    if (!begin(rows)) {
        return give_up(verb, rows);
    }
    status = convert_all(verb, rows->job, logs, write_rows, rows);
    if (status == TOOL_TROUBLE || rows->error || analysis_interrupted() ||
        !finish(rows)) {
        return give_up(verb, rows);
    }
    return status;
}

static void free_part(gpointer part)
{
    export_output_free(part);
}

static ToolStatus to_files(const Verb *verb, const ExportRows *job,
                           char **logs)
{
    Rows rows = {
        .job = job,
        .parts = g_ptr_array_new_with_free_func(free_part),
    };
    ToolStatus status = convert_rows(verb, &rows, logs);

    export_output_free(rows.out);
    g_ptr_array_unref(rows.parts);
    g_clear_error(&rows.error);
    return status;
}

ToolStatus export_rows(const Verb *verb, const ExportRows *job, char **logs)
{
    return job->path ? to_files(verb, job, logs) : to_stdout(verb, job, logs);
}
