/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace recover after QEMU's death at every moment
 *
 * Three vCPUs and the writer take these steps; after each step everything is
 * lost except ring and file.  The expected log then follows from each record's
 * progress: the accesses below are in the order of their reservations.
 */
#include "dead-qemu.h"

/**
 * struct Step: one action
 * @what: r reserve, p publish as pending, c complete;
 *        g gather ready records, h write half of it, w write it, k commit,
 *        u give the slots back
 * @vcpu: the vCPU
 */
typedef struct Step {
    char what;
    uint8_t vcpu;
} Step;

static const Step steps[] = {
    { 'r', 0 }, { 'p', 0 }, { 'r', 1 }, { 'g' }, { 'c', 0 }, { 'p', 1 },
    { 'g' }, { 'h' }, { 'w' }, { 'k' }, { 'r', 2 }, { 'u' }, { 'p', 2 },
    { 'g' }, { 'c', 2 }, { 'r', 0 }, { 'g' }, { 'h' }, { 'c', 1 }, { 'w' },
    { 'g' }, { 'h' }, { 'p', 0 }, { 'w' }, { 'k' }, { 'u' }, { 'r', 1 },
    { 'r', 2 }, { 'p', 2 }, { 'p', 1 }, { 'c', 2 }, { 'g' }, { 'c', 0 },
    { 'g' }, { 'h' }, { 'w' }, { 'k' }, { 'c', 1 }, { 'g' }, { 'h' }, { 'u' },
    { 'w' }, { 'k' }, { 'u' }, { 'k' },
};

#define ACCESSES 16

/**
 * struct Scene: the state of all records
 * @dead: the QEMU
 * @n: number of accesses
 * @pos: each access's slot
 * @state: each access's state, MMT_STATE_FREE as long as it is only reserved
 * @of: each vCPU's current access
 */
typedef struct Scene {
    Dead *dead;
    unsigned n;
    uint64_t pos[ACCESSES];
    MmtState state[ACCESSES];
    unsigned of[3];
} Scene;

static void gather(Dead *dead)
{
    const MmtSlot *slot;
    char buf[MMT_FORMAT_MAX];

    while ((slot = mmt_ring_peek(dead->rf->ring, dead->pos))) {
        g_string_append_len(dead->text, buf,
                            mmt_format(&dead->fmt, slot, buf));
        dead->pos++;
    }
}

static void take_step(Scene *scene, const Step *step)
{
    Dead *dead = scene->dead;
    unsigned *of = &scene->of[step->vcpu];
    size_t half;

    switch (step->what) {
    case 'r':
        *of = scene->n++;
        scene->pos[*of] = dead_reserve(dead, 1);
        break;
    case 'p':
        dead_publish(dead, scene->pos[*of], MMT_KIND_WRITE, *of + 1,
                     MMT_STATE_PENDING);
        scene->state[*of] = MMT_STATE_PENDING;
        break;
    case 'c':
        mmt_slot_publish(mmt_ring_slot(dead->rf->ring, scene->pos[*of]),
                         MMT_STATE_READY);
        scene->state[*of] = MMT_STATE_READY;
        break;
    case 'g':
        gather(dead);
        break;
    case 'h':
        half = (dead->text->len - dead->written) / 2;
        if (half) {
            dead_append(dead, dead->text->str + dead->written, half);
            dead->written += half;
        }
        break;
    case 'w':
        dead_write(dead);
        break;
    case 'k':
        dead_commit(dead);
        break;
    case 'u':
        mmt_ring_consume(dead->rf->ring,
                         dead->commit.tail - dead->rf->ring->tail);
        break;
    }
}

static void die_after(const char *name, unsigned moment)
{
    g_autoptr(Dead) dead = dead_start(name);
    Scene scene = { .dead = dead };
    g_autoptr(GString) expected = g_string_new(HEAD);
    g_autofree char *end = NULL;
    g_autoptr(ToolRun) run = NULL;
    unsigned from_ring = 0;
    unsigned pending = 0;
    unsigned i;

    for (i = 0; i < moment; i++) {
        take_step(&scene, &steps[i]);
    }
    for (i = 0; i < scene.n; i++) {
        g_autofree char *text = access_line('W', i + 1);

        if (scene.state[i] == MMT_STATE_FREE) {
            continue;
        }
        g_string_append(expected, text);
        from_ring += scene.pos[i] >= dead->commit.tail;
        if (scene.state[i] == MMT_STATE_PENDING) {
            g_string_append(expected, PENDING("W"));
            pending++;
        }
    }
    end = closing_lines(from_ring, pending, 0);
    g_string_append(expected, end);
    dead_die(dead);
    run = run_recover(dead->log);
    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpint(run->status, ==, 0);
    assert_log_text(dead->log, expected->str);
}

static void every_moment(const char *name)
{
    unsigned moment;

    for (moment = 0; moment <= G_N_ELEMENTS(steps); moment++) {
        die_after(name, moment);
    }
}

static void test_text(void)
{
    every_moment("moment.mmt");
}

static void test_compressed(void)
{
    every_moment("moment.zst");
}

int main(int argc, char **argv)
{
    static const DeadTest tests[] = {
        { "/recover-moments/text", test_text },
        { "/recover-moments/compressed", test_compressed },
        { NULL, NULL }
    };

    return dead_main(argc, argv, tests);
}
