/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: enable and disable tracing in a libvirt domain's XML
 *
 * These functions convert text to text, without libvirt.  Errors are
 * G_IO_ERRORs.
 *
 * Theory of operation
 *
 * A passed-through device is traced if a <qemu:override> makes its driver
 * vfio-pci-trace.  The override needs an alias of the device, and giving it one
 * renames other devices; what refers to them follows (alias.h).  An element of
 * ours in the domain's own <metadata> records the changes: the previous
 * emulator, and the elements that we added.  Disabling reverts these changes
 * and nothing else, whatever else was changed since.
 */
#ifndef VFIO_TRACE_VIRT_XML_H
#define VFIO_TRACE_VIRT_XML_H

#include <glib.h>
#include <stdbool.h>

#define VIRT_XML_DRIVER "vfio-pci-trace"

/**
 * struct VirtXmlRequest: arguments of virt_xml_enable()
 * @hosts: the devices' host addresses in the format of virt_xml_host(),
 *         terminated by NULL; if empty, the only device passed through
 * @emulator: path of the QEMU with vfio-pci-trace
 * @log: path of the log
 * @log_options: further properties of the log, K=V,K=V, or NULL
 * @windows: values of the property windows=, terminated by NULL; or NULL for
 *           QEMU's default
 * @device_options: further properties of the devices, K=V,K=V each, terminated
 *                  by NULL; or NULL
 * @ring_dir: the domain's own directory for the log's ring, or NULL
 * @pools: names of the networks that give host devices to their interfaces
 *         (<forward mode='hostdev'>), terminated by NULL; or NULL for none
 * @files: paths of files that QEMU reads for the trace, terminated by NULL; or
 *         NULL: the caller has put them into @device_options
 *
 * An element of @windows or @device_options may begin with a device's address
 * and a colon, and is for this device then.
 */
typedef struct VirtXmlRequest {
    const char *const *hosts;
    const char *emulator;
    const char *log;
    const char *log_options;
    const char *const *windows;
    const char *const *device_options;
    const char *ring_dir;
    const char *const *pools;
    const char *const *files;
} VirtXmlRequest;

/**
 * struct VirtXmlDevice: a PCI device that is passed through
 * @host: its address on the host
 * @mac: the MAC address that libvirt sets, if it is passed through by an
 *       <interface type='hostdev'>; or NULL
 * @alias: the user's alias, or NULL
 * @driver: the driver in its override, or NULL
 * @log: path of the log if the device is traced and the path is known, or NULL
 * @windows: value of windows= in its override, or NULL
 * @by_us: it was enabled by virt_xml_enable()
 */
typedef struct VirtXmlDevice {
    char *host;
    char *mac;
    char *alias;
    char *driver;
    char *log;
    char *windows;
    gboolean by_us;
} VirtXmlDevice;

/**
 * struct VirtXmlOther: a host device that virt_xml_enable() can't trace
 * @name: what identifies it: an address, a UUID, a path, ...
 * @host: its address on the host, or NULL
 * @network: the network that chooses the device, or NULL
 * @what: what it is; a static string
 * @remedy: what to do in order to trace it; a static string
 * @traced: it is traced nevertheless
 */
typedef struct VirtXmlOther {
    char *name;
    char *host;
    char *network;
    const char *what;
    const char *remedy;
    gboolean traced;
} VirtXmlOther;

/**
 * struct VirtXmlInfo: content of a domain's XML
 * @type: the hypervisor
 * @arch: the guest's architecture, or NULL
 * @emulator: path of the QEMU, or NULL for libvirt's default
 * @emulator_was: the emulator before virt_xml_enable(), or NULL
 * @dac_label: user and group of the QEMU, or NULL for libvirt's default
 * @shared_log: path of the log that several devices can write to, or NULL
 * @devices: the VirtXmlDevices
 * @others: the VirtXmlOthers
 * @networks: names of the networks of its interfaces, terminated by NULL
 */
typedef struct VirtXmlInfo {
    char *type;
    char *arch;
    char *emulator;
    char *emulator_was;
    char *dac_label;
    char *shared_log;
    GPtrArray *devices;
    GPtrArray *others;
    char **networks;
} VirtXmlInfo;

/**
 * virt_xml_host() - convert a host address to its long form
 * @text: [DOMAIN:]BUS:SLOT.FUNCTION, hexadecimal
 *
 * Return: DDDD:BB:SS.F, to be freed with g_free(); NULL if @text is invalid
 */
char *virt_xml_host(const char *text);

/**
 * virt_xml_check_domain() - can QEMU name a device in this PCI domain?
 * @host: an address in the format of virt_xml_host()
 * @error: where to store why not
 *
 * libvirt takes domains of 32 bits, as behind Intel's VMD, and QEMU of 16 bits.
 */
bool virt_xml_check_domain(const char *host, GError **error);

/**
 * virt_xml_inspect() - parse a domain's XML
 * @xml: the XML
 * @error: where to store the error
 *
 * Return: its content, or NULL
 */
VirtXmlInfo *virt_xml_inspect(const char *xml, GError **error);

/**
 * virt_xml_inspect_pools() - parse a domain's XML
 * @xml: the XML
 * @pools: as in VirtXmlRequest
 * @error: where to store the error
 *
 * Return: its content, or NULL
 */
VirtXmlInfo *virt_xml_inspect_pools(const char *xml, const char *const *pools,
                                    GError **error);

/**
 * virt_xml_is_pool() - does a network give host devices to its interfaces?
 * @xml: the network's XML
 */
gboolean virt_xml_is_pool(const char *xml);

/**
 * virt_xml_info_free() - free the result of virt_xml_inspect()
 * @info: the result, or NULL
 */
void virt_xml_info_free(VirtXmlInfo *info);

/**
 * virt_xml_format() - format XML like the two functions below do
 * @xml: the XML
 * @error: where to store the error
 *
 * Return: the text, to be freed with g_free(); or NULL
 */
char *virt_xml_format(const char *xml, GError **error);

/**
 * virt_xml_enable() - enable tracing of devices
 * @xml: the domain's XML
 * @request: the devices, and how to trace them
 * @error: where to store the error
 *
 * Return: the new XML, to be freed with g_free(); or NULL
 */
char *virt_xml_enable(const char *xml, const VirtXmlRequest *request,
                      GError **error);

/**
 * virt_xml_disable() - revert the changes of virt_xml_enable()
 * @xml: the domain's XML
 * @hosts: the devices' host addresses, terminated by NULL; if empty, all
 *         devices
 * @notes: messages are added about changes that were not reverted, because they
 *         were changed again since
 * @error: where to store the error
 *
 * Return: the new XML, to be freed with g_free(); or NULL
 */
char *virt_xml_disable(const char *xml, const char *const *hosts,
                       GPtrArray *notes, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(VirtXmlInfo, virt_xml_info_free)

#endif /* VFIO_TRACE_VIRT_XML_H */
