/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libmmiotrace: parser of QEMU's trace events as text, as `-trace` and the log
 * backend write them (see input.h)
 */
#include "libmmiotrace/input-qemu-time.h"
#include "libmmiotrace/input-scan.h"

/* Kinds of names of regions, for mmt_input_recent() */
enum { QEMU_REGION = 1, QEMU_CONFIG, QEMU_MEMORY };

/* VFIO's region for legacy VGA, and its parts by their offset */
#define QEMU_VGA 8

static const struct {
    uint64_t first;
    uint64_t last;
    int number;
} vga_parts[] = {
    { 0xa0000, 0xbffff, MMT_REGION_VGA_MEMORY },
    { 0x3b0, 0x3bb, MMT_REGION_VGA_3B0 },
    { 0x3c0, 0x3df, MMT_REGION_VGA_3C0 },
};

/**
 * struct QemuEvent: an event
 * @name: its name
 * @len: length of @name
 * @kind: MmtEntryKind, for accesses
 * @parse: parses what follows the name and blanks; false if that is damaged
 * @skip: the event is no access
 */
typedef struct QemuEvent {
    const char *name;
    uint8_t len;
    uint8_t kind;
    bool (*parse)(MmtInput *input, MmtScan *text, MmtEntry *entry);
    bool skip;
} QemuEvent;

/* Split VGA's region, whose offsets are addresses */
static void qemu_find_vga(MmtInput *input, const char *device,
                          size_t device_len, MmtEntry *entry)
{
    static const char name[] = "vga";
    size_t i;

    for (i = 0; i < sizeof(vga_parts) / sizeof(vga_parts[0]); i++) {
        if (entry->offset >= vga_parts[i].first &&
            entry->offset <= vga_parts[i].last) {
            entry->offset -= vga_parts[i].first;
            entry->region = mmt_regions_find(input->regions, device, device_len,
                                             vga_parts[i].number, NULL, 0);
            return;
        }
    }
    entry->region = mmt_regions_find(input->regions, device, device_len,
                                     MMT_REGION_OTHER, name,
                                     sizeof(name) - 1);
}

/**
 * struct QemuName: a region's name in an access
 * @device: the device's name
 * @device_len: its length
 * @number: VFIO's number of the region
 */
typedef struct QemuName {
    const char *device;
    size_t device_len;
    uint32_t number;
} QemuName;

/* Parse NAME:regionN+0x; NAME may contain anything. */
static bool qemu_region_name(MmtScan *text, QemuName *name)
{
    static const char word[] = ":region";
    MmtScan t = *text;

    name->device = text->p;
    while ((t.p = mmt_scan_find(&t, word, sizeof(word) - 1))) {
        name->device_len = t.p - name->device;
        t.p += sizeof(word) - 1;
        if (mmt_scan_dec32(&t, &name->number) && mmt_scan_take(&t, "+0x")) {
            *text = t;
            return true;
        }
    }
    return false;
}

static void qemu_find_region(MmtInput *input, const MmtScan *text,
                             const QemuName *name, MmtEntry *entry)
{
    const char *word = name->device + name->device_len + 1;
    const char *end = text->p - strlen("+0x");
    bool other = name->number > MMT_REGION_CONFIG;

    entry->region = mmt_regions_find(input->regions, name->device,
                                     name->device_len,
                                     other ? MMT_REGION_OTHER
                                           : (int)name->number,
                                     word, end - word);
    mmt_input_remember(input, name->device, text->p - name->device, QEMU_REGION,
                       entry->region);
}

/* Parse (NAME:regionN+0xOFFSET, */
static bool qemu_region_offset(MmtInput *input, MmtScan *text, QemuName *vga,
                               MmtEntry *entry)
{
    vga->number = 0;
    if (!mmt_scan_take(text, "(")) {
        return false;
    }
    if (!mmt_input_recent(input, text, QEMU_REGION, &entry->region)) {
        QemuName name;

        if (!qemu_region_name(text, &name)) {
            return false;
        }
        if (name.number == QEMU_VGA) {
            *vga = name;
        } else {
            qemu_find_region(input, text, &name, entry);
        }
    }
    return mmt_scan_hex(text, &entry->offset) && mmt_scan_take(text, ", ");
}

static bool qemu_width(MmtScan *text, MmtEntry *entry)
{
    unsigned width = (unsigned char)*text->p - '0';

    if (mmt_scan_at_end(text) || width > 8 || !(0x116 >> width & 1)) {
        return false;
    }
    text->p++;
    entry->width = width;
    return true;
}

static bool qemu_value_and_end(MmtScan *text, MmtEntry *entry)
{
    if (!mmt_scan_hex(text, &entry->value) || !mmt_scan_finish(text)) {
        return false;
    }
    entry->value = mmt_scan_mask(entry->value, entry->width);
    return true;
}

/* Parse WIDTH) = 0xVALUE */
static bool qemu_read_end(MmtScan *text, MmtEntry *entry)
{
    return qemu_width(text, entry) && mmt_scan_take(text, ") = 0x") &&
           qemu_value_and_end(text, entry);
}

/* Parse 0xVALUE, WIDTH) */
static bool qemu_write_end(MmtScan *text, MmtEntry *entry)
{
    if (!mmt_scan_take(text, "0x") || !mmt_scan_hex(text, &entry->value) ||
        !mmt_scan_take(text, ", ") || !qemu_width(text, entry) ||
        !mmt_scan_take(text, ")") || !mmt_scan_finish(text)) {
        return false;
    }
    entry->value = mmt_scan_mask(entry->value, entry->width);
    return true;
}

static bool qemu_access_end(MmtScan *text, MmtEntry *entry)
{
    return entry->kind == MMT_ENTRY_READ ? qemu_read_end(text, entry)
                                         : qemu_write_end(text, entry);
}

static bool qemu_region_access(MmtInput *input, MmtScan *text, MmtEntry *entry)
{
    QemuName vga;

    if (!qemu_region_offset(input, text, &vga, entry) ||
        !qemu_access_end(text, entry)) {
        return false;
    }
    if (vga.number == QEMU_VGA) {
        qemu_find_vga(input, vga.device, vga.device_len, entry);
    }
    return true;
}

static bool qemu_vga_access(MmtInput *input, MmtScan *text, MmtEntry *entry)
{
    if (!mmt_scan_take(text, "(0x") || !mmt_scan_hex(text, &entry->offset) ||
        !mmt_scan_take(text, ", ") || !qemu_access_end(text, entry)) {
        return false;
    }
    qemu_find_vga(input, "", 0, entry);
    return true;
}

/* Parse (NAME, @0xOFFSET, */
static bool qemu_config_offset(MmtInput *input, MmtScan *text, MmtEntry *entry)
{
    static const char at[] = ", @0x";
    const char *name;
    const char *end;

    if (!mmt_scan_take(text, "(")) {
        return false;
    }
    if (!mmt_input_recent(input, text, QEMU_CONFIG, &entry->region)) {
        name = text->p;
        end = mmt_scan_find(text, at, sizeof(at) - 1);
        if (!end) {
            return false;
        }
        text->p = end + sizeof(at) - 1;
        entry->region = mmt_regions_find(input->regions, name, end - name,
                                         MMT_REGION_CONFIG, NULL, 0);
        mmt_input_remember(input, name, text->p - name, QEMU_CONFIG,
                           entry->region);
    }
    return mmt_scan_hex(text, &entry->offset) && mmt_scan_take(text, ", ");
}

/* The guest may read config space by three bytes. */
static bool qemu_config_width(MmtScan *text, MmtEntry *entry)
{
    if (!mmt_scan_take(text, "len=0x")) {
        return false;
    }
    if (mmt_scan_take(text, "3")) {
        entry->width = 3;
        return true;
    }
    return qemu_width(text, entry);
}

/* What the guest reads from the beginning of config space are the IDs. */
static void qemu_take_ids(MmtInput *input, const MmtEntry *entry)
{
    const MmtRegion *region;
    uint16_t vendor;
    uint16_t device;

    if (entry->offset + entry->width > 4 || entry->width < 2 ||
        entry->offset & 1) {
        return;
    }
    region = mmt_regions_get(input->regions, entry->region);
    vendor = entry->offset ? region->vendor : entry->value;
    device = entry->offset ? entry->value :
             entry->width == 4 ? entry->value >> 16 : region->device_id;
    if (vendor == 0xffff || device == 0xffff ||
        (vendor == region->vendor && device == region->device_id)) {
        return;
    }
    mmt_regions_set_ids(input->regions, entry->region, vendor, device);
}

static bool qemu_config_read(MmtInput *input, MmtScan *text, MmtEntry *entry)
{
    if (!qemu_config_offset(input, text, entry) ||
        !qemu_config_width(text, entry) || !mmt_scan_take(text, ") 0x") ||
        !qemu_value_and_end(text, entry)) {
        return false;
    }
    if (entry->offset < 4) {
        qemu_take_ids(input, entry);
    }
    return true;
}

static bool qemu_config_write(MmtInput *input, MmtScan *text, MmtEntry *entry)
{
    if (!qemu_config_offset(input, text, entry) ||
        !mmt_scan_take(text, "0x") || !mmt_scan_hex(text, &entry->value) ||
        !mmt_scan_take(text, ", ") || !qemu_config_width(text, entry) ||
        !mmt_scan_take(text, ")") || !mmt_scan_finish(text)) {
        return false;
    }
    entry->value = mmt_scan_mask(entry->value, entry->width);
    return true;
}

/* Parse name 'NAME'; old QEMUs print none. */
static bool qemu_memory_name(MmtInput *input, MmtScan *text, MmtEntry *entry)
{
    static const char unnamed[] = "memory";
    const char *name = unnamed;
    size_t len = sizeof(unnamed) - 1;

    if (!mmt_scan_finish(text)) {
        if (!mmt_scan_take(text, "name '")) {
            return false;
        }
        name = text->p;
        if (mmt_input_recent(input, text, QEMU_MEMORY, &entry->region) &&
            mmt_scan_at_end(text)) {
            return true;
        }
        len = text->end - name;
        while (len && name[len - 1] == ' ') {
            len--;
        }
        if (!len || name[--len] != '\'') {
            return false;
        }
    }
    if (!len) {
        name = unnamed;
        len = sizeof(unnamed) - 1;
    }
    entry->region = mmt_regions_find(input->regions, "", 0, MMT_REGION_OTHER,
                                     name, len);
    if (name != unnamed && name + len + 1 == text->end) {
        mmt_input_remember(input, name, len + 1, QEMU_MEMORY, entry->region);
    }
    return true;
}

/* Parse cpu N mr POINTER addr 0xADDRESS value 0xVALUE size N name 'NAME' */
static bool qemu_memory_access(MmtInput *input, MmtScan *text, MmtEntry *entry)
{
    uint64_t pointer;

    if (!mmt_scan_take(text, "cpu ") ||
        (!mmt_scan_take(text, "-1") && !mmt_scan_dec32(text, &entry->cpu)) ||
        !mmt_scan_take(text, " mr ") ||
        !(mmt_scan_take(text, "(nil)") ||
          (mmt_scan_take(text, "0x") && mmt_scan_hex(text, &pointer))) ||
        !mmt_scan_take(text, " addr 0x") ||
        !mmt_scan_hex(text, &entry->offset) ||
        !mmt_scan_take(text, " value 0x") ||
        !mmt_scan_hex(text, &entry->value) ||
        !mmt_scan_take(text, " size ") || !qemu_width(text, entry) ||
        !(mmt_scan_at_end(text) || *text->p == ' ')) {
        return false;
    }
    entry->value = mmt_scan_mask(entry->value, entry->width);
    return qemu_memory_name(input, text, entry);
}

/* Parse Device NAME, region N "NAME", flags: 0xN, offset: 0xN, size: 0xN */
static bool qemu_setup(MmtInput *input, MmtScan *text, MmtEntry *entry)
{
    static const char word[] = ", region ";
    static const char size_word[] = ", size: 0x";
    const char *name;
    const char *end;
    uint32_t number;
    uint64_t size;

    (void)entry;
    if (!mmt_scan_take(text, "Device ")) {
        return false;
    }
    name = text->p;
    end = mmt_scan_find(text, word, sizeof(word) - 1);
    if (!end) {
        return false;
    }
    text->p = end + sizeof(word) - 1;
    if (!mmt_scan_dec32(text, &number) || number > MMT_REGION_ROM) {
        return false;
    }
    text->p = mmt_scan_find(text, size_word, sizeof(size_word) - 1);
    if (!text->p) {
        return false;
    }
    text->p += sizeof(size_word) - 1;
    if (!mmt_scan_hex(text, &size) || !size || !mmt_scan_finish(text)) {
        return false;
    }
    mmt_regions_set_size(input->regions,
                         mmt_regions_find(input->regions, name, end - name,
                                          number, NULL, 0), size);
    return true;
}

/* Parse NAME 0xID of the IDs that QEMU shows instead of the device's */
static bool qemu_emulated_id(MmtInput *input, MmtScan *text, bool vendor)
{
    static const char word[] = " 0x";
    const char *name = text->p;
    const char *end = mmt_scan_find(text, word, sizeof(word) - 1);
    const MmtRegion *region;
    uint32_t number;
    uint64_t id;

    if (!end) {
        return false;
    }
    text->p = end + sizeof(word) - 1;
    if (!mmt_scan_hex(text, &id) || id > UINT16_MAX || !mmt_scan_finish(text)) {
        return false;
    }
    number = mmt_regions_find(input->regions, name, end - name,
                              MMT_REGION_CONFIG, NULL, 0);
    region = mmt_regions_get(input->regions, number);
    mmt_regions_set_ids(input->regions, number, vendor ? id : region->vendor,
                        vendor ? region->device_id : id);
    return true;
}

static bool qemu_emulated_vendor(MmtInput *input, MmtScan *text,
                                 MmtEntry *entry)
{
    (void)entry;
    return qemu_emulated_id(input, text, true);
}

static bool qemu_emulated_device(MmtInput *input, MmtScan *text,
                                 MmtEntry *entry)
{
    (void)entry;
    return qemu_emulated_id(input, text, false);
}

#define ACCESS(name, kind, parse) { name, sizeof(name) - 1, kind, parse, false }
#define OTHER(name, parse) { name, sizeof(name) - 1, 0, parse, true }

/* The most frequent ones first */
static const QemuEvent events[] = {
    ACCESS("vfio_region_read", MMT_ENTRY_READ, qemu_region_access),
    ACCESS("vfio_region_write", MMT_ENTRY_WRITE, qemu_region_access),
    ACCESS("memory_region_ops_read", MMT_ENTRY_READ, qemu_memory_access),
    ACCESS("memory_region_ops_write", MMT_ENTRY_WRITE, qemu_memory_access),
    ACCESS("vfio_pci_read_config", MMT_ENTRY_READ, qemu_config_read),
    ACCESS("vfio_pci_write_config", MMT_ENTRY_WRITE, qemu_config_write),
    ACCESS("vfio_vga_read", MMT_ENTRY_READ, qemu_vga_access),
    ACCESS("vfio_vga_write", MMT_ENTRY_WRITE, qemu_vga_access),
    OTHER("vfio_region_setup", qemu_setup),
    OTHER("vfio_pci_emulated_vendor_id", qemu_emulated_vendor),
    OTHER("vfio_pci_emulated_device_id", qemu_emulated_device),
};

static const QemuEvent *qemu_find_event(MmtScan *text)
{
    size_t i;

    for (i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
        const QemuEvent *event = &events[i];

        MmtScan t = *text;

        if (mmt_scan_take_bytes(&t, event->name, event->len) &&
            mmt_scan_take(&t, " ")) {
            *text = t;
            return event;
        }
    }
    return NULL;
}

/* Any other event of VFIO: a word, and a blank or the end */
static bool qemu_is_vfio(const MmtScan *text)
{
    static const char vfio[] = "vfio_";
    size_t len = mmt_scan_word(text);

    return len > sizeof(vfio) - 1 && !memcmp(text->p, vfio, sizeof(vfio) - 1) &&
           (text->p + len == text->end || text->p[len] == ' ');
}

MmtInputResult mmt_input_qemu(MmtInput *input, const char *line, size_t len,
                              MmtEntry *entry)
{
    MmtScan text = { line, line + len };
    const QemuEvent *event;

    if (mmt_input_qemu_time(input, &text, &entry->ns)) {
        entry->flags |= MMT_ENTRY_TIMED;
    }
    event = qemu_find_event(&text);
    if (!event) {
        return qemu_is_vfio(&text) ? MMT_INPUT_SKIP : MMT_INPUT_FOREIGN;
    }
    entry->kind = event->kind;
    mmt_scan_skip_blanks(&text);
    if (event->skip) {
        event->parse(input, &text, entry);
        return MMT_INPUT_SKIP;
    }
    if (!event->parse(input, &text, entry)) {
        return MMT_INPUT_DAMAGED;
    }
    mmt_input_set_address(input, entry);
    return MMT_INPUT_ENTRY;
}
