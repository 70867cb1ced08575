# SPDX-License-Identifier: GPL-2.0-or-later
"""A libvirtd of a test's own, in a mount namespace with empty directories."""

import os
import shutil
import signal
import subprocess

from . import tap

DIRECTORIES = ("/run/libvirt", "/var/lib/libvirt", "/etc/libvirt",
               "/var/log/libvirt", "/var/cache/libvirt", "/var/log/swtpm",
               "/var/lib/swtpm-localca", "/var/log/vfio-trace")
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"

# The QEMUs run as root, since a test's own can be anywhere; no cgroups, since a
# container may have none.
SETUP = """
set -eu
for dir in {directories}; do
    mkdir -p "$dir"
    mount -t tmpfs tmpfs "$dir"
done
for file in passwd group; do
    grep -v ^libvirt-qemu: /etc/$file > "$1/$file"
done
echo libvirt-qemu:x:64055:64055::/var/lib/libvirt:/bin/false >> "$1/passwd"
echo libvirt-qemu:x:64055: >> "$1/group"
chmod 644 "$1/passwd" "$1/group"
mount --bind "$1/passwd" /etc/passwd
mount --bind "$1/group" /etc/group
echo 'auth_unix_rw = "none"' > /etc/libvirt/libvirtd.conf
cat > /etc/libvirt/qemu.conf <<X
stdio_handler = "file"
user = "root"
group = "root"
swtpm_user = "root"
swtpm_group = "root"
cgroup_controllers = []
X
# /run itself is the machine's: its libvirtd.pid is of one at a time
exec libvirtd --pid-file /run/libvirt/test.pid
"""


class Libvirtd:
    """libvirtd with the QEMU driver; a context."""

    def __init__(self, scratch):
        if os.geteuid():
            raise tap.Skip("root is needed for a mount namespace")
        for program in ("libvirtd", "virsh", "unshare", "nsenter"):
            if not shutil.which(program, path=PATH):
                raise tap.Skip(f"no {program}")
        self.log = f"{scratch}/libvirtd.log"
        script = SETUP.format(directories=" ".join(DIRECTORIES))
        with open(self.log, "wb") as log:
            # pylint: disable-next=consider-using-with # its end is in __exit__
            self.process = subprocess.Popen(
                ["unshare", "--mount", "sh", "-c", script, "sh", scratch],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, "PATH": PATH})

    def text(self):
        """What libvirtd has said."""
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return f.read()

    def run(self, *command, env=None, timeout=120):
        """Run a command in the namespace.  Return: the finished process."""
        return subprocess.run(
            ["nsenter", "--mount", f"--target={self.process.pid}", *command],
            text=True, capture_output=True, check=False, timeout=timeout,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C", **(env or {})})

    def virsh(self, *words):
        """Run virsh.  Return: what it prints."""
        done = self.run("virsh", "-q", *words)
        tap.equal((done.returncode, done.stderr.strip()), (0, ""),
                  f"virsh {words[0]}")
        return done.stdout

    def answers(self):
        """Does libvirtd answer?"""
        if self.process.poll() is not None:
            raise AssertionError(f"libvirtd has ended:\n{self.text()}")
        return self.run("virsh", "-q", "capabilities").returncode == 0

    def __enter__(self):
        tap.wait_until(self.answers, "libvirtd's start", 60)
        return self

    def __exit__(self, *exc):
        for name in self.run("virsh", "-q", "list", "--name").stdout.split():
            self.run("virsh", "destroy", name)
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
