/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/diff/align.h"

void align_sequences(const AlignSide *a, const AlignSide *b, GArray *blocks)
{
    uint32_t n = MIN(a->n, b->n);
    AlignBlock head = { 0, 0, 0 };
    AlignBlock tail = { a->n, b->n, 0 };

    while (head.n < n && a->strong[head.n] == b->strong[head.n]) {
        head.n++;
    }
    while (tail.n < n - head.n &&
           a->strong[tail.a - 1] == b->strong[tail.b - 1]) {
        tail.n++;
        tail.a--;
        tail.b--;
    }
    if (head.n) {
        g_array_append_val(blocks, head);
    }
    if (tail.n) {
        g_array_append_val(blocks, tail);
    }
}
