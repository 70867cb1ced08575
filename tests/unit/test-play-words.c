/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace play: what it says
 */
#include <glib.h>
#include <string.h>

#include "play-memory.h"
#include "run-tool.h"
#include "tools/play/say.h"
#include "tools/play/show.h"

#define MS 1000000u

/* A check that fails says what it wanted, what came, and where from. */
static void test_words(void)
{
    g_autoptr(Sequence) seq = play_sequence();
    g_autofree char *text = NULL;
    uint32_t name = sequence_text(seq, "STATUS");
    PlayMemory memory;
    PlayResult result;
    SeqOp *op;

    play_add_mark(seq, "bring up");
    play_add_loop(seq, 4, 2);
    op = play_add(seq, SEQ_CHECK, 8, 4, 0);
    op->stride[0] = 4;
    op->mask = 0xf0;
    op->text = name;
    op->last_line = 14;
    play_add(seq, SEQ_WRITE, 0x10, 4, 0x99);
    play_memory_init(&memory);
    play_assert_ends(seq, &memory, PLAY_END_CHECK, &result);
    text = play_say(seq, &result);
    g_assert_cmpstr(text, ==,
        "operation 2 (check) failed: the register has another value than in the trace\n"
        "    register  STATUS (bar0+0x10, 4 bytes)\n"
        "    expected  0x00000000\n"
        "    got       0x00000099\n"
        "    mask      0x000000f0, of which 0x00000090 differ\n"
        "    loop      round 3 of 4\n"
        "    phase     bring up\n"
        "    trace     card.mmt, lines 12 to 14\n"
        "    after     3 reads and 2 writes in 5 us");
    play_memory_clear(&memory);
}

/* How a check of 0xffff is explained, with @vendor in config space */
static char *explained(uint32_t class, PlayEnd end, const SeqOp *op)
{
    g_autoptr(Sequence) seq = play_sequence();
    PlayMemory memory;
    PlayResult result;
    char *text;

    *sequence_add(seq, op->kind, 10) = *op;
    play_memory_init(&memory);
    memcpy(memory.bytes + 8, &class, 4);
    memcpy(memory.bytes + 0x10, "\xff\xff\xff\x7f", 4);
    play_assert_ends(seq, &memory, end, &result);
    text = play_say(seq, &result);
    play_memory_clear(&memory);
    return text;
}

static void test_silent(void)
{
    g_autoptr(Sequence) seq = play_sequence();
    SeqOp check = *play_add(seq, SEQ_CHECK, 0x10, 2, 0);
    SeqOp half = *play_add(seq, SEQ_CHECK, 0x12, 2, 0);
    SeqOp poll = *play_add(seq, SEQ_POLL, 0x10, 1, 0);
    g_autofree char *gone = explained(UINT32_MAX, PLAY_END_CHECK, &check);
    g_autofree char *off = explained(0x030000a1, PLAY_END_CHECK, &check);
    g_autofree char *other = explained(UINT32_MAX, PLAY_END_CHECK, &half);
    g_autofree char *late = explained(UINT32_MAX, PLAY_END_POLL, &poll);

    assert_contains(gone,
        "    mask      0xffff, of which 0xffff differ\n"
        "    device    does not answer, its config space neither: it was unplugged, or has no power, or hangs\n"
        "    trace     card.mmt, line 10\n"
        "    after     1 read and 0 writes in 2 us");
    assert_contains(off,
        "\n    device    answers in config space, but all bits of this register are ones: its memory may be off, or it hangs\n");
    g_assert_null(strstr(other, "    device "));
    assert_contains(late, "\n    device    does not answer, ");
}

/* An operation on a buffer has no register. */
static void test_memory(void)
{
    g_autoptr(Sequence) seq = play_sequence();
    g_autofree char *text = NULL;
    PlayMemory memory;
    PlayResult result;

    play_add(seq, SEQ_WRITE, 0, 4, 0);
    play_add_bytes(seq, 0, 0x40, "abcd");
    play_memory_init(&memory);
    memory.stop_at = 1;
    play_assert_ends(seq, &memory, PLAY_END_ASKED, &result);
    text = play_say(seq, &result);
    g_assert_cmpstr(text, ==,
        "ended by the user at operation 1 (memory)\n"
        "    buffer    dma0+0x40, 4 bytes\n"
        "    trace     card.mmt, line 11\n"
        "    after     0 reads and 1 write in 1 us");
    play_memory_clear(&memory);
}

static void collect(void *opaque, const char *text)
{
    g_string_append_printf(opaque, "%s\n", text);
}

static void add_notes(Sequence *seq)
{
    uint32_t text = sequence_text(seq, "a value that varies");
    SeqOp *op;

    sequence_add(seq, SEQ_NOTE, 5)->text = text;
    sequence_add(seq, SEQ_DELAY, 5)->ns = 1500;
    op = sequence_add(seq, SEQ_IRQ, 6);
    op->value = 2;
    op->ns = 2000 * (uint64_t)MS;
}

static void add_memory(Sequence *seq)
{
    uint32_t name = sequence_text(seq, "DESC");
    SeqOp *op;

    play_add_bytes(seq, 0, 0x40, "abc");
    sequence_op(seq, seq->ops->len - 1)->text = name;
    play_add_bytes(seq, 0, 0x7f,
                   "0123456789012345678901234567890123456789"
                   "012345678901234567890123456789");
    op = sequence_add(seq, SEQ_MEMORY, 7);
    op->memory = 0;
    op->width = 1;
    op->file = 0;
    op = play_add_pointer(seq, 0, 0x48, 0);
    op->width = 4;
    op->part = SEQ_PART_LOW;
    op->value = 0x10;
    play_add_pointer(seq, 0, 0x50, 0);
}

static void test_show(void)
{
    g_autoptr(Sequence) seq = play_sequence();
    g_autoptr(GString) text = g_string_new(NULL);
    uint32_t name = sequence_text(seq, "CTRL");
    SeqOp *op;

    play_add_mark(seq, "load");
    op = play_add(seq, SEQ_READ, 0, 4, 0);
    op->text = name;
    op = play_add(seq, SEQ_WRITE, 0, 4, 0);
    op->source = 1;
    op->or_mask = 0x40;
    op = play_add(seq, SEQ_WRITE, 8, 4, 0x20);
    op->buffer = 0;
    op->part = SEQ_PART_LOW;
    play_add_poll(seq, 20 * MS);
    play_add_loop(seq, 3, 2);
    op = play_add(seq, SEQ_WRITE, 0, 1, 1);
    op->stride[0] = 1;
    op->step = 2;
    play_add(seq, SEQ_CHECK, 0, 2, 1)->mask = 3;
    play_add_upload(seq, 4);
    add_notes(seq);
    add_memory(seq);
    play_show_all(seq, 0, seq->ops->len, collect, text);
    g_assert_cmpstr(text->str, ==,
        "     0 mark    load\n"
        "     1 read    CTRL (bar0+0x0, 4 bytes)\n"
        "     2 write   bar0+0x0, 4 bytes: what operation 1 has read | 0x40\n"
        "     3 write   bar0+0x8, 4 bytes: low half of the address of dma0 + 0x20\n"
        "     4 poll    bar0+0x30, 4 bytes: until the bits 0x80 are 0x80, at most 20 ms\n"
        "     5 loop    3 rounds\n"
        "         6 write   bar0+0x0, 1 byte: 0x1; the offset grows by 1 with each round; the value grows by 2 with each round\n"
        "         7 check   bar0+0x0, 2 bytes: 0x1 in the bits 0x3\n"
        "     8 upload  bar0+0x40, 4 bytes: 2 writes of card-upload0.bin, each at an offset that is 4 more\n"
        "     9 note    a value that varies\n"
        "    10 delay   1.5 us\n"
        "    11 irq     interrupt 2, at most 2 s\n"
        "    12 memory  DESC (dma0+0x40, 3 bytes): 616263\n"
        "    13 memory  dma0+0x7f, 70 bytes: 30313233343536373839303132333435363738393031323334353637383930313233343536373839303132333435363738393031323334353637383930313233...\n"
        "    14 memory  dma0+0x0, 8 bytes: card-upload0.bin\n"
        "    15 pointer dma0+0x48, 4 bytes: low half of the address of dma0 + 0x10\n"
        "    16 pointer dma0+0x50, 8 bytes: address of dma0\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/play-words/failed-check", test_words);
    g_test_add_func("/play-words/silent", test_silent);
    g_test_add_func("/play-words/memory", test_memory);
    g_test_add_func("/play-words/operations", test_show);
    return g_test_run();
}
