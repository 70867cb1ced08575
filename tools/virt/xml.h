/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a libvirt domain's XML, traced and back
 *
 * Text in, text out; nothing here talks to libvirt.  Errors are G_IO_ERRORs.
 *
 * Theory of operation
 *
 * A passed-through device is traced if a <qemu:override> makes its driver
 * vfio-pci-trace.  What that took is written down in the domain's own
 * <metadata>, as an element of ours: which emulator there was before, which
 * elements are ours.  Undoing it takes back these and nothing else, whatever
 * has been changed beside them in the meantime.
 */
#ifndef VFIO_TRACE_VIRT_XML_H
#define VFIO_TRACE_VIRT_XML_H

#include <glib.h>

#define VIRT_XML_DRIVER "vfio-pci-trace"

/**
 * struct VirtXmlRequest: what enabling is to do
 * @hosts: the devices' host addresses as virt_xml_host() has them, up to a
 *         NULL; none: the only one that is passed through
 * @emulator: the QEMU with vfio-pci-trace
 * @log: the log's path
 * @log_options: further properties of the log, K=V,K=V, or NULL
 * @windows: what to trace, or NULL for QEMU's default
 * @device_options: further properties of the devices, K=V,K=V, or NULL
 * @ring_dir: a directory of the domain's own for the log's ring, or NULL
 */
typedef struct VirtXmlRequest {
    const char *const *hosts;
    const char *emulator;
    const char *log;
    const char *log_options;
    const char *windows;
    const char *device_options;
    const char *ring_dir;
} VirtXmlRequest;

/**
 * struct VirtXmlDevice: a PCI device that is passed through
 * @host: its address on the host
 * @alias: the user's alias, or NULL
 * @driver: the driver that an override gives it, or NULL
 * @log: path of the log if it is traced and that is known, or NULL
 * @windows: what is traced of it, or NULL
 * @by_us: enabled by virt_xml_enable()
 */
typedef struct VirtXmlDevice {
    char *host;
    char *alias;
    char *driver;
    char *log;
    char *windows;
    gboolean by_us;
} VirtXmlDevice;

/**
 * struct VirtXmlInfo: what a domain's XML says
 * @type: the hypervisor
 * @arch: the guest's architecture, or NULL
 * @emulator: the QEMU, or NULL for libvirt's own choice
 * @emulator_was: the one before virt_xml_enable(), or NULL
 * @dac_label: whom the QEMU runs as if it is not libvirt's default, or NULL
 * @shared_log: path of the log that several devices can write to, or NULL
 * @devices: the VirtXmlDevices
 */
typedef struct VirtXmlInfo {
    char *type;
    char *arch;
    char *emulator;
    char *emulator_was;
    char *dac_label;
    char *shared_log;
    GPtrArray *devices;
} VirtXmlInfo;

/**
 * virt_xml_host() - a host address in its long form
 * @text: [DOMAIN:]BUS:SLOT.FUNCTION, hexadecimal
 *
 * Return: DDDD:BB:SS.F, to be freed with g_free(); NULL if it is none
 */
char *virt_xml_host(const char *text);

/**
 * virt_xml_inspect() - what a domain's XML says
 * @xml: the XML
 * @error: where to store why not
 *
 * Return: what it says, or NULL
 */
VirtXmlInfo *virt_xml_inspect(const char *xml, GError **error);

/**
 * virt_xml_info_free() - free what virt_xml_inspect() returned
 * @info: that
 */
void virt_xml_info_free(VirtXmlInfo *info);

/**
 * virt_xml_format() - the XML as the two functions below would write it
 * @xml: the XML
 * @error: where to store why not
 *
 * Return: the text, to be freed with g_free(); or NULL
 */
char *virt_xml_format(const char *xml, GError **error);

/**
 * virt_xml_enable() - have devices traced
 * @xml: the domain's XML
 * @request: which and how
 * @error: where to store why not
 *
 * Return: the new XML, to be freed with g_free(); or NULL
 */
char *virt_xml_enable(const char *xml, const VirtXmlRequest *request,
                      GError **error);

/**
 * virt_xml_disable() - undo what virt_xml_enable() did
 * @xml: the domain's XML
 * @hosts: the devices' host addresses, up to a NULL; none: all of them
 * @notes: strings are added: what could not be undone since it has changed
 * @error: where to store why not
 *
 * Return: the new XML, to be freed with g_free(); or NULL
 */
char *virt_xml_disable(const char *xml, const char *const *hosts,
                       GPtrArray *notes, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(VirtXmlInfo, virt_xml_info_free)

#endif /* VFIO_TRACE_VIRT_XML_H */
