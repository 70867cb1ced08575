/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * upload: registers that are accessed one after the other
 *
 * Theory of operation
 *
 * Three accesses the same number of bytes apart begin a window.  The last few
 * accesses that belong to none are kept, so that others may lie between them.
 * An open window is found by the offset that it wants next.
 *
 * Two to eight registers that are accessed in turn are a port, but for the
 * order of accesses a window that begins again and again: a short window that
 * begins again becomes one.  Such registers are common, so that no writes of
 * others may lie between.
 */
#include "tools/analysis/upload-window.h"

/* Accesses that are kept */
#define ALONE 8

/* Bytes between two accesses of a window, at most */
#define STRIDE_MAX 256

/* A window of so many accesses is one */
#define WINDOW_SURE 16

/**
 * struct UploadWindows: state
 * @set: open runs, by the next offset
 * @alone: the last accesses that are in no window, the newest first
 * @n_alone: their number
 */
struct UploadWindows {
    UploadSet set;
    UploadAccess alone[ALONE];
    unsigned n_alone;
};

UploadWindows *upload_windows_new(const UploadOptions *options,
                                  UploadSink *sink, void *opaque)
{
    UploadWindows *windows = g_new0(UploadWindows, 1);

    upload_set_init(&windows->set, options, sink, opaque);
    return windows;
}

UploadSet *upload_windows_set(UploadWindows *windows)
{
    return &windows->set;
}

static void keep(UploadWindows *windows, const UploadAccess *access)
{
    memmove(windows->alone + 1, windows->alone,
            (ALONE - 1) * sizeof(windows->alone[0]));
    windows->alone[0] = *access;
    windows->n_alone = MIN(windows->n_alone + 1, ALONE);
}

/* Return: what is added to an offset from one access to the next, or 0 */
static int64_t stride_of(const UploadAccess *from, const UploadAccess *to)
{
    const MmtEntry *a = &from->entry, *b = &to->entry;
    int64_t stride = b->offset - a->offset;

    if (a->region != b->region || stride > STRIDE_MAX ||
        stride < -STRIDE_MAX || ABS(stride) < a->width) {
        return 0;
    }
    return stride;
}

/* Bytes follow each other without gaps: accesses may have any width. */
static bool dense(const UploadAccess *from, const UploadAccess *to)
{
    return to->entry.offset - from->entry.offset == from->entry.width;
}

/* Do three accesses begin a window? */
static bool in_row(const UploadWindows *windows, const UploadAccess *a,
                   const UploadAccess *b, const UploadAccess *c)
{
    int64_t stride = stride_of(b, c);

    if (!stride || a->entry.region != b->entry.region) {
        return false;
    }
    if (windows->set.options->exact) {
        if (c->n != b->n + 1 || b->n != a->n + 1) {
            return false;
        }
    } else if (dense(a, b) && dense(b, c)) {
        return true;
    }
    return stride_of(a, b) == stride && a->entry.width == b->entry.width &&
           b->entry.width == c->entry.width;
}

/* Return: the offset that follows an access of a window */
static uint64_t next_offset(const UploadRun *run, const UploadAccess *access)
{
    const MmtEntry *entry = &access->entry;

    if (run->up.registers > 1) {
        unsigned i = (entry->offset - run->up.offset) / run->up.width;

        return run->up.offset + (i + 1) % run->up.registers * run->up.width;
    }
    return entry->offset + (run->up.stride ? run->up.stride : entry->width);
}

/* Begin a window with accesses that were kept. */
static void begin(UploadWindows *windows, unsigned a, unsigned b,
                  const UploadAccess *c)
{
    UploadAccess first = windows->alone[a], second = windows->alone[b];
    bool any_width = !windows->set.options->exact && dense(&first, &second) &&
                     dense(&second, c);
    UploadRun *run;

    run = upload_set_begin(&windows->set, UPLOAD_WINDOW, second.entry.offset,
                           &first);
    run->up.stride = any_width ? 0 : stride_of(&second, c);
    upload_set_add(&windows->set, run, c->entry.offset, &second);
    upload_set_add(&windows->set, run, next_offset(run, c), c);
    /* The newest are first: b before a. */
    memmove(windows->alone + b, windows->alone + b + 1,
            (windows->n_alone - b - 1) * sizeof(first));
    memmove(windows->alone + a - 1, windows->alone + a,
            (windows->n_alone - a - 1) * sizeof(first));
    windows->n_alone -= 2;
}

/* Return: has a window begun? */
static bool find_row(UploadWindows *windows, const UploadAccess *access)
{
    unsigned a, b;

    for (b = 0; b < windows->n_alone; b++) {
        if (!stride_of(&windows->alone[b], access)) {
            continue;
        }
        for (a = b + 1; a < windows->n_alone; a++) {
            if (in_row(windows, &windows->alone[a], &windows->alone[b],
                       access)) {
                begin(windows, a, b, access);
                return true;
            }
        }
    }
    return false;
}

/* A short window begins again. */
static UploadRun *find_again(const UploadWindows *windows,
                             const UploadAccess *access)
{
    const MmtEntry *entry = &access->entry;
    UploadRun *run = windows->set.queue.head ? windows->set.queue.head->data
                                             : NULL;

    if (run && run->writes == access->writes &&
        run->up.region == entry->region && run->up.offset == entry->offset &&
        run->up.width == entry->width && !run->up.mixed &&
        run->up.registers == 1 && run->up.stride >= 0 &&
        (!run->up.stride || run->up.stride == run->up.width) &&
        run->up.accesses <= UPLOAD_REGISTERS_MAX) {
        return run;
    }
    return NULL;
}

/* Do no writes of others lie between? */
static bool follows(const UploadAccess *from, const UploadAccess *to)
{
    return to->writes - from->writes == (from->entry.kind == MMT_ENTRY_WRITE) &&
           to->entry.region == from->entry.region &&
           to->entry.width == from->entry.width;
}

/* The last two accesses and this one are to two registers, in turn. */
static UploadRun *begin_two(UploadWindows *windows, const UploadAccess *access)
{
    UploadAccess *alone = windows->alone;
    UploadRun *run;

    if (windows->n_alone < 2 || !follows(&alone[1], &alone[0]) ||
        !follows(&alone[0], access) || !dense(&alone[1], &alone[0]) ||
        alone[1].entry.offset != access->entry.offset) {
        return NULL;
    }
    run = upload_set_begin(&windows->set, UPLOAD_PORT, alone[0].entry.offset,
                           &alone[1]);
    upload_set_add(&windows->set, run, access->entry.offset, &alone[0]);
    memmove(alone, alone + 2, (windows->n_alone - 2) * sizeof(*alone));
    windows->n_alone -= 2;
    return run;
}

/* Return: has a port of several registers begun, or a window become one? */
static bool find_turns(UploadWindows *windows, const UploadAccess *access)
{
    UploadRun *run = find_again(windows, access);

    if (!run) {
        run = begin_two(windows, access);
    }
    if (!run) {
        return false;
    }
    run->up.registers = run->up.accesses;
    run->up.way = UPLOAD_PORT;
    run->up.stride = 0;
    upload_set_add(&windows->set, run, next_offset(run, access), access);
    return true;
}

static bool continues(const UploadWindows *windows, const UploadRun *run,
                      const UploadAccess *access)
{
    if (windows->set.options->exact && access->n != run->up.last + 1) {
        return false;
    }
    if (run->up.registers > 1) {
        return access->entry.width == run->up.width &&
               access->writes == run->writes;
    }
    return run->up.stride == 0 || access->entry.width == run->up.width;
}

bool upload_windows_take(UploadWindows *windows, const UploadAccess *access)
{
    UploadRun *run = upload_set_find(&windows->set, access->entry.region,
                                     access->entry.offset);
    bool sure;

    if (run && continues(windows, run, access)) {
        sure = run->up.accesses >= WINDOW_SURE;
        upload_set_add(&windows->set, run, next_offset(run, access), access);
        return sure;
    }
    if ((windows->set.options->exact || !find_turns(windows, access)) &&
        !find_row(windows, access)) {
        keep(windows, access);
    }
    return false;
}

void upload_windows_free(UploadWindows *windows)
{
    if (windows) {
        upload_set_clear(&windows->set);
        g_free(windows);
    }
}
