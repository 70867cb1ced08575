# SPDX-License-Identifier: GPL-2.0-or-later
"""TPM 2.0 and Secure Boot, as the stand-in finds them."""

import fcntl
import os
import struct

from say import Deviation, read, require, say

SECURE_BOOT = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
LOCKDOWN = "/sys/kernel/security/lockdown"
TPM = "/dev/tpmrm0"

# TPM 2.0 Library Specification, part 2
SESSIONS, NO_SESSIONS = 0x8002, 0x8001
NV_DEFINE, NV_WRITE, NV_READ, GET_RANDOM = 0x12a, 0x137, 0x14e, 0x17b
GET_CAPABILITY = 0x17a
OWNER, PASSWORD, SHA256 = 0x40000001, 0x40000009, 0x0b
INDEX = 0x01800018
# the owner and who knows the (empty) password may read and write; no lockout
ATTRIBUTES = 0x00000002 | 0x00000004 | 0x00020000 | 0x00040000 | 0x02000000


def secure_boot():
    """Is Secure Boot on, for the firmware and for the kernel?"""
    if not os.path.exists(SECURE_BOOT) or read(SECURE_BOOT, True)[4:] != b"\1":
        return False
    require("[none]" not in read(LOCKDOWN),
            "the firmware has Secure Boot, and the kernel does not know")
    return True


class Tpm:
    """A TPM 2.0, by the few commands needed here."""

    def __init__(self):
        require(os.path.exists(TPM), "there is no TPM 2.0")
        self._file = os.open(TPM, os.O_RDWR)
        fcntl.fcntl(self._file, fcntl.F_SETFD, fcntl.FD_CLOEXEC)

    def _command(self, code, handles=b"", parameters=b"", authorized=False):
        body = handles
        if authorized:
            area = struct.pack(">IHBH", PASSWORD, 0, 0, 0)
            body += struct.pack(">I", len(area)) + area
        body += parameters
        os.write(self._file, struct.pack(
            ">HII", SESSIONS if authorized else NO_SESSIONS, 10 + len(body), code) + body)
        answer = os.read(self._file, 4096)
        _, _, status = struct.unpack_from(">HII", answer)
        if status:
            raise Deviation(f"the TPM answers command {code:#x} with {status:#x}")
        return answer[10 + (4 if authorized else 0):]

    def random(self, count):
        answer = self._command(GET_RANDOM, parameters=struct.pack(">H", count))
        require(len(answer) == 2 + count, "the TPM's random number is short")
        return answer[2:]

    def family(self):
        """The version that it says it has: "2.0"."""
        answer = self._command(GET_CAPABILITY, parameters=struct.pack(">III", 6, 0x100, 1))
        return answer[-4:].rstrip(b"\0").decode("ascii", "replace")

    def keep(self, data):
        """Store data in the TPM, as Windows stores keys."""
        public = struct.pack(">IHIHH", INDEX, SHA256, ATTRIBUTES, 0, len(data))
        self._command(NV_DEFINE, struct.pack(">I", OWNER),
                      struct.pack(">HH", 0, len(public)) + public, True)
        self._command(NV_WRITE, struct.pack(">II", OWNER, INDEX),
                      struct.pack(">H", len(data)) + data + struct.pack(">H", 0), True)

    def kept(self, length):
        answer = self._command(NV_READ, struct.pack(">II", OWNER, INDEX),
                               struct.pack(">HH", length, 0), True)
        return answer[2:2 + length]


def check(version, bypassed):
    """The requirements of this version of Windows; returns the TPM or None."""
    secure = secure_boot()
    say(f"ok Secure Boot is {'on' if secure else 'off'}")
    require(secure or version != "11" or "securebootcheck" in bypassed,
            "Windows 11 requires Secure Boot, and it is off")
    try:
        tpm = Tpm()
        require(tpm.family() == "2.0", f"the TPM is a {tpm.family()}")
        require(tpm.random(16) != tpm.random(16), "the TPM's random numbers are equal")
        say("ok TPM 2.0 answers")
        return tpm
    except Deviation:
        if version == "11" and "tpmcheck" not in bypassed:
            raise
        say("ok no TPM, and none is required")
        return None
