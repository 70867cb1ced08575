# SPDX-License-Identifier: GPL-2.0-or-later
"""The order of versions."""

import re


def natural(version):
    """A key to sort versions by."""
    return [int(x) if x.isdigit() else x for x in re.split(r"(\d+)", version)]
