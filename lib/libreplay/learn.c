/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: learning a log (see replay.h)
 */
#include "libreplay/intern.h"
#include "libreplay/register.h"

Replay *replay_new(void)
{
    Replay *replay = g_new0(Replay, 1);

    replay->steps = g_array_new(FALSE, FALSE, sizeof(ReplayStep));
    replay->regs = g_array_new(FALSE, FALSE, sizeof(ReplayReg));
    replay->events = g_array_new(FALSE, FALSE, sizeof(ReplayEvent));
    replay->starts = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    replay->seed = (uint64_t)g_random_int() << 32 | g_random_int() | 1;
    return replay;
}

void replay_free(Replay *replay)
{
    if (!replay) {
        return;
    }
    g_array_unref(replay->steps);
    g_array_unref(replay->regs);
    g_array_unref(replay->events);
    g_array_unref(replay->starts);
    g_free(replay->order);
    g_free(replay->slots);
    g_free(replay);
}

bool replay_learn(Replay *replay, const ReplayAccess *access, GError **error)
{
    ReplayStep step = {
        .value = access->value & replay_bits(access->width),
        .line = MIN(access->line, UINT32_MAX),
    };

    g_return_val_if_fail(!replay->ready, false);
    if (!replay_intern_valid(access)) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "line %" G_GUINT64_FORMAT
                    ": no access of a device can be like this one: width %u, offset 0x%"
                    G_GINT64_MODIFIER "x",
                    access->line, access->width, access->offset);
        return false;
    }
    if (replay->steps->len == REPLAY_STEPS_MAX) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC,
                    "line %" G_GUINT64_FORMAT
                    ": more than %u accesses: make a smaller log of the part that matters, with cat --from and --to",
                    access->line, REPLAY_STEPS_MAX);
        return false;
    }
    replay->next_ns = MAX(replay->next_ns, access->ns);
    step.ns = replay->next_ns;
    step.reg = replay_intern(replay, access) |
               access->cpu % REPLAY_CPUS << REPLAY_CPU_SHIFT |
               (access->write ? REPLAY_WRITE : 0);
    g_array_append_val(replay->steps, step);
    return true;
}

void replay_learn_start(Replay *replay)
{
    uint32_t here = replay->steps->len;
    uint32_t n = replay->starts->len;

    if (here && (!n || g_array_index(replay->starts, uint32_t, n - 1) < here)) {
        g_array_append_val(replay->starts, here);
    }
}

bool replay_learn_event(Replay *replay, const ReplayEvent *event)
{
    ReplayEvent copy = *event;

    if (replay->events->len == REPLAY_EVENTS_MAX) {
        return false;
    }
    /* The number of steps before is REPLAY_NO_STEP + 1 if there are none. */
    copy.step = replay->steps->len - 1;
    replay->next_ns = MAX(replay->next_ns, event->ns);
    copy.ns = replay->next_ns;
    g_array_append_val(replay->events, copy);
    return true;
}

/* Steps by register: counted first, so that each register has its place */
static void learn_order(Replay *replay)
{
    uint32_t n = replay->steps->len;
    uint32_t next = 0;
    uint32_t i;

    for (i = 0; i < n; i++) {
        const ReplayStep *step = replay_step_at(replay, i);
        ReplayReg *reg = replay_reg_at(replay, replay_step_reg(step));

        reg->reads += !replay_step_writes(step);
        reg->writes += replay_step_writes(step);
    }
    for (i = 0; i < replay->regs->len; i++) {
        ReplayReg *reg = replay_reg_at(replay, i);

        reg->first = next;
        next += reg->reads + reg->writes;
        reg->reads = reg->writes = 0;
    }
    replay->order = g_new(uint32_t, MAX(n, 1));
    /* Reads first; the writes begin where they end. */
    for (i = 0; i < n; i++) {
        ReplayReg *reg = replay_reg_at(replay,
                                       replay_step_reg(replay_step_at(replay,
                                                                      i)));

        if (!replay_step_writes(replay_step_at(replay, i))) {
            replay->order[reg->first + reg->reads++] = i;
        }
    }
    for (i = 0; i < n; i++) {
        ReplayReg *reg = replay_reg_at(replay,
                                       replay_step_reg(replay_step_at(replay,
                                                                      i)));

        if (replay_step_writes(replay_step_at(replay, i))) {
            replay->order[reg->first + reg->reads + reg->writes++] = i;
        }
    }
}

/*
 * ReplayStep.change, from the end to the begin.  Until replay_register_learn(),
 * ReplayReg.epoch is the register's next read plus one.
 */
static void learn_changes(Replay *replay)
{
    uint32_t next_write[REPLAY_CPUS];
    uint32_t i;

    memset(next_write, 0xff, sizeof(next_write));
    for (i = replay->steps->len; i-- > 0;) {
        ReplayStep *step = replay_step_at(replay, i);
        ReplayReg *reg = replay_reg_at(replay, replay_step_reg(step));
        uint32_t next = reg->epoch - 1;

        if (replay_step_writes(step)) {
            next_write[replay_step_cpu(step)] = i;
            continue;
        }
        if (next != REPLAY_NO_STEP &&
            next < next_write[replay_step_cpu(step)]) {
            const ReplayStep *then = replay_step_at(replay, next);

            if (then->value != step->value) {
                step->change = 1;
            } else if (then->change) {
                step->change = then->change + 1;
            }
        }
        reg->epoch = i + 1;
    }
}

/* ReplayStep.rank */
static void learn_ranks(Replay *replay)
{
    enum { LAST = 8 };
    const ReplayStep *last[LAST] = { NULL };
    unsigned oldest = 0;
    uint32_t rank = 0;
    uint32_t i;
    unsigned j;

    for (i = 0; i < replay->steps->len; i++) {
        ReplayStep *step = replay_step_at(replay, i);

        for (j = 0; j < LAST; j++) {
            if (last[j] && last[j]->reg == step->reg &&
                (!replay_step_writes(step) || last[j]->value == step->value)) {
                break;
            }
        }
        if (j == LAST) {
            last[oldest] = step;
            oldest = (oldest + 1) % LAST;
            rank++;
        }
        step->rank = rank;
    }
}

void replay_ready(Replay *replay)
{
    unsigned i;

    g_return_if_fail(!replay->ready);
    replay->ready = true;
    learn_order(replay);
    learn_changes(replay);
    learn_ranks(replay);
    for (i = 0; i < replay->regs->len; i++) {
        replay_register_learn(replay, i);
    }
    for (i = 0; i < REPLAY_POLLS; i++) {
        replay->polls[i].reg = REPLAY_NO_REG;
    }
    replay->epoch = 1;
    replay->totals.steps = replay->steps->len;
    replay->totals.registers = replay->regs->len;
    replay->totals.events = replay->events->len;
    replay->totals.bytes =
        sizeof(*replay) +
        replay->steps->len * (sizeof(ReplayStep) + sizeof(uint32_t)) +
        replay->regs->len * sizeof(ReplayReg) +
        replay->events->len * sizeof(ReplayEvent) +
        replay->starts->len * sizeof(uint32_t) +
        (replay->slots ? sizeof(uint32_t) << replay->slots_bits : 0);
}

bool replay_step(const Replay *replay, uint32_t i, ReplayAccess *access)
{
    const ReplayStep *step;

    if (i >= replay->steps->len) {
        return false;
    }
    step = replay_step_at(replay, i);
    replay_intern_place(replay_reg_at(replay, replay_step_reg(step)), access);
    access->value = step->value;
    access->ns = step->ns;
    access->line = step->line;
    access->cpu = replay_step_cpu(step);
    access->write = replay_step_writes(step);
    return true;
}
