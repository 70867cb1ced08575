/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: checks of the IOMMU
 */
#include "tools/doctor/finding.h"
#include "tools/doctor/iommu.h"
#include "tools/doctor/smmu.h"
#include "tools/host/address.h"
#include "tools/host/arch.h"
#include "tools/host/fs.h"
#include "tools/host/machine.h"

#include <string.h>

/* What the guest's machine virt needs for large BARs */
#define LARGE_WINDOW_BITS 40

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
        { "/boot/grub2/grub.cfg",
          "sudo sed -i 's/^GRUB_CMDLINE_LINUX=\"/&%s /' /etc/default/grub && sudo grub2-mkconfig -o /boot/grub2/grub.cfg; then reboot"
        },
        { "/boot/grub/grub.cfg",
          "sudo sed -i 's/^GRUB_CMDLINE_LINUX=\"/&%s /' /etc/default/grub && sudo grub-mkconfig -o /boot/grub/grub.cfg; then reboot"
        },
        { "/boot/loader/entries",
          "add %s to the line 'options' of the entry in /boot/loader/entries; then reboot"
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

bool doctor_has_parameter(const Doctor *doctor, const char *name,
                          const char *on, const char *off)
{
    g_autofree char *path = host_fs_path(doctor->root, "/proc/cmdline");
    g_autofree char *text = host_fs_text(path);
    g_auto(GStrv) words = g_strsplit(text ? text : "", " ", -1);
    g_autofree char *start = g_strconcat(name, "=", NULL);
    bool found = false;
    size_t i;
    size_t k;

    for (i = 0; words[i]; i++) {
        g_auto(GStrv) values = g_strsplit(g_str_has_prefix(words[i], start) ?
                                          words[i] + strlen(start) : "", ",",
                                          -1);

        for (k = 0; values[k]; k++) {
            found = !strcmp(values[k], on) ||
                    (found && strcmp(values[k], off));
        }
    }
    return found;
}

static void say_no_iommu(Doctor *doctor)
{
    /* The ACPI table by which the firmware describes an IOMMU */
    bool intel = host_machine_cpu_has(doctor->root, "GenuineIntel");
    g_autofree char *table = host_fs_path(doctor->root,
                                          "/sys/firmware/acpi/tables/%s",
                                          intel ? "DMAR" : "IVRS");
    g_autofree char *remedy = NULL;
    static const char *const remedies[HOST_MACHINES] = {
        [HOST_MACHINE_HARDWARE] =
            "switch on the IOMMU (VT-d, AMD-Vi) in the firmware's setup, if the machine has one",
        [HOST_MACHINE_VIRTUAL] =
            "this is a virtual machine: give it an IOMMU (QEMU: -machine q35,kernel-irqchip=split -device intel-iommu,intremap=on,caching-mode=on), or use its host; most clouds have IOMMUs in bare-metal machines only",
        [HOST_MACHINE_CONTAINER] =
            "this is a container: use vfio-trace on its host, which says more",
    };
    HostMachine machine = host_machine(doctor->root);
    static const char *const switches[] = {
        "intel_iommu", "amd_iommu", "iommu",
    };
    size_t i;

    if (machine == HOST_MACHINE_XEN) {
        doctor_say(doctor, DOCTOR_FAIL, "boot the machine without Xen",
                   "no IOMMU: this is Xen's domain 0, and Xen has the IOMMU");
        return;
    }
    if (host_arch(doctor->root)->id != HOST_ARCH_X86) {
        doctor_say_no_smmu(doctor);
        return;
    }
    for (i = 0; i < G_N_ELEMENTS(switches); i++) {
        if (doctor_has_parameter(doctor, switches[i], "off", "on")) {
            doctor_say(doctor, DOCTOR_FAIL,
                       "remove it from the boot loader's configuration; then reboot",
                       "no IOMMU: the kernel's command line has %s=off",
                       switches[i]);
            return;
        }
    }
    if (!g_file_test(table, G_FILE_TEST_EXISTS)) {
        doctor_say(doctor, DOCTOR_FAIL, remedies[machine],
                   "no IOMMU: the firmware does not report one");
        return;
    }
    if (intel && !doctor_has_parameter(doctor, "intel_iommu", "on", "off")) {
        remedy = boot_parameter(doctor, "intel_iommu=on");
        doctor_say(doctor, DOCTOR_FAIL, remedy,
                   "the machine has an IOMMU, but the kernel does not use it");
        return;
    }
    doctor_say(doctor, DOCTOR_FAIL, "sudo dmesg | grep -iE 'dmar|iommu|amd-vi'",
               "the machine has an IOMMU, but the kernel has not initialized it");
}

unsigned doctor_count_groups(const Doctor *doctor)
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

/* A patch of some distributions, which takes groups apart. */
static void say_override(Doctor *doctor)
{
    g_autofree char *path = host_fs_path(doctor->root, "/proc/cmdline");
    g_autofree char *text = host_fs_text(path);

    if (text && g_regex_match_simple("(^|\\s)pcie_acs_override=", text, 0, 0)) {
        doctor_say(doctor, DOCTOR_WARN,
                   "remove it from the kernel's command line if you do not trust the guest",
                   "pcie_acs_override makes groups that the hardware does not separate: a guest's device may reach devices of other groups");
    }
}

void doctor_check_iommu(Doctor *doctor)
{
    unsigned groups = doctor_count_groups(doctor);
    g_autofree char *units_dir = host_fs_path(doctor->root, "/sys/class/iommu");
    g_auto(GStrv) units = host_fs_names(units_dir);
    g_autofree char *names = g_strjoinv(", ", units);

    if (groups) {
        doctor_say(doctor, DOCTOR_OK, NULL, "%u IOMMU group%s%s%s%s",
                   groups, groups > 1 ? "s" : "", *names ? " (" : "", names,
                   *names ? ")" : "");
        say_override(doctor);
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
 * (arch/x86/kernel/apic).
 */
void doctor_check_interrupts(Doctor *doctor)
{
    g_autofree char *path = host_fs_path(doctor->root, "/proc/interrupts");
    g_autofree char *text = host_fs_text(path);
    bool allowed = is_allowed(doctor, "vfio_iommu_type1") ||
                   is_allowed(doctor, "iommufd");

    if (!doctor_count_groups(doctor)) {
        doctor_say(doctor, DOCTOR_NOTE, "see the finding 'IOMMU'",
                   "only an IOMMU can remap interrupts");
    } else if (host_arch(doctor->root)->id != HOST_ARCH_X86) {
        doctor_say_other_interrupts(doctor, allowed);
    } else if (!text || !g_regex_match_simple("\\s(IR-)?(IO-APIC|PCI-MSI)",
                                              text, 0, 0)) {
        doctor_say(doctor, DOCTOR_NOTE, NULL,
                   "it is not known whether interrupts are remapped");
    } else if (g_regex_match_simple("\\sIR-(IO-APIC|PCI-MSI)", text, 0, 0)) {
        doctor_say(doctor, DOCTOR_OK, NULL, "interrupts are remapped");
    } else if (allowed) {
        doctor_say(doctor, DOCTOR_WARN, NULL,
                   "interrupts are not remapped, which you have allowed: a guest can send the host any interrupt");
    } else {
        doctor_say(doctor, DOCTOR_FAIL,
                   "switch on interrupt remapping in the firmware's setup; or, if you trust the guest, echo Y | sudo tee /sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts",
                   "interrupts are not remapped: VFIO refuses devices");
    }
}

/* QEMU's hw/arm/virt.c: PCI's window for large BARs is 512G to 1T. */
static void say_guest_addresses(Doctor *doctor)
{
    unsigned bits = host_address_guest_bits(doctor->root);

    if (bits >= LARGE_WINDOW_BITS) {
        doctor_say(doctor, DOCTOR_OK, NULL,
                   "KVM gives a guest addresses of %u bits", bits);
    } else if (bits) {
        doctor_say(doctor, DOCTOR_WARN, NULL,
                   "KVM gives a guest addresses of %u bits, and QEMU needs %u for its window for large BARs: all BARs must fit below 4G, where it has 751M",
                   bits, LARGE_WINDOW_BITS);
    }
}

void doctor_check_addresses(Doctor *doctor)
{
    unsigned iommu = host_address_iommu_bits(doctor->root);
    unsigned cpu = host_address_cpu_bits(doctor->root);
    g_autofree char *remedy = NULL;

    if (host_arch(doctor->root)->id == HOST_ARCH_ARM) {
        say_guest_addresses(doctor);
        return;
    }
    /* Other IOMMUs than Intel's have no limit that matters. */
    if (!iommu || !cpu) {
        return;
    }
    if (iommu >= cpu) {
        doctor_say(doctor, DOCTOR_OK, NULL,
                   "the IOMMU takes all addresses of the CPU (%u bits)", cpu);
    } else {
        remedy = g_strdup_printf(
            "limit the guest's addresses: vfio-trace run BDF -- -cpu host,host-phys-bits-limit=%u",
            iommu);
        doctor_say(doctor, DOCTOR_NOTE, remedy,
                   "the IOMMU takes addresses of %u bits, the CPU has %u: a guest may put BARs where other devices can't reach them ('VFIO_MAP_DMA failed')",
                   iommu, cpu);
    }
}
