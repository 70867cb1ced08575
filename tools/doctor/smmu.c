/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: IOMMU and interrupts of machines other than x86 (see
 * smmu.h)
 *
 * Sources in the kernel: drivers/iommu/arm/ (names of the SMMUs in
 * /sys/class/iommu), drivers/vfio/vfio_iommu_type1.c, drivers/irqchip/
 * (irq-gic-v3-its*.c and irq-gic-v2m.c: names in /proc/interrupts, and
 * IRQ_DOMAIN_FLAG_ISOLATED_MSI), arch/s390/include/asm/msi.h
 * (arch_is_isolated_msi()).
 *
 * iommu.passthrough= and arm-smmu.disable_bypass= are for the host's own
 * drivers: VFIO makes a domain of its own for the guest in any case.
 */
#include "tools/doctor/smmu.h"

#include "tools/doctor/finding.h"
#include "tools/host/arch.h"
#include "tools/host/fs.h"
#include "tools/host/iort.h"
#include "tools/host/machine.h"

#include <unistd.h>

#define NO_IOMMU "no IOMMU: "

#define DMESG "sudo dmesg | grep -iE 'smmu|iommu|iort'"

/* What to do about a machine without an SMMU */
enum { REMEDY_VIRTUAL, REMEDY_CONTAINER, REMEDY_ACPI, REMEDY_TREE };

static const char *const smmu_none_remedies[] = {
    [REMEDY_VIRTUAL] =
        "this is a virtual machine: give it an SMMU (QEMU: -machine virt,iommu=smmuv3), or use its host; most clouds have IOMMUs in bare-metal machines only",
    [REMEDY_CONTAINER] =
        "this is a container: use vfio-trace on its host, which says more",
    [REMEDY_ACPI] =
        "switch on the SMMU in the firmware's setup, or update the firmware; small machines have no SMMU for PCI devices",
    [REMEDY_TREE] =
        "use a newer device tree, if there is one; many small machines have no SMMU for PCI devices: use another one",
};

static const char *smmu_none_remedy(const Doctor *doctor, bool acpi)
{
    switch (host_machine(doctor->root)) {
    case HOST_MACHINE_VIRTUAL:
        return smmu_none_remedies[REMEDY_VIRTUAL];
    case HOST_MACHINE_CONTAINER:
        return smmu_none_remedies[REMEDY_CONTAINER];
    default:
        return smmu_none_remedies[acpi ? REMEDY_ACPI : REMEDY_TREE];
    }
}

static bool has_units(const Doctor *doctor)
{
    g_autofree char *dir = host_fs_path(doctor->root, "/sys/class/iommu");
    g_auto(GStrv) units = host_fs_names(dir);

    return units[0];
}

static void say_by_table(Doctor *doctor, const HostIort *iort)
{
    if (!iort->table) {
        doctor_say(doctor, DOCTOR_FAIL, smmu_none_remedy(doctor, true),
                   NO_IOMMU "the firmware does not report one (it has no table IORT)");
    } else if (!iort->known) {
        doctor_say(doctor, DOCTOR_FAIL, geteuid() ?
                   "sudo vfio-trace doctor ..." : DMESG,
                   NO_IOMMU
                   "the kernel has made no IOMMU groups; the firmware's table IORT, which says whether there is an SMMU, can't be read");
    } else if (!iort->smmus) {
        doctor_say(doctor, DOCTOR_FAIL, smmu_none_remedy(doctor, true),
                   NO_IOMMU "the firmware's table IORT has no SMMU");
    } else {
        doctor_say(doctor, DOCTOR_FAIL, DMESG,
                   "the machine has an SMMU, but the kernel has not initialized it");
    }
}

static void say_by_tree(Doctor *doctor, const HostIort *iort)
{
    if (!iort->smmus && iort->disabled) {
        doctor_say(doctor, DOCTOR_FAIL,
                   "switch the SMMU on in the firmware's setup, or set status = \"okay\" in the device tree",
                   NO_IOMMU "the device tree has an SMMU that is switched off");
    } else if (!iort->smmus) {
        doctor_say(doctor, DOCTOR_FAIL, smmu_none_remedy(doctor, false),
                   NO_IOMMU "the device tree has no SMMU");
    } else if (iort->bridges && !iort->mapped) {
        doctor_say(doctor, DOCTOR_FAIL,
                   "use a newer device tree, if there is one (the PCI host bridge needs iommu-map), or another machine",
                   NO_IOMMU
                   "the machine has an SMMU, but in the device tree no PCI host bridge is behind it (iommu-map)");
    } else {
        doctor_say(doctor, DOCTOR_FAIL, DMESG,
                   "the machine has an SMMU, but the kernel has not initialized it");
    }
}

void doctor_say_no_smmu(Doctor *doctor)
{
    HostIort iort;

    if (host_arch(doctor->root)->id != HOST_ARCH_ARM) {
        doctor_say(doctor, DOCTOR_FAIL, "sudo dmesg | grep -i iommu",
                   NO_IOMMU "the kernel has made no IOMMU groups");
        return;
    }
    host_iort_read(doctor->root, &iort);
    if (has_units(doctor)) {
        doctor_say(doctor, DOCTOR_FAIL, DMESG,
                   NO_IOMMU
                   "the kernel drives an SMMU, but no device is in a group: none is behind it, or none has had a driver");
    } else if (iort.acpi) {
        say_by_table(doctor, &iort);
    } else if (iort.tree) {
        say_by_tree(doctor, &iort);
    } else {
        doctor_say(doctor, DOCTOR_FAIL, DMESG,
                   NO_IOMMU "the kernel has made no IOMMU groups");
    }
}

/* The outermost controller's name, in each line of an interrupt */
static bool interrupts_have(const Doctor *doctor, const char *pattern)
{
    g_autofree char *path = host_fs_path(doctor->root, "/proc/interrupts");
    g_autofree char *text = host_fs_text(path);

    return text && g_regex_match_simple(pattern, text, 0, 0);
}

static void say_arm_interrupts(Doctor *doctor, bool allowed)
{
    HostIort iort;

    host_iort_read(doctor->root, &iort);
    if (iort.its || interrupts_have(doctor, "\\sITS-")) {
        doctor_say(doctor, DOCTOR_OK, NULL,
                   "the GICv3's ITS keeps each device's interrupts apart");
    } else if (!interrupts_have(doctor, "\\s(GICv2m-PCI-)?MSIX?[-\\s]")) {
        doctor_say(doctor, DOCTOR_NOTE, NULL,
                   "it is not known whether devices' interrupts are kept apart: a GICv3's ITS does that, a GICv2m does not");
    } else if (allowed) {
        doctor_say(doctor, DOCTOR_WARN, NULL,
                   "devices' interrupts are not kept apart (no ITS; a GICv2m?), which you have allowed: a guest can send the host any interrupt");
    } else {
        doctor_say(doctor, DOCTOR_FAIL,
                   "if you trust the guest, echo Y | sudo tee /sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts",
                   "devices' interrupts are not kept apart (no ITS; a GICv2m?): VFIO refuses devices");
    }
}

void doctor_say_other_interrupts(Doctor *doctor, bool allowed)
{
    static const char *const others[HOST_ARCHES] = {
        [HOST_ARCH_POWER] =
            "it is not known whether interrupts are kept apart; POWER's interrupt controllers (XICS, XIVE) and host bridges do that",
        [HOST_ARCH_S390] =
            "interrupts of PCI functions are kept apart: the machine itself does that",
    };
    HostArchId id = host_arch(doctor->root)->id;

    if (id == HOST_ARCH_ARM) {
        say_arm_interrupts(doctor, allowed);
    } else if (id == HOST_ARCH_S390) {
        doctor_say(doctor, DOCTOR_OK, NULL, "%s", others[id]);
    } else {
        doctor_say(doctor, DOCTOR_NOTE, NULL, "%s", others[id] ? others[id] :
                   "it is not known whether interrupts are kept apart");
    }
}
