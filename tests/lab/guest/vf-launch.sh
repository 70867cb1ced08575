# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154
#
# Runs in the lab's L1: makes virtual functions of the first device and gives
# one of them to L2 (lab/README.md, "Guests that another program starts").
#
# OPTS: further properties of the traced function.
# TOKEN: "": the physical function has the driver igb, in L1; else it is on
#        vfio-pci too, in the same guest, and this is the VF token.
set -eu
. /bin/lib.sh

pf=${TARGETS%% *}
d=/sys/bus/pci/devices/$pf
bind "$pf" none
if [ -n "$TOKEN" ]; then
    echo 1 > /sys/module/vfio_pci/parameters/enable_sriov
    bind "$pf" vfio-pci
else
    echo > "$d/driver_override"
    modprobe igb
    echo "$pf" > /sys/bus/pci/drivers_probe || true
    wait_for 10 test -e "$d/driver"
fi
# igb refuses while it sets up the device
enable() { echo 2 > "$d/sriov_numvfs"; }
wait_for 20 enable
wait_for 10 test -e "$d/virtfn0/driver_override"
vf=$(basename "$(readlink "$d/virtfn0")")
bind "$vf" vfio-pci
event "stage $vf, a virtual function of $pf"
echo $$ > /run/shell.pid

token=${TOKEN:+,vf-token=$TOKEN}
set --
if [ -n "$TOKEN" ]; then
    set -- -device pcie-root-port,id=rp1,chassis=2,addr=11.0 \
        -device "vfio-pci,host=$pf,bus=rp1$token"
fi
exec "$QEMU" -nodefaults -no-user-config -display none -vga none -no-reboot \
    -L /usr/share/qemu -machine q35,dump-guest-core=off,sata=off \
    -accel kvm -cpu host -m 256 -smp 1 -pidfile /run/qemu.pid \
    -qmp unix:/run/qmp.sock,server=on,wait=off \
    -kernel /boot/vmlinuz -initrd /lab/l2.img \
    -append 'console=ttyS0 loglevel=5 panic=-1 oops=panic mitigations=off init_on_alloc=0 no_timer_check' \
    -chardev file,id=console,path=/dev/lab/console -serial chardev:console \
    -device virtio-serial-pci,id=ports,addr=02.0 \
    -chardev pipe,id=agent,path=/run/agent \
    -device virtserialport,bus=ports.0,chardev=agent,name=agent \
    -chardev file,id=oracle,path=/dev/null \
    -device virtserialport,bus=ports.0,chardev=oracle,name=oracle \
    -chardev file,id=files,path=/run/files.tar \
    -device virtserialport,bus=ports.0,chardev=files,name=files \
    -device pcie-root-port,id=rp0,chassis=1,addr=10.0 "$@" \
    -device "vfio-pci-trace,trace-file=/out/trace.mmt,trace-extra=hw,config=on,host=$vf,id=dut0,bus=rp0$OPTS$token"
