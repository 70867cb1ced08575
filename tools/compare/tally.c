/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what a comparison counts (see tally.h)
 */
#include "tools/compare/tally.h"

#include "libmmiotrace/event.h"

void tally_init(Tally *t)
{
    *t = (Tally) {
        .bars = g_array_new(FALSE, TRUE, sizeof(uint64_t)),
        .since = g_array_new(FALSE, TRUE, sizeof(uint64_t)),
        .touched = g_array_new(FALSE, FALSE, sizeof(guint)),
    };
}

void tally_clear(Tally *t)
{
    if (t->bars) {
        g_array_unref(t->bars);
        g_array_unref(t->since);
        g_array_unref(t->touched);
    }
    *t = (Tally) { 0 };
}

static guint slot_of(unsigned device, unsigned bar)
{
    return device * MMT_PCI_RESOURCES + bar;
}

static void count_extra(Tally *t, const Access *b)
{
    guint slot = slot_of(b->device, b->bar);

    if (slot >= t->bars->len) {
        g_array_set_size(t->bars, slot + 1);
        g_array_set_size(t->since, slot + 1);
    }
    if (!g_array_index(t->since, uint64_t, slot)++) {
        g_array_append_val(t->touched, slot);
    }
    t->after++;
}

/* The extras before a pair: before the first one, or between two of them */
static void settle_extras(Tally *t)
{
    guint i;

    for (i = 0; i < t->touched->len; i++) {
        guint slot = g_array_index(t->touched, guint, i);
        uint64_t *since = &g_array_index(t->since, uint64_t, slot);

        if (t->pairs) {
            g_array_index(t->bars, uint64_t, slot) += *since;
        }
        *since = 0;
    }
    g_array_set_size(t->touched, 0);
    *(t->pairs ? &t->between : &t->before) += t->after;
    t->after = 0;
}

static void count_pair(Tally *t, const Access *a, const Access *b)
{
    if (t->after) {
        settle_extras(t);
    }
    t->pairs++;
    if (!access_match(a, b)) {
        t->different++;
    } else if (a->op == ACCESS_UNKNOWN) {
        t->unknown++;
    } else if (a->quirk == ACCESS_QUIRK_REX_W || a->width != b->width) {
        t->rex_w++;
    } else if (a->quirk == ACCESS_QUIRK_SIGN_EXTENDED) {
        t->sign++;
    }
}

void tally_step(void *opaque, const Access *a, const Access *b)
{
    Tally *t = opaque;

    t->oracle += a != NULL;
    t->log += b != NULL;
    if (!b) {
        t->missing++;
    } else if (!a) {
        count_extra(t, b);
    } else {
        count_pair(t, a, b);
    }
}

void tally_end(Tally *t)
{
    if (!t->pairs) {
        t->before = t->after;
        t->after = 0;
    }
}

uint64_t tally_between(const Tally *t, unsigned device, unsigned bar)
{
    guint slot = slot_of(device, bar);

    return slot < t->bars->len ? g_array_index(t->bars, uint64_t, slot) : 0;
}
