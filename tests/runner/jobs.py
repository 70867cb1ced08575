# SPDX-License-Identifier: GPL-2.0-or-later
"""The jobs: tests of each level, and the builds that they need."""

import dataclasses
import json
import os
import re
import shutil
import subprocess
import sys

from .schedule import GIB

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
BUILD = os.path.join(SOURCE, "build")

LEVELS = ("unit", "static", "report", "fuzz", "distro", "qemu", "lab")
PER_SERIES = ("qemu", "lab")
TIMEOUT = {"unit": 120, "static": 300, "report": 600, "fuzz": 900,
           "distro": 1800, "qemu": 600, "lab": 1800}
# Memory of a program: the lab's L1 has 4 GiB, and its QEMU needs some.
MEMORY = {"unit": GIB // 2, "static": GIB // 2, "report": 2 * GIB,
          "fuzz": 2 * GIB, "distro": GIB, "qemu": 2 * GIB, "lab": 5 * GIB}
BUILD_MEMORY = 2 * GIB
BUILD_TIMEOUT = 7200

# Our own meson builds: label, directory, prefix of the command.
# TSan does not work with all of the kernel's address randomisation.
UNIT_BUILDS = (
    ("", "vfio-trace", ()),
    ("-asan", "vfio-trace-asan", ()),
    ("-tsan", "vfio-trace-tsan", ("setarch", "-R")),
)
SANITIZER_SLOWDOWN = 5

# Order among those that could start: builds first, then the longest. This is
# assumed for a program that does not state its usual seconds.
USUAL = {"unit": 2, "static": 30, "report": 30, "fuzz": 60, "distro": 60,
         "qemu": 20, "lab": 40}


@dataclasses.dataclass(eq=False)
class Job:
    """A program to run.

    name: LEVEL/NAME[@SERIES], or build/NAME
    argv, env, cwd: the program, its additions to the common environment, and
        its working directory
    timeout: seconds
    tap: it prints TAP; else its exit status counts
    series: QEMU's, or None
    needs: names of the builds it needs
    build: it is a build, not a test
    memory: bytes that it may take
    alone: nothing else may run at that time
    usual: seconds that it usually takes
    brings: function that returns the jobs that its success makes possible; or None
    rank: the lowest comes first, among builds and among tests
    """

    name: str
    argv: list
    timeout: float
    env: dict = dataclasses.field(default_factory=dict)
    cwd: str = SOURCE
    tap: bool = True
    series: str = None
    needs: tuple = ()
    build: bool = False
    memory: int = 0
    alone: bool = False
    usual: float = 0
    brings: object = None
    rank: int = 0

    @property
    def order(self):
        """Key to sort by: what should start first comes first."""
        return (not self.build, self.rank, -self.usual, self.name)


def header(path):
    """The directives near the top of a test program, "# NAME: VALUE"."""
    found = {}
    with open(path, errors="replace") as file:
        for _, line in zip(range(40), file):
            match = re.match(r"\s*# (timeout|usual|memory): (\d+)\b", line)
            if match:
                found[match[1]] = int(match[2])
            match = re.match(r"\s*# (alone|needs): (.+)$", line)
            if match:
                found[match[1]] = match[2].strip()
    return found


def usable(prefix):
    """A command prefix, or nothing if it does not work here: a container may
    forbid what setarch does."""
    if not prefix or not shutil.which(prefix[0]):
        return []
    works = subprocess.run([*prefix, "true"], stderr=subprocess.DEVNULL,
                           check=False).returncode == 0
    return list(prefix) if works else []


def unit_tests(label, directory, prefix, wanted):
    """The tests of one of our meson builds, as meson itself lists them.

    wanted: print a note if there is none
    """
    listing = os.path.join(BUILD, directory, "meson-info", "intro-tests.json")
    if not os.path.exists(listing):
        if wanted:
            print(f"note: {directory} is not built, its tests are left out "
                  "(make check builds it)", file=sys.stderr)
        return []
    prefix = usable(prefix)
    slow = SANITIZER_SLOWDOWN if label else 1
    with open(listing) as file:
        return [Job(f"unit{label}/{test['name']}", prefix + test["cmd"],
                    max(test["timeout"], TIMEOUT["unit"]) * slow,
                    env=test["env"],
                    cwd=test["workdir"] or os.path.join(BUILD, directory),
                    tap=test["protocol"] == "tap",
                    memory=MEMORY["unit"], usual=USUAL["unit"] * slow)
                for test in json.load(file)]


def programs(level, series, suffix, needs=()):
    """The test programs of a level, with a suffix to their names"""
    directory = os.path.join(SOURCE, "tests", level)
    if not os.path.isdir(directory):
        return
    for name in sorted(os.listdir(directory)):
        path = os.path.join(directory, name)
        if not name.startswith("test_") or not os.path.isfile(path):
            continue
        said = header(path)
        stem = os.path.splitext(name)[0][len("test_"):]
        yield Job(f"{level}/{stem}{suffix}", [path],
                  said.get("timeout", TIMEOUT[level]), series=series,
                  needs=(*needs, *("build/" + n for n in
                                   said.get("needs", "").split() if needs)),
                  memory=said["memory"] * GIB if "memory" in said
                  else MEMORY[level],
                  alone="alone" in said,
                  usual=said.get("usual", USUAL[level]))


def make_job(name, target, rank, processors, variables, brings=None):
    """A build that the Makefile can do; a lower rank is built first"""
    return Job("build/" + name, ["make", target, f"NINJA_FLAGS=-j{processors}",
                                 f"JOBS={processors}", *variables],
               BUILD_TIMEOUT, tap=False, build=True, memory=BUILD_MEMORY,
               rank=rank, brings=brings)
