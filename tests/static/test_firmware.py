#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""guest-images/firmware without the lab: its comparison finds each difference
between a log and what arrived at the device; its table and its command line."""

import os
import shutil
import subprocess
import sys

TOP = os.environ.get("VFIO_TRACE_SOURCE") or os.path.dirname(os.path.dirname(
    os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests"), os.path.join(TOP, "guest-images"),
                os.path.join(TOP, "lab")]
from common import tap                                          # noqa: E402
from common.tap import equal, matches, test                     # noqa: E402
from imagekit.firmware import (compare, grub, guests, media,        # noqa: E402
                               recipes, report)
from labkit import boots, errors                                # noqa: E402

COMMAND = os.path.join(TOP, "guest-images", "firmware")

# A device with BAR 0 at 0xfe000000 and I/O BAR 1 at 0xc000.
HEAD = """VERSION 20070824
PCIDEV 0028 10ec8139 b fe000000 c001 0 0 0 0 0 1000 20 0 0 0 0 0 vfio-pci
MAP 1.000000 1 0xfe000000 0xfe000000 0x1000 0x0 0
MARK 1.000000 vfio-trace: coverage device=d bar=0 map=1 addr=0xfe000000 len=0x1000 state=trapped
MARK 1.000000 vfio-trace: coverage device=d bar=1 map=2 addr=0xc000 len=0x20 state=trapped
MARK 1.000000 vfio-trace: coverage device=d rom map=3 addr=0x0 len=0x20 state=trapped
"""
LOG = ("R 4 1.0 1 0xfe000000 0x11223344 0x0 0",
       "W 2 1.0 1 0xfe000010 0xbeef 0x0 0",
       "R 1 1.0 3 0x0 0x55 0x0 0",              # the ROM: no BAR
       "R 4 1.0 1 0xfe000000 0x0 0x0 0",
       "W 1 1.0 2 0xc004 0x7 0x0 0")
DEVICE = ("R 4 0.0 1 0xfe000000 0x11223344 0x0 0 region=r",
          "W 2 0.0 1 0xfe000010 0xbeef 0x0 0 region=r",
          "R 4 0.0 1 0xfe000000 0x0 0x0 0 region=r",
          "W 1 0.0 2 0xc004 0x7 0x0 0 region=io")


def config(table=None):
    """Config space, with MSI-X if the offset of its table in BAR 0 is given."""
    data = bytearray(256)
    if table is not None:
        data[compare.PCI_STATUS] = compare.STATUS_CAP_LIST
        data[compare.CAP_LIST] = 0x40
        data[0x40:0x4c] = b"\x11\0\0\0" + table.to_bytes(4, "little") + \
            (table + 0x800).to_bytes(4, "little")
    return bytes(data)


def result(scratch, log=LOG, device=DEVICE, space=config(), name=""):
    """Compare two logs of these lines."""
    path = {n: os.path.join(scratch, n) for n in ("log", "device", "config")}
    with open(path["log"], "w", encoding="ascii") as f:
        f.write(HEAD + "".join(line + "\n" for line in log))
    with open(path["device"], "w", encoding="ascii") as f:
        f.write("VERSION 20070824\n" + "".join(line + "\n" for line in device))
    with open(path["config"], "wb") as f:
        f.write(space)
    return compare.compare(path["log"], path["device"], path["config"], name)


@test
def same(scratch):
    """what is the same agrees, and is counted"""
    got = result(scratch)
    equal(got.difference, "", "difference")
    equal(dict(got.counts), {(0, "R"): 2, (0, "W"): 1, (1, "W"): 1}, "counts")
    equal(dict(got.widths), {4: 2, 2: 1, 1: 1}, "widths")


@test
def differences(scratch):
    """each access that is lost, added, moved, of another width or value"""
    for n in range(len(DEVICE)):
        lost = DEVICE[:n] + DEVICE[n + 1:]
        matches(result(scratch, device=lost).difference, "first difference",
                f"{n} did not arrive")
        twice = DEVICE[:n] + DEVICE[n:n + 1] + DEVICE[n:]
        matches(result(scratch, device=twice).difference, "first difference",
                f"{n} arrived twice")
        for old, new in ((" 0xfe0000", " 0xfe0001"), (" 0xc004", " 0xc005"),
                         ("R ", "W "), ("W ", "R "), ("beef", "beee"),
                         ("0x7 ", "0x6 "), ("11223344", "1122334"),
                         ("0x0 0x0 0 region", "0x1 0x0 0 region")):
            if old in DEVICE[n]:
                changed = list(DEVICE)
                changed[n] = changed[n].replace(old, new, 1)
                matches(result(scratch, device=changed).difference,
                        "first difference", f"{n}: {old} for {new}")
    swapped = (DEVICE[1], DEVICE[0]) + DEVICE[2:]
    matches(result(scratch, device=swapped).difference,
            "first difference at access 1\n", "another order")
    matches(result(scratch, log=LOG[:2], device=DEVICE).difference,
            "log     has no more", "the log's end is missing")
    matches(result(scratch, log=LOG, device=DEVICE[:2]).difference,
            "device  has no more", "the device's end is missing")


@test
def widths(scratch):
    """accesses in parts and wider ones are counted, by their bytes"""
    parts = (DEVICE[0].replace("R 4", "R 2").replace("11223344", "3344"),
             DEVICE[0].replace("R 4", "R 2").replace("11223344", "1122").replace(
                 "0xfe000000", "0xfe000002")) + DEVICE[1:]
    got = result(scratch, device=parts)
    equal((got.difference, got.parts, got.wider), ("", 1, 0), "in parts")
    matches(result(scratch, device=parts[:1] + parts[2:]).difference,
            "first difference at access 1\n", "a part is missing")
    wrong = parts[:1] + (parts[1].replace("1122", "1123"),) + parts[2:]
    matches(result(scratch, device=wrong).difference,
            "first difference at access 1\n", "a part's value")
    wide = DEVICE[:3] + (DEVICE[3].replace("W 1", "W 4").replace(
        "0x7", "0xaabbcc07"),)
    got = result(scratch, device=wide)
    equal((got.difference, got.parts, got.wider), ("", 0, 1), "wider")
    wide = DEVICE[:3] + (DEVICE[3].replace("W 1", "W 4").replace(
        "0x7", "0xaabbcc06"),)
    matches(result(scratch, device=wide).difference, "first difference",
            "a wider one's value")


@test
def regions(scratch):
    """the MSI-X table is left out; a BAR that is an alias is found"""
    entry = ("R 4 1.0 1 0xfe000104 0x1 0x0 0",)
    equal(result(scratch, log=LOG + entry, space=config(0x100)).difference, "",
          "an access to the table")
    matches(result(scratch, log=LOG + entry, space=config(0x200)).difference,
            "first difference", "an access beside it")
    alias = ("W 1 1.0 2 0xc004 0x7 0x0 0",)
    moved = ("W 1 0.0 1 0xfe000004 0x7 0x0 0 region=r",)
    equal(result(scratch, log=alias, device=moved, name="rtl8139").difference,
          "", "an alias")
    matches(result(scratch, log=alias, device=moved).difference,
            "first difference", "no alias")


@test
def extraction(scratch):
    """one guest's part is taken out of the lab's view, between its marks"""
    result(scratch)
    whole = os.path.join(scratch, "whole")
    with open(whole, "w", encoding="ascii") as f:
        f.write("VERSION 20070824\n" + DEVICE[0] + "\n")
        for number in range(3):
            f.write(f"MARK 0.000000 {boots.post(number)}\n" +
                    f"R 1 0.0 1 0xfe0000{number:02x} 0x0 0x0 0 region=r\n"
                    f"R 1 0.0 9 0xfd000000 0x0 0x0 0 region=another\n")
    for number in range(3):
        out = os.path.join(scratch, "out")
        compare.extract(whole, out, boots.post(number), boots.post(number + 1),
                        os.path.join(scratch, "log"))
        with open(out, encoding="ascii") as f:
            equal(f.read().splitlines(),
                  ["VERSION 20070824", f"MARK 0.000000 {boots.post(number)}",
                   f"R 1 0.0 1 0xfe0000{number:02x} 0x0 0x0 0 region=r"],
                  f"guest {number}")


@test
def nothing(scratch):
    """a guest that did not access the device is no agreement"""
    for log, device, ours in ((LOG, DEVICE, True), ((), (), False),
                              (LOG, DEVICE[1:], False)):
        result(scratch, log=log, device=device)
        out = report.Directory(os.path.join(scratch, "out"), ["ovmf-nvme"])
        host = os.path.join(out.lab, "host", "ovmf-nvme")
        os.makedirs(host, exist_ok=True)
        for name, to in (("log", host + "/trace.mmt"),
                         ("config", out.lab + "/host/config.0")):
            shutil.copyfile(os.path.join(scratch, name), to)
        with open(host + "/console.log", "w", encoding="ascii"):
            pass
        with open(out.lab + "/device.mmt", "w", encoding="ascii") as f:
            f.write(f"MARK 0.0 {boots.post(0)}\n" +
                    "".join(line + "\n" for line in device))
        equal(out.collect(0, guests.GUESTS["ovmf-nvme"], "nvme", scratch), ours,
              f"{len(log)} accesses in the log, {len(device)} arrived")


@test
def own_image(scratch):
    """the lab gets the user's firmware by a name without commas"""
    image = os.path.join(scratch, "a,b=c.fd")
    with open(image, "wb") as f:
        f.write(b"firmware")
    work = recipes.Work(scratch, guests.GUESTS["seabios-nvme"], image=image)
    equal(work.firmware(image, ""), "/extra/seabios-nvme-image",
          "its name in the lab")
    with open(work.files[0], "rb") as f:
        equal(f.read(), b"firmware", "its content")


@test
def table(_scratch):
    """each row has a recipe and an end; names of files are unique"""
    for name, guest in guests.GUESTS.items():
        matches(name, r"^[a-z0-9-]+$", "a name")
        equal(guest.recipe in recipes.RECIPES, True, f"{name}: recipe")
        equal(guest.until[0] in boots.ENDS, True, f"{name}: end")
    equal({g.recipe for g in guests.GUESTS.values()}, set(recipes.RECIPES),
          "recipes that are used")
    for text in ("off:x", "console", "quiet:x", "quiet:0", "never"):
        try:
            boots.until(text)
        except errors.LabError:
            continue
        raise AssertionError(f"--until {text} is accepted")
    equal(boots.until("console:a:b"), ("console", "a:b"), "a regex with a colon")


@test
def markers(_scratch):
    """scripts write each byte of a marker, and the end of its line"""
    equal(grub.mark("ok"), ["outb 0x5e9 0x6f", "outb 0x5e9 0x6b",
                            "outb 0x5e9 0xa"], "GRUB")
    equal(media.shell_mark("o"), ["mm 0x5e9 0x6f -w 1 -io -n",
                                  "mm 0x5e9 0xa -w 1 -io -n"], "the EFI shell")


@test
def command_line(scratch):
    """wrong options and others' files are refused, with the reason"""
    def said(*args, status):
        done = subprocess.run([COMMAND, *args], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        equal(done.returncode, status, f"exit status of {args}")
        return done.stdout

    matches(said("--list", status=0), r"(?m)^ovmf-nvme +nvme ", "--list")
    matches(said("nothing", "-o", scratch, status=2), "there is no nothing",
            "a wrong name")
    matches(said("ovmf-nvme", status=2), "-o DIR", "no directory")
    matches(said("ovmf-nvme", "ovmf-ahci", "--device=nvme", "-o", scratch,
                 status=2), "need a single NAME", "--device for two")
    matches(said("ovmf-nvme", "-o", scratch, "--firmware-image=/none", status=2),
            "can't read", "an image that is not there")
    matches(said("ovmf-nvme", "-o", scratch, "--firmware-image=/", status=2),
            "can't read", "an image that is a directory")
    with open(os.path.join(scratch, "trace.mmt"), "w", encoding="ascii") as f:
        f.write("mine\n")
    matches(said("ovmf-nvme", "-o", scratch, status=1), "trace.mmt, which this "
            "command did not make", "others' files")
    with open(os.path.join(scratch, "trace.mmt"), encoding="ascii") as f:
        equal(f.read(), "mine\n", "the file is as it was")


if __name__ == "__main__":
    tap.main()
