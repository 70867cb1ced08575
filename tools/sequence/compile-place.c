/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: places of accesses (see compile-place.h)
 */
#include "tools/sequence/compile-place.h"

#include "libmmiotrace/trace.h"

static const char msix_table[] =
    "it is one to the MSI-X table: who plays the sequence has interrupts of its own";

static const char *place_of_region(const MmtEntry *entry, int number,
                                   uint8_t *region, uint64_t *offset)
{
    static const struct {
        int number;
        uint64_t start;
    } vga[] = {
        { MMT_REGION_VGA_MEMORY, 0xa0000 },
        { MMT_REGION_VGA_3B0, 0x3b0 },
        { MMT_REGION_VGA_3C0, 0x3c0 },
    };
    size_t i;

    *offset = entry->offset;
    if (number >= 0 && number <= SEQUENCE_REGION_CONFIG) {
        *region = number;
        return NULL;
    }
    for (i = 0; i < G_N_ELEMENTS(vga); i++) {
        if (number == vga[i].number) {
            *region = SEQUENCE_REGION_VGA;
            *offset += vga[i].start;
            return NULL;
        }
    }
    return "it is of no region of a PCI device; --bar says where a BAR is";
}

static bool is_port(const MmtTrace *trace, uint32_t region, int number)
{
    const MmtPciDev *pci = mmt_regions_pci(mmt_trace_table(trace), region);

    return number == MMT_REGION_VGA_3B0 || number == MMT_REGION_VGA_3C0 ||
           (pci && number >= 0 && number < MMT_PCI_RESOURCES &&
            mmt_resource_is_port(pci, number));
}

static const char *check_width(const MmtEntry *entry, bool narrow)
{
    if (entry->width != 1 && entry->width != 2 && entry->width != 4 &&
        entry->width != 8) {
        return "its width is not 1, 2, 4 or 8 bytes";
    }
    if (narrow && entry->width == 8) {
        return "ports and config space have no accesses of 8 bytes";
    }
    return entry->offset % entry->width ?
           "its offset is not a multiple of its width" : NULL;
}

const char *compile_place(Compile *c, const MmtEntry *entry, uint8_t *region,
                          uint64_t *offset)
{
    const MmtRegion *from = mmt_trace_region(c->trace, entry->region);
    bool port = is_port(c->trace, entry->region, from->number);
    const char *why = place_of_region(entry, from->number, region, offset);
    SeqRegion *to;

    if (!why && entry->kind == MMT_ENTRY_UNKNOWN) {
        why = "it is not known whether it is a read or a write";
    }
    if (!why && compile_msix_has(c->msix, from->number, entry)) {
        why = msix_table;
    }
    if (!why) {
        why = check_width(entry, port || *region == SEQUENCE_REGION_CONFIG);
    }
    if (!why) {
        to = &c->seq->regions[*region];
        to->port |= port && *region != SEQUENCE_REGION_VGA;
    }
    return why;
}
