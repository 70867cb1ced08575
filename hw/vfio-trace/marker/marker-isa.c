/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: I/O port for guest markers (isa-vfio-trace-marker)
 *
 * For firmware and other guests without drivers.  The port is one byte wide.  A
 * write appends a byte to the marker; a read always returns the same value, so
 * that firmware can find out whether the port exists.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "hw/isa/isa.h"
#include "hw/vfio-trace/marker/marker.h"

#define TYPE_ISA_MARKER "isa-vfio-trace-marker"
OBJECT_DECLARE_SIMPLE_TYPE(ISAMarker, ISA_MARKER)

/*
 * In the page of QEMU's own ports (pvpanic, fw_cfg).  No card, no chipset of
 * QEMU and no firmware's PCI allocation uses it, and no operating system probes
 * it.  The low byte is e9, as the debug console's.
 */
#define ISA_MARKER_IOBASE 0x5e9

/* 'M'; reads of a port without a device return all ones. */
#define ISA_MARKER_SIGNATURE 0x4d

/**
 * struct ISAMarker: an isa-vfio-trace-marker device
 * @iobase: iobase=, the port
 * @marker: state common to all marker ports
 * @io: the port's memory region
 */
struct ISAMarker {
    ISADevice parent_obj;

    uint32_t iobase;
    VFIOTraceMarker marker;
    MemoryRegion io;
};

static uint64_t marker_isa_read(void *opaque, hwaddr addr, unsigned width)
{
    return ISA_MARKER_SIGNATURE;
}

static void marker_isa_write(void *opaque, hwaddr addr, uint64_t value,
                             unsigned width)
{
    ISAMarker *s = opaque;
    uint8_t byte = value;

    vfio_trace_marker_write(&s->marker, &byte, 1);
}

static const MemoryRegionOps marker_isa_ops = {
    .read = marker_isa_read,
    .write = marker_isa_write,
    .valid.min_access_size = 1,
    .valid.max_access_size = 1,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static void marker_isa_realize(DeviceState *dev, Error **errp)
{
    ISAMarker *s = ISA_MARKER(dev);

    if (s->iobase > UINT16_MAX) {
        error_setg(errp, "iobase=0x%" PRIx32 ": the highest port is 0xffff",
                   s->iobase);
        return;
    }
    if (!vfio_trace_marker_start(&s->marker, dev, "isa", errp)) {
        return;
    }
    memory_region_init_io(&s->io, OBJECT(dev), &marker_isa_ops, s,
                          TYPE_ISA_MARKER, 1);
    isa_register_ioport(ISA_DEVICE(dev), &s->io, s->iobase);
}

/* After a reset the guest can't finish its line any more. */
static void marker_isa_reset(DeviceState *dev)
{
    vfio_trace_marker_end_line(&ISA_MARKER(dev)->marker);
}

static const Property marker_isa_properties[] = {
    DEFINE_PROP_UINT32("iobase", ISAMarker, iobase, ISA_MARKER_IOBASE),
    DEFINE_PROP_STRING("log", ISAMarker, marker.log_id),
    DEFINE_PROP_UINT32("rate", ISAMarker, marker.rate,
                       VFIO_TRACE_MARKER_RATE),
};

static void marker_isa_init(Object *obj)
{
    vfio_trace_marker_init(&ISA_MARKER(obj)->marker, DEVICE(obj));
}

static void marker_isa_class_init(ObjectClass *klass, CLASS_DATA *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->realize = marker_isa_realize;
    dc->desc = "I/O port for markers in vfio-trace logs";
    device_class_set_legacy_reset(dc, marker_isa_reset);
    device_class_set_props(dc, marker_isa_properties);
    vfio_trace_marker_describe(dc);
    object_class_property_set_description(klass, "iobase", "The I/O port");
}

static const TypeInfo marker_isa_info = {
    .name = TYPE_ISA_MARKER,
    .parent = TYPE_ISA_DEVICE,
    .instance_size = sizeof(ISAMarker),
    .instance_init = marker_isa_init,
    .class_init = marker_isa_class_init,
};

static void marker_isa_register_types(void)
{
    type_register_static(&marker_isa_info);
}

type_init(marker_isa_register_types);
