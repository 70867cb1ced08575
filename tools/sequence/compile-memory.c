/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: guest memory that a trace knows (see compile-memory.h)
 */
#include "tools/sequence/compile-memory.h"

#include <gio/gio.h>
#include <string.h>

#include "tools/sequence/compile-memory-internal.h"
#include "tools/sequence/compile-options.h"

CompileMemory *compile_memory_new(const GArray *ranges)
{
    CompileMemory *memory = g_new0(CompileMemory, 1);
    guint i;

    memory->marks = analysis_memory_new(&compile_memory_user, memory);
    memory->areas = compile_areas_new();
    memory->exact = g_hash_table_new_full(compile_address_hash,
                                          g_int64_equal, g_free, NULL);
    memory->device_rings = g_hash_table_new_full(g_str_hash, g_str_equal,
                                                 g_free, NULL);
    memory->image = compile_image_new();
    memory->runs = compile_runs_new();
    memory->words = compile_words_new();
    memory->lacks = compile_lacks_new();
    for (i = 0; ranges && i < ranges->len; i++) {
        CompileRange range = g_array_index(ranges, CompileRange, i);

        compile_areas_range(memory->areas, range.start, range.len);
    }
    return memory;
}

CompileAreas *compile_memory_areas(CompileMemory *memory)
{
    return memory->areas;
}

const CompileRuns *compile_memory_runs(const CompileMemory *memory)
{
    return memory->runs;
}

/* What was taken is another device's.  The areas are memory all the same. */
static void forget(CompileMemory *memory)
{
    g_hash_table_remove_all(memory->exact);
    g_hash_table_remove_all(memory->device_rings);
    compile_image_free(memory->image);
    compile_runs_free(memory->runs);
    compile_words_free(memory->words);
    compile_lacks_free(memory->lacks);
    memory->image = compile_image_new();
    memory->runs = compile_runs_new();
    memory->words = compile_words_new();
    memory->lacks = compile_lacks_new();
}

void compile_memory_device(CompileMemory *memory,
                           const MmtRegionDevice *device)
{
    if (memory->device[1] && strcmp(memory->device[1], device->id)) {
        forget(memory);
    }
    g_free(memory->device[0]);
    g_free(memory->device[1]);
    memory->device[0] = g_strdup(device->name);
    memory->device[1] = g_strdup(device->id);
}

/* --- the end ------------------------------------------------------------- */

static CompileThing thing_of(const CompileMemory *memory,
                             const CompileRun *run)
{
    return (CompileThing) {
        .kind = run->kind, .address = run->address, .len = run->len,
        .bytes = compile_runs_bytes(memory->runs, run),
    };
}

/**
 * struct Targets: what a run points to
 * @memory: the memory
 * @run: the run
 */
typedef struct Targets {
    CompileMemory *memory;
    const CompileRun *run;
} Targets;

/* Of memory whose length the trace does not say, a page */
static void take_word(void *opaque, const CompileWord *word)
{
    const Targets *targets = opaque;
    CompileMemory *memory = targets->memory;
    const CompileRun *run = targets->run;
    gint64 key = word->value;

    if (word->placed && !g_hash_table_contains(memory->exact, &key)) {
        compile_areas_add(memory->areas, word->value, COMPILE_PAGE);
    }
    if (word->guess) {
        compile_lacks_guess(memory->lacks, run->access,
                            compile_runs_text(memory->runs, run),
                            word->offset);
    }
}

static void add_targets(CompileMemory *memory)
{
    uint32_t i, n = compile_runs_count(memory->runs);

    compile_areas_join(memory->areas);
    for (i = 0; i < n; i++) {
        const CompileRun *run = compile_runs_at(memory->runs, i);
        CompileThing thing = thing_of(memory, run);

        compile_words_learn(memory->words, memory->areas, &thing);
    }
    compile_words_decide(memory->words);
    for (i = 0; i < n; i++) {
        Targets targets = { memory, compile_runs_at(memory->runs, i) };

        compile_memory_words(memory, targets.run, take_word, &targets);
    }
    compile_areas_join(memory->areas);
}

bool compile_memory_finish(CompileMemory *memory, GError **error)
{
    analysis_memory_end(memory->marks, false);
    if (compile_runs_full(memory->runs)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                    "the driver has written more than %u MiB of memory, or %u parts of it, in this trace: select a part of the trace",
                    COMPILE_RUNS_BYTES >> 20, COMPILE_RUNS_MAX);
        return false;
    }
    compile_runs_finish(memory->runs);
    add_targets(memory);
    compile_lacks_finish(memory->lacks);
    return true;
}

void compile_memory_lines(const CompileMemory *memory, GArray *lines)
{
    uint32_t i, n = compile_runs_count(memory->runs);
    uint64_t last = 0, line;

    for (i = 0; i < n; i++) {
        line = compile_runs_at(memory->runs, i)->access;
        if (line != last) {
            g_array_append_val(lines, line);
        }
        last = line;
    }
}

/* --- the second reading -------------------------------------------------- */

const CompileRun *compile_memory_next(CompileMemory *memory, uint64_t line)
{
    const CompileRun *run;

    if (memory->next == compile_runs_count(memory->runs)) {
        return NULL;
    }
    run = compile_runs_at(memory->runs, memory->next);
    if (run->access > line) {
        return NULL;
    }
    memory->next++;
    return run;
}

const char *compile_memory_remark(CompileMemory *memory, uint64_t line)
{
    return compile_lacks_next(memory->lacks, line);
}

void compile_memory_words(const CompileMemory *memory, const CompileRun *run,
                          CompileWordTake *take, void *opaque)
{
    CompileThing thing = thing_of(memory, run);

    compile_words_find(memory->words, memory->areas, &thing, take, opaque);
}

void compile_memory_free(CompileMemory *memory)
{
    if (memory) {
        analysis_memory_free(memory->marks);
        g_free(memory->device[0]);
        g_free(memory->device[1]);
        compile_areas_free(memory->areas);
        g_hash_table_destroy(memory->exact);
        g_hash_table_destroy(memory->device_rings);
        compile_image_free(memory->image);
        compile_runs_free(memory->runs);
        compile_words_free(memory->words);
        compile_lacks_free(memory->lacks);
        g_free(memory);
    }
}
