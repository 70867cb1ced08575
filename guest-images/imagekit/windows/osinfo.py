# SPDX-License-Identifier: GPL-2.0-or-later
"""libosinfo's answer file.

libosinfo has an installation script for Windows, an XSLT program in osinfo-db.
It knows the accounts, the languages and what else does not depend on the
machine. It is made for a BIOS, for one driver path and for one script, and
osinfo-db ties it to Windows 10 and older: answer.py replaces these parts.
"""

import functools
import os
import tempfile
import xml.etree.ElementTree as ET

from ..common import command
from ..common.errors import ImageError

PROGRAM = "osinfo-install-script"
PACKAGE = "libosinfo-bin"
DATA_PACKAGE = "osinfo-db"
PROFILE = "desktop"
FILE = "autounattend.xml"

# It demands a key and takes passwords. A password in a file of another program
# is one more that must be kept safe, so it gets these, and the values are put
# into the tree.
PLACEHOLDER = "placeholder"
PLACEHOLDER_KEY = "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA"

# The newest Windows that all versions of osinfo-db have a script for.
FALLBACK = "win10"


def _profiles(program, os_id):
    try:
        return command.run([program, "--list-profiles", os_id],
                           "ask libosinfo for its scripts")
    except ImageError:
        return ""                       # this osinfo-db does not know it


@functools.lru_cache
def _has_script(program, os_id):
    return any(line.startswith(PROFILE + ":") and FILE in line.casefold()
               for line in _profiles(program, os_id).splitlines())


def answer_file(os_id, values):
    """libosinfo's answer file for a version of Windows: its tree.

    os_id: e.g. win11
    values: libosinfo's parameters
    """
    program = command.find(PROGRAM, PACKAGE)
    known = [i for i in (os_id, FALLBACK) if _has_script(program, i)]
    if not known:
        raise ImageError(f"libosinfo has no script for {FALLBACK}: install the "
                         f"package {DATA_PACKAGE}")
    config = {"admin-password": PLACEHOLDER, "user-password": PLACEHOLDER,
              "reg-product-key": PLACEHOLDER_KEY, "hardware-arch": "x86_64",
              "target-disk": "C", **values}
    with tempfile.TemporaryDirectory(prefix="vfio-trace-osinfo-") as directory:
        path = os.path.join(directory, "config")
        with open(path, "w", encoding="utf-8") as file:
            file.write("[install-script]\n")
            for key, value in config.items():
                file.write(f"{key}={value}\n")
        command.run([program, "--quiet", f"--profile={PROFILE}",
                     f"--output-dir={directory}", f"--config-file={path}",
                     known[0]], "make libosinfo's answer file")
        made = [n for n in os.listdir(directory) if n.casefold() == FILE]
        if not made:
            raise ImageError(f"libosinfo's script for {known[0]} made no {FILE}")
        try:
            return ET.parse(os.path.join(directory, made[0])).getroot()
        except ET.ParseError as error:
            raise ImageError("libosinfo's answer file is no XML: "
                             f"{error}") from None
