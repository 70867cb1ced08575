# SPDX-License-Identifier: GPL-2.0-or-later
"""What differs from one architecture to another, in one table.

The architecture is that of both machines. If it is not this machine's, L1's
QEMU is the one built here for its guests, and L2's is cross-built
(scripts/cross-build).
"""

import dataclasses
import platform

from .errors import LabError


@dataclasses.dataclass(frozen=True)
class Arch:
    """One architecture.

    name: as QEMU and the kernel call it
    debian: as Debian calls it
    triplet: as compilers call it
    console: the serial port of both machines
    cmdline: of both kernels
    outer: L1's machine, with its IOMMU: arguments of QEMU
    outer_cpu: L1's processor under TCG
    outer_cmdline: L1's kernel alone
    inner_machine: L2's machine; no disk controller of its own, since a target
        may be one, and its driver would take both
    guest_iommu: arguments that give L2 an IOMMU; empty: not here
    firmware: what L2 loads; the lab uses no option ROMs
    kvm: modules that KVM may be; empty: it is built into the kernel
    post: where posts arrive in L1, (REGION, KIND, ADDRESS); the region's name
        is QEMU's, KIND is port or memory (l1-bin/post)
    vga: ranges of a device of class VGA besides its BARs, (START, LEN)
    lacks: options of the lab's that can not work: why
    """

    name: str
    debian: str
    triplet: str
    console: str
    cmdline: str
    outer: tuple
    outer_cpu: str
    outer_cmdline: str
    inner_machine: str
    guest_iommu: tuple
    firmware: tuple
    kvm: tuple
    post: tuple
    vga: tuple
    lacks: dict

    @property
    def native(self):
        """Is it this machine's?"""
        return self.name == platform.machine()

    @property
    def qemu(self):
        """The name of QEMU's program."""
        return "qemu-system-" + self.name


# A kernel panic ends QEMU at once; options that only cost time on an emulated
# CPU are off.
CMDLINE = "panic=-1 oops=panic mitigations=off init_on_alloc=0"
# iomem=relaxed: scripts may look into a device that the guest has.
OUTER_CMDLINE = "iomem=relaxed"

X86_64 = Arch(
    name="x86_64", debian="amd64", triplet="x86_64-linux-gnu",
    console="ttyS0",
    # the timer check fails now and then on a busy machine
    cmdline=CMDLINE + " no_timer_check",
    outer=("-machine", "q35,kernel-irqchip=split",
           "-device", "intel-iommu,intremap=on"),
    # TCG carries out rep movs and stos element by element: the kernel must
    # not be told that bytes are as fast as words
    outer_cpu="max,-erms,-fsrm",
    outer_cmdline="intel_iommu=on iommu=pt " + OUTER_CMDLINE,
    inner_machine="q35,sata=off",
    # QEMU wants it before the devices that it is for
    guest_iommu=("-device", "intel-iommu,intremap=off,caching-mode=on"),
    firmware=("bios-256k.bin", "linuxboot_dma.bin", "pvh.bin", "kvmvapic.bin"),
    kvm=("kvm-amd", "kvm-intel"),
    post=("ioport80", "port", 0x80),
    vga=((0xa0000, 0x20000), (0x3b0, 0xc), (0x3c0, 0x20)),
    lacks={})

AARCH64 = Arch(
    name="aarch64", debian="arm64", triplet="aarch64-linux-gnu",
    console="ttyAMA0",
    cmdline=CMDLINE,
    outer=("-machine", "virt,virtualization=on,iommu=smmuv3,gic-version=3"),
    # SVE's state and strong pointer authentication cost time and gain nothing
    outer_cpu="max,pauth-impdef=on,sve=off",
    outer_cmdline=OUTER_CMDLINE,
    inner_machine="virt,gic-version=3",
    guest_iommu=(),
    firmware=(),
    kvm=(),
    # a read-only register of the clock: drivers do not write there
    post=("pl031", "memory", 0x9010014),
    vga=(),
    lacks={
        "oracle": "Arm's kernel has no mmiotrace",
        "guest_iommu": "QEMU's SMMU for guests does not work with VFIO",
        "no_kernel": "the lab has no firmware for it",
        "bzimage": "its kernels have one format only",
        "iommufd": "Debian's kernel lacks it, and the lab builds x86's only",
    })

ARCHES = {arch.name: arch for arch in (X86_64, AARCH64)}

# What of this machine's the lab would have to take along, for each machine.
OWN = {
    "host_program": "this machine's programs do not run there",
    "guest_source": "the lab does not cross-compile modules",
}


def find(name):
    """The architecture by its name; None: this machine's."""
    wanted = name or platform.machine()
    if wanted not in ARCHES:
        raise LabError("the lab does not know %s (known: %s)" %
                       (wanted, " ".join(ARCHES)))
    return ARCHES[wanted]


def check(arch, options):
    """Reject options that can not work there."""
    lacks = dict(arch.lacks) if arch.native else dict(OWN, **arch.lacks)
    for name, why in lacks.items():
        if getattr(options, name):
            raise LabError("--%s is not possible on %s: %s" %
                           (name.replace("_", "-"), arch.name, why))
    if "iommufd" in lacks and options.host_kernel == "iommufd":
        raise LabError("--host-kernel iommufd is not possible on %s: %s" %
                       (arch.name, lacks["iommufd"]))
    if not arch.native and options.accel == "kvm":
        raise LabError("--accel kvm: this machine is no %s" % arch.name)
