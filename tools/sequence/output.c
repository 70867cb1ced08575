/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: output in a file, and the files beside it (see output.h)
 */
#include "tools/sequence/output.h"

#include <gio/gio.h>
#include <string.h>
#include <unistd.h>

#include "tools/common/outfile.h"

/* Longest beginning of a name */
#define STEM_MAX 100

char *sequence_stem(const char *path)
{
    g_autofree char *name = g_path_get_basename(path);
    char *dot = strrchr(name, '.');

    if (!strcmp(path, "-")) {
        return g_strdup("sequence");
    }
    if (dot && dot != name) {
        *dot = 0;
    }
    g_strcanon(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
               "0123456789._-", '_');
    return g_strndup(name, STEM_MAX);
}

static bool write_file(const SeqFile *file, const char *path, bool force,
                       GError **error)
{
    g_autoptr(OutFile) out = outfile_open(path, force, error);
    size_t len;
    const void *bytes = g_bytes_get_data(file->bytes, &len);

    if (!out) {
        return false;
    }
    fwrite(bytes, 1, len, outfile_stream(out));
    return outfile_commit(out, error);
}

/* What was there before is not removed. */
static void remove_files(const GPtrArray *written)
{
    guint i;

    for (i = 0; i < written->len; i++) {
        unlink(written->pdata[i]);
    }
}

static bool write_files(const Sequence *seq, const char *path, bool force,
                        GPtrArray *written, GError **error)
{
    g_autofree char *dir = g_path_get_dirname(path);
    guint i;

    for (i = 0; i < seq->files->len; i++) {
        const SeqFile *file = &g_array_index(seq->files, SeqFile, i);
        char *name = g_build_filename(dir, file->name, NULL);
        bool old = g_file_test(name, G_FILE_TEST_EXISTS);

        if (!write_file(file, name, force, error)) {
            g_free(name);
            return false;
        }
        if (old) {
            g_free(name);
        } else {
            g_ptr_array_add(written, name);
        }
    }
    return true;
}

/* Of standard output, nobody knows. */
static bool check_size(FILE *stream, const char *path, uint64_t max,
                       GError **error)
{
    off_t size = ftello(stream);

    if (!max || size < 0 || (uint64_t)size <= max) {
        return true;
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                "%s would have %" G_GUINT64_FORMAT
                " bytes, and what reads it takes at most %" G_GUINT64_FORMAT
                ": select a shorter part of the trace",
                path, (uint64_t)size, max);
    return false;
}

bool sequence_output(const Sequence *seq, const char *path, bool force,
                     SequencePrint *print, uint64_t max, SeqBackend backend,
                     GError **error)
{
    bool pipe = !strcmp(path, "-");
    g_autoptr(GPtrArray) written = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(OutFile) out = NULL;

    if (pipe && seq->files->len) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "the sequence has %u files of bytes, which can't be beside standard output: use -o FILE",
                    seq->files->len);
        return false;
    }
    out = outfile_open(pipe ? NULL : path, force, error);
    if (!out) {
        return false;
    }
    print(seq, backend, outfile_stream(out));
    if (!check_size(outfile_stream(out), path, max, error)) {
        return false;
    }
    if ((!pipe && !write_files(seq, path, force, written, error)) ||
        !outfile_commit(out, error)) {
        remove_files(written);
        return false;
    }
    return true;
}
