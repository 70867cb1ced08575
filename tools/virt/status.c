/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace virt status: which devices of a domain are traced
 */
#include "tools/virt/virt.h"
#include "tools/common/json-text.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <stdlib.h>

static gboolean opt_json;

static const GOptionEntry entries[] = {
    { "json", 'j', 0, G_OPTION_ARG_NONE, &opt_json,
      "Print JSON", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

static bool is_traced(const VirtXmlDevice *device)
{
    return !g_strcmp0(device->driver, VIRT_XML_DRIVER);
}

/* Is the device at a host address traced, according to a domain's XML? */
static bool is_traced_in(const VirtXmlInfo *info, const char *host)
{
    guint i;

    for (i = 0; info && i < info->devices->len; i++) {
        const VirtXmlDevice *device = g_ptr_array_index(info->devices, i);

        if (!g_strcmp0(device->host, host)) {
            return is_traced(device);
        }
    }
    return false;
}

static void print_device(const VirtXmlDevice *device, const VirtDomain *domain,
                         const VirtXmlInfo *live)
{
    bool traced = is_traced(device);

    tool_print("  %s  ", device->host);
    if (device->mac) {
        tool_print("(interface %s)  ", device->mac);
    }
    tool_print("%s", traced ? "traced" : "not traced");
    if (traced) {
        tool_print(" into %s", device->log ? device->log : "a log");
        if (device->windows) {
            tool_print(", windows %s", device->windows);
        }
        if (!device->by_us) {
            tool_print("; not enabled by 'vfio-trace virt enable'");
        }
    }
    if (domain->running && is_traced_in(live, device->host) != traced) {
        tool_print("; from the next start on");
    }
    putchar('\n');
}

static void print_other(const VirtXmlOther *other)
{
    tool_print("  %s  %s%s\n    %s\n", other->name,
               other->traced ? "" : "can't be traced: it is ", other->what,
               other->remedy);
}

static void print_text(const VirtDomain *domain, const VirtXmlInfo *live)
{
    const VirtXmlInfo *info = domain->info;
    guint i;

    tool_print("domain %s, %s\n", domain->name, domain->running ? "running" :
               "not running");
    tool_print("  emulator %s", info->emulator ? info->emulator :
               "chosen by libvirt");
    if (info->emulator_was) {
        tool_print("; it was %s", info->emulator_was);
    }
    putchar('\n');
    for (i = 0; i < info->devices->len; i++) {
        print_device(g_ptr_array_index(info->devices, i), domain, live);
    }
    for (i = 0; i < info->others->len; i++) {
        print_other(g_ptr_array_index(info->others, i));
    }
    if (!info->devices->len && !info->others->len) {
        puts("  no PCI device is passed through to it");
    }
}

static void add_string(JsonBuilder *builder, const char *name,
                       const char *value)
{
    if (value) {
        json_builder_set_member_name(builder, name);
        json_builder_add_string_value(builder, value);
    }
}

static void add_bool(JsonBuilder *builder, const char *name, bool value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_boolean_value(builder, value);
}

static void add_other(JsonBuilder *builder, const VirtXmlOther *other)
{
    json_builder_begin_object(builder);
    add_string(builder, "name", other->name);
    add_string(builder, "host", other->host);
    add_string(builder, "network", other->network);
    add_bool(builder, "traced", other->traced);
    add_string(builder, "what", other->what);
    add_string(builder, "remedy", other->remedy);
    json_builder_end_object(builder);
}

static void print_json(const VirtDomain *domain, const VirtXmlInfo *live)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    g_autoptr(JsonNode) root = NULL;
    g_autofree char *text = NULL;
    guint i;

    json_builder_begin_object(builder);
    add_string(builder, "domain", domain->name);
    add_bool(builder, "running", domain->running);
    add_string(builder, "emulator", domain->info->emulator);
    add_string(builder, "emulator-was", domain->info->emulator_was);
    json_builder_set_member_name(builder, "devices");
    json_builder_begin_array(builder);
    for (i = 0; i < domain->info->devices->len; i++) {
        const VirtXmlDevice *device =
            g_ptr_array_index(domain->info->devices, i);

        json_builder_begin_object(builder);
        add_string(builder, "host", device->host);
        add_string(builder, "mac", device->mac);
        add_string(builder, "alias", device->alias);
        add_bool(builder, "traced", is_traced(device));
        if (domain->running) {
            add_bool(builder, "traced-now", is_traced_in(live, device->host));
        }
        add_bool(builder, "enabled-by-vfio-trace", device->by_us);
        add_string(builder, "log", device->log);
        add_string(builder, "windows", device->windows);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
    json_builder_set_member_name(builder, "others");
    json_builder_begin_array(builder);
    for (i = 0; i < domain->info->others->len; i++) {
        add_other(builder, g_ptr_array_index(domain->info->others, i));
    }
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    root = json_builder_get_root(builder);
    text = json_text(root, TRUE);
    puts(text);
}

static bool status(const VirtDomain *domain, const char *const *hosts,
                   GError **error)
{
    g_autoptr(VirtXmlInfo) live = NULL;

    (void)hosts;
    (void)error;
    if (domain->running) {
        char *xml = virDomainGetXMLDesc(domain->domain, 0);

        live = xml ? virt_xml_inspect(xml, NULL) : NULL;
        free(xml);
    }
    (opt_json ? print_json : print_text)(domain, live);
    return true;
}

const VirtVerb virt_status = {
    .verb = {
        .name = "virt status",
        .brief = "Show which devices of a libvirt domain are traced",
    },
    .operands = "DOMAIN",
    .details =
        "Exit status: 0 for success, 1 the domain can't be queried, 2 bad usage.",
    .entries = entries,
    .run = status,
};
