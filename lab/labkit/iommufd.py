# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel for L1 that has iommufd: installed, in the cache, or built.

Debian's kernels, up to 7.3 at least, have CONFIG_IOMMUFD switched off. So a
small kernel is built from Debian's source, once, with the options in
lab/l1-kernel.config. scripts/apt-suite gets the source without changing the
machine's configuration; nothing is installed.
"""

import glob
import os
import re
import shutil
import subprocess
import tempfile
import time

from . import cache, kernel, packages
from .errors import LabError

HERE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
CONFIG = os.path.join(HERE, "l1-kernel.config")

# Kernel options that an iommufd guest needs: /dev/iommu, /dev/vfio/devices/*.
OPTIONS = ("IOMMUFD", "VFIO_DEVICE_CDEV")
# Older kernels have no IOMMU_IOAS_CHANGE_PROCESS, without which QEMU 10.2
# crashes, with plain vfio-pci as well.
OLDEST = "6.14"

# Suites with newer sources; the newest version of all is tried first, and the
# next one if its file is missing, which happens on mirrors, or if it does not
# build here. CONFIG holds from OLDEST_SOURCE on.
SUITES = ("trixie-backports", "forky", "sid")
PACKAGES = r"^linux-source-[0-9.]+$"
OLDEST_SOURCE = "6.17"
ATTEMPTS = 3

# program: its Debian package
TOOLS = {"make": "make", "gcc": "gcc", "flex": "flex", "bison": "bison",
         "bc": "bc", "tar": "tar", "xz": "xz-utils", "dpkg-deb": "dpkg",
         "/usr/include/gelf.h": "libelf-dev", "/sbin/depmod": "kmod"}

SIGN_OF_LIFE = 20                   # seconds


def lacks(candidate):
    """The options that a kernel lacks; all if its configuration is unknown."""
    lack = ["CONFIG_" + o for o in OPTIONS
            if candidate.option(o) not in ("y", "m")]
    if kernel.natural(candidate.version) < kernel.natural(OLDEST):
        lack.append("features of Linux " + OLDEST)
    return lack


def _offers(say):
    """[version, suite, package] of the available sources, newest first."""
    found = []
    for suite in SUITES:
        listing, said = packages.apt_suite("binaries", suite, PACKAGES)
        if listing is None:
            say(said or "%s has no packages" % suite)
            continue
        found += [line.split() for line in listing.splitlines()]
    found = [o for o in found
             if kernel.natural(o[0]) >= kernel.natural(OLDEST_SOURCE)]
    return sorted(found, key=lambda offer: kernel.natural(offer[0]),
                  reverse=True)


def _step(args, log, what):
    """Run one step of a build; its output goes to the log."""
    log.flush()
    if subprocess.run(args, stdout=log, stderr=log).returncode:
        raise LabError("%s failed" % what, log.name)


def _make(source, log, *args):
    # do not use the jobserver of `make check`
    env = {k: v for k, v in os.environ.items()
           if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "ARCH",
                        "CROSS_COMPILE", "KCONFIG_ALLCONFIG")}
    env["LC_ALL"] = "C"
    return subprocess.Popen(["make", "-C", source, "LOCALVERSION=", *args],
                            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                            env=env)


def _configure(source, log):
    if _make(source, log, "KCONFIG_ALLCONFIG=" + CONFIG, "allnoconfig").wait():
        raise LabError("the kernel can't be configured", log.name)
    with open(CONFIG) as f:
        wanted = {line.strip() for line in f if line.startswith("CONFIG_")}
    with open(os.path.join(source, ".config")) as f:
        lack = wanted - {line.strip() for line in f}
    if lack:
        raise LabError("the kernel does not take %s of %s" %
                       (", ".join(sorted(lack)), CONFIG), log.name)


def _compile(source, log, say, jobs):
    run = _make(source, log, "-j%d" % jobs, "bzImage", "modules")
    told = time.monotonic()
    try:
        while run.poll() is None:
            time.sleep(0.2)
            if time.monotonic() - told > SIGN_OF_LIFE:
                told = time.monotonic()
                with open(log.name, errors="replace") as f:
                    done = len(re.findall(r"^  CC ", f.read(), re.M))
                say("compiling the kernel: %d files" % done)
    finally:
        if run.poll() is None:
            run.terminate()
            run.wait()
    if run.returncode:
        raise LabError("the kernel can't be compiled", log.name)


def _build(package_dir, work, log, say, jobs):
    """Unpack and build the source package; Return: the tree with the kernel"""
    deb, = glob.glob(os.path.join(package_dir, "*.deb"))
    _step(["dpkg-deb", "-x", deb, work], log, "dpkg-deb")
    os.unlink(deb)
    tarball, = glob.glob(os.path.join(work, "usr/src/linux-source-*.tar.xz"))
    _step(["tar", "-xf", tarball, "-C", work], log, "tar")
    os.unlink(tarball)
    source, = glob.glob(os.path.join(work, "linux-source-*"))
    _configure(source, log)
    _compile(source, log, say, jobs)
    tree = os.path.join(work, "tree")
    if _make(source, log, "INSTALL_MOD_PATH=" + tree, "INSTALL_MOD_STRIP=1",
             "DEPMOD=/sbin/depmod", "modules_install").wait():
        raise LabError("the kernel's modules can't be installed", log.name)
    with open(os.path.join(source, "include/config/kernel.release")) as f:
        version = f.read().strip()
    boot = os.path.join(tree, "boot")
    os.mkdir(boot)
    shutil.copy(os.path.join(source, "arch/x86/boot/bzImage"),
                os.path.join(boot, "vmlinuz-" + version))
    shutil.copy(os.path.join(source, ".config"),
                os.path.join(boot, "config-" + version))
    return tree


def _check_tools():
    missing = [p for t, p in TOOLS.items()
               if not (os.path.exists(t) if t[0] == "/" else shutil.which(t))]
    if missing:
        raise LabError("no kernel with iommufd is installed; to build one, "
                       "install the packages " + " ".join(missing))


def _built(final, say, jobs):
    """The newest kernel that can be downloaded and built."""
    _check_tools()
    reason = LabError("apt's mirror has no source for one in %s"
                      % ", ".join(SUITES))
    for version, suite, package in _offers(say)[:ATTEMPTS]:
        work = tempfile.mkdtemp(prefix="kernel.", dir=cache.directory())
        try:
            say("building L1's kernel from %s %s (%s): minutes, once" %
                (package, version, suite))
            done, said = packages.apt_suite("download", suite, package,
                                            version, work)
            if done is None:
                raise LabError(said)
            with open(os.path.join(cache.directory(), "iommufd-build.log"),
                      "w") as log:
                tree = _build(work, os.path.join(work, "build"), log, say,
                              jobs)
            cache.replace(tree, final)
            cache.prune("kernel-iommufd-", final, 1)
            return kernel.usable(final, None, [], lacks)
        except LabError as e:
            say(str(e))
            reason = e
        finally:
            shutil.rmtree(work, ignore_errors=True)
    raise LabError("no kernel with iommufd is installed, and none can be "
                   "built: %s" % reason, reason.log)


def find(say, jobs=None):
    """A kernel with iommufd; raises LabError if there is none.

    jobs: number of parallel compilers for a build (default: one per processor)
    """
    found = kernel.usable("/", None, [], lacks)
    if found:
        return found
    with open(CONFIG) as f:
        final = os.path.join(cache.directory(), "kernel-iommufd-" +
                             cache.key([], f.read()))
    found = kernel.usable(final, None, [], lacks)
    if found:
        return found
    say("no kernel with iommufd is here: building one, or waiting for the lab "
        "that does")
    with cache.lock("kernel-iommufd"):
        return kernel.usable(final, None, [], lacks) or \
            _built(final, say, jobs or os.cpu_count() or 1)


def check(candidate):
    """A kernel that the user chose, for a run with --iommufd."""
    lack = lacks(candidate)
    if lack:
        raise LabError("--iommufd: L1's kernel %s lacks %s"
                       % (candidate.version, ", ".join(lack)))
