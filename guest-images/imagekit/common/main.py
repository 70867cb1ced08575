# SPDX-License-Identifier: GPL-2.0-or-later
"""What every image command does."""

import signal
import sys

from .errors import ImageError

LOG_LINES = 20
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Killed(BaseException):
    """A signal to end the command; the argument is its number."""


def _on_signal(number, _frame):
    # a second one, of any kind, must not interrupt the cleaning up of the first
    for other in SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    raise Killed(number)


def run(name, work):
    """Run a command's work, and report how it failed. Return: exit status

    A command that is ended by a signal cleans up as after an error.

    name: the command's name, for messages
    work: a function without arguments
    """
    for number in SIGNALS:
        signal.signal(number, _on_signal)
    try:
        work()
    except Killed as error:
        print(f"{name}: ended by signal {error.args[0]}", file=sys.stderr)
        return 128 + error.args[0]
    except (ImageError, OSError) as error:
        log = getattr(error, "log", None)
        if log:
            for line in log.rstrip().splitlines()[-LOG_LINES:]:
                print(f"| {line}", file=sys.stderr)
        print(f"{name}: {error}", file=sys.stderr)
        return 1
    return 0
