/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace doctor, a device
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "examine.h"

static void test_device(Fixture *f, gconstpointer data)
{
    g_autofree char *config = g_strconcat(f->gpu, "/config", NULL);
    guint8 bytes[64];

    (void)data;
    assert_gpu("device", "ok", "0000:01:00.0: VGA, 10de:1b80", NULL);
    memset(bytes, 0xff, sizeof(bytes));
    fake_bytes(f->root, config, bytes, sizeof(bytes));
    bytes[0x0e] = 0;
    fake_bytes(f->root, config, bytes, sizeof(bytes));
    assert_gpu("device", "fail", "does not answer", NULL);
    fake_bytes(f->root, config, bytes, 16);
    assert_gpu("device", "note", "it is not known whether it answers", NULL);
    memset(bytes, 0, sizeof(bytes));
    bytes[0x0e] = 1;
    fake_bytes(f->root, config, bytes, sizeof(bytes));
    assert_gpu("device", "fail", "is a bridge", NULL);
}

static void no_answer(const Fixture *f, const char *dir)
{
    g_autofree char *config = g_strconcat(dir, "/config", NULL);
    guint8 bytes[256];

    memset(bytes, 0xff, sizeof(bytes));
    fake_bytes(f->root, config, bytes, sizeof(bytes));
}

/* A GPU without power: nothing is taken for an answer of it. */
static void test_silent(Fixture *f, gconstpointer data)
{
    g_autoptr(ToolRun) list = NULL;
    g_autoptr(JsonNode) node = NULL;
    g_autoptr(JsonNode) all = NULL;
    JsonObject *device;

    (void)data;
    g_free(fake_pci(f->root, "pci0000:00", "0000:00:01.0", 0x060400,
                    "pcieport", 1));
    no_answer(f, f->gpu);
    assert_gpu("device", "fail", "0000:01:00.0 does not answer: its config "
               "space reads as all ones (power state unknown)",
               "let the kernel find it again: echo 1 | sudo tee "
               "/sys/bus/pci/devices/0000:01:00.0/remove");
    gpu_file(f, "power_state", "D3cold\n");
    gpu_file(f, "power/runtime_status", "suspended\n");
    gpu_file(f, "power/control", "auto\n");
    gpu_file(f, "boot_vga", "1\n");
    gpu_file(f, "reset_method", "flr bus\n");
    gpu_file(f, "resource", "0xf6000000 0xf6ffffff 0x40200\n");
    gpu_file(f, "resource0_resize", "ffffffffffffffff\n");
    node = examine(NULL, NULL, "01:00.0", 1);
    assert_finding(node, "device", "fail", "0000:01:00.0 does not answer: its "
                   "config space reads as all ones (power state D3cold, "
                   "runtime status suspended)",
                   "for d in 0000:00:01.0 0000:01:00.0; do echo on | sudo tee "
                   "/sys/bus/pci/devices/$d/power/control; echo 0 | sudo tee "
                   "/sys/bus/pci/devices/$d/d3cold_allowed; done");
    assert_finding(node, "device", "fail", "", "disable_idle_d3=1");
    assert_finding(node, "device", "fail", "", "switch the machine off and on");
    assert_finding(node, "use", "fail", "boot VGA", NULL);
    assert_finding(node, "driver", "note", "nouveau",
                   "see the finding 'device'");
    assert_finding(node, "reset", "note", "not known whether a reset (flr bus)",
                   NULL);
    assert_finding(node, "MSI-X", "note", "it does not answer", NULL);
    assert_finding(node, "BARs", "ok", "1 BAR: 16M", NULL);
    device = json_object_get_object_member(json_node_get_object(node),
                                           "device");
    g_assert_false(json_object_get_boolean_member(device, "answers"));
    g_assert_cmpstr(json_object_get_string_member(device, "power-state"), ==,
                    "D3cold");
    g_assert_cmpstr(json_object_get_string_member(device, "runtime-status"),
                    ==, "suspended");
    g_assert_cmpstr(json_object_get_string_member(device, "power-control"), ==,
                    "auto");
    g_assert_false(json_object_has_member(device, "bus-master"));
    assert_contains(json_object_get_string_member(device, "refusal"),
                    "0000:01:00.0 does not answer");

    list = run_tool(NULL, "doctor", NULL);
    assert_contains(list->out, "  0000:01:00.0  VGA                10de:1b80  "
                    "    1  nouveau       does not answer: its config space "
                    "reads as all ones (power state D3cold, runtime status "
                    "suspended); the host needs it: boot VGA");
    all = examine(NULL, NULL, NULL, 1);
    device = json_array_get_object_element(json_object_get_array_member(
        json_node_get_object(all), "devices"), 1);
    g_assert_cmpstr(json_object_get_string_member(device, "bdf"), ==,
                    "0000:01:00.0");
    g_assert_false(json_object_get_boolean_member(device, "answers"));
}

/* Nothing behind a bridge without power answers. */
static void test_silent_bridge(Fixture *f, gconstpointer data)
{
    g_autofree char *port = fake_pci(f->root, "pci0000:00", "0000:00:01.0",
                                     0x060400, "pcieport", 1);
    g_autofree char *power = g_strconcat(port, "/power_state", NULL);

    (void)data;
    no_answer(f, f->gpu);
    no_answer(f, port);
    fake_file(f->root, power, "D3cold\n");
    gpu_file(f, "vendor", "0xffff\n");
    assert_gpu("device", "fail", "0000:01:00.0 does not answer: its config "
               "space reads as all ones (power state unknown), nor does the "
               "bridge above it, 0000:00:01.0",
               "for d in 0000:00:01.0; do echo on");
    assert_gpu("device", "fail", "", "devices/0000:00:01.0/remove");
    {
        g_autoptr(ToolRun) list = run_tool(NULL, "doctor", NULL);

        assert_contains(list->out, "  0000:01:00.0  VGA                unknown "
                        "       1  nouveau ");
    }
}

/* It counts in its group while a driver has it. */
static void test_silent_member(Fixture *f, gconstpointer data)
{
    g_autofree char *audio = fake_pci(f->root, BEHIND, "0000:01:00.1",
                                      0x040300, "snd_hda_intel", 1);

    (void)data;
    no_answer(f, audio);
    assert_gpu("group", "warn", "0000:01:00.1 (audio, snd_hda_intel; it does "
               "not answer", "for d in 0000:01:00.0 0000:01:00.1");
}

/* An SSD behind Intel's VMD, whose driver keeps VFIO from the group */
static void test_vmd(Fixture *f, gconstpointer data)
{
    static const char vmd[] = "pci0000:00/0000:00:0e.0/pci10000:00";
    static const char port[] =
        "pci0000:00/0000:00:0e.0/pci10000:00/10000:00:02.0";
    static const guint8 header[64] = { 0x86, 0x80, [0x0e] = 1 };
    g_autofree char *bridge = NULL;
    g_autofree char *config = NULL;
    g_autoptr(JsonNode) ssd = NULL;
    g_autoptr(JsonNode) controller = NULL;
    g_autoptr(ToolRun) list = NULL;

    (void)data;
    g_free(fake_pci(f->root, "pci0000:00", "0000:00:0e.0", 0x010400, "vmd",
                    5));
    bridge = fake_pci(f->root, vmd, "10000:00:02.0", 0x060400, "pcieport", 5);
    config = g_strconcat(bridge, "/config", NULL);
    fake_bytes(f->root, config, header, sizeof(header));
    g_free(fake_pci(f->root, port, "10000:01:00.0", 0x010802, "nvme", 5));
    ssd = examine(NULL, NULL, "10000:01:00.0", 1);
    assert_finding(ssd, "device", "fail", "QEMU takes addresses with a PCI "
                   "domain of up to ffff, but 10000:01:00.0 is in domain 10000, "
                   "behind the Intel VMD controller 0000:00:0e.0",
                   "switch VMD off in the firmware's setup");
    assert_finding(ssd, "group", "fail", "group 5 also has 0000:00:0e.0 (RAID, "
                   "driver vmd), whose driver keeps VFIO from the group",
                   "vfio-trace run 0000:00:0e.0");
    controller = examine(NULL, NULL, "00:0e.0", 1);
    assert_finding(controller, "device", "ok", "RAID", NULL);
    assert_finding(controller, "group", "note", "devices that the host loses "
                   "with the drivers that are taken: 10000:01:00.0 (NVMe, nvme)",
                   NULL);
    assert_finding(controller, "driver", "note", "bound to vmd",
                   "for d in 0000:00:0e.0; do");
    list = run_tool(NULL, "doctor", NULL);
    /* Longer addresses do not break the columns. */
    assert_contains(list->out, "\n  0000:01:00.0   VGA  ");
    assert_contains(list->out, "\n  10000:01:00.0  NVMe ");
    assert_contains(list->out, "QEMU can't name its domain");
}

/* A switch is a device like any other; chipset bridges are not. */
static void test_switches(Fixture *f, gconstpointer data)
{
    static const struct {
        const char *bdf;
        unsigned class_code;
        guint8 header_type;
        bool listed;
    } cases[] = {
        { "0000:00:00.0", 0x060000, 0, false },
        { "0000:00:1f.0", 0x060100, 0, false },
        { "0000:00:02.0", 0x060400, 1, false },
        { "0000:00:02.1", 0x060400, 0xff, false },
        { "0000:00:03.0", 0x068000, 0, true },
        { "0000:00:03.1", 0x068000, 0x80, true },
        { "0000:00:03.2", 0x068000, 0x7f, true },
        { "0000:00:03.3", 0x068000, 1, false },
        { "0000:00:04.0", 0x060700, 2, false },
        { "0000:00:05.0", 0x060900, 0, true },
    };
    g_autoptr(ToolRun) list = NULL;
    g_autoptr(JsonNode) node = NULL;
    size_t i;

    (void)data;
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *dir = fake_pci(f->root, "pci0000:00", cases[i].bdf,
                                        cases[i].class_code, NULL, i + 10);
        g_autofree char *config = g_strconcat(dir, "/config", NULL);
        guint8 bytes[64] = { 0xde, 0x10, [0x0e] = cases[i].header_type };
        g_autofree char *resource = g_strconcat(dir, "/resource", NULL);

        fake_bytes(f->root, config, bytes, sizeof(bytes));
        fake_file(f->root, resource, "0xf6000000 0xf6ffffff 0x40200\n");
    }
    list = run_tool(NULL, "doctor", NULL);
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].bdf);
        g_assert_cmpint(strstr(list->out, cases[i].bdf) != NULL, ==,
                        cases[i].listed);
    }
    node = examine(NULL, NULL, "00:03.0", 1);
    assert_finding(node, "device", "ok", "0000:00:03.0: bridge", NULL);
}

/* What can't be read is reported as such, and not as absent. */
static void test_unread(Fixture *f, gconstpointer data)
{
    static const struct {
        const char *file;
        const char *check;
        const char *state;
        const char *found;
    } cases[] = {
        { "config", "device", "note", "it is not known whether it answers" },
        { "config", "MSI-X", "note", "its config space can't be read" },
        { "driver", "driver", "fail", "it is not known which driver has it" },
        { "iommu_group", "group", "note", "it is not known which IOMMU group" },
        { "reset_method", "reset", "note", "whether it can be reset" },
        { "resource", "BARs", "warn", "it is not known which BARs it has" },
        { "resource", "ROM", "note", "it is not known whether it has a ROM" },
        { "resource", "direct", "note", "it is not known which parts" },
        { "resource", "speed", "note", "it is not known whether a BAR" },
    };
    g_autofree char *config = g_strconcat(f->gpu, "/config", NULL);
    guint8 bytes[256] = { 0xde, 0x10, [0x06] = 0x10, [0x34] = 0x40,
                          [0x40] = 0xff, [0x41] = 0xff };
    size_t i;

    (void)data;
    fake_bytes(f->root, config, bytes, sizeof(bytes));
    assert_gpu("MSI-X", "warn", "its list of capabilities is not valid", NULL);
    bytes[0x10] = 4;
    fake_bytes(f->root, config, bytes, sizeof(bytes));
    assert_gpu("BARs", "warn", "the kernel lists no BARs", "dmesg");
    gpu_file(f, "reset_method", "\n");
    assert_gpu("reset", "warn", "reset_method is empty",
               "echo default | sudo tee");
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat(f->root, f->gpu, "/",
                                            cases[i].file, NULL);

        /* A directory can't be read, and is not a link. */
        g_remove(path);
        g_assert_cmpint(g_mkdir_with_parents(path, 0755), ==, 0);
        assert_gpu(cases[i].check, cases[i].state, cases[i].found, NULL);
    }
}

/* Names in the kernel's files do not reach a terminal as they are. */
static void test_raw(Fixture *f, gconstpointer data)
{
    g_autoptr(ToolRun) run = NULL;

    (void)data;
    gpu_file(f, "class", "0x038000\n");
    gpu_file(f, "resource", "0xf6000000 0xf6ffffff 0x40200\n");
    fake_file(f->root, "/proc/iomem", "  f6000000-f6ffffff : 0000:01:00.0\n"
              "    f6000000-f60fffff : BOOTFB\033[2J\n");
    run = run_tool(NULL, "doctor", "01:00.0", NULL);
    assert_contains(run->out, "BOOTFB?[2J");
    g_assert_null(strchr(run->out, '\033'));
}

static void test_dangling(Fixture *f, gconstpointer data)
{
    g_autofree char *groups = g_strconcat(f->root, "/sys/kernel/iommu_groups",
                                          NULL);
    g_autofree char *away = g_strconcat(f->root, "/away", NULL);
    g_autoptr(JsonNode) node = NULL;
    g_autoptr(ToolRun) list = NULL;

    (void)data;
    g_assert_cmpint(g_rename(groups, away), ==, 0);
    assert_gpu("group", "warn", "iommu_groups/1/devices can't be read", NULL);
    fake_link(f->root, "/sys/bus/pci/devices/0000:05:00.0", "/nonexistent");
    node = examine(NULL, NULL, "05:00.0", 1);
    assert_finding(node, "device", "fail", "can't read PCI device 0000:05:00.0",
                   NULL);
    list = run_tool(NULL, "doctor", NULL);
    assert_contains(list->out, "  can't read PCI device 0000:05:00.0: ");
}

static void test_group(Fixture *f, gconstpointer data)
{
    g_autofree char *audio = NULL;
    g_autofree char *sata = NULL;

    (void)data;
    assert_gpu("group", "ok", "the only device in group 1", NULL);
    g_free(fake_pci(f->root, BEHIND, "0000:01:00.2", 0x0c0300, NULL, 1));
    assert_gpu("group", "ok", "0000:01:00.2 (USB, no driver)", NULL);
    audio = fake_pci(f->root, BEHIND, "0000:01:00.1", 0x040300,
                     "snd_hda_intel", 1);
    assert_gpu("group", "warn", "0000:01:00.1 (audio, snd_hda_intel)",
               "use vfio-trace run --with-group 0000:01:00.0; or, by hand: "
               "sudo modprobe vfio-pci; for d in 0000:01:00.0 0000:01:00.1; "
               "do");
    sata = fake_pci(f->root, BEHIND, "0000:01:00.3", 0x010601, "ahci", 1);
    {
        g_autofree char *disk = g_strconcat(sata, "/block/sda", NULL);
        g_autofree char *dev = g_strconcat(disk, "/dev", NULL);

        fake_file(f->root, dev, "8:0\n");
        fake_link(f->root, "/sys/dev/block/8:0", disk);
        fake_file(f->root, "/proc/self/mountinfo",
                  "20 1 8:0 / / rw - ext4 /dev/sda rw\n");
    }
    assert_gpu("group", "fail", "group 1 also has 0000:01:00.3, which the host "
               "needs: file system / (/dev/sda)",
               "'vfio-trace doctor 0000:01:00.3' says how");
    g_free(fake_pci(f->root, BEHIND, "0000:02:00.0", 0x030000, NULL, -1));
    {
        g_autoptr(JsonNode) node = examine(NULL, NULL, "02:00.0", 1);

        assert_finding(node, "group", "fail", "is in no IOMMU group", NULL);
    }
}

static void test_driver(Fixture *f, gconstpointer data)
{
    g_autofree char *driver = g_strconcat(f->root, f->gpu, "/driver", NULL);
    g_autofree char *link = g_strconcat(f->gpu, "/driver", NULL);
    g_autofree char *node = g_strconcat(f->root, "/dev/vfio/1", NULL);

    (void)data;
    assert_gpu("driver", "note", "bound to nouveau",
               "for d in 0000:01:00.0; do");
    assert_gpu("group file", geteuid() ? "warn" : "ok",
               "/dev/vfio/1 appears", NULL);
    gpu_file(f, "driver_override", "nouveau\n");
    assert_gpu("driver", "note", "bound to nouveau, driver_override=nouveau",
               NULL);
    g_assert_cmpint(unlink(driver), ==, 0);
    assert_gpu("driver", "note", "bound to no driver", NULL);
    fake_link(f->root, link, "/sys/bus/pci/drivers/vfio-pci");
    assert_gpu("driver", "ok", "bound to vfio-pci", NULL);
    assert_gpu("group file", "fail", "bound to VFIO, but there is no", NULL);
    fake_file(f->root, "/dev/vfio/1", "%s", "");
    assert_gpu("group file", "ok", "can be opened", NULL);
    assert_gpu("VFIO", "note", "is not a VFIO group", NULL);

    /* A kernel with only iommufd has no file for the group. */
    g_assert_cmpint(unlink(node), ==, 0);
    gpu_file(f, "vfio-dev/vfio7/dev", "511:7\n");
    fake_file(f->root, "/dev/vfio/devices/vfio7", "%s", "");
    assert_gpu("group file", "ok", "/dev/vfio/devices/vfio7 can be opened",
               NULL);
}

static void test_virtual_functions(Fixture *f, gconstpointer data)
{
    g_autoptr(ToolRun) some = NULL;
    g_autoptr(ToolRun) unknown = NULL;

    (void)data;
    gpu_file(f, "sriov_numvfs", "2\n");
    some = run_tool(NULL, "doctor", "01:00.0", NULL);
    assert_contains(some->out, "fail  driver        it has 2 virtual functions, "
                    "which would disappear with its driver\n");
    gpu_file(f, "sriov_numvfs", "?\n");
    unknown = run_tool(NULL, "doctor", "01:00.0", NULL);
    assert_contains(unknown->out, "note  driver        it is not known whether it "
                    "has virtual functions");
}

static void test_use(Fixture *f, gconstpointer data)
{
    (void)data;
    assert_gpu("use", "ok", "does not need it", NULL);
    gpu_file(f, "boot_vga", "1\n");
    assert_gpu("use", "fail", "boot VGA", "--force");
}

/* What can't be seen is not denied. */
static void test_unknown_use(Fixture *f, gconstpointer data)
{
    g_autoptr(JsonNode) node = NULL;
    JsonObject *use;

    (void)data;
    g_free(fake_pci(f->root, "pci0000:00", "0000:00:02.0", 0x020000, "igb",
                    2));
    fake_link(f->root, "/sys/class/net/eth0",
              "/sys/devices/" BEHIND "/0000:01:00.0/net/eth0");
    gpu_file(f, "net/eth0/operstate", "up\n");
    fake_link(f->root, "/sys/class/net/eth1",
              "/sys/devices/pci0000:00/0000:00:02.0/net/eth1");
    fake_file(f->root, "/sys/devices/pci0000:00/0000:00:02.0/net/eth1/"
              "operstate", "up\n");
    fake_file(f->root, "/proc/net/route", "%s", "");
    fake_file(f->root, "/proc/self/mountinfo",
              "20 1 0:30 / /x rw - fuse.sshfs me@server:/x rw\n");
    node = examine(NULL, NULL, "01:00.0", 1);
    use = json_array_get_object_element(
        json_object_get_array_member(
            json_object_get_object_member(json_node_get_object(node),
                                          "device"), "uses"), 1);
    g_assert_false(json_object_has_member(use, "needed"));
    assert_contains(json_object_get_string_member(use, "what"),
                    "file system /x (me@server:/x) comes over");
    g_assert_nonnull(strstr(json_object_get_string_member(use, "remedy"),
                            "unmount"));
}

static void test_reset(Fixture *f, gconstpointer data)
{
    g_autoptr(JsonNode) node = NULL;

    (void)data;
    /* On the root bus */
    g_free(fake_pci(f->root, "pci0000:00", "0000:00:02.0", 0x030000, NULL,
                    2));
    node = examine(NULL, NULL, "00:02.0", 1);
    assert_finding(node, "reset", "warn", "can't be reset", "reboot");
    assert_gpu("reset", "note", "only with all devices on its bus", NULL);
    gpu_file(f, "reset_method", "flr bus\n");
    assert_gpu("reset", "ok", "can be reset (flr bus)", NULL);
}

int main(int argc, char **argv)
{
    static const ExamineTest tests[] = {
        { "/doctor/device", test_device },
        { "/doctor/silent", test_silent },
        { "/doctor/silent-bridge", test_silent_bridge },
        { "/doctor/silent-member", test_silent_member },
        { "/doctor/vmd", test_vmd },
        { "/doctor/switches", test_switches },
        { "/doctor/unread", test_unread },
        { "/doctor/dangling", test_dangling },
        { "/doctor/raw", test_raw },
        { "/doctor/group", test_group },
        { "/doctor/driver", test_driver },
        { "/doctor/virtual-functions", test_virtual_functions },
        { "/doctor/use", test_use },
        { "/doctor/unknown-use", test_unknown_use },
        { "/doctor/reset", test_reset },
    };

    return examine_main(argc, argv, tests, G_N_ELEMENTS(tests));
}
