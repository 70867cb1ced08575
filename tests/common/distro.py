# SPDX-License-Identifier: GPL-2.0-or-later
"""A fresh Debian in a directory, with a clean copy of this tree in it."""

import contextlib
import fcntl
import os
import shutil
import subprocess
import time

from . import tap
from .tap import Skip

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
APT_SUITE = os.path.join(TOP, "scripts", "apt-suite")
TREE = "/root/vfio-trace"

# As old as a cached system may be: what is installed in it comes from the
# mirror as it is now, and should not have to replace all of it.
MAX_AGE = 14 * 86400

ENVIRONMENT = {"HOME": "/root", "LC_ALL": "C.UTF-8", "TERM": "dumb",
               "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}

# What a system has beside its files; gone with the namespace.
MOUNTS = """
set -e
mount -t proc proc "$0/proc"
mount --rbind /sys "$0/sys"
mount --rbind /dev "$0/dev"
mount -t tmpfs tmpfs "$0/dev/shm"
mount -t tmpfs tmpfs "$0/run"
exec chroot "$0" "$@"
"""


def _output(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


def _shown(command, **options):
    """Run a command; its output goes on as TAP comments."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, text=True,
                          errors="replace", stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, **options) as process:
        for line in process.stdout:
            print(f"# {line.rstrip()}", flush=True)
    return process.returncode


def _cache():
    directory = os.path.join(os.environ["VFIO_TRACE_CACHE"], "distro")
    os.makedirs(directory, exist_ok=True)
    return directory


def _mirror(suite):
    """Where this machine's apt would have it from"""
    return _output(APT_SUITE, "mirror", suite)


def _base(suite):
    """A minimal system as debootstrap makes it, in the cache."""
    final = os.path.join(_cache(), suite)
    with open(final + ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.isdir(final) and \
                time.time() - os.path.getmtime(final) < MAX_AGE:
            return final
        work = final + ".new"
        shutil.rmtree(work, ignore_errors=True)
        mirror = _mirror(suite)
        include = ["--include=ca-certificates"] if mirror.startswith("https:") \
            else []
        tap.equal(_shown(["debootstrap", "--variant=minbase", *include, suite,
                          work, mirror]), 0, "exit status of debootstrap")
        os.utime(work)
        shutil.rmtree(final, ignore_errors=True)
        os.rename(work, final)
    return final


def _sources(suite):
    """What a fresh installation's /etc/apt/sources.list has."""
    lines = [f"deb {_mirror(suite)} {suite} main",
             f"deb {_mirror(suite)} {suite}-updates main"]
    security = _mirror(suite + "-security")
    if security:
        lines.append(f"deb {security} {suite}-security main")
    return "".join(line + "\n" for line in lines)


def _network(root):
    """What is this machine's way out, and no part of a fresh system."""
    for path in ("/etc/resolv.conf", "/etc/hosts"):
        if os.path.exists(path):
            shutil.copyfile(path, root + path)
    proxies = [line for line in _output("apt-config", "dump").splitlines()
               if line.startswith("Acquire::http") and "::Proxy" in line]
    with open(f"{root}/etc/apt/apt.conf.d/80machine", "w",
              encoding="utf-8") as f:
        f.write("".join(line + "\n" for line in proxies))


def _copy_tree(root):
    """The files of this tree that git knows, or would add."""
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
            pack.stdin.write(there)
            pack.stdin.close()
            tap.equal(unpack.wait(), 0, "exit status of tar")


class System:
    """A fresh system of a suite, which goes away afterwards; a context manager."""

    def __init__(self, suite):
        if os.geteuid():
            raise Skip("only root can make a system to start from")
        for program in ("debootstrap", "git", "unshare"):
            if not shutil.which(program):
                raise Skip(f"there is no {program}")
        self.root = os.path.join(os.environ["VFIO_TRACE_TEST_DIR"], "root")
        subprocess.run(["cp", "-a", "--reflink=auto", _base(suite), self.root],
                       check=True)
        with open(self.root + "/etc/apt/sources.list", "w",
                  encoding="utf-8") as f:
            f.write(_sources(suite))
        _network(self.root)
        _copy_tree(self.root)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        shutil.rmtree(self.root, ignore_errors=True)

    def run(self, command):
        """Run a shell command in the tree; it must succeed. Return: seconds"""
        print(f"# $ {command}", flush=True)
        start = time.monotonic()
        status = _shown(["unshare", "--mount", "--pid", "--fork", "--kill-child",
                         "sh", "-c", MOUNTS, self.root, "bash", "-c",
                         f"cd {TREE} && {command}"], env=ENVIRONMENT)
        seconds = time.monotonic() - start
        print(f"# {seconds:.0f} s", flush=True)
        tap.equal(status, 0, f"exit status of {command}")
        return seconds

    def path(self, name):
        """A file of the tree's, seen from here"""
        return os.path.join(self.root + TREE, name)


def full():
    """Is there time for all of it?"""
    return tap.rounds(False, True)


@contextlib.contextmanager
def fresh(suite):
    """A fresh system with what the README says is needed before anything."""
    with System(suite) as system:
        system.run("apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get "
                   "-q -o Dpkg::Use-Pty=0 install -y --no-install-recommends "
                   "git make")
        yield system


def sets_up(suite):
    """configure alone does on a fresh system all that is needed; with more time,
    the demo from nothing, the tools and the unit tests as well."""
    with fresh(suite) as system:
        if full():
            system.run("make demo")
            system.run("make check CHECK_ARGS='--level unit'")
        else:
            system.run("./configure --install-deps --lean")
        for name in ("build/config.mk", "build/vfio-trace/build.ninja",
                     "build/qemu-10.0/build.ninja"):
            tap.equal(os.path.exists(system.path(name)), True, f"{name} is there")
        # nothing is missing that a demo or a test would want
        system.run("./configure --lean --offline 2>&1 | tee /tmp/again && "
                   "! grep -i missing /tmp/again")
