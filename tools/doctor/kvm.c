/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: check of KVM
 */
#include "tools/doctor/finding.h"
#include "tools/doctor/kvm.h"
#include "tools/doctor/kvm-other.h"
#include "tools/host/arch.h"
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

/* The CPU could do it: what creates /dev/kvm? */
static void say_no_module(Doctor *doctor, const char *name, const char *module)
{
    g_autofree char *remedy = host_machine_loads_modules(doctor->root) ?
        g_strdup_printf("sudo modprobe %s", module) :
        g_strdup_printf(
            "reboot, and load %s before kernel.modules_disabled is set: this kernel loads no more modules",
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
    g_autofree char *path = host_fs_path(doctor->root, "/proc/cpuinfo");
    g_autofree char *cpuinfo = host_fs_text(path);
    size_t i;

    if (has_modules && host_arch(doctor->root)->id != HOST_ARCH_X86) {
        doctor_say_no_kvm(doctor, machine);
        return;
    }
    if (has_modules && !cpuinfo) {
        doctor_say(doctor, DOCTOR_FAIL, "sudo modprobe -a kvm_intel kvm_amd",
                   "there is no /dev/kvm; it is not known whether the CPU has virtualization: /proc/cpuinfo can't be read");
        return;
    }

    for (i = 0; i < G_N_ELEMENTS(cpus) && has_modules; i++) {
        if (host_machine_cpu_has(doctor->root, cpus[i].feature)) {
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

/* What KVM must have, lest an access to a traced page ends the guest */
static const struct {
    HostArchId arch;
    int cap;
    const char *found;
    const char *remedy;
} handed_over[] = {
#ifdef KVM_CAP_EXIT_ON_EMULATION_FAILURE
    /* Older kernels raise an exception in the guest (docs/instructions.md). */
    { HOST_ARCH_X86, KVM_CAP_EXIT_ON_EMULATION_FAILURE,
      "/dev/kvm can be used, but does not report instructions that it can't emulate: AVX on a traced page ends the guest",
      "use kernel 5.14 or newer" },
#endif
#ifdef KVM_CAP_ARM_NISV_TO_USER
    /* Documentation/virt/kvm/api.rst, 6.18; older ones end KVM_RUN: ENOSYS */
    { HOST_ARCH_ARM, KVM_CAP_ARM_NISV_TO_USER,
      "/dev/kvm can be used, but does not report instructions that the processor does not describe to it: a pair or a vector (ldp, stp, ldr q0) on a traced page ends the guest",
      "use kernel 5.5 or newer" },
#endif
};

static void say_kvm(Doctor *doctor, int fd)
{
    HostArchId arch = host_arch(doctor->root)->id;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(handed_over); i++) {
        if (handed_over[i].arch == arch &&
            ioctl(fd, KVM_CHECK_EXTENSION, handed_over[i].cap) <= 0) {
            doctor_say(doctor, DOCTOR_WARN, handed_over[i].remedy, "%s",
                       handed_over[i].found);
            return;
        }
    }
    doctor_say(doctor, DOCTOR_OK, NULL, "/dev/kvm can be used%s",
               doctor_kvm_mode(doctor));
}

void doctor_check_kvm(Doctor *doctor)
{
    g_autofree char *path = host_fs_path(doctor->root, "/dev/kvm");
    int fd = open(path, O_RDWR | O_CLOEXEC);
    int err = errno;
    int version;

    if (fd >= 0) {
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
