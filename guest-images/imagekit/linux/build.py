# SPDX-License-Identifier: GPL-2.0-or-later
"""The steps from nothing to an image."""

import os

from ..common import cache, command, output, settings
from . import base, disk, namespace, tree

IMAGES_KEPT = 3
# The tree, its file system and the image, with the packages that everyone has.
SPACE = 4 << 30
SPACE_DESKTOP = 8 << 30

TOOLS = {"mmdebstrap": "mmdebstrap", "unshare": "util-linux",
         "setpriv": "util-linux", "zstd": "zstd",
         "apt-config": "apt", **disk.TOOLS}

COMMENT = """\
A Debian guest of {suite}, made by guest-images/linux.
vfio-trace run --vm reads this file. Paths are relative to its directory.
pc=on: the log says which instruction made each access; symbolize names it.
"""


def check():
    """Refuse before anything is done if something is missing."""
    command.need(TOOLS)
    namespace.check()


def _values(recipe, image):
    """The guest's settings for vfio-trace run."""
    return {"os": "linux", "disk": [os.path.basename(image)],
            "memory": "4G" if recipe.desktop else "2G", "net": "user",
            "display": "vnc" if recipe.desktop else "none",
            "log-opts": "pc=on"}


def _make(recipe, final, say):
    """Make the image in the cache."""
    output.check_space(cache.directory(), SPACE_DESKTOP if recipe.desktop
                       else SPACE, "making the image")
    archive = base.get(recipe, say)
    with cache.work("image", namespace.remove) as work:
        raw = os.path.join(work, "disk.raw")
        disk.partition(recipe, raw)
        with open(os.path.join(work, "size"), "w", encoding="ascii") as f:
            f.write(disk.blocks(recipe))
        boot = tree.make(recipe, archive, work, say)
        with say.step("writing the disk"):
            disk.set_times(recipe, raw)
            disk.add_boot_loaders(recipe, raw, boot, work)
            made = os.path.join(work, "disk.qcow2")
            disk.to_qcow2(raw, made)
        os.replace(made, final)
        cache.prune("linux-images", final, IMAGES_KEPT)


def image(recipe, say):
    """Path of the image in the cache; made unless it is there."""
    final = os.path.join(cache.directory("linux-images"),
                         f"{recipe.suite}-{recipe.key()}.qcow2")
    if os.path.exists(final):
        os.utime(final)
        say("this image is in the cache: copying it")
        return final
    with cache.lock("linux-image", say):
        if not os.path.exists(final):
            _make(recipe, final, say)
    return final


def write(recipe, target, out, say):
    """Make the image and its settings file.

    target: path of the image
    out: the Output
    """
    source = image(recipe, say)
    output.check_space(out.directory, os.path.getsize(source), target)
    copy = out.temporary("image")
    command.run(["cp", "--reflink=auto", "--sparse=always", source, copy],
                f"write {target}")
    conf = out.temporary("conf")
    with open(conf, "w", encoding="utf-8") as f:
        f.write(settings.text(_values(recipe, target),
                              COMMENT.format(suite=recipe.suite)))
    out.add(copy, target)
    out.add(conf, settings.path_of(target))
    return cache.file_digest(copy)
