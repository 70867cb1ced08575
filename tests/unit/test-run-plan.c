/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace run: does the plan fit into the guest's machine and
 * the host, and options of single devices
 */
#include <glib.h>
#include <string.h>

#include "fake-host.h"
#include "run-tool.h"
#include "tools/run/port.h"

#define CARDS 121

static char *root;

/* Run "run --dry-run" on the first @cards cards, and with more arguments. */
static ToolRun *dry_run(unsigned cards, const char *const *args)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    unsigned i;

    g_ptr_array_add(argv, (gpointer)"run");
    g_ptr_array_add(argv, (gpointer)"-n");
    g_ptr_array_add(argv, (gpointer)"--qemu=/bin/true");
    for (i = 0; i < cards; i++) {
        char *name = g_strdup_printf("%02x:00.0", i + 1);

        g_ptr_array_add(names, name);
        g_ptr_array_add(argv, name);
    }
    while (*args) {
        g_ptr_array_add(argv, (gpointer)*args++);
    }
    g_ptr_array_add(argv, NULL);
    return run_toolv(NULL, (const char *const *)argv->pdata);
}

#define ARGS(...) ((const char *const[]) { __VA_ARGS__, NULL })
#define NO_ARGS ((const char *const[]) { NULL })

static void assert_refused(unsigned cards, const char *const *args,
                           const char *why)
{
    g_autoptr(ToolRun) run = dry_run(cards, args);

    g_assert_cmpint(run->status, ==, 2);
    g_assert_cmpstr(run->out, ==, "");
    assert_contains(run->err, why);
}

static ToolRun *accepted(unsigned cards, const char *const *args)
{
    ToolRun *run = dry_run(cards, args);

    if (run->status) {
        g_test_message("%s", run->err);
    }
    g_assert_cmpint(run->status, ==, 0);
    return run;
}

/* The places of all ports differ, none is on slot 0x1f, and they stay. */
static void test_places(void)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal,
                                                       g_free, NULL);
    unsigned port;

    for (port = 0; port < RUN_PORTS; port++) {
        char *place = run_port_place(port, RUN_PORTS);
        g_autofree char *alone = run_port_place(port, port + 1);
        unsigned slot = g_ascii_strtoull(place, NULL, 16);

        g_assert_true(g_str_has_prefix(place, alone));
        g_assert_cmpuint(slot, >=, 0x10);
        g_assert_cmpuint(slot, <, 0x1f);
        g_assert_true(port < 15 ||  strchr(place, '.'));
        g_assert_true(g_hash_table_add(seen, place));
    }
}

static void test_multifunction(void)
{
    static const struct {
        unsigned port;
        unsigned ports;
        const char *place;
    } cases[] = {
        { 0, 1, "0x10" }, { 0, 15, "0x10" },
        { 0, 16, "0x10,multifunction=on" }, { 1, 22, "0x11" },
        { 1, 23, "0x11,multifunction=on" }, { 14, 15, "0x1e" },
        { 14, 113, "0x1e" }, { 14, 114, "0x1e,multifunction=on" },
        { 15, 16, "0x10.1" }, { 21, 22, "0x10.7" }, { 22, 23, "0x11.1" },
        { 119, 120, "0x1e.7" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *place = run_port_place(cases[i].port,
                                                  cases[i].ports);

        g_assert_cmpstr(place, ==, cases[i].place);
    }
}

static void test_cards(void)
{
    g_autoptr(ToolRun) one = accepted(1, NO_ARGS);
    g_autoptr(ToolRun) many = accepted(16, NO_ARGS);
    g_autoptr(ToolRun) all = accepted(RUN_PORTS, NO_ARGS);

    assert_contains(one->out, "id=port0,bus=pcie.0,chassis=1,addr=0x10 ");
    assert_contains(many->out,
                    "id=port0,bus=pcie.0,chassis=1,addr=0x10,multifunction=on ");
    assert_contains(many->out, "id=port14,bus=pcie.0,chassis=15,addr=0x1e ");
    assert_contains(many->out, "id=port15,bus=pcie.0,chassis=16,addr=0x10.1 ");
    assert_contains(all->out, "id=port119,bus=pcie.0,chassis=120,addr=0x1e.7 ");
    g_assert_null(strstr(all->out, "addr=0x1f"));
    assert_refused(CARDS, NO_ARGS,
                   "the devices are 121 cards, and the guest's machine has root ports for 120");
}

/* SeaBIOS does not start with I/O ports behind more than 14 root ports. */
static void test_io(void)
{
    g_autoptr(ToolRun) fits = NULL;
    g_autoptr(ToolRun) other = NULL;
    g_autoptr(ToolRun) forced = NULL;
    unsigned i;

    for (i = 0; i < 15; i++) {
        g_autofree char *path = g_strdup_printf(
            "/sys/devices/pci0000:00/0000:%02x:00.0/resource", i + 1);

        fake_file(root, path,
                  "0x0000000000002000 0x000000000000201f 0x0000000000040101\n");
    }
    fits = accepted(14, NO_ARGS);
    assert_refused(15, NO_ARGS,
                   "15 of the cards have I/O ports, and SeaBIOS, which has room for 14, does not start then");
    other = accepted(15, ARGS("--", "-bios", "x"));
    forced = accepted(15, ARGS("--force"));
    for (i = 0; i < 15; i++) {
        g_autofree char *path = g_strdup_printf(
            "/sys/devices/pci0000:00/0000:%02x:00.0/resource", i + 1);

        fake_file(root, path, "0x0 0x0 0x0\n");
    }
}

static void test_drives(void)
{
    g_autofree char *disk = temp_file("disk", "boot", -1);
    g_autoptr(GPtrArray) args = g_ptr_array_new();
    g_autoptr(ToolRun) virtio = NULL;
    unsigned i;

    for (i = 0; i < 7; i++) {
        g_ptr_array_add(args, (gpointer)(i % 2 ? "--iso" : "--disk"));
        g_ptr_array_add(args, disk);
    }
    g_ptr_array_add(args, NULL);
    assert_refused(1, (const char *const *)args->pdata,
                   "--disk and --iso are given 7 times, and the guest's machine has 6 SATA ports");
    args->pdata[14] = (gpointer)"--os=linux";
    g_ptr_array_add(args, NULL);
    virtio = accepted(1, (const char *const *)args->pdata);
    assert_contains(virtio->out, "ide-cd,bus=ide.2,drive=cd2,");
    g_ptr_array_set_size(args, 0);
    g_ptr_array_add(args, (gpointer)"--os=linux");
    for (i = 0; i < 15; i++) {
        g_ptr_array_add(args, (gpointer)"--disk");
        g_ptr_array_add(args, disk);
    }
    g_ptr_array_add(args, NULL);
    assert_refused(1, (const char *const *)args->pdata,
                   "slots for 14 virtio disks");
}

static void test_memory(void)
{
    g_autoptr(ToolRun) fits = NULL;
    g_autoptr(ToolRun) swap = NULL;
    g_autoptr(ToolRun) forced = NULL;
    g_autoptr(ToolRun) own = NULL;

    fake_file(root, "/proc/meminfo",
              "MemTotal:       16000000 kB\nMemFree:         1000000 kB\n"
              "MemAvailable:    8388608 kB\nSwapFree:        4194304 kB\n");
    fits = accepted(1, ARGS("--memory", "8G"));
    swap = accepted(1, ARGS("--memory", "12G"));
    assert_refused(1, ARGS("--memory", "13G"),
                   "--memory 13G: all of it is locked when the guest starts, and the host has only 8.0G available");
    forced = accepted(1, ARGS("--memory", "13G", "--force"));
    own = accepted(1, ARGS("--memory", "13G", "--", "-mem-path", "/huge"));
    g_assert_null(strstr(fits->err, "--memory"));
    assert_contains(swap->err, "note: --memory 12G");
    assert_contains(forced->err, "note: --memory 13G");
    g_assert_null(strstr(own->err, "--memory"));
    fake_file(root, "/proc/meminfo", "nothing\n");
}

/* A limit above a scope without one; and a container of cgroup's version 1 */
static void test_cgroup(void)
{
    g_autoptr(ToolRun) fits = NULL;
    g_autoptr(ToolRun) forced = NULL;
    g_autoptr(ToolRun) none = NULL;

    fake_file(root, "/proc/self/cgroup", "0::/a.slice/b.scope\n");
    fake_file(root, "/sys/fs/cgroup/a.slice/memory.max", "3221225472\n");
    fake_file(root, "/sys/fs/cgroup/a.slice/memory.current", "2147483648\n");
    fake_file(root, "/sys/fs/cgroup/a.slice/memory.stat",
              "anon 7\ninactive_file 1073741824\n");
    fake_file(root, "/sys/fs/cgroup/a.slice/b.scope/memory.max", "max\n");
    fits = accepted(1, ARGS("--memory", "2G"));
    forced = accepted(1, ARGS("--memory", "3G", "--force"));
    assert_refused(1, ARGS("--memory", "3G"),
                   "the control group /a.slice has only 2.0G left");
    fake_file(root, "/proc/self/cgroup", "5:cpu:/x\n4:memory:/docker/1\n");
    fake_file(root, "/sys/fs/cgroup/memory/memory.limit_in_bytes",
              "9223372036854771712\n");
    fake_file(root, "/sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes",
              "1073741824\n");
    assert_refused(1, ARGS("--memory", "2G"),
                   "the control group /docker/1 has only 1.0G left");
    fake_file(root, "/proc/self/cgroup", "0::/\n");
    none = accepted(1, ARGS("--memory", "64G"));
}

/* A BAR of 256G, and processors and IOMMUs of 39 and 46 bits */
static void test_addresses(void)
{
    g_autofree char *gpu = fake_pci(root, "pci0000:00", "0000:f0:00.0",
                                    0x030200, "nouveau", 500);
    g_autofree char *resource = g_build_filename(gpu, "resource", NULL);
    const char *const args[] = { "f0:00.0", "--memory", "300G", NULL };
    g_autoptr(ToolRun) fits = NULL;
    g_autoptr(ToolRun) narrow = NULL;

    fake_file(root, resource,
              "0x0000004000000000 0x0000007fffffffff 0x000000000014220c\n");
    fake_file(root, "/proc/cpuinfo",
              "processor\t: 0\naddress sizes\t: 39 bits physical, 48 bits virtual\n");
    assert_refused(0, args,
                   "the devices' large BARs have 256.0G and the guest's memory 300G, more than this host's processor can address (39 bits)");
    fits = accepted(0, ARGS("f0:00.0"));
    g_assert_null(strstr(fits->err, "bits"));
    fake_file(root, "/proc/cpuinfo",
              "address sizes\t: 46 bits physical, 48 bits virtual\n");
    fake_file(root, "/sys/class/iommu/dmar0/intel-iommu/cap",
              "d2008c40660462\n");
    fake_file(root, "/sys/class/iommu/dmar1/intel-iommu/cap",
              "1c0000c40660462\n");
    narrow = accepted(0, args);
    assert_contains(narrow->err,
                    "the IOMMU has addresses of 39 bits, the processor of 46");
    fake_file(root, "/proc/cpuinfo", "nothing\n");
}

static void test_device_opts(void)
{
    g_autoptr(ToolRun) first = accepted(2, ARGS("--device-opts", "x-vga=on",
                                                "--device-opts",
                                                "romfile=a,,b"));
    g_autoptr(ToolRun) snapshot = accepted(1, ARGS("--device-opts",
        "snapshot=0:0x10:64:0xfff@0x20+1:0:4K,trace-driver=x"));
    g_autoptr(ToolRun) both = accepted(2, ARGS("--device-opts",
                                               "0000:02:00.0:x-vga=on",
                                               "--device-opts",
                                               "1:0.0:x-req=off"));
    g_autoptr(ToolRun) windows = accepted(2, ARGS("--trace-windows",
                                                  "02:00.0:0:0x10:4+1:r",
                                                  "--trace-windows",
                                                  "registers"));
    g_autoptr(ToolRun) own = accepted(2, ARGS("-w", "registers",
                                              "--device-opts",
                                              "02:00.0:windows=2"));

    assert_contains(snapshot->out, "trace-log=log,snapshot=0:0x10:64:");
    assert_contains(first->out, "id=dev-01.00.0,bus=port0,addr=00.0,"
                    "trace-log=log,x-vga=on,romfile=a,,b ");
    assert_contains(both->out,
                    "dev-01.00.0,bus=port0,addr=00.0,trace-log=log,x-req=off ");
    assert_contains(both->out,
                    "dev-02.00.0,bus=port1,addr=00.0,trace-log=log,x-vga=on ");
    assert_contains(windows->out,
                    "bus=port0,addr=00.0,trace-log=log,windows=registers ");
    assert_contains(windows->out,
                    "bus=port1,addr=00.0,trace-log=log,windows=0:0x10:4+1:r ");
    assert_contains(own->out,
                    "bus=port0,addr=00.0,trace-log=log,windows=registers ");
    assert_contains(own->out, "bus=port1,addr=00.0,trace-log=log,windows=2 ");
}

static void test_device_opts_refused(void)
{
    static const struct {
        const char *option;
        const char *value;
        const char *why;
    } cases[] = {
        { "--device-opts", "03:00.0:x-vga=on",
          "0000:03:00.0 is not one of the guest's devices" },
        { "--trace-windows", "03:00.0:0",
          "0000:03:00.0 is not one of the guest's devices" },
        { "--device-opts", "", "properties are missing" },
        { "--device-opts", "02:00.0:", "properties are missing" },
        { "--device-opts", "x-vga=on,x-vga=off",
          "x-vga is given twice for the same device" },
        { "--device-opts", "host=02:00.0", "host can't be given" },
        { "--device-opts", "01:00.0:id=x", "id can't be given" },
        { "--device-opts", "trace-log=x", "trace-log can't be given" },
        { "--device-opts", "addr=5", "addr can't be given" },
        { "--device-opts", "bus=pcie.0", "bus can't be given" },
        { "--device-opts", "multifunction=off",
          "multifunction can't be given" },
        { "--device-opts", "driver=vfio-pci", "driver can't be given" },
        { "--device-opts", "trace-pc=on", "use --log-opts pc=on" },
        { "--device-opts", "snapshot=", "'' is not BAR:OFFSET:LEN" },
        { "--device-opts", "snapshot=0:4:8@0+1:2",
          "'1:2' is not BAR:OFFSET:LEN" },
        { "--device-opts", "windows=9", "--device-opts windows=9: " },
        { "--device-opts", "exclude=all:1", "--device-opts exclude=all:1: " },
        { "--trace-windows", "registers,x-vga=on", "--trace-windows " },
        { "--trace-windows", "", "--trace-windows " },
        { "--log-opts", "pc=on,file=x", "--log-opts: file can't be given" },
        { "--log-opts", "id=x", "--log-opts: id can't be given" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_refused(2, ARGS(cases[i].option, cases[i].value),
                       cases[i].why);
    }
    assert_refused(1, ARGS("--device-opts", "x-vga=on", "--device-opts",
                           "01:00.0:x-vga=on"),
                   "x-vga is given twice for the same device");
}

/* Where guests' drivers look for Intel's integrated GPU */
static void test_integrated(void)
{
    static const char note[] = "0000:00:02.0 is Intel's integrated GPU";
    g_autofree char *dir = fake_pci(root, "pci0000:00", "0000:00:02.0",
                                    0x038000, NULL, 500);
    g_autofree char *vendor = g_strconcat(dir, "/vendor", NULL);
    g_autoptr(ToolRun) other = NULL;
    g_autoptr(ToolRun) run = NULL;

    other = accepted(0, ARGS("00:02.0"));
    g_assert_null(strstr(other->err, note));
    fake_file(root, vendor, "0x8086\n");
    run = accepted(0, ARGS("00:02.0"));
    assert_contains(run->err, note);
}

static void set_up_host(void)
{
    unsigned i;

    root = fake_host_new();
    for (i = 0; i < CARDS; i++) {
        g_autofree char *bdf = g_strdup_printf("0000:%02x:00.0", i + 1);

        g_free(fake_pci(root, "pci0000:00", bdf, 0x020000, "e1000e", i + 1));
    }
    g_setenv("VFIO_TRACE_SYSFS_ROOT", root, TRUE);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    set_up_host();
    g_test_add_func("/run/plan/places", test_places);
    g_test_add_func("/run/plan/integrated", test_integrated);
    g_test_add_func("/run/plan/multifunction", test_multifunction);
    g_test_add_func("/run/plan/cards", test_cards);
    g_test_add_func("/run/plan/io", test_io);
    g_test_add_func("/run/plan/drives", test_drives);
    g_test_add_func("/run/plan/memory", test_memory);
    g_test_add_func("/run/plan/cgroup", test_cgroup);
    g_test_add_func("/run/plan/addresses", test_addresses);
    g_test_add_func("/run/plan/device-opts", test_device_opts);
    g_test_add_func("/run/plan/device-opts/refused",
                    test_device_opts_refused);
    status = g_test_run();
    temp_clean();
    fake_host_free(root);
    return status;
}
