/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: a log for formats with a time axis: perfetto, vcd
 *
 * Two regions, two processors and an unknown one, a poll, an interrupt, a
 * pause, an access of unknown direction, a mark of a user that begins a phase.
 */
#ifndef TESTS_UNIT_TIMELINE_LOG_H
#define TESTS_UNIT_TIMELINE_LOG_H

#define TIMELINE_HEAD \
    "VERSION 20070824\n" \
    "MARK 1.000000 vfio-trace: log format=1 qemu=10.0.0 extra=cpu+ns\n" \
    "PCIDEV 0028 808610d3 17 feb80000 0 0 0 0 0 0 20000 0 0 0 0 0 0 " \
    "vfio-pci\n" \
    "MARK 1.000000 vfio-trace: device id=dut0 host=0000:00:05.0 " \
    "type=vfio-pci-trace addresses=host\n" \
    "MARK 1.000000 vfio-trace: coverage device=dut0 bar=0 map=1 " \
    "addr=0xfeb80000 len=0x20000 state=trapped\n" \
    "MARK 1.000000 vfio-trace: coverage device=dut0 config map=2 addr=0x0 " \
    "len=0x1000 state=trapped\n" \
    "MAP 1.000001 1 0xfeb80000 0xfeb80000 0x20000 0x0 0\n"

#define TIMELINE_LOG TIMELINE_HEAD \
    "W 4 1.000002 1 0xfeb80000 0x40 0x0 0 cpu=0 ns=1.000002000\n" \
    "R 4 1.000002 1 0xfeb80008 0x40 0x0 0 cpu=1 ns=1.000002500\n" \
    "R 4 1.000003 1 0xfeb80008 0x40 0x0 0 cpu=1 ns=1.000003500\n" \
    "R 4 1.000004 1 0xfeb80008 0x41 0x0 0 cpu=1 ns=1.000004500\n" \
    "MARK 1.000004 vfio-trace: irq device=dut0 msix vector=3\n" \
    "MARK 1.000005 link, \"up\"\n" \
    "W 2 1.000006 1 0xfeb8000c 0x783 0xffffffff81000000 0 cpu=- " \
    "ns=1.000006999\n" \
    "MARK 1.000006 vfio-trace: config R width=2 map=2 offset=0x0 " \
    "value=0x8086 cpu=0 ns=1.000006999\n" \
    "MARK 1.000007 vfio-trace: vm state=paused reason=io-error\n" \
    "MARK 1.500000 vfio-trace: vm state=running paused-ns=499993000\n" \
    "UNKNOWN 1.500001 1 0xfeb80010 0f,b6,00 0xffffffff81000000 0\n" \
    "R 8 1.500002 1 0xfeb80018 0xffffffffffffffff 0x0 0 cpu=0 " \
    "ns=1.500002000\n" \
    "MARK 1.500003 vfio-trace: end\n"

/*
 * Texts that would be something else: escapes for terminals, ends of words and
 * commands of formats, bytes that are not UTF-8, a change of direction
 */
#define TIMELINE_HOSTILE TIMELINE_HEAD \
    "W 4 1.000002 1 0xfeb80000 0x40 0x0 0 cpu=0 ns=1.000002000\n" \
    "MARK 1.000003 $end $enddefinitions $end #99999999999 b1 !\n" \
    "MARK 1.000004 \033[31m\xff\xfe\xe2\x80\xae \\n \\x41 %s%n\n" \
    "MARK 1.000005 <script>alert(1)</script>'); DROP TABLE marks; --\n" \
    "R 4 1.000006 1 0xfeb80008 0x1 0x0 0 cpu=4294967294 ns=1.000006000\n" \
    "R 4 1.000007 1 0xfeb80008 0x1 0x0 0 cpu=4000000000 ns=1.000007000\n" \
    "W 4 0.000001 1 0xfeb80000 0x41 0x0 0 cpu=0 ns=0.000001000\n" \
    "W 4 9999999999.000001 1 0xfeb80000 0x42 0x0 0 cpu=0 " \
    "ns=9999999999.000001000\n" \
    "MARK 1.500003 vfio-trace: end\n"

#endif /* TESTS_UNIT_TIMELINE_LOG_H */
