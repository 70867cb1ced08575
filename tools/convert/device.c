/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace cat --as mmiotrace: devices of a trace in another format (see
 * device.h)
 */
#include "tools/convert/device.h"
#include "tools/analysis/options.h"

#include <stdio.h>
#include <string.h>

#include "libmmiotrace/event.h"
#include "libmmiotrace/mark-put.h"
#include "libpcidev/device.h"

/* Memory that a 32-bit BAR can't be in, and its type in the BAR */
#define BAR_64     4u
#define BAR_32_END (1ull << 32)

/* A BAR's size is at least that of the bits which say its type. */
#define BAR_SIZE_MIN 16

/**
 * struct ConvertDevices: the state
 * @trace: the trace
 * @known: names of the devices that were introduced
 * @next: bus and devfn of the next device that has no address
 */
struct ConvertDevices {
    MmtTrace *trace;
    GHashTable *known;
    uint16_t next;
};

ConvertDevices *convert_devices_new(MmtTrace *trace)
{
    ConvertDevices *devices = g_new0(ConvertDevices, 1);

    devices->trace = trace;
    devices->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                           NULL);
    devices->next = UINT16_MAX;
    return devices;
}

void convert_devices_free(ConvertDevices *devices)
{
    g_hash_table_unref(devices->known);
    g_free(devices);
}

static char *escape(const char *prefix, const char *name)
{
    GString *word = g_string_new(prefix);

    for (; *name; name++) {
        if (*name == ' ') {
            g_string_append(word, "%20");
        } else if (*name == '%') {
            g_string_append(word, "%25");
        } else {
            g_string_append_c(word, *name);
        }
    }
    return g_string_free(word, FALSE);
}

char *convert_device_name(const char *device)
{
    if (!*device) {
        return g_strdup("-");
    }
    return strcmp(device, "-") ? escape("", device) : g_strdup("%2d");
}

char *convert_region_name(const MmtRegion *region)
{
    static const char *const words[] = {
        "bar=0", "bar=1", "bar=2", "bar=3", "bar=4", "bar=5", "rom", "config",
        "vga=0xa0000", "vga=0x3b0", "vga=0x3c0",
    };

    if (region->number >= 0 && (size_t)region->number < G_N_ELEMENTS(words)) {
        return g_strdup(words[region->number]);
    }
    return escape("space=", region->name);
}

/* Return: false if the name is no PCI address */
static bool parse_address(const char *name, MmtPciDev *pci)
{
    unsigned bus;
    unsigned slot;
    unsigned function;

    if (!host_pci_is_bdf(name) ||
        sscanf(name, "%*x:%2x:%2x.%1x", &bus, &slot, &function) != 3) {
        return false;
    }
    pci->bus = bus;
    pci->devfn = slot << 3 | function;
    return true;
}

/* A BAR that a device can have: else it is left out */
static bool is_bar(const MmtRegion *region)
{
    return region->number >= 0 && region->number <= MMT_REGION_ROM &&
           region->size >= BAR_SIZE_MIN &&
           !(region->size & (region->size - 1)) &&
           !(region->base & (region->size - 1));
}

static void set_bar(MmtPciDev *pci, int number, uint64_t base, uint64_t size)
{
    pci->start[number] = base;
    pci->size[number] = size;
}

/* A BAR beyond 4 GiB takes the next one's place. */
static void mark_64(MmtPciDev *pci)
{
    int i;

    for (i = 0; i < MMT_REGION_ROM; i++) {
        if (!pci->size[i] || pci->start[i] + pci->size[i] <= BAR_32_END) {
            continue;
        }
        if (i + 1 < MMT_REGION_ROM && !pci->size[i + 1]) {
            pci->start[i] |= BAR_64;
        }
    }
}

/* Return: is any of its regions at an address that was made up? */
static bool take_regions(const ConvertDevices *devices, const char *name,
                         MmtPciDev *pci)
{
    uint32_t n = mmt_trace_regions(devices->trace);
    bool synthetic = false;
    uint32_t i;

    for (i = 0; i < n; i++) {
        const MmtRegion *region = mmt_trace_region(devices->trace, i);

        if (strcmp(region->device, name)) {
            continue;
        }
        synthetic |= region->synthetic;
        if (is_bar(region)) {
            set_bar(pci, region->number, region->base, region->size);
        }
    }
    mark_64(pci);
    return synthetic;
}

static void put(const MmtPciDev *pci, const char *name, bool has_address,
                bool synthetic, uint64_t ns, ConvertOut *out)
{
    g_autofree char *word = convert_device_name(name);
    char *p = convert_out_room(out, 2 * MMT_LINE_MAX);

    p += mmt_format_pcidev(pci, p);
    *p++ = '\n';
    p += mmt_mark_put_line(MMT_MARK_DEVICE,
                           MMT_WORDS(MMT_TEXT("id", word),
                                     MMT_TEXT("host",
                                              has_address ? name : "none"),
                                     MMT_TEXT("type", "unknown"),
                                     MMT_TEXT("addresses",
                                              synthetic ? "synthetic"
                                                        : "host")), ns, p);
    convert_out_took(out, p);
}

void convert_devices_introduce(ConvertDevices *devices, uint32_t number,
                               uint64_t ns, ConvertOut *out)
{
    const MmtRegion *region = mmt_trace_region(devices->trace, number);
    const char *name = region->device;
    MmtPciDev pci = { .vendor = region->vendor, .device = region->device_id };
    bool has_address;
    bool synthetic;

    if (g_hash_table_contains(devices->known, name)) {
        return;
    }
    g_hash_table_add(devices->known, g_strdup(name));
    if (!*name && !region->vendor) {
        /* nothing is known of a device */
        return;
    }
    has_address = parse_address(name, &pci);
    if (!has_address) {
        pci.bus = devices->next >> 8;
        pci.devfn = devices->next-- & 0xff;
    }
    synthetic = take_regions(devices, name, &pci);
    put(&pci, name, has_address, synthetic, ns, out);
}

static void set_user_bar(int number, uint64_t base, uint64_t size, void *opaque)
{
    MmtRegion region = { .number = number, .base = base, .size = size };

    if (is_bar(&region)) {
        set_bar(opaque, number, base, size);
    }
}

void convert_devices_introduce_user(ConvertDevices *devices,
                                    const MmtEntry *first, uint64_t ns,
                                    ConvertOut *out)
{
    MmtPciDev pci = { .bus = devices->next >> 8,
                      .devfn = devices->next & 0xff };

    if (first->kind == MMT_ENTRY_DEVICE ||
        !analysis_options_device(&pci.vendor, &pci.device, set_user_bar,
                                 &pci)) {
        return;
    }
    mark_64(&pci);
    put(&pci, "", false, false, ns, out);
}
