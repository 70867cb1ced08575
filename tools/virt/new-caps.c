/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: capabilities of a QEMU, as libvirt describes them (see
 * new-caps.h)
 */
#include "tools/virt/new-caps.h"
#include "tools/virt/xml-edit.h"

/* Return: the first element at or after @node with this name, or NULL */
static xmlNode *named(xmlNode *node, const char *name)
{
    while (node && !xml_is(node, "name", name)) {
        node = xml_next(node);
    }
    return node;
}

/* Return: the element of a capability, or NULL; @name may be NULL */
static xmlNode *find_part(xmlDoc *caps, const char *section, const char *name)
{
    xmlNode *part = xml_child(xmlDocGetRootElement(caps), NULL, section);

    return name ? xml_child(part, NULL, name) : part;
}

bool virt_new_caps_lists(xmlDoc *caps, const char *section, const char *name,
                         const char *list, const char *value)
{
    xmlNode *part = find_part(caps, section, name);
    xmlNode *values = named(xml_child(part, NULL, "enum"), list);
    xmlNode *node;

    if (part && xml_is(part, "supported", "no")) {
        return false;
    }
    for (node = xml_child(values, NULL, "value"); node;
         node = xml_next(node)) {
        g_autofree char *text = xml_content(node);

        if (!g_strcmp0(text, value)) {
            return true;
        }
    }
    return !values;
}

enum {
    RELAXED, VAPIC, SPINLOCKS, VPINDEX, RUNTIME, FREQUENCIES, RESET, SYNIC,
    STIMER, TLBFLUSH, IPI,
};

#define BIT(n) (1u << (n))

/* In the order of run/hyperv.c; @needs as there */
static const struct {
    const char *name;
    unsigned needs;
} features[] = {
    [RELAXED] = { "relaxed", 0 },
    [VAPIC] = { "vapic", 0 },
    [SPINLOCKS] = { "spinlocks", 0 },
    [VPINDEX] = { "vpindex", 0 },
    [RUNTIME] = { "runtime", 0 },
    [FREQUENCIES] = { "frequencies", 0 },
    [RESET] = { "reset", 0 },
    [SYNIC] = { "synic", BIT(VPINDEX) },
    [STIMER] = { "stimer", BIT(SYNIC) },
    [TLBFLUSH] = { "tlbflush", BIT(VPINDEX) },
    [IPI] = { "ipi", BIT(VPINDEX) },
};

char **virt_new_caps_hyperv(xmlDoc *caps, char **missing)
{
    GPtrArray *names = g_ptr_array_new();
    g_autoptr(GString) out = g_string_new(NULL);
    unsigned have = 0;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(features); i++) {
        if (!(features[i].needs & ~have) &&
            virt_new_caps_lists(caps, "features", "hyperv", "features",
                                features[i].name)) {
            have |= BIT(i);
            g_ptr_array_add(names, g_strdup(features[i].name));
        } else {
            g_string_append_printf(out, "%s%s", out->len ? ", " : "",
                                   features[i].name);
        }
    }
    g_ptr_array_add(names, NULL);
    *missing = out->len ? g_strdup(out->str) : NULL;
    return (char **)g_ptr_array_free(names, FALSE);
}
