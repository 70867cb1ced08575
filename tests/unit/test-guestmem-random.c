/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A producer that is random: each entry is handed out once, in order
 *
 * The producer numbers its entries.  It never writes more than the ring holds
 * before it rings the doorbell, as drivers do.
 */
#include "fake-memory.h"

#include <string.h>

#define BASE 0x1000
#define SIZE 16

/**
 * struct Producer: the producer
 * @rand: what it does
 * @count: entries of the ring
 * @wrap: modulus of its counter
 * @position: its counter
 * @next: number of the entry that it writes next
 * @seen: number of the entry that must be handed out next
 * @phase: of the entries that it writes
 * @cuts: bounds may cut looks
 */
typedef struct Producer {
    GRand *rand;
    unsigned count;
    unsigned wrap;
    unsigned position;
    uint64_t next;
    uint64_t seen;
    unsigned phase;
    bool cuts;
} Producer;

static void see(FakeMemory *m, const GmemOut *out)
{
    Producer *p = m->opaque;
    uint64_t number;

    g_assert_true(p->cuts || out->kind != GMEM_OUT_CUT);
    if (out->kind == GMEM_OUT_ENTRY) {
        g_assert_cmpuint(out->len, ==, SIZE);
        memcpy(&number, out->data, sizeof(number));
        number = GUINT64_FROM_LE(number);
        g_assert_cmpuint(number, ==, p->seen);
        p->seen++;
    }
}

static void produce(FakeMemory *m, Producer *p)
{
    unsigned slot = p->position % p->count;

    fake_memory_put(m, BASE + slot * SIZE, 8, p->next++);
    fake_memory_put(m, BASE + slot * SIZE + 8, 4, p->phase);
    p->position = (p->position + 1) % p->wrap;
    p->phase ^= slot + 1 == p->count;
}

/* --- a producer that tells its position ---------------------------------- */

static FakeMemory *new_ring(Producer *p, unsigned count, unsigned wrap,
                            const char *order)
{
    FakeMemory *m = fake_memory_new(BASE, 65536 * SIZE);
    g_autofree char *text = g_strdup_printf(
        "limit trigger 4M\nlimit second 1024M\n"
        "register TAIL bar0:0:4 w\nregister RESET bar0:4:4 w\n"
        "ring R {\n  base 0x%x\n  count %u\n  entry %u\n  %s\n"
        "  on write TAIL\n  on irq\n  reset write RESET\n}\n",
        BASE, count, SIZE, order);

    fake_memory_add(m, text);
    *p = (Producer){
        .rand = g_rand_new_with_seed(count + wrap),
        .count = count, .wrap = wrap, .phase = 1,
    };
    m->quiet = true;
    m->on_out = see;
    m->opaque = p;
    return m;
}

static void reset(FakeMemory *m, Producer *p)
{
    gmem_engine_write(m->engine, 0, 4, 4, 0);
    memset(m->ram, 0, m->len);
    p->position = 0;
    p->phase = 1;
}

static void run_tail(FakeMemory *m, Producer *p, unsigned full)
{
    unsigned i;

    for (i = 0; i < 3000; i++) {
        unsigned n = g_rand_int_range(p->rand, 0, MIN(full, 40) + 1);

        while (n--) {
            produce(m, p);
        }
        gmem_engine_write(m->engine, 0, 0, 4, p->position);
        g_assert_cmpuint(p->seen, ==, p->next);
        if (g_rand_int_range(p->rand, 0, 100) == 0) {
            reset(m, p);
        }
    }
    g_assert_cmpuint(fake_memory_count(m, 0).entries, ==, p->next);
    g_assert_cmpuint(fake_memory_count(m, 0).unreadable, ==, 0);
    g_rand_free(p->rand);
}

/* A driver leaves a slot free: else full would look like empty. */
static void test_tail(void)
{
    static const unsigned counts[] = { 2, 3, 7, 64, 1000, 65536 };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(counts); i++) {
        Producer p;
        g_autoptr(FakeMemory) m = new_ring(&p, counts[i], counts[i],
                                           "tail value");

        run_tail(m, &p, counts[i] - 1);
    }
}

static void test_counter(void)
{
    static const unsigned counts[] = { 1, 2, 256, 32768 };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(counts); i++) {
        Producer p;
        g_autoptr(FakeMemory) m = new_ring(&p, counts[i], 65536,
                                           "tail value\n  wrap 65536");

        run_tail(m, &p, counts[i]);
    }
}

/* --- a producer whose entries have a phase ------------------------------- */

static void test_phase(void)
{
    static const unsigned counts[] = { 2, 3, 64, 1000 };
    unsigned i;
    unsigned k;

    for (i = 0; i < G_N_ELEMENTS(counts); i++) {
        Producer p;
        g_autoptr(FakeMemory) m =
            new_ring(&p, counts[i], counts[i],
                     "while bits(u32[8], 0, 0) == phase");

        for (k = 0; k < 3000; k++) {
            unsigned n = g_rand_int_range(p.rand, 0, MIN(counts[i], 40));

            while (n--) {
                produce(m, &p);
            }
            gmem_engine_irq(m->engine, 0);
            g_assert_cmpuint(p.seen, ==, p.next);
            if (g_rand_int_range(p.rand, 0, 100) == 0) {
                reset(m, &p);
            }
        }
        g_rand_free(p.rand);
    }
}

/* A bound that cuts the look leaves nothing out: the next one goes on. */
static void test_phase_cut(void)
{
    Producer p = { .count = 64, .wrap = 64, .phase = 1, .cuts = true };
    g_autoptr(FakeMemory) m = fake_memory_new(BASE, 65536);
    unsigned i;

    fake_memory_add(m, "limit trigger 512\nlimit second 1024M\n"
                       "ring R {\n  base 0x1000\n  count 64\n  entry 16\n"
                       "  while bits(u32[8], 0, 0) == phase\n  on irq\n}\n");
    p.rand = g_rand_new_with_seed(3);
    m->quiet = true;
    m->on_out = see;
    m->opaque = &p;
    for (i = 0; i < 5000; i++) {
        unsigned n = g_rand_int_range(p.rand, 0, 12);

        while (n-- && p.next - p.seen < 63) {
            produce(m, &p);
        }
        m->room = g_rand_int_range(p.rand, 0, 4) ? UINT64_MAX : 0;
        gmem_engine_irq(m->engine, 0);
    }
    m->room = UINT64_MAX;
    for (i = 0; i < 20; i++) {
        gmem_engine_irq(m->engine, 0);
    }
    g_assert_cmpuint(p.seen, ==, p.next);
    g_assert_cmpuint(fake_memory_count(m, 0).cut, >, 100);
    g_rand_free(p.rand);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/guestmem-random/tail", test_tail);
    g_test_add_func("/guestmem-random/counter", test_counter);
    g_test_add_func("/guestmem-random/phase", test_phase);
    g_test_add_func("/guestmem-random/phase-cut", test_phase_cut);
    return g_test_run();
}
