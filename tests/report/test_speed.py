#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 60
# timeout: 1200
# memory: 4 GiB
# alone: it measures how fast the page is drawn
"""The page of a long log: its size, how long it loads, frames per second.

A million accesses; ten million in make check-full. The times are printed. Limits are
those of the page's main thread, in time of the CPU, and only in make check-full;
otherwise what is tested is that the page works by levels of detail.
"""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
# pylint: disable=wrong-import-position
from common import browser, reportlog, tap      # noqa: E402
from common.tap import equal, test              # noqa: E402

MIB = 1 << 20
FILE = 30 * MIB
LOAD_MS = 3000
FRAME_MS = 1000 / 30
CANVAS = "#lanes-canvas"

# Zoom in by the wheel on each frame, and count frames: [frames, milliseconds, longest]
ZOOM = """new Promise((done) => {
  const canvas = document.querySelector('#lanes-canvas');
  const box = canvas.getBoundingClientRect();
  const frames = () => Number(canvas.dataset.frames);
  const first = frames(), start = performance.now();
  let steps = 0, last = start, longest = 0;
  const step = (now) => {
    longest = Math.max(longest, now - last);
    last = now;
    if (++steps > 120) {
      done([frames() - first, performance.now() - start, longest]);
      return;
    }
    canvas.dispatchEvent(new WheelEvent('wheel', { deltaY: steps <= 60 ? -120 : 120,
      clientX: box.x + box.width * 0.6, clientY: box.y + 60, cancelable: true }));
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})"""


def make(scratch, accesses):
    log = os.path.join(scratch, "long.mmt")
    with reportlog.Log(log) as writer:
        reportlog.probe(writer)
        while writer.accesses < accesses:
            writer.mark(f"round {writer.accesses}")
            reportlog.traffic(writer, accesses // 40)
    path = os.path.join(scratch, "long.html")
    subprocess.run([tap.tool_binary(), "report", log, "-o", path], check=True)
    return path, writer.accesses


def used(page):
    """Milliseconds of the CPU that the page's main thread has used"""
    metrics = page.call("Performance.getMetrics")["metrics"]
    return 1000 * next(m["value"] for m in metrics if m["name"] == "TaskDuration")


def measure(scratch, accesses):
    full = tap.rounds(False, True)
    path, made = make(scratch, accesses)
    size = os.path.getsize(path)
    page = browser.shared().page()
    page.call("Performance.enable", timeDomain="threadTicks")
    page.open(path)
    equal(page.js("document.documentElement.dataset.state"), "shown",
          f"state: {page.text('#notice')} {page.console}")
    load = used(page)
    shown = page.js("performance.getEntriesByName('vfio-trace-shown')[0].startTime")
    frames, took, longest = page.js(ZOOM)
    frame = (used(page) - load) / max(1, frames)
    print(f"# {made} accesses: {size / MIB:.1f} MiB; shown after {shown:.0f} ms, "
          f"{load:.0f} ms of the CPU; zoom: {frames / took * 1000:.0f} frames/s, the longest "
          f"took {longest:.0f} ms, {frame:.1f} ms of the CPU each", flush=True)
    equal(size <= FILE, True, f"{size} bytes are at most {FILE}")
    equal(page.console, [], "console")
    equal(f"{made:,}" in page.text("#summary"), True, "all accesses are counted")
    equal(frames >= 100, True, f"each of 120 steps is drawn: {frames}")
    for _ in range(60):
        page.js(f"document.querySelector('{CANVAS}').dispatchEvent(new WheelEvent("
                "'wheel', { deltaY: -400, clientX: 200, clientY: 200, "
                "cancelable: true }))")
    page.wait(f"document.querySelector('{CANVAS}').dataset.source !== 'bins'")
    if full:
        equal(load <= LOAD_MS, True, f"{load} ms to load")
        equal(frame <= FRAME_MS, True, f"{frame} ms for each picture")


@test
def million(scratch):
    """A million accesses: load and zoom."""
    measure(scratch, 1_000_000)


@test
def ten_million(scratch):
    """Ten million accesses, by levels of detail."""
    if not tap.rounds(False, True):
        raise tap.Skip("only in make check-full")
    measure(scratch, 10_000_000)


if __name__ == "__main__":
    tap.main()
