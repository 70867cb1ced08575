# SPDX-License-Identifier: GPL-2.0-or-later
"""A fresh Debian in a directory, with a clean copy of this tree in it."""

import contextlib
import fcntl
import os
import platform
import re
import shutil
import subprocess
import tempfile
import time

from . import tap
from .tap import Skip

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
APT_SUITE = os.path.join(TOP, "scripts", "apt-suite")
TREE = "/root/vfio-trace"

# Maximum age of a cached system: its packages are updated from the mirror, and
# should not all have to be replaced.
MAX_AGE = 14 * 86400

APT = "DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0 -y"

ENVIRONMENT = {"HOME": "/root", "LC_ALL": "C.UTF-8", "TERM": "dumb",
               "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}

# Mounts end with the namespace, and it does not keep others' mounts busy.
ALONE = ("unshare", "--mount", "--propagation", "slave", "--pid", "--fork",
         "--kill-child")
# Mounts of a fresh system. It sees this machine's devices, which the lab and the
# tests of disks use, but can't change their settings.
MOUNTS = """
set -e
mount -t proc proc "$0/proc"
mount --bind /sys "$0/sys"
mount -o remount,bind,ro "$0/sys"
mount --rbind /dev "$0/dev"
mount -t tmpfs tmpfs "$0/dev/shm"
mount -t tmpfs tmpfs "$0/run"
exec chroot "$0" "$@"
"""


def _output(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


def _shown(command, **options):
    """Run a command; print its output as TAP comments."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, text=True,
                          errors="replace", stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, **options) as process:
        for line in process.stdout:
            print(f"# {line.rstrip()}", flush=True)
    return process.returncode


def _cache():
    directory = os.path.join(
        os.environ.get("VFIO_TRACE_CACHE") or
        os.path.expanduser("~/.cache/vfio-trace"), "distro")
    os.makedirs(directory, exist_ok=True)
    return directory


def _mirror(suite):
    """The mirror that this machine's apt uses for a suite"""
    return _output(APT_SUITE, "mirror", suite)


def _check_mirror(mirror, suite):
    """Skip if the mirror can't be reached"""
    with tempfile.TemporaryDirectory() as where:
        got = subprocess.run(
            ["/usr/lib/apt/apt-helper", "-o", "APT::Sandbox::User=root",
             "-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=20",
             "download-file", f"{mirror}/dists/{suite}/Release",
             os.path.join(where, "Release")], text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if got.returncode:
        raise Skip(f"apt's mirror of {suite} can't be reached: "
                   f"{' / '.join(got.stdout.split(chr(10))[-3:]).strip()}")


def _base(suite):
    """A minimal system as debootstrap makes it, in the cache."""
    final = os.path.join(_cache(), suite)
    if os.path.isdir(final) and time.time() - os.path.getmtime(final) < MAX_AGE:
        return final
    work = tempfile.mkdtemp(prefix=suite + ".", dir=_cache())
    try:
        mirror = _mirror(suite)
        include = ["--include=ca-certificates"] if mirror.startswith("https:") \
            else []
        # its mounts must be invisible outside and end with it
        tap.equal(_shown([*ALONE, "debootstrap", "--variant=minbase", *include,
                          suite, work, mirror]), 0, "exit status of debootstrap")
        os.chmod(work, 0o755)
        os.utime(work)
        shutil.rmtree(final, ignore_errors=True)
        os.rename(work, final)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return final


def _copy_base(suite, root):
    """Copy the base under a lock, so that it is not replaced meanwhile."""
    with open(os.path.join(_cache(), suite + ".lock"), "w",
              encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(["cp", "-a", "--reflink=auto", _base(suite), root],
                       check=True)


def _sources(suite):
    """A fresh installation's /etc/apt/sources.list."""
    lines = [f"deb {_mirror(suite)} {suite} main",
             f"deb {_mirror(suite)} {suite}-updates main"]
    security = _mirror(suite + "-security")
    if security:
        lines.append(f"deb {security} {suite}-security main")
    return "".join(line + "\n" for line in lines)


def _network(root):
    """Copy this machine's network settings, which a fresh system lacks."""
    for path in ("/etc/resolv.conf", "/etc/hosts"):
        if os.path.exists(path):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(root + path)
            shutil.copyfile(path, root + path)
    # Check-Valid-Until: the mirror may be an old snapshot
    settings = [line for line in _output("apt-config", "dump").splitlines()
                if re.match(r"Acquire::(https?::.*Proxy|Check-Valid-Until)\b",
                            line)]
    with open(f"{root}/etc/apt/apt.conf.d/80machine", "w",
              encoding="utf-8") as f:
        f.write("".join(line + "\n" for line in settings))


def _npm(root):
    """Copy the packages of npm that this machine's cache has. A fresh system lacks
    this machine's settings of npm and its certificates; npm is not installed then.
    """
    cached = os.path.join(os.path.dirname(_cache()), "npm")
    if os.path.isdir(cached):
        shutil.copytree(cached, root + "/root/.cache/vfio-trace/npm",
                        dirs_exist_ok=True)


def _copy_tree(root):
    """Copy the files of this tree that git tracks, or would add."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others",
                             "--exclude-standard", "--deduplicate"], cwd=TOP,
                            stdout=subprocess.PIPE, check=True).stdout
    there = b"\0".join(name for name in listed.split(b"\0")
                       if name and os.path.lexists(os.path.join(
                           os.fsencode(TOP), name)))
    os.makedirs(root + TREE)
    with subprocess.Popen(["tar", "-c", "--null", "--no-recursion", "-T", "-"],
                          cwd=TOP, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as pack:
        with subprocess.Popen(["tar", "-x", "-C", root + TREE],
                              stdin=pack.stdout) as unpack:
            pack.stdout.close()
            pack.stdin.write(there)
            pack.stdin.close()
            tap.equal((unpack.wait(), pack.wait()), (0, 0),
                      "exit status of tar")


def _check(suite):
    """Skip if a fresh system can't be made."""
    if os.geteuid():
        raise Skip("only root can make a fresh system")
    for program in ("debootstrap", "git", "unshare", "apt-config"):
        if not shutil.which(program):
            raise Skip(f"there is no {program}")
    allowed = subprocess.run([*ALONE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"],
                             stderr=subprocess.PIPE, text=True, check=False)
    if allowed.returncode:
        raise Skip(f"mounts are forbidden here: {allowed.stderr.strip()}")
    mirror = _mirror(suite)
    if not mirror:
        raise Skip(f"this machine's apt knows no mirror for {suite}")
    _check_mirror(mirror, suite)


class System:
    """A temporary fresh system of a suite; a context manager.

    where: a directory for it
    tree: whether it has a copy of this tree
    """

    def __init__(self, suite, where, tree=True):
        _check(suite)
        self.suite = suite
        self.root = os.path.join(where, "root")
        self.work = TREE if tree else os.path.dirname(TREE)

    def __enter__(self):
        try:
            _copy_base(self.suite, self.root)
            with open(self.root + "/etc/apt/sources.list", "w",
                      encoding="utf-8") as f:
                f.write(_sources(self.suite))
            _network(self.root)
            # do not start the daemons of installed packages
            policy = self.root + "/usr/sbin/policy-rc.d"
            with open(policy, "w", encoding="utf-8") as f:
                f.write("#!/bin/sh\nexit 101\n")
            os.chmod(policy, 0o755)
            if self.work == TREE:
                _copy_tree(self.root)
                _npm(self.root)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exc):
        shutil.rmtree(self.root, ignore_errors=True)

    def run(self, command):
        """Run a shell command in the tree, if there is one; it must succeed.
        Return: seconds"""
        print(f"# $ {command}", flush=True)
        start = time.monotonic()
        status = _shown([*ALONE, "sh", "-c", MOUNTS, self.root, "bash", "-c",
                         f"set -o pipefail; cd {self.work} && {command}"],
                        env=ENVIRONMENT)
        seconds = time.monotonic() - start
        print(f"# {seconds:.0f} s", flush=True)
        tap.equal(status, 0, f"exit status of {command}")
        return seconds

    def path(self, name):
        """The path outside of a file in the tree"""
        return os.path.join(self.root + self.work, name)

    def install(self, packages, options=""):
        """Install packages, or files that are packages, with apt."""
        self.run(f"{APT} install {options} {packages}")


def full():
    """Whether this is the full, longer run."""
    return tap.rounds(False, True)


@contextlib.contextmanager
def fresh(suite, where):
    """A fresh system with the prerequisites that the README names."""
    with System(suite, where) as system:
        system.run("apt-get -q update")
        system.install("git make", "--no-install-recommends")
        yield system


def this_suite():
    """The suite of the distribution that runs the tests; "" if it has none."""
    try:
        return platform.freedesktop_os_release().get("VERSION_CODENAME", "")
    except OSError:
        return ""


def sets_up(suite, where):
    """configure alone sets up a fresh system; the full run also makes the demo,
    the tools and the unit tests. Continuous integration sets up a fresh system of
    the suite that this machine has."""
    if not full() and suite == this_suite():
        raise tap.Skip("only in make check-full: this machine has this suite itself")
    with fresh(suite, where) as system:
        if full():
            system.run("make demo")
            system.run("make check CHECK_ARGS='--level unit'")
        else:
            system.run("./configure --install-deps --lean")
        for name in ("build/config.mk", "build/vfio-trace/build.ninja",
                     "build/qemu-10.0/build.ninja"):
            tap.equal(os.path.exists(system.path(name)), True, f"{name} is there")
        # the demo and the tests have all their packages
        system.run("./configure --lean --offline 2>&1 | tee /tmp/again && "
                   "! grep -i missing /tmp/again")
