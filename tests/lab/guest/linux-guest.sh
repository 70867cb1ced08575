# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# shellcheck disable=SC2154 # TARGETS, QEMU and OUT are the lab's
#
# L1's script that starts an image of guest-images/linux with `vfio-trace run` and
# works in it as its user would, on its serial console. /guest on the disk has the
# image, its settings and the name of the firmware.

modprobe ext4
mkdir -p /guest
mount -t ext4 "$DISK" /guest || exit 1
# The guest gets the rights of the directory's owner, as nobody has called sudo.
mkdir /guest/share
chown 1000:1000 /guest/share
bind "$TARGETS" none
cat "/sys/bus/pci/devices/$TARGETS/config" > "$OUT/config"
mkfifo -m 666 /run/console.in /run/console.out
cat /run/console.out > "$OUT/console" &
exec 5<> /run/console.in

# No rehearsal: it has a limit of a minute, and this processor is an emulated one.
vfio-trace run --vm /guest/guest.conf "$TARGETS" -o "$OUT/linux.mmt" \
    --firmware "$(cat /guest/firmware)" --memory 768M --smp 1 --share /guest/share \
    --no-rehearsal --qemu "$QEMU" \
    -- -L /usr/share/qemu -serial pipe:/run/console > "$OUT/run.out" 2>&1 < /dev/null &
run=$!
start=$(cut -d. -f1 /proc/uptime)

# await TEXT: until the console has it; the lab sees what comes meanwhile
await()
{
    until grep -q "$1" "$OUT/console"; do
        kill -0 $run || { cat "$OUT/run.out"; exit 1; }
        sleep 2
        size=$(wc -c < "$OUT/console")
        [ "$size" = "$last" ] || stage "console: $(
            tail -c 80 "$OUT/console" | tr -cd ' -~' | tail -c 60)"
        last=$size
    done
    echo "$1 after $(($(cut -d. -f1 /proc/uptime) - start)) s"
}

await 'root@guest:~#'
# the quotes: the console echoes the command, too
echo 'trace-here e1000e -- sh -c "ip link set \$(ls /sys/bus/pci/drivers/e1000e/0*/net) up; sleep 2"; echo STA''TUS $?' >&5
await 'STATUS [0-9]'
echo 'poweroff' >&5
wait $run
echo "exit status of run: $?"
cp /guest/share/* "$OUT/"
