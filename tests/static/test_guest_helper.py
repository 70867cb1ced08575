#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# needs: vfio-trace
# usual: 40
# timeout: 900
"""vfio-trace-mark on this machine and under Wine, with files as ports."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import guestmarks, tap, wine                         # noqa: E402
from common.tap import Skip, equal, matches, test                # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
MINGW = "x86_64-w64-mingw32-gcc"


def lines(port):
    with open(port, "rb") as f:
        return [guestmarks.normal(line) for line in f.read().split(b"\n")[:-1]]


def new_port(scratch, name="port"):
    path = os.path.join(scratch, name)
    with open(path, "wb"):
        pass
    return path


def mark(*words, **options):
    """Run the program for Linux."""
    return subprocess.run([guestmarks.program(), *words], capture_output=True,
                          stdin=subprocess.DEVNULL, text=True, timeout=60,
                          check=False, **options)


@test
def native(scratch):
    """on this machine: each input is the expected line, status and message"""
    port = new_port(scratch)
    want = []
    for case in guestmarks.PLAIN:
        done = subprocess.run([guestmarks.program(), "-p", port, *case.words],
                              input=case.stdin, capture_output=True,
                              timeout=60, check=False)
        case.check(done.returncode, done.stderr.decode())
        want += case.lines
    guestmarks.same(lines(port), want, "line")


@test
def static(scratch):
    """the program for Linux guests needs no library"""
    said = subprocess.run(["ldd", guestmarks.program()], capture_output=True,
                          text=True, check=False)
    matches(said.stdout + said.stderr, "not a dynamic executable|statically linked")
    equal(mark("--version").stdout.startswith("vfio-trace-mark "), True)
    size = os.path.getsize(guestmarks.program())
    print(f"# {size} bytes", flush=True)
    equal(size < 1 << 20, True, f"{size} bytes")


@test
def command_ends(scratch):
    """a command's signal and status are its own, and in the mark"""
    port = new_port(scratch)
    equal(mark("-p", port, "--", "sh", "-c", "kill -USR1 $$").returncode,
          -signal.SIGUSR1)
    # which this program ignores, but not its commands
    equal(mark("-p", port, "--", "sh", "-c", "kill -PIPE $$").returncode,
          -signal.SIGPIPE)
    equal(mark("-p", port, "--", "sh", "-c", "exit 77").returncode, 77)
    equal(mark("-p", port, "--", scratch).returncode, 126)
    equal([line.split()[2] for line in lines(port)[1::2]],
          [f"signal={int(signal.SIGUSR1)}".encode(),
           f"signal={int(signal.SIGPIPE)}".encode(), b"exit=77", b"exit=126"])
    # whoever has started it ignores SIGCHLD
    done = subprocess.run([guestmarks.program(), "-p", port, "--", "sh", "-c",
                           "exit 9"], check=False, preexec_fn=lambda:
                          signal.signal(signal.SIGCHLD, signal.SIG_IGN))
    equal(done.returncode, 9)
    done = mark("-p", f"{scratch}/none", "--", "sh", "-c", "echo ran; exit 3")
    equal((done.returncode, done.stdout), (3, "ran\n"))
    equal(done.stderr.count("none'"), 2, f"messages: {done.stderr}")


@test
def signals(scratch):
    """SIGTERM goes to the command, which decides"""
    port = new_port(scratch)
    with subprocess.Popen(
            [guestmarks.program(), "-p", port, "--", "sh", "-c",
             "trap 'exit 5' TERM; echo up; while :; do sleep 0.05; done"],
            stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        process.terminate()
        equal(process.wait(60), 5)
    matches(lines(port)[1].decode(), " exit=5 ")


@test
def waits(scratch):
    """--wait: for a port that appears, and for a listener, in bounds"""
    path = f"{scratch}/late"
    done = mark("-p", path, "x")
    equal(done.returncode, 1)
    matches(done.stderr, f"there is no '{path}': --wait=SECONDS")
    equal(mark("-p", path, "--wait=0.1", "x").returncode, 1)
    with subprocess.Popen([guestmarks.program(), "-p", path, "--wait=60",
                           "late"]) as process:
        time.sleep(0.2)
        equal(process.poll(), None, "it waits")
        new_port(scratch, "late")
        equal(process.wait(60), 0)
    equal(lines(path), [b"late"])

    fifo = f"{scratch}/fifo"
    os.mkfifo(fifo)
    done = mark("-p", fifo, "x")
    equal(done.returncode, 1)
    matches(done.stderr, "nothing listens at")
    # A reader that does not read: the pipe is full some time.
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    done = subprocess.run([guestmarks.program(), "-p", fifo, "--wait=0.2"],
                          input=b"A" * 4000 + b"\n" * 1 + b"line\n" * 100000,
                          capture_output=True, timeout=60, check=False)
    os.close(reader)
    equal(done.returncode, 1)
    matches(done.stderr.decode(), "the host does not take the marker")


@test
def cut_off(scratch):
    """a host that stops reading within a line: it is said, and the next line is
    one of its own"""
    fifo = f"{scratch}/fifo"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, 8192)
    writer = os.open(fifo, os.O_WRONLY)
    os.write(writer, b"x" * 4096)
    # the begin's mark has 4096 bytes and a newline: 4096 have room
    done = mark("-p", fifo, "--wait=0.2", "--", "sh", "-c",
                'head -c 8192 "$0"', fifo, "z" * 5000)
    left = os.read(reader, 8192)
    os.close(reader)
    os.close(writer)
    matches(done.stderr, "the host does not take the marker.*; the first 4096 "
            "bytes are in the port already")
    matches(left[:20].decode(), "^\ncommand-end id=")


# --- Windows ----------------------------------------------------------------

class Windows:
    """The program under Wine."""

    def __init__(self, system, scratch):
        self.system, self.scratch = system, scratch
        self.program = os.path.join(scratch, guestmarks.NAME + ".exe")
        shutil.copy(guestmarks.program(windows=True), self.program)

    def mark(self, *words, stdin=b""):
        return self.system.run(self.program, *words, stdin=stdin)

    def cases(self, chosen, *options):
        """Run cases, check their statuses; returns the expected lines."""
        want = []
        for case in chosen:
            done = self.mark(*options, *case.words, stdin=case.stdin)
            case.check(done.returncode, done.stderr)
            want += case.lines
        return want


@test
def windows(scratch):
    """under Wine: the same lines of the same inputs, to a port and by the service"""
    guestmarks.program(windows=True)
    with wine.Wine(scratch) as system:
        self = Windows(system, scratch)
        port = new_port(scratch)
        guestmarks.same(lines(port), [], "line")
        want = self.cases(guestmarks.PLAIN, "-p", wine.path(port))
        guestmarks.same(lines(port), want, "line to a port")

        done = self.mark("x")
        equal(done.returncode, 1, "status without a port")
        matches(done.stderr, r"there is no port '\\\\.\\Global\\org.vfio-trace."
                             r"mark.0': .*vioserial installed\?")
        done = self.mark("--port=isa", "x")
        equal(done.returncode, 1, "status of the I/O port")
        matches(done.stderr, "Windows lets only drivers use I/O ports")
        matches(self.mark("--help").stdout, "--install-service .*isa")
        service(self)
        late_port(self)
        hostile(self)


def service(self):
    """The service takes lines, and is the only one that has the port."""
    port = new_port(self.scratch, "service port")
    equal(self.mark("--service").returncode, 1, "status of --service")
    done = self.mark(f"--port={wine.path(port)}", "--install-service")
    equal((done.returncode, done.stderr), (0, ""), "installation")
    tap.wait_until(lambda: lines(port), "the service's first line")
    matches(lines(port)[0].decode(),
            r"^service-start system=windows seconds-since-boot=\d+\.\d{6}$")
    own = len(lines(port))
    want = self.cases(guestmarks.CASES)
    guestmarks.same([line for line in lines(port)[own:]
                     if not line.startswith(b"interface-")], want,
                    "line by the service")
    done = self.mark(f"--port={wine.path(port)}", "--wait=0.2", "x")
    equal(done.returncode, 1, "status of a port that the service has")
    matches(done.stderr, "is busy")
    # again: it is changed, not made twice
    done = self.mark(f"--port={wine.path(port)}", "--install-service")
    equal((done.returncode, done.stderr), (0, ""), "second installation")
    equal(self.mark("still there").returncode, 0)
    done = self.mark("--remove-service")
    equal((done.returncode, done.stderr), (0, ""), "removal")
    equal(lines(port)[-2:], [b"still there", b"service-stop"])
    equal(self.mark("x").returncode, 1, "status without the service")
    equal(self.mark("--remove-service").returncode, 1, "second removal")


def late_port(self):
    """The service's own markers are kept until there is a port."""
    port = os.path.join(self.scratch, "late")
    equal(self.mark(f"--port={wine.path(port)}",
                    "--install-service").returncode, 0)
    tap.wait_until(lambda: "the service: there is no port" in
                   self.mark("too early").stderr, "the service answers")
    new_port(self.scratch, "late")
    tap.wait_until(lambda: self.mark("in time").returncode == 0,
                   "the service has the port")
    got = lines(port)
    matches(got[0].decode(), "^service-start ")
    equal([line for line in got if line in (b"too early", b"in time")],
          [b"in time"])
    self.mark("--remove-service")


def hostile(self):
    """Bad clients bother others for a bounded time, and the service not at all."""
    port = new_port(self.scratch, "hostile")
    client = os.path.join(self.scratch, "hostile-pipe.exe")
    subprocess.run([MINGW, "-O2", "-Wall", "-Werror", "-o", client,
                    os.path.join(HERE, "hostile-pipe.c")], check=True)
    equal(self.mark(f"--port={wine.path(port)}",
                    "--install-service").returncode, 0)
    tap.wait_until(lambda: lines(port), "the service's first line")

    for what, says in (("hasty", "done"), ("endless", r"answer \+"),
                       ("deaf", r"lines \d+")):
        matches(self.system.run(client, what).stdout, says, what)
        equal(self.mark(f"after {what}").returncode, 0, f"status after {what}")
    got = lines(port)
    equal(b"E" * guestmarks.LINE_MAX in got, True, "the endless line is cut")
    equal([line for line in got if line.startswith(b"hasty")], [], "parts of lines")
    equal(max(map(len, got)), guestmarks.LINE_MAX, "the longest line")

    with self.system.start(client, "silent", stdout=subprocess.PIPE,
                           text=True) as process:
        first = process.stdout.readline()
        print(f"# silent: {first.strip()}", flush=True)
        # 16 of them, and ERROR_PIPE_BUSY
        matches(first, "^clients 16 error 231")
        done = self.mark("--wait=0.1", "refused")
        equal(done.returncode, 1, "status while all instances are taken")
        matches(done.stderr, "the service's pipe' is busy")
        done = self.mark("--wait=60", "afterwards")
        equal((done.returncode, done.stderr), (0, ""), "it is taken afterwards")
        equal(process.communicate(timeout=120)[0].split("\n")[:-1],
              ["read 0"] * 16, "silent clients are dropped")
    equal([line for line in lines(port) if line in (b"refused", b"afterwards")],
          [b"afterwards"])
    equal(self.mark("--remove-service").returncode, 0)
    equal(lines(port)[-1], b"service-stop")


if __name__ == "__main__":
    tap.main()
