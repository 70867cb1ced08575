# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# Kills 'vfio-trace run' at many moments, in L1.  Each line of output that begins
# with "ok" or "not ok" is a verdict; test_run.py counts them, and sets $before to
# the device's expected state.

RUN=/run/vfio-trace
RUN_ARGS=
APPEND='console=ttyS0 panic=-1 no_timer_check mitigations=off'
name=

# set_device BDF: select the device for all functions below
set_device()
{
    BDF=$1
    DEV=/sys/bus/pci/devices/$BDF
    SESSION=$RUN/$BDF.json
    SOCKET=$RUN/$BDF/qmp.sock
}
set_device "$TARGETS"

# verdict WHAT COMMAND...
verdict()
{
    what=$1
    shift
    if "$@"; then
        echo "ok $name: $what"
    else
        echo "not ok $name: $what ($*)"
        device | sed 's/^/    /'
        sed 's/^/    /' "$OUT/$name.out"
    fi
}

# within SECONDS COMMAND...: until the command succeeds
within()
{
    end=$(($(cut -d. -f1 /proc/uptime) + 3 * $1))
    shift
    until "$@"; do
        [ "$(cut -d. -f1 /proc/uptime)" -le $end ] || return 1
        usleep 20000
    done
}

driver()
{
    basename "$(readlink "$DEV/driver" || echo none)"
}

# The bus master bit of the command register: 4 or 0
mastering()
{
    byte=$(dd if="$DEV/config" bs=1 skip=4 count=1 2>/dev/null | od -An -tu1)
    echo $((byte & 4))
}

# Switch bus mastering on, as a driver does
set_mastering()
{
    byte=$(dd if="$DEV/config" bs=1 skip=4 count=1 2>/dev/null | od -An -tu1)
    # shellcheck disable=SC2059 # the format turns a number into a byte
    printf "\\$(printf %03o $((byte | 4)))" |
        dd of="$DEV/config" bs=1 seek=4 conv=notrunc 2>/dev/null
}

# The state of the device that must be restored
device()
{
    echo "driver $(driver)"
    echo "override $(cat "$DEV/driver_override")"
    echo "enabled $(cat "$DEV/enable")"
    echo "power $(cat "$DEV/power/control")"
    echo "master $(mastering)"
}

is_back()
{
    # shellcheck disable=SC2154 # see above
    [ "$(device)" = "$before" ]
}

# state DRIVER OVERRIDE
is_state()
{
    [ "$(driver) $(cat "$DEV/driver_override")" = "$1 $2" ]
}

no_session()
{
    [ ! -e "$SESSION" ] && [ ! -e "$RUN/$BDF" ]
}

gone()
{
    ! kill -0 "$1" 2>/dev/null
}

# session_number KEY: that number in the session's file
session_number()
{
    sed -n "s/.*\"$1\" *: *\\([0-9]*\\).*/\\1/p" "$SESSION"
}

qemu_pid()
{
    session_number qemu-pid
}

tool_pid()
{
    session_number pid
}

said()
{
    grep -q "$1" "$OUT/$name.out"
}

equal()
{
    [ "$1" = "$2" ]
}

# run [ARGUMENT...]: in the foreground; $WRAP, $BINARY, $MEMORY, $SERIAL,
# $INPUT and $REBOOT change what they name.  If it does not end, SIGTERM asks it
# to.
run()
{
    # QEMU's user can't create it.
    : > "/run/$name.console"
    chmod 666 "/run/$name.console"
    # shellcheck disable=SC2086 # words
    ${WRAP:-timeout 400} vfio-trace run "$BDF" -o "$OUT/$name.mmt" --qemu "${BINARY:-$QEMU}" \
        --memory "${MEMORY:-32M}" --smp 1 "$@" -- -L /usr/share/qemu ${REBOOT--no-reboot} \
        ${SERIAL:+-serial file:/run/$name.console} ${QEMU_ARGS:-} \
        > "$OUT/$name.out" 2>&1 < "${INPUT:-/dev/null}"
}

# linux WORDS [ARGUMENT...]: a guest that drives the device
linux()
{
    words=$1
    shift
    MEMORY=192M SERIAL=1 run --kernel /boot/vmlinuz \
        --initrd /extra/init.img --append "$APPEND $words" "$@"
}

restore()
{
    vfio-trace restore "$BDF" >> "$OUT/$name.out" 2>&1
}

# The device is restored, and no session is left.
back()
{
    verdict "driver, override, bus mastering are back" is_back
    verdict "no session is left" no_session
}

# killed MOMENT SUFFIX N WHEN DRIVER OVERRIDE: SIGKILL, then restore
killed()
{
    name=kill-$1
    WRAP="/extra/killat 9 $2 $3 $4" run
    verdict "killed at that moment" equal $? 137
    verdict "the device is in the expected state" is_state "$5" "$6"
    verdict "it does not write without a driver" \
        [ "$5" != none -o "$(mastering)" = 0 ]
    restore
    verdict "restore succeeds" equal $? 0
    back
}

# asked MOMENT SIGNAL SUFFIX N WHEN: a signal that asks to end
asked()
{
    name=signal-$2-$1
    WRAP="/extra/killat $2 $3 $4 $5" run
    status=$?
    verdict "ends by itself, with $status" [ $status -le 1 ]
    back
}

# start COMMAND...: in the background, until QMP is ready
start()
{
    "$@" &
    tool=$!
    within 120 test -S "$SOCKET"
    verdict "QEMU runs" equal $? 0
    qemu=$(qemu_pid)
}

# linux_until WORDS COMMAND...: a guest that drives the device, in the
# background, until the command succeeds.
linux_until()
{
    words=$1
    shift
    # shellcheck disable=SC2086 # words
    start linux "$words" --overwrite $RUN_ARGS
    verdict "the guest reaches that state" within 120 "$@"
}

# ends STATUS: the tool has ended by itself
ends()
{
    wait "$tool"
    verdict "exit status" equal $? "$1"
    verdict "QEMU is gone" gone "$qemu"
    back
}

enough_accesses()
{
    [ "$(grep -c '^[RW] ' "$OUT/$name.mmt")" -gt 3000 ]
}
