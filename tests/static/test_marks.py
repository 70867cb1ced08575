#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# needs: vfio-trace
"""The table of marks, the document's table, and the places that write marks."""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import csource, marklang, tap                       # noqa: E402
from common.tap import equal, test                              # noqa: E402

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
DOCUMENT = os.path.join(TOP, "docs", "log-format.md")
# What has no call with its words, since it is fixed text or made at the rate of
# accesses; unit/marks compares what comes out.
NO_WORDS = {"config", "part", "reader", "symbols"}

HELPER = os.path.join(tap.build_dir(), "vfio-trace", "tests", "unit",
                      "print-marks")


def table():
    if not os.path.exists(HELPER):
        raise AssertionError(f"{HELPER} is not built: make tests")
    return marklang.parse_table(subprocess.run(
        [HELPER], text=True, check=True, stdout=subprocess.PIPE).stdout)


def document():
    with open(DOCUMENT, encoding="utf-8") as f:
        return f.read()


@test
def documented(_scratch):
    """docs/log-format.md has every mark, and says the same of its words."""
    marks = table()
    equal(marklang.compare(marks, document()), [], "differences")
    print(f"# {len(marks)} marks")


@test
def documented_differences(_scratch):
    """That comparison sees what is planted."""
    marks, text = table(), document()
    planted = {
        "`end`": "`ende`",                                  # names
        " accesses=N": "",                                  # a key is missing
        "detached id=ID": "detached id=ID why=W",           # or too many
        "id=ID host=BDF": "host=BDF id=ID",                 # order
        "[pc=on]": "pc=on",                                 # what may be missing
        "from=A to=A": "from=A [to=A]",
        "from=A to=": "from=N to=",                         # kinds
        "in-us=N": "in-us=L",
        "kind=bus\\|flr": "kind=bus",                       # choices
        "change=added\\|removed": "change=added\\|removed\\|kept",
        "state=partial": "state=W",
        "R\\|W width": "R width",
        "header ends": "header finishes",                   # fixed words
        "map=M pc=P A ...": "map=M pc=P A",                 # repetition
        "at=A B`": "at=A`",
        "`N`, `M` | decimal": "`N`, `M` | word",
    }
    for old, new in planted.items():
        assert old in text, f"the document does not have {old!r}"
        assert marklang.compare(marks, text.replace(old, new)), \
            f"not seen: {new!r} for {old!r}"


@test
def written(_scratch):
    """Each place that writes a mark goes by the table."""
    marks = table()
    found = []
    made = []
    for path in csource.files(TOP, "hw", "lib", "tools"):
        here, wrong = marklang.check_source(marks, csource.read(path))
        made += here
        found += [f"{os.path.relpath(path, TOP)}:{line}: {what}"
                  for line, what in wrong]
    equal(found, [], "places that write something else")
    equal(set(marks) - set(made), NO_WORDS, "marks that nothing writes")
    print(f"# {len(made)} marks in calls")


@test
def written_differences(_scratch):
    """That check sees what is planted."""
    marks = table()
    good = ('mmt_mark_put(MMT_MARK_VM, MMT_WORDS(MMT_TEXT("state", '
            'x ? "paused" : "running"), y ? MMT_TEXT("reason", f("a, b")) : '
            'MMT_NO_WORD, MMT_NUMBER("paused-ns", 1)), buf);')
    equal(marklang.check_source(marks, good), (["vm"], []))
    planted = {
        "MMT_MARK_VM": "MMT_MARK_VMM",                      # no such mark
        "MMT_MARK_VM,": "mark,",                            # which one?
        '"state"': '"stat"',                                # no such key
        '"paused-ns"': '"state"',                           # order
        '"running"': '"runs"',                              # choice
        'MMT_NUMBER("p': 'MMT_TEXT("p',                     # kinds
        'MMT_TEXT("reason"': 'MMT_NUMBER("reason"',
        "MMT_NUMBER(": "MMT_NUMBERS(",
        'MMT_TEXT("state", x ? "paused" : "running"), ': "",    # needed
        'x ? "paused" : "running")': '"paused") ?: MMT_NO_WORD',
        'MMT_NUMBER("paused-ns", 1)': "word",               # what is it?
    }
    for old, new in planted.items():
        assert old in good, old
        assert marklang.check_source(marks, good.replace(old, new))[1], \
            f"not seen: {new!r} for {old!r}"
    for bad in ('x = MMT_MARK_PREFIX "ends";', 'MMT_MARK_PREFIX "cut byte=%u"',
                'x = MMT_MARK_PREFIX "part %u starts"'):
        assert marklang.check_source(marks, bad)[1], f"not seen: {bad}"


if __name__ == "__main__":
    tap.main()
