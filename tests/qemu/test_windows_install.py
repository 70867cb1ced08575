#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 80
# timeout: 1800
# memory: 3 GiB
"""guest-images/windows installs a stand-in for Windows, from its ISO to the end.

tests/standin makes the media and plays Windows Setup: it ends with an error
where Windows would not do what the answer file, the scripts and the machine ask
for. Firmware with Secure Boot, TPM, key presses, restarts and boot order are the
real ones; there is no KVM in it.
"""

import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "lab"))
from common import tap                                          # noqa: E402
from common.tap import Skip, equal, matches, test               # noqa: E402
from standin import host                                        # noqa: E402

HELD = "PCI\\VEN_8086&DEV_10D3"


def in_order(text, *patterns):
    """The patterns match, one after the other."""
    for pattern in patterns:
        text = text[re.search(pattern, text).end():] if re.search(pattern, text) \
            else matches(text, pattern, "what the guest said next")


@test
def windows_11(scratch):
    """Windows 11 with Secure Boot, TPM and a held device: installed, started again"""
    tap.first_series()
    said, disk = host.install(scratch, "11", "--hold-driver=8086:10d3")
    in_order(said, "Windows Setup has started", "runs for the first time",
             "settings are made", "the first logon", "is installed")
    for suffix, mode in ((".conf", None), (".nvram", 0o600), (".password", 0o600),
                         (".tpm", 0o700)):
        path = disk.replace(".qcow2", suffix)
        equal(os.path.exists(path), True, f"{suffix} is there")
        equal(mode in (None, os.stat(path).st_mode & 0o777), True, f"mode of {suffix}")
    # the device appears only now
    serial = host.start(disk, "-device", "e1000e,romfile=,addr=0x10")
    in_order(serial, "installed begins, started by 'Windows Boot Manager'",
             "ok the TPM has kept its secret", f"held 0000:00:10.0 {re.escape(HELD)}",
             "releasing 0000:00:10.0", f"driver 0000:00:10.0 {re.escape(HELD)}: e1000e",
             "ok 0000:00:10.0 was used as eth0", "installed ends")


# version, options, Secure Boot, TPM
VARIANTS = (
    ("10", ["--no-tpm"], True, False),
    ("11", ["--test-signing", "--no-tpm"], False, False),
    ("2022", ["--debug=serial"], False, True),
    ("2019", [], True, True),
    ("2025", ["--edition=ServerStandard"], True, True),
)


@test
def variants(scratch):
    """other versions of Windows, without TPM, without Secure Boot"""
    if not tap.rounds(0, 1):
        raise Skip("make check-full runs this")
    for number, (version, options, secure, tpm) in enumerate(VARIANTS):
        place = os.path.join(scratch, str(number))
        os.mkdir(place)
        _, disk = host.install(place, version, *options)
        serial = host.start(disk)
        in_order(serial, f"Secure Boot is {'on' if secure else 'off'}",
                 "has kept its secret" if tpm else "there is no TPM",
                 "no device is held", "installed ends")
        subprocess.run(["rm", "-rf", place], check=True)


@test
def no_key(scratch):
    """without a key, Setup does not start"""
    if not tap.rounds(0, 1):
        raise Skip("make check-full runs this")
    serial = host.without_key(scratch)
    matches(serial, "Press any key to boot from CD or DVD", "the prompt")
    equal("Loading files" in serial, False, "Setup has started")


if __name__ == "__main__":
    tap.main()
