# SPDX-License-Identifier: GPL-2.0-or-later
"""Progress: a line for each step, and a sign of life during long ones."""

import contextlib
import sys
import threading
import time

# Seconds between signs of life, on a terminal and in a log.
TICK = 1
TICK_LOG = 30


class Progress:
    """Prints lines with the seconds since the start."""

    def __init__(self, quiet=False, out=None):
        self.start = time.monotonic()
        self.quiet = quiet
        self.out = out or sys.stdout
        self._lock = threading.Lock()
        self._detail = ""

    def elapsed(self):
        """Seconds since the start."""
        return time.monotonic() - self.start

    def __call__(self, text):
        """Print one line."""
        if not self.quiet:
            with self._lock:
                self._clear()
                print(f"[{self.elapsed():6.1f}s] {text}", file=self.out,
                      flush=True)

    def detail(self, text):
        """Say what the current step is doing: shown with its sign of life."""
        self._detail = text

    def _clear(self):
        if self.out.isatty():
            print("\r\033[K", end="", file=self.out)

    def _tick(self, text, start):
        words = f"{text}: {time.monotonic() - start:.0f} s"
        if self._detail:
            words += f", {self._detail}"
        with self._lock:
            if self.out.isatty():
                print(f"\r\033[K          {words[:68]}", end="", file=self.out,
                      flush=True)
            else:
                print(f"          {words}", file=self.out, flush=True)

    @contextlib.contextmanager
    def step(self, text):
        """A step that may take long: its line, then signs of life."""
        self(text)
        self._detail = ""
        done = threading.Event()
        start = time.monotonic()

        def live():
            while not done.wait(TICK if self.out.isatty() else TICK_LOG):
                self._tick(text, start)

        thread = threading.Thread(target=live, daemon=True)
        if not self.quiet:
            thread.start()
        try:
            yield
        finally:
            done.set()
            if thread.ident:
                thread.join()
            with self._lock:
                if not self.quiet:
                    self._clear()
