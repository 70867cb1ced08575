# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of firmware guests. recipes.py has what each firmware is booted
with."""

import dataclasses

from . import media


@dataclasses.dataclass(frozen=True)
class Guest:
    """A row of the table.

    name: for the command line
    recipe: a function's name in recipes.py
    device: QEMU's device in the lab, as after -device
    driver: what recipes.py must know of it
    does: what it does, for --list
    until: how its end is found: a kind of boots.ENDS, and a value
    expect: what its console must have then
    machine: QEMU's machine
    root_port: the device is behind a root port
    memory: MiB
    trace: properties of vfio-pci-trace
    """

    name: str
    recipe: str
    device: str
    does: str
    driver: str = ""
    until: tuple = ("console", media.DONE)
    expect: str = ""
    machine: str = "q35,sata=off"
    root_port: bool = True
    memory: int = 256
    trace: tuple = ()


DHCP = "gets an address by DHCP and a file by TFTP"
READS = "reads a file of the disk"


def _ipxe(name, device):
    return Guest("ipxe-" + name, "ipxe", device, "iPXE's driver " + DHCP,
                 expect=media.FILE)


def _ipxe_rom(name, device):
    return Guest("ipxe-rom-" + name, "ipxe_rom", device, "iPXE as the card's "
                 "option ROM, started by SeaBIOS, " + DHCP,
                 driver="pxe-%s.rom" % name, expect=media.FILE)


def _seabios(name, device):
    return Guest("seabios-" + name, "seabios", device,
                 "SeaBIOS's driver boots GRUB, which %s with it" % READS,
                 expect=media.LINE)


def _seabios_usb(name, device):
    # Their schedules run while SeaBIOS write-protects the upper memory. Probably
    # QEMU then takes RAM away from DMA for a moment: there are DMA faults, with
    # plain vfio-pci too, and the controller stops.
    return Guest("seabios-" + name, "seabios", device, "SeaBIOS's driver finds "
                 "the disk; it seldom can read it (docs/guests.md)",
                 until=("quiet", "8"))


def _grub(name, device, driver):
    return Guest("grub-" + name, "grub", device,
                 "GRUB's own driver %s; SeaBIOS's was there before it" % READS,
                 driver=driver, expect=media.LINE)


def _ovmf(name, device):
    return Guest("ovmf-" + name, "ovmf", device,
                 "OVMF's driver: the EFI shell " + READS, memory=384,
                 expect=media.LINE)


def _ovmf_net(name, device, rom):
    return Guest("ovmf-" + name, "ovmf_net", device,
                 ("OVMF with iPXE's driver, the card's EFI option ROM, " if rom
                  else "OVMF's driver ") + "loads GRUB by DHCP and TFTP",
                 driver=rom, memory=384)


def _memtest(name, device):
    return Guest("memtest-" + name, "memtest", device, "memtest86+ looks for a "
                 "keyboard with its own driver", until=("quiet", "5"))


def _uboot(name, device, does):
    return Guest("uboot-" + name, "uboot", device, "U-Boot's driver " + does,
                 until=("console", "^=> "), machine="pc", root_port=False,
                 memory=512)


GUESTS = {guest.name: guest for guest in (
    _ipxe("e1000e", "e1000e"),
    _ipxe("e1000", "e1000"),
    _ipxe("eepro100", "i82559er"),
    _ipxe("ne2k", "ne2k_pci"),
    _ipxe("pcnet", "pcnet"),
    _ipxe("rtl8139", "rtl8139"),
    _ipxe("tulip", "tulip"),
    _ipxe("virtio-net", "virtio-net-pci"),
    _ipxe("vmxnet3", "vmxnet3"),
    _ipxe_rom("e1000e", "e1000e"),
    _ipxe_rom("eepro100", "i82557b"),
    _ipxe_rom("rtl8139", "rtl8139"),
    _ovmf("nvme", "nvme"),
    _ovmf("ahci", "ich9-ahci"),
    _ovmf("xhci", "qemu-xhci"),
    _ovmf("ehci", "usb-ehci"),
    _ovmf("uhci", "piix3-usb-uhci"),
    _ovmf("virtio-blk", "virtio-blk-pci"),
    _ovmf("virtio-scsi", "virtio-scsi-pci"),
    _ovmf_net("virtio-net", "virtio-net-pci", ""),
    _ovmf_net("e1000e", "e1000e", "efi-e1000e.rom"),
    Guest("ovmf-vga", "ovmf_vga", "secondary-vga", "OVMF's driver of QEMU's VGA "
          "sets a mode (QemuVideoDxe); what it draws is not traced",
          until=("console", "Shell> "), memory=384, trace=("windows=2",)),
    _seabios("nvme", "nvme"),
    _seabios("ahci", "ich9-ahci"),
    _seabios("xhci", "qemu-xhci"),
    _seabios_usb("ehci", "usb-ehci"),
    _seabios_usb("ohci", "pci-ohci"),
    _seabios_usb("uhci", "piix3-usb-uhci"),
    _seabios("sdhci", "sdhci-pci"),
    _seabios("virtio-blk", "virtio-blk-pci"),
    _seabios("virtio-scsi", "virtio-scsi-pci"),
    _seabios("lsi", "lsi53c895a"),
    _seabios("megasas", "megasas"),
    _seabios("mptsas", "mptsas1068"),
    _grub("ahci", "ich9-ahci", "ahci"),
    _grub("ehci", "usb-ehci", "usb:ehci"),
    _grub("ohci", "pci-ohci", "usb:ohci"),
    _grub("uhci", "piix3-usb-uhci", "usb:uhci"),
    _memtest("xhci", "qemu-xhci"),
    _memtest("ehci", "usb-ehci"),
    _memtest("ohci", "pci-ohci"),
    _memtest("uhci", "piix3-usb-uhci"),
    _uboot("e1000", "e1000", "asks for an address by DHCP"),
    _uboot("virtio-net", "virtio-net-pci", "asks for an address by DHCP"),
    _uboot("ahci", "ich9-ahci", "looks for a disk to boot"),
    _uboot("virtio-blk", "virtio-blk-pci", "looks for a disk to boot"),
    _uboot("ehci", "usb-ehci", "looks for a disk to boot"),
    Guest("xen-serial", "xen", "pci-serial", "Xen writes its console to a serial "
          "port on a PCI card", until=("quiet", "5"), memory=512),
)}
