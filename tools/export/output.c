/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert: where a conversion goes (see output.h)
 *
 * Formats write to a FILE: one that is compressed is a stream of the C library
 * whose writes go to the compressor.
 */
#include "tools/export/output.h"

#include <errno.h>

#include "tools/common/outfile.h"
#include "tools/common/packed.h"
#include "tools/export/directory.h"

#define BUFFER_BYTES (256u * 1024)

/**
 * struct ExportOutput
 * @path: its name, for messages
 * @kind: what it is
 * @file: the file, unless it is a directory
 * @directory: the directory, or NULL
 * @packed: the compressor, or NULL
 * @stream: where a format writes to; with @packed, a stream of our own
 */
struct ExportOutput {
    char *path;
    ExportKind kind;
    OutFile *file;
    ExportDirectory *directory;
    PackedOut *packed;
    FILE *stream;
};

static bool fail(const ExportOutput *out, GError **error)
{
    int err = errno ?: EIO;

    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(err),
                "%s: can not write: %s", out->path, g_strerror(err));
    return false;
}

/* Of fopencookie(): 0 is an error */
static ssize_t write_packed(void *cookie, const char *p, size_t len)
{
    PackedOut *packed = cookie;

    packed_write(packed, p, len);
    if (packed_failed(packed)) {
        errno = packed_failed(packed);
        return 0;
    }
    return len;
}

static bool open_packed(ExportOutput *out, GError **error)
{
    static const cookie_io_functions_t functions = { .write = write_packed };

    out->packed = packed_new(out->path, outfile_stream(out->file));
    out->stream = fopencookie(out->packed, "w", functions);
    if (!out->stream) {
        return fail(out, error);
    }
    setvbuf(out->stream, NULL, _IOFBF, BUFFER_BYTES);
    return true;
}

static bool open_output(ExportOutput *out, const char *path, bool force,
                        GError **error)
{
    if (out->kind == EXPORT_DIRECTORY) {
        out->directory = export_directory_new(path, error);
        return out->directory;
    }
    out->file = outfile_open(path, force, error);
    if (!out->file || out->kind == EXPORT_FILE) {
        return out->file;
    }
    if (path && *packed_ending(path)) {
        return open_packed(out, error);
    }
    out->stream = outfile_stream(out->file);
    return true;
}

ExportOutput *export_output_open(const char *path, ExportKind kind, bool force,
                                 GError **error)
{
    g_autoptr(ExportOutput) out = g_new0(ExportOutput, 1);

    out->path = g_strdup(path ?: "standard output");
    out->kind = kind;
    return open_output(out, path, force, error) ? g_steal_pointer(&out) : NULL;
}

FILE *export_output_stream(const ExportOutput *out)
{
    return out->stream;
}

const char *export_output_path(const ExportOutput *out)
{
    switch (out->kind) {
    case EXPORT_FILE:
        return outfile_temp(out->file);
    case EXPORT_DIRECTORY:
        return export_directory_temp(out->directory);
    default:
        return NULL;
    }
}

bool export_output_check(const ExportOutput *out, GError **error)
{
    return !out->stream || !ferror(out->stream) || fail(out, error);
}

/* Return: 0, or -1 with errno */
static int end_packed(ExportOutput *out)
{
    bool failed = ferror(out->stream);
    int err = fclose(out->stream) == 0 ? 0 : errno;

    out->stream = NULL;
    if (!packed_end(g_steal_pointer(&out->packed))) {
        return -1;
    }
    errno = err;
    return failed || err ? -1 : 0;
}

static bool end_stream(ExportOutput *out, GError **error)
{
    return !out->packed || end_packed(out) == 0 || fail(out, error);
}

bool export_output_close(ExportOutput *out, GError **error)
{
    return end_stream(out, error) && outfile_close(out->file, error);
}

bool export_output_commit(ExportOutput *out, GError **error)
{
    return out->directory
           ? export_directory_commit(out->directory, error)
           : end_stream(out, error) && outfile_commit(out->file, error);
}

void export_output_free(ExportOutput *out)
{
    if (!out) {
        return;
    }
    if (out->packed && out->stream) {
        fclose(out->stream);
    }
    if (out->packed) {
        packed_end(out->packed);
    }
    outfile_free(out->file);
    export_directory_free(out->directory);
    g_free(out->path);
    g_free(out);
}
