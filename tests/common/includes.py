# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks of the #include lines in guest-images, hw/vfio-trace, lib and tools.

A file's unit is its path without the extension: a.c and a.h are one. A file's
folder is the first one below its area, or the area itself: tools/run for
tools/run/user.c, tools for tools/main.c. Each check takes the top directory of
a source tree and yields one line of text for each fault.
"""

import collections
import os
import re

DOCUMENT = os.path.join("docs", "design.md")
HEADING = "## Folders and what they include\n"
# Each area, and the areas that its files may include.
AREAS = {"guest-images": ("guest-images",),
         "hw/vfio-trace": ("hw/vfio-trace", "lib"),
         "lib": ("lib",),
         "tools": ("tools", "lib")}

# file, line: place of the #include; quoted: "name", not <name>; name: the name
# in it; target: the header of this project that it names by its place, or None
Include = collections.namedtuple("Include", "file line quoted name target")


def area_of(path):
    return next((area for area in AREAS if f"{path}/".startswith(area + "/")),
                None)


def folder_of(path):
    area = area_of(path)
    below = path[len(area) + 1:].split("/")
    return area if len(below) == 1 else f"{area}/{below[0]}"


def unit_of(path):
    return os.path.splitext(path)[0]


def own_files(top):
    """Every C file and header of the areas, by path from the top."""
    for area in AREAS:
        for directory, _, names in os.walk(os.path.join(top, area)):
            yield from (os.path.relpath(os.path.join(directory, name), top)
                        for name in names if name.endswith((".c", ".h")))


def includes(top):
    """Every #include of these files."""
    files = set(own_files(top))
    for path in sorted(files):
        with open(os.path.join(top, path), encoding="utf-8") as f:
            for number, line in enumerate(f, 1):
                match = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
                if match:
                    name = match[2]
                    # the compiler looks in the top directory and in lib
                    named = area_of(name) in ("guest-images", "hw/vfio-trace",
                                          "tools")
                    place = name if named else f"lib/{name}"
                    yield Include(path, number, match[1] == '"', name,
                                  place if place in files else None)


def own_includes(top):
    """Every #include of a header of this project by its place."""
    return (inc for inc in includes(top) if inc.target)


def table(top):
    """{folder: set of the folders that it may include}, as documented."""
    with open(os.path.join(top, DOCUMENT), encoding="utf-8") as f:
        section = f.read().partition(HEADING)[2].partition("\n## ")[0]
    rows = {}
    for row in re.findall(r"^\| `.*", section, re.M):
        match = re.match(r"\| `([\w/-]+)` \| (nothing|`[\w-]+`(?:, `[\w-]+`)*) "
                         r"\| [^|]+ \|$", row)
        if not match or not area_of(match[1]) or match[1] in rows:
            raise AssertionError(f"{DOCUMENT}: bad or second row: {row}")
        rows[match[1]] = {f"{area_of(match[1])}/{name}"
                          for name in re.findall(r"`([\w-]+)`", match[2])}
    return rows


def forbidden(top):
    """Includes that the areas or the table do not allow."""
    rows = table(top)
    for inc in own_includes(top):
        area, other = area_of(inc.file), area_of(inc.target)
        folder, wanted = folder_of(inc.file), folder_of(inc.target)
        rule = None
        if other not in AREAS[area]:
            rule = f"{area} must not include {other}"
        elif other == area and \
                wanted not in {folder, area, *rows.get(folder, ())}:
            rule = f"{DOCUMENT} does not allow {folder} -> {wanted}"
        elif folder != wanted and inc.target.endswith("internal.h"):
            rule = f"{wanted} keeps this header to itself"
        if rule:
            yield f"{inc.file}:{inc.line}: includes {inc.name}: {rule}"


def unused(top):
    """Rows and entries of the table without a use, and folders without a row."""
    rows = table(top)
    folders = {folder_of(path) for path in own_files(top)}
    used = {(folder_of(inc.file), folder_of(inc.target))
            for inc in own_includes(top)}
    for folder in sorted(folders - set(rows)):
        yield f"{DOCUMENT}: {folder}: the folder has no row"
    for folder in sorted(set(rows) - folders):
        yield f"{DOCUMENT}: {folder}: there is no such folder"
    for folder in sorted(rows):
        yield from (f"{DOCUMENT}: {folder}: no file there includes {other}"
                    for other in sorted(rows[folder])
                    if (folder, other) not in used)


def not_by_place(top):
    """Includes of headers of this project by another name than their place."""
    files = sorted(own_files(top))
    for inc in includes(top):
        name = re.sub(r"^(\.\.?/)+", "", os.path.normpath(inc.name))
        yield from (f"{inc.file}:{inc.line}: includes {inc.name}: "
                    f"name {path} by its place"
                    for path in files
                    # <name.h> is a system header's, <folder/name.h> may be ours
                    if (inc.quoted or "/" in name) and not inc.target
                    and f"/{path}".endswith(f"/{name}")
                    and area_of(path) in AREAS[area_of(inc.file)])


def reachable(graph, start):
    found, todo = set(), [start]
    while todo:
        new = graph.get(todo.pop(), set()) - found
        found |= new
        todo += new
    return found


def circles(top, node_of):
    """Circles: nodes that include each other, with the includes of each."""
    graph, places = collections.defaultdict(set), {}
    for inc in own_includes(top):
        edge = node_of(inc.file), node_of(inc.target)
        if edge[0] != edge[1]:
            graph[edge[0]].add(edge[1])
            places.setdefault(edge, f"{inc.file}:{inc.line}")
    reached = {node: reachable(graph, node) for node in graph}
    found = {frozenset(other for other in reached[node]
                       if node in reached.get(other, ()))
             for node in reached if node in reached[node]}
    for circle in sorted(map(sorted, found)):
        yield f"circle: {' '.join(circle)}"
        yield from (f"  {place}: {a} -> {b}"
                    for (a, b), place in sorted(places.items())
                    if a in circle and b in circle)
