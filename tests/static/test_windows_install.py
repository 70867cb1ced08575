#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""guest-images/windows: how it drives an installation.

A program plays `vfio-trace run` with QEMU and Windows Setup in it. The real ones
are tested with a stand-in for Windows that boots.
"""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import types

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests"), os.path.join(TOP, "guest-images")]

from common import tap, windowsiso                      # noqa: E402
from common.tap import Skip, equal, matches, test, wait_until   # noqa: E402
from imagekit.common.errors import ImageError           # noqa: E402
from imagekit.common.progress import Progress           # noqa: E402
from imagekit.windows import cli, qmp                   # noqa: E402
from imagekit.windows.install import Installation, Machine, Reports  # noqa: E402
from imagekit.windows.logs import Log                   # noqa: E402

# Plays run: connects as QEMU does, and does what PLAY says. Its process is a
# child of "run", as QEMU is.
PLAYER = r'''#!/usr/bin/python3
import ctypes, json, os, socket, sys, time

def connect(option):
    name = sys.argv[sys.argv.index(option) + 1].split(",")[0]
    peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    peer.connect("\0" + name.removeprefix("unix:"))
    return peer

with open(os.environ["PLAY_ARGUMENTS"], "w") as file:
    json.dump(sys.argv[1:], file)
pid = os.fork()
if pid:
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    print("run: QEMU has ended", flush=True)
    sys.exit(status)
ctypes.CDLL(None).prctl(1, 9)       # as QEMU: end with run
serial = connect("-serial")
monitor = connect("-qmp")
monitor.sendall(b'{"QMP": {"version": {}}}\r\n')
lines = monitor.makefile()
keys = 0

def wait_for_keys(n):
    global keys
    while keys < n:
        message = json.loads(lines.readline())
        if message["execute"] == "send-key":
            keys += 1
            assert message["arguments"]["keys"][0]["data"] == "ret", message
        monitor.sendall(b'{"return": {}}\r\n')

def say(text):
    serial.sendall(text if isinstance(text, bytes) else text.encode())

exec(os.environ["PLAY"])
'''

WELL = r'''
wait_for_keys(2)
say("\x1b[2J\x1b[1;1HBdsDxe: starting\r\nvfio-trace: phase windowsPE \r\n")
say(os.urandom(100000))
say("\nvfio-trace: phase special")
time.sleep(0.1)
say("ize\r\nvfio-trace: phase firstlogon\r\nvfio-trace: phase done\r\n")
'''


def plan(scratch, **more):
    values = {"name": "out", "tool": os.path.join(scratch, "vfio-trace"),
              "iso": "/x.iso", "accel": "tcg", "display": "none", "qemu": None,
              "time_limit": 10, "size": 64 << 30, **more}
    return types.SimpleNamespace(**values)


class Said(Progress):
    """Keeps what is said."""

    def __init__(self):
        super().__init__(quiet=True)
        self.lines = []

    def __call__(self, text):
        self.lines.append(text)


def player(scratch):
    path = os.path.join(scratch, "vfio-trace")
    with open(path, "w", encoding="ascii") as file:
        file.write(PLAYER)
    os.chmod(path, 0o755)
    os.environ["PLAY_ARGUMENTS"] = os.path.join(scratch, "arguments")
    return path


def install(scratch, play, **more):
    """Run an installation that is played. Return: it, what was said"""
    player(scratch)
    work = os.path.join(scratch, "work")
    with contextlib.suppress(FileExistsError):
        os.mkdir(work)
    os.environ["PLAY"] = play
    said = Said()
    job = Installation(plan(scratch, **more), work, said)
    return job, said


def fails(job):
    try:
        job.run()
    except ImageError as error:
        return str(error), error.log or ""
    raise AssertionError("the installation has not failed")


@test
def well(scratch):
    """an installation that goes well: keys, phases, what is kept"""
    job, said = install(scratch, WELL)
    equal(job.run(), [], "complaints")
    text = "\n".join(said.lines)
    matches(text, "Setup has started.*first time.*first logon.*is installed")
    equal(text.isprintable() or "\x1b" not in text, True, "escape sequences")
    with open(os.path.join(scratch, "arguments"), encoding="ascii") as file:
        matches(file.read(), '"run", "--no-device", "--vm", .*"--iso", "/x.iso"')
    with open(job.serial_log, "rb") as file:
        equal(b"phase done" in file.read(), True, "the log of the port")


@test
def complaints(scratch):
    """what the guest's scripts complain about"""
    job, said = install(scratch, WELL + 'say("vfio-trace: error not done: x\\n'
                        'vfio-trace: note y\\n")')
    equal(job.run(), ["error: not done: x", "note: y"], "complaints")
    matches("\n".join(said.lines), "reports: error: not done: x")


@test
def markers(scratch):
    """a guest that reports by markers, which run shows"""
    job, said = install(scratch, 'for line in ("phase windowsPE", "phase done", '
                        '"error x"):\n    print("vfio-trace run: marker: '
                        'vfio-trace: " + line, flush=True)\n'
                        'print("x vfio-trace: error y", flush=True)\n'
                        'print("vfio-trace run: connect to the guest with: '
                        'vncviewer /x.vnc", flush=True)')
    equal(job.run(), ["error: x"], "complaints")
    matches("\n".join(said.lines), "Setup has started.*is installed.*"
            "connect to the guest with: vncviewer /x.vnc")


@test
def ends_early(scratch):
    """the guest ends before the installation is done"""
    job, _ = install(scratch, 'say("vfio-trace: phase windowsPE\\n")')
    matches(fails(job)[0], "ended before.*Setup has started.*kept in .*--resume")


@test
def run_refuses(scratch):
    """what run refuses before it starts leaves nothing that is in the way"""
    refusal = 'print("--display x: no", flush=True); os._exit(2)'
    job, _ = install(scratch, refusal)
    matches(fails(job)[0], "status 2; everything is kept")
    equal(os.path.exists(job.work), True, "what has been begun before")
    job.fresh = True
    text, log = fails(job)
    matches(text, "refuses to start the machine; nothing was installed")
    matches(log, "--display x: no")
    equal(os.path.exists(job.work), False, "what was just begun")


@test
def run_fails(scratch):
    """vfio-trace run fails: its last messages"""
    job, _ = install(scratch, 'print("no KVM \\x1b[31m", flush=True); '
                     'os._exit(3)')
    text, log = fails(job)
    matches(text, "failed with status 3")
    matches(log, r"no KVM \?\[31m")


@test
def too_long(scratch):
    """an installation that hangs: the time limit ends it"""
    job, _ = install(scratch, 'say("vfio-trace: phase specialize\\n"); '
                     "time.sleep(600)", time_limit=tap.patience(0.05))
    text, _ = fails(job)
    matches(text, r"not done in 0\.\d+ minutes.*runs for the first time")


@test
def garbage(scratch):
    """a hostile guest: endless lines, control characters, a flood"""
    job, said = install(scratch, WELL + r'''
say("vfio-trace: error \x1b]0;x\x07\n" + "vfio-trace: phase nonsense\n")
for i in range(300):
    say("vfio-trace: note %d\n" % i)
for i in range(200):
    say(b"x" * 65536)
''')
    equal(len(job.run()), 100, "complaints that are kept")
    for line in said.lines:
        equal(line.isprintable(), True, line)


@test
def long_logs(scratch):
    """a flood of markers and on the port: both logs have a begin and an end"""
    cut = rb"\n\[too long: of the rest, the last 64 KiB .*\n\[\d+ bytes are left out"
    job, _ = install(scratch, '''
print("first", flush=True)
say("first\\n")
for i in range(400):
    os.write(1, b"vfio-trace run: marker: " + b"x" * 4072 + b"\\n")
    say(b"y" * 4096 + b"\\n")
print("last", flush=True)
say("last\\nvfio-trace: phase done\\n")
''')
    limit, Log.LIMIT = Log.LIMIT, 1 << 20
    try:
        equal(job.run(), [], "complaints")
    finally:
        Log.LIMIT = limit
    for path, filler in ((job.run_log, b"x"), (job.serial_log, b"y")):
        with open(path, "rb") as file:
            data = file.read()
        equal(len(data) < (1 << 20) + 70000, True, f"{path}: {len(data)} bytes")
        equal(data.startswith(b"first\n"), True, f"{path}: its begin")
        equal(b"\nlast\n" in data[-65536:], True, f"{path}: its end")
        equal(bool(re.search(cut, data, re.S)), True, f"{path}: where it is cut")
        equal(filler * 1000 in data, True, f"{path}: what is kept")


@test
def hostile_monitor(scratch):
    """what is no QMP is ignored"""
    job, _ = install(scratch, "monitor.sendall(b'[1]\\n{\\n\"x\"\\n\\xff\\n' + "
                     "b'y' * 3000000 + b'\\n')\n" + WELL)
    equal(job.run(), [], "complaints")


@test
def strangers(_):
    """only descendants of our own process are let in"""
    listener = qmp.Listener()
    name = listener.option.split(",")[0].removeprefix("unix:")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
        peer.connect("\0" + name)
        with subprocess.Popen(["sleep", "60"]) as other:
            equal(listener.accept(other.pid), None, "a stranger")
            other.kill()
        equal(peer.recv(1), b"", "what a stranger gets")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
        peer.connect("\0" + name)
        accepted = listener.accept(os.getppid())
        equal(accepted is not None, True, "a child")
        accepted.close()
    listener.close()


@test
def names_results(scratch):
    """the results get their names, and the directory goes"""
    job, _ = install(scratch, WELL)
    for name in ("out.qcow2", "out.conf"):
        with open(os.path.join(job.work, name), "w", encoding="ascii") as file:
            file.write(name)
    os.mkdir(os.path.join(job.work, "out.tpm"))
    # an older one, as with --overwrite
    os.mkdir(os.path.join(scratch, "out.tpm"))
    job.run()
    job.finish({n: os.path.join(scratch, n) for n in
                ("out.qcow2", "out.conf", "out.tpm", "out.nvram")})
    equal(os.path.exists(job.work), False, "the directory is there")
    equal(sorted(n for n in os.listdir(scratch) if n.startswith("out")),
          ["out.conf", "out.qcow2", "out.tpm"], "results")


@test
def names_continued(scratch):
    """interrupted while results get their names: no settings file until all have"""
    job, _ = install(scratch, WELL)
    names = ("out.qcow2", "out.conf", "out.nvram", "out.tpm", "out.password")
    targets = {n: os.path.join(scratch, n) for n in names}

    def write(where, text):
        for name in ("out.qcow2", "out.conf", "out.nvram"):
            with open(os.path.join(where, name), "w", encoding="ascii") as file:
                file.write(text)

    # as with --overwrite
    write(scratch, "old")
    with open(targets["out.password"], "w", encoding="ascii") as file:
        file.write("old")
    write(job.work, "new")
    replace, left = os.replace, None

    def interrupted_replace(source, target):
        nonlocal left
        if source.startswith(job.work) and target in targets.values():
            if not left:
                raise KeyboardInterrupt
            left -= 1
        replace(source, target)

    os.replace = interrupted_replace
    try:
        for left in (0, 1, 1):
            try:
                job.finish(targets)
                raise AssertionError("it was not interrupted")
            except KeyboardInterrupt:
                pass
            equal(os.path.exists(targets["out.conf"]), False, "settings file")
            equal(os.path.exists(job.installed), True, "it is continued")
    finally:
        os.replace = replace
    job.finish(targets)
    equal(os.path.exists(job.work), False, "the directory is there")
    equal(sorted(n for n in os.listdir(scratch) if n.startswith("out")),
          ["out.conf", "out.nvram", "out.qcow2"], "results")
    for name in ("out.qcow2", "out.conf", "out.nvram"):
        with open(targets[name], encoding="ascii") as file:
            equal(file.read(), "new", name)


def command(scratch, *arguments):
    """Run the whole command with the player. Return: exit status"""
    image = os.path.join(scratch, "out.qcow2")
    cli.places.tool = lambda: player(scratch)
    cli.output.check_space = lambda *_: None
    with contextlib.redirect_stdout(sys.stderr):
        return cli.main(["--iso", os.path.join(scratch, "w.iso"), "-o", image,
                         "--no-tpm", "--accel", "tcg", *arguments])


@test
def whole(scratch):
    """the whole command: fails, is continued, does not overwrite"""
    missing = windowsiso.missing() + \
        ([] if cli.command.shutil.which("qemu-img") else ["qemu-img"])
    if missing:
        raise Skip(f"{' '.join(missing)} is not installed")
    windowsiso.windows(os.path.join(scratch, "w.iso"))
    work = os.path.join(scratch, "out.install")
    os.environ["PLAY"] = "os._exit(1)"
    equal(command(scratch, "--hold-driver", "10de:2204"), 1, "run fails")
    equal(sorted(os.listdir(work)), [
        "config.iso", "out.conf", "out.password", "out.qcow2", "run.log",
        "serial.log"], "what is kept")
    for name in ("", "/out.password", "/config.iso"):
        equal(os.stat(work + name).st_mode & 0o077, 0, f"mode of {name}")
    equal(command(scratch), 1, "a second one over the first")
    equal(command(scratch, "--resume", "--config", scratch), 1, "--config")
    os.environ["PLAY"] = WELL
    equal(command(scratch, "--resume"), 0, "it is continued")
    equal(sorted(n for n in os.listdir(scratch) if n.startswith("out")),
          ["out.conf", "out.password", "out.qcow2"], "results")
    equal(command(scratch), 1, "it is there")
    equal(command(scratch, "--overwrite"), 0, "--overwrite")
    equal(command(scratch, "--resume"), 1, "nothing to continue")
    # pylint: disable=protected-access
    to_move = Installation._to_move
    Installation._to_move = lambda *these: to_move(*these) and os._exit(9)
    if not os.fork():
        command(scratch, "--overwrite")
    equal(os.waitstatus_to_exitcode(os.wait()[1]), 9, "killed at its end")
    Installation._to_move = to_move
    os.environ["PLAY"] = "os._exit(1)"
    equal(command(scratch, "--overwrite"), 1, "it is not done")
    equal(os.path.exists(os.path.join(work, "installed")), True, "it is known")
    equal(command(scratch, "--resume"), 0, "it is completed")
    equal(os.path.exists(work), False, "nothing is left")


def ended(pid):
    """Has a process ended that is not our child?"""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@test
def interrupted(scratch):
    """a signal ends the guest too, and keeps what is there"""
    job, _ = install(scratch, "open(os.environ['PLAY_ARGUMENTS'] + '.pid', 'w')"
                     ".write(str(os.getppid())); time.sleep(600)")
    pid_file = os.path.join(scratch, "arguments.pid")
    machine = Machine(job.argv(), job.run_log, job.serial_log, Reports(print), 1)
    machine.start()
    wait_until(lambda: os.path.exists(pid_file) and os.path.getsize(pid_file),
               "the guest runs")
    machine.process.send_signal(signal.SIGTERM)
    wait_until(lambda: machine.poll(0.1) is not None, "run has ended")
    machine.end()


@test
def killed(scratch):
    """a command that is killed takes the guest with it"""
    ready = os.path.join(scratch, "ready")
    job, _ = install(scratch, f"open({ready!r}, 'w'); time.sleep(600)")
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        machine = Machine(job.argv(), job.run_log, job.serial_log,
                          Reports(print), 1)
        machine.start()
        os.write(writer, str(machine.process.pid).encode())
        signal.pause()
        os._exit(1)
    pid = int(os.read(reader, 20))
    wait_until(lambda: os.path.exists(ready), "the guest runs")
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    try:
        wait_until(lambda: ended(pid), "run has ended")
    except AssertionError:
        os.kill(pid, signal.SIGKILL)
        raise


if __name__ == "__main__":
    tap.main()
