/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing recovery: a ring with arbitrary damage
 *
 * Recovery ends; it writes a bounded number of whole lines, exactly those that
 * the ring holds; it changes nothing in the log before the committed offset;
 * and it does not change the ring, so that a second run gives the same result.
 */
#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libmmiotrace/frame.h"
#include "libmmiotrace/recover.h"
#include "libmmiotrace/source.h"
#include "scratch.h"

#define SLOTS MMT_RING_MIN_SLOTS
#define RING MMT_RING_FILE_PREFIX "fuzz" MMT_RING_FILE_SUFFIX

/* Flags in the input's first byte. */
enum {
    MODE_RAW = 1 << 0,          /* the ring's file is the unchanged input */
    MODE_ZSTD = 1 << 1,
    MODE_OUTPUT = 1 << 2,       /* into a file of its own */
    MODE_NO_LOG = 1 << 3,
    MODE_SIDECAR = 1 << 4,      /* the ring is found by the log's sidecar */
    MODE_NO_COMMIT = 1 << 5,
    MODE_NEXT = 1 << 6,         /* there is a next part as well */
    MODE_FOREIGN = 1 << 7,      /* a file is not the user's */
};

/* The kind of the foreign file, and which file it is */
enum {
    FOREIGN_FIFO,
    FOREIGN_LINK,
    FOREIGN_DIRECTORY,
    FOREIGN_WRITABLE,
    FOREIGN_OWNER,
    FOREIGN_HOLES,
    FOREIGN_KINDS,
};

/**
 * struct RingImage: what a ring's file holds
 */
typedef struct RingImage {
    MmtRingFileHeader header;
    char ring[sizeof(MmtRing) + SLOTS * sizeof(MmtSlot)];
} RingImage;

static MmtRing *ring_of(const RingImage *image)
{
    return (MmtRing *)image->ring;
}

/* The contents of the next part, if there is one. */
static const char next_text[] = "somebody's\n";

/* The log as it was left: two blocks of lines. */
static const char log_text[2][64] = {
    "VERSION 20070824\nMARK 1.000000 vfio-trace: log format=1\n",
    "R 4 1.000001 1 0xfe000000 0x1234 0x0 0\n",
};

/**
 * struct Log: the log before recovery
 * @p: its bytes
 * @len: its length
 * @block: the end of each block of lines
 */
typedef struct Log {
    char p[512];
    size_t len;
    size_t block[G_N_ELEMENTS(log_text)];
} Log;

static const Log *the_log(bool zstd)
{
    static Log logs[2];
    Log *log = &logs[zstd];
    size_t i;

    if (!log->len) {
        g_autoptr(MmtFramer) framer = mmt_framer_new(sizeof(log_text[0]));

        for (i = 0; i < G_N_ELEMENTS(log_text); i++) {
            const char *p = log_text[i];
            size_t len = strlen(p);

            if (zstd) {
                len = mmt_framer_frame(framer, log_text[i], len, &p);
            }
            memcpy(log->p + log->len, p, len);
            log->len += len;
            log->block[i] = log->len;
        }
    }
    return log;
}

/* A ring as a QEMU that was killed leaves it, with the input's records. */
static void make_ring(RingImage *image, FuzzInput *in, unsigned mode,
                      const Log *log)
{
    MmtRing *ring = mmt_ring_init(image->ring, SLOTS);
    MmtCommit *commit = &ring->commit[1];
    struct stat st;
    size_t n;
    size_t i;

    image->header.magic = MMT_RING_FILE_MAGIC;
    image->header.version = MMT_RING_FILE_VERSION;
    image->header.flags = mode & MODE_ZSTD ? MMT_RING_FILE_ZSTD : 0;
    image->header.extra = fuzz_take(in, 1);
    if (!mmt_extra_fits(image->header.extra)) {
        image->header.extra &= ~MMT_EXTRA_EITHER;
    }
    g_strlcpy(image->header.log, scratch_path("log"),
              sizeof(image->header.log));
    fuzz_check(stat(scratch_path("log"), &st) == 0, "no log");

    commit->seq = mode & MODE_NO_COMMIT ? 0 : 1;
    commit->tail = fuzz_take(in, 1);
    commit->offset = log->block[fuzz_take(in, 1) % G_N_ELEMENTS(log->block)];
    commit->dev = st.st_dev;
    commit->ino = st.st_ino;
    ring->tail = commit->tail;
    n = fuzz_take(in, 1) % (SLOTS + 1);
    ring->head = commit->tail + n;
    ring->lost = fuzz_take(in, 1);
    if (ring->lost & 1 && stat(scratch_path("log.1"), &st) == 0) {
        ring->next_dev = st.st_dev;
        ring->next_ino = st.st_ino;
    }
    for (i = 0; i < n && in->left; i++) {
        MmtSlot *slot = mmt_ring_slot(ring, commit->tail + i);
        size_t bytes = MIN(in->left, sizeof(*slot));

        memcpy(slot, in->p, bytes);
        in->p += bytes;
        in->left -= bytes;
    }
    /* then arbitrary bytes at arbitrary offsets */
    while (in->left >= 4) {
        size_t at = fuzz_take(in, 2) % (sizeof(*image) - 8);

        /* the slots are done */
        if (at >= offsetof(RingImage, ring)) {
            at = offsetof(RingImage, ring) + at % sizeof(MmtRing);
        }
        ((uint8_t *)image)[at] = fuzz_take(in, 1);
        ((uint8_t *)image)[at + fuzz_take(in, 1) % 8] ^= 0xff;
    }
}

/* Only files of this process may be named. */
static void keep_inside(RingImage *image, size_t len)
{
    const char *path = scratch_path("log");
    size_t at = offsetof(MmtRingFileHeader, log);

    if (len >= at + strlen(path)) {
        memcpy((char *)image + at, path, strlen(path));
    }
}

/* The contents of the ring, straight from the definition; and the end marks. */
static GString *expected(const RingImage *image, const MmtRecovered *done,
                         bool output)
{
    const MmtRing *ring = ring_of(image);
    const MmtCommit *commit = mmt_ring_committed(ring);
    MmtFormatter fmt = { .extra = image->header.extra };
    bool fresh = commit && !commit->offset && !commit->part;
    uint64_t pos = commit ? commit->tail : ring->tail;
    GString *text = g_string_new(NULL);
    MmtSlot lost = { .rec = { .kind = MMT_KIND_LOST, .cpu = MMT_CPU_NONE,
                              .value = ring->lost } };
    char buf[MMT_FORMAT_MAX];

    fmt.last_ns = commit ? commit->last_ns : 0;
    for (; pos != ring->head; pos++) {
        MmtSlot slot = ring->slot[pos % SLOTS];

        if (slot.rec.state == MMT_STATE_FREE) {
            continue;
        }
        if (slot.rec.state == MMT_STATE_PENDING) {
            slot.rec.flags |= MMT_FLAG_PENDING;
        }
        g_string_append_len(text, buf, mmt_format(&fmt, &slot, buf));
    }
    g_string_append_len(text, buf, mmt_format(&fmt, &lost, buf));
    if (!output && fresh && !text->len) {
        return text;
    }
    g_string_append_printf(text, "MARK %" PRIu64 ".%06" PRIu64 " "
                           MMT_MARK_PREFIX "recovered records=%" PRIu64
                           " pending=%" PRIu64 " lost=%" PRIu64 "\n",
                           fmt.last_ns / 1000000000,
                           fmt.last_ns % 1000000000 / 1000, done->records,
                           done->pending, done->lost);
    g_string_append_printf(text, "MARK %" PRIu64 ".%06" PRIu64 " "
                           MMT_MARK_PREFIX "end\n", fmt.last_ns / 1000000000,
                           fmt.last_ns % 1000000000 / 1000);
    return text;
}

/* A file's text from an offset on: in a compressed file, a frame's start. */
static GString *read_text(const char *path, uint64_t offset, bool zstd)
{
    GString *text = g_string_new(NULL);
    size_t len;
    char *bytes = scratch_read(path, &len);

    fuzz_check(bytes && offset <= len, "%s is missing or too short", path);
    if (zstd) {
        g_autoptr(MmtSource) source = NULL;
        g_autoptr(GError) error = NULL;
        char buf[4096];
        ssize_t n;

        scratch_write(scratch_path("tail"), bytes + offset, len - offset);
        source = mmt_source_open(scratch_path("tail"), &error);
        while ((n = mmt_source_read(source, buf, sizeof(buf), &error)) > 0) {
            g_string_append_len(text, buf, n);
        }
        fuzz_check(n == 0 && !mmt_source_in_frame(source), "%s",
                   error ? error->message : "a frame has no end");
    } else {
        g_string_append_len(text, bytes + offset, len - offset);
    }
    free(bytes);
    return text;
}

static bool is_file(const char *path, uint64_t dev, uint64_t ino)
{
    struct stat st;

    return stat(path, &st) == 0 && st.st_dev == dev && st.st_ino == ino;
}

static void check_recovered(const RingImage *image, const MmtRecovered *done,
                            const Log *log, unsigned mode)
{
    const MmtCommit *commit = mmt_ring_committed(ring_of(image));
    bool output = mode & MODE_OUTPUT;
    uint64_t offset = output || !commit ? 0 : commit->offset;
    bool zstd = output ? mode & MODE_ZSTD
                       : image->header.flags & MMT_RING_FILE_ZSTD;
    g_autoptr(GString) want = expected(image, done, output);
    GString *got = read_text(done->file, offset, zstd);
    uint64_t last_ns = 0;
    size_t len;
    char *kept;

    fuzz_check(done->records <= SLOTS + 1 && done->pending <= done->records,
               "%" PRIu64 " records, %" PRIu64 " pending", done->records,
               done->pending);
    fuzz_check(got->len <= (SLOTS + 3) * MMT_FORMAT_MAX, "%zu bytes",
               got->len);
    fuzz_check(g_string_equal(got, want), "not what the ring holds:\n%s"
               "but:\n%s", want->str, got->str);
    fuzz_check_lines(got->str, got->len, &last_ns);
    g_string_free(got, TRUE);

    kept = scratch_read(scratch_path("log"), &len);
    if (output) {
        fuzz_check(!kept || (len == log->len && !memcmp(kept, log->p, len)),
                   "the log was touched");
    } else {
        fuzz_check(commit && is_file(scratch_path("log"), commit->dev,
                                     commit->ino),
                   "it is not the commit's file");
        fuzz_check(done->cut == log->len - offset, "%" PRIu64 " bytes cut",
                   done->cut);
        fuzz_check(kept && len >= offset && !memcmp(kept, log->p, offset),
                   "the log has changed before the commit");
    }
    free(kept);
}

/* Neither an end nor a beginning: its QEMU had written nothing yet. */
static bool is_unused(const RingImage *image)
{
    return !mmt_ring_committed(ring_of(image)) && !ring_of(image)->head;
}

/* A user's file is not taken for a part if the ring does not name it. */
static void check_next(const RingImage *image)
{
    const MmtRing *ring = ring_of(image);
    struct stat st;

    if (stat(scratch_path("log.1"), &st) == 0) {
        fuzz_check(st.st_size == (off_t)strlen(next_text), "the next part is "
                   "now of %lld bytes", (long long)st.st_size);
    } else {
        fuzz_check(ring->next_ino, "the next part is missing");
    }
}

static void close_output(MmtRecoverOutput *output)
{
    if (output->fd >= 0) {
        close(output->fd);
    }
}

/* Return: whether it was recovered */
static bool recover_once(const RingImage *image, size_t ring_len,
                         const Log *log, unsigned mode)
{
    MmtRecoverOutput output = { .fd = -1 };
    g_autoptr(GError) error = NULL;
    MmtRecovered done = { 0 };
    MmtRingFile *rf;
    struct stat st;
    size_t len;
    char *now;
    bool ok;

    if (mode & MODE_OUTPUT) {
        output.name = scratch_path(mode & MODE_ZSTD ? "output.zst" : "output");
        output.fd = open(output.name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
                         0600);
        fuzz_check(output.fd >= 0, "no output");
    }
    rf = mode & MODE_SIDECAR
        ? mmt_ring_file_open_log(scratch_path("log"), &error)
        : mmt_ring_file_open(scratch_path(RING), &error);
    if (!rf) {
        fuzz_check(error && *error->message, "failure without a message");
        close_output(&output);
        return false;
    }
    fuzz_check(image, "a file that is too short was taken for a ring");
    ok = mmt_recover(rf, output.name ? &output : NULL, &done, &error);
    mmt_ring_file_close(rf, false);
    fuzz_check(!output.name || !fstat(output.fd, &st), "the output is closed");
    close_output(&output);
    fuzz_check(ok == !error && ok == (done.file != NULL), "%s",
               error ? error->message : "no error");

    now = scratch_read(scratch_path(RING), &len);
    fuzz_check(len == ring_len && !memcmp(now, image, MIN(len, sizeof(*image))),
               "the ring has changed");
    free(now);
    if (mode & MODE_NEXT) {
        check_next(image);
    }
    if (ok && !is_unused(image)) {
        check_recovered(image, &done, log, mode);
    } else {
        now = scratch_read(scratch_path("log"), &len);
        fuzz_check(!now || (len == log->len && !memcmp(now, log->p, len)),
                   "the log has changed, but: %s",
                   error ? error->message : "the ring is unused");
        fuzz_check(!output.name || !st.st_size, "there is output, but: %s",
                   error ? error->message : "the ring is unused");
        free(now);
    }
    g_free(done.file);
    return ok;
}

/* --- files that are not the user's ---------------------------------------- */

static void make_foreign(const char *path, unsigned kind)
{
    static const char *victim;
    bool done = true;

    victim = victim ? victim : scratch_path("victim");
    switch (kind) {
    case FOREIGN_FIFO:
        done = !unlink(path) && !mkfifo(path, 0600);
        break;
    case FOREIGN_LINK:
        done = !rename(path, victim) && !symlink(victim, path);
        break;
    case FOREIGN_DIRECTORY:
        done = !unlink(path) && !mkdir(path, 0700);
        break;
    case FOREIGN_WRITABLE:
        done = !chmod(path, 0606);
        break;
    case FOREIGN_OWNER:
        /* Only root can give a file away. */
        done = geteuid() ? !chmod(path, 0660) : !chown(path, 1, -1);
        break;
    case FOREIGN_HOLES:
        done = !truncate(path, 0) && !truncate(path, sizeof(RingImage));
        break;
    }
    fuzz_check(done, "%s: %s", path, strerror(errno));
}

/*
 * None of these is a ring, a sidecar or a log of the user's, whatever its
 * contents: nothing is done with it, and opening it does not block.
 */
static void try_foreign(FuzzInput *in, unsigned mode, const Log *log)
{
    static const char *const names[] = { RING, "log.ring", "log" };
    unsigned kind = fuzz_take(in, 1) % FOREIGN_KINDS;
    unsigned which = fuzz_take(in, 1) % G_N_ELEMENTS(names);
    const char *path = scratch_path(names[which]);
    g_autoptr(GError) error = NULL;
    MmtRecovered done = { 0 };
    MmtRingFile *rf;
    size_t len;
    char *now;

    if (access(path, F_OK) < 0 || (which && kind == FOREIGN_HOLES)) {
        return;
    }
    make_foreign(path, kind);
    rf = mode & MODE_SIDECAR
        ? mmt_ring_file_open_log(scratch_path("log"), &error)
        : mmt_ring_file_open(scratch_path(RING), &error);
    fuzz_check(rf || (error && *error->message), "failure without a message");
    fuzz_check(!rf || which, "a foreign ring was opened");
    fuzz_check(!rf || which != 1 || rf->sidecar_fd < 0,
               "a foreign sidecar was used");
    if (rf && which == 2) {
        fuzz_check(!mmt_recover(rf, NULL, &done, &error) || done.finished ||
                   !rf->ring->head,
                   "a foreign log was recovered");
        g_free(done.file);
    }
    mmt_ring_file_close(rf, true);
    if (kind == FOREIGN_LINK) {
        now = scratch_read(scratch_path("victim"), &len);
        fuzz_check(now, "a link's target is missing");
        fuzz_check(which != 2 || (len == log->len && !memcmp(now, log->p, len)),
                   "a link's target has changed");
        free(now);
        unlink(scratch_path("victim"));
    }
    if (unlink(path) < 0) {
        rmdir(path);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FuzzInput in = { data, size };
    unsigned mode = fuzz_take(&in, 1);
    const Log *log = the_log(mode & MODE_ZSTD);
    RingImage *image = aligned_alloc(64, sizeof(*image));
    size_t len = sizeof(*image);

    memset(image, 0, sizeof(*image));
    scratch_write(scratch_path("log"), log->p, log->len);
    if (mode & MODE_NEXT) {
        scratch_write(scratch_path("log.1"), next_text, strlen(next_text));
    }
    if (mode & MODE_SIDECAR) {
        size_t n = fuzz_take(&in, 1);
        g_autofree char *good = g_strdup_printf("[vfio-trace ring]\npath=%s\n",
                                                scratch_path(RING));

        n = MIN(n, in.left);
        scratch_write(scratch_path("log.ring"), n ? (char *)in.p : good,
                      n ? n : strlen(good));
        in.p += n;
        in.left -= n;
    }
    if (mode & MODE_RAW) {
        len = MIN(in.left, len);
        memcpy(image, in.p, len);
    } else {
        make_ring(image, &in, mode, log);
    }
    keep_inside(image, len);
    scratch_write(scratch_path(RING), image, len);
    if (mode & MODE_NO_LOG) {
        unlink(scratch_path("log"));
    }

    if (mode & MODE_FOREIGN) {
        try_foreign(&in, mode, log);
    } else if (recover_once(len == sizeof(*image) ? image : NULL, len, log, mode) &&
        !(mode & MODE_OUTPUT)) {
        size_t first_len = 0;
        size_t again_len = 0;
        char *first = scratch_read(scratch_path("log"), &first_len);
        g_autoptr(GError) error = NULL;
        MmtRecovered done = { 0 };
        MmtRingFile *rf = mmt_ring_file_open(scratch_path(RING), &error);
        char *again;

        fuzz_check(rf && mmt_recover(rf, NULL, &done, &error),
                   "a second time: %s", error->message);
        mmt_ring_file_close(rf, false);
        again = scratch_read(scratch_path("log"), &again_len);
        fuzz_check(first_len == again_len && !first == !again &&
                   (!first || !memcmp(first, again, first_len)),
                   "the second run gives another log");
        g_free(done.file);
        free(first);
        free(again);
    }
    unlink(scratch_path("log.ring"));
    unlink(scratch_path("log.1"));
    free(image);
    return 0;
}
