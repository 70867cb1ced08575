#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Write the logs of docs/diff.md into the current directory.

They are made up, not traced: a network card (Intel 82574) that a driver starts,
and one whose driver waits for a button.
"""

import random

BAR = 0xfeb80000
HEAD = f"""VERSION 20070824
PCIDEV 0028 808610d3 b {BAR:x} 0 0 0 0 0 0 20000 0 0 0 0 0 0 e1000e
"""
READY = 0x80080783


class Log:
    """A log whose accesses are 10 us apart."""

    def __init__(self, name, second=1):
        self.lines = [HEAD]
        self.name = name
        self.time = second * 1000000

    def add(self, kind, text):
        self.lines.append(f"{kind} {self.time // 1000000}."
                          f"{self.time % 1000000:06d} {text}\n")
        self.time += 10

    def read(self, offset, value):
        self.add("R 4", f"1 {BAR + offset:#x} {value:#x} 0x0 0")

    def write(self, offset, value):
        self.add("W 4", f"1 {BAR + offset:#x} {value:#x} 0x0 0")

    def save(self):
        with open(self.name, "w", encoding="ascii") as file:
            file.writelines(self.lines)


def probe(log, polls, waiting):
    """Reset the card, wait until it is ready, clear a table."""
    log.add("MARK", "probe")
    log.write(0xd8, 0xffffffff)
    log.write(0x0, 0x4140240)
    for _ in range(polls):
        log.read(0x8, waiting)
    log.read(0x8, READY)
    for offset in range(0x5200, 0x5400, 4):
        log.write(offset, 0)


def rings(log, address):
    """Tell the card where its rings of descriptors are."""
    for base in (0x2800, 0x3800):
        log.write(base, address + base - 0x2800)
        log.write(base + 4, 0)
        log.write(base + 8, 0x1000)


def version(name, polls, address, clock, new):
    """One of two versions of a driver."""
    log = Log(name, 73 if new else 10)
    probe(log, polls, 0x80)
    log.read(0x5400, 0x12005452)
    log.read(0x5404, 0x80005634)
    log.add("MARK", "open")
    rings(log, address)
    if not new:
        log.write(0x3828, 0x141011f)
    log.write(0x100, 0x4008002)
    if new:
        log.write(0x3828, 0x145011f)
    log.write(0xc4, 0xc3)
    if new:
        log.write(0x282c, 0x20)
    log.read(0xb600, clock)
    log.write(0x1084, clock + 0x400)
    log.write(0xd0, 0x9d)
    log.save()


def start(name, polls, address, swapped=False, extra=False, bad=False):
    """A start of a driver that works, or one that does not."""
    log = Log(name)
    delays = [(0x2820, 0x20), (0x3820, 0x8)]
    probe(log, polls, 0x80080781)
    log.add("MARK", "open")
    rings(log, address)
    if extra:
        log.read(0x5b54, 0)
    for offset, value in reversed(delays) if swapped else delays:
        log.write(offset, value)
    log.write(0xc4, 0xc3)
    log.write(0x100, 0x4008022 if bad else 0x4008002)
    log.write(0x400, 0x103f0fa if bad else 0x3103f0fa)
    log.write(0xd0, 0x9d)
    log.save()


def idle(log, chance, times):
    """Interrupts of a card of which nobody wants anything."""
    for i in range(times):
        log.read(0xc0, 0x80 if i % 3 else 0x4)
        log.read(0x8, READY)
        if chance.random() < 0.5:
            log.write(0x2818, i % 256)
        log.write(0xd0, 0x9d)


def button():
    """A log without the button, and one with it."""
    chance = random.Random(1)
    log = Log("idle.mmt")
    idle(log, chance, 400)
    log.save()
    log = Log("button.mmt")
    idle(log, chance, 100)
    log.read(0x0, 0x4140240)
    log.write(0xe00, 0x7061e0e)
    log.write(0x20, 0x5421200)
    for _ in range(4):
        log.read(0x20, 0x1420000)
    log.read(0x20, 0x19420040)
    log.write(0xd0, 0x9f)
    idle(log, chance, 80)
    log.write(0xe00, 0x7061f0f)
    log.write(0xd0, 0x9d)
    idle(log, chance, 100)
    log.save()


version("old.mmt", 3, 0x1200000, 0x1000, new=False)
version("new.mmt", 900, 0x3480000, 0x55e0, new=True)
start("good1.mmt", 3, 0x1200000)
start("good2.mmt", 900, 0x3480000, swapped=True)
start("good3.mmt", 12, 0x9d21000, extra=True)
start("bad.mmt", 5, 0x6a10000, swapped=True, extra=True, bad=True)
button()
