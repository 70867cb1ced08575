/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: what the driver wrote to memory (see compile-runs.h)
 */
#include "tools/sequence/compile-runs.h"

/* Names that are told apart; the first one is for the others */
#define NAMES_MAX 4096

/**
 * struct CompileRuns: the runs
 * @list: CompileRun
 * @bytes: bytes of all of them
 * @names: names
 * @numbers: name -> its number + 1; keys are those of @names
 * @full: there were more
 */
struct CompileRuns {
    GArray *list;
    GByteArray *bytes;
    GPtrArray *names;
    GHashTable *numbers;
    bool full;
};

CompileRuns *compile_runs_new(void)
{
    CompileRuns *runs = g_new0(CompileRuns, 1);

    runs->list = g_array_new(FALSE, FALSE, sizeof(CompileRun));
    runs->bytes = g_byte_array_new();
    runs->names = g_ptr_array_new_with_free_func(g_free);
    runs->numbers = g_hash_table_new(g_str_hash, g_str_equal);
    compile_runs_name(runs, "memory");
    return runs;
}

uint32_t compile_runs_name(CompileRuns *runs, const char *name)
{
    gpointer found = g_hash_table_lookup(runs->numbers, name);

    if (found) {
        return GPOINTER_TO_UINT(found) - 1;
    }
    if (runs->names->len >= NAMES_MAX) {
        return 0;
    }
    g_ptr_array_add(runs->names, g_strdup(name));
    g_hash_table_insert(runs->numbers, runs->names->pdata[runs->names->len - 1],
                        GUINT_TO_POINTER(runs->names->len));
    return runs->names->len - 1;
}

void compile_runs_add(CompileRuns *runs, const CompileRun *run,
                      const uint8_t *bytes)
{
    CompileRun one = *run;

    if (runs->list->len >= COMPILE_RUNS_MAX ||
        run->len > COMPILE_RUNS_BYTES - runs->bytes->len) {
        runs->full = true;
        return;
    }
    one.at = runs->bytes->len;
    g_byte_array_append(runs->bytes, bytes, run->len);
    g_array_append_val(runs->list, one);
}

bool compile_runs_full(const CompileRuns *runs)
{
    return runs->full;
}

/* Bytes are in the order in which the trace has them. */
static gint compare(gconstpointer a, gconstpointer b)
{
    const CompileRun *x = a, *y = b;

    if (x->access != y->access) {
        return x->access < y->access ? -1 : 1;
    }
    if (x->order != y->order) {
        return x->order < y->order ? -1 : 1;
    }
    return x->at < y->at ? -1 : x->at > y->at;
}

void compile_runs_finish(CompileRuns *runs)
{
    g_array_sort(runs->list, compare);
}

uint32_t compile_runs_count(const CompileRuns *runs)
{
    return runs->list->len;
}

const CompileRun *compile_runs_at(const CompileRuns *runs, uint32_t i)
{
    return &g_array_index(runs->list, CompileRun, i);
}

const uint8_t *compile_runs_bytes(const CompileRuns *runs,
                                  const CompileRun *run)
{
    return runs->bytes->data + run->at;
}

const char *compile_runs_text(const CompileRuns *runs, const CompileRun *run)
{
    return runs->names->pdata[run->name];
}

void compile_runs_free(CompileRuns *runs)
{
    if (runs) {
        g_array_unref(runs->list);
        g_byte_array_unref(runs->bytes);
        g_ptr_array_unref(runs->names);
        g_hash_table_destroy(runs->numbers);
        g_free(runs);
    }
}
