#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 40
"""Checks of the sources: QEMU's checkpatch, shellcheck, headers, patches."""

import ast
import concurrent.futures
import os
import re
import shutil
import subprocess

SOURCE = os.environ["VFIO_TRACE_SOURCE"]
QEMU_SOURCE = os.path.join(os.environ["VFIO_TRACE_BUILD"],
                           f"qemu-{os.environ['VFIO_TRACE_SERIES']}-src")
CHECKPATCH = os.path.join(QEMU_SOURCE, "scripts", "checkpatch.pl")

SPDX = "SPDX-License-Identifier: GPL-2.0-or-later"
# Formats without comments, or with a licence of their own.
NO_SPDX = re.compile(r"(^|/)LICENSE$|\.(md|patch|mmt|json|svg|png|golden|txt)$|"
                     r"^packaging/debian/(copyright|source/format)$|"
                     r"^tests/.*/data/|^tests/data/|^tests/fuzz/(corpus|regress)/")
IGNORED = {".git", "build", "__pycache__"}


def sources():
    """Every file of the project, by path relative to the checkout."""
    git = subprocess.run(["git", "ls-files", "-z", "--cached", "--others",
                          "--exclude-standard", "--deduplicate"],
                         cwd=SOURCE, capture_output=True, text=True, check=False) \
        if shutil.which("git") else None
    if git and git.returncode == 0:
        for path in git.stdout.split("\0"):
            full = os.path.join(SOURCE, path)
            if os.path.isfile(full) and not os.path.islink(full):
                yield path
        return
    for directory, names, files in os.walk(SOURCE):
        names[:] = sorted(n for n in names if n not in IGNORED
                          and not os.path.exists(os.path.join(directory, n, ".git")))
        for name in sorted(files):
            path = os.path.join(directory, name)
            if not os.path.islink(path):
                yield os.path.relpath(path, SOURCE)


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


def run(argv):
    done = subprocess.run(argv, cwd=SOURCE, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace")
    return done.returncode, done.stdout.strip().splitlines()


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


# checkpatch's complaints that do not apply to code outside of QEMU, which has
# C's own formats instead of QEMU's helpers and error_report().
QEMU_ONLY = re.compile(r"qemu_|Use of volatile|'#' flag of printf|"
                       r"quoted newline|Error messages should not contain|"
                       r"architecture specific defines")


def checkpatch(options, names):
    """Fail on checkpatch's errors; only show its warnings."""
    if not shutil.which("perl") or not os.path.exists(CHECKPATCH):
        return skip("no perl or no checkpatch.pl in QEMU's tree")
    # one process per file: it would carry a file's types over to the next
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        said = pool.map(lambda name: run(
            ["perl", CHECKPATCH, "--no-tree", "--no-signoff", "--terse", "-q",
             *options, name])[1], names)
    lines = [line for lines in said for line in lines
             if not line.startswith("total:")]
    lines = [l for l in lines if l.startswith(("hw/vfio-trace/", "qemu-patches/"))
             or not QEMU_ONLY.search(l)]
    return not any(": ERROR: " in l for l in lines), lines


def check_c(files):
    return checkpatch(["-f"], [f for f in files if re.search(r"\.[ch]$", f)])


def check_patches(files):
    return checkpatch([], [f for f in files if f.endswith(".patch")])


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
    ("checkpatch: C sources", check_c),
    ("checkpatch: patches to QEMU", check_patches),
    ("shellcheck: shell scripts", check_shell),
    ("python: syntax and interpreter", check_python),
    ("documents: lines of at most 120 columns", check_documents),
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
