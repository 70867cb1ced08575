/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: virtio-serial port for guest markers (vfio-trace-marker)
 *
 * In Linux it is /dev/virtio-ports/org.vfio-trace.mark.0, in Windows with
 * virtio-win's vioserial driver \\.\Global\org.vfio-trace.mark.0.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "qemu/units.h"
#include "hw/virtio/virtio-serial.h"
#include "system/runstate.h"
#include "hw/vfio-trace/marker/marker.h"

#define TYPE_MARKER_PORT "vfio-trace-marker"
OBJECT_DECLARE_SIMPLE_TYPE(MarkerPort, MARKER_PORT)

#define PORT_NAME "org.vfio-trace.mark.0"

/*
 * A guest's buffer can be 4 GiB long, a chain has 1024 of them, they may all
 * lie in the same memory, and another vCPU can add more while they are read:
 * all under the BQL.  So the port takes BUDGET bytes in BUDGET_MS, and then the
 * guest waits.  A buffer counts as BUDGET_LEAST bytes at least.
 */
#define BUDGET       (64 * KiB)
#define BUDGET_LEAST 64
#define BUDGET_MS    10

/**
 * struct MarkerPort: a vfio-trace-marker device
 * @marker: state common to all marker ports
 * @budget: bytes that are taken before the port pauses
 * @refill_timer: refills @budget and ends the pause
 * @closed: the guest has closed the port: the line ends with the last buffer
 *          that is still to be read
 */
struct MarkerPort {
    VirtIOSerialPort parent_obj;

    VFIOTraceMarker marker;
    size_t budget;
    QEMUTimer *refill_timer;
    bool closed;
};

static void marker_virtio_refill(void *opaque)
{
    MarkerPort *mp = opaque;

    if (!runstate_is_running()) {
        /* The guest may be paused because a log is full. */
        timer_mod(mp->refill_timer,
                  qemu_clock_get_ms(QEMU_CLOCK_REALTIME) + BUDGET_MS);
        return;
    }
    mp->budget = BUDGET;
    vfio_trace_marker_wait(&mp->marker, false);
    /* The port continues in a bottom half. */
    virtio_serial_throttle_port(VIRTIO_SERIAL_PORT(mp), false);
}

static void marker_virtio_end_line(MarkerPort *mp)
{
    mp->closed = false;
    vfio_trace_marker_end_line(&mp->marker);
}

/* Returns whether @end is the end of all that the guest has written. */
static bool marker_virtio_read_all(const VirtIOSerialPort *port,
                                   const uint8_t *end)
{
    const VirtQueueElement *elem = port->elem;
    const struct iovec *last = elem ? &elem->out_sg[elem->out_num - 1] : NULL;

    return last && end == (const uint8_t *)last->iov_base + last->iov_len &&
           virtio_queue_empty(port->ovq);
}

static ssize_t marker_virtio_have_data(VirtIOSerialPort *port,
                                       const uint8_t *buf,
                                       ssize_t len)
{
    MarkerPort *mp = MARKER_PORT(port);
    size_t n = MIN((size_t)len, mp->budget);

    vfio_trace_marker_write(&mp->marker, buf, n);
    if (mp->closed && marker_virtio_read_all(port, buf + n)) {
        marker_virtio_end_line(mp);
    }
    mp->budget -= MIN(MAX(n, BUDGET_LEAST), mp->budget);
    if (!mp->budget) {
        vfio_trace_marker_wait(&mp->marker, true);
        virtio_serial_throttle_port(port, true);
    }
    if (!timer_pending(mp->refill_timer)) {
        timer_mod(mp->refill_timer,
                  qemu_clock_get_ms(QEMU_CLOCK_REALTIME) + BUDGET_MS);
    }
    return n;
}

/*
 * Also called when the driver or the machine is reset.  Linux' driver lets a
 * program close the port before the last buffers have been read: they still
 * belong to the program's line.
 */
static void marker_virtio_set_guest_connected(VirtIOSerialPort *port,
                                              int connected)
{
    MarkerPort *mp = MARKER_PORT(port);

    if (port->elem || !virtio_queue_empty(port->ovq)) {
        mp->closed = true;
    } else {
        marker_virtio_end_line(mp);
    }
}

static void marker_virtio_realize(DeviceState *dev, Error **errp)
{
    VirtIOSerialPort *port = VIRTIO_SERIAL_PORT(dev);

    if (!port->id) {
        error_setg(errp,
                   "port number 0 of virtio-serial is for a virtconsole: use another nr=");
        return;
    }
    if (!vfio_trace_marker_start(&MARKER_PORT(dev)->marker, dev,
                                 "virtio-serial", errp)) {
        return;
    }
    MARKER_PORT(dev)->budget = BUDGET;
    MARKER_PORT(dev)->refill_timer = timer_new_ms(QEMU_CLOCK_REALTIME,
                                                  marker_virtio_refill, dev);
    /* The guest can't write to a port that is not open in the host. */
    virtio_serial_open(port);
}

static void marker_virtio_unrealize(DeviceState *dev)
{
    timer_free(MARKER_PORT(dev)->refill_timer);
    vfio_trace_marker_stop(&MARKER_PORT(dev)->marker);
}

static const Property marker_virtio_properties[] = {
    DEFINE_PROP_STRING("log", MarkerPort, marker.log_id),
    DEFINE_PROP_UINT32("rate", MarkerPort, marker.rate,
                       VFIO_TRACE_MARKER_RATE),
};

static void marker_virtio_init(Object *obj)
{
    VIRTIO_SERIAL_PORT(obj)->name = g_strdup(PORT_NAME);
    vfio_trace_marker_init(&MARKER_PORT(obj)->marker, DEVICE(obj));
}

static void marker_virtio_class_init(ObjectClass *klass, CLASS_DATA *data)
{
    VirtIOSerialPortClass *k = VIRTIO_SERIAL_PORT_CLASS(klass);
    DeviceClass *dc = DEVICE_CLASS(klass);

    k->realize = marker_virtio_realize;
    k->unrealize = marker_virtio_unrealize;
    k->have_data = marker_virtio_have_data;
    k->set_guest_connected = marker_virtio_set_guest_connected;
    dc->desc = "Port for markers in vfio-trace logs";
    device_class_set_props(dc, marker_virtio_properties);
    vfio_trace_marker_describe(dc);
}

static const TypeInfo marker_virtio_info = {
    .name = TYPE_MARKER_PORT,
    .parent = TYPE_VIRTIO_SERIAL_PORT,
    .instance_size = sizeof(MarkerPort),
    .instance_init = marker_virtio_init,
    .class_init = marker_virtio_class_init,
};

static void marker_virtio_register_types(void)
{
    type_register_static(&marker_virtio_info);
}

type_init(marker_virtio_register_types);
