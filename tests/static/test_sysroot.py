#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/cross-build: a sysroot made of packages, which are unpacked by root
and may have links to anywhere."""

import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import tap                                           # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    os.chmod(path, mode)


class Place:
    """A checkout whose apt-suite delivers our own packages."""

    def __init__(self, scratch):
        if not shutil.which("dpkg-deb"):
            raise tap.Skip("no dpkg-deb")
        self.scratch = scratch
        self.packages = f"{scratch}/packages"
        os.makedirs(self.packages)
        os.makedirs(f"{scratch}/scripts")
        for name in ("cross-build", "common.sh"):
            shutil.copy(f"{TOP}/scripts/{name}", f"{scratch}/scripts/{name}")
        # closure SUITE DIR PACKAGE...
        write(f"{scratch}/scripts/apt-suite",
              '#!/bin/sh\nwhile [ "$1" != closure ]; do shift; done\n'
              f'mkdir -p "$3" && cp {self.packages}/* "$3"\n', 0o755)
        write(f"{scratch}/bin/s390x-linux-gnu-gcc", "#!/bin/sh\n", 0o755)

    def package(self, name, fill):
        """fill: called with the directory of the package's files."""
        tree = f"{self.scratch}/{name}"
        write(f"{tree}/DEBIAN/control",
              f"Package: {name}\nVersion: 1\nArchitecture: s390x\n"
              "Maintainer: Some One <one@example.org>\nDescription: a test\n")
        fill(tree)
        subprocess.run(["dpkg-deb", "--root-owner-group", "-b", tree,
                        f"{self.packages}/{name}_1.deb"], check=True,
                       stdout=subprocess.DEVNULL)

    def make(self, *args):
        return subprocess.run(
            [f"{self.scratch}/scripts/cross-build",
             f"--cache-dir={self.scratch}/cache",
             *(args or ("sysroot", "s390x"))],
            env=dict(os.environ, PATH=f"{self.scratch}/bin:{os.environ['PATH']}"),
            capture_output=True, text=True, check=False,
            timeout=tap.patience(60))

    def left(self):
        return [n for n in os.listdir(f"{self.scratch}/cache/cross")
                if not n.endswith(".lock")]


@test
def links(scratch):
    """a link of one package leads no file of the next one out of the sysroot"""
    place = Place(scratch)
    outside = f"{scratch}/outside"
    os.makedirs(outside)

    def first(tree):
        os.makedirs(f"{tree}/usr/lib")
        os.symlink(outside, f"{tree}/usr/lib/away")
        os.symlink("/usr/lib/one", f"{tree}/usr/lib/link")

    place.package("a", first)
    place.package("b", lambda tree: [
        write(f"{tree}/usr/lib/away/file", "b"),
        write(f"{tree}/usr/lib/one", "1", 0o4755)])
    done = place.make()
    equal(os.listdir(outside), [], "files outside")
    equal(done.returncode, 0, done.stderr)
    root = done.stdout.strip()
    equal(os.readlink(f"{root}/usr/lib/link"), "one", "link")
    with open(f"{root}/usr/lib/away/file", encoding="utf-8") as f:
        equal(f.read(), "b", "file behind the link")
    equal(oct(os.stat(f"{root}/usr/lib/one").st_mode & 0o7000), "0o0", "setuid")


@test
def failures(scratch):
    """nothing is left of a sysroot that can not be made, and the next one can"""
    place = Place(scratch)
    place.package("a", lambda tree: write(f"{tree}/usr/lib/one", "1"))
    write(f"{place.packages}/b_1.deb", "no package")
    done = place.make()
    equal((done.returncode, done.stdout), (1, ""), "status and result")
    matches(done.stderr, r"\ncross-build: error: can not unpack .*/b_1\.deb\n$")
    equal(place.left(), [], "what is left")
    os.unlink(f"{place.packages}/b_1.deb")
    # what no command of the script expects
    write(f"{scratch}/bin/mv", "#!/bin/sh\nexit 1\n", 0o755)
    equal(place.make().returncode, 1, "status without mv")
    equal(place.left(), [], "what is left")
    os.unlink(f"{scratch}/bin/mv")
    made = place.make().stdout.strip()[:-len("/root")]
    equal([f"{scratch}/cache/cross/{n}" for n in place.left()], [made],
          "sysroots")
    os.rename(made, made + ".x0Yz12")
    equal(place.make().returncode, 0, "status")
    equal([f"{scratch}/cache/cross/{n}" for n in place.left()], [made],
          "sysroots after one was interrupted")


@test
def qemu(scratch):
    """QEMU's target for a ppc64le is ppc64"""
    place = Place(scratch)
    place.package("a", lambda tree: write(f"{tree}/usr/lib/one", "1"))
    source = f"{scratch}/build/qemu-10.0-src"
    write(f"{source}/VERSION", "10.0.0")
    write(f"{source}/configure",
          f'#!/bin/sh\necho "$*" > {scratch}/configured\n', 0o755)
    for name in ("ninja", "powerpc64le-linux-gnu-gcc"):
        write(f"{scratch}/bin/{name}",
              f'#!/bin/sh\necho "$*" > {scratch}/built\n', 0o755)
    done = place.make("qemu", "ppc64le")
    equal(done.returncode, 0, done.stderr)
    with open(f"{scratch}/configured", encoding="utf-8") as f:
        matches(f.read(), " --cpu=ppc64le --target-list=ppc64-softmmu "
                "--with-devices-ppc64=vfio-trace-lean ")
    with open(f"{scratch}/built", encoding="utf-8") as f:
        matches(f.read(), r"/build/qemu-10\.0-on-ppc64le .*qemu-system-ppc64$")


@test
def tools(scratch):
    """the tools' build is made anew with another sysroot"""
    place = Place(scratch)
    place.package("a", lambda tree: write(f"{tree}/usr/lib/one", "1"))
    write(f"{scratch}/meson.build", "project('x')\n")
    write(f"{scratch}/bin/ninja", "#!/bin/sh\n[ $1 = --version ] && echo 1.11\n"
          "exit 0\n", 0o755)
    files = []
    for _ in range(3):
        done = place.make("tools", "s390x")
        equal(done.returncode, 0, done.stderr)
        with open(f"{scratch}/build/vfio-trace-s390x/meson-private/cmd_line.txt",
                  encoding="utf-8") as f:
            files.append(re.findall(r"cross_file = \['(.*)'\]", f.read()))
        equal(files[-1], [place.make("meson", "s390x").stdout.strip()],
              "cross file")
        # which is in the sysroot's name
        write(f"{scratch}/bin/qemu-s390x-static", "#!/bin/sh\n", 0o755)
    equal((files[0] == files[1], files[1] == files[2]), (False, True),
          "the same cross file")


@test
def emulator(scratch):
    """qemu-user runs programs, by either of its names; it need not be there"""
    place = Place(scratch)
    place.package("a", lambda tree: write(f"{tree}/usr/lib/one", "1"))
    for name in ("bash", "sh", "cat", "mkdir", "mktemp", "rm", "ln", "find",
                 "tar", "dpkg-deb", "chmod", "mv", "flock", "sha256sum", "cut",
                 "xargs", "grep", "dirname", "cp", "readlink", "nproc", "head"):
        os.symlink(shutil.which(name), f"{scratch}/bin/{name}")
    for name in ("qemu-s390x", None):
        if name:
            write(f"{scratch}/bin/{name}", "#!/bin/sh\n", 0o755)
        done = subprocess.run(
            [f"{scratch}/scripts/cross-build", f"--cache-dir={scratch}/cache",
             "meson", "s390x"], env={"PATH": f"{scratch}/bin", "HOME": scratch},
            capture_output=True, text=True, check=False,
            timeout=tap.patience(60))
        equal(done.returncode, 0, done.stderr)
        with open(done.stdout.strip(), encoding="utf-8") as f:
            found = re.findall(r"^exe_wrapper = \['(.*)', '-L', ", f.read(),
                               re.M)
        equal(found, [f"{scratch}/bin/{name}"] if name else [], "wrapper")
        if name:
            os.unlink(f"{scratch}/bin/{name}")


if __name__ == "__main__":
    tap.main()
