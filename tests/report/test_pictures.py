#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 30
"""The pictures in docs/pictures: drawn again, and small enough.

VFIO_TRACE_PICTURES=DIR puts the new ones there: docs/pictures is the place of those
in the repository.
"""

import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
# pylint: disable=wrong-import-position
from common import browser, reportlog, tap      # noqa: E402
from common.tap import equal, test              # noqa: E402

LARGEST = 200_000               # bytes


def picture(page, scratch, name):
    path = page.screenshot(os.path.join(
        os.environ.get("VFIO_TRACE_TEST_DIR", scratch), name + ".png"))
    size = os.path.getsize(path)
    equal(0 < size <= LARGEST, True, f"{name}: {size} bytes are at most {LARGEST}")
    if "VFIO_TRACE_PICTURES" in os.environ:
        shutil.copy(path, os.environ["VFIO_TRACE_PICTURES"])


def view(page, name):
    page.click(f"#tab-{name}")
    page.wait(f"document.querySelector('#panel-{name}')?.dataset.ready")
    page.js("scrollTo(0, 0)")


@test
def pictures(scratch):
    """Three pictures for the documents."""
    log = reportlog.usual(os.path.join(scratch, "net.mmt"), rounds=20000)
    path = os.path.join(scratch, "report.html")
    subprocess.run([tap.tool_binary(), "report", log.path, "-o", path], check=True,
                   cwd=scratch)
    with browser.Browser(scratch) as chromium:
        page = chromium.page()
        page.open(path)
        view(page, "registers")
        page.click(".table[aria-label=Registers] .row:nth-child(3)")
        page.js("document.querySelector('#lanes-canvas').focus()")
        page.key("Enter")
        picture(page, scratch, "report-timeline")
        view(page, "heat")
        picture(page, scratch, "report-heat")
        page = chromium.page(dark=True)
        page.open(path)
        view(page, "latency")
        picture(page, scratch, "report-latency-dark")


if __name__ == "__main__":
    tap.main()
