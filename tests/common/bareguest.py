# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests without an operating system: assembling and linking
tests/qemu/guest/*.S."""

import os
import subprocess

SOURCES = os.path.join(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))), "qemu", "guest")

# The address of an image below 1 MiB
ROM = 0xf0000


def assemble(name, objfile, bits, symbols, *args):
    """name: the source's; symbols: {name: number} to define."""
    defines = [word for key, value in symbols.items()
               for word in ("--defsym", f"{key}={value:#x}")]
    subprocess.run(["as", f"--{bits}", f"-I{SOURCES}", *args, *defines,
                    "-o", objfile, os.path.join(SOURCES, name)], check=True)


def flat(name, directory, symbols):
    """A 32-bit guest that runs from ROM; returns the path of the image."""
    stem = os.path.join(directory, os.path.splitext(name)[0])
    assemble(name, f"{stem}.o", 32, symbols)
    subprocess.run(["ld", "-m", "elf_i386", "-Ttext", f"{ROM:#x}",
                    "-e", f"{ROM:#x}", "--oformat", "binary",
                    "-o", f"{stem}.bin", f"{stem}.o"], check=True)
    return f"{stem}.bin"


def with_symbols(name, stem, symbols):
    """A 64-bit guest: stem.elf with symbols, and stem, the image."""
    elf = stem + ".elf"
    assemble(name, elf + ".o", 64, symbols)
    subprocess.run(["ld", "-m", "elf_x86_64", f"-Ttext={ROM:#x}",
                    "-e", f"{ROM:#x}", "-o", elf, elf + ".o"], check=True)
    subprocess.run(["objcopy", "-O", "binary", "-j", ".text", elf, stem],
                   check=True)
    return elf


# A guest in C, of any architecture, for -kernel
C_FLAGS = ("-std=gnu11 -O2 -ffreestanding -fno-pic -no-pie "
           "-fno-stack-protector -fno-asynchronous-unwind-tables -nostdlib "
           "-static -Wall -Wextra -Wno-unused-parameter -Werror "
           "-Wl,--build-id=none -Wl,-z,noexecstack "
           "-Wl,--no-warn-rwx-segments").split()


def compile_c(compiler, script, sources, path, *flags):
    """Make the program path of C sources by a linker script."""
    script, *sources = (os.path.join(SOURCES, name)
                        for name in (script, *sources))
    subprocess.run([compiler, *C_FLAGS, f"-Wl,-T,{script}", *flags,
                    "-o", path, *sources], check=True)
    return path
