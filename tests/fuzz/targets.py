# SPDX-License-Identifier: GPL-2.0-or-later
"""The fuzz targets: their names, files and command lines."""

import functools
import os
import shutil
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
BUILD = os.environ.get("VFIO_TRACE_BUILD", os.path.join(TOP, "build"))
BINARIES = os.path.join(BUILD, "vfio-trace-fuzz", "tests", "fuzz")

# Longest input: long enough for interesting inputs, short enough to be quick. A
# recovery's has a header's worth of edits and a ring's of slots.
MAX_LEN = {"fast": 1024, "format": 2048, "parse": 2048, "recover": 6144, "rings": 5120}

OPTIONS = (
    "-timeout=25",              # seconds for one input
    "-rss_limit_mb=1024",
    "-malloc_limit_mb=256",     # zstd's largest window is 128
)

ENVIRONMENT = {
    # a large quarantine is slow: every block comes from untouched memory
    "ASAN_OPTIONS": "detect_leaks=1:strict_string_checks=1:quarantine_size_mb=1:"
                    "allocator_release_to_os_interval_ms=-1",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
    # GLib's own allocator would hide errors in its blocks
    "G_SLICE": "always-malloc",
}


def names():
    return sorted(name[len("fuzz-"):-len(".c")] for name in os.listdir(HERE)
                  if name.startswith("fuzz-") and name.endswith(".c"))


def binary(name):
    return os.path.join(BINARIES, "fuzz-" + name)


def built():
    return all(os.access(binary(name), os.X_OK) for name in names())


def corpus(name):
    return os.path.join(HERE, "corpus", name)


def regress(name):
    """Inputs of earlier findings, and corner cases that chance may miss."""
    directory = os.path.join(HERE, "regress", name)
    if not os.path.isdir(directory):
        return []
    return [os.path.join(directory, f) for f in sorted(os.listdir(directory))]


def scratch():
    """A directory for the targets' files, in memory if there is one; a context manager."""
    memory = os.environ.get("VFIO_TRACE_TEST_SHM", "/dev/shm")
    return tempfile.TemporaryDirectory(
        prefix=f"vfio-trace-test-{os.getpid()}-", dir=memory if os.access(memory, os.W_OK) else None)


def environment(tmpdir):
    return {**os.environ, **ENVIRONMENT, "TMPDIR": tmpdir}


@functools.cache
def fixed_addresses():
    """A prefix that switches address randomisation off: the same seed then gives the
    same run, and older AddressSanitizers work with all kernels. A container may
    forbid it."""
    prefix = ["setarch", "-R"]
    works = shutil.which(prefix[0]) and subprocess.run(
        [*prefix, "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0
    return prefix if works else []


def command(name, findings, *arguments):
    """The command line; findings are written to the directory FINDINGS."""
    argv = [*fixed_addresses(), binary(name), *OPTIONS, f"-artifact_prefix={findings}{os.sep}",
            f"-max_len={MAX_LEN.get(name, 4096)}"]
    dictionary = os.path.join(HERE, "dict", name)
    if os.path.exists(dictionary):
        argv.append(f"-dict={dictionary}")
    return argv + list(arguments)


def reproducers(findings):
    return [os.path.join(findings, f) for f in sorted(os.listdir(findings))
            if f.startswith(("crash-", "leak-", "oom-", "timeout-"))]
