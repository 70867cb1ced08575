#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 180
"""Each of our QMP commands with invalid arguments, while a guest makes accesses:
an error for each, and no other effect."""

import json
import os
import random
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, loadguest, loadlog, tap                  # noqa: E402
from common.tap import equal, test                               # noqa: E402

CPUS = 2
PACE = 1000000                  # rounds of an empty loop per 16 writes
OURS = re.compile(r"(query-|x-)?vfio-trace").match
SIZE = 1 << 20                  # of "other"'s BAR 0

# "other" is traced, but the guest does not access it: changes to its tracing do
# not lose accesses from the log.
GOOD = {"device": ("other", "/machine/peripheral/other"), "id": ("log",),
        "log": ("log",), "text": ("a marker", "zwölf"),
        "region": ("bar0", "config"), "direction": ("read", "write", "both")}

STRINGS = ["", " ", "nope", "dut ", "other\n", "/machine/peripheral",
           "/machine", "..", "%s%n%n", "\0", "a\0b", "\x01\x1b[2J",
           "\u2028", "\ud800", "\U0010ffff", "x" * 100, "y" * 5000,
           "log\r\n", "0:0x0:1", "bar6", "BAR0", "vfio-trace: end", "[]"]
NUMBERS = [-1, -(1 << 63), 1 << 63, (1 << 64) - 1, 1 << 64, 1 << 200, SIZE,
           SIZE - 1, SIZE + 1, 0, 1, 4096, 0.5, 1e300, -1e300]
THINGS = [None, True, False, [], {}, [1], {"a": {}}, "1", 1, 1.5]

# Texts that QEMU's JSON parser refuses, or that mark sanitizes
RAW_TEXTS = [b"\xff\xfe", b"\xc0\x80", b"\xed\xa0\x80", b"\x01", b"\\u0000",
             b"\\ud800", b"\\u000a\\u0085", b"\xf4\x90\x80\x80", b"a\x7f\xc2\x85"]

# Invalid JSON, or JSON that is not a command
RAW = [b'{"execute": "vfio-trace-mark", "arguments": []}',
       b'{"execute": "vfio-trace-mark", "arguments": "text"}',
       b'{"execute": "vfio-trace-mark", "arguments": {"text": "a", "text": "b"}}',
       b'{"execute": "vfio-trace-stop", "arguments": {"device": }}',
       b'{"execute": "vfio-trace-stop\\u0000"}',
       b'{"execute": "vfio-trace-rotate", "arguments": {"id": 1e999}}',
       b'{"exec-oob": "vfio-trace-stop"}',
       b'{"execute": "vfio-trace-stop", "arguments": {"device": "' +
       b"x" * 100000 + b'"}}',
       b'{"execute": "vfio-trace-start", "arguments": {' + b'"a": {' * 2000 +
       b'}' * 2002]


def shown(command, arguments):
    return f"{command} {json.dumps(arguments)[:200]}"


class Schema:
    """Our commands and their arguments, according to the schema."""

    def __init__(self, qmp):
        self.types = {e["name"]: e for e in qmp.execute("query-qmp-schema")}
        self.commands = sorted(
            name for name, e in self.types.items()
            if e["meta-type"] == "command" and OURS(name))

    def members(self, command):
        """{argument: (type's kind, whether it may be absent)}"""
        args = self.types[self.types[command]["arg-type"]]
        return {m["name"]: (self._kind(m["type"]), "default" in m)
                for m in args["members"]}

    def _kind(self, name):
        entity = self.types[name]
        return entity.get("json-type", entity["meta-type"])


class Talk:
    """Lines to QEMU, and its answer to each."""

    def __init__(self, qmp):
        self.qmp, self.sock, self.number = qmp, qmp.conn.sock, 0

    def raw(self, line):
        """Send any text; returns QEMU's answers.  Invalid JSON has no ID to
        answer to: the answer to a query sent after it marks the end."""
        self.number += 1
        self.sock.sendall(line + b'\n{"execute": "query-status", "id": %d}\n' %
                          self.number)
        said = []
        while True:
            message = json.loads(self.qmp.conn.receive())
            if message.get("id") == self.number:
                return said
            if "event" not in message:
                said.append(message)

    def send(self, command, arguments):
        said = self.raw(json.dumps({"execute": command,
                                    "arguments": arguments}).encode())
        equal(len(said), 1, f"answers to {shown(command, arguments)}")
        return said[0]


def good_arguments(members, chance):
    """Arguments that are valid, judging by their names."""
    arguments = {}
    for name, (kind, _) in members.items():
        if name in GOOD:
            arguments[name] = chance.choice(GOOD[name])
        elif kind == "int":
            arguments[name] = chance.choice((0, 4096, 8192))
        elif kind == "string":
            arguments[name] = "0:0x0:16"
    return arguments


def wrong_types(kind):
    """Values of the wrong type for an argument of this kind."""
    fits = {"string": str, "enum": str, "int": int, "boolean": bool}.get(kind)
    return [t for t in THINGS if fits is None or
            not isinstance(t, fits) or isinstance(t, bool) and fits is int]


def structural(schema, chance):
    """(command, arguments) that do not fit the schema."""
    for command in schema.commands:
        members = schema.members(command)
        good = good_arguments(members, chance)
        yield command, {**good, "no-such-argument": 1}
        yield command, {**good, "": None}
        for name, (kind, optional) in members.items():
            if not optional:
                yield command, {k: v for k, v in good.items() if k != name}
            for value in wrong_types(kind):
                yield command, {**good, name: value}


def outlandish(schema, chance):
    """(command, arguments) that fit the schema, and name missing things."""
    for command in schema.commands:
        members = schema.members(command)
        for name, (kind, _) in members.items():
            good = good_arguments(members, chance)
            if kind in ("string", "enum") and name != "text":
                for value in STRINGS:
                    yield command, {**good, name: value}
            elif kind == "int":
                for value in NUMBERS:
                    yield command, {**good, name: value}


def makes_sense(members, arguments):
    """Could a command accept these?"""
    for name, value in arguments.items():
        if name not in members:
            return False
        kind = members[name][0]
        if kind == "int":
            if isinstance(value, bool) or not isinstance(value, int) or \
                    not 0 <= value <= SIZE and name != "address":
                return False
            # any address may be asked for; QEMU takes -1 for the highest one
            if not -(1 << 63) <= value < 1 << 64:
                return False
        elif kind in ("string", "enum"):
            if not isinstance(value, str) or not value:
                return False
            if name in GOOD and name != "text" and value not in GOOD[name]:
                return False
            if name == "text" and value.startswith("vfio-trace:"):
                return False
        elif kind != "boolean" or not isinstance(value, bool):
            return False
    if not all(optional or name in arguments
               for name, (_, optional) in members.items()):
        return False
    if "offset" not in members:
        return 0 < arguments.get("length", 1) <= 65536
    if ("offset" in arguments) != ("length" in arguments):
        return False
    size = 256 if arguments.get("region") == "config" else SIZE
    return "length" not in arguments or (
        arguments["length"] > 0 and
        arguments["offset"] + arguments["length"] <= size)


def combined(schema, chance):
    """Any values in any places, without end; none that would end the load's trace
    or make parts by the hundred."""
    while True:
        command = chance.choice(schema.commands)
        members = schema.members(command)
        arguments = good_arguments(members, chance)
        for name in list(members):
            dice = chance.random()
            if dice < 0.3:
                arguments[name] = chance.choice(STRINGS + NUMBERS + THINGS)
            elif dice < 0.4 and name != "device":
                arguments.pop(name, None)
        if chance.random() < 0.1:
            arguments[chance.choice(("Device", "device ", "x"))] = 1
        if command.endswith("-rotate") and makes_sense(members, arguments):
            continue
        yield command, arguments


@test
def fuzz(scratch):
    """Wrong types, ranges, IDs and sizes: an error each, and the log has all
    accesses."""
    seed = int(os.environ.get("VFIO_TRACE_SEED", random.randrange(1 << 32)))
    print(f"# VFIO_TRACE_SEED={seed}", flush=True)
    chance = random.Random(seed)
    image = loadguest.build(scratch)
    counts = {"errors": 0, "taken": 0}
    with loadguest.LoadMachine(
            scratch, image, f"file={scratch}/log", "-device", "edu,id=other",
            "-object", "pci-trace,id=t2,device=other", smp=CPUS,
            pace=PACE) as m:
        schema, talk = Schema(m.qmp), Talk(m.qmp)
        equal(len(schema.commands) >= 11, True, f"{schema.commands}")

        for line in RAW:
            said = talk.raw(line)
            equal([a for a in said if "error" not in a], [],
                  f"answers to {line[:100]}")
            equal(bool(said), True, f"an error for {line[:100]}")
        for text in RAW_TEXTS:
            said = talk.raw(b'{"execute": "vfio-trace-mark", "arguments": '
                            b'{"text": "' + text + b'"}}')
            equal(bool(said), True, f"an answer to {text}")
            equal([a for a in said if re.search(
                "[\0-\x1f\x7f-\x9f\u2028]",
                a.get("return", {}).get("text", ""))], [],
                f"control characters of {text}")
        for command, arguments in structural(schema, chance):
            answer = talk.send(command, arguments)
            equal("error" in answer, True, shown(command, arguments))
            counts["errors"] += 1

        def judge(command, arguments):
            answer = talk.send(command, arguments)
            taken = "return" in answer
            if taken and not makes_sense(schema.members(command), arguments):
                raise AssertionError(f"taken: {shown(command, arguments)}")
            counts["taken" if taken else "errors"] += 1
            if not taken:
                equal(bool(answer["error"]["desc"]), True,
                      f"words for {shown(command, arguments)}")

        for command, arguments in outlandish(schema, chance):
            if not (command.endswith("-rotate") and makes_sense(
                    schema.members(command), arguments)):
                judge(command, arguments)
        m.alive()
        deadline = time.monotonic() + tap.rounds(8, 120)
        for command, arguments in combined(schema, chance):
            if time.monotonic() > deadline:
                break
            judge(command, arguments)
        m.alive()

        # Everything goes on as before
        m.qmp.execute("vfio-trace-stop", device="other")
        m.qmp.execute("vfio-trace-start", device="other")
        for direction in GOOD["direction"]:
            for verb in ("remove", "add"):
                m.qmp.execute(f"vfio-trace-window-{verb}", device="other",
                              region="bar0", offset=0x1000, length=16,
                              direction=direction)
        equal([d["id"] for d in m.qmp.execute("query-vfio-trace-windows")
               if d["started"]], ["dut", "other"], "devices that are traced")
        equal(m.qmp.execute("query-vfio-trace")[0]["lost"], 0, "lost records")
        m.qmp.execute("vfio-trace-mark", text="fuzzed")
        m.qmp.execute("vfio-trace-flush")
        m.stop_load()
        m.quit()
    print(f"# {counts['errors']} errors, {counts['taken']} commands taken",
          flush=True)
    equal(counts["errors"] > 500, True, "errors")
    replay = loadlog.verify(loadlog.parts(f"{scratch}/log"), m.memory.bytes(),
                            CPUS, whole=True)
    equal("fuzzed" in replay.marks, True, "the marker")
    equal(replay.accesses > 1000, True, f"{replay.accesses} accesses")
    print(f"# {replay.accesses} accesses, all there", flush=True)
    lab.tool("check", f"{scratch}/log")


if __name__ == "__main__":
    tap.main()
