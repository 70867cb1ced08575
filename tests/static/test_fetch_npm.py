#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/fetch-npm: a package of a pinned hash, from the cache or by npm."""

import base64
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
# pylint: disable=wrong-import-position
from common import tap                                  # noqa: E402
from common.tap import equal, matches, test             # noqa: E402

SCRIPTS = os.path.join(os.path.dirname(__file__), "..", "..", "scripts")
# What the stand-in does: it says what it was asked for, and delivers a file.
NPM = """#!/bin/sh
echo "$@" >> {scratch}/asked
cp {file} thing-1.2.3.tgz
"""


def package(text="hello"):
    """A package as npm packs them"""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        info = tarfile.TarInfo("package/dist/thing.js")
        info.size = len(text)
        archive.addfile(info, io.BytesIO(text.encode()))
    return data.getvalue()


class Place:
    """The script with a list of its own, a cache, and an npm that delivers a file"""

    def __init__(self, scratch, integrity=None, npm=True):
        self.scratch = scratch
        self.good = f"{scratch}/good.tgz"
        data = package()
        self.save(self.good, data)
        digest = base64.b64encode(hashlib.sha512(data).digest()).decode()
        os.mkdir(f"{scratch}/scripts")
        for name in ("fetch-npm", "common.sh"):
            shutil.copy(os.path.join(SCRIPTS, name), f"{scratch}/scripts")
        self.save(f"{scratch}/scripts/npm-packages.txt",
                  f"# a list\nthing 1.2.3 {integrity or 'sha512-' + digest}\n".encode())
        self.dir = f"{scratch}/build/thing"
        self.path = os.environ["PATH"]
        os.mkdir(f"{scratch}/bin")
        if npm:
            self.deliver(self.good)
        self.path = f"{scratch}/bin:{self.path}"

    @staticmethod
    def save(path, data, mode=0o644):
        with open(path, "wb") as file:
            file.write(data)
        os.chmod(path, mode)

    def deliver(self, file):
        """Make npm deliver this file."""
        self.save(f"{self.scratch}/bin/npm",
                  NPM.format(scratch=self.scratch, file=file).encode(), 0o755)

    def asked(self):
        try:
            with open(f"{self.scratch}/asked", encoding="ascii") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def run(self, *arguments):
        return subprocess.run(
            [f"{self.scratch}/scripts/fetch-npm", f"--cache-dir={self.scratch}/cache",
             *arguments], capture_output=True, text=True, check=False,
            env={**os.environ, "PATH": self.path})

    def fetch(self, *arguments):
        done = self.run(*arguments, "thing", self.dir)
        equal(done.returncode, 0, done.stderr)
        with open(f"{self.dir}/dist/thing.js", encoding="ascii") as file:
            equal(file.read(), "hello", "the package")

    def fails(self, pattern, *arguments):
        done = self.run(*arguments)
        equal(done.returncode, 1, "exit status")
        matches(done.stderr, pattern)
        equal(os.path.exists(self.dir), False, "a directory was made")


@test
def once(scratch):
    """npm is asked once, for this version, and without running anything."""
    place = Place(scratch)
    equal(place.run("--cached", "thing").returncode, 1, "cached at first")
    place.fetch()
    equal(place.asked(), "pack --ignore-scripts thing@1.2.3\n", "asked for")
    equal(place.run("--cached", "thing").returncode, 0, "cached then")
    os.makedirs(f"{place.dir}/old")
    place.fetch("--offline")
    equal(os.path.exists(f"{place.dir}/old"), False, "what was there before")
    equal(len(place.asked().splitlines()), 1, "times that npm was asked")
    equal(os.listdir(f"{scratch}/cache/npm"), ["thing-1.2.3.tgz"], "the cache")


@test
def wrong_hash(scratch):
    """A file with another hash is refused, whoever has it."""
    place = Place(scratch)
    bad = f"{scratch}/bad.tgz"
    place.save(bad, package("evil"))
    place.deliver(bad)
    place.fails("its hash is wrong", "thing", place.dir)
    equal(os.listdir(f"{scratch}/cache/npm"), [], "the cache")
    place.fails("bad.tgz' is not thing-1.2.3.tgz of npm: its hash is wrong",
                f"--file={bad}", "thing", place.dir)
    # a damaged cache: it is got again
    shutil.copy(bad, f"{scratch}/cache/npm/thing-1.2.3.tgz")
    equal(place.run("--cached", "thing").returncode, 1, "cached")
    place.deliver(place.good)
    place.fetch()


@test
def without_npm(scratch):
    """Without npm and without a network, a file is taken; or it is said how."""
    place = Place(scratch, npm=False)
    place.path = f"{scratch}/bin"
    for name in ("bash", "env", "awk", "base64", "od", "tr", "sha512sum", "cp", "mv",
                 "rm", "mkdir", "mktemp", "tar", "gzip", "dirname", "tail"):
        os.symlink(shutil.which(name), f"{scratch}/bin/{name}")
    place.fails("npm is not installed.*thing-1.2.3.tgz.*--uplot=FILE", "thing", place.dir)
    place.fails("--offline forbids the download", "--offline", "thing", place.dir)
    place.fetch(f"--file={place.good}")
    place.fetch("--offline")


@test
def faults(scratch):
    """What is asked for wrongly is said."""
    place = Place(scratch, integrity="sha1-AAAA")
    place.fails("does not have the package 'other'", "other", place.dir)
    place.fails("the hash is not sha512-", "thing", place.dir)
    place.fails("give a package and a directory")
    place.fails("unknown option: --nonsense", "--nonsense", "thing", place.dir)
    equal(place.asked(), "", "asked for")


if __name__ == "__main__":
    tap.main()
