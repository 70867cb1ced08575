#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""vfio-trace serve, at a QEMU that traces an emulated device."""

import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import browser, tap                                  # noqa: E402
from common.qemu import COMMAND_MEMORY, MMIO, Machine            # noqa: E402
from common.serve import Serve                                   # noqa: E402
from common.tap import equal, matches, test, wait_until          # noqa: E402

SLOT = 5
# edu: a register that returns the written value inverted
LIVENESS = 4
WRITES = 300


def machine(scratch, log):
    """edu, traced, and a second QMP socket for the tool."""
    m = Machine(scratch, "-object", f"vfio-trace-log,id=log,file={log}",
                "-device", f"edu,id=dut,addr={SLOT}",
                "-qmp", f"unix:{scratch}/tool,server=on,wait=off",
                "-object", "pci-trace,id=trace,device=dut")
    return m


def enable(m):
    m.set_bar(SLOT, 0, MMIO)
    m.command(SLOT, COMMAND_MEMORY)


def stat(log):
    done = subprocess.run([tap.tool_binary(), "stat", "--json", log], check=True,
                          capture_output=True)
    return json.loads(done.stdout.splitlines()[0])


def region_of(update):
    """The only region in the sample of QEMU's status"""
    return update["status"]["logs"][0]["devices"][0]["regions"][0]


@test
def live(scratch):
    """The counts of a running trace, by the log and by QEMU; those of stat at the end."""
    log = f"{scratch}/log.mmt"
    with machine(scratch, log) as m:
        enable(m)
        with Serve(log, "--qmp", f"{scratch}/tool", status=True) as serve, \
                serve.enter().events() as events:
            events.until(lambda u: u["state"] == "live")
            for i in range(WRITES):
                m.write(MMIO + LIVENESS, 4, i)
            m.qmp.execute("vfio-trace-mark", text="half <b>time</b>")
            found = events.until(lambda u: u["writes"] >= WRITES)
            found += events.until(lambda u: u.get("status") and
                                  region_of(u)["write"]["accesses"] == WRITES)
            m.read(MMIO + LIVENESS, 4)
            found += events.until(lambda u: u["reads"] == 1)
            m.quit()
            found += events.until(lambda u: u["state"] == "ended")
            marks = [item[3] for u in found for item in u["marks"]["items"]
                     if item[2] == "user"]
            equal(marks, ["half <b>time</b>"], "marks")
            # QEMU does not answer any more
            found += [] if any(u.get("status", 0) is None for u in found) else \
                events.until(lambda u: u.get("status", 0) is None)
            counts = stat(log)
            equal((found[-1]["reads"], found[-1]["writes"]),
                  (counts["reads"], counts["writes"]), "reads and writes")
            equal(serve.end()[0], 0, "exit status")


@test
def page(scratch):
    """The page has QEMU's table, and the trace's end is on it."""
    log = f"{scratch}/log.mmt"
    with browser.Browser(scratch) as chromium, machine(scratch, log) as m:
        enable(m)
        with Serve(log, "--qmp", f"{scratch}/tool", status=True) as serve:
            shown = chromium.page()
            shown.call("Page.navigate", url=serve.address)
            shown.wait("document.querySelector('#qemu')?.textContent.startsWith('as QEMU')")
            for i in range(WRITES):
                m.write(MMIO + LIVENESS, 4, i)
            wait_until(lambda: re.search(rf"(?s)dut, started.*bar0.*{WRITES}",
                                         shown.text("#regions") or ""),
                       "QEMU's counts on the page")
            matches(shown.text("#regions"), "log log: .* ring .*traps")
            equal(shown.js("document.querySelector('#regions th').offsetHeight < 40"), True,
                  "height of a row")
            shown.screenshot(os.path.join(os.environ.get("VFIO_TRACE_TEST_DIR", "/tmp"),
                                          "serve.png"))
            m.quit()
            wait_until(lambda: shown.text("#qemu") == "as the log says", "QEMU's end")
            wait_until(lambda: shown.text("#state") == "the trace has ended", "the end")
            equal(shown.console, [], "console")


@test
def session(scratch):
    """The QEMU of the only vfio-trace run is asked if the log is its own."""
    log = f"{scratch}/log.mmt"
    with open("/proc/self/stat", encoding="utf-8") as f:
        start_time = int(f.read().rpartition(")")[2].split()[19])
    state = {"version": 1, "pid": os.getpid(), "start-time": start_time,
             "qmp": f"{scratch}/tool", "log": log,
             "devices": [{"bdf": "0000:01:00.0", "enabled": 0}]}
    os.mkdir(f"{scratch}/run", 0o700)
    fd = os.open(f"{scratch}/run/0000:01:00.0.json", os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(fd, "w") as f:
        json.dump(state, f)
    env = {"VFIO_TRACE_RUN_DIR": f"{scratch}/run"}
    with machine(scratch, log) as m:
        enable(m)
        with Serve(log, status=True, env=env) as serve, \
                serve.enter().events() as events:
            events.until(lambda u: u.get("status"))
        shutil.copy(log, f"{scratch}/copy.mmt")
        with Serve(f"{scratch}/copy.mmt", status=True, env=env) as serve, \
                serve.enter().events() as events:
            found = events.until(lambda u: u["state"] == "live")
            equal([u for u in found if u.get("status")], [], "samples")
        m.quit()


@test
def through_a_socket(scratch):
    """A log without a file, which QEMU sends to the page's server."""
    with machine(scratch, f"unix:{scratch}/log.sock") as m:
        enable(m)
        with Serve(f"unix:{scratch}/log.sock") as serve, \
                serve.enter().events() as events:
            for i in range(WRITES):
                m.write(MMIO + LIVENESS, 4, i)
            events.until(lambda u: u["writes"] == WRITES)
            m.quit()
            events.until(lambda u: u["state"] == "ended")


if __name__ == "__main__":
    tap.main()
