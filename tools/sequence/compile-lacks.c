/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: what a trace does not say (see compile-lacks.h)
 */
#include "tools/sequence/compile-lacks.h"

#include <inttypes.h>
#include <string.h>

#define LACKS_MAX 4096

typedef enum LackKind {
    LACK_BYTES,
    LACK_CUT,
    LACK_GUESS,
} LackKind;

/**
 * struct Lack: something that is not known
 * @kind: what
 * @name: of what
 * @access: line of the first access
 * @count: how often
 * @len: bytes that are known, or an offset
 * @of: bytes that there are
 * @text: what is to be said, when all is known
 */
typedef struct Lack {
    LackKind kind;
    char *name;
    uint64_t access;
    uint64_t count;
    uint64_t len;
    uint64_t of;
    char *text;
} Lack;

/**
 * struct CompileLacks: the state
 * @list: Lack
 * @found: kind and name -> Lack of @list
 * @next: the next one
 */
struct CompileLacks {
    GPtrArray *list;
    GHashTable *found;
    guint next;
};

static void free_lack(gpointer p)
{
    Lack *lack = p;

    g_free(lack->name);
    g_free(lack->text);
    g_free(lack);
}

CompileLacks *compile_lacks_new(void)
{
    CompileLacks *lacks = g_new0(CompileLacks, 1);

    lacks->list = g_ptr_array_new_with_free_func(free_lack);
    lacks->found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                         NULL);
    return lacks;
}

static void add(CompileLacks *lacks, const Lack *what, const char *name)
{
    g_autofree char *key = g_strdup_printf("%u %s", what->kind, name);
    Lack *lack = g_hash_table_lookup(lacks->found, key);

    if (!lack && lacks->list->len < LACKS_MAX) {
        lack = g_memdup2(what, sizeof(*what));
        lack->name = g_strdup(name);
        g_ptr_array_add(lacks->list, lack);
        g_hash_table_insert(lacks->found, g_steal_pointer(&key), lack);
    }
    if (lack) {
        lack->count++;
    }
}

void compile_lacks_bytes(CompileLacks *lacks, uint64_t access,
                         const char *name, uint64_t len, uint64_t of)
{
    Lack lack = {
        .kind = LACK_BYTES, .access = access, .len = len, .of = of,
    };

    add(lacks, &lack, name);
}

void compile_lacks_cut(CompileLacks *lacks, uint64_t access, const char *name)
{
    Lack lack = { .kind = LACK_CUT, .access = access };

    add(lacks, &lack, name);
}

void compile_lacks_guess(CompileLacks *lacks, uint64_t access,
                         const char *name, uint64_t offset)
{
    Lack lack = { .kind = LACK_GUESS, .access = access, .len = offset };

    add(lacks, &lack, name);
}

static char *text_of(const Lack *lack)
{
    g_autofree char *often = lack->count > 1
        ? g_strdup_printf(" (and so on, %" PRIu64 " times)", lack->count)
        : g_strdup("");

    switch (lack->kind) {
    case LACK_BYTES:
        return g_strdup_printf("%s: of %" PRIu64
                               " bytes that the driver had in memory, the trace has %"
                               PRIu64 "%s", lack->name, lack->of, lack->len,
                               often);
    case LACK_CUT:
        return g_strdup_printf(
            "%s: the tracer has left out something that the driver had in memory%s",
            lack->name, often);
    default:
        return g_strdup_printf("%s: an entry seems to have an address at byte %"
                               PRIu64
                               ", of memory of which the trace knows nothing: a page is there%s",
                               lack->name, lack->len, often);
    }
}

static gint compare(gconstpointer a, gconstpointer b)
{
    const Lack *x = *(Lack *const *)a, *y = *(Lack *const *)b;

    if (x->access != y->access) {
        return x->access < y->access ? -1 : 1;
    }
    return x->kind != y->kind ? (int)x->kind - (int)y->kind
                              : strcmp(x->name, y->name);
}

void compile_lacks_finish(CompileLacks *lacks)
{
    guint i;

    for (i = 0; i < lacks->list->len; i++) {
        Lack *lack = lacks->list->pdata[i];

        lack->text = text_of(lack);
    }
    g_ptr_array_sort(lacks->list, compare);
}

const char *compile_lacks_next(CompileLacks *lacks, uint64_t line)
{
    const Lack *lack = lacks->next < lacks->list->len
                       ? lacks->list->pdata[lacks->next] : NULL;

    if (!lack || lack->access > line) {
        return NULL;
    }
    lacks->next++;
    return lack->text;
}

void compile_lacks_free(CompileLacks *lacks)
{
    if (lacks) {
        g_ptr_array_unref(lacks->list);
        g_hash_table_destroy(lacks->found);
        g_free(lacks);
    }
}
