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

static AlignSide side_of(const GArray *numbers)
{
    const uint32_t *data = (const uint32_t *)numbers->data;

    return (AlignSide) { .strong = data, .weak = data, .n = numbers->len };
}

GArray *diff_phases_sections(const DiffLog *a, const DiffLog *b)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    guint first_a;
    guint first_b;
    g_autoptr(GArray) numbers_a = number_names(a, names, &first_a);
    g_autoptr(GArray) numbers_b = number_names(b, names, &first_b);
    g_autoptr(GArray) blocks = g_array_new(FALSE, FALSE, sizeof(AlignBlock));
    GArray *sections = g_array_new(FALSE, FALSE, sizeof(DiffSection));
    AlignSide side_a = side_of(numbers_a);
    AlignSide side_b = side_of(numbers_b);
    DiffSection section = { 0 };
    guint i;
    uint32_t j;

    align_sequences(&side_a, &side_b, blocks);
    for (i = 0; i < blocks->len; i++) {
        const AlignBlock *block = &g_array_index(blocks, AlignBlock, i);

        for (j = 0; j < block->n; j++) {
            section.a1 = first_token(a, first_a + block->a + j);
            section.b1 = first_token(b, first_b + block->b + j);
            if (section.a1 > section.a0 || section.b1 > section.b0) {
                g_array_append_val(sections, section);
            }
            section.a0 = section.a1;
            section.b0 = section.b1;
        }
    }
    section.a1 = diff_log_end(a) - diff_log_start(a);
    section.b1 = diff_log_end(b) - diff_log_start(b);
    g_array_append_val(sections, section);
    return sections;
}
