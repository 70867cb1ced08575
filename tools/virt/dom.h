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
 *   <device host=BDF alias=ALIAS added=WORDS properties=WORDS/>
 * </traced>
 *
 * "added" lists the elements around it that we have added, see MADE_*.
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

/* Get the first <hostdev> that is a PCI device, the next one, one by alias. */
xmlNode *dom_first_hostdev(xmlDoc *doc);
xmlNode *dom_next_hostdev(const xmlNode *hostdev);
xmlNode *dom_hostdev_by_alias(xmlDoc *doc, const char *alias);

/* Get its address on the host, and its alias if it is one of the user's. */
char *dom_host(const xmlNode *hostdev);
char *dom_alias(const xmlNode *hostdev);

/* Get <qemu:override>, a <qemu:device> in it, its frontend and a property. */
xmlNode *dom_override(xmlDoc *doc);
xmlNode *dom_override_device(xmlDoc *doc, const char *alias);
xmlNode *dom_frontend(const xmlNode *override_device);
xmlNode *dom_property(const xmlNode *frontend, const char *name);

/* Get our <traced>, and its <log> and its <device> for an alias. */
xmlNode *dom_state(xmlDoc *doc);
xmlNode *dom_state_log(const xmlNode *state);
xmlNode *dom_state_device(const xmlNode *state, const char *alias);

/* Add and find words in an attribute, which are separated by blanks. */
void dom_add_word(xmlNode *node, const char *attribute, const char *word);
gboolean dom_has_word(const xmlNode *node, const char *attribute,
                      const char *word);

#endif /* VFIO_TRACE_VIRT_DOM_H */
