/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtual machine in a cloud, on Hyper-V: nested virtualization is on, there
 * is no IOMMU, and its devices are virtual functions, each in a domain that the
 * hypervisor chose.
 */
#include "../made-host.h"

static const MadeDevice devices[] = {
    { NULL, "8c3f:00:02.0", 0x020000, "15b3:1016", "mlx5_core", -1,
      { "reset_method=flr",
        "resource=0xfe0000000 0xfe00fffff 0x14220c\n" } },
    { NULL, "c05b:00:00.0", 0x010802, "1414:b111", "nvme", -1,
      { "resource=0xfc0000000 0xfc0003fff 0x140204\n" } },
    { 0 }
};

static const MadeFile files[] = {
    { "/proc/cpuinfo", "vendor_id\t: GenuineIntel\n"
      "flags\t\t: fpu vme msr pae vmx ssse3 hypervisor ept\n" },
    { "/proc/interrupts", " 24:  0  Hyper-V PCIe MSI 0-edge mlx5\n" },
    { "/dev/shm/.keep", "" },
    { "/proc/self/status", "CapEff:\t0000000000000000\n" },
    { "/proc/self/limits",
      "Max locked memory         8388608              8388608              "
      "bytes\n" },
    { "/proc/meminfo", "MemAvailable:    3000000 kB\n" },
    { "/proc/sys/kernel/osrelease", "6.1.0-26-cloud-amd64\n" },
    { "/lib/modules/6.1.0-26-cloud-amd64/modules.dep", "kernel/x/nvme.ko:\n" },
    { NULL }
};

static const MadeFinding findings[] = {
    { NULL, "KVM", "fail", "VT-x, but there is no /dev/kvm",
      "sudo modprobe kvm_intel" },
    { NULL, "IOMMU", "fail", "does not report one",
      "this is a virtual machine" },
    { NULL, "vfio-pci", "fail", "no driver vfio-pci", "cloud kernel" },
    { NULL, "memlock", "fail", "you may lock 8M", "prlimit" },
    { NULL, "memory", "warn", "2.9G of memory is free", NULL },
    { "8c3f:00:02.0", "device", "ok", "8c3f:00:02.0: Ethernet", NULL },
    { "8c3f:00:02.0", "group", "fail", "is in no IOMMU group", NULL },
    { NULL }
};

static const char *const list[] = {
    "^  8c3f:00:02.0  Ethernet .*      -  mlx5_core",
    "^  c05b:00:00.0  NVMe .*      -  nvme",
    NULL
};

const MadeHost made_cloud = { "cloud", devices, files, findings, list };
