# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest tests/qemu/guest/step.S, and the checks of its log.

It makes the processor do what neither KVM nor libinsn can do: XSAVE to a traced
BAR, and running code in one.  Each of these instructions is an UNKNOWN line and a
mark; all other accesses to the BAR at that time are logged as usual.
"""

import os
import re
import struct
import subprocess

from . import bareguest, lab, mmt
from .tap import equal

SLOT = 5
BAR, BAR_SIZE = 0xe0000000, 1 << 20
ROM = bareguest.ROM
# In the BAR
XSAVE, XSAVE_BYTES = 0x2fc0, 832    # across a page border
CODE_PAGE, COPY, REPORT, DONE, TICK, LAST_PAGE, FXSAVE, SLOTS = (
    0x4000, 0x5000, 0x6000, 0x7000, 0x8000, 0x9000, 0xa000, 0x10000)
FXSAVE_BYTES = 464                  # of 512: those that are not reserved
DONE_WORD = 0x600d
TIMER_NS = 2000000

TF, IF = 0x100, 0x200
DR6_BS = 0x4000

# The guest's notes, by their offset in REPORT
NOTES = {"divide": 0x80, "invalid": 0x98, "stack": 0xb0, "protection": 0xb4,
         "page": 0xb8, "db_rip": 0x100, "db_dr6": 0x108, "syscall": 0x110,
         "pushed": 0x118, "call": 0x120, "same": 0x128, "ticks": 0x130,
         "other": 0x138, "hpet": 0x140, "pci": 0x148, "sum": 0x150}

UNKNOWN = re.compile(r"UNKNOWN \d+\.\d{6} (\d+) 0x([0-9a-f]+) "
                     r"([0-9a-f]{2}),([0-9a-f]{2}),([0-9a-f]{2}) "
                     r"0x([0-9a-f]+) 0$").match
STEPPED = re.compile(r"MARK \d+\.\d{6} vfio-trace: stepped map=(\d+) "
                     r"pc=0x([0-9a-f]+) bytes=([0-9a-f]+)$").match


class Guest:
    """The guest's image, in scratch/NAME.

    user: a program does all of it, instead of the guest's kernel.
    system: it also uses INT n, SYSCALL and ports.
    """

    def __init__(self, scratch, name, rounds, user, system=True):
        self.rounds = rounds
        self.system, self.user = system, user
        self.image = os.path.join(scratch, name)
        symbols = {"BAR": BAR, "FXSAVE": FXSAVE, "FXSAVE_BYTES": FXSAVE_BYTES,
                   "XSAVE": XSAVE, "XSAVE_BYTES": XSAVE_BYTES,
                   "CODE_PAGE": CODE_PAGE, "COPY": COPY, "REPORT": REPORT,
                   "DONE": DONE, "DONE_WORD": DONE_WORD, "TICK": TICK,
                   "LAST_PAGE": LAST_PAGE, "SLOTS": SLOTS,
                   "ROUNDS": rounds, "USER": int(user),
                   "SYSTEM": int(system), "TIMER_NS": TIMER_NS}
        self.elf = bareguest.with_symbols("step.S", self.image, symbols)
        names = subprocess.run(["nm", self.elf], check=True, text=True,
                               capture_output=True).stdout
        self.symbols = {m[2]: int(m[1], 16) for m in
                        re.finditer(r"([0-9a-f]+) t (\w+)", names)}
        with open(self.image, "rb") as f:
            self.rom = f.read()

    def bar_code(self):
        """[(offset, bytes)] of the instructions in the BAR."""
        first = self.symbols["bar_code"]
        text = subprocess.run(
            ["objdump", "-d", "--insn-width=15", f"--start-address={first:#x}",
             f"--stop-address={self.symbols['bar_code_end']:#x}", self.elf],
            check=True, text=True, capture_output=True).stdout
        return [(int(m[1], 16) - first, bytes.fromhex(m[2])) for m in
                re.finditer(r"^ +([0-9a-f]+):\t((?:[0-9a-f]{2} )+)", text, re.M)]

    def steps(self):
        """[(RIP, offset in the BAR, bytes)] of all instructions to be stepped."""
        def save(name, where=XSAVE):
            at = self.symbols[name]
            return at, where, self.rom[at - ROM:at - ROM + 4]

        steps = [save("at_fxsave", FXSAVE), save("at_fxrstor", FXSAVE),
                 save("at_xsave"), save("at_xrstor"), save("at_traced")]
        for offset, text in self.bar_code():
            steps.append((BAR + CODE_PAGE + offset, CODE_PAGE + offset, text))
            if text[0] == 0xe2:         # LOOP: goes back once, by one
                steps += steps[-2:]
        if self.user:
            steps.append(save("at_refused", LAST_PAGE + 0x1000 - 64))
        return steps + [save("at_round")] * self.rounds


class Log:
    """A log with UNKNOWN lines."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as f:
            lines = f.read().splitlines()
        self.unknown = [UNKNOWN(line) for line in lines
                        if line.startswith("UNKNOWN ")]
        equal(None in self.unknown, False, "an UNKNOWN that is not mmiotrace")
        self.stepped = [STEPPED(after) for line, after in zip(lines, lines[1:])
                        if line.startswith("UNKNOWN ")]
        equal(None in self.stepped, False, "an UNKNOWN without its mark")
        # The tests' common parser does not know UNKNOWN.
        rest = path + ".rest"
        with open(rest, "w", encoding="utf-8") as f:
            f.writelines(line + "\n" for line in lines
                         if not line.startswith("UNKNOWN "))
        log = mmt.Log(rest)
        equal(len(log.marks("vfio-trace: stepped ")), len(self.unknown),
              "marks of steps")
        self.failed = log.marks("vfio-trace: step-")
        bars = [m for m in log.of(mmt.Map) if m.virt == BAR]
        equal(len(bars), 1, "MAP lines of the BAR")
        self.map, self.phys = bars[0].map, bars[0].phys
        equal([u for u in log.of(mmt.Unmap) if u.map == self.map], [],
              "UNMAP lines of the BAR")
        # (operation, width, offset, value)
        self.accesses = [(a.op, a.width, a.addr - self.phys, a.value)
                         for a in log.accesses() if a.map == self.map]

    def memory(self, before):
        """The memory after the log's writes."""
        memory = bytearray(before)
        for op, width, offset, value in self.accesses:
            if op == "W":
                memory[offset:offset + width] = value.to_bytes(width, "little")
        return memory


def check_steps(guest, log):
    """Each step is in the log, in order, with its bytes and its target."""
    got = [(int(u[6], 16), int(u[2], 16) - log.phys, bytes.fromhex(s[3]))
           for u, s in zip(log.unknown, log.stepped)]
    for n, (g, want) in enumerate(zip(got, guest.steps())):
        equal(g, want, f"RIP, offset and bytes of step {n}")
    equal(len(got), len(guest.steps()), "steps")
    for u, s in zip(log.unknown, log.stepped):
        equal("".join(u[i] for i in (3, 4, 5)), (s[3] + "0000")[:6], "opcode")
        equal({int(u[1]), int(s[1])}, {log.map}, "map of a step")
        equal(int(s[2], 16), int(u[6], 16), "RIP of a mark")


def check_others(log, notes):
    """The log has all accesses of the other processor and of interrupts."""
    other = [a for a in log.accesses if a[2] >= SLOTS]
    equal(len(other), notes["other"], "writes of the other processor")
    for n, access in enumerate(other, 1):
        equal(access, ("W", 4, SLOTS + 4 * (n % 4096), n), "one of its writes")
    ticks = [a[3] for a in log.accesses if a[2] == TICK]
    equal(ticks, list(range(1, notes["ticks"] + 1)), "interrupts' writes")
    equal(bool(ticks and other), True, "both kinds occurred")


def check(guest, path, memory, before=bytes(BAR_SIZE), debug=True):
    """Check a guest's log from start to end.

    path: the log. memory: the BAR's at the end. before: at its beginning.
    debug: this KVM hides the #DB of a step from the guest.
    """
    log = Log(path)
    notes = {name: struct.unpack_from("<Q", memory, REPORT + offset)[0]
             for name, offset in NOTES.items()}
    check_steps(guest, log)
    check_others(log, notes)

    equal(notes["same"], 0x101, "the restored state equals the saved state")
    equal(memory[XSAVE:XSAVE + XSAVE_BYTES] ==
          memory[COPY:COPY + XSAVE_BYTES], True,
          "the BAR has the same saved state as RAM")
    equal(notes["sum"], 0x23, "sum of the code in the BAR")
    count = struct.unpack_from("<32I", memory, REPORT)
    # QEMU's TCG, below the lab's KVM, has #GP for #SS.
    stack = "stack" if count[12] else "protection"
    equal([count[0], count[6], count[8], count[11], count[12] + count[13],
           count[14]], [1, 1 + guest.user, 0, int(guest.system), 1, 1],
          "#DE, #UD, #DF, #NP, #SS or #GP, #PF")
    flags = ["divide", "invalid", stack, "page", "pushed"]
    for name in flags + (["syscall", "call"] if guest.system else []):
        equal(notes[name] & (TF | IF), IF, f"TF and IF at {name}")
    if debug:
        # INT n of a program: it has more exits than there are breakpoints.
        equal([m.split()[1] for m in log.failed],
              ["step-lost"] * (guest.system and guest.user) +
              ["step-failed"] * guest.user,
              "marks of failed steps")
        equal(count[1], 1, "#DB, where the guest steps itself")
        equal(notes["db_rip"], guest.symbols["after_traced"], "its RIP")
        equal(notes["db_dr6"] & DR6_BS, DR6_BS, "its DR6.BS")
    if guest.system:
        equal(notes["pci"], 0x12378086, "the host bridge's PCI ID")
    equal(notes["hpet"] >> 16 & 0xffff, 0x8086, "the HPET's vendor")

    # Nothing has reached the device but the log's accesses and the steps.
    told = log.memory(before)
    for at in (slice(XSAVE, XSAVE + XSAVE_BYTES), slice(FXSAVE, FXSAVE + 512),
               slice(LAST_PAGE, LAST_PAGE + 0x1000)):
        told[at] = memory[at]
    equal(bytes(told) == memory, True, "the BAR's contents agree with the log")
    lab.tool("check", "--complete", path)


class Evasion:
    """tests/qemu/guest/evasion.S, in scratch/NAME: handlers that write to the BAR.

    double_fault: it has a handler for double faults, which reports them.
    """

    WRITES = 1024
    IDT_LIMIT = 0xfff

    def __init__(self, scratch, name, double_fault):
        self.double_fault = double_fault
        self.image = os.path.join(scratch, name)
        bareguest.with_symbols("evasion.S", self.image, {
            "BAR": BAR, "CODE_PAGE": CODE_PAGE, "REPORT": REPORT, "DONE": DONE,
            "DONE_WORD": DONE_WORD, "SLOTS": SLOTS, "WRITES": self.WRITES,
            "DOUBLE_FAULT": int(double_fault)})

    def check(self, path, memory, before):
        """The log has all accesses, or a mark where some may be missing."""
        log = Log(path)
        lost = [m for m in log.failed if m.startswith("vfio-trace: step-lost")]
        exceptions, limit, *count = struct.unpack_from("<34I", memory, REPORT)
        written = [a for a in log.accesses if a[2] >= SLOTS]
        print(f"# {exceptions} exceptions, {len(written)} writes of their "
              f"handlers in the log, {len(lost)} step-lost", flush=True)
        equal(limit, self.IDT_LIMIT, "the IDT's limit as the guest sees it")
        # QEMU's TCG, below the lab's KVM, has #GP for #SS.
        equal([count[6], count[8], count[11], count[12] + count[13], count[14],
               count[16]], [1, int(self.double_fault), 2, 2, 1, 1],
              "#UD, #DF, #NP, #SS and #GP, #PF, #MF")
        if self.double_fault:
            # SIDT, MOV to SS: these can't be told for certain.
            equal(len(lost), 2, "marks of steps that may be incomplete")
            equal(len(written), exceptions * self.WRITES, "handlers' writes")
            equal(bytes(log.memory(before)) == memory, True,
                  "the BAR's contents agree with the log")
        else:
            equal(len(lost), len(log.unknown), "marks of incomplete steps")
        lab.tool("check", "--complete", path)
