# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line of the lab."""

import argparse
import fcntl
import os
import re
import signal
import sys
import time

from . import accel, logs, plan
from .arch import ARCHES
from .errors import LabError
from .options import Words, count
from .run import Run, tail

DESCRIPTION = """\
Trace a driver on real VFIO and real KVM with no spare hardware.

QEMU emulates a machine with an IOMMU and the DEVICE (L1). In it, Linux gives
the device to vfio-pci and starts a KVM guest (L2) that has it as a
vfio-pci-trace device. The guest loads the driver, runs the script, unloads
the driver and powers off.
"""

EPILOG = """\
The run writes to DIR:
  trace.mmt           the trace, in the Linux mmiotrace format
  oracle.mmt          with --oracle: the guest kernel's own mmiotrace
  device.mmt          with --device-trace: the accesses that arrived at the devices
  device-events.log   with --device-event: what the devices have done
  guest-console.log   the guest's console
  lab.log             L1's console, and the command lines of both QEMUs
  guest/ host/        files that the scripts left in $LAB_OUT and $OUT

In the guest, scripts have $BDF and $DEV (the device's address and sysfs
directory; $BDFS for all), $LAB_OUT, and the commands
  mark TEXT           put a marker into the trace (by QMP, from L1)
  host COMMAND        run a shell command in L1
  signal NAME, await NAME [SECONDS]   meet a script of the other machine
  mmio BDF BAR OP...  access a BAR
Host scripts have $QMP (socket), $QEMU_PID, $OUT, and signal, await, mmio,
bind, stage, post, qmp and vfio-trace.

Exit status: 0 if the run and all scripts succeeded and the logs are
complete, 1 if not, 2 for a wrong command line.

Example: what does e1000e do when its interface goes up?
  echo 'mark up; ip link set eth0 up; sleep 1; mark done' > up.sh
  guest-images/lab --device e1000e --driver e1000e --script up.sh --out /tmp/up
"""


def parser():
    """The option parser."""
    p = argparse.ArgumentParser(
        prog="lab", usage="lab --device SPEC --driver MODULE --out DIR "
        "[OPTION...]", description=DESCRIPTION, epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False)
    add = p.add_argument
    add("--device", metavar="SPEC", action="append", required=True,
        help="the device to pass through: any PCI device of QEMU's with "
        "properties, as after -device; common devices get the backends that "
        "they need (may be repeated: one log for all)")
    add("--driver", metavar="MODULE", action=Words, default=[],
        help="module that the guest loads, with its dependencies; parameters "
        "may follow: 'e1000e debug=16' (a list, may be repeated; 'none': the "
        "script loads it)")
    add("--out", metavar="DIR", required=True, help="where the results go")
    add("--oracle", action="store_true",
        help="let the guest's kernel trace the driver as well")
    add("--device-trace", action="store_true",
        help="record the accesses that arrive at the devices themselves, as "
        "seen by the machine that emulates them")
    add("--device-event", metavar="NAME", action="append", default=[],
        help="record a trace event of the machine that emulates the devices: "
        "its name or a pattern, as after QEMU's -trace (repeatable)")
    add("--script", metavar="FILE",
        help="shell script for the guest, run when the driver is loaded")
    add("--host-script", metavar="FILE",
        help="shell script for L1, run when the guest's driver is loaded; the "
        "driver stays until it ends")
    add("--launch", metavar="FILE",
        help="shell script for L1 that starts the guest instead of the lab, "
        "and ends when the guest has ended")
    add("--extra", metavar="FILE", action="append", default=[],
        help="a file to copy to /extra/NAME in both machines (repeatable)")
    add("--trace-opts", metavar="K=V,...", action=Words, default=[],
        help="properties for vfio-pci-trace")
    add("--attach", metavar="TYPE[,K=V...]", action="append", default=[],
        help="device and properties, without host=, id= and bus=, by which "
        "the guest's QEMU gets a device, instead of "
        "vfio-pci-trace,trace-log=log0 (repeatable: in the order of the devices)")
    add("--smp", metavar="N", type=count(1, 16), default=1,
        help="the guest's CPUs (1)")
    add("--host-smp", metavar="N", type=count(1, 16),
        help="L1's CPUs (1, or 2 with KVM: QEMU's multi-threaded TCG may "
        "crash when a BAR moves, and a guest with several CPUs may hang)")
    add("--guest-memory", metavar="MIB", type=count(192, 65536), default=256,
        help="the guest's memory (256); L1 has 2 GiB more, and 4 GiB at least")
    add("--guest-iommu", action="store_true",
        help="the guest has an IOMMU of its own, with the devices behind it")
    add("--arch", metavar="ARCH",
        help="the architecture of both machines: %s (this machine's); of "
        "another one, L1 is emulated, and has a QEMU made by "
        "scripts/cross-build" % ", ".join(ARCHES))
    add("--series", metavar="S", help="QEMU series to use of those built")
    add("--qemu", metavar="PATH",
        help="QEMU binary for both machines, instead of that of a built series")
    add("--inner-qemu", metavar="PATH",
        help="with --arch: L1's QEMU, instead of the one cross-built")
    add("--kernel", metavar="VERSION",
        help="installed kernel for both machines (the newest suitable one)")
    add("--host-kernel", metavar="VERSION|iommufd",
        help="another kernel for L1; iommufd: one with iommufd, built once "
        "from the distribution's source if none is installed")
    add("--iommufd", action="store_true",
        help="pass the devices through by /dev/iommu and /dev/vfio/devices "
        "instead of VFIO's groups and containers; L1 gets a kernel for it")
    add("--bzimage", action="store_true",
        help="start the guest's kernel as boot loaders do, compressed and by "
        "its real-mode entry: only then does it know of a VGA text screen; slower")
    add("--accel", choices=("tcg", "kvm", "auto"), default="tcg",
        help="how to run L1; auto: KVM if a short probe succeeds (tcg)")
    add("--timeout", metavar="S", type=count(30), default=300,
        help="seconds after which the run has failed (300)")
    add("--still-limit", metavar="S", type=count(5), default=60,
        help="seconds without progress after which a run has failed: no "
        "processor time is used and nothing is written (60)")
    add("--plain", action="store_true",
        help="use vfio-pci: the same guest without tracing, to compare")
    add("--host-only", action="store_true",
        help="no guest: L1 binds the devices and runs the host script ($QEMU "
        "and $TARGETS describe what is available)")
    add("--no-kernel", action="store_true",
        help="the guest is firmware without a Linux: SeaBIOS, and what "
        "--guest-arg adds (another firmware, a disk, a kernel); its console is "
        "the serial port")
    add("--until", metavar="off|console:REGEX|quiet:S", default="off",
        help="end of a --no-kernel guest: it powers off or resets; a line of its "
        "console matches; it has made an access, and none for S seconds (off)")
    add("--guest-module", metavar="MODULE", action=Words, default=[],
        help="module to copy into the guest's image without loading it")
    add("--guest-source", metavar="FILE", action="append", default=[],
        help="C source of a kernel module: the lab builds it for the guest's "
        "kernel and copies it to /extra/NAME.ko (repeatable)")
    add("--host-module", metavar="MODULE", action=Words, default=[],
        help="module to copy into L1's image without loading it")
    add("--host-program", metavar="NAME", action=Words, default=[],
        help="program of this machine to copy into L1, with its libraries")
    add("--host-tree", metavar="DIR",
        help="directory whose files are copied to the same places in L1, with "
        "the libraries that its programs need")
    add("--disk", metavar="FILE[,size=N]",
        help="raw image that L1 has as its disk $DISK, opened without this "
        "machine's cache; created with N bytes (K, M, G) if missing")
    add("--crash-when", metavar="REGEX",
        help="crash L1 (SIGKILL for its QEMU) when it reports a stage that "
        "matches: then the run leaves only the log of L1's console, the "
        "--disk and what devices keep in files; the exit status is 0 if it "
        "came to that")
    add("--crash-after", metavar="S", type=float, default=0,
        help="seconds between that stage and the crash (0)")
    add("--guest-arg", metavar="ARG", action="append", default=[],
        help="argument for the guest's QEMU (--guest-arg=-foo; repeatable)")
    add("--guest-append", metavar="WORD", action="append", default=[],
        help="word for the guest kernel's command line (repeatable)")
    add("--outer-arg", metavar="ARG", action="append", default=[],
        help="argument for L1's QEMU (repeatable)")
    add("--loglevel", metavar="N", type=count(0, 8), default=5,
        help="the guest kernel's console log level (5)")
    return p


def check(p, o):
    """Check how the options go together."""
    if o.oracle and o.smp > 1:
        p.error("--oracle needs --smp 1: mmiotrace switches other CPUs off")
    if o.host_only:
        if not o.host_script:
            p.error("--host-only needs a --host-script")
        if o.oracle or o.script or o.driver:
            p.error("--host-only has no guest for --oracle, --script or "
                    "--driver")
        if o.launch or o.no_kernel:
            p.error("--host-only has no guest for --launch or --no-kernel")
    elif o.no_kernel:
        if o.oracle or o.script or o.driver or o.host_script or o.launch:
            p.error("--no-kernel has no Linux for --oracle, --script, --driver, "
                    "--host-script or --launch")
        if o.plain and o.until.startswith("quiet"):
            p.error("--until quiet needs a log, and --plain has none")
    elif not o.driver:
        p.error("--driver is missing (none: the script loads it)")
    if o.until != "off" and not o.no_kernel:
        p.error("--until needs --no-kernel")
    if "none" in o.driver:
        if len(o.driver) > 1:
            p.error("--driver none stands alone")
        o.driver = []
    if o.crash_when:
        try:
            re.compile(o.crash_when)
        except re.error as e:
            p.error("--crash-when %s: %s" % (o.crash_when, e))
    elif o.crash_after:
        p.error("--crash-after needs a --crash-when")
    if o.plain and o.trace_opts:
        p.error("--trace-opts: nothing is traced with --plain")
    if len(o.attach) > len(o.device):
        p.error("more --attach options than devices")


class Progress:
    """Prints a line for each stage, with the seconds since the start."""

    def __init__(self):
        self.start = time.monotonic()

    def elapsed(self):
        return time.monotonic() - self.start

    def __call__(self, text):
        print("[%6.1fs] %s" % (self.elapsed(), text), flush=True)


def _lock(out):
    """Two labs must not write into one directory."""
    os.makedirs(os.path.dirname(os.path.abspath(out)), exist_ok=True)
    if os.path.exists(out) and not os.path.isdir(out):
        raise LabError("--out %s: it is not a directory" % out)
    os.makedirs(out, exist_ok=True)
    fd = os.open(out, os.O_RDONLY)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise LabError("--out %s: another lab is writing there" % out)
    return fd


class Killed(Exception):
    """A signal to end the command; the argument is its number."""


def _on_signal(number, frame):
    raise Killed(number)


def catch_signals():
    """Let signals that end the command raise Killed, so that it cleans up."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _on_signal)


def show_end_of_log(error):
    """Show the end of the log that explains an error, if it names one."""
    log = getattr(error, "log", None)
    if log:
        print("--- the end of %s" % log, file=sys.stderr)
        for line in tail(log):
            print("| " + line, file=sys.stderr)


def _run(o, say):
    lock = _lock(o.out)
    try:
        p = plan.make(o, say)
        run = Run(p, accel.choose(o.accel, p, say), o.out, say)
        run.execute()
        return "L1 crashed as asked" if run.crashed else \
            logs.summary(p, o.out)
    finally:
        os.close(lock)


def main(argv=None):
    """The command. Return: exit status"""
    p = parser()
    o = p.parse_args(argv)
    check(p, o)
    say = Progress()
    catch_signals()
    try:
        words = _run(o, say)
    except Killed as e:
        print("lab: ended by signal %d" % e.args[0], file=sys.stderr)
        return 128 + e.args[0]
    except (LabError, OSError) as e:
        show_end_of_log(e)
        print("lab: FAILED after %.1f s: %s" % (say.elapsed(), e),
              file=sys.stderr)
        return 1
    print("lab: done in %.1f s: %s; in %s" % (say.elapsed(), words, o.out))
    return 0
