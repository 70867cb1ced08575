/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the hardware's side of an access, for VFIO (see hardware.h)
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/error-report.h"
#include "qemu/event_notifier.h"
#include "qemu/main-loop.h"
#include "hw/vfio/pci.h"
#include "system/kvm.h"
#include "hw/vfio-trace/compat.h"
#include "hw/vfio-trace/tap/emulated.h"
#include "hw/vfio-trace/tap/hardware.h"
#include "hw/vfio-trace/tap/ranges.h"
#include "hw/vfio-trace/tap/region.h"

/**
 * struct PCITapVFIO: a VFIO device
 * @tap: its tap
 * @vdev: the device
 * @ops: our I/O operations, which replace @real
 * @real: the device's own I/O operations
 * @error_fd: duplicate descriptor of the eventfd for AER errors, or -1
 * @request_fd: likewise for the host's requests to release the device, or -1
 */
struct PCITapVFIO {
    PCITap *tap;
    VFIOPCIDevice *vdev;
#if VFIO_TRACE_HAVE_IO_OPS
    VFIODeviceIOOps ops;
    VFIODeviceIOOps *real;
#endif
    int error_fd;
    int request_fd;
};

/* --- accesses to the hardware ------------------------------------------- */

#if VFIO_TRACE_HAVE_IO_OPS

/*
 * A quirk may access other bytes, for a mirror of config space, for example.
 * Only the bytes of the guest's access count as the hardware's side.
 */
static void tap_hw_note(PCITapHw *hw, int region, off_t off, uint32_t size,
                        const void *data, bool ok)
{
    uint32_t i;

    hw->failed |= !ok;
    for (i = 0; i < size; i++) {
        uint64_t at = off + i - hw->offset;

        if (region != hw->region || at >= hw->size) {
            hw->elsewhere = true;
        } else {
            hw->asked |= 1 << at;
            hw->value = deposit64(hw->value, at * 8, 8,
                                  ((const uint8_t *)data)[i]);
        }
    }
}

static int tap_hw_region_read(VFIODevice *vbasedev, uint8_t nr, off_t off,
                              uint32_t size, void *data)
{
    PCITapVFIO *v = container_of(vbasedev->io_ops, PCITapVFIO, ops);
    int ret = v->real->region_read(vbasedev, nr, off, size, data);

    tap_hw_note(&v->tap->hw, nr, off, size, data, ret == size);
    return ret;
}

static int tap_hw_region_write(VFIODevice *vbasedev, uint8_t nr, off_t off,
                               uint32_t size, void *data, bool post)
{
    PCITapVFIO *v = container_of(vbasedev->io_ops, PCITapVFIO, ops);
    int ret = v->real->region_write(vbasedev, nr, off, size, data, post);

    tap_hw_note(&v->tap->hw, nr, off, size, data, ret == size);
    return ret;
}

static void tap_hw_ops_start(PCITapVFIO *v)
{
    VFIODevice *vbasedev = &v->vdev->vbasedev;

    v->real = vbasedev->io_ops;
    v->ops = *v->real;
    v->ops.region_read = tap_hw_region_read;
    v->ops.region_write = tap_hw_region_write;
    vbasedev->io_ops = &v->ops;
}

static void tap_hw_ops_stop(PCITapVFIO *v)
{
    v->vdev->vbasedev.io_ops = v->real;
}

#else

static void tap_hw_ops_start(PCITapVFIO *v)
{
}

static void tap_hw_ops_stop(PCITapVFIO *v)
{
}

#endif

bool pci_tap_hw_known(const PCITap *tap)
{
    return VFIO_TRACE_HAVE_IO_OPS || !tap->vfio;
}

bool pci_tap_hw_irqs_seen(const PCITap *tap)
{
    const VFIOPCIDevice *vdev = tap->vfio ? tap->vfio->vdev : NULL;

    return !vdev || (vdev->no_kvm_intx && vdev->no_kvm_msi &&
                     vdev->no_kvm_msix) || !kvm_enabled();
}

void pci_tap_hw_begin(PCITapRegion *region, uint64_t offset, unsigned size)
{
    region->tap->hw = (PCITapHw) {
        .region = region->nr == PCI_TAP_CONFIG ? VFIO_PCI_CONFIG_REGION_INDEX
                  : region->nr < PCI_TAP_BARS ? region->nr : -1,
        .offset = offset,
        .size = size,
    };
}

static bool tap_hw_all_ones(const MmtRecord *rec)
{
    return rec->value == MAKE_64BIT_MASK(0, rec->width * 8);
}

/* Could the value stand for an error that VFIO does not report otherwise? */
static bool tap_hw_may_be_error(const PCITapRegion *region,
                                const MmtRecord *rec)
{
    /* What Linux's vfio-pci returns for a read of config space */
    static const int errors[] = { EIO, EFAULT, ENODEV, EINVAL };
    unsigned i;

    if (!mmt_kind_is_read(rec->kind)) {
        return false;
    }
    if (VFIO_TRACE_HAVE_IO_OPS || region->nr != PCI_TAP_CONFIG) {
        return tap_hw_all_ones(rec);
    }
    /* Before 10.1, vfio_pci_read_config() returns the negative errno. */
    for (i = 0; i < ARRAY_SIZE(errors); i++) {
        if (rec->value == extract64(-errors[i], 0, rec->width * 8)) {
            return true;
        }
    }
    return false;
}

/* VFIO passes all writes to config space on. */
static bool tap_hw_asks(const PCITapRegion *region, const MmtRecord *rec)
{
    return region->tap->vfio && region->nr == PCI_TAP_CONFIG &&
           !mmt_kind_is_read(rec->kind);
}

void pci_tap_hw_end(PCITapRegion *region, MmtRecord *rec)
{
    const PCITapHw *hw = &region->tap->hw;
    PCITapAnswer answer = tap_hw_asks(region, rec)
                          ? PCI_TAP_ANSWER_HARDWARE
                          : pci_tap_answer(region, hw->offset, hw->size);
    bool vga = region->nr >= PCI_TAP_VGA_MEM && region->nr <= PCI_TAP_VGA_3C0;

    if (answer == PCI_TAP_ANSWER_QEMU) {
        rec->flags |= MMT_FLAG_HW_NONE;
    } else if (!VFIO_TRACE_HAVE_IO_OPS || vga) {
        /* In no series do VFIO's VGA accesses use the I/O operations. */
        if (answer == PCI_TAP_ANSWER_HARDWARE &&
            tap_hw_may_be_error(region, rec)) {
            rec->flags |= MMT_FLAG_UNVERIFIED;
        }
    } else if (hw->failed) {
        rec->flags |= MMT_FLAG_FAILED;
    } else if (!hw->asked) {
        rec->flags |= hw->elsewhere ? 0 : MMT_FLAG_HW_NONE;
    } else if (hw->asked == MAKE_64BIT_MASK(0, hw->size)) {
        rec->flags |= MMT_FLAG_HW;
        rec->hw = hw->value;
    }
}

/* --- ranges that QEMU emulates ------------------------------------------ */

/* The MSI-X table and PBA are QEMU's own; x-msix-relocation moves them. */
static bool tap_hw_is_msix(const PCITapRegion *region, uint64_t offset)
{
    const VFIOMSIXInfo *msix = region->tap->vfio->vdev->msix;

    return msix &&
           ((region->nr == msix->table_bar &&
             offset - msix->table_offset <
             msix->entries * PCI_MSIX_ENTRY_SIZE) ||
            (region->nr == msix->pba_bar &&
             offset - msix->pba_offset < DIV_ROUND_UP(msix->entries, 64) * 8));
}

PCITapAnswer pci_tap_hw_answer(const PCITapRegion *region, MemoryRegion *mr,
                               uint64_t offset)
{
    VFIOPCIDevice *vdev = region->tap->vfio->vdev;
    const MemoryRegion *hardware = NULL;

    if (region->nr == PCI_TAP_ROM) {
        /* A file, or a copy that VFIO makes of the ROM once */
        return PCI_TAP_ANSWER_QEMU;
    }
    if (region->nr < PCI_TAP_BARS) {
        hardware = vdev->bars[region->nr].region.mem;
    } else if (vdev->vga) {
        hardware = &vdev->vga->region[region->nr - PCI_TAP_VGA_MEM].mem;
    }
    if (mr == hardware || memory_region_is_ram_device(mr)) {
        return PCI_TAP_ANSWER_HARDWARE;
    }
    return region->nr < PCI_TAP_BARS && tap_hw_is_msix(region, offset)
           ? PCI_TAP_ANSWER_QEMU : PCI_TAP_ANSWER_QUIRK;
}

static bool tap_hw_quirk_seen(const PCITapRegion *region,
                              const VFIOQuirk *quirk)
{
    int i;

    for (i = 0; i < quirk->nr_mem; i++) {
        const MemoryRegion *mem = &quirk->mem[i];

        if (!pci_tap_region_attached(region) ||
            !pci_tap_ranges_cover(region->trapped, mem->addr,
                                  int128_get64(mem->size))) {
            return false;
        }
    }
    return true;
}

bool pci_tap_hw_quirks_seen(const PCITap *tap)
{
    const VFIOPCIDevice *vdev = tap->vfio ? tap->vfio->vdev : NULL;
    const VFIOQuirk *quirk;
    int i;

    for (i = 0; vdev && i < PCI_TAP_BARS; i++) {
        QLIST_FOREACH(quirk, &vdev->bars[i].quirks, next) {
            if (!tap_hw_quirk_seen(&tap->region[i], quirk)) {
                return false;
            }
        }
    }
    for (i = 0; vdev && vdev->vga && i < QEMU_PCI_VGA_NUM_REGIONS; i++) {
        QLIST_FOREACH(quirk, &vdev->vga->region[i].quirks, next) {
            if (!tap_hw_quirk_seen(&tap->region[PCI_TAP_VGA_MEM + i], quirk)) {
                return false;
            }
        }
    }
    return true;
}

const uint8_t *pci_tap_hw_emulated_config(const PCITap *tap, uint64_t *size)
{
    *size = tap->vfio->vdev->config_size;
    return tap->vfio->vdev->emulated_config_bits;
}

/* --- events of the host's kernel ---------------------------------------- */

/*
 * VFIO has its own handlers, which read the eventfd.  A duplicate descriptor is
 * ready in the same iteration of the main loop.
 */
static void tap_hw_on_error(void *opaque)
{
    PCITapVFIO *v = opaque;

    vfio_trace_log_own_mark(v->tap->log, MMT_MARK_ERROR,
                            MMT_TEXT("device", v->tap->name));
}

static void tap_hw_on_request(void *opaque)
{
    PCITapVFIO *v = opaque;

    vfio_trace_log_own_mark(v->tap->log, MMT_MARK_REQUEST,
                            MMT_TEXT("device", v->tap->name));
}

static int tap_hw_watch(PCITapVFIO *v, bool there,
                        const EventNotifier *notifier, IOHandler *handler)
{
    int fd = there ? qemu_dup(event_notifier_get_fd(notifier)) : -1;

    if (fd >= 0) {
        qemu_set_fd_handler(fd, handler, NULL, v);
    } else if (there) {
        warn_report("vfio-trace: errors of '%s' will not be in the log: %s",
                    v->tap->name, strerror(errno));
    }
    return fd;
}

static void tap_hw_unwatch(int fd)
{
    if (fd >= 0) {
        qemu_set_fd_handler(fd, NULL, NULL, NULL);
        close(fd);
    }
}

void pci_tap_hw_start(PCITap *tap)
{
    PCITapVFIO *v;

    if (!object_dynamic_cast(OBJECT(tap->pdev), VFIO_TRACE_TYPE_VFIO)) {
        return;
    }
    v = g_new0(PCITapVFIO, 1);
    v->tap = tap;
    v->vdev = VFIO_PCI_OF(tap->pdev);
    tap->vfio = v;
    tap_hw_ops_start(v);
    v->error_fd = tap_hw_watch(v, v->vdev->pci_aer, &v->vdev->err_notifier,
                               tap_hw_on_error);
    v->request_fd = tap_hw_watch(v, v->vdev->req_enabled,
                                 &v->vdev->req_notifier, tap_hw_on_request);
}

void pci_tap_hw_stop(PCITap *tap)
{
    PCITapVFIO *v = tap->vfio;

    if (!v) {
        return;
    }
    tap_hw_unwatch(v->error_fd);
    tap_hw_unwatch(v->request_fd);
    tap_hw_ops_stop(v);
    tap->vfio = NULL;
    g_free(v);
}
