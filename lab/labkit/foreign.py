# SPDX-License-Identifier: GPL-2.0-or-later
"""What another architecture's machines are made of: the distribution's packages
for it, downloaded and unpacked in the cache. None of their programs runs here.
"""

import glob
import os
import re
import shutil
import subprocess
import tempfile

from . import cache, elf
from .errors import LabError
from .versions import natural

SCRIPTS = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.realpath(__file__)))), "scripts")


def _script(name, *args):
    run = subprocess.run(
        [os.path.join(SCRIPTS, name),
         "--cache-dir=" + os.path.dirname(cache.directory()), *args],
        capture_output=True, text=True, env=dict(os.environ, LC_ALL="C"))
    if run.returncode:
        said = run.stderr.strip().splitlines()
        raise LabError("%s: %s" % (name, said[-1] if said else "failed"))
    return run.stdout


def _suite():
    with open("/etc/os-release") as f:
        found = re.search(r'^VERSION_CODENAME="?(\w+)', f.read(), re.M)
    if not found:
        raise LabError("/etc/os-release names no release of Debian, whose "
                       "packages an --arch needs")
    return found[1]


def sysroot(arch, say):
    """The architecture's libraries and programs, as an elf.Foreign."""
    say("looking for %s's libraries" % arch.name)
    return elf.Foreign(_script("cross-build", "sysroot", arch.name).strip(),
                       arch.triplet)


def unpacked(arch, name, packages, say, prepare=None):
    """The directory with the files of a package.

    name: what the directory's name begins with
    packages: regular expression; the newest package that matches
    prepare: called with the directory before it is in its place
    """
    final = os.path.join(cache.directory(), "%s-%s" % (name, arch.debian))
    with cache.lock(name):
        if os.path.isdir(final):
            return final
        suite = _suite()
        offers = [line.split() for line in _script(
            "apt-suite", "--arch=" + arch.debian, "binaries", suite,
            packages).splitlines()]
        if not offers:
            raise LabError("%s has no package %s for %s" %
                           (suite, packages, arch.debian))
        version, _, package = max(offers, key=lambda o: natural(o[2] + o[0]))
        say("fetching the package %s of %s" % (package, arch.debian))
        work = tempfile.mkdtemp(prefix=name + ".", dir=cache.directory())
        try:
            _script("apt-suite", "--arch=" + arch.debian, "download", suite,
                    package, version, work)
            tree = os.path.join(work, "root")
            for deb in glob.glob(os.path.join(work, "*.deb")):
                subprocess.run(["dpkg-deb", "-x", deb, tree], check=True)
            if prepare:
                prepare(tree)
            cache.replace(tree, final)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return final
