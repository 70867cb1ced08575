#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU with another root directory, another user, or in the background."""

import glob
import os
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from common import lab, mmt, qemu, rings, tap                    # noqa: E402
from common.qemu import (COMMAND_MEMORY, MMIO, QMP, Machine,     # noqa: E402
                         QMPError, fails)
from common.tap import Skip, equal, matches, test, wait_until    # noqa: E402

SLOT = 5
NOBODY = "65534:65534"


def need_root():
    if os.geteuid():
        raise Skip("only root can change the user and the root directory")


def options(scratch, log=""):
    return ["-object", f"vfio-trace-log,id=log,file={scratch}/log{log}",
            "-object", "pci-trace,id=trace,device=dut,log=log",
            "-device", f"edu,id=dut,addr={SLOT}"]


def run(m):
    m.set_bar(SLOT, 0, MMIO)
    m.command(SLOT, COMMAND_MEMORY)
    m.read(MMIO, 4)


def ring_of(m):
    return m.qmp.execute("query-vfio-trace")[0]["ring-file"]


def left(scratch, ring):
    """What of ring and sidecar still exists"""
    return [os.path.exists(ring), os.path.exists(f"{scratch}/log.ring")]


def ends(scratch):
    """The log is complete, once."""
    lab.tool("check", "--complete", f"{scratch}/log")
    equal(mmt.Log(f"{scratch}/log").marks().count("vfio-trace: end"), 1,
          "end marks")


@test
def another_root(scratch):
    """-run-with chroot=: parts, a deleted file and the end, as without it."""
    need_root()
    os.mkdir(f"{scratch}/jail")
    with Machine(scratch, *options(scratch, ",max-size=64K"),
                 "-run-with", f"chroot={scratch}/jail") as m:
        run(m)
        ring = ring_of(m)
        m.qmp.execute("vfio-trace-rotate")
        wait_until(lambda: os.path.exists(f"{scratch}/log.1"), "part 2")
        m.qmp.wait_event("VFIO_TRACE_PART")
        os.unlink(f"{scratch}/log.1")
        m.qmp.execute("vfio-trace-mark", text="after the file was deleted")
        m.qmp.execute("vfio-trace-flush")
        wait_until(lambda: os.path.exists(f"{scratch}/log.1"),
                   "the file to be there again")
        m.quit()
    equal(left(scratch, ring), [False, False], "ring and sidecar")
    equal(os.listdir(f"{scratch}/jail"), [], "files in the root directory")
    lab.tool("check", "--complete", f"{scratch}/log")


@test
def another_root_socket(scratch):
    """-run-with chroot=: a socket's file is removed at the end."""
    need_root()
    os.mkdir(f"{scratch}/jail")
    with Machine(scratch, "-object",
                 f"vfio-trace-log,id=log,file=unix:{scratch}/socket",
                 "-run-with", f"chroot={scratch}/jail") as m:
        assert os.path.exists(f"{scratch}/socket")
        m.quit()
    assert not os.path.exists(f"{scratch}/socket")


@test
def another_user_socket(scratch):
    """A socket can have no sidecar and no part; that its file stays is said."""
    need_root()
    with rings.directory(0o755) as where:
        with Machine(scratch, "-object", "vfio-trace-log,id=log,"
                     f"file=unix:{scratch}/socket,ring-dir={where}",
                     "-run-with", f"user={NOBODY}") as m:
            reader = qemu.connected(f"{scratch}/socket")
            m.qmp.execute("vfio-trace-mark", text="here")
            m.qmp.execute("quit")
            with reader.makefile() as lines:
                assert "MARK" in lines.read(), "the socket's text"
            m.process.wait(60)
            matches(m.stderr(), "can't remove the ring of 'unix:[^']*' when "
                    "that is complete: 'vfio-trace recover' will\n")
            matches(m.stderr(), "can't remove the socket 'unix:[^']*' when it "
                    "ends: the next start needs overwrite=on\n")
            matches(m.stderr(), "is complete, but QEMU can't remove its ring "
                    "'[^']*': 'vfio-trace recover' will\n")
            equal("part" in m.stderr(), False, "a part of a socket")
        lab.tool("recover", "--ring-dir", where)
        equal(os.listdir(where), [], "rings")
    assert os.path.exists(f"{scratch}/socket")


def as_nobody(scratch, log=""):
    """A log's ring, after a QEMU that has become another user has ended"""
    with Machine(scratch, *options(scratch, log),
                 "-run-with", f"user={NOBODY}") as m:
        matches(m.stderr(), f"as user '{NOBODY}', QEMU can't remove the ring")
        run(m)
        ring = ring_of(m)
        m.qmp.execute("vfio-trace-flush")
        try:
            m.qmp.execute("vfio-trace-rotate")
            raise AssertionError("a part of another user was promised")
        except QMPError as e:
            matches(str(e), "QEMU is another user now")
        m.quit()
        matches(m.stderr(), "log' is complete, but QEMU can't remove its ring")
    ends(scratch)
    equal(left(scratch, ring), [True, True], "ring and sidecar")
    return ring


@test
def another_user_recover(scratch):
    """-run-with user=: recover removes the ring, and leaves the log alone."""
    need_root()
    with rings.directory(0o755) as where:
        ring = as_nobody(scratch, f",ring-dir={where}")
        assert os.stat(ring).st_blocks * 512 < 64 * 1024, "the ring has memory"
        matches(lab.tool("recover", "--ring-dir", where, "--list"),
                "log, which is complete")
        matches(lab.tool("recover", f"{scratch}/log"), "log: complete already;"
                " removed what its QEMU could not remove\n")
    equal(left(scratch, ring), [False, False], "ring and sidecar")
    ends(scratch)


@test
def another_user_recover_all(scratch):
    """The same, without the name of a log."""
    need_root()
    with rings.directory(0o755) as where:
        ring = as_nobody(scratch, f",ring-dir={where}")
        matches(lab.tool("recover", "--ring-dir", where),
                f"{scratch}/log: complete already;")
    equal(left(scratch, ring), [False, False], "ring and sidecar")
    ends(scratch)


@test
def another_user_restart(scratch):
    """The next start removes the ring, and does not say that QEMU died."""
    need_root()
    ring = as_nobody(scratch)
    with Machine(scratch, *options(scratch, ",overwrite=on")) as m:
        equal([os.path.exists(ring), m.stderr()], [False, ""],
              "the old ring, and messages")
        m.quit()
    equal(left(scratch, ring), [False, False], "ring and sidecar")
    matches(fails(scratch, *options(scratch)), "log': File exists")


@test
def another_user_reboot(scratch):
    """A host that was restarted has no ring: the sidecar says enough."""
    need_root()
    for verb in (True, False):
        os.unlink(as_nobody(scratch, ",overwrite=on"))
        if verb:
            matches(lab.tool("recover", f"{scratch}/log"),
                    "log: complete already;")
        else:
            matches(fails(scratch, *options(scratch)), "^(?!.*incomplete)")
        assert not os.path.exists(f"{scratch}/log.ring")
        ends(scratch)


@test
def another_user_may(scratch):
    """A user who may remove the files does so, and there is no warning."""
    need_root()
    os.chmod(scratch, 0o777)
    with rings.directory(0o777) as where:
        with Machine(scratch, *options(scratch, f",ring-dir={where}"),
                     "-run-with", f"user={NOBODY}") as m:
            run(m)
            ring = ring_of(m)
            m.quit()
            equal(m.stderr(), "", "messages")
        equal(left(scratch, ring), [False, False], "ring and sidecar")
    ends(scratch)


@test
def another_user_parts(scratch):
    """max-size= with another user is refused before the guest starts."""
    need_root()
    matches(fails(scratch, *options(scratch, ",max-size=1M"),
                  "-run-with", f"user={NOBODY}"),
            f"max-size can't be used with -run-with user={NOBODY}")
    equal(os.listdir(scratch), [], "files")


@test
def in_the_background(scratch):
    """-daemonize: a relative name, parts, and nothing is left."""
    qmp = f"{scratch}/qmp"
    before = rings.listing()
    subprocess.run(
        [tap.qemu_binary(), "-machine", "pc", "-accel", "qtest", "-nodefaults",
         "-display", "none", "-L", "/usr/share/seabios", "-L",
         "/usr/share/qemu", "-daemonize", "-pidfile", "pid",
         "-qmp", f"unix:{qmp},server=on,wait=off",
         *options(".")], cwd=scratch, check=True, timeout=60,
        stdin=subprocess.DEVNULL)
    with open(f"{scratch}/pid", encoding="ascii") as f:
        pid = int(f.read())
    try:
        m = QMP(qmp)
        ring = m.execute("query-vfio-trace")[0]["ring-file"]
        m.execute("vfio-trace-rotate")
        m.wait_event("VFIO_TRACE_PART")
        m.execute("quit")
        m.conn.close()
        wait_until(lambda: not os.path.exists(f"{scratch}/pid"), "QEMU's end")
    except BaseException:
        os.kill(pid, signal.SIGKILL)
        raise
    equal(left(scratch, ring), [False, False], "ring and sidecar")
    equal([ring in before, sorted(glob.glob("log*", root_dir=scratch))],
          [False, ["log", "log.1"]], "files")
    lab.tool("check", "--complete", f"{scratch}/log")


if __name__ == "__main__":
    tap.main()
