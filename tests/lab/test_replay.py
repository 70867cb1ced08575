#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 125
# timeout: 3600
"""Linux's drivers of network cards with pci-replay: a capture, and no such device
in the machine."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import tap                                           # noqa: E402
from common.replays import (LOAD, on_path, record, replay,       # noqa: E402
                            same_course)
from common.tap import equal, test                               # noqa: E402


# Switch a network device on, and wait for its link.  As the log does not have
# what the device writes when it has sent a frame, drivers reset it some seconds
# later.
UP = r"""
mark "test: up"
ip link set "$net" up
for i in $(seq 600); do
    [ "$(cat /sys/class/net/$net/carrier)" != 1 ] || break
    usleep 50000
done
[ $i = 600 ] || echo "$i" > $LAB_OUT/link
"""


@test
def e1000e(scratch):
    """e1000e: the driver probes, without departures, and has a link"""
    recorded = record(scratch, "e1000e,mac=52:54:00:aa:bb:cc", "e1000e", r"""
set -eu
net=$(ls $DEV/net)
""" + UP)
    run = replay(scratch, recorded, ["e1000e"],
                 LOAD.format(module="e1000e", driver="e1000e") + r"""
net=$(ls /sys/bus/pci/drivers/e1000e/$dev/net)
cat "/sys/class/net/$net/address" > $LAB_OUT/address
""" + UP)
    equal(run.text("guest/address").strip(), "52:54:00:aa:bb:cc",
          "MAC address")
    equal(os.path.exists(run.path("guest/link")), True, "link")
    on_path(run, ["test: up"])
    same_course(recorded, run)


PORTS = r"""
mark "test: ports"
ip link set "$net" down
mmio $dev 0 r32 0x0 r16 0x4 r8 0x58 > $LAB_OUT/ports
"""


@test
def rtl8139(scratch):
    """rtl8139: the driver probes and has a link; ports have the same registers"""
    mac = "52:54:00:dd:ee:ff"
    recorded = record(scratch, f"rtl8139,mac={mac}", "8139cp", r"""
set -eu
dev=$BDF
net=$(ls $DEV/net)
""" + UP + PORTS)
    run = replay(scratch, recorded, ["8139cp"],
                 LOAD.format(module="8139cp", driver="8139cp") + r"""
net=$(ls /sys/bus/pci/drivers/8139cp/$dev/net)
cat "/sys/class/net/$net/address" > $LAB_OUT/address
""" + UP + PORTS)
    equal(run.text("guest/address").strip(), mac, "MAC address")
    equal(os.path.exists(run.path("guest/link")), True, "link")
    ports = recorded.text("guest/ports")
    equal(re.findall(r"0x[0-9a-f]+\s*$", ports, re.M) != [], True, ports)
    equal(run.text("guest/ports"), ports, "registers by ports")
    on_path(run, ["test: up", "test: ports"])
    same_course(recorded, run)


if __name__ == "__main__":
    tap.main()
