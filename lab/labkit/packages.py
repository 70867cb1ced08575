# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's kernels and programs for machines of any architecture.

scripts/apt-suite gets the packages of an architecture without changing the
machine's configuration. They are unpacked in the cache and nothing of them is
executed here.
"""

import collections
import glob
import os
import re
import shutil
import subprocess
import tempfile

from . import cache, kernel
from .errors import LabError

HERE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
APT_SUITE = os.path.join(os.path.dirname(HERE), "scripts", "apt-suite")
SUITE = "bookworm"

# By QEMU's name of a target: Debian's name of the architecture, and the flavour
# of its kernel. ppc64: Debian's is little-endian; s390x is big-endian.
Architecture = collections.namedtuple("Architecture", "debian flavour")
ARCHITECTURES = {
    "x86_64": Architecture("amd64", "amd64"),
    "aarch64": Architecture("arm64", "arm64"),
    "ppc64": Architecture("ppc64el", "powerpc64le"),
    "s390x": Architecture("s390x", "s390x"),
}


class Unavailable(LabError):
    """apt's mirror has it not, or there is none."""


def apt_suite(*args):
    """Run scripts/apt-suite. Return: (its output or None, its messages)"""
    run = subprocess.run(
        [APT_SUITE, "--cache-dir=" + os.path.dirname(cache.directory()),
         *args], capture_output=True, text=True,
        env=dict(os.environ, LC_ALL="C"))
    said = run.stderr.strip().splitlines()
    return (None if run.returncode else run.stdout), said[-1] if said else ""


def _offers(arch, regex):
    """{package: its newest version} of the packages that match."""
    found = {}
    listing, said = apt_suite("--arch=" + ARCHITECTURES[arch].debian,
                              "binaries", SUITE, regex)
    if listing is None:
        raise Unavailable(said or "apt has no packages for " + arch)
    for line in listing.splitlines():
        version, _, package = line.split()
        if package not in found or \
                kernel.natural(version) > kernel.natural(found[package]):
            found[package] = version
    return found


def unpack(arch, package, version, tree):
    """Download a package and unpack it into a directory, which is made."""
    work = tempfile.mkdtemp(prefix="package.", dir=cache.directory())
    try:
        done, said = apt_suite("--arch=" + ARCHITECTURES[arch].debian,
                               "download", SUITE, package, version, work)
        if done is None:
            raise Unavailable(said)
        deb, = glob.glob(os.path.join(work, "*.deb"))
        run = subprocess.run(["dpkg-deb", "-x", deb, tree],
                             capture_output=True, text=True)
        if run.returncode:
            raise LabError("%s can't be unpacked: %s" % (
                package, run.stderr.strip()))
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _tree(arch, release):
    """The unpacked kernel package of a release, such as 6.1.0-50."""
    return os.path.join(cache.directory(), "kernel-%s-%s" % (arch, release))


def _release(package):
    return re.match(r"linux-image-([0-9.]+-[0-9]+)-", package)[1]


def _kept(arch):
    """The releases of an architecture's kernels that are in the cache."""
    prefix = _tree(arch, "")
    return {path[len(prefix):] for path in glob.glob(prefix + "[0-9]*")}


def _offered(arch):
    """{release: version of its package} that apt's mirror has."""
    offers = _offers(arch, r"^linux-image-[0-9.]+-[0-9]+-%s$"
                     % ARCHITECTURES[arch].flavour)
    return {_release(package): version for package, version in offers.items()}


def release(arches):
    """The newest release of the kernel that all the architectures have.

    Those of the cache come first: the mirror is asked only if they have none.
    """
    for have in (_kept, _offered):
        common = set.intersection(*(set(have(arch)) for arch in arches))
        if common:
            return max(common, key=kernel.natural)
    raise Unavailable("apt's mirror has no release of Debian's kernel for all "
                      "of " + ", ".join(arches))


def _open(tree, name):
    """The Kernel in an unpacked package."""
    image, = glob.glob(os.path.join(tree, "boot", "vmlinu[xz]-" + name))
    return kernel.Kernel(name, image, kernel.modules_of(tree, name))


def find_kernel(arch, wanted, say):
    """Debian's kernel for an architecture, downloaded if necessary.

    arch: QEMU's name of the target
    wanted: its release
    """
    flavour = ARCHITECTURES[arch].flavour
    name = "%s-%s" % (wanted, flavour)
    tree = _tree(arch, wanted)
    with cache.lock("kernel-" + arch):
        if not os.path.isdir(tree):
            version = _offered(arch).get(wanted)
            if not version:
                raise Unavailable("apt's mirror has no linux-image-" + name)
            say("fetching the package linux-image-%s %s" % (name, version))
            work = tempfile.mkdtemp(prefix="kernel.", dir=cache.directory())
            try:
                unpack(arch, "linux-image-" + name, version, work)
                kernel.depmod(work)
                cache.replace(work, tree)
                cache.prune("kernel-%s-" % arch, tree, 2)
            finally:
                shutil.rmtree(work, ignore_errors=True)
    os.utime(tree)
    return _open(tree, name)


def busybox(arch, say):
    """Path of the static busybox for an architecture."""
    package = "busybox-static"
    final = os.path.join(cache.directory(), "busybox-" + arch)
    with cache.lock("busybox-" + arch):
        if not os.path.exists(final):
            version = _offers(arch, "^%s$" % package).get(package)
            if not version:
                raise Unavailable("apt's mirror has no %s for %s"
                                  % (package, arch))
            say("fetching the package %s %s for %s" % (package, version, arch))
            work = tempfile.mkdtemp(prefix="busybox.", dir=cache.directory())
            try:
                unpack(arch, package, version, work)
                os.rename(os.path.join(work, "bin", "busybox"), final)
            finally:
                shutil.rmtree(work, ignore_errors=True)
    return final
