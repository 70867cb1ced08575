/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace memory: memory as a log has it (see log.h)
 */
#include "tools/memory/log.h"

#include "tools/analysis/memory-image.h"

#include <errno.h>
#include <inttypes.h>

static bool select_part(const Verb *verb, AnalysisTrace *a, const char *to)
{
    MmtSelection *selection = mmt_selection_new();
    char *why = NULL;
    bool ok = mmt_selection_add(selection, "to", to, &why);

    if (ok) {
        mmt_trace_select(analysis_trace(a), selection);
    } else {
        tool_error(verb, "%s", why);
    }
    mmt_free(why);
    mmt_selection_free(selection);
    return ok;
}

/* What the last look says of itself, of which the bytes may not be */
static void say_last(const Verb *verb, const AnalysisMemoryImage *image)
{
    if (image->line != image->last) {
        tool_error(verb,
                   "the bytes are those of line %" PRIu64
                   ": the look in line %" PRIu64 " has none, with state=%s",
                   image->line, image->last, image->state);
    } else {
        tool_error(verb,
                   "line %" PRIu64 " has state=%s: not all of it could be read",
                   image->last, image->state);
    }
}

/* Return: TOOL_FAULT if something is said */
static ToolStatus say_state(const Verb *verb, const AnalysisMemoryImage *image)
{
    if (image->unknown) {
        tool_error(verb,
                   "%" PRIu64 " lines of 64 bytes are not in the log: they are 0 here",
                   image->unknown);
    }
    if (image->left) {
        tool_error(verb,
                   "%" PRIu64
                   " lines had changed, and were not in the log yet: they are as before here",
                   image->left);
    }
    if (!image->sound && !image->unknown) {
        tool_error(verb,
                   "the bytes have not the sum of line %" PRIu64
                   ": the log is damaged; 'vfio-trace check' says more",
                   image->line);
    }
    if (image->less) {
        say_last(verb, image);
    }
    return image->unknown || image->left || !image->sound || image->less
               ? TOOL_FAULT : TOOL_OK;
}

static ToolStatus write_image(const Verb *verb, const AnalysisMemoryImage *image,
                              MemoryDump *dump, bool *any)
{
    *any = image->bytes->len;
    if (!memory_dump_put(dump, image->at, image->bytes->data,
                         image->bytes->len)) {
        tool_error(verb, "can not write: %s", g_strerror(errno));
        *any = false;
        return TOOL_TROUBLE;
    }
    return say_state(verb, image);
}

ToolStatus memory_log_write(const Verb *verb, const MemoryLog *log,
                            MemoryDump *dump, bool *any)
{
    g_autoptr(AnalysisTrace) a = analysis_open(verb, log->path);
    g_autoptr(GError) error = NULL;
    AnalysisMemoryImage image = { 0 };
    ToolStatus status = TOOL_TROUBLE;
    ToolStatus end;

    *any = false;
    if (!a || (log->to && !select_part(verb, a, log->to))) {
        return TOOL_TROUBLE;
    }
    if (analysis_memory_image(a, log->device, log->name, &image, &error)) {
        status = write_image(verb, &image, dump, any);
        analysis_memory_image_clear(&image);
        end = analysis_end(a);
        return MAX(status, end);
    }
    end = analysis_end(a);
    if (end != TOOL_TROUBLE) {
        tool_error(verb, "%s: %s", log->path, error->message);
    }
    return MAX(end, TOOL_FAULT);
}
