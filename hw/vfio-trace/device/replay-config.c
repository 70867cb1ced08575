/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: config space of a device that is made from a log (see
 * replay-config.h)
 *
 * MSI and MSI-X work as in any device of QEMU.  The bytes of other capabilities
 * are those of the log, and read-only but for the power state.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/units.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "libreplay/space.h"
#include "hw/vfio-trace/device/replay-config.h"

#define CAPABILITIES_MAX 48
#define BAR_MAX_32 (2ull << 30)
#define BAR_MAX_64 (1ull << 40)
#define BAR_MAX_PORTS (64u << 10)

/* The lowest bits of a BAR are no address. */
#define BAR_MIN_MEMORY 16
#define BAR_MIN_PORTS 4

/* Bytes of the header that are the device's, from the first to the last */
static const struct {
    uint8_t first;
    uint8_t last;
} config_header[] = {
    { PCI_VENDOR_ID, PCI_DEVICE_ID + 1 },
    { PCI_REVISION_ID, PCI_CLASS_DEVICE + 1 },
    { PCI_SUBSYSTEM_VENDOR_ID, PCI_SUBSYSTEM_ID + 1 },
    { PCI_INTERRUPT_PIN, PCI_MAX_LAT },
};

/* Length of the capabilities whose length is fixed */
static const struct {
    uint8_t id;
    uint8_t size;
} config_sizes[] = {
    { PCI_CAP_ID_PM, PCI_PM_SIZEOF },
    { PCI_CAP_ID_VPD, PCI_CAP_VPD_SIZEOF },
    { PCI_CAP_ID_EXP, 0x3c },
    { PCI_CAP_ID_AF, PCI_CAP_AF_SIZEOF },
};

bool replay_config_is_express(const ReplayLog *log)
{
    return replay_space_capability(log, PCI_CAP_ID_EXP) != 0;
}

uint8_t replay_config_bar_type(const ReplayLog *log, unsigned i)
{
    uint8_t type = log->pci.start[i] & 0xf;

    if (type & PCI_BASE_ADDRESS_SPACE_IO) {
        return PCI_BASE_ADDRESS_SPACE_IO;
    }
    type &= PCI_BASE_ADDRESS_MEM_TYPE_64 | PCI_BASE_ADDRESS_MEM_PREFETCH;
    /* The last one has no other half. */
    return i == 5 ? type & ~PCI_BASE_ADDRESS_MEM_TYPE_64 : type;
}

static uint64_t replay_config_bar_max(uint8_t type)
{
    if (type & PCI_BASE_ADDRESS_SPACE_IO) {
        return BAR_MAX_PORTS;
    }
    return type & PCI_BASE_ADDRESS_MEM_TYPE_64 ? BAR_MAX_64 : BAR_MAX_32;
}

static bool replay_config_bar_fits(uint64_t size, uint8_t type)
{
    return is_power_of_2(size) && size <= replay_config_bar_max(type) &&
           size >= (type & PCI_BASE_ADDRESS_SPACE_IO ? BAR_MIN_PORTS
                                                     : BAR_MIN_MEMORY);
}

bool replay_config_check(const ReplayLog *log, Error **errp)
{
    uint8_t header = log->config[PCI_HEADER_TYPE] &
                     ~PCI_HEADER_TYPE_MULTI_FUNCTION;
    bool any = false;
    unsigned i;

    if (header != PCI_HEADER_TYPE_NORMAL) {
        error_setg(errp,
                   "device '%s' of the log is a bridge: only devices with a normal header can be replayed",
                   log->device);
        return false;
    }
    for (i = 0; i < 6; i++) {
        uint64_t size = log->pci.size[i];
        uint8_t type = replay_config_bar_type(log, i);

        if (size && !replay_config_bar_fits(size, type)) {
            error_setg(errp, "BAR %u of the log has an impossible size: 0x%" PRIx64,
                       i, size);
            return false;
        }
        if (i && size && log->pci.size[i - 1] &&
            replay_config_bar_type(log, i - 1) &
            PCI_BASE_ADDRESS_MEM_TYPE_64) {
            error_setg(errp,
                       "BAR %u of the log is the other half of BAR %u, which has 64 bits",
                       i, i - 1);
            return false;
        }
        any |= size != 0;
    }
    if (!any) {
        error_setg(errp,
                   "the log does not say what BARs its device has: a log with a PCIDEV line is needed");
        return false;
    }
    return true;
}

static void replay_config_header(PCIDevice *pdev, const ReplayLog *log)
{
    unsigned i, at;

    pci_config_set_vendor_id(pdev->config, log->pci.vendor);
    pci_config_set_device_id(pdev->config, log->pci.device);
    for (i = 0; i < ARRAY_SIZE(config_header); i++) {
        for (at = config_header[i].first; at <= config_header[i].last; at++) {
            if (log->config_known[at]) {
                pdev->config[at] = log->config[at];
            }
        }
    }
    if (pdev->config[PCI_INTERRUPT_PIN] > 4) {
        pdev->config[PCI_INTERRUPT_PIN] = 0;
    }
}

/* How long an MSI capability is: its flags say it */
static unsigned replay_config_msi_size(const ReplayLog *log, unsigned at)
{
    uint16_t flags = pci_get_word(log->config + at + PCI_MSI_FLAGS);

    return (flags & PCI_MSI_FLAGS_MASKBIT ? 20 : 10) +
           (flags & PCI_MSI_FLAGS_64BIT ? 4 : 0);
}

static bool replay_config_msi(PCIDevice *pdev, const ReplayLog *log,
                              unsigned at, Error **errp)
{
    uint16_t flags = pci_get_word(log->config + at + PCI_MSI_FLAGS);
    unsigned order = MIN((flags & PCI_MSI_FLAGS_QMASK) >> 1, 5);

    return msi_init(pdev, at, 1u << order, flags & PCI_MSI_FLAGS_64BIT,
                    flags & PCI_MSI_FLAGS_MASKBIT, errp) >= 0;
}

static bool replay_config_msix(PCIDevice *pdev, const ReplayLog *log,
                               unsigned at, Error **errp)
{
    unsigned n = (pci_get_word(log->config + at + PCI_MSIX_FLAGS) &
                  PCI_MSIX_FLAGS_QSIZE) + 1;
    uint32_t table = pci_get_long(log->config + at + PCI_MSIX_TABLE);
    uint32_t pba = pci_get_long(log->config + at + PCI_MSIX_PBA);
    unsigned table_bar = table & PCI_MSIX_FLAGS_BIRMASK;
    unsigned pba_bar = pba & PCI_MSIX_FLAGS_BIRMASK;
    uint64_t table_end = (uint64_t)(table & ~PCI_MSIX_FLAGS_BIRMASK) +
                         n * PCI_MSIX_ENTRY_SIZE;
    uint64_t pba_end = (uint64_t)(pba & ~PCI_MSIX_FLAGS_BIRMASK) + 256;
    unsigned i;

    if (table_bar >= 6 || pba_bar >= 6 || table_end > UINT32_MAX ||
        pba_end > UINT32_MAX || !pdev->io_regions[table_bar].size ||
        !pdev->io_regions[pba_bar].size) {
        error_setg(errp, "it is in no BAR");
        return false;
    }
    if (msix_init(pdev, n, pdev->io_regions[table_bar].memory, table_bar,
                  table & ~PCI_MSIX_FLAGS_BIRMASK,
                  pdev->io_regions[pba_bar].memory, pba_bar,
                  pba & ~PCI_MSIX_FLAGS_BIRMASK, at, errp) < 0) {
        return false;
    }
    for (i = 0; i < n; i++) {
        msix_vector_use(pdev, i);
    }
    return true;
}

/* How long a capability is, if nothing says it: up to what comes next */
static unsigned replay_config_size(const ReplayLog *log, unsigned at,
                                   unsigned end)
{
    unsigned i;

    for (i = 0; i < ARRAY_SIZE(config_sizes); i++) {
        if (config_sizes[i].id == log->config[at]) {
            return MIN(config_sizes[i].size, end - at);
        }
    }
    if (log->config[at] == PCI_CAP_ID_VNDR) {
        return MIN(MAX(log->config[at + PCI_CAP_FLAGS], 4u), end - at);
    }
    return MIN(end - at, 16u);
}

static bool replay_config_plain(PCIDevice *pdev, const ReplayLog *log,
                                unsigned at, unsigned end, Error **errp)
{
    unsigned size = replay_config_size(log, at, end);
    unsigned i;

    if (pci_add_capability(pdev, log->config[at], at, size, errp) < 0) {
        return false;
    }
    for (i = PCI_CAP_FLAGS; i < size; i++) {
        pdev->config[at + i] = log->config[at + i];
    }
    if (log->config[at] == PCI_CAP_ID_PM && size > PCI_PM_CTRL) {
        pdev->config[at + PCI_PM_CTRL] &= ~PCI_PM_CTRL_STATE_MASK;
        pdev->wmask[at + PCI_PM_CTRL] = PCI_PM_CTRL_STATE_MASK;
    }
    if (log->config[at] == PCI_CAP_ID_EXP) {
        pdev->exp.exp_cap = at;
    }
    return true;
}

static void replay_config_capability(PCIDevice *pdev, const ReplayLog *log,
                                     unsigned at, unsigned end)
{
    Error *err = NULL;
    uint8_t id = log->config[at];
    bool done;

    if (id == PCI_CAP_ID_MSI && !pdev->msi_cap &&
        end - at >= replay_config_msi_size(log, at)) {
        done = replay_config_msi(pdev, log, at, &err);
    } else if (id == PCI_CAP_ID_MSIX && !pdev->msix_cap && end - at >= 12) {
        done = replay_config_msix(pdev, log, at, &err);
    } else {
        done = replay_config_plain(pdev, log, at, end, &err);
    }
    if (!done) {
        warn_reportf_err(err,
                         "pci-replay: capability 0x%x at 0x%x is left out: ",
                         id, at);
    }
}

/* The first capability behind one, or the end of config space */
static unsigned replay_config_end(const uint8_t *found, unsigned n, unsigned at)
{
    unsigned end = PCI_CONFIG_SPACE_SIZE;
    unsigned i;

    for (i = 0; i < n; i++) {
        if (found[i] > at && found[i] < end) {
            end = found[i];
        }
    }
    return end;
}

static void replay_config_capabilities(PCIDevice *pdev, const ReplayLog *log)
{
    uint8_t found[CAPABILITIES_MAX];
    unsigned at = log->config[PCI_CAPABILITY_LIST] & ~3u;
    unsigned n = 0;

    while (n < CAPABILITIES_MAX && at >= PCI_STD_HEADER_SIZEOF &&
           log->config_known[at] && !memchr(found, at, n)) {
        found[n++] = at;
        at = log->config[at + PCI_CAP_LIST_NEXT] & ~3u;
    }
    /* Each one becomes the first of the list. */
    for (at = n; at-- > 0;) {
        replay_config_capability(pdev, log, found[at],
                                 replay_config_end(found, n, found[at]));
    }
}

/*
 * QEMU follows the list of extended capabilities, and asserts that it is one.
 * A log may have a loop, or all ones where the device had no such space.
 */
static void replay_config_cut(PCIDevice *pdev)
{
    g_autofree bool *seen = g_new0(bool, PCIE_CONFIG_SPACE_SIZE);
    unsigned at = PCI_CONFIG_SPACE_SIZE;
    unsigned next;

    for (;; at = next) {
        uint32_t header = pci_get_long(pdev->config + at);

        seen[at] = true;
        if (header == UINT32_MAX) {
            pci_set_long(pdev->config + at, 0);
            return;
        }
        next = PCI_EXT_CAP_NEXT(header);
        if (!next) {
            return;
        }
        if (next < PCI_CONFIG_SPACE_SIZE ||
            next > PCIE_CONFIG_SPACE_SIZE - 8 || seen[next]) {
            warn_report(
                "pci-replay: what follows the extended capability at 0x%x is left out: 0x%x is not the place of one",
                at, next);
            pci_set_long(pdev->config + at, header & 0xfffff);
            return;
        }
    }
}

static void replay_config_extended(PCIDevice *pdev, const ReplayLog *log)
{
    unsigned at;

    for (at = PCI_CONFIG_SPACE_SIZE; at < pci_config_size(pdev); at++) {
        pdev->config[at] = log->config[at];
        pdev->wmask[at] = 0;
    }
    if (pci_is_express(pdev)) {
        replay_config_cut(pdev);
    }
}

void replay_config_set_up(PCIDevice *pdev, const ReplayLog *log)
{
    replay_config_header(pdev, log);
    replay_config_capabilities(pdev, log);
    replay_config_extended(pdev, log);
}

bool replay_config_rom(PCIDevice *pdev, const ReplayLog *log, Error **errp)
{
    const GByteArray *rom = log->rom;
    uint64_t size = log->pci.size[PCI_ROM_SLOT];

    if (!rom || !pdev->rom_bar || (pdev->romfile && *pdev->romfile) ||
        rom->len < 2 ||
        rom->data[0] != 0x55 || rom->data[1] != 0xaa ||
        !is_power_of_2(size) || size < rom->len || size > 16 * MiB) {
        return true;
    }
    if (!memory_region_init_rom(&pdev->rom, OBJECT(pdev), "pci-replay-rom",
                                size, errp)) {
        return false;
    }
    memset(memory_region_get_ram_ptr(&pdev->rom), 0xff, size);
    memcpy(memory_region_get_ram_ptr(&pdev->rom), rom->data, rom->len);
    pdev->has_rom = true;
    pci_register_bar(pdev, PCI_ROM_SLOT, 0, &pdev->rom);
    return true;
}

/* The same of a conventional device, by the capability "Advanced Features" */
static bool replay_config_is_af_flr(PCIDevice *pdev, uint32_t addr,
                                    uint32_t val, int len)
{
    uint32_t at = pci_find_capability(pdev, PCI_CAP_ID_AF);

    if (!at || !(pdev->config[at + PCI_AF_CAP] & PCI_AF_CAP_FLR)) {
        return false;
    }
    at += PCI_AF_CTRL;
    return addr <= at && at < addr + len &&
           val >> 8 * (at - addr) & PCI_AF_CTRL_FLR;
}

bool replay_config_is_flr(PCIDevice *pdev, uint32_t addr, uint32_t val, int len)
{
    /* The bit is in the second byte of the register. */
    uint32_t at = pdev->exp.exp_cap + PCI_EXP_DEVCTL + 1;

    if (replay_config_is_af_flr(pdev, addr, val, len)) {
        return true;
    }
    return pdev->exp.exp_cap && addr <= at && at < addr + len &&
           val >> 8 * (at - addr) & PCI_EXP_DEVCTL_BCR_FLR >> 8;
}

static MemoryRegion *replay_config_msix_bar(PCIDevice *pdev, unsigned where)
{
    uint32_t at = pci_get_long(pdev->config + pdev->msix_cap + where);

    return pdev->io_regions[at & PCI_MSIX_FLAGS_BIRMASK].memory;
}

void replay_config_tear_down(PCIDevice *pdev)
{
    msi_uninit(pdev);
    if (msix_present(pdev)) {
        msix_unuse_all_vectors(pdev);
        msix_uninit(pdev, replay_config_msix_bar(pdev, PCI_MSIX_TABLE),
                    replay_config_msix_bar(pdev, PCI_MSIX_PBA));
    }
}
