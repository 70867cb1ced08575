#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# timeout: 900
# memory: 3 GiB
"""'vfio-trace run --no-device': QEMU and swtpm as they are, the processor
emulated."""

import contextlib
import glob
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
sys.path.insert(1, os.path.join(os.path.dirname(__file__), "../../lab"))
from common import tap                                           # noqa: E402
from common.qemu import QMP, Machine, _Lines                     # noqa: E402
from common.tap import equal, matches, test, wait_until          # noqa: E402
from common.virtioserial import VirtioSerial                     # noqa: E402

START = 120             # seconds until QEMU answers
SERIAL_SLOT = 1         # the first that QEMU has free
PORT = 1
SWTPM = shutil.which("swtpm")
OVMF = "/usr/share/OVMF/OVMF_CODE_4M.secboot.fd"


class Guest:
    """A run without devices; a context manager."""

    def __init__(self, scratch, *args, env=None):
        self.run_dir = f"{scratch}/run"
        self.log = f"{scratch}/messages"
        at = args.index("--") if "--" in args else len(args)
        self.args = [tap.tool_binary(), "run", "--no-device", "--accel", "tcg",
                     "--qemu", tap.qemu_binary(), "--no-rehearsal",
                     "--memory", "64M", *args[:at], "--", "-L",
                     "/usr/share/seabios", "-L", "/usr/share/qemu",
                     *args[at + 1:]]
        self.env = {**os.environ, "VFIO_TRACE_RUN_DIR": self.run_dir,
                    "LC_ALL": "C", **(env or {})}
        self.env.pop("SUDO_UID", None)
        self.env.update(env or {})
        self.process = None

    def __enter__(self):
        with open(self.log, "w", encoding="utf-8") as err:
            self.process = subprocess.Popen(
                self.args, stderr=err, stdin=subprocess.DEVNULL, env=self.env)
        wait_until(lambda: "QEMU is running" in self.messages()
                   or self.process.poll() is not None, "QEMU to run", START)
        if self.process.poll() is not None:
            raise AssertionError(f"the run has ended: {self.messages()}")
        return self

    def __exit__(self, *exc):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def messages(self):
        with open(self.log, encoding="utf-8") as f:
            return f.read()

    def socket(self):
        return re.search(r"other tools is (\S+)", self.messages()).group(1)

    def end(self, number=signal.SIGINT):
        self.process.send_signal(number)
        return self.wait()

    def wait(self):
        status = self.process.wait(60)
        return status, self.messages()

    def swtpm(self):
        """Process IDs of its swtpm."""
        return [int(pid) for pid in subprocess.run(
            ["pgrep", "-P", str(self.process.pid), "-x", "swtpm"], text=True,
            capture_output=True, check=False).stdout.split()]

    def left(self):
        """What is left in the sessions' directory."""
        return sorted(set(os.listdir(self.run_dir)) - {"lock"})


class Ports(Machine):
    """The run's QEMU by qtest, whose processors stand still."""

    # pylint: disable=super-init-not-called
    def __init__(self, path):
        self.qtest = _Lines(path)


def as_root():
    return ["--as-root"] if os.geteuid() == 0 else []


@test
def starts_and_ends(scratch):
    """A guest without a device: QMP answers, SIGINT ends it, nothing is left."""
    with Guest(scratch, "--firmware", "seabios") as guest:
        qmp = QMP(guest.socket())
        equal(qmp.execute("query-status")["status"], "running")
        equal(qmp.execute("query-vfio-trace"), [], "logs")
        equal(len(guest.left()), 2, f"a session: {guest.left()}")
        status, text = guest.end()
    equal((status, guest.left()), (0, []), text)
    matches(text, r"vfio-trace run: QEMU has ended\n$")


@test
def own_user(scratch):
    """Root's QEMU has a user of its own, who keeps no file."""
    if os.geteuid():
        raise tap.Skip("only root can give QEMU another user")
    with open(f"{scratch}/disk.raw", "wb") as f:
        f.truncate(1 << 20)
    with Guest(scratch, "--firmware", "seabios", "-d",
               f"{scratch}/disk.raw") as guest:
        pid = subprocess.run(
            ["pgrep", "-P", str(guest.process.pid), "qemu"], text=True,
            capture_output=True, check=True).stdout.split()[0]
        uid = os.stat(f"/proc/{pid}").st_uid
        equal(60578 <= uid <= 61183, True, f"user {uid}")
        status, text = guest.end()
    equal((status, guest.left()), (0, []), text)
    equal(os.stat(f"{scratch}/disk.raw").st_uid, 0)


@test
def killed(scratch):
    """What is left of a killed run, restore and the next run remove."""
    with Guest(scratch, "--firmware", "seabios") as guest:
        guest.end(signal.SIGKILL)
        name = guest.left()[0]
    result = subprocess.run([tap.tool_binary(), "restore", "--all"], text=True,
                            capture_output=True, check=False, env=guest.env)
    equal((result.returncode, result.stdout, guest.left()),
          (0, f"{name}: nothing is left of it\n", []), result.stderr)
    with Guest(scratch, "--firmware", "seabios") as guest:
        guest.end(signal.SIGKILL)
    with Guest(scratch, "--firmware", "seabios") as guest:
        matches(guest.messages(), "removing what is left of a killed run")
        status, text = guest.end()
    equal((status, guest.left()), (0, []), text)


@test
def markers(scratch):
    """The guest's markers are shown, printable, and no more than 50 a second."""
    with Guest(scratch, "--firmware", "seabios", "--os", "linux", *as_root(),
               "--", "-S", "-qtest",
               f"unix:{scratch}/qtest,server=on,wait=off", "-qtest-log",
               "/dev/null") as guest:
        machine = Ports(f"{scratch}/qtest")
        serial = VirtioSerial(machine, SERIAL_SLOT, 0xc000)
        serial.open(PORT)
        serial.write(PORT, b"hello \x1b[31mguest\nin two ")
        serial.write(PORT, b"parts\n\n")
        wait_until(lambda: "marker: in two parts\n" in guest.messages(),
                   "the markers to be shown")
        matches(guest.messages(),
                r"run: marker: hello \?\[31mguest\n.*run: marker: in two parts\n")
        begin = time.monotonic()
        serial.queue_to(PORT)
        serial.write(PORT, b"".join(b"n%d\n" % i for i in range(200)))
        wait_until(lambda: "marker: n199\n" in guest.messages(),
                   "all markers to be shown")
        # A lower limit, which no slow machine misses
        equal(time.monotonic() - begin > 2, True, "the guest waits")
        equal(re.findall(r"marker: (n\d+)\n", guest.messages()),
              [f"n{i}" for i in range(200)], "markers")
        serial.write(PORT, b"last")
        status, text = guest.end()
    equal(status, 0, text)
    matches(text, r"marker: last\n")


@test
def symbols(scratch):
    """The host's end of the port for symbols is open: the guest does not wait."""
    with Guest(scratch, "--firmware", "seabios", "--os", "linux",
               *as_root()) as guest:
        devices = QMP(guest.socket()).execute(
            "human-monitor-command", command_line="info qtree")
        matches(devices, r'name = "org\.vfio-trace\.symbols\.0"\s'
                r"(?:(?!dev:).)*, host on,", "the port")
        status, text = guest.end()
    equal((status, guest.left()), (0, []), text)


def need_tpm():
    if not SWTPM:
        raise tap.Skip("swtpm is not installed")


def state(scratch):
    """Who owns the TPM's state: the directory and all its files."""
    names = glob.glob(f"{scratch}/tpm/*") + glob.glob(f"{scratch}/tpm/.*")
    equal(any("permall" in name for name in names), True, f"state: {names}")
    return {os.stat(name).st_uid for name in [f"{scratch}/tpm", *names]}


@test
def tpm(scratch):
    """A TPM: its state belongs to QEMU's user in the run, and to its owner then."""
    need_tpm()
    with Guest(scratch, "--firmware", "seabios",
               f"--tpm={scratch}/tpm") as guest:
        pid, = guest.swtpm()
        uid = os.stat(f"/proc/{pid}").st_uid
        equal(state(scratch), {uid}, "owners")
        equal(os.stat(f"{scratch}/tpm").st_mode & 0o777, 0o700)
        qmp = QMP(guest.socket())
        equal(qmp.execute("query-tpm")[0]["model"], "tpm-crb")
        status, text = guest.end()
    equal((status, guest.left()), (0, []), text)
    equal(state(scratch), {os.geteuid()}, "owners")
    equal(os.path.exists(f"/proc/{pid}"), False, "swtpm")


@test
def tpm_of_user(scratch):
    """With sudo, the state is the calling user's, also after a killed run."""
    need_tpm()
    if os.geteuid():
        raise tap.Skip("only root can give the state to another user")
    os.chown(scratch, 1, 1)
    args = ("--firmware", "seabios", f"--tpm={scratch}/tpm")
    env = {"SUDO_UID": "1"}
    with Guest(scratch, *args, env=env) as guest:
        pid, = guest.swtpm()
        guest.end(signal.SIGKILL)
    wait_until(lambda: not os.path.exists(f"/proc/{pid}"), "swtpm to end")
    equal(state(scratch) & {0, 1}, set(), "owners")
    subprocess.run([tap.tool_binary(), "restore", "--all"], check=True,
                   env=guest.env, capture_output=True)
    equal(state(scratch), {1}, "owners")
    # If the session's file is lost as well, the host has crashed.
    with Guest(scratch, *args, env=env) as guest:
        guest.end(signal.SIGKILL)
        shutil.rmtree(guest.run_dir)
    with Guest(scratch, *args, env=env) as guest:
        equal(guest.end()[0], 0)
    equal(state(scratch), {1}, "owners")


@test
def tpm_refused(scratch):
    """No TPM on a directory or file of somebody else, whom a link could serve."""
    need_tpm()
    if os.geteuid():
        raise tap.Skip("only root is careful")

    def refused(pattern, user="1"):
        guest = Guest(scratch, "--firmware", "seabios",
                      f"--tpm={scratch}/tpm", env={"SUDO_UID": user})
        with contextlib.suppress(AssertionError), guest:
            pass
        equal((guest.process.returncode, guest.left()), (1, []))
        matches(guest.messages(), pattern)

    os.mkdir(f"{scratch}/tpm", 0o700)
    os.chown(f"{scratch}/tpm", 1, 1)
    refused("it belongs to another user", user="2")
    os.chmod(f"{scratch}/tpm", 0o770)
    refused("other users can write to it")
    os.chmod(f"{scratch}/tpm", 0o700)
    with open(f"{scratch}/secret", "wb"):
        os.link(f"{scratch}/secret", f"{scratch}/tpm/tpm2-00.permall")
    refused("tpm2-00.permall is not a file of the directory's owner")
    equal(os.stat(f"{scratch}/secret").st_uid, 0)
    equal(os.stat(f"{scratch}/tpm").st_uid, 1)
    os.unlink(f"{scratch}/tpm/tpm2-00.permall")
    # As --tpm=. in a directory that has more: all its files would be lent.
    with open(f"{scratch}/tpm/letter", "wb"):
        os.chown(f"{scratch}/tpm/letter", 1, 1)
    os.chmod(f"{scratch}/tpm", 0o755)
    refused("it has a file that is not of a TPM, letter")
    equal(os.stat(f"{scratch}/tpm").st_mode & 0o777, 0o755)
    shutil.rmtree(f"{scratch}/tpm")
    os.symlink(scratch, f"{scratch}/tpm")
    refused("it is not a directory")


@test
def no_file(scratch):
    """What QEMU's user gets as a copy is a file: /dev/zero has no end."""
    if os.geteuid():
        raise tap.Skip("only root makes copies")
    guest = Guest(scratch, "--firmware", "seabios", "--kernel", "/dev/null")
    with contextlib.suppress(AssertionError), guest:
        pass
    matches(guest.messages(), "/dev/null is not a regular file")


@test
def tpm_dies(scratch):
    """If swtpm dies, the guest is ended, with a message that says so."""
    need_tpm()
    with Guest(scratch, "--firmware", "seabios",
               f"--tpm={scratch}/tpm") as guest:
        os.kill(guest.swtpm()[0], signal.SIGKILL)
        status, text = guest.wait()
    equal((status, guest.left()), (1, []), text)
    matches(text, r"swtpm was ended by signal 9 \(Killed\): without its TPM, "
                  r"the guest can't go on; ending QEMU\n")


@test
def tpm_hangs(scratch):
    """A swtpm that hangs is waited for with a message; one that ends is none."""
    # a program of QEMU's user, who has another /tmp
    with tempfile.TemporaryDirectory(dir="/var/tmp") as programs:
        os.chmod(programs, 0o755)
        guest = Guest(scratch, "--firmware", "seabios", f"--tpm={scratch}/tpm",
                      env={"PATH": f"{programs}:{os.environ['PATH']}"})

        def start(script):
            with open(f"{programs}/swtpm", "w", encoding="ascii") as f:
                f.write(f"#!/bin/sh\n{script}\n")
            os.chmod(f"{programs}/swtpm", 0o755)
            with open(guest.log, "w", encoding="utf-8") as err:
                guest.process = subprocess.Popen(
                    guest.args, stderr=err, stdin=subprocess.DEVNULL,
                    env=guest.env)

        start("exec sleep 600")
        wait_until(lambda: "waiting for swtpm" in guest.messages() or
                   guest.process.poll() is not None, "the message")
        status, text = guest.end()
        equal((status, guest.left()), (1, []), text)
        matches(text, "ended while it waited for swtpm\n")
        start("echo no TPM here >&2")
        status, text = guest.wait()
        equal((status, guest.left()), (1, []), text)
        matches(text, "swtpm has ended, or is not one: .*\n.*swtpm: no TPM here\n")


def esp(scratch, image):
    """A disk that boots Debian's signed kernel by its signed shim and GRUB."""
    config = f"{scratch}/grub.cfg"
    with open(config, "w", encoding="ascii") as f:
        f.write("set timeout=0\nmenuentry k {\n linux /vmlinuz "
                "console=ttyS0 panic=-1 ignore_loglevel\n}\n")
    with open(image, "wb") as f:
        f.truncate(64 << 20)
    subprocess.run(["mformat", "-F", "-i", image, "::"], check=True)
    subprocess.run(["mmd", "-i", image, "::EFI", "::EFI/BOOT", "::EFI/debian"],
                   check=True)
    for source, path in (
            ("/usr/lib/shim/shimx64.efi.signed", "EFI/BOOT/BOOTX64.EFI"),
            ("/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed",
             "EFI/BOOT/grubx64.efi"),
            (config, "EFI/debian/grub.cfg"), (kernel_image(), "vmlinuz")):
        if not os.path.exists(source):
            raise tap.Skip(f"{source} is not installed")
        subprocess.run(["mcopy", "-i", image, source, f"::{path}"], check=True)


def kernel_image():
    # pylint: disable=import-outside-toplevel
    from labkit import kernel
    from labkit.errors import LabError
    try:
        return kernel.find(lambda line: None).image
    except LabError as e:
        raise tap.Skip(f"no kernel: {e}") from e


@test
def windows_11(scratch):
    """--os windows: a signed kernel sees Secure Boot and a TPM 2.0."""
    if not tap.rounds(False, True):
        raise tap.Skip("only in make check-full")
    need_tpm()
    if not os.path.exists(OVMF):
        raise tap.Skip("ovmf is not installed")
    if not shutil.which("mcopy"):
        raise tap.Skip("mtools is not installed")
    esp(scratch, f"{scratch}/win.raw")
    with Guest(scratch, "--os", "windows", *as_root(), "-m", "512M", "-d",
               f"{scratch}/win.raw", "--", "-no-reboot", "-serial",
               f"file:{scratch}/console") as guest:
        status = guest.process.wait(600)
        text = guest.messages()
    equal((status, guest.left()), (0, []), text)
    with open(f"{scratch}/console", encoding="utf-8",
              errors="replace") as f:
        console = f.read()
    matches(console, r"Secure boot enabled")
    matches(console, r"ACPI: TPM2 0x")
    equal(os.path.exists(f"{scratch}/win.raw.nvram"), True)
    equal(os.listdir(f"{scratch}/win.raw.tpm") != [], True)


SHARE_INIT = """#!/bin/busybox sh
/bin/busybox mkdir /proc /m /n
/bin/busybox mount -t proc proc /proc
for module in virtio_pci 9pnet_virtio 9p; do
    /bin/busybox modprobe $module
done
options=trans=virtio,version=9p2000.L,msize=262144
/bin/busybox mount -t 9p -o $options s /m && echo mounted s
/bin/busybox mount -t 9p -o $options r /n && echo mounted r
echo secret: $(/bin/busybox cat /m/secret)
echo from the guest > /m/new
/bin/busybox ln -s /etc/passwd /m/link
/bin/busybox mknod /m/node c 1 3
/bin/busybox cp /bin/busybox /m/setuid; /bin/busybox chmod 4755 /m/setuid
echo modes: $(/bin/busybox stat -c %a /m/new /m/setuid)
echo out: $(/bin/busybox cat /m/out 2>&1)
echo up: $(/bin/busybox ls /m/../ | /bin/busybox grep -c closed)
echo try > /n/new || echo readonly
/bin/busybox poweroff -f
"""


def share_initrd(path):
    # pylint: disable=import-outside-toplevel
    from labkit import kernel
    from labkit.cpio import Cpio
    from labkit.errors import LabError
    from labkit.image import busybox
    try:
        guest = kernel.find(lambda line: None)
        shell = busybox()
    except LabError as e:
        raise tap.Skip(f"no guest: {e}") from e
    names = ["virtio_pci", "9pnet_virtio", "9p"]
    with open(path, "wb") as f:
        cpio = Cpio(f)
        cpio.file("bin/busybox", shell, 0o755)
        guest.add_modules(cpio, ["virtio_pci", "9pnet_virtio", "9p"])
        cpio.data("init", SHARE_INIT.encode(), 0o755)
        cpio.close()
    return guest.image


def owners(directory):
    return {os.lstat(os.path.join(directory, name)).st_uid
            for name in os.listdir(directory)}


@test
def share(scratch):
    """A guest has its user's rights in a shared directory, and only there."""
    image = share_initrd(f"{scratch}/initrd")
    user = 1 if os.geteuid() == 0 else os.geteuid()
    os.chmod(scratch, 0o711)
    # Its directory is closed to QEMU's user; root's is open to all.
    for name in "closed", "closed/shared", "open":
        os.mkdir(f"{scratch}/{name}")
    os.chmod(f"{scratch}/closed", 0o700)
    os.chmod(f"{scratch}/open", 0o755)
    for name, mode in ("closed/shared/secret", 0o600), ("closed/out", 0o644):
        with open(f"{scratch}/{name}", "w", encoding="ascii") as f:
            f.write("open sesame\n")
        os.chmod(f"{scratch}/{name}", mode)
    os.symlink("../out", f"{scratch}/closed/shared/out")
    if os.geteuid() == 0:
        for name in ("closed", "closed/shared", "closed/shared/secret"):
            os.chown(f"{scratch}/{name}", user, user)
    with Guest(scratch, "--kernel", image, "--initrd", f"{scratch}/initrd",
               "--append", "console=ttyS0 quiet panic=-1", "-m", "256M",
               "--share", f"{scratch}/closed/shared:s", "--share",
               f"{scratch}/open:r", "--", "-no-reboot", "-serial", "stdio",
               env={"SUDO_UID": str(user)}) as guest:
        status = guest.process.wait(400)
        text = guest.messages().replace("\r", "")
    equal(status, 0, text)
    matches(text, "mounted s.*mounted r")
    matches(text, "secret: open sesame")
    matches(text, "modes: 644 4755")
    matches(text, "out: cat: can't open '/m/out'")
    matches(text, "up: 0")
    shared = f"{scratch}/closed/shared"
    equal(owners(shared), {user} | {os.geteuid()}, "owners")
    with open(f"{shared}/new", encoding="ascii") as f:
        equal(f.read(), "from the guest\n")
    for name in "new", "link", "node", "setuid":
        mode = os.lstat(f"{shared}/{name}").st_mode
        equal((os.path.isfile(f"{shared}/{name}"),
               os.path.islink(f"{shared}/{name}"), mode & 0o7777),
              (True, False, 0o600), name)
    if os.geteuid() == 0:
        matches(text, "readonly")
        equal(os.listdir(f"{scratch}/open"), [], "root's directory")


if __name__ == "__main__":
    tap.main()
