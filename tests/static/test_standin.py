#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The stand-in for Windows refuses what Windows would not do.

Its Setup succeeds with guest-images/windows in qemu/windows_install; this is
the proof that it could fail: one fault at a time in what Setup reads.
"""

import os
import re
import sys

TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path[:0] = [TESTS, os.path.join(TESTS, "standin", "guest"),
                os.path.join(TESTS, "..", "lab")]
# pylint: disable=wrong-import-position
from common import tap                                          # noqa: E402
from common.tap import equal, matches, test                     # noqa: E402
from standin import virtio                                      # noqa: E402
import answer                                                   # noqa: E402
import commands                                                 # noqa: E402
import disk                                                     # noqa: E402
import drivers                                                  # noqa: E402
import registry                                                 # noqa: E402
import say                                                      # noqa: E402
import system                                                   # noqa: E402
import volumes                                                  # noqa: E402
import winpe                                                    # noqa: E402

ATTRIBUTES = ('processorArchitecture="amd64" publicKeyToken="31bf3856ad364e35" '
              'language="neutral" versionScope="nonSxS"')
ADD = 'wcm:action="add"'


def component(name, content):
    return f'<component name="Microsoft-Windows-{name}" {ATTRIBUTES}>{content}</component>'


LANGUAGES = "".join(f"<{n}>en-US</{n}>" for n in
                    ("InputLocale", "SystemLocale", "UILanguage", "UserLocale"))
CREATE = "".join(f"<CreatePartition {ADD}><Order>{n}</Order><Type>{t}</Type>{s}</CreatePartition>"
                 for n, t, s in ((1, "EFI", "<Size>260</Size>"), (2, "MSR", "<Size>16</Size>"),
                                 (3, "Primary", "<Extend>true</Extend>")))
MODIFY = "".join(f"<ModifyPartition {ADD}><Order>{n}</Order><PartitionID>{p}</PartitionID>"
                 f"<Format>{f}</Format>{r}</ModifyPartition>" for n, p, f, r in
                 ((1, 1, "FAT32", "<Label>System</Label>"),
                  (2, 3, "NTFS", "<Label>Windows</Label><Letter>C</Letter>")))
SETUP = f"""<DiskConfiguration><Disk {ADD}><DiskID>0</DiskID><WillWipeDisk>true</WillWipeDisk>
<CreatePartitions>{CREATE}</CreatePartitions><ModifyPartitions>{MODIFY}</ModifyPartitions>
</Disk></DiskConfiguration>
<ImageInstall><OSImage><InstallFrom><MetaData {ADD}><Key>/IMAGE/NAME</Key>
<Value>Windows 11 Pro</Value></MetaData></InstallFrom><InstallTo><DiskID>0</DiskID>
<PartitionID>3</PartitionID></InstallTo></OSImage></ImageInstall>
<UserData><AcceptEula>true</AcceptEula>
<ProductKey><Key>W269N-WFGWX-YVC9B-4J6C9-T83GX</Key></ProductKey></UserData>"""
ACCOUNT = f"""<UserAccounts><LocalAccounts><LocalAccount {ADD}><Name>user</Name>
<Group>Administrators</Group><Password><Value>secret</Value><PlainText>true</PlainText></Password>
</LocalAccount>
</LocalAccounts></UserAccounts><AutoLogon><Enabled>true</Enabled><Username>user</Username>
<LogonCount>1</LogonCount><Password><Value>secret</Value><PlainText>true</PlainText></Password>
</AutoLogon><OOBE><HideEULAPage>true</HideEULAPage><ProtectYourPC>3</ProtectYourPC>
<HideOnlineAccountScreens>true</HideOnlineAccountScreens>
<HideWirelessSetupInOOBE>true</HideWirelessSetupInOOBE></OOBE>"""
ANSWER = f"""<?xml version="1.0" encoding="utf-8"?>
<unattend xmlns="urn:schemas-microsoft-com:unattend"
 xmlns:wcm="http://schemas.microsoft.com/WMIConfig/2002/State">
<settings pass="windowsPE">
{component("International-Core-WinPE",
           "<SetupUILanguage><UILanguage>en-US</UILanguage></SetupUILanguage>" + LANGUAGES)}
{component("Setup", SETUP)}
{component("PnpCustomizationsWinPE", f'<DriverPaths><PathAndCredentials {ADD} '
           'wcm:keyValue="1"><Path>E:/drivers</Path></PathAndCredentials></DriverPaths>')}
</settings>
<settings pass="specialize">
{component("Deployment", f"<RunSynchronous><RunSynchronousCommand {ADD}><Order>1</Order>"
           "<Path>cmd /c one.cmd</Path></RunSynchronousCommand></RunSynchronous>")}
</settings>
<settings pass="oobeSystem">
{component("International-Core", LANGUAGES)}
{component("Shell-Setup", ACCOUNT)}
</settings>
</unattend>"""


class Disk(disk.Disk):
    """A disk whose programs are recorded instead of run."""

    # pylint: disable=super-init-not-called
    def __init__(self, size):
        self.node, self.bytes = "/dev/sda", size
        self.partitions, self.kinds, self.formats, self.letters = {}, {}, {}, {}


class Images:
    """The images of an install.wim, for Media's methods."""

    def __init__(self):
        self.images = {n: answer.ET.fromstring(
            f"<IMAGE><NAME>Windows 11 {name}</NAME><WINDOWS><EDITIONID>{edition}</EDITIONID>"
            "</WINDOWS></IMAGE>") for n, name, edition in
            ((1, "Home", "Core"), (2, "Pro", "Professional"))}


def install(scratch, text):
    """What Setup and OOBE do with an answer file that needs no machine."""
    path = os.path.join(scratch, "Autounattend.xml")
    say.write(path, text)
    one = answer.Answer(path)
    winpe.international(one)
    setup = one.component("windowsPE", "Setup")
    winpe.check_eula(setup)
    target = Disk(64 << 30)
    target.configure(setup)
    target.target(setup.find("/".join(answer.UNATTEND + p
                                      for p in ("ImageInstall", "OSImage"))))
    _, image = winpe.Media.choose(Images(), setup)
    winpe.check_key(setup, image)
    one.driver_paths("windowsPE", "PnpCustomizationsWinPE")
    list(one.commands("specialize", "Deployment", "RunSynchronous/RunSynchronousCommand",
                      "Path"))
    oobe = system.System.__new__(system.System)
    oobe.state = {"version": "11"}
    oobe._languages(one)                    # pylint: disable=protected-access
    # pylint: disable-next=protected-access
    for check in (oobe._account, oobe._pages):
        check(one.component("oobeSystem", "Shell-Setup"))


def refused(action, pattern):
    """The action must end with an error whose text matches."""
    try:
        action()
    except say.Deviation as deviation:
        matches(str(deviation), pattern, "the reason")
        return
    raise AssertionError(f"accepted, although: {pattern}")


def quietly(function):
    """Call a function without the stand-in's own messages and programs."""
    def silent(*_args, **_options):
        return None

    def wrapped(scratch):
        saved = [(m, n, getattr(m, n)) for m, n in (
            (disk, "run"), (disk, "say"), (disk, "settle"), (winpe, "say"), (commands, "say"))]
        for module, name, _ in saved:
            setattr(module, name, silent)
        disk.settle = lambda pattern, seconds=10: pattern
        try:
            function(scratch)
        finally:
            for module, name, value in saved:
                setattr(module, name, value)
    wrapped.__doc__, wrapped.__name__ = function.__doc__, function.__name__
    return wrapped


FAULTS = (
    ("</unattend>", "", "not well-formed"),
    ('xmlns="urn:schemas-microsoft-com:unattend"', 'xmlns="urn:other"', "root is"),
    ('pass="windowsPE"', 'pass="windowspe"', "no configuration pass"),
    ('pass="specialize"', 'pass="windowsPE"', "has no settings in windowsPE"),
    ('amd64" public', 'x86" public', "another component"),
    ("31bf3856ad364e35", "31bf3856ad364e36", "another component"),
    ("Microsoft-Windows-Deployment", "Microsoft-Windows-Deploy", "unknown component"),
    ("<AcceptEula>true", "<AcceptEula>yes", "not true or false"),
    ("<AcceptEula>true", "<AcceptEula>false", "EULA is not accepted"),
    ("<UserLocale>en-US", "<UserLocale>english", "UserLocale"),
    ("<InputLocale>en-US</InputLocale>", "", "InputLocale"),
    ("<WillWipeDisk>true", "<WillWipeDisk>false", "not wiped"),
    ("<Type>MSR</Type>", "<Type>Primary</Type>", "one EFI and one MSR"),
    ("<Type>MSR</Type>", "<Type>Reserved</Type>", "type RESERVED"),
    ("<Size>260</Size>", "", "either <Size> or <Extend>"),
    ("<Size>260</Size>", "<Size>70000</Size>", "does not fit"),
    ("<Size>16</Size>", "<Extend>true</Extend>", "is not the last"),
    (f"<CreatePartition {ADD}>", "<CreatePartition>", "without wcm:action"),
    ("<Order>2</Order><Type>", "<Order>1</Order><Type>", "orders are"),
    ("<PartitionID>3</PartitionID><Format>", "<PartitionID>4</PartitionID><Format>",
     "no partition 4"),
    ("<PartitionID>3</PartitionID><Format>", "<PartitionID>2</PartitionID><Format>",
     "MSR partition"),
    ("<Format>NTFS", "<Format>FAT32", "formatted as FAT32"),
    ("<PartitionID>3</PartitionID></InstallTo>", "<PartitionID>1</PartitionID></InstallTo>",
     "is not NTFS"),
    ("Windows 11 Pro", "Windows 11 Pr", "no image with"),
    ("/IMAGE/NAME", "/IMAGE/EDITION", "key"),
    ("W269N-WFGWX-YVC9B-4J6C9-T83GX", "NPPR9-FWDCX-D2C8J-H872K-2YT43", "is one of Enterprise"),
    ("W269N-", "W269-", "is no product key"),
    ('wcm:keyValue="1"', "", "wcm:keyValue"),
    ("cmd /c one.cmd", "cmd /c " + "x" * 260, "characters"),
    ("<Username>user", "<Username>other", "has no account"),
    ("<Group>Administrators", "<Group>Users", "no administrator"),
    ("<Value>secret</Value><PlainText>true</PlainText></Password>\n</AutoLogon>",
     "<Value>other</Value></Password></AutoLogon>", "passwords differ"),
    ("<PlainText>true</PlainText></Password>\n</LocalAccount>", "</Password></LocalAccount>",
     "would be decoded"),
    ("<PlainText>true</PlainText></Password>\n</AutoLogon>",
     "<PlainText>false</PlainText></Password></AutoLogon>", "would be decoded"),
    ("<HideEULAPage>true", "<HideEULAPage>false", "HideEULAPage"),
    ("<HideOnlineAccountScreens>true</HideOnlineAccountScreens>", "", "HideOnlineAccountScreens"),
    ("<HideWirelessSetupInOOBE>true", "<HideWirelessSetupInOOBE>1", "not true or false"),
    ("<ProtectYourPC>3", "<ProtectYourPC>4", "ProtectYourPC"),
    ("<LogonCount>1", "<LogonCount>5", "LogonCount"),
    ("Microsoft-Windows-International-Core\"", "Microsoft-Windows-SQMApi\"",
     "OOBE would ask"),
)


@test
@quietly
def answers(scratch):
    """an answer file is installed, and each fault in it is an error"""
    install(scratch, ANSWER)
    for old, new, why in FAULTS:
        equal(old in ANSWER, True, f"{old!r} is in the answer file")
        try:
            refused(lambda o=old, n=new: install(scratch, ANSWER.replace(o, n)), why)
        except AssertionError as error:
            raise AssertionError(f"{old!r} -> {new!r}: {error}") from error


def machine(scratch, secure_boot=True):
    """A shell of the installed system, with C: and a CD as D:."""
    places = volumes.Volumes()
    for letter, name in (("C", "c"), ("D", "d")):
        os.makedirs(os.path.join(scratch, name, "Windows", "System32"), exist_ok=True)
        places.add(letter, os.path.join(scratch, name))
    places.removable.append("D")
    store = registry.Registry(os.path.join(scratch, "c", "registry.json"))
    return commands.Shell(places, store, "specialize", secure_boot)


def batch(scratch, *lines, name="d/x.cmd", end="\r\n"):
    say.write(os.path.join(scratch, name), end.join((*lines, "")))


@test
@quietly
def cmd(scratch):
    """cmd.exe: variables, arguments, conditions, redirections, labels"""
    shell = machine(scratch)
    batch(scratch, "@echo off", "rem a comment", 'set "WHERE=C:\\new dir"', 'md "%WHERE%"',
          '>"%WHERE%\\one.txt" echo %1 and %~2', 'echo more 2>>"%WHERE%\\one.txt"',
          "if not exist D:\\none.txt echo here>>\"%WHERE%\\one.txt\"",
          'if "%~3" == "" goto end', 'echo wrong>>"%WHERE%\\one.txt"', ":end",
          'reg query HKLM\\SOFTWARE\\None >NUL 2>&1',
          'if errorlevel 1 echo no key>>"%WHERE%\\one.txt"',
          'reg add "HKLM\\SYSTEM\\A B" /v Path /t REG_EXPAND_SZ /d "%%a%%;c d" /f',
          "for /f \"tokens=2,*\" %%a in ('reg query \"HKLM\\SYSTEM\\A B\" /v Path') "
          'do set "OLD=%%b"', 'echo %OLD%>>"%WHERE%\\one.txt"',
          'copy /y "%~dp0x.cmd" "%WHERE%" >NUL', "exit /b 3", "echo never>C:\\never.txt")
    shell.line('cmd /c for %d in (C D E) do if exist %d:\\x.cmd call %d:\\x.cmd %d: "two words"')
    equal(shell.status, 3, "exit status")
    text = say.read(os.path.join(scratch, "c/new dir/one.txt"))
    equal(text.splitlines(), ["D: and two words", "here", "no key", "%a%;c d"],
          "redirected output")
    equal(sorted(os.listdir(os.path.join(scratch, "c/new dir"))), ["one.txt", "x.cmd"], "files")
    equal(os.path.exists(os.path.join(scratch, "c/never.txt")), False, "a line after exit /b")


@test
@quietly
def cmd_faults(scratch):
    """cmd.exe: what would not work in Windows is an error"""
    shell = machine(scratch)
    for line, why in (
            ("frobnicate", "unknown command"), ("reg add HKXX\\Y /v Z /f", "no such root key"),
            ("reg add HKLM\\Y /v Z /d 1", "without /f"),
            ("reg add HKLM\\Y /v Z /t REG_WORD /d 1 /f", "no type"),
            ("copy D:\\none C:\\", "does not exist"), ("bcdedit /set testsigning on", "protected"),
            ("cmd /c D:\\none.cmd", "no such batch file"), ("cmd x", "without /c"),
            ('sc create x binPath="C:\\x.exe"', "binPath= PATH"),
            ('sc create x binPath= "C:\\x.exe"', "does not exist"),
            ("powershell -Command ls", "only -File")):
        refused(lambda text=line: shell.line(text), why)
    batch(scratch, "echo x", end="\n")
    refused(lambda: shell.line("D:\\x.cmd"), "CR LF")
    batch(scratch, "echo \u00e4")
    refused(lambda: shell.line("D:\\x.cmd"), "not ASCII")
    batch(scratch, "goto nowhere")
    refused(lambda: shell.line("D:\\x.cmd"), "no such label")
    machine(scratch, secure_boot=False).line("bcdedit /set testsigning on")


class FakeDevice:
    """A device with IDs as Windows gives them."""

    def __init__(self, *ids):
        self.ids = ids


@test
@quietly
def policy(scratch):
    """device installation policy: what reg.exe writes holds a device"""
    shell = machine(scratch)
    key = drivers.Policy.KEY
    nic = FakeDevice("PCI\\VEN_8086&DEV_10D3&REV_00", "PCI\\VEN_8086&DEV_10D3")
    shell.line(f'reg add "{key}\\DenyDeviceIDs" /v 1 /t REG_SZ /d '
               '"pci\\ven_8086&dev_10d3" /f')
    equal(drivers.Policy(shell.registry).denies(nic), False, "a list that is not switched on")
    shell.line(f'reg add "{key}" /v DenyDeviceIDs /t REG_DWORD /d 1 /f')
    equal(drivers.Policy(shell.registry).denies(nic), True, "the device in the list")
    equal(drivers.Policy(shell.registry).denies(FakeDevice("PCI\\VEN_8086&DEV_10D30")), False,
          "another device")
    shell.registry.save()
    again = registry.Registry(shell.registry.path)
    equal(drivers.Policy(again).denies(nic), True, "after a restart")
    shell.line(f'reg delete "{key}\\DenyDeviceIDs" /f')
    equal(drivers.Policy(shell.registry).denies(nic), False, "after its release")


def driver(scratch, change=lambda text: text, build=26100, processor="NTamd64"):
    """viostor, made for a build, after a change to its INF file."""
    # pylint: disable-next=protected-access
    text = virtio._inf("viostor", "SCSIAdapter", ("1001", "1042"), processor, build)
    place = os.path.join(scratch, "viostor")
    say.write(os.path.join(place, "viostor.inf"), change(text))
    for suffix in ("sys", "cat"):
        say.write(os.path.join(place, "viostor." + suffix), b"x")
    return drivers.Inf(os.path.join(place, "viostor.inf"), 22631)


@test
def infs(scratch):
    """INF files: for this build and processor, with all files and a catalogue"""
    good = driver(scratch, build=22000)
    equal(good.ids()["PCI\\VEN_1AF4&DEV_1042"], "Install", "section of the device")
    equal(good.service("Install"), "viostor", "service")
    good.check_files(True)
    equal(driver(scratch, build=26100).ids(), {}, "IDs for a later build")
    equal(driver(scratch, build=22000, processor="NTarm64").ids(), {}, "IDs of Arm")
    refused(lambda: driver(scratch, lambda t: t.replace("$WINDOWS NT$", "$CHICAGO$")),
            "no signature")
    os.unlink(os.path.join(scratch, "viostor", "viostor.cat"))
    refused(lambda: good.check_files(True), "catalogue")
    os.unlink(os.path.join(scratch, "viostor", "viostor.sys"))
    refused(lambda: good.check_files(False), "viostor.sys is not there")
    drivers.check_folder("E:\\viostor\\w11\\amd64", "11")
    refused(lambda: drivers.check_folder("E:\\viostor\\w10\\amd64", "11"),
            "not those of Windows 11")
    refused(lambda: drivers.check_folder("E:\\viostor\\w11\\ARM64", "11"), "another processor")


@test
def search(scratch):
    """the answer file is found where Setup looks, and in no other place"""
    shell = machine(scratch)
    refused(lambda: answer.find(shell.volumes), "Setup would ask")
    say.write(os.path.join(scratch, "d", "x", "Autounattend.xml"), ANSWER)
    say.write(os.path.join(scratch, "d", "unattend.xml"), ANSWER)
    refused(lambda: answer.find(shell.volumes), "Setup would ask")
    say.write(os.path.join(scratch, "d", "sources", "autounattend.xml"), ANSWER)
    matches(answer.find(shell.volumes), "sources/autounattend.xml")
    say.write(os.path.join(scratch, "d", "AUTOUNATTEND.XML"), ANSWER)
    equal(re.sub(".*/d/", "", answer.find(shell.volumes)), "AUTOUNATTEND.XML", "first")


if __name__ == "__main__":
    tap.main()
