#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks of the sources: shellcheck, headers, patches, documents."""

import ast
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
# pylint: disable=wrong-import-position
from common.sources import SOURCE, run, sources     # noqa: E402

QEMU_SOURCE = os.path.join(os.environ["VFIO_TRACE_BUILD"],
                           f"qemu-{os.environ['VFIO_TRACE_SERIES']}-src")

SPDX = "SPDX-License-Identifier: GPL-2.0-or-later"
# Formats without comments, or with a licence of their own.
NO_SPDX = re.compile(r"(^|/)LICENSE$|\.(md|patch|mmt|json|svg|png|golden|txt)$|"
                     r"^packaging/debian/(copyright|source/format)$|"
                     r"^tests/.*/data/|^tests/data/|^tests/fuzz/(corpus|regress)/")


def first_lines(path, count=3):
    with open(os.path.join(SOURCE, path), errors="replace") as file:
        return "".join(line for _, line in zip(range(count), file))


def interpreter(path):
    found = re.match(r"#!\s*(\S+)(?:\s+(\S+))?", first_lines(path, 1))
    if not found:
        return ""
    program = found.group(1)
    if program.endswith("/env"):
        program = found.group(2) or ""
    return os.path.basename(program)


def skip(why):
    return None, why


def check_spdx(files):
    bad = [f for f in files if not NO_SPDX.search(f) and SPDX not in first_lines(f)
           and os.path.getsize(os.path.join(SOURCE, f))]
    return not bad, [f"{f}: no SPDX header in its first lines" for f in bad]


def check_patches_leave_vfio_alone(files):
    bad = []
    for name in files:
        if name.startswith("qemu-patches/") and name.endswith(".patch"):
            with open(os.path.join(SOURCE, name), errors="replace") as file:
                for line in file:
                    if re.match(r"(---|\+\+\+|diff --git) .*\b[ab]/hw/vfio/", line):
                        bad.append(f"{name}: {line.strip()}")
    return not bad, bad


# So that a document can be read in an editor and in a terminal, tables and links
# included.
DOCUMENT_COLUMNS = 120


def check_documents(files):
    bad = []
    for name in files:
        if name.endswith(".md"):
            with open(os.path.join(SOURCE, name), encoding="utf-8") as file:
                bad += [f"{name}:{number}: {len(line) - 1} columns, more "
                        f"than {DOCUMENT_COLUMNS}"
                        for number, line in enumerate(file, 1)
                        if len(line.rstrip("\n")) > DOCUMENT_COLUMNS]
    return not bad, bad


# What QEMU's generator accepts from 10.1 on; the oldest series that we build accepts
# anything.
SCHEMA_COLUMNS = 70
SINGLE_SPACE = re.compile(r"(\be\.g\.|^ *\d\.|([.!?])) [A-Z0-9(]")


def schema_faults(lines):
    """(line number, fault) of comments in a QAPI schema; an example's are as they are."""
    example = None
    for number, line in enumerate(lines, 1):
        text = line.rstrip("\n")
        if text.startswith("##") or not text.startswith("#"):
            example = None
            continue
        indent = len(text) - len(text[1:].lstrip())
        if example is not None and (text == "#" or indent > example):
            continue
        example = indent if ".. qmp-example::" in text else None
        if len(text) > SCHEMA_COLUMNS:
            yield number, f"{len(text)} columns, more than {SCHEMA_COLUMNS}"
        if any(m.group(2) for m in SINGLE_SPACE.finditer(text[2:])):
            yield number, "one space between sentences, not two"


def check_schemas(files):
    bad = []
    for name in files:
        if re.match(r"hw/vfio-trace/.*\.json$", name):
            with open(os.path.join(SOURCE, name), encoding="utf-8") as file:
                bad += [f"{name}:{number}: {fault}" for number, fault in schema_faults(file)]
    return not bad, bad


def check_shell(files):
    if not shutil.which("shellcheck"):
        return skip("no shellcheck")
    scripts = [f for f in files if interpreter(f) in ("sh", "bash", "dash")
               or f.endswith(".sh")]
    code, lines = run(["shellcheck", "-x", "-S", "warning", "-f", "gcc", *scripts])
    return code == 0, lines


def check_python(files):
    bad = []
    for name in files:
        if name.endswith(".py") or interpreter(name).startswith("python"):
            with open(os.path.join(SOURCE, name)) as file:
                try:
                    ast.parse(file.read(), name)
                except SyntaxError as err:
                    bad.append(f"{name}:{err.lineno}: {err.msg}")
            if interpreter(name) and not first_lines(name, 1).startswith("#!/usr/bin/python3"):
                bad.append(f"{name}: not run by /usr/bin/python3")
    return not bad, bad


def check_series(files):
    """The prepared tree links to this checkout."""
    stamp = os.path.join(QEMU_SOURCE, ".vfio-trace-stamp")
    links = [os.path.join(QEMU_SOURCE, "hw", "vfio-trace"),
             os.path.join(QEMU_SOURCE, "libmmiotrace"),
             os.path.join(QEMU_SOURCE, "libpcidev"),
             os.path.join(QEMU_SOURCE, "libinsn")]
    bad = [f"{p} is missing" for p in [stamp] if not os.path.exists(p)]
    bad += [f"{p} does not lead into this checkout" for p in links
            if not os.path.realpath(p).startswith(os.path.realpath(SOURCE) + os.sep)]
    return not bad, bad


CHECKS = (
    ("every file carries its SPDX header", check_spdx),
    ("no patch touches hw/vfio/", check_patches_leave_vfio_alone),
    ("QEMU's tree is prepared from this checkout", check_series),
    ("shellcheck: shell scripts", check_shell),
    ("python: syntax and interpreter", check_python),
    ("documents: lines of at most 120 columns", check_documents),
    ("QAPI schemas: what newer generators refuse in comments", check_schemas),
)


def main():
    files = list(sources())
    print("TAP version 13")
    print(f"1..{len(CHECKS)}", flush=True)
    for number, (name, check) in enumerate(CHECKS, 1):
        good, notes = check(files)
        if good is None:
            print(f"ok {number} - {name} # SKIP {notes}", flush=True)
            continue
        print(f"{'ok' if good else 'not ok'} {number} - {name}")
        for line in notes:
            print(f"# {line}")
        print(end="", flush=True)


if __name__ == "__main__":
    main()
