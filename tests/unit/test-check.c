/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace check
 */
#include <glib.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "lspci-log.h"
#include "run-tool.h"
#include "two-domains.h"

#define PCIDEV "PCIDEV 0028 808610d3 1b f0080000 f00a000c 0 e081 0 0 " \
               "f0040000 20000 20000 0 20 0 0 40000 vfio-pci\n"

/* Lines 1 to 4 of most logs here; no region has the ports' address. */
#define HEAD "VERSION 20070824\n" \
             PCIDEV \
             "MAP 1.000000 1 0xf0080000 0xfeb80000 0x20000 0x0 0\n" \
             "MAP 1.000000 2 0xe080 0xc040 0x20 0x0 0\n"

#define LOG_MARK "MARK 1.000000 vfio-trace: log format=1 qemu=10.0.0\n"
#define EXTRA_MARK "MARK 1.000000 vfio-trace: log format=1 qemu=10.0.0 " \
                   "extra=cpu+ns pc=on\n"
#define END_MARK "MARK 1.000009 vfio-trace: end\n"
#define NO_END "no end mark: QEMU still runs, was killed, or the log was cut\n"

typedef struct {
    const char *name;
    const char *option;
    const char *log;
    const char *faults;     /* all messages, "" for none */
} Case;

static const Case cases[] = {
    { "clean", NULL, HEAD "R 4 1.000001 1 0xf0080008 0x1 0x0 0\n"
      "W 4 1.000001 2 0xe09c 0x1 0x0 0\nMARK 1.000002 x\n"
      "UNMAP 1.000003 1 0x0 0\n", "" },
    { "map-again", NULL, HEAD "UNMAP 1.000001 1 0x0 0\n"
      "MAP 1.000002 1 0xf0080000 0xfec80000 0x20000 0x0 0\n"
      "R 4 1.000003 1 0xf0080008 0x1 0x0 0\n", "" },
    { "extras", NULL, HEAD "R 4 1.000001000 1 0xf0080008 0x1 0x0 0 cpu=3\n",
      "" },
    { "extras-ours", NULL, HEAD EXTRA_MARK
      "R 4 1.000001 1 0xf0080008 0x1 0x0 0 cpu=3 ns=1.000001999\n"
      "MARK 1.000001 x\n"
      "W 4 1.000001 1 0xf0080008 0x1 0x0 0 cpu=- ns=1.000001999 cr4=x\n"
      "UNMAP 1.000001 1 0x0 0\n" END_MARK, "" },
    { "extras-missing", NULL, HEAD EXTRA_MARK
      "R 4 1.000001 1 0xf0080008 0x1 0x0 0 cpu=3\n"
      "W 4 1.000001 1 0xf0080008 0x1 0x0 0\n" END_MARK,
      "<stdin>:6:35: the access has no ns, which the log's first mark "
      "lists\n"
      "<stdin>:7:35: the access has no cpu+ns, which the log's first mark "
      "lists\n" },
    { "extras-untold", NULL, HEAD LOG_MARK
      "R 4 1.000001 1 0xf0080008 0x1 0x0 0 cpu=3\n" END_MARK,
      "<stdin>:6:37: the access has cpu, which the log's first mark does not "
      "list\n" },
    { "extras-time", NULL, HEAD EXTRA_MARK
      "R 4 1.000001 1 0xf0080008 0x1 0x0 0 cpu=3 ns=1.000002000\n"
      "R 4 1.000003 1 0xf0080008 0x1 0x0 0 cpu=3 ns=1.000003009\n"
      "R 4 1.000003 1 0xf0080008 0x1 0x0 0 cpu=3 ns=1.000003008\n" END_MARK,
      "<stdin>:6:37: ns=1.000002000 is not the time of the line\n"
      "<stdin>:8:37: time goes back by 1 ns, to before line 7\n" },
    { "extras-name", NULL, HEAD
      "MARK 1.000000 vfio-trace: log format=1 qemu=1 extra=cpu+x\n",
      "<stdin>:5:53: extra= has a name that no field has\n" },
    { "empty", NULL, "", "<stdin>:1:1: the log is empty\n" },
    { "grammar", NULL, HEAD "R 3 1.000001 1 0xf0080008 0x1 0x0 0\n"
      "R 4 1.000001 1 0xf0080008 0x1 0x0 0 \n\nnonsense\n",
      "<stdin>:5:3: width: width is 3; 1, 2, 4 or 8 expected\n"
      "<stdin>:6:36: extra: a blank at the end of the line\n"
      "<stdin>:7:1: keyword: the line is empty\n"
      "<stdin>:8:1: keyword: a line can not begin with 'nonsense'\n" },
    { "no-version", NULL, "MARK 1.000000 x\nMARK 1.000001 y\n",
      "<stdin>:1:1: the log does not begin with VERSION\n" },
    { "version-twice", NULL, HEAD "VERSION 20070824\n",
      "<stdin>:5:1: VERSION for the second time: are these two logs in "
      "one file?\n" },
    { "comment", NULL, HEAD "# tracer: mmiotrace\n",
      "<stdin>:5:1: a comment: only the kernel's logs have them "
      "(--kernel)\n" },
    { "comment-kernel", "--kernel", "# tracer: mmiotrace\n" HEAD, "" },
    { "time", NULL, HEAD "MARK 2.000000 x\nR 4 1.999999 1 0xf0080008 0x1 0x0 "
      "0\nMARK 2.000000 y\n",
      "<stdin>:6:5: time goes back by 0.000001 s, to before line 5\n" },
    { "never-mapped", NULL, HEAD "R 4 1.000001 7 0xf0080008 0x1 0x0 0\n"
      "R 4 1.000002 7 0xf0080008 0x1 0x0 0\n",
      "<stdin>:5:14: map 7 was never mapped\n" },
    { "unmapped", NULL, HEAD "UNMAP 1.000001 1 0x0 0\n"
      "R 4 1.000002 1 0xf0080008 0xffffffff 0x0 0\n"
      "R 4 1.000003 1 0xf0080008 0xffffffff 0x0 0\n"
      "MARK 1.000003 vfio-trace: failed R width=4 map=1 addr=0xf0080008\n"
      "R 4 1.000004 1 0xf0080008 0xffffffff 0x0 0\nMARK 1.000005 x\n"
      "W 4 1.000006 1 0xf0080008 0xffffffff 0x0 0\n",
      "<stdin>:6:14: map 1 is not mapped since line 5, and no mark says that "
      "the access failed\n"
      "<stdin>:9:14: map 1 is not mapped since line 5, and no mark says that "
      "the access failed\n"
      "<stdin>:11:14: map 1 is not mapped since line 5, and no mark says that "
      "the access failed\n" },
    { "flag-mark", NULL, HEAD "R 4 1.000001 1 0xf0080008 0x1 0x0 0\n"
      "MARK 1.000001 vfio-trace: failed R width=4 map=1 addr=0xf008000c\n"
      "R 4 1.000001 1 0xf0080008 0x1 0x0 0\nMARK 1.000002 x\n"
      "MARK 1.000002 vfio-trace: failed R width=4 map=1 addr=0xf0080008\n",
      "<stdin>:6:15: the mark does not belong to the access before it\n"
      "<stdin>:9:15: the mark does not belong to the access before it\n" },
    { "both-flag-marks", NULL, HEAD "W 4 1.000001 1 0xf0080008 0x1 0x0 0\n"
      "MARK 1.000001 vfio-trace: failed W width=4 map=1 addr=0xf0080008\n"
      "MARK 1.000001 vfio-trace: pending W width=4 map=1 addr=0xf0080008\n",
      "" },
    { "outside", NULL, HEAD "R 4 1.000001 1 0xf007ffff 0x1 0x0 0\n"
      "R 4 1.000001 1 0xf009fffc 0x1 0x0 0\n"
      "R 4 1.000001 1 0xf009fffd 0x1 0x0 0\n"
      "R 4 1.000001 2 0xf0080008 0x1 0x0 0\n",
      "<stdin>:5:16: 0xf007ffff (4 bytes) is outside map 1, which is 0x20000 "
      "bytes at 0xf0080000\n"
      "<stdin>:7:16: 0xf009fffd (4 bytes) is outside map 1, which is 0x20000 "
      "bytes at 0xf0080000\n"
      "<stdin>:8:16: 0xf0080008 (4 bytes) is outside map 2, which is 0x20 "
      "bytes at 0xe080\n" },
    { "map-twice", NULL, HEAD
      "MAP 1.000001 1 0xf0080000 0xfeb80000 0x20000 0x0 0\n",
      "<stdin>:5:14: map 1 is mapped already, in line 3\n" },
    { "unmap-twice", NULL, HEAD "UNMAP 1.000001 1 0x0 0\n"
      "UNMAP 1.000001 1 0x0 0\nUNMAP 1.000001 9 0x0 0\n"
      "UNMAP 1.000001 -1 0x0 0\n",
      "<stdin>:6:16: map 1 is unmapped already, in line 5\n"
      "<stdin>:7:16: map 9 is unmapped, but was never mapped\n"
      "<stdin>:8:16: map -1 is unmapped: only the kernel's logs have that "
      "(--kernel)\n" },
    { "unmap-kernel", "--kernel", HEAD "UNMAP 1.000001 -1 0x0 0\n", "" },
    { "map-length", NULL, HEAD "MAP 1.000001 5 0x1000 0x0 0x0 0x0 0\n"
      "MAP 1.000001 6 0xfffffffffffff000 0x0 0x1001 0x0 0\n"
      "MAP 1.000001 7 0xfffffffffffff000 0x0 0x1000 0x0 0\n",
      "<stdin>:5:27: the mapping has no length\n"
      "<stdin>:6:39: the mapping ends beyond the last address\n" },
    { "value", NULL, HEAD "W 1 1.000001 1 0xf0080008 0x100 0x0 0\n"
      "R 2 1.000001 1 0xf0080008 0xffff 0x0 0\n"
      "R 4 1.000001 1 0xf0080008 0x100000000 0x0 0\n"
      "R 8 1.000001 1 0xf0080008 0xffffffffffffffff 0x0 0\n",
      "<stdin>:5:27: the value 0x100 does not fit into 1 byte\n"
      "<stdin>:7:27: the value 0x100000000 does not fit into 4 bytes\n" },
    { "value-kernel", "-k", HEAD
      "R 1 1.000001 1 0xf0080008 0xffffff80 0x0 0\n"
      "W 4 1.000001 1 0xf0080008 0x8b4800000001 0x0 0\n"
      "W 1 1.000001 1 0xf0080008 0x100 0x0 0\n"
      "UNKNOWN 1.000001 1 0xf0080008 0f,b6,00 0x0 0\n",
      "<stdin>:7:27: the value 0x100 does not fit into 1 byte\n" },
    { "port-width", NULL, HEAD "W 8 1.000001 2 0xe080 0x1 0x0 0\n",
      "<stdin>:5:3: an I/O port can not be accessed 8 bytes at a time\n" },
    { "mark", NULL, HEAD "MARK 1.000001 a\tb\n",
      "<stdin>:5:16: the mark has a control character (0x09)\n" },
    { "mark-kernel", "-k", HEAD "MARK 1.000001 a\tb\n", "" },
    { "lost", NULL, HEAD "MARK 0.000000 Lost 3 events.\n"
      "MARK 0.000000 Lost 1 events.\nMARK 1.000001 x\n",
      "<stdin>:5:15: 3 events were lost here\n"
      "<stdin>:6:15: 1 event was lost here\n" },
    { "lost-cpu", "-k", HEAD "CPU:0 [LOST 3 EVENTS]\nCPU:0 [LOST EVENTS]\n",
      "<stdin>:5:13: 3 events were lost here or before\n"
      "<stdin>:6:13: events were lost here\n" },
    { "cut-off", NULL, HEAD "R 4 1.000001 1 0xf0080",
      "<stdin>:5:23: the log ends without a newline: its last line is cut "
      "off\n" },
    { "no-newline", NULL, HEAD "R 4 1.000001 1 0xf0080008 0x1 0x0 0",
      "<stdin>:5:36: the log ends without a newline: its last line is cut "
      "off\n" },
    { "pcidev", NULL, "VERSION 20070824\n"
      "PCIDEV 0028 ffff10d3 1b f0080000 0 0 0 0 0 0 30000 0 0 0 0 0 0 x\n"
      "PCIDEV 0028 808610d3 1b f0010000 0 0 0 0 0 0 20000 0 0 0 0 0 0 x\n"
      "PCIDEV 0028 808610d3 1b f008000c 1000 0 0 0 0 0 20000 1000 0 0 0 0 0 x"
      "\nPCIDEV 0028 808610d3 1b 10001 0 0 0 0 0 0 20 0 0 0 0 0 0 x\n"
      "PCIDEV 0028 808610d3 1b 0 0 0 0 0 0 c0003 0 0 0 0 0 0 20000 x\n",
      "<stdin>:2:13: no device has vendor ID ffff\n"
      "<stdin>:2:46: the size of BAR0 is 0x30000, which is not a power of two\n"
      "<stdin>:3:25: BAR0 at 0xf0010000 is not aligned to its size 0x20000\n"
      "<stdin>:4:25: BAR0 is a 64-bit BAR, but the slot for its upper half is "
      "not empty\n"
      "<stdin>:5:25: BAR0 is for I/O ports, but 0x10000 is beyond the last "
      "port\n" },
    { "pcidev-kernel", "-k", "VERSION 20070824\n"
      "PCIDEV 0028 ffff10d3 1b f0010000 0 0 0 0 0 0 30000 0 0 0 0 0 0 \n", "" },
    { "no-event", NULL, "# tracer: mmiotrace\n", "" },
    { "no-event-kernel", "--kernel", "# tracer: mmiotrace\n#\n", "" },
    { "other-comment", NULL, "# a comment\n",
      "<stdin>:1:1: a comment: only the kernel's logs have them (--kernel)\n"
      "<stdin>:1:1: there is no VERSION line\n" },
    { "kernels-view", NULL, "# tracer: mmiotrace\n#\n"
      "# entries-in-buffer/entries-written: 2/5   #P:1\n#\n"
      "R 1 1.000001 1 0xf0080008 0xffffff80 0x0 0\n"
      "UNMAP 1.000001 1 0x0 0\nUNMAP 1.000001 -1 0x0 0\n",
      "<stdin>:3:1: 3 events were overwritten: the kernel's buffer was full "
      "(buffer_size_kb)\n" },
    { "kernels-accesses", NULL, "R 1 1.000001 1 0xf0080008 0xffffff80 0x0 0\n"
      "W 1 1.000001 1 0xf0080008 0x100 0x0 0\n",
      "<stdin>:2:27: the value 0x100 does not fit into 1 byte\n" },
    { "kernels-devices", NULL, "VERSION 20070824\n"
      "PCIDEV 0000 ffff10d3 1b f0010000 0 0 0 0 0 0 30000 0 0 0 0 0 0 \n"
      "PCIDEV 0028 ffff10d3 1b f0010000 0 0 0 0 0 0 30000 0 0 0 0 0 0 \n"
      "UNMAP 1.000001 -1 0x0 0\n", "" },
    /* another device gets the ID of one that was stopped, and its map id */
    { "same-id", NULL, "VERSION 20070824\n" LOG_MARK
      "PCIDEV 0100 10de2206 0 fa000000 0 0 0 0 0 0 1000 0 0 0 0 0 0 x\n"
      "MARK 1.000000 vfio-trace: device id=d host=0000:01:00.0 type=x "
      "addresses=host\n"
      "MARK 1.000000 vfio-trace: coverage device=d config map=1 addr=0x0 "
      "len=0x1000 state=trapped\n"
      "MARK 1.000000 vfio-trace: stop device=d\n"
      "MARK 1.000000 vfio-trace: detached id=d\n"
      "PCIDEV 0200 10de2206 0 fb000000 0 0 0 0 0 0 1000 0 0 0 0 0 0 x\n"
      "MARK 1.000000 vfio-trace: device id=d host=0000:02:00.0 type=x "
      "addresses=host\n"
      "MARK 1.000000 vfio-trace: coverage device=d bar=0 map=1 "
      "addr=0xfb000000 len=0x1000 state=trapped\n"
      "MAP 1.000001 1 0xfb000000 0xfb000000 0x1000 0x0 0\n"
      "R 4 1.000002 1 0xfb000000 0x1 0x0 0\n" END_MARK, "" },
    { "lspci", NULL, LSPCI_LOG, "" },
    { "lspci-kernel", "-k", "VERSION 20070824\n"
      "LSPCI 01:00.0 VGA compatible controller: A GPU\n", "" },
    { "lspci-ours", NULL, "VERSION 20070824\n"
      "MARK 1.000000 vfio-trace: log format=1 qemu=10.0.0\nLSPCI x\n",
      "<stdin>:3:1: a line of lspci: only the kernel's logs have them "
      "(--kernel)\n" },
    { "qemu", NULL, "starting up libvirt\n\n"
      "vfio_region_setup Device 0000:09:00.0, region 0 \"0000:09:00.0 BAR 0\", "
      "flags: 0x7, offset: 0x0, size: 0x10000\n"
      "vfio_region_read  (0000:09:00.0:region0+0xfffc, 4) = 0x1\n"
      "qemu: warning\n"
      "vfio_region_write  (0000:09:00.0:region0+0xfffe, 0x0, 4)\n"
      "vfio_region_read  (0000:09:00.0:region0+0x4, 3) = 0x1\n"
      "vfio_region_read  (0000:09:00.0:region0+0x4, 2) = 0x1",
      "<stdin>:6:1: 0xfffe (4 bytes) is outside bar0, which has 0x10000 "
      "bytes\n"
      "<stdin>:7:1: the line begins like an access, but is damaged\n"
      "<stdin>:8:54: the log ends without a newline: its last line is cut "
      "off\n" },
    { "ftrace", NULL, "# tracer: nop\n"
      "kvm_mmio: mmio read len 4 gpa 0xd0000000 val 0x74726976\n", "" },
    { "ours-headless-mark", NULL, "R 1 1.000001 1 0xf0080008 0x80 0x0 0\n"
      "R 1 1.000001 1 0xf0080008 0xffffff80 0x0 0\n" END_MARK,
      "<stdin>:1:1: the beginning of the log is missing: it does not begin "
      "with VERSION\n" },
    { "ours-headless-extras", NULL, "R 1 1.000001 1 0xf0080008 0x80 0x0 0\n"
      "R 1 1.000001 1 0xf0080008 0xff80 0x0 0 cpu=1\n",
      "<stdin>:1:1: the beginning of the log is missing: it does not begin "
      "with VERSION\n"
      "<stdin>:2:27: the value 0xff80 does not fit into 1 byte\n" },
    { "ours-head-damaged", NULL, "VERSION 2007\nnonsense\n"
      "W 4 1.000001 1 0xf0080008 0x80 0x0 0\n"
      "MARK 1.000001 vfio-trace: failed W width=4 map=1 addr=0xf0080008\n",
      "<stdin>:1:1: the beginning of the log is missing: it does not begin "
      "with VERSION\n"
      "<stdin>:1:9: version: version is 2007; 20070824 expected\n"
      "<stdin>:2:1: keyword: a line can not begin with 'nonsense'\n" },
    { "ours-devices", NULL, "VERSION 20070824\n"
      "PCIDEV 0000 ffff10d3 1b 0 0 0 0 0 0 0 0 0 0 0 0 0 0 \n"
      "PCIDEV 0028 808610d3 1b 0 0 0 0 0 0 0 0 0 0 0 0 0 0 \n"
      LOG_MARK "UNMAP 1.000001 -1 0x0 0\n" END_MARK,
      "<stdin>:2:13: no device has vendor ID ffff\n"
      "<stdin>:5:16: map -1 is unmapped: only the kernel's logs have that "
      "(--kernel)\n" },
    { "kernels-symbols", NULL, "R 1 1.000001 1 0xf0080008 0xffffff80 0x0 0\n"
      "MARK 1.000001 vfio-trace: symbols at=0 f+0x8/0x20\n", "" },
    { "ftrace-lost", NULL, "CPU:2 [LOST 17 EVENTS]\n"
      " a-1 [000] d.. 1.000001: rwmmio_write: f -> g width=32 val=0x1 "
      "addr=0xff00\n",
      "<stdin>:1:13: 17 events were lost here\n" },
    { "trace-cmd-lost", NULL, "CPU:2 [17 EVENTS DROPPED]\n"
      " a-1 [000] d.. 1.000001: rwmmio_write: f -> g width=32 val=0x1 "
      "addr=0xff00\n",
      "<stdin>:1:1: 17 events were lost here or before\n" },
    { "ftrace-overwritten", NULL, "# tracer: nop\n#\n"
      "# entries-in-buffer/entries-written: 2/5   #P:1\n#\n"
      "kvm_mmio: mmio read len 4 gpa 0xd0000000 val 0x74726976\n",
      "<stdin>:3:1: 3 events were overwritten: the kernel's buffer was full "
      "(buffer_size_kb)\n" },
    { "kernels-lost", NULL, "CPU:2 [LOST 17 EVENTS]\n"
      "R 1 1.000001 1 0xf0080008 0x80 0x0 0\n",
      "<stdin>:1:13: 17 events were lost here\n" },
    { "one-device", NULL, "VERSION 20070824\n"
      "PCIDEV 0000 ffff10d3 1b f0010000 0 0 0 0 0 0 20000 0 0 0 0 0 0 \n"
      "MARK 1.000000 x\n",
      "<stdin>:2:13: no device has vendor ID ffff\n"
      "<stdin>:2:25: BAR0 at 0xf0010000 is not aligned to its size 0x20000\n" },
    { "our-devices", NULL, "VERSION 20070824\n" LOG_MARK
      "PCIDEV 0000 ffff10d3 1b 0 0 0 0 0 0 0 0 0 0 0 0 0 0 \n"
      "PCIDEV 0028 ffff10d3 1b 0 0 0 0 0 0 0 0 0 0 0 0 0 0 \n" END_MARK,
      "<stdin>:3:13: no device has vendor ID ffff\n"
      "<stdin>:4:13: no device has vendor ID ffff\n" },
    { "end", "--complete", HEAD LOG_MARK "R 4 1.000001 1 0xf0080008 0x1 0x0 0\n"
      END_MARK "MARK 1.000010 x\n", "" },
    { "no-end-complete", "--complete", HEAD LOG_MARK "MARK 1.000001 x\n",
      "<stdin>:6:1: " NO_END },
    { "foreign-complete", "--complete", HEAD, "<stdin>:4:1: " NO_END },
    { "access-after-end", NULL, HEAD LOG_MARK END_MARK
      "R 4 1.000010 1 0xf0080008 0x1 0x0 0\n"
      "W 4 1.000010 1 0xf0080008 0x1 0x0 0\n",
      "<stdin>:7:1: the log continues after its end mark in line 6: are these "
      "two logs in one file?\n" },
    { "map-after-end", NULL, HEAD LOG_MARK END_MARK
      "MAP 1.000010 3 0xf1080000 0xfeb80000 0x20000 0x0 0\n",
      "<stdin>:7:1: the log continues after its end mark in line 6: are these "
      "two logs in one file?\n" },
    { "unmap-after-end", NULL, HEAD LOG_MARK END_MARK "UNMAP 1.000010 1 0x0 0\n",
      "<stdin>:7:1: the log continues after its end mark in line 6: are these "
      "two logs in one file?\n" },
    { "pcidev-after-end", NULL, HEAD LOG_MARK END_MARK PCIDEV,
      "<stdin>:7:1: the log continues after its end mark in line 6: are these "
      "two logs in one file?\n" },
    { "words", NULL, HEAD LOG_MARK
      "MARK 1.000001 vfio-trace: clock monotonic=1.0 realtime=2.0\n"
      "MARK 1.000001 vfio-trace: device id=a host=none type=b addresses=host\n"
      "MARK 1.000001 vfio-trace: coverage device=a rom state=direct why=x\n"
      "MARK 1.000001 vfio-trace: pc device=a state=none why=x\n"
      "MARK 1.000001 vfio-trace: detached id=a\n" END_MARK, "" },
    { "limit", "--max-faults=1", HEAD "x\ny\nz\n",
      "<stdin>:5:1: keyword: a line can not begin with 'x'\n"
      "<stdin>: and 2 more faults (--max-faults)\n" },
};

static void test_case(gconstpointer data)
{
    const Case *c = data;
    g_autoptr(ToolRun) run =
        c->option ? run_tool(c->log, "check", c->option, "-", NULL) :
        run_tool(c->log, "check", "-", NULL);
    g_autofree char *faults = NULL;
    char *rest;

    /* The summary follows the faults. */
    rest = strstr(run->out, "<stdin>: ");
    while (rest && g_str_has_prefix(rest, "<stdin>: and ")) {
        rest = strstr(rest + 1, "<stdin>: ");
    }
    g_assert_nonnull(rest);
    faults = g_strndup(run->out, rest - run->out);
    g_assert_cmpstr(faults, ==, c->faults);
    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpint(run->status, ==, *c->faults ? 1 : 0);
    assert_contains(rest, *c->faults ? " fault" : " 0 faults\n");
}

/* What is selected is checked as a log of its own. */
static void test_selected(void)
{
    static const char log[] =
        HEAD LOG_MARK "R 4 1.000001 1 0xf0080008 0x1 0x0 0\n"
        "W 1 1.000002 1 0xf0080008 0x100 0x0 0\n"
        "MARK 1.000003 x\nR 1 1.000004 1 0xf0080008 0x100 0x0 0\n" END_MARK;
    g_autoptr(ToolRun) reads = run_tool(log, "check", "--op", "r", "-", NULL);
    g_autoptr(ToolRun) first = run_tool(log, "check", "--phase", "0", "--op",
                                        "r", "-", NULL);

    g_assert_cmpint(reads->status, ==, 1);
    assert_contains(reads->out, "<stdin>:9:27: the value 0x100 does not fit");
    g_assert_null(strstr(reads->out, "<stdin>:7:"));
    assert_contains(reads->out, ": 2 R, 0 W,");
    g_assert_cmpint(first->status, ==, 0);
    assert_contains(first->out, ": 1 R, 0 W,");
}

static void test_golden(void)
{
    g_autoptr(ToolRun) log = run_tool(NULL, "check", TEST_DATA_DIR "/log.mmt",
                                      NULL);
    g_autoptr(ToolRun) oracle = run_tool(NULL, "check", "--kernel",
                                         TEST_DATA_DIR "/oracle.mmt", NULL);
    const char *log_out =
        TEST_DATA_DIR "/log.mmt: 37 lines: 14 R, 9 W, 0 UNKNOWN, 4 MAP, "
        "4 UNMAP, 4 MARK, 1 PCIDEV\n"
        "  map 1 (0xf0080000 +0x20000, BAR0 of 8086:10d3): 12 R, 4 W, "
        "1 failed\n"
        "  map 2 (0xf00a0000 +0x20000, BAR1 of 8086:10d3): 0 R, 0 W\n"
        "  map 3 (0xe080 +0x20, port BAR2 of 8086:10d3): 1 R, 1 W\n"
        "  map 4 (0xf00c0000 +0x4000, BAR3 of 8086:10d3): 1 R, 4 W\n"
        TEST_DATA_DIR "/log.mmt: 0 lost, 0 faults\n";

    g_assert_cmpstr(log->out, ==, log_out);
    g_assert_cmpint(log->status, ==, 0);
    g_assert_cmpint(oracle->status, ==, 0);
    assert_contains(oracle->out, "29 lines: 11 R, 8 W, 0 UNKNOWN, 2 MAP, "
                    "2 UNMAP, 1 MARK, 4 PCIDEV\n");
}

/* Without --complete, a missing end is not a fault, but is reported. */
static void test_no_end(void)
{
    static const struct {
        const char *log;
        const char *option;
        bool note;
        bool complete;
    } logs[] = {
        { HEAD LOG_MARK, NULL, true, false },
        { HEAD LOG_MARK END_MARK, NULL, false, true },
        { HEAD LOG_MARK END_MARK, "--complete", false, true },
        { HEAD LOG_MARK "MARK 1.000001 vfio-trace: ending\n", NULL, true,
          false },
        { HEAD LOG_MARK END_MARK "UNMAP 1.000010 1 0x0 0\n", NULL, false,
          false },
        { HEAD, NULL, false, false },
        { HEAD LOG_MARK, "--complete", false, false },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(logs); i++) {
        const char *option = logs[i].option ? logs[i].option : "--max-faults=9";
        g_autoptr(ToolRun) text = run_tool(logs[i].log, "check", option, "-",
                                           NULL);
        g_autoptr(ToolRun) json = run_tool(logs[i].log, "check", option,
                                           "--json", "-", NULL);
        g_autoptr(JsonNode) node = json_from_string(json->out, NULL);

        g_test_message("log %zu: %s", i, text->out);
        g_assert_cmpint(!!strstr(text->out, "<stdin>: note: " NO_END), ==,
                        logs[i].note);
        g_assert_nonnull(node);
        g_assert_cmpint(json_object_get_boolean_member(
                            json_node_get_object(node), "complete"), ==,
                        logs[i].complete);
    }
}

/* A line must fit demmio's buffer; a longer one is a fault. */
static void test_long_lines(void)
{
    static const struct {
        size_t len;
        bool fault;
    } lengths[] = {
        { 1021, false }, { 1022, false }, { 1023, true }, { 1024, true },
        { 65536, true }, { 65537, true }, { 1000000, true },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(lengths); i++) {
        g_autofree char *fill = g_strnfill(lengths[i].len - 14, 'm');
        g_autofree char *log = g_strconcat(HEAD "MARK 1.000001 ", fill,
                                           "\nMARK 1.000002 x\n", NULL);
        g_autoptr(ToolRun) run = run_tool(log, "check", "-", NULL);

        g_assert_cmpint(run->status, ==, lengths[i].fault ? 1 : 0);
        if (lengths[i].fault) {
            assert_contains(run->out, "<stdin>:5:1023: the line has ");
            assert_contains(run->out, "6 lines");
            assert_contains(run->out, " 1 fault\n");
        }
    }
}

/* Numbers of lost events that do not fit into JSON's are at its limit. */
static void test_json_lost(void)
{
    g_autoptr(ToolRun) run = run_tool(HEAD
                                      "MARK 0.000000 Lost 9223372036854775808 "
                                      "events.\n"
                                      "MARK 0.000000 Lost 9223372036854775808 "
                                      "events.\n", "check", "--json", "-",
                                      NULL);

    g_assert_cmpint(run->status, ==, 1);
    assert_contains(run->out, "\"lost\" : 9223372036854775807,");
}

static void test_json(void)
{
    g_autoptr(ToolRun) run = run_tool(HEAD "R 3 1 1\n"
                                      "R 4 1.000001 1 0xf0080008 0x1 0x0 0\n",
                                      "check", "--json", "-", NULL);
    g_autoptr(JsonNode) node = json_from_string(run->out, NULL);
    JsonObject *object;
    JsonObject *fault;
    JsonObject *map;

    g_assert_cmpint(run->status, ==, 1);
    g_assert_nonnull(node);
    object = json_node_get_object(node);
    g_assert_cmpstr(json_object_get_string_member(object, "file"), ==,
                    "<stdin>");
    g_assert_cmpint(json_object_get_int_member(object, "lines"), ==, 6);
    g_assert_cmpint(json_object_get_int_member(object, "reads"), ==, 1);
    g_assert_cmpint(json_object_get_int_member(object, "fault-count"), ==, 1);
    fault = json_array_get_object_element(
        json_object_get_array_member(object, "faults"), 0);
    g_assert_cmpint(json_object_get_int_member(fault, "line"), ==, 5);
    g_assert_cmpint(json_object_get_int_member(fault, "column"), ==, 3);
    map = json_array_get_object_element(
        json_object_get_array_member(object, "map-ids"), 0);
    g_assert_cmpint(json_object_get_int_member(map, "bar"), ==, 0);
    g_assert_cmpint(json_object_get_int_member(map, "reads"), ==, 1);
}

/* Equal devices have a name. */
static void test_equal(void)
{
    static const char log[] = "VERSION 20070824\n" LOG_MARK TWO_DOMAINS
        "MAP 1.000001 1 0xfa000000 0xfa000000 0x1000 0x0 0\n"
        "MAP 1.000001 2 0xfb000000 0xfb000000 0x1000 0x0 0\n" END_MARK;
    g_autoptr(ToolRun) run = run_tool(log, "check", "-", NULL);
    g_autoptr(ToolRun) json = run_tool(log, "check", "--json", "-", NULL);

    assert_contains(run->out, "  map 1 (0xfa000000 +0x1000, BAR0 of 10de:26ba, "
                    "a): 0 R, 0 W\n");
    assert_contains(run->out, "  map 2 (0xfb000000 +0x1000, BAR0 of 10de:26ba, "
                    "b): 0 R, 0 W\n");
    assert_contains(json->out, "\"name\" : \"b\"");
}

/* Random bytes: faults, no crash. */
static void test_noise(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(20070824);
    g_autofree char *noise = g_malloc(300000);
    g_autofree char *path = NULL;
    g_autoptr(ToolRun) run = NULL;
    size_t i;

    for (i = 0; i < 300000; i++) {
        noise[i] = g_rand_int(rand);
    }
    path = temp_file("noise", noise, 300000);
    run = run_tool(NULL, "check", path, NULL);
    g_assert_cmpint(run->status, ==, 1);
    assert_contains(run->out, " more faults (--max-faults)\n");
    g_assert_true(g_utf8_validate(run->out, -1, NULL));
}

static void test_usage(void)
{
    static const struct {
        const char *args[5];
        const char *err;
    } uses[] = {
        { { "check" }, "vfio-trace check: one LOG is needed; try 'vfio-trace "
          "check --help'\n" },
        { { "check", "a", "b" }, "vfio-trace check: one LOG is needed; try "
          "'vfio-trace check --help'\n" },
        { { "check", "--nonsense", "a" }, "vfio-trace check: Unknown option "
          "--nonsense; try 'vfio-trace check --help'\n" },
        { { "check", "-m", "-1", "a" }, "vfio-trace check: --max-faults can't "
          "be negative\n" },
        { { "check", "--complete", "--kernel", "a" }, "vfio-trace check: "
          "--complete is not for the kernel's logs (--kernel): they have no "
          "end mark\n" },
        { { "check", "/nonexistent/log" }, "vfio-trace check: /nonexistent/log"
          ": can not open: No such file or directory\n" },
        { { "check", "/" }, "vfio-trace check: /: can not read: Is a directory"
          "\n" },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(uses); i++) {
        g_autoptr(ToolRun) run = run_toolv(NULL, uses[i].args);

        g_assert_cmpstr(run->err, ==, uses[i].err);
        g_assert_cmpint(run->status, ==, 2);
    }
}

int main(int argc, char **argv)
{
    int result;
    size_t i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/check/case/", cases[i].name,
                                            NULL);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/check/selected", test_selected);
    g_test_add_func("/check/golden", test_golden);
    g_test_add_func("/check/no-end", test_no_end);
    g_test_add_func("/check/long-lines", test_long_lines);
    g_test_add_func("/check/json", test_json);
    g_test_add_func("/check/json-lost", test_json_lost);
    g_test_add_func("/check/equal", test_equal);
    g_test_add_func("/check/noise", test_noise);
    g_test_add_func("/check/usage", test_usage);
    result = g_test_run();
    temp_clean();
    return result;
}
