/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace doctor, on simulated hosts
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

#include "fake-host.h"
#include "run-tool.h"

#define BEHIND "pci0000:00/0000:00:01.0"
#define MIB(n) ((guint64)(n) << 20)

typedef struct Fixture {
    char *root;
    char *gpu;
} Fixture;

static void set_up(Fixture *f, gconstpointer data)
{
    (void)data;
    f->root = fake_host_new();
    f->gpu = fake_pci(f->root, BEHIND, "0000:01:00.0", 0x030000, "nouveau", 1);
    g_setenv("VFIO_TRACE_SYSFS_ROOT", f->root, TRUE);
}

static void tear_down(Fixture *f, gconstpointer data)
{
    (void)data;
    g_unsetenv("VFIO_TRACE_SYSFS_ROOT");
    fake_host_free(f->root);
    g_free(f->gpu);
}

static void gpu_file(const Fixture *f, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(f->gpu, name, NULL);

    fake_file(f->root, path, "%s", text);
}

static JsonNode *examine(const char *option, const char *value,
                         const char *bdf, int status)
{
    const char *args[8] = { "doctor", "--json" };
    g_autoptr(ToolRun) run = NULL;
    g_autoptr(GError) error = NULL;
    JsonNode *node;
    size_t n = 2;

    if (option) {
        args[n++] = option;
        args[n++] = value;
    }
    /* The real program is slow. */
    if (g_strcmp0(option, "--qemu")) {
        args[n++] = "--qemu";
        args[n++] = "/nonexistent";
    }
    args[n] = bdf;
    run = run_toolv(NULL, args);
    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpint(run->status, ==, status);
    node = json_from_string(run->out, &error);
    g_assert_no_error(error);
    return node;
}

/* The check's only finding */
static JsonObject *finding(JsonNode *node, const char *check)
{
    JsonArray *findings =
        json_object_get_array_member(json_node_get_object(node), "findings");
    JsonObject *found = NULL;
    guint i;

    for (i = 0; i < json_array_get_length(findings); i++) {
        JsonObject *object = json_array_get_object_element(findings, i);

        if (!strcmp(json_object_get_string_member(object, "check"), check)) {
            g_assert_null(found);
            found = object;
        }
    }
    g_assert_nonnull(found);
    return found;
}

/* Its state, its text, and its remedy if not NULL */
static void assert_finding(JsonNode *node, const char *check,
                           const char *state, const char *found,
                           const char *remedy)
{
    JsonObject *object = finding(node, check);

    assert_contains(json_object_get_string_member(object, "found"), found);
    g_assert_cmpstr(json_object_get_string_member(object, "state"), ==, state);
    if (remedy) {
        assert_contains(json_object_get_string_member(object, "remedy"),
                        remedy);
    }
}

/* The same for the host alone */
static void assert_host(const char *check, const char *state,
                        const char *found, const char *remedy)
{
    g_autoptr(JsonNode) node = examine(NULL, NULL, NULL, 1);

    assert_finding(node, check, state, found, remedy);
}

/* The same for the GPU */
static void assert_gpu(const char *check, const char *state,
                       const char *found, const char *remedy)
{
    g_autoptr(JsonNode) node = examine(NULL, NULL, "01:00.0", 1);

    assert_finding(node, check, state, found, remedy);
}

static void test_usage(Fixture *f, gconstpointer data)
{
    static const struct {
        const char *args[4];
        const char *err;
    } wrong[] = {
        { { "1:2:3" }, "'1:2:3' is not a PCI address" },
        { { "\033[2J" }, "'?[2J' is not a PCI address" },
        { { "01:00.0", "01:00.1" }, "unexpected operand '01:00.1'" },
        { { "-m", "much" }, "--memory much: invalid size" },
        { { "-m", "-1G" }, "--memory -1G: invalid size" },
        { { "-m", "0" }, "--memory 0: invalid size" },
        { { "-m", "4GG" }, "--memory 4GG: invalid size" },
        { { "-m", "99999999T" }, "--memory 99999999T: invalid size" },
        { { "--ask-vfio" }, "--ask-vfio needs a device" },
        { { "--nonsense" }, "Unknown option --nonsense" },
    };
    size_t i;

    (void)f;
    (void)data;
    for (i = 0; i < G_N_ELEMENTS(wrong); i++) {
        const char *args[5] = { "doctor", wrong[i].args[0], wrong[i].args[1] };
        g_autoptr(ToolRun) run = run_toolv(NULL, args);

        assert_contains(run->err, wrong[i].err);
        g_assert_cmpint(run->status, ==, 2);
        g_assert_cmpstr(run->out, ==, "");
    }
}

static void test_absent(Fixture *f, gconstpointer data)
{
    g_autoptr(JsonNode) node = examine(NULL, NULL, "02:00.0", 1);

    (void)f;
    (void)data;
    assert_finding(node, "device", "fail", "there is no PCI device 02:00.0",
                   "lspci -D");
    /* The host is still examined. */
    finding(node, "IOMMU");
    g_assert_false(json_object_has_member(json_node_get_object(node),
                                          "device"));
}

static void test_kvm(Fixture *f, gconstpointer data)
{
    (void)data;
    assert_host("KVM", "fail", "not known whether the CPU has virtualization",
                NULL);
    fake_file(f->root, "/proc/cpuinfo", "flags\t\t: fpu ssvm\n");
    assert_host("KVM", "fail", "no virtualization in the CPU's features",
                "firmware");
    fake_file(f->root, "/proc/cpuinfo", "flags\t\t: fpu hypervisor ssvm\n");
    assert_host("KVM", "fail", "no virtualization in the CPU's features",
                "nested virtualization");
    fake_file(f->root, "/proc/cpuinfo", "flags\t\t: fpu vmx ssse3\n");
    assert_host("KVM", "fail", "VT-x, but there is no /dev/kvm",
                "sudo modprobe kvm_intel");
    fake_file(f->root, "/proc/cpuinfo", "flags\t\t: fpu svm ssse3\n");
    assert_host("KVM", "fail", "AMD-V, but there is no /dev/kvm",
                "sudo modprobe kvm_amd");
    fake_file(f->root, "/dev/kvm", "no device\n");
    assert_host("KVM", "fail", "exists, but is not KVM", NULL);
}

static void test_iommu(Fixture *f, gconstpointer data)
{
    g_autofree char *groups = g_strconcat(f->root, "/sys/kernel/iommu_groups",
                                          NULL);
    g_autofree char *away = g_strconcat(f->root, "/away", NULL);

    (void)data;
    fake_file(f->root, "/sys/class/iommu/dmar0/devices", "%s", "");
    assert_host("IOMMU", "ok", "1 IOMMU group (dmar0)", NULL);
    fake_file(f->root, "/sys/kernel/iommu_groups/1/name", "vfio-noiommu\n");
    assert_host("IOMMU", "fail", "no IOMMU", NULL);

    g_assert_cmpint(g_rename(groups, away), ==, 0);
    assert_host("IOMMU", "fail", "the firmware does not report one",
                "in the firmware's setup");
    assert_host("interrupts", "note", "only an IOMMU", NULL);
    fake_file(f->root, "/proc/cpuinfo", "vendor_id\t: GenuineIntel\n");
    fake_file(f->root, "/sys/firmware/acpi/tables/IVRS", "%s", "");
    assert_host("IOMMU", "fail", "the firmware does not report one", NULL);
    fake_file(f->root, "/sys/firmware/acpi/tables/DMAR", "%s", "");
    assert_host("IOMMU", "fail", "the kernel does not use it",
                "add intel_iommu=on to the kernel's command line");
    fake_file(f->root, "/usr/sbin/update-grub", "%s", "");
    assert_host("IOMMU", "fail", "the kernel does not use it",
                "'s/^GRUB_CMDLINE_LINUX=\"/&intel_iommu=on /'");
    fake_file(f->root, "/usr/sbin/grubby", "%s", "");
    assert_host("IOMMU", "fail", "the kernel does not use it",
                "sudo grubby --update-kernel=ALL --args='intel_iommu=on'");
    fake_file(f->root, "/proc/cmdline", "quiet intel_iommu=on\n");
    assert_host("IOMMU", "fail", "has not initialized it", "dmesg");
    fake_file(f->root, "/proc/cmdline", "quiet intel_iommu=sm_on,on\n");
    assert_host("IOMMU", "fail", "has not initialized it", "dmesg");
    fake_file(f->root, "/proc/cmdline", "quiet intel_iommu=on,off\n");
    assert_host("IOMMU", "fail", "command line has intel_iommu=off", NULL);
    fake_file(f->root, "/proc/cmdline", "intel_iommu=off intel_iommu=on\n");
    assert_host("IOMMU", "fail", "has not initialized it", "dmesg");
    fake_file(f->root, "/proc/cmdline", "quiet intel_iommu=igfx_off\n");
    assert_host("IOMMU", "fail", "the kernel does not use it", "grubby");
    fake_file(f->root, "/proc/cmdline", "quiet iommu=off\n");
    assert_host("IOMMU", "fail", "command line has iommu=off", "remove it");
    fake_file(f->root, "/proc/cmdline", "quiet\n");
    fake_file(f->root, "/proc/cpuinfo", "vendor_id\t: AuthenticAMD\n");
    assert_host("IOMMU", "fail", "has not initialized it", "dmesg");
}

static void test_interrupts(Fixture *f, gconstpointer data)
{
    (void)data;
    assert_host("interrupts", "note", "it is not known", NULL);
    fake_file(f->root, "/proc/interrupts",
              " 9: 0 IO-APIC 9-fasteoi acpi\n24: 1 PCI-MSI 0-edge IR-eye\n");
    assert_host("interrupts", "fail", "VFIO refuses", "allow_unsafe");
    fake_file(f->root, "/sys/module/vfio_iommu_type1/parameters/"
              "allow_unsafe_interrupts", "N\n");
    assert_host("interrupts", "fail", "VFIO refuses", "allow_unsafe");
    fake_file(f->root, "/sys/module/vfio_iommu_type1/parameters/"
              "allow_unsafe_interrupts", "Y\n");
    assert_host("interrupts", "warn", "which you have allowed", NULL);
    fake_file(f->root, "/proc/interrupts",
              " 9: 0 IR-IO-APIC 9-fasteoi acpi\n24: 1 IR-PCI-MSI 0 eth0\n");
    assert_host("interrupts", "ok", "are remapped", NULL);
}

static void test_module(Fixture *f, gconstpointer data)
{
    (void)data;
    assert_host("vfio-pci", "warn", "not known whether this kernel has it",
                "sudo modprobe vfio-pci");
    assert_host("container", "note", "comes with the driver", NULL);
    fake_file(f->root, "/proc/sys/kernel/osrelease", "6.1.0-test\n");
    fake_file(f->root, "/lib/modules/6.1.0-test/vmlinuz", "%s", "");
    assert_host("vfio-pci", "warn", "not known whether this kernel has it",
                NULL);
    fake_file(f->root, "/lib/modules/6.1.0-test/modules.dep",
              "kernel/drivers/vfio/pci/vfio-pci-core.ko: x\n");
    assert_host("vfio-pci", "fail", "has no driver vfio-pci",
                "CONFIG_VFIO_PCI");
    fake_file(f->root, "/lib/modules/6.1.0-test/modules.dep",
              "kernel/drivers/vfio/pci/vfio-pci.ko.xz: x\n");
    assert_host("vfio-pci", "note", "installed, but not loaded",
                "sudo modprobe vfio-pci");
    fake_file(f->root, "/sys/bus/pci/drivers/vfio-pci/bind", "%s", "");
    assert_host("vfio-pci", "ok", "is loaded", NULL);
    assert_host("container", "fail", "there is no /dev/vfio/vfio", NULL);
    fake_file(f->root, "/dev/iommu", "%s", "");
    assert_host("container", "note", "there is no /dev/vfio/vfio",
                "-object iommufd");
    assert_host("iommufd", "ok", "/dev/iommu can be opened", NULL);
    fake_file(f->root, "/dev/vfio/vfio", "%s", "");
    assert_host("container", "ok", "can be opened", NULL);
}

#define LIMITS "Limit                     Soft Limit           Hard Limit\n" \
    "Max locked memory         "

static void test_memlock(Fixture *f, gconstpointer data)
{
    g_autoptr(JsonNode) small = NULL;

    (void)data;
    assert_host("memlock", "note", "it is not known how much memory", NULL);
    fake_file(f->root, "/proc/self/status",
              "Name:\tx\nCapEff:\t000001fffffbffff\n");
    fake_file(f->root, "/proc/self/limits", LIMITS "8388608 8388608 bytes\n");
    /* All capabilities but bit 18; then all but bit 14 */
    assert_host("memlock", "ok", "CAP_IPC_LOCK", NULL);
    fake_file(f->root, "/proc/self/status", "CapEff:\t000001ffffffbfff\n");
    assert_host("memlock", "fail", "you may lock 8M of memory, and a guest of "
                "4G", "--memlock=4362076160:4362076160");
    small = examine("-m", "512K", NULL, 1);
    assert_finding(small, "memlock", "fail", "a guest of 512K", NULL);
    fake_file(f->root, "/proc/self/limits", LIMITS "%" G_GUINT64_FORMAT
              " unlimited bytes\n", MIB(4096 + 64));
    assert_host("memlock", "ok", "enough for a guest of 4G", NULL);
    fake_file(f->root, "/proc/self/limits", LIMITS "%" G_GUINT64_FORMAT
              " unlimited bytes\n", MIB(4096 + 64) - 1);
    assert_host("memlock", "fail", "you may lock", NULL);
    fake_file(f->root, "/proc/self/limits", LIMITS "unlimited unlimited b\n");
    assert_host("memlock", "ok", "any amount", NULL);
}

static void test_memory(Fixture *f, gconstpointer data)
{
    g_autoptr(JsonNode) enough = NULL;

    (void)data;
    assert_host("memory", "note", "it is not known", NULL);
    fake_file(f->root, "/proc/meminfo",
              "MemTotal: 9999999 kB\nMemAvailable:    4194304 kB\n");
    assert_host("memory", "warn", "4.0G of memory is free, and a guest of 4G",
                NULL);
    /* A number without a unit is MiB. */
    enough = examine("-m", "4095", NULL, 1);
    assert_finding(enough, "memory", "ok", "enough for a guest of 4095M",
                   NULL);
    fake_file(f->root, "/proc/meminfo", "MemAvailable: 99999999 kB\n");
    fake_file(f->root, "/proc/self/cgroup", "0::/a.scope\n");
    fake_file(f->root, "/sys/fs/cgroup/a.scope/memory.max", "2147483648\n");
    assert_host("memory", "warn",
                "the control group /a.scope has 2.0G of memory left",
                "memory.max");
}

static void test_security(Fixture *f, gconstpointer data)
{
    (void)data;
    assert_host("lockdown", "note", "it is not known whether", NULL);
    fake_file(f->root, "/sys/kernel/security/lsm", "capability\n");
    assert_host("lockdown", "ok", "is not locked down", NULL);
    assert_host("confinement", "ok", "neither", NULL);
    fake_file(f->root, "/sys/kernel/security/lockdown",
              "[none] integrity confidentiality\n");
    assert_host("lockdown", "ok", "is not locked down", NULL);
    fake_file(f->root, "/sys/kernel/security/lockdown",
              "none [integrity] confidentiality\n");
    assert_host("lockdown", "note", "(integrity; ", NULL);
    fake_file(f->root, "/sys/fs/selinux/enforce", "0\n");
    assert_host("confinement", "ok", "neither", NULL);
    fake_file(f->root, "/sys/fs/selinux/enforce", "1\n");
    assert_host("confinement", "note", "SELinux is in force", NULL);
    fake_file(f->root, "/sys/module/apparmor/parameters/enabled", "Y\n");
    assert_host("confinement", "note", "AppArmor is in force",
                "vfio-trace virt enable DOMAIN");
}

static void test_ring(Fixture *f, gconstpointer data)
{
    (void)data;
    assert_host("ring", "fail", "there is no /dev/shm", "sudo mount");
    fake_file(f->root, "/dev/shm/x", "%s", "");
    assert_host("ring", "ok", "M free; a log's ring takes 16M", NULL);
}

/* A program that answers like QEMU */
static JsonNode *examine_qemu(const char *script)
{
    g_autofree char *path = temp_file("qemu", script, -1);

    g_assert_cmpint(g_chmod(path, 0755), ==, 0);
    return examine("--qemu", path, NULL, 1);
}

static void test_qemu(Fixture *f, gconstpointer data)
{
    static const struct {
        const char *script;
        const char *state;
        const char *found;
    } programs[] = {
        { "#!/bin/sh\ncase $1 in --version) echo 'QEMU emulator version 9.8.7 "
          "(x)';; *) echo '  trace-log=<str>';; esac\n",
          "ok", "QEMU 9.8.7, has vfio-pci-trace" },
        { "#!/bin/sh\necho \"qemu: 'vfio-pci-trace' is not a valid device\" "
          ">&2\necho more >&2\nexit 1\n",
          "fail", "qemu: 'vfio-pci-trace' is not a valid device" },
        { "#!/bin/sh\necho nothing of interest\n",
          "fail", "has no property trace-log" },
        { "#!/bin/sh\nkill -9 $$\n", "fail", "it failed" },
        { "#!/nonexistent\n", "fail", "No such file or directory" },
        { "#!/bin/sh\nyes trace-log\n", "fail", "does not answer" },
    };
    g_autoptr(JsonNode) none = examine("--qemu", "/nonexistent", NULL, 1);
    size_t i;

    (void)f;
    (void)data;
    assert_finding(none, "QEMU", "fail", "there is no program /nonexistent",
                   "make install");
    for (i = 0; i < G_N_ELEMENTS(programs); i++) {
        g_autoptr(JsonNode) node = examine_qemu(programs[i].script);

        assert_finding(node, "QEMU", programs[i].state, programs[i].found,
                       NULL);
    }
}

static void test_qemu_hangs(Fixture *f, gconstpointer data)
{
    g_autoptr(JsonNode) node = NULL;

    (void)f;
    (void)data;
    if (!g_getenv("VFIO_TRACE_FULL")) {
        g_test_skip("takes ten seconds; VFIO_TRACE_FULL=1 does it");
        return;
    }
    node = examine_qemu("#!/bin/sh\nexec sleep 60\n");
    assert_finding(node, "QEMU", "fail", "does not answer", NULL);
}

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

/* A terminal gets colours, unless the user disables them. */
static void test_colours(Fixture *f, gconstpointer data)
{
    static const struct {
        const char *environment;
        bool colours;
    } cases[] = {
        { "TERM=xterm NO_COLOR=", true },
        { "TERM=xterm NO_COLOR=1", false },
        { "TERM=dumb NO_COLOR=", false },
    };
    g_autofree char *script = g_find_program_in_path("script");
    size_t i;

    (void)f;
    (void)data;
    if (!script) {
        g_test_skip("no script(1) to make a terminal");
        return;
    }
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *command =
            g_strdup_printf("%s -qc \"env %s %s doctor\" /dev/null", script,
                            cases[i].environment, VFIO_TRACE_TOOL);
        g_autofree char *out = NULL;
        g_autoptr(GError) error = NULL;

        g_spawn_command_line_sync(command, &out, NULL, NULL, &error);
        g_assert_no_error(error);
        assert_contains(out, "IOMMU");
        g_assert_cmpint(strstr(out, "\033[1;31mfail\033[0m") != NULL, ==,
                        cases[i].colours);
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run)(Fixture *f, gconstpointer data);
    } tests[] = {
        { "/doctor/usage", test_usage },
        { "/doctor/absent", test_absent },
        { "/doctor/kvm", test_kvm },
        { "/doctor/iommu", test_iommu },
        { "/doctor/interrupts", test_interrupts },
        { "/doctor/module", test_module },
        { "/doctor/memlock", test_memlock },
        { "/doctor/memory", test_memory },
        { "/doctor/security", test_security },
        { "/doctor/ring", test_ring },
        { "/doctor/qemu", test_qemu },
        { "/doctor/qemu-hangs", test_qemu_hangs },
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
        { "/doctor/framebuffer", test_framebuffer },
        { "/doctor/unknown-use", test_unknown_use },
        { "/doctor/reset", test_reset },
        { "/doctor/bars", test_bars },
        { "/doctor/neighbours", test_neighbours },
        { "/doctor/homeless", test_homeless },
        { "/doctor/hidden", test_hidden },
        { "/doctor/rom", test_rom },
        { "/doctor/text", test_text },
        { "/doctor/colours", test_colours },
    };
    size_t i;
    int status;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run,
                   tear_down);
    }
    status = g_test_run();
    temp_clean();
    return status;
}
