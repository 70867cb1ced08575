# SPDX-License-Identifier: GPL-2.0-or-later
"""A stand-in for Windows: media, setup and system, from Debian's packages.

media.py makes an ISO that is laid out like one of Windows, with the boot chain
that Secure Boot accepts: Debian's signed shim, GRUB and kernel. The programs in
guest/ play Windows Setup and the installed system: they follow the answer file
and the installed settings, and end with an error where Windows would not do
what those ask for.
"""
