/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the parts of a libvirt domain's XML that tracing is about
 *
 * For virt-xml*.c.  Every function takes NULL for an element that is not
 * there, and finds nothing in it.
 */
#ifndef VFIO_TRACE_VIRT_DOM_H
#define VFIO_TRACE_VIRT_DOM_H

#include "tools/virt/xml-edit.h"

#define QEMU_NS "http://libvirt.org/schemas/domain/qemu/1.0"

/*
 * Ours, in <metadata>:
 *
 * <traced added=WORDS emulator=PATH emulator-was=PATH>
 *   <log id=ID file=PATH/>
 *   <device host=BDF alias=ALIAS added=WORDS properties=WORDS/>
 * </traced>
 *
 * "added" names what of the surroundings is ours, see the MADE_*.
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

/* A domain's document, or NULL with an error. */
xmlDoc *dom_parse(const char *xml, GError **error);

/* <devices>, which every domain has */
xmlNode *dom_devices(xmlDoc *doc);

/* The first <hostdev> that is a PCI device, and the one after @hostdev. */
xmlNode *dom_first_hostdev(xmlDoc *doc);
xmlNode *dom_next_hostdev(const xmlNode *hostdev);
xmlNode *dom_hostdev_by_alias(xmlDoc *doc, const char *alias);

/* Where it is on the host, and its alias if that is the user's. */
char *dom_host(const xmlNode *hostdev);
char *dom_alias(const xmlNode *hostdev);

/* <qemu:device alias=...>, its <qemu:frontend>, and a property's element */
xmlNode *dom_override(xmlDoc *doc);
xmlNode *dom_override_device(xmlDoc *doc, const char *alias);
xmlNode *dom_frontend(const xmlNode *override_device);
xmlNode *dom_property(const xmlNode *frontend, const char *name);

/* Our <traced>, and the <device> in it for an alias */
xmlNode *dom_state(xmlDoc *doc);
xmlNode *dom_state_log(const xmlNode *state);
xmlNode *dom_state_device(const xmlNode *state, const char *alias);

/* Words in an attribute, blanks between them */
void dom_add_word(xmlNode *node, const char *attribute, const char *word);
gboolean dom_has_word(const xmlNode *node, const char *attribute,
                      const char *word);

#endif /* VFIO_TRACE_VIRT_DOM_H */
