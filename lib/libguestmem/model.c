/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libguestmem: model of a rings file (see model.h) */
#include "libguestmem/model.h"

static bool model_has(const GArray *triggers, GmemTriggerKind kind)
{
    unsigned i;

    for (i = 0; i < triggers->len; i++) {
        if (g_array_index(triggers, GmemTrigger, i).kind == kind) {
            return true;
        }
    }
    return false;
}

bool gmem_file_has(const GmemFile *file, GmemTriggerKind kind)
{
    unsigned i;

    for (i = 0; i < file->statement->len; i++) {
        const GmemStatement *s = &g_array_index(file->statement, GmemStatement,
                                                i);

        if (model_has(s->trigger, kind) || model_has(s->reset, kind)) {
            return true;
        }
    }
    return false;
}
