/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: contents of a watch or a snapshot at a moment of a log (see
 * memory-image.h)
 */
#include "tools/analysis/memory-image.h"

#include <string.h>

#include "libguestmem/model.h"
#include "libmmiotrace/trace.h"
#include "tools/analysis/memory.h"

/* Names that a message lists */
#define NAMES_MAX 20

/**
 * struct ImageRead: state while the log is read
 * @device: the device that is wanted, or NULL
 * @name: the name that is wanted
 * @image: the contents so far; without bytes at first
 * @found: the device that has it, or NULL
 * @several: another one has such, too
 * @names: names of others -> themselves
 * @faulty: line of the last mark that is wrong, or 0
 */
typedef struct ImageRead {
    const char *device;
    const char *name;
    AnalysisMemoryImage *image;
    char *found;
    bool several;
    GHashTable *names;
    uint64_t faulty;
} ImageRead;

static void note_other(ImageRead *read, const AnalysisMemoryThing *thing)
{
    g_autofree char *name = tool_printable(
        g_strdup_printf("%s of %s", thing->name, thing->device));

    if (*thing->name && g_hash_table_size(read->names) < NAMES_MAX) {
        g_hash_table_add(read->names, g_steal_pointer(&name));
    }
}

static void store(ImageRead *read, const AnalysisMemoryThing *thing,
                  const uint8_t *bytes, uint64_t len)
{
    AnalysisMemoryImage *image = read->image;

    if (!image->bytes) {
        image->bytes = g_byte_array_new();
    }
    g_byte_array_set_size(image->bytes, 0);
    g_byte_array_append(image->bytes, bytes, len);
    image->at = thing->at;
    image->line = thing->place.line;
}

static uint64_t count_unknown(const AnalysisMemoryThing *thing)
{
    uint64_t lines = thing->len / GMEM_WATCH_LINE +
                     (thing->len % GMEM_WATCH_LINE != 0);
    uint64_t i, n = 0;

    for (i = 0; i < lines; i++) {
        n += !thing->known[i];
    }
    return n;
}

static void store_watch(ImageRead *read, const AnalysisMemoryThing *thing)
{
    if (!thing->contents) {
        return;
    }
    store(read, thing, thing->contents, thing->len);
    read->image->unknown = count_unknown(thing);
    read->image->left = thing->left;
    read->image->sound = thing->sound;
}

/* It is reported before it is taken: its bytes do not have its hash. */
static void store_snapshot(ImageRead *read, const AnalysisMemoryThing *thing)
{
    store(read, thing, thing->bytes->data, thing->bytes->len);
    read->image->sound = read->faulty != thing->place.line;
    read->faulty = 0;
}

static void note_state(AnalysisMemoryImage *image,
                       const AnalysisMemoryThing *thing)
{
    static const char *const fine[] = {
        "", "first", "changed", "same", "cut", NULL
    };

    image->last = thing->place.line;
    g_strlcpy(image->state, thing->state, sizeof(image->state));
    image->less = image->line != image->last ||
                  !g_strv_contains(fine, thing->state);
}

static void fault(const AnalysisMemoryPlace *place,
                  G_GNUC_UNUSED const char *word,
                  G_GNUC_UNUSED const char *message, void *opaque)
{
    ImageRead *read = opaque;

    read->faulty = place->line;
}

static void take(const AnalysisMemoryThing *thing, void *opaque)
{
    ImageRead *read = opaque;

    if (thing->kind != ANALYSIS_MEMORY_WATCH &&
        thing->kind != ANALYSIS_MEMORY_SNAPSHOT) {
        return;
    }
    if (strcmp(thing->name, read->name) ||
        (read->device && strcmp(thing->device, read->device))) {
        note_other(read, thing);
        return;
    }
    if (read->found && strcmp(read->found, thing->device)) {
        read->several = true;
        return;
    }
    if (!read->found) {
        read->found = g_strdup(thing->device);
    }
    if (thing->kind == ANALYSIS_MEMORY_WATCH) {
        store_watch(read, thing);
    } else {
        store_snapshot(read, thing);
    }
    note_state(read->image, thing);
}

static void take_entry(AnalysisMemory *memory, const MmtTrace *trace,
                       const MmtEntry *entry)
{
    AnalysisMemoryPlace place = { .line = entry->line, .ns = entry->ns };
    MmtSpan text;

    if (entry->kind == MMT_ENTRY_LOST) {
        analysis_memory_lost(memory);
    } else if (entry->kind == MMT_ENTRY_MARK &&
               (entry->flags & MMT_ENTRY_TRACER)) {
        text.p = mmt_trace_text(trace, entry, &text.len);
        analysis_memory_mark(memory, text, &place);
    }
}

static void read_all(ImageRead *read, AnalysisTrace *a)
{
    static const AnalysisMemoryUser user = { .take = take, .fault = fault };
    g_autoptr(AnalysisMemory) memory = analysis_memory_new(&user, read);
    const MmtEntry *entries;
    size_t i, n;

    while ((n = analysis_next(a, &entries)) > 0) {
        for (i = 0; i < n; i++) {
            take_entry(memory, analysis_trace(a), &entries[i]);
        }
    }
    analysis_memory_end(memory, false);
}

static void say_missing(const ImageRead *read, GError **error)
{
    g_autofree char **names =
        (char **)g_hash_table_get_keys_as_array(read->names, NULL);
    g_autofree char *list = g_strjoinv(", ", names);
    g_autofree char *name = tool_printable(g_strdup(read->name));

    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                "the log has no watch or snapshot '%s' up to there%s%s",
                name, *list ? "; it has " : ", and no other one", list);
}

/* Return: was it found, and nothing else? */
static bool judge(const ImageRead *read, GError **error)
{
    if (read->several) {
        g_autofree char *name = tool_printable(g_strdup(read->name));

        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "several devices have a watch or a snapshot '%s': name the device",
                    name);
    } else if (!read->found) {
        say_missing(read, error);
    } else if (!read->image->bytes) {
        g_autofree char *name = tool_printable(g_strdup(read->name));

        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                    "the log has nothing of the contents of '%s' up to there",
                    name);
    } else {
        return true;
    }
    return false;
}

bool analysis_memory_image(AnalysisTrace *a, const char *device,
                           const char *name, AnalysisMemoryImage *image,
                           GError **error)
{
    ImageRead read = {
        .device = device, .name = name, .image = image,
        .names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    };
    bool found;

    *image = (AnalysisMemoryImage) { 0 };
    read_all(&read, a);
    found = judge(&read, error);
    g_hash_table_unref(read.names);
    g_free(read.found);
    if (!found) {
        analysis_memory_image_clear(image);
    }
    return found;
}

void analysis_memory_image_clear(AnalysisMemoryImage *image)
{
    g_clear_pointer(&image->bytes, g_byte_array_unref);
}
