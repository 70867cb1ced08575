#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# needs: lab-kernel
# timeout: 3600
"""A BAR of 16 GiB with one traced page: the rest keeps its large mappings.

L1's KVM reports the mapping sizes in its nested page tables: all are 1 GiB, or
2 MiB near the page, except for the 2 MiB that contain the page. VFIO's mmaps
allow that since Linux 6.12, so L1 uses the kernel that the lab has for iommufd,
which it builds the first time. That takes minutes, hence the timeout.
(The guest's own page tables use 4 KiB there: that is how its kernel maps a file
of sysfs.)
"""

import json
import os
import re
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, mmt, tap                                 # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

GIB, MIB = 1 << 30, 1 << 20
SIZE, PAGE, WRITES = 16 * GIB, 8 * GIB, 1000
# KVM also maps the guest's RAM of 256 MiB.
RAM = 256 // 2

QUERY = {"execute": "query-stats", "arguments": {
    "target": "vm", "providers": [
        {"provider": "kvm", "names": ["pages_2m", "pages_1g"]}]}}
SCRIPT = r"""
set -e
echo 1 > $DEV/enable
host 'qmp "$(cat /extra/query)"' > $LAB_OUT/before
/extra/large $DEV/resource2 %#x
host 'qmp "$(cat /extra/query)"' > $LAB_OUT/after
""" % PAGE


def mappings(text):
    """KVM's counters: {name: value}."""
    return {s["name"]: s["value"]
            for s in json.loads(text)["return"][0]["stats"]}


def boot(scratch, device, query):
    """The lab with that file as its device."""
    run = lab.Run(
        scratch, device="ivshmem-plain,memdev=device", driver="none",
        outer_arg=["-object", "memory-backend-file,id=device,share=on,"
                   f"size={SIZE},mem-path={device}"],
        host_kernel="iommufd", trace_opts=f"windows=2:{PAGE:#x}:4K",
        extra=[lab.compile_guest(scratch, "large"), query], script=SCRIPT,
        timeout=600)
    lab.tool("check", "--complete", run.path("trace.mmt"))
    return run


def judge_log(log):
    """The log has the traced page's accesses, and no others."""
    bar = log.of(mmt.Pcidev)[0].start[2] & ~15
    equal([(a.op, a.width, a.addr - bar, a.value) for a in log.accesses()],
          [("W", 4, PAGE, n) for n in range(WRITES)], "accesses in the log")


def words(device):
    """The words that the program has written: {offset: word}."""
    found = {}
    for offset in [*range(0, SIZE, 2 * MIB), PAGE - 4]:
        device.seek(offset)
        found[offset], = struct.unpack("<I", device.read(4))
    return found


def judge_device(found):
    """All writes have reached the device, each in its place."""
    for offset, got in found.items():
        last = offset in (PAGE, PAGE - 4)
        equal(got, WRITES - 1 if last else offset // (2 * MIB),
              f"word at {offset:#x} of the device")


def judge_mappings(run):
    """KVM's mappings of the BAR, and their effect on the speed."""
    before, after = (mappings(run.text(f"guest/{n}"))
                     for n in ("before", "after"))
    new = {name: after[name] - before[name] for name in after}
    print(f"# new mappings of KVM's: {new}", flush=True)
    equal(new["pages_1g"], SIZE // GIB - 1, "mappings of 1 GiB")
    around = GIB // (2 * MIB) - 1
    equal(around <= new["pages_2m"] <= around + RAM, True,
          f"{new['pages_2m']} mappings of 2 MiB: plausible")

    said = run.text("guest/script.log")
    matches(said, r"traced: \d+\nbeside: \d+\n")
    traced, beside = (int(x) for x in re.findall(r"(?m)^\w+: (\d+)$", said))
    print(f"# one write in the page takes {traced} ns, outside {beside} ns",
          flush=True)
    equal(traced > 50 * beside, True, "no trap outside the page")


@test
def sixteen_gib(scratch):
    """16 GiB with a window of 4 KiB: large mappings around it, no other trap."""
    query = os.path.join(scratch, "query")
    with open(query, "w", encoding="utf-8") as f:
        json.dump(QUERY, f)
    # memory of this process: a disk would be slow to fill a file's holes
    with open(os.memfd_create("device"), "r+b") as device:
        device.truncate(SIZE)
        run = boot(scratch, f"/proc/{os.getpid()}/fd/{device.fileno()}", query)
        found = words(device)
    judge_log(run.log())
    judge_device(found)
    judge_mappings(run)


if __name__ == "__main__":
    tap.main()
