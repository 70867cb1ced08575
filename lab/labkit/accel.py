# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether L1 can use KVM on this machine.

That /dev/kvm exists says little: on some paravirtual hosts it starts
firmware and then hangs at a stock kernel's entry, and nested
virtualization may be off. So a probe boots L1 and has it load its own KVM.
"""

import dataclasses
import os
import shutil
import tempfile

from . import cache
from .errors import LabError
from .run import Run

PROBE_SECONDS = 15


def choose(wanted, plan, say):
    """The accelerator for L1: "tcg" or "kvm"."""
    if wanted != "auto":
        return wanted
    if not plan.arch.native:
        return "tcg"
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        say("no access to /dev/kvm: using TCG")
        return "tcg"
    with open("/proc/sys/kernel/random/boot_id") as f:
        boot = f.read()
    key = cache.key([plan.qemu, plan.host_kernel.image], boot)
    known = os.path.join(cache.directory(), "accel-" + key)
    with cache.lock("accel"):
        try:
            with open(known) as f:
                verdict, _, reason = f.read().partition(" ")
        except OSError:
            verdict, reason = _probe(plan, say)
            with open(known + ".new", "w") as f:
                f.write("%s %s" % (verdict, reason))
            os.rename(known + ".new", known)
            cache.prune("accel-", known)
    if verdict == "tcg":
        say("KVM is not usable here (%s): using TCG" % reason)
    return verdict


def _probe(plan, say):
    say("probing KVM, at most %d s (once per boot)" % PROBE_SECONDS)
    probe = dataclasses.replace(
        plan, probe=True, targets=[], script=None, host_script=None,
        outer_args=[], device_trace=False, host_modules=[], host_programs={}, disk=None,
        iommufd=False,
        crash_when=None, extra=[], timeout=PROBE_SECONDS)
    out = tempfile.mkdtemp(prefix="probe.", dir=cache.directory())
    try:
        Run(probe, "kvm", out, lambda text: None).execute()
        return "kvm", "probed"
    except LabError as e:
        return "tcg", str(e)
    finally:
        shutil.rmtree(out, ignore_errors=True)
