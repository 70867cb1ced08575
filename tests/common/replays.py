# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures of Linux's drivers in the lab, and their replays by pci-replay."""

import json
import os
import subprocess

from . import lab, mmt, tap
from .tap import equal

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
