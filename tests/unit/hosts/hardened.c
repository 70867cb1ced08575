/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hardened host: the kernel is locked down and loads no more modules, SELinux
 * is in force, and the user has no rights.
 */
#include "../made-host.h"

static const MadeDevice devices[] = {
    { NULL, "0000:00:01.0", 0x060400, "8086:460d", "pcieport", 14, { NULL } },
    { NULL, "0000:00:02.0", 0x030000, "8086:4680", "i915", 0,
      { "boot_vga=1" } },
    { "0000:00:01.0", "0000:01:00.0", 0x020000, "8086:15f3", "igc", 15,
      { "reset_method=flr bus",
        "resource=0x80a00000 0x80afffff 0x40200\n" } },
    { 0 }
};

static const MadeFile files[] = {
    MADE_INTEL,
    MADE_REMAPPED,
    { "/dev/shm/.keep", "" },
    { "/sys/class/iommu/dmar0/devices", "" },
    { "/sys/kernel/security/lockdown", "none integrity [confidentiality]\n" },
    { "/sys/fs/selinux/enforce", "1" },
    { "/proc/sys/kernel/modules_disabled", "1\n" },
    { "/proc/sys/kernel/osrelease", "6.11.4-hardened1\n" },
    { "/lib/modules/6.11.4-hardened1/modules.dep",
      "kernel/drivers/vfio/pci/vfio-pci.ko.zst: kernel/vfio.ko.zst\n"
      "kernel/arch/x86/kvm/kvm-intel.ko.zst:\n" },
    { "/proc/self/status", "CapEff:\t0000000000000000\n" },
    { "/proc/self/limits",
      "Max locked memory         65536                65536                "
      "bytes\n" },
    { "/proc/meminfo", "MemAvailable:   24000000 kB\n" },
    { NULL }
};

static const MadeFinding findings[] = {
    { NULL, "KVM", "fail", "there is no /dev/kvm",
      "kernel.modules_disabled" },
    { NULL, "vfio-pci", "fail", "not loaded", "kernel.modules_disabled" },
    { NULL, "lockdown", "note", "confidentiality", NULL },
    { NULL, "confinement", "note", "SELinux is in force", NULL },
    { NULL, "memlock", "fail", "you may lock 64K", "prlimit" },
    { "01:00.0", "use", "ok", "does not need it", NULL },
    { NULL }
};

static const char *const list[] = {
    "^  0000:00:02.0  VGA .*boot VGA",
    "^  0000:01:00.0  Ethernet .*     15  igc$",
    NULL
};

const MadeHost made_hardened = { "hardened", devices, files, findings, list };
