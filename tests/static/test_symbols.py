#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# needs: vfio-trace
"""The libraries' names carry their library's prefix.

QEMU links the libraries' objects beside all of its own, and a header's macros
and inline functions are defined for whoever includes it.
"""

import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import tap                                          # noqa: E402
from common.tap import Skip, equal, test                        # noqa: E402

TOP = os.environ.get("VFIO_TRACE_SOURCE") or os.path.dirname(os.path.dirname(
    os.path.dirname(os.path.abspath(__file__))))
LIB = os.path.join(TOP, "lib")
BUILT = os.path.join(tap.build_dir(), "vfio-trace", "lib")

# Of each folder of lib. "insn" stands for insn_, Insn and INSN_: functions and
# variables, types, macros and enumerators.
PREFIXES = {"liba64": ("a64",),
            "libguestmem": ("gmem",),
            "libmmiotrace": ("mmt",),
            "libinsn": ("insn",),
            "libregdb": ("regdb", "reg_db"),
            "libreplay": ("replay",),
            "libguestmem": ("gmem",),
            "libpcidev": ("host_fs", "host_pci", "pci_window")}


FUNCTIONS = 0
TYPES = 1
MACROS = 2

# In a header, without its comments: what defines a name, and of which kind
DEFINITIONS = (
    (r"^ *# *define +(\w+)", MACROS),
    (r"^(?:typedef )?(?:struct|enum|union) +(\w+) *\{", TYPES),
    (r"^\} *(\w+);", TYPES),
    (r"^typedef [^{};()]*\b(\w+);", TYPES),
    (r"^typedef [^{};()]*\(\*?(\w+)\)\(", TYPES),
    (r"^ {4}([A-Z][A-Z0-9_]+)(?: = [^,{}();]*)?,", MACROS),
    (r"^(?!typedef|struct|extern)\w[\w \n*]*[ \n*](\w+)\(", FUNCTIONS),
)


def prefixes(library, kind):
    """What names of that kind may begin with."""
    return tuple((stem + "_", "".join(map(str.title, stem.split("_"))),
                  stem.upper() + "_")[kind] for stem in PREFIXES[library])


def exported(path):
    """Global symbols that a static library or an object file defines."""
    said = subprocess.run(["nm", "--defined-only", "--extern-only", path],
                          text=True, check=True, stdout=subprocess.PIPE)
    return {words[2] for words in map(str.split, said.stdout.splitlines())
            if len(words) == 3}


def foreign_symbols(path, library):
    """Symbols of a built library that lack its prefix."""
    return sorted(name for name in exported(path)
                  if not name.startswith(prefixes(library, FUNCTIONS)))


def foreign_names(text, library):
    """Names that a header of a library defines and that lack its prefix."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return [name for pattern, kind in DEFINITIONS
            for name in re.findall(pattern, text, re.M)
            # a macro may look like a function, or be an include guard
            if not name.startswith((*prefixes(library, kind),
                                    *prefixes(library, FUNCTIONS),
                                    f"{library.upper()}_"))]


def libraries():
    found = {name for name in os.listdir(LIB)
             if os.path.isdir(os.path.join(LIB, name))}
    equal(found - set(PREFIXES), set(), "folders of lib without a prefix here")
    return sorted(found)


@test
def symbols(_scratch):
    """exported symbols of the built libraries"""
    missing = []
    for library in libraries():
        path = os.path.join(BUILT, f"{library}.a")
        if os.path.exists(path):
            equal(foreign_symbols(path, library), [],
                  f"symbols of {library} without its prefix")
        else:
            missing.append(library)
    equal(set(missing) - {"libinsn"}, set(), "libraries that are not built")
    if missing:
        raise Skip("libinsn is not built: it needs Zydis")


@test
def headers(_scratch):
    """names that the libraries' headers define"""
    for library in libraries():
        directory = os.path.join(LIB, library)
        for name in sorted(os.listdir(directory)):
            if name.endswith(".h"):
                with open(os.path.join(directory, name), encoding="utf-8") as f:
                    equal(foreign_names(f.read(), library), [],
                          f"names of {library}/{name} without its prefix")


@test
def planted_symbol(scratch):
    """planted: a function and a variable without the prefix"""
    source = os.path.join(scratch, "planted.c")
    with open(source, "w", encoding="utf-8") as f:
        f.write("int insn_good(void) { return 0; }\n"
                "int walk_bad(void) { return 0; }\n"
                "int bad_data = 1;\n"
                "static int hidden(void) { return 0; }\n"
                "int (*insn_use)(void) = hidden;\n")
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler:
        raise Skip("no C compiler")
    built = os.path.join(scratch, "planted.o")
    subprocess.run([compiler, "-c", "-o", built, source], check=True)
    equal(foreign_symbols(built, "libinsn"),
          ["bad_data", "walk_bad"], "symbols without the prefix")


@test
def planted_header(_scratch):
    """planted: a header with a name of each kind without the prefix"""
    equal(foreign_names("#ifndef LIBINSN_X_H\n#define LIBINSN_X_H\n"
                        "/* #define COMMENT */\n"
                        "#define insn_try(x) (x)\n#define fail(x) (x)\n"
                        "struct Walk {\n    int insn;\n};\n"
                        "typedef struct InsnGood {\n    int x;\n} Good;\n"
                        "typedef struct InsnGood InsnFine;\n"
                        "typedef int Plain;\n"
                        "typedef void (*Callback)(void *opaque);\n"
                        "enum {\n    INSN_A,\n    WALK_B = 1,\n};\n"
                        "extern const InsnGood insn_x;\n"
                        "static inline int quote(void)\n{\n"
                        "    return insn_f(1);\n}\n"
                        "const char *\nname_of(int x);\n#endif\n", "libinsn"),
          ["fail", "Walk", "Good", "Plain", "Callback", "WALK_B", "quote",
           "name_of"],
          "names without the prefix")


if __name__ == "__main__":
    tap.main()
