/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace recover, and the library's part of it
 */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "dead-qemu.h"
#include "sanitized.h"

static void test_ready(void)
{
    static const char *const logs[] = { "ready.mmt", "ready.zst" };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(logs); i++) {
        g_autoptr(Dead) dead = dead_start(logs[i]);
        g_autofree char *one = access_line('W', 1);
        g_autofree char *two = access_line('R', 2);
        g_autofree char *body = g_strconcat(one, two, NULL);
        g_autofree char *end = closing_lines(2, 0, 0);

        dead_put(dead, MMT_KIND_WRITE, 1, MMT_STATE_READY);
        dead_put(dead, MMT_KIND_READ, 2, MMT_STATE_READY);
        assert_recovers(dead, "2 records from the ring\n", body, end);
    }
}

/* QEMU had not closed the log, but all of it was committed. */
static void test_idle(void)
{
    g_autoptr(Dead) dead = dead_start("idle.mmt");
    g_autofree char *end = closing_lines(0, 0, 0);

    assert_recovers(dead, "0 records from the ring\n", "", end);
}

static void test_pending(void)
{
    g_autoptr(Dead) dead = dead_start("pending.mmt");
    g_autofree char *one = access_line('W', 1);
    g_autofree char *two = access_line('R', 2);
    g_autofree char *three = access_line('W', 3);
    g_autofree char *body = g_strconcat(one, PENDING("W"), two, PENDING("R"),
                                        three, NULL);
    g_autofree char *end = closing_lines(3, 2, 0);

    dead_put(dead, MMT_KIND_WRITE, 1, MMT_STATE_PENDING);
    dead_put(dead, MMT_KIND_READ, 2, MMT_STATE_PENDING);
    dead_put(dead, MMT_KIND_WRITE, 3, MMT_STATE_READY);
    assert_recovers(dead, "3 records from the ring, 2 without an answer", body,
                    end);
}

/* An access to config space waits for its answer like any other. */
static void test_pending_config(void)
{
    g_autoptr(Dead) dead = dead_start("config.mmt");
    g_autofree char *end = closing_lines(1, 1, 0);
    MmtRecord rec = { .kind = MMT_KIND_CONFIG_WRITE, .width = 2, .map_id = 7,
                      .ns = NS, .cpu = MMT_CPU_NONE, .addr = 4, .value = 6 };
    MmtSlot *slot = mmt_ring_slot(dead->rf->ring, dead_reserve(dead, 1));
    g_autoptr(ToolRun) run = NULL;

    mmt_slot_fill(slot, &rec);
    mmt_slot_publish(slot, MMT_STATE_PENDING);
    dead_die(dead);
    run = run_recover(dead->log);
    g_assert_cmpint(run->status, ==, 0);
    assert_log_body(dead->file, "MARK " TIME " vfio-trace: config W width=2 "
                    "map=7 offset=0x4 value=0x6\n"
                    "MARK " TIME " vfio-trace: pending W width=2 map=7 "
                    "offset=0x4\n", end);
}

/* Reserved but never filled in: that access did not happen. */
static void test_reserved(void)
{
    g_autoptr(Dead) dead = dead_start("reserved.mmt");
    g_autofree char *body = access_line('W', 2);
    g_autofree char *end = closing_lines(1, 0, 0);

    dead_reserve(dead, 1);
    dead_put(dead, MMT_KIND_WRITE, 2, MMT_STATE_READY);
    dead_reserve(dead, 3);
    assert_recovers(dead, "1 record from the ring\n", body, end);
}

static void test_lost(void)
{
    g_autoptr(Dead) dead = dead_start("lost.mmt");
    g_autofree char *one = access_line('W', 1);
    g_autofree char *end = closing_lines(2, 0, 3);
    g_autoptr(ToolRun) run = NULL;
    int i;

    dead_put(dead, MMT_KIND_WRITE, 1, MMT_STATE_READY);
    for (i = 0; i < 3; i++) {
        mmt_ring_lose(dead->rf->ring);
    }
    dead_die(dead);
    run = run_recover(dead->log);
    g_assert_cmpint(run->status, ==, 0);
    assert_contains(run->out, "3 did not fit into the ring and are lost");
    g_free(one);
    one = g_strconcat("W 4 " TIME " 1 0xfeb80000 0x1 0x0 0\n",
                      "MARK 0.000000 Lost 3 events.\n", NULL);
    assert_log_body(dead->file, one, end);
}

/* A text in several slots, some of which are missing. */
static void test_half_text(void)
{
    static const char text[] =
        "a marker long enough that it does not go into one slot nor into two "
        "of them, for a slot holds fifty-six bytes and that is not much at all";
    unsigned chunks = (strlen(text) + MMT_TEXT_BYTES - 1) / MMT_TEXT_BYTES;
    unsigned published;

    for (published = 0; published <= 1 + chunks; published++) {
        g_autoptr(Dead) dead = dead_start("half.mmt");
        g_autofree char *mark = g_strdup_printf("MARK " TIME " %s\n", text);
        g_autofree char *after = access_line('W', 7);
        g_autofree char *body = NULL;
        g_autofree char *end = NULL;
        g_autofree char *said = NULL;
        unsigned records = 1 + (published > 0);
        uint64_t pos;
        unsigned i;

        pos = dead_reserve(dead, 1 + chunks);
        dead_put(dead, MMT_KIND_WRITE, 7, MMT_STATE_READY);
        if (published) {
            dead_publish(dead, pos, MMT_KIND_MARK, 0, MMT_STATE_READY);
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
        end = closing_lines(records, 0, 0);
        said = g_strdup_printf("%u record", records);
        assert_recovers(dead, said, body, end);
    }
}

/* The file's text beyond the commit is in the ring as well. */
static void test_uncommitted_text(void)
{
    static const char *const logs[] = { "tail.mmt", "tail.zst" };
    g_autofree char *one = access_line('W', 1);
    g_autofree char *two = access_line('W', 2);
    g_autofree char *body = g_strconcat(one, two, NULL);
    g_autofree char *end = closing_lines(2, 0, 0);
    size_t cut;
    size_t at;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(logs); i++) {
        for (cut = 0; cut <= strlen(body); cut += SANITIZED ? 35 : 7) {
            g_autoptr(Dead) dead = dead_start(logs[i]);

            dead_put(dead, MMT_KIND_WRITE, 1, MMT_STATE_READY);
            dead_put(dead, MMT_KIND_WRITE, 2, MMT_STATE_READY);
            if (dead->compress) {
                /* In several frames, the last one truncated. */
                for (at = 0; at + 7 <= cut; at += 7) {
                    dead_append(dead, body + at, 7);
                }
                append_bytes(dead->file, "\x28\xb5\x2f\xfd\x04", 5);
            } else {
                dead_append(dead, body, cut);
            }
            assert_recovers(dead, "2 records", body, end);
        }
    }
}

static void test_part(void)
{
    g_autoptr(Dead) dead = dead_start_with("parts.mmt", 0, 2);
    g_autofree char *body = access_line('W', 1);
    g_autofree char *end = closing_lines(1, 0, 0);
    g_autoptr(ToolRun) run = NULL;

    append_bytes(dead->log, "x\n", 2);
    dead_put(dead, MMT_KIND_WRITE, 1, MMT_STATE_READY);
    dead_die(dead);
    run = run_recover(dead->log);
    g_assert_cmpint(run->status, ==, 0);
    assert_contains(run->out, "parts.mmt.2)\n");
    assert_log_body(dead->file, body, end);
    assert_log_text(dead->log, "x\n");
    g_unlink(dead->log);
}

/* There are two commit records: a torn one is ignored. */
static void test_torn_commit(void)
{
    g_autoptr(Dead) dead = dead_start("torn.mmt");
    g_autofree char *body = access_line('W', 1);
    g_autofree char *end = closing_lines(1, 0, 0);
    MmtRing *ring = dead->rf->ring;
    MmtCommit *next;

    dead_put(dead, MMT_KIND_WRITE, 1, MMT_STATE_READY);
    next = &ring->commit[(dead->commit.seq + 1) & 1];
    memset((char *)next + sizeof(next->seq), 0xff,
           sizeof(*next) - sizeof(next->seq));
    assert_recovers(dead, "1 record from", body, end);
}

/* recover killed half-way: a second run gives the same result. */
static void test_interrupted(void)
{
    g_autoptr(Dead) dead = dead_start("again.mmt");
    g_autofree char *body = access_line('W', 1);
    g_autofree char *end = closing_lines(1, 0, 0);

    dead_put(dead, MMT_KIND_WRITE, 1, MMT_STATE_READY);
    /* Everything was written, but the ring not yet removed. */
    append_bytes(dead->file, body, strlen(body));
    append_bytes(dead->file, end, strlen(end));
    assert_recovers(dead, "1 record from", body, end);
}

static void test_all(void)
{
    g_autoptr(Dead) one = dead_start("one.mmt");
    g_autoptr(Dead) two = dead_start("two.mmt");
    g_autoptr(Dead) alive = dead_start("alive.mmt");
    g_autofree char *body = access_line('W', 1);
    g_autofree char *end = closing_lines(1, 0, 0);
    g_autofree char *idle = closing_lines(0, 0, 0);
    g_autofree char *used = g_strdup_printf("in use by process %d, log %s\n",
                                            (int)getpid(), alive->log);
    g_autoptr(ToolRun) list = NULL;
    g_autoptr(ToolRun) run = NULL;
    g_autoptr(ToolRun) none = NULL;

    dead_put(one, MMT_KIND_WRITE, 1, MMT_STATE_READY);
    dead_die(one);
    dead_die(two);
    list = run_tool(NULL, "recover", "--list", "--ring-dir", dead_ring_dir,
                    NULL);
    g_assert_cmpint(list->status, ==, 0);
    assert_contains(list->out, one->log);
    assert_contains(list->out, two->log);
    assert_contains(list->out, used);
    g_assert_cmpuint(rings_left(), ==, 3);

    run = run_tool(NULL, "recover", "-d", dead_ring_dir, NULL);
    g_assert_cmpstr(run->err, ==, "");
    assert_contains(run->out, used);
    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpuint(rings_left(), ==, 1);
    assert_log_body(one->log, body, end);
    assert_log_body(two->log, "", idle);
    assert_log_text(alive->log, HEAD);

    mmt_ring_file_close(alive->rf, true);
    alive->rf = NULL;
    none = run_tool(NULL, "recover", "-d", dead_ring_dir, NULL);
    assert_contains(none->out, "nothing to do: no ring of yours is in");
    g_assert_cmpint(none->status, ==, 0);
}

/* Killed at its start: there is an unused ring. */
static void test_never_began(void)
{
    g_autoptr(Dead) dead = dead_start("never.mmt");
    g_autoptr(ToolRun) run = NULL;

    memset(dead->rf->ring->commit, 0, sizeof(dead->rf->ring->commit));
    dead->rf->ring->head = dead->rf->ring->tail = 0;
    dead_die(dead);
    run = run_recover(dead->log);
    g_assert_cmpint(run->status, ==, 0);
    assert_contains(run->out, "0 records from the ring");
    g_assert_false(dead_has_sidecar(dead));
    assert_log_text(dead->log, HEAD);
}

/* Killed even before that: the file that names the ring is empty. */
static void test_empty_sidecar(void)
{
    g_autofree char *log = temp_file("empty.mmt", "", -1);
    g_autofree char *sidecar = temp_file("empty.mmt.ring", "", -1);
    g_autoptr(ToolRun) run = run_recover(log);
    g_autoptr(ToolRun) again = run_recover(log);

    g_assert_cmpint(run->status, !=, 2);
    g_assert_false(g_file_test(sidecar, G_FILE_TEST_EXISTS));
    g_assert_cmpint(again->status, ==, 0);
}

/* The log is complete: recover only removes the ring and its sidecar. */
static void assert_only_removes(const Dead *dead)
{
    g_autoptr(ToolRun) run = run_recover(dead->log);

    g_assert_cmpstr(run->err, ==, "");
    assert_contains(run->out, ": complete already; removed what its QEMU");
    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpuint(rings_left(), ==, 0);
    g_assert_false(dead_has_sidecar(dead));
    assert_log_text(dead->log, HEAD);
}

/* QEMU had become another user, and could not remove the ring. */
static void test_finished(void)
{
    g_autoptr(Dead) dead = dead_start("finished.mmt");
    g_autoptr(ToolRun) list = NULL;

    dead_put(dead, MMT_KIND_READ, 1, MMT_STATE_READY);
    dead->rf->header->flags |= MMT_RING_FILE_FINISHED;
    /* Its memory was given back, and so the ring can't be used. */
    memset(dead->rf->ring, 0, sizeof(*dead->rf->ring));
    dead_die(dead);
    list = run_tool(NULL, "recover", "-l", "-d", dead_ring_dir, NULL);
    assert_contains(list->out, "finished.mmt, which is complete");
    assert_only_removes(dead);
}

/* The same, and the host was restarted. */
static void test_finished_no_ring(void)
{
    static const char finished[] = "finished=true\n";
    g_autoptr(Dead) dead = dead_start("finished2.mmt");
    g_autofree char *sidecar = g_strconcat(dead->log, ".ring", NULL);

    g_unlink(dead->rf->path);
    dead_die(dead);
    append_bytes(sidecar, finished, strlen(finished));
    assert_only_removes(dead);
}

static void test_in_use(void)
{
    g_autoptr(Dead) dead = dead_start("use.mmt");
    g_autoptr(ToolRun) run = run_recover(dead->log);

    g_assert_cmpint(run->status, ==, 1);
    assert_contains(run->err, "is in use: its QEMU is still running");
    assert_log_text(dead->log, HEAD);
    mmt_ring_file_close(dead->rf, true);
    dead->rf = NULL;
}

static void test_no_ring(void)
{
    g_autofree char *log = temp_file("none.mmt", HEAD, -1);
    g_autoptr(ToolRun) run = run_recover(log);
    g_autoptr(ToolRun) absent = run_recover("/nonexistent/log");

    g_assert_cmpint(run->status, ==, 0);
    assert_contains(run->out, "none.mmt: nothing to do");
    g_assert_cmpint(absent->status, ==, 2);
    assert_contains(absent->err, "there is no such log");
}

static void test_ring_gone(void)
{
    g_autoptr(Dead) dead = dead_start("gone.mmt");
    g_autofree char *ring = g_strdup(dead->rf->path);
    g_autoptr(ToolRun) run = NULL;
    g_autoptr(ToolRun) again = NULL;

    dead_die(dead);
    g_unlink(ring);
    run = run_recover(dead->log);
    g_assert_cmpint(run->status, ==, 1);
    assert_contains(run->err, "its ring is lost");
    g_assert_false(dead_has_sidecar(dead));
    assert_log_text(dead->log, HEAD);
    again = run_recover(dead->log);
    g_assert_cmpint(again->status, ==, 0);
}

/* The log is missing: the ring's records fit in a new file. */
static void test_output(void)
{
    g_autoptr(Dead) dead = dead_start("output.mmt");
    g_autofree char *file = g_build_filename(temp_dir(), "rest.zst", NULL);
    g_autofree char *body = access_line('W', 1);
    g_autofree char *end = closing_lines(1, 0, 0);
    g_autofree char *rest = g_strconcat(body, end, NULL);
    g_autoptr(ToolRun) run = NULL;
    g_autoptr(ToolRun) exists = NULL;
    g_autoptr(ToolRun) with = NULL;

    dead_put(dead, MMT_KIND_WRITE, 1, MMT_STATE_READY);
    dead_die(dead);
    g_assert_true(g_file_set_contents(dead->log, "mine\n", -1, NULL));
    run = run_recover(dead->log);
    g_assert_cmpint(run->status, ==, 1);
    assert_contains(run->err, "is not the file that the ring");
    assert_contains(run->err, "name one with --output");
    exists = run_tool(NULL, "recover", "-o", dead->log, dead->log, NULL);
    g_assert_cmpint(exists->status, ==, 2);
    assert_contains(exists->err, "File exists");
    g_assert_cmpuint(rings_left(), ==, 1);

    with = run_tool(NULL, "recover", "-o", file, dead->log, NULL);
    g_assert_cmpint(with->status, ==, 0);
    assert_contains(with->out, "what it lacked is in the other file now");
    assert_contains(with->out, file);
    assert_log_text(file, rest);
    assert_log_text(dead->log, "mine\n");
    g_assert_cmpuint(rings_left(), ==, 0);
}

/* A log without a sidecar is found by its name. */
static void test_stream(void)
{
    g_autofree char *socket = g_build_filename(temp_dir(), "socket", NULL);
    g_autofree char *name = g_strconcat("unix:", socket, NULL);
    const char *ways[] = { socket, name, NULL };
    g_autofree char *body = access_line('R', 1);
    g_autofree char *end = closing_lines(1, 0, 0);
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

        dead.rf = mmt_ring_file_create(dead_ring_dir, name, SLOTS,
                                       MMT_RING_FILE_STREAM |
                                       MMT_RING_FILE_NO_PATH, 0, NULL);
        dead.commit.last_ns = NS;
        mmt_ring_commit(dead.rf->ring, &dead.commit);
        dead_put(&dead, MMT_KIND_READ, 1, MMT_STATE_READY);
        ring = g_strdup(dead.rf->path);
        dead_die(&dead);

        option = ways[i] ? "--ring-dir" : "--ring";
        what = ways[i] ? dead_ring_dir : ring;
        run = run_tool(NULL, "recover", option, what, ways[i], NULL);
        g_assert_cmpint(run->status, ==, 1);
        assert_contains(run->err, "is a pipe or a socket");
        file = g_strdup_printf("%s/rest.%zu", temp_dir(), i);
        with = run_tool(NULL, "recover", "-o", file, option, what, ways[i],
                        NULL);
        g_assert_cmpint(with->status, ==, 0);
        assert_log_text(file, rest);
        g_assert_cmpuint(rings_left(), ==, 0);
    }
}

/* A ring may hold anything: it is refused or used, without harm. */
static void test_damaged(void)
{
    unsigned round;

    for (round = 0; round < ROUNDS(100); round++) {
        g_autoptr(Dead) dead = dead_start("damaged.mmt");
        g_autofree char *ring = g_strdup(dead->rf->path);
        g_autofree char *sidecar = g_strconcat(dead->log, ".ring", NULL);
        g_autoptr(ToolRun) run = NULL;
        g_autofree char *bytes = NULL;
        unsigned flips = 1 + round % 8;
        size_t len;

        dead_put(dead, MMT_KIND_WRITE, 1, MMT_STATE_READY);
        dead_put(dead, MMT_KIND_READ, 1, MMT_STATE_PENDING);
        dead_die(dead);
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
        append_bytes(ring, "", 0);
        g_assert_cmpint(truncate(ring, 0), ==, 0);
        append_bytes(ring, bytes, round % 9 == 8 ?
                     (size_t)g_test_rand_int_range(0, len) : len);
        run = run_recover(dead->log);
        g_assert_cmpint(run->status, >=, 0);
        g_assert_cmpint(run->status, <=, 2);
        g_assert_true(run->status == 0 || *run->err);
        g_unlink(ring);
        g_unlink(sidecar);
    }
}

/* A number of the header is another: the log is not recovered, and says why. */
static void refused(const char *name, size_t at, const void *value,
                    size_t size, const char *why)
{
    g_autoptr(Dead) dead = dead_start(name);
    g_autofree char *ring = g_strdup(dead->rf->path);
    g_autofree char *sidecar = g_strconcat(dead->log, ".ring", NULL);
    g_autoptr(ToolRun) run = NULL;
    g_autofree char *text = NULL;
    gsize len;

    dead_die(dead);
    g_assert_true(g_file_get_contents(ring, &text, &len, NULL));
    memcpy(text + at, value, size);
    g_assert_true(g_file_set_contents(ring, text, len, NULL));
    run = run_recover(dead->log);
    g_assert_cmpint(run->status, ==, 2);
    assert_contains(run->err, why);
    g_unlink(ring);
    g_unlink(sidecar);
}

/* A ring has the byte order of its machine. */
static void test_other_order(void)
{
    uint64_t magic = GUINT64_SWAP_LE_BE(MMT_RING_FILE_MAGIC);

    refused("order.mmt", offsetof(MmtRingFileHeader, magic), &magic,
            sizeof(magic), "of a machine with the other byte order");
}

/* No reader of the log would understand its lines. */
static void test_extra(void)
{
    uint32_t extra = MMT_EXTRA_CR3 | MMT_EXTRA_PIDR;

    refused("extra.mmt", offsetof(MmtRingFileHeader, extra), &extra,
            sizeof(extra), "no record has all of its optional fields");
}

static void test_bad(void)
{
    g_autoptr(Dead) dead = dead_start("bad.mmt");
    g_autofree char *ring = g_strdup(dead->rf->path);
    g_autofree char *sidecar = g_strconcat(dead->log, ".ring", NULL);
    g_autoptr(ToolRun) no_ring = NULL;
    g_autoptr(ToolRun) no_name = NULL;
    g_autoptr(ToolRun) all = NULL;

    dead_die(dead);
    append_bytes(ring, "", 0);
    g_assert_true(g_file_set_contents(ring, "nonsense", -1, NULL));
    no_ring = run_recover(dead->log);
    g_assert_cmpint(no_ring->status, ==, 2);
    assert_contains(no_ring->err, "is not a ring");
    all = run_tool(NULL, "recover", "-d", dead_ring_dir, NULL);
    g_assert_cmpint(all->status, ==, 2);
    g_assert_true(g_file_set_contents(sidecar, "nonsense\n", -1, NULL));
    no_name = run_recover(dead->log);
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
        { { "recover", "--list", "log" }, "--list can only be" },
        { { "recover", "--list", "-o", "x" }, "--list can only be" },
        { { "recover", "--ring", "x", "log" }, "--ring and LOG can not" },
        { { "recover", "-o", "x" }, "--output needs one LOG" },
        { { "recover", "-o", "x", "a", "b" }, "--output needs one LOG" },
        { { "recover", "-d", "/nonexistent" }, "/nonexistent" },
        { { "recover", "--ring", "/nonexistent" },
          "is not a ring: rings have names" },
        { { "recover", "--ring", "/dev/shm/vfio-trace-none.ring" },
          "can't open the ring" },
        { { "recover", "--all-users", "log" },
          "--all-users can not be combined" },
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
    static const DeadTest tests[] = {
        { "/recover/ready", test_ready },
        { "/recover/idle", test_idle },
        { "/recover/pending", test_pending },
        { "/recover/pending-config", test_pending_config },
        { "/recover/reserved", test_reserved },
        { "/recover/lost", test_lost },
        { "/recover/half-text", test_half_text },
        { "/recover/uncommitted-text", test_uncommitted_text },
        { "/recover/part", test_part },
        { "/recover/torn-commit", test_torn_commit },
        { "/recover/interrupted", test_interrupted },
        { "/recover/all", test_all },
        { "/recover/never-began", test_never_began },
        { "/recover/empty-sidecar", test_empty_sidecar },
        { "/recover/finished", test_finished },
        { "/recover/finished-no-ring", test_finished_no_ring },
        { "/recover/in-use", test_in_use },
        { "/recover/no-ring", test_no_ring },
        { "/recover/ring-gone", test_ring_gone },
        { "/recover/output", test_output },
        { "/recover/stream", test_stream },
        { "/recover/damaged", test_damaged },
        { "/recover/extra", test_extra },
        { "/recover/bad", test_bad },
        { "/recover/other-order", test_other_order },
        { "/recover/usage", test_usage },
        { NULL, NULL }
    };

    return dead_main(argc, argv, tests);
}
