#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# needs: other-targets
"""MAP lines where a bus's addresses are not the processor's."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, mmt, tap                                 # noqa: E402
from common.qemu import Machine                                  # noqa: E402
from common.tap import equal, test                               # noqa: E402

SLOT = 5
# Of an e1000: registers in BAR0, and ports in BAR1
ON_BUS = (0x90000000, 0x1000)
MOVED = (0x91000000, 0x2000)
IOADDR = 0x10                   # any register of the ports' 64 bytes


class Virt:
    """Arm's machine: ports are memory."""

    target, machine, memory, ports = "aarch64", "virt,highmem=off", 0, 0x3eff0000
    args = ()
    # the memory window begins lower than on the other machine
    shift = 0x10000000 - 0x90000000
    ecam = 0x3f000000

    def config_write(self, m, reg, width, value):
        m.write(self.ecam + (SLOT << 15) + reg, width, value)


class Pseries:
    """Power's machine: so are ports, and all memory is at other addresses."""

    target, machine = "ppc64", "pseries"
    memory, ports = 0x200080000000 - 0x80000000, 0x200000000000
    args = ("-m", "256")
    shift = 0
    bridge = 0x800000020000000

    def config_write(self, m, reg, width, value):
        words = (SLOT << 11 | reg, self.bridge >> 32, self.bridge & 0xffffffff,
                 width, value)
        for n, word in enumerate(words):
            m.write(0x1000 + 4 * n, 4, word)    # qtest's are big-endian here
        m.rtas("ibm,write-pci-config", 5, 0x1000, 1, 0x2000)


def place(board, m, memory, ports):
    board.config_write(m, 0x10, 4, memory + board.shift)
    board.config_write(m, 0x14, 4, ports | 1)
    board.config_write(m, 0x04, 2, 3)


def expected(board, memory, ports):
    """Addresses of the processor"""
    return [board.memory + memory + board.shift, board.ports + ports]


def run_board(scratch, board, *, options=""):
    """Move the device's BARs, with its windows and without; returns the log."""
    with Machine(scratch, "-object",
                 f"vfio-trace-log,id=log,file={scratch}/log", "-object",
                 f"pci-trace,id=trace,device=dut,log=log{options}", "-device",
                 f"e1000,romfile=,id=dut,addr={SLOT}", *board.args,
                 machine=board.machine, target=board.target) as m:
        place(board, m, *ON_BUS)
        at = expected(board, *ON_BUS)
        if not options:
            m.read(at[0], 4)
            m.write(at[1] + IOADDR, 4, 0x01020304)
        m.qmp.execute("vfio-trace-stop")
        place(board, m, *MOVED)
        place(board, m, *ON_BUS)
        m.qmp.execute("vfio-trace-start")
        m.write(at[1] + IOADDR, 2, 0x0102)
        m.quit()
    lab.tool("check", "--complete", f"{scratch}/log")
    return mmt.Log(f"{scratch}/log")


def judge(board, log, moves):
    """Where the log says that the BARs are, and what was written to ports"""
    maps = [[e.virt for e in log.of(mmt.Map) if e.map == n + 1]
            for n in range(2)]
    for n in range(2):
        want = [expected(board, *where)[n] for where in moves]
        equal([hex(a) for a in maps[n]], [hex(a) for a in want],
              f"addresses of BAR{n}")
    ports = log.of(mmt.Map)[-1].phys
    for a in log.accesses():
        if a.map == 2:
            equal(a.addr - ports, IOADDR, "port")
    return [(a.op, a.width, a.value) for a in log.accesses() if a.map == 2]


def add_tests(board):
    def traced(scratch):
        log = run_board(scratch, board)
        order = "little" if board.target == "aarch64" else "big"
        words = [int.from_bytes(n.to_bytes(w, order), "little")
                 for n, w in ((0x01020304, 4), (0x0102, 2))]
        equal(judge(board, log, (ON_BUS, MOVED, ON_BUS)),
              [("W", 4, words[0]), ("W", 2, words[1])], "writes to ports")
    traced.__name__ = board.target
    traced.__doc__ = f"{board.target}: MAP has the processor's addresses"
    test(traced)

    def stopped(scratch):
        log = run_board(scratch, board, options=",start=off")
        judge(board, log, (ON_BUS, MOVED, ON_BUS))
    stopped.__name__ = f"{board.target}_stopped"
    stopped.__doc__ = f"{board.target}: so it does while nothing is trapped"
    test(stopped)


@test
def alias(scratch):
    """x86: MAP has a BAR's address, wherever else its memory is, too."""
    def sequencer(m, index, value):
        m.outp(0x3c4, 1, index)
        m.outp(0x3c5, 1, value)

    with Machine(scratch, "-object",
                 f"vfio-trace-log,id=log,file={scratch}/log", "-object",
                 "pci-trace,id=trace,device=dut,log=log,start=off", "-device",
                 f"VGA,romfile=,id=dut,addr={SLOT}") as m:
        for at in ON_BUS[0], MOVED[0]:
            m.config_write(SLOT, 0x10, 4, at)
            m.config_write(SLOT, 0x04, 2, 2)
            sequencer(m, 4, 0)
            sequencer(m, 2, 0xf)
            sequencer(m, 4, 8)          # all planes, chained: at 0xa0000, too
            m.config_write(SLOT, 0x18, 4, at + (1 << 24))
        m.quit()
    maps = [e.virt for e in mmt.Log(f"{scratch}/log").of(mmt.Map) if e.map == 1]
    equal([hex(a) for a in maps], [hex(ON_BUS[0]), hex(MOVED[0])], "addresses")


add_tests(Virt())
add_tests(Pseries())


if __name__ == "__main__":
    tap.main()
