# SPDX-License-Identifier: GPL-2.0-or-later
"""What an answer file may have where.

The table has the components that our answer files use, and of each the settings
that exist, with the passes in which Windows Setup reads them. Its source is
Microsoft's "Unattended Windows Setup Reference",
https://learn.microsoft.com/windows-hardware/customize/desktop/unattend/,
which has one page for each component and setting.

Windows Setup ignores a setting in a pass that does not read it, and rejects a
file with a wrong value or an unknown element only when the installation has come
to it. The validator finds both before.
"""

import re

NAMESPACE = "urn:schemas-microsoft-com:unattend"
WCM = "http://schemas.microsoft.com/WMIConfig/2002/State"
PUBLIC_KEY = "31bf3856ad364e35"

# in the order in which they run
PASSES = ("windowsPE", "offlineServicing", "generalize", "specialize",
          "auditSystem", "auditUser", "oobeSystem")

# Kinds of values: regular expressions
TEXT = r".*"
NAME = r".+"
BOOLEAN = r"true|false"
NUMBER = r"\d{1,9}"
ORDER = r"[1-9]\d{0,2}"
SHOW = r"Always|Never|OnError"
LETTER = r"[C-Z]"
KEY = r"[A-Z0-9]{5}(-[A-Z0-9]{5}){4}"
OPTIONAL_KEY = KEY + "|"
LOCALE = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*"
KEYBOARD = (r"(%s|[0-9a-fA-F]{4}:[0-9a-fA-F]{8})"
            r"(; ?(%s|[0-9a-fA-F]{4}:[0-9a-fA-F]{8}))*" % (LOCALE, LOCALE))
COMPUTER = r"\*|[A-Za-z0-9-]{1,15}"
PATH = r".{1,259}"
COMMAND = r".{1,1024}"


class Items:
    """Children that are list items: any number of one name.

    name: the items' name
    children: what an item has
    """

    def __init__(self, name, children):
        self.name = name
        self.children = children


_CREDENTIALS = {"Domain": NAME, "Password": TEXT, "Username": NAME}
_PASSWORD = {"PlainText": BOOLEAN, "Value": TEXT}

_CREATE = Items("CreatePartition", {
    "Extend": BOOLEAN, "Order": ORDER, "Size": NUMBER,
    "Type": "Primary|EFI|Extended|Logical|MSR"})

_MODIFY = Items("ModifyPartition", {
    "Active": BOOLEAN, "Extend": BOOLEAN, "Format": "NTFS|FAT32",
    "Label": NAME, "Letter": LETTER, "Order": ORDER, "PartitionID": ORDER,
    "TypeID": r"0x[0-9a-fA-F]{2}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}"
              r"-[0-9a-fA-F]{12}"})

_DISK = {
    "DiskID": NUMBER, "WillWipeDisk": BOOLEAN,
    "CreatePartitions": _CREATE, "ModifyPartitions": _MODIFY}

_OS_IMAGE = {
    "Compact": BOOLEAN,
    "InstallFrom": {"Credentials": _CREDENTIALS, "Path": PATH, "MetaData": {
        "Key": "(?i:/IMAGE/(INDEX|NAME|DESCRIPTION|EDITIONID))", "Value": NAME}},
    "InstallTo": {"DiskID": NUMBER, "PartitionID": ORDER},
    "InstallToAvailablePartition": BOOLEAN, "WillShowUI": SHOW}

_DRIVER_PATHS = Items("PathAndCredentials",
                      {"Path": PATH, "Credentials": _CREDENTIALS})

_PE_COMMAND = {"Credentials": _CREDENTIALS, "Description": TEXT, "Order": ORDER,
               "Path": PATH}

_ACCOUNT = {"Description": TEXT, "DisplayName": TEXT, "Group": NAME,
            "Name": NAME, "Password": _PASSWORD}

# Component -> setting -> passes, value. The value is a regular expression for
# text, a dictionary of children, or Items.
COMPONENTS = {
    "Microsoft-Windows-International-Core-WinPE": {
        "InputLocale": ("windowsPE", KEYBOARD),
        "LayeredDriver": ("windowsPE", "[1-6]"),
        "SetupUILanguage": ("windowsPE", {"UILanguage": LOCALE,
                                          "WillShowUI": SHOW}),
        "SystemLocale": ("windowsPE", LOCALE),
        "UILanguage": ("windowsPE", LOCALE),
        "UILanguageFallback": ("windowsPE", LOCALE),
        "UserLocale": ("windowsPE", LOCALE),
    },
    "Microsoft-Windows-International-Core": {
        "InputLocale": ("specialize oobeSystem", KEYBOARD),
        "SystemLocale": ("specialize oobeSystem", LOCALE),
        "UILanguage": ("specialize oobeSystem", LOCALE),
        "UILanguageFallback": ("specialize oobeSystem", LOCALE),
        "UserLocale": ("specialize oobeSystem", LOCALE),
    },
    "Microsoft-Windows-PnpCustomizationsWinPE": {
        "DriverPaths": ("windowsPE", _DRIVER_PATHS),
    },
    "Microsoft-Windows-PnpCustomizationsNonWinPE": {
        "DriverPaths": ("offlineServicing auditSystem", _DRIVER_PATHS),
    },
    "Microsoft-Windows-Setup": {
        "ComplianceCheck": ("windowsPE", {"DisplayReport": SHOW}),
        "Diagnostics": ("windowsPE", {"OptIn": BOOLEAN}),
        "DiskConfiguration": ("windowsPE", {
            "Disk": _DISK, "DisableEncryptedDiskProvisioning": BOOLEAN,
            "WillShowUI": SHOW}),
        "DynamicUpdate": ("windowsPE", {"Enable": BOOLEAN, "WillShowUI": SHOW}),
        "EnableFirewall": ("windowsPE", BOOLEAN),
        "EnableNetwork": ("windowsPE", BOOLEAN),
        "ImageInstall": ("windowsPE", {"OSImage": _OS_IMAGE}),
        "RunAsynchronous": ("windowsPE", Items("RunAsynchronousCommand",
                                               _PE_COMMAND)),
        "RunSynchronous": ("windowsPE", Items("RunSynchronousCommand",
                                              _PE_COMMAND)),
        "UseConfigurationSet": ("windowsPE", BOOLEAN),
        "UserData": ("windowsPE", {
            "AcceptEula": BOOLEAN, "FullName": TEXT, "Organization": TEXT,
            "ProductKey": {"Key": OPTIONAL_KEY, "WillShowUI": SHOW}}),
    },
    "Microsoft-Windows-Deployment": {
        "RunAsynchronous": ("auditUser specialize", Items(
            "RunAsynchronousCommand", _PE_COMMAND)),
        "RunSynchronous": ("auditUser specialize", Items(
            "RunSynchronousCommand",
            {**_PE_COMMAND, "WillReboot": "Always|OnRequest|Never"})),
    },
    "Microsoft-Windows-Shell-Setup": {
        "AutoLogon": ("specialize auditSystem oobeSystem", {
            "Domain": NAME, "Enabled": BOOLEAN, "LogonCount": NUMBER,
            "Password": _PASSWORD, "Username": NAME}),
        "ComputerName": ("specialize", COMPUTER),
        "FirstLogonCommands": ("oobeSystem", Items("SynchronousCommand", {
            "CommandLine": COMMAND, "Description": TEXT, "Order": ORDER,
            "RequiresUserInput": BOOLEAN})),
        "OOBE": ("oobeSystem", {
            "HideEULAPage": BOOLEAN, "HideLocalAccountScreen": BOOLEAN,
            "HideOEMRegistrationScreen": BOOLEAN,
            "HideOnlineAccountScreens": BOOLEAN,
            "HideWirelessSetupInOOBE": BOOLEAN,
            "NetworkLocation": "Home|Work|Other", "ProtectYourPC": "[123]",
            "SkipMachineOOBE": BOOLEAN, "SkipUserOOBE": BOOLEAN,
            "UnattendEnableRetailDemo": BOOLEAN}),
        "ProductKey": ("specialize", KEY),
        "RegisteredOrganization": (" ".join(PASSES), TEXT),
        "RegisteredOwner": (" ".join(PASSES), TEXT),
        "TimeZone": ("specialize auditSystem oobeSystem", NAME),
        "UserAccounts": ("auditSystem oobeSystem", {
            "AdministratorPassword": _PASSWORD,
            "LocalAccounts": Items("LocalAccount", _ACCOUNT)}),
    },
}

# Settings that Windows 10 and later have deprecated: they still work or do
# nothing, and Microsoft says not to use them.
DEPRECATED = ("NetworkLocation", "SkipMachineOOBE", "SkipUserOOBE")

# Children that an element must have.
REQUIRED = {
    "CreatePartition": ("Order", "Type"),
    "ModifyPartition": ("Order", "PartitionID"),
    "Disk": ("DiskID",),
    "MetaData": ("Key", "Value"),
    "InstallTo": ("DiskID", "PartitionID"),
    "PathAndCredentials": ("Path",),
    "RunSynchronousCommand": ("Order", "Path"),
    "RunAsynchronousCommand": ("Order", "Path"),
    "SynchronousCommand": ("Order", "CommandLine"),
    "LocalAccount": ("Name", "Group"),
    "AutoLogon": ("Enabled", "Username"),
}


def tag(name):
    """A name with the answer files' namespace, as ElementTree wants it."""
    return f"{{{NAMESPACE}}}{name}"


def local(element):
    """An element's name without the namespace."""
    return element.tag.rpartition("}")[2] \
        if element is not None and isinstance(element.tag, str) else ""


def text_of(element):
    """An element's text, without blanks around it."""
    return (element.text or "").strip()


class _Validator:
    """Collects what is wrong with an answer file.

    remarks: a list for what may be right although the table does not have it
    """

    def __init__(self, remarks=None):
        self.problems = []
        self.remarks = self.problems if remarks is None else remarks

    def say(self, where, what):
        self.problems.append(f"{where}: {what}")

    def remark(self, where, what):
        self.remarks.append(f"{where}: {what}")

    def order(self, where, items):
        """Windows Setup sorts by Order. Partitions' numbers come from it."""
        numbers = [text_of(n) for i in items for n in i.findall(tag("Order"))]
        if len(set(numbers)) != len(numbers):
            self.say(where, f"Order is {', '.join(numbers)}: a number is there "
                     "twice")
        elif local(items[0] if items else None).endswith("Partition") and \
                set(numbers) != {str(n + 1) for n in range(len(items))}:
            self.say(where, f"Order is {', '.join(numbers)}: it must count from "
                     "1")

    def keys(self, where, items):
        """wcm:keyValue tells the items of a list without Order apart."""
        if items and items[0].find(tag("Order")) is None and \
                local(items[0]) == "PathAndCredentials":
            keys = [i.get(f"{{{WCM}}}keyValue") for i in items]
            if None in keys or len(set(keys)) != len(keys):
                self.say(where, "each item needs its own wcm:keyValue")

    def items(self, where, element, value):
        for child in element:
            if local(child) != value.name:
                self.remark(where, f"{local(child)} is unknown here")
            else:
                name = f"{where}/{value.name}"
                if child.get(f"{{{WCM}}}action") != "add":
                    self.say(name, 'a list item without wcm:action="add"')
                self.value(name, child, value.children)
        items = element.findall(tag(value.name))
        self.order(where, items)
        self.keys(where, items)

    def known(self, where, element, table):
        """The elements that a table has, with their names, of which each must be
        there once only."""
        seen = set()
        for child in element:
            name = local(child)
            if name not in table:
                self.remark(where, f"{name} is unknown here")
                continue
            if name in seen:
                self.say(where, f"{name} is there twice")
            seen.add(name)
            yield name, child

    def children(self, where, element, value):
        for name, child in self.known(where, element, value):
            self.value(f"{where}/{name}", child, value[name])
        for name in REQUIRED.get(local(element), ()):
            if element.find(tag(name)) is None:
                self.say(where, f"{name} is missing")

    def value(self, where, element, value):
        if isinstance(value, Items):
            self.items(where, element, value)
        elif isinstance(value, dict):
            self.children(where, element, value)
        elif len(element):
            self.say(where, "it has elements in it instead of a value")
        elif not re.fullmatch(value, element.text or "", re.S):
            # a value may be a password: it is not shown
            self.say(where, "its value is invalid")
        if local(element) in DEPRECATED:
            self.remark(where, "it is deprecated")

    def component(self, which, element):
        name = element.get("name", "")
        where = f"{which}: {name}"
        wanted = {"processorArchitecture": "amd64", "publicKeyToken": PUBLIC_KEY,
                  "language": "neutral", "versionScope": "nonSxS"}
        for attribute, expected in wanted.items():
            if element.get(attribute) != expected:
                self.say(where, f"{attribute} must be {expected}")
        if name not in COMPONENTS:
            self.remark(where, "the component is unknown")
            return
        settings = COMPONENTS[name]
        for setting, child in self.known(where, element, settings):
            passes, value = settings[setting]
            if which not in passes.split():
                self.say(where, f"{setting} is read in {passes}, not in {which}")
            self.value(f"{where}/{setting}", child, value)

    def disks(self, root):
        """What Windows Setup does with a disk must fit together."""
        for disk in root.iter(tag("Disk")):
            created = disk.findall(f"{tag('CreatePartitions')}/"
                                   f"{tag('CreatePartition')}")
            modified = disk.findall(f"{tag('ModifyPartitions')}/"
                                    f"{tag('ModifyPartition')}")
            types = [text_of(t) for c in created for t in c.findall(tag("Type"))]
            if created and types.count("EFI") != 1:
                self.say("DiskConfiguration", "a machine with UEFI needs one "
                         "partition of type EFI")
            for number, c in enumerate(created, 1):
                extend = c.findtext(tag("Extend"), "").strip() == "true"
                if extend and number != len(created):
                    self.say("DiskConfiguration", "only the last partition can "
                             "have Extend")
                if extend == (c.find(tag("Size")) is not None):
                    self.say("DiskConfiguration", "a partition has either Size "
                             "or Extend")
            for m in modified:
                number = m.findtext(tag("PartitionID"), "").strip()
                if not number.isdigit() or \
                        not 1 <= int(number) <= len(created):
                    self.say("DiskConfiguration", f"there is no partition "
                             f"{number} to modify")
            for target in root.iter(tag("InstallTo")):
                number = target.findtext(tag("PartitionID"), "").strip()
                if number not in [m.findtext(tag("PartitionID"), "").strip()
                                  for m in modified
                                  if m.findtext(tag("Format"), "").strip() ==
                                  "NTFS"]:
                    self.say("ImageInstall", f"partition {number} is not made "
                             "with NTFS")


def validate(root, remarks=None):
    """Check an answer file. Return: a list of what is wrong with it.

    root: its tree
    remarks: a list that gets what the table does not have and what is
        deprecated; without it, that is wrong, too
    """
    v = _Validator(remarks)
    if root.tag != tag("unattend"):
        v.say("answer file", f"it is not unattend in {NAMESPACE}")
        return v.problems
    passes = []
    for settings in root:
        if not local(settings) or local(settings) in ("offlineImage",
                                                      "servicing"):
            continue                    # comments; Windows SIM's and DISM's
        which = settings.get("pass", "")
        if local(settings) != "settings" or which not in PASSES:
            v.say("answer file", f"{local(settings)} {which} is unknown")
            continue
        if which in passes:
            v.say(which, "the pass is there twice")
        passes.append(which)
        names = [c.get("name") for c in settings]
        for component in settings:
            if not local(component):
                continue
            if local(component) != "component":
                v.say(which, f"{local(component)} is unknown here")
                continue
            if names.count(component.get("name")) > 1:
                v.say(which, f"{component.get('name')} is there twice")
            v.component(which, component)
    v.disks(root)
    return v.problems
