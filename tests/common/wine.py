# SPDX-License-Identifier: GPL-2.0-or-later
"""Windows programs under Wine, in a prefix of their own."""

import os
import shutil
import subprocess
import tempfile

from .tap import Skip

PROGRAM = "/usr/lib/wine/wine64"
SERVER = "/usr/lib/wine/wineserver64"
SECONDS = 240


def _text(file):
    file.seek(0)
    return file.read().decode(errors="replace").replace("\r\n", "\n")


class Wine:
    """A fresh Windows; a context manager."""

    def __init__(self, scratch):
        if not os.path.exists(PROGRAM):
            raise Skip("there is no Wine: install wine64")
        self.scratch = scratch
        self.prefix = os.path.join(scratch, "wine")
        # Neither .NET nor HTML: Wine would want to download them.
        self.env = dict(os.environ, WINEPREFIX=self.prefix, WINEDEBUG="-all",
                        WINEDLLOVERRIDES="mscoree,mshtml=d;winemenubuilder.exe=d",
                        WINESERVER=SERVER, HOME=scratch, LC_ALL="C.UTF-8")
        self.env.pop("DISPLAY", None)
        self.last = None

    def __enter__(self):
        made = self.run("wineboot", "-i")
        if made.returncode:
            raise AssertionError(f"no prefix for Wine: {made.stderr}")
        # On a busy machine, services need longer than Wine's ten seconds; it
        # reads this when it starts.
        self.run("reg", "add", r"HKLM\System\CurrentControlSet\Control", "/v",
                 "ServicesPipeTimeout", "/t", "REG_DWORD", "/d",
                 str(SECONDS * 1000), "/f")
        self.stop()
        # Windows and its services end with the last program.
        self.last = self.start("cmd", stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL)
        self.last.stdout.readline()
        return self

    def __exit__(self, *exc):
        self.last.stdin.close()
        self.last.wait(SECONDS)
        self.stop()
        shutil.rmtree(self.prefix, ignore_errors=True)

    def stop(self):
        """Stop Windows with all programs."""
        for option in ("-k", "-w"):
            subprocess.run([SERVER, option], env=self.env, check=False,
                           timeout=SECONDS)

    def run(self, *argv, stdin=b""):
        """Run a Windows program; its output is text.

        Wine itself has ended once in some thousand runs with status 1 and
        without a word, beside other load. No program of ours does that: again.
        """
        done = self._run(argv, stdin)
        if done.returncode == 1 and not done.stdout + done.stderr:
            print(f"# Wine did not start {argv[0]}", flush=True)
            done = self._run(argv, stdin)
        return done

    def _run(self, argv, stdin):
        # Files, not pipes: Windows itself, started by a program, may keep them.
        with tempfile.TemporaryFile() as given, \
                tempfile.TemporaryFile() as out, \
                tempfile.TemporaryFile() as err:
            given.write(stdin)
            given.seek(0)
            done = subprocess.run([PROGRAM, *argv], stdin=given, stdout=out,
                                  stderr=err, env=self.env, timeout=SECONDS,
                                  check=False)
            done.stdout, done.stderr = _text(out), _text(err)
        return done

    def start(self, *argv, **options):
        """Start a Windows program."""
        return subprocess.Popen([PROGRAM, *argv], env=self.env, **options)


def path(unix):
    """The name of a file of this machine in Wine."""
    return "Z:" + unix.replace("/", "\\")
