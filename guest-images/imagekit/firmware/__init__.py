# SPDX-License-Identifier: GPL-2.0-or-later
"""Firmware as the guest: boots it with a traced device in the lab, and compares
the log with the accesses that arrived at the device.

guests.py    the table: firmware, device, what it does, its end
media.py     disks and scripts for the firmware
grub.py      images of GRUB
machine.py   a row of the table as devices and a boot of the lab
compare.py   the log and the device's own view
cli.py       the command
"""
