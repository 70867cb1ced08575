#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The bench: its figures, and what it and its bare guest must agree on."""

import os
import re
import sys
import time

TOP = os.environ.get("VFIO_TRACE_SOURCE") or os.path.dirname(os.path.dirname(
    os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests"), os.path.join(TOP, "bench")]
from common import tap                                          # noqa: E402
from common.tap import equal, test                              # noqa: E402
from benchlib import bare, load, tail                           # noqa: E402


def source(name):
    with open(os.path.join(TOP, "bench", "bare", name), encoding="utf-8") as f:
        return f.read()


@test
def quantiles(_scratch):
    """quantiles of single accesses"""
    values = list(range(1, 1001))
    for q, want in ((0.5, 500), (0.99, 990), (0.999, 999), (1, 1000)):
        equal(tail.quantile(values, q), want, f"quantile {q}")
    equal(tail.quantile([7], 0.5), 7, "of one")
    equal(tail.quantile([7, 9], 0.999), 9, "of two")
    equal(tail.beyond(values, 990), 10000, "ppm beyond 990")
    equal(tail.beyond(values, 1000), 0, "ppm beyond all")


@test
def rows(_scratch):
    """each device's samples and the loop's, sorted"""
    equal(tail.split([3, 1, 2, 6, 5, 4, 9, 9, 8, 77], ["h", "e"], 3),
          {"h": [1, 2, 3], "e": [4, 5, 6], tail.LOOP: [8, 9, 9]}, "rows")


@test
def sleeping(_scratch):
    """how often a thread slept"""
    with open("/proc/self/status", encoding="ascii") as f:
        before = tail.slept(f.read())
        time.sleep(0.01)
        f.seek(0)
        after = tail.slept(f.read())
    if after <= before:
        raise AssertionError(f"{before} times, after sleeping {after} times")
    equal(tail.slept(""), None, "of a thread that is gone")
    equal(tail.waits([(100, 7), (300, 27)]), 0.1, "for each sample")
    equal(tail.waits([(100, 7)]), None, "at one moment")
    equal(tail.waits([(100, 7), (100, 9)]), None, "of no sample")


@test
def layout(_scratch):
    """the guest's job and its memory"""
    job = re.search(r"typedef struct Job \{(.*?)\} Job;", source("bare.h"),
                    re.S)[1]
    fields = re.findall(r"uint32_t (\w+)(?:\[MAX_DEVICES\])?;", job)
    equal(fields, [*bare.JOB_FIELDS, "devices", "slot", "bar"], "struct Job")
    defined = dict(re.findall(r"#define (\w+) +(\w+)", source("layout.h")))
    for name, value in (("JOB", bare.JOB_ADDRESS), ("SAMPLES", tail.SAMPLES),
                        ("LOAD_COUNT", tail.LOAD_COUNT),
                        ("PROGRESS", tail.PROGRESS),
                        ("SCREEN_SLOT", load.SCREEN_SLOT)):
        equal(int(defined[name], 0), value, name)
    loads = re.search(r"enum \{(.*?)\};", source("bare.h"), re.S)[1]
    equal([x.lower() for x in re.findall(r"LOAD_(\w+),", loads)],
          ["none"] + [x.name for x in load.LOADS if x.guest], "loads")


if __name__ == "__main__":
    tap.main()
