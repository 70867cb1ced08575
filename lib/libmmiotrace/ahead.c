/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: a thread that reads and parses ahead (see ahead.h)
 *
 * Theory of operation
 *
 * A ring of chunks: the thread fills the one after the last full one, the
 * caller has the oldest full one.  Only the two counters are shared, under a
 * lock; a chunk itself belongs to one side at a time.  The lock is pthread's:
 * ThreadSanitizer does not know GLib's.
 */
#include "libmmiotrace/ahead.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>

#define CHUNKS 4

/**
 * struct MmtAhead: state of the thread
 * @chunker: the thread's
 * @thread: the thread; NULL if it has been joined
 * @lock: of the following five
 * @changed: one of them has changed
 * @filled: chunks filled so far
 * @taken: chunks that the caller has given back so far
 * @ended: there will be no more
 * @stop: the caller does not want more
 * @result: why there are no more
 * @error: the reader's error, or NULL
 * @holding: the caller has a chunk
 * @chunks: the ring
 */
struct MmtAhead {
    MmtChunker chunker;
    GThread *thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint64_t filled;
    uint64_t taken;
    bool ended;
    bool stop;
    MmtReadResult result;
    GError *error;
    bool holding;
    MmtChunk chunks[CHUNKS];
};

static gpointer run(gpointer opaque)
{
    MmtAhead *ahead = opaque;
    MmtReadResult result = MMT_READ_LINE;

    pthread_mutex_lock(&ahead->lock);
    while (result == MMT_READ_LINE) {
        while (!ahead->stop && ahead->filled - ahead->taken == CHUNKS) {
            pthread_cond_wait(&ahead->changed, &ahead->lock);
        }
        if (ahead->stop) {
            break;
        }
        pthread_mutex_unlock(&ahead->lock);
        result = mmt_chunk_fill(&ahead->chunker,
                                &ahead->chunks[ahead->filled % CHUNKS],
                                &ahead->error);
        pthread_mutex_lock(&ahead->lock);
        ahead->filled += result == MMT_READ_LINE;
        pthread_cond_signal(&ahead->changed);
    }
    ahead->ended = true;
    ahead->result = result;
    pthread_cond_signal(&ahead->changed);
    pthread_mutex_unlock(&ahead->lock);
    return NULL;
}

/* The program's signals are none of the thread's business. */
static GThread *start_thread(MmtAhead *ahead)
{
    sigset_t all, before;
    GThread *thread;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread = g_thread_try_new("mmt-ahead", run, ahead, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return thread;
}

/* GLib counts the machine's processors, which may not all be ours. */
bool mmt_ahead_has_processor(void)
{
    cpu_set_t ours;

    return sched_getaffinity(0, sizeof(ours), &ours) < 0
        ? g_get_num_processors() > 1 : CPU_COUNT(&ours) > 1;
}

MmtAhead *mmt_ahead_new(const MmtChunker *chunker)
{
    MmtAhead *ahead = g_new0(MmtAhead, 1);

    ahead->chunker = *chunker;
    ahead->chunker.copy = true;
    ahead->chunker.max_lines = MMT_CHUNK_LINES;
    pthread_mutex_init(&ahead->lock, NULL);
    pthread_cond_init(&ahead->changed, NULL);
    ahead->thread = start_thread(ahead);
    if (!ahead->thread) {
        mmt_ahead_free(ahead);
        return NULL;
    }
    return ahead;
}

MmtChunk *mmt_ahead_take(MmtAhead *ahead)
{
    MmtChunk *chunk = NULL;

    pthread_mutex_lock(&ahead->lock);
    if (ahead->holding) {
        ahead->taken++;
        ahead->holding = false;
        pthread_cond_signal(&ahead->changed);
    }
    while (!ahead->ended && ahead->filled == ahead->taken) {
        pthread_cond_wait(&ahead->changed, &ahead->lock);
    }
    if (ahead->filled != ahead->taken) {
        chunk = &ahead->chunks[ahead->taken % CHUNKS];
        ahead->holding = true;
    }
    pthread_mutex_unlock(&ahead->lock);
    if (!chunk) {
        g_clear_pointer(&ahead->thread, g_thread_join);
    }
    return chunk;
}

MmtReadResult mmt_ahead_result(MmtAhead *ahead, GError **error)
{
    if (ahead->error) {
        g_propagate_error(error, g_steal_pointer(&ahead->error));
    }
    return ahead->result;
}

void mmt_ahead_free(MmtAhead *ahead)
{
    unsigned i;

    if (!ahead) {
        return;
    }
    if (ahead->thread) {
        pthread_mutex_lock(&ahead->lock);
        ahead->stop = true;
        pthread_cond_signal(&ahead->changed);
        pthread_mutex_unlock(&ahead->lock);
        g_thread_join(ahead->thread);
    }
    for (i = 0; i < CHUNKS; i++) {
        g_free(ahead->chunks[i].room);
    }
    g_clear_error(&ahead->error);
    pthread_cond_destroy(&ahead->changed);
    pthread_mutex_destroy(&ahead->lock);
    g_free(ahead);
}
