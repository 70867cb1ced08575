#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What 'vfio-trace run' plans, and whether QEMU accepts it in a rehearsal.

The host is made up, so its devices can't be taken: --dry-run rehearses all the
same.  A script in QEMU's place has it emulate the processor, since KVM may be
missing here.
"""

import glob
import json
import os
import shutil
import signal
import socket
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import tap                                           # noqa: E402
from common.fakehost import add_cards, write                       # noqa: E402
from common.tap import equal, matches, test, wait_until    # noqa: E402

# The arguments of the plan that need KVM
EMULATE = """#!/bin/bash
words=()
for word in "$@"; do
    case $word in
    kvm) word=tcg ;;
    host | host,*) word=max ;;
    esac
    words+=("$word")
done
exec "%s" "${words[@]}"
"""


def rehearsals():
    return set(glob.glob("/dev/shm/vfio-trace-rehearsal-*"))


def plan(scratch, *args, emulate=True):
    """Run vfio-trace run --dry-run on the made-up host."""
    qemu = f"{scratch}/qemu"
    write(qemu, EMULATE % tap.qemu_binary())
    os.chmod(qemu, 0o755)
    at = args.index("--") if "--" in args else len(args)
    own = ("--", *(("-accel", "tcg") if emulate else ()), *args[at + 1:])
    before = rehearsals()
    result = subprocess.run(
        [tap.tool_binary(), "run", "--dry-run", "--as-root", "--qemu", qemu,
         "--memory", "64M", "-o", f"{scratch}/log.mmt", *args[:at], *own],
        text=True, capture_output=True, timeout=120, check=False, cwd=scratch,
        env={**os.environ, "LC_ALL": "C",
             "VFIO_TRACE_SYSFS_ROOT": f"{scratch}/host"})
    # Tests that run at the same time have rehearsals, which end soon.
    wait_until(lambda: not any(map(os.path.exists, rehearsals() - before)),
               "the rehearsal's directory to be gone")
    equal(os.path.exists(f"{scratch}/log.mmt"), False, "the log exists")
    return result


def accepted(scratch, *args):
    result = plan(scratch, *args)
    equal((result.returncode, "# QEMU accepts this" in result.stdout),
          (0, True), result.stderr)
    return result.stdout


def refused(scratch, pattern, *args):
    result = plan(scratch, *args)
    equal((result.returncode, result.stdout), (2, ""), result.stderr)
    matches(result.stderr, pattern)


@test
def numbers_of_cards(scratch):
    """QEMU accepts each number of cards that the machine has ports for."""
    names = add_cards(f"{scratch}/host", 120)
    for cards in 1, 8, 15, 16, 40, 120:
        command = accepted(scratch, *names[:cards])
        equal(command.count("-device pcie-root-port,"), cards, "root ports")


@test
def whole_cards(scratch):
    """Functions of one card share a root port, with any number of cards."""
    names = add_cards(f"{scratch}/host", 17, functions=4)
    command = accepted(scratch, *names, "--os", "linux")
    equal(command.count("-device pcie-root-port,"), 17, "root ports")
    matches(command, r"id=dev-11\.00\.3,bus=port16,addr=00\.3,")


@test
def user_arguments(scratch):
    """The user's own arguments are tried, without their effects."""
    name = add_cards(f"{scratch}/host", 1)[0]
    refused(scratch, "slot 16 function 0 not available for edu", name, "--",
            "-device", "edu,addr=0x10")
    refused(scratch, "'nonsense' is not a valid device model name", name, "--",
            "-device", "nonsense")
    refused(scratch, "Could not open '/none'", name, "--", "-drive",
            "file=/none,format=raw")
    accepted(scratch, name, "--", "-pidfile", f"{scratch}/pid",
             "-chardev", f"file,id=c,path={scratch}/serial",
             "-serial", "chardev:c", "-debugcon", f"file:{scratch}/debug",
             "-netdev", "tap,id=n,script=/none", "-device",
             "e1000e,romfile=,netdev=n", "-incoming", "defer",
             "-device", "vfio-pci,host=01:00.0,addr=9",
             "-monitor", f"unix:{scratch}/monitor,server=on,wait=on")
    for left in "pid", "serial", "debug", "monitor":
        equal(os.path.exists(f"{scratch}/{left}"), False, left)


@test
def others_are_left_alone(scratch):
    """Programs that serve one connection get none; no device is taken."""
    name = add_cards(f"{scratch}/host", 1)[0]
    server = socket.socket(socket.AF_UNIX)
    server.bind(f"{scratch}/s")
    server.listen()
    server.setblocking(False)
    displays = subprocess.run([tap.qemu_binary(), "-display", "help"],
                              text=True, capture_output=True, check=True)
    # A lean QEMU has no display.
    display = "curses" if "curses" in displays.stdout.split() else "none"
    accepted(scratch, name, "--",
             "-chardev", f"socket,id=c,path={scratch}/s",
             "-object", f"memory-backend-file,id=m,size=64M,share=on,"
             f"mem-path={scratch}/memory",
             "-numa", "node,memdev=m",
             "-device", "vhost-user-fs-pci,id=fs,chardev=c,tag=t",
             "-chardev", f"socket,id=d,path={scratch}/s",
             "-device", "ivshmem-doorbell,chardev=d,vectors=2",
             "-chardev", f"socket,id=e,path={scratch}/s",
             "-netdev", "vhost-user,id=n,chardev=e",
             "-device", "virtio-net-pci,netdev=n,romfile=",
             "-audiodev", json.dumps({"driver": "pa", "id": "a",
                                      "server": f"unix:{scratch}/s"}),
             "-device", "ich9-intel-hda", "-device", "hda-duplex,audiodev=a",
             "-device", "id=x,driver=vfio-pci,host=02:00.0",
             "-device", json.dumps({"driver": "vfio-pci", "id": "y",
                                    "host": "02:00.1"}),
             "-set", "device.x.x-vga=on",
             "-object", "input-linux,id=i,evdev=/dev/input/event0",
             "-device", "virtio-input-host-pci,evdev=/dev/input/event0",
             "-display", display,
             "-gdb", f"unix:{scratch}/gdb,server=on",
             "-overcommit", "mem-lock=on", "-preconfig")
    try:
        server.accept()
        raise AssertionError("the rehearsal has used the connection")
    except BlockingIOError:
        pass
    equal([os.path.exists(f"{scratch}/{left}") for left in ("memory", "gdb")],
          [False, False], "files")
    result = plan(scratch, name, "--", "-drive",
                  f"file=nbd:unix:{scratch}/s,if=none")
    matches(result.stdout, "QEMU was not asked .*: a disk is another program's")


@test
def leftovers(scratch):
    """What a killed rehearsal has left is removed, but not a current one."""
    name = add_cards(f"{scratch}/host", 1)[0]
    tops = [f"/dev/shm/vfio-trace-rehearsal-{os.getpid()}{age}"
            for age in ("old", "new")]
    try:
        for top in tops:
            write(f"{top}/log/vfio-trace-0.ring", "ring")
            write(f"{top}/vars.fd", "variables")
        os.utime(tops[0], (1, 1))
        accepted(scratch, name)
        equal([os.path.exists(top) for top in tops], [False, True],
              "the directories")
    finally:
        for top in tops:
            shutil.rmtree(top, ignore_errors=True)


# A QEMU that lists its devices, but does not make a machine
TALKS = """#!/bin/sh
case "$*" in *help*) exec %s "$@" ;; esac
touch started
exec yes nonsense >&2
"""


@test
def talks(scratch):
    """A QEMU that does nothing but talk can be left with a signal."""
    name = add_cards(f"{scratch}/host", 1)[0]
    write(f"{scratch}/qemu", TALKS % tap.qemu_binary())
    os.chmod(f"{scratch}/qemu", 0o755)
    with subprocess.Popen(
            [tap.tool_binary(), "run", "--dry-run", "--as-root", "--qemu",
             f"{scratch}/qemu", name, "--", "-accel", "tcg"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=scratch,
            env={**os.environ, "VFIO_TRACE_SYSFS_ROOT": f"{scratch}/host"}
            ) as tool:
        try:
            wait_until(lambda: os.path.exists(f"{scratch}/started"),
                       "the rehearsal")
            tool.send_signal(signal.SIGTERM)
            equal(tool.wait(30), -signal.SIGTERM, "the tool's end")
        finally:
            tool.kill()


@test
def options(scratch):
    """Properties of devices and log are checked with QEMU's own list."""
    name = add_cards(f"{scratch}/host", 1)[0]
    accepted(scratch, name, "--device-opts", "hot-page-limit=9,x-req=off",
             "--log-opts", "pc=on,max-size=1G,ring-size=1M")
    refused(scratch, "no property 'hot-page-limits'; did you mean", name,
            "--device-opts", f"{name}:hot-page-limits=9")
    refused(scratch, "config=perhaps: it must be on or off", name,
            "--device-opts", "config=perhaps")
    refused(scratch, "vfio-trace-log has no property 'maxsize'", name,
            "--log-opts", "maxsize=1G")
    refused(scratch, "max-size", name, "--log-opts", "max-size=much")
    refused(scratch, "failed to find romfile", name, "--device-opts",
            "romfile=/none")


@test
def disks(scratch):
    """A disk is not opened, and two devices can't have one place to boot."""
    names = add_cards(f"{scratch}/host", 2)
    write(f"{scratch}/disk.qcow2", "no qcow2 image")
    accepted(scratch, *names, "--disk", f"{scratch}/disk.qcow2",
             "--iso", f"{scratch}/disk.qcow2")
    refused(scratch, "bootindex", *names, "--device-opts",
            f"{names[1]}:bootindex=1", "--disk", f"{scratch}/disk.qcow2")


@test
def not_tried(scratch):
    """Without KVM, and if the user does not want it, QEMU is not asked."""
    name = add_cards(f"{scratch}/host", 1)[0]
    for args, why in (((), "KVM can't be used here"),
                      (("--no-rehearsal",), "--no-rehearsal was given")):
        result = plan(scratch, name, *args, emulate=False)
        equal(result.returncode, 0, result.stderr)
        matches(result.stdout, f"# QEMU was not asked .*: {why}\n")


if __name__ == "__main__":
    tap.main()
