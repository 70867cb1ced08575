/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: a sequence, which is a trace compiled to operations (see
 * model.h)
 */
#include "tools/sequence/model.h"

#include <string.h>

#include "libmmiotrace/printable.h"

/**
 * struct Whole: a sequence with what finds its texts and files
 * @seq: the sequence; first, since a pointer to it is a pointer to this
 * @numbers: text -> its number + 1; keys are those of @seq
 * @datas: GBytes -> its number + 1; keys are those of @seq
 * @sums: SHA-256 of a file -> its number + 1; keys are those of @seq
 * @stems: beginning of a file's name -> how many files have it
 */
typedef struct Whole {
    Sequence seq;
    GHashTable *numbers;
    GHashTable *datas;
    GHashTable *sums;
    GHashTable *stems;
} Whole;

static Whole *whole(Sequence *seq)
{
    return (Whole *)seq;
}

static void clear_buffer(gpointer p)
{
    g_free(((SeqBuffer *)p)->name);
}

static void clear_file(gpointer p)
{
    SeqFile *file = p;

    g_free(file->name);
    g_free(file->sha256);
    g_bytes_unref(file->bytes);
}

Sequence *sequence_new(void)
{
    Whole *w = g_new0(Whole, 1);
    Sequence *seq = &w->seq;

    seq->revision = -1;
    seq->trace = g_strdup("");
    seq->ops = g_array_new(FALSE, FALSE, sizeof(SeqOp));
    seq->buffers = g_array_new(FALSE, FALSE, sizeof(SeqBuffer));
    g_array_set_clear_func(seq->buffers, clear_buffer);
    seq->files = g_array_new(FALSE, FALSE, sizeof(SeqFile));
    g_array_set_clear_func(seq->files, clear_file);
    seq->data = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    seq->texts = g_ptr_array_new_with_free_func(g_free);
    w->numbers = g_hash_table_new(g_str_hash, g_str_equal);
    w->datas = g_hash_table_new(g_bytes_hash, g_bytes_equal);
    w->sums = g_hash_table_new(g_str_hash, g_str_equal);
    w->stems = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return seq;
}

SeqOp *sequence_op(const Sequence *seq, uint32_t i)
{
    return &g_array_index(seq->ops, SeqOp, i);
}

SeqOp *sequence_add(Sequence *seq, SeqKind kind, uint64_t line)
{
    SeqOp op = {
        .kind = kind,
        .buffer = SEQUENCE_NONE,
        .memory = SEQUENCE_NONE,
        .source = SEQUENCE_NONE,
        .file = SEQUENCE_NONE,
        .data = SEQUENCE_NONE,
        .text = SEQUENCE_NONE,
        .line = line,
        .last_line = line,
    };

    if (seq->ops->len >= SEQUENCE_OPS_MAX) {
        return NULL;
    }
    g_array_append_val(seq->ops, op);
    seq->notes += kind == SEQ_NOTE;
    return sequence_op(seq, seq->ops->len - 1);
}

uint32_t sequence_text(Sequence *seq, const char *text)
{
    size_t len = strlen(text);
    /* a byte that is not UTF-8 becomes one character */
    g_autofree char *shown = g_malloc(len + 1);
    gpointer found;

    mmt_printable(text, len, shown, len);
    found = g_hash_table_lookup(whole(seq)->numbers, shown);
    if (found) {
        return GPOINTER_TO_UINT(found) - 1;
    }
    g_hash_table_insert(whole(seq)->numbers, shown,
                        GUINT_TO_POINTER(seq->texts->len + 1));
    g_ptr_array_add(seq->texts, g_steal_pointer(&shown));
    return seq->texts->len - 1;
}

/* Two files of the same stem have different numbers. */
static char *next_name(Whole *w, const char *stem)
{
    unsigned n = GPOINTER_TO_UINT(g_hash_table_lookup(w->stems, stem));

    g_hash_table_insert(w->stems, g_strdup(stem), GUINT_TO_POINTER(n + 1));
    return g_strdup_printf("%s%u.bin", stem, n);
}

uint32_t sequence_file(Sequence *seq, const char *stem, GBytes *bytes)
{
    g_autofree char *sum = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256,
                                                        bytes);
    gpointer found = g_hash_table_lookup(whole(seq)->sums, sum);
    SeqFile file;

    if (found) {
        return GPOINTER_TO_UINT(found) - 1;
    }
    file.name = next_name(whole(seq), stem);
    file.sha256 = g_steal_pointer(&sum);
    file.bytes = g_bytes_ref(bytes);
    g_array_append_val(seq->files, file);
    g_hash_table_insert(whole(seq)->sums, file.sha256,
                        GUINT_TO_POINTER(seq->files->len));
    return seq->files->len - 1;
}

uint32_t sequence_data(Sequence *seq, GBytes *bytes)
{
    gpointer found = g_hash_table_lookup(whole(seq)->datas, bytes);

    if (found) {
        return GPOINTER_TO_UINT(found) - 1;
    }
    g_ptr_array_add(seq->data, g_bytes_ref(bytes));
    g_hash_table_insert(whole(seq)->datas, bytes,
                        GUINT_TO_POINTER(seq->data->len));
    return seq->data->len - 1;
}

GBytes *sequence_memory_bytes(const Sequence *seq, const SeqOp *op)
{
    return op->data != SEQUENCE_NONE ? seq->data->pdata[op->data]
           : g_array_index(seq->files, SeqFile, op->file).bytes;
}

const char *sequence_kind_name(SeqKind kind)
{
    static const char *const names[SEQ__MAX] = {
        [SEQ_WRITE] = "write",
        [SEQ_READ] = "read",
        [SEQ_CHECK] = "check",
        [SEQ_POLL] = "poll",
        [SEQ_DELAY] = "delay",
        [SEQ_MARK] = "mark",
        [SEQ_UPLOAD] = "upload",
        [SEQ_IRQ] = "irq",
        [SEQ_LOOP] = "loop",
        [SEQ_MEMORY] = "memory",
        [SEQ_POINTER] = "pointer",
        [SEQ_NOTE] = "note",
    };

    return names[kind];
}

const char *sequence_region_name(unsigned region)
{
    static const char *const names[SEQUENCE_REGIONS] = {
        "bar0", "bar1", "bar2", "bar3", "bar4", "bar5", "rom", "config", "vga",
    };

    return names[region];
}

void sequence_free(Sequence *seq)
{
    if (!seq) {
        return;
    }
    g_hash_table_destroy(whole(seq)->numbers);
    g_hash_table_destroy(whole(seq)->datas);
    g_hash_table_destroy(whole(seq)->sums);
    g_hash_table_destroy(whole(seq)->stems);
    g_free(seq->trace);
    g_array_unref(seq->ops);
    g_array_unref(seq->buffers);
    g_array_unref(seq->files);
    g_ptr_array_unref(seq->data);
    g_ptr_array_unref(seq->texts);
    g_free(seq);
}
