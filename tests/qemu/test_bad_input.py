#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Wrong options: one clear error message each, and nothing lost."""

import os
import stat
import sys
from pathlib import Path

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import mmt, tap                                      # noqa: E402
from common.qemu import Machine, fails                           # noqa: E402
from common.tap import (Skip, equal, matches, test,              # noqa: E402
                        wait_until)

DEVICE = ["-device", "edu,id=dut"]
TRACE = ["-object", "pci-trace,id=trace,device=dut"]


def log_object(path, more=""):
    return ["-object", f"vfio-trace-log,id=log,file={path}{more}"]


def refused(scratch, pattern, *args):
    said = fails(scratch, *args)
    matches(said, pattern, "error")
    errors = [line for line in said.splitlines()
              if line.startswith("qemu-system")]
    equal(len(errors), 1, f"error lines in {said!r}")
    # an empty log left behind would make the next start fail
    equal(os.path.exists(f"{scratch}/log") and
          os.path.getsize(f"{scratch}/log") > 10, False, "a log left behind")


@test
def existing_log(scratch):
    """An existing log is not touched."""
    path = f"{scratch}/log"
    with open(path, "w", encoding="utf-8") as f:
        f.write("precious\n")
    refused(scratch, r"can't create trace log '.*/log': File exists.*overwrite",
            *log_object(path))
    with open(path, encoding="utf-8") as f:
        equal(f.read(), "precious\n", "old file")


@test
def overwrite(scratch):
    """overwrite=on takes an existing log, and makes it mode 0600."""
    path = f"{scratch}/log"
    with open(path, "w", encoding="utf-8") as f:
        f.write("old\n" * 10000)
    os.chmod(path, 0o644)
    with Machine(scratch, *log_object(path, ",overwrite=on")) as m:
        m.quit()
    equal(mmt.Log(path).events[0], "20070824", "first line")
    equal(stat.S_IMODE(os.stat(path).st_mode), 0o600, "mode")


@test
def foreign_fifo(scratch):
    """A FIFO that others made, or can write to, is refused as a log."""
    path = f"{scratch}/fifo"
    os.mkfifo(path)
    os.chmod(path, 0o622)
    refused(scratch, "'.*fifo' is a FIFO that other users can write to",
            *log_object(path))
    os.chmod(path, 0o600)
    if os.geteuid():
        raise Skip("only root can make another user's FIFO")
    os.chown(path, 65534, -1)
    refused(scratch, "'.*fifo' is a FIFO that belongs to another user",
            *log_object(path))


@test
def writable_log(scratch):
    """A log that others can write to is not taken over."""
    path = f"{scratch}/log"
    with open(path, "w", encoding="utf-8"):
        os.chmod(path, 0o662)
    refused(scratch, "'.*log' can be written by other users: chmod go-w",
            *log_object(path, ",overwrite=on"))


@test
def foreign_sidecar(scratch):
    """A foreign file at the sidecar's name neither blocks QEMU nor is read."""
    sidecar = f"{scratch}/log.ring"
    os.mkfifo(sidecar)
    refused(scratch, "'.*log.ring' is not a regular file",
            *log_object(f"{scratch}/log"))
    os.unlink(sidecar)
    secret = Path(scratch, "secret")
    secret.write_text("root:x:secret\n", encoding="utf-8")
    os.symlink(secret, sidecar)
    said = fails(scratch, *log_object(f"{scratch}/log,overwrite=on"))
    matches(said, "'.*log.ring' is not a regular file", "error")
    equal("x:secret" in said, False, "the secret is quoted")


@test
def new_log_is_private(scratch):
    """A new log has mode 0600 whatever the umask."""
    path = f"{scratch}/log"
    with Machine(scratch, *log_object(path),
                 preexec=lambda: os.umask(0)) as m:
        equal(stat.S_IMODE(os.stat(path).st_mode), 0o600, "mode")
        m.quit()
    equal(os.path.exists(path), False, "a log that nothing was logged to")


@test
def symlink(scratch):
    """A symbolic link is not followed, overwrite or not, dangling or not."""
    target, link = f"{scratch}/target", f"{scratch}/link"
    os.symlink(target, link)
    refused(scratch, "can't create trace log '.*link'", *log_object(link))
    refused(scratch, "Symbolic links are not followed",
            *log_object(link, ",overwrite=on"))
    equal(os.path.exists(target), False, "target")


@test
def hard_link(scratch):
    """A file with other hard links is not emptied."""
    with open(f"{scratch}/victim", "w", encoding="utf-8") as f:
        f.write("precious\n")
    os.link(f"{scratch}/victim", f"{scratch}/link")
    refused(scratch, "link' has other names",
            *log_object(f"{scratch}/link", ",overwrite=on"))
    with open(f"{scratch}/victim", encoding="utf-8") as f:
        equal(f.read(), "precious\n", "the file's other name")


@test
def failed_start(scratch):
    """A start that fails later leaves no log of a device already tapped."""
    refused(scratch, "bogus", *log_object(f"{scratch}/log"), *TRACE, *DEVICE,
            "-device", "edu,bogus=1")
    equal(os.path.exists(f"{scratch}/log"), False, "log")


@test
def relative_path(scratch):
    """query-vfio-trace gives a path that others can open."""
    cwd = os.getcwd()
    os.chdir(scratch)
    try:
        with Machine(scratch, *log_object("log")) as m:
            equal(m.qmp.execute("query-vfio-trace")[0]["file"],
                  os.path.realpath(f"{scratch}/log"), "file")
            m.quit()
    finally:
        os.chdir(cwd)


@test
def not_a_file(scratch):
    """Directories and devices are refused at once."""
    refused(scratch, "can't create trace log",
            *log_object(scratch, ",overwrite=on"))
    refused(scratch, "'/dev/null' is not a regular file",
            *log_object("/dev/null", ",overwrite=on"))


@test
def unwritable_path(scratch):
    """A directory that is not there."""
    refused(scratch, r"can't create trace log '/nonexistent/log': No such file",
            *log_object("/nonexistent/log"))


@test
def no_file(scratch):
    """A log without a file."""
    refused(scratch, "file", "-object", "vfio-trace-log,id=log")
    refused(scratch, "file=PATH", "-object", "vfio-trace-log,id=log,file=")


@test
def log_in_use(scratch):
    """Two QEMUs do not share a file."""
    path = f"{scratch}/log"
    with Machine(scratch, *log_object(path)) as m:
        m.qmp.execute("vfio-trace-mark", text="mine")
        wait_until(lambda: "mine" in Path(path).read_text(encoding="utf-8"),
                   "the marker is written")
        said = fails(scratch, *log_object(path, ",overwrite=on"))
        matches(said, "'.*/log' is in use")
        m.quit()
    equal("mine" in mmt.Log(path).marks(), True, "marker")


@test
def ring_size(scratch):
    """ring-size has limits."""
    for size in ("0", "1K", "8G", "-1", "x"):
        refused(scratch, "ring-size",
                *log_object(f"{scratch}/log", f",ring-size={size}"))
    equal(os.path.exists(f"{scratch}/log"), False, "log")


@test
def unknown_device(scratch):
    """pci-trace for a device that does not exist."""
    refused(scratch, "pci-trace: there is no device 'dut'",
            *log_object(f"{scratch}/log"), *TRACE)


@test
def unknown_log(scratch):
    """pci-trace and vfio-pci-trace with a log that does not exist."""
    refused(scratch, "there is no trace log 'nope'", *DEVICE,
            "-object", "pci-trace,id=trace,device=dut,log=nope")
    refused(scratch, "there is no trace log", *TRACE, *DEVICE)
    refused(scratch, "there are several trace logs",
            *log_object(f"{scratch}/a"), "-object",
            f"vfio-trace-log,id=log2,file={scratch}/b", *TRACE, *DEVICE)


@test
def not_pci(scratch):
    """A device that is not on a PCI bus."""
    refused(scratch, r"device 'dut' \(isa-debug-exit\) is not a PCI device",
            *log_object(f"{scratch}/log"), *TRACE,
            "-device", "isa-debug-exit,id=dut")


@test
def traced_twice(scratch):
    """One device, two taps."""
    refused(scratch, "device 'dut' is traced already",
            *log_object(f"{scratch}/log"), *TRACE,
            "-object", "pci-trace,id=trace2,device=dut", *DEVICE)


@test
def driver_name(scratch):
    """A driver name that would break the PCIDEV line."""
    for name, why in (("a b", "blanks"), ("a\nW 4", "blanks"),
                      ("x" * 100, "longer than 63")):
        refused(scratch, why, *log_object(f"{scratch}/log"), *DEVICE,
                "-object", f"pci-trace,id=trace,device=dut,driver={name}")


@test
def absent_vfio(scratch):
    """vfio-pci-trace: no such device, or no VFIO on this host."""
    refused(scratch, "there is no host device '.*ffff:ff:1f.7'.*lspci",
            "-device", f"vfio-pci-trace,host=ffff:ff:1f.7,"
            f"trace-file={scratch}/log")
    equal(os.path.exists(f"{scratch}/log"), False, "log")
    devices = sorted(os.listdir("/sys/bus/pci/devices")) \
        if os.path.isdir("/sys/bus/pci/devices") else []
    if devices and not os.path.exists("/dev/vfio"):
        refused(scratch, "no VFIO.*modprobe vfio-pci",
                "-device", f"vfio-pci-trace,host={devices[0]},"
                f"trace-file={scratch}/log")


if __name__ == "__main__":
    tap.main()
