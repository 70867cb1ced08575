# SPDX-License-Identifier: GPL-2.0-or-later
"""Statistics of a run's logs. Comparing one log with another is the work of
`vfio-trace compare`."""

import collections
import os

from .errors import LabError


def count(path):
    """Records by kind, and the events that the log says were lost."""
    kinds = collections.Counter()
    with open(path, "rb") as f:
        for line in f:
            kinds[line.split(b" ", 1)[0].strip().decode(errors="replace")] += 1
            if line.startswith(b"MARK ") and b" Lost " in line:
                words = line.split()
                if words[-1] == b"events." and words[-2].isdigit():
                    kinds["lost"] += int(words[-2])
            elif line.startswith(b"CPU:") and b"LOST" in line:
                # ftrace writes this when its buffer was overrun
                kinds["lost"] += 1
            elif line.endswith(b" vfio-trace: end\n"):
                kinds["end"] += 1
    return kinds


def _need(out, name):
    path = os.path.join(out, name)
    if not os.path.exists(path):
        raise LabError("the run left no " + name)
    return count(path)


def _traces(plan):
    """The names of the guests' logs."""
    if plan.boots and not plan.plain:
        return ["host/%s/trace.mmt" % b.name if b.name else "trace.mmt"
                for b in plan.boots]
    return [] if plan.plain or plan.host_only else ["trace.mmt"]


def summary(plan, out):
    """A short description of the logs. Raises LabError if one is incomplete."""
    words = []
    for name in _traces(plan):
        n = _need(out, name)
        if n["lost"]:
            raise LabError("%s lacks %d events" % (name, n["lost"]))
        if not n["end"]:
            raise LabError("%s was not brought to its end" % name)
        words.append("%s has %d R, %d W, %d marks" %
                     (name, n["R"], n["W"], n["MARK"]))
    if plan.oracle:
        n = _need(out, "oracle.mmt")
        if n["lost"]:
            raise LabError("the guest's mmiotrace lost %d events" % n["lost"])
        if not n["R"] + n["W"]:
            raise LabError("the guest's mmiotrace saw no access")
        words.append("oracle.mmt has %d R, %d W" % (n["R"], n["W"]))
    return "; ".join(words) or "no log was asked for"
