# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages of the stand-in, on the serial port, and its one kind of error."""

import os


class Deviation(Exception):
    """Windows would not do what was asked for, or would do it differently."""


def say(text):
    """A line for who watches the serial port."""
    print(f"stand-in: {text}", flush=True)


def require(condition, text):
    if not condition:
        raise Deviation(text)


def read(path, binary=False):
    """A file's contents; of text without white space at the ends."""
    if binary:
        with open(path, "rb") as file:
            return file.read()
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read().strip()


def write(path, data):
    """Replace a file, and the directories above it if need be."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())
