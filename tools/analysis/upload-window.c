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
 *
 * A window that begins again after writes to other registers may be the next
 * page of one that is moved (upload-pages.c).
 */
#include "tools/analysis/upload-window.h"

/* Accesses that are kept */
#define ALONE 8

/* Bytes between two accesses of a window, at most */
#define STRIDE_MAX 256

/* A window of so many accesses is one, and so is one after so many pages */
#define WINDOW_SURE 16
#define PAGES_SURE 2

/* Writes between two pages, at most */
#define WRITES_BETWEEN 8

/* Writes that are kept: some, before three accesses begin a window */
#define WRITES 32

/**
 * struct UploadWindows: state
 * @set: open runs, by the next offset
 * @alone: the last accesses that are in no window, the newest first
 * @n_alone: their number
 * @writes: the last writes, a ring
 * @n_writes: writes so far
 */
struct UploadWindows {
    UploadSet set;
    UploadAccess alone[ALONE];
    unsigned n_alone;
    UploadPageWrite writes[WRITES];
    uint64_t n_writes;
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

/* --- pages --------------------------------------------------------------- */

/* Get the last writes from number @from to before number @to. */
static void get_writes(const UploadWindows *windows, uint64_t from, uint64_t to,
                       UploadPageWrites *writes)
{
    uint64_t i;

    writes->n = 0;
    from = MAX(from, windows->n_writes - MIN(windows->n_writes, WRITES));
    for (i = to; i > from && writes->n < UPLOAD_PAGE_WRITES; i--) {
        const UploadPageWrite *write = &windows->writes[(i - 1) % WRITES];

        if (write->width) {
            memmove(writes->v + 1, writes->v, writes->n * sizeof(*writes->v));
            writes->v[0] = *write;
            writes->n++;
        }
    }
}

/* The window that was at this place until a few writes ago, or NULL */
static UploadRun *find_page(const UploadWindows *windows,
                            const UploadAccess *first)
{
    const MmtEntry *entry = &first->entry;
    GList *link;

    for (link = windows->set.queue.head; link; link = link->next) {
        UploadRun *run = link->data;

        if (first->writes > run->writes + WRITES_BETWEEN) {
            return NULL;
        }
        if (run->up.way == UPLOAD_WINDOW && run->up.region == entry->region &&
            run->start == entry->offset && run->up.width == entry->width &&
            run->up.last < first->n && run->up.registers == 1) {
            return run;
        }
    }
    return NULL;
}

/*
 * Does a page begin with an access?
 * Return: the pages before it, or NULL
 */
static UploadPages *turn_page(UploadWindows *windows, UploadRun *run,
                              const UploadAccess *first)
{
    uint64_t bytes = run->up.bytes->len;
    UploadPageWrites between;
    UploadPages *pages;

    if (windows->set.options->exact || bytes < UPLOAD_PAGE_BYTES ||
        upload_pages_bytes(run->pages) +
        2 * bytes + 8 > windows->set.options->max_bytes) {
        return NULL;
    }
    get_writes(windows, run->writes, first->writes, &between);
    pages = upload_pages_turn(run->pages, &run->before, bytes, &between);
    if (pages) {
        upload_set_page(&windows->set, run, pages);
    }
    return pages;
}

/* Return: the pages before a window that begins, or NULL */
static UploadPages *find_pages(UploadWindows *windows, int64_t stride,
                               const UploadAccess *first)
{
    UploadRun *run = find_page(windows, first);

    return run && run->up.stride == stride ? turn_page(windows, run, first)
                                           : NULL;
}

/* --- windows ------------------------------------------------------------- */

static UploadRun *begin_run(UploadWindows *windows, uint64_t key,
                            const UploadAccess *first, int64_t stride,
                            UploadPages *pages)
{
    UploadRun *run = upload_set_begin(&windows->set, UPLOAD_WINDOW, key, first);

    run->up.stride = stride;
    run->start = first->entry.offset;
    get_writes(windows, 0, first->writes, &run->before);
    if (pages) {
        upload_set_join(&windows->set, run, pages);
    }
    return run;
}

/*
 * After two pages, the next one begins with its first access.
 * Return: is it that one?
 */
static bool find_next_page(UploadWindows *windows, const UploadAccess *access)
{
    UploadRun *run = windows->set.paged ? find_page(windows, access) : NULL;
    int64_t stride = run ? run->up.stride : 0;
    UploadPages *pages = run && run->pages ? turn_page(windows, run, access)
                                           : NULL;

    if (pages) {
        begin_run(windows, access->entry.offset +
                  (stride ? stride : access->entry.width), access, stride,
                  pages);
    }
    return pages;
}

/* Begin a window with accesses that were kept. */
static void begin(UploadWindows *windows, unsigned a, unsigned b,
                  const UploadAccess *c)
{
    UploadAccess first = windows->alone[a], second = windows->alone[b];
    bool any_width = !windows->set.options->exact && dense(&first, &second) &&
                     dense(&second, c);
    int64_t stride = any_width ? 0 : stride_of(&second, c);
    UploadPages *pages = find_pages(windows, stride, &first);
    UploadRun *run;

    run = begin_run(windows, second.entry.offset, &first, stride, pages);
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
        sure = run->up.accesses >= WINDOW_SURE ||
               upload_pages_count(run->pages) >= PAGES_SURE;
        upload_set_add(&windows->set, run, next_offset(run, access), access);
        return sure;
    }
    if (find_next_page(windows, access)) {
        return true;
    }
    if ((windows->set.options->exact || !find_turns(windows, access)) &&
        !find_row(windows, access)) {
        keep(windows, access);
    }
    return false;
}

void upload_windows_wrote(UploadWindows *windows, const UploadAccess *access)
{
    UploadPageWrite *to = &windows->writes[windows->n_writes++ % WRITES];

    to->region = access->entry.region;
    to->offset = access->entry.offset;
    to->width = MIN(access->entry.width, 8);
    to->value = access->entry.value;
}

void upload_windows_free(UploadWindows *windows)
{
    if (windows) {
        upload_set_clear(&windows->set);
        g_free(windows);
    }
}
