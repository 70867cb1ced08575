/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace doctor, the host
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "examine.h"

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
    static const ExamineTest tests[] = {
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
        { "/doctor/colours", test_colours },
    };

    return examine_main(argc, argv, tests, G_N_ELEMENTS(tests));
}
