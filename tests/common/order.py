# SPDX-License-Identifier: GPL-2.0-or-later
"""What tests/lab/guest/order.c has written: a number per vCPU that counts up."""

from . import devside


def written(accesses, pcidev):
    """(vCPU, number) of each write to a device, in order."""
    return [divmod(a.value, 1 << 24)
            for a in devside.in_bars(accesses, pcidev) if a.op == "W"]


def changes(sequence):
    """The number of changes from one vCPU to another."""
    return sum(a[0] != b[0] for a, b in zip(sequence, sequence[1:]))
