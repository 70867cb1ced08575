# SPDX-License-Identifier: GPL-2.0-or-later
"""TAP, the Test Anything Protocol, as a test program prints it."""

import re
import signal


def signal_name(number):
    """SIGTERM and so on; real-time signals have no names."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


class TapStream:
    """The state of a program's TAP output."""

    LINE = re.compile(r"(not )?ok\b(?:\s+(\d+))?\s*(?:-\s*)?(.*)$")
    PLAN = re.compile(r"1\.\.(\d+)\s*(?:#\s*skip\S*\s*(.*))?$", re.I)
    DIRECTIVE = re.compile(r"(?:^|\s)#\s*(skip|todo)\S*\s*(.*)$", re.I)

    def __init__(self):
        self.planned = None
        self.points = 0
        self.failed = 0
        self.skip_all = None
        self.bailed = None

    def feed(self, line):
        """Return (verdict, name, why) if LINE is a test point, else None."""
        if line.startswith("Bail out!"):
            self.bailed = line[len("Bail out!"):].strip() or "no reason given"
            return None
        plan = self.PLAN.match(line)
        if plan:
            self.planned = int(plan.group(1))
            if self.planned == 0:
                self.skip_all = plan.group(2) or "no reason given"
            return None
        point = self.LINE.match(line)
        if not point:
            return None
        self.points += 1
        bad, _, name = point.groups()
        directive = self.DIRECTIVE.search(name)
        if directive:
            name = name[:directive.start()]
            kind, why = directive.groups()
            # unlike in TAP, a TODO test that fails counts as failed
            if kind.lower() == "skip" and not bad:
                return "skip", name.strip(), why or "no reason given"
        if bad:
            self.failed += 1
            return "FAIL", name.strip(), ""
        return "ok", name.strip(), ""

    def complaint(self, status, timed_out):
        """Why the program as a whole failed, or None."""
        if timed_out:
            return f"timed out after {timed_out} s"
        if self.bailed:
            return f"bailed out: {self.bailed}"
        if status < 0:
            return f"killed by {signal_name(-status)}"
        if self.planned is None:
            return f"no TAP plan (exit status {status})"
        if self.points != self.planned:
            return f"{self.planned} tests planned, {self.points} seen"
        if status != 0 and not self.failed:
            return f"exit status {status}"
        return None
