#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 5400
# usual: 90
# memory: 2 GiB
# needs: tools
"""guest-images/linux: its images boot, and trace a driver of theirs.

The device is an emulated one, traced by pci-trace: the guest's kernel and the tracer
make logs of the same accesses, which are compared.
"""

import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, linuxguest, mmt, tap                    # noqa: E402
from common.linuxguest import Guest, digest, make               # noqa: E402
from common.tap import Skip, equal, matches, test               # noqa: E402

HOLD = ["--hold-driver", "e1000e"]


def full_only():
    """Skip unless this is the longer run."""
    if not tap.rounds(False, True):
        raise Skip("only in make check-full")


def devices(scratch, firmware):
    """QEMU's arguments: the traced device, and a directory of the host."""
    share = f"{scratch}/{firmware}.share"
    os.mkdir(share)
    return ["-object", f"vfio-trace-log,id=log,file={scratch}/{firmware}.mmt,"
            "pc=on,extra=cpu",
            "-object", "pci-trace,id=trace,device=dut,log=log",
            "-device", "e1000e,id=dut,romfile=,addr=0x10",
            "-fsdev", f"local,id=share,path={share},security_model=none",
            "-device", "virtio-9p-pci,fsdev=share,mount_tag=host"]


def healthy(guest):
    """The guest has booted as it should."""
    # degraded: a unit has failed
    equal(guest.run("systemctl is-system-running --wait").strip(), "running",
          "state of the system")
    equal(guest.run("cat /sys/module/e1000e/initstate 2>/dev/null", 1), "",
          "the held driver")
    # millions of bytes: not to be printed
    equal(bool(re.search(r"(?m)^ffffffff[0-9a-f]{8} T _text$",
                         guest.text("symbols"))), True,
          "the host got the kernel's functions at boot")


def traces(guest):
    """trace-here: both logs and the names of functions."""
    said = guest.run("trace-here e1000e -- ip link set enp0s16 up")
    matches(said, r"/mnt/host/e1000e\.mmt: \d+ accesses")
    marks = [line.split("trace-here: ")[1]
             for line in guest.text("mark").splitlines()
             if line.startswith("trace-here: ")]
    equal(marks, ["loading e1000e", "e1000e is loaded",
                  "command: ip link set enp0s16 up",
                  "command ended with status 0", "unloading e1000e",
                  "end of e1000e, status 0"], "markers")
    if guest.run("systemctl list-unit-files --no-legend vfio-trace-modules.service "
                 "|| true"):
        matches(guest.text("mark"), r"(?m)^module-loaded e1000e$", "markers")
    equal(guest.run("cat /sys/devices/system/cpu/offline").strip(), "",
          "CPUs that are off afterwards")
    # unloaded, and still in what the host gets
    guest.run("/usr/local/lib/vfio-trace/send-symbols")
    last = guest.text("symbols").rsplit(" T _text\n", 1)[1]
    equal(bool(re.search(r"(?m)^[0-9a-f]{16} t e1000_probe\t\[e1000e\]$",
                         last)), True, "the host got the module's functions")
    with open(guest.file("kallsyms"), "w", encoding="utf-8") as f:
        f.write(last)


def refuses(guest):
    """What trace-here refuses, it refuses before it does anything."""
    matches(guest.run("trace-here nonsense", 1), "has no module nonsense")
    matches(guest.run("modprobe e1000e; trace-here e1000e", 1),
            "e1000e is loaded already")
    matches(guest.run("modprobe -r e1000e; trace-here e1000e -- sh -c 'exit 3'",
                      3), r"e1000e-2\.mmt: \d+ accesses")


def locked(guest):
    """Secure Boot: the kernel is locked down, which leaves mmiotrace usable."""
    matches(guest.run("cat /sys/kernel/security/lockdown"), r"\[integrity\]")


def confidential(guest):
    """A kernel that refuses all tracing: trace-here says so."""
    guest.run("echo confidentiality > /sys/kernel/security/lockdown")
    matches(guest.run("trace-here e1000e", 1), "locked down for confidentiality")
    matches(guest.run("trace-here --no-kernel e1000e -- echo used; ls /mnt/host"),
            "used\n")


def agree(scratch, firmware):
    """Everything in the kernel's log is in ours, and has names."""
    ours = f"{scratch}/{firmware}.mmt"
    kernels = f"{scratch}/{firmware}.share/e1000e.mmt"
    lab.tool("check", ours)
    matches(lab.tool("compare", kernels, ours), r"\b0 missing, 0 different\b",
            "comparison")
    log = mmt.Log(kernels)
    equal(len(log.accesses()) > 1000, True,
          f"{len(log.accesses())} accesses in the kernel's log: enough")
    named = subprocess.run(
        [tap.tool_binary(), "symbolize", "--kallsyms",
         f"{scratch}/{firmware}.kallsyms", ours], text=True, check=True,
        stdout=subprocess.PIPE).stdout
    calls = re.findall(r"^[RW] .* sym=\w+\+\S+\[e1000e\]$", named, re.M)
    equal(len(calls) > 1000, True, f"{len(calls)} accesses by named functions")


def boots(scratch, image, firmware, work):
    """Boot an image once."""
    with Guest(image, scratch, firmware, devices(scratch, firmware)) as guest:
        healthy(guest)
        for part in work:
            part(guest)
    if traces in work:
        agree(scratch, firmware)


@test
def bookworm(scratch):
    """Debian 12: by BIOS, with its kernel's log and ours; by UEFI."""
    tap.first_series()
    image = f"{scratch}/guest.qcow2"
    said = make(image, *HOLD)
    matches(said, "sudo vfio-trace run --vm .*/guest.conf 01:00.0")
    with open(f"{scratch}/guest.conf", encoding="utf-8") as f:
        matches(f.read(), r"\[vfio-trace\]\nos=linux\ndisk=guest\.qcow2\n")
    plan = lab.tool("run", "--vm", f"{scratch}/guest.conf", "--no-device",
                    "--dry-run", "--accel", "tcg", "--qemu", tap.qemu_binary())
    matches(plan, r"format=qcow2,file=\S*guest\.qcow2", "command line of run")
    boots(scratch, image, "bios", [traces])
    boots(scratch, image, "uefi", [])


@test
def kept(scratch):
    """An image that exists is not touched, and nothing else is left."""
    tap.first_series()
    linuxguest.check()
    image = f"{scratch}/guest.qcow2"
    with open(image, "w", encoding="utf-8") as f:
        f.write("mine")
    linuxguest.refused(image, *HOLD, why=r"guest\.qcow2 exists: remove it")
    with open(image, encoding="utf-8") as f:
        equal(f.read(), "mine", "the image")
    equal(os.listdir(scratch), ["guest.qcow2"], "files that are left")


@test
def all_ways(scratch):
    """Both suites by BIOS, UEFI and Secure Boot (make check-full)."""
    full_only()
    for suite in ("bookworm", "trixie"):
        image = f"{scratch}/{suite}.qcow2"
        make(image, "--suite", suite, *HOLD)
        for firmware, work in (("bios", [traces, refuses]), ("uefi", [traces]),
                               ("secure-boot", [locked, traces,
                                                confidential])):
            where = f"{scratch}/{suite}-{firmware}"
            os.mkdir(where)
            boots(where, image, firmware, work)


@test
def options(scratch):
    """A user, ssh, packages and modules (make check-full)."""
    full_only()
    if not shutil.which("ssh"):
        raise Skip("there is no ssh")
    key = f"{scratch}/key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key],
                   check=True)
    image = f"{scratch}/guest.qcow2"
    make(image, *HOLD, "--user", "user", "--ssh-key", key + ".pub", "--size",
         "4G", "--packages", "strace", "--modules", "dummy")
    port = linuxguest.free_port()
    network = ["-netdev", f"user,id=net,restrict=on,"
               f"hostfwd=tcp:127.0.0.1:{port}-:22",
               "-device", "virtio-net-pci,netdev=net,romfile="]
    with Guest(image, scratch, "bios", network) as guest:
        matches(guest.run("id -un; sudo -n id -un"), "^user\nroot\n")
        matches(guest.run("strace --version"), "^strace")
        matches(guest.run("cat /sys/module/dummy/initstate"), "^live")
        matches(guest.run("lsblk -bno SIZE /dev/vda | head -n 1"), "4294967296")
        guest.run("systemctl is-system-running --wait")
        for user in ("user", "root"):
            said = subprocess.run(
                ["ssh", "-i", key, "-p", str(port), "-F", "none", "-o",
                 "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
                 "-o", "BatchMode=yes", f"{user}@127.0.0.1", "id", "-un"],
                text=True, check=False, stdout=subprocess.PIPE)
            equal(said.stdout, user + "\n", "user at the other end of ssh")


@test
def reproducible(scratch):
    """Made twice from nothing, the image is the same (make check-full)."""
    full_only()
    hashes = []
    for number in range(2):
        image = f"{scratch}/{number}.qcow2"
        # the other run's package indexes, and nothing else of it
        make(image, *HOLD, environment={
            "VFIO_TRACE_CACHE": linuxguest.other_cache(scratch, number)})
        hashes.append(digest(image))
    equal(hashes[0], hashes[1], "SHA-256 of the images")


if __name__ == "__main__":
    tap.main()
