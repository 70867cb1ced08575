# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests of the table as devices of the lab's outer machine, and as boots."""

import dataclasses
import os
import re

from labkit import boots, devices

from . import grub, media, recipes


@dataclasses.dataclass
class Backend:
    """What a device needs behind it, in the outer machine.

    names: regular expression for the device's type
    args: arguments before the device; {b}: the backend's id, {file}: the disk,
        {tftp}: the directory, {out}: a file
    prop: the device's property that names the backend, or None
    child: a device on the traced device's own bus, {t}, or None
    kind: "disk", "net", "serial"

    A USB controller has a disk, and for memtest86+ a keyboard.
    """

    names: str
    args: list
    prop: str = None
    child: str = None
    kind: str = "disk"


# The machine's user has the file; what firmware writes is dropped.
DISK = ["-drive", "if=none,id={b},format=raw,snapshot=on,file={file}"]
# Nothing reaches the host's network.
NET = ["-netdev", "user,id={b},restrict=on,tftp={tftp}{bootfile}"]
SERIAL = ["-chardev", "file,id={b},path={out}"]

USB = r".*xhci|usb-ehci|.*-ehci\d|pci-ohci|.*uhci.*"

BACKENDS = (
    Backend(r"nvme|virtio-blk.*", DISK, "drive"),
    Backend(r"ich9-ahci|piix[34]-ide", DISK, None,
            "ide-hd,bus={t}.0,drive={b}"),
    Backend(USB, DISK, None, "usb-storage,bus={t}.0,drive={b}"),
    Backend(r"virtio-scsi.*|lsi.*|megasas.*|pvscsi|mptsas.*|am53c974|dc390", DISK,
            None, "scsi-hd,bus={t}.0,drive={b}"),
    Backend(r"sdhci-pci", DISK, None, "sd-card,drive={b}"),
    Backend(r"e1000.*|igb|rtl8139|i82.*|pcnet|ne2k_pci|tulip|vmxnet3|virtio-net.*",
            NET, "netdev", kind="net"),
    Backend(r"pci-serial.*", SERIAL, "chardev", kind="serial"),
)


def _value(path):
    return path.replace(",", ",,")


def _backend(spec):
    name, props = devices.split_spec(spec)
    backend = next((b for b in BACKENDS if re.fullmatch(b.names, name)), None)
    if backend and backend.prop and backend.prop in dict(props):
        return None
    return backend


@dataclasses.dataclass
class Prepared:
    """Guests that run within one boot of the lab.

    limit: seconds for one guest
    specs: --device options
    outer: arguments of the outer QEMU, for backends and children
    files: paths for /extra
    boots: one for each guest
    """

    limit: int
    specs: list = dataclasses.field(default_factory=list)
    outer: list = dataclasses.field(default_factory=list)
    files: list = dataclasses.field(default_factory=list)
    boots: list = dataclasses.field(default_factory=list)

    def add(self, work, device, memory=None):
        """Prepare one guest with its device."""
        guest = work.guest
        recipes.RECIPES[guest.recipe](work)
        number = len(self.boots)
        self.specs.append(self._device(work, device, number))
        self.files += [f for f in work.files if f not in self.files]
        self.boots.append(boots.Boot(
            name=guest.name, args=work.args, targets=[number],
            trace_opts=[*guest.trace, *work.trace], machine=guest.machine,
            root_port=guest.root_port, serial=work.serial,
            memory=memory or guest.memory, until=guest.until,
            expect=guest.expect, limit=self.limit))

    def _device(self, work, device, number):
        backend = _backend(device)
        # else QEMU takes writes to a doorbell without asking the device
        if device.startswith("virtio-") and "ioeventfd=" not in device:
            device += ",ioeventfd=off"
        # the lab's tablet would be the first on the bus
        if re.fullmatch(USB, devices.split_spec(device)[0]):
            device += ",child=none"
        if not backend:
            return device
        tftp = work.path("tftp")
        words = {"b": "medium%d" % number, "t": "target%d" % number,
                 "file": "", "tftp": _value(tftp), "bootfile": "",
                 "out": _value(work.path("serial.txt"))}
        if backend.kind == "disk":
            path = work.path("disk.img")
            media.disk(path, work.directory, work.disk)
            words["file"] = _value(path)
        elif backend.kind == "net":
            media.network(tftp)
            if work.bootfile:
                words["bootfile"] = ",bootfile=" + work.bootfile
            if work.bootfile == "grub.efi":
                grub.image(os.path.join(tftp, work.bootfile),
                           [*grub.mark("GRUB"), "echo " + media.DONE,
                            "sleep 60"], "x86_64-efi", [])
        self.outer += [a.format(**words) for a in backend.args]
        if backend.prop:
            return "%s,%s=%s" % (device, backend.prop, words["b"])
        if backend.child:
            self.outer += ["-device", backend.child.format(**words)]
        if work.keyboard:
            self.outer += ["-device", "usb-kbd,bus={t}.0".format(**words)]
        return device
