# SPDX-License-Identifier: GPL-2.0-or-later
"""The answer file: libosinfo's, extended.

From libosinfo: languages, EULA, computer name, accounts, the first logon. From
here: a disk for UEFI, the image, drivers in both passes that take them, the
commands of the passes, and what newer versions of Windows ask.
"""

import xml.etree.ElementTree as ET

from ..common.errors import ImageError
from . import components, osinfo
from .components import WCM, tag

# Sizes in MiB, as Microsoft's guide for UEFI/GPT partitions has them.
EFI_SIZE = 260
MSR_SIZE = 16
RECOVERY_SIZE = 1024
RECOVERY_TYPE = "de94bba4-06d1-4d40-a16a-bfd50179d6ac"
WINDOWS_PARTITION = 3

# The letters that a CD may have in Windows Setup: nothing says which it gets.
LETTERS = "CDEFGHI"
# on the config CD
DRIVERS = "drivers"
FILES = "vfio-trace"
# in the guest
TARGET = "C:\\Program Files\\vfio-trace"

HEAD = """\
Made by vfio-trace's guest-images/windows. It holds the password of the guest's
account: keep it as you keep that."""


def _component(root, which, name):
    """A component of a pass, made if it is not there."""
    settings = root.find(f"{tag('settings')}[@pass='{which}']")
    if settings is None:
        settings = ET.SubElement(root, tag("settings"), {"pass": which})
    for component in settings:
        if component.get("name") == name:
            return component
    return ET.SubElement(settings, tag("component"), {
        "name": name, "processorArchitecture": "amd64",
        "publicKeyToken": components.PUBLIC_KEY, "language": "neutral",
        "versionScope": "nonSxS"})


def _put(parent, path, text=None):
    """Set the value of an element, made if it is not there."""
    for name in path.split("/"):
        child = parent.find(tag(name))
        parent = ET.SubElement(parent, tag(name)) if child is None else child
    if text is not None:
        parent.text = str(text)
    return parent


def _remove(parent, *names):
    for name in names:
        for child in parent.findall(tag(name)):
            parent.remove(child)


def _item(parent, name, values, key=None):
    """A list item with children."""
    item = ET.SubElement(parent, tag(name), {f"{{{WCM}}}action": "add"})
    if key:
        item.set(f"{{{WCM}}}keyValue", str(key))
    for child, text in values.items():
        ET.SubElement(item, tag(child)).text = str(text)


def _merge(root):
    """libosinfo has a pass twice, and some items without their action."""
    seen = {}
    for settings in root.findall(tag("settings")):
        first = seen.setdefault(settings.get("pass"), settings)
        if first is settings:
            continue
        root.remove(settings)
        for component in settings:
            target = _component(root, settings.get("pass"),
                                component.get("name"))
            for child in component:
                _remove(target, components.local(child))
                target.append(child)


def _clean(root):
    """Remove what is empty, and bring the passes into their order."""
    for settings in list(root):
        for component in list(settings):
            if not len(component):
                settings.remove(component)
        if not len(settings):
            root.remove(settings)
    order = {which: n for n, which in enumerate(components.PASSES)}
    root[:] = sorted(root, key=lambda s: order[s.get("pass")])


# --- windowsPE ----------------------------------------------------------------

def _disk(setup, o):
    """EFI, MSR, Windows, recovery: the order that Microsoft recommends."""
    _remove(setup, "DiskConfiguration")
    disk = _put(setup, "DiskConfiguration")
    _put(disk, "WillShowUI", "OnError")
    entry = _put(disk, "Disk")
    entry.set(f"{{{WCM}}}action", "add")
    _put(entry, "DiskID", 0)
    _put(entry, "WillWipeDisk", "true")
    mib = o.size >> 20
    windows = mib - EFI_SIZE - MSR_SIZE - RECOVERY_SIZE
    create = _put(entry, "CreatePartitions")
    for number, (kind, size) in enumerate((
            ("EFI", EFI_SIZE), ("MSR", MSR_SIZE), ("Primary", windows),
            ("Primary", None)), 1):
        _item(create, "CreatePartition", {
            "Order": number, "Type": kind,
            **({"Size": size} if size else {"Extend": "true"})})
    modify = _put(entry, "ModifyPartitions")
    for number, values in enumerate((
            {"Format": "FAT32", "Label": "System"}, {},
            {"Format": "NTFS", "Label": "Windows", "Letter": "C"},
            {"Format": "NTFS", "Label": "Recovery", "TypeID": RECOVERY_TYPE}),
            1):
        _item(modify, "ModifyPartition", {"Order": number,
                                          "PartitionID": number, **values})


def _image(setup, o):
    _remove(setup, "ImageInstall")
    os_image = _put(setup, "ImageInstall/OSImage")
    metadata = _put(os_image, "InstallFrom/MetaData")
    metadata.set(f"{{{WCM}}}action", "add")
    _put(metadata, "Key", "/IMAGE/" + o.image_key)
    _put(metadata, "Value", o.image_value)
    _put(os_image, "InstallTo/DiskID", 0)
    _put(os_image, "InstallTo/PartitionID", WINDOWS_PARTITION)
    _put(os_image, "WillShowUI", "OnError")


def _user_data(setup, o):
    data = _put(setup, "UserData")
    _remove(data, "ProductKey")
    key = _put(data, "ProductKey")
    if o.product_key:
        _put(key, "Key", o.product_key)
    _put(key, "WillShowUI", "OnError")
    _put(data, "AcceptEula", "true")
    _put(data, "FullName", o.user)


def command_of(script):
    """A command line that runs a script of the config CD, wherever that is.

    It has no quotes, as Windows Setup does not say how it takes them.
    """
    where = f"%d:\\{FILES}\\{script}"
    return (f"cmd /c for %d in ({' '.join(LETTERS)}) do "
            f"if exist {where} call {where} %d:")


def _driver_paths(component):
    paths = _put(component, "DriverPaths")
    for number, letter in enumerate(LETTERS, 1):
        _item(paths, "PathAndCredentials", {"Path": f"{letter}:\\{DRIVERS}"},
              key=number)


def _languages(component, o):
    _put(component, "UILanguage", o.ui_language)
    _put(component, "InputLocale", o.keyboard)
    _put(component, "SystemLocale", o.locale)
    _put(component, "UserLocale", o.locale)


def _windows_pe(root, o):
    drivers = _component(root, "windowsPE",
                         "Microsoft-Windows-PnpCustomizationsWinPE")
    _remove(drivers, "DriverPaths")
    if o.has_drivers:
        _driver_paths(drivers)
    languages = _component(root, "windowsPE",
                           "Microsoft-Windows-International-Core-WinPE")
    # Setup asks if it has not the language of its own screens.
    _put(languages, "SetupUILanguage/UILanguage", o.ui_language)
    _languages(languages, o)
    setup = _component(root, "windowsPE", "Microsoft-Windows-Setup")
    commands = _put(setup, "RunSynchronous")
    _item(commands, "RunSynchronousCommand", {
        "Order": 1, "Path": command_of("windowspe.cmd"),
        "Description": "vfio-trace: progress, and checks of the machine"})
    _disk(setup, o)
    _image(setup, o)
    _user_data(setup, o)
    _put(setup, "DynamicUpdate/Enable", "false")
    _put(setup, "DynamicUpdate/WillShowUI", "OnError")


# --- the passes in the installed system ---------------------------------------

def _specialize(root, o):
    shell = _component(root, "specialize", "Microsoft-Windows-Shell-Setup")
    # the key of UserData counts; libosinfo's would be a placeholder
    _remove(shell, "ProductKey")
    _put(shell, "ComputerName", o.computer)
    _put(shell, "TimeZone", o.timezone)
    deployment = _component(root, "specialize", "Microsoft-Windows-Deployment")
    _remove(deployment, "RunSynchronous")
    commands = _put(deployment, "RunSynchronous")
    _item(commands, "RunSynchronousCommand", {
        "Order": 1, "Path": command_of("specialize.cmd"),
        "Description": "vfio-trace: settings, devices that are held, markers"})


def _accounts(shell, o):
    accounts = _put(shell, "UserAccounts")
    if o.version.server:
        _put(accounts, "AdministratorPassword/Value", o.password)
        _put(accounts, "AdministratorPassword/PlainText", "true")
    else:
        # without a password, Windows 10 and 11 leave this account disabled
        _remove(accounts, "AdministratorPassword")
    _remove(accounts, "LocalAccounts")
    local = _put(accounts, "LocalAccounts")
    _item(local, "LocalAccount", {"Name": o.user, "DisplayName": o.user,
                                  "Group": "Administrators"})
    password = _put(local[0], "Password")
    _put(password, "Value", o.password)
    _put(password, "PlainText", "true")


def _oobe(root, o):
    # otherwise the first start asks for country and keyboard
    _languages(_component(root, "oobeSystem",
                          "Microsoft-Windows-International-Core"), o)
    shell = _component(root, "oobeSystem", "Microsoft-Windows-Shell-Setup")
    _accounts(shell, o)
    logon = _put(shell, "AutoLogon")
    _put(logon, "Enabled", "true")
    _put(logon, "Username", o.user)
    _put(logon, "Password/Value", o.password)
    _put(logon, "Password/PlainText", "true")
    _put(logon, "LogonCount", 1)
    pages = _put(shell, "OOBE")
    _remove(pages, *components.DEPRECATED)
    hidden = ["HideEULAPage", "HideOEMRegistrationScreen",
              "HideOnlineAccountScreens", "HideWirelessSetupInOOBE"]
    if o.version.server:
        hidden.append("HideLocalAccountScreen")
    for name in hidden:
        _put(pages, name, "true")
    _put(pages, "ProtectYourPC", 3)
    _remove(shell, "FirstLogonCommands")
    commands = _put(shell, "FirstLogonCommands")
    _item(commands, "SynchronousCommand", {
        "Order": 1, "CommandLine": f'cmd /c "{TARGET}\\firstlogon.cmd"',
        "Description": "vfio-trace: the end of the installation"})


def make(o):
    """The answer file of an installation: its tree."""
    root = osinfo.answer_file(o.version.id, {
        "hostname": o.computer, "user-login": "user",
        "user-realname": "user", "l10n-language": o.locale})
    _merge(root)
    _windows_pe(root, o)
    if o.has_drivers:
        _driver_paths(_component(
            root, "offlineServicing",
            "Microsoft-Windows-PnpCustomizationsNonWinPE"))
    _specialize(root, o)
    _oobe(root, o)
    _clean(root)
    problems = components.validate(root)
    if problems:
        raise ImageError("the answer file would be invalid (osinfo-db may be "
                         "newer than this program knows): " +
                         "; ".join(problems))
    return root


def text(root):
    """An answer file as bytes: UTF-8, which Windows Setup takes."""
    ET.register_namespace("", components.NAMESPACE)
    ET.register_namespace("wcm", WCM)
    ET.indent(root)
    body = ET.tostring(root, "unicode")
    return (f'<?xml version="1.0" encoding="utf-8"?>\n<!--\n{HEAD}\n-->\n'
            f"{body}\n").encode()


class _Builder(ET.TreeBuilder):
    """Builds a tree, but none with a document type: it could have entities."""

    def doctype(self, *_):
        raise ValueError("it has a document type")


def parse(data, name, remarks=None):
    """An answer file that a user has edited: its tree, checked.

    data: its bytes
    name: the file, for errors
    remarks: a list for what is unknown or deprecated, see components.validate()
    """
    try:
        root = ET.fromstring(data, ET.XMLParser(target=_Builder()))
    # LookupError: an encoding that does not exist
    except (ValueError, LookupError, ET.ParseError) as error:
        raise ImageError(f"{name}: it is no XML: {error}") from None
    problems = components.validate(root, remarks)
    if problems:
        raise ImageError(f"{name}: " + f"\n{name}: ".join(problems))
    return root
