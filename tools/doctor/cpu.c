/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: checks of the host's architecture (see cpu.h)
 */
#include "tools/doctor/cpu.h"

#include "tools/common/sizes.h"
#include "tools/doctor/finding.h"
#include "tools/host/arch.h"
#include "tools/host/machine.h"

/* The pages of x86, and of registers' documentation */
#define SMALL_PAGE 4096

/* What is known of vfio-trace on such hosts; x86 needs no words. */
static const struct {
    DoctorState state;
    const char *found;
    const char *remedy;
} cpus[HOST_ARCHES] = {
    [HOST_ARCH_ARM] = {
        DOCTOR_OK,
        "the CPU is Arm: guests are aarch64, on QEMU's machine virt" },
    [HOST_ARCH_ARM32] = {
        DOCTOR_FAIL,
        "the kernel is one for 32-bit Arm: vfio-trace has no QEMU for such guests",
        "use a 64-bit kernel, if the processor can" },
    [HOST_ARCH_POWER] = {
        DOCTOR_WARN,
        "the CPU is POWER: QEMU for such guests has vfio-trace, but real devices (VFIO, KVM) were never tried with it on such a host; 'run' and 'virt' do not know their machine, pseries",
        "start QEMU by hand, as docs/by-hand.md says, with -machine pseries" },
    [HOST_ARCH_S390] = {
        DOCTOR_WARN,
        "the CPU is IBM Z: QEMU for such guests has vfio-trace, but real devices (VFIO, KVM) were never tried with it on such a host; guests reach registers by instructions of their own (pcilg, pcistg), which the hardware may carry out without QEMU (zpci's interpret=on); 'run' and 'virt' do not know their machine, s390-ccw-virtio",
        "start QEMU by hand, as docs/by-hand.md says, with -machine s390-ccw-virtio and -device zpci,interpret=off for the device"
    },
    [HOST_ARCH_RISCV] = {
        DOCTOR_FAIL, "the CPU is RISC-V: vfio-trace has no QEMU for such guests",
        "use an x86 or Arm machine" },
    [HOST_ARCH_LOONGARCH] = {
        DOCTOR_FAIL,
        "the CPU is LoongArch: vfio-trace has no QEMU for such guests",
        "use an x86 or Arm machine" },
};

void doctor_check_cpu(Doctor *doctor)
{
    HostArchId id = host_arch(doctor->root)->id;

    if (cpus[id].found) {
        doctor_say(doctor, cpus[id].state, cpus[id].remedy, "%s",
                   cpus[id].found);
    }
}

void doctor_check_pages(Doctor *doctor)
{
    uint64_t page = host_machine_page(doctor->root);
    g_autofree char *size = size_text(page);

    if (page > SMALL_PAGE) {
        doctor_say(doctor, DOCTOR_NOTE,
                   "if the guest becomes too slow, use a kernel with pages of 4K on the host; most distributions have one",
                   "the host's pages have %s: what is trapped for a window is at least that large, and a BAR smaller than a page may share it with others and then is never mapped into the guest",
                   size);
    }
}
