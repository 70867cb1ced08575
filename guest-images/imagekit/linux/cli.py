# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line of guest-images/linux."""

import argparse
import os
import re

from labkit.options import Words

from ..common import main as common_main
from ..common import output, settings
from ..common.progress import Progress
from . import build, disk, packages
from .recipe import Recipe

DESCRIPTION = """\
Make a Debian guest for tracing, from the packages of this machine's apt
mirror: the image of a disk that boots by BIOS and by UEFI (Secure Boot
included), and its settings for `vfio-trace run --vm`.
"""

EPILOG = """\
The guest has the serial console, logs in by itself, and takes the host's
network, ssh keys and shared directories. In it:
  trace-here MODULE [-- COMMAND]   the kernel's own mmiotrace beside ours
  vfio-trace-mark TEXT             a marker in the host's log
It sends the names of its functions to the host, for vfio-trace symbolize.

No root is needed where user namespaces are allowed. The same options and the
same package indexes give the same image, byte for byte.

Example: a guest to trace e1000e in
  guest-images/linux --hold-driver e1000e -o guest.qcow2
  sudo vfio-trace run --vm ./guest.conf 01:00.0
"""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]*")
# For apt-get, a package's name with a minus behind it is one to be removed.
PACKAGE = re.compile(r"[a-z0-9][a-z0-9.+-]*[a-z0-9+]")
USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
UNITS = {"": 1, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
LARGEST = 16 << 40
KEY = re.compile(r"(ssh|ecdsa|sk)-\S+ [A-Za-z0-9+/=]+( .*)?")


def size(text):
    """A size of a disk: 8G."""
    found = re.fullmatch(r"(\d+)([MGT]?)", text)
    count = int(found[1]) * UNITS[found[2]] if found else 0
    if not disk.MINIMUM <= count <= LARGEST or count % disk.MIB:
        raise argparse.ArgumentTypeError(
            f"invalid size {text}: use 8G or 512G, for example (at least 2G)")
    return count


def parser():
    """The option parser."""
    p = argparse.ArgumentParser(
        prog="guest-images/linux", usage="guest-images/linux [OPTION...] -o IMAGE",
        description=DESCRIPTION, epilog=EPILOG, allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    add = p.add_argument
    add("-o", "--output", metavar="IMAGE", required=True,
        help="the image (qcow2); its settings get the same name with .conf")
    add("--overwrite", action="store_true", help="replace existing files")
    add("--suite", choices=packages.SUITES, default="bookworm",
        help="Debian's release (bookworm)")
    add("--components", metavar="LIST", default="main",
        help="parts of Debian (main); GPUs' firmware is in non-free-firmware: "
        "main,non-free-firmware")
    add("--kernel", metavar="KERNEL", default=packages.KERNEL,
        help="a package of the suite, the file of a package (.deb), or a bzImage "
        f"({packages.KERNEL})")
    add("--packages", metavar="LIST", action=Words, default=[],
        help="further packages (a list, may be repeated)")
    add("--modules", metavar="LIST", action=Words, default=[],
        help="names of modules that are loaded at boot, files of modules (.ko) "
        "that are added to the kernel's, or the directory of a bzImage's modules "
        "(lib/modules/VERSION, as make modules_install makes it)")
    add("--hold-driver", metavar="MODULE", action=Words, default=[],
        help="a driver that the guest does not load by itself: so tracing can "
        "start before its first access (a list, may be repeated)")
    add("--desktop", action="store_true",
        help="a desktop (Xfce), and programs that use a GPU; --size 16G or more "
        "is reasonable")
    add("--size", metavar="SIZE", type=size, default=8 << 30,
        help="the size of the guest's disk (8G); the image takes what is used")
    add("--user", metavar="NAME",
        help="a user who may become root without a password, and is logged in "
        "instead of root; --desktop needs one (user)")
    add("--ssh-key", metavar="FILE", action="append", default=[],
        help="a public key that may log in by ssh (may be repeated)")
    add("-q", "--quiet", action="store_true", help="no progress")
    return p


def _keys(p, files):
    """The lines of public keys."""
    lines = []
    for path in files:
        try:
            with open(path, encoding="utf-8") as f:
                text = f.read()
        except (OSError, UnicodeDecodeError) as error:
            p.error(f"--ssh-key {path}: {error}")
        if "PRIVATE KEY" in text:
            p.error(f"--ssh-key {path}: this is a private key; use {path}.pub")
        found = [k for k in text.splitlines() if k.strip() and
                 not k.startswith("#")]
        if not found or not all(KEY.fullmatch(k) for k in found):
            p.error(f"--ssh-key {path}: this is no public key")
        lines += found
    return lines


def _modules(p, o):
    """The names, files and the directory of --modules."""
    names, files, tree = [], [], None
    for item in o.modules:
        if os.path.isdir(item) and "/" in item:
            if not os.path.exists(os.path.join(item, "modules.order")):
                p.error(f"--modules {item}: there is no modules.order in it; use "
                        "lib/modules/VERSION, as make modules_install makes it")
            tree = item
        elif "/" in item or re.search(r"\.ko(\.\w+)?$", item):
            if not os.path.isfile(item):
                p.error(f"--modules {item}: there is no such file")
            files.append(item)
        elif NAME.fullmatch(item):
            names.append(item)
        else:
            p.error(f"--modules {item}: this is no name of a module")
    return names, files, tree


def _check(p, o):
    for option, words, pattern in (
            ("packages", o.packages, PACKAGE),
            ("hold-driver", o.hold_driver, NAME),
            ("components", o.components.split(","), NAME)):
        for word in words:
            if not pattern.fullmatch(word):
                p.error(f"--{option} {word}: this is no name")
    is_file = "/" in o.kernel or os.path.isfile(o.kernel)
    if is_file and not os.path.isfile(o.kernel):
        p.error(f"--kernel {o.kernel}: there is no such file")
    if not is_file and not PACKAGE.fullmatch(o.kernel):
        p.error(f"--kernel {o.kernel}: this is no name of a package")
    if o.desktop and not o.user:
        o.user = "user"
    if o.user and (not USER.fullmatch(o.user) or o.user == "root"):
        p.error(f"--user {o.user}: use lower-case letters and digits, not root")
    if settings.path_of(o.output) == o.output:
        p.error(f"--output {o.output}: this is the name of its settings; use "
                "guest.qcow2, for example")


def recipe_of(p, o):
    """The recipe that the options describe, without its indexes."""
    _check(p, o)
    names, files, tree = _modules(p, o)
    is_package = o.kernel.endswith(".deb") or not (
        "/" in o.kernel or os.path.isfile(o.kernel))
    if tree and is_package:
        p.error("--modules: a directory is for a bzImage; packages have their "
                "modules")
    return Recipe(suite=o.suite, components=o.components, kernel=o.kernel,
                  packages=o.packages, modules=names, module_files=files,
                  module_tree=tree, hold=o.hold_driver, desktop=o.desktop,
                  user=o.user, ssh_keys=_keys(p, o.ssh_key), size=o.size)


def _work(o, recipe):
    say = Progress(o.quiet)
    conf = settings.path_of(o.output)
    with output.Output(o.output, o.overwrite, [conf]) as out:
        build.check()
        recipe.indexes = packages.indexes(recipe.suite, recipe.components, say)
        digest = build.write(recipe, o.output, out, say)
    say(f"done: {o.output}, {conf} (SHA-256 of the image: {digest})")
    if not recipe.ssh_keys:
        say("no --ssh-key was given: log in on the guest's screen, by "
            "run --display vnc")
    print("Next:")
    print(f"  {settings.next_command(conf)}")
    print("Or, to look at the guest first, without a device:")
    print(f"  {settings.look_command(conf)}")


def main(argv=None):
    """The command. Return: exit status"""
    p = parser()
    o = p.parse_args(argv)
    recipe = recipe_of(p, o)
    return common_main.run("guest-images/linux", lambda: _work(o, recipe))
