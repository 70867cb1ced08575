/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: disable tracing in a libvirt domain's XML (see xml.h)
 *
 * The added elements are searched again: libvirt has written the document in
 * its own format since, and the user may have edited it.
 */
#include "tools/virt/xml.h"
#include "tools/virt/alias.h"
#include "tools/virt/dom.h"

#include <gio/gio.h>
#include <string.h>

static void note(GPtrArray *notes, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

static void note(GPtrArray *notes, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    g_ptr_array_add(notes, g_strdup_vprintf(fmt, ap));
    va_end(ap);
}

/* Remove an element that we added, unless it has other content by now. */
static void remove_if_ours(xmlNode *node, const xmlNode *record,
                           const char *made)
{
    if (node && xml_is_empty(node) && dom_has_word(record, "added", made)) {
        xml_remove(node);
    }
}

/* ---- one device ----------------------------------------------------------*/

/*
 * Is it a property of vfio-pci-trace, even if the user has added it later?
 * vfio-pci does not have these, and the domain would not start.
 */
static gboolean is_for_tracing(const xmlNode *record, const xmlNode *property)
{
    g_autofree char *name = xml_get(property, "name");

    return name && (g_str_has_prefix(name, "trace-") ||
                    dom_has_word(record, "properties", name));
}

static void remove_properties(const xmlNode *record, const char *host,
                              xmlNode *frontend, GPtrArray *notes)
{
    xmlNode *driver = dom_property(frontend, "driver");
    xmlNode *property = xml_child(frontend, QEMU_NS, "property");

    if (driver && !xml_is(driver, "value", VIRT_XML_DRIVER)) {
        g_autofree char *other = xml_get(driver, "value");

        note(notes, "%s: its override's driver was changed to %s, and stays",
             host, other ? other : "another one");
    }
    while (property) {
        xmlNode *next = xml_next(property);

        if (is_for_tracing(record, property) &&
            (property != driver ||
             xml_is(property, "value", VIRT_XML_DRIVER))) {
            xml_remove(property);
        }
        property = next;
    }
}

/*
 * Remove our alias.  An override of the user that had another name before gets
 * that back; one that was made for our alias since keeps the alias.
 */
static gboolean remove_alias(xmlDoc *doc, const xmlNode *record,
                             const char *alias, GPtrArray *notes,
                             GError **error)
{
    xmlNode *hostdev = dom_hostdev_by_alias(doc, alias);
    g_autofree char *override_was = xml_get(record, "override-was");
    g_autofree char *was = xml_get(record, "alias-was");

    if (!hostdev && dom_override_device(doc, alias)) {
        note(notes, "the override of %s stays, but no device has this alias",
             alias);
    }
    if (!hostdev || !dom_has_word(record, "added", MADE_ALIAS)) {
        return TRUE;
    }
    if (!override_was && dom_override_device(doc, alias)) {
        note(notes, "the alias %s stays: an override refers to it", alias);
        return TRUE;
    }
    return virt_alias_give(hostdev, was, error);
}

static gboolean untrace_device(xmlDoc *doc, xmlNode *record, GPtrArray *notes,
                               GError **error)
{
    g_autofree char *alias = xml_get(record, "alias");
    g_autofree char *host = xml_get(record, "host");
    xmlNode *device = dom_override_device(doc, alias);
    xmlNode *frontend = dom_frontend(device);

    if (frontend) {
        remove_properties(record, host, frontend, notes);
        remove_if_ours(frontend, record, MADE_FRONTEND);
        remove_if_ours(device, record, MADE_DEVICE);
    } else {
        note(notes, "%s: its override was already removed", host);
    }
    if (!remove_alias(doc, record, alias, notes, error)) {
        return FALSE;
    }
    xml_remove(record);
    return TRUE;
}

/* ---- the log -------------------------------------------------------------*/

static gboolean log_is_used(xmlDoc *doc, const char *id)
{
    xmlNode *device;

    for (device = dom_first_override(doc); device;
         device = dom_next_override(device)) {
        xmlNode *property = dom_property(dom_frontend(device), "trace-log");

        if (property && xml_is(property, "value", id)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Remove -object and the argument after it, which defines the log. */
static void remove_log_args(xmlNode *commandline, const char *id)
{
    g_autofree char *prefix = g_strdup_printf("vfio-trace-log,id=%s,", id);
    xmlNode *before = NULL;
    xmlNode *arg;

    for (arg = xml_child(commandline, QEMU_NS, "arg"); arg;
         before = arg, arg = xml_next(arg)) {
        g_autofree char *value = xml_get(arg, "value");

        if (value && g_str_has_prefix(value, prefix) && before &&
            xml_is(before, "value", "-object")) {
            xml_remove(before);
            xml_remove(arg);
            return;
        }
    }
}

static void remove_log(xmlDoc *doc, xmlNode *state, GPtrArray *notes)
{
    xmlNode *commandline = xml_child(xmlDocGetRootElement(doc), QEMU_NS,
                                     "commandline");
    xmlNode *log = dom_state_log(state);
    g_autofree char *id = xml_get(log, "id");

    if (!log) {
        return;
    }
    if (log_is_used(doc, id)) {
        /* by a device that we enabled, or by one that the user has added */
        if (!xml_child(state, STATE_NS, "device")) {
            note(notes, "the log %s stays: an override refers to it", id);
        }
        return;
    }
    if (commandline) {
        remove_log_args(commandline, id);
        remove_if_ours(commandline, state, MADE_COMMANDLINE);
    }
    xml_remove(log);
}

/* ---- the domain ----------------------------------------------------------*/

static void restore_emulator(xmlDoc *doc, const xmlNode *state,
                             GPtrArray *notes)
{
    xmlNode *emulator = xml_child(dom_devices(doc), NULL, "emulator");
    g_autofree char *current = xml_content(emulator);
    g_autofree char *ours = xml_get(state, "emulator");
    g_autofree char *was = xml_get(state, "emulator-was");

    if (!ours || !emulator) {
        return;
    }
    if (g_strcmp0(current, ours)) {
        note(notes, "the emulator was changed to %s, and stays", current);
    } else if (was) {
        xml_set_content(emulator, was);
    } else if (dom_has_word(state, "added", MADE_EMULATOR)) {
        xml_remove(emulator);
    }
}

static void remove_state(xmlDoc *doc, xmlNode *state)
{
    xmlNode *root = xmlDocGetRootElement(doc);
    xmlNode *metadata = state->parent;
    xmlNs *qemu = xml_find_ns(root, QEMU_NS);
    gboolean made_ns = dom_has_word(state, "added", MADE_NAMESPACE);
    gboolean made_metadata = dom_has_word(state, "added", MADE_METADATA);

    remove_if_ours(dom_override(doc), state, MADE_OVERRIDE);
    xml_remove(state);
    if (made_metadata && xml_is_empty(metadata)) {
        xml_remove(metadata);
    }
    if (made_ns && qemu) {
        xml_drop_ns(root, qemu);
    }
}

/* Return: the records of the selected devices; NULL after an error */
static GPtrArray *choose(xmlDoc *doc, const xmlNode *state,
                         const char *const *hosts, GError **error)
{
    g_autoptr(GPtrArray) chosen = g_ptr_array_new();
    xmlNode *record = xml_child(state, STATE_NS, "device");
    guint found = 0;

    for (; record; record = xml_next(record)) {
        g_autofree char *alias = xml_get(record, "alias");
        g_autofree char *then = xml_get(record, "host");
        xmlNode *hostdev = dom_hostdev_by_alias(doc, alias);
        g_autofree char *now = hostdev ? dom_host(hostdev) : NULL;

        /* the address may have changed since: the current one counts */
        if (!*hosts || g_strv_contains(hosts, now ? now : then)) {
            g_ptr_array_add(chosen, record);
            found++;
        }
    }
    if (*hosts && found < g_strv_length((char **)hosts)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                    "%s: tracing was not enabled by 'vfio-trace virt enable'; see 'vfio-trace virt status'",
                    found ? "one of these devices" :
                    *hosts);
        return NULL;
    }
    return g_steal_pointer(&chosen);
}

char *virt_xml_disable(const char *xml, const char *const *hosts,
                       GPtrArray *notes, GError **error)
{
    g_autoptr(xmlDoc) doc = dom_parse(xml, error);
    g_autoptr(GPtrArray) chosen = NULL;
    xmlNode *state;
    guint i;

    if (!doc) {
        return NULL;
    }
    state = dom_state(doc);
    if (!state) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                    "tracing was not enabled by 'vfio-trace virt enable'");
        return NULL;
    }
    chosen = choose(doc, state, hosts, error);
    if (!chosen) {
        return NULL;
    }
    for (i = 0; i < chosen->len; i++) {
        if (!untrace_device(doc, g_ptr_array_index(chosen, i), notes, error)) {
            return NULL;
        }
    }
    remove_log(doc, state, notes);
    if (!xml_child(state, STATE_NS, "device")) {
        restore_emulator(doc, state, notes);
        remove_state(doc, state);
    }
    return xml_text(doc);
}
