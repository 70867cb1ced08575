/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: formats that a trace is converted to (see sink.h)
 */
#include "tools/convert/sink.h"

#include <inttypes.h>
#include <string.h>

static const ConvertSink *const sinks[] = {
    &convert_as_mmiotrace, &convert_as_jsonl, &convert_as_csv,
};

const ConvertSink *convert_sink_find(const char *name)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(sinks); i++) {
        if (!strcmp(sinks[i]->name, name)) {
            return sinks[i];
        }
    }
    return NULL;
}

void convert_note(GString *notes, const char *what, uint64_t n)
{
    if (n) {
        g_string_append_printf(notes, "%s%s: %" PRIu64, notes->len ? ", " : "",
                               what, n);
    }
}
