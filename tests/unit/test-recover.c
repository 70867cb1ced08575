/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace recover, and the library's part of it
 *
 * Rings are made in a directory of their own on /dev/shm: what others have
 * there is none of our business.
 */
#include "libmmiotrace/recover.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libmmiotrace/format.h"
#include "libmmiotrace/parts.h"
#include "libmmiotrace/reader.h"
#include "run-tool.h"
#include "zstd-frames.h"

#define SLOTS 64u

#define HEAD \
    "VERSION 20070824\n" \
    "MARK 1.000000 vfio-trace: log format=1 qemu=10.0\n" \
    "PCIDEV 0028 808610d3 17 feb80000 0 0 0 0 0 0 20000 0 0 0 0 0 0 x\n" \
    "MAP 1.000000 1 0xfeb80000 0x0 0x20000 0x0 0\n"

/* The time that everything happens at: then it is the same in all marks. */
#define NS   1000001000ull
#define TIME "1.000001"

#define ADDR 0xfeb80000ull

static char *ring_dir;

/**
 * struct Dead: a QEMU that is to die
 * @rf: its ring
 * @log: the log as QEMU was told
 * @file: the file that it writes now
 * @compress: in zstd frames
 * @fmt: its writer's
 * @pos: next position that the writer looks at
 * @text: what the writer has formatted since the last commit
 * @written: bytes of @text that are in the file
 * @commit: what the writer will note next
 */
typedef struct Dead {
    MmtRingFile *rf;
    char *log;
    char *file;
    bool compress;
    MmtFormatter fmt;
    uint64_t pos;
    GString *text;
    size_t written;
    MmtCommit commit;
} Dead;

static void append(const char *path, const void *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(write(fd, bytes, len), ==, (ssize_t)len);
    close(fd);
}

static void append_text(const Dead *dead, const char *text, size_t len)
{
    g_autoptr(GByteArray) frame = g_byte_array_new();

    if (dead->compress) {
        add_frame(frame, text, len);
    } else {
        g_byte_array_append(frame, (const guint8 *)text, len);
    }
    append(dead->file, frame->data, frame->len);
}

static void write_rest(Dead *dead)
{
    if (dead->text->len > dead->written) {
        append_text(dead, dead->text->str + dead->written,
                    dead->text->len - dead->written);
        dead->written = dead->text->len;
    }
}

/* All that was formatted is in the file for good. */
static void commit(Dead *dead)
{
    struct stat st;

    write_rest(dead);
    g_assert_cmpint(stat(dead->file, &st), ==, 0);
    dead->commit.tail = dead->pos;
    dead->commit.offset = st.st_size;
    dead->commit.last_ns = dead->fmt.last_ns;
    dead->commit.dev = st.st_dev;
    dead->commit.ino = st.st_ino;
    mmt_ring_commit(dead->rf->ring, &dead->commit);
    g_string_truncate(dead->text, 0);
    dead->written = 0;
}

static Dead *start_with(const char *name, uint32_t flags, unsigned part)
{
    Dead *dead = g_new0(Dead, 1);
    g_autoptr(GError) error = NULL;

    dead->log = g_build_filename(temp_dir(), name, NULL);
    dead->file = mmt_part_name(dead->log, part);
    dead->compress = flags & MMT_RING_FILE_ZSTD;
    dead->text = g_string_new(NULL);
    dead->fmt.last_ns = NS;
    dead->commit.part = part;
    g_unlink(dead->file);
    append_text(dead, HEAD, strlen(HEAD));
    dead->rf = mmt_ring_file_create(ring_dir, dead->log, SLOTS, flags, 0,
                                    &error);
    g_assert_no_error(error);
    commit(dead);
    return dead;
}

static Dead *start(const char *name)
{
    return start_with(name, g_str_has_suffix(name, ".zst") ?
                      MMT_RING_FILE_ZSTD : 0, 0);
}

/* All that the kernel does to a process that is killed. */
static void die(Dead *dead)
{
    mmt_ring_file_close(dead->rf, false);
    dead->rf = NULL;
}

static void bury(Dead *dead)
{
    if (dead->rf) {
        die(dead);
    }
    g_string_free(dead->text, TRUE);
    g_free(dead->log);
    g_free(dead->file);
    g_free(dead);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Dead, bury)

static uint64_t reserve(Dead *dead, uint32_t n)
{
    uint64_t pos;

    g_assert_cmpuint(mmt_ring_reserve(dead->rf->ring, n, &pos), >, 0);
    return pos;
}

static void publish(Dead *dead, uint64_t pos, MmtKind kind, uint64_t value,
                    MmtState state)
{
    MmtRecord rec = { .kind = kind, .width = 4, .map_id = 1, .ns = NS,
                      .cpu = UINT32_MAX, .addr = ADDR, .value = value };
    MmtSlot *slot = mmt_ring_slot(dead->rf->ring, pos);

    mmt_slot_fill(slot, &rec);
    mmt_slot_publish(slot, state);
}

static void put(Dead *dead, MmtKind kind, uint64_t value, MmtState state)
{
    publish(dead, reserve(dead, 1), kind, value, state);
}

static char *line(char op, uint64_t value)
{
    return g_strdup_printf("%c 4 " TIME " 1 0x%" PRIx64 " 0x%" PRIx64
                           " 0x0 0\n", op, (uint64_t)ADDR, value);
}

#define PENDING(op) \
    "MARK " TIME " vfio-trace: pending " op " width=4 map=1 addr=0xfeb80000\n"

static char *closing(unsigned records, unsigned pending, unsigned lost)
{
    return g_strdup_printf("MARK " TIME " vfio-trace: recovered records=%u "
                           "pending=%u lost=%u\nMARK " TIME " vfio-trace: "
                           "end\n", records, pending, lost);
}

/* What the log is now, as text. */
static void assert_text(const char *file, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MmtReader) reader = mmt_reader_open(file, &error);
    g_autoptr(GString) text = g_string_new(NULL);
    MmtReadResult result;
    MmtLine line;

    g_assert_no_error(error);
    while ((result = mmt_reader_next(reader, &line, &error)) ==
           MMT_READ_LINE) {
        g_string_append_len(text, line.p, line.len);
        if (!line.unterminated) {
            g_string_append_c(text, '\n');
        }
    }
    g_assert_no_error(error);
    g_assert_null(mmt_reader_truncated(reader));
    g_assert_cmpstr(text->str, ==, expected);
}

static void assert_log(const char *file, const char *body, const char *end)
{
    g_autofree char *expected = g_strconcat(HEAD, body, end, NULL);

    assert_text(file, expected);
}

static unsigned rings_left(void)
{
    g_auto(GStrv) rings = mmt_ring_file_list(ring_dir, NULL);

    g_assert_nonnull(rings);
    return g_strv_length(rings);
}

static bool sidecar_exists(const Dead *dead)
{
    g_autofree char *path = g_strconcat(dead->log, MMT_RING_SIDECAR_SUFFIX,
                                        NULL);

    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static ToolRun *recover(const char *log)
{
    return run_tool(NULL, "recover", "--ring-dir", ring_dir, log, NULL);
}

/* The log gets complete, the ring goes, and once more is once too often. */
static void assert_recovers(Dead *dead, const char *said, const char *body,
                            const char *end)
{
    g_autoptr(ToolRun) run = NULL;
    g_autoptr(ToolRun) check = NULL;
    g_autoptr(ToolRun) again = NULL;
    g_autofree char *message = g_strconcat(dead->log, ": complete now: ", said,
                                           NULL);

    if (dead->rf) {
        die(dead);
    }
    run = recover(dead->log);
    g_assert_cmpstr(run->err, ==, "");
    assert_contains(run->out, message);
    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpuint(rings_left(), ==, 0);
    g_assert_false(sidecar_exists(dead));
    assert_log(dead->file, body, end);

    check = run_tool(NULL, "check", "--complete", dead->file, NULL);
    g_assert_cmpint(check->status, ==, 0);
    again = recover(dead->log);
    assert_contains(again->out, "nothing to do");
    g_assert_cmpint(again->status, ==, 0);
    assert_log(dead->file, body, end);
}

static void test_ready(void)
{
    static const char *const logs[] = { "ready.mmt", "ready.zst" };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(logs); i++) {
        g_autoptr(Dead) dead = start(logs[i]);
        g_autofree char *one = line('W', 1);
        g_autofree char *two = line('R', 2);
        g_autofree char *body = g_strconcat(one, two, NULL);
        g_autofree char *end = closing(2, 0, 0);

        put(dead, MMT_KIND_WRITE, 1, MMT_STATE_READY);
        put(dead, MMT_KIND_READ, 2, MMT_STATE_READY);
        assert_recovers(dead, "2 records from the ring\n", body, end);
    }
}

/* QEMU had closed nothing, but had nothing to do either. */
static void test_idle(void)
{
    g_autoptr(Dead) dead = start("idle.mmt");
    g_autofree char *end = closing(0, 0, 0);

    assert_recovers(dead, "0 records from the ring\n", "", end);
}

static void test_pending(void)
{
    g_autoptr(Dead) dead = start("pending.mmt");
    g_autofree char *one = line('W', 1);
    g_autofree char *two = line('R', 2);
    g_autofree char *three = line('W', 3);
    g_autofree char *body = g_strconcat(one, PENDING("W"), two, PENDING("R"),
                                        three, NULL);
    g_autofree char *end = closing(3, 2, 0);

    put(dead, MMT_KIND_WRITE, 1, MMT_STATE_PENDING);
    put(dead, MMT_KIND_READ, 2, MMT_STATE_PENDING);
    put(dead, MMT_KIND_WRITE, 3, MMT_STATE_READY);
    assert_recovers(dead, "3 records from the ring, 2 without an answer", body,
                    end);
}

/* Reserved and never filled in: that access did not happen. */
static void test_reserved(void)
{
    g_autoptr(Dead) dead = start("reserved.mmt");
    g_autofree char *body = line('W', 2);
    g_autofree char *end = closing(1, 0, 0);

    reserve(dead, 1);
    put(dead, MMT_KIND_WRITE, 2, MMT_STATE_READY);
    reserve(dead, 3);
    assert_recovers(dead, "1 record from the ring\n", body, end);
}

static void test_lost(void)
{
    g_autoptr(Dead) dead = start("lost.mmt");
    g_autofree char *one = line('W', 1);
    g_autofree char *end = closing(2, 0, 3);
    g_autoptr(ToolRun) run = NULL;
    int i;

    put(dead, MMT_KIND_WRITE, 1, MMT_STATE_READY);
    for (i = 0; i < 3; i++) {
        mmt_ring_lose(dead->rf->ring);
    }
    die(dead);
    run = recover(dead->log);
    g_assert_cmpint(run->status, ==, 0);
    assert_contains(run->out, "3 found no room there and are lost");
    g_free(one);
    one = g_strconcat("W 4 " TIME " 1 0xfeb80000 0x1 0x0 0\n",
                      "MARK 0.000000 Lost 3 events.\n", NULL);
    assert_log(dead->file, one, end);
}

/* Text that comes in pieces, of which some are not there. */
static void test_half_text(void)
{
    static const char text[] =
        "a marker long enough that it does not go into one slot nor into two "
        "of them, for a slot holds fifty-six bytes and that is not much at all";
    unsigned chunks = (strlen(text) + MMT_TEXT_BYTES - 1) / MMT_TEXT_BYTES;
    unsigned published;

    for (published = 0; published <= 1 + chunks; published++) {
        g_autoptr(Dead) dead = start("half.mmt");
        g_autofree char *mark = g_strdup_printf("MARK " TIME " %s\n", text);
        g_autofree char *after = line('W', 7);
        g_autofree char *body = NULL;
        g_autofree char *end = NULL;
        g_autofree char *said = NULL;
        unsigned records = 1 + (published > 0);
        uint64_t pos;
        unsigned i;

        pos = reserve(dead, 1 + chunks);
        put(dead, MMT_KIND_WRITE, 7, MMT_STATE_READY);
        if (published) {
            publish(dead, pos, MMT_KIND_MARK, 0, MMT_STATE_READY);
        }
        for (i = 0; i + 1 < published; i++) {
            MmtSlot *slot = mmt_ring_slot(dead->rf->ring, pos + 1 + i);
            size_t left = strlen(text) - i * MMT_TEXT_BYTES;

            slot->text.kind = MMT_KIND_TEXT;
            slot->text.len = MIN(left, MMT_TEXT_BYTES);
            slot->text.more = i + 1 < chunks;
            memcpy(slot->text.text, text + i * MMT_TEXT_BYTES,
                   slot->text.len);
            mmt_slot_publish(slot, MMT_STATE_READY);
        }
        body = g_strconcat(published == 1 + chunks ? mark : "", after, NULL);
        end = closing(records, 0, 0);
        said = g_strdup_printf("%u record", records);
        assert_recovers(dead, said, body, end);
    }
}

/* What the file has beyond the commit is in the ring as well. */
static void test_uncommitted_text(void)
{
    static const char *const logs[] = { "tail.mmt", "tail.zst" };
    g_autofree char *one = line('W', 1);
    g_autofree char *two = line('W', 2);
    g_autofree char *body = g_strconcat(one, two, NULL);
    g_autofree char *end = closing(2, 0, 0);
    size_t cut;
    size_t at;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(logs); i++) {
        for (cut = 0; cut <= strlen(body); cut += 7) {
            g_autoptr(Dead) dead = start(logs[i]);

            put(dead, MMT_KIND_WRITE, 1, MMT_STATE_READY);
            put(dead, MMT_KIND_WRITE, 2, MMT_STATE_READY);
            if (dead->compress) {
                /* Longer than all of it in one frame, and the last one cut. */
                for (at = 0; at + 7 <= cut; at += 7) {
                    append_text(dead, body + at, 7);
                }
                append(dead->file, "\x28\xb5\x2f\xfd\x04", 5);
            } else {
                append_text(dead, body, cut);
            }
            assert_recovers(dead, "2 records", body, end);
        }
    }
}

static void test_part(void)
{
    g_autoptr(Dead) dead = start_with("parts.mmt", 0, 2);
    g_autofree char *body = line('W', 1);
    g_autofree char *end = closing(1, 0, 0);
    g_autoptr(ToolRun) run = NULL;

    append(dead->log, "x\n", 2);
    put(dead, MMT_KIND_WRITE, 1, MMT_STATE_READY);
    die(dead);
    run = recover(dead->log);
    g_assert_cmpint(run->status, ==, 0);
    assert_contains(run->out, "parts.mmt.2)\n");
    assert_log(dead->file, body, end);
    assert_text(dead->log, "x\n");
    g_unlink(dead->log);
}

/*
 * Death at every moment
 *
 * Three vCPUs and the writer take these steps, and after each one of them
 * everything is gone but ring and file.  What must be in the log then follows
 * from how far each record had come: the accesses below are in the order of
 * their reservations.
 */

/**
 * struct Step: what somebody does
 * @what: r reserve, p publish as pending, c complete;
 *        g gather what is ready, h write half of it, w write it, k commit,
 *        u give the slots back
 * @vcpu: who
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
 * struct Scene: how far everybody is
 * @dead: the QEMU
 * @n: accesses there were
 * @pos: of each access, its slot
 * @state: and its state, MMT_STATE_FREE as long as it is only reserved
 * @of: the access that each vCPU is at
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
        scene->pos[*of] = reserve(dead, 1);
        break;
    case 'p':
        publish(dead, scene->pos[*of], MMT_KIND_WRITE, *of + 1,
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
            append_text(dead, dead->text->str + dead->written, half);
            dead->written += half;
        }
        break;
    case 'w':
        write_rest(dead);
        break;
    case 'k':
        commit(dead);
        break;
    case 'u':
        mmt_ring_consume(dead->rf->ring,
                         dead->commit.tail - dead->rf->ring->tail);
        break;
    }
}

static void die_after(const char *name, unsigned moment)
{
    g_autoptr(Dead) dead = start(name);
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
        g_autofree char *text = line('W', i + 1);

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
    end = closing(from_ring, pending, 0);
    g_string_append(expected, end);
    die(dead);
    run = recover(dead->log);
    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpint(run->status, ==, 0);
    assert_text(dead->log, expected->str);
}

static void test_every_moment(void)
{
    unsigned moment;

    for (moment = 0; moment <= G_N_ELEMENTS(steps); moment++) {
        die_after("moment.mmt", moment);
        die_after("moment.zst", moment);
    }
}

/* The commit itself is two: of a torn one nothing is believed. */
static void test_torn_commit(void)
{
    g_autoptr(Dead) dead = start("torn.mmt");
    g_autofree char *body = line('W', 1);
    g_autofree char *end = closing(1, 0, 0);
    MmtRing *ring = dead->rf->ring;
    MmtCommit *next;

    put(dead, MMT_KIND_WRITE, 1, MMT_STATE_READY);
    next = &ring->commit[(dead->commit.seq + 1) & 1];
    memset((char *)next + sizeof(next->seq), 0xff,
           sizeof(*next) - sizeof(next->seq));
    assert_recovers(dead, "1 record from", body, end);
}

/* Killed in the middle of it: done again, it comes to the same. */
static void test_interrupted(void)
{
    g_autoptr(Dead) dead = start("again.mmt");
    g_autofree char *body = line('W', 1);
    g_autofree char *end = closing(1, 0, 0);

    put(dead, MMT_KIND_WRITE, 1, MMT_STATE_READY);
    /* All was written, and the ring not yet removed. */
    append(dead->file, body, strlen(body));
    append(dead->file, end, strlen(end));
    assert_recovers(dead, "1 record from", body, end);
}

static void test_all(void)
{
    g_autoptr(Dead) one = start("one.mmt");
    g_autoptr(Dead) two = start("two.mmt");
    g_autoptr(Dead) alive = start("alive.mmt");
    g_autofree char *body = line('W', 1);
    g_autofree char *end = closing(1, 0, 0);
    g_autofree char *idle = closing(0, 0, 0);
    g_autofree char *used = g_strdup_printf("in use by process %d, log %s\n",
                                            (int)getpid(), alive->log);
    g_autoptr(ToolRun) list = NULL;
    g_autoptr(ToolRun) run = NULL;
    g_autoptr(ToolRun) none = NULL;

    put(one, MMT_KIND_WRITE, 1, MMT_STATE_READY);
    die(one);
    die(two);
    list = run_tool(NULL, "recover", "--list", "--ring-dir", ring_dir, NULL);
    g_assert_cmpint(list->status, ==, 0);
    assert_contains(list->out, one->log);
    assert_contains(list->out, two->log);
    assert_contains(list->out, used);
    g_assert_cmpuint(rings_left(), ==, 3);

    run = run_tool(NULL, "recover", "-d", ring_dir, NULL);
    g_assert_cmpstr(run->err, ==, "");
    assert_contains(run->out, used);
    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpuint(rings_left(), ==, 1);
    assert_log(one->log, body, end);
    assert_log(two->log, "", idle);
    assert_text(alive->log, HEAD);

    mmt_ring_file_close(alive->rf, true);
    alive->rf = NULL;
    none = run_tool(NULL, "recover", "-d", ring_dir, NULL);
    assert_contains(none->out, "nothing to do: no ring of yours is in");
    g_assert_cmpint(none->status, ==, 0);
}

/* Killed while it starts: there is a ring, and nothing was ever done. */
static void test_never_began(void)
{
    g_autoptr(Dead) dead = start("never.mmt");
    g_autoptr(ToolRun) run = NULL;

    memset(dead->rf->ring->commit, 0, sizeof(dead->rf->ring->commit));
    dead->rf->ring->head = dead->rf->ring->tail = 0;
    die(dead);
    run = recover(dead->log);
    g_assert_cmpint(run->status, ==, 0);
    assert_contains(run->out, "0 records from the ring");
    g_assert_false(sidecar_exists(dead));
    assert_text(dead->log, HEAD);
}

/* Killed even before that: the file that names the ring is empty. */
static void test_empty_sidecar(void)
{
    g_autofree char *log = temp_file("empty.mmt", "", -1);
    g_autofree char *sidecar = temp_file("empty.mmt.ring", "", -1);
    g_autoptr(ToolRun) run = recover(log);
    g_autoptr(ToolRun) again = recover(log);

    g_assert_cmpint(run->status, !=, 2);
    g_assert_false(g_file_test(sidecar, G_FILE_TEST_EXISTS));
    g_assert_cmpint(again->status, ==, 0);
}

static void test_in_use(void)
{
    g_autoptr(Dead) dead = start("use.mmt");
    g_autoptr(ToolRun) run = recover(dead->log);

    g_assert_cmpint(run->status, ==, 1);
    assert_contains(run->err, "is in use: its QEMU is still there");
    assert_text(dead->log, HEAD);
    mmt_ring_file_close(dead->rf, true);
    dead->rf = NULL;
}

static void test_no_ring(void)
{
    g_autofree char *log = temp_file("none.mmt", HEAD, -1);
    g_autoptr(ToolRun) run = recover(log);
    g_autoptr(ToolRun) absent = recover("/nonexistent/log");

    g_assert_cmpint(run->status, ==, 0);
    assert_contains(run->out, "none.mmt: nothing to do");
    g_assert_cmpint(absent->status, ==, 2);
    assert_contains(absent->err, "there is no such log");
}

static void test_ring_gone(void)
{
    g_autoptr(Dead) dead = start("gone.mmt");
    g_autofree char *ring = g_strdup(dead->rf->path);
    g_autoptr(ToolRun) run = NULL;
    g_autoptr(ToolRun) again = NULL;

    die(dead);
    g_unlink(ring);
    run = recover(dead->log);
    g_assert_cmpint(run->status, ==, 1);
    assert_contains(run->err, "its ring is gone");
    g_assert_false(sidecar_exists(dead));
    assert_text(dead->log, HEAD);
    again = recover(dead->log);
    g_assert_cmpint(again->status, ==, 0);
}

/* The log has gone: what is left of it fits into a new file. */
static void test_output(void)
{
    g_autoptr(Dead) dead = start("output.mmt");
    g_autofree char *file = g_build_filename(temp_dir(), "rest.zst", NULL);
    g_autofree char *body = line('W', 1);
    g_autofree char *end = closing(1, 0, 0);
    g_autofree char *rest = g_strconcat(body, end, NULL);
    g_autoptr(ToolRun) run = NULL;
    g_autoptr(ToolRun) exists = NULL;
    g_autoptr(ToolRun) with = NULL;

    put(dead, MMT_KIND_WRITE, 1, MMT_STATE_READY);
    die(dead);
    g_assert_true(g_file_set_contents(dead->log, "mine\n", -1, NULL));
    run = recover(dead->log);
    g_assert_cmpint(run->status, ==, 1);
    assert_contains(run->err, "is another file than the one");
    assert_contains(run->err, "name one with --output");
    exists = run_tool(NULL, "recover", "-o", dead->log, dead->log, NULL);
    g_assert_cmpint(exists->status, ==, 2);
    assert_contains(exists->err, "File exists");
    g_assert_cmpuint(rings_left(), ==, 1);

    with = run_tool(NULL, "recover", "-o", file, dead->log, NULL);
    g_assert_cmpint(with->status, ==, 0);
    assert_contains(with->out, "what it lacked is in another file now");
    assert_contains(with->out, file);
    assert_text(file, rest);
    assert_text(dead->log, "mine\n");
    g_assert_cmpuint(rings_left(), ==, 0);
}

/* A log that has no file beside it is found by its name. */
static void test_stream(void)
{
    g_autofree char *socket = g_build_filename(temp_dir(), "socket", NULL);
    g_autofree char *name = g_strconcat("unix:", socket, NULL);
    const char *ways[] = { socket, name, NULL };
    g_autofree char *body = line('R', 1);
    g_autofree char *end = closing(1, 0, 0);
    g_autofree char *rest = g_strconcat(body, end, NULL);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(ways); i++) {
        Dead dead = { 0 };
        g_autofree char *ring = NULL;
        g_autofree char *file = NULL;
        g_autoptr(ToolRun) run = NULL;
        g_autoptr(ToolRun) with = NULL;
        const char *option;
        const char *what;

        dead.rf = mmt_ring_file_create(ring_dir, name, SLOTS,
                                       MMT_RING_FILE_STREAM |
                                       MMT_RING_FILE_NO_PATH, 0, NULL);
        dead.commit.last_ns = NS;
        mmt_ring_commit(dead.rf->ring, &dead.commit);
        put(&dead, MMT_KIND_READ, 1, MMT_STATE_READY);
        ring = g_strdup(dead.rf->path);
        die(&dead);

        option = ways[i] ? "--ring-dir" : "--ring";
        what = ways[i] ? ring_dir : ring;
        run = run_tool(NULL, "recover", option, what, ways[i], NULL);
        g_assert_cmpint(run->status, ==, 1);
        assert_contains(run->err, "is a pipe or a socket");
        file = g_strdup_printf("%s/rest.%zu", temp_dir(), i);
        with = run_tool(NULL, "recover", "-o", file, option, what, ways[i],
                        NULL);
        g_assert_cmpint(with->status, ==, 0);
        assert_text(file, rest);
        g_assert_cmpuint(rings_left(), ==, 0);
    }
}

/* A ring may hold anything: it is refused, or used, and nobody is harmed. */
static void test_damaged(void)
{
    unsigned round;

    for (round = 0; round < 100; round++) {
        g_autoptr(Dead) dead = start("damaged.mmt");
        g_autofree char *ring = g_strdup(dead->rf->path);
        g_autofree char *sidecar = g_strconcat(dead->log, ".ring", NULL);
        g_autoptr(ToolRun) run = NULL;
        g_autofree char *bytes = NULL;
        unsigned flips = 1 + round % 8;
        size_t len;

        put(dead, MMT_KIND_WRITE, 1, MMT_STATE_READY);
        put(dead, MMT_KIND_READ, 1, MMT_STATE_PENDING);
        die(dead);
        g_assert_true(g_file_get_contents(ring, &bytes, &len, NULL));
        while (flips--) {
            /* The ring file's first bytes, the ring's header and its slots */
            size_t part = g_test_rand_int_range(0, 3);
            static const size_t base[] = {
                0, sizeof(MmtRingFileHeader), sizeof(MmtRingFileHeader),
            };
            static const int range[] = { 64, 320, 512 };
            size_t at = base[part] + g_test_rand_int_range(0, range[part]);

            bytes[at] = g_test_rand_int();
        }
        append(ring, "", 0);
        g_assert_cmpint(truncate(ring, 0), ==, 0);
        append(ring, bytes, round % 9 == 8 ?
               (size_t)g_test_rand_int_range(0, len) : len);
        run = recover(dead->log);
        g_assert_cmpint(run->status, >=, 0);
        g_assert_cmpint(run->status, <=, 2);
        g_assert_true(run->status == 0 || *run->err);
        g_unlink(ring);
        g_unlink(sidecar);
    }
}

static void test_bad(void)
{
    g_autoptr(Dead) dead = start("bad.mmt");
    g_autofree char *ring = g_strdup(dead->rf->path);
    g_autofree char *sidecar = g_strconcat(dead->log, ".ring", NULL);
    g_autoptr(ToolRun) no_ring = NULL;
    g_autoptr(ToolRun) no_name = NULL;
    g_autoptr(ToolRun) all = NULL;

    die(dead);
    append(ring, "", 0);
    g_assert_true(g_file_set_contents(ring, "nonsense", -1, NULL));
    no_ring = recover(dead->log);
    g_assert_cmpint(no_ring->status, ==, 2);
    assert_contains(no_ring->err, "is no ring");
    all = run_tool(NULL, "recover", "-d", ring_dir, NULL);
    g_assert_cmpint(all->status, ==, 2);
    g_assert_true(g_file_set_contents(sidecar, "nonsense\n", -1, NULL));
    no_name = recover(dead->log);
    g_assert_cmpint(no_name->status, ==, 2);
    assert_contains(no_name->err, "does not name a ring");
    g_assert_cmpuint(rings_left(), ==, 1);
    g_unlink(ring);
    g_unlink(sidecar);
}

static void test_usage(void)
{
    static const struct {
        const char *args[7];
        const char *err;
    } cases[] = {
        { { "recover", "--list", "log" }, "--list goes with" },
        { { "recover", "--list", "-o", "x" }, "--list goes with" },
        { { "recover", "--ring", "x", "log" }, "--ring takes the place" },
        { { "recover", "-o", "x" }, "--output needs one LOG" },
        { { "recover", "-o", "x", "a", "b" }, "--output needs one LOG" },
        { { "recover", "-d", "/nonexistent" }, "/nonexistent" },
        { { "recover", "--ring", "/nonexistent" }, "can't open the ring" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(ToolRun) run = run_toolv(NULL, cases[i].args);

        g_assert_cmpint(run->status, ==, 2);
        assert_contains(run->err, cases[i].err);
    }
}

int main(int argc, char **argv)
{
    char dir[] = "/dev/shm/vfio-trace-unit-XXXXXX";
    int result;

    g_test_init(&argc, &argv, NULL);
    ring_dir = g_mkdtemp(dir);
    if (!ring_dir) {
        g_print("1..0 # SKIP no tmpfs on /dev/shm\n");
        return 0;
    }
    /* What is recovered is brought to stable storage each time. */
    g_setenv("TMPDIR", ring_dir, TRUE);
    g_test_add_func("/recover/ready", test_ready);
    g_test_add_func("/recover/idle", test_idle);
    g_test_add_func("/recover/pending", test_pending);
    g_test_add_func("/recover/reserved", test_reserved);
    g_test_add_func("/recover/lost", test_lost);
    g_test_add_func("/recover/half-text", test_half_text);
    g_test_add_func("/recover/uncommitted-text", test_uncommitted_text);
    g_test_add_func("/recover/part", test_part);
    g_test_add_func("/recover/every-moment", test_every_moment);
    g_test_add_func("/recover/torn-commit", test_torn_commit);
    g_test_add_func("/recover/interrupted", test_interrupted);
    g_test_add_func("/recover/all", test_all);
    g_test_add_func("/recover/never-began", test_never_began);
    g_test_add_func("/recover/empty-sidecar", test_empty_sidecar);
    g_test_add_func("/recover/in-use", test_in_use);
    g_test_add_func("/recover/no-ring", test_no_ring);
    g_test_add_func("/recover/ring-gone", test_ring_gone);
    g_test_add_func("/recover/output", test_output);
    g_test_add_func("/recover/stream", test_stream);
    g_test_add_func("/recover/damaged", test_damaged);
    g_test_add_func("/recover/bad", test_bad);
    g_test_add_func("/recover/usage", test_usage);
    result = g_test_run();
    temp_clean();
    g_rmdir(ring_dir);
    return result;
}
