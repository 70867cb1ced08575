# SPDX-License-Identifier: GPL-2.0-or-later
"""A distribution kernel and the closure of its modules."""

import glob
import lzma
import os
import re
import shutil
import subprocess
import tempfile

from . import arch as arches
from . import cache
from .errors import LabError

REQUIRED = ("vfio-pci", "virtio_pci", "virtio_console")
# The package that depends on the distribution's newest kernel.
PACKAGE = "linux-image-%s"


def natural(version):
    """A key to sort versions by."""
    return [int(x) if x.isdigit() else x for x in re.split(r"(\d+)", version)]


def _normal(name):
    """The one spelling of a module's name: the kernel takes - and _ alike."""
    return name.replace("-", "_")


class Kernel:
    """A kernel image and its modules.

    version: the release, as uname -r prints it
    image: path of vmlinuz
    modules: path of the modules' directory
    """

    def __init__(self, version, image, modules):
        self.version = version
        self.image = image
        self.modules = modules
        self._files = {}            # normal name -> path in modules
        self._deps = {}             # normal name -> [normal names]
        self._aliases = {}          # normal alias -> [normal names]
        self._builtin = set()
        self._read()

    def _lines(self, name):
        try:
            with open(os.path.join(self.modules, name)) as f:
                return f.read().splitlines()
        except FileNotFoundError:
            return []

    @staticmethod
    def _name(path):
        return _normal(re.sub(r"\.ko(\.\w+)?$", "", os.path.basename(path)))

    def _read(self):
        for line in self._lines("modules.dep"):
            path, _, deps = line.partition(":")
            name = self._name(path)
            self._files[name] = path
            self._deps[name] = [self._name(d) for d in deps.split()]
        for line in self._lines("modules.softdep"):
            words = line.split()
            if len(words) > 2 and words[0] == "softdep":
                self._deps.setdefault(_normal(words[1]), []).extend(
                    _normal(w) for w in words[2:]
                    if w not in ("pre:", "post:"))
        for line in self._lines("modules.alias"):
            if line.startswith("alias "):
                _, alias, name = line.split()
                self._aliases.setdefault(_normal(alias), []).append(
                    _normal(name))
        self._builtin = {self._name(line)
                         for line in self._lines("modules.builtin")}

    def has(self, name):
        """Is this a module of the kernel, or built into it?"""
        return _normal(name) in self._files or _normal(name) in self._builtin

    def closure(self, names):
        """Names of the given loadable modules and their dependencies."""
        seen = set()
        todo = [_normal(n) for n in names]
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            # soft dependencies may be aliases: "crypto-crc32c"
            todo.extend(self._deps.get(name, []) if name in self._files
                        else self._aliases.get(name, []))
        return sorted(seen & self._files.keys())

    def option(self, name):
        """A configuration option's value: "y", "m", a number; None if off.

        Also None if the kernel's configuration can't be read.
        """
        config = os.path.join(os.path.dirname(self.image),
                              "config-" + self.version)
        try:
            with open(config) as f:
                found = re.search(r"^CONFIG_%s=(\S+)" % name, f.read(), re.M)
        except OSError:
            return None
        return found and found.group(1)

    def path(self, name):
        """The file of a loadable module."""
        return os.path.join(self.modules, self._files[_normal(name)])

    def add_modules(self, cpio, names):
        """Put the closure of the modules into an archive, uncompressed."""
        base = "lib/modules/" + self.version
        dep = []
        chosen = self.closure(names)
        for name in chosen:
            target = name + ".ko"
            cpio.data("%s/%s" % (base, target), _module_data(self.path(name)))
            needs = [d + ".ko" for d in self._deps.get(name, [])
                     if d in self._files]
            dep.append("%s: %s\n" % (target, " ".join(needs)))
        cpio.data(base + "/modules.dep", "".join(dep).encode())
        # a requested module may be built in
        cpio.data(base + "/modules.builtin",
                  ("\n".join(self._lines("modules.builtin")) + "\n").encode())
        aliases = [line for line in self._lines("modules.alias")
                   if _normal(line.split()[-1]) in chosen]
        cpio.data(base + "/modules.alias",
                  ("\n".join(aliases) + "\n").encode())


def _module_data(path):
    with open(path, "rb") as f:
        data = f.read()
    if path.endswith(".xz"):
        return lzma.decompress(data)
    tools = {".zst": ["zstd", "-dc"], ".gz": ["gzip", "-dc"]}
    tool = tools.get(os.path.splitext(path)[1])
    if not tool:
        return data
    if not shutil.which(tool[0]):
        raise LabError("%s is compressed: install the package %s" %
                       (path, tool[0]))
    return subprocess.run(tool, input=data, stdout=subprocess.PIPE,
                          check=True).stdout


def modules_of(root, version):
    """The directory of a kernel's modules below root, or None."""
    for lib in ("lib", "usr/lib"):
        path = os.path.join(root, lib, "modules", version)
        if os.path.exists(os.path.join(path, "modules.dep")):
            return path
    return None


def lacks(kernel, arch):
    """What each run needs and a kernel does not have."""
    lack = [m for m in REQUIRED if not kernel.has(m)]
    if not any(kernel.has(m) for m in arch.kvm) and kernel.option("KVM") != "y":
        lack.append("KVM")
    return lack


def usable(root, wanted, why, more=lambda kernel: []):
    """The newest kernel under root that meets the lab's needs, or None.

    why: a list that gets a line for each rejected kernel
    more: returns a kernel's missing features, beyond those that each run needs
    """
    images = glob.glob(os.path.join(root, "boot/vmlinuz-*"))
    versions = {i.split("/vmlinuz-", 1)[1]: i for i in images}
    for version in sorted(versions, key=natural, reverse=True):
        if wanted and version != wanted:
            continue
        image = versions[version]
        modules = modules_of(root, version)
        if not os.access(image, os.R_OK):
            why.append("%s is not readable by you" % image)
        elif not modules:
            why.append("%s has no modules" % image)
        else:
            kernel = Kernel(version, image, modules)
            lack = lacks(kernel, arches.find(None)) + more(kernel)
            if not lack:
                return kernel
            why.append("%s lacks %s" % (version, ", ".join(lack)))
    return None


def _apt(args, cwd):
    run = subprocess.run(args, cwd=cwd, capture_output=True, text=True,
                         env=dict(os.environ, LC_ALL="C"))
    if run.returncode:
        raise LabError("no usable kernel is installed, and `%s` failed: %s"
                       % (" ".join(args), run.stderr.strip() or "no reason"))
    return run.stdout


def _download(say, why):
    """Unpack the distribution's kernel package in the cache, without root."""
    with cache.lock("kernel"):
        root = os.path.join(cache.directory(), "kernel")
        kernel = usable(root, None, [])
        if kernel:
            return kernel
        for tool in ("apt-cache", "apt-get", "dpkg-deb"):
            if not shutil.which(tool):
                raise LabError("no usable kernel in /boot (%s); install one "
                               "with vfio-pci and KVM" % why)
        package = PACKAGE % arches.find(None).debian
        say("fetching the package %s" % package)
        depends = re.compile(r"Depends: (linux-(?:image|modules)-\d\S*)")
        work = tempfile.mkdtemp(prefix="kernel.", dir=cache.directory())
        try:
            todo, seen = [package], []
            while todo:
                name = todo.pop()
                seen.append(name)
                todo += [d for d in depends.findall(
                    _apt(["apt-cache", "depends", name], work))
                         if d not in seen + todo]
            if len(seen) == 1:
                raise LabError("apt knows no kernel behind %s; run "
                               "`apt-get update` as root" % package)
            _apt(["apt-get", "download"] + seen[1:], work)
            tree = os.path.join(work, "root")
            for deb in glob.glob(os.path.join(work, "*.deb")):
                _apt(["dpkg-deb", "-x", deb, tree], work)
            depmod(tree)
            cache.replace(tree, root)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        return usable(root, None, [])


def depmod(root):
    """Make modules.dep, which the package's installation script would do."""
    for modules in glob.glob(root + "/lib/modules/*") + \
            glob.glob(root + "/usr/lib/modules/*"):
        if not os.path.isdir(root + "/lib/modules"):
            os.symlink("usr/lib", root + "/lib")
        depmod = shutil.which("depmod", path="/sbin:/usr/sbin:/bin:/usr/bin")
        if not depmod:
            raise LabError("depmod is missing: install the package kmod")
        _apt([depmod, "-b", root, os.path.basename(modules)], root)


def find(say, wanted=None):
    """The kernel for both machines: the newest suitable one installed.

    say: called with each line of progress
    wanted: a certain version, or None
    """
    why = []
    kernel = usable("/", wanted, why)
    if kernel:
        return kernel
    if wanted:
        raise LabError("kernel %s: %s" % (
            wanted, "; ".join(why) or "no such /boot/vmlinuz-" + wanted))
    kernel = _download(say, "; ".join(why) or "there is none")
    if not kernel:
        raise LabError("the distribution's kernel lacks what the lab needs")
    return kernel
