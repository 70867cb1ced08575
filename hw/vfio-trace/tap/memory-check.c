/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: registers of the engine's files, and the device's windows
 *
 * The engine knows only those values of registers that it is told of.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/pci/pci.h"
#include "hw/vfio-trace/tap/direct.h"
#include "hw/vfio-trace/tap/memory.h"
#include "hw/vfio-trace/tap/ranges.h"

/**
 * struct MemoryRange: accesses that matter to the engine
 * @bar: BAR
 * @offset: offset in it
 * @len: bytes
 * @direction: reads, writes
 * @name: the register's name, or NULL
 */
typedef struct MemoryRange {
    int bar;
    uint64_t offset;
    uint64_t len;
    bool direction[PCI_TAP_DIRECTIONS];
    const char *name;
} MemoryRange;

static bool tap_memory_check_range(const PCITapMemory *m, unsigned i,
                                   MemoryRange *r)
{
    return gmem_engine_range(m->engine, i, &r->bar, &r->offset, &r->len,
                             &r->direction[PCI_TAP_READ],
                             &r->direction[PCI_TAP_WRITE], &r->name);
}

/* --- registers of a file ------------------------------------------------- */

static void tap_memory_check_triggers(const GArray *triggers, unsigned reg,
                                      MemoryRange *r)
{
    guint i;

    for (i = 0; i < triggers->len; i++) {
        const GmemTrigger *t = &g_array_index(triggers, GmemTrigger, i);

        if (t->reg == reg) {
            r->direction[PCI_TAP_READ] |= t->kind == GMEM_ON_READ;
            r->direction[PCI_TAP_WRITE] |= t->kind == GMEM_ON_WRITE;
        }
    }
}

/* The first register of a declaration, where it is without expressions */
static MemoryRange tap_memory_check_first(const GmemFile *file, unsigned reg)
{
    const GmemRegister *is = &g_array_index(file->reg, GmemRegister, reg);
    MemoryRange r = {
        .bar = is->bar,
        .offset = is->offset,
        .len = is->width,
        .direction = { is->reads, is->writes },
        .name = is->name,
    };
    guint i;

    for (i = 0; i < file->statement->len; i++) {
        const GmemStatement *s = &g_array_index(file->statement, GmemStatement,
                                                i);

        tap_memory_check_triggers(s->trigger, reg, &r);
        tap_memory_check_triggers(s->reset, reg, &r);
    }
    return r;
}

/* --- is everything there? ------------------------------------------------ */

static const GmemRegister *tap_memory_check_register(const GmemFile *file,
                                                     const MemoryRange *r)
{
    guint i;

    for (i = 0; i < file->reg->len; i++) {
        const GmemRegister *reg = &g_array_index(file->reg, GmemRegister, i);

        if (r->name && g_str_equal(reg->name, r->name)) {
            return reg;
        }
    }
    return NULL;
}

/* An array may be longer than the device's: its first part must be there. */
static bool tap_memory_check_exists(const PCITapRegion *region,
                                    const GmemRegister *reg, MemoryRange *r)
{
    if (r->offset >= region->size) {
        return false;
    }
    if (reg && reg->is_array) {
        r->len = MIN(r->len, region->size - r->offset);
    }
    return r->len <= region->size - r->offset;
}

static bool tap_memory_check_traced(const PCITapRegion *region,
                                    const MemoryRange *r, int direction)
{
    return !r->direction[direction] ||
           (pci_tap_ranges_cover(region->wanted[direction], r->offset,
                                 r->len) &&
            !pci_tap_ranges_touch(region->hot, r->offset, r->len));
}

static bool tap_memory_check_snapshot(PCITap *tap, const GmemFile *file,
                                      MemoryRange *r, Error **errp)
{
    const PCITapRegion *region = &tap->region[r->bar];
    const GmemRegister *reg = tap_memory_check_register(file, r);

    /* Of the doorbell, one byte suffices. */
    if (reg == &g_array_index(file->reg, GmemRegister, 0)) {
        r->len = 1;
    }
    if (tap_memory_check_exists(region, NULL, r) &&
        tap_memory_check_traced(region, r, PCI_TAP_WRITE)) {
        return true;
    }
    error_setg(errp,
               "snapshot: '%s': device '%s' has no such register, or writes to it are not traced",
               file->name, tap->name);
    return false;
}

static bool tap_memory_check_rings(PCITap *tap, const GmemFile *file,
                                   MemoryRange *r, Error **errp)
{
    static const char *const accesses[] = {
        [PCI_TAP_READ] = "reads",
        [PCI_TAP_WRITE] = "writes",
    };
    static const char *const letter[] = {
        [PCI_TAP_READ] = "r",
        [PCI_TAP_WRITE] = "w",
    };
    const PCITapRegion *region = &tap->region[r->bar];
    const GmemRegister *reg = tap_memory_check_register(file, r);
    const char *name = r->name ?: "a register";
    int dir;

    if (!tap_memory_check_exists(region, reg, r)) {
        error_setg(errp,
                   "rings: '%s': device '%s' has no register %s: BAR %d has no 0x%"
                   PRIx64 " bytes at 0x%" PRIx64, file->name, tap->name, name,
                   r->bar, r->len, r->offset);
        return false;
    }
    for (dir = 0; dir < PCI_TAP_DIRECTIONS; dir++) {
        if (!tap_memory_check_traced(region, r, dir)) {
            error_setg(errp,
                       "rings: '%s': %s of register %s of device '%s' are not traced: add the window %d:0x%"
                       PRIx64 ":0x%" PRIx64 ":%s", file->name, accesses[dir],
                       name, tap->name, r->bar, r->offset, r->len,
                       letter[dir]);
            return false;
        }
    }
    return true;
}

/* --- interrupts ---------------------------------------------------------- */

static bool tap_memory_check_only_irqs(const GmemStatement *s)
{
    guint i;

    for (i = 0; i < s->trigger->len; i++) {
        if (g_array_index(s->trigger, GmemTrigger, i).kind != GMEM_ON_IRQ) {
            return false;
        }
    }
    return s->trigger->len;
}

static bool tap_memory_check_irqs(PCITap *tap, const GmemFile *file,
                                  Error **errp)
{
    guint i;

    for (i = 0; !tap->irq && i < file->statement->len; i++) {
        const GmemStatement *s = &g_array_index(file->statement, GmemStatement,
                                                i);

        if (tap_memory_check_only_irqs(s)) {
            error_setg(errp,
                       "rings: '%s': line %u: '%s' needs the interrupts of device '%s': set irq=on",
                       file->name, s->line, s->name, tap->name);
            return false;
        }
    }
    return true;
}

/* --- room in the log ----------------------------------------------------- */

static uint64_t tap_memory_check_items(const GPtrArray *item)
{
    uint64_t most = 0;
    guint i;

    for (i = 0; item && i < item->len; i++) {
        const GmemItem *one = g_ptr_array_index(item, i);
        uint64_t here = one->is_list
            ? MAX(one->entry, tap_memory_check_items(one->item)) : one->max;

        most = MAX(most, here);
    }
    return most;
}

/* The largest piece that a statement logs: it is there as a whole, or not */
static uint64_t tap_memory_check_most(const GmemStatement *s)
{
    if (s->kind == GMEM_WATCH) {
        return GMEM_WATCH_LINE;
    }
    if (s->kind == GMEM_RING) {
        return MAX(s->entry, tap_memory_check_items(s->item));
    }
    return s->len.n == 1 && s->len.op[0].code == GMEM_OP_NUMBER
           ? s->len.op[0].number : GMEM_SNAPSHOT_MAX;
}

static bool tap_memory_check_room(PCITap *tap, const GmemFile *file,
                                  bool snapshot, Error **errp)
{
    uint64_t most = 0;
    uint64_t slots;
    guint i;

    for (i = 0; i < file->statement->len; i++) {
        most = MAX(most, tap_memory_check_most(
                       &g_array_index(file->statement, GmemStatement, i)));
    }
    slots = pci_tap_memory_slots(most);
    if (slots <= pci_tap_memory_room(tap->log)) {
        return true;
    }
    error_setg(errp,
               "%s: '%s': the ring of trace log '%s' is too small for %"
               PRIu64 " bytes at once: use ring-size=%" PRIu64,
               snapshot ? "snapshot" : "rings", file->name, tap->log->id, most,
               pow2ceil(slots) * (vfio_trace_log_slots(tap->log) /
                                  pci_tap_memory_room(tap->log)) *
               sizeof(MmtSlot));
    return false;
}

unsigned pci_tap_memory_ranges(const PCITap *tap)
{
    MemoryRange r;
    unsigned n = 0;

    while (tap_memory_check_range(tap->guest_memory, n, &r)) {
        n++;
    }
    return n;
}

/*
 * The place of an array may not be known yet, since it depends on registers
 * that the guest has not accessed: only its beginning is checked.
 */
static bool tap_memory_check_unplaced(PCITap *tap, const GmemFile *file,
                                      Error **errp)
{
    guint i;

    for (i = 0; i < file->reg->len; i++) {
        const GmemRegister *reg = &g_array_index(file->reg, GmemRegister, i);
        MemoryRange r = tap_memory_check_first(file, i);

        if (reg->bar >= 0 && !reg->offset_expr.n &&
            !tap_memory_check_rings(tap, file, &r, errp)) {
            return false;
        }
    }
    return true;
}

bool pci_tap_memory_fits(PCITap *tap, const GmemFile *file, bool snapshot,
                         unsigned first, Error **errp)
{
    MemoryRange r;
    unsigned i;

    for (i = first; tap_memory_check_range(tap->guest_memory, i, &r); i++) {
        if (snapshot ? !tap_memory_check_snapshot(tap, file, &r, errp)
                     : !tap_memory_check_rings(tap, file, &r, errp)) {
            return false;
        }
    }
    return (snapshot || tap_memory_check_unplaced(tap, file, errp)) &&
           tap_memory_check_irqs(tap, file, errp) &&
           tap_memory_check_room(tap, file, snapshot, errp);
}

/* --- accesses that matter ------------------------------------------------ */

static void tap_memory_check_mind_file(PCITap *tap, const GmemFile *file)
{
    guint i;
    int bar;
    int dir;

    for (i = 0; i < file->reg->len; i++) {
        MemoryRange r = tap_memory_check_first(file, i);

        /* Which BAR an area is in is the engine's secret. */
        for (bar = 0; bar < GMEM_BARS; bar++) {
            for (dir = 0; dir < PCI_TAP_DIRECTIONS; dir++) {
                tap->region[bar].memory[dir] |=
                    r.direction[dir] && (r.bar < 0 || r.bar == bar);
            }
        }
    }
}

void pci_tap_memory_mind(PCITap *tap)
{
    const GmemFile *file;
    unsigned i;
    int dir;

    pci_tap_gate_close(tap);
    for (i = 0; i < PCI_TAP_REGIONS; i++) {
        for (dir = 0; dir < PCI_TAP_DIRECTIONS; dir++) {
            tap->region[i].memory[dir] = false;
        }
    }
    for (i = 0; (file = gmem_engine_file(tap->guest_memory->engine, i)); i++) {
        tap_memory_check_mind_file(tap, file);
    }
    for (i = 0; i < PCI_TAP_REGIONS; i++) {
        PCITapRegion *region = &tap->region[i];

        region->behind[PCI_TAP_READ] = region->backtrace[PCI_TAP_READ] ||
                                       region->memory[PCI_TAP_READ];
        region->behind[PCI_TAP_WRITE] = region->backtrace[PCI_TAP_WRITE];
    }
    pci_tap_gate_open(tap);
}

/* The bytes of a range whose accesses may escape the engine */
static GArray *tap_memory_check_missed(const PCITapRegion *region,
                                       const MemoryRange *r)
{
    PCITapRange range = { .offset = r->offset, .len = r->len };
    g_autoptr(GArray) part = pci_tap_ranges_new();
    GArray *missed = pci_tap_ranges_new();
    int dir;

    pci_tap_ranges_add(missed, range);
    pci_tap_ranges_remove_all(missed, region->trapped);
    for (dir = 0; dir < PCI_TAP_DIRECTIONS; dir++) {
        if (!r->direction[dir]) {
            continue;
        }
        pci_tap_ranges_add(part, range);
        if (region->logs[dir]) {
            pci_tap_ranges_remove_all(part, region->wanted[dir]);
        }
        pci_tap_ranges_add_all(missed, part);
        g_array_set_size(part, 0);
    }
    return missed;
}

void pci_tap_memory_forget(const PCITapRegion *region)
{
    const PCITapMemory *m = region->tap->guest_memory;
    MemoryRange r;
    unsigned i;
    guint j;

    for (i = 0; tap_memory_check_range(m, i, &r); i++) {
        g_autoptr(GArray) missed = NULL;

        if (r.bar != region->nr || r.offset >= region->size) {
            continue;
        }
        r.len = MIN(r.len, region->size - r.offset);
        missed = tap_memory_check_missed(region, &r);
        for (j = 0; j < missed->len; j++) {
            gmem_engine_forget(m->engine, r.bar,
                               pci_tap_ranges_at(missed, j)->offset,
                               pci_tap_ranges_at(missed, j)->len);
        }
    }
}

void pci_tap_memory_missed(const PCITapRegion *region)
{
    if (region->nr < GMEM_BARS) {
        gmem_engine_forget(region->tap->guest_memory->engine, region->nr, 0,
                           region->size);
    }
}
