/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: the log of a QEMU with a user of its own, which its guest may
 * have taken over
 */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/session/session-log.h"
#include "run-tool.h"

/* QEMU's user */
#define UID 60578

static char *log_path;
static char *work;
static unsigned said;

static void say(G_GNUC_UNUSED void *opaque, const char *text)
{
    g_test_message("%s", text);
    said++;
}

static char *in_work(const char *name)
{
    return g_build_filename(work, name, NULL);
}

static void make(const char *path, const char *text, uid_t uid)
{
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_assert_cmpint(chmod(path, 0600), ==, 0);
    g_assert_cmpint(chown(path, uid, uid), ==, 0);
}

static void make_its(const char *name, const char *text)
{
    g_autofree char *path = in_work(name);

    make(path, text, UID);
}

static void assert_file(const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(temp_dir(), name, NULL);
    g_autofree char *got = NULL;
    struct stat st;

    g_assert_cmpint(lstat(path, &st), ==, 0);
    g_assert_true(S_ISREG(st.st_mode));
    g_assert_cmpint(st.st_uid, ==, 0);
    g_assert_cmpint(st.st_mode & 07777, ==, 0600);
    g_assert_true(g_file_get_contents(path, &got, NULL, NULL));
    g_assert_cmpstr(got, ==, text);
    g_unlink(path);
}

static void assert_absent(const char *name)
{
    g_autofree char *path = g_build_filename(temp_dir(), name, NULL);

    g_assert_cmpint(g_access(path, F_OK), ==, -1);
}

static void prepare(bool overwrite)
{
    g_autoptr(GError) error = NULL;

    g_free(work);
    work = session_log_work(log_path);
    said = 0;
    g_assert_true(session_log_prepare(log_path, work, overwrite, UID, &error));
    g_assert_no_error(error);
}

static void finish(void)
{
    session_log_finish(log_path, work, UID, say, NULL);
}

static void test_moved(void)
{
    struct stat shown, own;
    g_autofree char *its = NULL;

    prepare(false);
    make_its("log.mmt", "one");
    its = in_work("log.mmt");
    session_log_show(log_path, work, UID);
    g_assert_cmpint(stat(log_path, &shown), ==, 0);
    g_assert_cmpint(stat(its, &own), ==, 0);
    g_assert_cmpuint(shown.st_ino, ==, own.st_ino);
    make_its("log.mmt.1", "two");
    make_its("log.mmt.2", "three");
    finish();
    assert_file("log.mmt", "one");
    assert_file("log.mmt.1", "two");
    assert_file("log.mmt.2", "three");
    g_assert_cmpint(g_access(work, F_OK), ==, -1);
    g_assert_cmpuint(said, ==, 0);
    /* Again: nothing is left to do. */
    finish();
    g_assert_cmpuint(said, ==, 0);
}

/* QEMU was ended before it wrote anything. */
static void test_empty(void)
{
    prepare(false);
    make_its("log.mmt", "");
    session_log_show(log_path, work, UID);
    g_assert_cmpint(g_access(log_path, F_OK), ==, 0);
    finish();
    assert_absent("log.mmt");
    g_assert_cmpint(g_access(work, F_OK), ==, -1);
    g_assert_cmpuint(said, ==, 0);
}

static void test_overwrite(void)
{
    g_autoptr(GError) error = NULL;

    make(log_path, "old", 0);
    prepare(true);
    g_assert_cmpint(g_access(log_path, F_OK), ==, -1);
    finish();

    /* Root must not remove another user's file. */
    make(log_path, "theirs", 1);
    g_free(work);
    work = session_log_work(log_path);
    g_assert_false(session_log_prepare(log_path, work, true, UID, &error));
    assert_contains(error->message, "belongs to another user");
    g_assert_cmpint(g_access(log_path, F_OK), ==, 0);
    g_unlink(log_path);
}

/* The session is lost, as after a restart of the host. */
static void test_adopt(void)
{
    prepare(false);
    make_its("log.mmt", "one");
    make_its("log.mmt.1", "two");
    make_its("log.mmt.ring",
             "[vfio-trace ring]\npath=/dev/shm/vfio-trace-0.ring\n");
    session_log_show(log_path, work, UID);
    session_log_adopt(log_path, say, NULL);
    assert_file("log.mmt", "one");
    assert_file("log.mmt.1", "two");
    assert_absent("log.mmt.ring");
    g_assert_cmpint(g_access(work, F_OK), ==, -1);
    g_assert_cmpuint(said, ==, 0);
}

/* Killed between two steps: it continues. */
static void test_interrupted(void)
{
    g_autofree char *part = g_build_filename(temp_dir(), "log.mmt.1", NULL);

    prepare(false);
    make(log_path, "one", 0);
    make(part, "two", UID);
    make_its("log.mmt.2", "three");
    finish();
    assert_file("log.mmt", "one");
    assert_file("log.mmt.1", "two");
    assert_file("log.mmt.2", "three");
    g_assert_cmpint(g_access(work, F_OK), ==, -1);
    g_assert_cmpuint(said, ==, 0);
}

static void test_there(void)
{
    g_autofree char *part = g_build_filename(temp_dir(), "log.mmt.1", NULL);
    g_autoptr(GError) error = NULL;

    make(part, "old", 0);
    g_free(work);
    work = session_log_work(log_path);
    g_assert_false(session_log_prepare(log_path, work, false, UID, &error));
    assert_contains(error->message, "log.mmt.1 is there already");
    g_assert_cmpint(g_access(work, F_OK), ==, -1);
    g_unlink(part);
}

/* Files that QEMU's user can put there do not mislead root. */
static void test_hostile(void)
{
    g_autofree char *victim = g_build_filename(temp_dir(), "victim", NULL);
    g_autofree char *link = NULL;
    g_autofree char *theirs = NULL;
    g_autofree char *other = NULL;
    struct stat st;

    make(victim, "secret", 0);
    g_assert_cmpint(chmod(victim, 0640), ==, 0);
    prepare(false);
    link = in_work("log.mmt");
    theirs = in_work("log.mmt.1");
    other = in_work("other");
    g_assert_cmpint(symlink(victim, link), ==, 0);
    make(theirs, "none of its", 0);
    session_log_show(log_path, work, UID);
    assert_absent("log.mmt");
    finish();
    assert_absent("log.mmt");
    assert_absent("log.mmt.1");
    g_assert_cmpuint(said, ==, 1);
    g_assert_cmpint(stat(victim, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 07777, ==, 0640);
    g_unlink(link);
    g_unlink(theirs);

    /* Nor is a file at the log's name overwritten, or a link followed. */
    make(link, "log", UID);
    make(other, "left", UID);
    g_assert_cmpint(symlink(victim, log_path), ==, 0);
    finish();
    g_assert_cmpuint(said, ==, 3);
    g_assert_cmpint(lstat(log_path, &st), ==, 0);
    g_assert_true(S_ISLNK(st.st_mode));
    g_unlink(log_path);
    g_unlink(link);
    g_unlink(other);
    finish();
    g_assert_cmpint(g_access(work, F_OK), ==, -1);
    g_unlink(victim);
}

/* The directory is not the one made for it. */
static void test_swapped(void)
{
    g_autofree char *victim = g_build_filename(temp_dir(), "etc", NULL);
    g_autofree char *file = g_build_filename(victim, "log.mmt", NULL);

    g_assert_cmpint(g_mkdir(victim, 0755), ==, 0);
    make(file, "mine", UID);
    prepare(false);
    g_assert_cmpint(g_rmdir(work), ==, 0);
    g_assert_cmpint(symlink(victim, work), ==, 0);
    finish();
    assert_absent("log.mmt");
    g_assert_cmpint(g_access(file, F_OK), ==, 0);
    g_unlink(work);
    g_unlink(file);
    g_rmdir(victim);
}

int main(int argc, char **argv)
{
    int result;

    g_test_init(&argc, &argv, NULL);
    if (geteuid()) {
        g_print("1..0 # SKIP only root has other users' files\n");
        return 0;
    }
    log_path = g_build_filename(temp_dir(), "log.mmt", NULL);
    g_assert_cmpint(chmod(temp_dir(), 0755), ==, 0);
    g_test_add_func("/session-log/moved", test_moved);
    g_test_add_func("/session-log/empty", test_empty);
    g_test_add_func("/session-log/overwrite", test_overwrite);
    g_test_add_func("/session-log/adopt", test_adopt);
    g_test_add_func("/session-log/interrupted", test_interrupted);
    g_test_add_func("/session-log/there", test_there);
    g_test_add_func("/session-log/hostile", test_hostile);
    g_test_add_func("/session-log/swapped", test_swapped);
    result = g_test_run();
    temp_clean();
    g_free(log_path);
    g_free(work);
    return result;
}
