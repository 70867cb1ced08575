/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: KVM on machines other than x86 (see kvm-other.h)
 *
 * Sources in the kernel: arch/arm64/kvm/arm.c (kvm_arm_init() and
 * early_kvm_mode_cfg()), arch/arm64/kernel/smp.c (hyp_mode_check()),
 * Documentation/admin-guide/kernel-parameters.txt (kvm-arm.mode),
 * Documentation/arch/arm64/booting.rst.
 */
#include "tools/doctor/kvm-other.h"

#include "tools/doctor/finding.h"
#include "tools/doctor/iommu.h"
#include "tools/host/arch.h"
#include "tools/host/kernel-log.h"

#include <string.h>

/* Its last value counts. */
#define MODE "kvm-arm.mode"

#define NO_KVM "no /dev/kvm"

/* Does the kernel's log have one of these? */
static bool logged(const char *log, const char *const *texts)
{
    for (; log && *texts; texts++) {
        if (strstr(log, *texts)) {
            return true;
        }
    }
    return false;
}

/* Another program has EL2, the level of hypervisors: or the firmware left it */
static void say_no_el2(Doctor *doctor, HostMachine machine)
{
    static const char *const remedies[HOST_MACHINES] = {
        [HOST_MACHINE_HARDWARE] =
            "start the kernel at EL2: that is a matter of the firmware and boot loader, which may have a setting for it; a hypervisor of the machine's maker may keep EL2 (phones, some laptops)",
        [HOST_MACHINE_VIRTUAL] =
            "this is a virtual machine: give it EL2 (QEMU: -machine virt,virtualization=on; with KVM, that needs kernel 6.16 with kvm-arm.mode=nested and a processor that has FEAT_NV2), or use its host",
    };

    doctor_say(doctor, DOCTOR_FAIL, remedies[machine],
               NO_KVM ": the kernel was started at EL1, and KVM needs EL2");
}

/* On Arm, KVM is no module. */
static void say_no_kvm_arm(Doctor *doctor, HostMachine machine)
{
    static const char *const el1[] = {
        "CPU(s) started at EL1", "HYP mode not available", NULL,
    };
    static const char *const el2[] = { "CPU(s) started at EL2", NULL };
    g_autofree char *log = host_kernel_log(doctor->root);

    if (doctor_has_parameter(doctor, MODE, "none", "")) {
        doctor_say(doctor, DOCTOR_FAIL,
                   "remove it from the boot loader's configuration; then reboot",
                   NO_KVM ": the kernel's command line has " MODE "=none");
    } else if (logged(log, el1)) {
        say_no_el2(doctor, machine);
    } else if (logged(log, el2)) {
        doctor_say(doctor, DOCTOR_FAIL,
                   "boot a kernel that has KVM (CONFIG_KVM), which is no module on Arm; 'sudo dmesg | grep kvm' says whether this one has it",
                   NO_KVM ", although the kernel was started at EL2");
    } else {
        doctor_say(doctor, DOCTOR_FAIL,
                   "sudo dmesg | grep -E 'kvm|started at EL': KVM needs EL2; on Arm it is a part of the kernel, no module",
                   NO_KVM "; it is not known whether the kernel was started at EL2");
    }
}

void doctor_say_no_kvm(Doctor *doctor, HostMachine machine)
{
    const HostArch *arch = host_arch(doctor->root);
    const char *module = arch->id == HOST_ARCH_POWER ? "kvm_hv" : "kvm";
    g_autofree char *remedy = NULL;

    if (arch->id == HOST_ARCH_ARM) {
        say_no_kvm_arm(doctor, machine);
        return;
    }
    remedy = g_strdup_printf("sudo modprobe %s; and see the finding 'CPU'",
                             module);
    doctor_say(doctor, DOCTOR_FAIL, remedy, NO_KVM);
}

const char *doctor_kvm_mode(const Doctor *doctor)
{
    /* The longer texts come first: the last one is the end of others. */
    static const struct {
        const char *text;
        const char *mode;
    } modes[] = {
        { "Protected hVHE mode initialized", " (protected KVM)" },
        { "Protected nVHE mode initialized", " (protected KVM)" },
        { "Hyp nVHE mode initialized", " (EL2, without VHE)" },
        { "Hyp hVHE mode initialized", " (EL2, without VHE)" },
        { "Hyp mode initialized", " (EL2, without VHE)" },
        { "VHE+NV2 mode initialized", " (EL2, VHE, nested guests)" },
        { "VHE mode initialized", " (EL2, VHE)" },
    };
    g_autofree char *log = NULL;
    size_t i;

    if (host_arch(doctor->root)->id != HOST_ARCH_ARM) {
        return "";
    }
    log = host_kernel_log(doctor->root);
    for (i = 0; log && i < G_N_ELEMENTS(modes); i++) {
        if (strstr(log, modes[i].text)) {
            return modes[i].mode;
        }
    }
    return "";
}
