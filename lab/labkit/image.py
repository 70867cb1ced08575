# SPDX-License-Identifier: GPL-2.0-or-later
"""The two initramfs images, made from installed files, without root.

L1's base is large (QEMU, its libraries, the kernel) and is cached. The files
that change from run to run (scripts, the guest's initramfs with the driver's
modules) are a second archive, appended to it.
"""

import contextlib
import io
import os
import shlex
import shutil
import subprocess
import tempfile

from . import boots, cache, elf, machine, packages, vmlinux
from .cpio import Cpio
from .errors import LabError

HERE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
FORMAT = "1"                        # change it when the base's layout changes

L1_MODULES = ["virtio_pci", "virtio_console", "vfio-pci", "vfio_iommu_type1",
              "iommufd", "kvm-amd", "kvm-intel"]
L1_DISK_MODULES = ["virtio_blk"]
L2_MODULES = ["virtio_pci", "virtio_console"]

# C programs of guest-tools/ and the machines that get them.
L1_TOOLS = ("qmp", "mmio")
L2_TOOLS = ("labrpc", "drain", "mmio")


def busybox(arch=None, say=None):
    """The static busybox that is the user space of both machines."""
    if arch and not arch.native:
        return packages.busybox(arch.name, say)
    for path in ("/usr/bin/busybox", "/bin/busybox"):
        if os.path.exists(path) and not elf.libraries(path):
            return path
    raise LabError("no static busybox: install the package busybox-static")


def _applets(path):
    """busybox's names, from its own table: it may not run here."""
    with open(path, "rb") as f:
        _, begin, rest = f.read().partition(b"\0[\0[[\0")
    if not begin:
        raise LabError("%s has no table of its names" % path)
    return ["[", "[["] + rest.split(b"\0\0")[0].decode("ascii").split("\0")


def add_busybox(cpio, path):
    """busybox under all its names."""
    names = _applets(path)
    cpio.file("bin/busybox", path)
    for name in names:
        if name != "busybox":
            cpio.symlink("bin/" + name, "busybox")


def _tool_source(name):
    return os.path.join(HERE, "guest-tools", name + ".c")


def _compiler(arch, files):
    """The command of the compiler of the guests' programs."""
    if arch and not arch.native:
        command, package = files.compiler, "gcc-" + arch.triplet
    else:
        command = (os.environ.get("CC") or "gcc").split()
        package = "gcc and libc6-dev"
    if not shutil.which(command[0]):
        raise LabError("no C compiler for the guests' programs: install %s" %
                       package)
    return command


def tools(say, arch=None, files=elf.Native):
    """Directory with the static guest programs, compiled if necessary."""
    sources = [_tool_source(n) for n in sorted(set(L1_TOOLS + L2_TOOLS))]
    prefix = "tools-" if not arch or arch.native else \
        "tools-%s-" % arch.name
    final = os.path.join(cache.directory(),
                         prefix + cache.key(sources, FORMAT))
    if os.path.isdir(final):
        os.utime(final)
        return final
    with cache.lock("tools"):
        if os.path.isdir(final):
            return final
        compiler = _compiler(arch, files)
        say("compiling the guests' programs")
        work = tempfile.mkdtemp(prefix="tools.", dir=cache.directory())
        try:
            for source in sources:
                out = os.path.join(work, os.path.basename(source)[:-2])
                run = subprocess.run(
                    compiler + ["-static", "-O2", "-s", "-Wall",
                                        "-Wextra", "-o", out, source],
                    capture_output=True, text=True)
                if run.returncode:
                    raise LabError("can't compile %s: %s" %
                                   (source, run.stderr.strip()))
            cache.replace(work, final)
            cache.prune(prefix, final)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return final


def firmware(dirs, arch):
    """Paths of the firmware files that L2 needs, in the table's order."""
    found = []
    for name in arch.firmware:
        paths = [os.path.join(d, name) for d in dirs]
        path = next((p for p in paths if os.path.exists(p)), None)
        if not path:
            raise LabError("no %s in %s: install the packages seabios and "
                           "qemu-system-data" % (name, ", ".join(dirs)))
        found.append(path)
    return found


def boot_kernel(kernel, say):
    """The kernel file that boots fastest."""
    final = os.path.join(cache.directory(), "vmlinux-" +
                         cache.key([kernel.image], FORMAT))
    if not os.path.exists(final):
        with cache.lock("vmlinux"):
            if not os.path.exists(final):
                say("unpacking the kernel " + kernel.version)
                data = vmlinux.extract(kernel.image)
                with _finished(final) as f:
                    f.write(data or b"")
                # more kernels than L1 and L2 have: guests of other architectures
                cache.prune("vmlinux-", final, 12)
    # empty: this kernel must be started as it is
    return final if os.path.getsize(final) else kernel.image


def base(plan, say):
    """Path of L1's base archive; built unless it is in the cache."""
    files = plan.files
    tool_dir = tools(say, plan.arch, files)
    kernel = boot_kernel(plan.kernel, say)
    box = busybox(plan.arch, say)
    roms = firmware(plan.firmware_dirs, plan.arch)
    programs = {"bin/qemu": plan.inner_qemu}
    if plan.trace_tool:
        programs["bin/vfio-trace"] = plan.trace_tool
    libs = sorted(set(sum((files.libraries(p) for p in programs.values()), [])))
    key = cache.key(list(programs.values()) +
                    [files.source(lib) for lib in libs] + roms +
                    [box, kernel], FORMAT, tool_dir,
                    *list(programs) + libs)
    final = os.path.join(cache.directory(), "l1-%s.cpio" % key)
    if os.path.exists(final):
        os.utime(final)
        return final
    with cache.lock("l1-image"):
        if os.path.exists(final):
            return final
        say("building L1's image")
        with _finished(final) as f:
            cpio = Cpio(f)
            add_busybox(cpio, box)
            with tempfile.TemporaryDirectory(dir=cache.directory()) as tmp:
                for name, path in programs.items():
                    stripped = os.path.join(tmp, "stripped")
                    elf.strip(path, stripped, files)
                    cpio.file(name, stripped, 0o755)
            _add_libraries(cpio, libs, files)
            for name in L1_TOOLS:
                cpio.file("bin/" + name, os.path.join(tool_dir, name), 0o755)
            for rom in roms:
                cpio.file("usr/share/qemu/" + os.path.basename(rom), rom)
            cpio.file("boot/vmlinuz", kernel)
            cpio.close()
        cache.prune("l1-", final)
    return final


@contextlib.contextmanager
def _finished(path):
    """A file that appears under its name only when it is complete."""
    f = tempfile.NamedTemporaryFile(dir=os.path.dirname(path), delete=False)
    try:
        with f:
            yield f
        os.chmod(f.name, 0o644)
        os.rename(f.name, path)
    except BaseException:
        os.unlink(f.name)
        raise


def _add_scripts(cpio, init, bin_dir):
    cpio.file("init", os.path.join(HERE, init), 0o755)
    directory = os.path.join(HERE, bin_dir)
    for name in sorted(os.listdir(directory)):
        cpio.file("bin/" + name, os.path.join(directory, name), 0o755)


def _variables(values):
    """A file of shell variables."""
    return "".join("%s=%s\n" % (k, shlex.quote(str(v)))
                   for k, v in values.items()).encode()


def guest(plan, say):
    """L2's initramfs, as bytes."""
    out = io.BytesIO()
    cpio = Cpio(out)
    add_busybox(cpio, busybox(plan.arch, say))
    _add_scripts(cpio, "l2-init", "l2-bin")
    tool_dir = tools(say, plan.arch, plan.files)
    for name in L2_TOOLS:
        cpio.file("bin/" + name, os.path.join(tool_dir, name), 0o755)
    drivers = [d.split()[0] for d in plan.drivers]
    for name in drivers + plan.guest_modules:
        if not plan.kernel.has(name):
            raise LabError("the kernel %s has no module %s" %
                           (plan.kernel.version, name))
    plan.kernel.add_modules(cpio, L2_MODULES + drivers + plan.guest_modules)
    cpio.data("lab/job", _variables({
        "ORACLE": int(plan.oracle),
        "TARGETS": len(plan.targets),
        "ROOT_PORT_SLOT": machine.ROOT_PORT_SLOT,
        "HOST_SCRIPT": int(bool(plan.host_script)),
    }))
    cpio.data("lab/drivers", "".join(d + "\n" for d in plan.drivers).encode())
    if plan.script:
        cpio.file("lab/script", plan.script)
    for path in plan.extra:
        cpio.file("extra/" + os.path.basename(path), path)
    cpio.close()
    return out.getvalue()


def _add_libraries(cpio, libs, files):
    for lib in sorted(libs):
        cpio.file(lib, files.source(lib), 0o755)


def _add_programs(cpio, programs):
    """Programs of this machine with their shared libraries.

    programs: names under which L1 gets them, to paths
    """
    libs = set()
    for name, path in programs.items():
        # busybox's shell prefers its own program of that name: call /bin/NAME
        cpio.file("bin/" + name, path, 0o755)
        libs.update(elf.libraries(path))
    _add_libraries(cpio, libs, elf.Native)


def _add_tree(cpio, root, files):
    """A directory's files in their places, with the libraries they need."""
    libs = set()
    for directory, _, names in os.walk(root):
        for name in sorted(names):
            path = os.path.join(directory, name)
            cpio.file(os.path.relpath(path, root), path)
            with open(path, "rb") as f:
                if f.read(4) == b"\x7fELF":
                    libs.update(files.libraries(path))
    _add_libraries(cpio, libs, files)


def _add_boots(cpio, plan):
    """The guests that are firmware alone: see l1-bin/boots.sh."""
    for n, boot in enumerate(plan.boots):
        kind, value = boot.until
        cpio.data("lab/boots/%d/job" % n, _variables({
            "BOOT_NAME": boot.name,
            "BOOT_DIR": boot.directory,
            "BOOT_CONSOLE": boot.console,
            "BOOT_UNTIL": kind,
            "BOOT_VALUE": value,
            "BOOT_EXPECT": boot.expect,
            "BOOT_LIMIT": boot.limit or plan.guest_limit,
            "BOOT_POST": boots.FIRST_POST + n,
        }))
        cpio.data("lab/boots/%d/command" % n,
                  (shlex.join(machine.firmware(plan, boot)) + "\n").encode())


def run_archive(plan, say):
    """The archive that one run adds to L1's base, as bytes."""
    out = io.BytesIO()
    cpio = Cpio(out)
    _add_scripts(cpio, "l1-init", "l1-bin")
    for name in plan.host_modules:
        if not plan.host_kernel.has(name):
            raise LabError("the kernel %s has no module %s" %
                           (plan.host_kernel.version, name))
    plan.host_kernel.add_modules(cpio, L1_MODULES + plan.host_modules +
                            (L1_DISK_MODULES if plan.disk else []))
    _add_programs(cpio, plan.host_programs)
    if plan.host_tree:
        _add_tree(cpio, plan.host_tree, plan.files)
    cpio.data("lab/job", _variables({
        "TARGETS": " ".join(t.bdf for t in plan.targets),
        "PLAIN": int(plan.plain),
        "GUEST": int(not plan.host_only and not plan.boots),
        "ORACLE": int(plan.oracle),
        "HOST_SCRIPT": int(bool(plan.host_script)),
        "DISK": "/dev/vda" if plan.disk else "",
        "IOMMUFD": int(plan.iommufd),
        "LIMIT": plan.guest_limit,
        "POST": " ".join(map(str, plan.arch.post[1:])),
    }))
    if plan.host_script:
        cpio.file("lab/host-script", plan.host_script)
    for path in plan.extra:
        cpio.file("extra/" + os.path.basename(path), path)
    if plan.boots:
        _add_boots(cpio, plan)
    elif not plan.host_only and not plan.probe:
        if plan.launch:
            cpio.file("lab/qemu-command", plan.launch)
        else:
            cpio.data("lab/qemu-command",
                      (shlex.join(machine.inner(plan)) + "\n").encode())
        cpio.data("lab/l2.img", guest(plan, say))
        if plan.bzimage:
            cpio.file(machine.BZIMAGE.lstrip("/"), plan.kernel.image)
    cpio.close()
    return out.getvalue()
