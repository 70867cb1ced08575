/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: files with the contents of buffers (see buffers.h)
 */
#include "tools/play/buffers.h"
#include "tools/play/backend.h"

#include "tools/common/outfile.h"

#include <sys/stat.h>

static char *path_of(const PlayPlan *plan, uint32_t i)
{
    const SeqBuffer *buffer = &g_array_index(plan->seq->buffers, SeqBuffer, i);
    g_autofree char *name = g_strconcat(buffer->name, ".bin", NULL);

    return g_build_filename(plan->buffers, name, NULL);
}

bool play_buffers_check(const PlayPlan *plan, GError **error)
{
    uint32_t i;

    if (!plan->buffers) {
        return true;
    }
    if (!g_file_test(plan->buffers, G_FILE_TEST_IS_DIR)) {
        return play_error(error, "--buffers %s: there is no such directory",
                          plan->buffers);
    }
    for (i = 0; i < plan->seq->buffers->len; i++) {
        g_autofree char *path = path_of(plan, i);
        struct stat st;

        if (!plan->force && !lstat(path, &st)) {
            return play_error(error,
                              "%s exists already; use --force to replace it",
                              path);
        }
    }
    return true;
}

static bool save(const PlayPlan *plan, uint32_t i, const void *bytes,
                 GError **error)
{
    const SeqBuffer *buffer = &g_array_index(plan->seq->buffers, SeqBuffer, i);
    g_autofree char *path = path_of(plan, i);
    g_autoptr(OutFile) out = outfile_open(path, plan->force, error);

    if (!out) {
        return false;
    }
    fwrite(bytes, 1, buffer->size, outfile_stream(out));
    return outfile_commit(out, error);
}

bool play_buffers_save(const PlayPlan *plan, PlayBytes *bytes,
                       const void *opaque, GError **error)
{
    uint32_t i;

    for (i = 0; plan->buffers && i < plan->seq->buffers->len; i++) {
        if (!save(plan, i, bytes(opaque, i), error)) {
            return false;
        }
    }
    return true;
}
