/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upload: bytes that a driver writes to a device access by access
 *
 * Theory of operation
 *
 * Every access may belong to a window (upload-window.c) or to a port, with an
 * index register or without (upload-port.c).  Both are followed until one of
 * them is sure.  Runs that do not grow soon end, and short ones are dropped, so
 * that only few are open at any time.
 */
#include "tools/analysis/upload.h"

#include "tools/analysis/upload-port.h"
#include "tools/analysis/upload-window.h"

/**
 * struct UploadFinder: state
 * @options: what is looked for
 * @ports: ports and pairs
 * @windows: windows
 * @sink: takes the uploads
 * @opaque: for @sink
 * @n: accesses so far
 * @reads: of these, reads
 * @writes: of these, writes
 */
struct UploadFinder {
    UploadOptions options;
    UploadPorts *ports;
    UploadWindows *windows;
    UploadSink *sink;
    void *opaque;
    uint64_t n;
    uint64_t reads;
    uint64_t writes;
};

/* Windows without gaps have no stride until now: accesses of any width. */
static void finder_give(void *opaque, const Upload *upload)
{
    UploadFinder *finder = opaque;
    Upload up = *upload;

    if (up.way == UPLOAD_WINDOW && !up.stride) {
        up.stride = up.width;
    }
    finder->sink(finder->opaque, &up);
}

UploadFinder *upload_new(const UploadOptions *options, UploadSink *sink,
                         void *opaque)
{
    UploadFinder *finder = g_new0(UploadFinder, 1);
    UploadOptions *o = &finder->options;

    *o = *options;
    o->min_bytes = o->min_bytes ? o->min_bytes : UPLOAD_MIN_BYTES;
    o->max_bytes = o->max_bytes ? o->max_bytes : UPLOAD_MAX_BYTES;
    o->max_bytes = CLAMP(o->max_bytes, UPLOAD_MIN_BYTES, UPLOAD_MAX_BYTES);
    finder->sink = sink;
    finder->opaque = opaque;
    finder->ports = upload_ports_new(o, finder_give, finder);
    finder->windows = upload_windows_new(o, finder_give, finder);
    return finder;
}

/* Accesses of 3 or 5 bytes do not exist; the width may be unknown. */
static bool may_belong(const UploadFinder *finder, const MmtEntry *entry)
{
    MmtEntryKind wanted = finder->options.reads ? MMT_ENTRY_READ
                                                : MMT_ENTRY_WRITE;

    return entry->kind == wanted && entry->width && entry->width <= 8 &&
           !(entry->width & (entry->width - 1));
}

static void take(UploadFinder *finder, const UploadAccess *access)
{
    bool sure = false;

    if (!upload_ports_sure(finder->ports, access)) {
        sure = upload_windows_take(finder->windows, access);
    }
    if (sure) {
        upload_ports_drop(finder->ports, access);
    } else {
        upload_ports_take(finder->ports, access);
    }
}

/* The run that has waited for longest ends, a port's before a window's. */
static void limit_memory(UploadFinder *finder)
{
    UploadSet *ports = upload_ports_set(finder->ports);
    UploadSet *windows = upload_windows_set(finder->windows);

    while (ports->bytes + windows->bytes > UPLOAD_TOTAL_BYTES) {
        upload_set_limit(ports->bytes > windows->bytes ? ports : windows);
    }
}

void upload_access(UploadFinder *finder, const MmtEntry *entry)
{
    UploadAccess access = { .entry = *entry, .n = finder->n++,
                            .reads = finder->reads,
                            .writes = finder->writes };

    upload_set_expire(upload_ports_set(finder->ports), &access);
    upload_set_expire(upload_windows_set(finder->windows), &access);
    if (may_belong(finder, entry)) {
        take(finder, &access);
        limit_memory(finder);
    }
    if (entry->kind == MMT_ENTRY_READ) {
        finder->reads++;
    } else if (entry->kind == MMT_ENTRY_WRITE) {
        upload_ports_wrote(finder->ports, &access);
        finder->writes++;
    }
}

void upload_flush(UploadFinder *finder)
{
    upload_set_flush(upload_windows_set(finder->windows));
    upload_set_flush(upload_ports_set(finder->ports));
}

void upload_free(UploadFinder *finder)
{
    if (finder) {
        upload_ports_free(finder->ports);
        upload_windows_free(finder->windows);
        g_free(finder);
    }
}
