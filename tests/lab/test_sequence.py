#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 120
# timeout: 2400
"""From traces to programs: what Linux's drivers of e1000e and NVMe did in a
guest is done again without a driver and without a guest, by `vfio-trace play`,
by a program in C and by one in Python.

The first boot of L1 has the guest, and makes the log.  The second one has
devices like those, and others that differ.
"""

import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import guestmem, lab, mmt, pcap, tap                 # noqa: E402
from common.tap import equal, matches, test                     # noqa: E402

MAC, OTHER_MAC = "52:54:00:aa:bb:cc", "52:54:00:aa:bb:cd"
DISK = "nvme,dbcs=off"
RINGS = ("e1000e", "nvme")
WAYS = ("play", "c", "py")

# The interface's only frame is an ARP request, which nobody answers.
CAPTURE = r"""
set -eu
nic=/sys/bus/pci/devices/${BDFS% *}
within_limit()
{
    for i in $(seq LIMIT); do
        ! "$@" || return 0
        usleep 100000
    done
    return 1
}
has_link() { [ "$(cat /sys/class/net/$dev/carrier)" = 1 ]; }
has_disk() { [ -b /dev/nvme0n1 ]; }

echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6
mark load
modprobe e1000e
dev=$(ls $nic/net)
mark ifup
ip addr add 192.0.2.1/24 dev $dev
ip link set $dev up
within_limit has_link
mark send
arping -c 1 -w 1 -I $dev 192.0.2.2 > /dev/null || true
sleep 5         # the driver looks at the link every two seconds
mark sent
mark disk
modprobe nvme
within_limit has_disk
mark read
for name in model serial firmware_rev; do
    cat /sys/class/nvme/nvme0/$name > $LAB_OUT/$name
done
"""

# carry NAME COMMAND...: its output, its status; the buffers' contents
PLAY = r"""
cd /extra
carry()
{
    name=$1
    shift
    mkdir -p "$OUT/$name"
    BUFFERS=$OUT/$name "$@" > "$OUT/$name.out" 2>&1 < /dev/null
    echo "$name: $?"
}

# three NAME FILE BDF: all ways
three()
{
    carry $1-play vfio-trace play $2.json $3 --yes --log "$OUT/$1.mmt" \
        --buffers "$OUT/$1-play"
    carry $1-c ./$2 $3
    carry $1-py python3 $2.py $3
}

# behind a root port: Linux can reset the bus
nic=$(basename /sys/bus/pci/devices/0000:00:1c.0/????:??:??.?)
bind $nic vfio-pci
echo bus > /sys/bus/pci/devices/$nic/reset_method
set -- $TARGETS
three nic nic $nic
three disk disk $1
three changed nic $2
carry capability vfio-trace play nic.json $3 --yes
carry bit vfio-trace play nic.json $4 --yes
vfio-trace check --complete "$OUT/nic.mmt"
vfio-trace check --complete "$OUT/disk.mmt"
echo finished
"""


def dump(path, netdev):
    """Options by which a network backend's frames go to a file."""
    return ["-object", f"filter-dump,id=dump,netdev={netdev},file={path}"]


def capture(scratch, frames):
    """The drivers' work in a guest."""
    where = os.path.join(scratch, "capture")
    os.mkdir(where)
    return lab.Run(
        where, device=[f"e1000e,mac={MAC}", DISK], driver="none",
        guest_module=list(RINGS),
        script=CAPTURE.replace("LIMIT", str(int(tap.patience(300)))),
        attach=["vfio-pci-trace,trace-log=log0,config=on,irq=on,"
                f"rings=/extra/{name}.rings" for name in RINGS],
        extra=[os.path.join(lab.TOP, "rings", f"{name}.rings")
               for name in RINGS],
        outer_arg=dump(frames, "backend0"), timeout=600)


def identified(run):
    """What the driver learnt first: (its line, the address, the bytes)."""
    log = run.log()
    found = next(i for i in guestmem.items(log)
                 if i.get("name") == "identify" and i.get("device") == "dut1"
                 and i.place > place_of(log, "disk"))
    # the driver looks at it behind the interrupt, and then says so
    last = next(n for n, e in enumerate(log.events[found.place:], found.place)
                if isinstance(e, mmt.Access))
    return last + 1, found.at, found.data


def place_of(log, mark):
    return next(n for n, e in enumerate(log.events)
                if isinstance(e, mmt.Mark) and e.text == mark)


def compile_all(log, stem, *selection):
    """A sequence in all forms.  Return: the files' names"""
    for ending in ("json", "c", "py"):
        # The lab is slow: shorter gaps are not the driver's.
        lab.tool("sequence", log, *selection, "--min-delay", "10000", "--force",
                 "-o", f"{stem}.{ending}")
    subprocess.run(["cc", "-static", "-O2", "-Wall", "-Wextra", "-Werror",
                    "-o", stem, f"{stem}.c"], check=True)
    with open(f"{stem}.json", encoding="utf-8") as f:
        files = [x["name"] for x in json.load(f)["files"]]
    return [stem, f"{stem}.json", f"{stem}.py",
            *(os.path.join(os.path.dirname(stem), x) for x in files)]


def changed(log, path, pattern, make):
    """A log of a device that differs: where a pattern is, there is another
    text."""
    with open(log, encoding="utf-8") as f:
        text, n = re.subn(pattern, make, f.read(), flags=re.M)
    equal(n > 0, True, f"places of {pattern}: enough")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return f"pci-replay,log-device=dut0,file={path}"


def without_power_management(log, path):
    """The list of capabilities begins with the second one."""
    return changed(log, path, r"(config R width=[14] map=\d+ offset=0x34 "
                   r"value=0x)c8$", r"\1d0")


def without_ready(log, path):
    """The PHY is never ready: bit 28 of MDIC."""
    with open(log, encoding="utf-8") as f:
        bar = re.search(r"coverage device=dut0 bar=0 map=(\d+) addr=0x(\w+)",
                        f.read())
    at = int(bar[2], 16) + 0x20
    return changed(log, path, rf"^(R 4 \S+ {bar[1]} {at:#x} 0x)1(\w{{7}} )",
                   r"\g<1>0\2")


def play(scratch, files, devices, frames):
    """The second boot.  Time is that of the emulated machine, so that it makes
    no difference how busy this one is: a link comes up after half a second."""
    where = os.path.join(scratch, "play")
    tree = os.path.join(scratch, "tree")
    os.mkdir(where)
    lab.add_python(tree)
    return lab.Run(
        where, device=devices, host_only=True, host_script=PLAY, extra=files,
        host_tree=tree, timeout=900,
        outer_arg=["-icount", "shift=2,sleep=off",
                   # a faster one would have to say that its link is active
                   "-device", "pcie-root-port,id=nic-port,chassis=9,addr=1c.0,"
                   "x-speed=2_5",
                   "-netdev", "hubport,hubid=99,id=nic",
                   "-device", f"e1000e,mac={MAC},netdev=nic,bus=nic-port,romfile=",
                   *dump(frames, "nic")])


def buffers(scratch, name, run, way):
    """[(address in the guest, contents in the end)]"""
    with open(os.path.join(scratch, f"{name}.json"), encoding="utf-8") as f:
        for buffer in json.load(f)["buffers"]:
            path = run.path(f"host/{name}-{way}/{buffer['name']}.bin")
            with open(path, "rb") as data:
                yield int(buffer["address"], 16), data.read()


def bytes_at(scratch, name, run, way, address, length):
    """What was at an address of the guest when a sequence had ended"""
    for start, data in buffers(scratch, name, run, way):
        if start <= address < start + len(data):
            return data[address - start:address - start + length]
    raise AssertionError(f"{name}, {way}: no buffer at {address:#x}")


def check_nic(scratch, run, log, frames):
    """A link, and the guest's frame from each, which the device has sent."""
    first, second = (pcap.frames(path) for path in frames)
    equal(len(first), 1, "frames of the guest")
    equal(second, first * len(WAYS), "frames that were sent again")
    ring = next(i for i in guestmem.items(log)
                if i.kind == "ring" and i.ring == "TX[0]")
    for way in WAYS:
        done = bytes_at(scratch, "nic", run, way, ring.base, 32)[12::16]
        equal([byte & 1 for byte in done], [1, 0], f"{way}: descriptors done")
    equal("can't be reset" in run.text("host/nic-play.out"), False,
          "trouble with the reset")
    carried = mmt.Log(run.path("host/nic.mmt"))
    equal([m for m in carried.marks() if not m.startswith("vfio-trace")],
          ["load", "ifup", "send"], "marks")
    status = [e.value for e in carried.accesses() if e.addr & 0x1ffff == 8]
    equal(status[-1] & 2, 2, "the link in the end")


def check_disk(scratch, run, first, address, data):
    """The controller's description is what the guest's driver had."""
    def told(name):
        return first.text(f"guest/{name}").strip()
    equal((len(data), data[4:24].decode().strip(), data[24:64].decode().strip(),
           data[64:72].decode().strip()),
          (4096, told("serial"), told("model"), told("firmware_rev")),
          "the guest's description")
    for way in WAYS:
        equal(bytes_at(scratch, "disk", run, way, address, 4096) == data, True,
              f"{way}: the description is the guest's")


# Where each device that differs must be told apart: the register, what it has,
# and the bits that differ
DIFFERENCES = {
    "changed-play": (r"RAH[0] (bar0+0x5404, 4 bytes)",
                     0x8000ccbb, 0x8000cdbb, 0x100),
    "capability": (r"CAP_PTR (config+0x34, 4 bytes)", 0xc8, 0xd0, 0x18),
    "bit": (r"MDIC (bar0+0x20, 4 bytes)", None, None, 0x10000000),
}


def check_changed(run, log):
    """Each has stopped where the device differs, and says so."""
    for name, (register, expected, got, bits) in DIFFERENCES.items():
        said = matches(
            run.text(f"host/{name}.out"),
            r"operation \d+ \(check\) failed: the register has another value "
            r"than in the trace\n"
            rf"    register  {re.escape(register)}\n"
            r"    expected  0x(\w+)\n"
            r"    got       0x(\w+)\n"
            rf"    mask      0x\w+, of which {bits:#010x} differ\n"
            r"    phase     load\n"
            r"    trace     trace\.mmt, line (\d+)\n")
        values = tuple(int(said[n], 16) for n in (1, 2))
        if expected:
            equal(values, (expected, got), f"{name}: values")
        equal(values[0] & bits, value_of(log, int(said[3])) & bits,
              f"{name}: what the trace has there")
    for way in ("c", "py"):
        matches(run.text(f"host/changed-{way}.out"),
                r"(?m)^check of bar0 BAR0_RAH_0 \(0x5404\) has failed: expected "
                r"0x8000ccbb, got 0x8000cdbb, mask 0xffffffff \(line \d+ of the "
                r"trace\)$")


def value_of(log, line):
    """What a line of a log has read"""
    event = log.events[line - 1]
    return event.value if isinstance(event, mmt.Access) else \
        int(re.search(r"config R .*value=0x(\w+)$", event.text)[1], 16)


@test
def programs(scratch):
    """Links, frames and descriptions are the guest's; others are told apart."""
    frames = [os.path.join(scratch, f"frames{n}.pcap") for n in (1, 2)]
    first = capture(scratch, frames[0])
    log = first.path("trace.mmt")
    lab.tool("check", "--complete", log)
    line, address, data = identified(first)
    stems = [os.path.join(scratch, name) for name in ("nic", "disk")]
    files = compile_all(log, stems[0], "--device", "dut0",
                        "--from", "/^load$/", "--to", "/^sent$/")
    files += compile_all(log, stems[1], "--device", "dut1",
                         "--from", "/^disk$/", "--to", f"#{line}")
    devices = [DISK, f"e1000e,mac={OTHER_MAC}",
               without_power_management(log, stems[0] + "-capability.mmt"),
               without_ready(log, stems[0] + "-bit.mmt")]
    run = play(scratch, files, devices, frames[1])
    said = run.text("host/host-script.log")
    for text in re.findall(r"^(\S+): \d+$", said, re.M):
        print(f"# --- {text}\n# " +
              run.text(f"host/{text}.out").replace("\n", "\n# "), flush=True)
    matches(said, "(?m)^finished$", "end of the script's output")
    equal(re.findall(r"^\S+: \d+$", said, re.M),
          [f"{name}-{way}: {status}"
           for name, status in (("nic", 0), ("disk", 0), ("changed", 1))
           for way in WAYS] + ["capability: 1", "bit: 1"], "exit statuses")
    check_nic(scratch, run, first.log(), frames)
    check_disk(scratch, run, first, address, data)
    check_changed(run, first.log())


if __name__ == "__main__":
    tap.main()
