/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace play: carries a sequence out on a backend (see engine.h)
 */
#include "tools/play/engine.h"
#include "tools/play/step.h"

#include <string.h>

#define PAGE 4096u

/* So many phases are listed if there is none of the name. */
#define PHASES_LISTED 8

/* Return: false if the user wants no more operations */
static bool asked(PlayState *state, PlayAsk **ask, uint32_t i)
{
    PlayBackend *backend = state->job->backend;
    PlayAnswer answer = PLAY_ANSWER_GO;

    /* The user's time does not count. */
    if (*ask) {
        uint64_t asked_at = backend->now(backend);

        answer = (*ask)(state->job->opaque, i);
        state->start += backend->now(backend) - asked_at;
    }
    if (answer == PLAY_ANSWER_ALL) {
        *ask = NULL;
    }
    return answer != PLAY_ANSWER_END || play_end(state, PLAY_END_ASKED);
}

/**
 * struct Loop: a loop that is being carried out
 * @body: number of the first operation in it
 * @end: number of the operation after it
 */
typedef struct Loop {
    uint32_t body;
    uint32_t end;
} Loop;

static void enter(PlayResult *at, Loop *loops, const SeqOp *op, uint32_t i)
{
    loops[at->depth] = (Loop) { i + 1, i + 1 + op->body };
    at->round[at->depth] = 0;
    at->rounds[at->depth] = op->rounds;
    at->depth++;
}

/* Return: number of the next operation, at the end of loops their first one */
static uint32_t next_of(PlayResult *at, const Loop *loops, uint32_t i)
{
    while (at->depth && i == loops[at->depth - 1].end) {
        unsigned in = at->depth - 1;

        if (++at->round[in] < at->rounds[in]) {
            return loops[in].body;
        }
        at->depth--;
    }
    return i;
}

static void walk(PlayState *state)
{
    const PlayJob *job = state->job;
    PlayResult *result = state->result;
    Loop loops[SEQUENCE_DEPTH_MAX];
    PlayAsk *ask = job->ask;
    uint32_t i = job->first;

    while (i < job->end) {
        const SeqOp *op = sequence_op(job->seq, i);

        state->end = result->depth ? loops[result->depth - 1].end : job->end;
        play_step_begin(state, i);
        if (!play_go_on(state) || !asked(state, &ask, i) ||
            !play_step(state)) {
            return;
        }
        if (op->kind == SEQ_LOOP) {
            enter(result, loops, op, i);
        }
        i = next_of(result, loops, i + 1);
    }
    result->end = PLAY_END_DONE;
}

/* Memory is new, so what is zero need not be said. */
static void log_page(const PlayJob *job, const PlayFill *page)
{
    static const uint8_t zeros[PAGE];

    if (memcmp(page->bytes, zeros, page->len)) {
        play_log_fill(job->log, page);
    }
}

static void log_first_contents(const PlayJob *job)
{
    const Sequence *seq = job->seq;
    guint i;

    for (i = 0; job->log && i < seq->buffers->len; i++) {
        const SeqBuffer *buffer = &g_array_index(seq->buffers, SeqBuffer, i);
        uint64_t start = job->backend->address(job->backend, i);
        const uint8_t *bytes;
        gsize len, at;

        if (buffer->file == SEQUENCE_NONE) {
            continue;
        }
        bytes = g_bytes_get_data(g_array_index(seq->files, SeqFile,
                                               buffer->file).bytes, &len);
        for (at = 0; at < len; at += PAGE) {
            log_page(job, &(PlayFill) {
                .name = buffer->name, .at = start + at, .bytes = bytes + at,
                .len = MIN(PAGE, len - at),
            });
        }
    }
    play_log_fills(job->log, job->backend->now(job->backend));
}

void play_run(const PlayJob *job, PlayResult *result)
{
    size_t ops = job->seq->ops->len;
    PlayState state = { .job = job, .result = result };

    memset(result, 0, sizeof(*result));
    state.read = g_new(uint64_t, ops + 1);
    state.known = g_new0(uint8_t, ops / 8 + 1);
    log_first_contents(job);
    state.start = job->backend->now(job->backend);
    walk(&state);
    result->ns = job->backend->now(job->backend) - state.start;
    g_free(state.read);
    g_free(state.known);
}

/* Return: number of the next mark that is not in a loop, or of operations */
static uint32_t next_mark(const Sequence *seq, uint32_t i)
{
    while (i < seq->ops->len) {
        const SeqOp *op = sequence_op(seq, i);

        if (op->kind == SEQ_MARK) {
            break;
        }
        i += 1 + (op->kind == SEQ_LOOP ? op->body : 0);
    }
    return i;
}

static const char *mark_at(const Sequence *seq, uint32_t i)
{
    return seq->texts->pdata[sequence_op(seq, i)->text];
}

/* Return: "'load', 'ifup'", of the first ones; to be freed */
static char *list_phases(const Sequence *seq)
{
    GString *list = g_string_new(NULL);
    unsigned n = 0;
    uint32_t i;

    for (i = next_mark(seq, 0); i < seq->ops->len; i = next_mark(seq, i + 1)) {
        if (n++ == PHASES_LISTED) {
            g_string_append(list, " and others");
            break;
        }
        g_string_append_printf(list, "%s'%s'", n > 1 ? ", " : "",
                               mark_at(seq, i));
    }
    return g_string_free(list, FALSE);
}

/* Find a phase by its mark, from operation @i on. */
static bool find_phase(const Sequence *seq, const char *option,
                       const char *name, uint32_t *i, GError **error)
{
    g_autofree char *list = NULL;
    uint32_t at;

    for (at = next_mark(seq, *i); at < seq->ops->len;
         at = next_mark(seq, at + 1)) {
        if (!strcmp(mark_at(seq, at), name)) {
            *i = at;
            return true;
        }
    }
    list = list_phases(seq);
    return *list ? play_error(error,
                              "%s '%s': no phase of that name is there%s; the phases are: %s",
                              option, name, *i ? " from --from on" : "",
                              list)
                 : play_error(error,
                              "%s '%s': the sequence has no phases: no mark of a user was in its trace",
                              option, name);
}

bool play_phases(const Sequence *seq, const char *from, const char *to,
                 uint32_t *first, uint32_t *end, GError **error)
{
    uint32_t last = 0;

    *first = 0;
    *end = seq->ops->len;
    if (from && !find_phase(seq, "--from", from, first, error)) {
        return false;
    }
    last = *first;
    if (to && !find_phase(seq, "--to", to, &last, error)) {
        return false;
    }
    if (to) {
        *end = next_mark(seq, last + 1);
    }
    return true;
}
