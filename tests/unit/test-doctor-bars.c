/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace doctor, the BARs of a device
 */
#include <glib.h>
#include <string.h>

#include "examine.h"

static JsonObject *region(JsonNode *node, const char *name)
{
    JsonObject *device = json_object_get_object_member(
        json_node_get_object(node), "device");
    JsonArray *regions = json_object_get_array_member(device, "regions");
    guint i;

    for (i = 0; i < json_array_get_length(regions); i++) {
        JsonObject *object = json_array_get_object_element(regions, i);

        if (!strcmp(json_object_get_string_member(object, "name"), name)) {
            return object;
        }
    }
    return NULL;
}

static void assert_region(JsonNode *node, const char *name, const char *type,
                          guint64 size, const char *direct, const char *why)
{
    JsonObject *object = region(node, name);

    g_assert_nonnull(object);
    g_assert_cmpstr(json_object_get_string_member(object, "type"), ==, type);
    g_assert_cmpuint(json_object_get_int_member(object, "size"), ==, size);
    g_assert_cmpstr(json_object_get_string_member(object, "direct"), ==,
                    direct);
    g_assert_cmpstr(json_object_get_string_member_with_default(
                        object, "why", NULL), ==, why);
}

/* The firmware's framebuffer in a BAR; see test-host-uses.c for other uses. */
static void test_framebuffer(Fixture *f, gconstpointer data)
{
    g_autofree char *driver = g_strconcat(f->root, f->gpu, "/driver", NULL);
    g_autofree char *link = g_strconcat(f->gpu, "/driver", NULL);
    g_autoptr(JsonNode) node = NULL;

    (void)data;
    gpu_file(f, "class", "0x038000\n");
    gpu_file(f, "resource",
             "0x0000002800000000 0x0000002fffffffff 0x000000000014220c\n");
    g_assert_cmpint(unlink(driver), ==, 0);
    fake_link(f->root, link, "/sys/bus/pci/drivers/vfio-pci");
    fake_file(f->root, "/proc/iomem",
              "2800000000-2fffffffff : 0000:01:00.0\n"
              "  2800000000-2801fa3fff : BOOTFB\n");
    node = examine(NULL, NULL, "01:00.0", 1);
    assert_finding(node, "use", "fail", "the firmware's framebuffer (BOOTFB) "
                   "is in BAR 0", "initcall_blacklist=sysfb_init");
    assert_region(node, "bar0", "mem64,pref", MIB(32768), "none",
                  "VFIO can not reserve it: a part is claimed by BOOTFB");
    assert_finding(node, "direct", "note", "claimed by BOOTFB", NULL);
}

/* The usual regions of a GPU: registers, memory, ports, ROM */
static void add_regions(const Fixture *f)
{
    gpu_file(f, "resource",
             "0x00000000f6000000 0x00000000f6ffffff 0x0000000000040200\n"
             "0x0000000800000000 0x00000008ffffffff 0x000000000014220c\n"
             "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
             "0x00000000f7000000 0x00000000f70000ff 0x0000000000040200\n"
             "0x00000000f7001080 0x00000000f70010ff 0x0000000000040200\n"
             "0x000000000000e000 0x000000000000e07f 0x0000000000040101\n"
             "0x00000000f7800000 0x00000000f781ffff 0x0000000000046200\n");
    gpu_file(f, "resource1_resize", "0000000000003fc0\n");
}

static void test_bars(Fixture *f, gconstpointer data)
{
    g_autofree char *config = g_strconcat(f->gpu, "/config", NULL);
    guint8 bytes[256] = { [0x06] = 0x10, [0x34] = 0x40, [0x40] = 0x11,
                          [0x42] = 8, [0x45] = 0x20, [0x48] = 1 };
    g_autoptr(JsonNode) node = NULL;
    JsonArray *findings;
    unsigned of_bars = 0;
    guint i;

    (void)data;
    assert_gpu("BARs", "warn", "has no BARs", NULL);
    add_regions(f);
    fake_bytes(f->root, config, bytes, sizeof(bytes));
    node = examine(NULL, NULL, "01:00.0", 1);
    assert_region(node, "bar0", "mem32", MIB(16), "part",
                  "the MSI-X table's page at 0x2000");
    assert_region(node, "bar1", "mem64,pref", MIB(4096), "part",
                  "the page of MSI-X's pending bits at 0x0");
    g_assert_null(region(node, "bar2"));
    assert_region(node, "bar3", "mem32", 256, "all",
                  "if the guest maps it at the start of a page");
    assert_region(node, "bar4", "mem32", 128, "none",
                  "smaller than a page, and not at the start of a page");
    assert_region(node, "bar5", "io", 128, "none", "I/O ports");
    assert_region(node, "rom", "rom", MIB(1) / 8, "none",
                  "a ROM is emulated by QEMU");
    assert_finding(node, "MSI-X", "ok", "9 vectors; the table is in BAR 0 at "
                   "0x2000", NULL);
    assert_finding(node, "speed", "note", "BAR 1 (4G)", "windows=registers");
    assert_finding(node, "direct", "note", "BAR 4 (smaller than a page, and "
                   "not at the start of a page), BAR 5 (I/O ports)", NULL);
    assert_finding(node, "ROM", "ok", "a ROM of 128K", NULL);
    findings = json_object_get_array_member(json_node_get_object(node),
                                            "findings");
    for (i = 0; i < json_array_get_length(findings); i++) {
        JsonObject *object = json_array_get_object_element(findings, i);
        const char *found = json_object_get_string_member(object, "found");

        if (!strcmp(json_object_get_string_member(object, "check"), "BARs")) {
            assert_contains(found, of_bars++ ?
                            "BAR 1 can be resized on the host, not by a guest: "
                            "it has 4G, at most 8G" :
                            "5 BARs: 16M, 4G, 256, 128, 128");
        }
    }
    g_assert_cmpuint(of_bars, ==, 2);

}

/* Other users of the page of a small BAR, at 0xf7000000 */
static void test_neighbours(Fixture *f, gconstpointer data)
{
    static const struct {
        const char *own;        /* another BAR of the device */
        const char *other;      /* a BAR of another device */
        const char *direct;
        const char *why;
    } cases[] = {
        { "0 0 0", "0xf7000f00 0xf7000fff 0x40200", "none",
          "shares its page with 0000:01:00.1" },
        { "0xf7000100 0xf70001ff 0x40200", "0 0 0", "none",
          "shares its page with BAR 1" },
        { "0xf7001000 0xf7001fff 0x40200", "0xf6fff000 0xf6ffffff 0x40200",
          "all", "if the guest maps it at the start of a page" },
        /* Port numbers are not memory addresses. */
        { "0 0 0", "0xf7000f00 0xf7000fff 0x40101", "all",
          "if the guest maps it at the start of a page" },
    };
    g_autofree char *other = fake_pci(f->root, BEHIND, "0000:01:00.1",
                                      0x040300, NULL, 1);
    g_autofree char *own_file = g_strconcat(f->gpu, "/resource", NULL);
    g_autofree char *other_file = g_strconcat(other, "/resource", NULL);
    size_t i;

    (void)data;
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(JsonNode) node = NULL;

        fake_file(f->root, own_file, "0xf7000000 0xf70000ff 0x40200\n%s\n",
                  cases[i].own);
        fake_file(f->root, other_file, "%s\n", cases[i].other);
        node = examine(NULL, NULL, "01:00.0", 1);
        assert_region(node, "bar0", "mem32", 256, cases[i].direct,
                      cases[i].why);
    }
}

static void test_homeless(Fixture *f, gconstpointer data)
{
    (void)data;
    gpu_file(f, "resource",
             "0x0000000000000000 0x00000000001fffff 0x0000000020040200\n");
    assert_gpu("BARs", "fail", "found an address for BAR 0", "pci=realloc");
}

static void test_hidden(Fixture *f, gconstpointer data)
{
    g_autofree char *config = g_strconcat(f->gpu, "/config", NULL);
    guint8 bytes[64] = { [0x06] = 0x10, [0x34] = 0x40 };
    g_autoptr(JsonNode) node = NULL;

    (void)data;
    add_regions(f);
    fake_bytes(f->root, config, bytes, sizeof(bytes));
    node = examine(NULL, NULL, "01:00.0", 1);
    assert_region(node, "bar0", "mem32", MIB(16), "all",
                  "or all but the MSI-X table's page, if it is in this BAR");
    assert_gpu("MSI-X", "note", geteuid() ? "only root can read" :
               "config space can be read only in part",
               geteuid() ? "sudo" : NULL);
}

static void test_rom(Fixture *f, gconstpointer data)
{
    (void)data;
    assert_gpu("ROM", "ok", "no ROM", NULL);
    gpu_file(f, "resource", "0 0 0\n0 0 0\n0 0 0\n0 0 0\n0 0 0\n0 0 0\n"
             "0xc0000 0xdffff 0x212\n");
    assert_gpu("ROM", "warn", "firmware has run", "romfile=");
}

/* Text output has no more lines than findings. */
static void test_text(Fixture *f, gconstpointer data)
{
    g_autoptr(ToolRun) run = NULL;
    g_autoptr(ToolRun) list = NULL;
    g_autofree char *disk = g_strconcat(f->gpu, "/block/sda", NULL);
    g_autofree char *dev = g_strconcat(disk, "/dev", NULL);

    (void)data;
    add_regions(f);
    g_free(fake_pci(f->root, "pci0000:00", "0000:00:00.0", 0x060000, NULL,
                    0));
    g_free(fake_pci(f->root, "pci0000:00", "0000:00:03.0", 0x020000, "igb",
                    3));
    fake_file(f->root, dev, "8:0\n");
    fake_link(f->root, "/sys/dev/block/8:0", disk);
    fake_file(f->root, "/proc/self/mountinfo",
              "20 1 8:0 / /a\\033[31m\\012ok rw - ext4 /dev/sda rw\n");
    run = run_tool(NULL, "doctor", "01:00.0", NULL);
    g_assert_cmpint(run->status, ==, 1);
    g_assert_cmpstr(run->err, ==, "");
    g_assert_null(strchr(run->out, '\033'));
    assert_contains(run->out, "0000:01:00.0  VGA  10de:1b80");
    assert_contains(run->out, "  1     4G      mem64,pref  0x800000000         "
                    "all\n");
    assert_contains(run->out, "fail  use           the host needs it: file "
                    "system /a?[31m?ok (/dev/sda)\n");
    assert_contains(run->out, "\nTracing will not work: ");

    list = run_tool(NULL, "doctor", NULL);
    assert_contains(list->out, "  0000:01:00.0  VGA ");
    assert_contains(list->out, "/a?[31m?ok");
    assert_contains(list->out, "  0000:00:03.0  Ethernet ");
    /* Graphics first; the host's own bridge not at all */
    g_assert_true(strstr(list->out, "0000:01:00.0  VGA") <
                  strstr(list->out, "0000:00:03.0  Ethernet"));
    g_assert_null(strstr(list->out, "0000:00:00.0"));
}

int main(int argc, char **argv)
{
    static const ExamineTest tests[] = {
        { "/doctor/framebuffer", test_framebuffer },
        { "/doctor/bars", test_bars },
        { "/doctor/neighbours", test_neighbours },
        { "/doctor/homeless", test_homeless },
        { "/doctor/hidden", test_hidden },
        { "/doctor/rom", test_rom },
        { "/doctor/text", test_text },
    };

    return examine_main(argc, argv, tests, G_N_ELEMENTS(tests));
}
