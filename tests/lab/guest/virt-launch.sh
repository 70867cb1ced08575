# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154 # of virt-host.sh
#
# After virt-host.sh: `vfio-trace virt enable` enables tracing in a domain, libvirt
# starts the domain, `virt disable` restores it.  The caller sets ENABLE, options and
# operands of `virt enable`, and has domain.xml in /extra.

# have_traced WORD...: run `virt enable` with the caller's arguments
have_traced()
{
    # shellcheck disable=SC2086 # words
    vfio-trace virt enable $NAME $ENABLE "$@"
}

read_console()
{
    exec tail -n +1 -f /run/console.log
}

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

run_domain

vfio-trace virt disable $NAME --yes > /out/disable.diff
dump after
say "tracing disabled"
