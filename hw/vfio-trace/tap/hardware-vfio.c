/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the hardware's side of an access, of VFIO (see hardware.h)
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/error-report.h"
#include "qemu/event_notifier.h"
#include "qemu/main-loop.h"
#include "hw/vfio/pci.h"
#include "system/kvm.h"
#include "hw/vfio-trace/compat.h"
#include "hw/vfio-trace/tap/hardware.h"

/**
 * struct PCITapVFIO: a VFIO device
 * @tap: its tap
 * @vdev: the device
 * @ops: what stands in the place of @real
 * @real: the device's own I/O operations
 * @error_fd: a second descriptor of the eventfd that tells of AER errors, or -1
 * @request_fd: of the one by which the host asks for the device, or -1
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

/* --- what the hardware is asked ----------------------------------------- */

#if VFIO_TRACE_HAVE_IO_OPS

/*
 * A quirk may look elsewhere, to answer for a mirror of config space, say: what
 * the hardware's side is are the bytes that the guest's access is about.
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

/* The MSI-X table and PBA are QEMU's in all series. */
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

static bool tap_hw_all_ones(const MmtRecord *rec)
{
    return rec->value == MAKE_64BIT_MASK(0, rec->width * 8);
}

void pci_tap_hw_end(PCITapRegion *region, MmtRecord *rec)
{
    const PCITapHw *hw = &region->tap->hw;
    bool vga = region->nr >= PCI_TAP_VGA_MEM && region->nr <= PCI_TAP_VGA_3C0;

    if (!region->tap->vfio || region->nr == PCI_TAP_ROM ||
        tap_hw_is_msix(region, hw->offset)) {
        /* Emulated; a ROM of VFIO's is a copy that was made once. */
        rec->flags |= MMT_FLAG_HW_NONE;
    } else if (!VFIO_TRACE_HAVE_IO_OPS || vga) {
        /* VFIO's VGA accesses pass no I/O operations in any series. */
        if (mmt_kind_is_read(rec->kind) && tap_hw_all_ones(rec)) {
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

/* --- what QEMU answers -------------------------------------------------- */

bool pci_tap_hw_emulates(const PCITapRegion *region, MemoryRegion *mr)
{
    VFIOPCIDevice *vdev = region->tap->vfio->vdev;

    return region->nr < PCI_TAP_BARS && !memory_region_is_ram_device(mr) &&
           mr != vdev->bars[region->nr].region.mem;
}

const uint8_t *pci_tap_hw_emulated_config(const PCITap *tap, uint64_t *size)
{
    *size = tap->vfio ? tap->vfio->vdev->config_size : 0;
    return tap->vfio ? tap->vfio->vdev->emulated_config_bits : NULL;
}

/* --- what the host's kernel says ---------------------------------------- */

/*
 * VFIO has handlers for these, which read the eventfd; a second descriptor of
 * the same eventfd is ready in the same round of the main loop.
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
