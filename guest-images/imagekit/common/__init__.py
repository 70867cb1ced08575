# SPDX-License-Identifier: GPL-2.0-or-later
"""What the image commands share.

errors      ImageError
progress    lines with the seconds since the start, and the work between them
command     programs of this machine: run, or named with their package if missing
output      files that appear complete or not at all
settings    the settings file that `vfio-trace run --vm` reads
places      this project's own files: the tool, the marker helper
cache       kept downloads and systems
main        what every command does: signals, errors, exit status
"""
