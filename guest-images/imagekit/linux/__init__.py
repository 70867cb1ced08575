# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian guests, from apt's packages.

cli         the command line
recipe      what an image is made from, and the key of it
packages    apt's indexes, and lists of packages
namespace   root's rights where the user has none
base        a minimal system with the kernel, kept in the cache
tree        the guest's own files, and its file system
disk        partitions, boot loaders, qcow2
grub        GRUB's image for BIOS, put where BIOS finds it
build       the steps from nothing to an image
"""
