# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# Guests that are firmware alone, one after the other: starts each, waits for its
# end and ends its QEMU. /lab/boots/N has one's parameters, made from boots.py.
# Sourced by l1-init, which uses LOG and QEMU_PID.
# shellcheck disable=SC2034

# A file is looked at so often, in microseconds: a vCPU shares this machine's only
# processor.
LOOK=250000

# The configuration space of each device, before a guest has it.
save_config()
{
    n=0
    for bdf in $TARGETS; do
        cat "/sys/bus/pci/devices/$bdf/config" > "/out/config.$n"
        n=$((n + 1))
    done
}

size_of()
{
    stat -c %s "$1" 2>/dev/null || echo 0
}

# line_seen FILE REGEX: a line, even if it has no end yet
line_seen()
{
    tr -d '\r' < "$1" | grep -aqE -- "$2"
}

# is_over: has the guest done what it was started for?
is_over()
{
    case $BOOT_UNTIL in
    console)
        line_seen "$BOOT_CONSOLE" "$BOOT_VALUE"
        ;;
    quiet)
        size=$(size_of "$BOOT_DIR/trace.mmt")
        if [ "$size" != "$last_size" ] || ! accessed; then
            last_size=$size
            still_since=$(uptime_seconds)
        fi
        [ $(($(uptime_seconds) - still_since)) -ge "$BOOT_VALUE" ]
        ;;
    off)
        false
        ;;
    esac
}

# Has the log an access? Its first lines have none.
accessed()
{
    [ -n "$has_access" ] || has_access=$(grep -am1 '^[RW] ' \
        "$BOOT_DIR/trace.mmt" 2>/dev/null)
    [ -n "$has_access" ]
}

# Ends the guest's QEMU in an orderly way, so that its log has an end.
quit_guest()
{
    qmp '{"execute": "quit"}' > /dev/null 2>&1
    wait_for 30 test -e /run/qemu.status || kill_guest
}

# boot N: guest number N
boot()
{
    # shellcheck disable=SC1090 # made for each run
    . "/lab/boots/$1/job"
    LOG=lab
    mkdir -p "$BOOT_DIR"
    : > "$BOOT_CONSOLE"
    rm -f /run/qemu.pid /run/qemu.status
    QEMU_PID=
    has_access='' last_size=-1 still_since=0
    event "stage ${BOOT_NAME:-guest}: started"
    post "$BOOT_POST"
    start_qemu "/lab/boots/$1/command" "$BOOT_DIR/qemu.log"
    began=$(uptime_seconds)
    said=$began
    until [ -e /run/qemu.status ]; do
        now=$(uptime_seconds)
        if is_over; then
            quit_guest
        elif [ "$now" -ge "$LIMIT" ]; then
            quit_guest
            failed guest "the run's time is up"
            return
        elif [ $((now - began)) -ge "$BOOT_LIMIT" ]; then
            quit_guest
            failed guest "did not come to its end within $BOOT_LIMIT s (until $BOOT_UNTIL $BOOT_VALUE)"
            return
        elif [ $((now - said)) -ge 10 ]; then
            said=$now
            event "stage ${BOOT_NAME:-guest}: $((now - began)) s, $(($(
                size_of "$BOOT_DIR/trace.mmt") / 1024)) KiB of log"
        fi
        usleep $LOOK
    done
    status=$(cat /run/qemu.status)
    if [ "$status" != 0 ]; then
        failed qemu "its QEMU exited with $status: $(grep . \
            "$BOOT_DIR/qemu.log" | tail -n 1)"
    elif [ "$BOOT_UNTIL" = console ] &&
        ! line_seen "$BOOT_CONSOLE" "$BOOT_VALUE"; then
        failed guest "it went down before its console had '$BOOT_VALUE'"
    elif [ -n "$BOOT_EXPECT" ] &&
        ! line_seen "$BOOT_CONSOLE" "$BOOT_EXPECT"; then
        failed guest "its console lacks '$BOOT_EXPECT'"
    else
        event "stage ${BOOT_NAME:-guest}: ended after $(($(
            uptime_seconds) - began)) s"
    fi
}

# failed LOG REASON: the guest has failed; the first one's log is shown
failed()
{
    event "stage ${BOOT_NAME:-guest}: $2"
    [ -n "$FAILED" ] || FAILED_LOG=$1
    FAILED="$FAILED${FAILED:+; }${BOOT_NAME:-the guest}: $2"
}

all_boots()
{
    save_config
    n=0 FAILED=
    while [ -e "/lab/boots/$n" ]; do
        boot $n
        n=$((n + 1))
    done
    LOG=$FAILED_LOG
    [ -z "$FAILED" ] || fail "$FAILED"
    finish 0 'all done'
}
