# SPDX-License-Identifier: GPL-2.0-or-later
"""Root's rights over files, where the user has none: user namespaces.

In the namespace, root is the user himself; the other owners of the guest's
files are those that /etc/subuid and /etc/subgid lend to him.
"""

import os
import pwd
import re
import subprocess

from ..common import command
from ..common.errors import ImageError

OWNERS = 65536
# Mounts end with the namespace, and others do not see them.
ALONE = ["--mount", "--propagation", "slave", "--pid", "--fork",
         "--kill-child"]
# Killed when this command is, even by SIGKILL; --kill-child passes it on.
MORTAL = ["setpriv", "--pdeathsig", "KILL"]
USER = ["--user", "--map-root-user", "--map-auto"]

REMEDY = "run the command as root (sudo), or on a machine that has them"


def mmdebstrap():
    """The words that begin mmdebstrap's command line, its mode included.

    Without root, it makes a namespace of its own.
    """
    if os.geteuid():
        return [*MORTAL, "mmdebstrap", "--mode=unshare"]
    return [*prefix(), "--mount-proc", "mmdebstrap", "--mode=root"]


def prefix():
    """The words before a command that run it as root of a namespace."""
    words = [*MORTAL, command.find("unshare", "util-linux"), *ALONE]
    return words + USER if os.geteuid() else words


def remove(path):
    """Remove a directory, with files of the namespace's other owners."""
    subprocess.run([*prefix(), "rm", "-rf", "--", path], check=False,
                   stdin=subprocess.DEVNULL)


def _lent(path, names):
    """Number of owners that a file lends to a user."""
    try:
        with open(path, encoding="utf-8") as f:
            lines = f.read().splitlines()
    except OSError:
        return 0
    parts = [line.split(":") for line in lines]
    return max([int(p[2]) for p in parts if len(p) == 3 and p[0] in names and
                re.fullmatch(r"\d+", p[2])], default=0)


def check():
    """Refuse where no namespace can be made, with what to do about it."""
    if os.geteuid():
        command.need({"newuidmap": "uidmap"})
        user = pwd.getpwuid(os.geteuid()).pw_name
        for path, option in (("/etc/subuid", "--add-subuids"),
                             ("/etc/subgid", "--add-subgids")):
            if _lent(path, {user, str(os.getuid())}) < OWNERS:
                raise ImageError(
                    f"{path} lends no {OWNERS} owners to {user}: sudo usermod "
                    f"{option} 100000-165535 {user}, or {REMEDY}")
    done = subprocess.run(
        [*prefix(), "mount", "-t", "tmpfs", "tmpfs", "/mnt"], check=False,
        stdin=subprocess.DEVNULL, capture_output=True, text=True,
        env=dict(os.environ, PATH=command.PATH, LC_ALL="C.UTF-8"))
    if not done.returncode:
        return
    why = command.printable(done.stderr.strip()) or "no reason is given"
    if os.geteuid():
        raise ImageError(f"this machine allows no user namespaces ({why}): "
                         "enable them (sysctl user.max_user_namespaces, "
                         "kernel.unprivileged_userns_clone, "
                         "kernel.apparmor_restrict_unprivileged_userns), or "
                         f"{REMEDY}")
    raise ImageError(f"root can't mount here ({why}): this seems to be a "
                     "container without that right")
