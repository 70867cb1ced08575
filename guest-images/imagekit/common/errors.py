# SPDX-License-Identifier: GPL-2.0-or-later
"""The error that ends a command."""


class ImageError(Exception):
    """A failure to be reported to the user as one clear line.

    log: text whose end helps to understand it, or None
    """

    def __init__(self, text, log=None):
        super().__init__(text)
        self.log = log
