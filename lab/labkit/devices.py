# SPDX-License-Identifier: GPL-2.0-or-later
"""The backends and properties that a target device needs to work.

A user writes `--device nvme`; QEMU wants a drive behind it, a serial
number and no option ROM. The user's properties are never overridden.
"""

import re

from .errors import LabError

# Backends: the option to add, and the device's property that refers to it.
# {b} is the backend's id, {t} the target's; without such a property, the
# child names it. Nothing reaches the host: the hub lets a NIC see its link
# come up and leads nowhere.
NET = (["-netdev", "hubport,hubid={n},id={b}"], "netdev")
DISK = (["-blockdev", "driver=null-co,node-name={b},read-zeroes=on,size=67108864"],
        "drive")
AUDIO = (["-audiodev", "none,id={b}"], "audiodev")
CHILD_AUDIO = (AUDIO[0], None)

NO_ROM = {"romfile": ""}
VIRTIO = {"disable-legacy": "on", "iommu_platform": "on"}


class Kind:
    """A row of the table below.

    backend: a pair as above, or None
    props: properties set unless the user sets them
    child: a device to put on the target's own bus, or None
    """

    def __init__(self, names, backend=None, props=None, child=None):
        self.names = re.compile(r"(?:%s)\Z" % names)
        self.backend = backend
        self.props = props or {}
        self.child = child


# The first row whose names match applies.
KINDS = (
    Kind(r"virtio-net(-pci.*)?", NET, dict(VIRTIO, romfile="")),
    Kind(r"virtio-blk(-pci.*)?", DISK, VIRTIO),
    Kind(r"virtio-(sound|snd)(-pci)?", AUDIO, VIRTIO),
    Kind(r"virtio-vga|virtio-gpu(-pci)?", None, dict(VIRTIO, romfile="")),
    Kind(r"virtio-.*", None, VIRTIO),
    Kind(r"e1000.*|igb|rtl8139|i825.*|pcnet|ne2k_pci|tulip|vmxnet3",
         NET, NO_ROM),
    Kind(r"nvme", DISK, {"serial": "vfio-trace-lab", "romfile": ""}),
    Kind(r"(qemu|nec-usb)-xhci|usb-ehci|pci-ohci|piix[34]-usb-uhci",
         None, NO_ROM, "usb-tablet,bus={t}.0"),
    Kind(r"intel-hda|ich9-intel-hda", CHILD_AUDIO, NO_ROM,
         "hda-output,bus={t}.0,audiodev={b}"),
    Kind(r"AC97|ac97|ES1370|es1370", AUDIO, NO_ROM),
    Kind(r"secondary-vga|VGA|bochs-display|cirrus-vga|ati-vga|vmware-svga",
         None, NO_ROM),
    Kind(r".*", None, NO_ROM),
)

# First free slot of the outer machine for targets, and how many there are.
FIRST_SLOT, SLOTS = 5, 16


def split_spec(spec):
    """`name,k=v,...` as (name, [(k, v), ...]); `,,` is a comma in a value."""
    parts = [p.replace("\0", ",") for p in spec.replace(",,", "\0").split(",")]
    props = []
    for part in parts[1:]:
        k, equals, v = part.partition("=")
        if not k:
            raise LabError("--device %s: empty property" % spec)
        props.append((k, v if equals else "on"))
    if not parts[0] or "=" in parts[0]:
        raise LabError("--device %s: it must begin with a QEMU device's name"
                       % spec)
    return parts[0], props


class Target:
    """A device of the outer machine to pass through to the guest.

    bdf: its address in L1
    args: arguments for the outer QEMU
    """

    def __init__(self, spec, index, used):
        name, props = split_spec(spec)
        # the lab's own property; QEMU has none of that name
        no_child = ("child", "none") in props
        props = [p for p in props if p != ("child", "none")]
        given = dict(props)
        if "bus" in given:
            raise LabError("--device %s: the lab chooses the bus" % spec)
        kind = next(k for k in KINDS if k.names.match(name))
        ids = {"t": given.get("id", "target%d" % index),
               "b": "backend%d" % index, "n": index}
        self.spec = spec
        self.name = name
        self.args = []
        extra = {"id": ids["t"], "addr": given.get("addr") or _slot(used)}
        if kind.backend and kind.backend[1] not in given:
            option, prop = kind.backend
            self.args += [a.format(**ids) for a in option]
            if prop:
                extra[prop] = ids["b"]
        for k, v in kind.props.items():
            extra.setdefault(k, v)
        props += [(k, v) for k, v in extra.items() if k not in given]
        self.args += ["-device", ",".join(
            [name] + ["%s=%s" % (k, v.replace(",", ",,")) for k, v in props])]
        if kind.child and not no_child:
            self.args += ["-device", kind.child.format(**ids)]
        self.bdf = _bdf(spec, extra["addr"])
        if self.bdf in used:
            raise LabError("--device %s: another one is at that address"
                           % spec)
        used.append(self.bdf)


def _slot(used):
    for slot in range(FIRST_SLOT, FIRST_SLOT + SLOTS):
        if not any(":%02x." % slot in b for b in used):
            return "%02x.0" % slot
    raise LabError("more than %d devices" % SLOTS)


def _bdf(spec, addr):
    match = re.match(r"(?:0x)?([0-9a-fA-F]{1,2})(?:\.([0-7]))?\Z", addr)
    slot = int(match.group(1), 16) if match else -1
    if not FIRST_SLOT <= slot < FIRST_SLOT + SLOTS:
        raise LabError("--device %s: addr= must be %02x.0 to %02x.7" %
                       (spec, FIRST_SLOT, FIRST_SLOT + SLOTS - 1))
    return "0000:00:%02x.%s" % (slot, match.group(2) or "0")


def targets(specs):
    """The targets for the --device options, explicit addresses first."""
    used = []
    made = {}
    order = sorted(range(len(specs)),
                   key=lambda i: "addr" not in dict(split_spec(specs[i])[1]))
    for i in order:
        made[i] = Target(specs[i], i, used)
    return [made[i] for i in range(len(specs))]
