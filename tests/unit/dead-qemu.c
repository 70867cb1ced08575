/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: a QEMU that dies (see dead-qemu.h)
 */
#include "dead-qemu.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libmmiotrace/parts.h"
#include "libmmiotrace/reader.h"
#include "zstd-frames.h"

char *dead_ring_dir;

static pid_t main_pid;

/* A failed assertion ends the program; tests/run would clean up, too. */
static void clean_on_abort(int number)
{
    pid_t pid = getpid() == main_pid ? fork() : -1;

    (void)number;
    if (!pid) {
        execl("/bin/rm", "rm", "-rf", dead_ring_dir, (char *)NULL);
        _exit(1);
    }
    if (pid > 0) {
        waitpid(pid, NULL, 0);
    }
}

/* Return: a new directory in memory, with our PID in its name; or NULL */
static char *make_ring_dir(void)
{
    const char *shm = g_getenv("VFIO_TRACE_TEST_SHM");
    g_autofree char *dir = g_strdup_printf("%s/vfio-trace-unit-%d-XXXXXX",
                                           shm ? shm : "/dev/shm", getpid());

    return g_mkdtemp(dir) ? g_steal_pointer(&dir) : NULL;
}

bool dead_init(void)
{
    struct sigaction action = { .sa_handler = clean_on_abort };

    dead_ring_dir = make_ring_dir();
    if (dead_ring_dir) {
        main_pid = getpid();
        sigaction(SIGABRT, &action, NULL);
        /* A recovery flushes the log to stable storage each time. */
        g_setenv("TMPDIR", dead_ring_dir, TRUE);
    }
    return dead_ring_dir;
}

void dead_clean(void)
{
    temp_clean();
    g_rmdir(dead_ring_dir);
    g_clear_pointer(&dead_ring_dir, g_free);
}

int dead_main(int argc, char **argv, const DeadTest *tests)
{
    int result;

    g_test_init(&argc, &argv, NULL);
    if (!dead_init()) {
        g_print("1..0 # SKIP no tmpfs on /dev/shm\n");
        return 0;
    }
    for (; tests->name; tests++) {
        g_test_add_func(tests->name, tests->function);
    }
    result = g_test_run();
    dead_clean();
    return result;
}

void append_bytes(const char *path, const void *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(write(fd, bytes, len), ==, (ssize_t)len);
    close(fd);
}

void dead_append(const Dead *dead, const char *text, size_t len)
{
    g_autoptr(GByteArray) frame = g_byte_array_new();

    if (dead->compress) {
        add_frame(frame, text, len);
    } else {
        g_byte_array_append(frame, (const guint8 *)text, len);
    }
    append_bytes(dead->file, frame->data, frame->len);
}

void dead_write(Dead *dead)
{
    if (dead->text->len > dead->written) {
        dead_append(dead, dead->text->str + dead->written,
                    dead->text->len - dead->written);
        dead->written = dead->text->len;
    }
}

/* All formatted text is committed to the file. */
void dead_commit(Dead *dead)
{
    struct stat st;

    dead_write(dead);
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

Dead *dead_start_with(const char *name, uint32_t flags, unsigned part)
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
    dead_append(dead, HEAD, strlen(HEAD));
    dead->rf = mmt_ring_file_create(dead_ring_dir, dead->log, SLOTS, flags, 0,
                                    &error);
    g_assert_no_error(error);
    dead_commit(dead);
    return dead;
}

Dead *dead_start(const char *name)
{
    return dead_start_with(name, g_str_has_suffix(name, ".zst") ?
                           MMT_RING_FILE_ZSTD : 0, 0);
}

/* Close the ring's file, like the kernel when a process is killed. */
void dead_die(Dead *dead)
{
    mmt_ring_file_close(dead->rf, false);
    dead->rf = NULL;
}

void dead_free(Dead *dead)
{
    if (dead->rf) {
        dead_die(dead);
    }
    g_string_free(dead->text, TRUE);
    g_free(dead->log);
    g_free(dead->file);
    g_free(dead);
}

uint64_t dead_reserve(Dead *dead, uint32_t n)
{
    uint64_t pos;

    g_assert_cmpuint(mmt_ring_reserve(dead->rf->ring, n, &pos), >, 0);
    return pos;
}

void dead_publish(Dead *dead, uint64_t pos, MmtKind kind, uint64_t value,
                  MmtState state)
{
    MmtRecord rec = { .kind = kind, .width = 4, .map_id = 1, .ns = NS,
                      .cpu = MMT_CPU_NONE, .addr = ADDR, .value = value };
    MmtSlot *slot = mmt_ring_slot(dead->rf->ring, pos);

    mmt_slot_fill(slot, &rec);
    mmt_slot_publish(slot, state);
}

void dead_put(Dead *dead, MmtKind kind, uint64_t value, MmtState state)
{
    dead_publish(dead, dead_reserve(dead, 1), kind, value, state);
}

char *access_line(char op, uint64_t value)
{
    return g_strdup_printf("%c 4 " TIME " 1 0x%" PRIx64 " 0x%" PRIx64
                           " 0x0 0\n", op, (uint64_t)ADDR, value);
}

char *closing_lines(unsigned records, unsigned pending, unsigned lost)
{
    return g_strdup_printf("MARK " TIME " vfio-trace: recovered records=%u "
                           "pending=%u lost=%u\nMARK " TIME " vfio-trace: "
                           "end\n", records, pending, lost);
}

/* The log's current text. */
void assert_log_text(const char *file, const char *expected)
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

void assert_log_body(const char *file, const char *body, const char *end)
{
    g_autofree char *expected = g_strconcat(HEAD, body, end, NULL);

    assert_log_text(file, expected);
}

unsigned rings_left(void)
{
    g_auto(GStrv) rings = mmt_ring_file_list(dead_ring_dir, NULL);

    g_assert_nonnull(rings);
    return g_strv_length(rings);
}

bool dead_has_sidecar(const Dead *dead)
{
    g_autofree char *path = g_strconcat(dead->log, MMT_RING_SIDECAR_SUFFIX,
                                        NULL);

    return g_file_test(path, G_FILE_TEST_EXISTS);
}

ToolRun *run_recover(const char *log)
{
    return run_tool(NULL, "recover", "--ring-dir", dead_ring_dir, log, NULL);
}

/* The log becomes complete, the ring goes, and a second recovery is refused. */
void assert_recovers(Dead *dead, const char *said, const char *body,
                     const char *end)
{
    g_autoptr(ToolRun) run = NULL;
    g_autoptr(ToolRun) check = NULL;
    g_autoptr(ToolRun) again = NULL;
    g_autofree char *message = g_strconcat(dead->log, ": complete now: ", said,
                                           NULL);

    if (dead->rf) {
        dead_die(dead);
    }
    run = run_recover(dead->log);
    g_assert_cmpstr(run->err, ==, "");
    assert_contains(run->out, message);
    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpuint(rings_left(), ==, 0);
    g_assert_false(dead_has_sidecar(dead));
    assert_log_body(dead->file, body, end);

    check = run_tool(NULL, "check", "--complete", dead->file, NULL);
    g_assert_cmpint(check->status, ==, 0);
    again = run_recover(dead->log);
    assert_contains(again->out, "nothing to do");
    g_assert_cmpint(again->status, ==, 0);
    assert_log_body(dead->file, body, end);
}
