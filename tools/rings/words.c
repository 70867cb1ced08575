/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace rings: words for the parts of a rings file (see words.h)
 */
#include "tools/rings/words.h"

#include <inttypes.h>

char *rings_device_word(const GmemFor *device)
{
    return device->vendor ?
           g_strdup_printf("%04x:%04x", device->vendor, device->device) :
           g_strdup_printf("class %06x", device->class_code);
}

char *rings_devices_words(const GmemFile *file, const char *between)
{
    GString *words = g_string_new(NULL);
    unsigned i;

    for (i = 0; i < file->device->len; i++) {
        g_autofree char *word =
            rings_device_word(&g_array_index(file->device, GmemFor, i));

        g_string_append_printf(words, "%s%s", i ? between : "", word);
    }
    return g_string_free(words, FALSE);
}

char *rings_index_words(const char *name, bool is_array, unsigned low,
                        unsigned high)
{
    return !is_array ? g_strdup(name) :
           low == high ? g_strdup_printf("%s[%u]", name, low) :
           g_strdup_printf("%s[%u..%u]", name, low, high);
}

/* --- registers ----------------------------------------------------------- */

char *rings_register_name(const GmemRegister *reg)
{
    return rings_index_words(reg->name, reg->is_array, reg->low, reg->high);
}

char *rings_place_word(const GmemFile *file, const GmemRegister *reg)
{
    g_autofree char *region = reg->bar < 0 ?
        g_strdup(g_array_index(file->area, GmemArea, reg->area).name) :
        g_strdup_printf("bar%d", reg->bar);

    return reg->offset_expr.n ?
           g_strdup_printf("%s:(...):%u", region, reg->width) :
           g_strdup_printf("%s:0x%" PRIx64 ":%u", region, reg->offset,
                           reg->width);
}

const char *rings_access_word(const GmemRegister *reg)
{
    return reg->reads && reg->writes ? "rw" : reg->reads ? "r" : "w";
}

/* --- statements ---------------------------------------------------------- */

char *rings_statement_name(const GmemStatement *s)
{
    return rings_index_words(s->name, s->is_array, s->low, s->high);
}

const char *rings_kind_word(const GmemStatement *s)
{
    static const char *const kinds[] = {
        [GMEM_RING] = "ring", [GMEM_WATCH] = "watch",
        [GMEM_SNAPSHOT] = "snapshot",
    };

    return kinds[s->kind];
}

const char *rings_order_word(const GmemStatement *s)
{
    static const char *const orders[] = {
        [GMEM_BY_TAIL] = "tail", [GMEM_BY_WHILE] = "while",
        [GMEM_BY_BITS] = "bits", [GMEM_ALL] = "all",
    };

    return orders[s->order];
}

/* "write NAME[1..3]" */
static char *words_access(const GmemFile *file, const GmemTrigger *trigger)
{
    const GmemRegister *reg = &g_array_index(file->reg, GmemRegister,
                                             trigger->reg);
    g_autofree char *name = rings_index_words(reg->name, reg->is_array,
                                              trigger->low, trigger->high);

    return g_strdup_printf("%s %s", trigger->kind == GMEM_ON_READ ? "read" :
                           "write", name);
}

char *rings_trigger_words(const GmemFile *file, const GmemTrigger *trigger)
{
    g_autofree char *what = trigger->kind == GMEM_ON_IRQ ? g_strdup("irq") :
        trigger->kind == GMEM_ON_MARKER ?
        g_strdup_printf("marker \"%s\"", trigger->glob) :
        words_access(file, trigger);

    return g_strconcat(what, trigger->when.n ? " when ..." : "",
                       trigger->instance.n ? " instance ..." : "", NULL);
}
