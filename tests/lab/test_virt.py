#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 90
# timeout: 1200
"""A real libvirtd: a domain is traced, runs, and is restored."""

import glob
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, mmt, tap                                 # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

DRIVER = "e1000e"
PLUGINS = "/usr/lib/*/libvirt/connection-driver/libvirt_driver_qemu.so"
SHARE = "/usr/share/libvirt"

# L2's settings for the lab (lab/labkit/machine.py): its channels at 00:02.0, the
# device behind a root port at 00:10.0.  pcie-root is listed, since libvirt would
# add it at another place of the file when the domain is next defined.
DOMAIN = """
<domain type='kvm'>
  <name>dut</name>
  <description>It is &lt;the&gt; one &amp; only</description>
  <metadata>
    <app:info xmlns:app='http://example.org/app'><app:owner>me</app:owner></app:info>
  </metadata>
  <memory unit='MiB'>256</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <kernel>/boot/vmlinuz</kernel>
    <initrd>/lab/l2.img</initrd>
    <cmdline>console=ttyS0 loglevel=5 panic=-1 oops=panic mitigations=off init_on_alloc=0 no_timer_check</cmdline>
  </os>
  <features><acpi/></features>
  <cpu mode='host-passthrough' check='none'/>
  <on_reboot>destroy</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <controller type='usb' model='none'/>
    <controller type='virtio-serial' index='0'>
      <address type='pci' domain='0' bus='0' slot='2' function='0'/>
    </controller>
    <controller type='pci' index='0' model='pcie-root'/>
{ports}
    <serial type='file'><source path='/run/console.log'/></serial>
    <channel type='pipe'>
      <source path='/run/agent'/><target type='virtio' name='agent'/>
    </channel>
    <channel type='null'><target type='virtio' name='oracle'/></channel>
    <channel type='file'>
      <source path='/run/files.tar'/><target type='virtio' name='files'/>
    </channel>
{hostdevs}
    <memballoon model='none'/>
  </devices>
{override}
</domain>
"""

PORT = """
    <controller type='pci' index='{number}' model='pcie-root-port'>
      <address type='pci' domain='0' bus='0' slot='0x{slot:x}' function='0'/>
    </controller>
"""

HOSTDEV = """
    <hostdev mode='subsystem' type='pci' managed='yes'>
      <source><address domain='0' bus='0' slot='{slot}' function='0'/></source>
      <address type='pci' domain='0' bus='{number}' slot='0' function='0'/>
    </hostdev>
"""

# Virtual functions of an igb at 00:05.0; libvirt counts the interface first
VFS = """
    <hostdev mode='subsystem' type='pci' managed='yes'>
      <source><address domain='0' bus='0' slot='0x15' function='2'/></source>
      <address type='pci' domain='0' bus='2' slot='0' function='0'/>
    </hostdev>
    <interface type='hostdev' managed='yes'>
      <mac address='52:54:00:6d:90:02'/>
      <source><address type='pci' domain='0' bus='0' slot='0x15' function='0'/></source>
      <address type='pci' domain='0' bus='1' slot='0' function='0'/>
    </interface>
"""

# For the <hostdev>
OVERRIDE = """
  <qemu:override xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
    <qemu:device alias='hostdev1'>
      <qemu:frontend>
        <qemu:property name='x-no-mmap' type='bool' value='true'/>
      </qemu:frontend>
    </qemu:device>
  </qemu:override>
"""

# The same for `virt create`: libvirt knows nothing of the lab's channels
SETTINGS = """
[vfio-trace]
device=00:05.0
os=linux
memory=256M
smp=1
kernel=/boot/vmlinuz
initrd=/lab/l2.img
append=console=ttyS0 loglevel=5 panic=-1 oops=panic mitigations=off init_on_alloc=0 no_timer_check
qemu-args={args}
""".format(args=";".join((
    "-device", "virtio-serial-pci,id=lab,addr=02.0",
    "-chardev", "pipe,id=agent,path=/run/agent",
    "-device", "virtserialport,bus=lab.0,chardev=agent,name=agent",
    "-chardev", "null,id=oracle",
    "-device", "virtserialport,bus=lab.0,chardev=oracle,name=oracle",
    "-chardev", "file,id=files,path=/run/files.tar",
    "-device", "virtserialport,bus=lab.0,chardev=files,name=files")))

MARKING = """
set -eu
# the lab's guest has no driver for a controller that is not the lab's
echo 0000:00:01.0 > /sys/bus/pci/drivers_probe
port=
until [ -n "$port" ]; do
    for dir in /sys/class/virtio-ports/*; do
        case $(cat "$dir/name" 2>/dev/null) in
        org.vfio-trace.mark.0) port=/dev/${dir##*/} ;;
        esac
    done
    usleep 100000
done
echo from the guest > $port
ip link set "$(ls $DEV/net)" up
sleep 1
"""

GUEST = """
set -eu
dev=$(ls $DEV/net)
ip link set "$dev" up
sleep 1
signal up
await changed
ip link set "$dev" down
"""

HOST = """
set -eu
control() { verb=$1; shift; vfio-trace "$verb" --domain dut "$@"; }
await up
control mark test: up
vfio-trace virt status --json dut > $OUT/status.json
control status
ls /dev/shm > $OUT/ring
control window add 3
control window list
control mark test: windows changed
signal changed
"""


def host_tree(scratch):
    """libvirt's files other than programs, in their places; and our tools for it."""
    tree = os.path.join(scratch, "tree")
    os.makedirs(os.path.join(tree, "bin"))
    shutil.copy(os.path.join(os.path.dirname(tap.tool_binary()),
                             "vfio-trace-libvirt.so"),
                os.path.join(tree, "bin"))
    for pattern in (PLUGINS, f"{SHARE}/cpu_map/*", f"{SHARE}/schemas/*"):
        found = glob.glob(pattern)
        if not found:
            raise tap.Skip(f"no {pattern}: libvirt's packages are missing")
        for path in found:
            os.makedirs(tree + os.path.dirname(path), exist_ok=True)
            shutil.copy(path, tree + path)
    return tree


def write(scratch, name, text):
    path = os.path.join(scratch, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def marks(log):
    """The markers' positions among the events."""
    return {e.text: i for i, e in enumerate(log.events)
            if isinstance(e, mmt.Mark)}


def make_domain(ports, hostdevs, override=""):
    """A domain with so many root ports."""
    return DOMAIN.format(
        ports="".join(PORT.format(number=1 + n, slot=0x10 + n)
                      for n in range(ports)),
        hostdevs=hostdevs, override=override)


def launch(scratch, settings, launcher, **options):
    """A lab run with these settings of virt-host.sh, and this file after it."""
    if not shutil.which("libvirtd", path="/usr/sbin:/usr/bin"):
        raise tap.Skip("no libvirtd")
    text = settings
    for name in ("virt-host.sh", launcher):
        with open(lab.guest_file(name), encoding="utf-8") as f:
            text += "\n" + f.read()
    return lab.Run(scratch, launch=write(scratch, "launch", text),
                   host_tree=host_tree(scratch),
                   host_program=["libvirtd", "virsh"], timeout=240, **options)


def start(scratch, xml, settings, **options):
    """A lab run of the domain, with these settings."""
    run = launch(scratch, settings, "virt-launch.sh",
                 extra=write(scratch, "domain.xml", xml), **options)
    equal(run.text("host/after.xml"), run.text("host/before.xml"),
          "the XML: after")
    return run


def run_domain(scratch, devices, enable, **scripts):
    """A lab run of a domain with @devices e1000e; the domain is restored."""
    hostdevs = "".join(HOSTDEV.format(number=1 + n, slot=5 + n)
                       for n in range(devices))
    run = start(scratch, make_domain(devices, hostdevs),
                f"DRIVER={DRIVER}\nENABLE='{enable}'",
                device=["e1000e"] * devices, driver=DRIVER, host_module=DRIVER,
                **scripts)

    before = run.text("host/before.xml")
    for name in ("dry-run", "unasked"):
        equal(run.text(f"host/{name}.xml"), before, f"the XML: {name}")
    matches(run.text("host/unasked.log"), "no terminal", "refusal")
    matches(run.text("host/enabled.xml"),
            "<app:owner>me</app:owner>.*vfio-pci-trace", "XML when enabled")
    equal(run.text("host/drivers.running").split(), ["vfio-pci"] * devices,
          "the devices' drivers while the guest has them")
    equal(run.text("host/drivers.after").split(), [DRIVER] * devices,
          "the devices' drivers afterwards")
    matches(run.text("host/domstate"), "shutdown", "reason of the domain's end")
    lab.tool("check", run.path("trace.mmt"))
    return run


@test
def domain(scratch):
    """virt enable, start, mark, a change of windows, stop, virt disable."""
    # BAR0 alone; the MSI-X table's is switched on while the driver runs
    run = run_domain(scratch, 1, "--trace-windows 0", script=GUEST, host_script=HOST)

    matches(run.text("host/ring"), r"vfio-trace-\S+\.ring",
            "the ring, as seen outside of QEMU's mount namespace")
    matches(run.text("host/files"), r"-rw-------\S* +1 +64055 +64055 .*dut\.mmt",
            "the log's owner and mode")

    log = run.log()
    at = marks(log)
    changed = at["test: windows changed"]
    equal(at["test: up"] < changed, True, "the markers' order")
    msix = [m for m in log.of(mmt.Map) if m.len == 0x4000][0].map
    early, late = (sum(isinstance(e, mmt.Access) and e.map == msix
                       for e in events)
                   for events in (log.events[:changed], log.events[changed:]))
    equal(early, 0, "accesses to the MSI-X table before its window was added")
    equal(late > 0, True, f"{late} accesses to it afterwards")
    equal(sum(isinstance(e, mmt.Access) for e in log.events) > 1000, True,
          "accesses in all: plausible")


@test
def two_devices(scratch):
    """Two devices of a domain write one log."""
    run = run_domain(scratch, 2, "00:05.0 00:06.0 --log-opts pc=on "
                     "--device-opts hot-page-limit=1000000,config=on,"
                     "exclude=1",
                     script="for d in /sys/class/net/e*; do "
                     "ip link set ${d##*/} up; done; sleep 1")
    log = run.log()
    equal(sorted(p.devfn >> 3 for p in log.of(mmt.Pcidev)), [5, 6], "devices")
    regs = {m.map: m.phys for m in log.of(mmt.Map) if m.len == 0x20000}
    used = {n: sum(isinstance(e, mmt.Access) and e.map == n
                   for e in log.events) for n in regs}
    busy = sorted(n for n in used if used[n] > 500)
    equal(len(busy), 2, f"register BARs in use, of {used}")
    equal(any(a.pc for a in log.accesses()), True, "PCs: pc=on")
    equal(len(log.marks("vfio-trace: config R")) > 0, True, "config=on")
    equal(len(regs), 2, "BARs of that size that are traced: exclude=1")


@test
def interface(scratch):
    """<interface type='hostdev'>; the override of the <hostdev> stays its own."""
    xml = make_domain(2, VFS, OVERRIDE)
    run = start(scratch, xml, "DRIVER=igb\nENABLE=00:15.0\nVFS=2", device="igb",
                driver="igbvf", host_module="igb",
                script="ls $DEV/net; cat $DEV/net/*/address")
    line = run.text("host/dut.log")
    devices = [d for d in re.findall(r'-device ({.*?})', line.replace("'", ""))
               if '"host":' in d]
    equal(len(devices), 2, f"host devices on QEMU's command line: {devices}")
    for device in devices:
        traced = '"host":"0000:00:15.0"' in device
        equal('"driver":"vfio-pci-trace"' in device, traced, f"traced: {device}")
        equal('"x-no-mmap":true' in device, not traced, f"overridden: {device}")
    matches(run.text("host/drivers.running"), "vfio-pci\nvfio-pci\n",
            "the devices' drivers while the guest has them")
    lab.tool("check", run.path("trace.mmt"))
    equal([p.devfn for p in run.log().of(mmt.Pcidev)], [0x15 << 3], "devices")
    equal(len(run.log().accesses()) > 10, True, "accesses")


@test
def created(scratch):
    """virt create, start, mark, stop, virt disable, undefine."""
    run = launch(scratch, f"DRIVER={DRIVER}", "virt-create-launch.sh",
                 extra=write(scratch, "dut.conf", SETTINGS), device="e1000e",
                 driver=DRIVER, host_module=DRIVER, script=MARKING)
    equal(run.text("host/undefined").split(), [], "domains at the end")
    matches(run.text("host/create.log"), "Created the domain dut", "message")
    matches(run.text("host/status"), "00:05.0 +traced", "status")
    matches(run.text("host/domstate"), "shutdown", "reason of the domain's end")
    equal(run.text("host/drivers.running").split(), ["vfio-pci"],
          "the device's driver while the guest has it")
    equal(run.text("host/drivers.after").split(), [DRIVER],
          "the device's driver afterwards")
    equal("vfio-pci-trace" in run.text("host/after.xml"), False,
          "tracing after virt disable")
    lab.tool("check", run.path("trace.mmt"))
    log = run.log()
    equal([p.devfn for p in log.of(mmt.Pcidev)], [5 << 3], "devices")
    equal(len(log.accesses()) > 1000, True, "accesses: plausible")
    markers = log.marks("vfio-trace: guest-mark origin=virtio-serial ")
    equal(len(markers), 1, f"markers: {markers}")
    matches(markers[0], "text=from the guest", "marker")


if __name__ == "__main__":
    tap.main()
