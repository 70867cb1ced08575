# SPDX-License-Identifier: GPL-2.0-or-later
"""What an image is made from. The same recipe gives the same image."""

import dataclasses
import os
import subprocess
import uuid

from ..common import cache, command, places
from . import bzimage

# Programs that decide about the bytes of the image, and how they say which they are.
TOOLS = (("mmdebstrap", "--version"), ("mke2fs", "-V"), ("sfdisk", "--version"),
         ("mkfs.vfat", "--help"), ("mcopy", "-V"), ("qemu-img", "--version"))
# Source of UUIDs that are made from keys.
NAMESPACE = uuid.UUID("7d0fb9ad-4b44-4f4e-8b5c-64b2ef3b1f53")


@dataclasses.dataclass
class Recipe:
    """A guest, as the command line describes it.

    suite, components: of Debian
    kernel: a package, or the path of a package's file or of a bzImage
    packages: in addition
    modules: names of modules to be loaded at boot
    module_files: modules to be added to the kernel's
    module_tree: the directory of a bzImage's modules (.../lib/modules/VERSION)
    hold: modules that are not loaded by themselves
    user: a user who may do all, or None: only root
    ssh_keys: lines for authorized_keys
    size: of the disk, in bytes
    indexes: packages.Indexes
    """

    suite: str
    components: str
    kernel: str
    packages: list
    modules: list
    module_files: list
    module_tree: str
    hold: list
    desktop: bool
    user: str
    ssh_keys: list
    size: int
    indexes: object = None
    _key: str = None

    @property
    def kernel_file(self):
        """Path of the kernel, or None if it is a package of the suite."""
        return self.kernel if "/" in self.kernel or \
            os.path.isfile(self.kernel) else None

    def base_key(self):
        """Key of the base system: it has the suite's packages, no settings."""
        return cache.digest(
            self.suite, self.components,
            "" if self.kernel_file else self.kernel, self.indexes.digest,
            _contents(("linux", "base.py"), ("linux", "packages.py")),
            _versions(TOOLS[:1]))[:20]

    def key(self):
        """Key of the image."""
        self._key = self._key or self._make_key()
        return self._key

    def _make_key(self):
        # lists as lists: a word that changes from one to the next is a change
        return cache.digest(
            self.base_key(), self._kernel_key(), self.packages, self.modules,
            self.hold, self.desktop, self.user, self.ssh_keys, self.size,
            [[os.path.basename(f), cache.file_digest(f)]
             for f in self.module_files],
            [[os.path.relpath(f, self.module_tree), cache.file_digest(f)]
             for f in _tree(self.module_tree)],
            _contents(), _versions(TOOLS), _helper())[:40]

    def _kernel_key(self):
        """The kernel: a file counts by its contents, wherever it is."""
        path = self.kernel_file
        if not path:
            return self.kernel
        if path.endswith(".deb"):
            return [True, cache.file_digest(path)]
        config = bzimage.config(path)
        return [False, cache.file_digest(path),
                cache.file_digest(config) if config else "none"]

    def uuid(self, purpose):
        """A UUID that differs for each recipe and purpose."""
        return str(uuid.uuid5(NAMESPACE, f"{self.key()} {purpose}"))


def _tree(directory):
    found = []
    for where, _, names in os.walk(directory or ""):
        found += [os.path.join(where, name) for name in names]
    return sorted(f for f in found if os.path.isfile(f))


def _contents(*names):
    """Hash of this package's own files, all unless named."""
    paths = [os.path.join(places.GUEST_IMAGES, "imagekit", *n) for n in names]
    if not names:
        paths = _tree(os.path.dirname(os.path.abspath(__file__))) + \
            _tree(places.guest_file("linux"))
    return cache.digest(*(f"{os.path.relpath(p, places.GUEST_IMAGES)} "
                          f"{bool(os.stat(p).st_mode & 0o100)} "
                          f"{cache.file_digest(p)}" for p in paths
                          if "__pycache__" not in p))


def _versions(tools):
    """What the programs say about their versions."""
    said = []
    # in another locale they say it differently, or complain of the locale
    env = dict(os.environ, LC_ALL="C.UTF-8")
    for name, option in tools:
        path = command.find(name, name)
        done = subprocess.run([path, option], stdin=subprocess.DEVNULL, env=env,
                              stdout=subprocess.PIPE, check=False,
                              stderr=subprocess.STDOUT, text=True)
        said.append(done.stdout.splitlines()[0] if done.stdout else name)
    return cache.digest(*said)


def _helper():
    helper = places.marker_helper()
    return cache.file_digest(helper) if helper else "none"
