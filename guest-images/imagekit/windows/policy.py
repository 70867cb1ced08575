# SPDX-License-Identifier: GPL-2.0-or-later
"""Settings of the guest, and devices that Windows must not install.

All of them are made in the specialize pass: Windows runs then for the first
time, as the system's account, before anybody logs on. The traced device is not
there yet.
"""

MACHINE = "HKLM\\"
CONTROL = MACHINE + "SYSTEM\\CurrentControlSet\\Control\\"
SOFTWARE = MACHINE + "SOFTWARE\\"
POLICIES = SOFTWARE + "Policies\\Microsoft\\Windows\\"
RESTRICTIONS = POLICIES + "DeviceInstall\\Restrictions"
LAB_CONFIG = MACHINE + "SYSTEM\\Setup\\LabConfig"

DWORD = "REG_DWORD"
TEXT = "REG_SZ"

# key, value, type, data, reason
GENERAL = (
    # Fast start: shutting down would hibernate the kernel with its drivers, and
    # a boot would not initialize the device.
    (CONTROL + "Session Manager\\Power", "HiberbootEnabled", DWORD, 0,
     "no fast start"),
    (CONTROL + "Power", "HibernateEnabled", DWORD, 0, "no hibernation"),
    # Drivers come from the user, not from Windows Update.
    (POLICIES + "WindowsUpdate", "ExcludeWUDriversInQualityUpdate", DWORD, 1,
     "no drivers by Windows Update"),
    (POLICIES + "DriverSearching", "SearchOrderConfig", DWORD, 0,
     "no search for drivers in Windows Update"),
    (SOFTWARE + "Microsoft\\Windows\\CurrentVersion\\DriverSearching",
     "SearchOrderConfig", DWORD, 0, "likewise, the setting behind the policy"),
    (SOFTWARE + "Microsoft\\Windows\\CurrentVersion\\Device Metadata",
     "PreventDeviceMetadataFromNetwork", DWORD, 1,
     "no programs of a device's maker"),
    (POLICIES + "WindowsUpdate\\AU", "NoAutoRebootWithLoggedOnUsers", DWORD, 1,
     "no restart in the middle of a trace"),
    # A crash of the traced driver must be there to be looked at.
    (CONTROL + "CrashControl", "AutoReboot", DWORD, 0, "stay at a blue screen"),
    (CONTROL + "CrashControl", "CrashDumpEnabled", DWORD, 2, "kernel dump"),
    (CONTROL + "CrashControl", "AlwaysKeepMemoryDump", DWORD, 1,
     "keep it if the disk is nearly full"),
    # Traced accesses are slow: Windows resets a GPU that takes 2 s.
    (CONTROL + "GraphicsDrivers", "TdrDelay", DWORD, 120,
     "time that a GPU may take"),
    (CONTROL + "GraphicsDrivers", "TdrDdiDelay", DWORD, 120,
     "time that its driver may take"),
    # Windows 11 encrypts its disk by itself, and would ask for a key when the
    # machine has another device or other firmware.
    (CONTROL + "BitLocker", "PreventDeviceEncryption", DWORD, 1,
     "no encryption that the user has not asked for"),
)

CLIENT = (
    (SOFTWARE + "Microsoft\\Windows\\CurrentVersion\\OOBE", "BypassNRO", DWORD,
     1, "no demand for a network at the first start"),
)

SERVER = (
    (SOFTWARE + "Microsoft\\ServerManager", "DoNotOpenServerManagerAtLogon",
     DWORD, 1, "no Server Manager at each logon"),
    (SOFTWARE + "Policies\\Microsoft\\Windows NT\\Reliability",
     "ShutdownReasonOn", DWORD, 0, "no question at each shutdown"),
)

TEST_SIGNING = (
    (CONTROL + "DeviceGuard\\Scenarios\\HypervisorEnforcedCodeIntegrity",
     "Enabled", DWORD, 0, "memory integrity refuses test-signed drivers"),
)

# Power: a GPU that sleeps is not what one wants to trace, and a sleeping guest
# looks like one that hangs.
POWER = (
    # values of a scheme take effect when it is made the active one
    ("powercfg /setacvalueindex SCHEME_MIN SUB_PCIEXPRESS ASPM 0",
     "no PCIe power saving"),
    ("powercfg /setactive SCHEME_MIN", "high performance"),
    ("powercfg /change standby-timeout-ac 0", "no sleep"),
    ("powercfg /change hibernate-timeout-ac 0", "no hibernation"),
    ("powercfg /change monitor-timeout-ac 0", "no dark screen"),
    ("powercfg /change disk-timeout-ac 0", "no stopped disk"),
    ("powercfg /hibernate off", "no hiberfil.sys"),
)

# What Windows 11's setup program demands of the machine, and the value that makes
# it go on without.
REQUIREMENTS = {"tpm": "BypassTPMCheck", "secure-boot": "BypassSecureBootCheck"}


def reg_add(key, name, kind, data):
    """The command that makes a value."""
    return f'reg add "{key}" /v "{name}" /t {kind} /d "{data}" /f'


def registry(o):
    """The values for an installation."""
    values = list(GENERAL)
    values += SERVER if o.version.server else CLIENT
    if o.test_signing:
        values += TEST_SIGNING
    return values


def hold(devices):
    """The values that keep Windows from installing devices.

    "Prevent installation of devices that match any of these device IDs": a
    device is not installed if one of its hardware IDs or compatible IDs is in
    the list, whichever driver would match. This includes Windows' own driver
    for all displays, whose INF matches PCI\\CC_0300: the device still has its
    own ID.
    """
    if not devices:
        return []
    values = [(RESTRICTIONS, "DenyDeviceIDs", DWORD, 1, "refuse these devices"),
              (RESTRICTIONS, "DenyDeviceIDsRetroactive", DWORD, 1,
               "also if they are installed already")]
    values += [(RESTRICTIONS + "\\DenyDeviceIDs", str(number), TEXT,
                device.hardware_id, "a device that is held")
               for number, device in enumerate(devices, 1)]
    return values


def boot(o):
    """The boot settings: commands, with their reasons."""
    commands = []
    if o.test_signing:
        commands.append(("bcdedit /set testsigning on", "test-signed drivers"))
    if o.debug:
        commands.append(("bcdedit /debug on", "kernel debugging"))
        if o.debug.kind == "serial":
            commands.append(("bcdedit /dbgsettings serial debugport:2 "
                             "baudrate:115200", "over COM2"))
        else:
            commands.append((f"bcdedit /dbgsettings net hostip:{o.debug.host} "
                             f"port:{o.debug.port} key:{o.debug.key}",
                             "over the network"))
    return commands


def bypasses(o):
    """Requirements of Windows 11 that the machine will not fulfil."""
    if o.version.id != "win11":
        return []
    return [name for option, name in REQUIREMENTS.items()
            if not getattr(o, option.replace("-", "_"))]
