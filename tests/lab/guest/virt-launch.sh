# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# L1 set up like the host of a user who passes a device through with libvirt:
# libvirtd runs QEMU as a user of its own, the domain's <hostdev> is managed, and
# the device is bound to its host driver.  `vfio-trace virt enable` enables tracing,
# libvirt starts the domain, `virt disable` restores it.  For --launch; the caller
# sets DRIVER and ENABLE, options and operands of `virt enable`, and has
# domain.xml in /extra. With VFS, the domain gets so many virtual functions of the
# first target, which have no driver on the host.

set -eu
# shellcheck source=lab/l1-bin/lib.sh
. /bin/lib.sh

NAME=dut
LOG=/var/log/vfio-trace/$NAME.mmt

# The drivers of the devices, one per line
drivers()
{
    for bdf in $TARGETS; do
        readlink "/sys/bus/pci/devices/$bdf/driver" | sed 's,.*/,,'
    done
}

have_driver()
{
    [ "$(drivers | sort -u)" = "$1" ]
}

# have_traced WORD...: run `virt enable` with the caller's arguments
have_traced()
{
    # shellcheck disable=SC2086 # words
    vfio-trace virt enable $NAME $ENABLE "$@"
}

say()
{
    event "stage libvirt: $*"
}

dump()
{
    virsh dumpxml --inactive --security-info $NAME > "/out/$1.xml"
}

for bdf in $TARGETS; do
    bind "$bdf" none
    echo > "/sys/bus/pci/devices/$bdf/driver_override"
done
modprobe "$DRIVER"
wait_for 10 have_driver "$DRIVER"

if [ -n "${VFS-}" ]; then
    pf=/sys/bus/pci/devices/${TARGETS%% *}
    # libvirt sets the MAC address of a virtual function only if this is up
    ip link set "$(ls "$pf/net")" up
    echo 0 > "$pf/sriov_drivers_autoprobe"
    echo "$VFS" > "$pf/sriov_numvfs"
    TARGETS=$(for vf in "$pf"/virtfn*; do basename "$(readlink "$vf")"; done)
    DRIVER=
fi

# as set up by Debian's packages and udev
mkdir -p /etc /var/log /var/lib/libvirt /usr/bin /sbin
cat > /etc/passwd <<X
root:x:0:0:root:/:/bin/sh
libvirt-qemu:x:64055:64055::/var/lib/libvirt:/bin/false
X
cat > /etc/group <<X
root:x:0:
kvm:x:104:libvirt-qemu
libvirt-qemu:x:64055:
X
chgrp kvm /dev/kvm
chmod 660 /dev/kvm
ln -s /bin/modprobe /sbin/modprobe
# the distribution's QEMU does not support tracing
cat > /usr/bin/qemu-system-x86_64 <<'X'
#!/bin/sh
case "$*" in
*vfio-pci-trace*) echo "'vfio-pci-trace' is not a valid device model name" >&2; exit 1 ;;
esac
exec /bin/qemu "$@"
X
chmod +x /usr/bin/qemu-system-x86_64
ln -s qemu /bin/qemu-system-x86_64-vfio-trace

# settings for a host without polkit and virtlogd
mkdir -p /etc/libvirt /run/libvirt
echo 'auth_unix_rw = "none"' > /etc/libvirt/libvirtd.conf
echo 'stdio_handler = "file"' > /etc/libvirt/qemu.conf
libvirtd > /out/libvirtd.log 2>&1 &
wait_for 30 test -S /run/libvirt/libvirt-sock
say "libvirtd is up"

virsh define /extra/domain.xml
say "domain defined"
dump before
have_traced --dry-run > /out/dry-run.diff
dump dry-run
# no terminal to ask on
if have_traced < /dev/null > /out/unasked.log 2>&1; then
    exit 1
fi
dump unasked
have_traced --yes > /out/enable.diff
dump enabled
say "tracing enabled"

virsh start $NAME
cat /run/libvirt/qemu/$NAME.pid > /run/qemu.pid
tail -n +1 -f /run/console.log > /dev/lab/console &
tail=$!
say "domain started"
drivers > /out/drivers.running
cp /var/log/libvirt/qemu/$NAME.log /out/

# until the guest powers off
while [ "$(virsh domstate $NAME)" = running ]; do
    usleep 200000
done
virsh domstate --reason $NAME | tee /out/domstate
kill $tail
say "domain has stopped"
wait_for 10 have_driver "$DRIVER" || true
drivers > /out/drivers.after
ls -ln /var/log/vfio-trace /dev/shm > /out/files
cp $LOG /out/trace.mmt

vfio-trace virt disable $NAME --yes > /out/disable.diff
dump after
say "tracing disabled"
