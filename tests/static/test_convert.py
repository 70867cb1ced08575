#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# needs: vfio-trace
"""What vfio-trace convert writes, opened by those that it is for.

The commands of docs/convert.md are run as they stand there.
"""

import csv
import glob
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import exportlog, mmiotrace_install, tap             # noqa: E402
from common.tap import Skip, equal, test                         # noqa: E402

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
DOCUMENT = "convert.md"
ROWS = 30000


def needs(*programs):
    for program in programs:
        if not shutil.which(program):
            raise Skip(f"no {program}")


def log(scratch, accesses=ROWS):
    return exportlog.write(os.path.join(scratch, "gpu.mmt"), accesses)


def shell(scratch, command):
    """Run commands of the document beside gpu.mmt; return what they print."""
    programs = os.path.join(scratch, "bin")
    os.makedirs(programs, exist_ok=True)
    if not os.path.exists(tap.tool_binary()):
        raise Skip("the tool is not built")
    if not os.path.lexists(f"{programs}/vfio-trace"):
        os.symlink(tap.tool_binary(), f"{programs}/vfio-trace")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command], cwd=scratch, text=True,
        capture_output=True, check=False, timeout=tap.patience(120),
        env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"})
    equal((done.returncode, done.stderr), (0, ""), f"end of {command}")
    return done.stdout


def asked(heading):
    """The commands below a heading, which are one block."""
    found = exportlog.blocks(DOCUMENT, heading)
    equal(len(found), 1, f"blocks below {heading}")
    return found[0]


@test
def awk(scratch):
    """the question of docs/convert.md, asked by awk"""
    needs("awk", "sort")
    path = log(scratch)
    equal(shell(scratch, asked("### awk")), exportlog.most_written(path),
          "answer")


@test
def python(scratch):
    """the same question, asked by Python"""
    path = log(scratch)
    done = subprocess.run(
        [sys.executable, "-c", asked("### Python")], cwd=scratch, text=True,
        capture_output=True, check=False, timeout=tap.patience(120),
        env={**os.environ, "PYTHONPATH": os.path.join(TOP, "python"),
             "MMIOTRACE_LIBRARY": mmiotrace_install.built_library()})
    equal(done.stderr, "", "messages")
    equal(done.stdout, exportlog.most_written(path), "answer")


@test
def sqlite(scratch):
    """the same question, asked by sqlite3"""
    needs("sqlite3")
    path = log(scratch)
    equal(shell(scratch, asked("### SQLite")), exportlog.most_written(path),
          "answer")


@test
def stat_option(scratch):
    """the same question, asked by stat as the document says"""
    path = log(scratch)
    first = exportlog.most_written(path).split()[:2]
    said = exportlog.tool("stat", "--op", "w", "--top", "5", path)
    row = next(line for line in said.splitlines()
               if line.startswith(f"{first[1]} "))
    equal(first[0] in row.split(), True, f"{first} in {row}")


def database(scratch):
    path = os.path.join(scratch, "gpu.sqlite")
    exportlog.tool("convert", log(scratch), "-o", path)
    return sqlite3.connect(path)


@test
def sqlite_tables(scratch):
    """the tables are those of docs/convert.md"""
    with open(os.path.join(TOP, "docs", DOCUMENT), encoding="utf-8") as file:
        text = file.read()
    written = {name: re.findall(r"`(\w+)`", columns) for name, columns in
               re.findall(r"^\| `(\w+)` \| (`id`.*|`region`.*|`name`.*) \|$",
                          text, re.M)}
    db = database(scratch)
    tables = {name: [row[1] for row in
                     db.execute(f'PRAGMA table_info("{name}")')]
              for name, in db.execute("SELECT name FROM sqlite_schema WHERE"
                                      " type = 'table' AND"
                                      " name NOT LIKE 'sqlite_%'")}
    equal({n: sorted(c) for n, c in tables.items()},
          {n: sorted(c) for n, c in written.items()}, "tables")
    listed = re.search(r"^`log`, .*?version\.$", text, re.M | re.S)[0]
    equal({name for name, in db.execute("SELECT name FROM info")},
          set(re.findall(r"`(\w+)`", listed)), "rows of info")
    db.close()


@test
def sqlite_questions(scratch):
    """each question of docs/convert.md has an answer"""
    db = database(scratch)
    questions = [q for block in exportlog.blocks(DOCUMENT, "## The database")
                 for q in block.split(";\n") if q.strip()]
    equal(len(questions), 5, "questions")
    rows = [len(db.execute(q).fetchall()) for q in questions]
    # no register database: a register has no name
    equal([bool(n) for n in rows], [True, True, False, True, True],
          f"answers ({rows})")
    db.close()


@test
def sqlite_counts(scratch):
    """a database has what stat counts"""
    db = database(scratch)
    summary, registers = exportlog.stat(os.path.join(scratch, "gpu.mmt"))
    equal(db.execute("PRAGMA integrity_check").fetchall(), [("ok",)], "check")
    equal(db.execute("SELECT sum(op = 'R'), sum(op = 'W'), min(ns), max(ns)"
                     " FROM accesses").fetchone(),
          (summary["reads"], summary["writes"], summary["first-ns"],
           summary["last-ns"]), "accesses")
    equal(db.execute("SELECT count(*) FROM registers").fetchone()[0],
          len(registers), "registers")
    texts = [t for t, in db.execute("SELECT text FROM marks ORDER BY id")]
    equal(texts, [h.replace("\033", "?").replace("\007", "?")
                  for h in exportlog.HOSTILE], "marks")
    db.close()


@test
def csv_rows(scratch):
    """Python's csv reads the rows, and hostile text stays in its column"""
    path = log(scratch)
    out = os.path.join(scratch, "gpu.csv")
    exportlog.tool("convert", path, "-o", out)
    summary, _ = exportlog.stat(path)
    with open(out, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    equal(None in {k for row in rows for k in row}, False, "rows too long")
    for op, name in (("R", "reads"), ("W", "writes")):
        equal(sum(row["op"] == op for row in rows), summary[name], name)
    equal([row["text"] for row in rows if row["op"] == "MARK"],
          [h.replace("\033", "?").replace("\007", "?")
           for h in exportlog.HOSTILE], "marks")


@test
def jsonl_rows(scratch):
    """Python's json reads each line"""
    path = log(scratch)
    out = os.path.join(scratch, "gpu.jsonl")
    exportlog.tool("convert", path, "-o", out)
    summary, _ = exportlog.stat(path)
    with open(out, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    for op, name in (("R", "reads"), ("W", "writes")):
        equal(sum(row["op"] == op for row in rows), summary[name], name)
    equal([row["text"] for row in rows if row["op"] == "MARK"],
          list(exportlog.HOSTILE), "marks")


@test
def parts(scratch):
    """zstd decompresses the parts, which make up the whole"""
    needs("zstd")
    path = log(scratch)
    exportlog.tool("convert", path, "-o", f"{scratch}/whole.csv")
    exportlog.tool("convert", "--rows", "7001", path, "-o",
                   f"{scratch}/gpu.csv.zst")
    names = sorted(glob.glob(f"{scratch}/gpu.*.csv.zst"))
    equal(len(names), 5, "parts")
    with open(f"{scratch}/whole.csv", encoding="utf-8") as file:
        head = file.readline()
        want = file.read()
    got = []
    for name in names:
        text = subprocess.run(["zstd", "-dcq", name], check=True,
                              capture_output=True, timeout=60).stdout.decode()
        equal(text.startswith(head), True, f"head of {name}")
        got.append(text[len(head):])
    equal([text.count("\n") for text in got[:-1]], [7001] * 4, "rows")
    equal("".join(got) == want, True, "the parts are the whole")


if __name__ == "__main__":
    tap.main()
