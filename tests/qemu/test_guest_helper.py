#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 40
"""vfio-trace-mark in a Linux guest: both kinds of ports, kernel modules."""

import gzip
import io
import os
import re
import shlex
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "lab"))
from common import guestmarks, mmt, tap, wine                    # noqa: E402
from common.qemu import PORTS, Machine                           # noqa: E402
from common.tap import Skip, equal, test                         # noqa: E402
from common.virtioserial import VirtioSerial                     # noqa: E402
from labkit import image, kernel                                 # noqa: E402
from labkit.cpio import Cpio                                     # noqa: E402
from labkit.errors import LabError                               # noqa: E402

BOOT_SECONDS = 300
ISA_PORT, SLOT = 0x5e9, 6
MODULES = ["virtio_pci", "virtio_console", "e1000e", "dummy"]

# The guest's first program. "begin X" and "end X" are marks between its parts.
INIT = r"""#!/bin/sh
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
exec > /dev/ttyS0 2>&1
echo 1 > /proc/sys/kernel/printk

part() { vfio-trace-mark "begin $1"; "$@"; vfio-trace-mark "end $1"; }

# until_open PID NAME: until the process has such a file open
until_open()
{
    until ls -l /proc/$1/fd | grep -q $2; do usleep 50000; done
}

busy_port()
{
    # The other program has the port for a while, then for ever.
    { sleep 1; echo held; } > $1 &
    until_open $! vport
    vfio-trace-mark --wait=60 waited
    sleep 1000 > $1 &
    until_open $! vport
    vfio-trace-mark --wait=0.2 refused
    echo "refused: $?"
    kill $!
    wait
}

late_port()
{
    { sleep 1; modprobe virtio_pci; modprobe virtio_console; } &
    vfio-trace-mark --port=org.vfio-trace.mark.0 --wait=120 late
    wait
}

# Standard input without a line leaves the port to others.
shared_port()
{
    mkfifo /lines
    vfio-trace-mark < /lines &
    exec 3> /lines
    echo one >&3
    usleep 500000
    vfio-trace-mark two
    echo three >&3
    exec 3>&-
    wait
}

watch()
{
    vfio-trace-mark --watch-modules &
    pid=$!
    until_open $pid 'trace_pipe\|socket'
    modprobe dummy
    rmmod dummy
    modprobe e1000e
    modprobe bad_nothing 2> /dev/null
    rmmod e1000e
    kill $pid
    wait $pid
    echo "watch: $?"
}

two_watches()
{
    vfio-trace-mark --watch-modules &
    first=$!
    until_open $first trace_pipe
    watch
    kill $first
    wait
}

late_watch()
{
    watch
}

cases()
{
    . /cases
}

vfio-trace-mark --port=org.vfio-trace.mark.0 "no driver"
echo "no driver: $?"
part cases
vfio-trace-mark --port=isa "isa by name"
vfio-trace-mark --port=isa:0x5e8 "no such device"
echo "isa:0x5e8: $?"
part late_port
part cases
part busy_port /dev/vport0p1
mkdir -p /dev/virtio-ports
part shared_port
part watch
mount -t tracefs tracefs /sys/kernel/tracing
part watch
ls /sys/kernel/tracing/instances > /dev/ttyS0
# One that was killed leaves its instance to the next one.
vfio-trace-mark --watch-modules &
until_open $! trace_pipe
kill -9 $!
wait
part late_watch
part two_watches
echo done
poweroff -f
"""


def case_script():
    lines = []
    for n, case in enumerate(guestmarks.CASES):
        words = " ".join(map(shlex.quote, case.words))
        lines.append(f"vfio-trace-mark {words} < /in/{n} 2> /err\n"
                     f"echo \"case {n} status $?\"; cat /err; echo \"case end\"\n")
    return "".join(lines)


def initramfs(path):
    linux = kernel.find(lambda said: print(f"# {said}", flush=True))
    out = io.BytesIO()
    cpio = Cpio(out)
    image.add_busybox(cpio, image.busybox())
    linux.add_modules(cpio, MODULES)
    for name in ("proc", "sys", "dev"):
        cpio.directory(name)
    cpio.file("bin/vfio-trace-mark", guestmarks.program(), 0o755)
    cpio.data("init", INIT.encode(), 0o755)
    cpio.data("cases", case_script().encode())
    for n, case in enumerate(guestmarks.CASES):
        cpio.data(f"in/{n}", case.stdin)
    cpio.close()
    with gzip.open(path, "wb", compresslevel=1) as f:
        f.write(out.getvalue())
    return image.boot_kernel(linux, lambda said: None)


class Guest:
    """The guest's log and console; it runs once for all tests."""

    log = console = None

    @classmethod
    def run(cls, scratch):
        if cls.console is None:
            try:
                vmlinux = initramfs(f"{scratch}/initrd")
            except LabError as e:
                raise Skip(str(e)) from e
            with Machine(scratch, "-m", "512", "-no-reboot",
                         "-object", f"vfio-trace-log,id=log,file={scratch}/log",
                         "-object", "pci-trace,id=trace,device=dut,log=log",
                         "-device", "e1000e,id=dut,romfile=",
                         "-device", "isa-vfio-trace-marker,id=i,rate=10000",
                         "-device", "virtio-serial-pci,ioeventfd=off",
                         "-device", "vfio-trace-marker,id=v,rate=10000",
                         "-serial", f"file:{scratch}/console",
                         "-kernel", vmlinux, "-initrd", f"{scratch}/initrd",
                         "-append", "console=ttyS0 quiet panic=-1",
                         accel="tcg") as m:
                m.process.wait(BOOT_SECONDS)
            with open(f"{scratch}/console", errors="replace") as f:
                cls.console = f.read()
            for line in cls.console.splitlines():
                print(f"# {line}"[:150], flush=True)
            tap.matches(cls.console, r"\ndone\r?\n", "console")
            cls.log = mmt.Log(f"{scratch}/log")
        return cls

    @classmethod
    def parts(cls):
        """{name: [events of each time that it ran]}"""
        found, current = {}, None
        for event in cls.log.events:
            text = getattr(event, "text", "").removeprefix(guestmarks.GUEST)
            edge = re.search(r" text=(begin|end) (\w+)$", text)
            if edge and edge[1] == "begin":
                current = []
                found.setdefault(edge[2], []).append(current)
            elif edge:
                current = None
            elif current is not None:
                current.append(event)
        return found

    @classmethod
    def marks(cls, name, time=0):
        return [guestmarks.normal_mark(e.text.removeprefix(guestmarks.GUEST))
                for e in cls.parts()[name][time] if isinstance(e, mmt.Mark)
                and e.text.startswith(guestmarks.GUEST)]


def texts(marks):
    return [mark.partition(" text=")[2] for mark in marks]


@test
def same_marks(scratch):
    """the same inputs are the same marks by the I/O port and by virtio-serial"""
    guest = Guest.run(scratch)
    for time, origin, port in ((0, "isa", "i"), (1, "virtio-serial", "v")):
        guestmarks.same(guest.marks("cases", time),
                        [guestmarks.in_log(line, origin, port)
                         for line in guestmarks.expected()],
                        f"mark by {origin}")
    said = re.findall(r"case (\d+) status (\d+)\r?\n(.*?)case end", guest.console,
                      re.S)
    equal(len(said), 2 * len(guestmarks.CASES), "cases")
    for n, status, messages in said:
        guestmarks.CASES[int(n)].check(int(status), messages)


@test
def ports(scratch):
    """a port that is missing, late, busy, or shared"""
    guest = Guest.run(scratch)
    tap.matches(guest.console, "no driver: 1")
    tap.matches(guest.console, "there is no virtio-serial port 'org.vfio-trace"
                               r".mark.0': .*virtio_console loaded\?")
    tap.matches(guest.console, "no marker device answers at the I/O port 1512")
    tap.matches(guest.console, "isa:0x5e8: 1")
    equal(texts(guest.marks("late_port")), ["late"])
    equal(texts(guest.marks("busy_port")), ["held", "waited"])
    tap.matches(guest.console, "'/dev/vport0p1' is busy: another program")
    tap.matches(guest.console, "refused: 1")
    shared = texts(guest.marks("shared_port"))
    equal((sorted(shared[:2]), shared[2:]), (["one", "two"], ["three"]),
          "marks of the shared port")
    isa = [m for m in guest.log.marks(guestmarks.GUEST)
           if m.endswith(" text=isa by name")]
    equal(len(isa), 1, "marks of --port=isa")
    tap.matches(isa[0], "origin=isa port=i ")


def modules_of(marks):
    """Marks of e1000e and dummy, without the modules that they need"""
    return [t for t in texts(marks) if not re.search(r"\b(ptp|pps_core)\b", t)]


TRACE_EVENTS = ["module-watch source=trace-events",
                "module-loading dummy", "module-loaded dummy",
                "module-unloaded dummy",
                "module-loading e1000e", "module-loaded e1000e",
                "module-unloaded e1000e"]
UEVENTS = [t for t in TRACE_EVENTS[1:] if "loading" not in t]


@test
def modules_by_uevents(scratch):
    """--watch-modules without trace events: in order, from the kernel's uevents"""
    guest = Guest.run(scratch)
    equal(modules_of(guest.marks("watch")),
          ["module-watch source=uevents", *UEVENTS])
    equal(guest.console.count("watch: 0"), 4, "watches that ended well")


@test
def modules_by_trace_events(scratch):
    """--watch-modules with trace events: before and after the init function"""
    guest = Guest.run(scratch)
    equal(modules_of(guest.marks("watch", 1)), TRACE_EVENTS)
    events = guest.parts()["watch"][1]
    place = {e.text.partition(" text=")[2]: n for n, e in enumerate(events)
             if isinstance(e, mmt.Mark)}
    accesses = [n for n, e in enumerate(events) if isinstance(e, mmt.Access)]
    begin, end = place["module-loading e1000e"], place["module-loaded e1000e"]
    before = sum(n < begin for n in accesses)
    inside = sum(begin < n < end for n in accesses)
    print(f"# accesses before module-loading: {before}, until module-loaded: "
          f"{inside}, later: {len(accesses) - before - inside}", flush=True)
    equal(inside > 0, True, "accesses between the two marks")
    equal(before <= inside, True, "the first mark comes early")


@test
def instances(scratch):
    """the trace instance is removed; a killed watch's is used again; a second
    watch has none"""
    guest = Guest.run(scratch)
    equal("vfio-trace-mark\r\n" in guest.console, False, "instances")
    equal(modules_of(guest.marks("late_watch")), TRACE_EVENTS)
    both = modules_of(guest.marks("two_watches"))
    equal(both[:2], ["module-watch source=trace-events",
                     "module-watch source=uevents"])
    equal(sorted(both[2:]), sorted(TRACE_EVENTS[1:] + UEVENTS), "two watches")


@test
def windows(scratch):
    """what the program for Windows writes (under Wine) is the same marks by both
    ports"""
    program = guestmarks.program(windows=True)
    port = f"{scratch}/port"
    with open(port, "wb"), wine.Wine(scratch) as system:
        for case in guestmarks.PLAIN:
            done = system.run(program, "-p", wine.path(port), *case.words,
                              stdin=case.stdin)
            case.check(done.returncode, done.stderr)
    with open(port, "rb") as f:
        written = f.read()
    with Machine(scratch,
                 "-object", f"vfio-trace-log,id=log,file={scratch}/log",
                 "-device", "isa-vfio-trace-marker,id=i,rate=10000",
                 "-device", f"virtio-serial-pci,ioeventfd=off,addr={SLOT},"
                 "disable-legacy=off",
                 "-device", "vfio-trace-marker,id=v,rate=10000") as m:
        for byte in written:
            m.outp(ISA_PORT, 1, byte)
        serial = VirtioSerial(m, SLOT, PORTS)
        serial.open(1)
        for at in range(0, len(written), 4096):
            serial.write(1, written[at:at + 4096])
        m.quit()
    got = [guestmarks.normal_mark(text.removeprefix(guestmarks.GUEST))
           for text in mmt.Log(f"{scratch}/log").marks(guestmarks.GUEST)]
    lines = [line for case in guestmarks.PLAIN for line in case.lines]
    guestmarks.same(got, [guestmarks.in_log(line, origin, name)
                          for origin, name in (("isa", "i"),
                                               ("virtio-serial", "v"))
                          for line in lines], "mark")


if __name__ == "__main__":
    tap.main()
