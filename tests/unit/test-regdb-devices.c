/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unit tests: which register database is for which device (.regdb files) */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libregdb/devices.h"
#include "libregdb/manifest.h"

static char *top;

static char *in_top(const char *name)
{
    return g_build_filename(top, name, NULL);
}

static void put(const char *name, const char *text)
{
    g_autofree char *path = in_top(name);
    g_autofree char *dir = g_path_get_dirname(path);

    g_assert_cmpint(g_mkdir_with_parents(dir, 0700), ==, 0);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void remove_all(const char *path)
{
    GDir *d = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL :
              g_dir_open(path, 0, NULL);
    const char *name;

    while (d && (name = g_dir_read_name(d))) {
        g_autofree char *inner = g_build_filename(path, name, NULL);

        remove_all(inner);
    }
    g_clear_pointer(&d, g_dir_close);
    g_remove(path);
}

static void begin(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) names = g_strsplit(path, ":", -1);
    g_autoptr(GString) dirs = g_string_new(NULL);
    unsigned i;

    top = g_dir_make_tmp("vfio-trace-regdb-XXXXXX", &error);
    g_assert_no_error(error);
    for (i = 0; names[i]; i++) {
        g_string_append_printf(dirs, "%s%s/%s", i ? ":" : "", top, names[i]);
    }
    g_setenv("VFIO_TRACE_REGDB_PATH", dirs->str, TRUE);
}

static void end(void)
{
    remove_all(top);
    g_clear_pointer(&top, g_free);
}

static void assert_says(const RegDbMessages *messages, const char *part)
{
    unsigned i;

    for (i = 0; i < messages->lines->len; i++) {
        if (strstr(messages->lines->pdata[i], part)) {
            return;
        }
        g_test_message("%s", (char *)messages->lines->pdata[i]);
    }
    g_test_message("no '%s'", part);
    g_test_fail();
}

static RegDbDevice *find(uint16_t vendor, uint16_t device, uint32_t class_code)
{
    g_autoptr(RegDbMessages) messages = regdb_messages_new();
    RegDbDevice *found = regdb_device_find(vendor, device, class_code,
                                           messages);
    unsigned i;

    for (i = 0; i < messages->lines->len; i++) {
        g_test_message("%s", (char *)messages->lines->pdata[i]);
    }
    g_assert_cmpuint(messages->n, ==, 0);
    return found;
}

#define assert_title(vendor, device, class_code, want) \
    do { \
        g_autoptr(RegDbDevice) found_ = find(vendor, device, class_code); \
        g_assert_cmpstr(found_ ? found_->title : NULL, ==, want); \
    } while (0)

static RegDbManifest *parse(const char *text, RegDbMessages *messages)
{
    return regdb_manifest_parse("x.regdb", text, strlen(text), messages);
}

static void test_parse(void)
{
    g_autoptr(RegDbMessages) messages = regdb_messages_new();
    g_autoptr(RegDbManifest) manifest = parse(
        "# comment\n"
        "[database]\n"
        "title=Intel 82574L\n"
        "file = a/b.xml ; c.xml\n"
        "source=https://example.org\n"
        "[device]\n"
        "ids=8086:10d3 8086:10F6; 10de:*\n"
        "class=0108 02\n"
        "regions=bar0:E1000E bar3+0x2000:MSIX bar0+@CAP.DBOFF:DOORBELLS\n"
        "variants=chipset=GV100\n"
        "detect=nvidia\n"
        "[device any]\n"
        "ids=*:*\n", messages);
    const RegDbGroup *group;
    const RegDbRegionOf *of;

    g_assert_cmpuint(messages->n, ==, 0);
    g_assert_nonnull(manifest);
    g_assert_cmpstr(manifest->title, ==, "Intel 82574L");
    g_assert_cmpstr(manifest->source, ==, "https://example.org");
    g_assert_cmpstr(manifest->files[0], ==, "a/b.xml");
    g_assert_cmpstr(manifest->files[1], ==, "c.xml");
    g_assert_null(manifest->files[2]);
    g_assert_cmpuint(manifest->groups->len, ==, 2);
    group = manifest->groups->pdata[0];
    g_assert_cmpuint(group->ids->len, ==, 3);
    g_assert_cmpuint(g_array_index(group->ids, RegDbId, 1).device, ==, 0x10f6);
    g_assert_true(g_array_index(group->ids, RegDbId, 2).any_device);
    g_assert_cmpuint(group->classes->len, ==, 2);
    g_assert_cmphex(g_array_index(group->classes, RegDbClass, 0).code, ==,
                    0x010800);
    g_assert_cmphex(g_array_index(group->classes, RegDbClass, 1).mask, ==,
                    0xff0000);
    g_assert_cmpstr(group->variants[0], ==, "chipset=GV100");
    g_assert_cmpstr(group->detect, ==, "nvidia");
    g_assert_cmpuint(group->regions->len, ==, 3);
    of = &g_array_index(group->regions, RegDbRegionOf, 1);
    g_assert_cmpstr(of->region, ==, "bar3");
    g_assert_cmphex(of->offset, ==, 0x2000);
    of = &g_array_index(group->regions, RegDbRegionOf, 2);
    g_assert_cmpstr(of->at, ==, "CAP.DBOFF");
    g_assert_cmpstr(of->domain, ==, "DOORBELLS");
}

#define HEAD "[database]\nfile=a.xml\n[device]\nids=1:*\n"

static void test_capability(void)
{
    static const struct {
        const char *place;
        uint32_t id;
    } good[] = {
        { "config+cap0x11", 0x11 }, { "config+ecap0x1", 0x10001 },
        { "config+cap*", 0xffff }, { "config+ecap*", 0x1ffff },
        { "msix-table", 0 },
    };
    static const char *const bad[] = {
        "config+cap", "config+cap17", "config+cap0x0", "config+cap0x100",
        "config+ecap0xffff", "config+ecap", "config+xcap0x1", "config+cap**",
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autofree char *text = NULL;
        RegDbRegionOf of;

        g_assert_true(regdb_region_of_parse(good[i].place, "D", &of));
        text = regdb_region_of_text(&of);

        g_assert_cmpstr(text, ==, good[i].place);
        g_assert_cmphex(of.capability, ==, good[i].id);
        g_assert_true(regdb_region_of_by_capability(&of));
        g_assert_null(of.at);
        regdb_region_of_clear(&of);
    }
    for (i = 0; i < G_N_ELEMENTS(bad); i++) {
        RegDbRegionOf of;

        g_test_message("%s", bad[i]);
        g_assert_false(regdb_region_of_parse(bad[i], "D", &of));
    }
}

static void test_faults(void)
{
    static const struct {
        const char *text;
        const char *message;
        bool usable;
    } cases[] = {
        { "[database]\nfile=a\ncolour=red\n[device]\nids=*:*\n",
          "x.regdb:3: unknown key 'colour'", true },
        { "[database]\nfile=a\n[device]\nids=*:*\nid=1\n",
          "x.regdb:5: unknown key 'id'", true },
        { "[database]\nfile=a\n[device]\nids=*:*\n[extra]\n",
          "x.regdb:5: unknown group [extra]", true },
        { "[database]\nfile=a\n[device]\nids=8086 8086:10d3\n",
          "x.regdb:4: '8086' is not a device", true },
        { "[database]\nfile=a\n[device]\nids=*:10d3\n",
          "x.regdb:4: '*:10d3' is not a device", false },
        { "[database]\nfile=a\n[device]\nids=8086:0x10d3\n",
          "x.regdb:4: '8086:0x10d3' is not a device", false },
        { "[database]\nfile=a\n[device]\nclass=010\n",
          "x.regdb:4: '010' is not a PCI class", false },
        { "[database]\nfile=a\n[device]\n", "names no device", false },
        { "[database]\nfile=a\n", "no group [device]", false },
        { "[device]\nids=*:*\n", "has no file=", false },
        { "[database]\nfile=../a\n[device]\nids=*:*\n",
          "x.regdb:2: '../a' leads out", false },
        { "[database]\nfile=/etc/passwd\n[device]\nids=*:*\n",
          "leads out", false },
        { "[database]\nfile=a/../../b\n[device]\nids=*:*\n",
          "leads out", false },
        { "[database]\nfile=a\n[device]\nids=*:*\nregions=bar0\n",
          "x.regdb:5: 'bar0' is not a region", true },
        { "[database]\nfile=a\n[device]\nids=*:*\nregions=bar0+:A bar0:\n",
          "'bar0:' is not a region", true },
        { "[database]\nfile=a\n[device]\nids=*:*\nvariants=GV100\n",
          "'GV100' is not a variant", true },
        { "[database]\nfile=a\n[device]\nids=*:*\ndetect=magic\n",
          "no way 'magic'", true },
        { "[database]\nfile=a\n[device]\nids=*:*\n[device]\nids=1:*\n",
          "x.regdb:5: [device] is there twice", false },
        { "[database]\nfile=a\nfile=b\n[device]\nids=*:*\n",
          "x.regdb:3: file in [database] is there twice", false },
        { "[database]\ntitle=\033[2J\n", "x.regdb:2: this is not text",
          false },
        { "[database]\ntitle=\xff\n", "x.regdb:2: this is not text", false },
        { "no group\n", "x.regdb: ", false },
        { "", "has no file=", false },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(RegDbMessages) messages = regdb_messages_new();
        g_autoptr(RegDbManifest) manifest = parse(cases[i].text, messages);

        g_test_message("%s", cases[i].text);
        assert_says(messages, cases[i].message);
        g_assert_true(cases[i].usable == !!manifest);
    }
}

static void test_long(void)
{
    g_autoptr(RegDbMessages) messages = regdb_messages_new();
    g_autoptr(GString) text = g_string_new("[database]\nfile=a\n[device]\n"
                                           "ids=");
    g_autoptr(RegDbManifest) manifest = NULL;

    while (text->len < 60000) {
        g_string_append(text, "8086:10d3 ");
    }
    manifest = regdb_manifest_parse("x", text->str, text->len, messages);
    g_assert_nonnull(manifest);
    assert_says(messages, "ids has more than 4096 words");
    while (text->len <= REGDB_MANIFEST_MAX) {
        g_string_append(text, "8086:10d3 ");
    }
    g_assert_null(regdb_manifest_parse("x", text->str, text->len, messages));
    assert_says(messages, "has more than 256 KiB");
}

/* A thousand entries would have a copy each. */
static void test_long_title(void)
{
    g_autoptr(RegDbMessages) messages = regdb_messages_new();
    g_autofree char *title = g_strnfill(1025, 't');
    g_autofree char *text = g_strdup_printf(
        "[database]\ntitle=%s\nfile=a\n[device]\nids=*:*\n", title);
    g_autoptr(RegDbManifest) manifest = parse(text, messages);

    g_assert_cmpstr(manifest->title, ==, "a");
    assert_says(messages, "x.regdb:2: title has more than 1024 bytes");
}

static const char *const manifests[][2] = {
    { "b/exact.regdb", "[database]\ntitle=exact\nfile=a.xml\n[device]\n"
                       "ids=8086:10d3\n" },
    { "b/vendor.regdb", "[database]\ntitle=vendor\nfile=a.xml\n[device]\n"
                        "ids=8086:*\n" },
    { "b/any.regdb", "[database]\ntitle=any\nfile=a.xml\n[device]\n"
                     "ids=*:*\n" },
    { "b/class.regdb", "[database]\ntitle=class\nfile=a.xml\n[device]\n"
                       "class=0108\n" },
    { "b/class6.regdb", "[database]\ntitle=class6\nfile=a.xml\n[device]\n"
                        "class=010803\n" },
    { "b/both.regdb", "[database]\ntitle=both\nfile=a.xml\n[device]\n"
                      "ids=10de:*\nclass=03\n" },
    { "b/a.xml", "<x/>" },
};

static void test_order(void)
{
    size_t i;

    begin("a:b:missing");
    for (i = 0; i < G_N_ELEMENTS(manifests); i++) {
        put(manifests[i][0], manifests[i][1]);
    }
    assert_title(0x8086, 0x10d3, 0, "exact");
    assert_title(0x8086, 0x10d3, 0x010802, "exact");
    assert_title(0x8086, 0x1, 0, "vendor");
    assert_title(0x8086, 0x1, 0x010802, "class");
    assert_title(0x8086, 0x1, 0x010803, "class6");
    assert_title(0x1234, 0x1, 0, "any");
    assert_title(0x10de, 0x1, 0, "both");
    assert_title(0x10de, 0x1, 0x030000, "both");
    assert_title(0x10de, 0x1, 0x040300, "any");
    /* an earlier directory, although it names all devices */
    put("a/mine.regdb", "[database]\ntitle=mine\nfile=m.xml\n[device]\n"
                        "ids=*:*\n");
    assert_title(0x8086, 0x10d3, 0, "exact");
    put("a/m.xml", "<x/>");
    assert_title(0x8086, 0x10d3, 0, "mine");
    end();
}

static void test_file(void)
{
    g_autoptr(RegDbDevice) none = NULL;
    g_autoptr(RegDbDevice) any = NULL;
    g_autoptr(RegDbDevice) second = NULL;
    g_autoptr(RegDbDevice) first = NULL;
    g_autoptr(RegDbDevice) beside = NULL;
    g_autoptr(GPtrArray) all = NULL;
    g_autoptr(RegDbMessages) messages = regdb_messages_new();

    begin("user:system");
    put("system/n.regdb", "[database]\nfile=db/one.xml;db/two.xml\n"
                          "source=there\n[device]\nids=10de:*\n"
                          "[device b]\nids=1af4:*\nclass=02\n");
    none = find(0x10de, 0x1d81, 0);
    g_assert_nonnull(none);
    g_assert_null(none->file);
    g_assert_cmpstr(none->file_name, ==, "db/one.xml");
    g_assert_cmpstr(none->title, ==, "db/one.xml");
    g_assert_cmpstr(none->source, ==, "there");
    g_assert_cmpstr(none->match, ==, "10de:*");
    /* another one is as good as none, but the better one is named */
    put("system/any.regdb", "[database]\nfile=any.xml\n[device]\nids=*:*\n");
    put("system/any.xml", "");
    any = find(0x10de, 0x1d81, 0);
    g_assert_cmpstr(any->title, ==, "any.xml");
    g_assert_cmpstr(any->missing, ==, "db/one.xml");
    g_assert_cmpstr(any->missing_source, ==, "there");
    put("user/db/two.xml", "");
    second = find(0x10de, 0x1d81, 0);
    g_assert_true(g_str_has_suffix(second->file, "/user/db/two.xml"));
    g_assert_cmpstr(second->file_name, ==, "db/two.xml");
    put("user/db/one.xml", "");
    first = find(0x10de, 0x1d81, 0);
    g_assert_true(g_str_has_suffix(first->file, "/user/db/one.xml"));
    put("system/db/one.xml", "");
    beside = find(0x10de, 0x1d81, 0);
    g_assert_true(g_str_has_suffix(beside->file, "/system/db/one.xml"));
    all = regdb_device_all(messages);
    g_assert_cmpuint(all->len, ==, 3);
    g_assert_cmpstr(((RegDbDevice *)all->pdata[2])->match, ==,
                    "1af4:*, class 02");
    end();
}

static void test_links(void)
{
    g_autoptr(RegDbMessages) messages = regdb_messages_new();
    g_autoptr(RegDbDevice) found = NULL;
    g_autofree char *out = NULL;
    g_autofree char *in = NULL;
    g_autofree char *manifest = NULL;

    begin("d");
    put("secret.xml", "");
    put("d/in.xml", "");
    put("d/a.regdb", "[database]\nfile=out.xml;link.xml\n[device]\nids=1234:*"
                     "\n");
    out = in_top("d/out.xml");
    in = in_top("d/link.xml");
    manifest = in_top("d/b.regdb");
    g_assert_cmpint(symlink("../secret.xml", out), ==, 0);
    g_assert_cmpint(symlink("in.xml", in), ==, 0);
    g_assert_cmpint(symlink("a.regdb", manifest), ==, 0);
    found = regdb_device_find(0x1234, 1, 0, messages);
    assert_says(messages, "out.xml leads out of the directory of databases");
    assert_says(messages, "b.regdb: is a symbolic link");
    g_assert_true(g_str_has_suffix(found->file, "/d/in.xml"));
    end();
}

static void test_did(void)
{
    g_autoptr(RegDbDevice) vega = NULL;
    g_autoptr(RegDbDevice) unknown = NULL;
    g_autoptr(RegDbDevice) hostile = NULL;
    g_autoptr(RegDbDevice) absent = NULL;

    begin("d");
    put("d/amd.regdb", "[database]\nfile=umr/pci.did\n[device]\nids=1002:*\n");
    put("d/umr/pci.did", "0x687f vega10.asic\n0x6880 ../../x.asic\n"
        "0x744c navi31\n");
    put("d/umr/vega10.asic", "");
    vega = find(0x1002, 0x687f, 0);
    g_assert_true(g_str_has_suffix(vega->file, "/d/umr/vega10.asic"));
    unknown = find(0x1002, 0x1, 0);
    g_assert_null(unknown->file);
    g_assert_cmpstr(unknown->title, ==, "umr/pci.did: 1002:0001");
    absent = find(0x1002, 0x744c, 0);
    g_assert_null(absent->file);
    g_assert_cmpstr(absent->title, ==, "umr/pci.did: navi31");
    hostile = find(0x1002, 0x6880, 0);
    g_assert_null(hostile->file);
    end();
}

/* Root reads nothing that another user could have written. */
static void test_root(void)
{
    g_autofree char *dir = NULL;
    g_autofree char *file = NULL;
    g_autofree char *manifest = NULL;
    g_autoptr(RegDbMessages) messages = regdb_messages_new();
    g_autoptr(RegDbDevice) found = NULL;

    if (geteuid()) {
        g_test_skip("this is not root");
        return;
    }
    begin("d");
    put("d/a.regdb", "[database]\nfile=a.xml\n[device]\nids=1234:*\n");
    put("d/a.xml", "");
    dir = in_top("d");
    file = in_top("d/a.xml");
    manifest = in_top("d/a.regdb");
    found = find(0x1234, 1, 0);
    g_assert_nonnull(found->file);
    g_clear_pointer(&found, regdb_device_free);

    g_assert_cmpint(chown(file, 65534, 65534), ==, 0);
    found = regdb_device_find(0x1234, 1, 0, messages);
    g_assert_null(found->file);
    assert_says(messages, "a.xml belongs to another user");
    g_clear_pointer(&found, regdb_device_free);

    g_assert_cmpint(chmod(manifest, 0666), ==, 0);
    g_assert_null(regdb_device_find(0x1234, 1, 0, messages));
    assert_says(messages, "other users can write to ");

    g_assert_cmpint(chmod(dir, 01777), ==, 0);
    g_assert_null(regdb_device_find(0x1234, 1, 0, messages));
    assert_says(messages, "root reads no databases of this directory");
    end();
}

static void test_path(void)
{
    g_auto(GStrv) mine = NULL;
    g_auto(GStrv) usual = NULL;
    unsigned n;

    g_setenv("VFIO_TRACE_REGDB_PATH", "/a::/b:/a", TRUE);
    mine = regdb_search_path();
    g_assert_cmpstr(mine[0], ==, "/a");
    g_assert_cmpstr(mine[1], ==, "/b");
    g_assert_null(mine[2]);
    g_unsetenv("VFIO_TRACE_REGDB_PATH");
    usual = regdb_search_path();
    n = g_strv_length(usual);
    g_assert_cmpuint(n, >=, 3);
    g_assert_true(g_str_has_suffix(usual[0], "/vfio-trace/regdb"));
    g_assert_cmpstr(usual[n - 1], ==, "/usr/share/vfio-trace/regdb");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/regdb-devices/parse", test_parse);
    g_test_add_func("/regdb-devices/capability", test_capability);
    g_test_add_func("/regdb-devices/faults", test_faults);
    g_test_add_func("/regdb-devices/long-title", test_long_title);
    g_test_add_func("/regdb-devices/long", test_long);
    g_test_add_func("/regdb-devices/order", test_order);
    g_test_add_func("/regdb-devices/file", test_file);
    g_test_add_func("/regdb-devices/links", test_links);
    g_test_add_func("/regdb-devices/did", test_did);
    g_test_add_func("/regdb-devices/root", test_root);
    g_test_add_func("/regdb-devices/path", test_path);
    return g_test_run();
}
