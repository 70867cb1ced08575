#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Make one file of the report's page: markup, style, scripts and uPlot; or of
the live page of vfio-trace serve, which gets its data from where it comes from.

bundle.py [--live] SOURCE_DIR OUTPUT [DEPFILE]
bundle.py [--live] --inputs SOURCE_DIR

DEPFILE gets what OUTPUT was made of, as make and ninja read it.

The modules become functions of one script, in the order in which they need each
other. The content security policy names the hash of the script and of the style:
nothing else on the page is ever executed, whatever a log contains.
"""

import base64
import collections
import hashlib
import os
import re
import sys

UPLOT = os.path.join("..", "..", "..", "build", "npm", "uplot")
UPLOT_SCRIPT = os.path.join(UPLOT, "dist", "uPlot.iife.min.js")
UPLOT_STYLE = os.path.join(UPLOT, "dist", "uPlot.min.css")
UPLOT_LICENSE = os.path.join(UPLOT, "LICENSE")
UPLOT_FILES = (UPLOT_SCRIPT, UPLOT_STYLE, UPLOT_LICENSE)
DATA = "<!-- vfio-trace report data -->"

IMPORT = re.compile(r"^import (?:\{([^}]*)\}|(\w+)) from '([^']+)';\n", re.M)
EXPORT = re.compile(r"^export (?:async )?(?:function\*?|const|let|class) (\w+)", re.M)
SPDX = re.compile(r"^\s*(?://|/\*) SPDX-License-Identifier:[^\n]*\n")


# markup, styles, first module; what it may connect to
Page = collections.namedtuple("Page", "markup styles main data connect")
REPORT = Page("page.html", ("page.css",), "main.js", True, "")
LIVE = Page("live/live.html", ("page.css", "live/live.css"), "live/main.js", False,
            "connect-src 'self'; ")


class BundleError(Exception):
    """Something in the page's sources is missing or not as it must be."""


def read(directory, name):
    path = os.path.join(directory, name)
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        hint = "; ./configure gets it" if name.startswith(UPLOT) else ""
        raise BundleError(f"{os.path.normpath(path)} is missing{hint}") from None


def beside(name, needed):
    """The name of what a module imports as './x.js' or '../x.js'"""
    return os.path.normpath(os.path.join(os.path.dirname(name), needed))


def modules(directory, main):
    """The names of the modules, each after those that it needs."""
    done, doing = [], []

    def visit(name):
        if name in done:
            return
        if name in doing:
            raise BundleError(f"modules import each other: {' '.join(doing)} {name}")
        doing.append(name)
        for _, _, needed in IMPORT.findall(read(directory, name)):
            if needed != "uplot":
                visit(beside(name, needed))
        doing.pop()
        done.append(name)

    visit(main)
    return done


def uses_uplot(directory, main):
    return any(needed == "uplot" for name in modules(directory, main)
               for _, _, needed in IMPORT.findall(read(directory, name)))


def variable(name):
    """The variable with what a module exports."""
    return "module_" + re.sub(r"\W", "_", name.removesuffix(".js"))


def imported(match, importer):
    names, default, module = match.groups()
    if module == "uplot":
        return f"const {default} = module_uplot;\n"
    names = re.sub(r"(\w+) as (\w+)", r"\1: \2", " ".join(names.split()))
    return f"const {{ {names} }} = {variable(beside(importer, module))};\n"


def as_function(directory, name):
    text = SPDX.sub("", read(directory, name))
    exports = EXPORT.findall(text)
    text = EXPORT.sub(lambda m: m.group(0).removeprefix("export "), text)
    text = IMPORT.sub(lambda m: imported(m, name), text)
    stray = re.search(r"^(import|export)\b.*", text, re.M)
    if stray:
        raise BundleError(f"{name}: not understood: {stray.group(0)}")
    return (f"const {variable(name)} = (() => {{\n{text}"
            f"return {{ {', '.join(exports)} }};\n}})();\n")


def uplot(directory):
    licence = read(directory, UPLOT_LICENSE).replace("*/", "* /")
    return [f"/*! uPlot\n{licence.strip()}\n*/\n", "const module_uplot = (() => {\n",
            read(directory, UPLOT_SCRIPT), "\nreturn uPlot;\n})();\n"]


def script(directory, main):
    parts = ["'use strict';\n"]
    if uses_uplot(directory, main):
        parts += uplot(directory)
    parts += [as_function(directory, name) for name in modules(directory, main)]
    text = "".join(parts)
    # These would end the element early, or hide its end.
    if re.search(r"</script|<!--|<script", text, re.I):
        raise BundleError("a script contains a tag of HTML")
    return text


def style(directory, page):
    parts = [read(directory, UPLOT_STYLE)] if uses_uplot(directory, page.main) else []
    parts += [SPDX.sub("", read(directory, name)) for name in page.styles]
    text = "\n".join(parts)
    if "</" in text:
        raise BundleError("the style contains a tag of HTML")
    return text


def digest(text):
    value = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(value).decode()}'"


def places(directory, page):
    """What stands in the markup's places"""
    css, js = style(directory, page), script(directory, page.main)
    policy = ("default-src 'none'; base-uri 'none'; form-action 'none'; "
              f"{page.connect}script-src {digest(js)}; style-src {digest(css)}; "
              "require-trusted-types-for 'script'; trusted-types 'none'")
    found = {"policy": policy, "style": css, "script": js}
    if uses_uplot(directory, page.main):
        found["uplot-license"] = read(directory, UPLOT_LICENSE).strip()
    return found


def bundle(directory, page):
    text = read(directory, page.markup)
    for name, value in places(directory, page).items():
        place = f"@{name}@"
        if text.count(place) != 1:
            raise BundleError(f"{page.markup} must contain {place} once")
        before, after = text.split(place)
        text = before + value + after
    if text.count(DATA) != int(page.data):
        raise BundleError(f"the page must contain {DATA} once" if page.data else
                          f"the page must not contain {DATA}")
    return text


def inputs(directory, page):
    found = ["bundle.py", page.markup, *page.styles, *modules(directory, page.main)]
    if uses_uplot(directory, page.main):
        found += UPLOT_FILES
    for name in found:
        read(directory, name)
    return found


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def depfile(directory, page, output):
    """A rule of make; a space in a name would be two names."""
    paths = [os.path.normpath(os.path.join(directory, name))
             for name in inputs(directory, page)]
    return f"{output}: {' '.join(path.replace(' ', chr(92) + ' ') for path in paths)}\n"


def main(arguments):
    page = LIVE if arguments[:1] == ["--live"] else REPORT
    arguments = arguments[1:] if page is LIVE else arguments
    try:
        if len(arguments) == 2 and arguments[0] == "--inputs":
            print("\n".join(inputs(arguments[1], page)))
        elif len(arguments) in (2, 3):
            directory, output = arguments[:2]
            write(output, bundle(directory, page))
            if len(arguments) == 3:
                write(arguments[2], depfile(directory, page, output))
        else:
            sys.exit(__doc__)
    except BundleError as error:
        sys.exit(f"bundle.py: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
