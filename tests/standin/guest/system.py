# SPDX-License-Identifier: GPL-2.0-or-later
"""The installed system: the passes specialize and oobeSystem, and later boots."""

import glob
import json
import os
import re
import subprocess
import time

import answer
import bootentry
import drivers
import security
from answer import Answer, flag, items, text
from commands import Shell
from disk import run
from registry import Registry
from say import read, require, say, write
from volumes import Volumes, settle
from winpe import ORIGINAL, REGISTRY, STATE, STORE, UNATTEND

ROOT = "/mnt/c"
PORT_NAME = "org.vfio-trace.mark.0"
ENVIRONMENT = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment"
PATH = "%SystemRoot%\\system32;%SystemRoot%"
HELPER = "C:\\Program Files\\vfio-trace\\"
WINLOGON = "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon"


def word(name):
    """A word of the kernel's command line: what the boot loader was told."""
    return re.search(rf"\b{name}=(\S*)", read("/proc/cmdline"))[1]


def mark(line):
    """A marker to the host, by the port that vioserial's driver makes."""
    for path in glob.glob("/sys/class/virtio-ports/*/name"):
        if read(path) == PORT_NAME:
            with open("/dev/" + path.split("/")[-2], "wb", buffering=0) as port:
                port.write(line.encode() + b"\n")
            return
    say(f"no marker port for: {line}")


class System:
    """The system on the disk."""

    def __init__(self):
        self.volumes = Volumes()
        modules = [m for m in word("modules").split(",") if m]
        drivers.load(modules + ["ahci", "sd_mod", "sr_mod", "fuse", "udf", "isofs"])
        self._mount()
        self.volumes.add("C", ROOT)
        settle("/dev/sr0", 1)
        self.volumes.mount_cds()
        self.state = json.loads(read(f"{ROOT}/{STATE}"))
        self.registry = Registry(f"{ROOT}/{REGISTRY}")
        self.infs = drivers.infs_below(f"{ROOT}/{STORE}", self.state["build"])
        self.secure_boot = security.secure_boot()
        self.shell = None

    @staticmethod
    def _mount():
        number = word("windows")
        node = settle(f"/dev/[vs]d[a-z]{number}") or settle(f"/dev/nvme0n1p{number}", 1)
        require(node, f"no disk with a partition {number}")
        os.makedirs(ROOT, exist_ok=True)
        run("ntfs-3g", node, ROOT)

    def run(self):
        """Go on where the last boot ended; True: restart."""
        phase = self.state["phase"]
        say(f"{phase} begins, started by {bootentry.current()!r}")
        self._check_security()
        self.shell = Shell(self.volumes, self.registry, phase, self.secure_boot, mark)
        held = self._install_drivers()
        getattr(self, "_" + phase.lower())(held)
        self.registry.save()
        write(f"{ROOT}/{STATE}", json.dumps(self.state))
        subprocess.run(["umount", ROOT], check=True)
        say(f"{phase} ends")
        return phase == "specialize"

    def _check_security(self):
        require(self.secure_boot == self.state["secure_boot"],
                f"Secure Boot was {self.state['secure_boot']}, and is {self.secure_boot}")
        say(f"ok Secure Boot is {'on' if self.secure_boot else 'off'}")
        if "secret" in self.state:
            secret = bytes.fromhex(self.state["secret"])
            require(security.Tpm().kept(len(secret)) == secret, "it is another TPM")
            say("ok the TPM has kept its secret")
        else:
            require(not os.path.exists(security.TPM), "a TPM has come")
            say("ok there is no TPM")

    def _install_drivers(self):
        """Plug and Play; returns the devices that the policy holds."""
        found = drivers.install(self.infs, drivers.Policy(self.registry), self.secure_boot)
        return [address for address, service in found.items() if service is None]

    def _commands(self, answers, name, which, path, line):
        for command in answers.commands(name, which, path, line):
            say(f"{name} runs: {command}")
            self.shell.line(command)
            require(self.shell.status == 0, f"exit status {self.shell.status}: {command}")

    def _specialize(self, _held):
        answers = Answer(f"{ROOT}/{UNATTEND}")
        shell = answers.component("specialize", "Shell-Setup")
        name = text(shell, "ComputerName", "*")
        require(re.fullmatch(r"\*|[A-Za-z0-9-]{1,15}", name) and not name.isdigit(),
                f"{name!r} is no computer name")
        require(text(shell, "ProductKey", "x") != "", "specialize: an empty <ProductKey>")
        self.registry.set(ENVIRONMENT, "Path", PATH)
        self._commands(answers, "specialize", "Deployment",
                       "RunSynchronous/RunSynchronousCommand", "Path")
        path = self.registry.get(ENVIRONMENT, "Path")
        require(path.startswith(PATH), f"the machine's PATH is {path}")
        self.state["phase"] = "oobeSystem"

    def _oobesystem(self, _held):
        answers = Answer(f"{ROOT}/{UNATTEND}")
        shell = answers.component("oobeSystem", "Shell-Setup")
        require(shell is not None, "no Shell-Setup in oobeSystem: OOBE would ask")
        self._languages(answers)
        self._account(shell)
        self._pages(shell)
        # Windows logs the user on with it
        self.registry.set(WINLOGON, "DefaultPassword", text(shell, "AutoLogon/Password/Value"))
        self._commands(answers, "oobeSystem", "Shell-Setup",
                       "FirstLogonCommands/SynchronousCommand", "CommandLine")
        require(self.shell.shutdown == "off",
                "the commands of the first logon do not shut Windows down")
        self._forgotten()
        self.state["phase"] = "installed"
        say(f"ok installed; services: {', '.join(self._services()) or 'none'}")

    def _forgotten(self):
        """The password is nowhere in the installed system."""
        for name in (UNATTEND, ORIGINAL):
            require(not os.path.exists(f"{ROOT}/{name}"), f"{name} is left, with the password")
        require(self.registry.get(WINLOGON, "DefaultPassword") is None,
                "Winlogon has the password")

    @staticmethod
    def _pages(shell):
        """The pages of OOBE are hidden."""
        for name in ("HideEULAPage", "HideOnlineAccountScreens", "HideWirelessSetupInOOBE"):
            require(flag(shell, f"OOBE/{name}"), f"<OOBE>: {name} is not true: OOBE would ask")
        require(text(shell, "OOBE/ProtectYourPC") in ("1", "2", "3"),
                "<OOBE>: no <ProtectYourPC>: OOBE would ask")

    @staticmethod
    def _languages(answers):
        found = answers.component("oobeSystem", "International-Core")
        if found is None:
            found = answers.component("specialize", "International-Core")
        require(found is not None, "no International-Core: OOBE would ask")
        for name in ("InputLocale", "SystemLocale", "UILanguage", "UserLocale"):
            require(answer.language_tag(text(found, name, "")),
                    f"International-Core: <{name}>: OOBE would ask")

    def _account(self, shell):
        """A local account that logs on by itself, once."""
        accounts = {text(a, "Name"): a for a in
                    items(shell, "UserAccounts/LocalAccounts/LocalAccount")}
        user = text(shell, "AutoLogon/Username", "")
        require(flag(shell, "AutoLogon/Enabled"), "nobody is logged on")
        server = self.state["version"].startswith("20")
        require(user in accounts or (server and user.lower() == "administrator"),
                f"{user!r}, who is logged on, has no account")
        require(not re.search(r'["/\\\[\]:;|=,+*?<>@]', user) and len(user) <= 20,
                f"{user!r} is no name of an account")
        if user in accounts:
            require(text(accounts[user], "Group") == "Administrators",
                    f"{user} is no administrator")
            require(text(accounts[user], "Password/Value") ==
                    text(shell, "AutoLogon/Password/Value"), "the passwords differ")
            # otherwise it is base64 of the password and the element's name
            require(flag(accounts[user], "Password/PlainText") and
                    flag(shell, "AutoLogon/Password/PlainText"),
                    "a password without <PlainText>true would be decoded")
        require(text(shell, "AutoLogon/LogonCount") == "1", "<LogonCount> is not 1")

    def _services(self):
        prefix = "hklm\\system\\currentcontrolset\\services\\"
        return [k.removeprefix(prefix) for k in self.registry.keys if k.startswith(prefix)]

    def _installed(self, held):
        """A usual boot: with a held device, it is used after its release."""
        # what happens before the release is not the traced driver's
        time.sleep(1)
        if not held:
            say("no device is held")
            return
        script = self.volumes.existing(HELPER + "vfio-trace-release.cmd")
        say(f"releasing {', '.join(held)}")
        mark("stand-in: releasing")
        self.shell.line(f'cmd /c "{HELPER}vfio-trace-release.cmd"')
        require(self.shell.status == 0, f"{script}: exit status {self.shell.status}")
        still = self._install_drivers()
        require(not still, f"after the release, {', '.join(still)} is still held")
        for address in held:
            self._use(address)

    @staticmethod
    def _use(address):
        """Use a device a little, by its driver."""
        for path in glob.glob(f"/sys/bus/pci/devices/{address}/net/*"):
            name = os.path.basename(path)
            subprocess.run(["ip", "link", "set", name, "up"], check=True)
            time.sleep(0.5)
            subprocess.run(["ip", "link", "set", name, "down"], check=True)
            say(f"ok {address} was used as {name}")
        mark("stand-in: used")
