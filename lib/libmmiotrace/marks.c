/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libmmiotrace: table of structured marks (see marks.h) */
#include "libmmiotrace/marks.h"

#include <string.h>

#define OPTIONAL MMT_KEY_OPTIONAL
#define LENIENT  MMT_KEY_LENIENT
#define BARE     MMT_KEY_BARE
#define REPEATED MMT_KEY_REPEATED

#define WORD(key, ...)    { key, MMT_VALUE_WORD, __VA_ARGS__ }
#define DEC(key, ...)     { key, MMT_VALUE_DEC, __VA_ARGS__ }
#define HEX(key, ...)     { key, MMT_VALUE_HEX, __VA_ARGS__ }
#define SECONDS(key, ...) { key, MMT_VALUE_SECONDS, __VA_ARGS__ }
#define BYTES(key, ...)   { key, MMT_VALUE_BYTES, __VA_ARGS__ }
#define SHA256(key, ...)  { key, MMT_VALUE_SHA256, __VA_ARGS__ }
#define TEXT(key, ...)    { key, MMT_VALUE_TEXT, __VA_ARGS__ }
#define PROSE(choice)     { "prose", MMT_VALUE_PROSE, BARE | LENIENT, choice }

#define DEVICE WORD("device", 0)
#define REGION { "region", MMT_VALUE_REGION, BARE }

/* What made the tracer look at the guest's memory */
#define ON "write|read|irq|marker|request"

/* Words of the marks that refer to an access */
#define ACCESS(direction) \
    { WORD("direction", BARE, direction), DEC("width", 0), DEC("map", 0), \
      HEX("addr", OPTIONAL), HEX("offset", OPTIONAL) }

const MmtMarkForm mmt_mark_forms[MMT_MARKS] = {
    [MMT_MARK_LOG] = {
        "log", { DEC("format", 0), WORD("qemu", 0), WORD("extra", OPTIONAL),
                 WORD("pc", OPTIONAL, "on") } },
    [MMT_MARK_CLOCK] = {
        "clock", { SECONDS("monotonic", 0), SECONDS("realtime", 0),
                   SECONDS("kvmclock", OPTIONAL), HEX("tsc", OPTIONAL),
                   DEC("cpu", OPTIONAL) } },
    [MMT_MARK_DEVICE] = {
        "device", { WORD("id", 0), WORD("host", 0), WORD("type", 0),
                    WORD("addresses", 0, "host|synthetic") } },
    [MMT_MARK_COVERAGE] = {
        "coverage", { DEVICE, REGION, DEC("map", OPTIONAL),
                      HEX("addr", LENIENT), HEX("len", LENIENT),
                      WORD("state", 0, "trapped|emulated|forwarded|direct"),
                      WORD("access", OPTIONAL, "r|w"), WORD("by", OPTIONAL),
                      WORD("why", OPTIONAL) } },
    [MMT_MARK_START] = { "start", { DEVICE } },
    [MMT_MARK_STOP] = { "stop", { DEVICE } },
    [MMT_MARK_WINDOW] = {
        "window", { DEVICE, REGION, DEC("map", 0), HEX("addr", 0),
                    HEX("len", 0), WORD("access", 0, "r|w|rw"),
                    WORD("change", 0, "added|removed") } },
    [MMT_MARK_HOT] = {
        "hot", { DEVICE, REGION, DEC("map", 0), HEX("addr", 0), HEX("len", 0),
                 DEC("accesses", 0), DEC("in-us", 0), DEC("limit", 0),
                 WORD("state", 0, "direct|trapped"),
                 WORD("why", OPTIONAL, "no-mmap|too-many") } },
    [MMT_MARK_PC] = {
        "pc", { DEVICE, WORD("state", 0, "none"), WORD("why", LENIENT) } },
    [MMT_MARK_RESCUE] = {
        "rescue", { DEVICE, WORD("state", 0, "none"), WORD("why", LENIENT) } },
    [MMT_MARK_STEPPED] = {
        "stepped", { DEC("map", 0), HEX("pc", 0), BYTES("bytes", 0) } },
    [MMT_MARK_STEP_FAILED] = {
        "step-failed", { DEC("map", 0), HEX("pc", 0) } },
    [MMT_MARK_STEP_LOST] = { "step-lost", { DEC("map", 0), HEX("pc", 0) } },
    [MMT_MARK_REFUSED] = {
        "refused", { DEC("map", 0), HEX("addr", 0), HEX("pc", 0),
                     BYTES("bytes", 0) } },
    [MMT_MARK_P2P] = {
        "p2p", { DEVICE, REGION, DEC("map", 0),
                 WORD("state", 0, "none|mapped"), DEC("errno", OPTIONAL) } },
    [MMT_MARK_HW] = {
        "hw", { DEVICE, WORD("state", 0, "partial"), WORD("why", LENIENT) } },
    [MMT_MARK_CONFIG] = {
        "config", { WORD("direction", BARE, "R|W"), DEC("width", 0),
                    DEC("map", 0), HEX("offset", 0), HEX("value", 0),
                    HEX("pc", OPTIONAL),
                    { "extra", MMT_VALUE_FIELDS, BARE | OPTIONAL } } },
    [MMT_MARK_FAILED] = { "failed", ACCESS("R|W") },
    [MMT_MARK_PENDING] = { "pending", ACCESS("R|W") },
    [MMT_MARK_UNSYNCED] = { "unsynced", ACCESS("W") },
    [MMT_MARK_UNVERIFIED] = { "unverified", ACCESS("R") },
    [MMT_MARK_RESET] = {
        "reset", { DEVICE, WORD("kind", LENIENT, "bus|flr") } },
    [MMT_MARK_COMMAND] = {
        "command", { DEVICE, WORD("memory", 0, "on|off"),
                     WORD("io", 0, "on|off"), WORD("master", 0, "on|off") } },
    [MMT_MARK_POWER] = {
        "power", { DEVICE, WORD("state", 0, "D0|D1|D2|D3hot") } },
    [MMT_MARK_MOVED] = {
        "moved", { DEVICE, REGION, DEC("map", 0), HEX("from", 0),
                   HEX("to", 0) } },
    [MMT_MARK_ERROR] = { "error", { DEVICE } },
    [MMT_MARK_REQUEST] = { "request", { DEVICE } },
    [MMT_MARK_VM] = {
        "vm", { WORD("state", 0, "paused|running|suspended"),
                WORD("reason", OPTIONAL), DEC("paused-ns", OPTIONAL),
                WORD("wakeup", OPTIONAL | LENIENT, "rtc|pm-timer|other") } },
    [MMT_MARK_IRQ] = {
        "irq", { DEVICE, WORD("message", BARE | OPTIONAL, "msi|msix"),
                 DEC("vector", OPTIONAL), WORD("intx", OPTIONAL, "A|B|C|D"),
                 DEC("level", OPTIONAL, "0|1") } },
    [MMT_MARK_IRQS] = {
        "irqs", { DEVICE, WORD("state", 0, "none"),
                  WORD("why", LENIENT, "kvm") } },
    [MMT_MARK_DEPARTED] = {
        "departed", { DEVICE, DEC("after", 0), TEXT("text", 0) } },
    [MMT_MARK_BACKTRACE] = {
        "backtrace", { DEC("map", 0), HEX("pc", 0),
                       HEX("addrs", BARE | REPEATED) } },
    [MMT_MARK_SNAPSHOT] = {
        "snapshot", { DEVICE, WORD("name", OPTIONAL), WORD("on", OPTIONAL, ON),
                      DEC("map", OPTIONAL), HEX("addr", OPTIONAL),
                      HEX("at", 0), DEC("len", 0), SHA256("sha256", 0),
                      WORD("state", OPTIONAL) } },
    [MMT_MARK_SNAPSHOT_DATA] = {
        "snapshot-data", { HEX("at", 0), BYTES("data", BARE) } },
    [MMT_MARK_RINGS] = {
        "rings", { DEVICE, WORD("name", 0), SHA256("sha256", 0) } },
    [MMT_MARK_RING] = {
        "ring", { DEVICE, WORD("ring", 0), HEX("base", OPTIONAL),
                  DEC("count", OPTIONAL), DEC("entry", OPTIONAL),
                  WORD("layout", OPTIONAL), WORD("by", OPTIONAL, "device"),
                  WORD("state", OPTIONAL, "reset|deleted") } },
    [MMT_MARK_ENTRY] = {
        "entry", { DEVICE, WORD("ring", 0), DEC("index", 0), HEX("at", 0),
                   DEC("len", 0),
                   WORD("state", OPTIONAL, "not-memory|address-unknown"),
                   BYTES("data", BARE | OPTIONAL) } },
    [MMT_MARK_DATA] = {
        "data", { DEVICE, WORD("ring", 0), DEC("index", 0), WORD("name", 0),
                  HEX("at", 0), DEC("len", 0), DEC("of", 0),
                  WORD("state", OPTIONAL, "not-memory|address-unknown"),
                  BYTES("data", BARE | OPTIONAL) } },
    [MMT_MARK_WATCH] = {
        "watch", { DEVICE, WORD("watch", 0), WORD("on", 0, ON), HEX("at", 0),
                   DEC("len", 0), DEC("lines", 0), HEX("sum", 0),
                   WORD("state", 0,
                        "first|changed|same|cut|not-memory|address-unknown"),
                   DEC("left", OPTIONAL) } },
    [MMT_MARK_WATCH_DATA] = {
        "watch-data", { HEX("at", 0), BYTES("data", BARE) } },
    [MMT_MARK_MEMORY_CUT] = {
        "memory-cut", { DEVICE, WORD("name", 0),
                        WORD("why", 0, "trigger|second|ring-full"),
                        DEC("left", OPTIONAL) } },
    [MMT_MARK_TRAPS] = {
        "traps", { DEVICE, REGION, DEC("map", 0), WORD("cpu", OPTIONAL),
                   DEC("accesses", 0), DEC("trap-ns", 0), DEC("exit-ns", 0),
                   DEC("since-ns", 0) } },
    [MMT_MARK_TRAP_COST] = {
        "trap-cost", { DEC("exit-ns", 0), WORD("from", 0, "kvm|none"),
                       WORD("why", OPTIONAL) } },
    [MMT_MARK_SYMBOLS] = {
        "symbols", { DEC("at", 0), WORD("names", BARE | REPEATED) } },
    [MMT_MARK_GUEST_MARK] = {
        "guest-mark", { WORD("origin", 0, "virtio-serial|isa"),
                        WORD("port", 0), DEC("cut", OPTIONAL),
                        DEC("dropped", OPTIONAL), TEXT("text", OPTIONAL) } },
    [MMT_MARK_DETACHED] = { "detached", { WORD("id", 0) } },
    [MMT_MARK_CONVERTED] = {
        "converted", { WORD("from", 0), WORD("times", OPTIONAL, "none") } },
    [MMT_MARK_PART] = {
        "part", { PROSE("N continues in part M|N begins|N header ends") } },
    [MMT_MARK_CUT] = { "cut", { DEC("bytes", 0) } },
    [MMT_MARK_READER] = {
        "reader", { PROSE("changed: the last one may not have read all "
                          "before") } },
    [MMT_MARK_DAMAGED] = { "damaged", { DEC("kind", LENIENT) } },
    [MMT_MARK_RECOVERED] = {
        "recovered", { DEC("records", 0), DEC("pending", 0),
                       DEC("lost", 0) } },
    [MMT_MARK_END] = { "end", { { NULL } } },
};

MmtMark mmt_mark_find(const char *name, size_t len)
{
    MmtMark mark;

    for (mark = 0; mark < MMT_MARKS; mark++) {
        const char *known = mmt_mark_forms[mark].name;

        if (strlen(known) == len && !memcmp(known, name, len)) {
            break;
        }
    }
    return mark;
}
