#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Includes go one way, between files and between folders.

The table in docs/design.md, "Folders and what they include", is the rule. That
the checks find faults is shown on small trees with a fault in each.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import includes, tap                                # noqa: E402
from common.tap import equal, test                              # noqa: E402

TOP = os.environ.get("VFIO_TRACE_SOURCE") or os.path.dirname(os.path.dirname(
    os.path.dirname(os.path.abspath(__file__))))


def none(faults):
    """Fail if there are faults, with each on a line of its own."""
    faults = list(faults)
    if faults:
        raise AssertionError("\n".join(["faults:", *faults]))


@test
def allowed(_scratch):
    """each folder includes only what docs/design.md allows"""
    none(includes.forbidden(TOP))


@test
def needed(_scratch):
    """docs/design.md has a row for each folder, and none that is not needed"""
    none(includes.unused(TOP))


@test
def by_place(_scratch):
    """our headers are included by their place"""
    none(includes.not_by_place(TOP))


@test
def file_circles(_scratch):
    """no circle of includes between files"""
    none(includes.circles(TOP, includes.unit_of))


@test
def folder_circles(_scratch):
    """no circle of includes between folders"""
    none(includes.circles(TOP, includes.folder_of))


ROWS = """| `hw/vfio-trace` | nothing | compat.h |
| `hw/vfio-trace/log` | nothing | the log |
| `hw/vfio-trace/tap` | `log` | the tap |
| `lib/libinsn` | nothing | instructions |
| `lib/libmmiotrace` | nothing | records |
| `tools` | `common` | main |
| `tools/common` | nothing | all verbs |
"""
FILES = {"hw/vfio-trace/compat.h": '#include "exec/memory.h"',
         "hw/vfio-trace/log/log.h": '#include "libmmiotrace/record.h"',
         "hw/vfio-trace/log/log.c": '#include "hw/vfio-trace/log/log.h"',
         "hw/vfio-trace/tap/tap.h": '#include "hw/vfio-trace/log/log.h"\n'
                                    '#include "hw/vfio-trace/compat.h"',
         "hw/vfio-trace/tap/map.c": '#include "hw/vfio-trace/tap/tap.h"',
         "hw/vfio-trace/tap/map.h": "",
         "lib/libinsn/insn.h": "#include <stdint.h>",
         "lib/libmmiotrace/record.h": "",
         "tools/common/tool.h": '#include "libmmiotrace/record.h"',
         "tools/main.c": '#include "tools/common/tool.h"'}


def faults_of(scratch, planted, rows=ROWS):
    """All faults of the small tree with {path: text} added to its files."""
    tree = dict(FILES)
    for path, text in planted.items():
        tree[path] = f"{tree.get(path, '')}\n{text}"
    tree[includes.DOCUMENT] = f"# D\n\n{includes.HEADING}\n{rows}\n## Next\n"
    for path, text in tree.items():
        full = os.path.join(scratch, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as f:
            f.write(text + "\n")
    return [*includes.forbidden(scratch), *includes.unused(scratch),
            *includes.not_by_place(scratch),
            *includes.circles(scratch, includes.unit_of),
            *includes.circles(scratch, includes.folder_of)]


@test
def planted_nothing(scratch):
    """planted: nothing but a header with a system header's name"""
    equal(faults_of(scratch, {"tools/common/limits.h": "",
                              "tools/main.c": "#include <limits.h>"}),
          [], "faults")


@test
def planted_file_circle(scratch):
    """planted: a circle of files, by a .c of one and a .h of the other"""
    equal(faults_of(scratch, {
        "hw/vfio-trace/tap/tap.c": '#include "hw/vfio-trace/tap/map.h"'}),
        ["circle: hw/vfio-trace/tap/map hw/vfio-trace/tap/tap",
         "  hw/vfio-trace/tap/map.c:1: hw/vfio-trace/tap/map -> "
         "hw/vfio-trace/tap/tap",
         "  hw/vfio-trace/tap/tap.c:2: hw/vfio-trace/tap/tap -> "
         "hw/vfio-trace/tap/map"], "faults")


@test
def planted_folder_circle(scratch):
    """planted: a circle of folders that is none of files"""
    rows = ROWS.replace("log` | nothing", "log` | `tap`")
    equal(faults_of(scratch, {
        "hw/vfio-trace/log/put.c": '#include "hw/vfio-trace/tap/map.h"'}, rows),
        ["circle: hw/vfio-trace/log hw/vfio-trace/tap",
         "  hw/vfio-trace/log/put.c:2: hw/vfio-trace/log -> "
         "hw/vfio-trace/tap",
         "  hw/vfio-trace/tap/tap.h:1: hw/vfio-trace/tap -> "
         "hw/vfio-trace/log"], "faults")


@test
def planted_forbidden(scratch):
    """planted: includes that are not allowed"""
    equal(faults_of(scratch, {
        "lib/libinsn/insn.h": '#include "libmmiotrace/record.h"\n'
                              "#include <tools/common/up.h>",
        "tools/common/tool.h": ' # include "hw/vfio-trace/compat.h"',
        "tools/common/up.h": "",
        "hw/vfio-trace/log/log-internal.h": "",
        "hw/vfio-trace/tap/map.c":
            '#include "hw/vfio-trace/log/log-internal.h"'}),
        ["hw/vfio-trace/tap/map.c:2: includes hw/vfio-trace/log/log-internal.h"
         ": hw/vfio-trace/log keeps this header to itself",
         "lib/libinsn/insn.h:2: includes libmmiotrace/record.h: "
         "docs/design.md does not allow lib/libinsn -> lib/libmmiotrace",
         "lib/libinsn/insn.h:3: includes tools/common/up.h: "
         "lib must not include tools",
         "tools/common/tool.h:2: includes hw/vfio-trace/compat.h: "
         "tools must not include hw/vfio-trace"], "faults")


@test
def planted_rows(scratch):
    """planted: rows that are not needed, and a folder without a row"""
    rows = ROWS.replace("tap` | `log`", "tap` | `log`, `vcpu`") + \
        "| `tools/run` | `common` | a verb |\n"
    equal(faults_of(scratch, {"tools/log/cat.c": ""}, rows),
          ["docs/design.md: tools/log: the folder has no row",
           "docs/design.md: tools/run: there is no such folder",
           "docs/design.md: hw/vfio-trace/tap: no file there includes "
           "hw/vfio-trace/vcpu",
           "docs/design.md: tools/run: no file there includes tools/common"],
          "faults")


@test
def planted_names(scratch):
    """planted: headers that are not included by their place"""
    places = [("log.h", "hw/vfio-trace/log/log.h"),
              ("../log/log.h", "hw/vfio-trace/log/log.h"),
              ("lib/libinsn/insn.h", "lib/libinsn/insn.h")]
    equal(faults_of(scratch, {"hw/vfio-trace/log/log.c": "\n".join(
        f'#include "{name}"' for name, _ in places)}),
        [f"hw/vfio-trace/log/log.c:{n}: includes {name}: name {path} by its "
         "place" for n, (name, path) in enumerate(places, 2)], "faults")


if __name__ == "__main__":
    tap.main()
