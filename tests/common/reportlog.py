# SPDX-License-Identifier: GPL-2.0-or-later
"""Logs for the tests of vfio-trace report: a network card, as it might be."""

import random

BAR0, BAR3 = 0xfeb80000, 0xfebd4000
START = 1000                    # seconds on the clock
READY, WAITING = 0x80080783, 0x80080781
POLL_READS = 40

HEAD = f"""\
VERSION 20070824
MARK {START}.000000 vfio-trace: log format=1 qemu=10.0.7 extra=cpu+ns+latency
PCIDEV 0028 808610d3 b {BAR0:x} 0 0 {BAR3:x} 0 0 0 20000 0 0 4000 0 0 0 e1000e
MARK {START}.000001 vfio-trace: device id=net0 host=0000:00:05.0 type=vfio-pci-trace addresses=host
MARK {START}.000002 vfio-trace: coverage device=net0 bar=0 map=1 addr={BAR0:#x} len=0x20000 state=trapped
MARK {START}.000003 vfio-trace: coverage device=net0 bar=3 map=2 addr={BAR3:#x} len=0x4000 state=trapped
MARK {START}.000004 vfio-trace: vm state=running
MAP {START}.000005 1 {BAR0:#x} {BAR0:#x} 0x20000 0x0 0
MAP {START}.000006 2 {BAR3:#x} {BAR3:#x} 0x4000 0x0 0
"""


class Log:
    """A log that is written as it grows. A context manager."""

    def __init__(self, path, seed=1):
        self.file = open(path, "w", encoding="utf-8")
        self.path = path
        self.ns = START * 10**9 + 10**6
        self.random = random.Random(seed)
        self.accesses = self.reads = 0
        self.file.write(HEAD)

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        self.file.write(f"MARK {self.time()} vfio-trace: end\n")
        self.file.close()

    def time(self):
        return f"{self.ns // 10**9}.{self.ns // 1000 % 10**6:06d}"

    def access(self, kind, bar, offset, value, after=2000, cpu=0, latency=900):
        self.ns += after
        base, number = ((BAR0, 1), (BAR3, 2))[bar]
        self.accesses += 1
        self.reads += kind == "R"
        self.file.write(
            f"{kind} 4 {self.time()} {number} {base + offset:#x} {value:#x} 0x0 0 "
            f"cpu={cpu} ns={self.ns // 10**9}.{self.ns % 10**9:09d} latency={latency}\n")

    def read(self, offset, value, bar=0, **how):
        self.access("R", bar, offset, value, **how)

    def write(self, offset, value, bar=0, **how):
        self.access("W", bar, offset, value, **how)

    def mark(self, text, after=1000):
        self.ns += after
        self.file.write(f"MARK {self.time()} {text}\n")

    def poll(self, reads=POLL_READS, offset=0x8):
        """A poll that ends when bit 1 is set"""
        for _ in range(reads):
            self.read(offset, WAITING, after=50_000)
        self.read(offset, READY, after=50_000)


def probe(log):
    log.mark("probe")
    log.write(0xd8, 0xffffffff)
    log.write(0x0, 0x4140240)
    log.poll()
    for i in range(128):
        log.write(0x5200 + 4 * i, 0)
    log.read(0x5400, 0x12005452)


def traffic(log, rounds):
    """Interrupt causes, a tail pointer, a table entry now and then"""
    for i in range(rounds):
        cpu = log.random.randrange(2)
        long = log.random.randrange(50) == 0
        log.read(0xc0, 1 << log.random.randrange(8), cpu=cpu,
                 after=log.random.randrange(500, 20_000),
                 latency=log.random.randrange(600, 40_000 if long else 1500))
        log.write(0x3818, i % 256, cpu=cpu)
        if i % 16 == 0:
            log.write(16 * (i // 16 % 8), i, bar=1, cpu=cpu)


def usual(path, rounds=2000, poll=POLL_READS, extra=False):
    """A log with phases, a poll, interrupts, a pause. Return: the Log"""
    with Log(path) as log:
        probe(log)
        if poll != POLL_READS:
            log.poll(poll)
        log.mark("vfio-trace: irq device=net0 msix vector=0")
        log.mark("open: <b>bold</b> & plain")
        traffic(log, rounds)
        log.mark("vfio-trace: vm state=paused reason=io-error")
        log.mark("vfio-trace: vm state=running paused-ns=3000000", after=3_000_000)
        if extra:
            log.write(0x282c, 0x20)
        log.mark("close")
        log.write(0x100, 0)
        log.read(0x8, READY)
    return log


def session(path):
    """What a person would see of a driver: it starts, pings, stops. Return: the Log"""
    with Log(path) as log:
        probe(log)
        log.mark("open", after=2_000_000)
        log.write(0x100, 0x4008002)
        log.poll(12)
        traffic(log, 60)
        log.mark("ping", after=3_000_000)
        for i in range(9):
            log.mark(f"vfio-trace: irq device=net0 msix vector={i % 2}",
                     after=2_500_000)
            traffic(log, 12 + 40 * (i % 3))
        log.mark("vfio-trace: vm state=paused reason=io-error")
        log.mark("vfio-trace: vm state=running paused-ns=3000000", after=3_000_000)
        traffic(log, 30)
        log.mark("close", after=2_000_000)
        log.write(0x100, 0)
        log.poll(25)
        log.write(0xd8, 0xffffffff, after=1_000_000)
    return log


HOSTILE = (
    "<script>globalThis.owned = 1; alert(1)</script>",
    "</script><script>globalThis.owned = 2</script>",
    "<img src=x onerror='globalThis.owned = 3'>",
    "--><svg onload=globalThis.owned=4>",
    "<!-- <script>",
    "\"><a href=\"javascript:globalThis.owned=5\">click</a>",
    "</style><style>body{display:none}</style>",
    "@script@ @policy@ <!-- vfio-trace report data -->",
    "${globalThis.owned = 6} `x` \\u003cscript>",
    "__proto__", "constructor", "]]> %3Cscript%3E &lt;script&gt;",
    "right to left \u202e gnp.exe", "\u2028line\u2029separators \ufeff", "\x1b[31mred\x07",
    "x" * 900, "nul \x00 byte", "long " + "y" * 100_000,
    "\u202e\u2066\u200b\u00ad\u0301 <b>", "a\ud83d".encode("utf-8", "replace").decode(),
)
DEVICE = "<img/src=x/onerror=globalThis.owned=7>"


def hostile(path):
    """Marks and names with all that might be taken for markup"""
    with Log(path) as log:
        log.mark(f"vfio-trace: device id={DEVICE} host=0000:00:06.0 type=vfio-pci-trace "
                 "addresses=host")
        log.mark(f"vfio-trace: coverage device={DEVICE} bar=0 map=3 addr=0xfd000000 "
                 "len=0x1000 state=trapped")
        log.file.write(f"MAP {log.time()} 3 0xfd000000 0xfd000000 0x1000 0x0 0\n")
        log.file.write(f"R 4 {log.time()} 3 0xfd000010 0x1 0x0 0\n")
        log.accesses += 1
        log.reads += 1
        for i, text in enumerate(HOSTILE):
            log.mark(text)
            log.mark(f"vfio-trace: guest-mark origin=isa port=m0 text={text}")
            log.write(0x10 + 4 * i, i)
            log.poll(12, 0x400 + 4 * i)
    return log
