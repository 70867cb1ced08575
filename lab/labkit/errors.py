# SPDX-License-Identifier: GPL-2.0-or-later
"""The error that ends a run of the lab."""


class LabError(Exception):
    """A failure to be reported to the user as one clear line.

    log: a file whose tail helps to understand it, or None.
    """

    def __init__(self, text, log=None):
        super().__init__(text)
        self.log = log
