#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# usual: 190
# timeout: 1800
"""Faults of the host and the guest on real VFIO: nothing is lost.

The guest (tests/qemu/guest/load.S) writes unique values to an ivshmem device of
the lab's outer machine. That device is memory in a file of this test: the file
shows which values have reached the device.
"""

import json
import os
import random
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, loadguest, loadlog, mmt, tap             # noqa: E402
from common.tap import equal, matches, test                      # noqa: E402

CPUS = 4


def ivshmem(scratch):
    """Options for a lab whose device is memory in the file "device"."""
    path = os.path.join(scratch, "device")
    with open(path, "wb") as f:
        f.truncate(loadguest.BAR_SIZE)
    return {"device": "ivshmem-plain,memdev=device",
            "outer_arg": ["-object", "memory-backend-file,id=device,share=on,"
                          f"size={loadguest.BAR_SIZE},mem-path={path}"]}


def faults(scratch, script, **options):
    """A lab run of a script that begins with guest/faults.sh."""
    names = ("CONTROL", "DONE", "BOOT", "SLOTS", "SLOT_BYTES")
    prologue = "".join(f"{n}={getattr(loadguest, n)}\n" for n in names)
    return lab.Run(
        scratch, host_only=True,
        extra=[loadguest.build(scratch), lab.guest_file("faults.sh")],
        host_script=f"{prologue}CPUS={CPUS}\n. /extra/faults.sh\n{script}",
        **ivshmem(scratch), **options)


def memory(run, name):
    """The device's memory as dumped by the script."""
    return content(run.path(f"host/{name}"))


def content(path):
    """A file's bytes."""
    with open(path, "rb") as f:
        return f.read()


def judge(log, device, before=None, whole=False):
    """The log agrees with the device, and is not empty."""
    lab.tool("check", log)
    replay = loadlog.verify(log, device, CPUS, before, whole)
    print(f"# {replay.accesses} accesses, {len(replay.pending)} pending",
          flush=True)
    equal(replay.accesses > 100, True, f"{replay.accesses} accesses: plausible")
    return replay


def told(run, reason):
    """QMP has reported why the guest was paused, and that it goes on."""
    events = [json.loads(line) for line in run.text("host/events").splitlines()]
    names = [e["event"] for e in events if "event" in e]
    for name in ("VFIO_TRACE_ERROR", "VFIO_TRACE_WAITING", "STOP"):
        equal(names.index(name) < names.index("RESUME"), True,
              f"{name} comes before RESUME")
    data = {e["event"]: e.get("data") for e in events if "event" in e}
    equal("VFIO_TRACE_WELL" in names, True, "VFIO_TRACE_WELL was sent")
    equal(data["VFIO_TRACE_ERROR"]["error"], reason, "error in the event")
    equal(data["VFIO_TRACE_WAITING"]["reason"], reason, "reason in the event")
    paused, running = [
        json.loads(line)["return"][0]
        for line in run.text("host/host-script.log").splitlines()
        if line.startswith('{"return": [')]
    equal((paused["error"], paused["stopped"]), (reason, True), "state paused")
    equal(("error" in running, running["lost"]), (False, 0), "state running")
    equal(running["pauses"] >= 1 and running["pause-ns"] > 10 ** 8, True,
          f"{running['pauses']} pauses of {running['pause-ns']} ns: plausible")


def make_disk(scratch, *options):
    """An ext4 image for L1."""
    image = os.path.join(scratch, "disk")
    with open(image, "wb") as f:
        f.truncate(64 << 20)
    subprocess.run(["/sbin/mkfs.ext4", "-q", *options, image], check=True)
    return image


def from_disk(image, name, scratch):
    """A file of the image, after a file system check."""
    checked = subprocess.run(["/sbin/e2fsck", "-fy", image], text=True,
                             check=False, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT)
    for line in checked.stdout.splitlines():
        print(f"# {line}", flush=True)
    equal(checked.returncode & ~3, 0, "exit status of e2fsck")
    path = os.path.join(scratch, "from-disk.mmt")
    subprocess.run(["/sbin/debugfs", "-R", f"dump {name} {path}", image],
                   check=True, stderr=subprocess.DEVNULL)
    return path


KILLS = r"""
k=0
for moment in $MOMENTS; do
    k=$((k + 1))
    start file=$OUT/trace.mmt.$k
    usleep $moment
    crash memory.$k
    ls /dev/shm
    vfio-trace recover $OUT/trace.mmt.$k || die "not recovered"
    [ -z "$(ls /dev/shm)" ] || die "the ring is still there"
    stage "killed and recovered: $k"
done
"""


@test
def kill(scratch):
    """QEMU killed at random moments; recover completes each log."""
    kills = 10
    moments = [random.randrange(2000000) for _ in range(kills)]
    run = faults(scratch, f"MOMENTS='{' '.join(map(str, moments))}'\n" + KILLS,
                 timeout=600)
    before = None
    for k in range(1, kills + 1):
        after = memory(run, f"memory.{k}")
        judge(run.path(f"trace.mmt.{k}"), after, before)
        before = after
    recovered = re.findall(r": complete now: (\d+) records? from the ring",
                           run.text("host/host-script.log"))
    equal(len(recovered), kills, "logs that recover has completed")
    equal(sum(map(int, recovered)) > kills, True,
          f"{sum(map(int, recovered))} records from the rings: plausible")


MOUNT = r"""
modprobe ext4
mkdir /log
"""

# error_writes: reads go on, as on a disk that has run out of spare sectors.
FLAKEY = MOUNT + r"""
modprobe dm-flakey
size=$(blockdev --getsz $DISK)
table()
{
    dmsetup suspend --noflush --nolockfs --noudevsync --noudevrules log
    dmsetup load log --table "$1"
    dmsetup resume --noudevsync --noudevrules log
}
good="0 $size linear $DISK 0"
bad="0 $size flakey $DISK 0 0 3600 1 error_writes"
dmsetup create log --noudevsync --noudevrules --table "$good"
mount -t ext4 /dev/dm-0 /log
# make errors show soon
echo 50 > /proc/sys/vm/dirty_expire_centisecs
echo 50 > /proc/sys/vm/dirty_writeback_centisecs
"""

EIO = FLAKEY + r"""
start file=/log/trace.mmt,durability=$DURABILITY
sleep 1
stage "the disk begins to fail"
table "$bad"
paused
sleep 1
stage "the disk works again"
table "$good"
goes_on
finish memory
umount /log
"""


def eio(scratch, durability):
    """Temporary write errors on a file system without a journal."""
    image = make_disk(scratch, "-O", "^has_journal")
    run = faults(scratch, f"DURABILITY={durability}\n" + EIO, disk=image,
                 host_module="ext4,dm-flakey", host_program="dmsetup")
    told(run, "Input/output error")
    log = from_disk(image, "trace.mmt", scratch)
    judge(log, memory(run, "memory"), whole=True)
    return content(log)


@test
def eio_process(scratch):
    """EIO, durability=process: paused, goes on, the disk has everything."""
    eio(scratch, "process")


@test
def eio_write(scratch):
    """EIO, durability=write: paused, goes on, the disk has everything."""
    eio(scratch, "write")


@test
def eio_sync(scratch):
    """EIO, durability=sync: as above; one write per vCPU goes ahead, marked."""
    log = eio(scratch, "sync")
    ahead = log.count(b" vfio-trace: unsynced ")
    equal(0 < ahead <= CPUS, True, f"{ahead} writes before the log: plausible")


EIO_JOURNAL = FLAKEY + r"""
start file=/log/trace.mmt
stage "the disk begins to fail"
table "$bad"
paused
aborted()
{
    # EROFS, or EIO since Linux 6.12
    dmesg | grep -q "Aborting journal" &&
        qmp '{"execute": "query-vfio-trace"}' |
            grep -qE "Read-only file system|Input/output error"
}
within 60 aborted || die "the file system does not abort its journal"
stage "the disk works again"
table "$good"
# ext4 never reactivates an aborted journal; /proc/mounts may say rw
mount -o remount,rw /log
sleep 2
aborted && is io-error || die "the guest goes on without a working file system for its log"
crash memory
umount /log
mount -t ext4 /dev/dm-0 /log
vfio-trace recover /log/trace.mmt || die "not recovered"
umount /log
"""


@test
def eio_journal(scratch):
    """EIO breaks ext4's journal: paused; killed, mounted again, recovered."""
    image = make_disk(scratch)
    run = faults(scratch, EIO_JOURNAL, disk=image,
                 host_module="ext4,dm-flakey", host_program="dmsetup")
    judge(from_disk(image, "trace.mmt", scratch), memory(run, "memory"))


READ_ONLY = MOUNT + r"""
mount -t ext4 $DISK /log
start file=/log/trace.mmt
sleep 1
echo u > /proc/sysrq-trigger
stage "file systems are read-only"
paused
grep ' /log ' /proc/mounts
mount -o remount,rw /log
stage "and writable again"
goes_on
finish memory
umount /log
"""


@test
def read_only(scratch):
    """The log's file system becomes read-only: paused, goes on, complete."""
    image = make_disk(scratch)
    run = faults(scratch, READ_ONLY, disk=image, host_module="ext4")
    matches(run.text("host/host-script.log"), r" /log ext4 ro")
    told(run, "Read-only file system")
    judge(from_disk(image, "trace.mmt", scratch), memory(run, "memory"),
          whole=True)


SYNC = MOUNT + r"""
mount -t ext4 $DISK /log
start file=/log/trace.mmt,durability=sync
stage "the guest loads the device"
sleep 60
"""


class Crashed(loadlog.Replay):
    """A log that ends where the machine crashed.

    A processor's last write may have been on the disk and not yet in the device,
    but never the reverse.
    """

    def __init__(self):
        super().__init__()
        self.newest = {}            # processor: (index, value, value before)
        self.ahead = 0

    def _access(self, op, offset, value):
        index = offset >> 2
        before = self.memory[index]
        super()._access(op, offset, value)
        if op == b"W" and offset != loadguest.BOOT:
            self.newest[value >> 29] = (index, value, before)

    def same_as(self, device):
        there = memoryview(device).cast("I")
        for index, value, before in self.newest.values():
            if self.memory[index] == value and there[index] == before:
                self.memory[index] = before
                self.ahead += 1
        return super().same_as(device)


@test
def sync(scratch):
    """durability=sync, the host crashes: no write in the device only."""
    for number in range(tap.rounds(2, 10)):
        place = os.path.join(scratch, str(number))
        os.mkdir(place)
        image = make_disk(place)
        moment = random.uniform(1, 6)
        faults(place, SYNC, disk=image, host_module="ext4",
               crash_when="the guest loads the device",
               crash_after=f"{moment:.3f}")
        text = content(from_disk(image, "trace.mmt", place))
        device = content(os.path.join(place, "device"))
        # the crash may have cut off the last line
        whole = text[:text.rfind(b"\n") + 1]
        replay = Crashed().run(whole.splitlines(True)).same_as(device)
        replay.guest_was_content()
        print(f"# {replay.accesses} accesses in the log; {replay.ahead} of "
              "them had not reached the device", flush=True)
        equal(replay.accesses > 10, True, "accesses: plausible")
        equal([m for m in replay.marks if "unsynced" in m], [],
              "writes before the log")


RESETS = r"""
start file=$OUT/trace.mmt
for moment in $MOMENTS; do
    usleep $moment
    qmp '{"execute": "system_reset"}'
    boots=$((boots + 1))
    within 60 loaded || die "the guest does not load the device again"
done
finish memory
"""


@test
def reset(scratch):
    """Resets of the guest in the middle of its accesses."""
    resets = tap.rounds(6, 12)          # the guest's values distinguish 15
    moments = [random.randrange(500000) for _ in range(resets)]
    run = faults(scratch, f"MOMENTS='{' '.join(map(str, moments))}'\n" + RESETS)
    judge(run.path("trace.mmt"), memory(run, "memory"), whole=True)
    maps = [m for m in run.log().of(mmt.Map) if m.len == loadguest.BAR_SIZE]
    equal(len(maps), resets + 1, "MAP lines")
    equal(len(run.log().of(mmt.Unmap)), resets, "UNMAP lines")


UNPLUG = r"""
until [ "$(grep -c ^W $OUT/trace.mmt)" -gt 100 ]; do
    usleep 100000
done
usleep $MOMENT
qmp -w DEVICE_DELETED '{"execute": "device_del", "arguments": {"id": "dut0"}}'
"""


@test
def unplug(scratch):
    """Hot-unplug while all vCPUs use the device."""
    moment = random.randrange(1000000)
    run = lab.Run(scratch, script="/extra/load $BDF",
                  host_script=f"MOMENT={moment}\n" + UNPLUG, driver="none",
                  smp=CPUS, guest_append="iomem=relaxed",
                  extra=lab.compile_guest(scratch, "load"), **ivshmem(scratch))
    log = run.log()
    # its address depends on the guest's firmware
    loadlog.BAR, = {m.virt for m in log.of(mmt.Map)
                    if m.len == loadguest.BAR_SIZE}
    judge(run.path("trace.mmt"), content(os.path.join(scratch, "device")))
    equal(log.marks("vfio-trace: detached"), ["vfio-trace: detached id=dut0"],
          "mark")
    equal(log.marks()[-1], "vfio-trace: end", "last mark")


if __name__ == "__main__":
    tap.main()
