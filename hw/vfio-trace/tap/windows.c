/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: what is trapped, and when
 *
 * What is to be logged is a set of bytes for each region and direction; what
 * is trapped are the pages of the host that have any of them.  A change lays
 * and lifts windows in one memory transaction, under the BQL, and writes its
 * mark there.  Whether an access is logged is looked up when it has come to its
 * trap, under the BQL, too: so the mark stands between the last access of
 * before and the first one of after, wherever the vCPUs were on their way.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/core/cpu.h"
#include "hw/pci/pci.h"
#include "system/cpus.h"
#include "system/runstate.h"
#include "system/tcg.h"
#include "hw/vfio-trace/tap/tap.h"

/* --- a change ----------------------------------------------------------- */

/* vCPUs that stood still already, each waiting for something */
static GPtrArray *standing;

/*
 * TCG's vCPUs find what they access by numbers that they look up in the present
 * view: a change makes these wrong for one that is in the middle of a block,
 * and its access would go to another device.  And they take a new view when
 * they come to it.  So they stand still meanwhile.
 */
void pci_tap_vcpus_stop(void)
{
    CPUState *cpu;

    if (!tcg_enabled()) {
        return;
    }
    standing = g_ptr_array_new();
    CPU_FOREACH(cpu) {
        if (cpu->stop || cpu->stopped) {
            g_ptr_array_add(standing, cpu);
        }
    }
    pause_all_vcpus();
}

void pci_tap_vcpus_go(void)
{
    CPUState *cpu;

    if (!tcg_enabled()) {
        return;
    }
    resume_all_vcpus();
    /* One that has stopped itself, for a log that is full, waits on. */
    CPU_FOREACH(cpu) {
        if (runstate_is_running() && g_ptr_array_find(standing, cpu, NULL)) {
            cpu->stop = true;
            qemu_cpu_kick(cpu);
        }
    }
    g_clear_pointer(&standing, g_ptr_array_unref);
}

void pci_tap_change_begin(void)
{
    pci_tap_vcpus_stop();
    memory_region_transaction_begin();
}

void pci_tap_change_end(void)
{
    memory_region_transaction_commit();
    pci_tap_vcpus_go();
}

/* --- one region --------------------------------------------------------- */

static PCITapLogs what_it_logs(const PCITapRegion *region, int dir)
{
    const GArray *wanted = region->wanted[dir];

    if (!region->tap->started || !wanted->len) {
        return PCI_TAP_LOGS_NONE;
    }
    return pci_tap_ranges_cover(wanted, 0, region->size) ? PCI_TAP_LOGS_ALL
                                                         : PCI_TAP_LOGS_SOME;
}

static GArray *what_it_traps(const PCITapRegion *region)
{
    g_autoptr(GArray) bytes = pci_tap_ranges_new();
    GArray *pages;

    if (region->tap->detached) {
        return g_steal_pointer(&bytes);
    }
    if (pci_tap_region_small(region)) {
        pci_tap_ranges_add(bytes, (PCITapRange) { .len = region->size });
        return g_steal_pointer(&bytes);
    }
    if (region->tap->started) {
        pci_tap_ranges_add_all(bytes, region->wanted[PCI_TAP_READ]);
        pci_tap_ranges_add_all(bytes, region->wanted[PCI_TAP_WRITE]);
    }
    pages = pci_tap_ranges_pages(bytes, region->size);
    pci_tap_ranges_remove_all(pages, region->hot);
    return pages;
}

/* --- how many there may be ----------------------------------------------- */

/* Windows that a region would have, if tracing were started */
static guint windows_for(const PCITapRegion *region, GArray *const wanted[],
                         const GArray *hot)
{
    g_autoptr(GArray) bytes = pci_tap_ranges_new();
    g_autoptr(GArray) pages = NULL;

    if (!region->size || region->nr == PCI_TAP_CONFIG) {
        return 0;
    }
    pci_tap_ranges_add_all(bytes, wanted[PCI_TAP_READ]);
    pci_tap_ranges_add_all(bytes, wanted[PCI_TAP_WRITE]);
    pages = pci_tap_ranges_pages(bytes, region->size);
    pci_tap_ranges_remove_all(pages, hot);
    return pages->len;
}

static guint windows_of_tap(const PCITap *tap, const PCITapRegion *but)
{
    guint sum = 0;
    int i;

    for (i = 0; i < PCI_TAP_REGIONS; i++) {
        const PCITapRegion *region = &tap->region[i];

        if (region != but) {
            sum += windows_for(region, region->wanted, region->hot);
        }
    }
    return sum;
}

static guint windows_of_all(const PCITapRegion *but)
{
    VFIOTraceLog *log = NULL;
    guint sum = 0;
    PCITap *tap;

    while ((log = vfio_trace_log_next(log))) {
        QTAILQ_FOREACH(tap, &log->taps, next) {
            sum += windows_of_tap(tap, but);
        }
    }
    return sum;
}

bool pci_tap_windows_room(const PCITapRegion *region, GArray *const wanted[],
                          const GArray *hot)
{
    return wanted[PCI_TAP_READ]->len <= PCI_TAP_RANGES_MAX &&
           wanted[PCI_TAP_WRITE]->len <= PCI_TAP_RANGES_MAX &&
           windows_of_all(region) + windows_for(region, wanted, hot) <=
           PCI_TAP_WINDOWS_MAX;
}

static bool no_room(const PCITap *tap, Error **errp)
{
    error_setg(errp, "the windows of device '%s' would be too many: up to %d "
               "ranges in a region, up to %d in which pages lie together in "
               "the machine; have fewer and larger ones", tap->name,
               PCI_TAP_RANGES_MAX, PCI_TAP_WINDOWS_MAX);
    return false;
}

bool pci_tap_windows_check(const PCITap *tap, Error **errp)
{
    unsigned marks = 0;
    int i;

    for (i = 0; i < PCI_TAP_REGIONS; i++) {
        const PCITapRegion *region = &tap->region[i];

        marks += pci_tap_coverage_marks(region, region->wanted);
        if (region->size &&
            (region->wanted[PCI_TAP_READ]->len > PCI_TAP_RANGES_MAX ||
             region->wanted[PCI_TAP_WRITE]->len > PCI_TAP_RANGES_MAX)) {
            return no_room(tap, errp);
        }
    }
    if (windows_of_all(NULL) + windows_of_tap(tap, NULL) >
        PCI_TAP_WINDOWS_MAX) {
        return no_room(tap, errp);
    }
    return vfio_trace_log_room(tap->log, marks, errp);
}

/* --- laying and lifting them --------------------------------------------- */

static void lift_windows(PCITapRegion *region)
{
    guint i;

    for (i = 0; i < region->windows->len; i++) {
        MemoryRegion *alias = g_ptr_array_index(region->windows, i);

        memory_region_del_subregion(&region->container, alias);
        object_unparent(OBJECT(alias));
        g_free(alias);
    }
    g_ptr_array_set_size(region->windows, 0);
}

static void lay_windows(PCITapRegion *region)
{
    guint i;

    for (i = 0; i < region->trapped->len; i++) {
        const PCITapRange *range = pci_tap_ranges_at(region->trapped, i);
        MemoryRegion *alias = g_new0(MemoryRegion, 1);
        /* QEMU takes long to find a free number for each of many like names. */
        g_autofree char *name =
            g_strdup_printf("vfio-trace window %s 0x%" PRIx64,
                            pci_tap_region_word(region->nr), range->offset);

        memory_region_init_alias(alias, OBJECT(region->tap), name,
                                 &region->trap, range->offset, range->len);
        memory_region_add_subregion_overlap(&region->container, range->offset,
                                            alias, 1);
        g_ptr_array_add(region->windows, alias);
    }
}

void pci_tap_region_update(PCITapRegion *region)
{
    g_autoptr(GArray) trapped = NULL;
    int dir;

    for (dir = 0; dir < PCI_TAP_DIRECTIONS; dir++) {
        region->logs[dir] = what_it_logs(region, dir);
    }
    if (!pci_tap_region_attached(region)) {
        return;
    }
    trapped = what_it_traps(region);
    if (pci_tap_ranges_equal(trapped, region->trapped)) {
        return;
    }
    lift_windows(region);
    g_array_unref(region->trapped);
    region->trapped = g_steal_pointer(&trapped);
    lay_windows(region);
}

static void update_all(PCITap *tap)
{
    int i;

    for (i = 0; i < PCI_TAP_REGIONS; i++) {
        if (tap->region[i].size) {
            pci_tap_region_update(&tap->region[i]);
            pci_tap_snapshots_forget(&tap->region[i]);
        }
    }
}

/* --- what users change -------------------------------------------------- */

void pci_tap_set_started(PCITap *tap, bool started)
{
    if (tap->started == started) {
        return;
    }
    tap->started = started;
    vfio_trace_log_markf(tap->log, "%s device=%s", started ? "start" : "stop",
                         tap->name);
    update_all(tap);
}

static const char *directions_name(unsigned directions)
{
    static const char *const name[] = {
        [1 << PCI_TAP_READ] = "r",
        [1 << PCI_TAP_WRITE] = "w",
        [PCI_TAP_BOTH] = "rw",
    };

    return name[directions];
}

static PCITapRange range_of(const PCITapWindow *window,
                            const PCITapRegion *region)
{
    return window->whole ? (PCITapRange) { .len = region->size }
                         : window->range;
}

static void tell_window(PCITapRegion *region, const PCITapWindow *window,
                        const char *what)
{
    PCITapRange range = range_of(window, region);

    vfio_trace_log_markf(region->tap->log, "window device=%s %s map=%" PRIu32
                         " addr=0x%" PRIx64 " len=0x%" PRIx64
                         " access=%s change=%s", region->tap->name,
                         pci_tap_region_label(region->nr), region->map_id,
                         region->addr + range.offset, range.len,
                         directions_name(window->directions), what);
    pci_tap_log_region_again(region);
}

/* Let the sets of a region become others, if there is room for that. */
static bool change_wanted(PCITapRegion *region, const PCITapWindow *window,
                          void (*change)(GArray *, PCITapRange), Error **errp)
{
    PCITapRange range = range_of(window, region);
    GArray *wanted[PCI_TAP_DIRECTIONS];
    bool room;
    int dir;

    for (dir = 0; dir < PCI_TAP_DIRECTIONS; dir++) {
        wanted[dir] = pci_tap_ranges_new();
        pci_tap_ranges_add_all(wanted[dir], region->wanted[dir]);
        if (window->directions & 1 << dir) {
            change(wanted[dir], range);
        }
    }
    room = (pci_tap_windows_room(region, wanted, region->hot) ||
            no_room(region->tap, errp)) &&
           vfio_trace_log_room(region->tap->log,
                               pci_tap_coverage_marks(region, wanted) + 1,
                               errp);
    for (dir = 0; dir < PCI_TAP_DIRECTIONS; dir++) {
        if (room) {
            g_array_unref(region->wanted[dir]);
            region->wanted[dir] = wanted[dir];
        } else {
            g_array_unref(wanted[dir]);
        }
    }
    return room;
}

bool pci_tap_window_add(PCITap *tap, const PCITapWindow *window, Error **errp)
{
    PCITapRegion *region = &tap->region[window->nr];

    if (!change_wanted(region, window, pci_tap_ranges_add, errp)) {
        return false;
    }
    pci_tap_hot_forget(region, range_of(window, region));
    if (!region->map_id) {
        region->map_id = tap->log->next_map_id++;
    }
    tell_window(region, window, "added");
    if (pci_tap_region_attached(region) && !region->region) {
        pci_tap_region_attach(region);
    }
    pci_tap_region_update(region);
    return true;
}

bool pci_tap_window_remove(PCITap *tap, const PCITapWindow *window,
                           Error **errp)
{
    PCITapRegion *region = &tap->region[window->nr];

    if (!region->map_id) {
        return true;
    }
    if (!change_wanted(region, window, pci_tap_ranges_remove, errp)) {
        return false;
    }
    tell_window(region, window, "removed");
    pci_tap_region_update(region);
    pci_tap_snapshots_forget(region);
    return true;
}
