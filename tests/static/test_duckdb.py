#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# needs: vfio-trace
# timeout: 1800
# usual: 200
# memory: 3 GiB
"""DuckDB reads what vfio-trace convert writes, as docs/convert.md says.

The engine comes with npm's package, which make check-full fetches into the
cache; it then asks about ten million rows.  If the package is there, others ask
about fewer.
"""

import atexit
import csv
import functools
import glob
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import exportlog, tap                                # noqa: E402
from common.tap import Skip, equal, test                         # noqa: E402

PACKAGE = "@duckdb/node-api"
VERSION = "1.5.6-r.1"
# What npm may install, with its hashes, as a lock file has them
PINNED = {
    "node-api": {
        "integrity": "sha512-yIPol6P4EQmsAUsb27donJf7iADrM31Ei/WkvhkZpSscjhEE"
                     "rYsuF19lsJ/qz5mUWxsKFQpLdjvrlhPQnMTBqw==",
        "dependencies": {"@duckdb/node-bindings": VERSION}},
    "node-bindings": {
        "integrity": "sha512-/pWlTyvKC1d16iSMJCBAPwlmzoeXRs5Y9cqG+TpKd/YAW6Ke"
                     "05FJg099v/Im2bkS9BgznNyNcAK1NxA1eQhSUw==",
        "optionalDependencies": {"@duckdb/node-bindings-linux-x64": VERSION}},
    "node-bindings-linux-x64": {
        "integrity": "sha512-IXcrZJE6kEqM0Z4wwdVnGBHX/frOS33VPNAwDXQ/Q+Fs84b0"
                     "58Qe94chrCCIcNJlG8Y3UHIUU4eBeCQxW5mN1Q==",
        "cpu": ["x64"], "os": ["linux"], "optional": True},
}
DOCUMENT = "convert.md"
ASK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "duckdb-ask.js")
ROWS = tap.rounds(60000, 10000000)
PART_ROWS = tap.rounds(7001, 1000000)
# As docs/convert.md reads a table
TABLE = "read_csv('{}', quote = '\"', all_varchar = true)"
# What a guest writes that a reader of tables may take for something else
HOSTILE = (b'"', b'""', b'"a', b'a"', b'a,b', b',', b',' * 40, b"'", b"';--",
           b'\\"', b'\\', b'a\\,"b', b'|;\t|', b'#', b'# a', b'NULL', b'\\N',
           b' a', b'a ', b'\xff\xfe,"', b'\xe2\x80\xae\xc3\xa4', b'\r',
           b'0x7', b'1e400', b'2026-11-29 12:00:00', b'-1',
           b'x' * 9000, b'"' * 3001, b'start', b'', b'line,time,op')
HOSTILE_NAMES = b"""\
MARK 1.000000 vfio-trace: device id=a,"b'%20= host=none type=x addresses=host
MARK 1.000000 vfio-trace: coverage device=a,"b'%20= bar=0 map=1 \
addr=0xfeb80000 len=0x20000 state=trapped
MARK 1.000000 vfio-trace: coverage device=a,"b'%20= space=",%20"=_ map=3 \
addr=0x1000 len=0x1000 state=trapped
MAP 1.000000 3 0x1000 0x0 0x1000 0x0 0
"""


def package():
    """The directory in which npm has installed the package."""
    if not shutil.which("node"):
        raise Skip("no node")
    cache = os.environ.get("VFIO_TRACE_CACHE") or \
        os.path.expanduser("~/.cache/vfio-trace")
    directory = os.path.join(cache, "npm", f"duckdb-{VERSION}")
    if os.path.exists(os.path.join(directory, "complete")):
        return directory
    if not tap.rounds(False, True):
        raise Skip(f"{PACKAGE} is not in the cache; make check-full fetches it")
    fetch(directory)
    return directory


def lock():
    """npm's lock file: these packages and no others."""
    packages = {"": {"dependencies": {PACKAGE: VERSION}}}
    for name, what in PINNED.items():
        packages[f"node_modules/@duckdb/{name}"] = {"version": VERSION, **what}
    return {"lockfileVersion": 3, "requires": True, "packages": packages}


def fetch(directory):
    if not shutil.which("npm"):
        raise Skip("no npm")
    if platform.machine() != "x86_64":
        raise Skip("only the package for x86_64 is pinned")
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    for name, text in (("package.json",
                        {"private": True, "dependencies": {PACKAGE: VERSION}}),
                       ("package-lock.json", lock())):
        with open(os.path.join(directory, name), "w", encoding="utf-8") as f:
            json.dump(text, f)
    # npm's own files stay out of the home directory; nothing is executed
    downloads = os.path.join(directory, "npm-cache")
    done = subprocess.run(
        ["npm", "ci", "--cache", downloads, "--ignore-scripts", "--no-audit",
         "--no-fund"], cwd=directory, stdin=subprocess.DEVNULL, text=True,
        capture_output=True, check=False, timeout=tap.patience(600))
    if "EINTEGRITY" in done.stderr:
        raise AssertionError("another package than the pinned one:\n" +
                             done.stderr)
    if done.returncode:
        raise Skip(f"npm can not fetch {PACKAGE}: " +
                   " ".join(done.stderr.split())[:200])
    shutil.rmtree(downloads, ignore_errors=True)
    with open(os.path.join(directory, "complete"), "w", encoding="utf-8"):
        pass


def ask(scratch, *statements):
    """The rows of each statement, run beside the files; numbers of 64 bits
    are texts."""
    done = subprocess.run(
        ["node", ASK, package()], input=json.dumps(statements), text=True,
        capture_output=True, check=False, cwd=scratch,
        timeout=tap.patience(900), env={**os.environ, "HOME": scratch})
    equal((done.returncode, done.stderr), (0, ""), f"end of {statements}")
    return json.loads(done.stdout)


@functools.cache
def prepared():
    """A directory with a log and its table in parts, for all points."""
    package()
    scratch = tempfile.mkdtemp(prefix=f"vfio-trace-test-{os.getpid()}-")
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    path = exportlog.write(os.path.join(scratch, "gpu.mmt"), ROWS)
    exportlog.tool("convert", "--rows", str(PART_ROWS), path, "-o",
                   os.path.join(scratch, "gpu.csv.zst"))
    equal(len(glob.glob(os.path.join(scratch, "gpu.*.csv.zst"))) > 1, True,
          "several parts")
    return scratch, path


def lines(rows):
    return "".join(" ".join(str(cell) for cell in row) + "\n" for row in rows)


def number(cell):
    """DuckDB's integers of 64 bits are texts in JSON."""
    return int(cell)


def one_question():
    """The statement of the document's command, without the shell's escapes."""
    command, = exportlog.blocks(DOCUMENT, "### DuckDB")
    sql = re.search(r' -c "\n(.*)"\n$', command, re.S)[1]
    return sql.replace('\\"', '"')


@test
def question(_scratch):
    """the question of docs/convert.md, asked of parts"""
    scratch, path = prepared()
    answer, = ask(scratch, one_question())
    equal(lines(answer), exportlog.most_written(path), "answer")


def statements_of_document():
    block, = exportlog.blocks(DOCUMENT, "## Large logs")
    return [s for s in block.split(";\n") if s.strip()]


@test
def parquet(_scratch):
    """the table as Parquet has what stat counts, and all values"""
    scratch, path = prepared()
    copy, select = statements_of_document()
    _, selected, counts, texts, values = ask(
        scratch, copy, select,
        "SELECT count(*) FILTER (op = 'R'), count(*) FILTER (op = 'W'),"
        " count(*), (min(\"time\") * 1000000000)::BIGINT,"
        " (max(\"time\") * 1000000000)::BIGINT"
        " FROM 'gpu.parquet' WHERE op IN ('R', 'W')",
        "SELECT \"text\" FROM 'gpu.parquet' WHERE op = 'MARK' ORDER BY line",
        # all 64 bits
        "SELECT '0x' || lower(hex(\"value\")) FROM 'gpu.parquet'"
        " WHERE op = 'R' AND width = 8 ORDER BY line LIMIT 100")
    summary, registers = exportlog.stat(path)
    reads, writes, rows, first, last = map(number, counts[0])
    equal((reads, writes, rows, first, last),
          (summary["reads"], summary["writes"], ROWS, summary["first-ns"],
           summary["last-ns"]), "counts")
    equal([t for t, in texts],
          [h.replace("\033", "?").replace("\007", "?")
           for h in exportlog.HOSTILE], "marks")
    most = {f"{r['region']} {r['offset']}": r["writes"] for r in registers}
    equal([number(n) for _, _, n in selected],
          sorted(most.values(), reverse=True)[:5], "most written")
    for region, register, n in selected:
        equal(number(n), most[f"{region} {register}"], register)
    equal([v for v, in values], wide_values(path, 100), "values")


def wide_values(path, limit):
    """The first values of reads of 8 bytes, from the log itself."""
    found = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith("R 8 "):
                found.append(line.split()[5])
                if len(found) == limit:
                    break
    return found


@test
def registers_of_all(_scratch):
    """each register has the counts of stat"""
    scratch, path = prepared()
    rows, = ask(scratch,
                "SELECT region, \"offset\", count(*) FILTER (op = 'R'),"
                " count(*) FILTER (op = 'W')"
                f" FROM {TABLE.format('gpu.*.csv.zst')}"
                " WHERE op IN ('R', 'W') GROUP BY ALL")
    equal(sorted((region, offset, number(reads), number(writes))
                 for region, offset, reads, writes in rows),
          sorted((r["region"], r["offset"], r["reads"], r["writes"])
                 for r in exportlog.stat(path)[1]), "registers")


def hostile_log(path):
    with open(path, "wb") as file:
        file.write(exportlog.HEAD.encode())
        file.write(HOSTILE_NAMES)
        for number, text in enumerate(HOSTILE):
            file.write(b"MARK 1.%06d %s\n" % (number, text))
            file.write(b"R 8 1.%06d 1 0xfeb80008 0x%x 0x0 0\n"
                       % (number, (1 << 64) - 1 - number))
            file.write(b"W 1 1.%06d 3 0x1008 0x7f 0x0 0\n" % number)


@test
def hostile(scratch):
    """rows of a hostile log are those that Python's csv reads"""
    package()
    hostile_log(os.path.join(scratch, "gpu.mmt"))
    for name in ("gpu.csv", "gpu.csv.zst"):
        exportlog.tool("convert", "gpu.mmt", "-o", name, cwd=scratch)
    exportlog.tool("convert", "--rows", "7", "gpu.mmt", "-o", "part.csv.zst",
                   cwd=scratch)
    with open(os.path.join(scratch, "gpu.csv"), encoding="utf-8",
              newline="") as file:
        want = [[cell or None for cell in row]
                for row in csv.reader(file, strict=True)][1:]
    equal(sum(row[2] == "MARK" for row in want), len(HOSTILE) + 3, "marks")
    equal({tuple(row[3:5]) for row in want if row[2] == "W"},
          {("a,\"b' =", '", "=_')}, "names")
    asked = [f"SELECT * FROM {TABLE.format(name)} ORDER BY line::INTEGER"
             for name in ("gpu.csv", "gpu.csv.zst", "part.*.csv.zst")]
    copy = statements_of_document()[0]
    plain, packed, parts, _, again = ask(
        scratch, *asked, copy.replace("gpu.*.csv.zst", "part.*.csv.zst"),
        "SELECT phase, \"text\" FROM 'gpu.parquet' ORDER BY line")
    equal(plain, want, "rows")
    equal(packed, want, "rows, compressed")
    equal(parts, want, "rows of parts")
    equal(again, [row[-2:] for row in want], "texts in Parquet")


if __name__ == "__main__":
    tap.main()
