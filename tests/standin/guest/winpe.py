# SPDX-License-Identifier: GPL-2.0-or-later
"""Windows PE and Setup: the passes windowsPE and offlineServicing."""

import json
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET

import answer
import bootentry
import drivers
import security
from answer import Answer, flag, text
from commands import Shell
from disk import Disk, run
from registry import Registry
from say import Deviation, read, require, say, write
from volumes import Volumes, settle

# Builds of the versions that there is media for; 2025 has 11's, and is a server
BUILDS = {19045: "10", 26100: "11", 17763: "2019", 20348: "2022"}
SYSTEM = "Windows/System32"
REGISTRY = SYSTEM + "/config/standin-registry.json"
STATE = "Windows/Panther/standin-state.json"
STORE = SYSTEM + "/DriverStore/FileRepository"
UNATTEND = "Windows/Panther/unattend.xml"
# Newer setup programs keep the file as it came, too.
ORIGINAL = "Windows/Panther/unattend-original.xml"
GIB = 1 << 30

# Generic keys that Microsoft publishes, and their editions
KEYS = {
    "W269N-WFGWX-YVC9B-4J6C9-T83GX": "Professional",
    "VK7JG-NPHTM-C97JM-9MPGT-3V66T": "Professional",
    "NPPR9-FWDCX-D2C8J-H872K-2YT43": "Enterprise",
    "TX9XD-98N7V-6WMQ6-BX7FG-H8Q99": "Core",
    "YTMG3-N6DKC-DKB77-7M9GH-8HVX7": "Core",
}


class Media:
    """The installation CD, with its images."""

    def __init__(self, volumes):
        self.letter = next((v for v in volumes.removable
                            if volumes.path(f"{v}:\\sources\\install.wim")), None)
        require(self.letter, "no CD has sources\\install.wim")
        self.wim = volumes.path(f"{self.letter}:\\sources\\install.wim")
        self._tools = volumes.path(f"{self.letter}:\\sources\\standin")
        self._wimlib("info", self.wim, "--extract-xml=/tmp/wim.xml")
        self.images = {int(i.get("INDEX")): i for i in
                       ET.fromstring(read("/tmp/wim.xml", True).decode("utf-16"))
                       if i.tag == "IMAGE"}
        build = int(self.images[1].findtext("WINDOWS/VERSION/BUILD"))
        server = self.images[1].findtext("WINDOWS/PRODUCTTYPE") == "ServerNT"
        self.build = build
        self.version = "2025" if server and build == 26100 else BUILDS[build]
        say(f"ok Windows {self.version}, build {build}: images "
            f"{', '.join(i.findtext('NAME') for i in self.images.values())}")

    def _wimlib(self, *arguments):
        # the loader by hand: files on a CD are not executable
        run("/lib64/ld-linux-x86-64.so.2", "--library-path", self._tools,
            f"{self._tools}/wimlib-imagex", *arguments)

    def choose(self, setup):
        """The image that the answer file names; Setup would ask otherwise."""
        image = setup.find("/".join(answer.UNATTEND + p
                                    for p in ("ImageInstall", "OSImage")))
        require(image is not None, "no <ImageInstall>: Setup would ask")
        metadata = answer.items(image, "InstallFrom/MetaData")
        require(len(metadata) == 1, "no <InstallFrom>/<MetaData>: Setup would ask for the edition")
        key, value = text(metadata[0], "Key", "").upper(), text(metadata[0], "Value")
        require(key in ("/IMAGE/INDEX", "/IMAGE/NAME", "/IMAGE/DESCRIPTION"),
                f"<MetaData>: key {key!r}")
        for index, one in self.images.items():
            if value == (str(index) if key.endswith("INDEX") else
                         one.findtext(key.rpartition("/")[2])):
                return index, one
        raise Deviation(f"install.wim has no image with {key} {value!r}")

    def apply(self, index, node):
        self._wimlib("apply", self.wim, str(index), node)


def check_key(setup, image):
    """A product key must be one of the edition that is installed."""
    key = text(setup, "UserData/ProductKey/Key")
    edition = image.findtext("WINDOWS/EDITIONID")
    if not key:
        say("no product key: Windows is not activated")
        return
    require(re.fullmatch(r"([0-9A-Z]{5}-){4}[0-9A-Z]{5}", key), f"{key!r} is no product key")
    require(KEYS.get(key, edition) == edition,
            f"the product key is one of {KEYS.get(key)}, and the image is {edition}")


def check_eula(setup):
    require(flag(setup, "UserData/AcceptEula"), "the EULA is not accepted: Setup would ask")


def check_machine(version, bypassed):
    """What Windows 11's setup program demands of memory and processor."""
    memory = int(re.search(r"MemTotal:\s*(\d+)", read("/proc/meminfo"))[1]) << 10
    # "0-1"; not all of them are in use
    cpus = int(read("/sys/devices/system/cpu/present").rpartition("-")[2]) + 1
    least = 3.6 * GIB if version == "11" and "ramcheck" not in bypassed else 1.8 * GIB
    require(memory >= least, f"the machine has {memory >> 20} MiB of memory")
    require(version != "11" or cpus >= 2 or "cpucheck" in bypassed,
            f"Windows 11 requires 2 processors, and the machine has {cpus}")
    say(f"ok {cpus} processors, {memory >> 20} MiB of memory")


def international(setup):
    component = setup.component("windowsPE", "International-Core-WinPE")
    require(component is not None, "no International-Core-WinPE: Setup would ask")
    for name in ("SetupUILanguage/UILanguage", "UILanguage", "InputLocale", "SystemLocale",
                 "UserLocale"):
        value = text(component, name)
        require(value, f"International-Core-WinPE without <{name}>: Setup would ask")
        require(answer.language_tag(value), f"<{name}>: {value!r}")


class Setup:
    """One installation."""

    def __init__(self):
        self.volumes = Volumes()
        os.makedirs("/mnt/x/Windows/System32", exist_ok=True)
        self.volumes.add("X", "/mnt/x")
        self.infs = []

    def run(self):
        say("windowsPE begins")
        drivers.load(["sd_mod", "sr_mod"])
        drivers.install([], log=lambda text: None)
        settle("/dev/sr0")
        for module in ("udf", "isofs"):
            drivers.load([module])
        self.volumes.mount_cds()
        media = Media(self.volumes)
        path = answer.find(self.volumes)
        say(f"ok answer file {path}")
        setup = Answer(path)
        pe = setup.component("windowsPE", "Setup")
        require(pe is not None, "no Microsoft-Windows-Setup: Setup would ask")
        international(setup)
        check_eula(pe)
        bypassed = self._commands(setup)
        self._load_drivers(setup, media)
        check_machine(media.version, bypassed)
        tpm = security.check(media.version, bypassed)
        disk = Disk(media.version)
        disk.configure(pe)
        index, image = media.choose(pe)
        check_key(pe, image)
        self._install(setup, media, disk, index, path, tpm)

    def _commands(self, setup):
        """Commands of windowsPE; returns the requirements that they switch off."""
        registry = Registry("/mnt/x/registry.json")
        shell = Shell(self.volumes, registry, "windowsPE", security.secure_boot())
        for line in setup.commands("windowsPE", "Setup",
                                   "RunSynchronous/RunSynchronousCommand", "Path"):
            say(f"windowsPE runs: {line}")
            require(shell.line(line) == 0, f"exit status {shell.status}: {line}")
        return {name.removeprefix("bypass") for name, value in
                registry.values("HKLM\\SYSTEM\\Setup\\LabConfig").items() if value == 1}

    def _drivers_at(self, paths, media):
        """INF files below the paths that exist: a letter may be another's."""
        found = []
        for path in paths:
            directory = self.volumes.path(path)
            if not directory:
                continue
            drivers.check_folder(path, media.version)
            infs = drivers.infs_below(directory, media.build)
            require(infs, f"{path} has no drivers")
            for inf in infs:
                require(inf.ids(), f"{inf.path} is not for build {media.build}, amd64")
                inf.check_files(security.secure_boot())
            found += infs
        require(found or not paths, f"none of the drivers' paths exists: {', '.join(paths)}")
        return found

    def _load_drivers(self, setup, media):
        paths = setup.driver_paths("windowsPE", "PnpCustomizationsWinPE")
        found = self._drivers_at(paths, media)
        for letter in self.volumes.removable:
            found += drivers.infs_below(
                self.volumes.path(f"{letter}:\\$WinPEDriver$") or "/nonexistent", media.build)
        say(f"ok {len(found)} drivers for windowsPE")
        drivers.install(found)

    def _install(self, setup, media, disk, index, path, tpm):
        pe = setup.component("windowsPE", "Setup")
        number = disk.target(pe.find("/".join(
            answer.UNATTEND + p for p in ("ImageInstall", "OSImage"))))
        say(f"applying image {index} to partition {number}")
        media.apply(index, disk.partitions[number])
        root = "/mnt/c"
        os.makedirs(root, exist_ok=True)
        drivers.load(["fuse"])
        run("ntfs-3g", disk.partitions[number], root)
        name = read(f"{root}/{SYSTEM}/standin-edition.txt").splitlines()[0]
        require(name == media.images[index].findtext("NAME"), f"{name} was applied")
        say(f"ok {name} is applied")
        infs = self._drivers_at(setup.driver_paths(
            "offlineServicing", "PnpCustomizationsNonWinPE"), media)
        for inf in infs:
            source = os.path.dirname(inf.path)
            shutil.copytree(source, f"{root}/{STORE}/{os.path.basename(inf.path).lower()}_amd64",
                            dirs_exist_ok=True, copy_function=shutil.copyfile)
        say(f"ok {len(infs)} drivers in the image")
        boot_modules = self._boot_modules(disk, infs)
        # the later passes read this copy
        os.makedirs(f"{root}/Windows/Panther", exist_ok=True)
        for name in (UNATTEND, ORIGINAL):
            shutil.copyfile(path, f"{root}/{name}")
        state = {"phase": "specialize", "version": media.version, "build": media.build,
                 "secure_boot": security.secure_boot()}
        if tpm:
            secret = tpm.random(16)
            tpm.keep(secret)
            state["secret"] = secret.hex()
        write(f"{root}/{STATE}", json.dumps(state))
        self._make_bootable(disk, root, number, boot_modules)
        subprocess.run(["umount", root], check=True)
        say("windowsPE ends: restart")

    @staticmethod
    def _boot_modules(disk, infs):
        """The driver of the disk's controller must be in the image."""
        if not os.path.basename(disk.node).startswith("vd"):
            return []
        services = {i.service(s) for i in infs for s in i.ids().values()}
        require("viostor" in services, "the system could not start: viostor is not in the image")
        return drivers.SERVICES["viostor"]

    @staticmethod
    def _make_bootable(disk, root, number, modules):
        """What bcdboot does: boot files on the ESP, and an entry of the firmware."""
        drivers.load(["vfat", "nls_cp437", "nls_ascii"])
        os.makedirs("/mnt/s", exist_ok=True)
        run("mount", "-t", "vfat", disk.partitions[disk.esp()], "/mnt/s")
        boot = "/mnt/s/EFI/Microsoft/Boot"
        os.makedirs(boot)
        for name in ("bootmgfw.efi", "grubx64.efi"):
            shutil.copyfile(f"{root}/Windows/Boot/EFI/{name}", f"{boot}/{name}")
        for name in ("winload.efi", "winload.img"):
            shutil.copyfile(f"{root}/{SYSTEM}/{name}", f"{boot}/{name}")
        os.makedirs("/mnt/s/EFI/Boot")
        shutil.copyfile(f"{boot}/bootmgfw.efi", "/mnt/s/EFI/Boot/bootx64.efi")
        shutil.copyfile(f"{boot}/grubx64.efi", "/mnt/s/EFI/Boot/grubx64.efi")
        config = read(f"{root}/Windows/Boot/EFI/grub.cfg") + "\n"
        words = f"standin=windows windows={number} modules={','.join(modules)}"
        write("/mnt/s/EFI/debian/grub.cfg", config.replace("standin=windows", words))
        subprocess.run(["umount", "/mnt/s"], check=True)
        bootentry.add(disk.node, disk.esp())
