/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace run's parts, and its command line on a simulated
 * host
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "dry-run.h"
#include "fake-host.h"
#include "tools/session/proc-id.h"
#include "tools/run/lines.h"
#include "tools/run/status.h"

#define GPU "0000:01:00.0"
#define AUDIO "0000:01:00.1"
#define NIC "0000:02:00.0"
#define BEHIND_1 "pci0000:00/0000:00:01.0"
#define BEHIND_2 "pci0000:00/0000:00:02.0"

/* Lines */

static void collect(void *opaque, const char *line)
{
    g_string_append_printf(opaque, "[%s]", line);
}

static void test_lines(void)
{
    static const struct {
        const char *data;
        size_t len;
        const char *lines;
    } cases[] = {
        { "", 0, "" },
        { "one\ntwo\n", 8, "[one][two]" },
        { "one\r\n\r\n", 7, "[one][]" },
        { "no end", 6, "[no end]" },
        { "a\0b\n", 4, "[a b]" },
        { "\n\n", 2, "[][]" },
    };
    size_t i;
    size_t k;
    size_t step;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        for (step = 1; step <= 8; step++) {
            g_autoptr(GString) got = g_string_new(NULL);
            RunLines lines;

            run_lines_init(&lines);
            for (k = 0; k < cases[i].len; k += step) {
                run_lines_feed(&lines, cases[i].data + k,
                               MIN(step, cases[i].len - k), collect, got);
            }
            run_lines_end(&lines, collect, got);
            g_assert_cmpstr(got->str, ==, cases[i].lines);
        }
    }
}

static void test_long_line(void)
{
    g_autoptr(GString) got = g_string_new(NULL);
    g_autofree char *text = g_strnfill(3 * RUN_LINE_MAX, 'x');
    RunLines lines;

    run_lines_init(&lines);
    run_lines_feed(&lines, text, strlen(text), collect, got);
    run_lines_feed(&lines, "\nshort\n", 7, collect, got);
    run_lines_end(&lines, collect, got);
    g_assert_cmpuint(got->len, ==, RUN_LINE_MAX + 2 + strlen("[short]"));
    g_assert_true(g_str_has_suffix(got->str, "x][short]"));
}

/* Status */

#define REGION(name, reads, writes) \
    "{'name': '" name "', 'read': {'accesses': " #reads "}," \
    " 'write': {'accesses': " #writes "}}"

static void update(RunStatus *status, const char *text, gint64 now)
{
    g_autofree char *json = g_strdelimit(g_strdup(text), "'", '"');
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonNode) node = json_from_string(json, &error);

    g_assert_no_error(error);
    run_status_update(status, node, now);
}

static void assert_line(const RunStatus *status, unsigned columns,
                        bool colour, const char *want)
{
    g_autofree char *line = run_status_line(status, 62, columns, colour);

    g_assert_cmpstr(line, ==, want);
}

static void test_status(void)
{
    g_autoptr(RunStatus) status = run_status_new();

    assert_line(status, 0, false, "1:02  waiting for QEMU");
    assert_line(NULL, 0, false, "1:02  QEMU does not answer");
    update(status, "[{'bytes': 1234, 'lost': 0, 'ring-size': 100,"
           " 'ring-used': 3, 'devices': [{'id': 'a', 'regions': ["
           REGION("bar0", 10, 0) "]}]}]", 1000000);
    assert_line(status, 0, false, "1:02  0 accesses/s  1.2kB  ring 3 %  "
                "lost 0");
    update(status, "[{'bytes': 2500000, 'lost': 0, 'ring-size': 100,"
           " 'ring-used': 50, 'devices': [{'id': 'a', 'regions': ["
           REGION("bar0", 1010, 1000) "," REGION("bar2", 0, 12) "]}]}]",
           3000000);
    assert_line(status, 0, false, "1:02  1.0k accesses/s (bar0 1.0k, bar2 6)"
                "  2.5MB  ring 50 %  lost 0");
    assert_line(status, 20, true, "1:02  1.0k accesses");
}

static void test_status_trouble(void)
{
    g_autoptr(RunStatus) status = run_status_new();

    update(status, "[{'bytes': 5, 'lost': 7, 'ring-size': 4, 'ring-used': 4,"
           " 'stopped': true, 'error': 'disk\\u001b[31m full'}]", 1);
    assert_line(status, 0, true, "\033[31m1:02  GUEST PAUSED: disk?[31m full  "
                "0 accesses/s  5B  ring 100 %  lost 7\033[0m");
    g_assert_cmpuint(run_status_lost(status), ==, 7);
}

/* The answers need not come from a QEMU that we know. */
static void test_status_hostile(void)
{
    static const char *const answers[] = {
        "{}", "7", "[]", "[7]", "[{}]", "[{'devices': 3}]",
        "[{'devices': [3, {}, {'regions': {}}, {'regions': [[], {}]}]}]",
        "[{'ring-size': 0, 'ring-used': -5, 'lost': 'many'}]",
        ("[{'devices': [{'regions': [{'name': 7}, {'name': 'x',"
         " 'read': 3, 'write': {'accesses': {}}}]}]}]"),
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(answers); i++) {
        g_autoptr(RunStatus) status = run_status_new();
        g_autofree char *line = NULL;

        update(status, answers[i], 1000);
        update(status, answers[i], 2000);
        line = run_status_line(status, 0, 0, false);
        g_assert_true(g_str_has_prefix(line, "0:00  "));
    }
}

/* Processes */

static void test_proc_id(void)
{
    static const struct {
        const char *stat;
        bool runs;
    } cases[] = {
        { "7 (qemu) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4711 0 0\n", true },
        { "7 (a) b) c) R 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4711 0", true },
        { "7 (qemu) Z 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4711 0", false },
        { "7 (qemu) X 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4711 0", false },
        { "7 (qemu) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0", false },
        { "7 (qemu) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 x 0", false },
        { "7 (qemu)", false },
        { "", false },
    };
    ProcId self = proc_id_of(getpid());
    ProcId other = self;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        uint64_t start = 0;

        g_assert_cmpint(proc_id_parse(cases[i].stat, &start), ==,
                        cases[i].runs);
        g_assert_true(!cases[i].runs || start == 4711);
    }
    g_assert_cmpint(self.pid, ==, getpid());
    g_assert_true(proc_id_alive(&self));
    other.start_time++;
    g_assert_false(proc_id_alive(&other));
    other = (ProcId){ 0, 0 };
    g_assert_false(proc_id_alive(&other));
    g_assert_true(proc_id_wait(&other, 0));
}

/* The command line */

static char *root;

/* A dry run also plans with a QEMU that is not there yet. */
static void test_absent_qemu(void)
{
    g_autoptr(ToolRun) run = run_tool(NULL, "run", "--dry-run", "--qemu",
                                      "/no/such/qemu", GPU, "--with-group",
                                      NULL);

    g_assert_cmpint(run->status, ==, 0);
    assert_contains(run->out, "\n/no/such/qemu \\\n");
    assert_contains(run->err, "note: there is no program /no/such/qemu\n");
}

/* A POWER host has a KVM, but not for our guests; TCG has them anywhere. */
static void test_foreign_cpu(void)
{
    g_autoptr(ToolRun) run = NULL;
    g_autoptr(ToolRun) tcg = NULL;
    g_autoptr(ToolRun) own = NULL;

    fake_file(root, "/proc/cpuinfo", "cpu\t\t: POWER9\n");
    run = dry_run(ARGS(GPU, "--with-group"));
    tcg = dry_run(ARGS(GPU, "--with-group", "--accel", "tcg"));
    own = run_tool(NULL, "run", "--dry-run", "--accel", "tcg", GPU,
                   "--with-group", NULL);
    fake_file(root, "/proc/cpuinfo", "%s", "");
    g_assert_cmpint(run->status, ==, 0);
    assert_contains(run->err, "note: the CPU is POWER: KVM on it has no guests");
    g_assert_null(strstr(tcg->err, "POWER"));
    assert_contains(tcg->out, "-machine q35 \\\n");
    /* The QEMU is that of the machine, not of the host. */
    assert_contains(own->out, "qemu-system-x86_64-vfio-trace \\\n");
}

/* A kernel that has VFIO by /dev/iommu only */
static void test_iommufd_only(void)
{
    g_autofree char *path = g_strconcat(root, "/dev/iommu", NULL);
    g_autoptr(ToolRun) run = NULL;

    fake_file(root, "/sys/bus/pci/drivers/vfio-pci/bind", "%s", "");
    fake_file(root, "/dev/iommu", "%s", "");
    run = dry_run(ARGS(GPU, "--with-group"));
    g_assert_cmpint(g_unlink(path), ==, 0);
    assert_contains(run->err, "note: this kernel has VFIO by /dev/iommu only");
}

static void test_two_functions(void)
{
    g_autofree char *out = command(ARGS("01:00.1", GPU, "-o", "x.mmt"));

    assert_contains(out, "# " GPU ": nouveau -> vfio-pci\n");
    assert_contains(out, "# " AUDIO ": snd_hda_intel -> vfio-pci\n");
    assert_contains(out, "-object vfio-trace-log,id=log,file=x.mmt \\\n");
    assert_contains(out, "-device pcie-root-port,id=port0,bus=pcie.0,chassis=1,"
                    "addr=0x10 \\\n");
    assert_contains(out, "-device vfio-pci-trace,host=" GPU ",id=dev-01.00.0,"
                    "bus=port0,addr=00.0,multifunction=on,trace-log=log \\\n");
    assert_contains(out, "-device vfio-pci-trace,host=" AUDIO
                    ",id=dev-01.00.1,bus=port0,addr=00.1,trace-log=log \\\n");
    g_assert_null(strstr(out, "port1"));
}

/* A guest does not probe function 1 without a function 0. */
static void test_second_function_alone(void)
{
    g_autofree char *out = command(ARGS(AUDIO, "--with-group"));

    assert_contains(out, "# " GPU ": nouveau -> vfio-pci, not for the guest\n");
    assert_contains(out, "host=" AUDIO ",id=dev-01.00.1,bus=port0,addr=00.0,"
                    "trace-log=log \\\n");
    g_assert_null(strstr(out, "multifunction"));
}

static void test_two_slots(void)
{
    g_autofree char *out = command(ARGS(GPU, AUDIO, NIC, "--trace-windows",
                                        "registers", "--device-opts",
                                        "x-vga=on", "--log-opts", "pc=on",
                                        "--overwrite", "-o", "a,b.mmt"));

    assert_contains(out, "file=a,,b.mmt,overwrite=on,pc=on \\\n");
    assert_contains(out, "addr=00.0,multifunction=on,trace-log=log,"
                    "windows=registers,x-vga=on \\\n");
    assert_contains(out, "id=port1,bus=pcie.0,chassis=2,addr=0x11");
    assert_contains(out, "host=" NIC ",id=dev-02.00.0,bus=port1,addr=00.0,"
                    "trace-log=log,windows=registers \\\n"
                    "    -device isa-vfio-trace-marker,id=marker-isa\n");
}

/* The option that was renamed is taken by its old name, which no help shows. */
static void test_old_names(void)
{
    g_autofree char *out = command(ARGS(NIC, "--windows", "registers"));
    g_autofree char *again = command(ARGS(NIC, "--trace-windows", "registers"));
    const char *const verbs[][2] = { { "run" }, { "virt", "enable" } };
    size_t i;

    assert_contains(out, ",windows=registers \\\n");
    assert_contains(again, ",windows=registers \\\n");
    for (i = 0; i < G_N_ELEMENTS(verbs); i++) {
        g_autoptr(ToolRun) help = run_tool(NULL, verbs[i][0],
                                           verbs[i][1] ? verbs[i][1] : "--help",
                                           "--help", NULL);

        g_assert_cmpint(help->status, ==, 0);
        assert_contains(help->out, "--trace-windows=[BDF:]WINDOWS");
        g_assert_null(strstr(help->out, "--windows"));
    }
}

static char *add_device(const char *parent, const char *bdf, unsigned class,
                        const char *driver, int group)
{
    char *dir = fake_pci(root, parent, bdf, class, driver, group);
    guint8 header[64] = { 0xde, 0x10, [0x0e] = class >> 8 == 0x0604 };
    g_autofree char *config = g_build_filename(dir, "config", NULL);

    fake_bytes(root, config, header, sizeof(header));
    return dir;
}

/* Names keep the domain of a device, unless it is 0. */
static void test_domain(void)
{
    g_autofree char *second = NULL;
    g_autofree char *first = command(ARGS(NIC));

    assert_contains(first, ",file=vfio-trace-02.00.0-2");
    g_free(add_device("pci0001:00", "0001:02:00.0", 0x020000, "e1000e", 21));
    second = command(ARGS("0001:02:00.0"));
    assert_contains(second, ",file=vfio-trace-0001.02.00.0-2");
    assert_contains(second, "host=0001:02:00.0,id=dev-0001.02.00.0,");
}

/* Intel's VMD: its driver has made the domain and the devices in it. */
static void test_vmd(void)
{
    g_autofree char *controller = NULL;
    g_autofree char *beside = NULL;

    g_free(add_device("pci0000:00", "0000:00:0e.0", 0x010400, "vmd", 22));
    g_free(add_device("pci0000:00/0000:00:0e.0/pci10000:00", "10000:00:02.0",
                      0x060400, "pcieport", 22));
    g_free(add_device("pci0000:00/0000:00:0e.0/pci10000:00/10000:00:02.0",
                      "10000:01:00.0", 0x010802, "nvme", 22));
    assert_refused(ARGS("10000:01:00.0", "--with-group"),
                   "QEMU takes addresses with a PCI domain of up to ffff, but "
                   "10000:01:00.0 is in domain 10000, behind the Intel VMD "
                   "controller 0000:00:0e.0: switch VMD off");
    /* The SSD goes with the controller's driver, and need not be taken. */
    controller = command(ARGS("00:0e.0"));
    assert_contains(controller, "# 0000:00:0e.0: vmd -> vfio-pci\n");
    g_assert_null(strstr(controller, "10000:"));
    g_free(add_device("pci0000:00", "0000:00:17.0", 0x010601, "ahci", 22));
    assert_refused(ARGS("00:17.0"), "the same IOMMU group has 0000:00:0e.0 "
                   "(RAID, driver vmd): name it");
    beside = command(ARGS("00:17.0", "--with-group"));
    assert_contains(beside,
                    "# 0000:00:0e.0: vmd -> vfio-pci, not for the guest\n");
    g_assert_null(strstr(beside, "10000:"));
}

/* Other drivers that a device can't be without */
static void test_parents(void)
{
    g_autofree char *vf = NULL;
    g_autofree char *physfn = NULL;
    g_autofree char *numvfs = NULL;

    /* The parent is no bridge, and is in a domain that QEMU takes. */
    g_free(add_device("pci0000:00", "0000:00:10.0", 0x088000, "some", 23));
    g_free(add_device("pci0000:00/0000:00:10.0/pci0002:00", "0002:00:00.0",
                      0x010802, "nvme", 23));
    assert_refused(ARGS("0002:00:00.0", "--with-group", "--force"),
                   "group 23 also has 0000:00:10.0 (system, driver some), whose "
                   "driver keeps VFIO from the group");
    /* A port with a driver of its own */
    g_free(add_device("pci0000:00", "0000:00:11.0", 0x060400, "portdrv", 24));
    g_free(add_device("pci0000:00/0000:00:11.0", "0000:11:00.0", 0x020000,
                      "igb", 24));
    assert_refused(ARGS("11:00.0", "--with-group"), "group 24 also has "
                   "0000:00:11.0 (PCI bridge, driver portdrv), whose driver");
    /* The physical function of the device */
    g_free(add_device("pci0000:00", "0000:00:12.0", 0x020000, "igb", 25));
    vf = add_device("pci0000:00", "0000:00:12.1", 0x020000, "igbvf", 25);
    physfn = g_build_filename(vf, "physfn", NULL);
    fake_link(root, physfn, "/sys/devices/pci0000:00/0000:00:12.0");
    assert_refused(ARGS("00:12.1", "--with-group"), "group 25 also has "
                   "0000:00:12.0 (Ethernet, driver igb), whose driver");
    /* Another device of the group has virtual functions. */
    g_free(add_device("pci0000:00", "0000:00:13.0", 0x010601, "ahci", 26));
    numvfs = add_device("pci0000:00", "0000:00:13.1", 0x020000, "igb", 26);
    {
        g_autofree char *file = g_build_filename(numvfs, "sriov_numvfs", NULL);

        fake_file(root, file, "2\n");
    }
    assert_refused(ARGS("00:13.0", "--with-group"),
                   "0000:00:13.1 has 2 virtual functions");
}

/* A function that another one can stand in for is needed if both are taken. */
static void test_both(void)
{
    static const char *const nics[] = { "0000:00:19.0", "0000:00:1a.0" };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(nics); i++) {
        g_autofree char *nic = add_device("pci0000:00", nics[i], 0x020000,
                                          "igb", 40 + i);
        g_autofree char *port = g_strdup_printf("%s/net/pair%zu", nic, i);
        g_autofree char *state = g_build_filename(port, "operstate", NULL);
        g_autofree char *link = g_strdup_printf("/sys/class/net/pair%zu", i);

        fake_file(root, state, "up\n");
        fake_link(root, link, port);
    }
    g_free(command(ARGS("00:19.0")));
    g_free(command(ARGS("00:1a.0")));
    assert_refused(ARGS("00:19.0", "00:1a.0"), "the host needs 0000:00:19.0 "
                   "(Ethernet): network interface pair0 is the host's last "
                   "one with a link");
}

/* The kernel enables no device with such a BAR. */
static void test_no_address(void)
{
    g_autofree char *dev = add_device("pci0000:00", "0000:00:1b.0", 0x040300,
                                      NULL, 42);
    g_autofree char *resource = g_build_filename(dev, "resource", NULL);

    fake_file(root, resource, "0x0 0x3fff 0x20040200\n");
    assert_refused(ARGS("00:1b.0", "--force"), "neither firmware nor kernel "
                   "found an address for BAR 0 of 0000:00:1b.0");
}

/* A device without power: refused, and counted in its group */
static void test_silent(void)
{
    g_autofree char *gpu = add_device("pci0000:00", "0000:00:14.0", 0x030000,
                                      "nvidia", 27);
    g_autofree char *config = g_build_filename(gpu, "config", NULL);
    g_autofree char *power = g_build_filename(gpu, "power_state", NULL);
    g_autofree char *boot_vga = g_build_filename(gpu, "boot_vga", NULL);
    g_autofree char *out = NULL;
    guint8 bytes[64];

    g_free(add_device("pci0000:00", "0000:00:14.1", 0x040300, "snd_hda_intel",
                      27));
    memset(bytes, 0xff, sizeof(bytes));
    fake_bytes(root, config, bytes, sizeof(bytes));
    fake_file(root, power, "D3cold\n");
    assert_refused(ARGS("00:14.0", "00:14.1", "--force"),
                   "0000:00:14.0 does not answer: its config space reads as "
                   "all ones (power state D3cold): wake it");
    assert_refused(ARGS("00:14.1"), "the same IOMMU group has 0000:00:14.0 "
                   "(VGA, driver nvidia; it does not answer");
    out = command(ARGS("00:14.1", "--with-group"));
    assert_contains(out,
                    "# 0000:00:14.0: nvidia -> vfio-pci, not for the guest\n");
    fake_file(root, boot_vga, "1\n");
    assert_refused(ARGS("00:14.1", "--with-group"),
                   "the host needs 0000:00:14.0 (VGA): boot VGA");
}

static void test_systems(void)
{
    g_autofree char *disk = temp_file("disk,1.qcow2", "QFI\xfb....", 8);
    g_autofree char *raw = temp_file("raw", "boot", -1);
    g_autofree char *iso = temp_file("cd", "", -1);
    g_autofree char *windows = command(ARGS(NIC, "--os", "windows", "--disk",
                                            disk, "--disk", raw, "--iso", iso,
                                            "--memory", "8G", "--smp", "4",
                                            "--no-tpm", "--no-secure-boot"));
    g_autofree char *linux_ = command(ARGS(NIC, "--os", "linux", "-d", raw));

    assert_contains(windows, "-cpu host,hv-relaxed=on,");
    assert_contains(windows, "-rtc base=localtime");
    assert_contains(windows, "-device vfio-trace-marker,id=marker,"
                    "bus=marker-bus.0\n");
    assert_contains(windows, "-smp 4 \\\n    -m 8G ");
    assert_contains(windows, "id=disk0,format=qcow2,file=");
    assert_contains(windows, "/disk,,1.qcow2 ");
    assert_contains(windows, "ide-hd,bus=ide.0,drive=disk0,bootindex=1 ");
    assert_contains(windows, "id=disk1,format=raw,file=");
    assert_contains(windows, "ide-hd,bus=ide.1,drive=disk1,bootindex=2 ");
    assert_contains(windows, "ide-cd,bus=ide.2,drive=cd0,bootindex=3 ");
    assert_contains(linux_, "virtio-blk-pci,drive=disk0,bootindex=1 ");
    assert_contains(linux_, "-cpu host \\\n");
    g_assert_null(strstr(linux_, "hv-"));
}

/* A raw disk's guest controls its first bytes. */
static void test_image_format(void)
{
    g_autofree char *raw = temp_file("guest.img", "QFI\xfb....", 8);
    g_autofree char *named = temp_file("guest.vmdk", "nothing", -1);
    g_autofree char *out = command(ARGS(NIC, "--disk", named));
    g_autofree char *based = NULL;
    g_autofree char *as_root = NULL;
    char head[104] = { 0 };

    memcpy(head, "QFI\xfb\0\0\0\3", 8);
    head[15] = 104;
    based = temp_file("based.qcow2", head, sizeof(head));
    assert_refused(ARGS(NIC, "--disk", based), "it needs another file");
    as_root = command(ARGS(NIC, "--disk", based, "--as-root"));
    assert_contains(as_root, "format=qcow2");
    assert_refused(ARGS(NIC, "--disk", raw),
                   "it has the header of a qcow2 image");
    assert_contains(out, "format=vmdk");
}

static void test_user(void)
{
    g_autofree char *own = command(ARGS(NIC));
    g_autofree char *root_ = command(ARGS(NIC, "--as-root"));
    g_autofree char *sandbox = command(ARGS(NIC, "--", "-sandbox", "off"));

    assert_contains(own, "# QEMU's user: its own (6");
    assert_contains(own, "-sandbox on,obsolete=deny,elevateprivileges=deny,"
                    "spawn=deny,resourcecontrol=deny");
    g_assert_null(strstr(root_, "QEMU's user"));
    g_assert_null(strstr(root_, "-sandbox"));
    g_assert_null(strstr(sandbox, "-sandbox on"));
}

static void test_firmware(void)
{
    g_autofree char *kernel = temp_file("kernel", "", -1);
    g_autofree char *none = command(ARGS(NIC));
    g_autofree char *ovmf = NULL;
    g_autofree char *linux_ = NULL;
    g_autofree char *bios = NULL;

    g_assert_null(strstr(none, "pflash"));
    assert_refused(ARGS(NIC, "--firmware", "ovmf"), "it is not installed");
    assert_refused(ARGS(NIC, "--firmware", "/none"), "there is no such file");
    assert_refused(ARGS(NIC, "--nvram", "x"), "only OVMF has variables");
    fake_file(root, "/usr/share/OVMF/OVMF_CODE_4M.fd", "code");
    fake_file(root, "/usr/share/OVMF/OVMF_VARS_4M.fd", "vars");
    ovmf = command(ARGS(NIC, "--nvram", "x.fd"));
    linux_ = command(ARGS(NIC, "-k", kernel, "--append", "a b"));
    bios = command(ARGS(NIC, "--firmware", "seabios"));
    assert_contains(ovmf, "if=pflash,unit=0,format=raw,readonly=on,file=");
    assert_contains(ovmf, "OVMF_CODE_4M.fd \\\n");
    assert_contains(ovmf, "if=pflash,unit=1,format=raw,file=x.fd ");
    g_assert_null(strstr(linux_, "pflash"));
    assert_contains(linux_, "-append 'a b' ");
    g_assert_null(strstr(bios, "pflash"));
}

static void test_qemu_args(void)
{
    g_autofree char *out = command(ARGS(NIC, "--", "-vga", "std", "-o"));

    assert_contains(out, " -vga std \\\n    -o\n");
    assert_refused(ARGS(NIC, "--", "-daemonize"), "-daemonize: QEMU must stay");
}

static void test_refused(void)
{
    g_autofree char *log = temp_file("there.mmt", "VERSION 20070824\n", -1);

    assert_refused(ARGS("-o", "x"), "which device?");
    assert_refused(ARGS("1:2"), "1:2");
    assert_refused(ARGS("03:00.0"), "there is no PCI device 0000:03:00.0");
    assert_refused(ARGS(NIC, "02:00.0"), NIC " is named twice");
    assert_refused(ARGS("00:01.0"), "0000:00:01.0 is a bridge");
    assert_refused(ARGS("00:1f.0"), "0000:00:1f.0 is in no IOMMU group");
    assert_refused(ARGS(GPU), "the same IOMMU group has " AUDIO
                   " (audio, driver snd_hda_intel)");
    assert_refused(ARGS(NIC, "--os", "dos"), "--os dos");
    assert_refused(ARGS(NIC, "--smp", "-1"), "--smp -1");
    assert_refused(ARGS(NIC, "--memory", "lots"), "--memory lots");
    assert_refused(ARGS(NIC, "--memory", "64K"),
                   "--memory 64K: it must be at least 1M");
    assert_refused(ARGS(NIC, "--append", "x"), "need --kernel");
    assert_refused(ARGS(NIC, "--disk", "/none"), "--disk /none: No such file");
    assert_refused(ARGS(NIC, "-o", log), "exists already");
}

/* The host's console is on it. */
static void test_needed(void)
{
    g_autofree char *vga = fake_pci(root, "pci0000:00", "0000:00:02.0",
                                    0x030000, "i915", 5);
    g_autofree char *boot = g_build_filename(vga, "boot_vga", NULL);
    g_autofree char *out = NULL;

    fake_file(root, boot, "1\n");
    assert_refused(ARGS("00:02.0"), "the host needs 0000:00:02.0 (VGA)");
    out = command(ARGS("00:02.0", "--force"));
    assert_contains(out, "# 0000:00:02.0: i915 -> vfio-pci\n");
}

/* A BAR of which the kernel has claimed a part */
static void test_claimed(void)
{
    g_autofree char *dir = fake_pci(root, "pci0000:00", "0000:00:03.0",
                                    0x0c0500, "vfio-pci", 6);
    g_autofree char *resource = g_build_filename(dir, "resource", NULL);
    g_autofree char *out = NULL;
    g_autofree char *path = g_build_filename(root, "/proc/iomem", NULL);

    fake_file(root, resource, "0xfe000000 0xfe000fff 0x40200\n");
    fake_file(root, "/proc/iomem", "fe000000-fe000fff : 0000:00:03.0\n"
              "  fe000000-fe0000ff : wdt\033[2J\n");
    assert_refused(ARGS("00:03.0"), "a guest can't access BAR 0 of "
                   "0000:00:03.0: a part of it is claimed by wdt?[2J");
    out = command(ARGS("00:03.0", "--force"));
    assert_contains(out, "0000:00:03.0");
    g_assert_cmpint(unlink(path), ==, 0);
}

static void set_up_host(void)
{
    static const char bridge_header[64] = { [14] = 1 };
    g_autofree char *bridge = fake_pci(root = fake_host_new(), "pci0000:00",
                                       "0000:00:01.0", 0x060400, "pcieport", 1);
    g_autofree char *config = g_build_filename(bridge, "config", NULL);

    fake_bytes(root, config, bridge_header, sizeof(bridge_header));
    g_free(fake_pci(root, BEHIND_1, GPU, 0x030000, "nouveau", 1));
    g_free(fake_pci(root, BEHIND_1, AUDIO, 0x040300, "snd_hda_intel", 1));
    g_free(fake_pci(root, BEHIND_2, NIC, 0x020000, "e1000e", 2));
    g_free(fake_pci(root, "pci0000:00", "0000:00:1f.0", 0x060100, NULL, -1));
    g_setenv("VFIO_TRACE_SYSFS_ROOT", root, TRUE);
}

int main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    set_up_host();
    g_test_add_func("/run/lines", test_lines);
    g_test_add_func("/run/lines/long", test_long_line);
    g_test_add_func("/run/status", test_status);
    g_test_add_func("/run/status/trouble", test_status_trouble);
    g_test_add_func("/run/status/hostile", test_status_hostile);
    g_test_add_func("/run/proc-id", test_proc_id);
    g_test_add_func("/run/command/absent-qemu", test_absent_qemu);
    g_test_add_func("/run/command/foreign-cpu", test_foreign_cpu);
    g_test_add_func("/run/command/iommufd-only", test_iommufd_only);
    g_test_add_func("/run/command/two-functions", test_two_functions);
    g_test_add_func("/run/command/second-function",
                    test_second_function_alone);
    g_test_add_func("/run/command/two-slots", test_two_slots);
    g_test_add_func("/run/command/old-names", test_old_names);
    g_test_add_func("/run/command/domain", test_domain);
    g_test_add_func("/run/command/vmd", test_vmd);
    g_test_add_func("/run/command/parents", test_parents);
    g_test_add_func("/run/command/both", test_both);
    g_test_add_func("/run/command/no-address", test_no_address);
    g_test_add_func("/run/command/silent", test_silent);
    g_test_add_func("/run/command/systems", test_systems);
    g_test_add_func("/run/command/image-format", test_image_format);
    g_test_add_func("/run/command/user", test_user);
    g_test_add_func("/run/command/firmware", test_firmware);
    g_test_add_func("/run/command/qemu-args", test_qemu_args);
    g_test_add_func("/run/refused", test_refused);
    g_test_add_func("/run/needed", test_needed);
    g_test_add_func("/run/claimed", test_claimed);
    status = g_test_run();
    temp_clean();
    fake_host_free(root);
    return status;
}
