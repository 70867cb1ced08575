# SPDX-License-Identifier: GPL-2.0-or-later
"""The parameters of one run, checked before anything starts."""

import dataclasses
import glob
import json
import os
import re
import shutil
import subprocess

from . import arch as arches
from . import boots, devices, elf, foreign, iommufd, kernel, machine, module, \
    storage
from .errors import LabError

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.realpath(__file__))))
BUILD = os.path.join(ROOT, "build")
# If the lab is installed, it is in PREFIX/share/vfio-trace.
PREFIX = os.path.dirname(os.path.dirname(ROOT))
QEMUS = (os.path.join(BUILD, "qemu-*"),
         os.path.join(PREFIX, "lib", "vfio-trace", "qemu-*", "bin"))

MEMORY_MARGIN = 1 << 20             # KiB that L1's QEMU needs besides L1's memory
GUEST_MARGIN = 15                   # seconds left for L1 to send its results


@dataclasses.dataclass
class Plan:
    """The parameters of one run."""

    qemu: str
    firmware_dirs: list
    kernel: kernel.Kernel               # L2's
    host_kernel: kernel.Kernel          # L1's
    targets: list
    timeout: int
    arch: arches.Arch
    inner_qemu: str = None              # L2's, if it is not the same program
    files: object = elf.Native          # where L1's libraries are
    still_limit: int = 60
    trace_tool: str = None
    drivers: list = dataclasses.field(default_factory=list)
    guest_modules: list = dataclasses.field(default_factory=list)
    host_modules: list = dataclasses.field(default_factory=list)
    host_programs: dict = dataclasses.field(default_factory=dict)
    script: str = None
    host_script: str = None
    launch: str = None
    host_tree: str = None
    extra: list = dataclasses.field(default_factory=list)
    trace_opts: list = dataclasses.field(default_factory=list)
    attach: list = dataclasses.field(default_factory=list)
    guest_append: list = dataclasses.field(default_factory=list)
    inner_args: list = dataclasses.field(default_factory=list)
    outer_args: list = dataclasses.field(default_factory=list)
    boots: list = dataclasses.field(default_factory=list)
    disk: storage.Disk = None
    crash_when: str = None
    crash_after: float = 0
    smp: int = 1
    host_smp: int = None
    guest_memory: int = 256
    guest_iommu: bool = False
    guest_loglevel: int = 5
    oracle: bool = False
    device_trace: bool = False
    device_events: list = dataclasses.field(default_factory=list)
    plain: bool = False
    host_only: bool = False
    iommufd: bool = False
    bzimage: bool = False
    probe: bool = False

    @property
    def guest_limit(self):
        """Seconds after which L1 gives up, with time left to report it."""
        return max(self.timeout - GUEST_MARGIN, self.timeout // 2)


def _qemus(program):
    """{series: path} of the QEMUs that are built, or else of those installed."""
    for pattern in QEMUS:
        # not qemu-SERIES-on-MACHINE, which do not run here
        found = [(re.search(r"/qemu-([\d.]+)/(bin/)?[^/]+$", p), p) for p in
                 sorted(glob.glob(os.path.join(pattern, program)))]
        if any(match for match, _ in found):
            return {match[1]: p for match, p in found if match}
    return {}


def built_series(arch=None):
    """The QEMU series that are there, the configured default first."""
    found = list(_qemus((arch or arches.find(None)).qemu))
    try:
        with open(os.path.join(BUILD, "config.json")) as f:
            wanted = json.load(f).get("series", [])
    except (OSError, ValueError, AttributeError):
        wanted = []
    if isinstance(wanted, str):
        wanted = wanted.split()
    return [s for s in wanted if s in found] + \
        [s for s in found if s not in wanted]


def find_qemu(path, series, arch=None):
    """The QEMU binary to use for both machines; of another architecture: L1's."""
    arch = arch or arches.find(None)
    if path:
        if not os.access(path, os.X_OK):
            raise LabError("--qemu %s: no such program" % path)
        return os.path.realpath(path)
    have = built_series(arch)
    if not have and not arch.native:
        raise LabError("no QEMU for guests of %s is built: configure with "
                       "--targets=%s,%s and run make" % (
                           arch.name, arches.find(None).name, arch.name))
    if not series and not have:
        raise LabError("no QEMU is built or installed: run ./configure and "
                       "make (or give --qemu PATH)")
    if series and series not in have:
        raise LabError("QEMU %s is not built (built: %s); configure with "
                       "--qemu-series=%s and run make" %
                       (series, " ".join(have) or "none", series))
    path = _qemus(arch.qemu)[series or have[0]]
    if not os.access(path, os.X_OK):
        raise LabError("%s is not executable: is it being built?" % path)
    return path


def _inner_qemu(options, qemu, arch):
    """The QEMU binary that runs in L1."""
    if arch.native:
        if options.inner_qemu:
            raise LabError("--inner-qemu is for --arch: here, both machines "
                           "have one QEMU (--qemu)")
        return qemu
    if options.inner_qemu:
        if not os.path.exists(options.inner_qemu):
            raise LabError("--inner-qemu %s: no such program" %
                           options.inner_qemu)
        return os.path.realpath(options.inner_qemu)
    series = options.series or next(iter(built_series(arch)), "*")
    found = sorted(glob.glob(os.path.join(
        BUILD, "qemu-%s-on-%s" % (series, arch.name), arch.qemu)))
    if not found:
        raise LabError("no QEMU for hosts of %s is built: run "
                       "scripts/cross-build qemu %s %s" %
                       (arch.name, arch.name, series.strip("*")))
    return found[0]


def _known_devices(qemu):
    run = subprocess.run([qemu, "-device", "help"], capture_output=True,
                         text=True)
    if run.returncode:
        raise LabError("%s does not run: %s" % (qemu, run.stderr.strip()))
    # lines are: name "e1000", bus PCI, alias "e1000-82540em", desc ...
    return set(run.stdout.split('"')[1::2])


def check_devices(qemu, targets, plain):
    """Reject a device that QEMU does not have, before a machine is booted."""
    known = _known_devices(qemu)
    for target in targets:
        if target.name not in known:
            raise LabError("--device %s: %s has no such device" %
                           (target.name, qemu))
    if not plain and "vfio-pci-trace" not in known:
        raise LabError("%s has no vfio-pci-trace (--plain runs without)" %
                       qemu)


def check_memory(guest_memory):
    """L1's memory is allocated page by page: a lack shows only half-way."""
    needed = (machine.outer_memory(guest_memory) << 10) + MEMORY_MARGIN
    with open("/proc/meminfo") as f:
        info = dict(line.split(":", 1) for line in f)
    available = int(info["MemAvailable"].split()[0])
    if available < needed:
        raise LabError("the lab needs %.1f GiB of free memory, %.1f are "
                       "available" % (needed / 2 ** 20, available / 2 ** 20))


def _trace_tool(arch):
    paths = [os.path.join(BUILD, "vfio-trace", "tools", "vfio-trace"),
             os.path.join(PREFIX, "bin", "vfio-trace")]
    if not arch.native:
        paths = [os.path.join(BUILD, "vfio-trace-" + arch.name, "tools",
                              "vfio-trace")]
    return next((p for p in paths if os.path.exists(p)), None)


def _host_programs(names):
    """This machine's programs by their name in L1."""
    found = {}
    for name in names:
        path = shutil.which(name, path=os.environ.get("PATH", "") +
                            ":/usr/sbin:/sbin:/usr/bin:/bin")
        if not path:
            raise LabError("--host-program %s: this machine has no such "
                           "program; install its package" % name)
        found[os.path.basename(name)] = path
    return found


def _kernel(arch, wanted, say):
    return kernel.find(say, wanted) if arch.native else \
        foreign.find_kernel(arch, wanted, say)


def _host_kernel(options, guest_kernel, say):
    """L1's kernel, which may need to be newer than the guest's."""
    if options.host_kernel == "iommufd" or \
            options.iommufd and not (options.host_kernel or options.kernel):
        return iommufd.find(say)
    found = guest_kernel if not options.host_kernel else \
        _kernel(arches.find(options.arch), options.host_kernel, say)
    if options.iommufd:
        iommufd.check(found)
    return found


def _boots(options, devices_given):
    """The guest without a kernel, if that is what is wanted."""
    if not options.no_kernel:
        return []
    return [boots.Boot(until=boots.until(options.until),
                       memory=options.guest_memory,
                       targets=list(range(devices_given)))]


def make(options, say):
    """The plan for the command line's options."""
    for name in [options.script, options.host_script, options.launch,
                 options.host_tree] + options.extra + options.guest_source:
        if name and not os.access(name, os.R_OK):
            raise LabError("can't read %s" % name)
    arch = arches.find(options.arch)
    arches.check(arch, options)
    check_memory(options.guest_memory)
    targets = devices.targets(options.device)
    qemu = find_qemu(options.qemu, options.series, arch)
    inner_qemu = _inner_qemu(options, qemu, arch)
    check_devices(qemu, targets, options.plain or options.host_only)
    guest_kernel = _kernel(arch, options.kernel, say)
    source = qemu.replace("/" + arch.qemu, "-src/pc-bios")
    return Plan(
        arch=arch, qemu=qemu, inner_qemu=inner_qemu,
        files=elf.Native if arch.native else foreign.sysroot(arch),
        targets=targets, timeout=options.timeout,
        firmware_dirs=[d for d in machine.FIRMWARE_DIRS + (source,)
                       if os.path.isdir(d)],
        kernel=guest_kernel,
        host_kernel=_host_kernel(options, guest_kernel, say),
        trace_tool=_trace_tool(arch), drivers=options.driver,
        guest_modules=options.guest_module, host_modules=options.host_module,
        host_programs=_host_programs(options.host_program),
        boots=_boots(options, len(targets)),
        disk=storage.make(options.disk, say),
        crash_when=options.crash_when, crash_after=options.crash_after,
        script=options.script, host_script=options.host_script,
        launch=options.launch, host_tree=options.host_tree,
        extra=options.extra + [module.build(guest_kernel, source, say)
                               for source in options.guest_source],
        trace_opts=options.trace_opts,
        attach=options.attach,
        guest_append=options.guest_append,
        inner_args=options.guest_arg, outer_args=options.outer_arg,
        smp=options.smp, host_smp=options.host_smp,
        guest_memory=options.guest_memory,
        guest_loglevel=options.loglevel, oracle=options.oracle,
        device_trace=options.device_trace,
        device_events=options.device_event, guest_iommu=options.guest_iommu,
        plain=options.plain,
        host_only=options.host_only, iommufd=options.iommufd,
        bzimage=options.bzimage, still_limit=options.still_limit)
