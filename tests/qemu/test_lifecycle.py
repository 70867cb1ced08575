#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Life cycle of devices and logs: plug, unplug, reset, and QEMU's end."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import mmt, tap                                      # noqa: E402
from common.qemu import COMMAND_MEMORY, MMIO, Machine, QMPError  # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

SLOT = 5


def log_object(scratch, ident="log"):
    return ["-object", f"vfio-trace-log,id={ident},file={scratch}/{ident}"]


def use(m, value):
    m.set_bar(SLOT, 0, MMIO)
    m.command(SLOT, COMMAND_MEMORY)
    m.write(MMIO + 4, 4, value)
    equal(m.read(MMIO + 4, 4), ~value & 0xffffffff, "liveness register")


def unplug(m, device):
    m.qmp.execute("device_del", id=device)
    m.eject(SLOT)
    m.qmp.wait_event("DEVICE_DELETED")


@test
def unplug_and_replug(scratch):
    """Hot-unplug leaves a complete log; a device of that name is traced again."""
    with Machine(scratch, *log_object(scratch),
                 "-object", "pci-trace,id=trace,device=dut",
                 "-device", f"edu,id=dut,addr={SLOT}") as m:
        use(m, 1)
        unplug(m, "dut")
        equal(m.qmp.execute("query-vfio-trace")[0]["devices"], [], "devices")
        m.read(MMIO + 4, 4)             # no device there: not in the log
        m.qmp.execute("device_add", driver="edu", id="dut", addr=f"{SLOT:x}")
        use(m, 2)
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    equal([(a.op, a.map, a.value) for a in log.accesses()],
          [("W", 1, 1), ("R", 1, 0xfffffffe), ("W", 2, 2),
           ("R", 2, 0xfffffffd)], "accesses")
    equal(len(log.of(mmt.Map)), 2, "MAP")
    equal(len({e.phys for e in log.of(mmt.Map)}), 1, "addresses in the log")
    equal(len(log.of(mmt.Unmap)), 1, "UNMAP")
    equal(log.marks("vfio-trace: detached"),
          ["vfio-trace: detached id=dut"], "mark")


@test
def parts_name_devices(scratch):
    """Each part of a log names the devices that are plugged in, and no others."""
    def rotate(m):
        m.qmp.execute("vfio-trace-rotate")
        m.qmp.wait_event("VFIO_TRACE_PART")

    with Machine(scratch, *log_object(scratch),
                 "-object", "pci-trace,id=trace,device=dut",
                 "-device", f"edu,id=dut,addr={SLOT}") as m:
        use(m, 1)
        rotate(m)
        unplug(m, "dut")
        rotate(m)
        m.qmp.execute("device_add", driver="edu", id="dut", addr=f"{SLOT:x}")
        use(m, 2)
        rotate(m)
        m.quit()
    for part, count in ((1, 1), (2, 0), (3, 1)):
        path = f"{scratch}/log.{part}"
        with open(path, encoding="utf-8") as f:
            header = f.read().partition(" header ends\n")[0]
        found = re.findall(r"^PCIDEV .*\nMARK \S+ vfio-trace: device id=dut ",
                           header, re.MULTILINE)
        equal((len(found), header.count("PCIDEV")), (count, count),
              f"devices of part {part + 1}")
        subprocess.run([tap.tool_binary(), "check", path], check=True,
                       stdout=subprocess.DEVNULL)


@test
def many_unplugs(scratch):
    """Many plugs and unplugs leak no file, no region, no tap."""
    with Machine(scratch, *log_object(scratch),
                 "-object", "pci-trace,id=trace,device=dut",
                 "-device", f"e1000e,romfile=,id=dut,addr={SLOT}") as m:
        fds = []
        for _ in range(tap.rounds(100, 1000)):
            unplug(m, "dut")
            m.qmp.execute("device_add", driver="e1000e", id="dut", romfile="",
                          addr=f"{SLOT:x}")
            fds.append(len(os.listdir(f"/proc/{m.process.pid}/fd")))
        equal(fds[-1] <= fds[9], True, f"open files {fds[9]} -> {fds[-1]}")
        m.qmp.execute("device_del", id="dut")
        m.eject(SLOT)
        m.qmp.wait_event("DEVICE_DELETED")
        # RCU frees the rest within its grace period
        for _ in range(100):
            tree = m.qmp.hmp("info mtree")
            if "vfio-trace" not in tree:
                break
            time.sleep(0.1)
        equal("vfio-trace" in tree, False, "regions left behind")
        m.quit()
    mmt.Log(f"{scratch}/log")


@test
def objects_at_run_time(scratch):
    """object-add taps a device whose BARs are mapped; object-del is checked."""
    with Machine(scratch, "-device", f"edu,id=dut,addr={SLOT}") as m:
        use(m, 1)
        m.qmp.execute("object-add", qom_type="vfio-trace-log", id="log",
                      file=f"{scratch}/log")
        m.qmp.execute("object-add", qom_type="pci-trace", id="trace",
                      device="dut")
        m.write(MMIO + 4, 4, 2)
        for ident in ("trace", "log"):
            try:
                m.qmp.execute("object-del", id=ident)
            except QMPError as e:
                matches(str(e), "in use")
            else:
                raise AssertionError(f"{ident} was removed while in use")
        unplug(m, "dut")
        m.qmp.execute("object-del", id="trace")
        m.qmp.execute("object-del", id="log")
        equal(m.qmp.execute("query-vfio-trace"), [], "logs")
        log = mmt.Log(f"{scratch}/log")
        equal(log.marks()[-1], "vfio-trace: end", "last mark")
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    equal([a.value for a in log.accesses()], [2], "accesses")
    equal(log.of(mmt.Map)[0].virt, MMIO, "MAP of a BAR that was mapped before")


@test
def wait_for_hotplug(scratch):
    """wait=on: a device that is plugged in later is traced from the start."""
    with Machine(scratch, *log_object(scratch), "-object",
                 "pci-trace,id=trace,device=dut,wait=on") as m:
        for ident, more in (("x", {}), ("trace2", {"wait": True})):
            try:
                m.qmp.execute("object-add", qom_type="pci-trace", id=ident,
                              device="later", **more)
                equal(ident, "trace2", "object that may wait")
            except QMPError as e:
                matches(str(e), "there is no device 'later'")
                equal(ident, "x", "object that may not wait")
        try:
            m.qmp.execute("object-del", id="log")
        except QMPError as e:
            matches(str(e), "in use")
        else:
            raise AssertionError("the log was removed while an object with it waits")
        m.qmp.execute("device_add", driver="edu", id="dut", addr=f"{SLOT:x}")
        use(m, 1)
        m.quit()
    equal(len(mmt.Log(f"{scratch}/log").accesses()), 2, "accesses")


@test
def region_seen_through_alias(scratch):
    """A BAR that is unmapped, but visible through an alias of the device."""
    with Machine(scratch, "-device", "VGA,id=vga") as m:
        # chain 4: the legacy VGA range becomes an alias into BAR0
        for port, value in ((0x3c4, 4), (0x3c5, 0xe), (0x3c4, 2),
                            (0x3c5, 0xf)):
            m.outp(port, 1, value)
        m.qmp.execute("object-add", qom_type="vfio-trace-log", id="log",
                      file=f"{scratch}/log")
        m.qmp.execute("object-add", qom_type="pci-trace", id="trace",
                      device="vga")
        m.quit()
    mmt.Log(f"{scratch}/log")


@test
def quit_after_unplug(scratch):
    """QEMU ends while an unplugged device is still being dismantled."""
    for n in range(10):
        path = f"{scratch}/{n}"
        os.mkdir(path)
        with Machine(path, *log_object(path),
                     "-object", "pci-trace,id=trace,device=dut",
                     "-device", f"edu,id=dut,addr={SLOT}") as m:
            use(m, n)
            unplug(m, "dut")
            m.qmp.execute("object-del", id="trace")
            m.qmp.execute("object-del", id="log")
            m.quit()
        log = mmt.Log(f"{path}/log")
        equal(log.accesses()[0].value, n, "value")
        equal(log.marks()[-1], "vfio-trace: end", "last mark")


@test
def two_logs(scratch):
    """Several logs: each device in its own, a marker in all or in one."""
    with Machine(scratch, *log_object(scratch, "a"), *log_object(scratch, "b"),
                 "-object", "pci-trace,id=ta,device=da,log=a",
                 "-object", "pci-trace,id=tb,device=db,log=b",
                 "-device", f"edu,id=da,addr={SLOT}",
                 "-device", f"edu,id=db,addr={SLOT + 1}") as m:
        use(m, 1)
        m.qmp.execute("vfio-trace-mark", text="both")
        m.qmp.execute("vfio-trace-mark", text="only b", log="b")
        m.quit()
    a, b = mmt.Log(f"{scratch}/a"), mmt.Log(f"{scratch}/b")
    equal((len(a.accesses()), len(b.accesses())), (2, 0), "accesses")
    equal(("both" in a.marks(), "both" in b.marks()), (True, True), "both")
    equal(("only b" in a.marks(), "only b" in b.marks()), (False, True), "one")


def ends_whole(scratch, end):
    with Machine(scratch, *log_object(scratch),
                 "-object", "pci-trace,id=trace,device=dut",
                 "-device", f"edu,id=dut,addr={SLOT}") as m:
        m.set_bar(SLOT, 0, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        for n in range(3000):
            m.write(MMIO + 4, 4, n)
        end(m)
        m.process.wait(60)
    log = mmt.Log(f"{scratch}/log")
    equal([a.value for a in log.accesses()], list(range(3000)), "accesses")
    equal(log.marks()[-1], "vfio-trace: end", "last mark")


@test
def quit_by_qmp(scratch):
    """QMP's quit leaves a complete log."""
    ends_whole(scratch, lambda m: m.qmp.execute("quit"))


@test
def quit_by_sigterm(scratch):
    """SIGTERM leaves a complete log."""
    ends_whole(scratch, lambda m: m.process.send_signal(signal.SIGTERM))


CLIENTS, GAP = 200, 50e-6           # together longer than QEMU takes to end


def accepted(stack, listener):
    """Monitors that have connected, and take commands"""
    monitors = [stack.enter_context(listener.accept()[0])
                for _ in range(CLIENTS)]
    for monitor in monitors:
        answers = stack.enter_context(monitor.makefile())
        answers.readline()              # the greeting
        monitor.sendall(b'{"execute":"qmp_capabilities"}\n')
        answers.readline()
    return monitors


def ask(monitors):
    """A command on one monitor after the other"""
    start = time.monotonic()
    for i, monitor in enumerate(monitors):
        while time.monotonic() < start + i * GAP:
            pass
        with contextlib.suppress(OSError):      # QEMU has ended
            monitor.sendall(b'{"execute":"query-status"}\n')


def quit_and_ask(path, value):
    monitors = []
    for i in range(CLIENTS):
        monitors += ["-chardev", f"socket,id=c{i},path={path}/clients",
                     "-mon", f"mode=control,chardev=c{i}"]
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket(socket.AF_UNIX))
        listener.bind(f"{path}/clients")
        listener.listen(CLIENTS)
        m = stack.enter_context(
            Machine(path, *log_object(path),
                    "-object", "pci-trace,id=trace,device=dut",
                    "-device", f"edu,id=dut,addr={SLOT}", *monitors))
        use(m, value)
        clients = accepted(stack, listener)
        m.qmp.conn.send('{"execute":"quit"}')
        ask(clients)
        equal(m.process.wait(60), 0, "QEMU's status")
    equal(mmt.Log(f"{path}/log").marks()[-1], "vfio-trace: end", "last mark")


@test
def quit_while_others_ask(scratch):
    """QEMU ends while others still send commands: the log is complete."""
    for n in range(4):
        path = f"{scratch}/{n}"
        os.mkdir(path)
        quit_and_ask(path, n)


@test
def migration_is_refused(scratch):
    """A traced machine can't be migrated, and QEMU says why."""
    with Machine(scratch, *log_object(scratch),
                 "-object", "pci-trace,id=trace,device=dut",
                 "-device", f"e1000e,romfile=,id=dut,addr={SLOT}") as m:
        try:
            m.qmp.execute("migrate", uri="exec:cat>/dev/null")
        except QMPError as e:
            matches(str(e), "trace log 'log'")
        else:
            raise AssertionError("migration was started")
        m.quit()


@test
def reset(scratch):
    """A machine reset unmaps the BARs and leaves the tap in place."""
    with Machine(scratch, *log_object(scratch),
                 "-object", "pci-trace,id=trace,device=dut",
                 "-device", f"edu,id=dut,addr={SLOT}") as m:
        use(m, 1)
        m.qmp.execute("system_reset")
        m.qmp.wait_event("RESET")
        use(m, 2)
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    equal([type(e).__name__ for e in log.events
           if not isinstance(e, (str, mmt.Mark, mmt.Pcidev))],
          ["Map", "Access", "Access", "Unmap", "Map", "Access", "Access"],
          "events")


if __name__ == "__main__":
    tap.main()
