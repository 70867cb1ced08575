# SPDX-License-Identifier: GPL-2.0-or-later
"""Linux guests of any architecture, under TCG: Debian's kernel, its modules,
busybox, and a script.

A guest has one vCPU, unless the test wants more, and no devices but the
console and the test's.
"""

import io
import os
import re
import subprocess
import sys
from collections import namedtuple

from . import qemu, tap
from .tap import Skip

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "lab"))
# pylint: disable=wrong-import-position,import-error
from labkit import cache, image, packages                        # noqa: E402
from labkit.cpio import Cpio                                     # noqa: E402

INIT = os.path.join(TOP, "tests", "qemu", "guest", "arch-init")
LIMIT = 300                         # seconds for a guest from its start to its end

# machine: -machine, without the capabilities that TCG lacks and only warns of
# cpu: -cpu; the kernels' least, since features cost time
# console: the kernel's name of the first serial port
Target = namedtuple("Target", "machine cpu console")
TARGETS = {
    "x86_64": Target("q35", "qemu64", "ttyS0"),
    "aarch64": Target("virt,gic-version=3", "cortex-a57", "ttyAMA0"),
    "ppc64": Target("pseries,x-vof=on,cap-cfpc=broken,cap-sbbc=broken,"
                    "cap-ibs=broken,cap-ccf-assist=off,"
                    "cap-fwnmi=off", "power9", "hvc0"),
    "s390x": Target("s390-ccw-virtio", "qemu", "ttysclp0"),
}

# Time is counted in instructions: what a driver does does not depend on how busy
# this machine is, and sleeping takes no time. (Only with one vCPU.)
ONE_VCPU = ["-icount", "shift=3,sleep=off"]

# panic=-1: a guest that has crashed ends QEMU. Neither IPv6's packets nor
# random delays: a driver does the same each time.
CMDLINE = ("panic=-1 oops=panic mitigations=off init_on_alloc=0 "
           "ipv6.disable=1 quiet loglevel=4")


def _say(text):
    print(f"# {text}", flush=True)


def _need(function, *args):
    """What a function of the lab returns; skips what apt's mirror has not."""
    try:
        return function(*args, _say)
    except packages.Unavailable as e:
        raise Skip(str(e)) from e


def kernels(arches):
    """{architecture: Kernel}, all of one release of Debian 12's."""
    try:
        release = packages.release(arches)
    except packages.Unavailable as e:
        raise Skip(str(e)) from e
    return {arch: _need(packages.find_kernel, arch, release)
            for arch in arches}


def _image(arch, kernel):
    """The kernel file that boots fastest."""
    return image.boot_kernel(kernel, _say) if arch == "x86_64" else \
        kernel.image


def _base(arch, kernel, modules):
    """Path of the archive of busybox and the modules; made if necessary."""
    busybox = _need(packages.busybox, arch)
    key = cache.key([busybox, kernel.modules, __file__], *modules)
    path = os.path.join(cache.directory(), f"guest-{arch}-{key}.cpio")
    with cache.lock(f"guest-{arch}"):
        if not os.path.exists(path):
            with open(path + ".new", "wb") as f:
                cpio = Cpio(f)
                cpio.file("bin/busybox", busybox, 0o755)
                kernel.add_modules(cpio, modules)
                cpio.close()
            os.rename(path + ".new", path)
            cache.prune(f"guest-{arch}-", path, 2)
    return path


def initramfs(arch, kernel, modules, script, files=()):
    """The guest's initramfs, as bytes.

    files: paths of programs, which the guest has in /bin
    """
    out = io.BytesIO()
    with open(_base(arch, kernel, modules), "rb") as f:
        out.write(f.read())
    cpio = Cpio(out)
    cpio.file("init", INIT, 0o755)
    cpio.data("job", script.encode())
    for path in files:
        cpio.file("bin/" + os.path.basename(path), path, 0o755)
    cpio.close()
    return out.getvalue()


class Guest:
    """A guest that runs a script and powers off.

    arch: QEMU's name of the target
    kernel: one of kernels()
    modules: which modules the script can load
    args: further arguments for QEMU
    """

    def __init__(self, scratch, arch, kernel, modules, script, args=(),
                 files=(), smp=1, append=""):
        self.arch = arch
        self.scratch = os.path.join(scratch, arch)
        os.makedirs(self.scratch, exist_ok=True)
        self.console = os.path.join(self.scratch, "console")
        open(self.console, "wb").close()
        target = TARGETS[arch]
        initrd = os.path.join(self.scratch, "initrd")
        with open(initrd, "wb") as f:
            f.write(initramfs(arch, kernel, modules, script, files))
        self.command = [
            tap.qemu_binary(arch), "-nodefaults", "-no-user-config",
            "-display", "none", "-no-reboot", "-L", "/usr/share/seabios", "-L", "/usr/share/qemu",
            "-machine", target.machine, "-accel", "tcg", "-cpu", target.cpu,
            "-smp", str(smp), "-m", "512", *(ONE_VCPU if smp == 1 else []),
            "-kernel", _image(arch, kernel), "-initrd", initrd,
            "-append", f"console={target.console} {CMDLINE} {append}",
            "-chardev", f"file,id=console,path={self.console}",
            "-serial", "chardev:console", *args]

    def text(self):
        """What the guest has said on its console."""
        with open(self.console, encoding="utf-8", errors="replace") as f:
            return f.read().replace("\r", "")

    def run(self, limit=LIMIT):
        """Run it to its end; an error unless its script has succeeded."""
        stderr = os.path.join(self.scratch, "stderr")
        with open(stderr, "w", encoding="utf-8") as err, \
                subprocess.Popen(self.command, stdin=subprocess.DEVNULL,
                                 stdout=err, stderr=err) as process:
            qemu.owns(process.pid)
            try:
                status = process.wait(tap.patience(limit))
            except subprocess.TimeoutExpired:
                process.kill()
                status = "nothing: it was ended"
        found = re.search(r"^guest: exit (\d+)$", self.text(), re.M)
        if status or not found or found[1] != "0":
            with open(stderr, encoding="utf-8") as f:
                said = f.read()
            raise AssertionError(
                f"the {self.arch} guest failed; QEMU's exit status is {status}"
                f":\n{said}\n{ascii(self.text()[-3000:])}")
        return self.text()


def check_log(path):
    """A log is complete and sound."""
    done = subprocess.run([tap.tool_binary(), "check", "--complete", path],
                          capture_output=True, text=True, check=False)
    tap.equal(done.returncode, 0, f"check: {done.stdout}{done.stderr}")
