#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Instructions that neither KVM nor libinsn can execute: the vCPU executes them
alone, with the windows lifted.  Needs this machine's own KVM;
tests/lab/test_step.py does the same on a VFIO device."""

import fcntl
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import stepguest, tap                                # noqa: E402
from common.qemu import TIMEOUT, Machine                         # noqa: E402
from common.stepguest import BAR_SIZE, DONE, DONE_WORD, SLOT     # noqa: E402
from common.tap import Skip, equal, test                         # noqa: E402

KVM_CHECK_EXTENSION = 0xae03
KVM_CAP_SET_GUEST_DEBUG2 = 195
KVM_CAP_EXIT_ON_EMULATION_FAILURE = 204
KVM_GUESTDBG_BLOCKIRQ = 0x00100000

# kvm_pvm: a KVM for machines without nested virtualization.  It emulates few
# instructions of a guest's kernel; a program can't use INT n and ports, and sees
# the #DB by which it is stepped.
PARAVIRTUAL = os.path.exists("/sys/module/kvm_pvm")


def need_kvm():
    try:
        fd = os.open("/dev/kvm", os.O_RDWR)
    except OSError as e:
        raise Skip(f"/dev/kvm: {e.strerror}") from e
    try:
        debug = fcntl.ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_SET_GUEST_DEBUG2)
        failure = fcntl.ioctl(fd, KVM_CHECK_EXTENSION,
                              KVM_CAP_EXIT_ON_EMULATION_FAILURE)
    finally:
        os.close(fd)
    if not debug & KVM_GUESTDBG_BLOCKIRQ or not failure:
        raise Skip("this kernel's KVM is too old")
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        if " avx " not in f.read():
            raise Skip("this processor has no AVX")


def word(path, offset):
    with open(path, "rb") as f:
        f.seek(offset)
        return struct.unpack("<I", f.read(4))[0]


def run(scratch, user):
    guest = stepguest.Guest(scratch, "bios", tap.rounds(100, 2000), user,
                            system=not PARAVIRTUAL)
    path, log = os.path.join(scratch, "memory"), os.path.join(scratch, "log")
    with open(path, "wb") as f:
        f.truncate(BAR_SIZE)
    with Machine(scratch, "-bios", guest.image, "-smp", "2",
                 "-cpu", "host,arch-capabilities=off",
                 "-object", f"vfio-trace-log,id=log,file={log}",
                 "-object", "pci-trace,id=trace,device=dut",
                 "-object", "memory-backend-file,id=shm,share=on,"
                 f"size={BAR_SIZE},mem-path={path}",
                 "-device", f"ivshmem-plain,id=dut,memdev=shm,addr={SLOT}",
                 accel="kvm") as m:
        def done():
            if m.process.poll() is not None or m.stderr():
                raise AssertionError(f"QEMU says: {m.stderr()}")
            return word(path, DONE) == DONE_WORD
        tap.wait_until(done, "the guest ends", TIMEOUT)
        device, = m.qmp.execute("query-vfio-trace")[0]["devices"]
        m.quit()
        equal(m.stderr(), "", "QEMU's messages")
    with open(path, "rb") as f:
        stepguest.check(guest, log, f.read(), debug=not PARAVIRTUAL)
    equal({what: device[what] for what in ("stepped", "rescued", "refused")},
          {"stepped": len(guest.steps()) - user, "rescued": 0,
           "refused": int(user)},
          "counters of query-vfio-trace")


@test
def program(scratch):
    """A guest's program: XSAVE to a BAR and code in it, each alone."""
    need_kvm()
    run(scratch, user=True)


@test
def kernel(scratch):
    """A guest's kernel: the same."""
    need_kvm()
    if PARAVIRTUAL:
        raise Skip("kvm_pvm emulates a guest's kernel")
    run(scratch, user=False)


if __name__ == "__main__":
    tap.main()
