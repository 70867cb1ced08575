# SPDX-License-Identifier: GPL-2.0-or-later
"""A made-up host for VFIO_TRACE_SYSFS_ROOT."""

import os


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="ascii") as f:
        f.write(text)


def add_device(root, bdf, group):
    """A network card, without a driver, alone in its group."""
    path = f"{root}/sys/devices/pci0000:00/{bdf}"
    write(f"{path}/vendor", "0x8086\n")
    write(f"{path}/device", "0x10d3\n")
    write(f"{path}/class", "0x020000\n")
    write(f"{path}/resource", "0x0 0x0 0x0\n" * 13)
    with open(f"{path}/config", "wb") as f:
        f.write(bytes.fromhex("8680d3100700") + bytes(58))
    members = f"{root}/sys/kernel/iommu_groups/{group}"
    os.makedirs(f"{members}/devices", exist_ok=True)
    os.makedirs(f"{root}/sys/bus/pci/devices", exist_ok=True)
    os.symlink(path, f"{members}/devices/{bdf}")
    os.symlink(path, f"{root}/sys/bus/pci/devices/{bdf}")
    os.symlink(members, f"{path}/iommu_group")


def add_cards(root, cards, functions=1):
    """Return: their addresses."""
    names = [f"0000:{card + 1:02x}:00.{function}"
             for card in range(cards) for function in range(functions)]
    for group, name in enumerate(names):
        add_device(root, name, group)
    return names
