/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An ARM server (device tree, no ACPI tables, no BIOS): its SMMU makes groups,
 * and it has a KVM, for ARM guests.
 */
#include "../made-host.h"

static const MadeDevice devices[] = {
    { NULL, "0000:00:00.0", 0x060400, "14c3:6786", "pcieport", 3, { NULL } },
    { "0000:00:00.0", "0000:01:00.0", 0x030000, "1002:699f", "amdgpu", 4,
      { "reset_method=device_specific bus",
          "resource=0x2800000000 0x280fffffff 0x14220c\n"
        "0x0 0x0 0x0\n"
        "0x40000000 0x40000fff 0x40200\n0x0 0x0 0x0\n"
        "0x40001000 0x40001fff 0x40200\n" } },
    { "0000:00:00.0", "0000:01:00.1", 0x040300, "1002:aae0", NULL, 4,
      { "reset_method=bus" } },
    { NULL, "0004:00:00.0", 0x060400, "14c3:6786", "pcieport", 5, { NULL } },
    { "0004:00:00.0", "0004:01:00.0", 0x010802, "1987:5016", "nvme", 6,
      { "reset_method=flr bus" } },
    /* No driver has had it. */
    { "0004:00:00.0", "0004:01:00.1", 0x020000, "8086:10d3", NULL, -1,
      { "reset_method=flr bus" } },
    { 0 }
};

static const MadeFile files[] = {
    { "/proc/cpuinfo",
      "processor\t: 0\nBogoMIPS\t: 50.00\n"
      "Features\t: fp asimd evtstrm aes pmull sha1 sha2 crc32\n"
      "CPU implementer\t: 0x41\nCPU architecture: 8\n" },
    { "/proc/interrupts",
      " 13:  10  GICv3  27 Level  arch_timer\n"
      " 60:  0  ITS-PCI-MSI-0000:01:00.0  0 Edge  amdgpu\n" },
    { "/proc/cmdline", "console=ttyS0 root=/dev/nvme0n1p2\n" },
    { "/proc/device-tree/compatible", "x" },
    { "/proc/self/smaps",
      "aaaab8a50000-aaaab8b30000 r-xp 00000000 fe:02 1579   /usr/bin/cat\n"
      "Size:                896 kB\nKernelPageSize:       64 kB\n"
      "MMUPageSize:          64 kB\n" },
    { "/dev/kvm", "" },
    { "/sys/class/iommu/smmu3.0x00000000fa000000/devices", "" },
    { NULL }
};

static const MadeFinding findings[] = {
    { NULL, "CPU", "ok", "the CPU is Arm: guests are aarch64", "" },
    { NULL, "KVM", "fail", "exists, but is not KVM", NULL },
    { NULL, "IOMMU", "ok", "smmu3", "" },
    { NULL, "interrupts", "ok", "the GICv3's ITS keeps", "" },
    { NULL, "pages", "note", "pages have 64K", "pages of 4K" },
    { NULL, "QEMU", "fail", "there is no program /nonexistent", NULL },
    /* A BAR of a page of x86 */
    { "0004:01:00.0", "direct", "ok", "directly", "" },
    { "0000:01:00.0", "direct", "note",
      "BAR 2 (shares its page with BAR 4)", NULL },
    { "01:00.0", "group", "ok", "0000:01:00.1 (audio, no driver)", NULL },
    /* vendor-reset is loaded. */
    { "01:00.0", "reset", "ok", "can be reset (device_specific bus)", "" },
    { "0004:01:00.0", "device", "ok", "NVMe", NULL },
    { "0004:01:00.1", "group", "fail", "is in no IOMMU group",
      "echo 0004:01:00.1 | sudo tee /sys/bus/pci/drivers_probe" },
    { NULL }
};

static const char *const list[] = {
    "^  0000:01:00.0  VGA .*  amdgpu",
    "^  0000:01:00.1  audio .*  -$",
    "^  0004:01:00.0  NVMe .*  nvme",
    "^  0004:01:00.1  Ethernet .*  -  -$",
    NULL
};

const MadeHost made_arm = { "arm", devices, files, findings, list, true };

/*
 * A single-board computer: its kernel was started at EL1, its SMMU is not in
 * front of PCI, and it has a GICv2m.
 */
static const MadeDevice board_devices[] = {
    { NULL, "0000:00:00.0", 0x060400, "14e4:2711", "pcieport", -1, { NULL } },
    { "0000:00:00.0", "0000:01:00.0", 0x010802, "1987:5016", "nvme", -1,
      { NULL } },
    { 0 }
};

static const MadeFile board_files[] = {
    { "/proc/cpuinfo", "CPU implementer\t: 0x41\nCPU architecture: 8\n" },
    { "/proc/interrupts",
      " 60:  0  GICv2m-PCI-MSI-0000:01:00.0  0 Edge  nvme0q0\n" },
    { "/proc/cmdline", "root=/dev/nvme0n1p2\n" },
    { "/proc/device-tree/compatible", "radxa,rock-5b" },
    { "/proc/device-tree/soc/iommu@fc900000/compatible", "arm,smmu-v3" },
    { "/proc/device-tree/soc/pcie@fe150000/device_type", "pci" },
    { "/dev/kmsg",
      "6,1,0,-;Booting Linux on physical CPU 0x0000000000\n"
      "6,312,204512,-;CPU: All CPU(s) started at EL1\n"
      "6,402,304512,-;kvm [1]: HYP mode not available\n" },
    { NULL }
};

static const MadeFinding board_findings[] = {
    { NULL, "KVM", "fail", "the kernel was started at EL1", "firmware" },
    { NULL, "IOMMU", "fail", "no PCI host bridge is behind it", "iommu-map" },
    { NULL, "interrupts", "note", "only an IOMMU", "'IOMMU'" },
    { "01:00.0", "group", "fail", "in no IOMMU group", "'IOMMU'" },
    { NULL }
};

static const char *const board_list[] = { "^  0000:01:00.0  NVMe .*  nvme",
                                          NULL };

const MadeHost made_arm_board = { "arm-board", board_devices, board_files,
                                  board_findings, board_list, true };

/* A virtual machine with ACPI, but no IORT; its KVM is switched off. */
static const MadeFile arm_vm_files[] = {
    { "/proc/cpuinfo", "CPU implementer\t: 0x41\nCPU architecture: 8\n" },
    { "/proc/interrupts", " 60:  0  ITS-PCI-MSI-0000:01:00.0  0 Edge  nvme\n" },
    { "/proc/cmdline", "root=/dev/vda1 kvm-arm.mode=none\n" },
    { "/sys/class/dmi/id/sys_vendor", "QEMU\n" },
    { "/sys/firmware/acpi/tables/DSDT", "DSDT" },
    { NULL }
};

static const MadeFinding arm_vm_findings[] = {
    { NULL, "KVM", "fail", "kvm-arm.mode=none", "remove it" },
    { NULL, "IOMMU", "fail", "it has no table IORT", "iommu=smmuv3" },
    { NULL }
};

const MadeHost made_arm_vm = { "arm-vm", board_devices, arm_vm_files,
                               arm_vm_findings, board_list, true };

/* A server whose SMMU works, with a GICv2m */
static const MadeFile v2m_files[] = {
    { "/proc/cpuinfo", "CPU implementer\t: 0x41\nCPU architecture: 8\n" },
    { "/proc/interrupts", " 60:  0  MSI 524288 Edge  nvme0q0\n" },
    { "/proc/device-tree/soc/iommu@e0600000/compatible", "arm,mmu-401" },
    { "/dev/kmsg", "6,9,1,-;kvm [1]: VHE mode initialized successfully\n" },
    { NULL }
};

static const MadeDevice v2m_devices[] = {
    { NULL, "0000:01:00.0", 0x010802, "1987:5016", "nvme", 1, { NULL } },
    { 0 }
};

static const MadeFinding v2m_findings[] = {
    { NULL, "KVM", "fail", "not known whether the kernel was started at EL2",
      "dmesg" },
    { NULL, "interrupts", "fail", "VFIO refuses devices",
      "allow_unsafe_interrupts" },
    { NULL }
};

const MadeHost made_arm_v2m = { "arm-v2m", v2m_devices, v2m_files,
                                v2m_findings, board_list, true };

/* Hosts of which little is known */
static const MadeFile power_files[] = {
    { "/proc/cpuinfo",
      "processor\t: 0\ncpu\t\t: POWER9, altivec supported\n"
      "machine\t\t: PowerNV 9006-22P\n" },
    { NULL }
};

static const MadeFinding power_findings[] = {
    { NULL, "CPU", "warn", "the CPU is POWER", "pseries" },
    { NULL, "KVM", "fail", "no /dev/kvm", "modprobe kvm_hv" },
    { NULL, "interrupts", "note", "XIVE", "" },
    { NULL }
};

const MadeHost made_power = { "power", v2m_devices, power_files,
                              power_findings, board_list, true };

static const MadeFile z_files[] = {
    { "/proc/cpuinfo", "vendor_id       : IBM/S390\n" },
    { "/dev/kvm", "" },
    { NULL }
};

static const MadeFinding z_findings[] = {
    { NULL, "CPU", "warn", "the CPU is IBM Z", "interpret=off" },
    { NULL, "interrupts", "ok", "the machine itself", "" },
    { NULL }
};

const MadeHost made_z = { "z", v2m_devices, z_files, z_findings, board_list,
                          true };

static const MadeFile riscv_files[] = {
    { "/proc/cpuinfo", "processor\t: 0\nisa\t\t: rv64imafdc\n" },
    { NULL }
};

static const MadeFinding riscv_findings[] = {
    { NULL, "CPU", "fail", "the CPU is RISC-V: vfio-trace has no QEMU", "x86" },
    { NULL }
};

/* A small board's 32-bit kernel */
static const MadeFile arm32_files[] = {
    { "/proc/cpuinfo",
      "processor\t: 0\nmodel name\t: ARMv7 Processor rev 3 (v7l)\n"
      "CPU implementer\t: 0x41\nCPU architecture: 7\n" },
    { NULL }
};

static const MadeFinding arm32_findings[] = {
    { NULL, "CPU", "fail", "32-bit Arm: vfio-trace has no QEMU", "64-bit" },
    { NULL, "KVM", "fail", "no /dev/kvm", "'CPU'" },
    { NULL }
};

const MadeHost made_arm32 = { "arm32", v2m_devices, arm32_files,
                              arm32_findings, board_list, true };

const MadeHost made_riscv = { "riscv", v2m_devices, riscv_files,
                              riscv_findings, board_list, true };
