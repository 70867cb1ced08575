#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 40
"""The live page of vfio-trace serve in Chromium."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
# pylint: disable=wrong-import-position
from common import browser, reportlog, tap              # noqa: E402
from common.serve import Serve                          # noqa: E402
from common.tap import equal, matches, test, wait_until  # noqa: E402

SHOWN = "document.documentElement?.dataset.state === 'shown'"
PHONE = {"width": 390, "height": 844, "phone": True}


class Growing(reportlog.Log):
    """A log whose lines are in the file at once"""

    def __init__(self, path):
        super().__init__(path)
        self.flush()

    def flush(self):
        self.file.flush()

    def __exit__(self, *exc):
        if not self.file.closed:
            super().__exit__(*exc)


def kept(name):
    """A path for what a person may want to look at"""
    return os.path.join(os.environ.get("VFIO_TRACE_TEST_DIR", "/tmp"), name)


def show(page, serve, address=None):
    page.call("Page.navigate", url=address or serve.address)
    page.wait(SHOWN)


@contextlib.contextmanager
def shown(scratch, log):
    """A server of the log, and a page that shows it."""
    with browser.Browser(scratch) as chromium, Serve(log.path) as serve:
        page = chromium.page()
        show(page, serve)
        yield page, serve


def state(page):
    return page.js("document.querySelector('#state')?.dataset.state")


def says(page, selector, pattern):
    """Until an element's text matches"""
    wait_until(lambda: re.search(pattern, page.text(selector) or "", re.S),
               f"{pattern} in {selector}")


def quiet(page, serve):
    """Nothing on the console, nothing asked for from elsewhere."""
    equal(page.console, [], "console")
    equal(page.dialogs, [], "dialogs")
    others = [url for url in page.requests
              if urllib.parse.urlsplit(url).netloc != serve.host and url != "about:blank"]
    equal(others, [], "requests")


def accesses(page):
    return int(re.match(r"([\d,]+) access", page.text("#summary"))[1].replace(",", ""))


@test
def grows(scratch):
    """Accesses and marks appear as they are written; the counts are those of stat."""
    with Growing(f"{scratch}/net.mmt") as log, browser.Browser(scratch) as chromium:
        reportlog.probe(log)
        log.flush()
        with Serve(log.path) as serve:
            page = chromium.page()
            show(page, serve)
            equal(urllib.parse.urlsplit(page.js("location.href")).query, "",
                  "query of the address")
            wait_until(lambda: state(page) == "live", "state live")
            wait_until(lambda: accesses(page) == log.accesses, "accesses")
            log.mark("the user has pressed a button")
            log.write(0x3818, 77)
            log.flush()
            wait_until(lambda: accesses(page) == log.accesses, "accesses")
            says(page, "#marks", "the user has pressed a button")
            matches(page.texts("#list div")[-1], r"W4 TDT\[0\] = 0x4d")
            reportlog.traffic(log, 3000)
            log.__exit__()
            says(page, "#state", "the trace has ended")
            wait_until(lambda: accesses(page) == log.accesses, "accesses")
            done = subprocess.run([tap.tool_binary(), "stat", "--json", log.path],
                                  capture_output=True, check=True)
            stat = json.loads(done.stdout.splitlines()[0])
            equal(stat["reads"] + stat["writes"], accesses(page), "accesses of stat")
            matches(page.text("#regions"), "bar0.*bar3")
            matches(page.text("#cpus"), "vCPU 0.*vCPU 1")
            page.screenshot(kept("live.png"))
            quiet(page, serve)


@test
def reload(scratch):
    """The page comes back after a reload; the address does not open it again."""
    log = reportlog.usual(f"{scratch}/net.mmt")
    with shown(scratch, log) as (page, serve):
        page.js("document.documentElement.dataset.state = ''")
        page.call("Page.reload")
        page.wait(SHOWN)
        equal(accesses(page), log.accesses, "accesses")
        quiet(page, serve)
        page.call("Page.navigate", url=serve.address)
        says(page, "body", "opens the page once")
        show(page, serve, serve.another())
        equal(accesses(page), log.accesses, "accesses with another address")


@test
def link(scratch):
    """The address can be a link on another page, in a mail for example."""
    log = reportlog.usual(f"{scratch}/net.mmt")
    with browser.Browser(scratch) as chromium, Serve(log.path) as serve:
        mail = f"{scratch}/mail.html"
        with open(mail, "w", encoding="ascii") as file:
            file.write(f'<!DOCTYPE html><a href="{serve.address}">look</a>')
        page = chromium.page()
        page.call("Page.navigate", url=f"file://{mail}")
        page.wait("document.querySelector('a')")
        page.click("a")
        page.wait(SHOWN)
        equal(accesses(page), log.accesses, "accesses")


@test
def many_pages(scratch):
    """A browser with many pages can open more; the oldest goes on when one turns to it."""
    with Growing(f"{scratch}/net.mmt") as log, browser.Browser(scratch) as chromium:
        log.flush()
        with Serve(log.path) as serve:
            pages = [chromium.page()]
            show(pages[0], serve)
            for _ in range(7):
                pages.append(chromium.page())
                show(pages[-1], serve, pages[0].js("location.href"))
            log.write(0x3818, 77)
            log.flush()
            wait_until(lambda: accesses(pages[-1]) == 1, "accesses")
            for page in pages[:5]:
                page.call("Page.bringToFront")
                wait_until(lambda p=page: accesses(p) == 1, "accesses")
                equal(len([row for row in page.texts("#list div") if "TDT" in row]), 1,
                      "rows")
                equal(len([url for url in page.requests if "/events?last=" in url]), 1,
                      "times that it went on")
                quiet(page, serve)


@test
def jump(scratch):
    """Times are those of the log, also behind a jump of its clock."""
    with Growing(f"{scratch}/net.mmt") as log, browser.Browser(scratch) as chromium:
        reportlog.probe(log)
        log.ns += 8 * 3600 * 10**9
        log.write(0x3818, 77)
        log.mark("in the morning")
        log.flush()
        with Serve(log.path) as serve:
            page = chromium.page()
            show(page, serve)
            says(page, "#marks", rf"{re.escape(log.time())}  in the morning")
            says(page, "#range", r" to 28800\.\d* s")
            quiet(page, serve)


@test
def no_trace(scratch):
    """A file that is no trace is not just empty."""
    path = f"{scratch}/prose"
    with open(path, "w", encoding="ascii") as file:
        file.write("It was a dark night.\n")
    with browser.Browser(scratch) as chromium, Serve(path) as serve:
        page = chromium.page()
        show(page, serve)
        says(page, "#notice", "No line is understood: is it a trace?")
        page.mouse("mouseMoved", *page.middle("#lanes-canvas"))
        page.frame()
        equal("NaN" in page.js("document.body.innerText"), False, "NaN")
        quiet(page, serve)


@test
def hostile(scratch):
    """Marks that look like markup are text."""
    log = reportlog.hostile(f"{scratch}/hostile.mmt")
    with shown(scratch, log) as (page, serve):
        for text in ("<script>globalThis.owned = 1; alert(1)</script>",
                     "<img src=x onerror='globalThis.owned = 3'>"):
            equal(any(text in row for row in page.texts("#marks div")), True, text)
        equal(page.js("typeof globalThis.owned"), "undefined", "owned")
        equal(page.js("document.querySelectorAll('main script, main img, main svg, "
                      "#marks a').length"), 0, "elements")
        bad = page.js(r"/[\u0000-\u0008\u000b-\u001f\u202e\u2028]/.test("
                      "document.body.innerText)")
        equal(bad, False, "characters that can't be seen")
        quiet(page, serve)


def answer_qmp(listener, logs):
    """Be a QEMU that has been taken over: these are its logs."""
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection, connection.makefile("rw", encoding="utf-8") as file:
            version = {"qemu": {"major": 10, "minor": 0, "micro": 0}, "package": ""}
            print(json.dumps({"QMP": {"version": version, "capabilities": []}}),
                  file=file, flush=True)
            for line in file:
                asked = json.loads(line)
                answer = {"query-vfio-trace": {"return": logs},
                          "qmp_capabilities": {"return": {}}}.get(
                              asked["execute"],
                              {"error": {"class": "CommandNotFound", "desc": "no"}})
                if "id" in asked:
                    answer["id"] = asked["id"]
                print(json.dumps(answer), file=file, flush=True)


@test
def hostile_qemu(scratch):
    """Whatever QEMU answers, the log is shown."""
    log = reportlog.usual(f"{scratch}/net.mmt")
    logs = [{"id": "<img src=x onerror='globalThis.owned = 1'>", "events": {}, "bytes": "many",
             "devices": [{"id": 5, "regions": [{"name": "<b>bar0</b>"}]}]}]
    with socket.socket(socket.AF_UNIX) as listener, browser.Browser(scratch) as chromium:
        listener.bind(f"{scratch}/qmp")
        listener.listen()
        threading.Thread(target=answer_qmp, args=(listener, logs), daemon=True).start()
        with Serve(log.path, "--qmp", f"{scratch}/qmp", status=True) as serve:
            page = chromium.page()
            show(page, serve)
            says(page, "#regions", "QEMU's answer is not understood")
            equal(accesses(page), log.accesses, "accesses")
            equal(len(page.texts("#list div")) > 100, True, "lines")
            equal(page.js("typeof globalThis.owned"), "undefined", "owned")
            quiet(page, serve)
        listener.shutdown(socket.SHUT_RDWR)


@test
def paused(scratch):
    """A paused page stands still, and says how much it has missed."""
    with Growing(f"{scratch}/net.mmt") as log, browser.Browser(scratch) as chromium:
        reportlog.probe(log)
        log.flush()
        with Serve(log.path) as serve:
            page = chromium.page()
            show(page, serve)
            wait_until(lambda: state(page) == "live", "state live")
            wait_until(lambda: accesses(page) == log.accesses, "accesses")
            before = log.accesses
            page.key(" ")
            wait_until(lambda: state(page) == "paused", "state paused")
            for i in range(10):
                log.write(0x3818, i)
            log.flush()
            says(page, "#state", r"10 new lines")
            equal(accesses(page), before, "accesses")
            page.type("#filter", "ctrl")
            wait_until(lambda: all("CTRL" in row for row in page.texts("#list div")),
                       "filtered rows")
            equal(len(page.texts("#list div")) > 0, True, "rows")
            page.type("#filter", "tdt")
            wait_until(lambda: not page.texts("#list div"), "no rows of what came later")
            page.js("document.querySelector('#theme').click()")
            equal(accesses(page), before, "accesses in another theme")
            page.js("document.querySelector('#filter').blur()")
            page.type("#filter", "")
            page.js("document.querySelector('#filter').blur()")
            page.key(" ")
            wait_until(lambda: accesses(page) == log.accesses, "accesses")
            quiet(page, serve)


@test
def filtered(scratch):
    """The filter leaves lines with all of its words."""
    log = reportlog.usual(f"{scratch}/net.mmt")
    with shown(scratch, log) as (page, serve):
        page.key("/")
        page.type("#filter", "tdt w4")
        wait_until(lambda: all("TDT" in row for row in page.texts("#list div")),
                   "rows with TDT")
        equal(len(page.texts("#list div")) > 0, True, "rows")
        page.type("#filter", "no such thing")
        wait_until(lambda: not page.texts("#list div"), "no rows")
        quiet(page, serve)


@test
def ends(scratch):
    """The page stays when the server ends, and says so."""
    log = reportlog.usual(f"{scratch}/net.mmt")
    with shown(scratch, log) as (page, serve):
        equal(serve.end()[0], 0, "exit status")
        says(page, "#state", "vfio-trace serve has ended")
        equal(accesses(page), log.accesses, "accesses")
        equal(len(page.texts("#list div")) > 100, True, "lines")
        quiet(page, serve)


@test
def lost(scratch):
    """The page says that its server is gone, if it was killed."""
    log = reportlog.usual(f"{scratch}/net.mmt")
    with shown(scratch, log) as (page, serve):
        serve.end(signal.SIGKILL)
        says(page, "#state", "no connection")
        equal(accesses(page), log.accesses, "accesses")


@test
def report(scratch):
    """The report of what there is so far opens from the page."""
    log = reportlog.usual(f"{scratch}/net.mmt")
    with shown(scratch, log) as (page, serve):
        equal(page.js("document.querySelector('#report').target"), "_blank", "target")
        page.js("setTimeout(() => location.assign(document.querySelector('#report').href))"
                " && true")
        page.wait(SHOWN + " && document.querySelector('#lanes-canvas') && "
                  "location.pathname.endsWith('/report')")
        matches(page.text("#summary"), rf"\b{log.accesses:,} accesses")
        quiet(page, serve)


@test
def looks(scratch):
    """Light and dark, on a desk and on a phone: for a person to look at."""
    with Growing(f"{scratch}/net.mmt") as log, browser.Browser(scratch) as chromium:
        reportlog.probe(log)
        reportlog.traffic(log, 2000)
        log.flush()
        with Serve(log.path) as serve:
            for name, how in (("light", {}), ("dark", {"dark": True}), ("phone", PHONE),
                              ("phone-dark", {**PHONE, "dark": True})):
                page = chromium.page(**how)
                show(page, serve, None if name == "light" else serve.another())
                wait_until(lambda: state(page) == "live", "state live")
                page.screenshot(kept(f"live-{name}.png"))
                wide = page.js("document.documentElement.scrollWidth <= innerWidth")
                equal(wide, True, f"{name}: nothing is wider than the screen")
                quiet(page, serve)


if __name__ == "__main__":
    tap.main()
