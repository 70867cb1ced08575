/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: devices and regions of a trace (see regions.h)
 *
 * Theory of operation
 *
 * In our logs, coverage marks bind a map id to a region, and MAP lines give the
 * region's address.  The kernel's logs have neither marks nor constant map ids:
 * an address there belongs to the BAR that PCIDEV, or the user, places around
 * it, else to the region "mem" of all physical addresses.  Formats without
 * addresses name device and region on each line.
 */
#include "libmmiotrace/regions.h"

#include <glib.h>
#include <inttypes.h>
#include <string.h>

#include "libmmiotrace/parse.h"

/* Map ids that are kept, of each kind */
#define MAPS_MAX 65536

/* Number of I/O ports */
#define PORTS 0x10000

/* Name of the last region, if there are too many */
#define OTHER "other"

/* Made-up addresses: room for a region of unknown size, and the first one */
#define SYNTHETIC_ROOM  (1ull << 32)
#define SYNTHETIC_FIRST (1ull << 40)

/**
 * struct Numbers: regions of a device
 * @of: number of each numbered region, or MMT_NO_REGION
 * @first: number of any of its regions, or MMT_NO_REGION
 * @vendor: the device's IDs at its last change
 * @device: likewise
 */
typedef struct Numbers {
    uint32_t of[MMT_REGION_VGA_3C0 + 1];
    uint32_t first;
    uint16_t vendor;
    uint16_t device;
} Numbers;

/**
 * struct Region: a region
 * @pub: what others see of it
 * @device: its device
 * @next: number of another region of the device, or MMT_NO_REGION
 */
typedef struct Region {
    MmtRegion pub;
    MmtDevice *device;
    uint32_t next;
} Region;

/**
 * struct MmtRegions: state of the table
 * @names: names of regions: they live as long as the table
 * @devices: the devices
 * @numbers: Numbers, by the device's index
 * @regions: Region, by number
 * @others: "device's index, newline, name" -> number + 1, of regions without a number
 * @maps: map id -> MmtRange of the region to which a coverage mark bound it
 * @mapped: map id of another mapping -> number + 1 of the region it is in, from
 *          its MAP to its UNMAP: the kernel gives a new id to each mapping
 * @mem: the region "mem", or MMT_NO_REGION
 * @changes: changes of the regions' places so far
 * @ids: changes of devices' IDs so far
 * @next_base: the next address to make up
 * @bars: what the user said of BARs
 */
struct MmtRegions {
    GStringChunk *names;
    MmtDevices *devices;
    GArray *numbers;
    GPtrArray *regions;
    GHashTable *others;
    GHashTable *maps;
    GHashTable *mapped;
    uint32_t mem;
    uint64_t changes;
    uint64_t ids;
    uint64_t next_base;
    struct { uint64_t base; uint64_t size; } bars[MMT_PCI_RESOURCES];
};

static const char *const numbered_names[] = {
    "bar0", "bar1", "bar2", "bar3", "bar4", "bar5", "rom", "config",
    "vga-memory", "vga-3b0", "vga-3c0"
};

/* Legacy VGA's addresses, and what a coverage mark calls them */
static const struct {
    const char *word;
    int number;
    uint64_t base;
    uint64_t size;
} vga_ranges[] = {
    { "vga=0xa0000", MMT_REGION_VGA_MEMORY, 0xa0000, 0x20000 },
    { "vga=0x3b0", MMT_REGION_VGA_3B0, 0x3b0, 0xc },
    { "vga=0x3c0", MMT_REGION_VGA_3C0, 0x3c0, 0x20 },
};

static Region *region_at(const MmtRegions *regions, uint32_t number)
{
    return regions->regions->pdata[number];
}

static Numbers *numbers_of(MmtRegions *regions, const MmtDevice *device)
{
    while (regions->numbers->len <= device->index) {
        Numbers none = { .first = MMT_NO_REGION };
        unsigned i;

        for (i = 0; i < G_N_ELEMENTS(none.of); i++) {
            none.of[i] = MMT_NO_REGION;
        }
        g_array_append_val(regions->numbers, none);
    }
    return &g_array_index(regions->numbers, Numbers, device->index);
}

static void count_ids(MmtRegions *regions, const MmtDevice *device)
{
    Numbers *numbers = numbers_of(regions, device);

    regions->ids += numbers->vendor != device->pub.vendor ||
                    numbers->device != device->pub.device;
    numbers->vendor = device->pub.vendor;
    numbers->device = device->pub.device;
}

/* What a device is called, or where its BARs are, has changed. */
static void device_changed(MmtDevice *device, void *opaque)
{
    MmtRegions *regions = opaque;
    const MmtPciDev *pci = &device->pci;
    uint32_t i;

    regions->changes++;
    count_ids(regions, device);
    for (i = numbers_of(regions, device)->first; i != MMT_NO_REGION;
         i = region_at(regions, i)->next) {
        MmtRegion *pub = &region_at(regions, i)->pub;
        int n = pub->number;

        pub->device = device->pub.id;
        pub->vendor = device->pub.vendor;
        pub->device_id = device->pub.device;
        if (device->has_pci && n >= 0 && n <= MMT_REGION_ROM && pci->size[n]) {
            pub->base = mmt_resource_base(pci, n);
            pub->size = pci->size[n];
            pub->synthetic = false;
        }
    }
}

MmtRegions *mmt_regions_new(void)
{
    MmtRegions *regions = g_new0(MmtRegions, 1);

    regions->names = g_string_chunk_new(1024);
    regions->devices = mmt_devices_new(device_changed, regions);
    regions->numbers = g_array_new(FALSE, FALSE, sizeof(Numbers));
    regions->regions = g_ptr_array_new_with_free_func(g_free);
    regions->others = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                            NULL);
    regions->maps = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    regions->mapped = g_hash_table_new(NULL, NULL);
    regions->mem = MMT_NO_REGION;
    regions->next_base = SYNTHETIC_FIRST;
    return regions;
}

void mmt_regions_free(MmtRegions *regions)
{
    if (!regions) {
        return;
    }
    g_hash_table_unref(regions->maps);
    g_hash_table_unref(regions->mapped);
    g_hash_table_unref(regions->others);
    g_ptr_array_unref(regions->regions);
    g_array_unref(regions->numbers);
    mmt_devices_free(regions->devices);
    g_string_chunk_free(regions->names);
    g_free(regions);
}

void mmt_regions_set_pci(MmtRegions *regions, uint16_t vendor, uint16_t device)
{
    mmt_devices_set_ids(regions->devices, vendor, device);
}

void mmt_regions_set_bar(MmtRegions *regions, int number, uint64_t base,
                         uint64_t size)
{
    regions->bars[number].base = base;
    regions->bars[number].size = size;
}

/* The only device; the one without a name if there is any number of others */
static MmtDevice *sole_device(MmtRegions *regions)
{
    return mmt_devices_sole(regions->devices) ?:
           mmt_devices_find(regions->devices, "", 0);
}

/* Address of a new region: PCIDEV's, the user's, or a made-up one */
static void place_region(MmtRegions *regions, Region *region)
{
    MmtRegion *pub = &region->pub;
    int n = pub->number;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(vga_ranges); i++) {
        if (vga_ranges[i].number == n) {
            pub->base = vga_ranges[i].base;
            pub->size = vga_ranges[i].size;
            return;
        }
    }
    if (n == MMT_REGION_CONFIG) {
        return;
    }
    if (n >= 0 && n <= MMT_REGION_ROM && region->device->has_pci &&
        region->device->pci.size[n]) {
        pub->base = mmt_resource_base(&region->device->pci, n);
        pub->size = region->device->pci.size[n];
    } else if (n >= 0 && n <= MMT_REGION_ROM && regions->bars[n].size) {
        pub->base = regions->bars[n].base;
        pub->size = regions->bars[n].size;
    } else if (*region->device->pub.id) {
        pub->base = regions->next_base;
        pub->synthetic = true;
        regions->next_base += SYNTHETIC_ROOM;
    }
    /* else its offsets are addresses */
}

/* Return: the region's number; that of "other" if there are too many */
static uint32_t add_region(MmtRegions *regions, MmtDevice *device, int number,
                           const char *name)
{
    Region *region;

    if (regions->regions->len >= MMT_REGIONS_MAX) {
        return MMT_REGIONS_MAX - 1;
    }
    if (regions->regions->len == MMT_REGIONS_MAX - 1) {
        number = MMT_REGION_OTHER;
        name = OTHER;
    }
    region = g_new0(Region, 1);
    region->device = device;
    region->pub.device = device->pub.id;
    region->pub.name = number >= 0
        ? numbered_names[number] : g_string_chunk_insert(regions->names, name);
    region->pub.number = number;
    region->pub.vendor = device->pub.vendor;
    region->pub.device_id = device->pub.device;
    place_region(regions, region);
    region->next = numbers_of(regions, device)->first;
    numbers_of(regions, device)->first = regions->regions->len;
    g_ptr_array_add(regions->regions, region);
    return regions->regions->len - 1;
}

static uint32_t find_numbered(MmtRegions *regions, MmtDevice *device,
                              int number)
{
    uint32_t *region = &numbers_of(regions, device)->of[number];

    if (*region == MMT_NO_REGION) {
        *region = add_region(regions, device, number, NULL);
    }
    return *region;
}

uint32_t mmt_regions_find(MmtRegions *regions, const char *device,
                          size_t device_len, int number, const char *name,
                          size_t name_len)
{
    MmtDevice *owner = mmt_devices_find(regions->devices, device, device_len);
    g_autofree char *clean = NULL;
    g_autofree char *key = NULL;
    uint32_t region;

    if (number >= 0) {
        return find_numbered(regions, owner, number);
    }
    clean = mmt_devices_clean_name(name, name_len);
    key = g_strdup_printf("%u\n%s", owner->index, clean);
    region = GPOINTER_TO_UINT(g_hash_table_lookup(regions->others, key));
    if (region) {
        return region - 1;
    }
    region = add_region(regions, owner, number, clean);
    if (g_hash_table_size(regions->others) < MMT_REGIONS_MAX) {
        g_hash_table_insert(regions->others, g_steal_pointer(&key),
                            GUINT_TO_POINTER(region + 1));
    }
    return region;
}

void mmt_regions_set_ids(MmtRegions *regions, uint32_t region, uint16_t vendor,
                         uint16_t device)
{
    mmt_devices_known_ids(regions->devices, region_at(regions, region)->device,
                          vendor, device);
}

void mmt_regions_set_base(MmtRegions *regions, uint32_t region, uint64_t base)
{
    region_at(regions, region)->pub.base = base;
    region_at(regions, region)->pub.synthetic = false;
}

void mmt_regions_set_size(MmtRegions *regions, uint32_t region, uint64_t size)
{
    MmtRegion *pub = &region_at(regions, region)->pub;

    pub->size = size;
    if (pub->synthetic && size > SYNTHETIC_ROOM &&
        size <= 1ull << 46) {
        uint64_t room = 1;

        while (room < size) {
            room <<= 1;
        }
        pub->base = (regions->next_base + room - 1) & ~(room - 1);
        regions->next_base = pub->base + room;
    }
}

/* mmiotrace */

static bool span_is(MmtSpan span, const char *word)
{
    return span.len == strlen(word) && !memcmp(span.p, word, span.len);
}

/* The word after @skip words of a mark; empty if there is none */
static MmtSpan mark_word(MmtSpan text, unsigned skip)
{
    const char *end = text.p + text.len;
    const char *p = text.p;
    MmtSpan word;

    while (skip-- && p < end) {
        p = memchr(p, ' ', end - p) ?: end;
        p += p < end;
    }
    word.p = p;
    word.len = (const char *)(memchr(p, ' ', end - p) ?: end) - p;
    return word;
}

/* Number of the region that a mark calls @word; -1 if there is none */
static int region_number(MmtSpan word)
{
    size_t i;

    if (word.len == 5 && !memcmp(word.p, "bar=", 4) && word.p[4] >= '0' &&
        word.p[4] <= '5') {
        return word.p[4] - '0';
    }
    if (span_is(word, "rom")) {
        return MMT_REGION_ROM;
    }
    if (span_is(word, "config")) {
        return MMT_REGION_CONFIG;
    }
    for (i = 0; i < G_N_ELEMENTS(vga_ranges); i++) {
        if (span_is(word, vga_ranges[i].word)) {
            return vga_ranges[i].number;
        }
    }
    return -1;
}

static bool span_number(MmtSpan span, uint64_t *out)
{
    char buf[24];
    const char *end;

    if (!span.p || !span.len || span.len >= sizeof(buf)) {
        return false;
    }
    memcpy(buf, span.p, span.len);
    buf[span.len] = '\0';
    *out = g_ascii_strtoull(buf, (char **)&end, 0);
    return !*end;
}

static MmtRange *find_map(MmtRegions *regions, uint32_t id)
{
    return g_hash_table_lookup(regions->maps, GUINT_TO_POINTER(id));
}

/* Return: a map id's range, made if it is new; NULL if there are too many */
static MmtRange *get_map(MmtRegions *regions, uint32_t id)
{
    MmtRange *map = find_map(regions, id);

    if (!map && g_hash_table_size(regions->maps) < MAPS_MAX) {
        map = g_new0(MmtRange, 1);
        map->region = MMT_NO_REGION;
        g_hash_table_insert(regions->maps, GUINT_TO_POINTER(id), map);
    }
    return map;
}

static void set_range(MmtRange *range, const MmtRegions *regions,
                      uint32_t number)
{
    const MmtRegion *pub = &region_at(regions, number)->pub;

    range->region = number;
    range->base = pub->base;
    range->first = pub->base;
    range->last = pub->size ? pub->base + (pub->size - 1) : pub->base;
    /* a hostile log's range may pass the end of the addresses */
    if (range->last < range->first) {
        range->last = UINT64_MAX;
    }
}

/* "vfio-trace: coverage device=ID REGION map=M ..." */
static void take_coverage(MmtRegions *regions, MmtSpan text)
{
    MmtSpan id = mmt_mark_value(text, "device");
    MmtSpan word = mark_word(text, 3);
    bool is_space = word.len > 6 && !memcmp(word.p, "space=", 6);
    int number = region_number(word);
    MmtSpan name = { 0 };
    char id_buf[MMT_DEVICES_NAME_BUF];
    char name_buf[MMT_DEVICES_NAME_BUF];
    uint64_t map_id;
    uint32_t region;
    MmtRange *map;

    if (!id.p || (number < 0 && !is_space) ||
        !span_number(mmt_mark_value(text, "map"), &map_id) ||
        map_id > INT32_MAX) {
        return;
    }
    id = mmt_devices_unescape_id(id, id_buf);
    if (is_space) {
        name = mmt_devices_unescape((MmtSpan) { word.p + 6, word.len - 6 }, name_buf);
    }
    region = mmt_regions_find(regions, id.p, id.len, number, name.p, name.len);
    map = get_map(regions, map_id);
    if (map && map->region != region) {
        regions->changes++;
        set_range(map, regions, region);
    }
}

/* Narrow a range around @addr to one side of [first, last], which lacks it. */
static void keep_outside(MmtRange *range, uint64_t addr, uint64_t first,
                         uint64_t last)
{
    if (first > addr) {
        range->last = MIN(range->last, first - 1);
    } else if (last < addr) {
        range->first = MAX(range->first, last + 1);
    }
}

/*
 * An address is in a BAR.  The range may have been narrowed by BARs that come
 * before this one.
 */
static void keep_inside(MmtRange *range, uint32_t region, uint64_t base,
                        uint64_t size)
{
    range->region = region;
    range->base = base;
    range->first = MAX(range->first, base);
    range->last = MIN(range->last, base + (size - 1));
}

/* Find the BAR around an address; if there is none, narrow @range around it */
static bool find_bar(MmtRegions *regions, uint64_t addr, bool ports,
                     MmtRange *range)
{
    MmtDevice *device;
    unsigned d;
    int i;

    for (d = 0; (device = mmt_devices_latest(regions->devices, d)); d++) {
        for (i = 0; i < MMT_PCI_RESOURCES; i++) {
            uint64_t base = mmt_resource_base(&device->pci, i);
            uint64_t size = device->pci.size[i];

            if (!base || !size || base + (size - 1) < base ||
                mmt_resource_is_port(&device->pci, i) != ports) {
                continue;
            }
            if (addr >= base && addr - base < size) {
                keep_inside(range, find_numbered(regions, device, i), base,
                            size);
                return true;
            }
            keep_outside(range, addr, base, base + (size - 1));
        }
    }
    return false;
}

/* The same for what the user said of BARs */
static bool find_user_bar(MmtRegions *regions, uint64_t addr, MmtRange *range)
{
    int i;

    for (i = 0; i < MMT_PCI_RESOURCES; i++) {
        uint64_t base = regions->bars[i].base;
        uint64_t size = regions->bars[i].size;

        if (!size || base + (size - 1) < base) {
            continue;
        }
        if (addr >= base && addr - base < size) {
            keep_inside(range, find_numbered(regions, sole_device(regions), i),
                        base, size);
            return true;
        }
        keep_outside(range, addr, base, base + (size - 1));
    }
    return false;
}

static MmtRange locate_address(MmtRegions *regions, uint64_t addr)
{
    MmtRange range = { .region = regions->mem, .first = 0, .last = UINT64_MAX };

    if (find_user_bar(regions, addr, &range) ||
        find_bar(regions, addr, false, &range)) {
        return range;
    }
    if (addr >= PORTS) {
        range.first = MAX(range.first, PORTS);
    } else {
        range.last = MIN(range.last, PORTS - 1);
        if (find_bar(regions, addr, true, &range)) {
            return range;
        }
    }
    if (regions->mem == MMT_NO_REGION) {
        regions->mem = mmt_regions_find(regions, "", 0, MMT_REGION_OTHER,
                                        "mem", 3);
    }
    range.region = regions->mem;
    range.base = 0;
    return range;
}

MmtRange mmt_regions_locate(MmtRegions *regions, uint32_t map_id,
                            uint64_t addr)
{
    MmtRange *map = find_map(regions, map_id);
    MmtRange range;

    if (map && addr >= map->first && addr <= map->last) {
        return *map;
    }
    range = locate_address(regions, addr);
    if (map) {
        keep_outside(&range, addr, map->first, map->last);
    }
    return range;
}

/* A kernel's mapping, which may have a part of a BAR */
static uint32_t take_mapping(MmtRegions *regions, const MmtEvent *ev)
{
    uint32_t number = locate_address(regions, ev->addr).region;

    if (number != MMT_NO_REGION &&
        g_hash_table_size(regions->mapped) < MAPS_MAX) {
        g_hash_table_insert(regions->mapped, GUINT_TO_POINTER(ev->map_id),
                            GUINT_TO_POINTER(number + 1));
    }
    return number;
}

static uint32_t take_map(MmtRegions *regions, const MmtEvent *ev)
{
    MmtRange *map = find_map(regions, ev->map_id);

    if (map) {
        MmtRegion *pub = &region_at(regions, map->region)->pub;

        pub->base = ev->addr;
        pub->size = ev->len;
        pub->synthetic = false;
        regions->changes++;
        set_range(map, regions, map->region);
        return map->region;
    }
    return take_mapping(regions, ev);
}

static uint32_t take_unmap(MmtRegions *regions, const MmtEvent *ev)
{
    MmtRange *map = find_map(regions, ev->map_id);
    gpointer id = GUINT_TO_POINTER(ev->map_id);
    uint32_t number = map ? map->region :
        GPOINTER_TO_UINT(g_hash_table_lookup(regions->mapped, id)) - 1;

    g_hash_table_remove(regions->mapped, id);
    return number;
}

uint32_t mmt_regions_take_event(MmtRegions *regions, const MmtEvent *ev)
{
    size_t prefix = strlen(MMT_MARK_PREFIX);
    MmtSpan word;

    mmt_devices_take_event(regions->devices, ev);
    switch (ev->type) {
    case MMT_EVENT_MAP:
        return take_map(regions, ev);
    case MMT_EVENT_UNMAP:
        return take_unmap(regions, ev);
    case MMT_EVENT_MARK:
        if (ev->text.len > prefix &&
            !memcmp(ev->text.p, MMT_MARK_PREFIX, prefix)) {
            word = mark_word(ev->text, 1);
            if (span_is(word, "coverage")) {
                take_coverage(regions, ev->text);
            }
        }
        break;
    default:
        break;
    }
    return MMT_NO_REGION;
}

uint64_t mmt_regions_changes(const MmtRegions *regions)
{
    return regions->changes;
}

uint64_t mmt_regions_ids(const MmtRegions *regions)
{
    return regions->ids;
}

uint32_t mmt_regions_config(MmtRegions *regions, uint32_t map_id)
{
    MmtRange *map = find_map(regions, map_id);

    if (map && region_at(regions, map->region)->pub.number ==
        MMT_REGION_CONFIG) {
        return map->region;
    }
    return find_numbered(regions, sole_device(regions), MMT_REGION_CONFIG);
}

uint32_t mmt_regions_count(const MmtRegions *regions)
{
    return regions->regions->len;
}

const MmtRegion *mmt_regions_get(const MmtRegions *regions, uint32_t region)
{
    return &region_at(regions, region)->pub;
}

const MmtRegionDevice *mmt_regions_device(const MmtRegions *regions,
                                          uint32_t region)
{
    return &region_at(regions, region)->device->pub;
}

const MmtPciDev *mmt_regions_pci(const MmtRegions *regions, uint32_t region)
{
    const MmtDevice *device = region_at(regions, region)->device;

    return device->has_pci ? &device->pci : NULL;
}
