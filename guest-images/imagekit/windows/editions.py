# SPDX-License-Identifier: GPL-2.0-or-later
"""Versions of Windows: their builds, requirements, drivers and product keys."""

from ..common.errors import ImageError


class Version:
    """A version of Windows.

    id: libosinfo's short ID, which --os takes
    name: its name
    server: it is a Windows Server
    builds: its first and last build
    disk: the least size of its disk, in GiB
    drivers: names that virtio-win's folders have for it, the best first
    """

    def __init__(self, id_, name, server, builds, disk, drivers):
        # pylint: disable=too-many-arguments
        self.id = id_
        self.name = name
        self.server = server
        self.builds = builds
        self.disk = disk
        self.drivers = drivers


VERSIONS = (
    Version("win10", "Windows 10", False, (10240, 19999), 32, ("w10",)),
    Version("win11", "Windows 11", False, (22000, 99999), 64, ("w11", "w10")),
    Version("win2k19", "Windows Server 2019", True, (17763, 17763), 32,
            ("2k19", "2k16", "w10")),
    Version("win2k22", "Windows Server 2022", True, (20348, 20348), 32,
            ("2k22", "2k19", "2k16", "w10")),
    Version("win2k25", "Windows Server 2025", True, (26100, 99999), 32,
            ("2k25", "2k22", "2k19", "w11", "w10")),
)


def names():
    """The versions' names for --os."""
    return [v.id for v in VERSIONS]


def by_id(id_):
    """The version of a name for --os."""
    for version in VERSIONS:
        if version.id == id_:
            return version
    raise ImageError(f"--os {id_}: use one of {', '.join(names())}")


def by_build(server, build):
    """The version of a build, or None."""
    for version in VERSIONS:
        first, last = version.builds
        if version.server == server and first <= build <= last:
            return version
    return None


# The keys that Microsoft publishes for clients of a KMS host ("Key Management
# Services (KMS) client activation and product keys",
# https://learn.microsoft.com/windows-server/get-started/kms-client-activation-keys).
# They choose an edition during the installation, and activate nothing.
CLIENT_KEYS = {
    "Professional": "W269N-WFGWX-YVC9B-4J6C9-T83GX",
    "ProfessionalN": "MH37W-N47XK-V7XM9-C7227-GCQG9",
    "ProfessionalWorkstation": "NRG8B-VKK3Q-CXVCJ-9G2XF-6Q84J",
    "ProfessionalWorkstationN": "9FNHH-K3HBT-3W4TD-6383H-6XYWF",
    "ProfessionalEducation": "6TP4R-GNPTD-KYYHQ-7B7DP-J447Y",
    "ProfessionalEducationN": "YVWGF-BXNMC-HTQYQ-CPQ99-66QFC",
    "Education": "NW6C2-QMPVW-D7KKK-3GKT6-VCFB2",
    "EducationN": "2WH4N-8QGBV-H22JP-CT43Q-MDWWJ",
    "Enterprise": "NPPR9-FWDCX-D2C8J-H872K-2YT43",
    "EnterpriseN": "DPH2V-TTNVB-4X9Q3-TJR4H-KHJW4",
}
# of the LTSC editions since 2019
LTSC_KEYS = {
    "EnterpriseS": "M7XTQ-FN8P6-TTKYV-9D4CC-J462D",
    "EnterpriseSN": "92NFX-8DJQP-P6BBQ-THF9C-7CG2H",
}
SERVER_KEYS = {
    "win2k19": {"ServerStandard": "N69G4-B89J2-4G8F4-WWYCC-J464C",
                "ServerDatacenter": "WMDGN-G9PQG-XVVXX-R3X43-63DFG",
                "ServerSolution": "WVDHN-86M7X-466P6-VHXV7-YY726"},
    "win2k22": {"ServerStandard": "VDYBN-27WPP-V4HQT-9VMD4-VMK7H",
                "ServerDatacenter": "WX4NM-KYWYW-QJJR4-XV3QB-6VM33"},
    "win2k25": {"ServerStandard": "TVRH6-WHNXV-R9WG3-9XRFY-MY832",
                "ServerDatacenter": "D764K-2NDRG-47T6Q-P8T8W-YP6DF"},
}

LTSC_2019 = 17763


def product_key(version, edition, build):
    """The published key of an edition, or None.

    edition: its EDITIONID, e.g. Professional
    """
    if version.server:
        return SERVER_KEYS.get(version.id, {}).get(edition)
    if edition in LTSC_KEYS:
        return LTSC_KEYS[edition] if build >= LTSC_2019 else None
    return CLIENT_KEYS.get(edition)


# The editions that are installed if the user names none: the first that is there.
CLIENT_ORDER = ("Professional", "Enterprise", "EnterpriseEval", "EnterpriseS",
                "EnterpriseSEval", "ProfessionalWorkstation", "Education",
                "ProfessionalN")
SERVER_ORDER = ("ServerStandard", "ServerStandardEval", "ServerDatacenter",
                "ServerDatacenterEval")


def _default(images):
    server = images[0].server
    for edition in SERVER_ORDER if server else CLIENT_ORDER:
        # a Server Core has no desktop and no screen for a GPU's driver
        for image in images:
            if image.edition == edition and not image.core:
                return image
    return images[0]


def describe(images):
    """The images of an ISO, a line for each."""
    return "\n".join(f"  {i.index:2d}  {i.name}  ({i.edition})" for i in images)


def choose(images, wanted):
    """The image to install.

    images: those of the ISO
    wanted: index, name or edition ID, or None
    """
    if wanted is None:
        return _default(images)
    if wanted.isdecimal():
        found = [i for i in images if i.index == int(wanted)]
    else:
        folded = wanted.casefold()
        found = [i for i in images if folded == i.name.casefold()] or \
            [i for i in images if folded == i.edition.casefold() and
             not i.core] or \
            [i for i in images if i.name.casefold().endswith(" " + folded)]
    if len(found) != 1:
        what = "is not on the ISO" if not found else "is not unique"
        raise ImageError(f"--edition {wanted}: it {what}. The ISO has (index, "
                         f"name, edition ID):\n{describe(images)}")
    return found[0]
