# SPDX-License-Identifier: GPL-2.0-or-later
"""The settings file that `vfio-trace run --vm FILE` reads (a GKeyFile)."""

import os
import shlex

from .errors import ImageError


def _escape(text):
    """A value as GKeyFile writes it."""
    text = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
    # blanks at the start would be lost
    stripped = text.lstrip(" ")
    return "\\s" * (len(text) - len(stripped)) + stripped


def _value(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ";".join(_escape(str(v)).replace(";", "\\;") for v in value)
    return _escape(str(value))


def path_of(image):
    """Path of the settings file of an image: guest.qcow2 has guest.conf."""
    return os.path.splitext(image)[0] + ".conf"


def text(values, comment=""):
    """The text of a settings file.

    values: run's long options without dashes, to a string, number, boolean or
        list; paths are relative to the file's directory
    comment: lines on top
    """
    lines = [f"# {line}".rstrip() for line in comment.splitlines()]
    lines.append("[vfio-trace]")
    for key, value in values.items():
        if not key.replace("-", "").isalnum():
            raise ImageError(f"no key of a settings file: {key}")
        lines.append(f"{key}={_value(value)}")
    return "\n".join(lines) + "\n"


def _run(path):
    """The command that boots the guest, without a device."""
    shown = os.path.relpath(path)
    if shown.startswith("../"):
        shown = os.path.abspath(path)
    elif "/" not in shown:
        # without a slash it would be the name of a settings file
        shown = "./" + shown
    return f"vfio-trace run --vm {shlex.quote(shown)}"


def next_command(path, device="01:00.0"):
    """The command that boots the guest with a traced device."""
    return f"sudo {_run(path)} {device}"


def look_command(path):
    """The command that shows the guest, without a device."""
    return f"{_run(path)} --no-device --display vnc"
