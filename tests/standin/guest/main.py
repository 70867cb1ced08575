# SPDX-License-Identifier: GPL-2.0-or-later
"""The stand-in's program: exit status 0: power off, 10: restart, else an error."""

import os
import sys
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# pylint: disable=wrong-import-position
from say import Deviation, say      # noqa: E402
from system import System           # noqa: E402
from winpe import Setup             # noqa: E402

RESTART = 10


def main(phase):
    if phase == "winpe":
        Setup().run()
        return RESTART
    return RESTART if System().run() else 0


if __name__ == "__main__":
    try:
        status = main(sys.argv[1])
    except Deviation as deviation:
        say(f"ERROR: {deviation}")
        status = 1
    except Exception:   # pylint: disable=broad-except
        say(f"ERROR: {traceback.format_exc()}")
        status = 2
    sys.exit(status)
