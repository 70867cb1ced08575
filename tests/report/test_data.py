#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The data in pages of vfio-trace report, without a browser.

tests/common/reportpage.py reads it by docs/report-format.md; what the log's text says
and what stat, profile and fold count must be the same, at each level of detail. With
logs as arguments, these are compared instead of made ones:

    tests/report/test_data.py LOG...
"""

import csv
import json
import os
import random
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
# pylint: disable=wrong-import-position
from common import reportlog, reportpage, tap   # noqa: E402
from common.tap import equal, test              # noqa: E402

NO_CPU = 2**32 - 1
OPS = {"R": 0, "W": 1, "UNKNOWN": 2}
LATENCY = re.compile(rb" latency=(\d+)")
# What docs/report.md says of limits
PHASES, REGIONS, LANES = 256, 1024, 64
MARKS = 20000
BASE, SIZE = 0xe0000000, 0x10000
CUTS, MILLISECOND, SECOND = 256, 10**6, 10**9


def tool(*arguments):
    done = subprocess.run([tap.tool_binary(), *arguments], check=False, capture_output=True)
    equal(done.returncode in (0, 1), True, f"status of {arguments}: {done.stderr}")
    return done.stdout


def objects(verb, path, *options):
    return [json.loads(line) for line in tool(verb, "--json", *options, path).splitlines()]


class Text:
    """What a log says, by vfio-trace cat --as csv: `rows`, each with its place `t`."""

    def __init__(self, path, *options):
        lines = tool("cat", "--as", "csv", *options, path).decode("utf-8", "replace")
        self.rows = list(csv.DictReader(lines.split("\n")))
        first = next((r for r in self.rows if r["time"] or r["op"] in OPS), None)
        self.timed = bool(first and first["time"])
        self.accesses = [r for r in self.rows if r["op"] in OPS]
        self._place()

    def _place(self):
        """The axis of docs/report.md: what is not on it are jumps of the clock."""
        start, last, now, cuts = None, 0, None, 0
        for row in self.rows:
            if not self.timed:
                last = max(last, int(row["line"]) - 1)
            elif nanoseconds(row):
                ns = nanoseconds(row)
                start = start or ns
                by = ns - (now or ns)
                if cuts < CUTS and (by < -SECOND or by > 60 * SECOND and by // 10 > last):
                    last += min(max(last // 8, MILLISECOND), SECOND)
                    cuts += 1
                    now = ns
                else:
                    last += max(0, by)
                    now = max(now or 0, ns)
            row["t"] = last
        self.start, self.end = start or 0, last if start or self.accesses else 0
        self.cuts = cuts


def nanoseconds(row):
    seconds, _, fraction = row["time"].partition(".")
    return int(seconds) * SECOND + int(fraction) if row["time"] else 0


def number(text):
    return int(text, 0) if text else 0


def same_accesses(log, text):
    """Single accesses are the log's. Return: regions by name in the csv"""
    named = {}
    for i, access in enumerate(log.accesses()):
        row = text.accesses[i]
        where = f"access {i}: {row}"
        equal((access.line, access.t, access.op, access.width),
              (int(row["line"]), row["t"], OPS[row["op"]], number(row["width"])), where)
        equal((access.offset, access.value, access.pc),
              (number(row["offset"]), number(row["value"]), number(row["pc"])), where)
        equal(access.cpu, min(int(row["cpu"] or NO_CPU), reportpage.NO_CPU), where)
        key = (row["device"], row["region"])
        equal(named.setdefault(key, access.region), access.region, where)
        if access.text is not None:
            found = LATENCY.search(access.text)
            equal(access.latency, int(found[1]) if found else None, where)
        if access.region != reportpage.OTHER_REGION:
            region = log["regions"][access.region]
            equal((log["devices"][region["device"]]["name"], region["name"]), key, where)
    return named


class Counted:
    """Sums by any key"""

    def __init__(self):
        self.counts = {}

    def add(self, key, way, n=1):
        self.counts.setdefault(key, [0, 0])[way] += n

    def of(self, key):
        return self.counts.get(key, [0, 0])


def way(access):
    return int(access["op"] != "R")


def same_array(got, want, what):
    """@want: dictionary, in which 0 is left out"""
    equal({i: n for i, n in enumerate(got) if n}, {i: n for i, n in want.items() if n}, what)


def by_key(accesses, key):
    sums = {}
    for access in accesses:
        sums.setdefault(key(access), ({}, {}))[way(access)].setdefault(access["bin"], 0)
        sums[key(access)][way(access)][access["bin"]] += 1
    return sums


def same_lanes(log, text, regions):
    width, n = log["bins"]["width"], log["bins"]["n"]
    equal(n <= 16384, True, f"{n} bins")
    equal(n * width > text.end or not n, True, f"{n} bins of {width} have {text.end}")
    for access in text.accesses:
        access["bin"] = access["t"] // width

    def region_of(access):
        return regions[access["device"], access["region"]]

    sums = by_key(text.accesses, region_of)
    have = {lane["region"] for lane in log.lanes("region") if not lane.get("others")}
    for lane in log.lanes("region"):
        keys = sums.keys() - have if lane.get("others") else {lane["region"]}
        for i, name in enumerate(("reads", "writes")):
            want = {}
            for key in keys:
                for place, count in sums[key][i].items():
                    want[place] = want.get(place, 0) + count
            same_array(log.array(lane[name]), want, f"{name} of lane {lane['region']}")
        low, high = {}, {}
        for access in text.accesses:
            if region_of(access) in keys:
                place, offset = access["bin"], float(number(access["offset"]))
                low[place] = min(low.get(place, offset), offset)
                high[place] = max(high.get(place, offset), offset)
        for name, want in (("min", low), ("max", high)):
            got = log.array(lane[name])
            equal({i: x for i, x in enumerate(got) if x == x}, want, name)
    if not log["has"]["cpu"]:
        equal(log.lanes("cpu"), [], "lanes of processors")
        return
    sums = by_key(text.accesses, lambda a: int(a["cpu"]) if a["cpu"] else None)
    have = {lane["cpu"] for lane in log.lanes("cpu") if not lane.get("others")}
    for lane in log.lanes("cpu"):
        keys = sums.keys() - have if lane.get("others") else {lane["cpu"]}
        for i, name in enumerate(("reads", "writes")):
            want = {}
            for key in keys:
                for place, count in sums[key][i].items():
                    want[place] = want.get(place, 0) + count
            same_array(log.array(lane[name]), want, f"{name} of processor {lane['cpu']}")


def same_segments(log, text, regions):
    segments = log["segments"]
    size, n = segments["size"], segments["n"]
    equal(n, (len(text.accesses) + size - 1) // size, "segments")
    columns = {name: log.array(segments[name])
               for name in ("t0", "t1", "line", "reads", "writes")}
    regions_of_lanes = [log["lanes"][i].get("region") for i in segments["lanes"]]
    for i in range(n):
        part = text.accesses[i * size:(i + 1) * size]
        equal((columns["t0"][i], columns["t1"][i], columns["line"][i]),
              (float(part[0]["t"]), float(part[-1]["t"]), float(part[0]["line"])), f"segment {i}")
        for lane, region in enumerate(regions_of_lanes):
            counts = [0, 0]
            for access in part:
                if regions[access["device"], access["region"]] == region:
                    counts[way(access)] += 1
            equal([columns["reads"][lane * n + i], columns["writes"][lane * n + i]], counts,
                  f"lane {lane} of segment {i}")


def find_row(rows, region, offset):
    for key in (("register", region, offset), ("page", region, offset & ~0xfff),
                ("region", region, None), ("others", None, None)):
        if key in rows:
            return rows[key]
    raise ValueError(f"no row for {region}+{offset:#x}")


def phase_numbers(log, text):
    """Numbers of phases by the csv: a phase begins with a mark of user or guest."""
    phases = log.table("phases")
    lines = [p["line"] for p in phases]
    at = 0
    for access in text.accesses:
        while at + 1 < len(phases) and int(access["line"]) >= lines[at + 1]:
            at += 1
        access["phase-number"] = at
        if not phases[at].get("further"):
            equal(access["phase"], phases[at]["name"], f"phase of {access}")
    return phases


def same_rows(log, text, regions):
    rows = log.table("rows")
    index = {(r["kind"], r.get("region"), int(r["offset"], 0) if "offset" in r else None): i
             for i, r in enumerate(rows)}
    equal(len(index), len(rows), "each row is there once")
    phases = phase_numbers(log, text)
    heat, counts, phase = Counted(), Counted(), Counted()
    times = {}
    for access in text.accesses:
        region = regions[access["device"], access["region"]]
        row = find_row(index, None if region == reportpage.OTHER_REGION else region,
                       number(access["offset"]))
        counts.add(row, way(access))
        heat.add((row, access["t"] // log["heat"]["width"]), way(access))
        phase.add((access["phase-number"], row), way(access))
        times.setdefault(row, [access["t"], 0])[1] = access["t"]
    arrays = [log.array(log["heat"][name]) for name in ("reads", "writes")]
    by_phase = [log.array(log["phase-counts"][name]) for name in ("reads", "writes")]
    bins = log["heat"]["bins"]
    for i, row in enumerate(rows):
        equal([row["reads"], row["writes"]], counts.of(i), f"row {row}")
        equal([row["t0"], row["t1"]], times[i], f"row {row}")
        for place in range(bins):
            equal([a[i * bins + place] for a in arrays], heat.of((i, place)), f"heat of {row}")
        for n in range(len(phases)):
            equal([a[n * len(rows) + i] for a in by_phase], phase.of((n, i)), f"phases of {row}")
    equal([r.get("kind") for r in rows].count("others") <= 1, True, "others")
    return rows, index


def same_latencies(log, text, index):
    """Of logs whose single accesses are all on the page"""
    if not log["has"]["latency"] or log["single"] < log["accesses"]:
        return
    bounds = log["latency"]["bounds"]
    arrays = [log.array(log["latency"][name]) for name in ("reads", "writes")]
    want, lanes = Counted(), {}
    for access, row in zip(log.accesses(), text.accesses):
        if access.latency is None:
            continue
        region = None if access.region == reportpage.OTHER_REGION else access.region
        bucket = max(i for i, bound in enumerate(bounds) if access.latency >= bound)
        want.add(find_row(index, region, access.offset) * len(bounds) + bucket, way(row))
        lanes.setdefault(region, {}).setdefault(row["bin"], []).append(access.latency)
    for place, pair in enumerate(zip(*arrays)):
        equal(list(pair), want.of(place), f"latency {place}")
    for lane in log.lanes("region"):
        if "latency-n" in lane and not lane.get("others"):
            have = lanes[lane["region"]]
            for name, how in (("latency-n", len), ("latency-max", max), ("latency-sum", sum)):
                same_array(log.array(lane[name]), {i: how(x) for i, x in have.items()}, name)


def same_stat(log, path, *options):
    stat = objects("stat", path, *options)
    summary = stat[0]
    for name in ("reads", "writes", "unknown", "lost", "lost-unknown", "damaged"):
        equal(log[name], summary[name], name)
    equal(log["accesses"], log["reads"] + log["writes"] + log["unknown"], "accesses")
    counts = ("reads", "writes", "unknown")
    want = {(o.get("device", ""), o["region"]): [o[c] for c in counts]
            for o in stat if o["type"] == "region"}
    got = {(log["devices"][r["device"]]["name"], r["name"]): [r[c] for c in counts]
           for r in log["regions"] if any(r[c] for c in counts)}
    if "other-regions" not in log.members:
        equal(got, {k: v for k, v in want.items() if any(v)}, "regions")
    phases = log.table("phases")
    want = {o["phase"]: [o["phase-name"]] + [o[c] for c in counts]
            for o in stat if o["type"] == "phase"}
    for phase in phases:
        if not phase.get("further") and any(phase[c] for c in counts):
            equal([phase["name"]] + [phase[c] for c in counts], want[phase["n"]],
                  f"phase {phase['n']}")
    for name in counts:
        equal(sum(p[name] for p in phases), log[name], f"{name} by phase")


def same_registers(log, path, rows, *options):
    want = {}
    for o in objects("profile", path, *options):
        if o["type"] in ("register", "bulk-window"):
            kind = o["type"].removeprefix("bulk-")
            want[kind, o.get("device", ""), o["region"], int(o["offset"], 0)] = o
    table = log.table("registers")
    for item in table["items"]:
        if item["region"] is None:
            continue
        region = log["regions"][item["region"]]
        key = (item["kind"], log["devices"][region["device"]]["name"], region["name"],
               int(item["offset"], 0))
        o = want.pop(key)
        for name in ("name", "width", "reads", "writes", "first-line", "stride"):
            equal(item.get(name), o.get(name), f"{name} of {key}")
        if "length" in o:
            equal(item["length"], int(o["length"], 0), f"length of {key}")
        for name in ("values-read", "values-written"):
            equal([v["value"] for v in item.get(name, [])], o.get(name, []), f"{name} of {key}")
        equal([(c["class"], c["confidence"], c["evidence"]) for c in item.get("classes", [])],
              [(c["class"], c["confidence"], c["evidence"]) for c in o.get("classes", [])],
              f"classes of {key}")
        if item["row"] is not None:
            row = rows[item["row"]]
            equal((row["region"], row["offset"], row.get("name"), row["reads"], row["writes"]),
                  (item["region"], item["offset"], item.get("name"), item["reads"],
                   item["writes"] + item["unknown"]), f"row of {key}")
    if not table["left-out"] and "other-regions" not in log.members:
        equal(want, {}, "registers that are not on the page")
    equal(sum(i["reads"] + i["writes"] + i["unknown"] for i in table["items"]) +
          table["left-out"], log["accesses"], "accesses of registers")


def leaves(item):
    if item["type"] == "block":
        for member in item["members"]:
            yield from leaves(member)
    elif item["type"] == "access":
        yield item


def same_polls(log, path, *options):
    table = log.table("polls")
    want = {}
    for item in objects("fold", path, "--no-marks", *options):
        for leaf in leaves(item):
            if "poll" in leaf:
                want[leaf["first_line"], leaf["last_line"], leaf["offset"]] = leaf
    for item in table["items"]:
        if item["mask"] == "0x0":
            continue
        leaf = want.pop((item["line"], item["last-line"], item["offset"]))
        poll = leaf["poll"]
        equal((item["mask"], item["value"], item["polls"], item["longest"], item["next"]),
              (poll["mask"], poll["value"], poll["polls"], poll.get("longest_ns", 0), poll["next"]),
              f"poll in line {item['line']}")
        equal(item["reads"], sum(n * times for n, times in leaf["rounds"]), f"reads of {item}")
        equal(item.get("name"), leaf.get("name"), f"name of {item}")
    equal(len(want), table["left-out"], "polls that are not on the page")


def same_marks(log, text):
    marks = log.table("marks")
    rows = {int(r["line"]): r for r in text.rows if r["op"] == "MARK"}
    for mark in marks["items"]:
        row = rows[mark["line"]]
        equal(mark["t"], row["t"], f"time of {mark}")
        equal(row["text"].endswith(mark["text"]) or len(mark["text"]) > 900, True,
              f"text of {mark}: {row}")
    counted = sum(sum(log.array(lane["counts"])) for lane in log.lanes("mark"))
    shown = [m for m in marks["items"] if m["kind"] != "tracer"]
    equal(counted >= len(shown), True, "marks are counted")
    if len(shown) < MARKS:
        equal(counted, len(shown), "marks that are counted are shown")
    interrupts = [r for r in rows.values()
                  if r["text"].startswith("vfio-trace: irq ")]
    irqs = log["irqs"]
    equal(irqs["n"] + irqs["left-out"] if irqs else 0, len(interrupts), "interrupts")
    equal(sum(sum(log.array(lane["counts"])) for lane in log.lanes("irq")), len(interrupts),
          "interrupts in lanes")
    if irqs:
        equal(list(zip(log.array(irqs["t"]), log.array(irqs["line"]))),
              [(float(r["t"]), float(r["line"])) for r in interrupts][:irqs["n"]],
              "places of interrupts")
        for place, row in zip(log.array(irqs["device"]), interrupts):
            equal(f" device={irqs['devices'][place]} " in row["text"] + " ", True, row["text"])


def compare(path, scratch, *options):
    """The page of @path is the log. Return: the log of the page"""
    out = os.path.join(scratch, "data.html")
    tool("report", "--force", *options, path, "-o", out)
    log = reportpage.Page(out).logs[0]
    text = Text(path, *options)
    equal(log["axis"], "time" if text.timed else "line", "axis")
    equal((int(log["start"]), log["end"]), (text.start, text.end), "axis")
    equal(len(log["cuts"]), text.cuts, "cuts of the axis")
    equal(log["accesses"], len(text.accesses), "accesses")
    equal(log["left-out"], 0, "tables that are left out")
    same_stat(log, path, *options)
    regions = same_accesses(log, text)
    if log["single"] == log["accesses"]:
        same_lanes(log, text, regions)
        same_segments(log, text, regions)
        rows, index = same_rows(log, text, regions)
        same_latencies(log, text, index)
        same_registers(log, path, rows, *options)
    same_polls(log, path, *options)
    same_marks(log, text)
    return log


@test
def usual(scratch):
    """A network card's log."""
    log = reportlog.usual(os.path.join(scratch, "net.mmt"), rounds=300, poll=90, extra=True)
    compare(log.path, scratch)


@test
def hostile(scratch):
    """Marks with markup."""
    log = reportlog.hostile(os.path.join(scratch, "hostile.mmt"))
    compare(log.path, scratch)


HEAD = f"""\
VERSION 20070824
MARK 1.000000 vfio-trace: log format=1 qemu=10.0.7 extra=cpu+ns+latency
PCIDEV 0028 808610d3 b {BASE:x} {BASE + SIZE:x} {BASE + 2 * SIZE:x} 0 0 0 0 \
{SIZE:x} {SIZE:x} {SIZE:x} 0 0 0 0 nic
"""


def write(scratch, name, lines):
    path = os.path.join(scratch, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(HEAD + "".join(line + "\n" for line in lines))
    return path


@test
def irregular(scratch):
    """Random times, registers, widths, processors, latencies."""
    rng = random.Random(4)
    lines = [f"MAP 1.000001 {i + 1} {BASE + i * SIZE:#x} {BASE + i * SIZE:#x} {SIZE:#x} 0x0 0"
             for i in range(3)]
    ns = 2 * SECOND
    for i in range(tap.rounds(6000, 60000)):
        ns += rng.choice((1, 90, 5000, 10**6, -3000))
        address = BASE + rng.choice((rng.randrange(3) * SIZE + rng.randrange(0x800),
                                     rng.randrange(16) * 4))
        width = rng.choice((1, 2, 4, 8))
        clock = f"{ns // SECOND}.{ns % SECOND:09d}"
        line = (f"{rng.choice('RRW')} {width} {clock[:-3]} {(address - BASE) // SIZE + 1} "
                f"{address:#x} {rng.getrandbits(width * 8):#x} {rng.getrandbits(48):#x} 0")
        lines.append(line + rng.choice((
            "", f" cpu={rng.randrange(90)} ns={clock} latency={rng.randrange(10**9)}",
            f" cpu=- ns={clock} latency=?", f" cpu={1 << 31} ns={clock}")))
        if rng.randrange(10) == 0:
            lines.append(f"MARK {clock[:-3]} " + rng.choice(
                ("phase", "vfio-trace: irq device=nic msix vector=3",
                 "vfio-trace: irq device=gpu intx=B level=1",
                 "vfio-trace: guest-mark origin=isa port=m0 text=guest")))
    log = compare(write(scratch, "irregular.mmt", lines), scratch)
    equal(log["has"], {"time": True, "cpu": True, "pc": True, "latency": True, "irq": True,
                       "memory": False}, "what it has")
    equal(len(log.lanes("cpu")), LANES, "lanes of processors")
    equal(log["clamped"] > 0, True, "times that go back")
    equal({r["kind"] for r in log.table("rows")}, {"register", "page"}, "kinds of rows")
    equal(log.table("phases")[-1].get("further"), True, "further phases")
    equal(len(log.table("phases")), PHASES, "phases")


@test
def jumps(scratch):
    """A clock that jumps: two boots, a night, a time that is absurd."""
    lines = [f"MAP 1.000001 1 {BASE:#x} {BASE:#x} {SIZE:#x} 0x0 0"]
    for second in (2, 3, 30000, 30001, 5, 6, 10**10, 7, 8, 500, 501, 9 * 10**9, 1):
        for i in range(20):
            lines.append(f"R 4 {second}.{i:06d} 1 {BASE + 4 * (i % 7):#x} {i:#x} 0x0 0")
        lines.append(f"MARK {second}.000100 at {second}")
    log = compare(write(scratch, "jumps.mmt", lines), scratch)
    equal(len(log["cuts"]), 7, "cuts")
    equal([c["time"] for c in log["cuts"][:3]],
          ["30000000000000", "5000000000", str(10**10 * SECOND)], "times")
    equal(log["end"] < 30 * SECOND, True, f"the axis ends at {log['end']}")
    equal(log["clamped"], 0, "clamped")


@test
def lines(scratch):
    """A log without times, from QEMU's trace events."""
    path = os.path.join(scratch, "lines.txt")
    with open(path, "w", encoding="ascii") as file:
        for i in range(500):
            file.write(f"vfio_region_read  (0000:01:00.{i % 2}:region{i % 5}+{i * 8 % 96:#x}, "
                       f"4) = {i // 40:#x}\n")
    equal(compare(path, scratch)["axis"], "line", "axis")


@test
def many(scratch):
    """More regions and registers than have lanes and rows of their own."""
    path = os.path.join(scratch, "many.txt")
    with open(path, "w", encoding="ascii") as file:
        for i in range(22000):
            device = f"0000:{i % 200:02x}:00.0"
            file.write(f"7@1720420596.{i:06d}:vfio_region_read  ({device}:region{i // 200 % 6}+"
                       f"{i * 52 % 0x7ffc:#x}, 4) = {i // 40:#x}\n")
    log = compare(path, scratch)
    equal(len(log["regions"]), REGIONS, "regions")
    equal(len(log.lanes("region")), LANES, "lanes")
    equal(log["other-regions"]["reads"] > 0, True, "other regions")
    equal({r["kind"] for r in log.table("rows")}, {"register", "page", "region", "others"},
          "kinds of rows")


@test
def selections(scratch):
    """What is selected is what cat, stat, profile and fold select."""
    net = reportlog.usual(os.path.join(scratch, "net.mmt"), rounds=40)
    whole = None
    for options in ((), ("--range", "0"), ("--range", "3"), ("--phase", "2"), ("--phase", "probe"),
                    ("--device", "net0"), ("--op", "w"), ("--from", "#60", "--to", "#200"),
                    ("--from", "/open/"), ("--reg", "STATUS"), ("--cpu", "1")):
        log = compare(net.path, scratch, *options)
        whole = whole or log["accesses"]
        equal(log["selected"], bool(options), f"{options}: a selection")
        equal(0 < log["accesses"] <= whole, True, f"{options}: accesses")


@test
def equal_pages(scratch):
    """Two pages of one log are the same bytes."""
    log = reportlog.usual(os.path.join(scratch, "net.mmt"), rounds=40)
    pages = []
    for i in range(2):
        path = os.path.join(scratch, f"{i}.html")
        tool("report", log.path, "-o", path)
        with open(path, "rb") as file:
            pages.append(file.read())
    equal(pages[0] == pages[1], True, "same bytes")


def by_hand(paths):
    for path in paths:
        with tempfile.TemporaryDirectory() as scratch:
            log = compare(path, scratch)
            print(f"{path}: {log['accesses']} accesses, {log['single']} single, "
                  f"{len(log['regions'])} regions, {len(log.table('phases'))} phases: same",
                  flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1 and os.path.exists(sys.argv[1]):
        by_hand(sys.argv[1:])
    else:
        tap.main()
