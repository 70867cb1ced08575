#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 600
"""A frame buffer console on a traced card, with fewer accesses trapped."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, mmt, tap                                 # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

# Under a trap the driver's load and these lines are some 800,000 accesses.
DEVICE = "secondary-vga,xres=1024,yres=768"
FRAME_BUFFER, LIMIT = 16 << 20, 500

USE = r"""
set -eu
up() { cut -d' ' -f1 /proc/uptime; }
began=$(up)
modprobe bochs
for i in $(seq 60); do echo "line $i of the console" > /dev/tty0; done
echo "console: $(cat /proc/fb); seconds: $began to $(up)"
"""


def use(scratch, **options):
    run = lab.Run(scratch, device=DEVICE, driver="none", guest_module="bochs",
                  script=USE, **options)
    said = run.text("guest/script.log")
    print(f"# {said.strip()}")
    matches(said, r"console: 0 bochs-drmdrmfb", "the guest's console")
    lab.tool("check", "--complete", run.path("trace.mmt"))
    log = run.log()
    base = log.of(mmt.Pcidev)[0].start[0] & ~0xf
    inside = [a for a in log.accesses()
              if base <= a.addr < base + FRAME_BUFFER]
    registers = len(log.accesses()) - len(inside)
    print(f"# {len(inside)} accesses to the frame buffer, {registers} others")
    equal(registers > 100, True, "the registers are in the log")
    return log, inside


@test
def registers_only(scratch):
    """windows=registers: no access to the frame buffer is trapped."""
    log, inside = use(scratch, trace_opts="windows=registers")
    equal(inside, [], "accesses to the frame buffer")
    matches("\n".join(log.marks("vfio-trace: coverage")),
            r"bar=0 addr=\S+ len=0x1000000 state=direct why=outside-windows")


@test
def hot_pages(scratch):
    """hot-page-limit=: the frame buffer is released, in growing steps."""
    log, inside = use(scratch, trace_opts=f"hot-page-limit={LIMIT}")
    hot = [re.fullmatch(r"vfio-trace: hot device=dut0 bar=0 map=1 "
                        r"addr=0x(\w+) len=0x(\w+) accesses=(\d+) in-us=(\d+) "
                        rf"limit={LIMIT} state=direct", t)
           for t in log.marks("vfio-trace: hot ")]
    equal(None in hot, False, "hot marks are well-formed")
    equal(1 < len(hot) < 30, True, f"{len(hot)} hot marks")
    equal(all(int(m[3]) > LIMIT and int(m[4]) <= 1000000 for m in hot), True,
          "only pages above the limit within a second")
    gone = sum(int(m[2], 16) for m in hot)
    equal(gone >= 1024 * 768 * 4 // 2, True, f"{gone} bytes released")
    equal(len(inside) < 20000, True, "accesses to the frame buffer: few")
    # Released pages are not trapped any more; a vCPU may have been on its way.
    let_go = []
    late = 0
    for e in log.events:
        if isinstance(e, mmt.Mark):
            m = re.match(r"vfio-trace: hot .* addr=0x(\w+) len=0x(\w+)", e.text)
            if m:
                let_go.append((int(m[1], 16), int(m[2], 16)))
        elif isinstance(e, mmt.Access):
            late += any(start <= e.addr < start + size
                        for start, size in let_go)
    print(f"# {late} accesses after their mark")
    equal(late <= len(hot), True, "accesses after the mark: one each at most")


if __name__ == "__main__":
    tap.main()
