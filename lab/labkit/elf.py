# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs with all the shared libraries that they need."""

import os
import re
import subprocess

from .errors import LabError


class Native:
    """Programs of this machine."""

    strip_program = "strip"

    @staticmethod
    def source(path):
        """Where this machine has a file of the lab's machines."""
        return path

    @staticmethod
    def libraries(program):
        """The dynamic loader and libraries of a program; [] if it is static."""
        run = subprocess.run(["ldd", program], capture_output=True, text=True,
                             env=dict(os.environ, LC_ALL="C"))
        text = run.stdout + run.stderr
        if "not a dynamic executable" in text or "statically linked" in text:
            return []
        missing = re.findall(r"(\S+) => not found", text)
        if run.returncode or missing:
            raise LabError("%s: can't find its shared libraries: %s" %
                           (program, " ".join(missing) or text.strip()))
        return sorted(set(re.findall(r"(?:=> |^\s+)(/\S+) \(0x", text, re.M)))


class Foreign:
    """Programs of another architecture, which do not run here.

    root: directory of its libraries, as scripts/cross-build makes it
    triplet: what its compiler's name begins with
    """

    def __init__(self, root, triplet):
        self.root = root
        self.strip_program = triplet + "-strip"
        self.compiler = [triplet + "-gcc", "--sysroot=" + root]
        self._where = ["/usr/lib/" + triplet, "/lib/" + triplet, "/usr/lib",
                       "/lib"]

    def source(self, path):
        """Where this machine has a file of the lab's machines."""
        return self.root + path

    def _find(self, program, name):
        for where in self._where:
            if os.path.exists(os.path.join(self.root + where, name)):
                return os.path.join(where, name)
        raise LabError("%s: %s is not in %s" % (program, name, self.root))

    def libraries(self, program):
        """The dynamic loader and libraries of a program; [] if it is static."""
        found = set()
        todo = [program]
        while todo:
            path = todo.pop()
            run = subprocess.run(["readelf", "-W", "-l", "-d", path],
                                 capture_output=True, text=True,
                                 env=dict(os.environ, LC_ALL="C"))
            if run.returncode:
                raise LabError("readelf %s: %s" % (path, run.stderr.strip()))
            needed = [self._find(path, name) for name in
                      re.findall(r"\(NEEDED\).*\[(.+)\]", run.stdout)]
            needed += re.findall(r"program interpreter: (/\S+)\]", run.stdout)
            todo += [self.root + n for n in needed if n not in found]
            found.update(needed)
        return sorted(found)


libraries = Native.libraries


def strip(program, out, files=Native):
    """Copy a program to out without its debugging information.

    With it, QEMU is some 70 MB, which L1 would have to unpack at each boot.
    files: Native or a Foreign
    """
    run = subprocess.run([files.strip_program, "-o", out, program],
                         capture_output=True, text=True)
    if run.returncode:
        raise LabError("%s %s: %s" % (files.strip_program, program,
                                      run.stderr.strip()))
