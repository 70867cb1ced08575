# SPDX-License-Identifier: GPL-2.0-or-later
"""The directory with a run's results."""

import os
import shutil

from labkit import boots, devices

from ..common.errors import ImageError
from . import compare

FILES = ("trace.mmt", "device.mmt", "console.log", "config", "summary.txt",
         "serial.txt")
HEADER = "# guest-images/firmware"


class Directory:
    """The directory of a run, emptied of an earlier run's files.

    path: its path
    lab: the directory for the lab
    media: the directory for --media
    """

    def __init__(self, path, names):
        self.path = os.path.abspath(path)
        self.lab = os.path.join(self.path, "lab")
        self.media = os.path.join(self.path, "media")
        self.single = len(names) == 1
        if os.path.exists(path) and not os.path.isdir(path):
            raise ImageError("-o %s: it is not a directory" % path)
        os.makedirs(self.path, exist_ok=True)
        self._clear(names)

    def _clear(self, names):
        """Remove the files of an earlier run, and never others."""
        for directory in [self.path] + [os.path.join(self.path, n)
                                        for n in names]:
            have = [f for f in FILES
                    if os.path.lexists(os.path.join(directory, f))]
            if not have:
                continue
            summary = os.path.join(directory, "summary.txt")
            try:
                with open(summary, encoding="utf-8", errors="replace") as f:
                    ours = f.readline().startswith(HEADER)
            except OSError:
                ours = False
            if not ours:
                raise ImageError("%s has %s, which this command did not make; "
                                 "choose another directory" %
                                 (directory, have[0]))
            # summary.txt last: it says whose files these are
            for name in sorted(have, key=lambda n: n == "summary.txt"):
                os.unlink(os.path.join(directory, name))

    def collect(self, number, guest, device, work):
        """Move a guest's files to their place and compare them.

        work: the directory with what it was booted with
        Return: whether log and device agree; not if there is no access
        """
        out = self.path if self.single else os.path.join(self.path, guest.name)
        os.makedirs(out, exist_ok=True)
        path = {name: os.path.join(out, name) for name in FILES}
        with open(path["summary.txt"], "w", encoding="utf-8") as f:
            f.write(HEADER + "\n")
        host = os.path.join(self.lab, "host")
        for name in ("trace.mmt", "console.log"):
            os.replace(os.path.join(host, guest.name, name), path[name])
        serial = os.path.join(work, guest.name + "-serial.txt")
        if os.path.exists(serial):
            shutil.copyfile(serial, path["serial.txt"])
        shutil.copyfile(os.path.join(host, "config.%d" % number),
                        path["config"])
        compare.extract(os.path.join(self.lab, "device.mmt"), path["device.mmt"],
                        boots.post(number), boots.post(number + 1),
                        path["trace.mmt"])
        result = compare.compare(path["trace.mmt"], path["device.mmt"],
                                 path["config"],
                                 devices.split_spec(device)[0])
        text = _summary(guest, device, result)
        print(text, end="", flush=True)
        with open(path["summary.txt"], "a", encoding="utf-8") as f:
            f.write(text)
        return bool(result.accesses) and not result.difference


def _summary(guest, device, result):
    lines = ["%s: %s" % (guest.name, guest.does), "  device: " + device]
    for number in sorted({n for n, _ in result.counts}):
        lines.append("  BAR %d: %d reads, %d writes" % (
            number, result.counts[number, "R"], result.counts[number, "W"]))
    lines.append("  widths: " + (", ".join(
        "%d of %d" % (result.widths[w], w) for w in sorted(result.widths))
        or "none"))
    if result.parts:
        lines.append("  %d accesses arrived in parts: the device's emulation "
                     "takes smaller ones" % result.parts)
    if result.wider:
        lines.append("  %d accesses arrived as wider ones: the device's "
                     "emulation has no such width" % result.wider)
    if result.difference:
        lines += ["  log and device DIFFER: " + result.difference]
    elif not result.accesses:
        lines.append("  there is no access to compare")
    else:
        lines.append("  log and device agree: %d accesses, in order"
                     % result.accesses)
    return "\n".join(lines) + "\n"
