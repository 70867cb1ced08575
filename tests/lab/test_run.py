#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 95
# timeout: 1200
"""`vfio-trace run` and `restore` on real VFIO: the host's driver comes back.

One boot of L1 for all: L1's own driver has the device; run takes it and is ended
or killed at many moments, and each time the device must be restored.
"""

import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "lab"))
from common import lab, mmt, runguest, tap                      # noqa: E402
from common.tap import equal, matches, test                     # noqa: E402
from labkit import elf                                          # noqa: E402

PROLOGUE = r"""
. /extra/run.sh
# busybox has a program of that name that can't do it
if [ -e /extra/lspci ]; then
    rm /bin/lspci
    printf '#!/bin/sh\nLD_LIBRARY_PATH=/extra exec /extra/lspci "$@"\n' \
        > /bin/lspci
    chmod +x /bin/lspci
fi
bind "$BDF" none
echo > $DEV/driver_override
modprobe e1000e
before=$(device)
echo "$before"
"""

COLD = r"""
# From a cold start to a log in one command, with markers from standard input.
name=cold
printf 'first marker\nsecond marker' > /run/markers
INPUT=/run/markers
linux_until "" no_session
INPUT=
ends 0
verdict "log is sound" vfio-trace check --complete "$OUT/cold.mmt"
verdict "markers are in it" [ "$(grep -c ' marker$' "$OUT/cold.mmt")" = 2 ]
verdict "many accesses" enough_accesses
verdict "a summary" said ' accesses, 0 events lost'
verdict "it is root's" equal "$(stat -c %u:%a "$OUT/cold.mmt")" 0:600

name=nothing-left
restore
verdict "restore with nothing to do" equal $? 0
back
"""

SETTINGS = r"""
# The same by a settings file, unless another user could have written it.
name=settings
mkdir -m 777 /run/guests
cat > /run/guests/demo.conf << END
[vfio-trace]
device=$BDF
output=$OUT/$name.mmt
qemu=$QEMU
memory=192M
smp=1
kernel=/boot/vmlinuz
initrd=../../extra/init.img
append=$APPEND
qemu-args=-L;/usr/share/qemu;-no-reboot
END
from_file()
{
    timeout 1200 vfio-trace run --vm /run/guests/demo.conf \
        --bundle "$OUT/$name.tar.zst" > "$OUT/$name.out" 2>&1 < /run/markers
}
from_file
verdict "a directory that all can write to is refused" equal $? 2
verdict "and it says so" said 'other users can write to it'
chmod 755 /run/guests
from_file
verdict "the guest runs and ends" equal $? 0
verdict "log is sound" vfio-trace check --complete "$OUT/$name.mmt"
verdict "many accesses" enough_accesses
verdict "the bundle is root's" \
    equal "$(stat -c %u:%a "$OUT/$name.tar.zst")" 0:600
cp "$OUT/$name.out" "$OUT/$name.made"
back
"""

# The bundle that this run has made
BUNDLE = r"""
vfio-trace bundle --verify "$OUT/$name.tar.zst" > "$OUT/$name.out"
verdict "the bundle is complete" equal $? 0
vfio-trace bundle --list "$OUT/$name.tar.zst" > "$OUT/$name.list"
listed()
{
    grep -qF -e "$1" "$OUT/$name.list"
}
verdict "it has QEMU's version" listed "QEMU: $(
    sed -n 's/^MARK [^ ]* vfio-trace: log .*qemu=\([^ ]*\).*/\1/p' \
        "$OUT/$name.mmt")"
verdict "and the command line" listed "command: '$QEMU' "
verdict "and all of it" grep -q "^command: .*vfio-pci-trace.*'-no-reboot'" \
    "$OUT/$name.list"
verdict "with names of files" listed "'-kernel' '/boot/vmlinuz'"
verdict "and the kernel" listed "kernel of the host: $(uname -srvm)"
verdict "and the device" listed "device: $BDF"
vfio-trace bundle --extract "$OUT/$name.tar.zst" /run/settings
cd /run/settings
verdict "its log is the log" cmp log.mmt "$OUT/$name.mmt"
verdict "with markers" equal "$(grep -c ' marker$' log.mmt)" 2
# shellcheck disable=SC2154 # $member is set here
member=device-$(echo "$BDF" | tr : .)
verdict "it has configuration space" \
    cmp -n 4 "$member-config.bin" "$DEV/config"
verdict "all of it" equal "$(stat -c %s "$member-config.bin")" 4096
if [ -e /extra/lspci ]; then
    verdict "and lspci" grep -q "^${BDF#0000:} .*8086:10d3" "$member-lspci.txt"
    verdict "with its configuration space" grep -q "^ff0: " "$member-lspci.txt"
else
    verdict "it says that there is no lspci" \
        grep -q 'without the output of lspci' "$OUT/$name.made"
fi
verdict "the hashes are sha256sum's" sha256sum -cs SHA256SUMS
cd /
"""

# The device's state after SIGKILL is checked before it is given back.
KILLED = r"""
killed draft .new 1 after e1000e '(null)'
killed saved /driver_override 1 before e1000e '(null)'
killed override /driver_override 1 after e1000e vfio-pci
killed unbound /driver/unbind 1 after none vfio-pci
killed bound /drivers_probe 1 after vfio-pci vfio-pci
killed started .new 2 after vfio-pci vfio-pci
asked override 2 /driver_override 1 after
asked unbound 15 /driver/unbind 1 after
asked bound 1 /drivers_probe 1 after
asked started 3 .new 2 after
"""

# QEMU ends at once by itself here, so that giving back starts soon.
BACK = r"""
BINARY=/extra/short-qemu
killed back-override /driver_override 2 after vfio-pci '(null)'
killed back-unbound /driver/unbind 2 after none '(null)'
killed back-before-bind /drivers/e1000e/bind 1 before none '(null)'
killed back-bound /drivers/e1000e/bind 1 after e1000e '(null)'
asked back-unbound 2 /driver/unbind 2 after

name=kill-restore
WRAP='/extra/killat 9 /drivers_probe 1 after' run
/extra/killat 9 /driver/unbind 1 after vfio-trace restore "$BDF"
verdict "restore was killed" equal $? 137
verdict "the device is in the expected state" is_state none '(null)'
vfio-trace restore --all --json > "$OUT/restore.json"
verdict "restore succeeds" equal $? 0
back

name=next-run
WRAP='/extra/killat 9 /drivers_probe 1 after' run
run
verdict "the next run gives back first" said 'giving back the devices of a killed run'
back
BINARY=
"""

RUNNING = r"""
for number in 2 15 1 3; do
    name=running-$number
    start run
    # signals 1 and 3 come before QMP is reached
    [ $number = 1 ] || [ $number = 3 ] || within 30 said 'QEMU is running'
    kill -$number "$(tool_pid)"
    ends 0
done

name=running-9
start run
run_pid=$(tool_pid)
vfio-trace restore "$BDF" > "$OUT/refused.out" 2>&1
verdict "restore is refused meanwhile" equal $? 1
(name=second; run)
verdict "a second run is refused" equal $? 2
verdict "and says why" grep -q 'another .vfio-trace run' "$OUT/second.out"
verdict "the first goes on" kill -0 "$qemu"
kill -9 "$run_pid"
wait $tool
verdict "QEMU dies with it" within 10 gone "$qemu"
verdict "the device is left" is_state vfio-pci vfio-pci
restore
verdict "restore succeeds" equal $? 0
back

name=trace-int
linux_until stay enough_accesses
status=/proc/$qemu/status
uid=$(sed -n 's/^Uid:[[:space:]]*\([0-9]*\).*/\1/p' "$status")
verdict "QEMU has a user of its own" [ "$uid" -ge 60578 -a "$uid" -le 61183 ]
verdict "and no group but that user's" \
    equal "$(sed -n 's/^Groups:[[:space:]]*//p' "$status")" ""
verdict "and no privileges" \
    equal "$(sed -n 's/^CapEff:[[:space:]]*//p' "$status")" 0000000000000000
verdict "and can't get any" \
    equal "$(sed -n 's/^NoNewPrivs:[[:space:]]*//p' "$status")" 1
verdict "and is in the sandbox" \
    equal "$(sed -n 's/^Seccomp:[[:space:]]*//p' "$status")" 2
verdict "it sees no other group's node" \
    equal "$(ls "/proc/$qemu/root/dev/vfio" | wc -w)" 3
verdict "nor other files in the log's directory" \
    [ ! -e "/proc/$qemu/root$OUT/cold.mmt" ]
verdict "the host's node is root's" \
    equal "$(stat -c %u "/dev/vfio/$(basename "$(readlink "$DEV/iommu_group")")")" 0
kill -2 "$(tool_pid)"
ends 0
verdict "log is sound" vfio-trace check --complete "$OUT/$name.mmt"

name=trace-qemu-killed
linux_until stay enough_accesses
kill -9 "$qemu"
ends 1
verdict "log is completed" vfio-trace check --complete "$OUT/$name.mmt"

name=trace-root
RUN_ARGS=--as-root
linux_until stay enough_accesses
RUN_ARGS=
verdict "QEMU is root" equal \
    "$(sed -n 's/^Uid:[[:space:]]*\([0-9]*\).*/\1/p' "/proc/$qemu/status")" 0
kill -2 "$(tool_pid)"
ends 0
verdict "log is sound" vfio-trace check --complete "$OUT/$name.mmt"

name=trace-killed
linux_until stay enough_accesses
kill -9 "$(tool_pid)"
wait $tool
restore
verdict "restore succeeds" equal $? 0
back
vfio-trace recover "$OUT/$name.mmt"
verdict "log is sound" vfio-trace check --complete "$OUT/$name.mmt"

name=quit-killed
start run
kill -15 "$(tool_pid)"
usleep 20000
kill -9 "$(tool_pid)" 2>/dev/null
wait $tool
restore
verdict "restore succeeds" equal $? 0
back

# Two signals, as from a user who does not wait.
name=hung
start run
within 30 said 'QEMU is running'
kill -STOP "$qemu"
kill -2 "$(tool_pid)"
within 5 said 'ending QEMU'
sleep 1
kill -2 "$(tool_pid)"
ends 1
verdict "and says so" said 'killing it'

name=bad-usage
run --trace-windows 7:nonsense
verdict "it is refused" equal $? 2
verdict "and says why" said 'trace-windows .*nonsense'
back

# QEMU's user is tried, too; the log is not made.
name=rehearsed
QEMU_ARGS='-device nonsense'
run
verdict "nothing was done" equal $? 2
verdict "and says why" said "refuses its command line in a rehearsal: .*nonsense"
verdict "there is no log" [ ! -e "$OUT/$name.mmt" ]
verdict "nor one of the rehearsal" equal "$(ls /dev/shm)" ""
back

name=not-rehearsed
run --no-rehearsal
verdict "QEMU refuses" equal $? 1
verdict "and says why" said 'QEMU: .*nonsense'
QEMU_ARGS=
back

name=orphan
export QEMU
BINARY=/extra/orphan
start run
BINARY=
kill -9 "$(tool_pid)"
wait $tool
verdict "QEMU lives on" kill -0 "$qemu"
restore
verdict "restore ends it" equal $? 0
verdict "and says so" said 'although its vfio-trace has ended'
verdict "QEMU is gone" gone "$qemu"
back
"""

# Two devices of one IOMMU group, with only the first one named.
GROUP = r"""
modprobe e1000
modprobe 8139cp
set_device 0000:01:02.0 && second=$(device)
set_device 0000:01:01.0 && before=$(device)
both_back()
{
    back
    set_device 0000:01:02.0
    verdict "the other's driver is back" equal "$(device)" "$second"
    set_device 0000:01:01.0
}

name=group
run
verdict "is refused without consent" equal $? 2
verdict "and says why" said 'the same IOMMU group has 0000:01:02.0'
both_back

name=group-error
QEMU_ARGS='-device nonsense'
run --with-group --no-rehearsal
verdict "QEMU refuses" equal $? 1
QEMU_ARGS=
both_back

name=group-signal
WRAP='/extra/killat 15 /driver_override 2 after' run --with-group
verdict "ends half-way" equal $? 1
verdict "before QEMU" [ ! -e "$OUT/$name.mmt" ]
both_back

name=group-killed
WRAP='/extra/killat 9 /driver/unbind 2 after' run --with-group
verdict "killed half-way" equal $? 137
verdict "the first was taken" is_state vfio-pci vfio-pci
vfio-trace restore 01:02.0 >> "$OUT/$name.out"
verdict "restore by the other one" equal $? 0
both_back

name=group-run
BINARY=/extra/short-qemu run 0000:01:02.0
verdict "both for the guest" equal $? 0
both_back
set_device "$TARGETS"
"""

REST = r"""
# A device without a driver, enabled, and with bus mastering on.
name=no-driver
echo "$BDF" > $DEV/driver/unbind
echo 1 > $DEV/enable
set_mastering
verdict "it may write" equal "$(mastering)" 4
wanted="driver none
override (null)
enabled 1
power on
master 0"
BINARY=/extra/short-qemu run
verdict "bus mastering is off, all else is restored" equal "$(device)" "$wanted"
verdict "no session is left" no_session
echo finished
"""


# All devices behind a bridge to conventional PCI are in the bridge's group.
GROUP_DEVICES = ["-device", "pcie-pci-bridge,id=bridge,addr=07.0",
                 "-device", "e1000,bus=bridge,addr=1,romfile=",
                 "-device", "rtl8139,bus=bridge,addr=2,romfile="]


def short_qemu(scratch):
    """A QEMU that ends immediately."""
    path = os.path.join(scratch, "short-qemu")
    with open(path, "w", encoding="utf-8") as f:
        f.write('#!/bin/sh\nexec "$QEMU" "$@" -version\n')
    os.chmod(path, 0o755)
    return path


def lspci():
    """The machine's lspci with its libraries, if it has one."""
    program = shutil.which("lspci")
    if not program or os.path.realpath(program).endswith("busybox"):
        print("# without lspci: the package pciutils is not installed")
        return []
    return [program] + elf.libraries(program)


def bundled(run):
    """Verbs that read the log say the same of its bundle."""
    log = run.path("host/settings.mmt")
    bundle = run.path("host/settings.tar.zst")
    for verb in (["check", "--complete"], ["stat", "--by=region,device"],
                 ["decode"]):
        said = [subprocess.run([tap.tool_binary(), *verb, path], text=True,
                               check=True, stdout=subprocess.PIPE).stdout
                for path in (log, bundle)]
        equal(said[1].replace(bundle, log) == said[0], True,
              f"{verb[0]} of the bundle is that of the log")


@test
def moments(scratch):
    """run: from a cold start to a log, and killed at many moments"""
    run = lab.Run(
        scratch, device="e1000e", host_only=True, host_module="e1000e,e1000,8139cp",
        outer_arg=GROUP_DEVICES,
        extra=[runguest.initramfs(scratch, "e1000e"), short_qemu(scratch),
               lab.guest_file("run.sh"), lab.compile_guest(scratch, "killat"),
               lab.compile_guest(scratch, "orphan"), *lspci()],
        host_script=PROLOGUE + COLD + SETTINGS + BUNDLE + KILLED + BACK +
        RUNNING + GROUP + REST,
        timeout=900)
    said = run.text("host/host-script.log")
    print("".join(f"# {line}\n" for line in said.splitlines()
                  if line.startswith(("ok", "not ok", "    "))), flush=True)
    matches(said, "(?m)^finished$", "end of the script's output")
    equal(re.findall("^not ok.*", said, re.M), [], "failed verdicts")
    equal(len(re.findall("^ok .*is left$", said, re.M)) >= 24, True,
          "moments that were tried")
    matches(said, r"(?m)^driver e1000e$", "the host's driver")
    log = mmt.Log(run.path("host/cold.mmt"))
    marks = [e.text for e in log.events if isinstance(e, mmt.Mark)]
    equal([m for m in marks if not m.startswith("vfio-trace: ")],
          ["first marker", "second marker"], "markers")
    bundled(run)


if __name__ == "__main__":
    tap.main()
