#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 250
# timeout: 3600
"""Linux's drivers with pci-replay: a capture, and no such device in the machine."""

import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, mmt, nvmequeues, tap                     # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

RINGS = {name: os.path.join(lab.TOP, "rings", f"{name}.rings")
         for name in ("nvme", "xhci")}

# What all replays do: load the driver, and leave its device in $dev.
LOAD = r"""
set -eu
mark "test: load"
modprobe {module}
for i in $(seq 600); do
    dev=$(ls -d /sys/bus/pci/drivers/{driver}/0000:*) && break
    usleep 100000
done
dev=${{dev##*/}}
"""


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


def options(rings):
    """Properties of the trace, and files that it needs."""
    trace = "config=on,irq=on"
    return ((f"{trace},rings=/extra/{rings}.rings", [RINGS[rings]])
            if rings else (trace, []))


def record(scratch, device, driver, script, rings=None, **more):
    trace, extra = options(rings)
    scratch = os.path.join(scratch, "record")
    os.mkdir(scratch)
    return lab.Run(scratch, device=device, driver=driver, script=script,
                   trace_opts=trace, extra=extra, timeout=900, **more)


def replay(scratch, recorded, modules, script, rings=None):
    """Replay a capture in a guest whose only device is an edu otherwise."""
    trace, extra = options(rings)
    scratch = os.path.join(scratch, "replay")
    os.mkdir(scratch)
    return lab.Run(scratch, device="edu", driver="none", guest_module=modules,
                   extra=[recorded.path("trace.mmt"), *extra], script=script,
                   timeout=900,
                   guest_arg=["-object",
                              "vfio-trace-log,id=rlog,file=/out/replay.mmt",
                              "-object", "pci-trace,id=rtrace,device=replayed,"
                              f"log=rlog,{trace}",
                              "-device",
                              "pcie-root-port,id=rpr,chassis=60,addr=1c.0",
                              "-device", "pci-replay,file=/extra/trace.mmt,"
                              "id=replayed,bus=rpr"])


def departures(log):
    """The phase and the text of each departed mark."""
    phase = None
    for text in log.marks():
        if text.startswith("test: "):
            phase = text
        if text.startswith("vfio-trace: departed "):
            yield phase, text


def on_path(run, after=()):
    """Up to the end of probe, the driver has not left the path.

    after: marks behind that: the driver's timers, for example, may run at
        other moments than the log's then
    """
    path = run.path("host/replay.mmt")
    lab.tool("check", "--complete", path)
    equal([text for phase, text in departures(mmt.Log(path))
           if phase not in after],
          [], "departures up to the end of probe")


def same_course(recorded, run):
    """Up to the end of probe, `diff` shows the same accesses in the same order.

    Threads that run at the same time may have another order: not for these.
    """
    said = subprocess.run([tap.tool_binary(), "diff", "--values=none", "--json",
                           recorded.path("trace.mmt"),
                           run.path("host/replay.mmt")],
                          text=True, check=False, stdout=subprocess.PIPE)
    equal(said.returncode in (0, 1), True, f"status {said.returncode}")
    found = [json.loads(line) for line in said.stdout.splitlines()]
    equal(found[-1]["type"], "summary", "last line of diff")
    equal([d for d in found[:-1] if d["type"] != "poll-time" and
           d["phase_b"] in ("start", "test: load")], [], "differences")


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


IDENTITY = r"""
for name in model serial firmware_rev; do
    cat /sys/class/nvme/nvme0/$name
done > $LAB_OUT/identity
for i in $(seq 300); do
    [ ! -b /dev/nvme0n1 ] || break
    usleep 100000
done
cat /sys/class/block/nvme0n1/size >> $LAB_OUT/identity
"""


@test
def nvme(scratch):
    """nvme: the driver probes: the same model, serial number and disk"""
    disk = os.path.join(scratch, "disk")
    with open(disk, "wb") as f:
        f.truncate(nvmequeues.DISK_BYTES)
    recorded = record(scratch, "nvme,dbcs=off,drive=disk", "nvme", IDENTITY,
                      "nvme",
                      outer_arg=["-blockdev",
                                 f"driver=file,node-name=disk,filename={disk}"])
    run = replay(scratch, recorded, ["nvme"],
                 LOAD.format(module="nvme", driver="nvme") + IDENTITY, "nvme")
    identity = recorded.text("guest/identity")
    matches(identity, r"^QEMU NVMe Ctrl *\n\S+ *\n\S+ *\n"
            f"{nvmequeues.DISK_BYTES // 512}\n$", "identity")
    equal(run.text("guest/identity"), identity, "identity")
    on_path(run)
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


# Root hubs that nothing suspends: when they are depends on the machine's load.
AWAKE = "usbcore autosuspend=-1"
USB = r"""
for i in $(seq 300); do
    usb=$(ls -d /sys/bus/usb/devices/1-1) && [ -e $usb/1-1:1.0 ] && break
    usleep 100000
done
cat $usb/manufacturer $usb/product $usb/idVendor > $LAB_OUT/usb
"""


@test
def xhci(scratch):
    """qemu-xhci: the driver probes, and finds the tablet on its bus"""
    recorded = record(scratch, "qemu-xhci", [AWAKE, "xhci_pci"], USB, "xhci")
    run = replay(scratch, recorded, ["xhci_pci"], f"modprobe {AWAKE}\n" +
                 LOAD.format(module="xhci_pci", driver="xhci_hcd") + USB,
                 "xhci")
    usb = recorded.text("guest/usb")
    matches(usb, "QEMU USB Tablet", "device")
    equal(run.text("guest/usb"), usb, "device")
    on_path(run)


if __name__ == "__main__":
    tap.main()
