# SPDX-License-Identifier: GPL-2.0-or-later
"""Enough of C to read the arguments of a call."""

import os
import re

_TOKEN = re.compile(r"""/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""",
                    re.S)


def files(top, *directories):
    """Every C source and header below these."""
    for directory in directories:
        for where, _, names in sorted(os.walk(os.path.join(top, directory))):
            yield from (os.path.join(where, name) for name in sorted(names)
                        if name.endswith((".c", ".h")))


def read(path):
    """A source; blanks stand where comments were, so that lines stay."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    return _TOKEN.sub(lambda m: re.sub(r"[^\n]", " ", m.group())
                      if m.group().startswith("/") else m.group(), text)


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def _tokens(text, at):
    """Strings, characters and whatever else, one after the other"""
    while at < len(text):
        match = _TOKEN.match(text, at)
        end = match.end() if match else at + 1
        yield at, text[at:end]
        at = end


def arguments(text, at):
    """The arguments of a call, and where it ends; @at is at its parenthesis."""
    assert text[at] == "("
    args, depth, begin = [], 0, at + 1
    for where, token in _tokens(text, at):
        if token in "([{":
            depth += 1
        elif token in ")]}":
            depth -= 1
        if depth == 0 or (depth == 1 and token == ","):
            args.append(text[begin:where].strip())
            begin = where + 1
        if depth == 0:
            return args, where + 1
    raise AssertionError(f"line {line_of(text, at)}: a call without an end")


def outer_call(text, at):
    """Where the parenthesis is that encloses @at; None if there is none."""
    stack = []
    for where, token in _tokens(text, 0):
        if where >= at:
            break
        if token in "({":
            stack.append((where, token))
        elif token in ")}" and stack:
            stack.pop()
    return stack[-1][0] if stack and stack[-1][1] == "(" else None


def strings(text):
    """The values of the string literals in a piece of source."""
    found = re.finditer(r'(?:"(?:\\.|[^"\\])*"\s*)+', text)
    return ["".join(re.findall(r'"((?:\\.|[^"\\])*)"', m.group()))
            for m in found]
