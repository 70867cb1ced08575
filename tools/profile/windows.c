/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: neighbours that are accessed in a row
 *
 * A table is loaded, a firmware uploaded, a memory cleared: accesses of one
 * direction and width whose offsets go up, or down, by a constant.  Accesses of
 * the other direction may lie between them, as reads that flush do.
 *
 * The first registers of a run are kept one by one: a block of registers that
 * is only saved and restored in a row must not disappear in a window.  From
 * PROFILE_RUN_ABSORB on, a run's new registers are counted in its window.
 */
#include "tools/profile/windows.h"

/* A window's registers are at most so far apart. */
#define STRIDE_MAX 64

/* Registers that a window has at least */
#define MEMBERS_MIN PROFILE_RUN_WRITES

static ProfileWindow *window_at(Profile *profile, int i)
{
    return &g_array_index(profile->windows, ProfileWindow, i);
}

static bool run_goes_on(const ProfileRun *run, const MmtEntry *entry)
{
    int64_t delta = entry->offset - run->offset;

    return run->n && run->region == entry->region &&
           run->width == entry->width && delta &&
           (run->n == 1 ? delta >= -STRIDE_MAX && delta <= STRIDE_MAX :
                          delta == run->delta);
}

static bool window_takes(const ProfileWindow *window, const ProfileRun *run)
{
    return window->region == run->region && window->width == run->width &&
           window->stride == (uint64_t)ABS(run->delta) &&
           run->offset >= window->start - MIN(window->start, window->stride) &&
           run->offset <= window->end;
}

/* Find the window of a run that has become long, or make one. */
static int find_window(Profile *profile, const ProfileRun *run,
                       const MmtEntry *entry)
{
    ProfileWindow window = {
        .region = run->region,
        .width = run->width,
        .stride = ABS(run->delta),
        .start = run->offset,
        .end = run->offset + run->width,
        .first_line = entry->line,
        .first_phase = entry->phase,
    };
    guint i;

    for (i = 0; i < profile->windows->len; i++) {
        if (window_takes(window_at(profile, i), run)) {
            return i;
        }
    }
    if (profile->windows->len == PROFILE_WINDOWS_MAX) {
        return -1;
    }
    g_array_append_val(profile->windows, window);
    return profile->windows->len - 1;
}

ProfileWindow *profile_run_add(Profile *profile, ProfileRun *run,
                               const MmtEntry *entry)
{
    ProfileWindow *window;

    if (!run_goes_on(run, entry)) {
        run->n = 0;
        run->window = -1;
        run->region = entry->region;
        run->width = entry->width;
    } else if (run->n == 1) {
        run->delta = entry->offset - run->offset;
    }
    run->n++;
    run->offset = entry->offset;
    if (run->n == PROFILE_RUN_ABSORB) {
        run->window = find_window(profile, run, entry);
    }
    if (run->window < 0) {
        return NULL;
    }
    window = window_at(profile, run->window);
    window->start = MIN(window->start, run->offset);
    if (run->offset <= UINT64_MAX - run->width) {
        window->end = MAX(window->end, run->offset + run->width);
    }
    return window;
}

void profile_run_mark(ProfileRun *run, bool write, ProfileRegister *reg)
{
    uint64_t min = write ? PROFILE_RUN_WRITES : PROFILE_RUN_READS;
    uint64_t i;

    if (run->n < min) {
        run->recent[run->n - 1] = reg;
        return;
    }
    if (reg) {
        reg->run++;
    }
    for (i = 0; run->n == min && i < min - 1; i++) {
        if (run->recent[i]) {
            run->recent[i]->run++;
        }
    }
}

/* Most of its accesses are part of runs. */
static bool is_member(const ProfileRegister *reg)
{
    return reg->run && reg->run * 4 >= (reg->reads + reg->writes) * 3 &&
           !reg->unknown;
}

static uint32_t width_of(const ProfileRegister *reg)
{
    return g_bit_nth_msf(reg->widths, -1);
}

/* Number of registers, from the one at @from on, that are one table */
static guint count_members(const Profile *profile, guint from, uint64_t *stride)
{
    const ProfileRegister *first = profile->registers->pdata[from];
    const ProfileRegister *last = first;
    guint n;

    for (n = 1; from + n < profile->registers->len; n++) {
        const ProfileRegister *reg = profile->registers->pdata[from + n];
        uint64_t step = reg->offset - last->offset;

        if (!is_member(reg) || reg->region != first->region ||
            width_of(reg) != width_of(first) || step > STRIDE_MAX ||
            (n > 1 && step != *stride)) {
            break;
        }
        *stride = step;
        last = reg;
    }
    return n;
}

static void make_window(Profile *profile, guint from, guint n, uint64_t stride)
{
    const ProfileRegister *first = profile->registers->pdata[from];
    ProfileWindow window = {
        .region = first->region,
        .width = width_of(first),
        .stride = stride,
        .start = first->offset,
        .first_line = UINT64_MAX,
        .first_phase = UINT32_MAX,
    };
    guint i;

    for (i = from; i < from + n; i++) {
        ProfileRegister *reg = profile->registers->pdata[i];

        reg->in_window = true;
        window.end = reg->offset + window.width;
        window.reads += reg->reads;
        window.writes += reg->writes;
        window.first_line = MIN(window.first_line, reg->first_line);
        window.first_phase = MIN(window.first_phase, reg->first_phase);
    }
    g_array_append_val(profile->windows, window);
}

static gint compare_windows(gconstpointer a, gconstpointer b)
{
    const ProfileWindow *x = a;
    const ProfileWindow *y = b;

    if (x->region != y->region) {
        return x->region < y->region ? -1 : 1;
    }
    return x->start < y->start ? -1 : x->start > y->start;
}

static bool windows_touch(const ProfileWindow *a, const ProfileWindow *b)
{
    return a->region == b->region && a->width == b->width &&
           a->stride == b->stride && b->start <= a->end + a->stride - a->width;
}

static void join(ProfileWindow *a, const ProfileWindow *b)
{
    a->end = MAX(a->end, b->end);
    a->reads += b->reads;
    a->writes += b->writes;
    a->first_line = MIN(a->first_line, b->first_line);
    a->first_phase = MIN(a->first_phase, b->first_phase);
}

static void join_windows(Profile *profile)
{
    guint kept = 0;
    guint i;

    g_array_sort(profile->windows, compare_windows);
    for (i = 1; i < profile->windows->len; i++) {
        ProfileWindow *last = window_at(profile, kept);

        if (windows_touch(last, window_at(profile, i))) {
            join(last, window_at(profile, i));
        } else {
            *window_at(profile, ++kept) = *window_at(profile, i);
        }
    }
    g_array_set_size(profile->windows, MIN(profile->windows->len, kept + 1));
}

void profile_find_windows(Profile *profile)
{
    uint64_t stride = 0;
    guint i;
    guint n;

    for (i = 0; i < profile->registers->len; i += n) {
        n = 1;
        if (is_member(profile->registers->pdata[i])) {
            n = count_members(profile, i, &stride);
        }
        if (n >= MEMBERS_MIN) {
            make_window(profile, i, n, stride);
        }
    }
    join_windows(profile);
}
