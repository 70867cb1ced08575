# SPDX-License-Identifier: GPL-2.0-or-later
"""Windows guests: an unattended installation from the user's ISO.

iso         what Windows is on an ISO
editions    names of editions, their builds and product keys
options     the options' values, checked
osinfo      libosinfo's answer file
components  what an answer file may have where: a table, and its validator
answer      our answer file
policy      settings of the guest; devices that are held
drivers     drivers for the config CD
media       the config CD
qmp         key presses
install     the installation
cli         the command
"""
