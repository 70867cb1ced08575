#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 30
# timeout: 900
"""'vfio-trace virt create' with a real libvirtd, which starts the real QEMU.

The processor is emulated, so no guest gets a device of the host: tests/lab
tests that.
"""

import fcntl
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import tap                                           # noqa: E402
from common.fakehost import add_cards, write                     # noqa: E402
from common.libvirtd import Libvirtd                             # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

QEMU = "{http://libvirt.org/schemas/domain/qemu/1.0}"
UUID = "c7a5fdbd-edaf-4455-926a-d65c16db1809"
# fcntl.h
F_OFD_SETLK = 37


def image(scratch, name="disk.raw"):
    path = f"{scratch}/{name}"
    with open(path, "wb") as f:
        f.truncate(1 << 20)
    return path


def create(libvirtd, *args, root=None):
    """Run virt create.  Return: the finished process."""
    return libvirtd.run(tap.tool_binary(), "virt", "create", *args,
                        "--qemu", tap.qemu_binary(), "--accel", "tcg",
                        env={"VFIO_TRACE_SYSFS_ROOT": root} if root else None)


def created(libvirtd, name, *args, root=None):
    """Create a domain.  Return: its XML, and what was printed."""
    done = create(libvirtd, name, "--yes", *args, root=root)
    equal((done.returncode, done.stderr), (0, ""), f"virt create {name}")
    matches(done.stdout, re.escape(f"Created the domain {name}."), "message")
    text = libvirtd.virsh("dumpxml", "--inactive", name)
    return ET.fromstring(text), done.stdout


def refused(libvirtd, pattern, *args, root=None, status=1):
    done = create(libvirtd, *args, "--yes", root=root)
    matches(done.stderr, f"^vfio-trace virt create: {pattern}", "error")
    equal(done.stderr.count("\n"), 1, f"lines of {done.stderr!r}")
    equal(done.returncode, status, "status")


def monitor(libvirtd, name, command, **arguments):
    """Return: the answer to a QMP command."""
    text = json.dumps({"execute": command, "arguments": arguments})
    return json.loads(libvirtd.virsh("qemu-monitor-command", name,
                                     text))["return"]


@test
def linux(scratch):
    """a Linux guest starts, with the ports for markers, in the places of run"""
    disk = image(scratch)
    with Libvirtd(scratch) as libvirtd:
        root, said = created(libvirtd, "lin", "--no-device", "--os", "linux",
                             "--disk", disk, "--smp", "3", "--memory", "300M",
                             "--uuid", UUID.upper(), "--firmware", "seabios")
        equal(root.find("uuid").text, UUID, "UUID")
        equal(root.find("memory").text, str(300 << 10), "KiB")
        equal(root.find("cpu/topology").attrib["cores"], "3", "cores")
        matches(said, "disks: virsh undefine lin\n", "advice")
        libvirtd.virsh("start", "lin")
        ports = libvirtd.virsh("qemu-monitor-command", "--hmp", "lin",
                               "info qtree")
        matches(ports, 'dev: vfio-trace-marker, id "ua-vfio-trace-marker"\n.*'
                'name = "org.vfio-trace.mark.0"', "devices")
        matches(ports, "dev: isa-vfio-trace-marker", "devices")
        equal(monitor(libvirtd, "lin", "qom-get", property="ioeventfd",
                      path="/machine/peripheral/ua-vfio-trace-serial"), False,
              "ioeventfd")
        places = {dev["qdev_id"]: dev["slot"] for dev in
                  monitor(libvirtd, "lin", "query-pci")[0]["devices"]}
        equal((places["virtio-disk0"], places["ua-vfio-trace-serial"]), (1, 2),
              "slots")
        done = libvirtd.run(tap.tool_binary(), "virt", "status", "lin")
        matches(done.stdout, "no PCI device is passed through", "status")
        libvirtd.virsh("destroy", "lin")
        libvirtd.virsh("undefine", "lin")
        equal(os.path.exists(disk), True, "the disk is still there")


@test
def windows(scratch):
    """Windows's machine starts: Secure Boot, TPM, a display in a socket"""
    if not shutil.which("swtpm"):
        raise tap.Skip("no swtpm")
    if not os.path.exists("/usr/share/OVMF/OVMF_VARS_4M.ms.fd"):
        raise tap.Skip("no OVMF with Secure Boot")
    disk = image(scratch, "win.raw")
    with Libvirtd(scratch) as libvirtd:
        root, said = created(libvirtd, "win", "--no-device", "--os", "windows",
                             "--disk", disk, "--iso", image(scratch, "cd.iso"),
                             "--display", "vnc", "--memory", "300M")
        matches(said, f"--keep-nvram win\n.*{disk}.nvram is deleted", "advice")
        equal(root.find("metadata")[0][0].attrib["id"],
              "http://microsoft.com/win/11", "libosinfo's name")
        loader = root.find("os/loader")
        equal((loader.attrib["secure"], loader.attrib["type"]),
              ("yes", "pflash"), f"loader {loader.text}")
        equal(root.find("os/nvram").text, f"{disk}.nvram", "variables")
        libvirtd.virsh("start", "win")
        equal(os.path.getsize(f"{disk}.nvram"), 540672, "size of the variables")
        tpm, = monitor(libvirtd, "win", "query-tpm")
        equal((tpm["model"], tpm["options"]["type"]), ("tpm-crb", "emulator"),
              "TPM")
        equal(monitor(libvirtd, "win", "qom-get", path="/machine",
                      property="smm"), "on", "SMM")
        vnc = monitor(libvirtd, "win", "query-vnc")
        equal((vnc["enabled"], vnc["family"]), (True, "unix"), "VNC")
        places = {dev["qdev_id"]: dev["slot"] for dev in
                  monitor(libvirtd, "win", "query-pci")[0]["devices"]}
        equal((places["ua-vfio-trace-serial"], places["video0"],
               places["usb"]), (1, 0xf, 0xd), "slots")
        libvirtd.virsh("destroy", "win")

        # the TPM of an earlier run is taken over as the note says
        os.mkdir(f"{disk}.tpm")
        state = f"/var/lib/libvirt/swtpm/{root.find('uuid').text}/tpm2/" \
            "tpm2-00.permall"
        done = libvirtd.run("cp", state, f"{disk}.tpm/tpm2-00.permall")
        equal(done.returncode, 0, f"cp: {done.stderr}")
        libvirtd.virsh("undefine", "--keep-nvram", "win")
        equal(os.path.exists(f"{disk}.nvram"), True, "the variables are there")
        root, said = created(libvirtd, "again", "--no-device", "--os",
                             "windows", "--disk", disk, "--display", "vnc")
        state = matches(said, r"copy (\S+) over (\S+)", "note")
        libvirtd.virsh("start", "again")
        libvirtd.virsh("destroy", "again")
        done = libvirtd.run("cp", state[1], state[2])
        equal(done.returncode, 0, f"cp: {done.stderr}")
        libvirtd.virsh("start", "again")
        libvirtd.virsh("destroy", "again")
        # variables of a guest without Secure Boot
        os.truncate(f"{disk}.nvram", 0)
        refused(libvirtd, "--secure-boot: .* has no keys for Secure Boot",
                "third", "--no-device", "--os", "windows", "--disk", disk)
        refused(libvirtd, "--secure-boot needs OVMF", "third", "--no-device",
                "--secure-boot", "--firmware", "seabios")
        refused(libvirtd, "--display gtk: ", "third", "--no-device",
                "--display", "gtk")


@test
def net(scratch):
    """QEMU's own network, a shared directory, variables in libvirt's directory"""
    share = f"{scratch}/share"
    os.mkdir(share)
    with Libvirtd(scratch) as libvirtd:
        root, said = created(libvirtd, "net", "--no-device", "--os", "linux",
                             "--net", "user", "--firmware", "ovmf",
                             "--memory", "300M", "--share", f"{share}:data")
        fs = root.find("devices/filesystem")
        equal((fs.find("source").attrib["dir"], fs.find("target").attrib["dir"]),
              (share, "data"), "shared directory")
        virtiofs = fs.find("driver") is not None and \
            fs.find("driver").attrib["type"] == "virtiofs"
        equal(root.find("memoryBacking") is not None, virtiofs,
              "shared memory, for virtiofsd alone")
        refused(libvirtd, "--share .*: there is no such directory", "other",
                "--no-device", "--share", f"{share}/none")
        refused(libvirtd, "--share .*: another directory has the name data",
                "other", "--no-device", "--share", f"{share}:data", "--share",
                f"{scratch}:data")
        equal(root.find("devices/interface").attrib["type"], "user", "network")
        equal(root.find("devices/interface/model").attrib["type"], "virtio",
              "network card")
        matches(said, "Note: --net user: libvirt forwards no port", "note")
        matches(said, "virsh undefine --nvram net", "advice")
        libvirtd.virsh("start", "net")
        places = {dev["qdev_id"]: dev["slot"] for dev in
                  monitor(libvirtd, "net", "query-pci")[0]["devices"]}
        equal(places["net0"], 0xe, "slot of the network card")
        libvirtd.virsh("destroy", "net")
        libvirtd.virsh("undefine", "--nvram", "net")


@test
def traced(scratch):
    """devices of a made-up host: traced, shown by status, ordinary again"""
    host = f"{scratch}/host"
    cards = add_cards(host, 2, functions=2)
    disk = image(scratch)
    with Libvirtd(scratch) as libvirtd:
        root, said = created(libvirtd, "dut", *reversed(cards), "--os", "linux",
                             "--disk", disk, "--firmware", "seabios",
                             "--overwrite", "--trace-windows", "01:00.1:0",
                             "--device-opts", "02:00.0:start=off", root=host)
        matches(said, "The log will be /var/log/vfio-trace/dut.mmt", "message")
        hostdevs = root.findall("devices/hostdev")
        equal([(h.attrib["managed"], h.find("source/address").attrib["bus"],
                h.find("address").attrib["bus"],
                h.find("address").attrib["function"]) for h in hostdevs],
              [("yes", f"0x0{card}", f"0x0{card}", f"0x{function}")
               for card in (1, 2) for function in (0, 1)], "hostdevs")
        drivers = [p.attrib["value"] for p in root.iter(f"{QEMU}property")
                   if p.attrib["name"] == "driver"]
        equal(sorted(drivers), ["vfio-pci-trace"] * 4 + ["vfio-trace-marker"],
              "overridden drivers")
        args = [a.attrib["value"] for a in root.iter(f"{QEMU}arg")]
        equal(any("overwrite=on" in a for a in args), True, f"log: {args}")
        line = libvirtd.virsh("domxml-to-native", "qemu-argv", "--domain",
                              "dut")
        equal(line.count('"driver":"vfio-pci-trace"'), 4, "QEMU's devices")
        matches(line, '"windows":"0"', "windows of 01:00.1")

        done = libvirtd.run(tap.tool_binary(), "virt", "status", "--json",
                            "dut")
        devices = json.loads(done.stdout)["devices"]
        equal([(d["host"], d["traced"], d["enabled-by-vfio-trace"])
               for d in devices], [(c, True, True) for c in cards], "status")
        done = libvirtd.run(tap.tool_binary(), "virt", "disable", "--yes",
                            "dut")
        equal((done.returncode, done.stderr), (0, ""), "virt disable")
        plain = libvirtd.virsh("dumpxml", "--inactive", "dut")
        equal("vfio-pci-trace" in plain, False, "tracing is gone")
        equal("vfio-trace-marker" in plain, True, "the port is still there")
        done = libvirtd.run(tap.tool_binary(), "virt", "enable", "--yes",
                            "--qemu", tap.qemu_binary(), "dut", *cards)
        equal((done.returncode, done.stderr), (0, ""), "virt enable")


@test
def schema(scratch):
    """libvirt's own validator accepts what --dry-run prints"""
    for program in ("virt-xml-validate", "xmllint"):
        if not shutil.which(program):
            raise tap.Skip(f"no {program}")
    host = f"{scratch}/host"
    cards = add_cards(host, 1)
    with Libvirtd(scratch) as libvirtd:
        done = create(libvirtd, "dut", *cards, "--dry-run", "--os", "windows",
                      "--iso", image(scratch, "a & b.iso"), root=host)
        equal((done.returncode, done.stderr), (0, ""), "virt create")
        equal(libvirtd.virsh("list", "--all", "--name").strip(), "",
              "domains after --dry-run")
    path = f"{scratch}/domain.xml"
    with open(path, "w", encoding="utf-8") as f:
        f.write(matches(done.stdout, "^.*</domain>\n")[0])
    done = subprocess.run(["virt-xml-validate", path], text=True, check=False,
                          capture_output=True)
    equal(done.returncode, 0, f"virt-xml-validate: {done.stdout}{done.stderr}")


@test
def advice(scratch):
    """the commands in the end are for this domain, whatever virsh makes of names"""
    with Libvirtd(scratch) as libvirtd:
        for name, word in (("plain", "plain"), ("a b", "'a b'"), ("1", UUID),
                           ("12345678-edaf-4455-926a-d65c16db1809", UUID),
                           ("x\u202ey", UUID)):
            done = create(libvirtd, name, "--no-device", "--yes", "--uuid", UUID)
            equal((done.returncode, done.stderr), (0, ""), f"create {name!r}")
            matches(done.stdout, f"virsh start {word}\n", f"start {name!r}")
            matches(done.stdout, rf"virsh undefine --nvram {word}\n",
                    f"remove {name!r}")
            libvirtd.virsh("undefine", "--nvram", UUID)


@test
def refusals(scratch):
    """names, UUIDs, files and devices that can't be used"""
    host = f"{scratch}/host"
    card, = add_cards(host, 1)
    disk = image(scratch)
    busy = image(scratch, "busy.raw")
    none = ("--no-device",)
    with Libvirtd(scratch) as libvirtd, open(busy, "rb+") as qemus:
        created(libvirtd, "first", *none, "--disk", disk, "--uuid", UUID)
        refused(libvirtd, "there is a domain first with the name first",
                "first", *none)
        refused(libvirtd, f"there is a domain first with the UUID {UUID}",
                "second", *none, "--uuid", UUID)
        refused(libvirtd, "--uuid 12: it is not a UUID", "second", *none,
                "--uuid", "12")
        for name in ("", ".", "..", "a/b", ".hidden"):
            refused(libvirtd, re.escape(f"'{name}' can't be a domain's name"),
                    name, *none)
        refused(libvirtd, "the domain's name '.*' has a control character",
                "a\nb", *none)
        refused(libvirtd, "--disk /nowhere/x: No such file", "second", *none,
                "--disk", "/nowhere/x")
        refused(libvirtd, "--disk .*: it must be a file or a block device",
                "second", *none, "--disk", scratch)
        # as QEMU locks its images: byte 101 says that it writes
        fcntl.fcntl(qemus, F_OFD_SETLK,
                    struct.pack("hhqqi4x", fcntl.F_RDLCK, 0, 101, 1, 0))
        refused(libvirtd, "--disk .*: a QEMU has it open", "second", *none,
                "--disk", busy)
        refused(libvirtd, "--nvram .*: there is no directory /nowhere",
                "second", *none, "--nvram", "/nowhere/nvram")
        refused(libvirtd, "which device", "second")
        refused(libvirtd, "--no-device, and the device", "second", card, *none)
        refused(libvirtd, "'frob' is not a PCI address", "second", "frob",
                status=2)
        refused(libvirtd, ".*0000:09:00.0", "second", "09:00.0", root=host)
        refused(libvirtd, "--osinfo win12: it must be one of", "second", *none,
                "--osinfo", "win12")
        refused(libvirtd, "--osinfo http://x\">: it must be one of", "second",
                *none, "--osinfo", 'http://x">')
        for words in ("nonsense", "-S;-device;x;nonsense"):
            with open(f"{scratch}/args.conf", "w", encoding="utf-8") as f:
                f.write(f"[vfio-trace]\nqemu-args={words}\n")
            refused(libvirtd, "'nonsense' among QEMU's arguments", "second",
                    *none, "--vm", f"{scratch}/args.conf")
        refused(libvirtd, "--network nobody: ", "second", *none, "--network",
                "nobody")
        for word in ("user:", "user:e1000e,mac=x", "user:usb-net"):
            refused(libvirtd, f"--net {word}: ", "second", *none, "--net", word)
        refused(libvirtd, "--memory 1K: ", "second", *none, "--memory", "1K")
        refused(libvirtd, "libvirt at test:///default has", "second", *none,
                "--connect", "test:///default")
        # another domain has the disk, too
        _, said = created(libvirtd, "third", *none, "--disk", disk)
        matches(said, f"Note: the domain first has the disk {disk} as well",
                "note")
        # nobody to ask
        done = create(libvirtd, "fourth", *none)
        matches(done.stderr, "nothing was changed: there is no terminal",
                "error")
        equal(libvirtd.virsh("list", "--all", "--name").split(),
              ["first", "third"], "domains")


@test
def devices(scratch):
    """devices that no guest can have, and those of a shared IOMMU group"""
    host = f"{scratch}/host"
    bridge, alone, shared, beside = add_cards(host, 4)
    sys_of = f"{host}/sys/devices/pci0000:00/{{}}"
    write(f"{sys_of.format(bridge)}/class", "0x060400\n")
    with open(f"{sys_of.format(bridge)}/config", "rb+") as f:
        f.seek(0x0e)
        f.write(b"\1")
    os.unlink(f"{sys_of.format(alone)}/iommu_group")
    # beside, with a driver, joins the group of shared
    group = os.readlink(f"{sys_of.format(shared)}/iommu_group")
    os.unlink(f"{sys_of.format(beside)}/iommu_group")
    os.symlink(group, f"{sys_of.format(beside)}/iommu_group")
    os.symlink(sys_of.format(beside), f"{group}/devices/{beside}")
    os.makedirs(f"{host}/sys/bus/pci/drivers/e1000e")
    os.symlink(f"{host}/sys/bus/pci/drivers/e1000e",
               f"{sys_of.format(beside)}/driver")
    with Libvirtd(scratch) as libvirtd:
        refused(libvirtd, f".*{bridge}", "dut", bridge, root=host)
        refused(libvirtd, f"{alone} is in no IOMMU group", "dut", alone,
                root=host)
        refused(libvirtd, f"the same IOMMU group has {beside} .*, driver e1000e",
                "dut", shared, root=host)
        refused(libvirtd, "--usb: no USB device", "dut", shared, beside,
                "--usb", "1234:5678", root=host)
        refused(libvirtd, "--display vnc adds an emulated VGA, and x-vga=on "
                f"makes {shared}", "dut", shared, "--with-group", "--display",
                "vnc", "--device-opts", "x-vga=on", root=host)
        # this host has no OVMF
        refused(libvirtd, "--nvram: only OVMF has variables", "dut", shared,
                "--with-group", "--nvram", f"{scratch}/vars", root=host)
        root, said = created(libvirtd, "dut", shared, "--with-group", root=host)
        matches(said, "Note: there is no OVMF on this host", "note")
        equal(root.find("os/loader"), None, "firmware")
        equal([(h.find("source/address").attrib["bus"],
                h.find("address").attrib["type"])
               for h in root.findall("devices/hostdev")],
              [("0x03", "pci"), ("0x04", "unassigned")], "hostdevs")
        done = libvirtd.run(tap.tool_binary(), "virt", "status", "dut")
        matches(done.stdout, f"{shared} +traced.*{beside} +not traced",
                "status")
        # hostile names in the XML, and on QEMU's command line
        odd = "a<b>&'c\";$(x),y"
        disk = image(scratch, f"{odd}.raw")
        root, _ = created(libvirtd, "odd", "--no-device", "--disk", disk,
                          "--os", "linux", "--memory", "300M", "--firmware",
                          "seabios", "--kernel", disk, "--append", odd)
        equal(root.find("devices/disk/source").attrib["file"], disk, "disk")
        equal(root.find("os/cmdline").text, odd, "command line")
        root, said = created(libvirtd, odd, "--no-device", "--firmware",
                             "seabios", "--memory", "300M")
        equal(root.find("name").text, odd, "name")
        command = matches(said, r"or: (virsh start [^\n]*)")[1]
        done = libvirtd.run("sh", "-c", command)
        equal(done.returncode, 0, f"{command}: {done.stderr}")


if __name__ == "__main__":
    tap.main()
