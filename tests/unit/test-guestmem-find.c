/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unit tests: search path of rings files */
#include <errno.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "libguestmem/find.h"

#define REST "register Z bar0:0:4\nwatch Y {\n at 0\n len 1\n on write Z\n}\n"

typedef struct Fixture {
    char *top;
    char *one;
    char *two;
} Fixture;

static void put(const char *dir, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    g_autoptr(GError) error = NULL;

    g_file_set_contents(path, text, -1, &error);
    g_assert_no_error(error);
}

static void set_up(Fixture *f, G_GNUC_UNUSED const void *unused)
{
    g_autofree char *path = NULL;

    f->top = g_dir_make_tmp("vfio-trace-test-XXXXXX", NULL);
    g_assert_nonnull(f->top);
    f->one = g_build_filename(f->top, "one", NULL);
    f->two = g_build_filename(f->top, "two", NULL);
    g_assert_cmpint(g_mkdir(f->one, 0755), ==, 0);
    g_assert_cmpint(g_mkdir(f->two, 0755), ==, 0);
    put(f->one, "b.rings", "rings 1\nfor 1234:5678\ntitle \"first\"\n" REST);
    put(f->one, "wrong.rings", "rings 1\nfor 1234:5678\nrong\n");
    put(f->one, "other.txt", "rings 1\n");
    put(f->one, ".hidden.rings", "rings 1\nfor 1234:5678\n" REST);
    put(f->two, "b.rings", "rings 1\ntitle \"second\"\n" REST);
    put(f->two, "a.rings", "rings 1\nfor class 0x010802\n" REST);
    put(f->two, "any.rings", "rings 1\n" REST);
    put(f->top, "outside.rings", "rings 1\nfor 1234:5678\n" REST);
    path = g_strdup_printf("%s:%s/none:%s", f->one, f->top, f->two);
    g_setenv(GMEM_FIND_VARIABLE, path, TRUE);
}

static void tear_down(Fixture *f, G_GNUC_UNUSED const void *unused)
{
    const char *argv[] = { "rm", "-rf", f->top, NULL };

    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
                 NULL, NULL, NULL, NULL);
    g_free(f->top);
    g_free(f->one);
    g_free(f->two);
}

static void assert_path(const char *path, const char *dir, const char *name)
{
    g_autofree char *expected = g_build_filename(dir, name, NULL);

    g_assert_cmpstr(path, ==, expected);
}

static void test_name(Fixture *f, G_GNUC_UNUSED const void *unused)
{
    static const char *const none[] = {
        "c", "", ".hidden", "..", "../outside", "other", "a/b", "b.rings",
        "a\x1b", "one/b",
    };
    g_autofree char *a = gmem_find("a", NULL);
    g_autofree char *b = gmem_find("b", NULL);
    size_t i;

    assert_path(a, f->two, "a.rings");
    assert_path(b, f->one, "b.rings");
    for (i = 0; i < G_N_ELEMENTS(none); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *path = gmem_find(none[i], &error);

        g_assert_null(path);
        g_assert_error(error, GMEM_ERROR, GMEM_ERROR_FILE);
        g_assert_true(g_str_has_prefix(error->message,
                                       "there is no rings file"));
    }
}

/* Symbolic links: within the directory they do, out of it they don't. */
static void test_links(Fixture *f, G_GNUC_UNUSED const void *unused)
{
    g_autofree char *out = g_build_filename(f->one, "out.rings", NULL);
    g_autofree char *in = g_build_filename(f->one, "in.rings", NULL);
    g_autofree char *loop = g_build_filename(f->one, "loop.rings", NULL);
    g_autofree char *path = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(symlink("../outside.rings", out), ==, 0);
    g_assert_cmpint(symlink("b.rings", in), ==, 0);
    g_assert_cmpint(symlink("loop.rings", loop), ==, 0);
    path = gmem_find("in", &error);
    g_assert_no_error(error);
    assert_path(path, f->one, "b.rings");
    g_assert_null(gmem_find("out", &error));
    g_assert_nonnull(strstr(error->message,
                            "leads out of the directory of rings files"));
    g_clear_error(&error);
    g_assert_null(gmem_find("loop", &error));
    g_assert_nonnull(strstr(error->message, g_strerror(ELOOP)));
}

/* Root reads nothing that others could have put there. */
static void test_trust(Fixture *f, G_GNUC_UNUSED const void *unused)
{
    g_autofree char *file = g_build_filename(f->one, "b.rings", NULL);
    g_autofree char *path = NULL;
    g_autoptr(GError) error = NULL;

    if (geteuid()) {
        g_test_skip("not root");
        return;
    }
    g_assert_cmpint(g_chmod(file, 0666), ==, 0);
    g_assert_null(gmem_find("b", &error));
    g_assert_nonnull(strstr(error->message, "other users can write to"));
    g_clear_error(&error);
    g_assert_cmpint(g_chmod(file, 0644), ==, 0);
    g_assert_cmpint(chown(f->two, 12345, 12345), ==, 0);
    path = gmem_find("b", &error);
    g_assert_no_error(error);
    g_assert_null(gmem_find("a", &error));
    g_assert_nonnull(strstr(error->message, "belongs to another user"));
}

static void test_all(Fixture *f, G_GNUC_UNUSED const void *unused)
{
    g_autoptr(GPtrArray) all = gmem_find_all();
    static const char *const names[] = { "a", "any", "b", "wrong" };
    const GmemFound *found;
    size_t i;

    g_assert_cmpuint(all->len, ==, G_N_ELEMENTS(names));
    for (i = 0; i < all->len; i++) {
        found = all->pdata[i];
        g_assert_cmpstr(found->name, ==, names[i]);
        g_assert_true(!found->file == !!found->error);
    }
    found = all->pdata[2];
    g_assert_cmpstr(found->file->title, ==, "first");
    assert_path(found->path, f->one, "b.rings");
    found = all->pdata[3];
    g_assert_nonnull(found->error);
    g_assert_true(g_str_has_prefix(found->error->message,
                                   "wrong.rings:3:1: 'rong'"));
}

static void test_for(G_GNUC_UNUSED Fixture *f,
                     G_GNUC_UNUSED const void *unused)
{
    static const struct {
        uint16_t vendor;
        uint16_t device;
        uint32_t class_code;
        const char *names;
    } devices[] = {
        { 0x1234, 0x5678, 0x020000, "b" },
        { 0x8086, 0x5678, 0x010802, "a" },
        { 0x1234, 0x5678, 0x010802, "ab" },
        { 0x1234, 0x5679, 0x010803, "" },
    };
    g_autoptr(GPtrArray) all = gmem_find_all();
    unsigned i;
    unsigned k;

    for (i = 0; i < G_N_ELEMENTS(devices); i++) {
        g_autoptr(GString) names = g_string_new(NULL);

        for (k = 0; k < all->len; k++) {
            const GmemFound *found = all->pdata[k];

            if (found->file &&
                gmem_file_is_for(found->file, devices[i].vendor,
                                 devices[i].device, devices[i].class_code)) {
                g_string_append(names, found->name);
            }
        }
        g_assert_cmpstr(names->str, ==, devices[i].names);
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*test)(Fixture *f, const void *unused);
    } tests[] = {
        { "/guestmem-find/name", test_name },
        { "/guestmem-find/links", test_links },
        { "/guestmem-find/trust", test_trust },
        { "/guestmem-find/all", test_all },
        { "/guestmem-find/for", test_for },
    };
    size_t i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].test,
                   tear_down);
    }
    return g_test_run();
}
