# SPDX-License-Identifier: GPL-2.0-or-later
"""The answer file, as Windows Setup's reference describes it."""

import re
import xml.etree.ElementTree as ET

from say import Deviation, read, require

UNATTEND = "{urn:schemas-microsoft-com:unattend}"
WCM = "{http://schemas.microsoft.com/WMIConfig/2002/State}"
PASSES = ("windowsPE", "offlineServicing", "generalize", "specialize", "auditSystem",
          "auditUser", "oobeSystem")
LATER = PASSES[2:]

# Components, and the passes in which they have settings
COMPONENTS = {
    "Microsoft-Windows-International-Core-WinPE": ("windowsPE",),
    "Microsoft-Windows-Setup": ("windowsPE",),
    "Microsoft-Windows-PnpCustomizationsWinPE": ("windowsPE",),
    "Microsoft-Windows-PnpCustomizationsNonWinPE": ("offlineServicing", "auditSystem"),
    "Microsoft-Windows-LUA-Settings": ("offlineServicing", *LATER),
    "Microsoft-Windows-Shell-Setup": ("offlineServicing", *LATER),
    "Microsoft-Windows-Deployment": LATER,
    "Microsoft-Windows-International-Core": LATER,
    "Microsoft-Windows-TerminalServices-LocalSessionManager":
        ("offlineServicing", *LATER),
    "Microsoft-Windows-TerminalServices-RDP-WinStationExtensions":
        ("offlineServicing", *LATER),
    "Networking-MPSSVC-Svc": ("offlineServicing", *LATER),
    "Microsoft-Windows-Security-SPP-UX": ("specialize", "generalize", "oobeSystem"),
    "Microsoft-Windows-SecureStartup-FilterDriver": LATER,
    "Microsoft-Windows-EnhancedStorage-Adm": LATER,
    "Microsoft-Windows-ErrorReportingCore": ("offlineServicing", *LATER),
    "Microsoft-Windows-SQMApi": ("offlineServicing", *LATER),
    "Microsoft-Windows-UnattendedJoin": ("specialize",),
    "Microsoft-Windows-ServerManager-SvrMgrNc": ("offlineServicing", *LATER),
}
SETUP_ORDER = ("windowsPE", "offlineServicing", "specialize", "oobeSystem")


def text(element, path, default=None):
    """The value at a path of local names below an element."""
    found = element.find("/".join(UNATTEND + p for p in path.split("/"))) \
        if element is not None else None
    return default if found is None else (found.text or "").strip()


def flag(element, path):
    value = (text(element, path, "false") or "").lower()
    require(value in ("true", "false"), f"<{path}> is {value!r}, not true or false")
    return value == "true"


def items(element, path):
    """The list items at a path, in document order."""
    found = element.findall("/".join(UNATTEND + p for p in path.split("/"))) \
        if element is not None else []
    for item in found:
        require(item.get(WCM + "action") == "add",
                f"<{path}>: a list item without wcm:action=\"add\" is ignored")
    return found


def in_order(element, path):
    """List items by their <Order>, which must differ."""
    found = items(element, path)
    orders = [int(text(i, "Order", "0")) for i in found]
    require(len(set(orders)) == len(orders) and all(o > 0 for o in orders),
            f"<{path}>: the orders are {orders}")
    return [i for _, i in sorted(zip(orders, found), key=lambda pair: pair[0])]


class Answer:
    """A valid answer file."""

    def __init__(self, path):
        data = read(path, True)
        require(b"<!ENTITY" not in data, f"{path} has entities")
        try:
            self.root = ET.fromstring(data)
        except ET.ParseError as error:
            raise Deviation(f"{path} is not well-formed: {error}") from None
        require(self.root.tag == UNATTEND + "unattend",
                f"{path}: the root is {self.root.tag}")
        self._components = {}
        for settings in self.root:
            self._add_pass(settings)

    def _add_pass(self, settings):
        name = settings.get("pass")
        if settings.tag != UNATTEND + "settings":
            require("offlineImage" in settings.tag, f"<{settings.tag}> in <unattend>")
            return
        require(name in PASSES, f"there is no configuration pass {name!r}")
        for component in settings:
            which = component.get("name")
            attributes = {k: component.get(k) for k in (
                "processorArchitecture", "publicKeyToken", "language", "versionScope")}
            require(component.tag == UNATTEND + "component", f"<{component.tag}> in {name}")
            require(which in COMPONENTS, f"{name}: unknown component {which}")
            require(name in COMPONENTS[which], f"{which} has no settings in {name}")
            require(attributes == {
                "processorArchitecture": "amd64", "publicKeyToken": "31bf3856ad364e35",
                "language": "neutral", "versionScope": "nonSxS"},
                    f"{which} in {name}: another component: {attributes}")
            require((name, which) not in self._components, f"{which} is in {name} twice")
            self._components[name, which] = component

    def component(self, name, which):
        """A component's settings in a pass, or None."""
        return self._components.get((name, "Microsoft-Windows-" + which))

    def driver_paths(self, name, which):
        """Paths of drivers of a pass; each has a key of its own."""
        found = items(self.component(name, which), "DriverPaths/PathAndCredentials")
        keys = [i.get(WCM + "keyValue") for i in found]
        require(None not in keys and len(set(keys)) == len(keys),
                f"{which}: wcm:keyValue of the drivers' paths: {keys}")
        return [text(i, "Path") for i in found]

    def commands(self, name, which, path, line):
        """Command lines of a pass, in their order."""
        for item in in_order(self.component(name, which), path):
            command = text(item, line)
            # documented limits: 259 characters in RunSynchronous, 1024 at logon
            limit = 1024 if line == "CommandLine" else 259
            require(command and len(command) <= limit,
                    f"{path}: a command of {len(command or '')} characters")
            yield command


SEARCH = "Autounattend.xml"


def find(volumes):
    """The answer file for a new installation: implicit search order.

    The registry and %WINDIR% of Windows PE have none; then come removable media
    in the order of their letters, at the root, and the sources of the CD.
    """
    for letter in sorted(volumes.removable):
        path = volumes.path(f"{letter}:\\{SEARCH}")
        if path:
            return path
    for letter in sorted(volumes.removable):
        path = volumes.path(f"{letter}:\\sources\\{SEARCH}")
        if path:
            return path
    raise Deviation(f"no {SEARCH} at the root of a CD: Setup would ask the user")


def language_tag(value):
    """Is this a locale, or a list of keyboards, as Setup takes it?"""
    return all(re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]+)*|[0-9a-fA-F]{4}:(?:[0-9a-fA-F]{8}|\{.*\})",
                            v) for v in value.split(";"))
