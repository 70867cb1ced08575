/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: hostile rings, sidecars and logs
 *
 * Each of these was a way for a user to make root delete, truncate or read a
 * file, to hang root's recover, or to write to root's terminal.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "dead-qemu.h"

/* Another user's ID, if the tests run as root */
#define OTHER 65534

#define SECRET "root:secret:of:somebody\n"

/* A file that must not change */
static char *make_victim(const char *name)
{
    return temp_file(name, SECRET, -1);
}

static void assert_intact(const char *victim)
{
    g_autofree char *text = NULL;

    g_assert_true(g_file_get_contents(victim, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, SECRET);
}

static char *sidecar_of(const char *log)
{
    return g_strconcat(log, MMT_RING_SIDECAR_SUFFIX, NULL);
}

static void write_sidecar(const char *log, const char *ring)
{
    g_autofree char *path = sidecar_of(log);
    g_autofree char *text = g_strdup_printf("[vfio-trace ring]\npath=%s\n",
                                            ring);

    g_unlink(path);
    append_bytes(path, text, strlen(text));
}

static void remove_rings(void)
{
    g_auto(GStrv) rings = mmt_ring_file_list(dead_ring_dir, NULL);
    char **ring;

    for (ring = rings; ring && *ring; ring++) {
        g_unlink(*ring);
    }
}

static bool skip_without_root(void)
{
    if (geteuid()) {
        g_test_skip("only root can have other users' files");
    }
    return geteuid();
}

/* --- sidecars ------------------------------------------------------------- */

/* Not a regular sidecar: it neither blocks nor is quoted. */
static void test_sidecar_kinds(void)
{
    g_autofree char *log = temp_file("kinds.mmt", HEAD, -1);
    g_autofree char *victim = make_victim("secret");
    g_autofree char *sidecar = sidecar_of(log);
    g_autoptr(ToolRun) fifo = NULL;
    g_autoptr(ToolRun) link = NULL;
    g_autoptr(ToolRun) open = NULL;
    g_autoptr(ToolRun) large = NULL;

    g_assert_cmpint(mkfifo(sidecar, 0600), ==, 0);
    fifo = run_recover(log);
    g_assert_cmpint(fifo->status, ==, 2);
    assert_contains(fifo->err, "kinds.mmt.ring' is not a regular file");
    g_unlink(sidecar);

    g_assert_cmpint(symlink(victim, sidecar), ==, 0);
    link = run_recover(log);
    g_assert_cmpint(link->status, ==, 2);
    assert_contains(link->err, "kinds.mmt.ring' is not a regular file");
    g_assert_null(strstr(link->err, "secret:of"));
    g_unlink(sidecar);
    assert_intact(victim);

    append_bytes(sidecar, SECRET, strlen(SECRET));
    g_assert_cmpint(chmod(sidecar, 0622), ==, 0);
    open = run_recover(log);
    g_assert_cmpint(open->status, ==, 2);
    assert_contains(open->err, "can be written by other users");

    /* Huge, but sparse */
    g_assert_cmpint(chmod(sidecar, 0600), ==, 0);
    g_assert_cmpint(truncate(sidecar, 1ll << 40), ==, 0);
    large = run_recover(log);
    g_assert_cmpint(large->status, ==, 2);
    assert_contains(large->err, "does not name a ring");
    g_assert_null(strstr(large->err, "secret"));
    g_unlink(sidecar);
}

/* A file is not taken for a ring only because a sidecar names it. */
static void test_names(void)
{
    g_autofree char *log = temp_file("names.mmt", HEAD, -1);
    g_autofree char *victim = make_victim("victim");
    g_autofree char *sidecar = sidecar_of(log);
    g_autofree char *fifo = g_build_filename(dead_ring_dir,
                                             "vfio-trace-0.ring", NULL);
    g_autoptr(ToolRun) name = NULL;
    g_autoptr(ToolRun) hangs = NULL;

    write_sidecar(log, victim);
    name = run_recover(log);
    g_assert_cmpint(name->status, ==, 2);
    assert_contains(name->err, "victim' is not a ring: rings have names");
    assert_intact(victim);

    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    write_sidecar(log, fifo);
    hangs = run_recover(log);
    g_assert_cmpint(hangs->status, ==, 2);
    assert_contains(hangs->err, "is not a regular file");
    g_unlink(fifo);
    g_unlink(sidecar);
}

/* --- rings ---------------------------------------------------------------- */

/* Outside of a tmpfs any user could have put a forged ring. */
static void test_disk(void)
{
    g_autoptr(Dead) dead = dead_start("disk.mmt");
    g_autofree char *ring = g_strdup(dead->rf->path);
    g_autofree char *bytes = NULL;
    g_autofree char *copy = NULL;
    char dir[] = "/proc/self/cwd/vfio-trace-XXXXXX";
    g_autoptr(ToolRun) run = NULL;
    struct statfs fs;
    size_t len;

    dead_die(dead);
    g_assert_true(g_file_get_contents(ring, &bytes, &len, NULL));
    if (!statfs(".", &fs) && fs.f_type == TMPFS_MAGIC) {
        g_test_skip("the working directory is on a tmpfs");
    } else if (!g_mkdtemp(dir)) {
        g_test_skip("can't write to the working directory");
    } else {
        copy = g_build_filename(dir, "vfio-trace-1.ring", NULL);
        append_bytes(copy, bytes, len);
        run = run_tool(NULL, "recover", "--ring", copy, NULL);
        g_assert_cmpint(run->status, ==, 2);
        assert_contains(run->err, "is not on a tmpfs");
        g_unlink(copy);
        g_rmdir(dir);
    }
    remove_rings();
}

/* A file that claims a large size must not make recover use that memory. */
static void test_holes(void)
{
    g_autoptr(Dead) dead = dead_start("holes.mmt");
    g_autofree char *ring = g_strdup(dead->rf->path);
    uint32_t slots = MMT_RING_MAX_SLOTS;
    g_autoptr(ToolRun) size = NULL;
    g_autoptr(ToolRun) holes = NULL;
    int fd;

    dead_die(dead);
    fd = open(ring, O_RDWR | O_CLOEXEC);
    g_assert_cmpint(ftruncate(fd, sizeof(MmtRingFileHeader) +
                              mmt_ring_bytes(slots)), ==, 0);
    size = run_recover(dead->log);
    g_assert_cmpint(size->status, ==, 2);
    assert_contains(size->err, "its size does not match the ring's");

    g_assert_cmpint(pwrite(fd, &slots, sizeof(slots),
                           sizeof(MmtRingFileHeader) +
                           offsetof(MmtRing, slots)), ==, sizeof(slots));
    holes = run_recover(dead->log);
    g_assert_cmpint(holes->status, ==, 2);
    assert_contains(holes->err, "it has holes");
    close(fd);
    remove_rings();
}

/* A ring's text is sanitized for the terminal. */
static void test_terminal(void)
{
    static const char name[] = "\033]0;owned\007\302\233m.mmt";
    g_autoptr(Dead) dead = dead_start(name);
    g_autofree char *evil = g_build_filename(dead_ring_dir,
                                             "vfio-trace-\033[2J.ring", NULL);
    g_autoptr(ToolRun) used = run_tool(NULL, "recover", "--list", "-d",
                                       dead_ring_dir, NULL);
    g_autoptr(ToolRun) list = NULL;
    g_autoptr(ToolRun) run = NULL;

    g_assert_null(strchr(used->out, '\033'));
    assert_contains(used->out, "?]0;owned?");
    g_assert_cmpint(g_rename(dead->rf->path, evil), ==, 0);
    dead_die(dead);
    list = run_tool(NULL, "recover", "--list", "-d", dead_ring_dir, NULL);
    g_assert_null(strchr(list->out, '\033'));
    g_assert_null(strstr(list->out, "\302\233"));
    assert_contains(list->out, "vfio-trace-?[2J.ring: left by process");
    run = run_tool(NULL, "recover", "-d", dead_ring_dir, NULL);
    g_assert_cmpint(run->status, ==, 0);
    g_assert_null(strchr(run->out, '\033'));
    assert_contains(run->out, "complete now");
}

/* The right one can't be known from their contents. */
static void test_several(void)
{
    const char *name = "unix:/run/several";
    g_autoptr(ToolRun) run = NULL;
    g_autofree char *first = NULL;
    int i;

    for (i = 0; i < 2; i++) {
        MmtRingFile *rf = mmt_ring_file_create(dead_ring_dir, name, SLOTS,
                                               MMT_RING_FILE_STREAM |
                                               MMT_RING_FILE_NO_PATH, 0, NULL);

        g_free(first);
        first = g_strdup(rf->path);
        mmt_ring_file_close(rf, false);
    }
    run = run_recover(name);
    g_assert_cmpint(run->status, ==, 1);
    assert_contains(run->err, "several rings claim this log");
    assert_contains(run->err, first);
    g_assert_cmpuint(rings_left(), ==, 2);
    remove_rings();
}

/* A domain's directory is made and listed; another user's is refused. */
static void test_own_dir(void)
{
    g_autofree char *dir = g_build_filename(dead_ring_dir,
                                            "vfio-trace-libvirt-1", NULL);
    g_autofree char *log = temp_file("domain.mmt", HEAD, -1);
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) rings = NULL;
    g_autofree char *path = NULL;
    struct stat st;
    MmtRingFile *rf = mmt_ring_file_create(dir, log, SLOTS, 0, 0, &error);

    g_assert_no_error(error);
    path = g_strdup(rf->path);
    g_assert_cmpint(stat(dir, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 07777, ==, 0700);
    rings = mmt_ring_file_list(dead_ring_dir, NULL);
    g_assert_cmpuint(g_strv_length(rings), ==, 1);
    g_assert_cmpstr(rings[0], ==, path);
    mmt_ring_file_close(rf, true);
    if (!geteuid()) {
        g_assert_cmpint(chown(dir, OTHER, OTHER), ==, 0);
        g_assert_cmpint(seteuid(1), ==, 0);
        g_assert_null(mmt_ring_file_create(dir, log, SLOTS,
                                           MMT_RING_FILE_NO_PATH, 0, &error));
        g_assert_cmpint(seteuid(0), ==, 0);
        assert_contains(error->message, "vfio-trace-libvirt-1");
    }
    g_rmdir(dir);
}

/* --- directories ---------------------------------------------------------- */

/* The directory was replaced: only files in the opened one are removed. */
static void test_swapped(void)
{
    g_autofree char *dir = g_build_filename(temp_dir(), "mine", NULL);
    g_autofree char *away = g_build_filename(temp_dir(), "away", NULL);
    g_autofree char *other = g_build_filename(temp_dir(), "theirs", NULL);
    g_autofree char *ring = g_build_filename(dir, "vfio-trace-2.ring", NULL);
    g_autofree char *log = g_build_filename(dir, "log.mmt", NULL);
    G_GNUC_UNUSED g_autofree char *sidecar = sidecar_of(log);
    const char *names[] = { "vfio-trace-2.ring", "log.mmt.ring", "log.mmt.1",
                            "log.mmt" };
    g_autoptr(GError) error = NULL;
    MmtRecovered done;
    MmtRingFile *rf;
    size_t i;

    g_assert_cmpint(g_mkdir(dir, 0700), ==, 0);
    g_assert_cmpint(g_mkdir(other, 0700), ==, 0);
    append_bytes(log, HEAD, strlen(HEAD));
    rf = mmt_ring_file_create(dir, log, SLOTS, 0, 0, &error);
    g_assert_no_error(error);
    g_assert_cmpint(g_rename(rf->path, ring), ==, 0);
    mmt_ring_file_close(rf, false);
    write_sidecar(log, ring);
    rf = mmt_ring_file_open_log(log, &error);
    g_assert_no_error(error);
    g_assert_cmpint(rf->sidecar_fd, >=, 0);

    g_assert_cmpint(g_rename(dir, away), ==, 0);
    g_assert_cmpint(symlink(other, dir), ==, 0);
    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(other, names[i], NULL);

        append_bytes(path, SECRET, strlen(SECRET));
    }
    g_assert_true(mmt_recover(rf, NULL, &done, &error));
    g_free(done.file);
    mmt_ring_file_close(rf, true);
    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *theirs = g_build_filename(other, names[i], NULL);
        g_autofree char *mine = g_build_filename(away, names[i], NULL);

        assert_intact(theirs);
        g_assert_cmpint(g_access(mine, F_OK), ==, i == 3 ? 0 : -1);
        g_unlink(theirs);
        g_unlink(mine);
    }
    g_unlink(dir);
    g_rmdir(away);
    g_rmdir(other);
}

/* --- other users' files --------------------------------------------------- */

static void give_to_other(const char *path)
{
    g_assert_cmpint(lchown(path, OTHER, OTHER), ==, 0);
}

/* A directory in which another user can create files, too */
static char *shared_dir(const char *name)
{
    char *dir = g_build_filename(temp_dir(), name, NULL);

    g_assert_cmpint(g_mkdir(dir, 0755), ==, 0);
    g_assert_cmpint(chmod(temp_dir(), 0755), ==, 0);
    g_assert_cmpint(chmod(dead_ring_dir, 0755), ==, 0);
    give_to_other(dir);
    return dir;
}

/* Root must not do for a user what that user can't do. */
static void test_root_is_asked(void)
{
    g_autofree char *dir = NULL;
    g_autofree char *log = NULL;
    g_autofree char *sidecar = NULL;
    g_autofree char *ring = NULL;
    g_autofree char *before = NULL;
    g_autoptr(ToolRun) run = NULL;
    g_autoptr(Dead) dead = NULL;
    g_autofree char *after = NULL;

    if (skip_without_root()) {
        return;
    }
    dir = shared_dir("user");
    dead = dead_start("roots.mmt");
    dead_put(dead, MMT_KIND_WRITE, 1, MMT_STATE_READY);
    ring = g_strdup(dead->rf->path);
    dead_die(dead);
    g_assert_true(g_file_get_contents(dead->log, &before, NULL, NULL));

    log = g_build_filename(dir, "bait.mmt", NULL);
    append_bytes(log, HEAD, strlen(HEAD));
    give_to_other(log);
    write_sidecar(log, ring);
    sidecar = sidecar_of(log);
    give_to_other(sidecar);
    run = run_recover(log);
    g_assert_cmpint(run->status, ==, 2);
    assert_contains(run->err, "belongs to another user");
    g_assert_true(g_file_get_contents(dead->log, &after, NULL, NULL));
    g_assert_cmpstr(before, ==, after);
    g_assert_cmpint(g_access(ring, F_OK), ==, 0);

    g_unlink(log);
    g_unlink(sidecar);
    g_rmdir(dir);
    g_clear_pointer(&sidecar, g_free);
    sidecar = sidecar_of(dead->log);
    g_unlink(sidecar);
    remove_rings();
}

/* Root does what the user can do, if told to with --all-users. */
static void test_all_users(void)
{
    g_autofree char *dir = NULL;
    g_autofree char *ring = NULL;
    g_autofree char *sidecar = NULL;
    g_autoptr(Dead) dead = NULL;
    g_autoptr(ToolRun) none = NULL;
    g_autoptr(ToolRun) list = NULL;
    g_autoptr(ToolRun) all = NULL;
    g_autofree char *body = access_line('W', 1);
    g_autofree char *end = closing_lines(1, 0, 0);

    if (skip_without_root()) {
        return;
    }
    dir = shared_dir("theirs");
    dead = dead_start("theirs/log.mmt");
    dead_put(dead, MMT_KIND_WRITE, 1, MMT_STATE_READY);
    ring = g_strdup(dead->rf->path);
    dead_die(dead);
    sidecar = sidecar_of(dead->log);
    give_to_other(ring);
    give_to_other(sidecar);
    give_to_other(dead->log);
    give_to_other(dead_ring_dir);

    none = run_tool(NULL, "recover", "-d", dead_ring_dir, NULL);
    g_assert_cmpint(none->status, ==, 0);
    assert_contains(none->out, "nothing to do: no ring of yours");
    assert_contains(none->out, "1 ring of other users: --all-users");
    list = run_tool(NULL, "recover", "-d", dead_ring_dir, "--list", NULL);
    g_assert_null(strstr(list->out, "log.mmt"));
    g_assert_cmpuint(rings_left(), ==, 1);

    all = run_tool(NULL, "recover", "-d", dead_ring_dir, "--all-users", NULL);
    g_assert_cmpstr(all->err, ==, "");
    g_assert_cmpint(all->status, ==, 0);
    assert_contains(all->out, "complete now: 1 record");
    assert_log_body(dead->file, body, end);
    g_assert_cmpuint(rings_left(), ==, 0);
    g_assert_cmpint(chown(dead_ring_dir, 0, 0), ==, 0);
    g_unlink(dead->log);
    g_rmdir(dir);
}

int main(int argc, char **argv)
{
    static const DeadTest tests[] = {
        { "/recover-hostile/sidecar-kinds", test_sidecar_kinds },
        { "/recover-hostile/names", test_names },
        { "/recover-hostile/disk", test_disk },
        { "/recover-hostile/holes", test_holes },
        { "/recover-hostile/terminal", test_terminal },
        { "/recover-hostile/several", test_several },
        { "/recover-hostile/own-dir", test_own_dir },
        { "/recover-hostile/swapped", test_swapped },
        { "/recover-hostile/root-is-asked", test_root_is_asked },
        { "/recover-hostile/all-users", test_all_users },
        { NULL, NULL }
    };

    return dead_main(argc, argv, tests);
}
