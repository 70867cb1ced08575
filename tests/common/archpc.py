# SPDX-License-Identifier: GPL-2.0-or-later
"""Program counters in the log of a Linux guest: the driver's instructions."""

import re
import struct

from . import mmt, tap

MODULES = ("e1000e", "nvme", "nvme_core")


def _text_section(path):
    """The contents of .text of a module's file, 64-bit and little-endian."""
    with open(path, "rb") as f:
        elf = f.read()
    tap.equal(elf[:6], b"\x7fELF\2\1", path)
    start, = struct.unpack_from("<Q", elf, 0x28)
    size, count, names = struct.unpack_from("<HHH", elf, 0x3a)

    def section(n):
        """(name's offset, file offset, size)"""
        at = start + n * size
        return (struct.unpack_from("<I", elf, at)[0],
                *struct.unpack_from("<QQ", elf, at + 0x18))

    strings = section(names)[1]
    for name, offset, length in map(section, range(count)):
        if elf[strings + name:].startswith(b".text\0"):
            return elf[offset:offset + length]
    raise AssertionError(f"{path} has no .text")


class Code:
    """Where the guest's kernel and the drivers' code are.

    said: what the script of archtrace.py has said
    """

    def __init__(self, kernel, said):
        found = dict(re.findall(r"^([0-9a-f]{16}) \w (_stext|_etext)$", said,
                                re.M)[::-1])
        where = {name: int(address, 16) for address, name in found.items()}
        self.kernel = range(where["_stext"], where["_etext"])
        self.modules = []
        for name in MODULES:
            base = int(re.search(rf"^{name} 0x([0-9a-f]+)$", said, re.M)[1], 16)
            text = _text_section(kernel.path(name))
            self.modules.append((range(base, base + len(text)), text))

    def instruction(self, pc):
        """The instruction at an address in a module, or None."""
        for where, text in self.modules:
            if pc in where:
                return struct.unpack_from("<I", text, pc - where.start)[0]
        return None


def _a64_op(word):
    """R for a load, W for a store, or None (C4.1 of the Arm ARM)."""
    if word >> 25 & 5 != 4:
        return None
    return "R" if word >> 22 & 1 else "W"


# Primary opcodes, and the extended ones of 31: lwbrx and stwbrx are what
# big-endian kernels use.
PPC_OPS = {32: "R", 34: "R", 40: "R", 58: "R", 36: "W", 38: "W", 44: "W",
           62: "W"}
PPC_EXTENDED = {23: "R", 87: "R", 279: "R", 534: "R", 151: "W", 215: "W",
                407: "W", 662: "W"}


def _ppc_op(word):
    if word >> 26 == 31:
        return PPC_EXTENDED.get(word >> 1 & 0x3ff)
    return PPC_OPS.get(word >> 26)


OPS = {"aarch64": _a64_op, "ppc64": _ppc_op}


def check(run, kernel, path, word):
    """Each access of the log was made by an instruction that can make it.

    word: the name of the address space's word
    """
    code = Code(kernel, run.said)
    count = {"driver": 0, "kernel": 0}
    for access in mmt.Log(path).accesses():
        tap.equal(word in access.extra, True, f"{word}= of {access}")
        if access.pc in code.kernel:
            count["kernel"] += 1
            continue
        instruction = code.instruction(access.pc)
        tap.equal(instruction is not None, True,
                  f"{access} is in a driver or the kernel")
        tap.equal(OPS[run.arch](instruction), access.op,
                  f"instruction {instruction:#x} of {access}")
        count["driver"] += 1
    print(f"# {run.arch}: {count['driver']} accesses by the driver's "
          f"instructions, {count['kernel']} by the kernel's", flush=True)
    tap.equal(count["driver"] > 50, True, "enough are the driver's")
