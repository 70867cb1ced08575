/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to ctf: what the metadata says (see ctf-head.h)
 */
#include "tools/export/ctf-head.h"

#include <string.h>

#include "libmmiotrace/mark-words.h"
#include "libmmiotrace/printable.h"

#define NS_PER_S UINT64_C(1000000000)

/* Readers add a log's times to it: up to the year 2116 */
#define OFFSET_MAX ((int64_t)(INT64_MAX / 2))

/* "17.080000001" as nanoseconds; false if it is none, or too large */
static bool take_seconds(MmtSpan text, int64_t *ns)
{
    const char *point = text.p ? memchr(text.p, '.', text.len) : NULL;
    size_t digits = point ? text.p + text.len - (point + 1) : 0;
    uint64_t seconds;
    uint64_t rest;

    if (!digits || digits > 9 ||
        !mmt_words_decimal((MmtSpan) { text.p, point - text.p }, &seconds) ||
        !mmt_words_decimal((MmtSpan) { point + 1, digits }, &rest) ||
        seconds > (uint64_t)OFFSET_MAX / NS_PER_S - 1) {
        return false;
    }
    for (; digits < 9; digits++) {
        rest *= 10;
    }
    *ns = seconds * NS_PER_S + rest;
    return true;
}

static bool take_clock(MmtSpan text, int64_t *offset)
{
    int64_t monotonic;
    int64_t realtime;

    if (mmt_mark_find(mmt_mark_name(text).p ?: "", mmt_mark_name(text).len) !=
        MMT_MARK_CLOCK ||
        !take_seconds(mmt_mark_value(text, "monotonic"), &monotonic) ||
        !take_seconds(mmt_mark_value(text, "realtime"), &realtime) ||
        realtime < monotonic) {
        return false;
    }
    *offset = realtime - monotonic;
    return true;
}

int64_t ctf_head_offset(const ExportJob *job, const MmtEntry *entry)
{
    int64_t offset;
    MmtSpan text;

    if (!(entry->flags & MMT_ENTRY_TRACER)) {
        return -1;
    }
    text.p = mmt_trace_text(job->trace, entry, &text.len);
    return take_clock(text, &offset) ? offset : -1;
}

static void put(GPtrArray *env, char *name, const char *value)
{
    char *copy = g_strdup(value);

    mmt_printable(value, strlen(value), copy, strlen(value));
    g_ptr_array_add(env, name);
    g_ptr_array_add(env, copy);
}

char **ctf_head_env(const ExportJob *job)
{
    GPtrArray *env = g_ptr_array_new();
    const char *format = mmt_trace_format(job->trace);

    put(env, g_strdup("tracer_name"), "vfio-trace");
    put(env, g_strdup("tracer_version"), mmt_version());
    put(env, g_strdup("log"), job->log);
    if (format) {
        put(env, g_strdup("log_format"), format);
    }
    g_ptr_array_add(env, NULL);
    return (char **)g_ptr_array_free(env, FALSE);
}

char *ctf_head_region(const MmtRegion *region)
{
    char *name;

    if (!region) {
        return g_strdup("unknown");
    }
    name = g_strconcat(region->device, *region->device ? ":" : "",
                       region->name, NULL);
    return g_strcanon(name, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS ".:_-@#",
                      '_');
}
