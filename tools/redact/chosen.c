/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: registers whose values the user wants replaced (see
 * chosen.h)
 */
#include "tools/redact/chosen.h"

#include <string.h>

#include "libpcidev/window-spec.h"
#include "libregdb/text.h"
#include "libregdb/view.h"

/**
 * struct Choice: one argument of --register
 * @word: the argument
 * @is_range: it is @window, else a name
 * @window: the range
 * @matched: has it matched an access?
 */
typedef struct Choice {
    char *word;
    bool is_range;
    PciWindow window;
    bool matched;
} Choice;

struct RedactChosen {
    GArray *choices;
};

static void choice_clear(gpointer p)
{
    Choice *choice = p;

    g_free(choice->word);
    pci_window_clear(&choice->window);
}

RedactChosen *redact_chosen_new(void)
{
    RedactChosen *chosen = g_new0(RedactChosen, 1);

    chosen->choices = g_array_new(FALSE, TRUE, sizeof(Choice));
    g_array_set_clear_func(chosen->choices, choice_clear);
    return chosen;
}

void redact_chosen_free(RedactChosen *chosen)
{
    if (chosen) {
        g_array_unref(chosen->choices);
        g_free(chosen);
    }
}

bool redact_chosen_any(const RedactChosen *chosen)
{
    return chosen->choices->len;
}

bool redact_chosen_add(RedactChosen *chosen, const char *word, GError **error)
{
    static const PciWindowLimits limits = { .number_max = UINT64_MAX };
    Choice choice = { .word = g_strdup(word) };
    GError *why = NULL;

    choice.is_range = pci_window_parse(word, &limits, &choice.window, &why);
    /* a name has no colon; what has one is a range that is wrong */
    if (!choice.is_range && (!*word || strchr(word, ':'))) {
        g_propagate_error(error, why);
        choice_clear(&choice);
        return false;
    }
    g_clear_error(&why);
    g_array_append_val(chosen->choices, choice);
    return true;
}

static bool region_fits(PciWindowRegion wanted, int32_t number)
{
    static const int32_t numbers[PCI_WINDOW_REGIONS] = {
        [PCI_WINDOW_BAR0] = 0, [PCI_WINDOW_BAR1] = 1, [PCI_WINDOW_BAR2] = 2,
        [PCI_WINDOW_BAR3] = 3, [PCI_WINDOW_BAR4] = 4, [PCI_WINDOW_BAR5] = 5,
        [PCI_WINDOW_ROM] = MMT_REGION_ROM,
        [PCI_WINDOW_VGA_MEMORY] = MMT_REGION_VGA_MEMORY,
        [PCI_WINDOW_VGA_3B0] = MMT_REGION_VGA_3B0,
        [PCI_WINDOW_VGA_3C0] = MMT_REGION_VGA_3C0,
        [PCI_WINDOW_CONFIG] = MMT_REGION_CONFIG,
    };

    return wanted < PCI_WINDOW_REGIONS ? numbers[wanted] == number :
           wanted == PCI_WINDOW_VGA && number >= MMT_REGION_VGA_MEMORY &&
           number <= MMT_REGION_VGA_3C0;
}

static uint64_t range_bits(const PciWindow *window, const MmtRegion *region,
                           const MmtEntry *entry)
{
    unsigned direction = entry->kind == MMT_ENTRY_READ ? PCI_WINDOW_READ :
                         entry->kind == MMT_ENTRY_WRITE ? PCI_WINDOW_WRITE :
                         PCI_WINDOW_BOTH;
    uint64_t bits = 0;
    unsigned i;

    if (!(window->directions & direction) ||
        !region_fits(window->region, region->number)) {
        return 0;
    }
    for (i = 0; i < MAX(entry->width, 1); i++) {
        uint64_t offset = entry->offset + i;

        if (window->whole || (offset >= window->offset &&
                              offset - window->offset < window->len)) {
            bits |= 0xffull << 8 * i;
        }
    }
    return bits;
}

static uint64_t name_bits(const char *name, AnalysisDb *db,
                          const MmtEntry *entry)
{
    RegDbPart parts[REGDB_PARTS_MAX];
    RegDbView *view;
    unsigned n = db ? analysis_db_parts(db, entry, &view, parts) : 0, i;
    uint64_t bits = 0;

    for (i = 0; i < n; i++) {
        if (parts[i].reg && regdb_name_matches(name, parts[i].reg->name)) {
            uint64_t mask = parts[i].bits >= 64 ? UINT64_MAX
                                                : (1ull << parts[i].bits) - 1;

            bits |= mask << parts[i].shift;
        }
    }
    return bits;
}

uint64_t redact_chosen_bits(RedactChosen *chosen, const MmtTrace *trace,
                            AnalysisDb *db, const MmtEntry *entry)
{
    const MmtRegion *region;
    uint64_t bits = 0;
    guint i;

    if (!chosen->choices->len) {
        return 0;
    }
    region = mmt_trace_region(trace, entry->region);
    for (i = 0; region && i < chosen->choices->len; i++) {
        Choice *choice = &g_array_index(chosen->choices, Choice, i);
        uint64_t more = choice->is_range
            ? range_bits(&choice->window, region, entry)
            : name_bits(choice->word, db, entry);

        choice->matched |= more != 0;
        bits |= more;
    }
    return bits;
}

const char *redact_chosen_unmatched(const RedactChosen *chosen)
{
    guint i;

    for (i = 0; i < chosen->choices->len; i++) {
        const Choice *choice = &g_array_index(chosen->choices, Choice, i);

        if (!choice->matched) {
            return choice->word;
        }
    }
    return NULL;
}
