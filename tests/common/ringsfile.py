# SPDX-License-Identifier: GPL-2.0-or-later
"""Rings files and register databases, as far as tests compare them."""

import re
import xml.etree.ElementTree as ET

NAMESPACE = "{http://nouveau.freedesktop.org/}"
REGISTER = re.compile(
    r"register\s+(?P<name>\w+)(?:\[(?P<low>\d+)\.\.(?P<high>\d+)\])?"
    r"\s+(?P<place>\w+):(?P<offset>\w+|\(.*?\)(?=:)):(?P<width>\d)(?P<rest>.*)")


def statements(path):
    """The lines of a file without comments, those that go on put together."""
    with open(path, encoding="utf-8") as f:
        text = re.sub(r"#.*", "", f.read())
    return [" ".join(line.split()) for line in
            re.sub(r"\\\s*\n", " ", text).splitlines() if line.strip()]


def number(expression):
    """The value of an expression, all registers being 0."""
    plain = re.sub(r"\b[A-Za-z_][\w.]*", "0", expression)
    if not re.fullmatch(r"[\s\dxXa-fA-F+*<>&|~()-]*", plain):
        raise AssertionError(f"not a plain expression: {expression}")
    # the same precedences as here, of all that is in it
    return eval(plain, {"__builtins__": {}})         # pylint: disable=eval-used


class Register:
    """A `register` statement."""

    def __init__(self, line):
        m = REGISTER.fullmatch(line)
        if not m:
            raise AssertionError(f"not understood: {line}")
        self.name = m["name"]
        self.place = m["place"]
        self.offset = number(m["offset"])
        self.bits = 8 * int(m["width"])
        rest = m["rest"]
        self.low = int(m["low"] or 0)
        self.elements = int(m["high"] or 0) - self.low + 1
        self.banked = " bank " in rest
        fields = re.findall(r"(\w+)=(\d+)(?::(\d+))?", rest)
        self.fields = {name: (int(high), int(low or high))
                       for name, high, low in fields}
        words = re.sub(r"\w+=[\d:]+", "", rest).split()
        self.reads = bool({"r", "rw"} & set(words[:1]))
        stride = re.search(r"\bstride (.*?)(?= \w+=|$)", rest)
        self.stride = number(stride[1]) if stride else self.bits // 8


def registers(path):
    """{name: Register} of a rings file."""
    found = [Register(line) for line in statements(path)
             if line.startswith("register ")]
    return {r.name: r for r in found}


def words(path, word):
    """What follows a word, in all its statements."""
    return [line.split(None, 1)[1] for line in statements(path)
            if line.split()[0] == word]


class Element:
    """A register of a database: name with "." between the parts."""

    def __init__(self, name, offset, bits, repeats, fields):
        self.name = name
        self.offset = offset
        self.bits = bits
        self.repeats = repeats          # [(elements, stride)]
        self.fields = fields            # {name: (high, low)}


def _int(text):
    return int(text, 0)


def _fields(node, bitsets):
    found = {}
    for f in node.iter(NAMESPACE + "bitfield"):
        low = _int(f.get("pos") or f.get("low"))
        found[f.get("name")] = (_int(f.get("pos") or f.get("high")), low)
    return found or bitsets.get(node.get("type"), {})


def _elements(node, bitsets, prefix="", base=0, repeats=()):
    for e in node:
        kind = e.tag.removeprefix(NAMESPACE)
        if kind not in ("array", "stripe") and not re.fullmatch(r"reg\d+",
                                                                kind):
            continue
        name = prefix + (e.get("name") or "")
        offset = base + _int(e.get("offset"))
        again = list(repeats)
        if e.get("length"):
            again.append((_int(e.get("length")), _int(e.get("stride"))))
        if kind.startswith("reg"):
            yield Element(name, offset, int(kind[3:]), again,
                          _fields(e, bitsets))
        else:
            yield from _elements(e, bitsets, name + ".", offset, again)


class Domain:
    """A domain of a database."""

    def __init__(self, node, bitsets):
        self.size = _int(node.get("size"))
        self.elements = {e.name: e for e in _elements(node, bitsets)}


def domains(path):
    """{name: Domain} of one XML file, without those that it imports."""
    top = ET.parse(path).getroot()
    bitsets = {b.get("name"): _fields(b, {})
               for b in top.findall(NAMESPACE + "bitset")}
    return {d.get("name"): Domain(d, bitsets)
            for d in top.findall(NAMESPACE + "domain")}
