# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs of the lab, and their results."""

import os
import re
import shutil
import subprocess

from . import mmt, tap

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))


# For a host script: unplug the device, and count the VFIO files that QEMU has
# open before and afterwards.
UNPLUG = r"""
fds() { ls -l /proc/$QEMU_PID/fd | grep -E 'vfio|/dev/iommu' | grep -v kvm-vfio; }
echo "before: $(fds | wc -l)"
qmp -w DEVICE_DELETED '{"execute": "device_del", "arguments": {"id": "dut0"}}'
for i in $(seq 100); do
    fds > /dev/null || break
    usleep 100000
done
echo "after: $(fds | wc -l)"
"""


# The lab's own limit
TIMEOUT = 300


def need_cross_built(arch):
    """Skip without the QEMUs of another architecture, which only some builds have:
    the one outside, and the one for its hosts."""
    build = os.path.dirname(tap.qemu_binary())
    name = f"qemu-system-{arch}"
    for path, how in (
            (os.path.join(f"{build}-on-{arch}", name),
             f"scripts/cross-build qemu {arch} {tap.series()}"),
            (os.path.join(build, name), f"./configure --targets=x86_64,{arch}")):
        if not os.path.exists(path):
            raise tap.Skip(f"no {path}: {how}")


class Run:
    """One run of guest-images/lab; its output is printed as TAP comments.

    scripts: {"script": text, "host_script": text}; other keyword arguments
    become options: smp=2 is --smp 2, oracle=True is --oracle, a list repeats
    the option. timeout: seconds, for tap.patience().
    """

    def __init__(self, scratch, script=None, host_script=None, **options):
        self.out = os.path.join(scratch, "out")
        command = [os.path.join(TOP, "lab", "lab"),
                   "--out", self.out, "--series", tap.series()]
        for name, text in (("script", script), ("host-script", host_script)):
            if text:
                path = os.path.join(scratch, name)
                with open(path, "w", encoding="utf-8") as f:
                    f.write(text)
                command += [f"--{name}", path]
        options["timeout"] = int(tap.patience(options.get("timeout", TIMEOUT)))
        for name, value in options.items():
            option = "--" + name.replace("_", "-")
            for v in value if isinstance(value, list) else [value]:
                command += [option] if v is True else [f"{option}={v}"]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT) as lab:
            for line in lab.stdout:
                print(f"# {line.rstrip()}", flush=True)
        tap.equal(lab.returncode, 0, "exit status of the lab")

    def path(self, name):
        return os.path.join(self.out, name)

    def text(self, name):
        with open(self.path(name), encoding="utf-8", errors="replace") as f:
            return f.read()

    def log(self):
        return mmt.Log(self.path("trace.mmt"))


def tool(*args):
    """Run the vfio-trace tool; return its output, printed as TAP comments too."""
    result = subprocess.run([tap.tool_binary(), *args], text=True, check=False,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    for line in result.stdout.splitlines():
        print(f"# {line}", flush=True)
    tap.equal(result.returncode, 0, f"exit status of vfio-trace {args[0]}")
    return result.stdout


def contains_oracle(run, least):
    """The kernel's whole log is in ours, with at least so many accesses."""
    tool("check", "--complete", run.path("trace.mmt"))
    said = tool("compare", run.path("oracle.mmt"), run.path("trace.mmt"))
    tap.matches(said, r"\b0 missing, 0 different\b", "comparison")
    with open(run.path("oracle.mmt"), encoding="utf-8") as f:
        seen = sum(line.startswith(("R ", "W ", "UNKNOWN ")) for line in f)
    compared = int(re.search(r"oracle (\d+) accesses", said)[1])
    tap.equal(compared, seen, "accesses of the oracle that were compared")
    tap.equal(seen >= least, True, f"{seen} accesses in the oracle: enough")


def guest_file(name):
    """A file of tests/lab/guest, for --extra."""
    return os.path.join(TOP, "tests", "lab", "guest", name)


def compile_guest(scratch, name, compiler="cc"):
    """A static program from tests/lab/guest, for --extra."""
    program = os.path.join(scratch, name)
    subprocess.run([compiler, "-O2", "-Wall", "-Wextra", "-Werror", "-static",
                    "-pthread", "-o", program, guest_file(name + ".c")],
                   check=True)
    return program


# The tests' own interpreter
PYTHON = "/usr/bin/python3"

# What programs of `vfio-trace sequence` import, and what the interpreter may
# want for itself where no locale is set
PYTHON_MODULES = ("ctypes", "encodings.ascii", "encodings.latin_1",
                  "faulthandler", "fcntl", "hashlib", "mmap", "os", "select",
                  "struct", "time")


def add_python(tree):
    """Put PYTHON into a directory for --host-tree, as /bin/python3,
    with PYTHON_MODULES and what they import: 18 MB with their libraries."""
    ask = ("import sys, sysconfig, " + ", ".join(PYTHON_MODULES) + "\n"
           "print(sysconfig.get_path('stdlib'))\n"
           "for m in list(sys.modules.values()):\n"
           "    print(getattr(m, '__file__', None) or '')\n")
    said = subprocess.run([PYTHON, "-I", "-c", ask], check=True,
                          text=True, stdout=subprocess.PIPE).stdout
    library, *files = said.splitlines()
    program = os.path.realpath(PYTHON)
    places = {path: path for path in files if path.startswith(library + "/")}
    places[program] = program
    for place, path in places.items():
        copy = tree + place
        os.makedirs(os.path.dirname(copy), exist_ok=True)
        shutil.copy(path, copy)
    # -I: nothing else is imported, whatever the environment says
    script = os.path.join(tree, "bin", "python3")
    os.makedirs(os.path.dirname(script), exist_ok=True)
    with open(script, "w", encoding="utf-8") as f:
        f.write(f'#!/bin/sh\nexec {program} -IB "$@"\n')
    os.chmod(script, 0o755)
