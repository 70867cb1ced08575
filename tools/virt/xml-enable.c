/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: enable tracing in a libvirt domain's XML (see xml.h)
 */
#include "tools/virt/xml.h"
#include "tools/virt/alias.h"
#include "tools/virt/dom.h"
#include "tools/virt/xml-choose.h"
#include "tools/virt/xml-options.h"

#include <gio/gio.h>
#include <string.h>

#define LOG_TYPE "vfio-trace-log"

/**
 * struct Job: one call of virt_xml_enable()
 * @doc: the document
 * @root: its <domain>
 * @request: the caller's request
 * @qemu: namespace of <qemu:override>
 * @ours: namespace of our state
 * @state: our state
 * @log_id: ID of the shared log; NULL if the device has a log of its own
 * @options: VirtXmlOption, further properties of the devices
 */
typedef struct Job {
    xmlDoc *doc;
    xmlNode *root;
    const VirtXmlRequest *request;
    xmlNs *qemu;
    xmlNs *ours;
    xmlNode *state;
    char *log_id;
    GPtrArray *options;
} Job;

/* ---- the log -------------------------------------------------------------*/

static xmlNode *find_arg(const Job *job, const char *text)
{
    xmlNode *arg = dom_first_arg(job->doc);

    for (; arg; arg = dom_next_arg(arg)) {
        g_autofree char *value = xml_get(arg, "value");

        if (value && strstr(value, text)) {
            break;
        }
    }
    return arg;
}

/* Return: an ID that is not used in the user's own QEMU arguments */
static char *free_log_id(const Job *job)
{
    unsigned i;

    for (i = 0;; i++) {
        g_autofree char *id = g_strdup_printf("vfio-trace%u", i);
        g_autofree char *text = g_strdup_printf("id=%s", id);

        if (!find_arg(job, text)) {
            return g_steal_pointer(&id);
        }
    }
}

/* Quote a path as a value in a QEMU option string. */
static char *double_commas(const char *path)
{
    g_auto(GStrv) parts = g_strsplit(path, ",", -1);

    return g_strjoinv(",,", parts);
}

static void add_arg(xmlNode *commandline, xmlNs *ns, const char *value)
{
    xml_set(xml_append(commandline, ns, "arg"), "value", value);
}

/* Get or add an element that a domain has once; record @made if it is new. */
static xmlNode *get_section(Job *job, const char *name, const char *made)
{
    xmlNode *section = xml_child(job->root, QEMU_NS, name);

    if (!section) {
        section = xml_append(job->root, job->qemu, name);
        dom_add_word(job->state, "added", made);
    }
    return section;
}

static void add_shared_log(Job *job)
{
    const VirtXmlRequest *request = job->request;
    g_autofree char *file = double_commas(request->log);
    g_autofree char *object = NULL;
    xmlNode *section;
    xmlNode *log;

    job->log_id = free_log_id(job);
    object = g_strdup_printf(LOG_TYPE ",id=%s,file=%s%s%s%s%s", job->log_id,
                             file, request->ring_dir ? ",ring-dir=" : "",
                             request->ring_dir ? request->ring_dir : "",
                             request->log_options ? "," : "",
                             request->log_options ? request->log_options : "");
    section = get_section(job, "commandline", MADE_COMMANDLINE);
    add_arg(section, job->qemu, "-object");
    add_arg(section, job->qemu, object);
    log = xml_append(job->state, job->ours, "log");
    xml_set(log, "id", job->log_id);
    xml_set(log, "file", request->log);
}

static gboolean is_private_log(const Job *job, const char *file)
{
    xmlNode *device;

    for (device = dom_first_override(job->doc); device;
         device = dom_next_override(device)) {
        xmlNode *property = dom_property(dom_frontend(device), "trace-file");

        if (property && xml_is(property, "value", file)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Choose a log of the device's own, a new shared log, or the existing one. */
static gboolean choose_log(Job *job, guint devices, GError **error)
{
    const VirtXmlRequest *request = job->request;
    xmlNode *log = dom_state_log(job->state);

    if (is_private_log(job, request->log)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                    "another device already writes the log %s: to share a log, disable that device and enable both together; or choose another file",
                    request->log);
        return FALSE;
    }
    if (log && xml_is(log, "file", request->log)) {
        if (request->log_options) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                        "the log %s is already defined, and its options can not be changed; disable its devices first",
                        request->log);
            return FALSE;
        }
        job->log_id = xml_get(log, "id");
    } else if (devices > 1 || request->log_options) {
        if (log) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                        "there is already a log for several devices, and there can be only one: disable its devices first");
            return FALSE;
        }
        add_shared_log(job);
    }
    return TRUE;
}

/* ---- one device ----------------------------------------------------------*/

/* Give the device an alias; record the names that it and its override had. */
static char *give_alias(Job *job, xmlNode *hostdev, xmlNode *record,
                        GError **error)
{
    g_autofree char *host = dom_host(hostdev);
    g_autofree char *alias = dom_alias(hostdev);
    g_autofree char *was = NULL;
    g_autoptr(GPtrArray) before = NULL;

    if (alias) {
        return g_steal_pointer(&alias);
    }
    before = virt_alias_all(job->doc, NULL);
    was = xml_get(xml_child(hostdev, NULL, "alias"), "name");
    alias = virt_alias_free_name(job->doc, host);
    if (!virt_alias_give(hostdev, alias, error)) {
        return NULL;
    }
    dom_add_word(record, "added", MADE_ALIAS);
    xml_set(record, "alias-was", was);
    if (dom_override_device(job->doc, alias)) {
        xml_set(record, "override-was", virt_alias_of(before, hostdev));
    }
    return g_steal_pointer(&alias);
}

static void add_property(Job *job, xmlNode *frontend, xmlNode *record,
                         const char *name, const char *type,
                         const char *value)
{
    xmlNode *property = xml_append(frontend, job->qemu, "property");

    xml_set(property, "name", name);
    xml_set(property, "type", type);
    xml_set(property, "value", value);
    dom_add_word(record, "properties", name);
}

static xmlNode *get_frontend(Job *job, const char *alias, xmlNode *record)
{
    xmlNode *device = dom_override_device(job->doc, alias);
    xmlNode *frontend;

    if (!device) {
        device = xml_append(get_section(job, "override", MADE_OVERRIDE),
                            job->qemu, "device");
        xml_set(device, "alias", alias);
        dom_add_word(record, "added", MADE_DEVICE);
    }
    frontend = dom_frontend(device);
    if (!frontend) {
        frontend = xml_append(device, job->qemu, "frontend");
        dom_add_word(record, "added", MADE_FRONTEND);
    }
    return frontend;
}

/* Check that the user has not set any property that we are about to set. */
static gboolean is_untouched(Job *job, xmlNode *hostdev, GError **error)
{
    static const char *const ours[] = { "driver", "trace-file", "trace-log",
                                        "trace-ring-dir", "windows" };
    g_autofree char *host = dom_host(hostdev);
    g_autoptr(GPtrArray) aliases = virt_alias_all(job->doc,
                                                  job->request->pools);
    const char *alias = virt_alias_of(aliases, hostdev);
    g_autoptr(GPtrArray) options = virt_xml_options_of(job->options, host);
    xmlNode *driver = dom_override_property(job->doc, alias, "driver");
    size_t i;

    if (driver && xml_is(driver, "value", VIRT_XML_DRIVER)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                    "%s is traced already; %s", host,
                    dom_state_device(job->state, alias) ?
                    "use 'vfio-trace virt disable' to stop it" :
                    "its override was not made by 'vfio-trace virt enable'");
        return FALSE;
    }
    for (i = 0; i < G_N_ELEMENTS(ours) + options->len; i++) {
        const char *name = i < G_N_ELEMENTS(ours) ? ours[i] :
            ((VirtXmlOption *)options->pdata[i - G_N_ELEMENTS(ours)])->name;

        if (dom_override_property(job->doc, alias, name)) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                        "%s already has a <qemu:override> of its property '%s'; remove it first",
                        host, name);
            return FALSE;
        }
    }
    if (dom_state_device(job->state, alias)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                    "%s was enabled, but its override has changed since; use 'vfio-trace virt disable' first",
                    host);
        return FALSE;
    }
    return TRUE;
}

static gboolean trace_device(Job *job, xmlNode *hostdev, GError **error)
{
    const VirtXmlRequest *request = job->request;
    g_autofree char *host = dom_host(hostdev);
    g_autoptr(GPtrArray) options = virt_xml_options_of(job->options, host);
    xmlNode *record = xml_append(job->state, job->ours, "device");
    g_autofree char *alias = NULL;
    xmlNode *frontend;
    guint i;

    xml_set(record, "host", host);
    alias = give_alias(job, hostdev, record, error);
    if (!alias) {
        return FALSE;
    }
    xml_set(record, "alias", alias);
    frontend = get_frontend(job, alias, record);
    add_property(job, frontend, record, "driver", "string", VIRT_XML_DRIVER);
    if (job->log_id) {
        add_property(job, frontend, record, "trace-log", "string",
                     job->log_id);
    } else {
        add_property(job, frontend, record, "trace-file", "string",
                     request->log);
        if (request->ring_dir) {
            add_property(job, frontend, record, "trace-ring-dir", "string",
                         request->ring_dir);
        }
    }
    for (i = 0; i < options->len; i++) {
        const VirtXmlOption *option = options->pdata[i];

        add_property(job, frontend, record, option->name, option->type,
                     option->value);
    }
    return TRUE;
}

/* ---- the domain ----------------------------------------------------------*/

/* Return: the last element that libvirt writes before <metadata>, if any */
static xmlNode *before_metadata(xmlNode *root)
{
    static const char *const names[] = { "description", "title", "hwuuid",
                                         "genid", "uuid", "name" };
    xmlNode *node = NULL;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(names) && !node; i++) {
        node = xml_child(root, NULL, names[i]);
    }
    return node;
}

static void make_state(Job *job)
{
    xmlNode *metadata = xml_child(job->root, NULL, "metadata");
    const char *made = NULL;

    if (!metadata) {
        xmlNode *sibling = before_metadata(job->root);

        metadata = sibling ? xml_insert_after(sibling, NULL, "metadata") :
                   xml_append(job->root, NULL, "metadata");
        made = MADE_METADATA;
    }
    job->state = xml_append(metadata, NULL, "traced");
    job->ours = xmlNewNs(job->state, BAD_CAST STATE_NS, BAD_CAST STATE_PREFIX);
    xmlSetNs(job->state, job->ours);
    if (made) {
        dom_add_word(job->state, "added", made);
    }
}

/* Record the pools, by which disabling counts the devices as enabling did. */
static void record_pools(Job *job)
{
    const xmlNode *node = xml_child(dom_devices(job->doc), NULL, "interface");

    for (; node && job->request->pools; node = xml_next(node)) {
        g_autofree char *network = dom_network(node);

        if (network && g_strv_contains(job->request->pools, network) &&
            !dom_state_pool(job->state, network)) {
            xml_set(xml_append(job->state, job->ours, "pool"), "network",
                    network);
        }
    }
}

static void set_emulator(Job *job)
{
    xmlNode *devices = dom_devices(job->doc);
    xmlNode *emulator = xml_child(devices, NULL, "emulator");
    g_autofree char *was = xml_content(emulator);
    const char *now = job->request->emulator;

    if (!g_strcmp0(was, now)) {
        return;
    }
    if (!emulator) {
        emulator = xml_append(devices, NULL, "emulator");
        dom_add_word(job->state, "added", MADE_EMULATOR);
    } else if (!xml_is(job->state, "emulator", was)) {
        /* it is the user's, not one that we set and now replace */
        xml_set(job->state, "emulator-was", was);
    }
    xml_set_content(emulator, now);
    xml_set(job->state, "emulator", now);
}

static void declare_namespace(Job *job)
{
    g_autofree char *prefix = g_strdup("qemu");
    unsigned i;

    job->qemu = xml_find_ns(job->root, QEMU_NS);
    for (i = 1; !job->qemu; i++) {
        /* fails if the prefix is another namespace's */
        job->qemu = xmlNewNs(job->root, BAD_CAST QEMU_NS, BAD_CAST prefix);
        if (job->qemu) {
            dom_add_word(job->state, "added", MADE_NAMESPACE);
        }
        g_free(prefix);
        prefix = g_strdup_printf("qemu%u", i);
    }
}

static void enable_all(Job *job, const GPtrArray *chosen, GError **error)
{
    guint i;

    job->state = dom_state(job->doc);
    for (i = 0; i < chosen->len; i++) {
        if (!is_untouched(job, g_ptr_array_index(chosen, i), error)) {
            return;
        }
    }
    if (job->state) {
        job->ours = job->state->ns;
    } else {
        make_state(job);
    }
    record_pools(job);
    declare_namespace(job);
    set_emulator(job);
    if (!choose_log(job, chosen->len, error)) {
        return;
    }
    for (i = 0; i < chosen->len; i++) {
        if (!trace_device(job, g_ptr_array_index(chosen, i), error)) {
            return;
        }
    }
}

char *virt_xml_enable(const char *xml, const VirtXmlRequest *request,
                      GError **error)
{
    g_autoptr(xmlDoc) doc = dom_parse(xml, error);
    g_autoptr(GPtrArray) chosen = NULL;
    g_autoptr(GPtrArray) options = NULL;
    g_autoptr(GError) local = NULL;
    Job job = { .doc = doc, .request = request };

    options = doc ? virt_xml_options_parse(request->windows,
                                           request->device_options, error)
                  : NULL;
    if (!options) {
        return NULL;
    }
    job.options = options;
    job.root = xmlDocGetRootElement(doc);
    chosen = virt_xml_choose(doc, request, &local);
    if (!local && virt_xml_check_options(options, chosen, &local)) {
        enable_all(&job, chosen, &local);
    }
    g_free(job.log_id);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return NULL;
    }
    return xml_text(doc);
}
