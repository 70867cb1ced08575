# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest's file tree: what is put onto the base system."""

import os
import re
import shutil

from ..common import command, places
from ..common.errors import ImageError
from . import base, bzimage, disk, namespace, packages

# Modules of the initramfs: what the guest boots from, and the ports to the host.
BOOT_MODULES = ("virtio_pci", "virtio_blk", "virtio_scsi", "virtio_console",
                "ahci", "sd_mod", "ext4")
CONSOLES = "console=tty0 console=ttyS0,115200"

GRUB_CFG = """\
# Made by guest-images/linux. The links /vmlinuz and /initrd.img lead to the newest
# kernel; update-grub, which apt runs for a new kernel, replaces this file.
set timeout=1
set gfxpayload=text
if serial --unit=0 --speed=115200; then
    terminal_input console serial
    terminal_output console serial
fi
menuentry "Debian" {{
    search --no-floppy --fs-uuid --set=root {uuid}
    linux /vmlinuz root=UUID={uuid} ro {words}
    initrd /initrd.img
}}
"""

ESP_CFG = """\
search --no-floppy --fs-uuid --set=root {uuid}
set prefix=($root)/boot/grub
configfile $prefix/grub.cfg
"""


def words(recipe):
    """The kernel's command line, without its root."""
    del recipe
    return f"{CONSOLES} loglevel=5"


def _directory(path):
    """Make a directory that everyone may read, whatever this user's umask is."""
    if not os.path.isdir(path):
        _directory(os.path.dirname(path))
        os.mkdir(path)
        os.chmod(path, 0o755)


def _write(root, name, text, mode=0o644):
    path = os.path.join(root, name)
    _directory(os.path.dirname(path))
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    os.chmod(path, mode)


def _autologin(recipe):
    """Log in without a password on the serial console and on the screen."""
    return ("# SPDX-License-Identifier: GPL-2.0-or-later\n[Service]\nExecStart=\n"
            f"ExecStart=-/sbin/agetty --autologin {recipe.user or 'root'} "
            "--noclear --keep-baud 115200,57600,38400,9600 - $TERM\n")


def _settings(recipe, root):
    """Files that depend on the recipe."""
    for unit in ("serial-getty@ttyS0", "getty@tty1"):
        _write(root, f"etc/systemd/system/{unit}.service.d/autologin.conf",
               _autologin(recipe))
    held = {m.replace("-", "_") for m in recipe.hold}
    _write(root, "etc/initramfs-tools/modules", "".join(
        m + "\n" for m in BOOT_MODULES if m not in held))
    _write(root, "etc/modules-load.d/vfio-trace.conf",
           "".join(m + "\n" for m in recipe.modules))
    _write(root, "etc/modprobe.d/vfio-trace-hold.conf",
           "# guest-images/linux --hold-driver: udev does not load these; modprobe "
           "does\n" + "".join(f"blacklist {m}\n" for m in recipe.hold))
    _write(root, "etc/default/grub",
           "GRUB_TIMEOUT=1\nGRUB_DISTRIBUTOR=Debian\n"
           f'GRUB_CMDLINE_LINUX="{words(recipe)}"\n'
           'GRUB_CMDLINE_LINUX_DEFAULT=\nGRUB_DISABLE_OS_PROBER=true\n'
           'GRUB_TERMINAL="console serial"\n'
           'GRUB_SERIAL_COMMAND="serial --unit=0 --speed=115200"\n')
    identity = {"uuid": recipe.uuid("root")}
    _write(root, "boot/grub/grub.cfg",
           GRUB_CFG.format(words=words(recipe), **identity), 0o600)
    _write(root, "etc/fstab", "UUID={uuid} / ext4 errors=remount-ro 0 1\n"
           .format(**identity))
    _write(root, "etc/hostname", "guest\n")
    _write(root, "etc/hosts",
           "127.0.0.1 localhost guest\n::1 localhost ip6-localhost\n")
    if recipe.ssh_keys:
        _write(root, "root/.ssh/authorized_keys",
               "".join(k + "\n" for k in recipe.ssh_keys), 0o600)
    if recipe.desktop:
        _write(root, "etc/lightdm/lightdm.conf.d/50-autologin.conf",
               f"[Seat:*]\nautologin-user={recipe.user}\n")


def _copy(source, target):
    """Files with the modes that they have in a checkout of any user."""
    for where, directories, names in os.walk(source):
        directories.sort()
        below = os.path.normpath(
            os.path.join(target, os.path.relpath(where, source)))
        _directory(below)
        for name in names:
            path = os.path.join(where, name)
            shutil.copyfile(path, os.path.join(below, name))
            os.chmod(os.path.join(below, name),
                     0o755 if os.access(path, os.X_OK) else 0o644)


def _helper(root, say):
    """The marker helper, or its stand-in."""
    helper = places.marker_helper()
    target = os.path.join(root, "usr/local/bin/vfio-trace-mark")
    if not helper:
        say("the marker helper is not built (make): the guest gets a script that "
            "only takes TEXT")
    shutil.copyfile(helper or places.guest_file("linux", "vfio-trace-mark"),
                    target)
    os.chmod(target, 0o755)
    return bool(helper)


def _kernel(recipe, work, values):
    """Files of a kernel that is no package of the suite."""
    path = recipe.kernel_file
    if path and path.endswith(".deb"):
        shutil.copyfile(path, os.path.join(work, "kernel.deb"))
    elif path:
        values["BZIMAGE_VERSION"] = bzimage.version(path)
        shutil.copyfile(path, os.path.join(work, "bzImage"))
        config = bzimage.config(path)
        if config:
            shutil.copyfile(config, os.path.join(work, "bzImage.config"))
    if recipe.module_tree:
        # build and source are links to the sources, which the guest lacks
        shutil.copytree(recipe.module_tree, os.path.join(work, "modules"),
                        ignore=shutil.ignore_patterns("build", "source"))
    for module in recipe.module_files:
        extra = os.path.join(work, "extra")
        _directory(extra)
        shutil.copyfile(module, os.path.join(extra, os.path.basename(module)))


def _resolv_conf():
    """This machine's name servers, for apt in the guest's tree."""
    try:
        with open("/etc/resolv.conf", encoding="utf-8", errors="replace") as f:
            return f.read()
    except FileNotFoundError:
        return ""


def _payload(recipe, work, say):
    """All that `configure` needs, in a directory that becomes /vfio-trace."""
    root = os.path.join(work, "root")
    _copy(places.guest_file("linux", "root"), root)
    _settings(recipe, root)
    wanted = list(recipe.packages)
    if recipe.desktop:
        wanted += packages.DESKTOP
    values = {"SOURCE_DATE_EPOCH": recipe.indexes.epoch,
              "PACKAGES": " ".join(wanted), "GUEST_USER": recipe.user or "",
              "HOLD": " ".join(recipe.hold), "MODULES": " ".join(recipe.modules),
              "HELPER": int(_helper(root, say)), "BZIMAGE_VERSION": ""}
    _kernel(recipe, work, values)
    # every value has only words of letters, digits, and -+._
    _write(work, "values", "".join(f"{k}='{v}'\n" for k, v in values.items()))
    shutil.copy(places.guest_file("linux", "configure"), work)
    _write(work, "resolv.conf", _resolv_conf())
    _write(work, "apt.conf", "".join(
        line + "\n" for line in packages.apt_settings()))


def make(recipe, archive, work, say):
    """Make the tree, and its file system in work/disk.raw.

    archive: the base system
    Return: directory with the files for the boot loaders
    """
    payload = os.path.join(work, "payload")
    os.mkdir(payload)
    _payload(recipe, payload, say)
    boot = os.path.join(work, "boot")
    os.mkdir(boot)
    with open(os.path.join(work, "mke2fs.conf"), "w", encoding="utf-8") as f:
        f.write(disk.MKE2FS_CONF)
    argv = [*namespace.prefix(), "/bin/bash",
            places.guest_file("linux", "set-up"), work, archive,
            base.downloads(recipe), *disk.mke2fs_arguments(recipe)]
    with say.step("installing the guest's own packages and files"):
        try:
            command.run(argv, "set up the guest's files", environment={
                "SOURCE_DATE_EPOCH": str(recipe.indexes.epoch),
                "E2FSPROGS_FAKE_TIME": str(recipe.indexes.epoch),
                "MKE2FS_CONFIG": os.path.join(work, "mke2fs.conf")},
                on_line=lambda line: line.startswith("set-up: ") and
                say.detail(line[8:]))
        except ImageError as error:
            raise _failed(error) from error
        finally:
            # room for the disk
            namespace.remove(os.path.join(work, "tree"))
    return boot


def _failed(error):
    """An error of set-up: its own words, if it said why."""
    log = error.log or ""
    said = re.findall(r"^error: (.*)", log, re.M)
    if said:
        return ImageError(said[-1])
    found = re.search(r"^E: Unable to locate package (\S+)", log, re.M)
    if found:
        return ImageError(f"there is no package {found.group(1)}; firmware of "
                          "devices is in another component: --components "
                          "main,non-free-firmware", log)
    return error
