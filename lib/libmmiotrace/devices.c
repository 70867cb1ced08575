/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: devices of a trace (see devices.h)
 *
 * Theory of operation
 *
 * When a PCIDEV line comes, it is not known yet whether a device mark follows.
 * So the line is given to the device that it fits best: one with the same line,
 * else with the same address and IDs, else a new one.  If a mark then names
 * another device, that is undone.
 *
 * The kernel lists the devices of all domains in one list.  Two lines of a list
 * with the same address and IDs, but with other BARs, are two devices.  A list
 * ends with the first line that is something else.  Later parts of logs that
 * older versions wrote repeat all PCIDEV lines so far, also those that are out
 * of date, without marks: they say nothing new of devices that are known.
 */
#include "libmmiotrace/devices.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "libmmiotrace/mark-words.h"
#include "libmmiotrace/parse.h"
#include "libmmiotrace/printable.h"
#include "libmmiotrace/record.h"

/* Bytes of a name */
#define NAME_MAX_LEN 128

/* Name of the last device, if there are too many */
#define OTHER "other"

/* Behind an ID: the device that has it, and none that has it as a name */
#define FIRST "#1"

/* A mark's host= of a device that has no address there */
#define NO_HOST "none"

/**
 * struct MmtDevices: state of the table
 * @changed: called for each change
 * @opaque: its argument
 * @names: all names: they live as long as the table
 * @devices: MmtDevice, in the order in which they were found
 * @by_id: MmtRegionDevice.id -> MmtDevice
 * @by_name: MmtRegionDevice.name -> the MmtDevice that got the name last
 * @titles: address -> what LSPCI lines call the device there; "" if two lines
 *          differ, which are of two domains
 * @latest: devices with a PCIDEV line that are not unplugged, the last one last
 * @vendor: IDs for devices of which the trace gives none
 * @device: likewise
 * @listing: number of the current list of PCIDEV lines
 * @header: in a later part's header, number of its list, else 0
 * @last: the device to which the last PCIDEV line was given, or NULL if a mark
 *        has named it
 * @last_pci: the line
 * @before: what @last was before
 * @fresh: @last was made for the line
 * @spare: a device that proved to be another one: the next new one takes its
 *         place, so that devices that are plugged often need no more; or NULL
 */
struct MmtDevices {
    MmtDevicesChanged *changed;
    void *opaque;
    GStringChunk *names;
    GPtrArray *devices;
    GHashTable *by_id;
    GHashTable *by_name;
    GHashTable *titles;
    GPtrArray *latest;
    uint16_t vendor;
    uint16_t device;
    unsigned listing;
    unsigned header;
    MmtDevice *last;
    MmtPciDev last_pci;
    MmtDevice before;
    bool fresh;
    MmtDevice *spare;
};

MmtDevices *mmt_devices_new(MmtDevicesChanged *changed, void *opaque)
{
    MmtDevices *devices = g_new0(MmtDevices, 1);

    devices->changed = changed;
    devices->opaque = opaque;
    devices->names = g_string_chunk_new(1024);
    devices->devices = g_ptr_array_new_with_free_func(g_free);
    devices->by_id = g_hash_table_new(g_str_hash, g_str_equal);
    devices->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    devices->titles = g_hash_table_new(g_str_hash, g_str_equal);
    devices->latest = g_ptr_array_new();
    devices->listing = 1;
    return devices;
}

void mmt_devices_free(MmtDevices *devices)
{
    g_ptr_array_unref(devices->latest);
    g_hash_table_unref(devices->titles);
    g_hash_table_unref(devices->by_name);
    g_hash_table_unref(devices->by_id);
    g_ptr_array_unref(devices->devices);
    g_string_chunk_free(devices->names);
    g_free(devices);
}

void mmt_devices_set_ids(MmtDevices *devices, uint16_t vendor, uint16_t device)
{
    devices->vendor = vendor;
    devices->device = device;
}

unsigned mmt_devices_count(const MmtDevices *devices)
{
    return devices->devices->len;
}

MmtDevice *mmt_devices_at(const MmtDevices *devices, unsigned index)
{
    return devices->devices->pdata[index];
}

MmtDevice *mmt_devices_sole(const MmtDevices *devices)
{
    MmtDevice *sole = NULL;
    unsigned i;

    for (i = 0; i < devices->devices->len; i++) {
        MmtDevice *device = devices->devices->pdata[i];

        if (device->void_entry) {
            continue;
        }
        if (sole) {
            return NULL;
        }
        sole = device;
    }
    return sole;
}

MmtDevice *mmt_devices_latest(const MmtDevices *devices, unsigned i)
{
    unsigned n = devices->latest->len;

    return i < n ? devices->latest->pdata[n - 1 - i] : NULL;
}

char *mmt_devices_clean_name(const char *p, size_t len)
{
    char buf[NAME_MAX_LEN + 1];

    len = MIN(len, NAME_MAX_LEN);
    mmt_printable(p, len, buf, sizeof(buf) - 1);
    return g_strdup(buf);
}

MmtSpan mmt_devices_unescape(MmtSpan word, char *buf)
{
    static const char *const escapes[] = { "%20 ", "%25%", "%2d-" };
    size_t n = 0;
    size_t i;
    size_t k;

    for (i = 0; i < word.len && n < MMT_DEVICES_NAME_BUF; i++) {
        buf[n] = word.p[i];
        for (k = 0; word.p[i] == '%' && k < G_N_ELEMENTS(escapes); k++) {
            if (word.len - i >= 3 && !memcmp(word.p + i, escapes[k], 3)) {
                buf[n] = escapes[k][3];
                i += 2;
                break;
            }
        }
        n++;
    }
    return (MmtSpan) { buf, n };
}

MmtSpan mmt_devices_unescape_id(MmtSpan word, char *buf)
{
    return mmt_words_are(word, "-") ? (MmtSpan) { buf, 0 }
                                    : mmt_devices_unescape(word, buf);
}

static void tell(MmtDevices *devices, MmtDevice *device)
{
    devices->changed(device, devices->opaque);
}

/* A name that no device has yet: NAME, NAME@HOST, or one of these with #N */
static char *unique_id(const MmtDevices *devices, const char *name,
                       const char *host)
{
    g_autofree char *base = g_strdup(name);
    char *id;
    unsigned n;

    if (!g_hash_table_contains(devices->by_id, name)) {
        return g_steal_pointer(&base);
    }
    if (*host && strcmp(host, NO_HOST)) {
        g_free(base);
        base = g_strdup_printf("%s@%s", name, host);
        if (!g_hash_table_contains(devices->by_id, base)) {
            return g_steal_pointer(&base);
        }
    }
    for (n = 2;; n++) {
        id = g_strdup_printf("%s#%u", base, n);
        if (!g_hash_table_contains(devices->by_id, id)) {
            return id;
        }
        g_free(id);
    }
}

static void forget_names(MmtDevices *devices, const MmtDevice *device)
{
    if (g_hash_table_lookup(devices->by_id, device->pub.id) == device) {
        g_hash_table_remove(devices->by_id, device->pub.id);
    }
    if (g_hash_table_lookup(devices->by_name, device->pub.name) == device) {
        g_hash_table_remove(devices->by_name, device->pub.name);
    }
}

static void set_names(MmtDevices *devices, MmtDevice *device, const char *name,
                      const char *host)
{
    g_autofree char *id = unique_id(devices, name, host);

    device->pub.id = g_string_chunk_insert(devices->names, id);
    device->pub.name = g_string_chunk_insert(devices->names, name);
    device->pub.host = g_string_chunk_insert(devices->names, host);
    g_hash_table_insert(devices->by_id, (gpointer)device->pub.id, device);
    /* the key must live as long as the entry */
    g_hash_table_replace(devices->by_name, (gpointer)device->pub.name, device);
}

/* Return: an empty device in the table */
static MmtDevice *add_device(MmtDevices *devices)
{
    MmtDevice *device = devices->spare;

    if (device) {
        devices->spare = NULL;
        *device = (MmtDevice) { .index = device->index };
        return device;
    }
    device = g_new0(MmtDevice, 1);
    device->index = devices->devices->len;
    g_ptr_array_add(devices->devices, device);
    return device;
}

/* Return: a new device; "other" if there are many */
static MmtDevice *new_device(MmtDevices *devices, const char *name,
                             const char *host)
{
    MmtDevice *device;

    if (devices->devices->len >= MMT_DEVICES_MAX) {
        return devices->devices->pdata[MMT_DEVICES_MAX - 1];
    }
    device = add_device(devices);
    if (device->index == MMT_DEVICES_MAX - 1) {
        name = OTHER;
        host = "";
    }
    device->pub.address = "";
    device->pub.title = "";
    device->pub.vendor = devices->vendor;
    device->pub.device = devices->device;
    set_names(devices, device, name, host);
    return device;
}

MmtDevice *mmt_devices_find(MmtDevices *devices, const char *name, size_t len)
{
    g_autofree char *clean = mmt_devices_clean_name(name, len);
    MmtDevice *device = g_hash_table_lookup(devices->by_name, clean);

    if (!device) {
        device = new_device(devices, clean, "");
        tell(devices, device);
    }
    return device;
}

void mmt_devices_known_ids(MmtDevices *devices, MmtDevice *device,
                           uint16_t vendor, uint16_t id)
{
    if (vendor != device->pub.vendor || id != device->pub.device) {
        device->pub.vendor = vendor;
        device->pub.device = id;
        tell(devices, device);
    }
}

/* --- PCIDEV lines --------------------------------------------------------- */

/* "01:00.0"; @text has 16 bytes */
static void put_address(const MmtPciDev *pci, char *text)
{
    snprintf(text, 16, "%02x:%02x.%x", pci->bus, pci->devfn >> 3,
             pci->devfn & 7);
}

static bool same_address(const MmtPciDev *a, const MmtPciDev *b)
{
    return a->bus == b->bus && a->devfn == b->devfn;
}

static bool same_ids(const MmtPciDev *a, const MmtPciDev *b)
{
    return a->vendor == b->vendor && a->device == b->device;
}

static bool same_bars(const MmtPciDev *a, const MmtPciDev *b)
{
    return !memcmp(a->start, b->start, sizeof(a->start)) &&
           !memcmp(a->size, b->size, sizeof(a->size));
}

/* How well a device fits a PCIDEV line */
typedef enum Fit {
    FIT_NONE,
    FIT_ADDRESS,    /* address and BARs: its IDs may have changed */
    FIT_IDS,        /* address and IDs: it may have been plugged again */
    FIT_ALL,
} Fit;

static Fit fit_of(const MmtDevices *devices, const MmtDevice *device,
                  const MmtPciDev *pci)
{
    bool bars = same_bars(&device->pci, pci);

    if (!device->has_pci || !same_address(&device->pci, pci)) {
        return FIT_NONE;
    }
    if (same_ids(&device->pci, pci)) {
        return bars ? FIT_ALL :
               device->listing != devices->listing ? FIT_IDS : FIT_NONE;
    }
    return bars && !device->has_mark ? FIT_ADDRESS : FIT_NONE;
}

/* The first one of those that fit best, or NULL */
static MmtDevice *find_pci(const MmtDevices *devices, const MmtPciDev *pci)
{
    MmtDevice *best = NULL;
    Fit best_fit = FIT_NONE;
    unsigned i;

    for (i = 0; i < devices->devices->len && best_fit < FIT_ALL; i++) {
        MmtDevice *device = devices->devices->pdata[i];
        Fit fit = fit_of(devices, device, pci);

        if (fit > best_fit) {
            best = device;
            best_fit = fit;
        }
    }
    return best;
}

/* It stands in its place in the order of the lines now. */
static void move_last(MmtDevices *devices, MmtDevice *device)
{
    unsigned n = devices->latest->len;

    if (!n || devices->latest->pdata[n - 1] != device) {
        g_ptr_array_remove(devices->latest, device);
        g_ptr_array_add(devices->latest, device);
    }
}

static void set_pci(MmtDevices *devices, MmtDevice *device,
                    const MmtPciDev *pci)
{
    char address[16];

    put_address(pci, address);
    if (strcmp(address, device->pub.address)) {
        device->pub.address = g_string_chunk_insert_const(devices->names,
                                                          address);
    }
    device->pub.title = g_hash_table_lookup(devices->titles, address) ?: "";
    device->has_pci = true;
    device->pci = *pci;
    device->pub.vendor = pci->vendor;
    device->pub.device = pci->device;
    device->listing = devices->listing;
    device->present = true;
    move_last(devices, device);
    tell(devices, device);
}

static void take_pcidev(MmtDevices *devices, const MmtPciDev *pci)
{
    MmtDevice *device = find_pci(devices, pci);
    char address[16];

    devices->last = NULL;
    if (device && devices->header && device->listing <= devices->header) {
        return;
    }
    devices->fresh = !device;
    if (!device) {
        put_address(pci, address);
        device = new_device(devices, address, "");
    }
    devices->before = *device;
    devices->last = device;
    devices->last_pci = *pci;
    set_pci(devices, device, pci);
}

/**
 * struct Address: a PCI address
 * @domain: the domain; 0 if the text has none
 * @has_domain: the text has one
 * @bus: bus
 * @devfn: device << 3 | function
 */
typedef struct Address {
    unsigned domain;
    bool has_domain;
    unsigned bus;
    unsigned devfn;
} Address;

static bool parse_address(const char *text, Address *address)
{
    unsigned device;
    unsigned function;
    int end = 0;

    address->has_domain =
        sscanf(text, "%8x:%2x:%2x.%1x%n", &address->domain, &address->bus,
               &device, &function, &end) == 4 && end && !text[end];
    if (!address->has_domain) {
        address->domain = 0;
        end = 0;
        if (sscanf(text, "%2x:%2x.%1x%n", &address->bus, &device, &function,
                   &end) != 3 || !end || text[end]) {
            return false;
        }
    }
    address->devfn = device << 3 | function;
    return device < 32 && function < 8;
}

/* "01:00.0 VGA compatible controller: ...": the first line of lspci's on it */
static void take_lspci(MmtDevices *devices, MmtSpan text)
{
    const char *blank = memchr(text.p, ' ', text.len);
    g_autofree char *title = NULL;
    Address address;
    char word[16];
    const char *old;
    unsigned i;

    if (!blank || blank - text.p >= (ptrdiff_t)sizeof(word) ||
        g_hash_table_size(devices->titles) >= MMT_DEVICES_MAX) {
        return;
    }
    memcpy(word, text.p, blank - text.p);
    word[blank - text.p] = '\0';
    if (!parse_address(word, &address)) {
        return;
    }
    title = mmt_devices_clean_name(blank + 1, text.p + text.len - (blank + 1));
    snprintf(word, sizeof(word), "%02x:%02x.%x", address.bus & 0xff,
             address.devfn >> 3 & 0x1f, address.devfn & 7);
    old = g_hash_table_lookup(devices->titles, word);
    if (old && strcmp(old, title)) {
        *title = '\0';
    }
    g_hash_table_insert(devices->titles,
                        g_string_chunk_insert_const(devices->names, word),
                        g_string_chunk_insert_const(devices->names, title));
    for (i = 0; i < devices->devices->len; i++) {
        MmtDevice *device = devices->devices->pdata[i];

        if (!strcmp(device->pub.address, word)) {
            device->pub.title = g_hash_table_lookup(devices->titles, word);
            tell(devices, device);
        }
    }
}

/* --- marks ---------------------------------------------------------------- */

static bool is_at(const char *host, const MmtPciDev *pci)
{
    Address address;

    return parse_address(host, &address) && address.bus == pci->bus &&
           address.devfn == pci->devfn;
}

/*
 * The device of that name, if it can be the one that the mark means.  An ID may
 * have been another device's.
 */
static MmtDevice *find_named(MmtDevices *devices, const char *name,
                             const char *host)
{
    MmtDevice *device = g_hash_table_lookup(devices->by_name, name);
    const MmtPciDev *pci = &devices->last_pci;
    unsigned i;

    if (!device || !device->has_mark) {
        return device;
    }
    for (i = 0; i < devices->devices->len; i++) {
        device = devices->devices->pdata[i];
        if (device->has_mark && device->pub.vendor == pci->vendor &&
            device->pub.device == pci->device &&
            !strcmp(device->pub.name, name) &&
            !strcmp(device->pub.host, host)) {
            return device;
        }
    }
    return NULL;
}

/* The last PCIDEV line was that of another device. */
static void undo_pcidev(MmtDevices *devices)
{
    MmtDevice *device = devices->last;

    if (devices->fresh) {
        forget_names(devices, device);
        device->has_pci = false;
        device->present = false;
        device->void_entry = true;
        devices->spare = device;
    } else {
        *device = devices->before;
    }
    if (!device->present) {
        g_ptr_array_remove(devices->latest, device);
    }
    tell(devices, device);
}

/* "vfio-trace: device id=ID host=BDF ...": follows the device's PCIDEV */
static void take_device(MmtDevices *devices, MmtSpan text)
{
    MmtSpan id = mmt_mark_value(text, "id");
    MmtSpan host_word = mmt_mark_value(text, "host");
    MmtDevice *last = devices->last;
    g_autofree char *name = NULL;
    g_autofree char *host = NULL;
    char buf[MMT_DEVICES_NAME_BUF];
    MmtDevice *device;

    if (!last || !id.p || !host_word.p ||
        devices->devices->len >= MMT_DEVICES_MAX) {
        return;
    }
    id = mmt_devices_unescape_id(id, buf);
    name = mmt_devices_clean_name(id.p, id.len);
    host = mmt_devices_clean_name(host_word.p, host_word.len);
    if (strcmp(host, NO_HOST) && !is_at(host, &devices->last_pci)) {
        return;
    }
    device = find_named(devices, name, host);
    if (!device && !last->has_mark) {
        forget_names(devices, last);
        set_names(devices, last, name, host);
        device = last;
    } else if (device != last) {
        undo_pcidev(devices);
        device = device ?: new_device(devices, name, host);
        device->pub.host = g_string_chunk_insert_const(devices->names, host);
        set_pci(devices, device, &devices->last_pci);
    }
    device->has_mark = true;
    devices->last = NULL;
    /* marks that name it mean this one from here on */
    g_hash_table_replace(devices->by_name, (gpointer)device->pub.name, device);
    tell(devices, device);
}

/* Its addresses can be another device's now. */
static void take_detached(MmtDevices *devices, MmtSpan text)
{
    MmtSpan id = mmt_mark_value(text, "id");
    g_autofree char *name = NULL;
    char buf[MMT_DEVICES_NAME_BUF];
    MmtDevice *device;

    if (!id.p) {
        return;
    }
    id = mmt_devices_unescape_id(id, buf);
    name = mmt_devices_clean_name(id.p, id.len);
    device = g_hash_table_lookup(devices->by_name, name);
    if (device && device->present) {
        device->present = false;
        g_ptr_array_remove(devices->latest, device);
        tell(devices, device);
    }
}

static void take_mark(MmtDevices *devices, MmtSpan text)
{
    MmtSpan name = mmt_mark_name(text);

    if (!name.p) {
        return;
    }
    if (mmt_words_are(name, "device")) {
        take_device(devices, text);
    } else if (mmt_words_are(name, "detached")) {
        take_detached(devices, text);
    } else if (mmt_words_are(name, "part")) {
        devices->header = mmt_words_have(text, "begins") ? devices->listing : 0;
    }
}

void mmt_devices_take_event(MmtDevices *devices, const MmtEvent *ev)
{
    if (ev->type == MMT_EVENT_PCIDEV) {
        take_pcidev(devices, &ev->pci);
        return;
    }
    if (ev->type == MMT_EVENT_LSPCI) {
        take_lspci(devices, ev->text);
        return;
    }
    if (ev->type == MMT_EVENT_MARK) {
        take_mark(devices, ev->text);
    }
    if (ev->type != MMT_EVENT_COMMENT) {
        devices->listing++;
    }
}

/* --- what a user names ---------------------------------------------------- */

/* "1af4:1110" */
static bool ids_fit(const MmtRegionDevice *device, const char *text)
{
    unsigned vendor;
    unsigned id;
    int end = 0;

    return sscanf(text, "%4x:%4x%n", &vendor, &id, &end) == 2 && end &&
           !text[end] && vendor == device->vendor && id == device->device;
}

static bool address_fits(const MmtRegionDevice *device, const char *text)
{
    Address wanted;
    Address has;

    if (!parse_address(text, &wanted) ||
        (!parse_address(device->host, &has) &&
         !parse_address(device->name, &has) &&
         !parse_address(device->address, &has))) {
        return false;
    }
    return wanted.bus == has.bus && wanted.devfn == has.devfn &&
           (!wanted.has_domain || wanted.domain == has.domain);
}

/* The device's ID, and FIRST */
static bool is_choice(const MmtRegionDevice *device, const char *text)
{
    size_t n = strlen(device->id);

    return !strncmp(text, device->id, n) && !strcmp(text + n, FIRST);
}

bool mmt_devices_fit(const MmtRegionDevice *device, const char *text)
{
    return !strcmp(text, device->id) || !strcmp(text, device->name) ||
           is_choice(device, text) || address_fits(device, text) ||
           ids_fit(device, text);
}

void mmt_devices_put_choice(const MmtRegionDevice *device, const GPtrArray *of,
                            GString *to)
{
    unsigned i;

    g_string_append(to, device->id);
    for (i = 0; i < of->len; i++) {
        if (of->pdata[i] != device &&
            mmt_devices_fit(of->pdata[i], device->id)) {
            g_string_append(to, FIRST);
            return;
        }
    }
}
