# SPDX-License-Identifier: GPL-2.0-or-later
"""Drivers of Windows: INF files, devices' hardware IDs, installation policy."""

import os
import re
import subprocess

from say import Deviation, read, require, say

PCI = "/sys/bus/pci/devices"

# What the services of virtio-win's drivers are here
SERVICES = {
    "viostor": ["virtio_pci", "virtio_blk"],
    "vioscsi": ["virtio_pci", "virtio_scsi"],
    "netkvm": ["virtio_pci", "virtio_net"],
    "vioser": ["virtio_pci", "virtio_console"],
    "virtioserial": ["virtio_pci", "virtio_console"],
    "balloon": ["virtio_pci", "virtio_balloon"],
    "viorng": ["virtio_pci", "virtio-rng"],
}
# Drivers that Windows has itself, by the devices' modules
INBOX = ("ahci", "e1000e", "nvme")
FOLDERS = {"10": "w10", "11": "w11", "2019": "2k19", "2022": "2k22", "2025": "2k25"}


class Device:
    """A PCI device with the IDs that Windows gives it, most special first."""

    def __init__(self, address):
        self.address = address
        self.directory = os.path.join(PCI, address)

        def number(name, digits):
            return f"{int(read(os.path.join(self.directory, name)), 16):0{digits}X}"
        base = f"PCI\\VEN_{number('vendor', 4)}&DEV_{number('device', 4)}"
        subsystem = number("subsystem_device", 4) + number("subsystem_vendor", 4)
        revision = number("revision", 2)
        kind = number("class", 6)
        self.ids = [f"{base}&SUBSYS_{subsystem}&REV_{revision}",
                    f"{base}&SUBSYS_{subsystem}",
                    f"{base}&CC_{kind}", f"{base}&CC_{kind[:4]}",
                    f"{base}&REV_{revision}", base,
                    f"PCI\\CC_{kind}", f"PCI\\CC_{kind[:4]}"]

    def modules(self):
        """Modules that this machine's kernel would load for it."""
        alias = read(os.path.join(self.directory, "modalias"))
        found = subprocess.run(["modprobe", "-D", alias], check=False, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return {os.path.basename(line.split()[-1]).split(".")[0]
                for line in found.stdout.splitlines() if line.startswith("insmod")}


def devices():
    return [Device(a) for a in sorted(os.listdir(PCI))]


class Inf:
    """An INF file for this processor and build."""

    def __init__(self, path, build):
        self.path = path
        self._sections = {}
        self._build = build
        data = read(path, True)
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1")
        section = None
        for line in text.splitlines():
            line = line.split(";")[0].strip()
            if line.startswith("["):
                section = self._sections.setdefault(line.strip("[]").lower(), [])
            elif line and section is not None:
                section.append(line)
        version = dict(self._pairs("version"))
        require(version.get("signature", "").strip('"').lower() == "$windows nt$",
                f"{path}: no signature in [Version]")
        self.catalog = version.get("catalogfile") or version.get("catalogfile.ntamd64")

    def _pairs(self, section):
        for line in self._sections.get(section.lower(), []):
            key, _, value = line.partition("=")
            yield key.strip().lower(), value.strip()

    def _models(self):
        """The sections of models for 64-bit x86 and builds up to this one."""
        for _, value in self._pairs("manufacturer"):
            name, *targets = [v.strip().lower() for v in value.split(",")]
            for target in targets:
                found = re.fullmatch(r"ntamd64(?:\.(\d+)\.(\d+)(?:\.\d*\.\d*\.(\d+))?)?",
                                     target)
                if found and int(found[3] or 0) <= self._build:
                    yield f"{name}.{target}"

    def ids(self):
        """{hardware ID: section to install}"""
        found = {}
        for section in self._models():
            for _, value in self._pairs(section):
                install, *ids = [v.strip() for v in value.split(",")]
                found.update({i.upper(): install for i in ids if i})
        return found

    def service(self, install):
        """Name of the service that an installation section adds."""
        for section in (install, install + ".nt", install + ".ntamd64"):
            for key, value in self._pairs(section + ".services"):
                if key == "addservice":
                    return value.split(",")[0].strip().lower()
        raise Deviation(f"{self.path}: [{install}.Services] adds no service")

    def check_files(self, signed):
        """The driver's files are beside it, and so is its signature."""
        names = [k for k, _ in self._pairs("sourcedisksfiles")]
        there = {n.lower() for n in os.listdir(os.path.dirname(self.path))}
        for name in names:
            require(name in there, f"{self.path}: {name} is not there")
        require(not signed or (self.catalog and self.catalog.lower() in there),
                f"{self.path}: without a catalogue, Windows does not load the driver")


def infs_below(directory, build):
    return [Inf(os.path.join(d, n), build) for d, _, names in os.walk(directory)
            for n in sorted(names) if n.lower().endswith(".inf")]


def check_folder(path, version):
    """A path of virtio-win names the version of Windows: is it this one?"""
    parts = {p.lower() for p in path.replace("/", "\\").split("\\")}
    known = {p for p in parts if re.fullmatch(r"xp|w(7|8|8\.1|10|11)|2k\d+r?2?", p)}
    require(not known or known == {FOLDERS[version]},
            f"{path}: these drivers are not those of Windows {version}")
    require(not parts & {"x86", "arm64"}, f"{path}: drivers of another processor")


class Policy:
    """Device installation restrictions in the registry."""

    KEY = "HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\DeviceInstall\\Restrictions"

    def __init__(self, registry):
        self.denied = set()
        if registry.get(self.KEY, "DenyDeviceIDs") == 1:
            self.denied = {str(v).upper() for v in
                           registry.values(self.KEY + "\\DenyDeviceIDs").values()}
        self.denied_all = registry.get(self.KEY, "DenyUnspecified") == 1

    def denies(self, device):
        return self.denied_all or bool(self.denied & set(device.ids))


def load(modules):
    for module in modules:
        done = subprocess.run(["modprobe", module], check=False)
        require(not done.returncode, f"modprobe {module} failed")


def install(infs, policy=None, signed=True, log=say):
    """Install drivers for the devices there are; returns {address: service}.

    policy: devices that it denies get none
    """
    done = {}
    for device in devices():
        if policy and policy.denies(device):
            log(f"held {device.address} {device.ids[5]}: installation policy")
            done[device.address] = None
            continue
        service = _install_one(device, infs, signed, log)
        if service:
            done[device.address] = service
    return done


def _install_one(device, infs, signed, log):
    inbox = device.modules() & set(INBOX)
    if inbox:
        load(sorted(inbox))
        log(f"driver {device.address} {device.ids[5]}: {' '.join(sorted(inbox))}, Windows' own")
        return sorted(inbox)[0]
    for hardware_id in device.ids:
        for inf in infs:
            section = inf.ids().get(hardware_id)
            if not section:
                continue
            inf.check_files(signed)
            service = inf.service(section)
            require(service in SERVICES, f"{inf.path}: unknown service {service}")
            load(SERVICES[service])
            log(f"driver {device.address} {hardware_id}: {service} of {inf.path}")
            return service
    return None
