/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the writer thread (see writer.h)
 */
#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qemu/error-report.h"
#include "qemu/lockable.h"
#include "qemu/timer.h"
#include "qemu/units.h"
#include "libmmiotrace/mark-put.h"
#include "hw/vfio-trace/trace.h"
#include "hw/vfio-trace/log/writer.h"

/* Large writes: one system call for some 20,000 records. */
#define WRITER_BUF (1 * MiB)

/*
 * Records do not wake the writer: that would be a system call on a vCPU's path.
 * It looks for them at this interval while the ring is empty.
 */
#define WRITER_IDLE_MS 10

/* Interval between attempts of a failed write */
#define WRITER_RETRY_MS 250

/* How long to wait for a reader that does not read, when the log ends */
#define WRITER_FINISH_MS 5000LL

/* What has been written is committed at the latest after this time, */
#define WRITER_COMMIT_MS 500

/* or when this fraction of the ring waits for the commit. */
#define WRITER_COMMIT_FRACTION 8

/* A compressed log grows by a frame for this much text, */
#define WRITER_FRAME (512 * KiB)

/* or for the text of this time. */
#define WRITER_FRAME_MS 1000

/* Messages about a file that can't be written; after these, one a minute */
#define WRITER_SAYS   20
#define WRITER_SAY_MS 60000LL

/* How long a vCPU waits for durability=sync, under the BQL */
#define WRITER_SYNC_MS 5000LL

typedef enum WriterResult {
    WRITER_GIVE_UP = -1,    /* the log is to end and can't be written */
    WRITER_AGAIN = 0,       /* back at the last commit: continue from there */
    WRITER_DONE = 1,
} WriterResult;

static void log_writer_sleep(VFIOTraceWriter *w, int ms)
{
    QEMU_LOCK_GUARD(&w->lock);
    if (!w->quit && (w->sync_failing || w->sync_want <= w->synced)) {
        qemu_cond_timedwait(&w->wake, &w->lock, ms);
    }
}

static bool log_writer_quitting(VFIOTraceWriter *w)
{
    QEMU_LOCK_GUARD(&w->lock);
    return w->quit;
}

static int64_t log_writer_age_ms(VFIOTraceWriter *w)
{
    return (get_clock() - w->since) / SCALE_MS;
}

/* --- errors -------------------------------------------------------------- */

static void log_writer_sync_failing(VFIOTraceWriter *w, bool failing)
{
    QEMU_LOCK_GUARD(&w->lock);
    w->sync_failing = failing;
    qemu_cond_broadcast(&w->done);
}

/* Limits the messages: a guest may fill and clear the disk again and again. */
static bool log_writer_may_say(VFIOTraceWriter *w)
{
    int64_t now = get_clock();

    if (w->said >= WRITER_SAYS && now - w->said_at < WRITER_SAY_MS * SCALE_MS) {
        return false;
    }
    w->said++;
    w->said_at = now;
    return true;
}

static void log_writer_well(VFIOTraceWriter *w)
{
    if (qatomic_read(&w->error)) {
        if (log_writer_may_say(w)) {
            error_report("vfio-trace: '%s' can be written again",
                         w->sink->path);
        }
        qatomic_set(&w->error, 0);
        log_writer_sync_failing(w, false);
        w->ops->note(w->opaque, VFIO_TRACE_NOTE_WELL);
    }
}

/*
 * Handles a failure that may be temporary.  Returns whether to try again: not
 * if the log is to end.
 */
static bool log_writer_trouble(VFIOTraceWriter *w, int error)
{
    if (w->error != error) {
        if (log_writer_may_say(w)) {
            error_report(
                "vfio-trace: can't write '%s': %s; retrying until it can be written",
                w->sink->path, strerror(error));
        }
        qatomic_set(&w->error, error);
        log_writer_sync_failing(w, true);
        w->ops->note(w->opaque, VFIO_TRACE_NOTE_ERROR);
    }
    if (log_writer_quitting(w)) {
        return false;
    }
    w->ops->drained(w->opaque);
    log_writer_sleep(w, WRITER_RETRY_MS);
    return true;
}

/* --- bytes to the sink --------------------------------------------------- */

/*
 * What a socket's reader had not read yet when it went can't be known, and is
 * gone with it.
 */
static const char log_writer_reader_left[] =
    "MARK 0.000000 " MMT_MARK_PREFIX
    "reader changed: the last one may not have read all before\n";

/* Where a new reader begins: at the start of a line. */
static size_t log_writer_resume_at(const char *buf, size_t at)
{
    const char *line = g_strrstr_len(buf, at, "\n");

    return line ? line + 1 - buf : 0;
}

/*
 * The reader does not read, or there is no reader.  Returns false to give up.
 */
static bool log_writer_blocked(VFIOTraceWriter *w)
{
    qatomic_set(&w->blocked, true);
    if (log_writer_quitting(w)) {
        int64_t now = get_clock();

        w->give_up_at = w->give_up_at ?: now + WRITER_FINISH_MS * SCALE_MS;
        if (now > w->give_up_at) {
            qatomic_set(&w->error, EAGAIN);
            return false;
        }
    }
    vfio_trace_sink_wait(w->sink, WRITER_IDLE_MS * 10);
    return true;
}

/* Go back to what is known to be in the file; the ring has the rest. */
static int log_writer_rewind(VFIOTraceWriter *w)
{
    w->pos = w->ready = w->commit.tail;
    w->fmt.last_ns = w->commit.last_ns;
    w->fmt.head.kind = MMT_KIND_NONE;
    w->len = 0;
    w->ahead = false;
    qatomic_set(&w->records, w->records - w->uncommitted.records);
    qatomic_set(&w->bytes, w->bytes - w->uncommitted.bytes);
    w->uncommitted.records = w->uncommitted.bytes = 0;
    return vfio_trace_sink_rewind(w->sink, w->commit.offset);
}

/* Repeats log_writer_rewind() until it succeeds. */
static WriterResult log_writer_rewind_retry(VFIOTraceWriter *w)
{
    int ret;

    while ((ret = log_writer_rewind(w)) < 0) {
        if (!log_writer_trouble(w, -ret)) {
            return WRITER_GIVE_UP;
        }
    }
    return WRITER_AGAIN;
}

static void log_writer_commit_here(VFIOTraceWriter *w)
{
    uint64_t n = w->ready - w->commit.tail;

    w->commit.tail = w->ready;
    w->commit.last_ns = w->fmt.last_ns;
    vfio_trace_sink_commit(w->sink, &w->commit);
    mmt_ring_commit(w->ring, &w->commit);
    mmt_ring_consume(w->ring, n);
    w->uncommitted.records = w->uncommitted.bytes = 0;
}

static WriterResult log_writer_put_text(VFIOTraceWriter *w, const char *text,
                                        size_t len);

/*
 * The file was truncated.  Bytes that were not committed are written again;
 * committed bytes are lost, and a mark says so at that place.
 */
static WriterResult log_writer_cut(VFIOTraceWriter *w)
{
    uint64_t end = vfio_trace_sink_whole(w->sink, w->framer);
    uint64_t lost = w->commit.offset - MIN(w->commit.offset, end);
    char mark[MMT_LINE_MAX];
    WriterResult ret;
    size_t len;

    w->commit.offset -= lost;
    ret = log_writer_rewind_retry(w);
    if (ret == WRITER_GIVE_UP || !lost) {
        return ret;
    }
    error_report("vfio-trace: '%s' was truncated: %" PRIu64 " bytes are lost",
                 w->sink->path, lost);
    w->ops->note(w->opaque, VFIO_TRACE_NOTE_CUT);
    len = mmt_mark_put_line(MMT_MARK_CUT, MMT_WORDS(MMT_NUMBER("bytes", lost)),
                            w->fmt.last_ns, mark);
    ret = log_writer_put_text(w, mark, len);
    if (ret == WRITER_DONE) {
        log_writer_commit_here(w);
        ret = WRITER_AGAIN;
    }
    return ret;
}

/*
 * Gives up only if the writer is to quit and the bytes still can not be
 * written; until then new records stay in the ring.
 */
static WriterResult log_writer_put(VFIOTraceWriter *w, const char *buf,
                                   size_t len)
{
    size_t told = strlen(log_writer_reader_left);
    size_t at = 0;

    while (at < len) {
        bool tell = told < strlen(log_writer_reader_left);
        ssize_t n = tell
            ? vfio_trace_sink_write(w->sink, log_writer_reader_left + told,
                                    strlen(log_writer_reader_left) - told)
            : vfio_trace_sink_write(w->sink, buf + at, len - at);

        if (n >= 0) {
            *(tell ? &told : &at) += n;
            w->dirty = true;
            continue;
        }
        if (n == -ESTALE) {
            return log_writer_cut(w);
        }
        if (n == -EPIPE && w->sink->listen_fd >= 0) {
            at = log_writer_resume_at(buf, at);
            told = 0;
        } else if (n == -EAGAIN) {
            if (!log_writer_blocked(w)) {
                return WRITER_GIVE_UP;
            }
        } else if (!log_writer_trouble(w, -n)) {
            return WRITER_GIVE_UP;
        }
    }
    qatomic_set(&w->blocked, false);
    qatomic_set(&w->bytes, w->bytes + len);
    w->uncommitted.bytes += len;
    return WRITER_DONE;
}

static WriterResult log_writer_put_text(VFIOTraceWriter *w, const char *text,
                                        size_t len)
{
    const char *buf = text;

    if (w->framer && len) {
        len = mmt_framer_frame(w->framer, text, len, &buf);
    }
    return log_writer_put(w, buf, len);
}

/* --- commits ------------------------------------------------------------- */

/*
 * Bring what was written to the disk.  If the kernel reports an error, it has
 * forgotten which bytes are missing: all since the last success are written
 * again.
 */
static WriterResult log_writer_sync_sink(VFIOTraceWriter *w)
{
    int ret = w->dirty ? vfio_trace_sink_sync(w->sink) : 0;

    if (ret < 0) {
        return log_writer_trouble(w, -ret) ? log_writer_rewind_retry(w)
                                       : WRITER_GIVE_UP;
    }
    w->dirty = false;
    log_writer_well(w);
    return WRITER_DONE;
}

/* Was the file deleted or truncated by another process? */
static WriterResult log_writer_look(VFIOTraceWriter *w)
{
    bool put_back;
    int ret;

    while ((ret = vfio_trace_sink_look(w->sink, &put_back)) < 0) {
        if (ret == -ESTALE) {
            return log_writer_cut(w);
        }
        if (!log_writer_trouble(w, -ret)) {
            return WRITER_GIVE_UP;
        }
    }
    if (put_back) {
        error_report("vfio-trace: '%s' was deleted: it has been restored",
                     w->sink->path);
        w->ops->note(w->opaque, VFIO_TRACE_NOTE_PUT_BACK);
    }
    return WRITER_DONE;
}

static void log_writer_synced(VFIOTraceWriter *w)
{
    QEMU_LOCK_GUARD(&w->lock);
    w->synced = w->pos;
    qemu_cond_broadcast(&w->done);
}

static WriterResult log_writer_commit(VFIOTraceWriter *w)
{
    WriterResult ret = log_writer_look(w);

    if (ret == WRITER_DONE) {
        ret = log_writer_sync_sink(w);
    }
    if (ret == WRITER_DONE) {
        if (!w->ahead) {
            w->ready = w->pos;
            trace_vfio_trace_log_commit(w->sink->path, w->uncommitted.records,
                                        w->uncommitted.bytes,
                                        w->sink->offset);
            log_writer_commit_here(w);
        }
        log_writer_synced(w);
    }
    return ret;
}

static bool log_writer_part_full(VFIOTraceWriter *w)
{
    return w->max_size && w->sink->offset >= w->max_size;
}

/* Where to stop gathering text, so that a part does not get much too long. */
static size_t log_writer_text_limit(VFIOTraceWriter *w)
{
    size_t limit = WRITER_BUF - MMT_FORMAT_MAX;

    if (w->max_size && !w->framer) {
        limit = MIN(limit, w->max_size - MIN(w->max_size, w->sink->offset));
    }
    return limit;
}

static bool log_writer_flush_due(const VFIOTraceWriter *w)
{
    return qatomic_read(&w->flush) > w->synced;
}

static bool log_writer_commit_due(VFIOTraceWriter *w, bool quit)
{
    if (w->len) {
        return false;
    }
    if (w->pos == w->commit.tail && !w->dirty) {
        return false;
    }
    return quit || w->error || w->sink->stream ||
           w->durability != VFIO_TRACE_DURABILITY_PROCESS ||
           qatomic_read(&w->hurry) || qatomic_read(&w->rotate) ||
           log_writer_flush_due(w) || log_writer_part_full(w) ||
           w->pos - w->commit.tail >= w->ring->slots / WRITER_COMMIT_FRACTION ||
           log_writer_age_ms(w) >= WRITER_COMMIT_MS;
}

/* --- parts --------------------------------------------------------------- */

static bool log_writer_part_due(VFIOTraceWriter *w)
{
    return w->pos == w->commit.tail && !w->len && !w->ahead &&
           (qatomic_read(&w->rotate) || log_writer_part_full(w));
}

/* Writes a new part's header and brings it to the disk. */
static WriterResult log_writer_put_header(VFIOTraceWriter *w,
                                          const GString *begin)
{
    WriterResult ret;

    /* From now on a rewind goes back to the beginning of the new part. */
    vfio_trace_sink_commit(w->sink, &w->commit);
    do {
        ret = log_writer_put_text(w, begin->str, begin->len);
        if (ret == WRITER_DONE) {
            ret = log_writer_sync_sink(w);
        }
    } while (ret == WRITER_AGAIN);
    return ret;
}

/*
 * Called when everything is committed.  The last line of this part is not
 * committed before the next part has its header: a recovery continues before
 * that line.
 */
static WriterResult log_writer_next_part(VFIOTraceWriter *w)
{
    g_autofree char *end = vfio_trace_parts_end(w->part, w->fmt.last_ns);
    g_autoptr(GString) begin = vfio_trace_parts_begin(&w->parts, w->part + 1,
                                                      &w->fmt);
    WriterResult ret = log_writer_put_text(w, end, strlen(end));
    int error;

    if (ret == WRITER_DONE) {
        ret = log_writer_sync_sink(w);
    }
    if (ret != WRITER_DONE) {
        return ret;
    }
    qatomic_set(&w->switching, true);
    while ((error = vfio_trace_sink_next_part(w->sink)) < 0) {
        qatomic_set(&w->switching, false);
        if (!log_writer_trouble(w, -error)) {
            vfio_trace_sink_rewind(w->sink, w->commit.offset);
            return WRITER_GIVE_UP;
        }
        qatomic_set(&w->switching, true);
    }
    log_writer_well(w);
    /*
     * If QEMU dies now, recovery continues in this part and removes the next.
     */
    w->ring->next_dev = w->sink->dev;
    w->ring->next_ino = w->sink->ino;
    ret = log_writer_put_header(w, begin);
    if (ret == WRITER_DONE) {
        log_writer_commit_here(w);
        qatomic_set(&w->part, w->sink->part);
        qatomic_set(&w->switching, false);
        qatomic_set(&w->rotate, false);
        trace_vfio_trace_log_part(w->sink->path, w->sink->part + 1);
        w->ops->note(w->opaque, VFIO_TRACE_NOTE_PART);
    }
    return ret;
}

/* --- records to text ----------------------------------------------------- */

static void log_writer_format(VFIOTraceWriter *w, const MmtSlot *slot)
{
    size_t n = mmt_format(&w->fmt, slot, w->text + w->len);

    vfio_trace_parts_see(&w->parts, slot, w->text + w->len, n);
    w->len += n;
}

/*
 * durability=sync: formats the line of a write whose vCPU waits until it is on
 * the disk.
 */
static bool log_writer_format_ahead(VFIOTraceWriter *w)
{
    const MmtSlot *slot = mmt_ring_peek_pending(w->ring, w->pos);
    MmtSlot copy;

    if (w->durability != VFIO_TRACE_DURABILITY_SYNC || !slot ||
        !mmt_kind_is_access(slot->rec.kind) ||
        mmt_kind_is_read(slot->rec.kind)) {
        return false;
    }
    /* The flags belong to the vCPU until the device has answered. */
    copy = *slot;
    copy.rec.flags = 0;
    log_writer_format(w, &copy);
    w->ahead = true;
    w->pos++;
    return true;
}

/* The device has answered: add the flags of a line that was written ahead. */
static bool log_writer_format_answer(VFIOTraceWriter *w)
{
    const MmtSlot *slot = mmt_ring_peek(w->ring, w->pos - 1);

    if (!slot) {
        return false;
    }
    w->len += mmt_format_flags(&w->fmt, &slot->rec, w->text + w->len);
    w->ahead = false;
    return true;
}

/* Turns whole ready records into text.  Returns the number of their slots. */
static uint64_t log_writer_gather(VFIOTraceWriter *w)
{
    uint64_t first = w->pos;
    uint64_t whole = w->pos;
    uint64_t records = 0;
    size_t limit = log_writer_text_limit(w);
    size_t whole_len;
    int64_t until;
    const MmtSlot *slot;
    unsigned n = 0;

    if (w->ahead && !log_writer_format_answer(w)) {
        return 0;
    }
    whole_len = w->len;
    if (!w->len && w->pos == w->commit.tail) {
        w->since = get_clock();
    }
    /* Do not stay here for ever if records arrive as fast as they are taken. */
    until = get_clock() + WRITER_IDLE_MS * SCALE_MS;
    while (w->len <= limit && (++n % 256 || get_clock() < until)) {
        slot = mmt_ring_peek(w->ring, w->pos);
        if (!slot) {
            break;
        }
        log_writer_format(w, slot);
        w->pos++;
        records += slot->rec.kind != MMT_KIND_TEXT;
        if (w->fmt.head.kind == MMT_KIND_NONE) {
            whole = w->pos;
            whole_len = w->len;
            w->uncommitted.records += records;
            qatomic_set(&w->records, w->records + records);
            records = 0;
        }
    }
    /* Leave a text of which some slots are not ready yet. */
    w->fmt.head.kind = MMT_KIND_NONE;
    w->pos = whole;
    w->len = whole_len;
    if (w->len + MMT_FORMAT_MAX <= WRITER_BUF && log_writer_format_ahead(w)) {
        w->uncommitted.records++;
        qatomic_set(&w->records, w->records + 1);
    }
    return w->pos - first;
}

static bool log_writer_text_due(VFIOTraceWriter *w, bool quit)
{
    if (!w->len || !w->framer) {
        return w->len;
    }
    return quit || w->len >= WRITER_FRAME || qatomic_read(&w->hurry) ||
           qatomic_read(&w->rotate) || log_writer_flush_due(w) ||
           log_writer_age_ms(w) >= WRITER_FRAME_MS ||
           w->pos - w->commit.tail >= w->ring->slots / WRITER_COMMIT_FRACTION;
}

/* --- the thread ---------------------------------------------------------- */

/* One round; sets *idle to whether there was nothing to do. */
static WriterResult log_writer_round(VFIOTraceWriter *w, bool quit, bool *idle)
{
    WriterResult ret = WRITER_DONE;

    *idle = !log_writer_gather(w);
    if (log_writer_text_due(w, quit)) {
        ret = log_writer_put_text(w, w->text, w->len);
        if (ret == WRITER_DONE) {
            w->len = 0;
        }
    }
    if (ret == WRITER_DONE && log_writer_commit_due(w, quit)) {
        ret = log_writer_commit(w);
    }
    /*
     * At the end of the log, begin another part only if there are more records.
     */
    if (ret == WRITER_DONE && log_writer_part_due(w) &&
        (!quit || mmt_ring_used(w->ring))) {
        ret = log_writer_next_part(w);
    }
    *idle &= ret == WRITER_DONE;
    return ret;
}

/*
 * Formats the remaining slots, whatever their state, until the buffer is full.
 */
static void log_writer_gather_rest(VFIOTraceWriter *w, uint64_t head)
{
    MmtSlot slot;

    while (w->pos < head && w->len + MMT_FORMAT_MAX <= WRITER_BUF) {
        if (mmt_ring_look(w->ring, w->pos, &slot)) {
            bool record = slot.rec.kind != MMT_KIND_TEXT;

            log_writer_format(w, &slot);
            w->uncommitted.records += record;
            qatomic_set(&w->records, w->records + record);
        }
        w->pos++;
    }
    if (w->pos == head && w->len + MMT_FORMAT_MAX <= WRITER_BUF &&
        mmt_ring_take_lost(w->ring, &slot)) {
        log_writer_format(w, &slot);
    }
}

/*
 * No producer is left: the ring gets no more records.  Slots are given back
 * only when their text is in the file.
 */
static WriterResult log_writer_finish(VFIOTraceWriter *w)
{
    uint64_t head = w->commit.tail + mmt_ring_used(w->ring);
    WriterResult ret = w->ahead ? log_writer_rewind_retry(w) : WRITER_AGAIN;

    while (ret != WRITER_GIVE_UP) {
        log_writer_gather_rest(w, head);
        if (!w->len) {
            return WRITER_DONE;
        }
        ret = log_writer_put_text(w, w->text, w->len);
        if (ret == WRITER_DONE) {
            w->len = 0;
            ret = log_writer_commit(w);
        }
    }
    return ret;
}

static void *log_writer_thread(void *opaque)
{
    VFIOTraceWriter *w = opaque;
    WriterResult ret = WRITER_DONE;
    bool idle = false;
    bool quit = false;

    while (ret != WRITER_GIVE_UP && !(quit && idle)) {
        quit = log_writer_quitting(w);
        ret = log_writer_round(w, quit, &idle);
        w->ops->drained(w->opaque);
        if (idle && !quit) {
            log_writer_sleep(w, WRITER_IDLE_MS);
        }
    }
    if (ret != WRITER_GIVE_UP) {
        ret = log_writer_finish(w);
    }
    if (ret == WRITER_GIVE_UP) {
        error_report("vfio-trace: '%s' is incomplete: %s; %" PRIu64
                     " slots of the ring were not written", w->sink->path,
                     w->error == EAGAIN ? "it is not being read" :
                     strerror(w->error), mmt_ring_used(w->ring));
    }
    w->ops->end(w->opaque, !mmt_ring_used(w->ring));
    WITH_QEMU_LOCK_GUARD(&w->lock) {
        w->ended = true;
        qemu_cond_broadcast(&w->done);
    }
    w->ops->ended(w->opaque);
    return NULL;
}

void vfio_trace_writer_start(VFIOTraceWriter *w, uint32_t extra, bool compress)
{
    w->fmt.extra = extra;
    w->framer = compress ? mmt_framer_new(WRITER_BUF) : NULL;
    w->text = g_malloc(WRITER_BUF);
    w->since = get_clock();
    vfio_trace_parts_init(&w->parts);
    /* The ring can be recovered from here on. */
    log_writer_commit_here(w);
    qemu_mutex_init(&w->lock);
    qemu_cond_init(&w->wake);
    qemu_cond_init(&w->done);
    qemu_thread_create(&w->thread, "vfio-trace", log_writer_thread, w,
                       QEMU_THREAD_JOINABLE);
}

/* The disk hangs: no other vCPU should wait for it. */
static void log_writer_stalled(VFIOTraceWriter *w)
{
    w->sync_failing = true;
    qemu_cond_broadcast(&w->done);
    if (!qatomic_cmpxchg(&w->error, 0, ETIMEDOUT)) {
        error_report("vfio-trace: the disk of '%s' does not answer",
                     w->sink->name);
        w->ops->note(w->opaque, VFIO_TRACE_NOTE_ERROR);
    }
}

bool vfio_trace_writer_sync(VFIOTraceWriter *w, uint64_t pos)
{
    int64_t deadline = get_clock() + WRITER_SYNC_MS * SCALE_MS;

    QEMU_LOCK_GUARD(&w->lock);
    w->sync_want = MAX(w->sync_want, pos + 1);
    qemu_cond_signal(&w->wake);
    while (w->synced <= pos && !w->sync_failing && !w->quit) {
        int64_t left = (deadline - get_clock()) / SCALE_MS;

        if (left <= 0) {
            log_writer_stalled(w);
            return false;
        }
        qemu_cond_timedwait(&w->done, &w->lock, left);
    }
    return w->synced > pos;
}

uint64_t vfio_trace_writer_flush(VFIOTraceWriter *w)
{
    uint64_t pos = mmt_ring_head(w->ring);

    qatomic_set(&w->flush, pos);
    return pos;
}

bool vfio_trace_writer_flushed(VFIOTraceWriter *w, uint64_t pos)
{
    QEMU_LOCK_GUARD(&w->lock);
    return w->synced >= pos;
}

void vfio_trace_writer_quit(VFIOTraceWriter *w)
{
    QEMU_LOCK_GUARD(&w->lock);
    w->quit = true;
    qemu_cond_signal(&w->wake);
    qemu_cond_broadcast(&w->done);
}

bool vfio_trace_writer_wait(VFIOTraceWriter *w, int ms, bool progress)
{
    uint64_t used = mmt_ring_used(w->ring);
    int64_t deadline = get_clock() + ms * (int64_t)SCALE_MS;

    QEMU_LOCK_GUARD(&w->lock);
    while (!w->ended) {
        int64_t left = DIV_ROUND_UP(deadline - get_clock(), SCALE_MS);

        if (progress && mmt_ring_used(w->ring) < used) {
            used = mmt_ring_used(w->ring);
            left = ms;
            deadline = get_clock() + left * SCALE_MS;
        }
        if (left <= 0) {
            return false;
        }
        qemu_cond_timedwait(&w->done, &w->lock, MIN(left, WRITER_RETRY_MS));
    }
    return true;
}

void vfio_trace_writer_free(VFIOTraceWriter *w)
{
    qemu_thread_join(&w->thread);
    qemu_cond_destroy(&w->done);
    qemu_cond_destroy(&w->wake);
    qemu_mutex_destroy(&w->lock);
    vfio_trace_parts_destroy(&w->parts);
    g_clear_pointer(&w->framer, mmt_framer_free);
    g_free(w->text);
    w->text = NULL;
}
