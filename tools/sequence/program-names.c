/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: identifiers of a program (see program-names.h)
 */
#include "tools/sequence/program-names.h"

#define NAME_MAX_BYTES 60

/**
 * struct ProgramNames: names of the registers
 * @list: ProgramName elements, in the order of their first use
 * @by_place: the same, by region, offset and text
 * @taken: identifiers that are in use
 */
struct ProgramNames {
    GPtrArray *list;
    GHashTable *by_place;
    GHashTable *taken;
};

static guint hash_place(gconstpointer p)
{
    const ProgramName *n = p;

    return (guint)(n->offset * 31 + n->text) * 31 + n->region;
}

static gboolean same_place(gconstpointer p, gconstpointer q)
{
    const ProgramName *a = p;
    const ProgramName *b = q;

    return a->region == b->region && a->offset == b->offset &&
           a->text == b->text;
}

static void free_name(gpointer p)
{
    ProgramName *n = p;

    g_free(n->name);
    g_free(n);
}

char *program_word(const char *text, size_t max)
{
    GString *word = g_string_new(NULL);

    for (; *text && word->len < max; text++) {
        if (g_ascii_isalnum(*text)) {
            g_string_append_c(word, *text);
        } else if (word->len && word->str[word->len - 1] != '_') {
            g_string_append_c(word, '_');
        }
    }
    if (word->len && word->str[word->len - 1] == '_') {
        g_string_truncate(word, word->len - 1);
    }
    return g_string_free(word, FALSE);
}

/* "BAR0_CTRL", or "BAR0_CTRL_2" if another register has that */
static char *make_name(ProgramNames *names, const char *region,
                       const char *text)
{
    g_autofree char *prefix = g_ascii_strup(region, -1);
    g_autofree char *word = program_word(text, NAME_MAX_BYTES);
    char *name = g_strdup_printf("%s_%s", prefix, word);
    unsigned n;

    for (n = 2; g_hash_table_contains(names->taken, name); n++) {
        g_free(name);
        name = g_strdup_printf("%s_%s_%u", prefix, word, n);
    }
    g_hash_table_add(names->taken, name);
    return name;
}

bool program_has_place(const SeqOp *op)
{
    return op->kind == SEQ_WRITE || op->kind == SEQ_READ ||
           op->kind == SEQ_CHECK || op->kind == SEQ_POLL ||
           op->kind == SEQ_UPLOAD;
}

static ProgramName key_of(const SeqOp *op)
{
    return (ProgramName) { op->region, op->offset, op->text, NULL };
}

static void add_name(ProgramNames *names, const Sequence *seq, const SeqOp *op)
{
    ProgramName key = key_of(op);
    ProgramName *n;

    if (g_hash_table_contains(names->by_place, &key)) {
        return;
    }
    n = g_memdup2(&key, sizeof(key));
    n->name = make_name(names, sequence_region_name(op->region),
                        seq->texts->pdata[op->text]);
    g_ptr_array_add(names->list, n);
    g_hash_table_add(names->by_place, n);
}

ProgramNames *program_names_new(const Sequence *seq)
{
    ProgramNames *names = g_new(ProgramNames, 1);
    uint32_t i;

    names->list = g_ptr_array_new_with_free_func(free_name);
    names->by_place = g_hash_table_new(hash_place, same_place);
    names->taken = g_hash_table_new(g_str_hash, g_str_equal);
    for (i = 0; i < seq->ops->len; i++) {
        const SeqOp *op = sequence_op(seq, i);

        if (op->text != SEQUENCE_NONE && program_has_place(op)) {
            add_name(names, seq, op);
        }
    }
    return names;
}

const GPtrArray *program_names_list(const ProgramNames *names)
{
    return names->list;
}

const char *program_names_find(const ProgramNames *names, const SeqOp *op)
{
    ProgramName key = key_of(op);
    const ProgramName *n = g_hash_table_lookup(names->by_place, &key);

    return n ? n->name : NULL;
}

void program_names_free(ProgramNames *names)
{
    g_hash_table_destroy(names->by_place);
    g_hash_table_destroy(names->taken);
    g_ptr_array_unref(names->list);
    g_free(names);
}
