#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 60
# timeout: 900
"""Each fuzz target: old findings and corner cases, its corpus, and some new inputs.

The executions are the same every time. Look for new findings with make fuzz.
"""

import os
import subprocess
import sys

import targets

RUNS = 20000
# Fewer runs for targets that open files or run a whole verb.
SLOW = {"convert": 4000, "decode": 1000, "export": 400, "guestmem": 2000, "header": 8000,
        "logs": 5000, "mesa-json": 10000, "qmp": 10000, "reader": 2000, "recover": 4000,
        "redact": 300, "replay": 4000, "rnndb": 5000,
        "script": 4000, "svd": 8000, "timelines": 1000, "umr": 5000}
FULL = 10

SCRATCH = os.environ["VFIO_TRACE_TEST_DIR"]


def run(argv):
    """Return (success, lines to show)."""
    with targets.scratch() as tmpdir:
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, cwd=tmpdir,
                              env=targets.environment(tmpdir), check=False)
    lines = done.stdout.decode(errors="replace").splitlines()
    if done.returncode == 0:
        return True, lines[-1:]
    # the reason comes before stack and input
    reason = [n for n, line in enumerate(lines)
              if "broken promise" in line or "ERROR:" in line or "runtime error" in line]
    first = reason[0] if reason else max(0, len(lines) - 40)
    return False, lines[first:first + 40] + [f"exit status {done.returncode}"]


def old_findings(name, findings):
    return run(targets.command(name, findings, *targets.regress(name)))


def new_runs(name, findings):
    runs = SLOW.get(name, RUNS) * (FULL if os.environ.get("VFIO_TRACE_FULL") else 1)
    # libFuzzer adds new inputs to the first directory
    fresh = os.path.join(SCRATCH, "corpus-" + name)
    os.makedirs(fresh)
    directories = [d for d in (fresh, targets.corpus(name),
                               os.path.join(targets.HERE, "regress", name))
                   if os.path.isdir(d)]
    return run(targets.command(name, findings, "-seed=1", f"-runs={runs}", *directories))


def points():
    for name in targets.names():
        if targets.regress(name):
            yield name, "old findings and corner cases", old_findings
        yield name, "corpus and inputs derived from it", new_runs


def main():
    print("TAP version 13")
    if not targets.built():
        print("1..0 # SKIP no fuzz targets in build/vfio-trace-fuzz: clang with "
              "libFuzzer was missing (./configure --install-deps)")
        return 0
    wanted = list(points())
    print(f"1..{len(wanted)}", flush=True)
    failed = 0
    for number, (name, what, check) in enumerate(wanted, 1):
        findings = os.path.join(SCRATCH, "findings-" + name)
        os.makedirs(findings, exist_ok=True)
        good, lines = check(name, findings)
        print(f"{'ok' if good else 'not ok'} {number} - {name}: {what}")
        if not good:
            lines += [f"input: {path}" for path in targets.reproducers(findings)]
            failed += 1
        for line in lines:
            print("# " + line)
        sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
