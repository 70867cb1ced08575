# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Completion for bash: needs nothing but bash. tests/static/test_completions.py
# compares it with what the verbs' --help says.

_vfio_trace_verbs='doctor run restore virt status mark start stop window memory
    flush rotate cat tail stat fold decode diff extract report serve profile symbolize
    lookup regdb rings convert redact bundle sequence play check compare recover
    help'

# Options of a verb: SHORT/LONG, or /LONG, and =KIND if a value follows.
_vfio_trace_options()
{
    local target='q/qmp=socket d/domain=domain c/connect=uri t/timeout=any'
    # of each verb that describes a guest
    local guest="o/output=file /overwrite d/disk=file /iso=file
        w/trace-windows=windows /rings=rings m/memory=any /smp=any /os=os /firmware=firmware
        /nvram=file /secure-boot /no-secure-boot /tpm /no-tpm /share=file
        k/kernel=file /initrd=file /append=any /device-opts=any
        /log-opts=any /with-group /force /qemu=file n/dry-run /accel=any
        /vm=settings /no-device /display=display /net=net /usb=any
        /hide-hypervisor"
    # of each verb that shows names of registers
    local names='/db=file /variant=any /domain=any /no-db'
    # of each verb that runs scripts
    local scripts='/script=script /pair=any'
    # of each verb that reads a trace
    local selection="/device=any /range=region /reg=any /op=op /width=width
        /value=any /cpu=any /pc=any /from=any /to=any /phase=any /phase-at=any
        /pci=any /bar=any $names /help-all /help-selection"

    case $1 in
    doctor) echo "j/json m/memory=any /qemu=file /ask-vfio /vf-token=any" ;;
    run) echo "/as-root /bundle=file /no-rehearsal /save-vm=file" $guest ;;
    restore) echo "a/all j/json" ;;
    'virt create') echo "/network=any /osinfo=system /uuid=any c/connect=uri y/yes" \
        "/help-all /help-guest" $guest ;;
    'virt enable') echo "o/log=file w/trace-windows=windows /rings=rings /log-opts=any /device-opts=any" \
        "/qemu=file c/connect=uri y/yes n/dry-run" ;;
    'virt disable') echo "c/connect=uri y/yes n/dry-run" ;;
    'virt status') echo "c/connect=uri j/json" ;;
    status) echo "w/watch j/json $target" ;;
    mark) echo "l/log=any j/json $target" ;;
    start | stop) echo "D/device=bdf $target" ;;
    window) echo "D/device=bdf j/json $target" ;;
    memory) echo "D/device=bdf o/output=file f/force p/physical n/now=any" \
        "l/log=log w/watch=any /to=any $target" ;;
    flush | rotate) echo "l/log=any $target" ;;
    cat) echo "a/as=format N/names" $selection ;;
    tail) echo "n/lines=any F/no-follow d/decode" $scripts $selection ;;
    stat) echo "b/by=field t/top=any j/json" $scripts $selection ;;
    fold) echo "f/follow j/json M/no-marks" $selection ;;
    decode) echo "/as=layout c/changes /color=when /fold f/follow j/json /memory=memory" \
        "M/no-marks" $scripts $selection ;;
    diff) echo "s/summary F/full j/json c/context=any l/lines=any i/ignore=class v/values=values" \
        "p/pair=any S/state /at=any /subtract /against-all /color=when /window=any" $selection ;;
    extract) echo "o/output=dir f/force m/min=any a/all r/reads M/memory s/swap=any j/json" $selection ;;
    report) echo "o/output=file f/force m/max-size=any" $selection ;;
    serve) echo "/port=any /qmp=socket /guest=domain /no-status" $scripts $selection ;;
    profile) echo "n/new-since=any a/as=database j/json" $selection ;;
    symbolize) echo "k/kallsyms=file v/vmlinux=file s/system-map=file" \
        "K/kaslr-offset=any m/modules=file d/module-dir=dir M/map=file" \
        "S/summary j/json o/output=file f/force" $selection ;;
    lookup) echo "D/device=any e/enum=any b/bitset=any s/short j/json $names" \
        "/help-all /help-names" ;;
    'regdb list') echo "j/json" ;;
    'regdb check') echo "F/format=regdb-format j/json" ;;
    'regdb convert') echo "a/as=database o/output=file f/force d/domain=any" \
        "v/variant=any F/format=regdb-format" ;;
    'rings list' | 'rings check') echo "j/json" ;;
    'rings add' | 'rings remove') echo "D/device=bdf $target" ;;
    convert) echo "t/to=export o/output=file f/force N/names n/rows=any" $selection ;;
    redact) echo "o/output=file f/force a/all s/secret=any r/register=any m/mac /serials" \
        "/snapshots /marks /names /clock /report /seed=any" $selection ;;
    bundle) echo "o/output=file f/force d/device=bdf /no-host /rom s/symbols=file /file=file" \
        "/command=any /redact /secret=any /verify l/list x/extract" ;;
    sequence) echo "o/output=file F/format=sequence f/force b/backend=backend /min-delay=any" \
        "/min-upload=any /dma=any /drop-reads /no-loops" $selection ;;
    play) echo "n/dry-run s/step /from=any /to=any l/log=file b/buffers=dir /any-device" \
        "/with-group /vf-token=any t/timeout=any y/yes f/force" ;;
    check) echo "c/complete j/json k/kernel m/max-faults=any" $selection ;;
    compare) echo "d/device=any c/context=any m/max-differences=any" \
        "p/pair=any /contiguous /exact" $selection ;;
    recover) echo "a/all-users l/list o/output=file r/ring=file d/ring-dir=dir" ;;
    esac
    [[ $1 = virt || $1 = regdb || $1 = rings ]] || echo h/help
}

# The kind of a verb's operand, by its position from 0 up.
_vfio_trace_operand()
{
    case $1:$2 in
    window:0) echo operation ;;
    window:*) echo window ;;
    'virt create:0') echo any ;;
    virt*:0) echo any-domain ;;
    'regdb check':* | 'regdb convert':0 | play:0) echo file ;;
    'rings check':* | 'rings add':0 | 'rings remove':0) echo rings-file ;;
    virt*:* | doctor:0 | run:* | play:1) echo bdf ;;
    restore:*) echo session ;;
    compare:* | convert:* | diff:* | recover:* | cat:* | report:* | stat:*) echo log ;;
    tail:0 | serve:0 | fold:0 | decode:0 | extract:0 | profile:0 | symbolize:0 | redact:0 | check:0 | bundle:0) echo log ;;
    sequence:0) echo log ;;
    *) echo any ;;
    esac
}

# The words of a kind that begin with $2, one per line.
_vfio_trace_words()
{
    local dir=${VFIO_TRACE_RUN_DIR:-/run/vfio-trace} words=

    case $1 in
    any) ;;
    dir) compgen -d -- "$2" ;;
    file) compgen -f -- "$2" ;;
    log)
        # a log may have any name
        if [ -z "$(compgen -f -X '!*.mmt' -- "$2")$(compgen -f -X '!*.mmt.zst' -- "$2")" ]; then
            compgen -f -- "$2"
            return
        fi
        compgen -f -X '!*.mmt' -- "$2"
        compgen -f -X '!*.mmt.zst' -- "$2"
        compgen -d -- "$2"
        ;;
    settings)
        # names, and paths of files
        words=$(cd "${XDG_CONFIG_HOME:-$HOME/.config}/vfio-trace/guests" 2>/dev/null &&
            printf '%s\n' *.conf | sed -n '/^\*/d; s/\.conf$//p'
            cd /etc/vfio-trace/guests 2>/dev/null &&
            printf '%s\n' *.conf | sed -n '/^\*/d; s/\.conf$//p')
        compgen -f -- "$2"
        ;;
    socket)
        words=$(sed -n 's/^ *"qmp" *: *"\(.*\)".*/\1/p' "$dir"/*.json 2>/dev/null)
        compgen -f -- "$2"
        ;;
    session) words=$(cd "$dir" 2>/dev/null && printf '%s\n' *.json | sed -n 's/\.json$//p') ;;
    bdf) words=$(ls /sys/bus/pci/devices 2>/dev/null) ;;
    domain) words=$(timeout 5 virsh -q list --name 2>/dev/null < /dev/null) ;;
    any-domain) words=$(timeout 5 virsh -q list --all --name 2>/dev/null < /dev/null) ;;
    uri) words='qemu:///system qemu:///session' ;;
    operation) words='list add remove' ;;
    database) words='ranges rnndb' ;;
    regdb-format) words='rnndb umr mesa svd header ranges' ;;
    window) words='0 1 2 3 4 5 rom vga config' ;;
    windows) words='all registers' ;;
    rings)
        words='ahci auto e1000e hda nvme virtio xhci'
        compgen -f -X '!*.rings' -- "$2"
        compgen -d -- "$2"
        ;;
    region) words='0 1 2 3 4 5 rom vga config' ;;
    op) words='r w' ;;
    width) words='1 2 4 8' ;;
    script)
        words='e1000e hda nvme pair xhci'
        compgen -f -X '!*.lua' -- "$2"
        compgen -d -- "$2"
        ;;
    rings-file)
        words='ahci e1000e hda nvme virtio xhci'
        compgen -f -X '!*.rings' -- "$2"
        compgen -d -- "$2"
        ;;
    layout) words='text demmio' ;;
    when) words='auto always never' ;;
    memory) words='short full none' ;;
    sequence) words='json c python' ;;
    backend) words='vfio sysfs' ;;
    class) words='dma counter time' ;;
    values) words='writes all none' ;;
    format) words='mmiotrace jsonl csv' ;;
    export) words='csv ctf jsonl mmiotrace pcapng perfetto sqlite vcd' ;;
    field) words='register region device phase cpu pc width value' ;;
    os) words='windows linux other' ;;
    display) words='none vnc spice gtk' ;;
    net) words='none user' ;;
    system) words='win10 win11 win2k19 win2k22 win2k25 debian12 debian13 linux2022' ;;
    firmware)
        words='ovmf seabios'
        compgen -f -- "$2"
        ;;
    esac
    compgen -W "$words" -- "$2"
}

# The value of a verb's option, or nothing if it has none.
_vfio_trace_kind()
{
    local option

    for option in $(_vfio_trace_options "$1"); do
        case $option in
        *=*)
            case $2 in
            "-${option%%/*}" | "--$(sed 's,.*/,,; s,=.*,,' <<< "$option")")
                echo "${option#*=}"
                return
                ;;
            esac
            ;;
        esac
    done
}

# Put the words of a kind into COMPREPLY. If the colon separates words, bash
# expects only the part after the last colon.
_vfio_trace_reply()
{
    local before='' word

    case $COMP_WORDBREAKS in
    *:*) before=${2%"${2##*:}"} ;;
    esac
    while IFS= read -r word; do
        COMPREPLY+=("$3${word#"$before"}")
    done < <(_vfio_trace_words "$1" "$2" | sort -u)
    case $1 in
    file | dir | log | socket | firmware) compopt -o filenames 2>/dev/null ;;
    esac
}

_vfio_trace()
{
    local line=${COMP_LINE:0:COMP_POINT} cur='' kind='' option place=0 prefix='' verb word
    local -a words

    COMPREPLY=()
    line=${line#*"$1"}
    read -ra words <<< "$line"
    case $line in
    '' | *[[:space:]]) ;;
    *)
        cur=${words[-1]}
        unset 'words[-1]'
        ;;
    esac

    if [ ${#words[@]} -eq 0 ] || [ "${words[*]}" = help ]; then
        mapfile -t COMPREPLY < <(compgen -W "$_vfio_trace_verbs --help --version" -- "$cur")
        return
    fi
    verb=${words[0]}
    words=("${words[@]:1}")
    case $verb in
    virt | regdb | rings)
        if [ ${#words[@]} -eq 0 ]; then
            case $verb in
            virt) word='create enable disable status' ;;
            regdb) word='list check convert' ;;
            rings) word='list check add remove' ;;
            esac
            mapfile -t COMPREPLY < <(compgen -W "$word --help" -- "$cur")
            return
        fi
        verb="$verb ${words[0]}"
        words=("${words[@]:1}")
        ;;
    esac

    # At the end, kind is the kind of value that the last option takes, if any.
    for word in "${words[@]}"; do
        if [ -n "$kind" ]; then
            kind=
            continue
        fi
        case $word in
        --)
            # QEMU's own
            _vfio_trace_reply file "$cur" ''
            return
            ;;
        --*=*) ;;
        -*) kind=$(_vfio_trace_kind "$verb" "$word") ;;
        *) place=$((place + 1)) ;;
        esac
    done

    case $kind:$cur in
    :--*=*)
        case $COMP_WORDBREAKS in
        *=*) ;;
        *) prefix=${cur%%=*}= ;;
        esac
        kind=$(_vfio_trace_kind "$verb" "${cur%%=*}")
        _vfio_trace_reply "${kind:-any}" "${cur#*=}" "$prefix"
        ;;
    :-*)
        for option in $(_vfio_trace_options "$verb"); do
            word=${option%%=*}
            COMPREPLY+=("--${word#*/}")
            [ -z "${word%%/*}" ] || COMPREPLY+=("-${word%%/*}")
        done
        mapfile -t COMPREPLY < <(compgen -W "${COMPREPLY[*]}" -- "$cur")
        ;;
    *)
        _vfio_trace_reply "${kind:-$(_vfio_trace_operand "$verb" "$place")}" "$cur" ''
        ;;
    esac
}

complete -F _vfio_trace vfio-trace
