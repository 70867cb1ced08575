# SPDX-License-Identifier: GPL-2.0-or-later
"""Our own kernel modules for the guest's kernel, each from one source file.

The kernel's headers are its distribution's package for this purpose: as they
are installed, or downloaded with apt and unpacked in the cache, without root.
"""

import glob
import os
import re
import shutil
import subprocess
import tempfile

from . import cache
from .errors import LabError

FORMAT = "1"                        # change it when builds change

# Programs that kbuild needs, with their Debian packages
TOOLS = {"make": "make"}


def _run(args, cwd, what):
    # do not use the jobserver of `make check`
    env = {k: v for k, v in os.environ.items()
           if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "ARCH",
                        "CROSS_COMPILE", "KBUILD_OUTPUT")}
    run = subprocess.run(args, cwd=cwd, capture_output=True, text=True,
                         stdin=subprocess.DEVNULL, env=dict(env, LC_ALL="C"))
    if run.returncode:
        said = (run.stderr.strip() or run.stdout.strip()).splitlines()
        raise LabError("%s: `%s` failed: %s" % (
            what, " ".join(args), " / ".join(said[-3:]) or "no reason"))
    return run.stdout


def _packages(version, cwd, what):
    """The headers' packages: those for one kernel, its flavour, and kbuild."""
    depends = re.compile(r"Depends: (linux-(?:headers|kbuild)-\S+)")
    todo, found = ["linux-headers-" + version], []
    while todo:
        name = todo.pop()
        found.append(name)
        listed = _run(["apt-cache", "depends", "--no-recommends",
                       "--no-suggests", name], cwd, what)
        todo += [d for d in depends.findall(listed) if d not in found + todo]
    return found


def _relocate(tree):
    """Replace the packages' paths in /usr/src and /usr/lib by the tree's."""
    for path in glob.glob(tree + "/usr/src/linux-headers-*/Makefile"):
        with open(path, encoding="utf-8") as f:
            text = f.read()
        with open(path, "w", encoding="utf-8") as f:
            f.write(re.sub(r"(?m)^(include\s+)(?=/usr/)",
                           lambda m: m[1] + tree, text))
    for directory, dirs, files in os.walk(tree):
        for name in dirs + files:
            path = os.path.join(directory, name)
            if os.path.islink(path) and os.readlink(path).startswith("/usr/"):
                to = tree + os.readlink(path)
                os.unlink(path)
                os.symlink(to, path)


def _download(version, final, say):
    what = ("no headers of the kernel %s are installed; install the package "
            "linux-headers-%s" % (version, version))
    for tool in ("apt-cache", "apt-get", "dpkg-deb"):
        if not shutil.which(tool):
            raise LabError(what)
    say("fetching the headers of the kernel " + version)
    work = tempfile.mkdtemp(prefix="headers.", dir=cache.directory())
    try:
        _run(["apt-get", "download"] + _packages(version, work, what), work,
             what)
        # symlinks and Makefiles hold the tree's name: _relocate() after the rename
        shutil.rmtree(final, ignore_errors=True)
        tree = final + ".new"
        shutil.rmtree(tree, ignore_errors=True)
        for deb in glob.glob(os.path.join(work, "*.deb")):
            _run(["dpkg-deb", "-x", deb, tree], work, what)
        os.rename(tree, final)
        _relocate(final)
        with open(os.path.join(final, "complete"), "w"):
            pass
        cache.prune("headers-", final, 2)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def headers(kernel, say):
    """The directory to build modules for a kernel in."""
    installed = os.path.join(kernel.modules, "build")
    if os.path.exists(os.path.join(installed, "Module.symvers")):
        return installed
    final = os.path.join(cache.directory(), "headers-" + kernel.version)
    with cache.lock("headers"):
        if not os.path.exists(os.path.join(final, "complete")):
            _download(kernel.version, final, say)
    return os.path.join(final, "usr/src/linux-headers-" + kernel.version)


def _check_tools(tree):
    wanted = dict(TOOLS)
    variables = os.path.join(tree, ".kernelvariables")
    if os.path.exists(variables):
        with open(variables, encoding="utf-8") as f:
            compiler = re.search(r"\bgcc-\d+\b", f.read())
        if compiler:
            wanted[compiler[0]] = compiler[0]
    missing = [p for t, p in wanted.items() if not shutil.which(t)]
    if missing:
        raise LabError("to build a kernel module, install the packages " +
                       " ".join(missing))


def build(kernel, source, say):
    """The module built from a C source file, compiled if necessary.

    The source may include headers of its directory. Return: path of NAME.ko
    """
    name = os.path.splitext(os.path.basename(source))[0]
    beside = os.path.dirname(os.path.realpath(source))
    parts = [source] + glob.glob(os.path.join(beside, "*.h"))
    final = os.path.join(cache.directory(), "module-%s-%s" % (
        name, cache.key(parts, FORMAT, kernel.version)))
    made = os.path.join(final, name + ".ko")
    if os.path.exists(made):
        os.utime(final)
        return made
    tree = headers(kernel, say)
    _check_tools(tree)
    with cache.lock("module"):
        if os.path.exists(made):
            return made
        say("building the module %s for the kernel %s" %
            (name, kernel.version))
        work = tempfile.mkdtemp(prefix="module.", dir=cache.directory())
        try:
            shutil.copy(source, work)
            with open(os.path.join(work, "Kbuild"), "w") as f:
                f.write("obj-m := %s.o\nccflags-y := -I%s\n" % (name, beside))
            # no BTF, which takes pahole and is of no use here
            _run(["make", "-C", tree, "M=" + work,
                  "CONFIG_DEBUG_INFO_BTF_MODULES=", "modules"], work,
                 "can't build the module %s" % name)
            cache.replace(work, final)
            cache.prune("module-%s-" % name, final)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return made
