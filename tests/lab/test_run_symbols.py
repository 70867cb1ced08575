#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 60
# timeout: 1800
"""A guest of `vfio-trace run` sends its symbols, and is reset: each boot's
accesses get their names without copying anything.

The guest has a display, a network and no sight of KVM, too: QEMU accepts all of
that with a user of its own, in its sandbox, and with a real KVM.
"""

import bisect
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "lab"))
from common import lab, mmt, runguest, tap                      # noqa: E402
from common.tap import equal, matches, test                     # noqa: E402

# What a QEMU with a display needs of its data
DATA = ["/usr/share/seabios/vgabios-stdvga.bin",
        "/usr/share/qemu/keymaps/en-us"]

SCRIPT = r"""
. /extra/run.sh
bind "$BDF" none
echo > $DEV/driver_override
modprobe e1000e
before=$(device)

name=symbols
REBOOT=
mkdir -p /usr/share/qemu/keymaps
cp /extra/vgabios-stdvga.bin /usr/share/qemu/
cp /extra/en-us /usr/share/qemu/keymaps/
RUN_ARGS="--os linux --log-opts pc=on --display vnc --hide-hypervisor"
log=$OUT/symbols.mmt
# taken N FILE: the driver has made N accesses, and the file is there
taken()
{
    # shellcheck disable=SC2086 # a pattern
    ls $2 > /dev/null 2>&1 && [ "$(grep -c '^[RW] ' "$log")" -gt "$1" ]
}
trap 'cp "/run/$name.console" "$OUT/"' EXIT
start linux "symbols stay" --overwrite $RUN_ARGS
verdict "the guest sends its symbols" within 500 taken 4000 "$log.kallsyms"
[ -S "$SOCKET" ] || exit 1
said 'connect to the guest with: vncviewer /run/vfio-trace-display/.*\.vnc$'
verdict "run says how to connect" equal $? 0
socket=$(sed -n 's/.*vncviewer //p' "$OUT/symbols.out")
verdict "only root can" equal "$(stat -c %u:%a "$socket")" 0:600
vfio-trace status > "$OUT/status.out"
verdict "status says it too" grep -q "^guest: vncviewer $socket" "$OUT/status.out"
boots=$(grep -c '^[RW] ' "$log")
QMP=$SOCKET qmp '{"execute": "system_reset"}' > /dev/null
# SeaBIOS resets the machine once more.
verdict "a second boot sends its own" \
    within 500 taken $((boots + 4000)) "$log.[23].kallsyms"
kill -2 "$(tool_pid)"
ends 0
verdict "the socket is gone" [ ! -e "$socket" ]
for file in "$log".*kallsyms; do
    verdict "it is root's" equal "$(stat -c %u:%a "$file")" 0:600
    verdict "it has the driver" grep -q '[[]e1000e[]]$' "$file"
done
vfio-trace check --complete "$log" > "$OUT/check.out" 2>&1
verdict "log is sound" equal $? 0
vfio-trace symbolize "$log" -o "$OUT/named.mmt" 2> "$OUT/named.said"
verdict "names are found" equal $? 0
vfio-trace symbolize --summary "$log" > "$OUT/summary" 2> /dev/null
echo finished
"""


def functions(text):
    """(addresses, names by address) of a kallsyms."""
    names = {}
    for line in text.splitlines():
        address, kind, name = line.split()[:3]
        if kind in "tTwW":
            names.setdefault(int(address, 16), set()).add(name)
    return sorted(names), names


@test
def two_boots(scratch):
    """Each boot's accesses have the names of its own kallsyms."""
    run = lab.Run(
        scratch, device="e1000e", host_only=True, host_module="e1000e",
        extra=[runguest.initramfs(scratch, "e1000e", "virtio_pci",
                                  "virtio_console"),
               lab.guest_file("run.sh"), *DATA],
        host_script=SCRIPT, timeout=1200)
    said = run.text("host/host-script.log")
    print("".join(f"# {line}\n" for line in said.splitlines()
                  if line.startswith(("ok", "not ok", "    "))), flush=True)
    if "not ok" in said:
        print(run.text("host/symbols.console")[-3000:], flush=True)
    matches(said, "(?m)^finished$", "end of the script's output")
    equal(re.findall("^not ok.*", said, re.M), [], "failed verdicts")
    matches(run.text("host/named.said"),
            r"names are from /\S+/symbols.mmt.kallsyms\n"
            r".*names of boot ([23]) are from /\S+/symbols.mmt.\1.kallsyms\n")
    boots = {number: functions(run.text(f"host/symbols.mmt{name}.kallsyms"))
             for number, name in ((1, ""), (2, ".2"), (3, ".3"))
             if os.path.exists(run.path(f"host/symbols.mmt{name}.kallsyms"))}
    equal(len(boots), 2, "boots with symbols")
    named, boot = dict.fromkeys(boots, 0), 1
    for event in mmt.Log(run.path("host/named.mmt")).events:
        if isinstance(event, mmt.Mark):
            began = re.fullmatch("vfio-trace run: boot ([23]) of the guest",
                                 event.text)
            boot = int(began[1]) if began else boot
        pc = getattr(event, "pc", None)
        if not pc or "sym" not in event.extra:
            continue
        addresses, names = boots[boot]
        # A write's may be that of the next instruction.
        start = addresses[bisect.bisect_right(addresses, pc) - 1]
        name, offset = re.match(r"([^+]+)\+0x([0-9a-f]+)",
                                event.extra["sym"]).groups()
        equal((name in names[start], int(offset, 16)), (True, pc - start),
              f"{event.extra['sym']} for {pc:#x}")
        named[boot] += 1
    equal([n > 3000 for n in named.values()], [True, True], f"names: {named}")
    matches(run.text("host/summary"), r"(?m) __ew32\[e1000e\]$")


if __name__ == "__main__":
    tap.main()
