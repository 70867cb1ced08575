#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# In L1: prints the addresses of the first I/O submission queue and completion
# queue, from the commands that the last snapshots of nvme's admin queue have
# (opcodes 1 and 5: create an I/O submission queue, completion queue).

awk '
function address(command,   i, text) {
    # PRP entry 1, the lower half: bytes 24 to 27, little endian
    for (i = 3; i >= 0; i--) {
        text = text substr(command, 49 + 2 * i, 2)
    }
    return "0x" text
}
/vfio-trace: snapshot-data / {
    for (i = 1; i < length($NF); i += 128) {
        command = substr($NF, i, 128)
        queue = substr(command, 81, 4)
        if (queue == "0100" && substr(command, 1, 2) == "01") {
            sq = address(command)
        }
        if (queue == "0100" && substr(command, 1, 2) == "05") {
            cq = address(command)
        }
    }
}
END { print sq, cq }' /out/trace.mmt
