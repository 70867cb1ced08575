# SPDX-License-Identifier: GPL-2.0-or-later
"""The output of parallel programs, printed one program after the other.

The program that started first prints at once; the others' output is kept until
their turn comes. So each program's lines stay together, in their own order, and
a run with one job prints as the program does.
"""

import threading
import time

HEARTBEAT = 20          # seconds of silence before a sign of life


class Console:
    """Standard output. All methods may be called by any thread."""

    def __init__(self):
        self.lock = threading.RLock()
        self.turns = []             # programs that have begun, the one that prints first
        self.kept = {}              # kept lines of the others
        self.started = {}
        self.spoke = time.monotonic()

    def begin(self, name):
        """NAME starts: it prints when all before it have ended."""
        with self.lock:
            self.turns.append(name)
            self.kept[name] = []
            self.started[name] = time.monotonic()

    def end(self, name):
        """NAME has ended, and all its output is known."""
        with self.lock:
            del self.started[name]
            if self.turns[0] != name:
                return
            while self.turns and self.turns[0] not in self.started:
                self._release(self.turns[0])
                self.kept.pop(self.turns.pop(0))
            if self.turns:
                self._release(self.turns[0])

    def _release(self, name):
        for line in self.kept[name]:
            self._print(line)
        self.kept[name] = []

    def _print(self, line):
        print(line, flush=True)
        self.spoke = time.monotonic()

    def say(self, name, line):
        """A line of NAME's."""
        with self.lock:
            if self.turns and self.turns[0] == name:
                self._print(line)
            else:
                self.kept[name].append(line)

    def note(self, line):
        """Print a line of the runner itself at once."""
        with self.lock:
            self._print(line)

    def heartbeat(self):
        """Print what is running if nothing was printed for a while."""
        with self.lock:
            now = time.monotonic()
            if now - self.spoke > HEARTBEAT and self.started:
                self._print("...           " + ", ".join(
                    f"{name} ({now - at:.0f} s)"
                    for name, at in self.started.items()))
