/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace check: snapshots, entries of rings, watches
 *
 * Putting them together finds what is wrong with them (tools/analysis/memory.h);
 * here, that becomes faults of the log.
 */
#include "tools/check/memory.h"
#include "tools/check/fault.h"
#include "tools/check/map.h"

#include <inttypes.h>

#include "libmmiotrace/mark-words.h"
#include "tools/analysis/memory.h"

static void take(const AnalysisMemoryThing *thing, void *opaque)
{
    static const int counts[] = {
        [ANALYSIS_MEMORY_HEAD] = COUNT_ENTRIES,
        [ANALYSIS_MEMORY_WATCH] = COUNT_WATCHES,
        [ANALYSIS_MEMORY_CUT] = COUNT_CUTS,
    };
    Check *check = opaque;

    if (thing->kind < G_N_ELEMENTS(counts) && counts[thing->kind]) {
        check->marked[counts[thing->kind]]++;
    }
}

static void take_fault(const AnalysisMemoryPlace *place, const char *word,
                       const char *message, void *opaque)
{
    Check *check = opaque;
    Place at = { .file = place->file, .line = place->line };
    const MmtEvent *ev = check->memory_mark;

    if (word && ev) {
        check_fault(check, check->at,
                    ev->column[MMT_FIELD_TEXT] + (word - ev->text.p), "%s",
                    message);
    } else {
        check_fault(check, at, 1, "%s", message);
    }
}

static const AnalysisMemoryUser user = { .take = take, .fault = take_fault };

void check_memory_init(Check *check)
{
    check->memory = analysis_memory_new(&user, check);
}

void check_memory_clear(Check *check)
{
    g_clear_pointer(&check->memory, analysis_memory_free);
}

/* The register that a snapshot names */
static void check_register(Check *check, const MmtEvent *ev)
{
    uint64_t id = mmt_words_number(ev->text, "map");
    uint64_t addr = mmt_words_number(ev->text, "addr");
    const Map *map = id <= INT32_MAX ? check_find_map(check, id) : NULL;

    if (map && map->maps &&
        (addr < map->phys || addr - map->phys >= map->len)) {
        FAULT(check, ev, MMT_FIELD_TEXT, "addr=0x%" PRIx64 " is outside map %"
              PRIu64, addr, id);
    }
}

void check_memory_mark(Check *check, const MmtEvent *ev)
{
    AnalysisMemoryPlace place = {
        .file = check->at.file, .line = check->at.line,
    };

    if (mmt_words_are(mmt_mark_name(ev->text), "snapshot")) {
        check_register(check, ev);
    }
    check->memory_mark = ev;
    analysis_memory_mark(check->memory, ev->text, &place);
    check->memory_mark = NULL;
}

void check_memory_other(Check *check)
{
    analysis_memory_other(check->memory);
}

void check_memory_end(Check *check, bool complete)
{
    analysis_memory_end(check->memory, complete);
}

void check_memory_forget(Check *check)
{
    analysis_memory_lost(check->memory);
}
