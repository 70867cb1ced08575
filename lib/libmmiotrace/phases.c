/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libmmiotrace: phases of a trace (see phases.h) */
#include "libmmiotrace/phases.h"

#include <string.h>

#include "libmmiotrace/mark-words.h"
#include "libmmiotrace/printable.h"
#include "libmmiotrace/record.h"

/* Bytes of a name that are kept */
#define NAME_BYTES 120

void mmt_phases_init(MmtPhases *phases)
{
    phases->names = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(phases->names, g_strdup("start"));
}

void mmt_phases_clear(MmtPhases *phases)
{
    g_clear_pointer(&phases->names, g_ptr_array_unref);
}

uint32_t mmt_phases_begin(MmtPhases *phases, const char *name, size_t len)
{
    char buf[NAME_BYTES + 1];

    if (phases->names->len < MMT_PHASES_MAX) {
        mmt_printable(name, MIN(len, NAME_BYTES), buf, NAME_BYTES);
        g_ptr_array_add(phases->names, g_strdup(buf));
    }
    return phases->names->len - 1;
}

uint32_t mmt_phases_begin_mark(MmtPhases *phases, const char *text, size_t len)
{
    static const char guest[] = MMT_MARK_PREFIX "guest-mark ";
    MmtSpan said;

    if (len >= sizeof(guest) - 1 && !memcmp(text, guest, sizeof(guest) - 1)) {
        said = mmt_mark_said((MmtSpan) { text, len });
        if (said.p) {
            return mmt_phases_begin(phases, said.p, said.len);
        }
    }
    return mmt_phases_begin(phases, text, len);
}
