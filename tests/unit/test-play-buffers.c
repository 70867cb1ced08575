/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace play: buffers, and operations on them
 */
#include <glib.h>

#include "play-memory.h"
#include "tools/sequence/check.h"

static void test_buffers(void)
{
    g_autoptr(Sequence) seq = play_sequence();
    SeqOp *op;
    int part;

    for (part = SEQ_PART_WHOLE; part <= SEQ_PART_HIGH; part++) {
        op = play_add(seq, SEQ_WRITE, 8 * part,
                      part == SEQ_PART_WHOLE ? 8 : 4, 0x10);
        op->buffer = 0;
        op->part = part;
    }
    play_assert_does(seq, "W bar0+0x0 8 0x123456010\nW bar0+0x8 4 0x23456010\n"
                          "W bar0+0x10 4 0x1\n");
}

/* Entries of a ring, with the number of the round in them */
static void test_memory(void)
{
    g_autoptr(Sequence) seq = play_sequence();
    g_autoptr(GBytes) bytes = g_bytes_new_static("abcdefgh", 8);
    uint32_t file = sequence_file(seq, "card-memory", bytes);
    SeqOp *op;

    play_add_buffer(seq, 8192);
    play_add_bytes(seq, 1, 0x1fff, "Z");
    op = sequence_add(seq, SEQ_MEMORY, 11);
    op->memory = 0;
    op->width = 1;
    op->offset = 0xff8;
    op->file = file;
    play_add_loop(seq, 2, 2);
    play_add_loop(seq, 2, 1);
    play_add_bytes(seq, 1, 0x21, "xyz");
    op = sequence_op(seq, seq->ops->len - 1);
    op->stride[0] = 3;
    op->stride[1] = -0x20;
    play_add(seq, SEQ_WRITE, 0x40, 4, 1);
    play_assert_does(seq, "M 1+0x1fff 5a\n"
                          "M 0+0xff8 6162636465666768\n"
                          "M 1+0x21 78797a\n"
                          "M 1+0x24 78797a\n"
                          "M 1+0x1 78797a\n"
                          "M 1+0x4 78797a\n"
                          "W bar0+0x40 4 0x1\n");
}

static void test_pointers(void)
{
    g_autoptr(Sequence) seq = play_sequence();
    SeqOp *op;

    play_add_buffer(seq, 4096);
    play_add_pointer(seq, 0, 0x10, 1)->value = 0x80;
    op = play_add_pointer(seq, 0, 0x18, 1);
    op->part = SEQ_PART_LOW;
    op->width = 4;
    op = play_add_pointer(seq, 0, 0x1c, 1);
    op->part = SEQ_PART_HIGH;
    op->width = 4;
    play_add_pointer(seq, 1, 0, 0)->part = SEQ_PART_HIGH;
    play_add_loop(seq, 3, 1);
    op = play_add_pointer(seq, 0, 0x100, 0);
    op->stride[0] = 8;
    op->step = 0x800;
    play_assert_does(seq, "M 0+0x10 8060462301000000\n"
                          "M 0+0x18 00604623\n"
                          "M 0+0x1c 01000000\n"
                          "M 1+0x0 0100000000000000\n"
                          "M 0+0x100 0060452301000000\n"
                          "M 0+0x108 0068452301000000\n"
                          "M 0+0x110 0070452301000000\n");
}

/* Nothing reaches beyond a buffer, in no round. */
static void test_refused(void)
{
    static const struct {
        uint64_t offset;
        int64_t stride;
        bool good;
    } cases[] = {
        { 0xff8, 0, true }, { 0xff9, 0, false }, { 0x1000, 0, false },
        { 0xfe0, 8, true }, { 0xff0, 8, false }, { 0x18, -8, true },
        { 0x10, -8, false }, { UINT64_MAX - 3, 0, false },
        { 0, INT64_MAX, false }, { 0, INT64_MIN, false },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Sequence) seq = play_sequence();
        g_autoptr(GError) error = NULL;
        SeqOp *op;

        play_add_loop(seq, 4, 1);
        play_add_bytes(seq, 0, cases[i].offset, "8 bytes.");
        op = sequence_op(seq, 1);
        op->stride[0] = cases[i].stride;
        g_assert_cmpint(sequence_check(seq, NULL, &error), ==, cases[i].good);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/play-buffers/addresses", test_buffers);
    g_test_add_func("/play-buffers/memory", test_memory);
    g_test_add_func("/play-buffers/pointers", test_pointers);
    g_test_add_func("/play-buffers/refused", test_refused);
    return g_test_run();
}
