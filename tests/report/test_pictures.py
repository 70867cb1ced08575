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
SIZE = {"width": 1280, "height": 720}
CANVAS = "#lanes-canvas"


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
    reportlog.session(os.path.join(scratch, "nic.mmt"))
    subprocess.run([tap.tool_binary(), "report", "nic.mmt", "-o", "nic.html"], check=True,
                   cwd=scratch)
    path = os.path.join(scratch, "nic.html")
    page = browser.shared().page(**SIZE)
    page.open(path)
    view(page, "registers")
    page.click(".table[aria-label=Registers] .row:nth-child(3)")
    page.wait("document.querySelector('#line-details .raw')")
    page.js("scrollTo(0, 0); document.activeElement.blur()")
    picture(page, scratch, "report-registers")
    page.key("Escape")
    view(page, "heat")
    picture(page, scratch, "report-heat")
    page = browser.shared().page(dark=True, **SIZE)
    page.open(path)
    view(page, "polls")
    page.click(".table[aria-label=Polls] .row:nth-child(1)")
    page.wait("document.querySelector('#line-details .raw')")
    page.wait(f"document.querySelector('{CANVAS}').dataset.source === 'single'")
    picture(page, scratch, "report-poll-dark")
    equal(page.console, [], "console")


if __name__ == "__main__":
    tap.main()
