# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Puts RAM where a trapped BAR is, in the same transaction in which the BAR goes
# away: VFIO's DMA mapping of the RAM must then find its place free.

PORT=0000:00:10.0
HOST_BRIDGE=0000:00:00.0

# BARs backed by RAM, of 64 KiB and of 4 KiB
LARGE=0000:00:1c.0
SMALL=0000:00:1d.0

mmio $BDF config w16 0x4=0x0
mmio $LARGE config w16 0x4=0x0
mmio $SMALL config w16 0x4=0x0

echo "RAM from below: PAM"
mmio $PORT config w16 0x20=0x0 w16 0x22=0x0 w16 0x4=0x7
mmio $HOST_BRIDGE config w8 0x92=0x00
mmio $BDF config w32 0x10=0xc8000 w16 0x4=0x2
mmio $HOST_BRIDGE config w8 0x92=0x33
mmio $HOST_BRIDGE config w8 0x92=0x00
mmio $HOST_BRIDGE config w8 0x92=0x33
mmio $BDF config w16 0x4=0x0

mmio $PORT config w16 0x20=0xe000 w16 0x22=0xe000
mmio $BDF config w32 0x10=0xe0000000
for ram in $LARGE $SMALL; do
    echo "RAM from beside: $ram"
    mmio $ram config w32 0x18=0xe0000000 w32 0x1c=0x0
    for _ in 1 2 3; do
        mmio $BDF config w16 0x4=0x2
        mmio $ram config w16 0x4=0x2
        mmio $BDF config w16 0x4=0x0
        mmio $BDF config w16 0x4=0x2
        mmio $ram config w16 0x4=0x0
        mmio $BDF config w16 0x4=0x0
    done
done
mark "RAM was everywhere"
