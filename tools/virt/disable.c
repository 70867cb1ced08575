/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace virt disable: undo virt enable
 */
#include "tools/virt/virt.h"

#include <stdio.h>
#include <stdlib.h>

static gboolean opt_yes;
static gboolean opt_dry_run;

static const GOptionEntry entries[] = {
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &opt_yes,
      "Do not ask", NULL },
    { "dry-run", 'n', 0, G_OPTION_ARG_NONE, &opt_dry_run,
      "Only show what would change", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

static bool disable(const VirtDomain *domain, const char *const *hosts,
                    GError **error)
{
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) same = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *xml = virt_xml_disable(domain->xml, hosts, notes, error);
    g_autofree char *shown = NULL;
    char *result;
    guint i;

    shown = xml ? virt_xml_disable(domain->shown, hosts, same, error) : NULL;
    if (!shown) {
        g_prefix_error(error, "domain %s: ", domain->name);
        return false;
    }
    virt_show(domain, shown);
    for (i = 0; i < notes->len; i++) {
        g_autofree char *text = g_strdup(g_ptr_array_index(notes, i));

        tool_print("Note: %s\n", tool_printable(text));
    }
    if (opt_dry_run) {
        return true;
    }
    if (!virt_confirm("Change the domain?", opt_yes, error)) {
        return false;
    }
    result = virt_define(domain, xml, error);
    if (!result) {
        return false;
    }
    free(result);
    tool_print("Disabled.%s\n", domain->running ?
               " The domain runs: the change takes effect when it is shut down and started again."
               : "");
    return true;
}

const VirtVerb virt_disable = {
    .verb = {
        .name = "virt disable",
        .brief = "Revert the changes of 'vfio-trace virt enable'",
    },
    .operands = "DOMAIN [BDF...]",
    .details =
        "Without a BDF, this is done for all devices.  Other changes to the domain stay.\n\n"
        "Exit status: 0 done, 1 not done, 2 bad usage.",
    .entries = entries,
    .takes_hosts = true,
    .run = disable,
};
