#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# timeout: 1200
# usual: 120
"""Libraries for other machines: cross-compiled, and their unit tests run by
qemu-user.  s390x is big-endian: what is little-endian in a log, in a device's
memory or in a file must be so there as well."""

import concurrent.futures
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import tap                                           # noqa: E402
from common.tap import equal, test                               # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
CROSS = f"{TOP}/scripts/cross-build"

# ELF's e_machine, and EI_DATA: 1 little-endian, 2 big-endian
MACHINES = {"aarch64": (183, 1), "s390x": (22, 2)}

# What qemu-user can't do: paths of subtests, or all of a program
NO_OPENAT2 = "qemu-user has no openat2() before QEMU 9.2"
LEFT_OUT = {
    "marks": ([f"/marks/wrong/{name}" for name in (
        "unknown", "missing", "missing-lenient", "order", "twice",
        "text-for-number", "number-for-text", "several")],
              "it starts itself, which needs the machine's binfmt_misc"),
    "regdb-header": (["/regdb-header/amd"], NO_OPENAT2),
    "regdb-ours": (None, NO_OPENAT2),
    "regdb-rnndb": ([f"/regdb/rnndb/{name}" for name in (
        "imports", "imports-refused", "imports-too-deep", "symbolic-link",
        "above", "shared")], NO_OPENAT2),
    "regdb-rnndb-wrong": (None, NO_OPENAT2),
    "regdb-umr": (None, NO_OPENAT2),
}


class Cross:
    """The build for one machine."""

    def __init__(self, machine):
        self.machine = machine
        self.emulator = shutil.which(f"qemu-{machine}-static")
        self.build = f"{tap.build_dir()}/cross-{machine}"
        if not self.emulator:
            raise tap.Skip(f"no qemu-{machine}-static: install qemu-user-static")
        if not shutil.which(f"{machine}-linux-gnu-gcc"):
            raise tap.Skip(f"no {machine}-linux-gnu-gcc: install gcc-{machine}-linux-gnu")
        self.root = self._ask("sysroot")
        self.cross_file = self._ask("meson")

    def _ask(self, what):
        done = subprocess.run([CROSS, what, self.machine], text=True,
                              capture_output=True, check=False)
        if done.returncode:
            raise tap.Skip("no packages of this architecture: "
                           + done.stderr.strip().rsplit("\n", 1)[-1])
        return done.stdout.strip()

    def make(self, only):
        """Libraries and unit tests, without the tools."""
        targets = [f"tests/unit/test-{n}" for n in only or ()]
        meson = ["/usr/bin/python3", "-m", "mesonbuild.mesonmain"]
        again = os.path.exists(f"{self.build}/build.ninja")
        self._run([*meson, "setup", *(["--reconfigure"] if again else []),
                   "--buildtype=debugoptimized", "-Dtools=false",
                   f"--cross-file={self.cross_file}", self.build, TOP])
        self._run(["ninja", "-C", self.build,
                   *(targets or ["meson-test-prereq"])])

    @staticmethod
    def _run(command):
        done = subprocess.run(command, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        if done.returncode:
            raise AssertionError("\n".join(done.stdout.splitlines()[-40:]))

    def names(self):
        path = f"{self.build}/tests/unit"
        return sorted(n[5:] for n in os.listdir(path) if n.startswith("test-")
                      and os.access(f"{path}/{n}", os.X_OK)
                      and os.path.isfile(f"{path}/{n}"))

    def run(self, name, more=()):
        """Return: number of subtests, or what went wrong."""
        left_out = LEFT_OUT.get(name, ([], ""))[0]
        args = [a for path in left_out for a in ("-s", path)]
        program = f"{self.build}/tests/unit/test-{name}"
        try:
            done = subprocess.run(
                [self.emulator, "-L", self.root, program, "--tap", *args, *more],
                capture_output=True, check=False, stdin=subprocess.DEVNULL,
                timeout=tap.patience(300), cwd=os.path.dirname(program))
        except subprocess.TimeoutExpired:
            return f"{name}: it takes too long"
        text = done.stdout.decode("utf-8", "replace")
        passed = [m[1] for m in re.finditer(r"^ok \d+ (?!.*# SKIP)(.*)$", text, re.M)]
        if done.returncode or re.search("^not ok|^Bail out", text, re.M):
            end = (text + done.stderr.decode("utf-8", "replace")).splitlines()[-8:]
            return f"{name}: status {done.returncode}:\n" + "\n".join(end)
        return len(passed)


def check(machine, only=None):
    cross = Cross(machine)
    cross.make(only)
    names = [n for n in cross.names() if (not only or n in only)
             and LEFT_OUT.get(n, ([], ""))[0] is not None]
    with open(f"{cross.build}/tests/unit/test-ring", "rb") as f:
        header = f.read(20)
    order = "little" if header[5] == 1 else "big"
    equal((int.from_bytes(header[18:20], order), header[5]),
          MACHINES[machine], "ELF's machine and byte order")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(cross.run, names))
    faults = [r for r in results if isinstance(r, str)]
    total = sum(r for r in results if isinstance(r, int))
    for name, (paths, why) in LEFT_OUT.items():
        if not only or name in only:
            print(f"# left out: {', '.join(paths or [name])}: {why}")
    print(f"# {machine}: {len(names)} programs, {total} subtests passed")
    if faults:
        raise AssertionError("\n".join(faults))
    equal(total >= 5 * len(names), True, f"{total} subtests are enough")


@test
def big_endian(_scratch):
    """s390x: all unit tests of the libraries"""
    check("s390x")


@test
def little_endian(_scratch):
    """aarch64: the same; in make check the ring, logs and guest memory only"""
    check("aarch64", tap.rounds(
        ("ring", "round-trip", "format", "parse", "reader", "guestmem-ring",
         "guestmem-entry", "guestmem-random", "replay-memory"), None))


tap.main()
