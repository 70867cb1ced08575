#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# needs: vfio-trace
"""libmmiotrace as programs of others see it: installed, with pkg-config."""

import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import mmiotrace_install, tap                        # noqa: E402
from common.tap import Skip, equal, test                         # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
SOURCES = os.path.join(TOP, "lib", "libmmiotrace")
EXAMPLE = os.path.join(TOP, "docs", "examples", "mmiotrace-count.c")
WARNINGS = ("-Wall", "-Wextra", "-Wpedantic", "-Werror")

LOG = """VERSION 20070824
PCIDEV 0028 80861533 b fe000000 0 0 0 0 0 0 10000 0 0 0 0 0 0 igb
MAP 1.000000 1 0xfe000000 0xfe000000 0x10000 0x0 0
R 4 1.000001 1 0xfe000008 0x80080783 0x0 0
W 2 1.000002 1 0xfe000010 0x12 0x0 0
MARK 1.000003 power on
R 4 1.000004 1 0xfe000008 0x1 0x0 0
R 1 1.000005 1 0xfe000020 0xff 0x0 0
"""


def run(argv, **options):
    done = subprocess.run(argv, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, timeout=120,
                          **options)
    if done.returncode:
        raise AssertionError(f"{' '.join(argv)}: {done.returncode}\n"
                             f"{done.stdout}")
    return done.stdout


def compiler(name="cc"):
    if not shutil.which(name):
        raise Skip(f"{name} is not installed")
    return name


def declared():
    """Functions of the header, without its comments."""
    with open(os.path.join(SOURCES, "mmiotrace.h"), encoding="utf-8") as f:
        text = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
    return set(re.findall(r"^MMT_PUBLIC [^;()]*?(\w+)\(", text, re.M))


@test
def exported(_scratch):
    """the library exports the header's functions, versioned, and nothing else"""
    said = run(["nm", "-D", "--defined-only", "--with-symbol-versions",
                mmiotrace_install.built_library()])
    symbols = {line.split()[2] for line in said.splitlines()}
    versions = {s for s in symbols if s.startswith("MMIOTRACE_")}
    equal(versions, {"MMIOTRACE_0.1"}, "versions of symbols")
    equal(symbols - versions, {f"{name}@@MMIOTRACE_0.1" for name in declared()},
          "exported symbols")


@test
def documented(_scratch):
    """each function has a comment in the header, and is in the man page"""
    with open(os.path.join(SOURCES, "mmiotrace.h"), encoding="utf-8") as f:
        commented = set(re.findall(r"^ \* (\w+)\(\) - ", f.read(), re.M))
    with open(os.path.join(SOURCES, "libmmiotrace.3"), encoding="utf-8") as f:
        page = f.read()
    equal(declared() - commented, set(), "functions without a comment")
    equal(declared() - set(re.findall(r"^\.Fn (\w+) .", page, re.M)), set(),
          "functions that are missing in the synopsis")


@test
def header(scratch):
    """the header compiles alone, as C11 and as C++17"""
    source = os.path.join(scratch, "alone.c")
    with open(source, "w", encoding="utf-8") as f:
        f.write("#include <mmiotrace.h>\n#include <mmiotrace.h>\n"
                "int main(void) { return !mmt_version()[0]; }\n")
    built = mmiotrace_install.built_library()
    run([compiler(), "-std=c11", *WARNINGS, f"-I{SOURCES}", source, built,
         "-o", os.path.join(scratch, "c")])
    if not shutil.which("c++"):
        raise Skip("no C++ compiler; as C11 it compiles")
    run(["c++", "-std=c++17", *WARNINGS, f"-I{SOURCES}", "-x", "c++", source,
         "-x", "none", built, "-o", os.path.join(scratch, "c++")])


@test
def example(scratch):
    """the example, built by pkg-config against the installed library"""
    root = mmiotrace_install.install(scratch)
    libraries = os.path.dirname(mmiotrace_install.find(root,
                                                       "libmmiotrace.so.0"))
    env = {**os.environ, "PKG_CONFIG_LIBDIR": os.path.join(libraries, "pkgconfig"),
           "PKG_CONFIG_SYSROOT_DIR": root, "PKG_CONFIG_ALLOW_SYSTEM_CFLAGS": "1",
           "PKG_CONFIG_ALLOW_SYSTEM_LIBS": "1", "LD_LIBRARY_PATH": libraries}
    flags = run([compiler("pkg-config"), "--cflags", "--libs", "libmmiotrace"],
                env=env).split()
    program = os.path.join(scratch, "count")
    run([compiler(), "-std=c11", *WARNINGS, EXAMPLE, *flags, "-o", program],
        env=env)
    log = os.path.join(scratch, "log.mmt")
    with open(log, "w", encoding="utf-8") as f:
        f.write(LOG)
    equal(run([program, log], env=env),
          "00:05.0:bar0+0x8 2 0\n00:05.0:bar0+0x10 0 1\n"
          "00:05.0:bar0+0x20 1 0\n", "the example's output")
    missing = subprocess.run([program, os.path.join(scratch, "missing")],
                             env=env, check=False, capture_output=True)
    equal(missing.returncode, 1, "its status without a file")
    mmiotrace_install.find(root, "libmmiotrace.3")


if __name__ == "__main__":
    tap.main()
