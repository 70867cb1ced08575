#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""guest-images/windows: answer files, ISOs, options, the config CD.

There is no Windows here. What an answer file may have where comes from
Microsoft's reference, in imagekit/windows/components.py; here are samples in the
form of Microsoft's own, and each deviation from them must be found.
"""

import os
import re
import shlex
import struct
import subprocess
import sys
import types
import xml.etree.ElementTree as ET

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tests"), os.path.join(TOP, "guest-images")]

from common import tap, windowsiso                      # noqa: E402
from common.tap import Skip, equal, matches, test       # noqa: E402
from imagekit.common.errors import ImageError           # noqa: E402
from imagekit.windows import (answer, components, drivers, editions, iso,  # noqa: E402
                              media, options, osinfo, policy)

COMMAND = os.path.join(TOP, "guest-images", "windows")
HOSTILE = "a<b>&\"'\u00fc ]]>"


def need_programs():
    missing = windowsiso.missing()
    if missing:
        raise Skip(f"{' '.join(missing)} is not installed")


def raises(func, *args, **named):
    """The text of the ImageError that a call must raise."""
    try:
        result = func(*args, **named)
    except ImageError as error:
        return str(error)
    raise AssertionError(f"no error, but {result!r}")


def wanted(version="win11", **more):
    """The options of an installation."""
    values = {
        "version": editions.by_id(version), "size": 64 << 30,
        "image_key": "INDEX", "image_value": 2, "product_key": None,
        "user": "user", "password": "secret", "has_drivers": True,
        "ui_language": "en-US", "keyboard": "de-DE", "locale": "de-DE",
        "computer": "VFIO-TRACE", "timezone": "UTC", "hold": [],
        "test_signing": False, "debug": None, "certificates": [],
        "tpm": True, "secure_boot": True, **more}
    return types.SimpleNamespace(**values)


def guest(*arguments, check=True):
    """Run the command. Return: its output"""
    done = subprocess.run([COMMAND, *arguments], text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if check:
        equal(done.returncode, 0, f"exit status ({done.stdout})")
    return done


def private_file(scratch, text, name="secret", mode=0o600):
    path = os.path.join(scratch, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)
    return path


def find(root, which, component, path=""):
    """An element of an answer file."""
    base = root.find(f"{components.tag('settings')}[@pass='{which}']")
    for element in base if base is not None else ():
        if element.get("name") == component:
            return element.find("/".join(map(components.tag, path.split("/")))) \
                if path else element
    return None


def text(root, which, component, path):
    element = find(root, which, component, path)
    return None if element is None else element.text


# --- the table and its validator ----------------------------------------------

COMPONENT = ('<component name="Microsoft-Windows-{}" '
             'processorArchitecture="amd64" publicKeyToken="31bf3856ad364e35" '
             'language="neutral" versionScope="nonSxS">{}</component>')

DISK = """\
<DiskConfiguration><Disk wcm:action="add"><DiskID>0</DiskID>
<WillWipeDisk>true</WillWipeDisk><CreatePartitions>
<CreatePartition wcm:action="add"><Order>1</Order><Type>EFI</Type>
<Size>100</Size></CreatePartition>
<CreatePartition wcm:action="add"><Order>2</Order><Type>MSR</Type>
<Size>16</Size></CreatePartition>
<CreatePartition wcm:action="add"><Order>3</Order><Type>Primary</Type>
<Extend>true</Extend></CreatePartition></CreatePartitions><ModifyPartitions>
<ModifyPartition wcm:action="add"><Order>1</Order><PartitionID>1</PartitionID>
<Label>System</Label><Format>FAT32</Format></ModifyPartition>
<ModifyPartition wcm:action="add"><Order>2</Order><PartitionID>2</PartitionID>
</ModifyPartition>
<ModifyPartition wcm:action="add"><Order>3</Order><PartitionID>3</PartitionID>
<Letter>C</Letter><Format>NTFS</Format></ModifyPartition></ModifyPartitions>
</Disk></DiskConfiguration>
<ImageInstall><OSImage><InstallTo><DiskID>0</DiskID>
<PartitionID>3</PartitionID></InstallTo></OSImage></ImageInstall>"""

SHELL = """\
<OOBE><HideEULAPage>true</HideEULAPage><ProtectYourPC>3</ProtectYourPC></OOBE>
<UserAccounts><LocalAccounts><LocalAccount wcm:action="add"><Name>a</Name>
<Group>Administrators</Group><Password><Value>x</Value>
<PlainText>true</PlainText></Password></LocalAccount></LocalAccounts>
</UserAccounts><AutoLogon><Enabled>true</Enabled><Username>a</Username>
<LogonCount>1</LogonCount></AutoLogon><FirstLogonCommands>
<SynchronousCommand wcm:action="add"><Order>1</Order>
<CommandLine>cmd /c ver</CommandLine></SynchronousCommand>
</FirstLogonCommands>"""

DRIVERS = ('<DriverPaths><PathAndCredentials wcm:action="add" '
           'wcm:keyValue="1"><Path>D:\\drivers</Path></PathAndCredentials>'
           "</DriverPaths>")


def sample():
    """An answer file in the form of Microsoft's samples."""
    settings = (
        ("windowsPE", COMPONENT.format("PnpCustomizationsWinPE", DRIVERS) +
         COMPONENT.format("Setup", DISK)),
        ("offlineServicing", COMPONENT.format("PnpCustomizationsNonWinPE",
                                              DRIVERS)),
        ("specialize", COMPONENT.format(
            "Shell-Setup", "<ComputerName>PC-1</ComputerName>")),
        ("oobeSystem", COMPONENT.format("Shell-Setup", SHELL)))
    return (f'<unattend xmlns="{components.NAMESPACE}" '
            f'xmlns:wcm="{components.WCM}">' + "".join(
                f'<settings pass="{p}">{c}</settings>' for p, c in settings) +
            "</unattend>")


def problems(changed):
    return components.validate(ET.fromstring(changed))


@test
def sample_is_valid(_):
    """a sample in the form of Microsoft's is valid"""
    equal(problems(sample()), [], "problems")


# what is changed in the sample, and what must be said about it
DEVIATIONS = (
    (components.NAMESPACE, "urn:schemas-microsoft-com:asm.v3", "not unattend"),
    ('pass="offlineServicing"', 'pass="windowsPE"', "pass is there twice"),
    ('pass="specialize"', 'pass="first"', "first is unknown"),
    ("PnpCustomizationsNonWinPE", "PnpCustomizationsWinPE",
     "DriverPaths is read in windowsPE, not in offlineServicing"),
    ("amd64", "x64", "processorArchitecture must be amd64"),
    ("31bf3856ad364e35", "31bf3856ad364e34", "publicKeyToken"),
    ("nonSxS", "SxS", "versionScope"),
    ("Microsoft-Windows-Setup", "Microsoft-Windows-Set", "component is unknown"),
    ("ComputerName>", "HostName>", "HostName is unknown here"),
    ("PC-1", "PC_1", "value is invalid"),
    ("PC-1", "PC-45678901234567", "value is invalid"),
    ("<ComputerName>PC-1</ComputerName>", "<TimeZone>UTC</TimeZone>" * 2,
     "TimeZone is there twice"),
    ("<ComputerName>PC-1</ComputerName>", SHELL,
     "FirstLogonCommands is read in oobeSystem, not in specialize"),
    ("HideEULAPage>", "SkipMachineOOBE>", "deprecated"),
    ("<Order>3</Order><Type>", "<Order>4</Order><Type>", "it must count from 1"),
    ("<Order>2</Order><Type>", "<Order>3</Order><Type>", "is there twice"),
    ("<Type>EFI", "<Type>Primary", "one partition of type EFI"),
    ("<Type>EFI", "<Type>ESP", "value is invalid"),
    ("<Size>16</Size>", "<Extend>true</Extend>", "only the last"),
    ("<Size>16</Size>", "<Size>16</Size><Extend>true</Extend>", "either Size"),
    ("<Size>16</Size>", "<Size>16M</Size>", "value is invalid"),
    ("<PartitionID>2", "<PartitionID>5", "no partition 5"),
    ("<PartitionID>3</PartitionID></InstallTo>",
     "<PartitionID>1</PartitionID></InstallTo>", "not made with NTFS"),
    ("<DiskID>0</DiskID>\n<WillWipe", "<WillWipe", "DiskID is missing"),
    ('<LocalAccount wcm:action="add">', "<LocalAccount>", "wcm:action"),
    ("<Group>Administrators</Group>", "", "Group is missing"),
    ("<Enabled>true", "<Enabled>yes", "value is invalid"),
    ("<CommandLine>cmd /c ver</CommandLine>", "", "CommandLine is missing"),
    ("cmd /c ver", "x" * 1025, "value is invalid"),
    (' wcm:keyValue="1"', "", "wcm:keyValue"),
    ("<Path>D:\\drivers</Path>", "<Path><a/></Path>", "instead of a value"),
)


@test
def deviations_are_found(_):
    """each deviation from the sample is found"""
    for old, new, said in DEVIATIONS:
        changed = sample().replace(old, new)
        if changed == sample():
            raise AssertionError(f"the sample has no {old}")
        found = problems(changed)
        if not any(said in p for p in found):
            raise AssertionError(f"{old} -> {new}: said {found}, not {said}")


@test
def unknown(_):
    """what the table does not have is no error in a file of the user's"""
    more = sample().replace("</settings>", COMPONENT.format(
        "LUA-Settings", "<EnableLUA>false</EnableLUA>") + "</settings>", 1) \
        .replace("<ComputerName>", "<CopyProfile>true</CopyProfile>"
                 "<ComputerName>") \
        .replace("<OOBE>", "<!-- a comment --><OOBE>")
    equal(len(problems(more)), 2, "problems")
    remarks = []
    equal(components.validate(ET.fromstring(more), remarks), [], "problems")
    matches("; ".join(remarks), "component is unknown.*CopyProfile is unknown")
    command = '<SynchronousCommand wcm:action="add"><Order>99</Order>' \
        "<CommandLine>x</CommandLine></SynchronousCommand>"
    equal(problems(sample().replace("</FirstLogonCommands>",
                                    command + "</FirstLogonCommands>")), [],
          "a gap in the order of commands")


# What must be done to libosinfo's own file. If a newer osinfo-db needs less, this
# may be shortened; if it needs more, the command says so itself.
LACKS = (
    "a list item without wcm:action",
    "NetworkLocation: it is deprecated", "SkipMachineOOBE: it is deprecated",
    "SkipUserOOBE: it is deprecated", "the pass is there twice",
    "a machine with UEFI needs one partition of type EFI",
)


@test
def libosinfo(_):
    """libosinfo's answer file has known components, and these deviations"""
    need_programs()
    root = osinfo.answer_file("win10", {"hostname": "PC", "user-login": "a",
                                        "l10n-language": "en-US"})
    found = components.validate(root)
    for problem in found:
        if not any(problem.endswith(lack) or lack in problem for lack in LACKS):
            raise AssertionError(f"new: {problem}")
    equal(text(root, "windowsPE", "Microsoft-Windows-Setup",
               "UserData/AcceptEula"), "true", "the EULA")


# --- our answer files ---------------------------------------------------------

@test
def answer_files(_):
    """an answer file for each Windows: valid, and the same when read again"""
    need_programs()
    for version in editions.VERSIONS:
        root = answer.make(wanted(version.id))
        data = answer.text(root)
        again = answer.parse(data, "it")
        equal(answer.text(again), data, "what is written again")
        equal([s.get("pass") for s in again],
              ["windowsPE", "offlineServicing", "specialize", "oobeSystem"],
              "the passes")
        accounts = "UserAccounts/AdministratorPassword"
        equal(find(again, "oobeSystem", "Microsoft-Windows-Shell-Setup",
                   accounts) is not None, version.server,
              f"{version.name}: the Administrator's password")


@test
def metacharacters(_):
    """XML's metacharacters in names and passwords"""
    need_programs()
    user = "a&b 'c'"
    root = ET.fromstring(answer.text(answer.make(
        wanted(user=options.user(user), password=HOSTILE,
               image_key="NAME", image_value="<Pro> & \"Co\""))))
    shell = "Microsoft-Windows-Shell-Setup"
    equal(text(root, "oobeSystem", shell, "AutoLogon/Password/Value"), HOSTILE,
          "the password")
    equal(text(root, "oobeSystem", shell,
               "UserAccounts/LocalAccounts/LocalAccount/Name"), user, "user")
    equal(text(root, "windowsPE", "Microsoft-Windows-Setup",
               "ImageInstall/OSImage/InstallFrom/MetaData/Value"),
          "<Pro> & \"Co\"", "the image")
    data = answer.text(answer.make(wanted()))
    equal(b"placeholder" in data or b"AAAAA" in data, False,
          "values that libosinfo was given")


@test
def partitions(_):
    """the partitions fit onto the disk"""
    need_programs()
    for gib in (32, 64, 2048):
        root = answer.make(wanted("win10", size=gib << 30))
        sizes = [int(e.text) for e in root.iter(components.tag("Size"))]
        equal(len(sizes), 3, "partitions with a size")
        # the rest is the recovery partition; GPT needs a MiB at both ends
        equal(gib * 1024 - sum(sizes), answer.RECOVERY_SIZE, "the rest in MiB")


@test
def without_drivers(_):
    """without drivers there are no driver paths"""
    need_programs()
    root = answer.make(wanted(has_drivers=False))
    equal(list(root.iter(components.tag("DriverPaths"))), [], "driver paths")
    equal([s.get("pass") for s in root],
          ["windowsPE", "specialize", "oobeSystem"], "the passes")


@test
def edited(scratch):
    """an edited answer file is checked"""
    need_programs()
    data = answer.text(answer.make(wanted()))
    matches(raises(answer.parse, data.replace(b">EFI<", b">ESP<"), "it"),
            r"^it: .*CreatePartition/Type: its value is invalid")
    matches(raises(answer.parse, data[:-20], "it"), "no XML")
    bomb = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    for code in ("utf-8", "utf-16"):
        matches(raises(answer.parse, bomb.encode(code), "it"), "document type")
    matches(raises(answer.parse, b'<?xml version="1.0" encoding="x"?><a/>', "it"),
            "no XML")
    path = os.path.join(scratch, media.ANSWER_FILE)
    with open(path, "wb") as file:
        file.write(data.replace(b"publicKeyToken", b"publickey"))
    matches(raises(media.check, scratch), "publicKeyToken must be")


@test
def command_lines(_):
    """the commands of the passes are short enough, and find their script"""
    need_programs()
    root = answer.make(wanted())
    paths = [e.text for e in root.iter(components.tag("Path"))
             if ".cmd" in e.text]
    equal(len(paths), 2, "commands")
    for path in paths:
        script = re.search(r"call %d:\\vfio-trace\\(\S+) %d:$", path)
        equal(script[1] in media.FILES, True, script[1])


# --- the guest's settings -----------------------------------------------------

@test
def scripts(_):
    """the scripts' commands: settings, what is held, boot settings"""
    plain = media.scripts(wanted())
    for name in ("hold.cmd", "boot.cmd", "requirements.cmd"):
        equal([l for l in plain[name].splitlines()
               if not l.startswith(("@", "rem", "exit"))], [], name)
    for word in ("HiberbootEnabled", "ExcludeWUDriversInQualityUpdate",
                 "AutoReboot", "TdrDelay"):
        matches(plain["settings.cmd"], word)
    made = media.scripts(wanted(
        hold=[options.device("10de:2204"), options.device("0x1002:0x73bf")],
        test_signing=True, debug=options.debug("serial"), secure_boot=False,
        tpm=False))
    matches(made["hold.cmd"], r'/v "1" /t REG_SZ /d "PCI\\VEN_10DE&DEV_2204"')
    matches(made["hold.cmd"], r'/v "2" /t REG_SZ /d "PCI\\VEN_1002&DEV_73BF"')
    matches(made["hold.cmd"], '"DenyDeviceIDs" /t REG_DWORD /d "1"')
    matches(made["boot.cmd"], "bcdedit /set testsigning on")
    matches(made["boot.cmd"], "serial debugport:2")
    matches(made["requirements.cmd"], "BypassTPMCheck.*BypassSecureBootCheck")
    server = media.scripts(wanted("win2k25", secure_boot=False))
    equal("Bypass" in server["requirements.cmd"], False,
          "requirements of a server")
    for name, script in made.items():
        lines = script.split("\r\n")
        equal([l for l in lines if "\n" in l or "\r" in l], [],
              f"{name}: ends of lines")
        equal(max(map(len, lines)) < 8000, True, "Windows' longest line")


@test
def guest_files(_):
    """the guest's files are ASCII, and each is copied or called"""
    folder = os.path.join(TOP, "guest-images", "windows-files")
    equal(sorted(os.listdir(folder)), sorted(media.FILES), "files")
    called = set()
    for name in media.FILES:
        with open(os.path.join(folder, name), encoding="ascii") as file:
            called |= set(re.findall(r"([a-z]+\.cmd)\"?$", file.read(), re.M))
    equal(called - set(media.FILES) - set(media.scripts(wanted())), set(),
          "scripts that are called and not there")


# --- ISOs ---------------------------------------------------------------------

@test
def isos(scratch):
    """what Windows is on an ISO: UDF as Microsoft's, ISO 9660, .esd, .swm"""
    need_programs()
    kinds = [(False, "sources/install.wim"), (False, "sources/install.esd"),
             (False, "SOURCES/INSTALL.SWM")]
    if subprocess.run(["which", "genisoimage"], stdout=subprocess.DEVNULL,
                      check=False).returncode == 0:
        kinds.append((True, "sources/install.wim"))
    for number, (udf, name) in enumerate(kinds):
        path = windowsiso.windows(os.path.join(scratch, f"{number}.iso"),
                                  udf=udf, name=name)
        found = iso.detect(path)
        equal((found.version.id, [(i.index, i.edition) for i in found.images]),
              ("win11", [(1, "Core"), (2, "Professional"), (3, "Enterprise")]),
              name)


SERVER = [windowsiso.image_xml(n, f"Windows Server 2025 SERVERSTANDARD{c}",
                               "ServerStandard", 26100, k)
          for n, c, k in ((1, "CORE", "Server Core"), (2, "", "Server"))]


@test
def versions(scratch):
    """versions by their builds, the default edition, editions by name"""
    need_programs()
    for number, (build, kind, edition, version) in enumerate((
            (19045, "Client", "Professional", "win10"),
            (22631, "Client", "Professional", "win11"),
            (26200, "Client", "Professional", "win11"),
            (17763, "Server", "ServerStandard", "win2k19"),
            (20348, "Server", "ServerStandard", "win2k22"),
            (26100, "Server", "ServerStandard", "win2k25"))):
        path = windowsiso.windows(
            os.path.join(scratch, f"{number}.iso"),
            [windowsiso.image_xml(1, "x", edition, build, kind)])
        equal(iso.detect(path).version.id, version, f"build {build}")
    images = iso.detect(windowsiso.windows(os.path.join(scratch, "c.iso"))).images
    choose = editions.choose
    equal(choose(images, None).name, "Windows 11 Pro", "default")
    for name in ("3", "enterprise", "Windows 11 Enterprise", "ENTERPRISE"):
        equal(choose(images, name).index, 3, name)
    for name in ("Pro", "Professional", "windows 11 pro"):
        equal(choose(images, name).index, 2, name)
    matches(raises(choose, images, "Ultimate"), "not on the ISO.*Core.*Enterp")
    matches(raises(choose, images, "9"), "not on the ISO")
    images = iso.detect(windowsiso.windows(os.path.join(scratch, "s.iso"),
                                           SERVER)).images
    equal(choose(images, None).index, 2, "the server with a desktop")
    equal(choose(images, "ServerStandard").index, 2, "likewise")
    equal(choose(images, "1").index, 1, "by index")


@test
def keys(_):
    """product keys: those that Microsoft publishes, none for others"""
    for version, edition, build, first in (
            ("win11", "Professional", 26100, "W269N"),
            ("win10", "Enterprise", 19045, "NPPR9"),
            ("win10", "EnterpriseS", 19044, "M7XTQ"),
            ("win10", "EnterpriseS", 14393, None),
            ("win11", "Core", 26100, None), ("win11", "", 26100, None),
            ("win11", "EnterpriseEval", 26100, None),
            ("win2k19", "ServerStandard", 17763, "N69G4"),
            ("win2k25", "ServerDatacenter", 26100, "D764K"),
            ("win2k22", "ServerStandardEval", 20348, None)):
        key = editions.product_key(editions.by_id(version), edition, build)
        equal(key and key[:5], first, f"{version} {edition}")
        if key:
            matches(key, f"^{components.KEY}$")


@test
def wrong_isos(scratch):
    """what is no Windows ISO, or not one for this machine"""
    need_programs()
    path = os.path.join(scratch, "x.iso")
    matches(raises(iso.detect, path), "no such file")
    matches(raises(iso.detect, scratch), "it is no file")
    with open(path, "wb") as file:
        file.write(os.urandom(1 << 20))
    matches(raises(iso.detect, path), r"no sources/install.wim.*--os win10\|")
    equal(iso.detect(path, "win11").images, [], "images with --os")
    windowsiso.make(path, {"casper/vmlinuz": b"x"})
    matches(raises(iso.detect, path), "only casper")
    image = windowsiso.image_xml
    for images, said in (
            ([image(1, "x", "Professional", arch=12)], "it is for arm64"),
            ([image(1, "x", "Professional", 9600)], "build 9600.*Windows 11"),
            ([image(1, "x", "ServerStandard", 14393, "Server")], "build 14393"),
            ([], "has no Windows"),
            (["<IMAGE INDEX='1'><NAME>PE</NAME></IMAGE>"], "has no Windows"),
            ([image(1, "a\x07b".replace("\x07", "&#x85;"), "Professional")],
             "names that are none"),
            ("<WIM>", "XML is invalid"),
            ('<!DOCTYPE a [<!ENTITY b "c">]><WIM>&b;</WIM>', "document type")):
        windowsiso.windows(path, images)
        matches(raises(iso.detect, path), said)
    windowsiso.windows(path)
    matches(raises(iso.detect, path, "win10"), "has Windows 11")
    windowsiso.make(path, {"sources/install.wim": windowsiso.wim(
        [image(1, "x", "Professional")])})
    matches(raises(iso.detect, path), "can't be booted by UEFI")


@test
def damaged_wim(scratch):
    """damaged WIM files"""
    need_programs()
    good = windowsiso.wim([windowsiso.image_xml(1, "x", "Professional")])
    path = os.path.join(scratch, "x.iso")
    for offset, data, said in (
            (0, b"X", "not a WIM"), (0x48, b"\0" * 7, "no valid place"),
            (0x4f, b"\x06", "no valid place"), (0x50, b"\xff" * 8, "damaged"),
            (0x48, b"\xff" * 6, "no valid place"),
            (0x50, b"\xff\xff\xff", "ends too early"),
            (208, b"\0\xd8", "XML is invalid")):
        changed = bytearray(good)
        changed[offset:offset + len(data)] = data
        windowsiso.make(path, {"sources/install.wim": bytes(changed),
                               "efi/boot/bootx64.efi": b""})
        matches(raises(iso.detect, path), said)
    changed = bytearray(good)
    for offset in (0x48, 0x58):
        struct.pack_into("<Q", changed, offset, 5 << 20)
    windowsiso.make(path, {"sources/install.wim": bytes(changed),
                           "efi/boot/bootx64.efi": b""})
    matches(raises(iso.detect, path), "no valid place")
    for length in (0, 100, 300):
        windowsiso.make(path, {"sources/install.wim": good[:length],
                               "efi/boot/bootx64.efi": b""})
        matches(raises(iso.detect, path), "damaged")


@test
def driver_isos(scratch):
    """drivers: of this Windows only, from an ISO and from folders"""
    need_programs()
    path = windowsiso.virtio(os.path.join(scratch, "virtio.iso"))
    own = os.path.join(scratch, "my driver")
    os.makedirs(os.path.join(own, "below"))
    with open(os.path.join(own, "below", "a.INF"), "w", encoding="ascii"):
        pass
    # NetKVM is there for 2k19, w10, w11; viofs for w10 only; qxl for w7 only
    for version, systems in (
            ("win11", {"vioserial": "w11", "NetKVM": "w11", "viofs": "w10"}),
            ("win2k22", {"vioserial": "2k22", "NetKVM": "2k19",
                         "viofs": "w10"})):
        target = os.path.join(scratch, version)
        drivers.copy([path, own], editions.by_id(version), target, str)
        equal(sorted(os.listdir(target)), sorted([*systems, "my_driver"]),
              f"drivers of {version}")
        for driver, system in systems.items():
            equal(sorted(os.listdir(os.path.join(target, driver))),
                  [f"{driver}.{s}" for s in ("cat", "inf", "sys")], driver)
            with open(os.path.join(target, driver, driver + ".inf"),
                      encoding="ascii") as file:
                equal(file.read(), f"{driver} {system} amd64\n", version)
        equal(drivers.has_serial(target), True, "vioserial is there")
    target = os.path.join(scratch, "twice")
    drivers.copy([path, path], editions.by_id("win2k22"), target, str)
    equal(sorted(os.listdir(target)),
          sorted(n + s for n in ("NetKVM", "vioserial", "viofs")
                 for s in ("", "_")), "drivers of two ISOs")
    empty = os.path.join(scratch, "empty")
    os.mkdir(empty)
    matches(raises(drivers.copy, [empty], editions.VERSIONS[0],
                   os.path.join(scratch, "t"), print), "no .inf file")
    windows = windowsiso.windows(os.path.join(scratch, "w.iso"))
    matches(raises(drivers.copy, [windows], editions.VERSIONS[0],
                   os.path.join(scratch, "u"), print), "no drivers for Windows")
    for name, value, said in (("FOLDER_LIMIT", 40, "or 0 GiB"),
                              ("FOLDER_FILES", 5, "more than 5 files"),
                              ("FOLDERS", 3, "has 5 folders")):
        saved = getattr(drivers, name)
        setattr(drivers, name, value)
        matches(raises(drivers.copy, [path], editions.VERSIONS[1],
                       os.path.join(scratch, name), str), said)
        setattr(drivers, name, saved)


# --- options ------------------------------------------------------------------

REFUSED = (
    (options.user, "", "a/b", "a%b", "x" * 21, " a", "..", "Administrator",
     "a\nb", "a\x1bb", "SYSTEM", "a\u2028b"),
    (options.computer, "", "a_b", "x" * 16, "-a", "a-", "12", "a.b", "a\n"),
    (options.timezone, "", "Europe/Berlin", "<x>", "a\nb"),
    (options.keyboard, "", "german", "0407", "de-DE;", "x;y"),
    (options.memory, "", "1G", "4", "-4G", "1024M", "4T", "99999999G"),
    (options.device, "", "10de", "10de:22045", "10de:zzzz", "0000:1234",
     "ffff:1234", "01:00.9", "../../x", "99:1f.7", "10de:2204&x"),
    (options.debug, "", "net", "net:host", "net:300.0.0.1", "net:10.0.0.1:80",
     "net:10.0.0.1:50000:x", "usb", "net:10.0.0.1;x"),
)


@test
def refused(_):
    """absurd values of options are refused with a reason"""
    for check, *values in REFUSED:
        for value in values:
            raises(check, value)
    for value in ("", "64", "1G", "63G", "65T", "-64G", "64GG", "0x40G"):
        matches(raises(options.size, value, editions.by_id("win11")), "--size")
    equal(options.size("64G", editions.by_id("win11")), 64 << 30, "64G")
    equal(options.size("1T", editions.by_id("win11")), 1 << 40, "1T")
    matches(raises(options.locale, "--locale", "en_US"), "--locale 'en_US'")


@test
def taken(_):
    """ordinary values are taken"""
    for name in ("user", "J\u00fcrgen O'Neill", "a.b"):
        equal(options.user(name), name, "user")
    for name in ("de-DE", "0407:00000407", "de-DE; 0409:00000409"):
        equal(options.keyboard(name), name, "keyboard")
    equal(options.timezone("W. Europe Standard Time"),
          "W. Europe Standard Time", "zone")
    equal(options.device("10DE:2204").hardware_id, "PCI\\VEN_10DE&DEV_2204", "ID")
    debug = options.debug("net:10.0.2.2:50001")
    equal((debug.host, debug.port), ("10.0.2.2", 50001), "debug")
    matches(debug.key, r"^[0-9a-z]{12}(\.[0-9a-z]{12}){3}$")


@test
def held_by_address(scratch):
    """--hold-driver with the address of a device of this machine"""
    where = os.path.join(scratch, "sys/bus/pci/devices/0000:01:00.0")
    os.makedirs(where)
    for name, value in (("vendor", "0x10de\n"), ("device", "0x2204\n")):
        with open(os.path.join(where, name), "w", encoding="ascii") as file:
            file.write(value)
    os.environ["VFIO_TRACE_SYSFS_ROOT"] = scratch
    try:
        for name in ("01:00.0", "0000:01:00.0"):
            equal(str(options.device(name)), "10de:2204", name)
        matches(raises(options.device, "02:00.0"), "no such device")
    finally:
        del os.environ["VFIO_TRACE_SYSFS_ROOT"]


@test
def secrets(scratch):
    """passwords and keys come from files that others can't read"""
    path = private_file(scratch, HOSTILE + "\n")
    equal(options.password(path), HOSTILE, "the password")
    for value, mode, said in (
            ("x", 0o644, "chmod 600"), ("x", 0o640, "chmod 600"),
            ("", 0o600, "one line"), ("a\nb\n", 0o600, "one line"),
            ("x" * 128, 0o600, "1 to 127"), ("a\x01b", 0o600, "printable")):
        matches(raises(options.password,
                       private_file(scratch, value, mode=mode)), said)
    matches(raises(options.password, path + "x"), "No such file")
    made = {options.password(None) for _ in range(50)}
    equal(len(made), 50, "random passwords")
    equal(all(len(p) == 16 for p in made), True, "their length")
    key = private_file(scratch, "vk7jg-nphtm-c97jm-9mpgt-3v66t\n", "key")
    equal(options.product_key(key), "VK7JG-NPHTM-C97JM-9MPGT-3V66T", "a key")
    matches(raises(options.product_key, private_file(scratch, "x")),
            "a key looks like")


# --- the command --------------------------------------------------------------

@test
def config(scratch):
    """--answer-file-only, and the config CD that is made of it"""
    need_programs()
    windows = windowsiso.windows(os.path.join(scratch, "w.iso"))
    virtio = windowsiso.virtio(os.path.join(scratch, "v.iso"))
    image = os.path.join(scratch, "out.qcow2")
    password = private_file(scratch, HOSTILE)
    certificate = private_file(scratch, "certificate", "c.cer")
    done = guest("--iso", windows, "--drivers", virtio, "--hold-driver",
                 "10de:2204", "--test-signing", "--debug", "net:10.0.2.2",
                 "--certificate", certificate, "--password-file", password,
                 "--answer-file-only", "-o", image)
    folder = os.path.join(scratch, "out.config")
    matches(done.stdout, "Secure Boot is off.*--test-signing and --debug")
    matches(done.stdout, "has the password")
    equal(HOSTILE in done.stdout, False, "the password is printed")
    equal(sorted(os.listdir(folder)), ["Autounattend.xml", "drivers",
                                       "vfio-trace"], "files")
    equal(os.stat(folder).st_mode & 0o777, 0o700, "the folder's mode")
    for name in (media.ANSWER_FILE, "vfio-trace/boot.cmd"):
        equal(os.stat(os.path.join(folder, name)).st_mode & 0o777, 0o600, name)
    media.check(folder)
    matches(guest("--iso", windows, "--answer-file-only", "-o", image,
                  check=False).stdout, "exists: remove it")
    cd = os.path.join(scratch, "cd.iso")
    media.make(folder, cd)
    equal(os.stat(cd).st_mode & 0o777, 0o600, "the CD's mode")
    read = iso.Iso(cd)
    for base, _, names in os.walk(folder):
        for name in names:
            path = os.path.relpath(os.path.join(base, name), folder)
            with open(os.path.join(folder, path), "rb") as file:
                data = file.read()
            equal(read.read(path, 0, len(data)), data, path)
    with open(cd, "rb") as file:
        file.seek(0x8028)
        equal(file.read(32).strip(), media.LABEL.encode(), "the CD's label")


@test
def next_command(scratch):
    """the command after --answer-file-only works for an ISO that can't be read"""
    need_programs()
    unreadable = private_file(scratch, "x", "w.iso")
    known = ["--iso", unreadable, "--os", "win11", "--edition", "Windows 11 Pro",
             "-o", os.path.join(scratch, "out.qcow2")]
    said = guest(*known, "--answer-file-only").stdout
    command = shlex.split(said.split("To install with it:\n")[1])
    equal(command[0], "guest-images/windows", "the command")
    done = guest(*command[1:], "--dry-run", check=False)
    if "not built" in done.stdout:
        raise Skip("vfio-trace is not built")
    matches(done.stdout, "It would make .*/out.qcow2")


@test
def dry_run(scratch):
    """--dry-run makes nothing, and says what it would do"""
    need_programs()
    windows = windowsiso.windows(os.path.join(scratch, "w.iso"))
    image = os.path.join(scratch, "out.qcow2")
    before = os.listdir(scratch)
    done = guest("--iso", windows, "--dry-run", "--accel", "tcg", "-o", image)
    if "not built" in done.stdout:
        raise Skip("vfio-trace is not built")
    matches(done.stdout, "Windows 11 Pro")
    matches(done.stdout, "disk=out.qcow2\n.*secure-boot=true")
    matches(done.stdout, r"run --no-device --vm \S+/out.install/out.conf "
            r"--iso \S+w.iso --iso \S+config.iso --display vnc --accel tcg")
    equal(os.listdir(scratch), before, "files")
    with open(image, "wb"):
        pass
    matches(guest("--iso", windows, "--dry-run", "--accel", "tcg", "-o", image,
                  check=False).stdout, "out.qcow2 exists: remove it")


@test
def wrong_options(scratch):
    """options that do not go together"""
    need_programs()
    windows = windowsiso.windows(os.path.join(scratch, "w.iso"))
    image = os.path.join(scratch, "out.qcow2")
    for arguments, said in (
            (["-o", os.path.join(scratch, "out.img")], "must end in .qcow2"),
            (["-o", image, "--config", scratch, "--user", "x"],
             "--user goes into the config CD"),
            (["-o", image, "--config", scratch, "--drivers", scratch],
             "--drivers goes into"),
            (["-o", image, "--resume", "--overwrite"], "--resume goes on"),
            (["-o", image, "--user", "vfio-trace"], "the computer's name"),
            (["-o", image, "--smp", "1"], "two CPUs"),
            (["-o", image, "--smp", "1000"], "1 to 255"),
            (["-o", image, "--memory", "4095M"], "needs 4 GiB"),
            (["-o", image, "--time-limit", "0"], "--time-limit 0"),
            (["-o", image, "--drivers", scratch + "/x"], "no such file"),
            (["-o", image, "--certificate", scratch], "no such file"),
            (["-o", image, "--os", "win10"], "has Windows 11")):
        done = guest("--iso", windows, "-n", *arguments, check=False)
        equal(done.returncode, 1, f"status ({done.stdout})")
        matches(done.stdout, said)
    other = os.path.join(scratch, "other.iso")
    with open(other, "wb") as file:
        file.write(bytes(100000))
    matches(guest("--iso", other, "--os", "win11", "-n", "-o", image,
                  check=False).stdout, "--os needs an --edition")


@test
def unreadable(scratch):
    """an ISO that can't be read, of which the user says what it is"""
    need_programs()
    other = os.path.join(scratch, "other.iso")
    with open(other, "wb") as file:
        file.write(bytes(100000))
    for number, (options_, language) in enumerate((
            ([], "en-US"), (["--locale", "de-DE"], "de-DE"))):
        image = os.path.join(scratch, f"{number}.qcow2")
        guest("--iso", other, "--os", "win11", "--edition", "Windows 11 Pro",
              "--answer-file-only", "-o", image, *options_)
        root = ET.parse(os.path.join(scratch, f"{number}.config",
                                     media.ANSWER_FILE)).getroot()
        where = ("windowsPE", "Microsoft-Windows-International-Core-WinPE")
        equal(text(root, *where, "SetupUILanguage/UILanguage"), language,
              "Setup asks if the ISO has not this language")
        equal(text(root, "windowsPE", "Microsoft-Windows-Setup",
                   "ImageInstall/OSImage/InstallFrom/MetaData/Value"),
              "Windows 11 Pro", "edition")


if __name__ == "__main__":
    tap.main()
