# SPDX-License-Identifier: GPL-2.0-or-later
# rescan: look for devices, and install drivers for those that have none.
# remove ID: uninstall the devices with this hardware ID, then look for devices.
param(
    [Parameter(Mandatory = $true)] [ValidateSet('rescan', 'remove')]
    [string] $Action,
    [string] $Id
)
$ErrorActionPreference = 'Stop'

# pnputil has /scan-devices only since Windows 10 2004, and does not say whether
# it tries again what policy has refused. This flag does.
$source = @'
[DllImport("cfgmgr32.dll", CharSet = CharSet.Unicode)]
public static extern uint CM_Locate_DevNodeW(out uint node, string id, uint flags);
[DllImport("cfgmgr32.dll")]
public static extern uint CM_Reenumerate_DevNode(uint node, uint flags);
'@
$Synchronous = 1
$RetryInstallation = 2

function Update-Devices {
    $config = Add-Type -Namespace VfioTrace -Name Config -PassThru `
        -MemberDefinition $source
    $node = [uint32] 0
    $status = $config::CM_Locate_DevNodeW([ref] $node, [NullString]::Value, 0)
    if ($status -eq 0) {
        $status = $config::CM_Reenumerate_DevNode($node,
            $Synchronous -bor $RetryInstallation)
    }
    if ($status -ne 0) {
        throw "can not look for devices: configuration manager's error $status"
    }
}

function Remove-Devices {
    $devices = @(Get-PnpDevice | Where-Object {
        $_.InstanceId -like ($Id + '*')
    })
    foreach ($device in $devices) {
        & pnputil.exe /remove-device $device.InstanceId
        if ($LASTEXITCODE -ne 0 -and $LASTEXITCODE -ne 3010) {
            throw ('can not uninstall ' + $device.InstanceId +
                   ' (before Windows 10 2004, use the Device Manager)')
        }
    }
}

try {
    if ($Action -eq 'remove') {
        if ($Id -notmatch '^PCI\\VEN_[0-9A-Fa-f]{4}&DEV_[0-9A-Fa-f]{4}$') {
            throw "$Id is no hardware ID of a PCI device"
        }
        Remove-Devices
    }
    Update-Devices
    Get-PnpDevice -PresentOnly |
        Where-Object { $_.InstanceId -like 'PCI\*' } |
        Select-Object Status, Problem, InstanceId, FriendlyName |
        Format-Table -AutoSize | Out-String -Width 160 | Write-Output
} catch {
    Write-Output ('vfio-trace-devices: ' + $_.Exception.Message)
    exit 1
}
