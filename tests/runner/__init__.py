# SPDX-License-Identifier: GPL-2.0-or-later
"""What tests/run is made of."""
