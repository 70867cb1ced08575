/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace check on the tracer's marks
 */
#include <glib.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "run-tool.h"

/* Lines 1 to 4 of the logs here; a case's own lines begin in line 5. */
#define HEAD(extra) \
    "VERSION 20070824\n" \
    "MARK 1.000000 vfio-trace: log format=1 qemu=10.0.0" extra "\n" \
    "PCIDEV 0028 808610d3 1b f0080000 0 0 0 0 0 0 20000 0 0 0 0 0 0 x\n" \
    "MAP 1.000000 1 0xf0080000 0xfeb80000 0x20000 0x0 0\n"
#define END "MARK 9.000000 vfio-trace: end\n"

#define MARK(text) "MARK 1.000000 vfio-trace: " text "\n"
#define READ(value) "R 4 1.000000 1 0xf0080008 " value " 0x0 0\n"
#define CONFIG "coverage device=gpu config map=7 addr=0x0 len=0x1000 " \
               "state=trapped"

/* "abc" and its hash */
#define SHA_ABC "ba7816bf8f01cfea414140de5dae2223" \
                "b00361a396177a9cb410ff61f20015ad"
#define SHA_NONE "e3b0c44298fc1c149afbf4c8996fb924" \
                 "27ae41e4649b934ca495991b7852b855"
#define SNAPSHOT(len, sha) \
    MARK("snapshot device=gpu map=1 addr=0xf0080008 at=0x1000 len=" len \
         " sha256=" sha)

typedef struct {
    const char *name;
    const char *extra;
    const char *body;
    const char *faults;     /* all messages, "" for none */
} Case;

static const Case cases[] = {
    { "all", "",
      MARK("clock monotonic=1.000000000 realtime=2.000000000 "
           "kvmclock=3.000000000 tsc=0x10 cpu=0")
      MARK("device id=gpu host=0000:00:05.0 type=x addresses=host")
      MARK("coverage device=gpu bar=0 map=1 addr=0xf0080000 len=0x20000 "
           "state=trapped")
      MARK("coverage device=gpu bar=0 map=1 addr=0xf0090000 len=0x1000 "
           "state=emulated by=msix-table")
      MARK("coverage device=gpu bar=1 addr=0xf00a0000 len=0x20000 "
           "state=direct why=outside-windows")
      MARK("coverage device=gpu rom map=2 addr=0xc0000 len=0x20000 "
           "state=trapped")
      MARK("coverage device=gpu vga=0x3c0 map=3 addr=0x3c0 len=0x20 "
           "state=trapped")
      MARK(CONFIG)
      MARK("coverage device=gpu upper-memory addr=0xc0000 len=0x40000 "
           "state=direct why=guest-ram")
      MARK("hw device=gpu state=partial why=qemu-10.0.0")
      MARK("config R width=4 map=7 offset=0x0 value=0x10d38086")
      MARK("irq device=gpu msix vector=3")
      MARK("irq device=gpu msi vector=0")
      MARK("irq device=gpu intx=A level=1")
      MARK("reset device=gpu kind=flr")
      MARK("command device=gpu memory=on io=off master=on")
      MARK("power device=gpu state=D3hot")
      MARK("moved device=gpu bar=0 map=1 from=0xfeb80000 to=0xfec80000")
      MARK("error device=gpu") MARK("request device=gpu")
      MARK("vm state=paused reason=user")
      MARK("vm state=running paused-ns=12")
      MARK("vm state=suspended") MARK("vm state=paused reason=paused")
      MARK("vm state=suspended paused-ns=3")
      MARK("vm state=running wakeup=rtc")
      MARK("vm state=paused reason=guest-panicked")
      MARK("vm state=paused reason=prelaunch") MARK("vm state=running")
      READ("0x1") MARK("backtrace map=1 pc=0x10 0xffffffff81000000 0x20")
      MARK("symbols at=0 f+0x8/0x20 g+0x93/0x100[mod] ?")
      SNAPSHOT("3", SHA_ABC) MARK("snapshot-data at=0x1000 616263"), "" },
    { "newer", "", MARK("shiny new=mark") MARK("reset device=gpu by=guest")
      MARK("irq device=gpu msix vector=1 cpu=2"), "" },
    { "key-missing", "", MARK("reset") MARK("power device=gpu")
      MARK("coverage device=gpu bar=0"),
      "<stdin>:5:15: the mark has no device=\n"
      "<stdin>:6:15: the mark has no state=\n"
      "<stdin>:7:15: the mark has no state=\n" },
    { "value", "", MARK("power device=gpu state=D4")
      MARK("irq device=gpu msix vector=x")
      MARK("coverage device=gpu bar=0 addr=16 state=trapped")
      MARK("coverage device=gpu bar=0 addr=0x10000000000000000 state=direct")
      MARK("clock monotonic=1 realtime=2.0")
      MARK("vm state=\xc3\xa4"),
      "<stdin>:5:50: state=D4: D0|D1|D2|D3hot expected\n"
      "<stdin>:6:54: vector=x: a decimal number expected\n"
      "<stdin>:7:58: addr=16: a number beginning with 0x expected\n"
      "<stdin>:8:58: addr=0x10000000000000000: a number beginning with 0x "
      "expected\n"
      "<stdin>:9:43: monotonic=1: seconds with a fraction expected\n"
      "<stdin>:10:36: state=\\303\\244: paused|running|suspended expected\n" },
    { "irq", "", MARK("irq device=gpu") MARK("irq device=gpu msix")
      MARK("irq device=gpu vector=1") MARK("irq device=gpu intx=A")
      MARK("irq device=gpu msi vector=1 intx=A level=0"),
      "<stdin>:5:15: an interrupt is msi or msix with vector=, or intx= with "
      "level=\n"
      "<stdin>:6:15: an interrupt is msi or msix with vector=, or intx= with "
      "level=\n"
      "<stdin>:7:15: an interrupt is msi or msix with vector=, or intx= with "
      "level=\n"
      "<stdin>:8:15: an interrupt is msi or msix with vector=, or intx= with "
      "level=\n"
      "<stdin>:9:15: an interrupt is msi or msix with vector=, or intx= with "
      "level=\n" },

    { "windows", "",
      MARK("coverage device=gpu bar=0 map=1 addr=0xf0080000 len=0x4 "
           "state=trapped access=r")
      MARK("coverage device=gpu bar=0 map=1 addr=0xf0080004 len=0xffc "
           "state=forwarded why=outside-windows")
      MARK("window device=gpu bar=0 map=1 addr=0xf0080004 len=0x4 access=rw "
           "change=added")
      MARK("window device=gpu bar=0 map=1 addr=0xf0080004 len=0x4 access=w "
           "change=removed")
      MARK("hot device=gpu bar=0 map=1 addr=0xf0080000 len=0x1000 "
           "accesses=501 in-us=7 limit=500 state=direct")
      MARK("hot device=gpu bar=0 map=1 addr=0xf0080000 len=0x1000 "
           "accesses=501 in-us=7 limit=500 state=trapped why=no-mmap"), "" },
    { "windows-wrong", "",
      MARK("coverage device=gpu bar=0 state=trapped access=rw")
      MARK("window device=gpu bar=0 map=1 addr=0x0 len=0x4 access=x "
           "change=added")
      MARK("window device=gpu bar=0 map=1 addr=0x0 access=r change=moved")
      MARK("hot device=gpu bar=0 map=1 addr=0x0 len=0x1000 accesses=many "
           "in-us=7 limit=500 state=direct"),
      "<stdin>:5:74: access=rw: r|w expected\n"
      "<stdin>:6:81: access=x: r|w|rw expected\n"
      "<stdin>:7:15: the mark has no len=\n"
      "<stdin>:7:82: change=moved: added|removed expected\n"
      "<stdin>:8:83: accesses=many: a decimal number expected\n" },
    { "stopped", "",
      MARK("coverage device=gpu bar=0 map=1 addr=0xf0080000 len=0x20000 "
           "state=trapped")
      READ("0x1") MARK("stop device=audio") READ("0x2")
      MARK("stop device=gpu") READ("0x3") MARK("start device=gpu")
      MARK("start device=gpu") READ("0x4"),
      "<stdin>:10:14: tracing of gpu is stopped since line 9\n" },

    { "guest-mark", "",
      MARK("guest-mark origin=isa port=m text=  cut=x port= dropped=2 ")
      MARK("guest-mark origin=virtio-serial port=/a/b[0] cut=12 text==")
      MARK("guest-mark origin=isa port=m text= text=")
      MARK("guest-mark origin=isa port=m dropped=12"), "" },
    { "guest-mark-wrong", "",
      MARK("guest-mark origin=isa port=m cut=x text=cut=3")
      MARK("guest-mark port=m text=origin=isa")
      MARK("guest-mark origin=isa text=port=m")
      MARK("guest-mark origin=serial port=m text=x")
      MARK("guest-mark origin=isa port=m")
      MARK("guest-mark origin=isa port=m cut=3")
      MARK("guest-mark origin=isa port=m dropped=3 text=x"),
      "<stdin>:5:60: cut=x: a decimal number expected\n"
      "<stdin>:6:15: the mark has no origin=\n"
      "<stdin>:7:15: the mark has no port=\n"
      "<stdin>:8:45: origin=serial: virtio-serial|isa expected\n"
      "<stdin>:9:15: a guest's mark has a text=, which may be cut=, or says "
      "how many were dropped=\n"
      "<stdin>:10:15: a guest's mark has a text=, which may be cut=, or says "
      "how many were dropped=\n"
      "<stdin>:11:15: a guest's mark has a text=, which may be cut=, or says "
      "how many were dropped=\n" },

    { "vm-twice", "", MARK("vm state=running") MARK("vm state=running")
      MARK("vm state=paused reason=io-error")
      MARK("vm state=paused reason=user"),
      "<stdin>:6:15: the machine is running already, since line 5\n"
      "<stdin>:8:15: the machine is paused already, since line 7\n" },
    { "vm-twice-asleep", "",
      MARK("vm state=suspended") MARK("vm state=suspended")
      MARK("vm state=paused reason=prelaunch")
      MARK("vm state=paused reason=prelaunch")
      MARK("vm state=paused reason=paused") MARK("vm state=asleep"),
      "<stdin>:6:15: the machine is suspended already, since line 5\n"
      "<stdin>:8:15: the machine is paused already, since line 7\n"
      "<stdin>:9:15: the machine is paused already, since line 8\n"
      "<stdin>:10:36: state=asleep: paused|running|suspended expected\n" },

    { "coverage-map", "", MARK("coverage device=gpu bar=0 map=0 state=trapped")
      MARK("coverage device=gpu bar=0 map=2147483648 state=trapped"),
      "<stdin>:5:15: map=0 is no map id\n"
      "<stdin>:6:15: map=2147483648 is no map id\n" },
    { "coverage-range", "",
      MARK("coverage device=gpu bar=0 addr=0x0 len=0x0 state=direct")
      MARK("coverage device=gpu bar=0 addr=0xffffffffffffffff len=0x1 "
           "state=direct")
      MARK("coverage device=gpu bar=0 addr=0xffffffffffffffff len=0x2 "
           "state=direct"),
      "<stdin>:5:15: no range is 0x0 bytes long at 0x0\n"
      "<stdin>:7:15: no range is 0x2 bytes long at 0xffffffffffffffff\n" },
    /* in another region, across the end, of another device, in none */
    { "emulated-outside", "",
      MARK("coverage device=gpu bar=0 addr=0x1000 len=0x1000 state=trapped")
      MARK("coverage device=gpu bar=0 addr=0x1000 len=0x1000 state=emulated")
      MARK("coverage device=gpu bar=1 addr=0x1000 len=0x1000 state=emulated")
      MARK("coverage device=gpu bar=0 addr=0x1ff0 len=0x11 state=emulated")
      MARK("coverage device=snd bar=0 addr=0x1000 len=0x10 state=emulated"),
      "<stdin>:7:1: what QEMU answers for is not within the region, as other "
      "marks have it\n"
      "<stdin>:8:1: what QEMU answers for is not within the region, as other "
      "marks have it\n"
      "<stdin>:9:1: what QEMU answers for is not within the region, as other "
      "marks have it\n" },
    /* a window may divide it */
    { "emulated-across", "",
      MARK("coverage device=gpu bar=0 addr=0x1000 len=0x1000 state=trapped")
      MARK("coverage device=gpu bar=0 addr=0x2000 len=0x1000 state=direct")
      MARK("coverage device=gpu bar=0 addr=0x1800 len=0x1000 "
           "state=emulated"), "" },
    { "emulated-first", "",
      MARK("coverage device=gpu bar=0 addr=0x1000 len=0x10 state=emulated")
      MARK("coverage device=gpu bar=0 addr=0x1000 len=0x1000 state=trapped"),
      "" },
    { "vga-ports", "",
      MARK("coverage device=gpu vga=0x3c0 map=3 state=trapped")
      MARK("coverage device=gpu vga=0xa0000 map=4 state=trapped")
      "MAP 1.000000 3 0x3c0 0x3c0 0x20 0x0 0\n"
      "MAP 1.000000 4 0xa0000 0xa0000 0x20000 0x0 0\n"
      "W 8 1.000000 3 0x3c0 0x0 0x0 0\n"
      "W 8 1.000000 4 0xa0000 0x0 0x0 0\n",
      "<stdin>:9:3: an I/O port can not be accessed 8 bytes at a time\n" },

    { "config", "", MARK(CONFIG)
      MARK("config W width=2 map=7 offset=0x4 value=0x107")
      MARK("failed W width=2 map=7 offset=0x4")
      MARK("config R width=4 map=7 offset=0xffc value=0xffffffff pc=0x1")
      MARK("unverified R width=4 map=7 offset=0xffc"), "" },
    { "config-untold", "",
      MARK("config R width=4 map=7 offset=0x0 value=0x0")
      MARK("config R width=4 map=7 offset=0x0 value=0x0"),
      "<stdin>:5:48: no coverage mark says that map 7 is config space\n" },
    { "config-malformed", "", MARK(CONFIG) MARK("config")
      MARK("config R width=8 map=7 offset=0x0 value=0x0"),
      "<stdin>:6:15: keyword: not an access to config space\n"
      "<stdin>:7:42: width: config space is accessed up to 4 bytes at a "
      "time\n" },
    { "config-value", "", MARK(CONFIG)
      MARK("config R width=1 map=7 offset=0x0 value=0x100"),
      "<stdin>:6:67: the value 0x100 does not fit into 1 byte\n" },
    { "config-extras", " extra=cpu+latency", MARK(CONFIG)
      MARK("config R width=1 map=7 offset=0x0 value=0x0 cpu=1 latency=?")
      MARK("config R width=1 map=7 offset=0x0 value=0x0 cpu=1")
      MARK("config R width=1 map=7 offset=0x0 value=0x0 cpu=1 latency=5 "
           "hw=-"),
      "<stdin>:7:67: the access has no latency, which the log's first mark "
      "lists\n"
      "<stdin>:8:71: the access has hw, which the log's first mark does not "
      "list\n" },
    { "config-mapped", "", MARK(CONFIG) "R 4 1.000000 7 0x0 0x0 0x0 0\n",
      "<stdin>:6:14: map 7 was never mapped\n" },
    { "config-after-end", "", MARK(CONFIG) END
      "MARK 9.000000 vfio-trace: config R width=1 map=7 offset=0x0 "
      "value=0x0\n",
      "<stdin>:7:1: the log continues after its end mark in line 6: are these "
      "two logs in one file?\n" },

    { "unverified", "", READ("0xffffffff")
      MARK("unverified R width=4 map=1 addr=0xf0080008")
      READ("0xfffffffe")
      MARK("unverified R width=4 map=1 addr=0xf0080008"),
      "<stdin>:8:15: only a read of all ones can be unverified, "
      "or of config space an error's number\n" },
    { "unverified-config", "", MARK(CONFIG)
      MARK("config R width=4 map=7 offset=0x0 value=0xfffffffb")
      MARK("unverified R width=4 map=7 offset=0x0")
      MARK("config R width=2 map=7 offset=0x0 value=0xffed")
      MARK("unverified R width=2 map=7 offset=0x0")
      READ("0xfffffffb") MARK("unverified R width=4 map=1 addr=0xf0080008"),
      "<stdin>:11:15: only a read of all ones can be unverified, "
      "or of config space an error's number\n" },
    { "unverified-write", "",
      "W 4 1.000000 1 0xf0080008 0xffffffff 0x0 0\n"
      MARK("unverified W width=4 map=1 addr=0xf0080008"),
      "<stdin>:6:15: only a read of all ones can be unverified, "
      "or of config space an error's number\n" },
    { "flag-of-another", "", MARK(CONFIG) READ("0x1")
      MARK("failed R width=4 map=1 offset=0x8")
      READ("0x1") MARK("unsynced W width=4 map=1 addr=0xf0080008")
      READ("0x1") MARK("failed R width=4"),
      "<stdin>:7:15: the mark does not belong to the access before it\n"
      "<stdin>:9:15: the mark does not belong to the access before it\n"
      "<stdin>:11:15: the mark does not say which access it belongs to\n" },
    { "hw", " extra=hw",
      "R 1 1.000000 1 0xf0080008 0x1 0x0 0 hw=0x1\n"
      "R 1 1.000000 1 0xf0080008 0x1 0x0 0 hw=0x100\n"
      "R 1 1.000000 1 0xf0080008 0x1 0x0 0 hw=?\n"
      "R 1 1.000000 1 0xf0080008 0x1 0x0 0 hw=-\n"
      "R 1 1.000000 1 0xf0080008 0x1 0x0 0\n",
      "<stdin>:6:37: hw=0x100 does not fit into 1 byte\n"
      "<stdin>:9:35: the access has no hw, which the log's first mark "
      "lists\n" },

    { "backtrace", "", MARK("backtrace map=1 pc=0x10 0x20")
      "R 4 1.000000 1 0xf0080008 0x1 0x10 0\n"
      MARK("backtrace map=1 pc=0x10")
      MARK("backtrace map=1 pc=0x11")
      MARK("backtrace map=1 pc=0x10 0x20 30")
      MARK("backtrace map=4294967297 pc=0x10"),
      "<stdin>:5:15: the backtrace belongs to no access: map 1 has none\n"
      "<stdin>:8:15: the backtrace does not belong to the last access to map "
      "1: its PC is 0x10\n"
      "<stdin>:9:56: '30' is no return address\n"
      "<stdin>:10:15: the backtrace belongs to no access: map 4294967297 has "
      "none\n" },

    { "traps", " extra=trap", MARK("trap-cost exit-ns=0 from=none why=tcg")
      MARK("trap-cost exit-ns=1830 from=kvm")
      "R 4 1.000000 1 0xf0080008 0x1 0x0 0 trap=2950\n"
      "R 4 1.000000 1 0xf0080008 0x1 0x0 0 trap=?\n"
      MARK("traps device=dut0 bar=0 map=1 accesses=1 trap-ns=2950 "
           "exit-ns=1830 since-ns=1000000")
      MARK("traps device=dut0 bar=0 map=1 cpu=0 accesses=1 trap-ns=2950 "
           "exit-ns=1830 since-ns=1000000")
      MARK("traps device=dut0 bar=0 map=1 cpu=- accesses=1 trap-ns=2950 "
           "exit-ns=0 since-ns=1000000")
      MARK("traps device=dut0 bar=0 map=1 cpu=all accesses=2 trap-ns=2950 "
           "exit-ns=0 since-ns=1000000"), "" },
    { "traps-cpu", "",
      MARK("traps device=dut0 bar=0 map=1 cpu=none accesses=1 trap-ns=2950 "
           "exit-ns=1830 since-ns=1000000")
      MARK("traps device=dut0 bar=0 map=1 cpu=0x1 accesses=1 trap-ns=2950 "
           "exit-ns=1830 since-ns=1000000")
      MARK("traps device=dut0 bar=0 map=1 cpu=1 accesses=0 trap-ns=0 "
           "exit-ns=0 since-ns=1000000")
      MARK("traps device=dut0 bar=0 map=1 accesses=1 trap-ns=0x1 "
           "exit-ns=0"),
      "<stdin>:5:61: cpu=none: a decimal number, - or all expected\n"
      "<stdin>:6:61: cpu=0x1: a decimal number, - or all expected\n"
      "<stdin>:7:15: the mark counts no access\n"
      "<stdin>:8:76: trap-ns=0x1: a decimal number expected\n"
      "<stdin>:8:15: the mark has no since-ns=\n" },
    { "trap-cost", "", MARK("trap-cost exit-ns=0 from=kvm")
      MARK("trap-cost exit-ns=0 from=none")
      MARK("trap-cost exit-ns=5 from=none why=tcg")
      MARK("trap-cost exit-ns=5 from=kvm why=tcg")
      MARK("trap-cost exit-ns=5 from=tcg"),
      "<stdin>:5:15: the cost of an exit is from=kvm, or 0 with from=none and "
      "why=\n"
      "<stdin>:6:15: the cost of an exit is from=kvm, or 0 with from=none and "
      "why=\n"
      "<stdin>:7:15: the cost of an exit is from=kvm, or 0 with from=none and "
      "why=\n"
      "<stdin>:8:15: the cost of an exit is from=kvm, or 0 with from=none and "
      "why=\n"
      "<stdin>:9:52: from=tcg: kvm|none expected\n" },

    { "snapshot-in-two", "", SNAPSHOT("3", SHA_ABC)
      MARK("snapshot-data at=0x1000 61") READ("0x1")
      MARK("snapshot-data at=0x1001 6263"), "" },
    { "snapshot-of-nothing", "", SNAPSHOT("0", SHA_NONE " state=not-memory"),
      "" },
    { "snapshot-hash", "", SNAPSHOT("3", SHA_ABC)
      MARK("snapshot-data at=0x1000 616264") SNAPSHOT("0", SHA_ABC),
      "<stdin>:5:1: the snapshot's bytes do not have its sha256\n"
      "<stdin>:7:1: the snapshot's bytes do not have its sha256\n" },
    { "snapshot-hash-form", "", SNAPSHOT("3", "12"),
      "<stdin>:5:92: sha256=12: 64 hexadecimal digits expected\n" },
    { "snapshot-short", "", SNAPSHOT("3", SHA_ABC)
      MARK("snapshot-data at=0x1000 6162") SNAPSHOT("4", SHA_ABC),
      "<stdin>:5:1: 1 byte of the snapshot is missing\n"
      "<stdin>:7:1: 4 bytes of the snapshot are missing\n" },
    { "snapshot-gap", "", SNAPSHOT("3", SHA_ABC)
      MARK("snapshot-data at=0x1000 61") MARK("snapshot-data at=0x1002 63")
      MARK("snapshot-data at=0x1003 63"),
      "<stdin>:7:15: the data is not what is still missing of the snapshot in "
      "line 5: 2 bytes at 0x1001\n" },
    { "snapshot-long", "", SNAPSHOT("3", SHA_ABC)
      MARK("snapshot-data at=0x1000 61626364"),
      "<stdin>:6:15: the data is not what is still missing of the snapshot in "
      "line 5: 3 bytes at 0x1000\n" },
    { "snapshot-digits", "", SNAPSHOT("3", SHA_ABC)
      MARK("snapshot-data at=0x1000 61626") SNAPSHOT("3", SHA_ABC)
      MARK("snapshot-data at=0x1000 6162xx") SNAPSHOT("3", SHA_ABC)
      MARK("snapshot-data at=0x1000"),
      "<stdin>:6:51: 1 to 384 bytes expected, in pairs of hexadecimal "
      "digits\n"
      "<stdin>:8:51: 1 to 384 bytes expected, in pairs of hexadecimal "
      "digits\n"
      "<stdin>:10:50: 1 to 384 bytes expected, in pairs of hexadecimal "
      "digits\n" },
    { "snapshot-none", "", MARK("snapshot-data at=0x1000 61"),
      "<stdin>:5:15: the data belongs to no snapshot, entry or data\n" },
    { "snapshot-twice", "", SNAPSHOT("3", SHA_ABC)
      MARK("snapshot-data at=0x1000 616263")
      MARK("snapshot-data at=0x1000 616263"),
      "<stdin>:7:15: the data belongs to no snapshot, entry or data\n" },
    { "snapshot-elsewhere", "",
      MARK("snapshot device=gpu map=1 addr=0xf00a0000 at=0x1000 len=0 sha256="
           SHA_NONE),
      "<stdin>:5:15: addr=0xf00a0000 is outside map 1\n" },
    /* a snapshot with lost records is not checked */
    { "snapshot-lost", "", SNAPSHOT("3", SHA_ABC)
      "MARK 0.000000 Lost 1 events.\n" MARK("snapshot-data at=0x1001 6263"),
      "<stdin>:6:15: 1 event was lost here\n" },
    { "snapshot-recovered", "", SNAPSHOT("3", SHA_ABC)
      MARK("recovered records=4 pending=0 lost=0"), "" },
};

static void test_case(gconstpointer data)
{
    const Case *c = data;
    g_autofree char *head = g_strdup_printf(HEAD("%s"), c->extra);
    g_autofree char *log = g_strconcat(head, c->body,
                                       strstr(c->body, END) ? NULL : END,
                                       NULL);
    g_autoptr(ToolRun) run = run_tool(log, "check", "-", NULL);
    g_autofree char *faults = NULL;
    char *rest = strstr(run->out, "<stdin>: ");

    g_assert_nonnull(rest);
    faults = g_strndup(run->out, rest - run->out);
    g_assert_cmpstr(faults, ==, c->faults);
    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpint(run->status, ==, *c->faults ? 1 : 0);
}

/* QEMU still runs, or was killed: missing data may still come. */
static void test_snapshot_no_end(void)
{
    g_autoptr(ToolRun) run = run_tool(HEAD("") SNAPSHOT("3", SHA_ABC), "check",
                                      "-", NULL);

    g_assert_cmpint(run->status, ==, 0);
    assert_contains(run->out, " 0 faults\n");
}

/* Marks of a newer vfio-trace are not faults, but are reported. */
static void test_unknown_words(void)
{
    g_autoptr(ToolRun) run = run_tool(
        "VERSION 20070824\nMARK 1.000000 vfio-trace: before\n"
        MARK("log format=1 qemu=10.0") MARK("endless x") MARK("\xc3\xa4 x")
        "MARK 1.000000 vfio-trace:end\n" END, "check", "-", NULL);
    g_autoptr(ToolRun) one = run_tool(
        HEAD("") MARK("\x1b[31m") END, "check", "--kernel", "-", NULL);

    g_assert_cmpint(run->status, ==, 0);
    assert_contains(run->out, "<stdin>: note: 2 marks of an unknown kind, "
                    "the first, 'endless', in line 4\n");
    assert_contains(one->out, "<stdin>: note: 1 mark of an unknown kind, "
                    "the first, '\\033[31m', in line 5\n");
}

static const char *const counted =
    HEAD(" extra=hw") MARK(CONFIG)
    MARK("config R width=1 map=7 offset=0x0 value=0x86 hw=0x86")
    MARK("config W width=1 map=7 offset=0x3c value=0x0 hw=-")
    MARK("config R width=1 map=7 offset=0x3c value=0x0 hw=0xb")
    MARK("irq device=gpu msix vector=1") MARK("irq device=gpu msix vector=1")
    MARK("reset device=gpu")
    MARK("coverage device=gpu rom map=2 addr=0xc0000 len=0x800 state=trapped")
    MARK("coverage device=gpu vga=0xa0000 map=3 state=trapped")
    "MAP 1.000000 3 0xa0000 0xa0000 0x20000 0x0 0\n"
    "R 1 1.000000 3 0xa0000 0xff 0x0 0 hw=?\n"
    MARK("unverified R width=1 map=3 addr=0xa0000")
    MARK("vm state=paused reason=user") MARK("vm state=running")
    MARK("new=mark")
    SNAPSHOT("3", SHA_ABC) MARK("snapshot-data at=0x1000 616263") END;

static void test_summary(void)
{
    g_autoptr(ToolRun) run = run_tool(counted, "check", "-", NULL);

    g_assert_cmpstr(run->out, ==,
        "<stdin>: 22 lines: 1 R, 0 W, 0 UNKNOWN, 2 MAP, 0 UNMAP, 17 MARK, "
        "1 PCIDEV\n"
        "  map 1 (0xf0080000 +0x20000, BAR0 of 8086:10d3): 0 R, 0 W\n"
        "  map 3 (0xa0000 +0x20000, vga=0xa0000 of gpu): 1 R, 0 W\n"
        "  map 7 (config of gpu): 2 R, 1 W\n"
        "  3 accesses to config space, 1 unverified read, 2 interrupts, "
        "1 snapshot, 1 reset, 1 pause, 1 access with another value at the "
        "hardware\n"
        "<stdin>: note: 1 mark of an unknown kind, the first, "
        "'new=mark', in line 19\n"
        "<stdin>: 0 lost, 0 faults\n");
    g_assert_cmpint(run->status, ==, 0);
}

static void test_json(void)
{
    static const struct {
        const char *name;
        int value;
    } numbers[] = {
        { "lines", 22 }, { "reads", 1 }, { "writes", 0 }, { "marks", 17 },
        { "config-reads", 2 }, { "config-writes", 1 }, { "unverified", 1 },
        { "interrupts", 2 }, { "snapshots", 1 }, { "backtraces", 0 },
        { "resets", 1 }, { "pauses", 1 }, { "stops", 0 },
        { "window-changes", 0 }, { "hot-pages", 0 }, { "hardware-differs", 1 },
        { "unknown-marks", 1 }, { "fault-count", 0 },
    };
    g_autoptr(ToolRun) run = run_tool(counted, "check", "--json", "-", NULL);
    g_autoptr(JsonNode) node = json_from_string(run->out, NULL);
    JsonObject *object;
    JsonArray *maps;
    size_t i;

    g_assert_nonnull(node);
    object = json_node_get_object(node);
    for (i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_test_message("%s", numbers[i].name);
        g_assert_cmpint(json_object_get_int_member(object, numbers[i].name),
                        ==, numbers[i].value);
    }
    maps = json_object_get_array_member(object, "map-ids");
    g_assert_cmpuint(json_array_get_length(maps), ==, 3);
    object = json_array_get_object_element(maps, 2);
    g_assert_cmpstr(json_object_get_string_member(object, "region"), ==,
                    "config of gpu");
    g_assert_cmpint(json_object_get_int_member(object, "reads"), ==, 2);
}

/* A later part depends on the marks of the parts before. */
static void test_later_part(void)
{
    g_autoptr(ToolRun) run = run_tool(
        "VERSION 20070824\n" MARK("part 2 begins") MARK("part 2 header ends")
        MARK("config R width=4 map=7 offset=0x0 value=0x0")
        MARK("coverage device=gpu bar=0 addr=0x0 len=0x10 state=emulated")
        MARK("snapshot-data at=0x1000 616263")
        MARK("backtrace map=1 pc=0x10 0x20")
        MARK("vm state=running") END, "check", "-", NULL);

    g_assert_cmpint(run->status, ==, 0);
    assert_contains(run->out, "  map 7 (config space): 1 R, 0 W\n");
}

int main(int argc, char **argv)
{
    int result;
    size_t i;

    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/check-marks/case/",
                                            cases[i].name, NULL);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/check-marks/snapshot-no-end", test_snapshot_no_end);
    g_test_add_func("/check-marks/unknown-words", test_unknown_words);
    g_test_add_func("/check-marks/summary", test_summary);
    g_test_add_func("/check-marks/json", test_json);
    g_test_add_func("/check-marks/later-part", test_later_part);
    result = g_test_run();
    temp_clean();
    return result;
}
