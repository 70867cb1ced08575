# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# Functions for the host scripts of test_faults.py. Runs in L1, sourced, after the
# variables that test_faults.py sets: offsets in the device's memory, CPUS.

boots=0                         # number of times that the guest was started
pid=                            # PID of its QEMU

die()
{
    echo "faults: $*"
    tail -n 5 "$OUT/qemu.log"
    exit 1
}

# within SECONDS COMMAND...: until the command succeeds
within()
{
    end=$(($(cut -d. -f1 /proc/uptime) + 3 * $1))
    shift
    until "$@"; do
        [ "$(cut -d. -f1 /proc/uptime)" -le $end ] || return 1
        usleep 50000
    done
}

# peek OFFSET...: words of the device's memory, as numbers
peek()
{
    words=
    for offset; do
        words="$words r32 $offset"
    done
    # shellcheck disable=SC2086 # pairs of words
    for word in $(mmio "$TARGETS" 2 $words); do
        echo $((word))
    done
}

# control WORD: set the control word of all of the guest's processors
control()
{
    words=
    cpu=0
    while [ $cpu -lt "$CPUS" ]; do
        words="$words w32 $((CONTROL + 4 * cpu))=$1"
        cpu=$((cpu + 1))
    done
    # shellcheck disable=SC2086 # pairs of words
    mmio "$TARGETS" 2 $words
}

# dump NAME: write the device's current memory to a file
dump()
{
    mmio "$TARGETS" 2 dump "$OUT/$1"
}

# have all processors written since the guest's last start?
loaded()
{
    kill -0 "$pid" 2>/dev/null || die "QEMU has exited"
    offsets=$BOOT
    cpu=0
    while [ $cpu -lt "$CPUS" ]; do
        offsets="$offsets $((SLOTS + cpu * SLOT_BYTES + 4))"
        cpu=$((cpu + 1))
    done
    # shellcheck disable=SC2046,SC2086 # words
    set -- $(peek $offsets)
    [ "$1" = $boots ] || return 1
    shift
    for word; do
        [ $((word >> 25 & 15)) = $((boots & 15)) ] || return 1
    done
}

# start LOG-PROPERTIES [QEMU-OPTION...]: start the guest under load, with
# file=... and so on as the log's properties. Events go to $OUT/events.
start()
{
    properties=$1
    shift
    control 0
    rm -f /run/events.in
    mkfifo /run/events.in
    exec 3<>/run/events.in
    echo '{"execute": "qmp_capabilities"}' >&3
    "$QEMU" -nodefaults -no-user-config -display none -L /usr/share/qemu \
        -machine pc -accel kvm -cpu host -smp "$CPUS" -m 32 \
        -bios /extra/load.bin -qmp "unix:$QMP,server=on,wait=off" \
        -chardev file,id=events,append=on,path="$OUT/events",input-path=/run/events.in \
        -mon chardev=events,mode=control \
        -object "vfio-trace-log,id=log,$properties" \
        -device "vfio-pci-trace,host=$TARGETS,id=dut,trace-log=log" \
        "$@" >> "$OUT/qemu.log" 2>&1 &
    pid=$!
    boots=$((boots + 1))
    within 60 loaded || die "the guest does not start to access the device"
}

# crash: kill QEMU, and wait until the device is free
crash()
{
    kill -9 "$pid"
    wait "$pid" 2>/dev/null
    dump "$1"
}

stopped()
{
    kill -0 "$pid" 2>/dev/null || die "QEMU has exited"
    cpu=0
    while [ $cpu -lt "$CPUS" ]; do
        [ "$(peek $((DONE + 4 * cpu)))" != "$1" ] || return 1
        cpu=$((cpu + 1))
    done
}

# finish NAME: let the guest finish, save the memory, quit QEMU
finish()
{
    control $((1 << 31))
    within 60 stopped 0 || die "the guest does not stop"
    dump "$1"
    qmp '{"execute": "quit"}'
    wait "$pid" || die "QEMU exited with $?"
}

# is STATE: is that the guest's run state in QMP?
is()
{
    kill -0 "$pid" 2>/dev/null || die "QEMU has exited"
    qmp '{"execute": "query-status"}' | grep -q "\"status\": \"$1\""
}

# paused: wait for the pause, and check that nothing reaches the device then
paused()
{
    within 60 is io-error || die "the guest is not paused"
    qmp '{"execute": "query-vfio-trace"}'
    dump still
    usleep 500000
    dump still.again
    cmp "$OUT/still" "$OUT/still.again" || die "the paused guest goes on"
    rm "$OUT/still" "$OUT/still.again"
}

# goes_on: wait until the guest runs and accesses the device again
goes_on()
{
    within 60 is running || die "the guest does not go on"
    qmp '{"execute": "query-vfio-trace"}'
    dump still
    usleep 500000
    dump still.again
    ! cmp -s "$OUT/still" "$OUT/still.again" || die "the guest hangs"
    rm "$OUT/still" "$OUT/still.again"
}
