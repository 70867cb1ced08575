#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The model of the gate between accesses and changes, checked by spin.

gate.pml says what is modelled. Spin makes a C program of it, pan, which tries
all orders of the threads' steps.
"""

import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import tap                                        # noqa: E402
from common.tap import Skip, equal, matches, rounds, test     # noqa: E402

MODEL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gate.pml")

MEBIBYTES = rounds(2500, 6000)
DEPTH = rounds(4000000, 10000000)

# Three vCPUs and the other threads have more states than there is memory for.
VCPUS_3 = ("-DVCPUS_ALONE", "-DVCPUS=3")
ALONE = rounds(("-DVCPUS_ALONE",), VCPUS_3)
# Claims, and the part of the model that they are about
CLAIMS = {"gets_through": (), "gets_in": ALONE, "gets_past": ALONE}

# What pan says of each of the model's errors: of the assertions, or of a claim
ERRORS = {
    "NO_LOCK": (None, r"assertion violated \(inside=="),
    "NO_SECOND_CHECK": (None, r"assertion violated (mapped|.*inside==)"),
    "NO_WAIT": (None, r"assertion violated (mapped|.*inside==)"),
    "CLOSE_LATE": ("gets_through", "acceptance cycle"),
    "OPEN_ALL": (None, r"assertion violated .*closed==1"),
    "ZAP_EARLY": (None, "assertion violated mapped"),
    "OPEN_EARLY": (None, "assertion violated mapped"),
    "WRONG_ORDER": (None, "invalid end state"),
    "UNCHECKED": (None, "assertion violated mapped"),
    "BARGE": ("gets_in", "acceptance cycle"),
    "NO_PATIENCE": ("gets_past", "acceptance cycle"),
    "SAID_ONCE": ("gets_in", "acceptance cycle"),
    "ENTER_WITH_BQL": (None, r"assertion violated \(bql!="),
}


def run(command, scratch):
    result = subprocess.run(command, cwd=scratch, text=True, check=False,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    equal(result.returncode, 0, f"status of {command[0]}, which said "
          f"{result.stdout!r},")
    return result.stdout


def pan(scratch, compile_as, options, defines):
    """All that pan says of the model with these macros."""
    cc = shutil.which("cc") or shutil.which("gcc")
    if not shutil.which("spin"):
        raise Skip("no spin: install spin")
    if not cc:
        raise Skip("no C compiler")
    run(["spin", *defines, "-a", MODEL], scratch)
    run([cc, "-O0", "-w", f"-DMEMLIM={MEBIBYTES}", *compile_as, "-o", "pan",
         "pan.c"], scratch)
    return run(["./pan", "-w20", f"-m{DEPTH}", *options], scratch)


def safety(scratch, *defines):
    """Assertions, deadlocks."""
    return pan(scratch, ["-DSAFETY", "-DNOCLAIM"], [], defines)


def progress(scratch, claim, *defines):
    """One of the model's claims, with weak fairness."""
    return pan(scratch, ["-DNFAIR=4"], ["-a", "-f", "-N", claim],
               [*CLAIMS[claim], *defines])


def states(said):
    """Number of states, all of which were tried without a fault."""
    matches(said, r"errors: 0\n", "what pan says")
    for word in ("not completed", "too small", "out of memory", "truncated"):
        if word in said:
            raise AssertionError(f"not all states were tried: {said}")
    number = int(matches(said, r"(\d+) states, stored").group(1))
    print(f"# {number} states")
    return number


@test
def model_safety(scratch):
    """No access while the mapping is zapped, no two at once, no deadlock"""
    for part in rounds(((),), ((), VCPUS_3)):
        if states(safety(scratch, *part)) < 10000:
            raise AssertionError("the model is smaller than it was")


@test
def model_progress(scratch):
    """Who closes the gate gets through, and the first that waits gets in"""
    for claim in CLAIMS:
        states(progress(scratch, claim))


@test
def model_errors_listed(_scratch):
    """Each error that the model can have is in the list of this test"""
    with open(MODEL, encoding="utf-8") as file:
        text = file.read()
    wanted = {*ERRORS, "VCPUS_ALONE"}
    found = set(re.findall(r"^#ifn?def (\w+)", text, re.M)) - {"VCPUS"}
    equal(found, wanted, "the macros of the model")
    equal(set(re.findall(r"-D(\w+)", text)), wanted, "what it explains")


@test
def model_fails(scratch):
    """Spin finds each of the errors that the model can have"""
    for name, (claim, pattern) in ERRORS.items():
        said = (progress(scratch, claim, "-D" + name) if claim else
                safety(scratch, "-D" + name))
        matches(said, r"pan:1: " + pattern, f"what pan says of {name}")


if __name__ == "__main__":
    tap.main()
