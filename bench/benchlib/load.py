# SPDX-License-Identifier: GPL-2.0-or-later
"""What keeps QEMU's main loop busy while a guest's accesses are timed."""

import collections
import os
import sys
import threading

from . import TOP

sys.path.insert(0, os.path.join(TOP, "tests"))
from common import qemu                                          # noqa: E402

# guest: Job.load of bench/bare/bare.h: what the second vCPU does
# arguments: QEMU's; commands: QMP's, sent without a pause
Load = collections.namedtuple("Load", "name words guest arguments commands")

SCREEN_SLOT = 3                     # bench/bare/layout.h

LOADS = (
    Load("idle", "main loop idle", 0, (), ()),
    Load("qmp", "QMP flood", 0, (),
         (("query-cpus-fast", {}), ("query-vfio-trace", {}))),
    Load("disk", "disk at full speed", 1,
         ("-drive", "if=none,id=disk,driver=null-co,size=1G,read-zeroes=on",
          "-device", "ide-hd,drive=disk,bus=ide.0"), ()),
    Load("screen", "VGA redrawn", 2,
         ("-device", "VGA,romfile=,addr=%#x" % SCREEN_SLOT),
         (("screendump", {"filename": "/dev/null"}),)),
)


# What a monitor's client gets when QEMU ends, even within an answer
ENDED = (EOFError, OSError, ValueError)


class Flood(threading.Thread):
    """Sends QMP commands, each when the last one is answered, until QEMU ends.

    path: the monitor's socket
    begun: an Event, set when the first one is answered
    """

    def __init__(self, path, commands):
        super().__init__(daemon=True)
        self.monitor = qemu.QMP(path)
        self.commands = commands
        self.begun = threading.Event()

    def run(self):
        try:
            while True:
                for name, arguments in self.commands:
                    self.monitor.execute(name, **arguments)
                    self.begun.set()
        except ENDED:
            pass                        # the guest has ended
