/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upload: bytes that a driver writes to a device access by access
 *
 * Theory of operation
 *
 * Every access may belong to a window (upload-window.c) or to a port, with an
 * index register or without (upload-port.c).  Both are followed until one of
 * them is sure.  A register that is read may have been written with an index
 * (upload-turns.c).  Runs that do not grow soon end, and short ones are
 * dropped, so that only few are open at any time.
 */
#include "tools/analysis/upload.h"

#include "tools/analysis/upload-port.h"
#include "tools/analysis/upload-turns.h"
#include "tools/analysis/upload-window.h"

/**
 * struct UploadFinder: state
 * @options: what is looked for
 * @ports: ports and pairs
 * @windows: windows
 * @turns: registers that are written and read in turns, or NULL
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
    UploadTurnsSet *turns;
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

/* What is read with an index each time is no port. */
static void finder_give_port(void *opaque, const Upload *upload)
{
    UploadFinder *finder = opaque;

    if (!finder->turns || !upload_turns_has(finder->turns, upload->region,
                                            upload->offset)) {
        finder->sink(finder->opaque, upload);
    }
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
    finder->ports = upload_ports_new(o, finder_give_port, finder);
    finder->windows = upload_windows_new(o, finder_give, finder);
    if (o->reads && !o->exact) {
        finder->turns = upload_turns_new(o, finder_give, finder);
    }
    return finder;
}

/* Accesses of 3 or 5 bytes do not exist; the width may be unknown. */
static bool has_width(const MmtEntry *entry)
{
    return entry->width && entry->width <= 8 &&
           !(entry->width & (entry->width - 1));
}

static bool may_belong(const UploadFinder *finder, const MmtEntry *entry)
{
    MmtEntryKind wanted = finder->options.reads ? MMT_ENTRY_READ
                                                : MMT_ENTRY_WRITE;

    return entry->kind == wanted && has_width(entry);
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

/* The sets of open runs.  Return: their number */
static unsigned get_sets(const UploadFinder *finder, UploadSet *sets[3])
{
    unsigned n = 0;

    sets[n++] = upload_windows_set(finder->windows);
    sets[n++] = upload_ports_set(finder->ports);
    if (finder->turns) {
        sets[n++] = upload_turns_set(finder->turns);
    }
    return n;
}

/* The run that has waited for longest ends, in the set that has most. */
static void limit_memory(UploadFinder *finder)
{
    UploadSet *sets[3];
    unsigned i, n = get_sets(finder, sets), most = 0;
    uint64_t bytes;

    do {
        for (i = 0, bytes = 0; i < n; i++) {
            bytes += sets[i]->bytes;
            most = sets[i]->bytes > sets[most]->bytes ? i : most;
        }
    } while (bytes > UPLOAD_TOTAL_BYTES && upload_set_limit(sets[most]));
}

static void expire(UploadFinder *finder, const UploadAccess *access)
{
    UploadSet *sets[3];
    unsigned i, n = get_sets(finder, sets);

    for (i = 0; i < n; i++) {
        upload_set_expire(sets[i], access);
    }
}

/* Return: has the access been one of a register with an index and data? */
static bool take_turn(UploadFinder *finder, const UploadAccess *access)
{
    if (!finder->turns || !has_width(&access->entry) ||
        !upload_turns_take(finder->turns, access)) {
        return false;
    }
    upload_ports_forget(finder->ports, access);
    return true;
}

void upload_access(UploadFinder *finder, const MmtEntry *entry)
{
    UploadAccess access = { .entry = *entry, .n = finder->n++,
                            .reads = finder->reads,
                            .writes = finder->writes };

    expire(finder, &access);
    if (!take_turn(finder, &access) && may_belong(finder, entry)) {
        take(finder, &access);
    }
    limit_memory(finder);
    if (entry->kind == MMT_ENTRY_READ) {
        finder->reads++;
    } else if (entry->kind == MMT_ENTRY_WRITE) {
        upload_ports_wrote(finder->ports, &access);
        upload_windows_wrote(finder->windows, &access);
        finder->writes++;
    }
}

void upload_flush(UploadFinder *finder)
{
    UploadSet *sets[3];
    unsigned i, n = get_sets(finder, sets);

    for (i = 0; i < n; i++) {
        upload_set_flush(sets[i]);
    }
}

void upload_free(UploadFinder *finder)
{
    if (finder) {
        upload_ports_free(finder->ports);
        upload_windows_free(finder->windows);
        upload_turns_free(finder->turns);
        g_free(finder);
    }
}
