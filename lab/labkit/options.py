# SPDX-License-Identifier: GPL-2.0-or-later
"""Kinds of options, for the lab and for guest-images/."""

import argparse


class Words(argparse.Action):
    """An option that may be repeated and takes a comma-separated list."""

    def __call__(self, parser, namespace, values, option_string=None):
        words = [w for w in values.split(",") if w]
        setattr(namespace, self.dest, getattr(namespace, self.dest) + words)


def count(least, most=None):
    """A type of options: a number within limits."""
    def parse(text):
        n = int(text)
        if n < least or (most and n > most):
            raise argparse.ArgumentTypeError("must be %d or more" % least if
                                             not most else "must be %d to %d"
                                             % (least, most))
        return n
    parse.__name__ = "number"
    return parse
