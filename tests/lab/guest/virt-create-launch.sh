# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154 # of virt-host.sh
#
# After virt-host.sh: `vfio-trace virt create` makes a domain of the settings in
# /extra/dut.conf, libvirt starts it, `virt disable` and virsh remove it.

read_console()
{
    exec cat "$(virsh ttyconsole $NAME)"
}

# The lab's channels are QEMU's arguments: libvirt gives its QEMU no rights to them.
touch /run/files.tar
chmod 666 /run/agent.in /run/agent.out /run/files.tar

vfio-trace virt create $NAME --vm /extra/dut.conf --yes > /out/create.log
dump enabled
say "domain created"

run_domain

vfio-trace virt status $NAME > /out/status
vfio-trace virt disable $NAME --yes > /out/disable.diff
dump after
virsh undefine $NAME
virsh list --all --name > /out/undefined
say "domain removed"
