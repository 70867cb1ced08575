#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Make one file of the report's page: markup, style, scripts and uPlot.

bundle.py SOURCE_DIR OUTPUT
bundle.py --inputs SOURCE_DIR

The modules become functions of one script, in the order in which they need each
other. The content security policy names the hash of the script and of the style:
nothing else on the page is ever executed, whatever a log contains.
"""

import base64
import hashlib
import os
import re
import sys

UPLOT = os.path.join("..", "..", "..", "build", "npm", "uplot")
UPLOT_SCRIPT = os.path.join(UPLOT, "dist", "uPlot.iife.min.js")
UPLOT_STYLE = os.path.join(UPLOT, "dist", "uPlot.min.css")
UPLOT_LICENSE = os.path.join(UPLOT, "LICENSE")
MAIN = "main.js"
DATA = "<!-- vfio-trace report data -->"

IMPORT = re.compile(r"^import (?:\{([^}]*)\}|(\w+)) from '([^']+)';\n", re.M)
EXPORT = re.compile(r"^export (?:async )?(?:function\*?|const|let|class) (\w+)", re.M)
SPDX = re.compile(r"^\s*(?://|/\*) SPDX-License-Identifier:[^\n]*\n")


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


def modules(directory):
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
                visit(needed.removeprefix("./"))
        doing.pop()
        done.append(name)

    visit(MAIN)
    return done


def variable(name):
    """The variable with what a module exports."""
    return "module_" + re.sub(r"\W", "_", name.removeprefix("./").removesuffix(".js"))


def imported(match):
    names, default, module = match.groups()
    if module == "uplot":
        return f"const {default} = module_uplot;\n"
    names = re.sub(r"(\w+) as (\w+)", r"\1: \2", " ".join(names.split()))
    return f"const {{ {names} }} = {variable(module)};\n"


def as_function(directory, name):
    text = SPDX.sub("", read(directory, name))
    exports = EXPORT.findall(text)
    text = EXPORT.sub(lambda m: m.group(0).removeprefix("export "), text)
    text = IMPORT.sub(imported, text)
    stray = re.search(r"^(import|export)\b.*", text, re.M)
    if stray:
        raise BundleError(f"{name}: not understood: {stray.group(0)}")
    return (f"const {variable(name)} = (() => {{\n{text}"
            f"return {{ {', '.join(exports)} }};\n}})();\n")


def script(directory):
    licence = read(directory, UPLOT_LICENSE).replace("*/", "* /")
    parts = ["'use strict';\n",
             f"/*! uPlot\n{licence.strip()}\n*/\n",
             "const module_uplot = (() => {\n",
             read(directory, UPLOT_SCRIPT), "\nreturn uPlot;\n})();\n"]
    parts += [as_function(directory, name) for name in modules(directory)]
    text = "".join(parts)
    # These would end the element early, or hide its end.
    if re.search(r"</script|<!--|<script", text, re.I):
        raise BundleError("a script contains a tag of HTML")
    return text


def style(directory):
    text = read(directory, UPLOT_STYLE) + "\n" + SPDX.sub("", read(directory, "page.css"))
    if "</" in text:
        raise BundleError("the style contains a tag of HTML")
    return text


def digest(text):
    value = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(value).decode()}'"


def page(directory):
    text = read(directory, "page.html")
    css, js = style(directory), script(directory)
    policy = ("default-src 'none'; base-uri 'none'; form-action 'none'; "
              f"script-src {digest(js)}; style-src {digest(css)}; "
              "require-trusted-types-for 'script'; trusted-types 'none'")
    for name, value in (("policy", policy), ("style", css), ("script", js),
                        ("uplot-license", read(directory, UPLOT_LICENSE).strip())):
        place = f"@{name}@"
        if text.count(place) != 1:
            raise BundleError(f"page.html must contain {place} once")
        before, after = text.split(place)
        text = before + value + after
    if text.count(DATA) != 1:
        raise BundleError(f"the page must contain {DATA} once")
    return text


def inputs(directory):
    found = ["bundle.py", "page.html", "page.css", UPLOT_SCRIPT, UPLOT_STYLE,
             UPLOT_LICENSE, *modules(directory)]
    for name in found:
        read(directory, name)
    return found


def main(arguments):
    try:
        if len(arguments) == 2 and arguments[0] == "--inputs":
            print("\n".join(inputs(arguments[1])))
        elif len(arguments) == 2:
            text = page(arguments[0])
            with open(arguments[1], "w", encoding="utf-8") as file:
                file.write(text)
        else:
            sys.exit(__doc__)
    except BundleError as error:
        sys.exit(f"bundle.py: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
