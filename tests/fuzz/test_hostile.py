#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 30
# needs: vfio-trace
"""Hostile traces, for every verb that reads: an answer, one clear error or a
counted skip; bounded memory; nothing raw on a terminal."""

import gzip
import lzma
import os
import random
import resource
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import tap                                           # noqa: E402
from common.tap import equal, rounds, test                 # noqa: E402

VERBS = (["check"], ["cat"], ["cat", "--as", "csv"],
         ["cat", "--as", "mmiotrace"], ["cat", "--as", "jsonl"],
         ["tail", "--no-follow"], ["stat"], ["stat", "--json", "--by", "value"], ["fold"],
         ["profile"], ["profile", "--as", "rnndb"], ["report", "-o", "-"])

# What a verb may take: the tables of registers have limits of their own.
MEMORY = 1 << 30
LINES = ("R 4 1.000001 1 0xfeb80008 0x80080783 0x0 0",
         "W 8 1.000002 1 0xfeb80010 0x1122334455667788 0x0 0 cpu=1",
         "MAP 1.000000 1 0xfeb80000 0x0 0x20000 0x0 0",
         "MARK 1.000003 interface up",
         "2026-06-26T17:11:34.642419Z vfio_region_read  "
         "(0000:09:00.0:region0+0x100, 4) = 0x10",
         "4242@1720420596.603820:vfio_region_write  "
         "(0000:04:00.1:region2+0x4, 0x1, 4)",
         "vfio_pci_read_config  (0000:06:00.0, @0x3d, len=0x1) 0x1",
         " <idle>-0 [001] d.H1. 1210.124673: amdgpu_device_wreg: 0x1638, "
         "0x5023, 0x111100",
         "kvm_mmio: mmio read len 4 gpa 0xd0000000 val 0x74726976",
         "[cpu1] MMIO: R.4   0x24ac0022c (aop[2], offset 0x22c) = 0xaffd8")


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def run(verb, path, stdin=None):
    """Run a verb; its memory and the form of its errors are checked."""
    command = [tap.tool_binary(), *verb, path]
    result = subprocess.run(command, stdin=stdin or subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                            preexec_fn=limit, check=False, timeout=300)
    text = result.stderr.decode("utf-8", "replace")
    if result.returncode not in (0, 1, 2):
        raise AssertionError(f"{command}: status {result.returncode}: {text}")
    if result.returncode == 2 and not text.startswith("vfio-trace "):
        raise AssertionError(f"{command}: no error: {text!r}")
    equal(len(text.splitlines()) <= 5, True, f"{command}: one error: {text}")
    equal([c for c in text if c != "\n" and not c.isprintable()], [],
          f"{command}: control characters in {text!r}")
    return result.returncode


def run_all(path):
    return {" ".join(verb): run(verb, path) for verb in VERBS}


def write(path, data):
    with open(path, "wb") as f:
        f.write(data)
    return path


@test
def one_line(scratch):
    """A line of a gigabyte (64 MB in make check)."""
    size = rounds(64, 1024) << 20
    path = f"{scratch}/line"
    with open(path, "wb") as f:
        f.write(b"R 4 1.000001 1 0x")
        f.truncate(size)
    run_all(path)


@test
def zeros_and_controls(scratch):
    """NULs and control characters, in lines and as lines."""
    text = "\n".join(LINES).encode()
    hostile = [b"\0" * 4096, text.replace(b" ", b"\0"),
               text.replace(b"\n", b"\x1b[2J\n"),
               text + b"\nMARK 1.000009 \x1b]0;x\x07\xe2\x80\xae\xff\xfe\n",
               b"\n" * 100000, b"\r\n" * 100000, b"R" * 70000 + b"\n" + text]
    for n, data in enumerate(hostile):
        run_all(write(f"{scratch}/{n}", data))


@test
def mixed(scratch):
    """All formats in one file: the lines of one are taken, others counted."""
    text = "".join(f"{line}\n" for line in LINES)
    path = write(f"{scratch}/mixed", text.encode())
    equal(run(["stat"], path) in (0, 1), True, "stat")
    run_all(path)


@test
def damaged(scratch):
    """Lines that are cut or changed at random places."""
    draw = random.Random(15)
    lines = []
    for _ in range(3000):
        line = bytearray(draw.choice(LINES).encode())
        for _ in range(draw.randrange(3)):
            line[draw.randrange(len(line))] = draw.randrange(256)
        lines.append(bytes(line[:draw.randrange(len(line) + 1)]))
    run_all(write(f"{scratch}/damaged", b"\n".join(lines)))


@test
def absurd(scratch):
    """Absurd times, addresses and numbers."""
    big = "9" * 30
    text = "".join(f"{line}\n" for line in (
        "VERSION 20070824",
        f"R 4 {big}.000001 1 0xfeb80008 0x0 0x0 0",
        "R 4 4294967295.999999 1 0xffffffffffffffff 0xffffffff 0x0 0",
        "R 8 0.000000 2147483647 0xffffffffffffffff 0xffffffffffffffff "
        "0xffffffffffffffff 0",
        "MAP 1.000000 1 0xfffffffffffff000 0x0 0xffffffffffffffff 0x0 0",
        "R 4 1.000000 1 0xfffffffffffffffe 0x0 0x0 0",
        "PCIDEV ffff ffffffff ffffffff" + " ffffffffffffffff" * 14 + " x",
        "W 4 18446744073.000000 1 0x0 0x0 0x0 0"))
    run_all(write(f"{scratch}/absurd", text.encode()))
    text = "".join(f"{line}\n" for line in (
        "9999-99-99T99:99:99.999999999Z vfio_region_read  "
        "(0000:09:00.0:region0+0x100, 4) = 0x10",
        f"1@{big}.000000:vfio_region_read  "
        "(0000:09:00.0:region0+0xffffffffffffffff, 8) = 0xffffffffffffffff",
        "vfio_region_read  (0000:09:00.0:region99999999999999999999+0x1, 4) "
        "= 0x1",
        "vfio_region_read  (0000:09:00.0:region0+0xfffffffffffffffc, 4) "
        "= 0x1"))
    run_all(write(f"{scratch}/absurd-qemu", text.encode()))


@test
def bombs(scratch):
    """Decompression bombs: small files of much text."""
    size = rounds(64, 1024) << 20
    packed = {"gz": gzip.compress(b"\0" * size, 6),
              "xz": lzma.compress(b"\0" * size, preset=1)}
    if shutil.which("zstd"):
        packed["zst"] = subprocess.run(["zstd", "-qc"], input=b"\0" * size,
                                       stdout=subprocess.PIPE,
                                       check=True).stdout
    for name, data in packed.items():
        path = write(f"{scratch}/bomb.{name}", data)
        for verb in (["stat"], ["check"], ["fold"]):
            run(verb, path)
        # and cut off
        run_all(write(f"{scratch}/cut.{name}", data[:len(data) // 2]))


@test
def many(scratch):
    """Millions of registers, values, map ids, phases and devices."""
    count = rounds(150000, 3000000)
    path = f"{scratch}/many"
    with open(path, "w", encoding="ascii") as f:
        for n in range(count):
            f.write(f"W 4 1.000000 {n % 0x7fffffff + 1} 0x{n * 4096:x} "
                    f"0x{n:x} 0x0 0\n")
            if n % 8 == 0:
                f.write(f"MARK 1.000000 phase {n}\n")
    run_all(path)
    path = f"{scratch}/many-qemu"
    with open(path, "w", encoding="ascii") as f:
        for n in range(count // 4):
            f.write(f"vfio_region_write  ({n:x}:region{n % 9}+0x{n:x}, "
                    f"0x{n:x}, 4)\n")
    run_all(path)


@test
def no_trace(scratch):
    """What is no trace at all: an error that says what was expected."""
    for name, data in (("empty", b""), ("prose", b"hello, world\n" * 100),
                       ("binary", bytes(range(256)) * 64)):
        path = write(f"{scratch}/{name}", data)
        equal(run(["stat"], path), 2, f"stat {name}")
    equal(run(["stat"], scratch), 2, "a directory")
    os.chmod(path, 0)
    if os.geteuid():                # root can read every file
        equal(run(["stat"], path), 2, "no permission")


if __name__ == "__main__":
    tap.main()
