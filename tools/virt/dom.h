/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: access to a libvirt domain's XML, as far as tracing needs it
 *
 * For xml*.c.  Every function accepts NULL for an element that does not exist,
 * and finds nothing in it.
 */
#ifndef VFIO_TRACE_VIRT_DOM_H
#define VFIO_TRACE_VIRT_DOM_H

#include "tools/virt/xml-edit.h"

#define QEMU_NS "http://libvirt.org/schemas/domain/qemu/1.0"

/*
 * Our state, in <metadata>:
 *
 * <traced added=WORDS emulator=PATH emulator-was=PATH>
 *   <log id=ID file=PATH/>
 *   <pool network=NAME/>
 *   <device host=BDF alias=ALIAS added=WORDS properties=WORDS
 *           alias-was=ALIAS override-was=ALIAS/>
 * </traced>
 *
 * "added" lists the elements around it that we have added, see MADE_*.
 * "alias-was" is an alias in the XML that libvirt ignores, as it is not one of
 * the user's; "override-was" is the alias that the user's override had.
 * <pool> is a network that gives host devices to its interfaces (see alias.h).
 */
#define STATE_NS "urn:x-vfio-trace:libvirt:1"
#define STATE_PREFIX "vfio-trace"

#define MADE_METADATA "metadata"
#define MADE_NAMESPACE "namespace"
#define MADE_OVERRIDE "override"
#define MADE_COMMANDLINE "commandline"
#define MADE_EMULATOR "emulator"
#define MADE_ALIAS "alias"
#define MADE_DEVICE "device"
#define MADE_FRONTEND "frontend"

/* Parse a domain's XML.  Return: the document, or NULL with an error */
xmlDoc *dom_parse(const char *xml, GError **error);

/* Get <devices>, which every domain has. */
xmlNode *dom_devices(xmlDoc *doc);

/*
 * Get the first <hostdev> or <interface> that is a PCI device of the host which
 * QEMU can have, the next one, one by alias.
 */
xmlNode *dom_first_hostdev(xmlDoc *doc);
xmlNode *dom_next_hostdev(const xmlNode *hostdev);
xmlNode *dom_hostdev_by_alias(xmlDoc *doc, const char *alias);

/*
 * Get its address on the host, the domain in it, and its alias if it is one of
 * the user's.
 */
char *dom_host(const xmlNode *hostdev);
guint64 dom_host_domain(const xmlNode *hostdev);
char *dom_alias(const xmlNode *hostdev);

/* Get the network that an <interface> is connected to, or NULL. */
char *dom_network(const xmlNode *interface);

/*
 * Get <qemu:override>, the <qemu:device>s of all of them, the first one for an
 * alias, its frontend and a property in it.
 */
xmlNode *dom_override(xmlDoc *doc);
xmlNode *dom_first_override(xmlDoc *doc);
xmlNode *dom_next_override(const xmlNode *override_device);
xmlNode *dom_override_device(xmlDoc *doc, const char *alias);
xmlNode *dom_frontend(const xmlNode *override_device);
xmlNode *dom_property(const xmlNode *frontend, const char *name);

/* Get the property that counts for an alias: libvirt takes the last one. */
xmlNode *dom_override_property(xmlDoc *doc, const char *alias,
                               const char *name);

/* Get the <qemu:arg>s of all <qemu:commandline>s. */
xmlNode *dom_first_arg(xmlDoc *doc);
xmlNode *dom_next_arg(const xmlNode *arg);

/*
 * Get our <traced>, its <log>, its <pool> for a network, and its <device> for
 * an alias.
 */
xmlNode *dom_state(xmlDoc *doc);
xmlNode *dom_state_log(const xmlNode *state);
xmlNode *dom_state_pool(const xmlNode *state, const char *network);
xmlNode *dom_state_device(const xmlNode *state, const char *alias);

/* Add and find words in an attribute, which are separated by blanks. */
void dom_add_word(xmlNode *node, const char *attribute, const char *word);
gboolean dom_has_word(const xmlNode *node, const char *attribute,
                      const char *word);

#endif /* VFIO_TRACE_VIRT_DOM_H */
