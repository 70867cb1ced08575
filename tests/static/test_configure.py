#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""./configure refuses what it can not do, before it does anything."""

import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import tap                                           # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))


def refused(scratch, *args):
    """Run configure, which must fail; Return: its message."""
    done = subprocess.run([f"{TOP}/configure", f"--cache-dir={scratch}", *args],
                          capture_output=True, text=True, check=False,
                          timeout=tap.patience(60))
    equal((done.returncode, done.stdout), (1, ""), f"{args}")
    return done.stderr


@test
def targets(scratch):
    """--targets: names of architectures, with commas between them"""
    for value in (",", ",x86_64", "x86_64 aarch64", "x86_64,sparc64", "*"):
        matches(refused(scratch, f"--targets={value}"),
                r"^configure: error: target '.*' is not supported "
                r"\(supported: x86_64 aarch64 ppc64 s390x\)$")


APT = """#!/bin/sh
echo "$0 $*" >> {log}
case $0 in *apt-cache) echo "  Candidate: 1" ;; esac
"""


def installed(scratch, machine):
    """What --install-deps installs on a machine on which GRUB is missing."""
    top = f"{scratch}/{machine}"
    os.makedirs(f"{top}/scripts")
    os.makedirs(f"{top}/bin")
    shutil.copy(f"{TOP}/scripts/common.sh", f"{top}/scripts")
    with open(f"{TOP}/configure", encoding="utf-8") as f:
        text = f.read()
    programs = {
        "configure": text.replace("file:/usr/lib/grub/", "file:/nowhere/"),
        "bin/uname": f"#!/bin/sh\necho {machine}\n",
        "bin/id": "#!/bin/sh\necho 0\n",
        "bin/apt-get": APT.format(log=f"{top}/log"),
        "bin/apt-cache": APT.format(log="/dev/null")}
    for name, text in programs.items():
        with open(f"{top}/{name}", "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(f"{top}/{name}", 0o755)
    # there is no source of QEMU: it ends soon
    subprocess.run([f"{top}/configure", f"--cache-dir={scratch}/cache",
                    "--lean", "--tests", "--install-deps",
                    "--qemu-src=/dev/null"],
                   env=dict(os.environ, PATH=f"{top}/bin:{os.environ['PATH']}"),
                   capture_output=True, check=False, timeout=tap.patience(60))
    if not os.path.exists(f"{top}/log"):
        return set()
    with open(f"{top}/log", encoding="utf-8") as f:
        return set(f.read().split())


@test
def other_machines(scratch):
    """--install-deps: only packages that the machine's architecture has"""
    grub = {"grub-pc-bin", "grub-efi-amd64-bin", "grub-efi-amd64-signed"}
    equal(installed(scratch, "x86_64") & grub, grub, "packages for x86")
    equal(installed(scratch, "aarch64") & grub, set(), "packages for Arm")


@test
def demo(scratch):
    """make demo: the guest kernel's own trace is compared where it has one"""
    for machine, wanted in (("x86_64", True), ("aarch64", False)):
        top = f"{scratch}/{machine}"
        for name, text in (
                ("scripts/demo-guest", ""),
                ("guest-images/lab", 'echo "LAB $*"\n'),
                ("build/vfio-trace/tools/vfio-trace", 'echo "TOOL $*"\n'
                 '[ $1 != decode ] || echo "1  mark demo: x"\n'),
                ("bin/uname", f"echo {machine}\n")):
            os.makedirs(os.path.dirname(f"{top}/{name}"), exist_ok=True)
            with open(f"{top}/{name}", "w", encoding="utf-8") as f:
                f.write("#!/bin/sh\n" + text)
            os.chmod(f"{top}/{name}", 0o755)
        shutil.copy(f"{TOP}/scripts/demo", f"{top}/scripts")
        os.makedirs(f"{top}/build/demo")
        with open(f"{top}/build/demo/trace.mmt", "w", encoding="utf-8") as f:
            f.write("MARK 1.0 demo: x\n")
        env = dict(os.environ, PATH=f"{top}/bin:{os.environ['PATH']}")
        env.pop("VFIO_TRACE_BUILD", None)
        done = subprocess.run([f"{top}/scripts/demo"], env=env, check=False,
                              capture_output=True, text=True,
                              timeout=tap.patience(60))
        equal(done.returncode, 0, done.stderr)
        equal([" --oracle " in done.stdout, "TOOL compare" in done.stdout],
              [wanted] * 2, machine)


if __name__ == "__main__":
    tap.main()
