#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 60
"""The page of vfio-trace report in Chromium: views, mouse, keys, search."""

import base64
import gzip
import json
import os
import random
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
# pylint: disable=wrong-import-position
from common import browser, reportlog, tap      # noqa: E402
from common.tap import equal, matches, test     # noqa: E402

CANVAS = "#lanes-canvas"
VIEWS = ("registers", "heat", "rates", "latency", "polls", "phases", "marks")
PHONE = {"width": 390, "height": 844, "phone": True}


def tool(*arguments, status=0):
    done = subprocess.run([tap.tool_binary(), *arguments], check=False,
                          capture_output=True, text=True)
    equal(done.returncode, status, f"status of {arguments}: {done.stderr}")
    return done.stdout


def report(scratch, *logs, name="report.html", status=0):
    path = os.path.join(scratch, name)
    tool("report", *logs, "-o", path, status=status)
    return path


def log_in(scratch, name="net.mmt", **how):
    return reportlog.usual(os.path.join(scratch, name), **how)


def kept(name):
    """A path for what a person may want to look at"""
    return os.path.join(os.environ.get("VFIO_TRACE_TEST_DIR", "/tmp"), name)


def shown(page, path):
    page.open(path)
    equal(page.js("document.documentElement.dataset.state"), "shown",
          f"state of the page: {page.text('#notice')} {page.console}")


def quiet(page):
    """Nothing was written on the console, nothing asked for but the page."""
    equal(page.console, [], "console")
    equal(page.dialogs, [], "dialogs")
    equal(page.js("document.querySelector('#notice').className"), "", "complaints")
    others = [url for url in page.requests
              if not re.match(r"(file:///.*\.html|about:blank|data:|blob:)", url)]
    equal(others, [], "requests")


def view(page, name):
    page.click(f"#tab-{name}")
    page.wait(f"document.querySelector('#panel-{name}')?.dataset.ready")


def span(page):
    return page.text("#range")


def statistics(path):
    """The text of stat --json"""
    return tool("stat", "--json", path)


@test
def views(scratch):
    """All views open, with the counts of stat, and a clean console."""
    log = log_in(scratch)
    page = browser.shared().page()
    shown(page, report(scratch, log.path))
    matches(page.text("#summary"), rf"\b{log.accesses:,} accesses")
    matches(page.text("#summary"), rf"\b{log.reads:,} reads")
    equal(page.text("#title"), "net.mmt", "title")
    equal(page.js("document.querySelector('#title').title"), log.path, "path")
    for name in VIEWS:
        view(page, name)
        page.frame()
        equal(page.js("document.querySelectorAll('#panels .error').length"), 0,
              f"errors in {name}: {page.text('#panels')}")
    view(page, "phases")
    phases = page.texts(".table[aria-label=Phases] .row .cell:first-child")
    for name in ("probe", "open: <b>bold</b> & plain", "close"):
        equal(name in phases, True, f"{name} in {phases}")
    quiet(page)


@test
def same_counts(scratch):
    """The table of registers adds up to what stat counts."""
    log = log_in(scratch)
    stat = statistics(log.path)
    page = browser.shared().page()
    shown(page, report(scratch, log.path))
    view(page, "registers")
    sums = page.js("""(async () => {
      const bytes = async (id) => new Uint8Array(await new Response(new Blob([
        Uint8Array.from(atob(document.getElementById(id).textContent),
          (c) => c.charCodeAt(0))]).stream().pipeThrough(
            new DecompressionStream('gzip'))).arrayBuffer());
      const json = async (id) => JSON.parse(new TextDecoder().decode(await bytes(id)));
      const log = (await json('report-index')).logs[0];
      const sum = async (ref) => new Uint32Array((await bytes(ref.id)).buffer)
        .reduce((a, b) => a + b, 0);
      const table = (await json(log.registers.id)).items;
      return { reads: log.reads, writes: log.writes,
        rows: (await json(log.rows.id)).reduce((a, r) => a + r.reads, 0),
        heat: await sum(log.heat.reads), phases: await sum(log['phase-counts'].writes),
        lanes: (await Promise.all(log.lanes.filter((l) => l.kind === 'region')
          .map((l) => sum(l.reads)))).reduce((a, b) => a + b, 0),
        table: table.reduce((a, r) => a + r.reads, 0) };
    })()""")
    for key in ("reads", "rows", "heat", "lanes", "table"):
        equal(sums[key], log.reads, key)
    for key in ("writes", "phases"):
        equal(sums[key], log.accesses - log.reads, key)
    matches(stat, rf"\b{log.reads}\b", "stat")
    matches(stat, rf"\b{log.accesses - log.reads}\b", "stat")


@test
def timeline(scratch):
    """The wheel, dragging, a click on an access, a double click."""
    log = log_in(scratch)
    page = browser.shared().page()
    shown(page, report(scratch, log.path))
    whole = span(page)
    left, top, width, height = page.box(CANVAS)
    x, y = left + width * 0.6, top + height * 0.4
    for lane, region in enumerate(("bar0", "bar3")):
        page.click_at(x, top + 34 + 52 * lane + 26)
        page.wait(f"/^register{region}[+]/.test(document.querySelector("
                  "'#line-details dl')?.textContent)")
    page.wheel(x, y, down=-400)
    zoomed = span(page)
    equal(zoomed != whole, True, "the wheel zooms")
    page.drag((left + width * 0.5, y), (left + width * 0.55, y))
    equal(span(page) != zoomed, True, "dragging zooms")
    for _ in range(30):
        page.wheel(x, y, down=-600)
    page.wait(f"document.querySelector('{CANVAS}').dataset.source === 'single'")
    matches(page.text("#detail"), r"access")
    page.click_at(x, y)
    page.wait("document.querySelector('#lines .line[aria-selected=true]')")
    line = int(page.js("document.querySelector('#lines "
                       "[aria-selected=true]').dataset.line"))
    with open(log.path, encoding="utf-8") as file:
        raw = file.read().splitlines()[line - 1]
    page.wait("document.querySelector('#line-details .raw')")
    equal(page.text("#line-details .raw"), raw, "the log's line")
    page.click_at(x, y, times=2)
    equal(span(page), whole, "range after a double click")
    quiet(page)


@test
def keyboard(scratch):
    """Keys zoom, move, select, open views, change the colours."""
    log = log_in(scratch)
    page = browser.shared().page()
    shown(page, report(scratch, log.path))
    whole = span(page)
    page.js("document.querySelector('#lanes-canvas').focus()")
    for key in "+", "ArrowRight", "+", "-", "0":
        before = span(page)
        page.key(key)
        equal(span(page) != before, True, f"{key} changes the range")
    equal(span(page), whole, "range after 0")
    page.key("Enter")
    page.wait("document.querySelector('#lines [aria-selected=true]')")
    before = page.text("#selected")
    page.key(".")
    page.wait(f"document.querySelector('#selected').textContent !== {json.dumps(before)}")
    page.key("2")
    page.wait("document.querySelector('#panel-heat')?.dataset.ready")
    page.key("t")
    equal(page.js("document.documentElement.dataset.theme"), "dark", "theme")
    page.key("?")
    equal(page.js("document.querySelector('dialog').open"), True, "help is open")
    page.key("Escape")
    quiet(page)


@test
def search(scratch):
    """Search and sort of the registers; #LINE."""
    log = log_in(scratch)
    rows = ".table[aria-label=Registers] .row"
    page = browser.shared().page()
    shown(page, report(scratch, log.path))
    view(page, "registers")
    page.type("#search", "bar0+0xc0")
    found = page.texts(f"{rows} .cell:first-child")
    equal([re.sub(r" .*", "", text) for text in found], ["bar0+0xc0"], "found")
    page.click(f"{rows}")
    matches(page.text("#panels .card"), r"accesses")
    page.type("#search", "")
    page.click(".table[aria-label=Registers] .head button:nth-child(3)")
    counts = [int(text.replace(",", "")) for text in
              page.texts(f"{rows} .cell:nth-child(3)")]
    equal(counts, sorted(counts, reverse=True), "reads, sorted")
    page.click(".table[aria-label=Registers] .head button:nth-child(1)")
    page.click(".table[aria-label=Registers] .head button:nth-child(1)")
    offsets = [int(re.match(r"bar3\+(0x[0-9a-f]+)", row)[1], 16)
               for row in page.texts(f"{rows} .cell:first-child") if row.startswith("bar3")]
    equal(len(offsets) > 4 and offsets == sorted(offsets, reverse=True), True,
          f"offsets of the second region, downwards: {offsets}")
    page.type("#search", "#60")
    page.key("Enter")
    page.wait("/line 60$/.test(document.querySelector('#selected').textContent)")
    page.type("#search", "no such thing")
    matches(page.text(".table[aria-label=Registers]"), r"nothing is found")
    quiet(page)


@test
def polls(scratch):
    """A poll has its reads, its length and what ended it; a click shows it."""
    log = log_in(scratch)
    page = browser.shared().page()
    shown(page, report(scratch, log.path))
    whole = span(page)
    view(page, "polls")
    text = " ".join(page.texts(".table[aria-label=Polls] .row:first-child .cell"))
    matches(text, r"bar0\+0x8\b")
    matches(text, r"value & 0x2\) == 0x2")
    page.click(".table[aria-label=Polls] .row:first-child")
    page.wait("document.querySelector('#lines [aria-selected=true]')")
    equal(span(page) != whole, True, "the poll is shown")
    quiet(page)


def lines_shown(page):
    page.wait("document.querySelector('#lines [aria-selected=true]') && "
              "document.querySelector('#line-details .raw')")
    return page.text("#line-details .raw")


@test
def heat(scratch):
    """A click in the heat map shows the access of that register; keys choose others."""
    log = log_in(scratch)
    page = browser.shared().page()
    shown(page, report(scratch, log.path))
    view(page, "heat")
    page.choose("#panel-heat select[aria-label=order]", "most")
    left, top, width, _ = page.box("#heat canvas")
    page.click_at(left + width * 0.6, top + 5)
    raw = lines_shown(page)
    matches(raw, r"0xfeb8(00c0|3818) ", "line of a register with many accesses")
    matches(page.text("#panel-heat [role=status]"), r"bar0\+0x(c0|3818)")
    page.js("document.querySelector('#heat canvas').focus()")
    page.key("ArrowDown")
    page.key("ArrowDown")
    matches(page.text("#panel-heat [role=status]"), r"bar0\+0x8 STATUS")
    page.key("Enter")
    page.wait("/feb80008/.test(document.querySelector('#line-details .raw').textContent)")
    quiet(page)


@test
def lines(scratch):
    """What is chosen in a table has its lines; keys go on from there."""
    log = log_in(scratch)
    for how in ({}, PHONE):
        page = browser.shared().page(**how)
        shown(page, report(scratch, log.path, name=f"{len(how)}.html"))
        page.click(".table[aria-label=Registers] .row:nth-child(3)")
        matches(lines_shown(page), r"0xfeb800c0 ")
        first = int(page.text("#selected").split()[-1])
        page.js("document.querySelector('#lines').focus()")
        page.key("ArrowDown")
        page.wait(f"document.querySelector('#selected').textContent === 'line {first + 1}'")
        equal(page.js("document.getElementById(document.querySelector('#lines')"
                      ".getAttribute('aria-activedescendant')).dataset.line"),
              str(first + 1), "line for screen readers")
        view(page, "phases")
        page.click(".table[aria-label='Two phases'] .row:first-child")
        quiet(page)


@test
def hostile(scratch):
    """Marks, devices and registers with tags and scripts as names are text."""
    log = reportlog.hostile(os.path.join(scratch, "<img src=x onerror=alert(1)>.mmt"))
    names = os.path.join(scratch, "hostile.regs")
    with open(names, "w", encoding="ascii") as file:
        file.write("0:0x10 <script>globalThis.owned=8</script>\n0:0x14 __proto__\n"
                   f"0:0x18 {'N' * 100_000}\n0:0x1c constructor\n")
    # a line with a NUL and a line of 100 kB are damaged
    path = report(scratch, log.path, f"--db={names}", status=1)
    with open(path, encoding="utf-8") as file:
        source = file.read()
    equal(source.count(".owned"), 0, "texts of the log in the page's source")
    page = browser.shared().page()
    shown(page, path)
    elements = "document.querySelectorAll('script, img, svg, a, iframe, style').length"
    before = page.js(elements)
    for name in VIEWS:
        if page.js(f"Boolean(document.querySelector('#tab-{name}'))"):
            view(page, name)
    view(page, "marks")
    texts = page.texts(".table[aria-label=Marks] .cell:last-child")
    equal(reportlog.HOSTILE[0] in texts, True, f"the mark's text in {texts}")
    matches(page.text("#notice"), r"\d lines of the log are damaged")
    view(page, "registers")
    page.click(".table[aria-label=Registers] .row:nth-child(2)")
    page.wait("document.querySelector('#lines [aria-selected=true]')")
    left, top, width, _ = page.box(CANVAS)
    for share in range(20, 100, 4):
        page.mouse("mouseMoved", left + width * share / 100, top + 8)
        page.mouse("mouseMoved", left + width * share / 100, top + 60)
    page.click_at(left + width / 2, top + 60)
    equal(page.js("typeof globalThis.owned"), "undefined", "a script of a mark ran")
    equal(page.js(elements), before, "elements that a mark might make")
    equal(page.js("getComputedStyle(document.body).display") != "none", True,
          "the page can be seen")
    quiet(page)


INJECTED = """<script>globalThis.owned = 1</script>
<script src="data:text/javascript,globalThis.owned=2"></script>
<img src="x" onerror="globalThis.owned = 3"><svg onload="globalThis.owned = 4"></svg>
<style>body { display: none }</style><div style="position: fixed; inset: 0"></div>
<iframe srcdoc="<script>parent.owned = 5</script>"></iframe>
<form id="f" action="https://example.invalid/"><input name="a"></form>
<a id="j" href="javascript:globalThis.owned=6">a</a>
"""


@test
def policy(scratch):
    """Markup that got into the page would neither run nor load anything."""
    path = report(scratch, log_in(scratch, rounds=10).path)
    with open(path, encoding="utf-8") as file:
        source = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(source.replace("<main>", INJECTED + "<main>", 1))
    page = browser.shared().page()
    shown(page, path)
    page.js("document.querySelector('#j').click(); document.querySelector('#f').submit()")
    page.js("""(() => { const s = document.createElement('div');
        try { s.innerHTML = '<img src=x onerror="owned=7">'; document.body.append(s);
        } catch (e) { globalThis.refused = e.name; } return true; })()""")
    page.frame()
    equal(page.js("globalThis.refused"), "TypeError", "markup from a string")
    equal(page.js("typeof globalThis.owned"), "undefined", "a script ran")
    equal(page.js("getComputedStyle(document.body).display") != "none", True,
          "a style was applied")
    refused = "\n".join(page.console)
    for what in "inline script", "img-src|image", "style", "form-action|form data":
        matches(refused, rf"(?i){what}", "what the console says")
    matches(page.js("document.querySelector('meta[http-equiv]').content"),
            r"default-src 'none'")
    loaded = [url for url in page.requests if not re.match(
        r"file:///.*/report\.html|about:(blank|srcdoc)", url)]
    equal([url for url in loaded if url.startswith("http")], [], "requests")


@test
def two_logs(scratch):
    """Two logs: the difference is shown first, and each log can be chosen."""
    old = log_in(scratch, "old.mmt", rounds=100)
    new = log_in(scratch, "new.mmt", rounds=100, poll=200, extra=True)
    page = browser.shared().page()
    shown(page, report(scratch, old.path, new.path))
    page.wait("document.querySelector('#panel-diff')?.dataset.ready")
    table = ".table[aria-label='Registers of both logs'] .row"
    rows = page.js(f"[...document.querySelectorAll({json.dumps(table)})].map((r) => "
                   "[...r.children].map((c) => c.textContent))")
    found = {re.sub(r" .*", "", row[0]): row for row in rows}
    equal(found["bar0+0x282c"][1], "B", "a register of the new log only")
    equal("bar0+0x8" in found, True, f"the other poll in {sorted(found)}")
    equal("bar0+0xd8" in found, False, "a register without a difference")
    page.choose("#log", "1")
    page.wait("document.querySelector('#title').textContent.endsWith('new.mmt')")
    quiet(page)


def cells(page, label):
    """The rows of a table"""
    table = json.dumps(f".table[aria-label='{label}'] .row")
    return page.js(f"[...document.querySelectorAll({table})].map((r) => "
                   "[...r.children].map((c) => c.textContent))")


@test
def two_devices(scratch):
    """Two logs of two devices without times: registers are compared by device."""
    names = ("0000:01:00.0", "0000:02:00.0")
    lines = [f"vfio_region_write  ({name}:region0+{4 * i:#x}, {i:#x}, 4)\n"
             for name in names for i in range(20)]
    paths = [os.path.join(scratch, name) for name in ("old.log", "new.log")]
    for path, more in zip(paths, (0, 7)):
        with open(path, "w", encoding="ascii") as file:
            file.writelines(lines)
            file.writelines([f"vfio_region_write  ({names[0]}:region0+0x8, 0x77, 4)\n"] * more)
    page = browser.shared().page()
    shown(page, report(scratch, *paths))
    page.wait("document.querySelector('#panel-diff')?.dataset.ready")
    equal(cells(page, "Registers of both logs"),
          [[f"{names[0]}:bar0+0x8", "", "-", "-", "1", "8", "7", "", "0x2, 0x77"]], "registers")
    page.click(".table[aria-label='Registers of both logs'] .row")
    page.wait("document.querySelector('#selected').textContent === 'line 3'")
    equal(cells(page, "Phases of both logs"),
          [["start", "40", "39 lines", "47", "46 lines"]], "phases")
    more = cells(page, "Differences in order")
    equal(more[0][0], "only in B", "kind")
    matches(more[0][4], rf"^W4 {names[0]}:bar0\+0x8 0x77, W4 ")
    quiet(page)


@test
def without_times(scratch):
    """A log without times is drawn by line; an empty one says that it is."""
    path = os.path.join(scratch, "lines.log")
    with open(path, "w", encoding="ascii") as file:
        file.writelines(f"vfio_region_read  (0000:06:00.0:region0+{4 * (i % 9):#x}, 4) = "
                        f"{i:#x}\n" for i in range(500))
    empty = os.path.join(scratch, "empty.mmt")
    with reportlog.Log(empty):
        pass
    page = browser.shared().page()
    shown(page, report(scratch, path))
    matches(page.text("#notice"), r"no times")
    matches(page.text("#range"), r"line")
    for name in ("registers", "heat", "rates", "polls"):
        view(page, name)
    with open(path, "a", encoding="ascii") as file:
        file.writelines(f"vfio_region_read  (0000:06:00.0:region0+0x100, 4) = {i // 29:#x}\n"
                        for i in range(30))
    shown(page, report(scratch, path, name="poll.html"))
    view(page, "polls")
    equal(cells(page, "Polls")[0][1:5], ["line 501", "30 lines", "30", "1"], "a poll")
    shown(page, report(scratch, empty, name="empty.html"))
    matches(page.text("#summary"), r"\b0 accesses")
    quiet(page)


BLOCK = r'<script type="application/octet-stream;base64" id="{}">([^<]*)</script>'


def spoiled(path, name, how):
    """A copy of a page in which a block is another one"""
    with open(path, encoding="utf-8") as file:
        source = file.read()
    match = matches(source, BLOCK.format(name), f"block {name}")
    begin, end = match.span(1)
    copy = path.replace(".html", "-spoiled.html")
    with open(copy, "w", encoding="utf-8") as file:
        file.write(source[:begin] + how(source[begin:end]) + source[end:])
    return copy


def packed(data):
    return base64.b64encode(gzip.compress(data)).decode()


def block_of(path, *keys):
    """The name of a block, by the way to it in the index"""
    with open(path, encoding="utf-8") as file:
        found = matches(file.read(), BLOCK.format("report-index"), "index")[1]
    found = json.loads(gzip.decompress(base64.b64decode(found)))["logs"][0]
    for key in keys:
        found = found[key]
    return found["id"]


@test
def damaged(scratch):
    """A page with a damaged index or a damaged part says so."""
    path = report(scratch, log_in(scratch, rounds=10).path)
    lane = block_of(path, "lanes", 0, "reads")
    with open(path, encoding="utf-8") as file:
        source = file.read()
    lacking = path.replace(".html", "-lacking.html")
    with open(lacking, "w", encoding="utf-8") as file:
        file.write(re.sub(BLOCK.format("report-index"), "", source))
    page = browser.shared().page()
    for copy, wanted in (
            (lambda: lacking, r"lacks its block report-index: the file is damaged"),
            (lambda: spoiled(path, "report-index", lambda b: b[:len(b) // 2]),
             r"report-index cannot be unpacked: the file is damaged"),
            (lambda: spoiled(path, "report-index", lambda b: "AAAA" + b),
             r"report-index cannot be unpacked"),
            (lambda: spoiled(path, "report-index", lambda b: packed(b"{ [")),
             r"report-index is no JSON"),
            (lambda: spoiled(path, "report-index", lambda b: packed(b'{"format": 99}')),
             r"format 99, this page reads 1"),
            (lambda: spoiled(path, lane, lambda b: b[:-8] + "!!!!"), r"cannot be unpacked"),
            (lambda: spoiled(path, lane, lambda b: packed(bytes(12))),
             r"has 3 instead of \d+: the file is damaged")):
        page.open(copy())
        equal(page.js("document.documentElement.dataset.state"), "failed", "state")
        matches(page.text("#notice"), wanted)
        equal(page.js("document.querySelector('#notice').getBoundingClientRect().height > 10"),
              True, "the message can be seen")


@test
def left_out(scratch):
    """A page without room for its marks says so, and does not say that there are none."""
    log = os.path.join(scratch, "log.mmt")
    words = random.Random(1)
    with reportlog.Log(log) as file:
        for i in range(2300):
            file.read(0x8, i)
            file.mark(base64.b64encode(words.randbytes(700)).decode())
    page = browser.shared().page()
    path = os.path.join(scratch, "report.html")
    tool("report", "--max-size=2M", log, "-o", path)
    shown(page, path)
    matches(page.text("#notice"), r"Some tables are not in this page")
    equal("Marks" in page.texts("#tabs button"), False, "a view of marks that are not there")
    equal("Registers" in page.texts("#tabs button"), True, "a view of registers")
    quiet(page)


@test
def beyond(scratch):
    """A register whose accesses are behind the single ones has no lines: that is said."""
    log = os.path.join(scratch, "log.mmt")
    values = random.Random(1)
    with reportlog.Log(log) as file:
        for _ in range(100_000):
            file.read(0x8, values.getrandbits(64), latency=values.getrandbits(20))
        file.write(0x100, 1)
        file.read(0x8, 1)
    path = os.path.join(scratch, "report.html")
    tool("report", "--max-size=2M", log, "-o", path)
    page = browser.shared().page()
    shown(page, path)
    matches(page.text("#notice"), r"accesses are here one by one")
    rows = ".table[aria-label=Registers] .row"
    page.click(f"{rows}:nth-child(1)")
    page.wait("document.querySelector('#lines [aria-selected=true]')")
    page.click(f"{rows}:nth-child(2)")
    page.wait("/^no single access at or after line 1000[0-9]{2} /"
              ".test(document.querySelector('#selected').textContent)")
    equal(page.js("document.querySelector('#lines [aria-selected=true]')"), None, "a line")
    view(page, "heat")
    left, top, width, _ = page.box("#heat canvas")
    page.click_at(left + width - 10, top + 5)
    page.wait("/^no single access/.test(document.querySelector('#selected').textContent)")
    quiet(page)


@test
def damaged_later(scratch):
    """A part that is loaded later and is damaged: a message, and the rest works."""
    path = report(scratch, log_in(scratch, rounds=10).path)
    page = browser.shared().page()
    chunk = block_of(path, "chunks", 0, "planes")
    page.open(spoiled(path, chunk, lambda b: packed(bytes(99))))
    equal(page.js("document.documentElement.dataset.state"), "shown", "state")
    left, top, width, _ = page.box(CANVAS)
    page.click_at(left + width / 2, top + 60)
    page.wait("document.querySelector('#notice').className === 'error'")
    matches(page.text("#notice"), rf"{chunk} has 99 bytes instead of \d+")
    view(page, "heat")
    for name, part in ("registers", "registers"), ("polls", "polls"):
        page.open(spoiled(path, block_of(path, part), lambda b: packed(b"[")))
        page.click(f"#tab-{name}")
        page.wait("document.querySelector('#panels .error')")
        matches(page.text("#panels"), r"is no JSON: the file is damaged")
        view(page, "heat")


@test
def cut_off(scratch):
    """A file that was cut off while it was copied says so without its script."""
    path = report(scratch, log_in(scratch, rounds=10).path)
    size = os.path.getsize(path)
    for share in (0.99, 0.7, 0.2):
        os.truncate(path, int(size * share))
        page = browser.shared().page()
        page.call("Page.navigate", url="file://" + path)
        page.wait("document.readyState === 'complete' && document.querySelector('#notice')")
        matches(page.text("#notice"), r"the file is not complete")
        equal(page.js("getComputedStyle(document.querySelector('main')).visibility"),
              "hidden", "what does not work")


NAMED = ("button", "combobox", "searchbox", "tab", "grid", "listbox", "image", "img",
         "tabpanel", "columnheader", "dialog")


@test
def names(scratch):
    """What can be used has a name for screen readers; views are reached by keys."""
    log = log_in(scratch)
    page = browser.shared().page()
    shown(page, report(scratch, log.path))
    for number, of in enumerate(VIEWS, 1):
        page.key(str(number))
        page.wait(f"document.querySelector('#panel-{of}')?.dataset.ready")
        nodes = page.call("Accessibility.getFullAXTree")["nodes"]
        found = [(n["role"]["value"], n.get("name", {}).get("value", "").strip())
                 for n in nodes if not n.get("ignored") and n["role"]["value"] in NAMED]
        equal([role for role, name in found if not name], [], f"{of}: without a name")
        equal({"tab", "searchbox"} <= set(dict(found)), True,
              f"{of}: roles {sorted(dict(found))}")
    quiet(page)


@test
def sizes(scratch):
    """Nothing is cut off on a phone or at 1280 pixels, in light and dark."""
    log = log_in(scratch)
    path = report(scratch, log.path)
    for name, how in (("light", {}), ("dark", {"dark": True}), ("phone", PHONE),
                      ("phone-dark", {**PHONE, "dark": True})):
        page = browser.shared().page(**how)
        shown(page, path)
        for of in VIEWS:
            view(page, of)
            wide = page.js("document.documentElement.scrollWidth") - \
                how.get("width", 1280)
            equal(wide <= 0, True, f"{name}, {of}: {wide} pixels too wide")
            page.screenshot(kept(f"{name}-{of}.png"))
        equal(page.js("document.documentElement.dataset.theme"),
              "dark" if "dark" in name else "light", "theme")
        quiet(page)


@test
def heads(scratch):
    """The name and the arrow of the column that is sorted by can be seen at 1280 pixels."""
    logs = [log_in(scratch, name, rounds=50) for name in ("old.mmt", "new.mmt")]
    page = browser.shared().page(width=1280, height=800)
    shown(page, report(scratch, *[log.path for log in logs]))
    for name in ("registers", "polls", "phases", "marks", "diff"):
        view(page, name)
        heads = page.js("document.querySelectorAll('#panels .head button').length")
        for i in range(heads):
            head = f"document.querySelectorAll('#panels .head button')[{i}]"
            page.js(f"{head}.click()")
            equal(page.js(f"{head}.scrollWidth <= {head}.clientWidth"), True,
                  f"{name}: {page.js(f'{head}.textContent')}")


@test
def fingers(scratch):
    """On a phone, one finger moves and two zoom."""
    log = log_in(scratch)
    page = browser.shared().page(**PHONE)
    shown(page, report(scratch, log.path))
    whole = span(page)
    left, top, width, height = page.box(CANVAS)
    y = top + height / 2

    def touch(kind, *xs):
        page.call("Input.dispatchTouchEvent", type=kind,
                  touchPoints=[{"x": left + width * x, "y": y, "id": i}
                               for i, x in enumerate(xs)])

    touch("touchStart", 0.5)
    touch("touchStart", 0.5, 0.6)
    for step in range(1, 6):
        touch("touchMove", 0.5 - step * 0.03, 0.6 + step * 0.03)
    touch("touchEnd")
    page.frame()
    zoomed = span(page)
    equal(zoomed != whole, True, "two fingers zoom")
    touch("touchStart", 0.6)
    for step in range(1, 6):
        touch("touchMove", 0.6 - step * 0.04)
    touch("touchEnd")
    page.frame()
    equal(span(page) != zoomed, True, "one finger moves")
    quiet(page)


if __name__ == "__main__":
    tap.main()
