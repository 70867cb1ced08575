# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian packages: made on a fresh system, installed on and removed from another."""

import glob
import json
import os
import shutil
import subprocess

from . import distro, tap
from .tap import Skip, equal, matches

OWN = ("libmmiotrace-dev", "libmmiotrace0", "python3-mmiotrace", "vfio-trace",
       "vfio-trace-guest", "vfio-trace-guest-images", "vfio-trace-qemu")
OLD_VERSION = "0.0.1"
# of the tests, not of the packages
PROGRAMS = "bash-completion gcc libc6-dev man-db pkg-config zsh"

TRACE = """VERSION 20070824
PCIDEV 0028 80861533 b fe000000 0 0 0 0 0 0 10000 0 0 0 0 0 0 igb
MAP 1.000000 1 0xfe000000 0xfe000000 0x10000 0x0 0
R 4 1.000001 1 0xfe000008 0x80080783 0x0 0
W 4 1.000002 1 0xfe000008 0x1 0x0 0
"""
EXAMPLE = "/usr/share/doc/vfio-trace/docs/examples/mmiotrace-count.c"

# A host that can trace, as VFIO_TRACE_SYSFS_ROOT shows it
HOST = {
    "dev/iommu": "",
    "dev/shm/.keep": "",
    "dev/vfio/vfio": "",
    "proc/cmdline": "quiet intel_iommu=on\n",
    "proc/cpuinfo": "flags\t\t: fpu vmx\n",
    "proc/meminfo": "MemAvailable:   33554432 kB\n",
    "proc/self/limits":
        "Max locked memory         unlimited            unlimited            bytes\n",
    "proc/self/status": "CapEff:\t000001ffffffffff\n",
    "proc/sys/kernel/osrelease": "6.12.0\n",
    "sys/bus/pci/drivers/vfio-pci/bind": "",
    "sys/class/iommu/dmar0/uevent": "",
    "sys/kernel/iommu_groups/1/type": "DMA\n",
    "sys/kernel/security/lockdown": "[none] integrity confidentiality\n",
}

# What users do with what is installed; each line must succeed
CHECKS = rf"""
vfio-trace --version
man -w vfio-trace vfio-trace-run qemu-system-x86_64-vfio-trace && man -w 5 vfio-trace-regdb && man -w 3 libmmiotrace && man -w 8 vfio-trace-mark
vfio-trace-mark --version && test -s /usr/libexec/vfio-trace/guest/vfio-trace-mark
man vfio-trace-doctor | grep -i remedy
bash -c '. /usr/share/bash-completion/bash_completion; {{ _comp_load vfio-trace || _completion_loader vfio-trace; }}; complete -p vfio-trace'
zsh -fc 'autoload -U compinit; compinit -u -D; print -r -- $_comps[vfio-trace]' | grep -x _vfio-trace
test -s /usr/share/fish/vendor_completions.d/vfio-trace.fish
vfio-trace regdb list | grep /usr/share/vfio-trace/regdb/nvme.xml
vfio-trace lookup --device 8086:10d3 bar0:0x0 | grep CTRL
test -s {os.path.dirname(EXAMPLE)}/first-frame.c
vfio-trace check trace.mmt
vfio-trace decode --script e1000e trace.mmt
! vfio-trace virt status guest 2> virt.txt && grep 'is libvirt installed?' virt.txt
qemu-system-x86_64-vfio-trace --version
qemu-system-x86_64-vfio-trace -device vfio-pci-trace,help | grep trace-log
echo quit | timeout 60 qemu-system-x86_64-vfio-trace -machine q35 -accel tcg -display none -k de -device e1000e -device VGA -monitor stdio
cc {EXAMPLE} $(pkg-config --cflags --libs libmmiotrace) -o count
./count trace.mmt | grep -x '00:05.0:bar0+0x8 1 1'
python3 -c 'import mmiotrace; print(len([e for e in mmiotrace.open("trace.mmt") if e.offset == 8]))' | grep -x 2
"""


def _files(system):
    """Everything that is there, but for the packages that apt keeps and the
    indexes that other packages' triggers make."""
    skipped = ("/proc", "/sys", "/dev", "/run", "/tmp", "/root", "/var/cache",
               "/var/lib/apt", "/var/log")
    found = set()
    for top, dirs, names in os.walk(system.root):
        inside = top[len(system.root):] or "/"
        dirs[:] = [d for d in dirs if os.path.join(inside, d) not in skipped]
        for name in dirs + names:
            st = os.lstat(os.path.join(top, name))
            found.add((os.path.join(inside, name), oct(st.st_mode), st.st_uid,
                       st.st_gid))
    return found


def _same_files(system, before):
    after = _files(system)
    equal((sorted(after - before), sorted(before - after)), ([], []),
          "files that came or went")


def _field(path, name):
    return subprocess.run(["dpkg-deb", "-f", path, name], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.strip()


def _debs(directory):
    found = sorted(glob.glob(os.path.join(directory, "*.deb")))
    equal(sorted(_field(path, "Package") for path in found), sorted(OWN),
          "packages")
    return found


def _make(suite, where, debs):
    """Make packages, and older ones of the same files: in debs/new, debs/old."""
    with distro.fresh(suite, where) as system:
        system.run("make deb")
        # again the same, and no path of this system
        system.run("make deb DEB_DIR=/root/again && "
                   "for deb in build/deb/*.deb; do cmp $deb /root/again/${deb##*/} || exit; done")
        system.run("for deb in build/deb/*.deb; do dpkg-deb -x $deb /root/unpacked || exit; done; "
                   f"! grep -r -l {distro.TREE} /root/unpacked")
        system.run(f"make deb DEB_VERSION={OLD_VERSION} DEB_DIR=/root/old")
        system.install("lintian", "--no-install-recommends")
        system.run("lintian --allow-root --fail-on error --info build/deb/*.changes")
        shutil.copytree(system.path("build/deb"), os.path.join(debs, "new"),
                        ignore=lambda top, names: [n for n in names if
                                                   not n.endswith(".deb")])
        shutil.copytree(system.root + "/root/old", os.path.join(debs, "old"))


def _check_fields(debs):
    fields = {_field(path, "Package"): path for path in _debs(debs)}
    matches(_field(fields["vfio-trace"], "Suggests"), r"\blibvirt0\b",
            "suggestions")
    matches(_field(fields["vfio-trace"], "Suggests"),
            r"\blibbabeltrace2-0\b", "suggestions")
    depends = _field(fields["vfio-trace"], "Depends")
    equal("libvirt" in depends, False, f"libvirt is in {depends}")
    equal("babeltrace" in depends, False, f"babeltrace2 is in {depends}")
    matches(_field(fields["vfio-trace-qemu"], "Depends"), r"\bseabios\b")
    matches(_field(fields["vfio-trace-qemu"], "Built-Using"), r"^qemu \(= ")
    matches(_field(fields["vfio-trace-guest"], "Built-Using"), r"^glibc \(= ")


def _dependencies(paths):
    """What the packages need of the distribution, for apt-get satisfy"""
    found = []
    for path in paths:
        for item in _field(path, "Depends").split(","):
            if item and item.split()[0] not in OWN:
                found.append(item.strip())
    return ", ".join(sorted(set(found)))


def _make_host(system):
    host = os.path.join(system.root, "root/host")
    for name, text in HOST.items():
        path = os.path.join(host, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
    os.makedirs(os.path.join(host, "sys/bus/pci/devices"))
    # whether KVM is there, a file can't tell
    os.symlink("/dev/kvm", os.path.join(host, "dev/kvm"))


def _ask_doctor(system):
    _make_host(system)
    without_kvm = not os.path.exists("/dev/kvm")
    system.run("VFIO_TRACE_SYSFS_ROOT=/root/host vfio-trace doctor"
               + (" || test $? = 1" if without_kvm else ""))
    system.run("VFIO_TRACE_SYSFS_ROOT=/root/host vfio-trace doctor --json > doctor.json || test $? = 1")
    with open(system.path("doctor.json"), encoding="utf-8") as f:
        found = {one["check"]: one for one in json.load(f)["findings"]}
    equal(found["QEMU"]["state"], "ok", f"doctor's state of {found['QEMU']}")
    matches(found["QEMU"]["found"], "/usr/bin/qemu-system-x86_64-vfio-trace")
    equal([name for name, one in found.items() if one["state"] == "fail"],
          ["KVM"] if without_kvm else [], "what doctor finds")


def _use(system):
    with open(system.path("trace.mmt"), "w", encoding="utf-8") as f:
        f.write(TRACE)
    for line in CHECKS.strip().splitlines():
        system.run(line)
    _ask_doctor(system)


def _versions(system):
    """The installed versions of our packages"""
    listed = subprocess.run(
        ["dpkg-query", "--admindir", system.root + "/var/lib/dpkg", "-W", "-f",
         "${Package} ${Version} ${db:Status-Status}\n"], check=True, text=True,
        stdout=subprocess.PIPE).stdout
    rows = [line.split() for line in listed.splitlines()]
    return {row[0]: tuple(row[1:]) for row in rows if row[0] in OWN}


def _install(system, debs, which):
    """Install our packages; nothing else is needed any more."""
    shutil.copytree(os.path.join(debs, which), system.path(which))
    system.install(f"./{which}/*.deb", "--no-install-recommends")
    want = {_field(path, "Package"): (_field(path, "Version"), "installed")
            for path in _debs(os.path.join(debs, which))}
    equal(_versions(system), want, "installed packages")


def _try(suite, where, debs):
    with distro.System(suite, where, tree=False) as system:
        new = os.path.join(debs, "new")
        system.run("apt-get -q update")
        system.install(PROGRAMS, "--no-install-recommends")
        system.run(f"{distro.APT} satisfy --no-install-recommends "
                   f"'{_dependencies(_debs(new))}'")
        before = _files(system)
        _install(system, debs, "old")
        _install(system, debs, "new")
        _use(system)
        system.run(f"{distro.APT} remove {' '.join(OWN)}")
        equal(subprocess.run(["chroot", system.root, "sh", "-c",
                              "command -v vfio-trace qemu-system-x86_64-vfio-trace"],
                             stdout=subprocess.PIPE, check=False).stdout, b"",
              "programs after removal")
        # apt does not know packages of which nothing is left
        system.run(f"dpkg --purge {' '.join(OWN)}")
        _same_files(system, before)
        # by name, as a user installs them: with what they recommend
        system.install("./new/*.deb")
        system.run("test -s /usr/share/OVMF/OVMF_CODE_4M.fd")


def work(suite, where):
    """make deb on a fresh system; on another one, its packages are installed over
    older ones, used, and removed without a trace."""
    if not distro.full():
        raise Skip("only make check-full makes packages: they have a QEMU with everything")
    builder, user, debs = (os.path.join(where, name)
                           for name in ("builder", "user", "debs"))
    for directory in builder, user, debs:
        os.makedirs(directory)
    _make(suite, builder, debs)
    _check_fields(os.path.join(debs, "new"))
    _try(suite, user, debs)
