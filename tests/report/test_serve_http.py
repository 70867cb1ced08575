#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 30
"""The server of vfio-trace serve, by bare sockets: no browser."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
# pylint: disable=wrong-import-position
from common import reportlog, tap                        # noqa: E402
from common.serve import Serve                           # noqa: E402
from common.tap import equal, matches, test, wait_until  # noqa: E402

STRANGERS = 16                  # tools/serve/http.h
PAGES = 8                       # tools/serve/pages.h
PAGES_OF_SESSION = 4            # likewise
MEMORY_KB = 40_000              # more than what clients cost


def small(scratch, name="net.mmt"):
    """A log that has not ended"""
    path = f"{scratch}/{name}"
    with open(path, "w", encoding="ascii") as file:
        file.write(reportlog.HEAD)
    return path


def add(path, *lines):
    with open(path, "a", encoding="utf-8") as file:
        file.write("".join(line + "\n" for line in lines))


def write(i, offset=0x3818):
    return (f"W 4 {1001 + i // 10**6}.{i % 10**6:06d} 1 "
            f"{reportlog.BAR0 + offset:#x} {i:#x} 0x0 0")


def memory(process):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
        return int(matches(file.read(), r"VmRSS:\s+(\d+) kB")[1])


def texts(updates, what="newest"):
    return [item[3] for update in updates for item in update[what]["items"]]


@test
def refused(scratch):
    """Without cookie, path, Host or GET: 403, and nothing of the log."""
    with Serve(small(scratch)) as serve:
        session = serve.enter()
        events = session.path + "events"
        for what, answer in {
                "no cookie": serve.get(events),
                "another cookie": serve.get(events, Cookie="vfio-trace=" + "0" * 64),
                "no path": serve.get("/events", Cookie=session.cookie),
                "Host": session.get("events", host="evil.example"),
                "Host's port": session.get("events", host="127.0.0.1:80"),
                "Origin": session.get("events", Origin="http://evil.example"),
                "script of another port": session.get("", Sec_Fetch_Site="same-site",
                                                      Sec_Fetch_Mode="cors"),
                "POST": session.get("", method="POST"),
                "HEAD": session.get("", method="HEAD"),
        }.items():
            equal(answer.status, 403, f"status: {what}")
            equal(b"net.mmt" in answer.body, False, f"{what}: the log's name")
        equal(session.get("").status, 200, "status of the page")
        equal(session.get("nothing").status, 404, "status of another path")
        equal(session.get("../../etc/passwd").status, 404, "status of a file")


@test
def headers(scratch):
    """Each answer keeps out of caches, frames and referrers."""
    with Serve(small(scratch)) as serve:
        session = serve.enter()
        for answer in (serve.get("/"), session.get(""), session.get("x"),
                       session.get("report")):
            equal(answer.headers["cache-control"], "no-store", "Cache-Control")
            equal(answer.headers["referrer-policy"], "no-referrer", "Referrer-Policy")
            equal(answer.headers["x-content-type-options"], "nosniff", "type options")
            equal(answer.headers["x-frame-options"], "DENY", "X-Frame-Options")
            equal(answer.headers["content-security-policy"], "frame-ancestors 'none'",
                  "Content-Security-Policy")
            equal([n for n in answer.headers if n.startswith("access-control")], [],
                  "headers of CORS")


@test
def local(scratch):
    """The server listens on 127.0.0.1 only."""
    with Serve(small(scratch)) as serve:
        with open("/proc/net/tcp", encoding="ascii") as file:
            bound = [line.split()[1] for line in file if f":{serve.port:04X} " in line
                     and line.split()[3] == "0A"]
        equal(bound, [f"0100007F:{serve.port:04X}"], "addresses")
        with open("/proc/net/tcp6", encoding="ascii") as file:
            equal([line for line in file if f":{serve.port:04X} " in line
                   and line.split()[3] == "0A"], [], "addresses of IPv6")


@test
def nonsense(scratch):
    """What is no request gets an error, and the server lives on."""
    with Serve(small(scratch)) as serve:
        for data, status in ((b"\r\n\r\n", b"400"), (b"\0" * 100 + b"\n\n", b"400"),
                             (b"GET / HTTP/3\r\n\r\n", b"505"),
                             (b"GET / HTTP/1.1\r\n\r\n", b"403"),
                             (b"\x16\x03\x01\x02\0\x01\n\n", b"400")):
            equal(serve.bare(data)[9:12], status, f"status of {data!r}")
        # its end may be lost, as the server does not read on
        serve.bare(b"GET / HTTP/1.1\r\nX: " + b"x" * 1_000_000)
        equal(serve.enter().get("").status, 200, "status of the page")


@test
def grows(scratch):
    """Lines and marks come as they are written, once."""
    path = small(scratch)
    with Serve(path) as serve, serve.enter().events() as events:
        events.until(lambda u: u["state"] == "live")
        add(path, *[write(i) for i in range(20)], "MARK 1002.000000 here <i>it</i> is")
        found = events.until(lambda u: u["accesses"] == 20)
        if not texts(found, "marks"):
            found += events.until(lambda u: u["marks"]["items"])
        equal(sum(update["newest"]["skipped"] for update in found), 0, "skipped")
        lines = texts(found)
        equal(len([line for line in lines if "TDT[0]" in line]), 20, "lines")
        equal(texts(found, "marks"), ["here <i>it</i> is"], "marks")
        equal(found[-1]["regions"][0]["writes"], 20, "writes of bar0")
        # half a line is not shown
        with open(path, "a", encoding="ascii") as file:
            file.write(write(20)[:12])
        add(path, write(20)[12:])
        found = events.until(lambda u: u["accesses"] == 21)
        equal(len(texts(found)), 1, "lines")


@test
def comes_back(scratch):
    """A page that comes back gets what it has missed, and no more."""
    path = small(scratch)
    add(path, *[write(i) for i in range(10)])
    with Serve(path) as serve:
        session = serve.enter()
        with session.events() as events:
            events.until(lambda u: u["state"] == "live" and u["accesses"] == 10)
        add(path, *[write(i) for i in range(10, 15)])
        with session.events(Last_Event_ID=events.last_id) as again:
            found = again.until(lambda u: u["accesses"] == 15)
            equal(len(texts(found)), 5, "lines")
            equal(found[0]["bins"]["from"], 0, "first bin")
        with session.events(Last_Event_ID="other-0-3-0") as again:
            found = again.until(lambda u: u["accesses"] == 15)
            equal(len([t for t in texts(found) if "TDT" in t]), 15, "lines")


SLOW = """on_access{ range = "bar0", function(a)
  local x = 0
  for i = 1, 900000 do x = x + i end
end }
"""


@test
def behind(scratch):
    """A log that grows faster than it is read: the page says so, and the server answers."""
    path = small(scratch)
    script = f"{scratch}/slow.lua"
    with open(script, "w", encoding="ascii") as file:
        file.write(SLOW)
    with Serve(path, "--script", script) as serve, serve.enter().events() as events:
        events.until(lambda u: u["state"] == "live")
        add(path, *[write(i) for i in range(100_000)])
        found = events.until(lambda u: u["state"] == "reading")
        equal(found[-1]["accesses"] < 100_000, True, "not all was read")
        equal(serve.end()[0], 0, "exit status")


@test
def many_lines(scratch):
    """Of very many lines, the newest are shown, and the others are counted."""
    log = reportlog.usual(f"{scratch}/net.mmt", rounds=20_000)
    with Serve(log.path) as serve, serve.enter().events() as events:
        found = events.until(lambda u: u["state"] == "ended")
        equal(found[-1]["accesses"], log.accesses, "accesses")
        equal(len(found[-1]["newest"]["items"]) <= 200, True, "lines of an update")
        numbers = [item[0] for update in found for item in update["newest"]["items"]]
        skipped = sum(update["newest"]["skipped"] for update in found)
        equal(skipped + len(numbers), numbers[-1], "skipped and shown lines")
        bins = found[-1]["bins"]
        equal(bins["used"] <= 1024, True, "bins")
        done = subprocess.run([tap.tool_binary(), "stat", "--json", log.path],
                              capture_output=True, check=True)
        stat = json.loads(done.stdout.splitlines()[0])
        equal((found[-1]["reads"], found[-1]["writes"]), (stat["reads"], stat["writes"]),
              "reads and writes")


@test
def slow(scratch):
    """A page that does not read costs no memory, delays nobody, learns what it missed."""
    path = small(scratch)
    with Serve(path) as serve:
        session = serve.enter()
        slow_one = session.events()
        with session.events() as events:
            events.until(lambda u: u["state"] == "live")
            before = memory(serve.process)
            for block in range(40):
                add(path, *[write(i) for i in range(block * 2500, block * 2500 + 2500)])
                events.until(lambda u, n=block: u["accesses"] == 2500 * (n + 1))
            equal(memory(serve.process) - before < MEMORY_KB, True, "memory")
        found = slow_one.until(lambda u: u["accesses"] == 100_000)
        numbers = [item[0] for update in found for item in update["newest"]["items"]]
        skipped = sum(update["newest"]["skipped"] for update in found)
        equal(skipped > 0, True, "lines that it has missed")
        equal(skipped + len(numbers), numbers[-1], "skipped and shown lines")
        slow_one.sock.close()


@test
def strangers(scratch):
    """Whoever floods the port keeps nobody out."""
    with Serve(small(scratch)) as serve:
        silent = [serve.connect() for _ in range(5 * STRANGERS)]
        session = serve.enter()
        equal(session.get("").status, 200, "status of the page")
        with session.events() as events:
            events.until(lambda u: u["state"] == "live")
            silent += [serve.connect() for _ in range(5 * STRANGERS)]
            # the page has not made room for them
            add(f"{scratch}/net.mmt", write(1))
            events.until(lambda u: u["accesses"] == 1)
        with os.scandir(f"/proc/{serve.process.pid}/fd") as files:
            equal(len(list(files)) < 60, True, "open files")
        for sock in silent:
            sock.close()


def last_event(stream):
    """The last event of a stream, which the server ends"""
    stream.sock.settimeout(tap.patience(30))
    kind = "message"
    while kind == "message":
        kind, _ = stream.next()
    try:
        stream.next()
    except EOFError:
        stream.sock.close()
        return kind
    raise AssertionError("the stream goes on")


@test
def many_pages(scratch):
    """The oldest page makes room for the newest: of its browser, and of all."""
    path = small(scratch)
    with Serve(path) as serve:
        first = serve.enter()
        streams = [first.events() for _ in range(PAGES_OF_SESSION)]
        streams[0].until(lambda u: u["state"] == "live")
        streams += [first.events()]
        equal(last_event(streams.pop(0)), "away", "last event")
        other = serve.enter(serve.another())
        streams += [other.events() for _ in range(PAGES - PAGES_OF_SESSION)]
        streams[0].until(lambda u: u["state"] == "live")
        streams += [serve.enter(serve.another()).events()]
        last = streams[0].last_id
        equal(last_event(streams.pop(0)), "away", "last event")
        for stream in streams:
            stream.until(lambda u: u["state"] == "live")
        # it comes back, in the place of another one, and knows what it has
        add(path, write(1))
        with first.events(f"?last={last}") as again:
            found = again.until(lambda u: u["accesses"] == 1)
            equal(len(texts(found)), 1, "lines")
        for stream in streams:
            stream.sock.close()


@test
def another_address(scratch):
    """SIGUSR1 makes another address; one that was not used is void then."""
    with Serve(small(scratch)) as serve:
        session = serve.enter(serve.another())
        answer = serve.get(serve.address[serve.address.index("/", 7):])
        equal(answer.status, 403, "status of the first address")
        other = serve.enter(serve.another())
        equal((session.get("").status, other.get("").status), (200, 200), "both browsers")
        equal(serve.get(other.path, Cookie=session.cookie).status, 403,
              "the cookie of one at the path of the other")


@test
def replaced(scratch):
    """Another log in its place: the page begins anew."""
    path = small(scratch)
    add(path, *[write(i) for i in range(5)], "MARK 1003.000000 vfio-trace: end")
    with Serve(path) as serve, serve.enter().events() as events:
        found = events.until(lambda u: u["state"] == "ended")
        equal((found[-1]["epoch"], found[-1]["accesses"]), (0, 5), "the first log")
        other = f"{scratch}/other.mmt"
        with open(other, "w", encoding="ascii") as file:
            # another run has another clock
            file.write(reportlog.HEAD.replace("MARK 1000.", "MARK 2000."))
        add(other, "MARK 2000.500000 another run", write(10**9 + 7))
        os.rename(other, path)
        found = events.until(lambda u: u["epoch"] == 1 and u["accesses"] == 1)
        equal(found[-1]["state"] in ("reading", "live"), True, "state")
        equal(found[-1]["lines"], reportlog.HEAD.count("\n") + 2, "lines")
        matches("\n".join(texts(found, "marks")), "another run")


@test
def compressed(scratch):
    """A compressed log that grows by frames."""
    if not shutil.which("zstd"):
        raise tap.Skip("no zstd")
    path = f"{scratch}/net.mmt.zst"

    def frame(text):
        done = subprocess.run(["zstd", "-q", "-c"], input=text.encode(), check=True,
                              capture_output=True)
        with open(path, "ab") as file:
            file.write(done.stdout)

    frame(reportlog.HEAD + write(1) + "\n")
    with Serve(path) as serve, serve.enter().events() as events:
        events.until(lambda u: u["accesses"] == 1)
        frame(write(2) + "\n")
        events.until(lambda u: u["accesses"] == 2)


@test
def selection(scratch):
    """The selection is that of the page, and of its report."""
    log = reportlog.usual(f"{scratch}/net.mmt")
    with Serve(log.path, "--range", "3", "--op=w") as serve:
        session = serve.enter()
        with session.events() as events:
            found = events.until(lambda u: u["state"] == "ended")
        equal(found[-1]["reads"], 0, "reads")
        equal([r["writes"] for r in found[-1]["regions"]], [0, found[-1]["writes"]],
              "writes")
        answer = session.get("report")
        equal((answer.status, answer.complete), (200, True), "report")


@test
def report(scratch):
    """The report is that of vfio-trace report; there is one at a time."""
    log = reportlog.usual(f"{scratch}/net.mmt", rounds=30_000)
    with Serve(log.path) as serve:
        session = serve.enter()
        first = serve.connect()
        first.sendall(serve.head(session.path + "report", Cookie=session.cookie))
        equal(first.recv(12), b"HTTP/1.1 200", "the first report")
        equal(session.get("report").status, 503, "status of a second one")
        first.close()
        wait_until(lambda: session.get("report").status == 200, "a report again")
        answer = session.get("report")
        equal(answer.complete, True, "the whole page")
        matches(answer.body[:200].decode(), "<!DOCTYPE html>")
        equal(answer.body.count(b'id="report-index"'), 1, "index")


def report_of(session):
    """The arguments of the report that is made, which has no end yet"""
    serve = session.serve
    sock = serve.connect()
    sock.sendall(serve.head(session.path + "report", Cookie=session.cookie))
    equal(sock.recv(12), b"HTTP/1.1 200", "the report")
    pid = serve.process.pid
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        children = file.read().split()
    equal(len(children), 1, "processes")

    def arguments():
        with open(f"/proc/{children[0]}/cmdline", encoding="utf-8") as file:
            return file.read().split("\0")[1:-1]

    wait_until(lambda: arguments()[:1] == ["report"], "the verb report")
    found = arguments()
    sock.close()
    return found


@test
def report_so_far(scratch):
    """The report of a log that grows ends where the page is, or where the user says."""
    path = small(scratch)
    add(path, *[write(i) for i in range(30_000)])
    lines = reportlog.HEAD.count("\n") + 30_000
    for more, places in ((), [f"--to=#{lines}"]), (("--to", "#99999"),
                                                   [f"--to=#{lines}", "--to", "#99999"]):
        with Serve(path, *more) as serve:
            session = serve.enter()
            with session.events() as events:
                events.until(lambda u: u["state"] != "reading")
            said = report_of(session)
            equal([word for word in said if "#" in word or word == "--to"], places, "ends")
    add(path, "MARK 1003.000000 vfio-trace: end")
    with Serve(path) as serve:
        session = serve.enter()
        with session.events() as events:
            events.until(lambda u: u["state"] == "ended")
        equal([word for word in report_of(session) if "#" in word], [], "ends")


@test
def no_trace(scratch):
    """What is no trace, or can't be read, is said."""
    path = f"{scratch}/prose"
    add(path, "It was a dark night.", "<b>It</b> rained.")
    with Serve(path) as serve, serve.enter().events() as events:
        found = events.until(lambda u: u["state"] == "live")
        equal((found[-1]["trace"], found[-1]["lines"]), (False, 2), "lines of a trace")
        add(path, "It was cold.")
        events.until(lambda u: u["lines"] == 3)
        add(path, *reportlog.HEAD.splitlines())
        events.until(lambda u: u["trace"])
    path = f"{scratch}/bad.mmt.zst"
    with open(path, "wb") as file:
        file.write(b"\x28\xb5\x2f\xfd" + b"\xff" * 100)
    with Serve(path) as serve:
        with serve.enter().events() as events:
            found = events.until(lambda u: u["state"] == "failed")
            matches(found[-1]["message"], r"bad\.mmt\.zst: the compressed frame")
        matches(serve.end()[1], r"serve: .*bad\.mmt\.zst: the compressed frame")


@test
def cut_log(scratch):
    """A socket that QEMU closes before the end: the page says so."""
    fifo = f"{scratch}/fifo"
    os.mkfifo(fifo)
    writer = os.open(fifo, os.O_RDWR)
    with Serve(fifo) as serve:
        session = serve.enter()
        with session.events() as events:
            os.write(writer, (reportlog.HEAD + write(1) + "\n").encode())
            events.until(lambda u: u["accesses"] == 1)
            os.close(writer)
            events.until(lambda u: u["state"] == "cut")
        equal(session.get("report").status, 404, "status of the report")


@test
def status(scratch):
    """Without a QEMU that answers, the log's own counts are shown."""
    path = small(scratch)
    add(path, write(1))
    with Serve(path, status=True) as serve, serve.enter().events() as events:
        found = events.until(lambda u: u["accesses"] == 1)
        equal([u for u in found if u.get("status")], [], "samples")


@test
def interrupted(scratch):
    """Ctrl-C ends the server at once, and its pages know it."""
    for number in (signal.SIGINT, signal.SIGTERM):
        with Serve(small(scratch)) as serve:
            session = serve.enter()
            slow_one = session.events()
            half = serve.connect()
            half.sendall(b"GET / HT")
            with session.events() as events:
                events.until(lambda u: u["state"] == "live")
                # one that comes at the same moment
                serve.process.send_signal(signal.SIGSTOP)
                late = serve.connect()
                late.sendall(serve.head(session.path + "events", Cookie=session.cookie))
                serve.process.send_signal(number)
                before = time.monotonic()
                equal(serve.end(signal.SIGCONT)[0], 0, "exit status")
                equal(time.monotonic() - before < tap.patience(10), True, "duration")
                equal(last_event(events), "end", "last event")
            found = b""
            while more := late.recv(65536):
                found += more
            matches(found.decode(), "event: end\n")
            for sock in late, slow_one.sock, half:
                sock.close()


@test
def port(scratch):
    """A port that is taken is an error."""
    with Serve(small(scratch)) as serve:
        done = subprocess.run([tap.tool_binary(), "serve", "--port", str(serve.port),
                               f"{scratch}/net.mmt"], capture_output=True, text=True,
                              check=False)
        equal(done.returncode, 2, "exit status")
        matches(done.stderr, f"can not listen on port {serve.port}")


if __name__ == "__main__":
    tap.main()
