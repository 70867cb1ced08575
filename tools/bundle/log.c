/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace bundle: text of a log, part by part (see log.h)
 *
 * As libmmiotrace's reader.c does, but byte by byte: marks about parts, lines
 * without an end and what is no line at all stay as they are.
 */
#include "tools/bundle/log.h"

#include <gio/gio.h>
#include <string.h>

#include "libmmiotrace/parts.h"
#include "libmmiotrace/source.h"

#define HEAD_BYTES (64u * 1024)

/* The last line is of interest only if it is a mark about parts. */
#define TAIL_BYTES 512

/**
 * struct BundleLog
 * @source: the current part's file
 * @name: its name
 * @mode: permissions that all files so far have
 * @first: the first part is the current one
 * @part: number of the current part; 0 as long as it is not known
 * @begin: the first bytes of the current part
 * @head: the first bytes of the first one
 * @tail: the last bytes of the current one
 */
struct BundleLog {
    MmtSource *source;
    char *name;
    mode_t mode;
    bool first;
    unsigned part;
    GString *begin;
    GString *head;
    GString *tail;
};

BundleLog *bundle_log_open(const char *path, GError **error)
{
    BundleLog *log;
    MmtSource *source;

    if (!strcmp(path, "-") ||
        (g_file_test(path, G_FILE_TEST_EXISTS) &&
         !g_file_test(path, G_FILE_TEST_IS_REGULAR))) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
                    "%s is not a regular file: a bundle is made of a log that can be read twice",
                    path);
        return NULL;
    }
    source = mmt_source_open(path, error);
    if (!source) {
        return NULL;
    }
    log = g_new0(BundleLog, 1);
    log->source = source;
    log->mode = mmt_source_mode(source);
    log->name = g_strdup(path);
    log->first = true;
    log->begin = g_string_new(NULL);
    log->head = g_string_new(NULL);
    log->tail = g_string_new(NULL);
    return log;
}

void bundle_log_close(BundleLog *log)
{
    if (!log) {
        return;
    }
    mmt_source_free(log->source);
    g_free(log->name);
    g_string_free(log->begin, TRUE);
    g_string_free(log->head, TRUE);
    g_string_free(log->tail, TRUE);
    g_free(log);
}

static void keep_first(GString *kept, size_t max, const char *p, size_t len)
{
    g_string_append_len(kept, p, MIN(len, max - MIN(max, kept->len)));
}

static void keep_last(GString *kept, size_t max, const char *p, size_t len)
{
    if (len > max) {
        p += len - max;
        len = max;
    }
    if (kept->len + len > max) {
        g_string_erase(kept, 0, kept->len + len - max);
    }
    g_string_append_len(kept, p, len);
}

ssize_t bundle_log_read(BundleLog *log, char *buf, size_t len, GError **error)
{
    ssize_t n = mmt_source_read(log->source, buf, len, error);

    if (n > 0) {
        keep_first(log->begin, TAIL_BYTES, buf, n);
        keep_last(log->tail, TAIL_BYTES, buf, n);
    }
    if (n > 0 && log->first) {
        keep_first(log->head, HEAD_BYTES, buf, n);
    }
    return n;
}

/*
 * Return: the number of the part that says, with its last line, that the log
 * continues; or 0
 */
static unsigned continues(const BundleLog *log)
{
    const char *text = log->tail->str;
    size_t len = log->tail->len;
    unsigned part = 0;
    const char *nl;

    if (!len || text[len - 1] != '\n') {
        return 0;
    }
    nl = memrchr(text, '\n', len - 1);
    text = nl ? nl + 1 : text;
    len = log->tail->str + len - 1 - text;
    return mmt_part_mark(text, len, &part) == MMT_PART_CONTINUES ? part : 0;
}

static bool open_next(BundleLog *log, unsigned part, GError **error)
{
    g_autofree char *next = mmt_part_next(log->name, part);
    MmtSource *source;

    if (!next) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                    "%s: the log continues in its part %u, but this is not a name of part %u: give the parts their original names",
                    log->name, part + 1, part);
        return false;
    }
    source = mmt_source_open_more(next, log->source, false, error);
    if (!source) {
        g_prefix_error(error, "%s continues in another file: ", log->name);
        return false;
    }
    mmt_source_free(log->source);
    log->source = source;
    log->mode &= mmt_source_mode(source);
    g_free(log->name);
    log->name = g_steal_pointer(&next);
    return true;
}

static bool next_in_bundle(BundleLog *log, GError **error)
{
    switch (mmt_source_next_part(log->source, error)) {
    case MMT_BUNDLE_MEMBER:
        return true;
    case MMT_BUNDLE_WAIT:
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT,
                    "%s is cut off", log->name);
        return false;
    default:
        return false;
    }
}

int bundle_log_next(BundleLog *log, GError **error)
{
    unsigned part = continues(log);

    if (!part) {
        return 0;
    }
    if (mmt_source_is_bundle(log->source) ? !next_in_bundle(log, error)
                                          : !open_next(log, part, error)) {
        return -1;
    }
    log->first = false;
    log->part = part + 1;
    g_string_truncate(log->begin, 0);
    g_string_truncate(log->tail, 0);
    return 1;
}

/* The second line of a later part says which one it is. */
static unsigned part_of_first(const BundleLog *log)
{
    const char *second = strchr(log->begin->str, '\n');
    const char *end = second ? strchr(second + 1, '\n') : NULL;
    unsigned part = 0;

    return end && mmt_part_mark(second + 1, end - (second + 1), &part) ==
           MMT_PART_BEGINS ? part : 1;
}

char *bundle_log_member(const BundleLog *log)
{
    unsigned part = log->part ? log->part : part_of_first(log);

    return mmt_part_name(MMT_BUNDLE_LOG, part - 1);
}

const char *bundle_log_head(const BundleLog *log, size_t *len)
{
    *len = log->head->len;
    return log->head->str;
}

const char *bundle_log_file(const BundleLog *log)
{
    return log->name;
}

mode_t bundle_log_mode(const BundleLog *log)
{
    return log->mode;
}

bool bundle_log_cut(const BundleLog *log)
{
    return mmt_source_in_frame(log->source);
}
