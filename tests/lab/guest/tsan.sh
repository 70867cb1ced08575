# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# Functions for the host script of test_tsan.py, after those of faults.sh: change
# what is traced while the guest's processors access their devices.

refused=0                       # commands for which the ring had no room

# ask COMMAND [ARGUMENTS]: a QMP command; ARGUMENTS is JSON
ask()
{
    qmp "{\"execute\": \"$1\", \"arguments\": ${2:-{\}}}" > /tmp/answer
}

# must COMMAND [ARGUMENTS]: a command that has to succeed
must()
{
    ask "$@" || die "$1 $2: $(cat /tmp/answer)"
}

# may COMMAND [ARGUMENTS]: a command that a full ring may refuse
may()
{
    ask "$@" && return
    grep -q -e room -e 'is full' /tmp/answer || die "$1 $2: $(cat /tmp/answer)"
    refused=$((refused + 1))
    return 1
}

# until_done COMMAND [ARGUMENTS]: a command, repeated until there is room
until_done()
{
    within 60 may "$@" || die "$1 $2: the ring never has room"
}

monitor()
{
    must human-monitor-command "{\"command-line\": \"$1\"}"
}

start_and_stop()
{
    may vfio-trace-stop "$1"
    until_done vfio-trace-start "$1"
}

# change_window OFFSET LENGTH
change_window()
{
    window="{\"device\": \"dut\", \"region\": \"bar2\", \"offset\": $1, \"length\": $2}"
    may vfio-trace-window-remove "$window" || return 0
    until_done vfio-trace-window-add "$window"
}

# The guest finds its devices again after a reset.
reset()
{
    must system_reset
    boots=$((boots + 1))
    within 60 loaded || die "the guest does not start again"
}

# unplug DEVICE SLOT
unplug()
{
    must device_del "{\"id\": \"$1\"}"
    # as a guest's ACPI code answers
    monitor "o/w 0xae08 $((1 << $2))"
    within 60 is_gone "$1" || die "$1 is not unplugged"
}

is_gone()
{
    must qom-list '{"path": "/machine/peripheral"}'
    ! grep -q "\"$1\"" /tmp/answer
}

# The devices leave and come back; one gets another tap, under load.
replace_devices()
{
    unplug dut "$SLOT"
    unplug edu "$EDU_SLOT"
    must object-del '{"id": "trace-edu"}'
    must device_add "{\"driver\": \"edu\", \"id\": \"edu\", \"addr\": \"$EDU_SLOT\"}"
    must device_add "{\"driver\": \"vfio-pci-trace\", \"id\": \"dut\",
        \"host\": \"$TARGETS\", \"trace-log\": \"log\", \"addr\": \"$SLOT\"$AGAIN}"
    reset
    must object-add '{"qom-type": "pci-trace", "id": "trace-edu", "device": "edu", "log": "log"}'
}

# round N: each of the changes, at another place each time
round()
{
    start_and_stop '{}'
    start_and_stop '{"device": "dut"}'
    start_and_stop '{"device": "edu"}'
    change_window $((4096 * ($1 * 7 % 200))) $((4096 * ($1 % 16 + 1)))
    change_window $((4096 * ($1 * 11 % 200) + 64)) 64
    may vfio-trace-mark "{\"text\": \"round $1\"}"
    must query-vfio-trace
    must query-vfio-trace-windows
    monitor "info vfio-trace"
    must vfio-trace-flush
    ask vfio-trace-rotate || grep -q -e rotat -e part /tmp/answer ||
        die "$(cat /tmp/answer)"
    must stop
    must cont
    reset
    [ $(($1 % 2)) != 0 ] || replace_devices
}
