#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""QMP and HMP: markers, counts, schema."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import mmt, tap                                      # noqa: E402
from common.qemu import COMMAND_MEMORY, MMIO, Machine, QMPError  # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

SLOT = 5


def machine(scratch):
    return Machine(scratch,
                   "-object", f"vfio-trace-log,id=log,file={scratch}/log",
                   "-object", "pci-trace,id=trace,device=dut",
                   "-device", f"edu,id=dut,addr={SLOT}")


def error_of(call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except QMPError as e:
        return str(e)
    raise AssertionError("the command was accepted")


@test
def marks_in_order(scratch):
    """A marker is between the accesses before and after it."""
    with machine(scratch) as m:
        m.set_bar(SLOT, 0, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        m.write(MMIO + 4, 4, 1)
        answer = m.qmp.execute("vfio-trace-mark", text="one")
        equal(answer, {"text": "one"}, "answer")
        m.write(MMIO + 4, 4, 2)
        m.qmp.execute("vfio-trace-mark", text="two, zwölf", log="log")
        m.write(MMIO + 4, 4, 3)
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    got = [e.value if isinstance(e, mmt.Access) else e.text
           for e in log.events
           if isinstance(e, mmt.Access) or isinstance(e, mmt.Mark) and
           not e.text.startswith("vfio-trace: ")]
    equal(got, [1, "one", 2, "two, zwölf", 3], "log")


@test
def hostile_marker(scratch):
    """100 kB of newlines and control characters forge nothing."""
    evil = "x\nW 4 1.000000 1 0x80000000 0x666 0x0 0\r\x00\x1b[2J\u2028\u0085"
    with machine(scratch) as m:
        text = m.qmp.execute("vfio-trace-mark", text=evil)["text"]
        # QEMU's JSON parser turns a NUL into two bytes
        equal(text, "x?W 4 1.000000 1 0x80000000 0x666 0x0 0????[2J??", "text")
        equal(any(ord(c) < 32 or c in "\u2028\u0085" for c in text), False,
              "control characters left")
        long = m.qmp.execute("vfio-trace-mark",
                             text="A\nW 4 " * 17000)["text"]
        equal(len(long), 900, "length of the longest marker")
        euro = m.qmp.execute("vfio-trace-mark", text="€" * 1000)["text"]
        equal(euro, "€" * 300, "marker of three-byte characters")
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    equal(log.accesses(), [], "forged records")
    equal(max(len(line.encode()) for line in log.lines) < 1000, True,
          "lines stay short")


@test
def bad_marker(scratch):
    """Empty text, the tracer's own prefix and unknown logs are refused."""
    with machine(scratch) as m:
        mark = m.qmp.execute
        matches(error_of(mark, "vfio-trace-mark", text=""), "empty")
        matches(error_of(mark, "vfio-trace-mark", text="vfio-trace: lost 3"),
                "must not begin with 'vfio-trace:'")
        matches(error_of(mark, "vfio-trace-mark", text="vfio-trace:end"),
                "must not begin with 'vfio-trace:'")
        matches(error_of(mark, "vfio-trace-mark", text="x", log="nope"),
                "no trace log 'nope'")
        matches(error_of(mark, "vfio-trace-mark"), "text")
        m.quit()
    equal(mmt.Log(f"{scratch}/log").marks("x"), [], "marks")


@test
def no_log(scratch):
    """Without a log the commands fail with a clear error."""
    with Machine(scratch) as m:
        equal(m.qmp.execute("query-vfio-trace"), [], "logs")
        matches(error_of(m.qmp.execute, "vfio-trace-mark", text="x"),
                "there is no trace log")
        matches(m.qmp.hmp("info vfio-trace"), "nothing is traced")
        matches(m.qmp.hmp("vfio_trace_mark x"), "there is no trace log")
        m.quit()


@test
def query(scratch):
    """query-vfio-trace counts accesses and bytes, and shows the addresses."""
    with machine(scratch) as m:
        bar = m.qmp.execute("query-vfio-trace")[0]["devices"][0]["regions"][0]
        equal("guest-address" in bar, False, "guest address before mapping")
        m.set_bar(SLOT, 0, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        for _ in range(7):
            m.read(MMIO, 4)
        for n in range(3):
            m.write(MMIO + 0x80, 8, n)
        m.read(MMIO, 1)                 # edu refuses it
        log = m.qmp.execute("query-vfio-trace")[0]
        bar = log["devices"][0]["regions"][0]
        equal(log["id"], "log", "id")
        equal(log["file"], f"{scratch}/log", "file")
        equal((log["lost"], log["stopped"]), (0, False), "trouble")
        equal("error" in log, False, "error")
        equal(log["devices"][0]["id"], "dut", "device")
        equal(log["devices"][0]["vendor"], 0x1234, "vendor")
        equal(bar["read"], {"accesses": 8, "bytes": 29}, "reads")
        equal(bar["write"], {"accesses": 3, "bytes": 24}, "writes")
        equal(bar["failed"], 1, "failed")
        equal(bar["guest-address"], MMIO, "guest address")
        equal((bar["size"], bar["type"]), (1 << 20, "mem32"), "BAR")
        matches(m.qmp.hmp("info vfio-trace"),
                r"log: file .*bar0: map 1, mem32.*8 reads, 3 writes, 1 failed")
        m.quit()
    log = mmt.Log(f"{scratch}/log")
    equal(len(log.marks("vfio-trace: failed R width=1 map=1")), 1,
          "marks of failed accesses")


@test
def hmp_mark(scratch):
    """HMP's vfio_trace_mark takes the rest of the line."""
    with machine(scratch) as m:
        equal(m.qmp.hmp("vfio_trace_mark mode set to 1920x1080"), "", "HMP")
        equal(m.qmp.hmp("vfio_trace_mark -l log just there"), "", "HMP")
        matches(m.qmp.hmp("vfio_trace_mark -l nope text"),
                "no trace log 'nope'")
        m.quit()
    marks = mmt.Log(f"{scratch}/log").marks()
    equal([m for m in marks if not m.startswith("vfio-trace: ")],
          ["mode set to 1920x1080", "just there"], "markers")


# The common properties of vfio-pci-trace and pci-trace
OPTIONS = {"windows", "exclude", "start", "hot-page-limit", "config", "irq",
           "snapshot", "rings", "backtrace", "backtrace-windows"}
COMMANDS = {"query-vfio-trace", "query-vfio-trace-windows", "vfio-trace-flush",
            "vfio-trace-mark", "vfio-trace-memory-now",
            "vfio-trace-memory-read", "vfio-trace-rings-add",
            "vfio-trace-rings-remove", "vfio-trace-rotate",
            "vfio-trace-snapshot-add",
            "vfio-trace-snapshot-remove", "vfio-trace-start",
            "vfio-trace-stop", "vfio-trace-window-add",
            "vfio-trace-window-remove"}


@test
def schema(scratch):
    """The commands and objects are in query-qmp-schema and in the help."""
    with Machine(scratch) as m:
        names = {e["name"] for e in m.qmp.execute("query-qmp-schema")
                 if e["meta-type"] == "command"}
        equal({name for name in names if "vfio-trace" in name}, COMMANDS,
              "commands in the schema")
        types = {t["name"] for t in m.qmp.execute("qom-list-types")}
        equal({"vfio-pci-trace", "pci-trace", "vfio-trace-log"} <= types, True,
              "types")
        props = {p["name"] for p in m.qmp.execute(
            "device-list-properties", typename="vfio-pci-trace")}
        plain = {p["name"] for p in m.qmp.execute(
            "device-list-properties", typename="vfio-pci")}
        equal(plain - props, set(), "properties of vfio-pci that are missing")
        log = {p["name"] for p in m.qmp.execute(
            "qom-list-properties", typename="vfio-trace-log")}
        log -= {p["name"] for p in m.qmp.execute(
            "qom-list-properties", typename="object")}
        equal(props - plain, OPTIONS | {"trace-log", "trace-driver"} |
              {f"trace-{name}" for name in log}, "our own properties")
        m.quit()


@test
def tool(scratch):
    """The vfio-trace tool: mark, status, and check of the resulting log."""
    def run(*args):
        return subprocess.run([tap.tool_binary(), *args], text=True,
                              capture_output=True, timeout=60, check=False)

    with machine(scratch) as m:
        m.set_bar(SLOT, 0, MMIO)
        m.command(SLOT, COMMAND_MEMORY)
        m.read(MMIO, 4)
        m.qmp.conn.close()
        result = run("mark", "--qmp", m.qmp_path, "by", "the", "tool")
        equal((result.returncode, result.stderr), (0, ""), "mark")
        result = run("status", "--qmp", m.qmp_path)
        equal(result.returncode, 0, "status")
        matches(result.stdout, "log")
        m.process.terminate()
        equal(m.process.wait(60), 0, "exit status after SIGTERM")
    equal("by the tool" in mmt.Log(f"{scratch}/log").marks(), True, "marker")
    result = run("check", f"{scratch}/log")
    equal(result.returncode, 0, f"check: {result.stdout}{result.stderr}")


if __name__ == "__main__":
    tap.main()
