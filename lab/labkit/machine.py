# SPDX-License-Identifier: GPL-2.0-or-later
"""The command lines of the two machines.

The outer one (L1) is emulated here; the inner one (L2) runs inside L1
under KVM. Both run the same QEMU binary, unless the architecture is another
one than this machine's.
"""

from . import devtrace, storage

# Firmware directories of the distributions.
FIRMWARE_DIRS = ("/usr/share/seabios", "/usr/share/qemu")

# Ports from L1 to the files of a run: name in L1, file in the run's
# directory. The first is read live, the second is tailed on a failure.
PORTS = (("events", "events"), ("console", "guest-console.log"),
         ("results", "results.tar"))

OUTER_MEMORY = 4096                 # MiB, at least
OUTER_MARGIN = 2048                 # MiB that L1 has besides the guest's memory
# Not more under TCG: a change of the memory map by one vCPU (a BAR that is
# switched off) races with MMIO of another in QEMU up to 10.2 at least, where
# iotlb_to_section() looks up a stale index in the new map and asserts.
OUTER_CPUS = {"tcg": 1, "kvm": 2}

# Root ports for the targets in L2: hot-unplug needs a port, and real machines
# have their devices behind ports, too.
ROOT_PORT_SLOT = 0x10


def outer_memory(guest_memory):
    """L1's memory for a guest's, both in MiB. VFIO pins all of the guest's."""
    return max(OUTER_MEMORY, guest_memory + OUTER_MARGIN)


def outer(plan, accel, files):
    """L1: a machine with an IOMMU and the target devices.

    files: maps the name of a run's file to its path
    """
    arch = plan.arch
    cpu = {"tcg": arch.outer_cpu, "kvm": "host"}[accel]
    args = [plan.qemu, "-nodefaults", "-no-user-config", "-display", "none",
            "-no-reboot", *arch.outer,
            "-accel", accel, "-cpu", cpu,
            "-m", str(outer_memory(plan.guest_memory)),
            "-smp", str(plan.host_smp or OUTER_CPUS[accel])]
    for path in plan.firmware_dirs:
        args += ["-L", path]
    args += ["-kernel", files["kernel"], "-initrd", files["initrd"],
             "-append", "console=%s loglevel=5 %s %s%s"
             % (arch.console, arch.cmdline, arch.outer_cmdline,
                " lab.probe" if plan.probe else ""),
             "-chardev", "file,id=log,append=on,path=" + _value(files["log"]),
             "-serial", "chardev:log",
             "-device", "virtio-serial-pci,id=ports,addr=03.0"]
    for name, file in PORTS:
        args += ["-chardev", "file,id=%s,path=%s" % (name,
                                                     _value(files[file])),
                 "-device", "virtserialport,bus=ports.0,chardev=%s,name=%s"
                 % (name, name)]
    if plan.disk:
        args += storage.qemu_args(plan.disk)
    if plan.device_trace or plan.device_events:
        args += devtrace.qemu_args(files["device-trace"], plan.device_trace,
                                   plan.device_events)
    for target in plan.targets:
        args += target.args
    return args + plan.outer_args


def _attach(plan, i):
    """Target I as a device of L2's QEMU: its type and its properties."""
    if i < len(plan.attach):
        return plan.attach[i]
    if plan.plain:
        return "vfio-pci"
    log = "trace-log=log0" if len(plan.targets) > 1 else \
        "trace-file=/out/trace.mmt"
    return ",".join(["vfio-pci-trace", log] + plan.trace_opts)


# L1's path of the kernel as it is installed
BZIMAGE = "/boot/bzImage"


def _start(plan, machine, memory):
    """How each QEMU of L1's begins."""
    return ["/bin/qemu", "-nodefaults", "-no-user-config", "-display", "none",
            "-vga", "none", "-no-reboot", "-L", "/usr/share/qemu",
            "-machine", machine + ",dump-guest-core=off",
            "-accel", "kvm", "-cpu", "host",
            "-m", str(memory), "-smp", str(plan.smp),
            "-pidfile", "/run/qemu.pid",
            "-qmp", "unix:/run/qmp.sock,server=on,wait=off"]


def inner(plan):
    """L2: the traced guest, as L1 starts it. Paths are L1's."""
    arch = plan.arch
    console = "console=%s loglevel=%d" % (arch.console, plan.guest_loglevel)
    args = _start(plan, arch.inner_machine, plan.guest_memory)
    append = plan.guest_append
    if plan.guest_iommu:
        args += arch.guest_iommu
        append = ["intel_iommu=on"] + append
    args += ["-kernel", BZIMAGE if plan.bzimage else "/boot/vmlinuz",
            "-initrd", "/lab/l2.img",
            "-append", " ".join([console, arch.cmdline] + append),
            "-chardev", "file,id=console,path=/dev/lab/console",
            "-serial", "chardev:console",
            "-device", "virtio-serial-pci,id=ports,addr=02.0"]
    oracle = "/out/oracle.mmt" if plan.oracle else "/dev/null"
    for name, chardev in (("agent", "pipe,id=agent,path=/run/agent"),
                          ("oracle", "file,id=oracle,path=" + oracle),
                          ("files", "file,id=files,path=/run/files.tar")):
        args += ["-chardev", chardev, "-device",
                 "virtserialport,bus=ports.0,chardev=%s,name=%s"
                 % (name, name)]
    for i, target in enumerate(plan.targets):
        args += ["-device", "pcie-root-port,id=rp%d,chassis=%d,addr=%02x.0"
                 % (i, i + 1, ROOT_PORT_SLOT + i)]
    if not plan.plain and len(plan.targets) > 1:
        args += ["-object", "vfio-trace-log,id=log0,file=/out/trace.mmt"]
    if plan.iommufd:
        args += ["-object", "iommufd,id=iommufd0"]
    for i, target in enumerate(plan.targets):
        args += ["-device", "%s,host=%s,id=dut%d,bus=rp%d%s"
                 % (_attach(plan, i), target.bdf, i, i,
                    ",iommufd=iommufd0" if plan.iommufd else "")]
    return args + plan.inner_args


def firmware(plan, boot):
    """L2 without a kernel of the lab's: firmware with a device. Paths are L1's.

    boot: a boots.Boot
    """
    args = _start(plan, boot.machine + ",graphics=off", boot.memory)
    # SeaBIOS writes its screen to the serial port with graphics=off; it needs no
    # text screen then, and no VGA that another firmware would draw on
    args += ["-L", "/extra",
             "-chardev", "file,id=console,path=/dev/lab/console,logfile=" +
             boot.console]
    if boot.serial:
        args += ["-serial", "chardev:console"]
    args += ["-device", "isa-vfio-trace-marker,id=marker"]
    bus = "pci.0" if boot.machine.startswith("pc") else "pcie.0"
    if len(boot.targets) > 1 and not plan.plain:
        args += ["-object", "vfio-trace-log,id=log0,file=%s/trace.mmt"
                 % boot.directory]
    if plan.iommufd:
        args += ["-object", "iommufd,id=iommufd0"]
    for n, i in enumerate(boot.targets):
        slot = ROOT_PORT_SLOT + n
        if boot.root_port:
            args += ["-device", "pcie-root-port,id=rp%d,chassis=%d,addr=%02x.0"
                     % (n, n + 1, slot)]
        log = "trace-log=log0" if len(boot.targets) > 1 else \
            "trace-file=%s/trace.mmt" % boot.directory
        args += ["-device", ",".join(
            ["vfio-pci" if plan.plain else "vfio-pci-trace," + log,
             "host=" + plan.targets[i].bdf, "id=dut%d" % n, "bus=rp%d" % n if boot.root_port else
             "bus=%s,addr=%02x.0" % (bus, slot)] +
            (["iommufd=iommufd0"] if plan.iommufd else []) +
            plan.trace_opts + boot.trace_opts)]
    return args + boot.args + plan.inner_args


def guests(plan):
    """The command lines of all guests that the lab itself starts."""
    if plan.boots:
        return [firmware(plan, boot) for boot in plan.boots]
    if plan.host_only or plan.probe or plan.launch:
        return []
    return [inner(plan)]


def _value(path):
    """A path as a value in a QEMU option string."""
    return path.replace(",", ",,")
