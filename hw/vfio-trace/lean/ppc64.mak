# SPDX-License-Identifier: GPL-2.0-or-later
#
# ./configure --lean: only pseries of Power's boards.

include ../ppc64-softmmu/default.mak

CONFIG_AMIGAONE=n
CONFIG_E500PLAT=n
CONFIG_MAC_NEWWORLD=n
CONFIG_MAC_OLDWORLD=n
CONFIG_MPC8544DS=n
CONFIG_PEGASOS=n
CONFIG_PEGASOS2=n
CONFIG_POWERNV=n
CONFIG_PPC405=n
CONFIG_PPC440=n
CONFIG_PREP=n
CONFIG_SAM460EX=n
CONFIG_VIRTEX=n

# Only powernv would select it; e1000e, which pseries takes, depends on it.
CONFIG_PCI_EXPRESS=y
