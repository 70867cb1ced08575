#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Time in traps: counters, marks, extra=trap, what an exit costs."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, loadguest, mmt, tap           # noqa: E402
from common.loadguest import LoadMachine                         # noqa: E402
from common.qemu import (COMMAND_MEMORY, MMIO, Machine,          # noqa: E402
                         QMPError, fails)
from common.tap import equal, matches, test                      # noqa: E402

SLOT = 5
MARKER_PORT = 0x5e9
SMP = 4
PACE = 1000

TRAPS = re.compile(
    r"vfio-trace: traps device=(?P<device>\S+) (?P<region>\S+) map=(?P<map>\d+)"
    r"(?: cpu=(?P<cpu>\S+))? accesses=(?P<accesses>\d+) "
    r"trap-ns=(?P<trap>\d+) exit-ns=(?P<exit>\d+) since-ns=(?P<since>\d+)")


def traps(log):
    """[(index of the event, {name: text or number})] of the traps marks"""
    found = []
    for i, event in enumerate(log.events):
        m = isinstance(event, mmt.Mark) and \
            TRAPS.fullmatch(event.text)
        if m:
            found.append((i, {k: int(v) if v and k not in
                              ("device", "region", "cpu") else v
                              for k, v in m.groupdict().items()}))
    equal(len(found), len(log.marks("vfio-trace: traps ")), "sound marks")
    return found


def phases(log):
    return [(i, t) for i, t in traps(log) if t["cpu"] is None]


def totals(log):
    return [t for _, t in traps(log) if t["cpu"] is not None]


def per_cpu(accesses):
    """{vCPU: number of accesses} of a log with extra=cpu"""
    counts = {}
    for access in accesses:
        cpu = access.extra["cpu"]
        counts[cpu] = counts.get(cpu, 0) + 1
    return counts


def times_of(m, name):
    """A region's times, as QMP has them"""
    log, = m.qmp.execute("query-vfio-trace")
    region, = (r for d in log["devices"] for r in d["regions"]
               if r["name"] == name)
    return log, region


@test
def counters(scratch):
    """Four vCPUs: QMP and the last marks count each one's accesses."""
    image = loadguest.build(scratch)
    with LoadMachine(scratch, image, f"file={scratch}/log,extra=cpu",
                     smp=SMP, pace=PACE) as m:
        m.wait_progress(200)
        m.stop_load()
        log, region = times_of(m, "bar2")
        m.quit()
    equal(log["vcpus"], SMP, "vCPUs")
    equal(log["exit-ns"], 0, "cost of an exit with TCG")
    equal(0 < log["running-ns"] < 10**12, True, "time that the guest ran")
    times = region["time"]
    equal(sorted(t["cpu"] for t in times), list(range(SMP)), "vCPUs that access")
    equal(sum(t["accesses"] for t in times),
          region["read"]["accesses"] + region["write"]["accesses"] +
          region["unlogged"], "accesses")
    for t in times:
        equal(0 < t["trap-ns"] <= SMP * log["running-ns"], True,
              f"time of vCPU {t['cpu']}: {t['trap-ns']}")

    text = mmt.Log(f"{scratch}/log")
    equal(per_cpu(text.accesses()),
          {str(t["cpu"]): t["accesses"] for t in times}, "lines of each vCPU")
    equal({t["cpu"]: t["accesses"] for t in totals(text)},
          per_cpu(text.accesses()), "totals in the log")
    by_cpu = {str(t["cpu"]): t["trap-ns"] for t in times}
    for t in totals(text):
        equal((t["device"], t["region"], t["exit"]), ("dut", "bar=2", 0),
              "mark")
        equal(abs(t["trap"] - by_cpu[t["cpu"]]) < by_cpu[t["cpu"]] / 10 + 1000,
              True, f"time of vCPU {t['cpu']} in QMP and in the log")
    lab.tool("check", "--complete", f"{scratch}/log")


@test
def at_phases(scratch):
    """Before each marker: what the phase had; all phases make the totals."""
    image = loadguest.build(scratch)
    with LoadMachine(scratch, image, f"file={scratch}/log", smp=SMP,
                     pace=PACE) as m:
        m.wait_progress(50)
        m.qmp.execute("vfio-trace-mark", text="one")
        m.wait_progress(50)
        m.qmp.execute("vfio-trace-mark", text="two")
        m.stop_load()
        m.qmp.execute("vfio-trace-mark", text="three")
        m.qmp.execute("vfio-trace-mark", text="nothing since")
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    found = phases(log)
    equal(len(found), 3, "phases with accesses")
    begin = 0
    for (i, t), marker in zip(found, ("one", "two", "three")):
        equal(log.events[i + 1].text, marker, "event behind the mark")
        equal(t["accesses"], sum(isinstance(e, mmt.Access)
                                 for e in log.events[begin:i]),
              f"accesses before marker {marker}")
        equal(0 < t["trap"] <= SMP * t["since"], True, f"times of {t}")
        begin = i
    equal(sum(t["accesses"] for _, t in found),
          sum(t["accesses"] for t in totals(log)), "accesses of all phases")
    matches(log.events[0 - 1].text, r"vfio-trace: end", "last line")
    lab.tool("check", "--complete", f"{scratch}/log")


@test
def guest_markers(scratch):
    """The guest's markers end a phase, too; without accesses no mark does."""
    with Machine(scratch,
                 "-object", f"vfio-trace-log,id=log,file={scratch}/log",
                 "-object", "pci-trace,id=trace,device=dut,config=on",
                 "-device", f"edu,id=dut,addr={SLOT}",
                 "-device", "isa-vfio-trace-marker,id=m") as m:
        def mark(text):
            for byte in text.encode() + b"\n":
                m.outp(MARKER_PORT, 1, byte)
        mark("first")
        m.set_bar(SLOT, 0, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        for _ in range(7):
            m.read(MMIO, 4)
        mark("second")
        mark("third")
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    found = [(t["region"], t["accesses"]) for _, t in phases(log)]
    config = len(log.marks("vfio-trace: config "))
    equal(found, [("bar=0", 7), ("config", config)], "phases")
    equal([(t["region"], t["cpu"], t["accesses"]) for t in totals(log)],
          [("bar=0", "-", 7), ("config", "-", config)], "totals")
    lab.tool("check", "--complete", f"{scratch}/log")


@test
def none_without_room(scratch):
    """A reader that does not read: phases leave the ring to accesses."""
    os.mkfifo(f"{scratch}/fifo")
    reader = os.open(f"{scratch}/fifo", os.O_RDONLY | os.O_NONBLOCK)
    text = bytearray()
    markers = accesses = 0
    with Machine(scratch, "-object", f"vfio-trace-log,id=log,ring-size=64K,"
                 f"on-full=drop,file={scratch}/fifo",
                 "-object", "pci-trace,id=trace,device=dut",
                 "-device", f"edu,id=dut,addr={SLOT}") as m:
        m.set_bar(SLOT, 0, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        while accesses < 20000:
            m.read(MMIO, 4)
            accesses += 1
            try:
                m.qmp.execute("vfio-trace-mark", text=f"marker {markers}")
                markers += 1
            except QMPError:
                break

        def drain():
            while True:
                try:
                    data = os.read(reader, 1 << 16)
                except BlockingIOError:
                    return False
                text.extend(data)
                if not data:
                    return True

        tap.wait_until(lambda: not drain() and not
                       m.qmp.execute("query-vfio-trace")[0]["ring-used"],
                       "the ring is empty")
        m.qmp.execute("quit")
        tap.wait_until(drain, "QEMU closes the log")
    os.close(reader)
    with open(f"{scratch}/log", "wb") as f:
        f.write(text)
    log = mmt.Log(f"{scratch}/log")
    equal(accesses < 20000, True, "the ring is full at last")
    equal(len(log.marks("marker ")), markers, "markers")
    equal(len(log.accesses()), accesses, "accesses")
    equal(0 < len(phases(log)) < markers, True, "phases")
    equal(sum(t["accesses"] for _, t in phases(log)), accesses,
          "accesses of all phases")
    equal([e.text for e in log.of(mmt.Mark) if e.text.startswith("Lost")], [],
          "losses")


@test
def detached(scratch):
    """A device that is unplugged: its totals come before its last mark."""
    image = loadguest.build(scratch)
    with LoadMachine(scratch, image, f"file={scratch}/log,extra=cpu",
                     smp=2, pace=PACE) as m:
        m.wait_progress(50)
        m.stop_load()
        m.unplug()
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    equal({t["cpu"]: t["accesses"] for t in totals(log)},
          per_cpu(log.accesses()), "totals")
    last = traps(log)[-1][0]
    matches(log.events[last + 1].text, r"vfio-trace: detached id=dut",
            "event behind the totals")
    lab.tool("check", "--complete", f"{scratch}/log")


@test
def running(scratch):
    """running-ns and since-ns do not count the time of pauses."""
    image = loadguest.build(scratch)
    with LoadMachine(scratch, image, f"file={scratch}/log", smp=1,
                     pace=PACE) as m:
        m.wait_progress(10)
        m.qmp.execute("stop")
        first = times_of(m, "bar2")[0]["running-ns"]
        second = times_of(m, "bar2")[0]["running-ns"]
        m.qmp.execute("cont")
        m.wait_progress(10)
        m.qmp.execute("stop")
        third = times_of(m, "bar2")[0]["running-ns"]
        m.quit()
    equal((first > 0, second - first, third > second), (True, 0, True),
          f"time that the guest ran: {first}, {second}, {third}")
    log = mmt.Log(f"{scratch}/log")
    equal({t["since"] for t in totals(log)} <= {third}, True,
          f"since-ns of {totals(log)}: the guest ran {third}")


@test
def extra_trap(scratch):
    """extra=trap: each access has a time, at least that of the device."""
    with Machine(scratch, "-object", f"vfio-trace-log,id=log,"
                 f"extra=latency+trap,file={scratch}/log",
                 "-object", "pci-trace,id=trace,device=dut,config=on",
                 "-device", f"edu,id=dut,addr={SLOT}") as m:
        m.set_bar(SLOT, 0, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        for n in range(50):
            m.write(MMIO + 4, 4, n)
            m.read(MMIO + 4, 4)
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    matches(log.marks()[0], r" extra=latency\+trap$", "first mark")
    equal(len(log.accesses()), 100, "accesses")
    times = [(int(a.extra["latency"]), int(a.extra["trap"]))
             for a in log.accesses()]
    times += [tuple(map(int, re.search(r" latency=(\d+) trap=(\d+)$",
                                       text).groups()))
              for text in log.marks("vfio-trace: config ")]
    for latency, trap in times:
        equal(0 < latency <= trap < 10**10, True, f"{latency} and {trap} ns")
    sums = {}
    for t in totals(log):
        sums[t["region"]] = t["trap"]
    fields = sum(int(a.extra["trap"]) for a in log.accesses())
    equal(fields <= sums["bar=0"] * 1.1 + 1000, True,
          f"{fields} in the lines, {sums['bar=0']} in the trap")
    lab.tool("check", "--complete", f"{scratch}/log")


@test
def refused(scratch):
    """extra=trap: not with cr3, and not with durability=sync."""
    for log, why in (("extra=cr3+trap", r"invalid extra: 'cr3\+trap': a record "
                      r"has room for cr3 or trap: use one of them"),
                     ("extra=trap,durability=sync", r"extra=latency, hw and "
                      r"trap can't be used with durability=sync")):
        said = fails(scratch, "-object",
                     f"vfio-trace-log,id=log,file={scratch}/log,{log}")
        matches(said, why, f"message for {log}")


@test
def cost(scratch):
    """trap-cost: once, before the device; the accelerator says why not."""
    for accel, why in (("qtest", "accelerator"), ("tcg", "tcg")):
        path = os.path.join(scratch, accel)
        os.mkdir(path)
        with Machine(path, "-S",
                     "-object", f"vfio-trace-log,id=log,file={path}/log",
                     "-object", "pci-trace,id=t0,device=one",
                     "-object", "pci-trace,id=t1,device=two",
                     "-device", "edu,id=one", "-device", "edu,id=two",
                     accel=accel) as m:
            # a log without a marker is removed if the guest has not run
            m.qmp.execute("vfio-trace-mark", text="kept")
            m.quit()
        log = mmt.Log(f"{path}/log")
        equal(log.marks("vfio-trace: trap-cost "),
              [f"vfio-trace: trap-cost exit-ns=0 from=none why={why}"],
              "marks")
        first = next(i for i, e in enumerate(log.events)
                     if isinstance(e, mmt.Pcidev))
        matches(log.events[first - 1].text, "vfio-trace: trap-cost ",
                "event before the first device")


@test
def cost_sandbox(scratch):
    """KVM: the cost of an exit is measured, in QEMU's sandbox, too."""
    tap.need_kvm()
    found = []
    for n, args in enumerate((
            (), ("-sandbox", "on,obsolete=deny,elevateprivileges=deny,"
                 "spawn=deny,resourcecontrol=deny"))):
        path = os.path.join(scratch, str(n))
        os.mkdir(path)
        with Machine(path, "-S",
                     "-object", f"vfio-trace-log,id=log,file={path}/log",
                     "-object", "pci-trace,id=t0,device=one",
                     "-device", "edu,id=one", *args, accel="kvm") as m:
            log, = m.qmp.execute("query-vfio-trace")
            # a log that nobody has used is removed
            m.qmp.execute("vfio-trace-mark", text="keep")
            m.quit()
        mark, = mmt.Log(f"{path}/log").marks("vfio-trace: trap-cost ")
        equal(mark, f"vfio-trace: trap-cost exit-ns={log['exit-ns']} from=kvm",
              "mark")
        equal(100 < log["exit-ns"] < 10**7, True, "cost")
        found.append(log["exit-ns"])
    print(f"# an exit takes {found} ns", flush=True)


if __name__ == "__main__":
    tap.main()
