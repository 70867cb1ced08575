# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes images of guests: one package for each kind of guest.

common/     errors, progress, output files, settings files, the cache
linux/      Debian, from apt's packages
windows/    Windows, from its ISO
firmware/   iPXE, OVMF, SeaBIOS, GRUB and others, in the lab
"""

import os
import sys

# labkit is a neighbour of guest-images/, in a checkout and installed
sys.path.append(os.path.join(os.path.dirname(os.path.realpath(__file__)),
                             "..", "..", "lab"))
