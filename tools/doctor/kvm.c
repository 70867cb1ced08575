/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: checks of KVM, the IOMMU and interrupts
 */
#include "tools/doctor/finding.h"
#include "tools/doctor/host.h"
#include "tools/host/fs.h"
#include "tools/host/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/kvm.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Is a word in /proc/cpuinfo: a feature, or the vendor's name? */
static bool cpu_has(const Doctor *doctor, const char *word)
{
    g_autofree char *path = host_fs_path(doctor->root, "/proc/cpuinfo");
    g_autofree char *text = host_fs_text(path);
    g_autofree char *pattern = g_strdup_printf("\\b%s\\b", word);

    return text && g_regex_match_simple(pattern, text, 0, 0);
}

/* The CPU could do it: what creates /dev/kvm? */
static void say_no_module(Doctor *doctor, const char *name, const char *module)
{
    g_autofree char *remedy = host_machine_loads_modules(doctor->root) ?
        g_strdup_printf("sudo modprobe %s", module) :
        g_strdup_printf("reboot, and load %s before kernel.modules_disabled is set: this kernel loads no more modules",
                        module);

    doctor_say(doctor, DOCTOR_FAIL, remedy,
               "the CPU has %s, but there is no /dev/kvm", name);
}

static void say_no_kvm(Doctor *doctor)
{
    static const struct {
        const char *feature;
        const char *name;
        const char *module;
    } cpus[] = {
        { "svm", "AMD-V", "kvm_amd" },
        { "vmx", "VT-x", "kvm_intel" },
    };
    static const struct {
        const char *found;
        const char *remedy;
    } texts[HOST_MACHINES] = {
        [HOST_MACHINE_HARDWARE] = {
            "no /dev/kvm, and no virtualization in the CPU's features",
            "switch on virtualization (VT-x, AMD-V, SVM) in the firmware's setup"
        },
        [HOST_MACHINE_VIRTUAL] = {
            "no /dev/kvm, and no virtualization in the CPU's features",
            "this is a virtual machine: switch on nested virtualization for it, or use its host"
        },
        [HOST_MACHINE_CONTAINER] = {
            "this is a container, and it has no /dev/kvm",
            "use vfio-trace on the container's host, or give the container /dev/kvm, /dev/vfio and a writable /sys"
        },
        [HOST_MACHINE_XEN] = {
            "this is Xen's domain 0: Xen has the CPU's virtualization, and there is no KVM",
            "boot the machine without Xen"
        },
    };
    HostMachine machine = host_machine(doctor->root);
    bool has_modules = machine == HOST_MACHINE_HARDWARE ||
                       machine == HOST_MACHINE_VIRTUAL;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(cpus) && has_modules; i++) {
        if (cpu_has(doctor, cpus[i].feature)) {
            say_no_module(doctor, cpus[i].name, cpus[i].module);
            return;
        }
    }
    doctor_say(doctor, DOCTOR_FAIL, texts[machine].remedy, "%s",
               texts[machine].found);
}

/* Return: the file's group if its members may write to the file, or NULL */
static char *joinable_group(const char *path)
{
    struct stat st;
    struct group *group;

    if (stat(path, &st) || !st.st_gid || !(st.st_mode & S_IWGRP)) {
        return NULL;
    }
    group = getgrgid(st.st_gid);
    return group ? g_strdup(group->gr_name) : NULL;
}

/* Older kernels raise an exception in the guest (docs/instructions.md). */
static void say_kvm(Doctor *doctor, int fd)
{
#ifdef KVM_CAP_EXIT_ON_EMULATION_FAILURE
    if (ioctl(fd, KVM_CHECK_EXTENSION,
              KVM_CAP_EXIT_ON_EMULATION_FAILURE) <= 0) {
        doctor_say(doctor, DOCTOR_WARN, "use kernel 5.14 or newer",
                   "/dev/kvm can be used, but does not report instructions that it can't emulate: AVX on a traced page ends the guest");
        return;
    }
#endif
    doctor_say(doctor, DOCTOR_OK, NULL, "/dev/kvm can be used");
}

void doctor_check_kvm(Doctor *doctor)
{
    const char *foreign = host_machine_foreign_cpu(doctor->root);
    g_autofree char *path = host_fs_path(doctor->root, "/dev/kvm");
    int fd = foreign ? -1 : open(path, O_RDWR | O_CLOEXEC);
    int err = errno;
    int version;

    if (foreign) {
        doctor_say(doctor, DOCTOR_FAIL, "use an x86 machine",
                   "the CPU is %s: vfio-trace's QEMU runs x86 guests, for which KVM needs an x86 CPU",
                   foreign);
    } else if (fd >= 0) {
        version = ioctl(fd, KVM_GET_API_VERSION, 0);
        if (version == KVM_API_VERSION) {
            say_kvm(doctor, fd);
        } else {
            doctor_say(doctor, DOCTOR_FAIL, "ls -l /dev/kvm",
                       "%s exists, but is not KVM", path);
        }
        close(fd);
    } else if (err == EACCES || err == EPERM) {
        g_autofree char *group = joinable_group(path);
        g_autofree char *remedy = group ?
            g_strdup_printf("sudo usermod -aG %s $USER; then log in again",
                            group) :
            g_strdup("start QEMU as root");

        doctor_say(doctor, DOCTOR_FAIL, remedy, "you may not open %s", path);
    } else if (err == ENOENT) {
        say_no_kvm(doctor);
    } else {
        doctor_say(doctor, DOCTOR_FAIL, "sudo dmesg | grep -i kvm",
                   "%s can not be opened: %s", path, g_strerror(err));
    }
}

/* Return: how to add a kernel parameter, with the first program that exists */
static char *boot_parameter(const Doctor *doctor, const char *parameter)
{
    static const struct {
        const char *file;
        const char *fmt;
    } loaders[] = {
        { "/run/ostree-booted",
          "sudo rpm-ostree kargs --append=%s; then reboot" },
        { "/etc/NIXOS",
          "add boot.kernelParams = [ \"%s\" ]; to the system's configuration; sudo nixos-rebuild boot; then reboot"
        },
        { "/etc/kernel/proxmox-boot-uuids",
          "sudo sed -i 's/$/ %s/' /etc/kernel/cmdline && sudo proxmox-boot-tool refresh (if the machine boots by systemd-boot, not GRUB); then reboot"
        },
        { "/usr/bin/kernelstub", "sudo kernelstub -a %s; then reboot" },
        { "/usr/sbin/grubby",
          "sudo grubby --update-kernel=ALL --args='%s'; then reboot" },
        { "/usr/sbin/update-grub",
          "sudo sed -i 's/^GRUB_CMDLINE_LINUX=\"/&%s /' /etc/default/grub && sudo update-grub; then reboot"
        },
    };
    g_auto(GStrv) parts = NULL;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(loaders); i++) {
        g_autofree char *path = host_fs_path(doctor->root, "%s",
                                             loaders[i].file);

        if (g_file_test(path, G_FILE_TEST_EXISTS)) {
            parts = g_strsplit(loaders[i].fmt, "%s", 2);
            return g_strjoinv(parameter, parts);
        }
    }
    return g_strdup_printf(
        "add %s to the kernel's command line in the boot loader's configuration; then reboot",
        parameter);
}

static bool has_parameter(const Doctor *doctor, const char *parameter)
{
    g_autofree char *path = host_fs_path(doctor->root, "/proc/cmdline");
    g_autofree char *text = host_fs_text(path);
    g_auto(GStrv) words = g_strsplit(text ? text : "", " ", -1);

    return g_strv_contains((const char *const *)words, parameter);
}

static void say_no_iommu(Doctor *doctor)
{
    /* The ACPI table by which the firmware describes an IOMMU */
    bool intel = cpu_has(doctor, "GenuineIntel");
    g_autofree char *table = host_fs_path(doctor->root,
                                          "/sys/firmware/acpi/tables/%s",
                                          intel ? "DMAR" : "IVRS");
    g_autofree char *remedy = NULL;
    static const char *const remedies[HOST_MACHINES] = {
        [HOST_MACHINE_HARDWARE] =
            "switch on the IOMMU (VT-d, AMD-Vi) in the firmware's setup",
        [HOST_MACHINE_VIRTUAL] =
            "this is a virtual machine: give it an IOMMU (QEMU: -machine q35,kernel-irqchip=split -device intel-iommu,intremap=on,caching-mode=on), or use its host; most clouds have IOMMUs in bare-metal machines only",
        [HOST_MACHINE_CONTAINER] =
            "this is a container: use vfio-trace on its host, which says more",
    };
    HostMachine machine = host_machine(doctor->root);
    static const char *const switches[] = {
        "intel_iommu=off", "amd_iommu=off", "iommu=off",
    };
    size_t i;

    if (machine == HOST_MACHINE_XEN) {
        doctor_say(doctor, DOCTOR_FAIL, "boot the machine without Xen",
                   "no IOMMU: this is Xen's domain 0, and Xen has the IOMMU");
        return;
    }
    if (host_machine_foreign_cpu(doctor->root)) {
        doctor_say(doctor, DOCTOR_FAIL, "sudo dmesg | grep -i iommu",
                   "no IOMMU: the kernel has made no IOMMU groups");
        return;
    }
    for (i = 0; i < G_N_ELEMENTS(switches); i++) {
        if (has_parameter(doctor, switches[i])) {
            doctor_say(doctor, DOCTOR_FAIL,
                       "remove it from the boot loader's configuration; then reboot",
                       "no IOMMU: the kernel's command line has %s",
                       switches[i]);
            return;
        }
    }
    if (!g_file_test(table, G_FILE_TEST_EXISTS)) {
        doctor_say(doctor, DOCTOR_FAIL, remedies[machine],
                   "no IOMMU: the firmware does not report one");
        return;
    }
    if (intel && !has_parameter(doctor, "intel_iommu=on")) {
        remedy = boot_parameter(doctor, "intel_iommu=on");
        doctor_say(doctor, DOCTOR_FAIL, remedy,
                   "the machine has an IOMMU, but the kernel does not use it");
        return;
    }
    doctor_say(doctor, DOCTOR_FAIL, "sudo dmesg | grep -iE 'dmar|iommu|amd-vi'",
               "the machine has an IOMMU, but the kernel has not initialized it");
}

/*
 * Does not count groups that VFIO makes for devices without an IOMMU
 * (enable_unsafe_noiommu_mode), since QEMU can't use them.
 */
static unsigned count_groups(const Doctor *doctor)
{
    g_autofree char *dir = host_fs_path(doctor->root,
                                        "/sys/kernel/iommu_groups");
    g_auto(GStrv) groups = host_fs_names(dir);
    unsigned n = 0;
    size_t i;

    for (i = 0; groups[i]; i++) {
        g_autofree char *group = g_build_filename(dir, groups[i], NULL);
        g_autofree char *name = host_fs_attr(group, "name");

        n += !name || strcmp(name, "vfio-noiommu");
    }
    return n;
}

void doctor_check_iommu(Doctor *doctor)
{
    unsigned groups = count_groups(doctor);
    g_autofree char *units_dir = host_fs_path(doctor->root, "/sys/class/iommu");
    g_auto(GStrv) units = host_fs_names(units_dir);
    g_autofree char *names = g_strjoinv(", ", units);

    if (groups) {
        doctor_say(doctor, DOCTOR_OK, NULL, "%u IOMMU group%s%s%s%s",
                   groups, groups > 1 ? "s" : "", *names ? " (" : "", names,
                   *names ? ")" : "");
    } else {
        say_no_iommu(doctor);
    }
}

static bool is_allowed(const Doctor *doctor, const char *module)
{
    g_autofree char *path =
        host_fs_path(doctor->root,
                     "/sys/module/%s/parameters/allow_unsafe_interrupts", module);
    g_autofree char *text = host_fs_text(path);

    return text && (*text == 'Y' || *text == '1');
}

/*
 * Names of interrupt controllers with remapped interrupts begin with IR-
 * (arch/x86/kernel/apic). Other architectures' names end in the same words
 * ("ITS-PCI-MSI").
 */
void doctor_check_interrupts(Doctor *doctor)
{
    g_autofree char *path = host_fs_path(doctor->root, "/proc/interrupts");
    g_autofree char *text = host_fs_text(path);

    if (!count_groups(doctor)) {
        doctor_say(doctor, DOCTOR_NOTE, "see the finding 'IOMMU'",
                   "only an IOMMU can remap interrupts");
    } else if (!text || !g_regex_match_simple("\\s(IR-)?(IO-APIC|PCI-MSI)",
                                              text, 0, 0)) {
        doctor_say(doctor, DOCTOR_NOTE, NULL,
                   "it is not known whether interrupts are remapped");
    } else if (g_regex_match_simple("\\sIR-(IO-APIC|PCI-MSI)", text, 0, 0)) {
        doctor_say(doctor, DOCTOR_OK, NULL, "interrupts are remapped");
    } else if (is_allowed(doctor, "vfio_iommu_type1") ||
               is_allowed(doctor, "iommufd")) {
        doctor_say(doctor, DOCTOR_WARN, NULL,
                   "interrupts are not remapped, which you have allowed: a guest can send the host any interrupt");
    } else {
        doctor_say(doctor, DOCTOR_FAIL,
                   "switch on interrupt remapping in the firmware's setup; or, if you trust the guest, echo Y | sudo tee /sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts",
                   "interrupts are not remapped: VFIO refuses devices");
    }
}
