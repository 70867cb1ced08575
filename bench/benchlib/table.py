# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of results, for people and as JSON."""

import dataclasses
import json

# Number of digits that a value is shown with.
DIGITS = 4


def _number(value):
    if value >= 10 ** (DIGITS - 1):
        return "%d" % round(value)
    return "%.*g" % (DIGITS - 1, value)


def _spread(low, high):
    return "%s..%s" % (_number(low), _number(high))


@dataclasses.dataclass
class Row:
    """A line of the table.

    value, ratio: (median, first quartile, third quartile), or None
    base: the case that the ratio refers to
    most, least: the target, for the ratio if there is one
    """

    part: str
    case: str
    value: tuple
    unit: str
    base: str = None
    ratio: tuple = None
    most: float = None
    least: float = None

    @property
    def met(self):
        """Whether the target is met; None without a target."""
        got = (self.ratio or self.value)[0]
        if self.most is not None:
            return got <= self.most
        if self.least is not None:
            return got >= self.least
        return None

    def cells(self):
        target = ""
        if self.most is not None:
            target = "<= %g" % self.most
        elif self.least is not None:
            target = ">= %g" % self.least
        return (self.case, _number(self.value[0]), _spread(*self.value[1:]),
                self.unit,
                "%.3f" % self.ratio[0] if self.ratio else "",
                "%.3f..%.3f" % self.ratio[1:] if self.ratio else "",
                "/ " + self.base if self.base else "", target,
                {True: "met", False: "MISSED", None: ""}[self.met])

    def as_json(self):
        return dict(dataclasses.asdict(self), met=self.met)


HEAD = ("case", "median", "quartiles", "unit", "ratio", "quartiles", "to",
        "target", "")
RIGHT = (False, True, True, False, True, True, False, True, False)


def show(rows, skipped):
    """The table as text."""
    cells = [HEAD] + [r.cells() for r in rows]
    widths = [max(len(c[i]) for c in cells) for i in range(len(HEAD))]

    def line(row):
        return "  ".join(c.rjust(w) if right else c.ljust(w) for c, w, right
                         in zip(row, widths, RIGHT)).rstrip()

    out = [line(HEAD)]
    part = None
    for row in rows:
        if row.part != part:
            part = row.part
            out += ["", part]
        out.append(line(row.cells()))
    if skipped:
        out += [""] + ["skipped: %s: %s" % s for s in skipped]
    return "\n".join(out)


def save(path, rows, skipped, about):
    """Everything as JSON."""
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"about": about, "rows": [r.as_json() for r in rows],
                   "skipped": [{"what": w, "why": y} for w, y in skipped]},
                  f, indent=1)
        f.write("\n")
