/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace decode: texts of recent values (see values.h)
 */
#include "tools/decode/values.h"
#include "tools/decode/slots.h"

#include <string.h>

G_STATIC_ASSERT(DECODE_VALUES == 1u << (64 - 49));

void decode_values_init(DecodeValues *values)
{
    values->values = g_new0(DecodeValue, DECODE_VALUES);
}

void decode_values_clear(DecodeValues *values)
{
    unsigned i;

    for (i = 0; values->values && i < DECODE_VALUES; i++) {
        g_free(values->values[i].text);
    }
    g_clear_pointer(&values->values, g_free);
}

void decode_values_keep(DecodeValue *value, uint64_t slot, uint64_t before,
                        uint64_t after, const GString *text)
{
    uint32_t need = text->len + DECODE_SLACK;

    if (text->len > DECODE_VALUE_MAX) {
        value->slot = 0;
        return;
    }
    if (value->room < need) {
        value->room = MAX(need, value->room * 2);
        g_free(value->text);
        value->text = g_malloc0(value->room);
    }
    value->slot = slot + 1;
    value->before = before;
    value->after = after;
    value->len = text->len;
    memcpy(value->text, text->str, text->len);
}
