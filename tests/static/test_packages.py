#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# needs: vfio-trace
"""The packages of make deb: their lists of files, their changelog."""

import glob
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import tap                                           # noqa: E402
from common.tap import Skip, equal, matches, test                # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
DEBIAN = os.path.join(TOP, "packaging", "debian")
# What install-qemu-SERIES of the Makefile installs; QEMU need not be built here
QEMU = ("usr/lib/vfio-trace/qemu-10.0/bin/qemu-system-x86_64",
        "usr/lib/vfio-trace/qemu-10.0/share/qemu/keymaps/de")


def run(*argv, **options):
    return subprocess.run(argv, check=True, text=True, timeout=120,
                          stdout=subprocess.PIPE, **options).stdout


def below(top):
    """All files below a directory, relative to it"""
    for where, _, names in os.walk(top):
        for name in names:
            yield os.path.relpath(os.path.join(where, name), top)


def installed_by_meson():
    """Paths as with the prefix /usr"""
    info = os.path.join(tap.build_dir(), "vfio-trace", "meson-info")
    if not os.path.exists(info):
        raise Skip("build/vfio-trace is not configured")
    with open(f"{info}/intro-installed.json", encoding="utf-8") as f:
        installed = json.load(f)
    with open(f"{info}/intro-buildoptions.json", encoding="utf-8") as f:
        prefix = next(o["value"] for o in json.load(f) if o["name"] == "prefix")
    for source, place in installed.items():
        place = os.path.join("usr", os.path.relpath(place, prefix))
        if os.path.isdir(source):
            yield from (os.path.join(place, name) for name in below(source))
        else:
            yield place


def make_install(scratch, *goals, **options):
    if not os.path.exists(os.path.join(TOP, "build", "config.mk")):
        raise Skip("not configured")
    # -o: only these goals, whatever is out of date
    return run("make", "-s", "-C", TOP, "-o", "build/config.mk", *goals,
               f"DESTDIR={scratch}", "PREFIX=/usr", **options)


def installed_by_make(scratch):
    """The rest: files, and a link"""
    make_install(scratch, "install-docs", "install-guest-images")
    yield from below(scratch)


def lists():
    """(name of the list, pattern) of each pattern"""
    for path in sorted(glob.glob(f"{DEBIAN}/*.install") +
                       [f"{DEBIAN}/not-installed"]):
        with open(path, encoding="utf-8") as f:
            for line in f:
                if line.strip() and not line.startswith(("#", "debian/")):
                    yield os.path.basename(path), line.split()[0]


def is_in(path, pattern):
    """As debhelper does: the path, or a directory above it, is the pattern's."""
    pattern = "".join("[^/]*" if c == "*" else re.escape(c) for c in pattern)
    return re.fullmatch(f"{pattern}(/.*)?", path) is not None


@test
def complete(scratch):
    """each file that is installed is in one package, and each list has only those"""
    files = {*installed_by_meson(), *installed_by_make(scratch), *QEMU}
    wrong = {}
    used = set()
    for path in sorted(files):
        found = [row for row in lists() if is_in(path, row[1])]
        used.update(found)
        if len(found) != 1:
            wrong[path] = found
    equal(wrong, {}, "files of make install that are not in one list of packaging/debian")
    equal(set(lists()) - used, set(), "patterns without a file")


@test
def scripts(scratch):
    """the installed lab has the scripts that it executes"""
    make_install(scratch, "install-guest-images")
    top = f"{scratch}/usr/share/vfio-trace"
    named = run("grep", "-rhoE", r"apt-suite|cross-build", f"{top}/lab")
    equal(sorted(set(named.split())), ["apt-suite", "cross-build"], "names")
    for name in set(named.split()):
        equal(os.access(f"{top}/scripts/{name}", os.X_OK), True, name)


@test
def manual(scratch):
    """each user can read QEMU's manual pages, whatever root's umask"""
    make_install(scratch, "install-docs", umask=0o077)
    for page in glob.glob(f"{scratch}/usr/share/man/man1/qemu-*"):
        equal(oct(os.stat(page).st_mode & 0o777), "0o644", page)


@test
def packages(_scratch):
    """each package of debian/control has a list of files, and the other way round"""
    with open(f"{DEBIAN}/control", encoding="utf-8") as f:
        names = re.findall(r"^Package: (\S+)$", f.read(), re.M)
    equal(sorted(f"{name}.install" for name in names),
          sorted(os.path.basename(p) for p in glob.glob(f"{DEBIAN}/*.install")),
          "lists of packages")


@test
def changelog(_scratch):
    """debian/changelog has every item of CHANGELOG.md"""
    path = os.path.join(TOP, "CHANGELOG.md")
    text = run(os.path.join(TOP, "scripts", "deb-changelog"),
               "--version=99.0+deb12", "--date=1764368130",
               "--maintainer=Some One <one@example.org>", path)
    with open(path, encoding="utf-8") as f:
        source = f.read()
    equal(len(re.findall(r"^  \* ", text, re.M)),
          len(re.findall(r"^- ", source, re.M)), "items")
    equal(len(re.findall(r"^vfio-trace \(", text, re.M)),
          len(re.findall(r"^## ", source, re.M)), "entries")
    matches(text, r"^vfio-trace \(99\.0\+deb12\) unstable; urgency=medium\n")
    matches(text, r"\n -- Some One <one@example\.org>  Fri, 28 Nov 2025 22:15:30 \+0000\n")
    equal([line for line in text.splitlines() if len(line) > 100], [],
          "long lines")


if __name__ == "__main__":
    tap.main()
