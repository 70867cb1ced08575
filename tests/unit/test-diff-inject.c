/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: one fault in a million accesses is found, and nothing else
 *
 * The second log is of the same driver, but another device: polls take another
 * number of rounds, other values are read, and BAR 0 is elsewhere.  A write of
 * a poll is no place for a fault: rounds of polls are no difference.
 */
#include <glib.h>
#include <inttypes.h>
#include <stdlib.h>

#include "driver-log.h"
#include "run-tool.h"
#include "sanitized.h"
#include "tools/diff/engine.h"

#define ACCESSES 1000000

/* Lines before the first access */
#define HEAD_LINES 3

typedef enum FaultKind {
    FAULT_WRONG,
    FAULT_DROPPED,
    FAULT_DOUBLED,
    FAULT_SWAPPED,
    FAULT_SWAPPED_FAR,
} FaultKind;

static const struct {
    const char *name;
    DiffKind found;
} faults[] = {
    [FAULT_WRONG] = { "wrong", DIFF_VALUE },
    [FAULT_DROPPED] = { "dropped", DIFF_ONLY_A },
    [FAULT_DOUBLED] = { "doubled", DIFF_ONLY_B },
    [FAULT_SWAPPED] = { "swapped", DIFF_ORDER },
    [FAULT_SWAPPED_FAR] = { "swapped-far", DIFF_ORDER },
};

/**
 * struct Logs: two logs without a fault
 * @a: accesses of the first one
 * @b: of the second one
 * @path_a: the first log's file
 * @plain_a: indexes of the accesses of @a that are of no poll
 * @plain_b: likewise of @b: the i-th is the i-th of @plain_a
 */
typedef struct Logs {
    GArray *a;
    GArray *b;
    char *path_a;
    GArray *plain_a;
    GArray *plain_b;
} Logs;

static Logs logs;

static GArray *plain(const GArray *accesses)
{
    GArray *indexes = g_array_new(FALSE, FALSE, sizeof(guint));
    guint i;

    for (i = 0; i < accesses->len; i++) {
        if (!g_array_index(accesses, DriverAccess, i).is_poll) {
            g_array_append_val(indexes, i);
        }
    }
    return indexes;
}

/* Both logs end with the same access: what one has more of is cut off. */
static void make_logs(void)
{
    guint32 driver = g_test_rand_int();
    g_autofree char *text = NULL;
    guint n;

    logs.a = driver_accesses(driver, 1, ACCESSES);
    logs.b = driver_accesses(driver, 2, ACCESSES);
    logs.plain_a = plain(logs.a);
    logs.plain_b = plain(logs.b);
    n = MIN(logs.plain_a->len, logs.plain_b->len);
    g_array_set_size(logs.a, g_array_index(logs.plain_a, guint, n - 1) + 1);
    g_array_set_size(logs.b, g_array_index(logs.plain_b, guint, n - 1) + 1);
    g_array_set_size(logs.plain_a, n);
    g_array_set_size(logs.plain_b, n);
    text = driver_log(logs.a, 0xd0000000);
    logs.path_a = temp_file("a.mmt", text, -1);
}

static DriverAccess *access_b(guint plain_index)
{
    return &g_array_index(logs.b, DriverAccess,
                          g_array_index(logs.plain_b, guint, plain_index));
}

static bool are_same(const DriverAccess *x, const DriverAccess *y)
{
    return x->offset == y->offset && x->is_write == y->is_write &&
           (!x->is_write || x->value == y->value);
}

/**
 * struct Fault: a fault
 * @kind: what it is
 * @at: which of the accesses that are of no poll
 * @distance: to the one with which it is swapped
 */
typedef struct Fault {
    FaultKind kind;
    guint at;
    guint distance;
} Fault;

static bool is_possible(const Fault *f)
{
    const DriverAccess *x = access_b(f->at);
    const DriverAccess *y = access_b(f->at + f->distance);

    return x->is_write && y->is_write &&
           (!f->distance || !are_same(x, y)) &&
           /* no poll between them */
           y - x == f->distance;
}

static Fault choose_fault(FaultKind kind)
{
    Fault f = { .kind = kind };

    do {
        f.distance = kind == FAULT_SWAPPED ? 1 :
                     kind == FAULT_SWAPPED_FAR ? g_test_rand_int_range(2, 30) :
                     0;
        f.at = g_test_rand_int_range(0, logs.plain_b->len - f.distance);
    } while (!is_possible(&f));
    return f;
}

static void swap(DriverAccess *x, DriverAccess *y)
{
    DriverAccess z = *x;

    *x = *y;
    *y = z;
}

static void inject(const Fault *f, GArray *accesses)
{
    guint index = g_array_index(logs.plain_b, guint, f->at);
    DriverAccess *at = &g_array_index(accesses, DriverAccess, index);
    DriverAccess copy = *at;

    switch (f->kind) {
    case FAULT_WRONG:
        at->value ^= 1u << g_test_rand_int_range(0, 32);
        break;
    case FAULT_DROPPED:
        g_array_remove_index(accesses, index);
        break;
    case FAULT_DOUBLED:
        g_array_insert_val(accesses, index, copy);
        break;
    default:
        swap(at, at + f->distance);
    }
}

/**
 * struct Found: what was found
 * @a: the first log
 * @b: the second one
 * @n: number of differences
 * @hunk: the last one
 * @line_a: its first line in the first log
 * @end_a: line behind it, if it has any
 * @line_b: its first line in the second log
 * @end_b: line behind it
 */
typedef struct Found {
    DiffLog *a;
    DiffLog *b;
    unsigned n;
    DiffHunk hunk;
    uint64_t line_a;
    uint64_t end_a;
    uint64_t line_b;
    uint64_t end_b;
} Found;

static void take_lines(const DiffLog *log, uint64_t start, uint64_t end,
                       uint64_t *line, uint64_t *end_line)
{
    *line = start < end ? diff_log_line(log, start) : 0;
    *end_line = start < end ? diff_log_last_line(log, end - 1) + 1 : 0;
}

static void take_hunk(const DiffHunk *hunk, void *opaque)
{
    Found *found = opaque;

    if (hunk->kind == DIFF_SAME || hunk->kind == DIFF_ROUNDS) {
        return;
    }
    found->n++;
    found->hunk = *hunk;
    take_lines(found->a, hunk->a0, hunk->a1, &found->line_a, &found->end_a);
    take_lines(found->b, hunk->b0, hunk->b1, &found->line_b, &found->end_b);
    g_test_message("kind %d: lines %" PRIu64 "-%" PRIu64 ", %" PRIu64 "-%" PRIu64,
                   hunk->kind, found->line_a, found->end_a, found->line_b,
                   found->end_b);
}

static Found compare(const GArray *accesses)
{
    static const Verb verb = { .name = "diff" };
    g_autofree char *text = driver_log(accesses, 0xe0000000);
    g_autofree char *path_b = temp_file("b.mmt", text, -1);
    g_autoptr(DiffPlaces) places = diff_places_new();
    DiffOptions options = { .values = DIFF_VALUES_WRITES };
    Found found = { 0 };
    DiffSink sink = { .hunk = take_hunk, .opaque = &found };

    found.a = diff_log_open(&verb, logs.path_a, places, 0);
    found.b = diff_log_open(&verb, path_b, places, 0);
    g_assert_true(found.a && found.b);
    g_assert_cmpint(diff_compare(&verb, found.a, found.b, &options, &sink),
                    ==, TOOL_OK);
    diff_log_close(found.a);
    diff_log_close(found.b);
    return found;
}

/*
 * What was dropped or doubled, or swapped, may be one of several equal accesses
 * in a row: @line is as good as @expected if those between are equal.
 */
static void check_line(const GArray *accesses, uint64_t line, uint64_t expected)
{
    const DriverAccess *list = (const DriverAccess *)accesses->data;
    uint64_t i;

    for (i = line; i < expected; i++) {
        g_assert_true(are_same(&list[i - HEAD_LINES - 1],
                               &list[i - HEAD_LINES]));
    }
    for (i = expected; i < line; i++) {
        g_assert_true(are_same(&list[i - HEAD_LINES - 1],
                               &list[i - HEAD_LINES]));
    }
}

static void check(const Fault *f, const GArray *changed, const Found *found)
{
    uint64_t line_a = g_array_index(logs.plain_a, guint, f->at) + HEAD_LINES + 1;
    uint64_t line_b = g_array_index(logs.plain_b, guint, f->at) + HEAD_LINES + 1;

    g_assert_cmpuint(found->n, ==, 1);
    g_assert_cmpint(found->hunk.kind, ==, faults[f->kind].found);
    switch (f->kind) {
    case FAULT_WRONG:
        g_assert_cmpuint(found->line_a, ==, line_a);
        g_assert_cmpuint(found->end_a, ==, line_a + 1);
        g_assert_cmpuint(found->line_b, ==, line_b);
        g_assert_cmpuint(found->end_b, ==, line_b + 1);
        break;
    case FAULT_DROPPED:
        check_line(logs.a, found->line_a, line_a);
        g_assert_cmpuint(found->end_a, ==, found->line_a + 1);
        break;
    case FAULT_DOUBLED:
        check_line(changed, found->line_b, line_b);
        g_assert_cmpuint(found->end_b, ==, found->line_b + 1);
        break;
    default:
        g_assert_cmpuint(found->line_a, <=, line_a);
        check_line(logs.a, found->line_a, line_a);
        g_assert_cmpuint(found->end_a, >, line_a + f->distance);
        g_assert_cmpuint(found->line_b, <=, line_b);
        g_assert_cmpuint(found->end_b, >, line_b + f->distance);
        check_line(changed, found->end_b - 1, line_b + f->distance);
    }
}

static unsigned tries(void)
{
    const char *full = g_getenv("VFIO_TRACE_FULL");

    return full && *full && *full != '0' ? 100 : SANITIZED ? 1 : 3;
}

static void test_fault(gconstpointer opaque)
{
    FaultKind kind = GPOINTER_TO_UINT(opaque);
    unsigned i;

    for (i = 0; i < tries(); i++) {
        g_autoptr(GArray) accesses = g_array_copy(logs.b);
        Fault fault = choose_fault(kind);
        Found found;

        inject(&fault, accesses);
        g_test_message("access %u of the driver, distance %u: line %u",
                       fault.at, fault.distance,
                       g_array_index(logs.plain_b, guint, fault.at) +
                       HEAD_LINES + 1);
        found = compare(accesses);
        check(&fault, accesses, &found);
    }
}

static void test_none(void)
{
    g_assert_cmpuint(compare(logs.b).n, ==, 0);
}

int main(int argc, char **argv)
{
    unsigned i;
    int status;

    g_test_init(&argc, &argv, NULL);
    make_logs();
    g_test_add_func("/diff-inject/none", test_none);
    for (i = 0; i < G_N_ELEMENTS(faults); i++) {
        g_autofree char *path = g_strdup_printf("/diff-inject/%s",
                                                faults[i].name);

        g_test_add_data_func(path, GUINT_TO_POINTER(i), test_fault);
    }
    status = g_test_run();
    g_array_unref(logs.a);
    g_array_unref(logs.b);
    g_array_unref(logs.plain_a);
    g_array_unref(logs.plain_b);
    g_free(logs.path_a);
    temp_clean();
    return status;
}
