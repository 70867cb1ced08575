/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: phases of two logs that belong together (see phases.h)
 */
#include "tools/diff/phases.h"
#include "tools/diff/align.h"

/* The number of each phase's name, of phases that begin in the window */
static GArray *number_names(const DiffLog *log, GHashTable *names,
                            guint *first)
{
    const GArray *phases = diff_log_phases(log);
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    guint i;

    *first = phases->len;
    for (i = 0; i < phases->len; i++) {
        const DiffPhase *phase = &g_array_index(phases, DiffPhase, i);
        uint32_t number;

        if (phase->first < diff_log_start(log)) {
            continue;
        }
        *first = MIN(*first, i);
        number = GPOINTER_TO_UINT(g_hash_table_lookup(names, phase->name));
        if (!number) {
            number = g_hash_table_size(names) + 1;
            g_hash_table_insert(names, (gpointer)phase->name,
                                GUINT_TO_POINTER(number));
        }
        g_array_append_val(numbers, number);
    }
    return numbers;
}

static uint32_t first_token(const DiffLog *log, guint phase)
{
    return g_array_index(diff_log_phases(log), DiffPhase, phase).first -
           diff_log_start(log);
}

/**
 * struct Marks: where the phases of both logs begin
 * @a: numbers of the names in the first log
 * @b: likewise in the second one
 * @names: one more than the highest number
 * @count_a: how often the first log has each name
 * @count_b: likewise the second one
 * @pairs: PhasePair, those that belong together, in order
 */
typedef struct Marks {
    const GArray *a;
    const GArray *b;
    guint names;
    uint32_t *count_a;
    uint32_t *count_b;
    GArray *pairs;
} Marks;

typedef struct PhasePair {
    uint32_t a;
    uint32_t b;
} PhasePair;

static uint32_t number_at(const GArray *numbers, guint i)
{
    return g_array_index(numbers, uint32_t, i);
}

static uint32_t *count_names(const GArray *numbers, guint names)
{
    uint32_t *count = g_new0(uint32_t, names);
    guint i;

    for (i = 0; i < numbers->len; i++) {
        count[number_at(numbers, i)]++;
    }
    return count;
}

/* The n-th of a name in one log and in the other, if both have as many. */
static GArray *pair_by_name(const Marks *m)
{
    GArray *pairs = g_array_new(FALSE, FALSE, sizeof(PhasePair));
    g_autofree uint32_t *next = g_new0(uint32_t, m->names + 1);
    g_autofree uint32_t *filled = g_new0(uint32_t, m->names);
    g_autofree uint32_t *places = g_new(uint32_t, m->b->len + 1);
    guint i;

    for (i = 0; i < m->names; i++) {
        next[i + 1] = next[i] + m->count_b[i];
    }
    for (i = 0; i < m->b->len; i++) {
        uint32_t name = number_at(m->b, i);

        places[next[name] + filled[name]++] = i;
    }
    for (i = 0; i < m->a->len; i++) {
        uint32_t name = number_at(m->a, i);

        if (m->count_a[name] == m->count_b[name]) {
            PhasePair pair = { .a = i, .b = places[next[name]++] };

            g_array_append_val(pairs, pair);
        }
    }
    return pairs;
}

/*
 * Keep those that have the same order as all others.  A mark that comes earlier
 * than another one in one log and later in the other one was written by somebody
 * who did not wait for the accesses (a kernel that loads modules, for example):
 * it must not tear accesses apart that are the same.
 */
static void keep_ordered(GArray *pairs)
{
    g_autofree uint32_t *least = g_new(uint32_t, pairs->len + 1);
    uint32_t greatest = 0;
    guint kept = 0;
    guint i;

    least[pairs->len] = UINT32_MAX;
    for (i = pairs->len; i > 0; i--) {
        least[i - 1] = MIN(least[i],
                           g_array_index(pairs, PhasePair, i - 1).b);
    }
    for (i = 0; i < pairs->len; i++) {
        PhasePair pair = g_array_index(pairs, PhasePair, i);

        if ((!i || pair.b > greatest) && pair.b < least[i + 1]) {
            g_array_index(pairs, PhasePair, kept++) = pair;
        }
        greatest = MAX(greatest, pair.b);
    }
    g_array_set_size(pairs, kept);
}

/* Phases of names that one log has more often than the other one */
static GArray *uneven(const Marks *m, const GArray *numbers, uint32_t from,
                      uint32_t to, GArray *places)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    for (; from < to; from++) {
        uint32_t name = number_at(numbers, from);

        if (m->count_a[name] != m->count_b[name]) {
            g_array_append_val(found, name);
            g_array_append_val(places, from);
        }
    }
    return found;
}

static AlignSide side_of(const GArray *numbers)
{
    const uint32_t *data = (const uint32_t *)numbers->data;

    return (AlignSide) { .strong = data, .weak = data, .n = numbers->len };
}

static void pair_between(Marks *m, PhasePair from, PhasePair to)
{
    g_autoptr(GArray) places_a = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_autoptr(GArray) places_b = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_autoptr(GArray) a = uneven(m, m->a, from.a, to.a, places_a);
    g_autoptr(GArray) b = uneven(m, m->b, from.b, to.b, places_b);
    g_autoptr(GArray) blocks = g_array_new(FALSE, FALSE, sizeof(AlignBlock));
    AlignSide side_a = side_of(a);
    AlignSide side_b = side_of(b);
    guint i;
    uint32_t j;

    align_sequences(&side_a, &side_b, blocks);
    for (i = 0; i < blocks->len; i++) {
        const AlignBlock *block = &g_array_index(blocks, AlignBlock, i);

        for (j = 0; j < block->n; j++) {
            PhasePair pair = {
                .a = number_at(places_a, block->a + j),
                .b = number_at(places_b, block->b + j),
            };

            g_array_append_val(m->pairs, pair);
        }
    }
}

static void pair_all(Marks *m)
{
    g_autoptr(GArray) ordered = pair_by_name(m);
    PhasePair from = { 0 };
    PhasePair end = { .a = m->a->len, .b = m->b->len };
    guint i;

    keep_ordered(ordered);
    for (i = 0; i < ordered->len; i++) {
        PhasePair pair = g_array_index(ordered, PhasePair, i);

        pair_between(m, from, pair);
        g_array_append_val(m->pairs, pair);
        from = (PhasePair) { .a = pair.a + 1, .b = pair.b + 1 };
    }
    pair_between(m, from, end);
}

GArray *diff_phases_sections(const DiffLog *a, const DiffLog *b)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    guint first_a;
    guint first_b;
    g_autoptr(GArray) numbers_a = number_names(a, names, &first_a);
    g_autoptr(GArray) numbers_b = number_names(b, names, &first_b);
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(PhasePair));
    guint n = g_hash_table_size(names) + 1;
    g_autofree uint32_t *count_a = count_names(numbers_a, n);
    g_autofree uint32_t *count_b = count_names(numbers_b, n);
    GArray *sections = g_array_new(FALSE, FALSE, sizeof(DiffSection));
    Marks marks = {
        .a = numbers_a, .b = numbers_b, .names = n, .count_a = count_a,
        .count_b = count_b, .pairs = pairs,
    };
    DiffSection section = { 0 };
    guint i;

    pair_all(&marks);
    for (i = 0; i < pairs->len; i++) {
        PhasePair pair = g_array_index(pairs, PhasePair, i);

        section.a1 = first_token(a, first_a + pair.a);
        section.b1 = first_token(b, first_b + pair.b);
        if (section.a1 > section.a0 || section.b1 > section.b0) {
            g_array_append_val(sections, section);
        }
        section.a0 = section.a1;
        section.b0 = section.b1;
    }
    section.a1 = diff_log_end(a) - diff_log_start(a);
    section.b1 = diff_log_end(b) - diff_log_start(b);
    g_array_append_val(sections, section);
    return sections;
}
