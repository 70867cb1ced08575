# SPDX-License-Identifier: GPL-2.0-or-later
#
# Completion for fish. tests/static/test_completions.py compares it with what
# the verbs' --help says.

function __vfio_trace_is --description 'Is the verb one of these?'
    set -l words (commandline -opc)
    test (count $words) -gt 1; and contains -- $words[2] $argv
end

function __vfio_trace_virt --description 'Is it virt, and its verb one of these?'
    set -l words (commandline -opc)
    test (count $words) -gt 2; and test $words[2] = virt; and contains -- $words[3] $argv
end

function __vfio_trace_guest --description 'Does the verb describe a guest?'
    __vfio_trace_is run; or __vfio_trace_virt create
end

function __vfio_trace_regdb --description 'Is it regdb, and its verb one of these?'
    set -l words (commandline -opc)
    test (count $words) -gt 2; and test $words[2] = regdb; and contains -- $words[3] $argv
end

function __vfio_trace_rings --description 'Is it rings, and its verb one of these?'
    set -l words (commandline -opc)
    test (count $words) -gt 2; and test $words[2] = rings; and contains -- $words[3] $argv
end

function __vfio_trace_words --description 'Are there so many words already?'
    test (count (commandline -opc)) -eq $argv[1]
end

function __vfio_trace_bdfs
    ls /sys/bus/pci/devices 2>/dev/null
end

function __vfio_trace_guests
    set -l dir $XDG_CONFIG_HOME ~/.config
    set -l files $dir[1]/vfio-trace/guests/*.conf /etc/vfio-trace/guests/*.conf
    printf '%s\n' $files | string replace -rf '.*/([^/]+)\.conf$' '$1'
end

function __vfio_trace_domains
    timeout 5 virsh -q list $argv --name 2>/dev/null </dev/null | string match -r '.+'
end

function __vfio_trace_session_files
    set -l dir $VFIO_TRACE_RUN_DIR /run/vfio-trace
    set -l files $dir[1]/*.json
    printf '%s\n' $files
end

function __vfio_trace_sessions
    string replace -r '.*/(.*)\.json' '$1' -- (__vfio_trace_session_files)
end

function __vfio_trace_sockets
    for file in (__vfio_trace_session_files)
        string replace -rf '^ *"qmp" *: *"(.*)".*' '$1' <$file 2>/dev/null
    end
end

function __vfio_trace_logs
    __fish_complete_suffix .mmt
    __fish_complete_suffix .mmt.zst
end

complete -c vfio-trace -f

complete -c vfio-trace -n '__vfio_trace_words 1' -a doctor -d 'check whether a device can be traced on this machine'
complete -c vfio-trace -n '__vfio_trace_words 1' -a run -d 'take a device from its driver, trace it, and give it back'
complete -c vfio-trace -n '__vfio_trace_words 1' -a restore -d 'give back the devices of a run that was killed'
complete -c vfio-trace -n '__vfio_trace_words 1' -a virt -d 'create a libvirt domain, or trace devices of one'
complete -c vfio-trace -n '__vfio_trace_words 1' -a status -d 'show what a running QEMU traces, and the state of its logs'
complete -c vfio-trace -n '__vfio_trace_words 1' -a mark -d 'write a marker into the log of a running QEMU'
complete -c vfio-trace -n '__vfio_trace_words 1' -a start -d 'start or resume tracing while the guest runs'
complete -c vfio-trace -n '__vfio_trace_words 1' -a stop -d 'stop tracing while the guest runs'
complete -c vfio-trace -n '__vfio_trace_words 1' -a window -d 'show or change the traced parts of a device'
complete -c vfio-trace -n '__vfio_trace_words 1' -a memory -d 'print or save memory of a guest'
complete -c vfio-trace -n '__vfio_trace_words 1' -a flush -d 'write everything up to now to the disk'
complete -c vfio-trace -n '__vfio_trace_words 1' -a rotate -d "continue a log in its next part"
complete -c vfio-trace -n '__vfio_trace_words 1' -a cat -d 'print a log as one plain text, or convert it to another format'
complete -c vfio-trace -n '__vfio_trace_words 1' -a tail -d 'print the end of a log, and follow it'
complete -c vfio-trace -n '__vfio_trace_words 1' -a stat -d 'count the accesses of a log by register, region, phase and more'
complete -c vfio-trace -n '__vfio_trace_words 1' -a fold -d 'print a log with its repetitions folded'
complete -c vfio-trace -n '__vfio_trace_words 1' -a decode -d 'print a log with names of registers and fields'
complete -c vfio-trace -n '__vfio_trace_words 1' -a diff -d 'show what is different in two logs'
complete -c vfio-trace -n '__vfio_trace_words 1' -a extract -d 'find what a driver uploads, and save it as files'
complete -c vfio-trace -n '__vfio_trace_words 1' -a report -d 'make a page of a log, or of the difference of two'
complete -c vfio-trace -n '__vfio_trace_words 1' -a serve -d 'show a log as it grows, live in a browser'
complete -c vfio-trace -n '__vfio_trace_words 1' -a profile -d 'show what each register of a log probably is, and why'
complete -c vfio-trace -n '__vfio_trace_words 1' -a symbolize -d 'add names to the program counters of a log'
complete -c vfio-trace -n '__vfio_trace_words 1' -a lookup -d 'explain a register of a database, or a value of it'
complete -c vfio-trace -n '__vfio_trace_words 1' -a regdb -d 'list, check and convert register databases'
complete -c vfio-trace -n '__vfio_trace_words 1' -a rings -d 'list, check, add and remove rings files, what of memory is logged'
complete -c vfio-trace -n '__vfio_trace_words 1' -a convert -d 'write a log in a format of other programs'
complete -c vfio-trace -n '__vfio_trace_words 1' -a redact -d 'write a log without secrets, to publish it'
complete -c vfio-trace -n '__vfio_trace_words 1' -a bundle -d 'make one file of a log and all that belongs to it'
complete -c vfio-trace -n '__vfio_trace_words 1' -a sequence -d 'compile a trace to operations that can be carried out'
complete -c vfio-trace -n '__vfio_trace_words 1' -a play -d 'carry a sequence out on a device'
complete -c vfio-trace -n '__vfio_trace_words 1' -a check -d 'check a log: grammar, order of time, mappings, marks'
complete -c vfio-trace -n '__vfio_trace_words 1' -a compare -d "check that a log contains the guest kernel's own log"
complete -c vfio-trace -n '__vfio_trace_words 1' -a recover -d 'complete the log of a QEMU that was killed'
complete -c vfio-trace -n '__vfio_trace_words 1' -a help -d 'print the options of a verb'
complete -c vfio-trace -n '__vfio_trace_words 1' -l version -d 'print the version'
complete -c vfio-trace -s h -l help -d 'print the options'
complete -c vfio-trace -n '__vfio_trace_is help; and __vfio_trace_words 2' -a 'doctor run restore virt status mark start stop window memory flush rotate cat tail stat fold decode diff extract report serve profile symbolize lookup regdb rings convert redact bundle sequence play check compare recover'

complete -c vfio-trace -n '__vfio_trace_is doctor' -s j -l json -d 'print JSON'
complete -c vfio-trace -n '__vfio_trace_is doctor' -s m -l memory -x -d 'memory of the guest'
complete -c vfio-trace -n '__vfio_trace_is doctor' -l qemu -rF -d 'the QEMU to use'
complete -c vfio-trace -n '__vfio_trace_is doctor' -l ask-vfio -d 'open the device and ask VFIO'
complete -c vfio-trace -n '__vfio_trace_is doctor' -l vf-token -x -d 'token of a virtual function'

complete -c vfio-trace -n __vfio_trace_guest -s o -l output -rF -d 'the log'
complete -c vfio-trace -n __vfio_trace_guest -l overwrite -d 'empty a log that exists'
complete -c vfio-trace -n __vfio_trace_guest -s d -l disk -rF -d 'a disk'
complete -c vfio-trace -n __vfio_trace_guest -l iso -rF -d 'a CD'
complete -c vfio-trace -n __vfio_trace_guest -s w -l trace-windows -xa 'all registers' -d 'what to trace'
complete -c vfio-trace -n __vfio_trace_guest -s m -l memory -x -d 'memory of the guest'
complete -c vfio-trace -n __vfio_trace_guest -l smp -x -d 'CPUs of the guest'
complete -c vfio-trace -n __vfio_trace_guest -l rings -rFa 'ahci auto e1000e hda nvme virtio xhci' -d 'what of the memory to log'
complete -c vfio-trace -n __vfio_trace_guest -l os -xa 'windows linux other' -d 'the kind of guest'
complete -c vfio-trace -n __vfio_trace_guest -l firmware -rFa 'ovmf seabios' -d 'ovmf, seabios or an image'
complete -c vfio-trace -n __vfio_trace_guest -l nvram -rF -d "keep OVMF's variables"
complete -c vfio-trace -n __vfio_trace_guest -l secure-boot -d 'Secure Boot'
complete -c vfio-trace -n __vfio_trace_guest -l no-secure-boot -d 'no Secure Boot'
complete -c vfio-trace -n __vfio_trace_guest -l tpm -d 'a TPM 2.0'
complete -c vfio-trace -n __vfio_trace_guest -l no-tpm -d 'no TPM'
complete -c vfio-trace -n __vfio_trace_guest -l share -rF -d 'a directory of the host'
complete -c vfio-trace -n __vfio_trace_guest -s k -l kernel -rF -d 'a Linux kernel'
complete -c vfio-trace -n __vfio_trace_guest -l initrd -rF -d 'its initramfs'
complete -c vfio-trace -n __vfio_trace_guest -l append -x -d 'its command line'
complete -c vfio-trace -n __vfio_trace_guest -l device-opts -x -d 'properties of a device'
complete -c vfio-trace -n __vfio_trace_guest -l log-opts -x -d 'properties of the log'
complete -c vfio-trace -n __vfio_trace_guest -l with-group -d 'also take the other devices of the IOMMU group'
complete -c vfio-trace -n __vfio_trace_guest -l display -xa 'none vnc spice gtk' -d 'the emulated display'
complete -c vfio-trace -n __vfio_trace_guest -l net -xa 'none user' -d 'the network'
complete -c vfio-trace -n __vfio_trace_guest -l usb -x -d 'a USB device of the host'
complete -c vfio-trace -n __vfio_trace_guest -l hide-hypervisor -d 'hide KVM from the guest'
complete -c vfio-trace -n __vfio_trace_guest -l accel -xa 'kvm tcg' -d 'what runs the CPUs of the guest'
complete -c vfio-trace -n __vfio_trace_guest -l vm -rFa '(__vfio_trace_guests)' -d 'read a settings file'
complete -c vfio-trace -n '__vfio_trace_is run' -l save-vm -rF -d 'write a settings file'
complete -c vfio-trace -n __vfio_trace_guest -l no-device -d 'start the guest without a device'
complete -c vfio-trace -n '__vfio_trace_is run' -l as-root -d 'run QEMU as root'
complete -c vfio-trace -n __vfio_trace_guest -l force -d 'take devices even if the host needs them'
complete -c vfio-trace -n __vfio_trace_guest -l qemu -rF -d 'the QEMU to use'
complete -c vfio-trace -n __vfio_trace_guest -s n -l dry-run -d 'only print what would be done'
complete -c vfio-trace -n '__vfio_trace_is run' -l bundle -rF -d 'make a bundle at the end'
complete -c vfio-trace -n '__vfio_trace_is run' -l no-rehearsal -d 'do not start QEMU for a rehearsal'

complete -c vfio-trace -n '__vfio_trace_is restore' -s a -l all -d 'all that killed runs and plays have taken'
complete -c vfio-trace -n '__vfio_trace_is restore' -s j -l json -d 'print JSON'

complete -c vfio-trace -n '__vfio_trace_is status' -s w -l watch -d 'repeat until interrupted'

complete -c vfio-trace -n '__vfio_trace_is status mark window' -s j -l json -d 'print JSON'

complete -c vfio-trace -n '__vfio_trace_is mark flush rotate' -s l -l log -x -d 'this log only'

complete -c vfio-trace -n '__vfio_trace_is start stop window memory' -s D -l device -xa '(__vfio_trace_bdfs)' -d 'this device only'

complete -c vfio-trace -n '__vfio_trace_is memory' -s o -l output -rF -d 'save the bytes'
complete -c vfio-trace -n '__vfio_trace_is memory' -s f -l force -d 'replace the file'
complete -c vfio-trace -n '__vfio_trace_is memory' -s p -l physical -d 'an address of the machine'
complete -c vfio-trace -n '__vfio_trace_is memory' -s n -l now -x -d 'log this ring, watch or snapshot now'
complete -c vfio-trace -n '__vfio_trace_is memory' -s l -l log -rF -d 'ask this log'
complete -c vfio-trace -n '__vfio_trace_is memory' -s w -l watch -x -d 'the watch or snapshot in the log'
complete -c vfio-trace -n '__vfio_trace_is memory' -l to -x -d 'at this time, line or mark'

complete -c vfio-trace -n '__vfio_trace_is status mark start stop window memory flush rotate' -s q -l qmp -rFa '(__vfio_trace_sockets)' -d "QEMU's QMP socket"
complete -c vfio-trace -n '__vfio_trace_is status mark start stop window memory flush rotate' -s d -l domain -xa '(__vfio_trace_domains)' -d 'a libvirt domain'
complete -c vfio-trace -n '__vfio_trace_is status mark start stop window memory flush rotate' -s c -l connect -xa 'qemu:///system qemu:///session' -d 'its libvirt'
complete -c vfio-trace -n '__vfio_trace_is status mark start stop window memory flush rotate' -s t -l timeout -x -d 'fail after this time without an answer'

complete -c vfio-trace -n '__vfio_trace_is cat' -s a -l as -xa 'mmiotrace jsonl csv' -d 'convert to this format'
complete -c vfio-trace -n '__vfio_trace_is cat' -s N -l names -d 'with names of registers'

complete -c vfio-trace -n '__vfio_trace_is tail' -s n -l lines -x -d 'number of last lines to begin with'
complete -c vfio-trace -n '__vfio_trace_is tail' -s F -l no-follow -d 'do not wait for further lines'
complete -c vfio-trace -n '__vfio_trace_is tail' -s d -l decode -d 'print names of registers and fields'

# of each verb that reads a trace
complete -c vfio-trace -n '__vfio_trace_is cat tail stat fold decode diff extract report serve profile symbolize convert redact sequence check' -l device -x -d 'only this device'
complete -c vfio-trace -n '__vfio_trace_is cat tail stat fold decode diff extract report serve profile symbolize convert redact sequence check compare' -l range -xa '0 1 2 3 4 5 rom vga config' -d 'only this region, or a part of it'
complete -c vfio-trace -n '__vfio_trace_is cat tail stat fold decode diff extract report serve profile symbolize convert redact sequence check compare' -l reg -x -d 'only registers with this name'
complete -c vfio-trace -n '__vfio_trace_is cat tail stat fold decode diff extract report serve profile symbolize convert redact sequence check compare' -l op -xa 'r w' -d 'only reads, or only writes'
complete -c vfio-trace -n '__vfio_trace_is cat tail stat fold decode diff extract report serve profile symbolize convert redact sequence check compare' -l width -xa '1 2 4 8' -d 'only accesses of this width'
complete -c vfio-trace -n '__vfio_trace_is cat tail stat fold decode diff extract report serve profile symbolize convert redact sequence check compare' -l value -x -d 'only accesses with this value'
complete -c vfio-trace -n '__vfio_trace_is cat tail stat fold decode diff extract report serve profile symbolize convert redact sequence check compare' -l cpu -x -d 'only accesses by this processor'
complete -c vfio-trace -n '__vfio_trace_is cat tail stat fold decode diff extract report serve profile symbolize convert redact sequence check compare' -l pc -x -d 'only accesses by this program counter'
complete -c vfio-trace -n '__vfio_trace_is cat tail stat fold decode diff extract report serve profile symbolize convert redact sequence check compare' -l from -x -d 'from this time, line or mark on'
complete -c vfio-trace -n '__vfio_trace_is cat tail stat fold decode diff extract report serve profile symbolize convert redact sequence check compare' -l phase -x -d 'only this phase'
complete -c vfio-trace -n '__vfio_trace_is cat tail stat fold decode diff extract report serve profile symbolize convert redact sequence check compare' -l phase-at -x -d 'a phase also begins with this write'
complete -c vfio-trace -n '__vfio_trace_is cat tail stat fold decode diff extract report serve profile symbolize convert redact sequence check compare' -l pci -x -d 'IDs of the device'
complete -c vfio-trace -n '__vfio_trace_is cat tail stat fold decode diff extract report serve profile symbolize convert redact sequence check compare' -l bar -x -d 'place of a BAR'
complete -c vfio-trace -n '__vfio_trace_is cat tail stat fold decode diff extract report serve profile symbolize convert redact sequence check compare' -l db -r -F -d 'names of registers from this database'
complete -c vfio-trace -n '__vfio_trace_is cat tail stat fold decode diff extract report serve profile symbolize convert redact sequence check compare' -l variant -x -d 'the chip'
complete -c vfio-trace -n '__vfio_trace_is cat tail stat fold decode diff extract report serve profile symbolize convert redact sequence check compare' -l domain -x -d 'domain of the database that is in a region'
complete -c vfio-trace -n '__vfio_trace_is cat tail stat fold decode diff extract report serve profile symbolize convert redact sequence check compare' -l no-db -d 'no names of registers'
complete -c vfio-trace -n '__vfio_trace_is cat tail stat fold decode diff extract report serve profile symbolize convert redact sequence check compare' -l help-all -d 'print all options'
complete -c vfio-trace -n '__vfio_trace_is cat tail stat fold decode diff extract report serve profile symbolize convert redact sequence check compare' -l help-selection -d 'print the options of the selection'
complete -c vfio-trace -n '__vfio_trace_is cat tail stat fold decode diff extract report serve profile symbolize redact sequence check compare' -l to -x -d 'up to this time, line or mark'

complete -c vfio-trace -n '__vfio_trace_is tail serve stat decode' -l script -rFa 'e1000e hda nvme pair xhci' -d 'decode with a Lua script'
complete -c vfio-trace -n '__vfio_trace_is tail serve stat decode' -l pair -x -d 'show registers behind an index and a data register'
complete -c vfio-trace -n '__vfio_trace_is stat' -s b -l by -xa 'register region device phase cpu pc width value' -d 'what to group by'
complete -c vfio-trace -n '__vfio_trace_is stat' -s t -l top -x -d 'number of groups to print'
complete -c vfio-trace -n '__vfio_trace_is stat' -s j -l json -d 'print JSON'
complete -c vfio-trace -n '__vfio_trace_is fold' -s f -l follow -d 'wait for further lines'
complete -c vfio-trace -n '__vfio_trace_is fold' -s j -l json -d 'print JSON'
complete -c vfio-trace -n '__vfio_trace_is fold' -s M -l no-marks -d 'leave marks out'
complete -c vfio-trace -n '__vfio_trace_is decode' -l as -xa 'text demmio' -d 'form of the output'
complete -c vfio-trace -n '__vfio_trace_is decode' -s c -l changes -d 'leave out accesses that change nothing'
complete -c vfio-trace -n '__vfio_trace_is decode' -l color -xa 'auto always never' -d 'use colours'
complete -c vfio-trace -n '__vfio_trace_is decode' -l fold -d 'show repetitions once'
complete -c vfio-trace -n '__vfio_trace_is decode' -s f -l follow -d 'wait for further lines'
complete -c vfio-trace -n '__vfio_trace_is decode' -s j -l json -d 'print JSON'
complete -c vfio-trace -n '__vfio_trace_is decode' -l memory -xa 'short full none' -d 'show entries of rings and watches'
complete -c vfio-trace -n '__vfio_trace_is decode' -s M -l no-marks -d 'leave marks out'
complete -c vfio-trace -n '__vfio_trace_is extract' -s o -l output -xa '(__fish_complete_directories)' -d 'save the uploads in this directory'
complete -c vfio-trace -n '__vfio_trace_is extract' -s f -l force -d 'replace files'
complete -c vfio-trace -n '__vfio_trace_is extract' -s m -l min -x -d 'leave out what has fewer bytes'
complete -c vfio-trace -n '__vfio_trace_is extract' -s a -l all -d 'also block fills and values that count'
complete -c vfio-trace -n '__vfio_trace_is extract' -s r -l reads -d 'also what is read'
complete -c vfio-trace -n '__vfio_trace_is extract' -s M -l memory -d 'also guest memory'
complete -c vfio-trace -n '__vfio_trace_is extract' -s s -l swap -xa '2 4 8' -d 'turn the bytes of words round'
complete -c vfio-trace -n '__vfio_trace_is extract' -s j -l json -d 'print JSON'
complete -c vfio-trace -n '__vfio_trace_is report' -s o -l output -rF -d 'write the page to this file'
complete -c vfio-trace -n '__vfio_trace_is report' -s f -l force -d 'replace the file'
complete -c vfio-trace -n '__vfio_trace_is serve' -l port -x -d 'listen on this port'
complete -c vfio-trace -n '__vfio_trace_is serve' -l qmp -rFa '(__vfio_trace_sockets)' -d "QMP socket of the QEMU that writes the log"
complete -c vfio-trace -n '__vfio_trace_is serve' -l guest -xa '(__vfio_trace_domains)' -d 'its libvirt domain'
complete -c vfio-trace -n '__vfio_trace_is serve' -l no-status -d 'ask no QEMU'
complete -c vfio-trace -n '__vfio_trace_is report' -s m -l max-size -x -d 'maximum size of the page'
complete -c vfio-trace -n '__vfio_trace_is profile' -s n -l new-since -x -d 'only registers that are new since this phase'
complete -c vfio-trace -n '__vfio_trace_is profile' -s a -l as -xa 'ranges rnndb' -d 'print a register database'
complete -c vfio-trace -n '__vfio_trace_is profile' -s j -l json -d 'print JSON'

complete -c vfio-trace -n '__vfio_trace_is bundle' -s o -l output -rF -d 'write the bundle to this file'
complete -c vfio-trace -n '__vfio_trace_is bundle' -s f -l force -d 'replace the file'
complete -c vfio-trace -n '__vfio_trace_is bundle' -s d -l device -xa '(__vfio_trace_bdfs)' -d 'add what this host says of this device'
complete -c vfio-trace -n '__vfio_trace_is bundle' -l no-host -d 'add nothing that this host says'
complete -c vfio-trace -n '__vfio_trace_is bundle' -l rom -d 'add the ROMs of the devices'
complete -c vfio-trace -n '__vfio_trace_is bundle' -s s -l symbols -rF -d 'add symbols of the guest'
complete -c vfio-trace -n '__vfio_trace_is bundle' -l file -rF -d 'add any other file'
complete -c vfio-trace -n '__vfio_trace_is bundle' -l command -x -d 'add this as the command line of QEMU'
complete -c vfio-trace -n '__vfio_trace_is bundle' -l redact -d 'redact the log'
complete -c vfio-trace -n '__vfio_trace_is bundle' -l secret -x -d 'for redact: replace this wherever it is'
complete -c vfio-trace -n '__vfio_trace_is bundle' -l verify -d 'check that a bundle is complete and unchanged'
complete -c vfio-trace -n '__vfio_trace_is bundle' -s l -l list -d 'print what a bundle has'
complete -c vfio-trace -n '__vfio_trace_is bundle' -s x -l extract -d 'write the files of a bundle to a directory'
complete -c vfio-trace -n '__vfio_trace_is convert' -s t -l to -xa 'csv ctf jsonl mmiotrace pcapng perfetto sqlite vcd' -d 'the format'
complete -c vfio-trace -n '__vfio_trace_is convert' -s o -l output -rF -d 'write to this file'
complete -c vfio-trace -n '__vfio_trace_is convert' -s f -l force -d 'replace the file'
complete -c vfio-trace -n '__vfio_trace_is convert' -s N -l names -d 'with names of registers'
complete -c vfio-trace -n '__vfio_trace_is convert' -s n -l rows -x -d 'begin another file after so many rows'
complete -c vfio-trace -n '__vfio_trace_is redact' -s o -l output -rF -d 'write to this file'
complete -c vfio-trace -n '__vfio_trace_is redact' -s f -l force -d 'replace the file'
complete -c vfio-trace -n '__vfio_trace_is redact' -s a -l all -d 'replace everything that can be found'
complete -c vfio-trace -n '__vfio_trace_is redact' -s s -l secret -x -d 'replace this wherever it is'
complete -c vfio-trace -n '__vfio_trace_is redact' -s r -l register -x -d 'replace the values of these registers'
complete -c vfio-trace -n '__vfio_trace_is redact' -s m -l mac -d 'replace MAC addresses'
complete -c vfio-trace -n '__vfio_trace_is redact' -l serials -d 'replace serial numbers'
complete -c vfio-trace -n '__vfio_trace_is redact' -l snapshots -d 'replace the contents of snapshots'
complete -c vfio-trace -n '__vfio_trace_is redact' -l marks -d 'replace the text of marks'
complete -c vfio-trace -n '__vfio_trace_is redact' -l names -d 'replace names of devices'
complete -c vfio-trace -n '__vfio_trace_is redact' -l clock -d 'move the wall clock to the year 2000'
complete -c vfio-trace -n '__vfio_trace_is redact' -l report -d 'print what was replaced'
complete -c vfio-trace -n '__vfio_trace_is redact' -l seed -x -d 'the same replacements each time'
complete -c vfio-trace -n '__vfio_trace_is sequence' -s o -l output -rF -d 'write to this file'
complete -c vfio-trace -n '__vfio_trace_is sequence' -s F -l format -xa 'json c python' -d 'write this format'
complete -c vfio-trace -n '__vfio_trace_is sequence' -s f -l force -d 'replace files that exist'
complete -c vfio-trace -n '__vfio_trace_is sequence' -s b -l backend -xa 'vfio sysfs' -d 'how a program gets at the device'
complete -c vfio-trace -n '__vfio_trace_is sequence' -l min-delay -x -d 'gaps from this on become delays'
complete -c vfio-trace -n '__vfio_trace_is sequence' -l min-upload -x -d 'runs of writes from this on become files'
complete -c vfio-trace -n '__vfio_trace_is sequence' -l dma -x -d 'values in this memory are addresses'
complete -c vfio-trace -n '__vfio_trace_is sequence' -l drop-reads -d 'leave reads out that have no effect'
complete -c vfio-trace -n '__vfio_trace_is sequence' -l no-loops -d 'make no loops of cycles'
complete -c vfio-trace -n '__vfio_trace_is play' -s n -l dry-run -d 'only print the operations'
complete -c vfio-trace -n '__vfio_trace_is play' -s s -l step -d 'ask before each operation'
complete -c vfio-trace -n '__vfio_trace_is play' -l from -x -d 'begin with this phase'
complete -c vfio-trace -n '__vfio_trace_is play' -l to -x -d 'end with this phase'
complete -c vfio-trace -n '__vfio_trace_is play' -s l -l log -rF -d 'write a trace of it'
complete -c vfio-trace -n '__vfio_trace_is play' -s b -l buffers -xa '(__fish_complete_directories)' -d 'save the buffers'
complete -c vfio-trace -n '__vfio_trace_is play' -l any-device -d 'also on other devices'
complete -c vfio-trace -n '__vfio_trace_is play' -l with-group -d 'also take the other devices of the group'
complete -c vfio-trace -n '__vfio_trace_is play' -l vf-token -x -d 'token of a virtual function'
complete -c vfio-trace -n '__vfio_trace_is play' -s t -l timeout -x -d 'end after this time'
complete -c vfio-trace -n '__vfio_trace_is play' -s y -l yes -d 'do not ask'
complete -c vfio-trace -n '__vfio_trace_is play' -s f -l force -d 'replace files'

complete -c vfio-trace -n '__vfio_trace_is symbolize' -s k -l kallsyms -rF -d "the guest's kallsyms"
complete -c vfio-trace -n '__vfio_trace_is symbolize' -s v -l vmlinux -rF -d "its kernel's ELF file"
complete -c vfio-trace -n '__vfio_trace_is symbolize' -s s -l system-map -rF -d "its kernel's System.map"
complete -c vfio-trace -n '__vfio_trace_is symbolize' -s K -l kaslr-offset -x -d 'offset of KASLR'
complete -c vfio-trace -n '__vfio_trace_is symbolize' -s m -l modules -rF -d 'its /proc/modules'
complete -c vfio-trace -n '__vfio_trace_is symbolize' -s d -l module-dir -xa '(__fish_complete_directories)' -d "directory of its modules' files"
complete -c vfio-trace -n '__vfio_trace_is symbolize' -s M -l map -rF -d 'ranges with names'
complete -c vfio-trace -n '__vfio_trace_is symbolize' -s S -l summary -d 'print a summary of each function'
complete -c vfio-trace -n '__vfio_trace_is symbolize' -s j -l json -d 'print JSON'
complete -c vfio-trace -n '__vfio_trace_is symbolize' -s o -l output -rF -d 'write to a file'
complete -c vfio-trace -n '__vfio_trace_is symbolize' -s f -l force -d 'replace the file'

complete -c vfio-trace -n '__vfio_trace_is lookup' -s D -l device -x -d 'use the database of this device'
complete -c vfio-trace -n '__vfio_trace_is lookup' -s e -l enum -x -d 'explain an enum'
complete -c vfio-trace -n '__vfio_trace_is lookup' -s b -l bitset -x -d 'explain a bitset'
complete -c vfio-trace -n '__vfio_trace_is lookup' -s s -l short -d 'print one line'
complete -c vfio-trace -n '__vfio_trace_is lookup' -s j -l json -d 'print JSON'
complete -c vfio-trace -n '__vfio_trace_is lookup' -l db -r -F -d 'names of registers from this database'
complete -c vfio-trace -n '__vfio_trace_is lookup' -l variant -x -d 'the chip'
complete -c vfio-trace -n '__vfio_trace_is lookup' -l domain -x -d 'domain of the database that is in a region'
complete -c vfio-trace -n '__vfio_trace_is lookup' -l no-db -d 'no names of registers'
complete -c vfio-trace -n '__vfio_trace_is lookup' -l help-all -d 'print all options'
complete -c vfio-trace -n '__vfio_trace_is lookup' -l help-names -d 'print the options that choose the database'

complete -c vfio-trace -n '__vfio_trace_is check' -s c -l complete -d 'report an incomplete log as a fault'
complete -c vfio-trace -n '__vfio_trace_is check' -s j -l json -d 'print JSON'
complete -c vfio-trace -n '__vfio_trace_is check' -s k -l kernel -d "a log of Linux's own mmiotrace"
complete -c vfio-trace -n '__vfio_trace_is check' -s m -l max-faults -x -d 'maximum number of faults to print'

complete -c vfio-trace -n '__vfio_trace_is diff' -s s -l summary -d 'print a table of registers'
complete -c vfio-trace -n '__vfio_trace_is diff' -s F -l full -d 'print every access and all differences'
complete -c vfio-trace -n '__vfio_trace_is diff' -s j -l json -d 'print JSON'
complete -c vfio-trace -n '__vfio_trace_is diff' -s c -l context -x -d 'number of accesses around a difference'
complete -c vfio-trace -n '__vfio_trace_is diff' -s l -l lines -x -d 'maximum number of lines of a difference'
complete -c vfio-trace -n '__vfio_trace_is diff' -s i -l ignore -xa 'dma counter time' -d 'ignore a register or a class of values'
complete -c vfio-trace -n '__vfio_trace_is diff' -s v -l values -xa 'writes all none' -d 'which values to compare'
complete -c vfio-trace -n '__vfio_trace_is diff' -s p -l pair -x -d 'compare this device with that one'
complete -c vfio-trace -n '__vfio_trace_is diff' -s S -l state -d 'show registers that are left with different values'
complete -c vfio-trace -n '__vfio_trace_is diff' -l at -x -d 'at the end of this phase'
complete -c vfio-trace -n '__vfio_trace_is diff' -l subtract -d 'show what B does and A never does'
complete -c vfio-trace -n '__vfio_trace_is diff' -l against-all -d 'leave out what varies between the other logs'
complete -c vfio-trace -n '__vfio_trace_is diff' -l color -xa 'auto always never' -d 'use colours'
complete -c vfio-trace -n '__vfio_trace_is diff' -l window -x -d 'maximum number of accesses in memory'

complete -c vfio-trace -n '__vfio_trace_is compare' -s d -l device -x -d 'this device only'
complete -c vfio-trace -n '__vfio_trace_is compare' -s c -l context -x -d 'number of accesses around a difference'
complete -c vfio-trace -n '__vfio_trace_is compare' -s m -l max-differences -x -d 'maximum number of differences to show'
complete -c vfio-trace -n '__vfio_trace_is compare' -s p -l pair -x -d 'compare this device with that one'
complete -c vfio-trace -n '__vfio_trace_is compare' -l contiguous -d 'permit no extras between accesses of the oracle'
complete -c vfio-trace -n '__vfio_trace_is compare' -l exact -d 'permit no extras'

complete -c vfio-trace -n '__vfio_trace_is recover' -s l -l list -d 'only list the rings'
complete -c vfio-trace -n '__vfio_trace_is recover' -s o -l output -rF -d 'write into a new file'
complete -c vfio-trace -n '__vfio_trace_is recover' -s r -l ring -rF -d 'the ring'
complete -c vfio-trace -n '__vfio_trace_is recover' -s a -l all-users -d 'also recover rings of other users'
complete -c vfio-trace -n '__vfio_trace_is recover' -s d -l ring-dir -xa '(__fish_complete_directories)' -d 'directory of the rings'

complete -c vfio-trace -n '__vfio_trace_virt create' -l help-all -d 'print all options'
complete -c vfio-trace -n '__vfio_trace_virt create' -l help-guest -d 'print the options that describe the guest'
complete -c vfio-trace -n '__vfio_trace_virt create' -l network -x -d 'a network of libvirt'
complete -c vfio-trace -n '__vfio_trace_virt create' -l osinfo -xa 'win10 win11 win2k19 win2k22 win2k25 debian12 debian13 linux2022' -d 'the name of the system'
complete -c vfio-trace -n '__vfio_trace_virt create' -l uuid -x -d 'the UUID of the domain'

complete -c vfio-trace -n '__vfio_trace_virt enable' -s o -l log -rF -d 'where QEMU writes the log'
complete -c vfio-trace -n '__vfio_trace_virt enable' -s w -l trace-windows -xa 'all registers' -d 'what to trace'
complete -c vfio-trace -n '__vfio_trace_virt enable' -l rings -rFa 'ahci auto e1000e hda nvme virtio xhci' -d 'what of the memory to log'
complete -c vfio-trace -n '__vfio_trace_virt enable' -l log-opts -x -d 'properties of the log'
complete -c vfio-trace -n '__vfio_trace_virt enable' -l device-opts -x -d 'properties of the devices'
complete -c vfio-trace -n '__vfio_trace_virt enable' -l qemu -rF -d 'the QEMU to use'

complete -c vfio-trace -n '__vfio_trace_virt create enable disable' -s y -l yes -d 'do not ask'
complete -c vfio-trace -n '__vfio_trace_virt enable disable' -s n -l dry-run -d 'only show what would change'

complete -c vfio-trace -n '__vfio_trace_virt create enable disable status' -s c -l connect -xa 'qemu:///system qemu:///session' -d 'the libvirt connection'

complete -c vfio-trace -n '__vfio_trace_virt status' -s j -l json -d 'print JSON'

complete -c vfio-trace -n '__vfio_trace_regdb list check' -s j -l json -d 'print JSON'

complete -c vfio-trace -n '__vfio_trace_regdb check convert' -s F -l format -xa 'rnndb umr mesa svd header ranges' -d 'the files have this format'

complete -c vfio-trace -n '__vfio_trace_regdb convert' -s a -l as -xa 'rnndb ranges' -d 'write this format'
complete -c vfio-trace -n '__vfio_trace_regdb convert' -s o -l output -rF -d 'write to a file'
complete -c vfio-trace -n '__vfio_trace_regdb convert' -s f -l force -d 'replace the file'
complete -c vfio-trace -n '__vfio_trace_regdb convert' -s d -l domain -x -d 'only this domain'
complete -c vfio-trace -n '__vfio_trace_regdb convert' -s v -l variant -x -d 'only what this chip has'

complete -c vfio-trace -n '__vfio_trace_rings add remove' -s D -l device -xa '(__vfio_trace_bdfs)' -d 'this device only'
complete -c vfio-trace -n '__vfio_trace_rings add remove' -s q -l qmp -rFa '(__vfio_trace_sockets)' -d "QEMU's QMP socket"
complete -c vfio-trace -n '__vfio_trace_rings add remove' -s d -l domain -xa '(__vfio_trace_domains)' -d 'a libvirt domain'
complete -c vfio-trace -n '__vfio_trace_rings add remove' -s c -l connect -xa 'qemu:///system qemu:///session' -d 'its libvirt'
complete -c vfio-trace -n '__vfio_trace_rings add remove' -s t -l timeout -x -d 'fail after this time without an answer'

complete -c vfio-trace -n '__vfio_trace_rings list check' -s j -l json -d 'print JSON'

complete -c vfio-trace -n '__vfio_trace_is window; and __vfio_trace_words 2' -a 'list add remove'
complete -c vfio-trace -n '__vfio_trace_is window; and not __vfio_trace_words 2' -a '0 1 2 3 4 5 rom vga config'
complete -c vfio-trace -n '__vfio_trace_is virt; and __vfio_trace_words 2' -a 'create enable disable status'
complete -c vfio-trace -n '__vfio_trace_is regdb; and __vfio_trace_words 2' -a 'list check convert'
complete -c vfio-trace -n '__vfio_trace_is rings; and __vfio_trace_words 2' -a 'list check add remove'
complete -c vfio-trace -n '__vfio_trace_rings check add remove; and not __vfio_trace_words 2' -Fa 'ahci e1000e hda nvme virtio xhci'
complete -c vfio-trace -n '__vfio_trace_regdb check convert; and not __vfio_trace_words 2' -F
complete -c vfio-trace -n '__vfio_trace_virt enable disable status; and __vfio_trace_words 3' -a '(__vfio_trace_domains --all)'
complete -c vfio-trace -n '__vfio_trace_virt create enable disable; and not __vfio_trace_words 3' -a '(__vfio_trace_bdfs)'
complete -c vfio-trace -n '__vfio_trace_is doctor run' -a '(__vfio_trace_bdfs)'
complete -c vfio-trace -n '__vfio_trace_is play; and __vfio_trace_words 2' -F
complete -c vfio-trace -n '__vfio_trace_is play; and not __vfio_trace_words 2' -a '(__vfio_trace_bdfs)'
complete -c vfio-trace -n '__vfio_trace_is restore' -a '(__vfio_trace_sessions)'
complete -c vfio-trace -n '__vfio_trace_is cat tail stat fold decode diff extract report serve profile symbolize convert redact bundle sequence check compare recover' -a '(__vfio_trace_logs)'
