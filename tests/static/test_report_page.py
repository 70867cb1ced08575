#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The sources of the report's page: how they are bundled, and what they must not use."""

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
# pylint: disable=wrong-import-position
from common import tap                          # noqa: E402
from common.sources import SOURCE               # noqa: E402
from common.tap import equal, matches, test     # noqa: E402

PAGE = os.path.join(SOURCE, "tools", "report", "page")
BUNDLE = os.path.join(PAGE, "bundle.py")
NPM = os.path.join(SOURCE, "build", "npm")

# Text of a log must never become markup or code; nothing is fetched.
FORBIDDEN = (r"\b(inner|outer)HTML\b", r"\binsertAdjacentHTML\b", r"\bdocument\.write",
             r"\beval\b", r"\bnew Function\b", r"\bsrcdoc\b", r"\bDOMParser\b",
             r"\bcreateContextualFragment\b", r"\bsetTimeout\(['\"`]",
             r"\bXMLHttpRequest\b", r"\bfetch\(", r"\bWebSocket\b", r"\bimport\(",
             r"\blocalStorage\b", r"\bhttps?://")
IMPORT = re.compile(r"^import \{([^}]*)\} from '(\.\.?/[\w.-]+)';", re.M)
EXPORT = re.compile(r"^export (?:async )?(?:function\*?|const|let|class) (\w+)", re.M)


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def modules():
    """The page's modules, and those of the live page"""
    return sorted(name for folder in ("", "live")
                  for name in (os.path.join(folder, n) for n in
                               os.listdir(os.path.join(PAGE, folder)))
                  if name.endswith(".js"))


def bundle(*arguments):
    return subprocess.run([BUNDLE, *arguments], capture_output=True, text=True,
                          check=False)


def copied(scratch):
    """A copy of the sources, with uPlot where bundle.py looks for it"""
    page = os.path.join(scratch, "tools", "report", "page")
    shutil.copytree(PAGE, page)
    os.makedirs(os.path.join(scratch, "build"))
    os.symlink(NPM, os.path.join(scratch, "build", "npm"))
    return page


def change(path, old, new):
    text = read(path)
    equal(old in text, True, f"{old} in {path}")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace(old, new, 1))


def has_uplot():
    if not os.path.isdir(os.path.join(NPM, "uplot")):
        raise tap.Skip("build/npm/uplot is missing: not configured")


@test
def forbidden(_scratch):
    """No module makes markup or code of text, or fetches something."""
    found = [f"{name}: {match.group(0)}" for name in modules()
             for pattern in FORBIDDEN
             for match in re.finditer(pattern, read(PAGE, name))]
    equal(found, [], "forbidden")


@test
def imports(_scratch):
    """What a module imports is exported by another one, and used."""
    exports = {name: set(EXPORT.findall(read(PAGE, name))) for name in modules()}
    bad, used = [], set()
    for name in modules():
        text = read(PAGE, name)
        for words, path in IMPORT.findall(text):
            source = os.path.normpath(os.path.join(os.path.dirname(name), path))
            for word in filter(None, (w.strip() for w in words.split(","))):
                theirs, _, ours = word.partition(" as ")
                used.add((source, theirs))
                if theirs not in exports.get(source, ()):
                    bad.append(f"{name}: {source} does not export {theirs}")
                if len(re.findall(rf"\b{ours or theirs}\b", text)) < 2:
                    bad.append(f"{name}: {theirs} is not used")
    bad += [f"{name}: nobody imports {word}" for name, words in exports.items()
            for word in words if (name, word) not in used]
    equal(bad, [], "imports")


@test
def live(scratch):
    """The live page may connect to where it comes from, and has no data in it."""
    has_uplot()
    path = os.path.join(scratch, "live.html")
    done = bundle("--live", PAGE, path)
    equal((done.returncode, done.stdout, done.stderr), (0, "", ""), "bundle.py")
    page = read(path)
    said = matches(page, r'http-equiv="Content-Security-Policy" content="([^"]*)"')[1]
    matches(said, r"default-src 'none'; .*; connect-src 'self'; script-src 'sha256-")
    equal("uPlot" in page, False, "uPlot")
    listed = bundle("--live", "--inputs", PAGE).stdout.split()
    equal([n for n in modules() if n.startswith("live/") and n not in listed], [],
          "modules that the live page does not use")
    equal([n for n in bundle("--inputs", PAGE).stdout.split() if n.startswith("live/")],
          [], "modules of the live page in the report's")


@test
def syntax(_scratch):
    """Node.js accepts each module."""
    if not shutil.which("node"):
        raise tap.Skip("no node")
    for name in modules():
        done = subprocess.run(["node", "--input-type=module", "--check"],
                              input=read(PAGE, name), capture_output=True, text=True,
                              check=False)
        equal(done.returncode, 0, f"{name}: {done.stderr}")


def colours(css, theme):
    """The colours of a theme, by name"""
    block = matches(css, re.escape(theme) + r" \{(.*?)\n\}")[1]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def luminance(colour):
    """As WCAG defines it"""
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4
                        for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TEXTS = {"text": ("back", "panel", "hover", "chosen", "phase", "phase-odd"),
         "dim": ("back", "panel"), "error": ("back", "phase-odd"), "mark": ("back", "hover"),
         "only-a": ("back", "hover", "chosen"), "only-b": ("back", "hover", "chosen")}
DRAWN = ("read", "write", "mark", "irq", "pause", "pick", "focus", "accent")


@test
def contrasts(_scratch):
    """Text has a contrast of 4.5 at least, what is drawn 3, in light and dark."""
    css = read(PAGE, "page.css")
    for theme in ":root", ':root[data-theme="dark"]':
        known = colours(css, theme)
        low = [f"{text} on {back}: {contrast(known[text], known[back]):.2f}"
               for text, backs in TEXTS.items() for back in backs
               if contrast(known[text], known[back]) < 4.5]
        low += [f"{name}: {contrast(known[name], known['back']):.2f}" for name in DRAWN
                if contrast(known[name], known["back"]) < 3]
        equal(low, [], f"{theme}: too little contrast")


@test
def policy(scratch):
    """The page's policy has the hashes of its script and its style."""
    has_uplot()
    path = os.path.join(scratch, "page.html")
    done = bundle(PAGE, path)
    equal((done.returncode, done.stdout, done.stderr), (0, "", ""), "bundle.py")
    page = read(path)
    said = matches(page, r'http-equiv="Content-Security-Policy" content="([^"]*)"')[1]
    for tag in "script", "style":
        parts = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.S)
        equal(len(parts), 1, f"elements {tag}")
        digest = base64.b64encode(hashlib.sha256(parts[0].encode()).digest()).decode()
        equal(f"{tag}-src 'sha256-{digest}'" in said, True, f"{tag} in {said}")
    matches(said, r"default-src 'none'")
    equal(re.findall(r'\s(?:src|href|on\w+)="[^"]*"', page.split("<script>")[0]), [],
          "attributes that load or run something")
    matches(page, r"Copyright \(c\) \d+ Leon Sorokin")


@test
def inputs(_scratch):
    """bundle.py lists all sources of the page."""
    has_uplot()
    done = bundle("--inputs", PAGE)
    equal(done.returncode, 0, done.stderr)
    listed = done.stdout.splitlines()
    equal([name for name in modules()
           if name not in listed and not name.startswith("live/")], [],
          "modules that are not part of the page")
    equal([name for name in listed if not os.path.isfile(os.path.join(PAGE, name))],
          [], "inputs that are not there")


@test
def depfile(scratch):
    """The build system learns of a module that is imported newly."""
    has_uplot()
    page = copied(scratch)
    for name in "text.js", "live/model.js":
        with open(os.path.join(page, name), "a", encoding="utf-8") as file:
            file.write("import { more } from '" + "../" * name.count("/") + "more.js';\n")
    with open(os.path.join(page, "more.js"), "w", encoding="utf-8") as file:
        file.write("export const more = 1;\n")
    for more in (), ("--live",):
        out = os.path.join(scratch, "page.html")
        done = bundle(*more, page, out, f"{out}.d")
        equal((done.returncode, done.stderr), (0, ""), "bundle.py")
        target, _, words = read(f"{out}.d").partition(": ")
        equal(target, out, "target")
        equal([path for path in words.split() if not os.path.isfile(path)], [],
              "inputs that are not there")
        equal(os.path.join(page, "more.js") in words.split(), True, "more.js")


@test
def faults(scratch):
    """bundle.py refuses what would give a broken page, and names it."""
    has_uplot()
    cases = (
        ("dom.js", "export function byId", "import { at } from './text.js';\n"
         "export function byId", r"modules import each other: .*dom\.js"),
        ("dom.js", "export function byId", "export default function byId",
         r"dom\.js: not understood: export default"),
        ("dom.js", "'2d'", "'</script>'", r"a script contains a tag"),
        ("page.css", ":root {", ":root { /* </style> */", r"the style contains a tag"),
        ("page.html", "@policy@", "", r"must contain @policy@ once"),
        ("page.html", "<!-- vfio-trace report data -->", "", r"must contain <!-- vfio"),
        ("main.js", "'./keys.js'", "'./keyz.js'", r"keyz\.js is missing"),
    )
    for number, (name, old, new, says) in enumerate(cases):
        top = os.path.join(scratch, str(number))
        page = copied(top)
        change(os.path.join(page, name), old, new)
        done = bundle(page, os.path.join(top, "page.html"))
        equal(done.returncode, 1, f"status after a change of {name}: {new}")
        matches(done.stderr, says)
        equal(os.path.exists(os.path.join(top, "page.html")), False, "output")
    top = os.path.join(scratch, "none")
    page = copied(top)
    os.unlink(os.path.join(top, "build", "npm"))
    for arguments in ("--inputs", page), (page, os.path.join(top, "page.html")):
        done = bundle(*arguments)
        equal(done.returncode, 1, "status without uPlot")
        matches(done.stderr, r"uplot.* is missing; \./configure gets it")


if __name__ == "__main__":
    tap.main()
