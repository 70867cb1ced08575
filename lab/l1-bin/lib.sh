# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# Functions that L1's scripts share. Sourced.

# event TEXT: a line to the outer machine, and to L1's console
event()
{
    echo "$*" > /dev/lab/events
    echo "lab: $*"
}

# wait_for SECONDS COMMAND...: until the command succeeds
wait_for()
{
    tries=$(($1 * 20))
    shift
    until "$@"; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || return 1
        usleep 50000
    done
}

uptime_seconds()
{
    cut -d. -f1 /proc/uptime
}

# Give virtio-serial ports their names: udev does so elsewhere.
name_ports()
{
    mkdir -p /dev/lab
    for name in events console results; do
        wait_for 5 port_named $name || return 1
    done
}

port_named()
{
    for port in /sys/class/virtio-ports/*; do
        if [ "$(cat "$port/name" 2>/dev/null)" = "$1" ]; then
            ln -sf "/dev/${port##*/}" "/dev/lab/$1"
            return 0
        fi
    done
    return 1
}

# Run the user's host script, once.
host_script()
{
    [ ! -e /run/host-script.started ] || return 0
    : > /run/host-script.started
    QEMU_PID=$(cat /run/qemu.pid 2>/dev/null)
    export QEMU_PID
    sh /lab/host-script < /dev/null > /out/host-script.log 2>&1
    status=$?
    sed 's/^/host-script: /' /out/host-script.log
    echo $status > /run/host-script.tmp
    mv /run/host-script.tmp /run/host-script.status
}
