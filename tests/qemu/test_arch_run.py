#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# needs: other-targets
"""vfio-trace run and doctor on a host that looks like Arm: QEMU for aarch64
accepts what they make.  The machine is made in a rehearsal, with TCG."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import fakehost, tap                                 # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

CPUINFO = ("processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd\n"
           "CPU implementer\t: 0x41\nCPU architecture: 8\n")

# QEMU's flash: a file that is full of nothing has no firmware in it, and the
# machine of a rehearsal does not run.
FLASH = 64 << 20
AAVMF = "/usr/share/AAVMF/AAVMF_"


def arm_host(scratch):
    root = f"{scratch}/host"
    cards = fakehost.add_cards(root, 2)
    fakehost.write(f"{root}/proc/cpuinfo", CPUINFO)
    for name in ("CODE.fd", "VARS.fd", "CODE.ms.fd", "VARS.ms.fd"):
        fakehost.write(f"{root}{AAVMF}{name}", "")
        os.truncate(f"{root}{AAVMF}{name}", FLASH)
    return root, cards


def tool(root, *args):
    env = dict(os.environ, VFIO_TRACE_SYSFS_ROOT=root)
    return subprocess.run([tap.tool_binary(), *args], env=env, text=True,
                          capture_output=True, check=False,
                          timeout=tap.patience(120))


def rehearse(root, *args):
    """Return: the command line that QEMU has accepted."""
    done = tool(root, "run", "--dry-run", "--accel", "tcg", "--memory", "256M",
                "--qemu", tap.qemu_binary("aarch64"), *args)
    equal((done.returncode, done.stderr), (0, ""), "status, and messages")
    matches(done.stdout, "# QEMU accepts this, as a rehearsal has shown\n")
    matches(done.stdout, r"-machine virt,gic-version=max ")
    return done.stdout


@test
def linux(scratch):
    """--os linux: two cards, firmware, a display, a disk, a CD, a TPM"""
    root, cards = arm_host(scratch)
    disk = f"{scratch}/disk.img"
    fakehost.write(disk, "")
    os.truncate(disk, 1 << 20)
    text = rehearse(root, *cards, "--os", "linux", "--display", "vnc",
                    "--disk", disk, "--iso", disk, "--no-tpm",
                    "-o", f"{scratch}/x.mmt")
    for part in ("virtio-gpu-pci,id=vga,addr=0xf", "virtio-blk-pci,drive=disk0",
                 "usb-storage,bus=usb.0,drive=cd0", "pcie-root-port,id=port1",
                 f"vfio-pci-trace,host={cards[1]}", "if=pflash,unit=1",
                 "vfio-trace-marker,id=marker"):
        matches(text, part)


@test
def other(scratch):
    """--os other: NVMe disks and a ramfb"""
    root, cards = arm_host(scratch)
    disk = f"{scratch}/disk.img"
    fakehost.write(disk, "")
    os.truncate(disk, 1 << 20)
    text = rehearse(root, cards[0], "--display", "vnc", "--disk", disk,
                    "-o", f"{scratch}/x.mmt")
    matches(text, "nvme,serial=disk0,drive=disk0")
    matches(text, "ramfb,id=vga")


@test
def windows(scratch):
    """--os windows: Secure Boot without SMM"""
    root, cards = arm_host(scratch)
    text = rehearse(root, cards[0], "--os", "windows", "--no-tpm",
                    "-o", f"{scratch}/x.mmt")
    matches(text, r"AAVMF_CODE\.ms\.fd")
    equal("smm" in text, False, "SMM")


@test
def large_bars(scratch):
    """large BARs: QEMU takes the size of the window"""
    root, cards = arm_host(scratch)
    fakehost.write(f"{root}/sys/devices/pci0000:00/{cards[0]}/resource",
                   "0x8000000000 0xffffffffff 0x14220c\n" + "0x0 0x0 0x0\n" * 12)
    text = rehearse(root, cards[0], "-o", f"{scratch}/x.mmt",
                    "--trace-windows", "registers")
    matches(text, "-machine highmem-mmio-size=1024G ")


@test
def refused(scratch):
    """a QEMU that refuses the command line says so: this test can fail"""
    root, cards = arm_host(scratch)
    done = tool(root, "run", "--dry-run", "--accel", "tcg", "--qemu",
                tap.qemu_binary("aarch64"), cards[0], "--",
                "-device", "isa-vfio-trace-marker")
    equal(done.returncode, 2, "status")
    matches(done.stderr, "QEMU refuses its command line in a rehearsal: ")


@test
def doctor(scratch):
    """doctor finds the device vfio-pci-trace in it"""
    root, _ = arm_host(scratch)
    done = tool(root, "doctor", "--qemu", tap.qemu_binary("aarch64"))
    matches(done.stdout, r"QEMU +ok +\S*qemu-system-aarch64, QEMU [0-9.]+, "
            "has vfio-pci-trace|ok +QEMU +.*has vfio-pci-trace")


tap.main()
