# SPDX-License-Identifier: GPL-2.0-or-later
"""Samples of several rounds, with medians and ratios."""

import collections
import statistics


def summary(values):
    """(median, first quartile, third quartile)"""
    values = list(values)
    if len(values) < 2:
        return (values[0],) * 3
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return middle, low, high


class Samples:
    """Values by case and round.

    Cases of one round ran side by side: a ratio is taken within each round,
    and then the median of the ratios.
    """

    def __init__(self, unit):
        self.unit = unit
        self.of = collections.OrderedDict()

    def add(self, case, value, round_=None):
        rounds = self.of.setdefault(case, {})
        rounds[len(rounds) if round_ is None else round_] = value

    def __contains__(self, case):
        return case in self.of

    def summary(self, case):
        return summary(self.of[case].values())

    def ratio(self, case, base):
        a, b = self.of[case], self.of[base]
        return summary(a[i] / b[i] for i in a if i in b)
