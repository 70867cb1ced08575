#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/apt-suite: directories are the caller's, and apt's own files are left
alone. What stands in for apt-get does nothing but write files."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import tap                                           # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
SUITE = f"{TOP}/scripts/apt-suite"

APT_GET = r"""#!/bin/sh
echo "$*" >> "$APT_LOG"
case $* in
*--print-uris*)
    for suite in stable stable-security; do
        echo "'http://mirror/debian/dists/$suite/main/binary-x/Packages.xz' x"
    done ;;
*' update')
    sources=${*##*Dir::Etc::sourcelist=}
    ! grep -q "$BROKEN" "${sources%% *}" ;;
*' download '*) echo package > one_1_arm64.deb ;;
*' install '*)
    archives=${*##*Dir::Cache::archives=}
    echo package > "${archives%% *}/one_1_arm64.deb" ;;
esac
"""


def call(scratch, *args, broken="^$"):
    """broken: a pattern of sources whose index can not be had"""
    program = f"{scratch}/bin/apt-get"
    if not os.path.exists(program):
        os.makedirs(os.path.dirname(program))
        with open(program, "w", encoding="utf-8") as f:
            f.write(APT_GET)
        os.chmod(program, 0o755)
    env = dict(os.environ, PATH=f"{scratch}/bin:{os.environ['PATH']}",
               APT_LOG=f"{scratch}/apt.log", BROKEN=broken)
    return subprocess.run([SUITE, *args], cwd=scratch, env=env, check=False,
                          capture_output=True, text=True,
                          timeout=tap.patience(60))


@test
def directories(scratch):
    """a relative directory is below the caller's, also that of the cache"""
    for words in (["download", "bookworm", "one", "1", "a"],
                  ["closure", "bookworm", "b", "one"]):
        done = call(scratch, "--cache-dir=cache", "--arch=arm64", *words)
        equal(done.returncode, 0, done.stderr)
    for name in ("a", "b"):
        equal(os.listdir(f"{scratch}/{name}"), ["one_1_arm64.deb"], name)
    equal(sorted(os.listdir(f"{scratch}/cache/apt")),
          ["bookworm-binary-arm64", "bookworm-closure-arm64"], "private roots")
    equal([n for n in os.listdir(f"{TOP}/scripts") if n.endswith(".deb")], [],
          "packages among the scripts")


@test
def updates(scratch):
    """closure: a suite whose updates can not be had is better than none"""
    args = (f"--cache-dir={scratch}/cache", "closure", "bookworm",
            f"{scratch}/a", "one")
    done = call(scratch, *args, broken="security")
    equal(done.returncode, 0, done.stderr)
    matches(done.stderr, "\napt-suite: trying bookworm without its updates\n")
    equal(os.listdir(f"{scratch}/a"), ["one_1_arm64.deb"], "packages")
    done = call(scratch, *args)
    equal(done.returncode, 0, done.stderr)
    with open(f"{scratch}/cache/apt/bookworm-closure/sources.list",
              encoding="utf-8") as f:
        equal(len(f.readlines()), 3, "suites, as soon as they can be had")
    equal(call(scratch, *args, broken="bookworm ").returncode, 0,
          "status with an index of today")
    os.unlink(f"{scratch}/cache/apt/bookworm-closure/updated")
    equal(call(scratch, *args, broken="bookworm ").returncode, 1,
          "status without the suite itself")


@test
def private(scratch):
    """apt's lists, state and cache are those of the architecture's own root"""
    done = call(scratch, f"--cache-dir={scratch}/cache", "--arch=s390x",
                "closure", "bookworm", f"{scratch}/a", "one")
    equal(done.returncode, 0, done.stderr)
    with open(f"{scratch}/apt.log", encoding="utf-8") as f:
        lines = [l for l in f.read().splitlines() if "--print-uris" not in l]
    equal(len(lines), 2, "update, and install")
    root = f"{scratch}/cache/apt/bookworm-closure-s390x"
    for line in lines:
        for option in (f"Dir::State::lists={root}/lists",
                       f"Dir::Etc::sourcelist={root}/sources.list",
                       "Dir::Etc::sourceparts=-", f"Dir::Cache={root}",
                       "Dir::State::status=/dev/null",
                       "APT::Architectures=s390x"):
            equal(f"-o {option} " in line, True, option)
    matches(lines[1], " --download-only ")


@test
def names(scratch):
    """--arch: a name, and for packages that are not installed"""
    for args, why in ((["--arch=../x", "closure", "s", "d", "p"], "not Debian's"),
                      (["--arch=arm64", "install", "s", "p"], "not for 'install'")):
        done = call(scratch, f"--cache-dir={scratch}/cache", *args)
        equal((done.returncode, done.stdout), (1, ""), f"{args}")
        matches(done.stderr, why)
    equal(os.path.exists(f"{scratch}/cache/apt"), False, "a private root")


if __name__ == "__main__":
    tap.main()
