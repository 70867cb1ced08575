/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: rules for a line and the lines before it
 *
 * The order of time, the live mappings, and whether addresses, widths and
 * values are consistent.
 */
#include "tools/check/rules.h"
#include "tools/check/fault.h"
#include "tools/check/map.h"
#include "tools/check/marks.h"
#include "tools/check/memory.h"
#include "tools/check/origin.h"
#include "tools/check/started.h"

#include <inttypes.h>
#include <string.h>

/* x86 has 64 Ki of ports, accessed up to four bytes at a time. */
#define PORT_LIMIT     0x10000u
#define PORT_WIDTH_MAX 4

static bool find_bar(const MmtDevice *device, Map *map)
{
    const MmtPciDev *dev = &device->pci;
    int i;

    for (i = 0; i < MMT_PCI_RESOURCES; i++) {
        if (dev->size[i] && dev->size[i] == map->len &&
            mmt_resource_base(dev, i) == map->phys) {
            map->device = device;
            map->bar = i;
            map->port = mmt_resource_is_port(dev, i);
            return true;
        }
    }
    return false;
}

/*
 * Find the BAR of a map: at first of the device that a coverage mark names.
 * After hot-plug, the latest PCIDEV line counts.
 */
static void name_map(const Check *check, Map *map)
{
    const MmtDevice *device;
    unsigned d;

    map->device = NULL;
    map->port = false;
    for (d = 0; map->owner &&
                (device = mmt_devices_latest(check->devices, d)); d++) {
        if (!strcmp(device->pub.name, map->owner) && find_bar(device, map)) {
            return;
        }
    }
    for (d = 0; (device = mmt_devices_latest(check->devices, d)); d++) {
        if (find_bar(device, map)) {
            return;
        }
    }
}

static bool is_power_of_2(uint64_t v)
{
    return v && !(v & (v - 1));
}

static void check_pcidev(Check *check, const MmtEvent *ev)
{
    const MmtPciDev *dev = &ev->pci;
    int i;

    if (check->kernel) {
        /* The guest's bridges and legacy devices do not follow these rules. */
        return;
    }
    if ((dev->vendor == 0 && !check->converted) || dev->vendor == 0xffff) {
        FAULT(check, ev, MMT_FIELD_VENDOR_DEVICE,
              "no device has vendor ID %04x", dev->vendor);
    }
    for (i = 0; i < MMT_PCI_RESOURCES; i++) {
        const uint32_t *column = ev->resource_column;
        uint64_t base = mmt_resource_base(dev, i);

        if (!dev->size[i]) {
            continue;
        }
        if (!is_power_of_2(dev->size[i])) {
            check_fault(check, check->at, column[MMT_PCI_RESOURCES + i],
                        "the size of %s is 0x%" PRIx64 ", which is not a power of two",
                        mmt_resource_name(i), dev->size[i]);
            continue;
        }
        if (base & (dev->size[i] - 1)) {
            check_fault(check, check->at, column[i],
                        "%s at 0x%" PRIx64 " is not aligned to its size 0x%"
                        PRIx64,
                        mmt_resource_name(i), base, dev->size[i]);
        }
        if (mmt_resource_is_port(dev, i) &&
            base + dev->size[i] > PORT_LIMIT) {
            check_fault(check, check->at, column[i],
                        "%s is for I/O ports, but 0x%" PRIx64
                        " is beyond the last port",
                        mmt_resource_name(i), base);
        }
        if (i < MMT_PCI_RESOURCES - 1 && (dev->start[i] & 7) == 4 &&
            (i == 5 || dev->start[i + 1] || dev->size[i + 1])) {
            check_fault(check, check->at, column[i],
                        "%s is a 64-bit BAR, but the slot for its upper half is not empty",
                        mmt_resource_name(i));
        }
    }
}

static void check_map(Check *check, const MmtEvent *ev)
{
    Map *map = check_get_map(check, ev->map_id);

    if (map->live) {
        g_autofree char *where = check_line_name(check, map->at);

        FAULT(check, ev, MMT_FIELD_MAP_ID,
              "map %" PRIu32 " is mapped already, in %s", ev->map_id, where);
    }
    if (!ev->len) {
        FAULT(check, ev, MMT_FIELD_LEN, "the mapping has no length");
    } else if (ev->addr + (ev->len - 1) < ev->addr) {
        FAULT(check, ev, MMT_FIELD_LEN,
              "the mapping ends beyond the last address");
    }
    map->live = true;
    map->phys = ev->addr;
    map->len = ev->len;
    map->at = check->at;
    map->maps++;
    name_map(check, map);
}

static void check_unmap(Check *check, const MmtEvent *ev)
{
    Map *map;

    if (ev->map_id == MMT_MAP_NONE) {
        if (!check->kernel) {
            FAULT(check, ev, MMT_FIELD_MAP_ID,
                  "map -1 is unmapped: only the kernel's logs have that (--kernel)");
        }
        return;
    }
    map = check_find_map(check, ev->map_id);
    if (!map || !map->live) {
        if (check->headless && (!map || !map->maps)) {
            return;
        }
        if (!map || !map->maps) {
            FAULT(check, ev, MMT_FIELD_MAP_ID,
                  "map %" PRIu32 " is unmapped, but was never mapped",
                  ev->map_id);
        } else {
            g_autofree char *where = check_line_name(check, map->at);

            FAULT(check, ev, MMT_FIELD_MAP_ID,
                  "map %" PRIu32 " is unmapped already, in %s",
                  ev->map_id, where);
        }
        return;
    }
    map->live = false;
    map->at = check->at;
}

/*
 * The kernel's decoder prints the whole register for a sign-extending load,
 * and the whole immediate for a REX.W store of an immediate.
 */
static bool is_decoder_quirk(const MmtEvent *ev)
{
    return ev->type == MMT_EVENT_READ ? ev->width < 4 : ev->width == 4;
}

static bool fits(uint64_t value, unsigned width)
{
    return width == 8 || !(value >> (width * 8));
}

static void check_value(Check *check, const MmtEvent *ev)
{
    if (ev->type == MMT_EVENT_UNKNOWN || fits(ev->value, ev->width)) {
        return;
    }
    if (check->kernel && is_decoder_quirk(ev)) {
        check->quirks++;
        return;
    }
    FAULT(check, ev, MMT_FIELD_VALUE,
          "the value 0x%" PRIx64 " does not fit into %u byte%s",
          ev->value, ev->width, ev->width > 1 ? "s" : "");
}

/* The line's time is the exact time, truncated to microseconds. */
static void check_exact_time(Check *check, const MmtEvent *ev)
{
    if (ev->exact_ns / 1000 != ev->ns / 1000) {
        FAULT(check, ev, MMT_FIELD_EXTRA,
              "ns=%" PRIu64 ".%09" PRIu64 " is not the time of the line",
              ev->exact_ns / 1000000000, ev->exact_ns % 1000000000);
    } else if (check->last_exact.line &&
               ev->exact_ns < check->last_exact_ns) {
        g_autofree char *where = check_line_name(check, check->last_exact);

        FAULT(check, ev, MMT_FIELD_EXTRA,
              "time goes back by %" PRIu64 " ns, to before %s",
              check->last_exact_ns - ev->exact_ns, where);
    }
    check->last_exact_ns = ev->exact_ns;
    check->last_exact = check->at;
}

static void check_extras(Check *check, const MmtEvent *ev)
{
    uint32_t missing = check->extras & ~ev->extras;
    uint32_t more = ev->extras & ~check->extras;
    char names[MMT_EXTRA_NAMES_MAX];

    if (missing) {
        /* the field that the extra fields should follow */
        MmtField before = mmt_event_is_config(ev) ? MMT_FIELD_VALUE
                                                  : MMT_FIELD_PID;

        FAULT(check, ev, before,
              "the access has no %s, which the log's first mark lists",
              mmt_extra_to_names(missing, names));
    }
    if (check->extras_told && more) {
        FAULT(check, ev, MMT_FIELD_EXTRA,
              "the access has %s, which the log's first mark does not list",
              mmt_extra_to_names(more, names));
    }
    if (ev->extras & MMT_EXTRA_NS) {
        check_exact_time(check, ev);
    }
    if (ev->hw_state == MMT_HW_KNOWN && ev->type != MMT_EVENT_UNKNOWN) {
        if (!fits(ev->hw, ev->width)) {
            FAULT(check, ev, MMT_FIELD_EXTRA,
                  "hw=0x%" PRIx64 " does not fit into %u byte%s",
                  ev->hw, ev->width,
                  ev->width > 1 ? "s" : "");
        }
        check->hw_differs += ev->hw != ev->value;
    }
}

/* Count an access, and keep it for the marks that may follow it. */
static void note_access(Check *check, const MmtEvent *ev, Map *map)
{
    map->reads += ev->type == MMT_EVENT_READ ||
                  ev->type == MMT_EVENT_CONFIG_READ;
    map->writes += ev->type == MMT_EVENT_WRITE ||
                   ev->type == MMT_EVENT_CONFIG_WRITE;
    map->unknown += ev->type == MMT_EVENT_UNKNOWN;
    map->last_pc = ev->pc;
    check->access = *ev;
    check->access_at = check->at;
    check->access_line = NULL;
}

/* Config space has no MAP: a coverage mark gives it a map id. */
static void check_config(Check *check, const MmtEvent *ev)
{
    Map *map = check_get_map(check, ev->map_id);

    check_origin_ours(check);
    check_value(check, ev);
    check_extras(check, ev);
    if (!map->config && !check->later_part) {
        FAULT(check, ev, MMT_FIELD_MAP_ID, "no coverage mark says that map %"
              PRIu32 " is config space", ev->map_id);
    }
    /* Report this once only. */
    map->config = true;
    check_started(check, ev, map);
    note_access(check, ev, map);
}

static void check_access(Check *check, const MmtEvent *ev)
{
    Map *map = check_get_map(check, ev->map_id);
    unsigned width = MAX(1, ev->width);

    if (ev->extras) {
        check_origin_ours(check);
    }
    check_value(check, ev);
    check_extras(check, ev);
    if (!map->maps) {
        if (!map->told && !check->headless) {
            FAULT(check, ev, MMT_FIELD_MAP_ID,
                  "map %" PRIu32 " was never mapped", ev->map_id);
        }
        map->told = true;
    } else if (ev->addr < map->phys || map->len < width ||
               ev->addr - map->phys > map->len - width) {
        FAULT(check, ev, MMT_FIELD_ADDR,
              "0x%" PRIx64 " (%u byte%s) is outside map %" PRIu32
              ", which is 0x%" PRIx64 " bytes at 0x%" PRIx64,
              ev->addr, width, width > 1 ? "s" : "", map->id, map->len,
              map->phys);
    } else if (!map->live) {
        g_autofree char *where = check_line_name(check, map->at);

        check_hold(check, ev->column[MMT_FIELD_MAP_ID],
                   "map %" PRIu32
                   " is not mapped since %s, and no mark says that the access failed",
                   map->id, where);
    }
    if ((map->port || map->vga_port) && ev->width > PORT_WIDTH_MAX) {
        FAULT(check, ev, MMT_FIELD_WIDTH,
              "an I/O port can not be accessed %u bytes at a time", ev->width);
    }
    check_started(check, ev, map);
    note_access(check, ev, map);
}

static void check_lost(Check *check, const MmtEvent *ev)
{
    check_memory_forget(check);
    if (ev->value == MMT_LOST_UNKNOWN) {
        check_fault_lost(check, ev->column[MMT_FIELD_COUNT],
                         "events were lost here");
        return;
    }
    check_add_lost(check, ev->value);
    check_fault_lost(check, ev->column[ev->type == MMT_EVENT_LOST ?
                                       MMT_FIELD_TEXT : MMT_FIELD_COUNT],
                     "%" PRIu64 " event%s lost %s", ev->value,
                     ev->value == 1 ? " was" : "s were",
                     check->kernel ? "here or before" : "here");
}

static void check_comment(Check *check, const MmtEvent *ev)
{
    uint64_t lost;

    /* the header of ftrace's file comes before its first event */
    if ((check->kernel || !check->decided) &&
        mmt_parse_overwritten(ev, &lost) && lost) {
        check_add_lost(check, lost);
        check_fault_lost(check, ev->column[MMT_FIELD_KEYWORD], "%" PRIu64
                         " events were overwritten: the kernel's buffer was full (buffer_size_kb)",
                         lost);
    }
    if (!check->kernel) {
        FAULT(check, ev, MMT_FIELD_KEYWORD,
              "a comment: only the kernel's logs have them (--kernel)");
    }
}

static void check_version(Check *check, const MmtEvent *ev)
{
    if (check->counts[MMT_EVENT_VERSION] > 1) {
        FAULT(check, ev, MMT_FIELD_KEYWORD,
              "VERSION for the second time: are these two logs in one file?");
    }
}

/* One line of lspci: any text.  Old versions of mmiotrace's scripts add them. */
static void check_lspci(Check *check, const MmtEvent *ev)
{
    if (check->ours) {
        FAULT(check, ev, MMT_FIELD_KEYWORD,
              "a line of lspci: only the kernel's logs have them (--kernel)");
    }
}

static void (*const check_type[MMT_EVENT__MAX])(Check *, const MmtEvent *) = {
    [MMT_EVENT_COMMENT] = check_comment,
    [MMT_EVENT_VERSION] = check_version,
    [MMT_EVENT_PCIDEV] = check_pcidev,
    [MMT_EVENT_LSPCI] = check_lspci,
    [MMT_EVENT_READ] = check_access,
    [MMT_EVENT_WRITE] = check_access,
    [MMT_EVENT_UNKNOWN] = check_access,
    [MMT_EVENT_MAP] = check_map,
    [MMT_EVENT_UNMAP] = check_unmap,
    [MMT_EVENT_MARK] = check_mark,
    [MMT_EVENT_CONFIG_READ] = check_config,
    [MMT_EVENT_CONFIG_WRITE] = check_config,
    [MMT_EVENT_LOST] = check_lost,
    [MMT_EVENT_LOST_CPU] = check_lost,
};

static void check_time(Check *check, const MmtEvent *ev)
{
    if (!mmt_event_has_time(ev) || check->repeating) {
        return;
    }
    if (check->last.line && ev->ns < check->last_ns) {
        g_autofree char *where = check_line_name(check, check->last);

        FAULT(check, ev, MMT_FIELD_TIME, "time goes back by %" PRIu64 ".%06"
              PRIu64 " s, to before %s",
              (check->last_ns - ev->ns) / 1000000000,
              (check->last_ns - ev->ns) / 1000 % 1000000, where);
    }
    check->last_ns = ev->ns;
    check->last = check->at;
}

/* After the end mark, there must be no more events of the guest. */
static void check_end(Check *check, const MmtEvent *ev)
{
    if (!check->end.line || check->after_end ||
        (!mmt_event_is_access(ev) && !mmt_event_is_config(ev) &&
         ev->type != MMT_EVENT_MAP && ev->type != MMT_EVENT_UNMAP &&
         ev->type != MMT_EVENT_PCIDEV)) {
        return;
    }
    /* Report this once only. */
    check->after_end = true;
    if (check->ours) {
        g_autofree char *where = check_line_name(check, check->end);

        FAULT(check, ev, MMT_FIELD_KEYWORD,
              "the log continues after its end mark in %s: are these two logs in one file?",
              where);
    }
}

void check_event(Check *check, const MmtEvent *ev)
{
    if (!mmt_event_is_access(ev)) {
        mmt_devices_take_event(check->devices, ev);
    }
    check_time(check, ev);
    check_end(check, ev);
    if (ev->type != MMT_EVENT_MARK) {
        check_memory_other(check);
    }
    check_type[ev->type](check, ev);
}
