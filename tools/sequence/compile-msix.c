/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: where the MSI-X table is, and what switches interrupts
 * (see compile-msix.h)
 */
#include "tools/sequence/compile-msix.h"

#include <string.h>

#include "libmmiotrace/mark-words.h"

/* Table and pending bits, in each part of a log and by each window */
#define RANGES_MAX 1024

/* PCI 3.0, 6.8.2: the control word, and an entry of the table */
#define MSIX_CONTROL 2
#define MSIX_CONTROL_SIZE 0x7ff
#define MSIX_ENTRY 16
#define CONFIG_BYTES 256

/* PCI 3.0, 6.8.1: MSI's control word, and what is behind it */
#define MSI_CONTROL 2
#define MSI_CONTROL_64 0x80
#define MSI_CONTROL_MASKING 0x100
#define MSI_BYTES 10
#define MSI_BYTES_64 4
#define MSI_BYTES_MASKING 10

/**
 * struct Range: a range of a BAR
 * @bar: number of the BAR
 * @start: address in the log
 * @len: bytes
 */
typedef struct Range {
    uint64_t bar;
    uint64_t start;
    uint64_t len;
} Range;

/**
 * struct CompileMsix: the state
 * @ranges: Range, of coverage marks
 * @caps: capabilities that were read in config space
 * @config: bytes of config space as they were read last
 * @known: which of them were
 * @switches: bits that switch interrupts, or have their addresses
 * @table: place of the table, as config space says it
 * @table_len: its bytes; 0 if it is not known
 */
struct CompileMsix {
    GArray *ranges;
    PciCaps *caps;
    uint8_t config[CONFIG_BYTES];
    bool known[CONFIG_BYTES];
    uint8_t switches[CONFIG_BYTES];
    PciCapsPlace table;
    uint64_t table_len;
};

CompileMsix *compile_msix_new(void)
{
    CompileMsix *msix = g_new0(CompileMsix, 1);

    msix->ranges = g_array_new(FALSE, FALSE, sizeof(Range));
    msix->caps = pci_caps_new();
    return msix;
}

static void take_coverage(CompileMsix *msix, MmtSpan text)
{
    MmtSpan by = mmt_mark_value(text, "by");
    Range range = {
        .bar = mmt_words_number(text, "bar"),
        .start = mmt_words_number(text, "addr"),
        .len = mmt_words_number(text, "len"),
    };

    if ((mmt_words_are(by, "msix-table") || mmt_words_are(by, "msix-pba")) &&
        mmt_mark_value(text, "bar").p && msix->ranges->len < RANGES_MAX) {
        g_array_append_val(msix->ranges, range);
    }
}

static void take_config(CompileMsix *msix, const MmtEntry *entry)
{
    unsigned i;

    pci_caps_read(msix->caps, entry->offset, entry->width, entry->value);
    for (i = 0; i < entry->width && i < sizeof(entry->value); i++) {
        uint64_t at = entry->offset + i;

        if (at < CONFIG_BYTES) {
            msix->config[at] = entry->value >> (8 * i);
            msix->known[at] = true;
        }
    }
}

void compile_msix_entry(CompileMsix *msix, MmtTrace *trace,
                        const MmtEntry *entry)
{
    MmtSpan text, name;

    if (entry->kind == MMT_ENTRY_READ) {
        if (mmt_trace_region(trace, entry->region)->number ==
            MMT_REGION_CONFIG) {
            take_config(msix, entry);
        }
    } else if (entry->kind == MMT_ENTRY_MARK &&
               entry->flags & MMT_ENTRY_TRACER) {
        text.p = mmt_trace_text(trace, entry, &text.len);
        name = mmt_mark_name(text);
        if (name.p && mmt_mark_find(name.p, name.len) == MMT_MARK_COVERAGE) {
            take_coverage(msix, text);
        }
    }
}

/* Return: a word of config space, 0 where it is not known */
static unsigned word_at(const CompileMsix *msix, uint32_t at)
{
    return at + 1 < CONFIG_BYTES && msix->known[at] && msix->known[at + 1] ?
           msix->config[at] | msix->config[at + 1] << 8 : 0;
}

static void take_msix(CompileMsix *msix, const PciCaps *caps, uint32_t at)
{
    PciCapsPlace table = pci_caps_msix_table(caps);
    uint32_t control = at + MSIX_CONTROL;

    if (table.known) {
        msix->table = table;
    }
    if (control + 1 >= CONFIG_BYTES) {
        return;
    }
    /* enable, and mask all */
    msix->switches[control + 1] = 0xc0;
    if (msix->table.known && msix->known[control] &&
        msix->known[control + 1]) {
        msix->table_len = MSIX_ENTRY *
                          ((word_at(msix, control) & MSIX_CONTROL_SIZE) + 1);
    }
}

static void take_msi(CompileMsix *msix, uint32_t at)
{
    unsigned control = word_at(msix, at + MSI_CONTROL);
    uint32_t i, len = MSI_BYTES;

    len += control & MSI_CONTROL_64 ? MSI_BYTES_64 : 0;
    len += control & MSI_CONTROL_MASKING ? MSI_BYTES_MASKING : 0;
    if (at + len > CONFIG_BYTES) {
        return;
    }
    /* enable, and how many */
    msix->switches[at + MSI_CONTROL] = 0x71;
    for (i = MSI_CONTROL + 2; i < len; i++) {
        msix->switches[at + i] = 0xff;
    }
}

void compile_msix_caps(CompileMsix *msix, const PciCaps *caps)
{
    const PciCap *all;
    unsigned i, n = 0;

    all = caps ? pci_caps_get(caps, &n) : NULL;
    for (i = 0; i < n; i++) {
        if (all[i].id == PCI_CAPS_MSIX) {
            take_msix(msix, caps, all[i].offset);
        } else if (all[i].id == PCI_CAPS_MSI) {
            take_msi(msix, all[i].offset);
        }
    }
}

void compile_msix_finish(CompileMsix *msix)
{
    compile_msix_caps(msix, msix->caps);
}

uint64_t compile_msix_bits(const CompileMsix *msix, const MmtEntry *entry)
{
    uint64_t bits = 0;
    unsigned i;

    for (i = 0; i < entry->width && i < sizeof(bits); i++) {
        if (entry->offset + i < CONFIG_BYTES) {
            bits |= (uint64_t)msix->switches[entry->offset + i] << (8 * i);
        }
    }
    return bits;
}

bool compile_msix_has(const CompileMsix *msix, int number,
                      const MmtEntry *entry)
{
    guint i;

    if (number < 0 || number >= MMT_REGION_ROM) {
        return false;
    }
    for (i = 0; i < msix->ranges->len; i++) {
        const Range *range = &g_array_index(msix->ranges, Range, i);

        if (range->bar == (unsigned)number && entry->address >= range->start &&
            entry->address - range->start < range->len) {
            return true;
        }
    }
    return msix->table_len && msix->table.bar == (unsigned)number &&
           entry->offset >= msix->table.offset &&
           entry->offset - msix->table.offset < msix->table_len;
}

void compile_msix_free(CompileMsix *msix)
{
    if (msix) {
        g_array_unref(msix->ranges);
        g_free(msix->caps);
        g_free(msix);
    }
}
