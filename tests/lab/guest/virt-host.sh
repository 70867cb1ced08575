# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# L1 set up like the host of a user who passes a device through with libvirt:
# libvirtd runs QEMU as a user of its own, and the device is bound to its host
# driver.  The first part of a file for --launch; the caller sets DRIVER.  With VFS,
# the domain gets so many virtual functions of the first target, which have no
# driver on the host.

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
mkdir -p /dev/pts
mount -t devpts -o mode=620,ptmxmode=666 devpts /dev/pts
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

# run_domain: start it, until the guest powers off; its log becomes the run's.
# read_console() is the caller's.
run_domain()
{
    virsh start $NAME
    cat /run/libvirt/qemu/$NAME.pid > /run/qemu.pid
    read_console > /dev/lab/console &
    tail=$!
    say "domain started"
    drivers > /out/drivers.running
    cp /var/log/libvirt/qemu/$NAME.log /out/

    while [ "$(virsh domstate $NAME)" = running ]; do
        usleep 200000
    done
    virsh domstate --reason $NAME | tee /out/domstate
    kill $tail || true          # a pty ends with QEMU
    say "domain has stopped"
    wait_for 10 have_driver "$DRIVER" || true
    drivers > /out/drivers.after
    ls -ln /var/log/vfio-trace /dev/shm > /out/files
    cp $LOG /out/trace.mmt
}
