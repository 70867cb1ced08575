/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace diff: what is ignored (see ignore.h)
 */
#include "tools/diff/ignore.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <string.h>

#include "libpcidev/window-spec.h"
#include "tools/profile/classes.h"
#include "tools/profile/engine.h"

/* Argument of no --ignore */
#define NO_ARGUMENT UINT32_MAX

/* Classes of values; those of profile that are meant */
typedef enum IgnoreClass {
    CLASS_NONE,
    CLASS_DMA,
    CLASS_COUNTER,
    CLASS_TIME,
    CLASS__MAX,
} IgnoreClass;

static const struct {
    const char *name;
    const char *profile[2];
} classes[CLASS__MAX] = {
    [CLASS_DMA] = { "dma", { "dma-address", "dma-address-high" } },
    [CLASS_COUNTER] = { "counter", { "counter" } },
    [CLASS_TIME] = { "time" },
};

/**
 * struct IgnoreArgument: an argument of --ignore
 * @text: as it was given
 * @class: a class, or CLASS_NONE
 * @is_window: @window is what it says
 * @window: a range
 * @n: number of differences that it has ignored
 * @places: those that it has ignored
 */
typedef struct IgnoreArgument {
    char *text;
    IgnoreClass class;
    bool is_window;
    PciWindow window;
    uint64_t n;
    GHashTable *places;
} IgnoreArgument;

/**
 * struct IgnorePlace: what is known of a place
 * @known: is @argument filled in?
 * @judged: is @class filled in?
 * @class: its class, without that of a time
 * @argument: the argument that ignores the register, or NO_ARGUMENT
 */
typedef struct IgnorePlace {
    bool known;
    bool judged;
    IgnoreClass class;
    uint32_t argument;
} IgnorePlace;

/**
 * struct DiffIgnore: what is ignored
 * @arguments: IgnoreArgument pointers
 * @logs: A and B
 * @profiles: of them, or NULL
 * @finished: the profiles are
 * @words: names of places
 * @places: IgnorePlace, by the place's number
 */
struct DiffIgnore {
    GPtrArray *arguments;
    DiffLog *logs[2];
    Profile *profiles[2];
    bool finished;
    DiffWords *words;
    GArray *places;
};

static void free_argument(gpointer p)
{
    IgnoreArgument *argument = p;

    pci_window_clear(&argument->window);
    g_hash_table_unref(argument->places);
    g_free(argument->text);
    g_free(argument);
}

DiffIgnore *diff_ignore_new(void)
{
    DiffIgnore *ignore = g_new0(DiffIgnore, 1);

    ignore->arguments = g_ptr_array_new_with_free_func(free_argument);
    ignore->places = g_array_new(FALSE, TRUE, sizeof(IgnorePlace));
    return ignore;
}

void diff_ignore_free(DiffIgnore *ignore)
{
    if (ignore) {
        profile_free(ignore->profiles[0]);
        profile_free(ignore->profiles[1]);
        g_ptr_array_unref(ignore->arguments);
        g_array_unref(ignore->places);
        g_free(ignore);
    }
}

static IgnoreClass find_class(const char *text)
{
    unsigned i;

    for (i = CLASS_NONE + 1; i < CLASS__MAX; i++) {
        if (!strcmp(text, classes[i].name)) {
            return i;
        }
    }
    return CLASS_NONE;
}

bool diff_ignore_add(DiffIgnore *ignore, const char *text, GError **error)
{
    static const PciWindowLimits limits = { .number_max = UINT64_MAX };
    IgnoreArgument *argument;

    if (!*text) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "--ignore '': a register or a class expected: bar0+0x100, 0:0x100:0x10, dma, counter or time, for example");
        return false;
    }
    argument = g_new0(IgnoreArgument, 1);
    argument->text = g_strdup(text);
    argument->places = g_hash_table_new(NULL, NULL);
    argument->class = find_class(text);
    argument->is_window = !argument->class &&
        pci_window_parse(text, &limits, &argument->window, NULL);
    g_ptr_array_add(ignore->arguments, argument);
    return true;
}

static IgnoreArgument *argument_of(const DiffIgnore *ignore, uint32_t i)
{
    return ignore->arguments->pdata[i];
}

static bool wants_classes(const DiffIgnore *ignore)
{
    uint32_t i;

    for (i = 0; i < ignore->arguments->len; i++) {
        if (argument_of(ignore, i)->class) {
            return true;
        }
    }
    return false;
}

static void watch(void *opaque, const MmtEntry *entries, size_t n)
{
    Profile *profile = opaque;
    size_t i;

    for (i = 0; i < n; i++) {
        profile_add(profile, &entries[i], 0);
    }
}

void diff_ignore_begin(DiffIgnore *ignore, DiffLog *a, DiffLog *b,
                       DiffWords *words)
{
    unsigned i;

    ignore->logs[0] = a;
    ignore->logs[1] = b;
    ignore->words = words;
    for (i = 0; i < 2 && wants_classes(ignore); i++) {
        ignore->profiles[i] = profile_new(0);
        diff_log_watch(ignore->logs[i], watch, ignore->profiles[i]);
    }
}

static void finish_profiles(DiffIgnore *ignore)
{
    unsigned i;

    for (i = 0; i < 2 && !ignore->finished; i++) {
        diff_log_watch(ignore->logs[i], NULL, NULL);
        profile_finish(ignore->profiles[i]);
    }
    ignore->finished = true;
}

static const ProfileRegister *find_register(const Profile *profile,
                                            uint32_t region, uint64_t offset)
{
    const GPtrArray *registers = profile_registers(profile);
    guint low = 0, high = registers->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        const ProfileRegister *reg = registers->pdata[middle];

        if (reg->region == region && reg->offset == offset) {
            return reg;
        }
        if (reg->region < region ||
            (reg->region == region && reg->offset < offset)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

static bool is_of(const ProfileRegister *reg, IgnoreClass class)
{
    const ProfileClass *judge;
    ProfileFinding finding;
    unsigned i;

    for (judge = profile_classes; judge->name; judge++) {
        for (i = 0; i < G_N_ELEMENTS(classes[class].profile); i++) {
            const char *name = classes[class].profile[i];

            if (name && !strcmp(name, judge->name) &&
                profile_judge(judge, reg, &finding)) {
                profile_finding_clear(&finding);
                return true;
            }
        }
    }
    return false;
}

static IgnoreClass judge_in(DiffIgnore *ignore, unsigned side,
                            const DiffPlace *place)
{
    uint32_t region = diff_log_region(ignore->logs[side], place->region);
    const ProfileRegister *reg = region == MMT_NO_REGION ? NULL :
        find_register(ignore->profiles[side], region, place->offset);
    IgnoreClass class = CLASS_NONE + 1;

    while (reg && class < CLASS__MAX && !is_of(reg, class)) {
        class++;
    }
    return reg && class < CLASS__MAX ? class : CLASS_NONE;
}

static IgnorePlace *place_of(DiffIgnore *ignore, uint32_t place)
{
    if (place >= ignore->places->len) {
        g_array_set_size(ignore->places, place + 1);
    }
    return &g_array_index(ignore->places, IgnorePlace, place);
}

static const DiffPlace *get_place(const DiffIgnore *ignore, uint32_t place)
{
    return diff_places_get(diff_log_places(ignore->logs[0]), place);
}

static IgnoreClass class_of(DiffIgnore *ignore, uint32_t number)
{
    IgnorePlace *known = place_of(ignore, number);

    if (!known->judged && ignore->profiles[0]) {
        DiffPlace place = *get_place(ignore, number);

        finish_profiles(ignore);
        known->class = judge_in(ignore, 0, &place);
        if (!known->class) {
            known->class = judge_in(ignore, 1, &place);
        }
        known->judged = true;
    }
    return known->class;
}

/* Is a region the one of a window, or one of its group? */
static bool is_region(PciWindowRegion window, int32_t number)
{
    static const int32_t numbers[] = {
        [PCI_WINDOW_ROM] = MMT_REGION_ROM,
        [PCI_WINDOW_VGA_MEMORY] = MMT_REGION_VGA_MEMORY,
        [PCI_WINDOW_VGA_3B0] = MMT_REGION_VGA_3B0,
        [PCI_WINDOW_VGA_3C0] = MMT_REGION_VGA_3C0,
        [PCI_WINDOW_CONFIG] = MMT_REGION_CONFIG,
    };

    if (window == PCI_WINDOW_VGA) {
        return number >= MMT_REGION_VGA_MEMORY &&
               number <= MMT_REGION_VGA_3C0;
    }
    return number == (window <= PCI_WINDOW_BAR5 ? (int32_t)window :
                      numbers[window]);
}

static bool in_window(const PciWindow *window, const DiffRegion *region,
                      const DiffPlace *place)
{
    PciWindowDirection direction = place->op == MMT_ENTRY_READ ?
        PCI_WINDOW_READ : place->op == MMT_ENTRY_WRITE ?
        PCI_WINDOW_WRITE : PCI_WINDOW_BOTH;

    return is_region(window->region, region->number) &&
           (window->directions & direction) &&
           (window->whole || (place->offset >= window->offset &&
                              place->offset - window->offset < window->len));
}

static bool matches(DiffIgnore *ignore, const IgnoreArgument *argument,
                    const DiffPlace *place)
{
    const DiffRegion *region =
        diff_places_region(diff_log_places(ignore->logs[0]), place->region);
    g_autofree char *name = NULL;
    const char *named;

    if (argument->class) {
        return false;
    }
    if (argument->is_window) {
        return in_window(&argument->window, region, place);
    }
    name = g_strdup_printf("%s+0x%" PRIx64, region->name, place->offset);
    named = diff_words_name(ignore->words, place->region, place->offset);
    return !fnmatch(argument->text, name, 0) ||
           (named && !fnmatch(argument->text, named, 0));
}

static uint32_t find_argument(DiffIgnore *ignore, uint32_t number)
{
    DiffPlace place = *get_place(ignore, number);
    uint32_t i;

    for (i = 0; i < ignore->arguments->len; i++) {
        if (matches(ignore, argument_of(ignore, i), &place)) {
            return i;
        }
    }
    return NO_ARGUMENT;
}

static void count(DiffIgnore *ignore, uint32_t i, uint32_t place)
{
    IgnoreArgument *argument = argument_of(ignore, i);

    argument->n++;
    g_hash_table_add(argument->places, GUINT_TO_POINTER(place));
}

bool diff_ignore_register(DiffIgnore *ignore, uint32_t place)
{
    IgnorePlace *known;

    if (!ignore->arguments->len) {
        return false;
    }
    known = place_of(ignore, place);
    if (!known->known) {
        known->argument = find_argument(ignore, place);
        known->known = true;
    }
    if (known->argument != NO_ARGUMENT) {
        count(ignore, known->argument, place);
    }
    return known->argument != NO_ARGUMENT;
}

/* Does a write follow from a counter that was read? */
static bool is_time(DiffIgnore *ignore, uint64_t ia, uint64_t ib)
{
    DiffSource source;

    return diff_source_find(ignore->logs[0], ia, ignore->logs[1], ib,
                            &source) &&
           class_of(ignore, source.place) == CLASS_COUNTER;
}

bool diff_ignore_value(DiffIgnore *ignore, uint64_t ia, uint64_t ib)
{
    uint32_t place = diff_log_token(ignore->logs[0], ia)->place;
    uint32_t i;

    for (i = 0; i < ignore->arguments->len; i++) {
        IgnoreClass class = argument_of(ignore, i)->class;

        if (class && (class_of(ignore, place) == class ||
                      (class == CLASS_TIME && is_time(ignore, ia, ib)))) {
            count(ignore, i, place);
            return true;
        }
    }
    return false;
}

const char *diff_ignore_class(DiffIgnore *ignore, uint32_t place)
{
    return classes[class_of(ignore, place)].name;
}

uint64_t diff_ignore_count(const DiffIgnore *ignore)
{
    uint64_t n = 0;
    uint32_t i;

    for (i = 0; i < ignore->arguments->len; i++) {
        n += argument_of(ignore, i)->n;
    }
    return n;
}

void diff_ignore_each(const DiffIgnore *ignore, DiffIgnored *take,
                      void *opaque)
{
    uint32_t i;

    for (i = 0; i < ignore->arguments->len; i++) {
        const IgnoreArgument *argument = argument_of(ignore, i);

        if (argument->n) {
            take(argument->text, argument->n,
                 g_hash_table_size(argument->places), opaque);
        }
    }
}
