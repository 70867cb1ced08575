# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes images of guests: one package for each kind of guest.

common/     errors, progress, output files, settings files, the cache
linux/      Debian, from apt's packages
firmware/   iPXE, OVMF, SeaBIOS, GRUB and others, in the lab
"""
