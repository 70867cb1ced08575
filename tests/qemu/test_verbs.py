#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The tool's control verbs, at a QEMU that traces an emulated device."""

import json
import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import mmt, tap                                      # noqa: E402
from common.qemu import COMMAND_MEMORY, MMIO, Machine            # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

SLOT, OTHER_SLOT = 5, 6
OTHER = MMIO + (16 << 20)
PAGE = os.sysconf("SC_PAGESIZE")
# edu: a register that returns the written value inverted
LIVENESS = 4


def machine(scratch, *args):
    """edu, traced, and a second QMP socket for the tool."""
    return Machine(scratch,
                   "-object", f"vfio-trace-log,id=log,file={scratch}/log",
                   "-device", f"edu,id=dut,addr={SLOT}",
                   "-qmp", f"unix:{scratch}/tool,server=on,wait=off",
                   *(args or ("-object", "pci-trace,id=trace,device=dut")))


def enable(m, slot=SLOT, address=MMIO):
    m.set_bar(slot, 0, address)
    m.command(slot, COMMAND_MEMORY)


def run(scratch, *args, env=None):
    if env is None:
        args = (args[0], "--qmp", f"{scratch}/tool", *args[1:])
    return subprocess.run([tap.tool_binary(), *args], text=True,
                          capture_output=True, timeout=60, check=False,
                          env={**os.environ, "LC_ALL": "C", **(env or {})})


def good(scratch, *args, **kwargs):
    """Run a verb that must succeed; what it prints."""
    result = run(scratch, *args, **kwargs)
    equal((result.returncode, result.stderr), (0, ""), " ".join(args))
    return result.stdout


def bad(scratch, pattern, *args):
    """Run a verb that QEMU must refuse."""
    result = run(scratch, *args)
    equal((result.returncode, result.stdout), (1, ""), " ".join(args))
    matches(result.stderr, pattern)
    equal(result.stderr.count("\n"), 1, "lines of error")


def written(scratch, offset=LIVENESS):
    """Values written to a register, according to the log."""
    return [a.value for a in mmt.Log(f"{scratch}/log").accesses()
            if a.op == "W" and a.addr % PAGE == offset]


@test
def start_stop(scratch):
    """start and stop: only the accesses between them are in the log."""
    with machine(scratch, "-object",
                 "pci-trace,id=trace,device=dut,start=off") as m:
        enable(m)
        m.write(MMIO + LIVENESS, 4, 1)
        matches(good(scratch, "window", "list"), "device dut, .*: stopped")
        equal(good(scratch, "start"), "", "start")
        equal(good(scratch, "start"), "", "start of a started device")
        matches(good(scratch, "window", "list"), "device dut, .*: started")
        m.write(MMIO + LIVENESS, 4, 2)
        equal(good(scratch, "stop", "--device", "dut"), "", "stop")
        m.write(MMIO + LIVENESS, 4, 3)
        equal(m.read(MMIO + LIVENESS, 4), 0xffffffff & ~3, "the register")
        equal(good(scratch, "start", "-D",
                   "/machine/peripheral/dut"), "", "start by path")
        m.write(MMIO + LIVENESS, 4, 4)
        bad(scratch, "no traced device 'nope'; there are: dut",
            "stop", "-D", "nope")
        m.quit()
    equal(written(scratch), [2, 4], "log")


@test
def windows(scratch):
    """window: add and remove change what is logged, list shows them."""
    with machine(scratch, "-object",
                 f"pci-trace,id=trace,device=dut,windows=0:{PAGE}:{PAGE}") \
            as m:
        enable(m)
        m.write(MMIO + LIVENESS, 4, 1)
        good(scratch, "window", "add", f"0:{LIVENESS}:4:w")
        m.write(MMIO + LIVENESS, 4, 2)
        m.read(MMIO + LIVENESS, 4)
        device, = json.loads(good(scratch, "window", "--json", "list"))
        region = device["regions"][0]
        equal((device["id"], device["started"], region["name"]),
              ("dut", True, "bar0"), "device")
        equal({"offset": LIVENESS, "length": 4, "direction": "write"}
              in region["windows"], True, f"window in {region}")
        equal(sum(r["length"] for r in region["trapped"]), 2 * PAGE,
              "trapped bytes")
        table = good(scratch, "window", "list")
        matches(table, r"\n  bar0 +1  window ")
        matches(table, r"window +0x4 +0x7 +4  writes\n")
        matches(table, r"window +0x1000 +0x1fff +4K  reads, writes\n")
        matches(table, r"trapped +0x0 +0x1fff +8K\n")
        good(scratch, "window", "remove", "0")
        m.write(MMIO + LIVENESS, 4, 3)
        matches(good(scratch, "window", "list"), "direct: no window is in")
        good(scratch, "window", "add", "bar0:rw")
        m.write(MMIO + LIVENESS, 4, 4)
        m.quit()
    equal(written(scratch), [2, 4], "writes")
    equal([a.op for a in mmt.Log(f"{scratch}/log").accesses()], ["W", "W"],
          "accesses")


@test
def refused(scratch):
    """window: regions that the device does not have are refused by name."""
    with machine(scratch) as m:
        bad(scratch, "'3', after 0 of 1 windows were changed: ",
            "window", "add", "3")
        bad(scratch, "'0:1M:4', after 1 of 2 windows were changed: ",
            "window", "remove", "0:0:4", "0:1M:4")
        bad(scratch, "there is no trace log 'nope'|no .*log.*'nope'",
            "flush", "--log", "nope")
        bad(scratch, "nope", "rotate", "--log", "nope")
        m.quit()


@test
def several_devices(scratch):
    """With two devices one must be named, and only that one changes."""
    with machine(scratch, "-device", f"edu,id=second,addr={OTHER_SLOT}",
                 "-object", "pci-trace,id=t1,device=dut,log=log",
                 "-object", "pci-trace,id=t2,device=second,log=log") as m:
        enable(m)
        enable(m, OTHER_SLOT, OTHER)
        bad(scratch, "several devices are traced: name one with --device: "
            "(dut, second|second, dut)", "window", "remove", "0")
        good(scratch, "window", "remove", "-D", "second", "0")
        m.write(OTHER + LIVENESS, 4, 1)
        m.write(MMIO + LIVENESS, 4, 2)
        good(scratch, "stop", "-D", "dut")
        m.write(MMIO + LIVENESS, 4, 3)
        good(scratch, "stop")
        good(scratch, "start")
        good(scratch, "window", "add", "-D", "second", "0")
        m.write(OTHER + LIVENESS, 4, 4)
        m.write(MMIO + LIVENESS, 4, 5)
        m.quit()
    equal(written(scratch), [2, 4, 5], "log")


@test
def flush_rotate(scratch):
    """flush writes accesses to the file, rotate goes on in the next part."""
    with machine(scratch) as m:
        enable(m)
        for n in range(100):
            m.write(MMIO + LIVENESS, 4, n)
        equal(good(scratch, "flush"), "", "flush")
        equal(written(scratch), list(range(100)), "log after flush")
        equal(good(scratch, "rotate", "-l", "log"), "", "rotate")
        m.write(MMIO + LIVENESS, 4, 100)
        good(scratch, "flush", "--log", "log")
        matches(good(scratch, "status"), "part 2;")
        m.quit()
    for name, count in (("log", 100), ("log.1", 1)):
        with open(f"{scratch}/{name}", encoding="utf-8") as f:
            equal(f.read().count("\nW 4 "), count, f"writes in {name}")


@test
def mark_json(scratch):
    """mark --json prints the mark as in the log."""
    with machine(scratch) as m:
        equal(json.loads(good(scratch, "mark", "--json", "a\nb")),
              {"text": "a?b"}, "answer")
        m.quit()
    equal("a?b" in mmt.Log(f"{scratch}/log").marks(), True, "marker")


@test
def watch(scratch):
    """status --watch: the guest's rates; the exit status."""
    def start(*args):
        return subprocess.Popen([tap.tool_binary(), "status", "-w", "0.2",
                                 "--qmp", f"{scratch}/tool", *args],
                                text=True, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)

    def rates(sample):
        device = sample["logs"][0]["devices"][0]
        return device["started"], device["regions"][0]["writes-per-second"]

    with machine(scratch) as m:
        enable(m)
        process = start("--json")
        first = json.loads(process.stdout.readline())
        equal("interval" in first, False, "interval of the first sample")
        json.loads(process.stdout.readline())
        for n in range(50):
            m.write(MMIO + LIVENESS, 4, n)
        begin = time.monotonic()
        found = []
        while sum(found) < 49.9 and time.monotonic() < begin + 30:
            sample = json.loads(process.stdout.readline())
            started, rate = rates(sample)
            equal(started, True, "started")
            found.append(rate * sample["interval"])
        equal(abs(sum(found) - 50) < 1, True, f"writes seen: {found}")
        # the socket is free for other verbs between samples
        good(scratch, "stop")
        while rates(json.loads(process.stdout.readline()))[0]:
            pass
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
        equal((process.returncode, err), (0, ""), "after an interrupt")

        process = start()
        matches(process.stdout.readline(),
                r"^\d\d:\d\d:\d\d log log: \d+ events, -/s; .*; dut stopped: "
                r"bar0 - reads/s - writes/s 0 failed\n$")
        m.quit()
        _, err = process.communicate(timeout=30)
        equal(process.returncode, 1, "status when QEMU has exited")
        equal(err.count("\n"), 1, "lines of error")


@test
def session(scratch):
    """Without --qmp the verbs use the QEMU of the only vfio-trace run."""
    with open("/proc/self/stat", encoding="utf-8") as f:
        start_time = int(f.read().rpartition(")")[2].split()[19])
    state = {"version": 1, "pid": os.getpid(), "start-time": start_time,
             "qmp": f"{scratch}/tool", "log": f"{scratch}/log",
             "devices": [{"bdf": "0000:01:00.0", "enabled": 0}]}
    env = {"VFIO_TRACE_RUN_DIR": f"{scratch}/run"}
    os.mkdir(f"{scratch}/run", 0o700)
    fd = os.open(f"{scratch}/run/0000:01:00.0.json",
                 os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(fd, "w") as f:
        json.dump(state, f)
    with machine(scratch) as m:
        enable(m)
        good(scratch, "mark", "found", env=env)
        matches(good(scratch, "status", env=env), f"log log: {scratch}/log")
        good(scratch, "stop", env=env)
        m.write(MMIO + LIVENESS, 4, 1)
        m.quit()
    equal("found" in mmt.Log(f"{scratch}/log").marks(), True, "marker")
    equal(written(scratch), [], "writes")


@test
def nothing_traced(scratch):
    """A QEMU that traces nothing: each verb says so."""
    with Machine(scratch, "-qmp",
                 f"unix:{scratch}/tool,server=on,wait=off") as m:
        equal(good(scratch, "window", "list"),
              "no device of this QEMU is traced\n", "window list")
        equal(json.loads(good(scratch, "window", "list", "--json")), [],
              "window list --json")
        bad(scratch, "no device of this QEMU is traced", "window", "add", "0")
        for verb in ("start", "stop", "flush", "rotate"):
            bad(scratch, "traced|trace log", verb)
        m.quit()


if __name__ == "__main__":
    tap.main()
