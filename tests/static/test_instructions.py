#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# needs: vfio-trace
"""The tests' instructions state the CPU features that the decoder reports.

Otherwise a test fails on the first processor that has one of the features and
not the other. tests/unit/test-insn.c checks its own rows.
"""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import rescueinsn, tap                              # noqa: E402
from common.tap import Skip, equal, test                        # noqa: E402

HELPER = os.path.join(tap.build_dir(), "vfio-trace", "tests", "unit",
                      "print-needs")


def assembled(scratch, texts):
    """The code of each instruction"""
    source, objfile, binary = (os.path.join(scratch, "rows" + suffix)
                               for suffix in (".S", ".o", ".bin"))
    with open(source, "w", encoding="utf-8") as f:
        for n, text in enumerate(texts):
            f.write(f"row_{n}:\n{text}\nend_{n}:\n")
    subprocess.run(["as", "--64", "-o", objfile, source], check=True)
    subprocess.run(["objcopy", "-O", "binary", "-j", ".text", objfile, binary],
                   check=True)
    symbols = subprocess.run(["nm", objfile], check=True, text=True,
                             stdout=subprocess.PIPE).stdout
    at = {words[2]: int(words[0], 16)
          for words in map(str.split, symbols.splitlines())}
    with open(binary, "rb") as f:
        code = f.read()
    return [code[at[f"row_{n}"]:at[f"end_{n}"]] for n in range(len(texts))]


@test
def rescued(scratch):
    """tests/common/rescueinsn.py: the features that each row requires."""
    if not os.path.exists(HELPER):
        listing = os.path.join(tap.build_dir(), "vfio-trace", "meson-info",
                               "intro-targets.json")
        with open(listing, encoding="utf-8") as f:
            if '"print-needs"' not in f.read():
                raise Skip("this build has no libinsn, since Zydis was missing")
        raise AssertionError(f"{HELPER} is not built: make tests")
    rows = rescueinsn.table()
    # the setup before an instruction is for all processors
    codes = assembled(scratch, [row.text.split(";")[-1] for row in rows])
    said = subprocess.run([HELPER], text=True, check=True,
                          stdout=subprocess.PIPE,
                          input="".join(code.hex() + "\n" for code in codes))
    wrong = [f"{row.text}: needs {' '.join(sorted(row.needs)) or 'nothing'}, "
             f"the decoder says {needs or 'nothing'}"
             for row, needs in zip(rows, said.stdout.splitlines(), strict=True)
             if set(needs.split()) != row.needs]
    equal(wrong, [], "rows that require other features")
    print(f"# {len(rows)} instructions")


if __name__ == "__main__":
    tap.main()
