/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: from a trace to a sequence (see compile.h)
 *
 * Theory of operation
 *
 * The first reading fills in what compile-registers.h, -upload.h, -memory.h,
 * -dma.h and -modify.h tell.  In the second one, accesses go to the folder
 * (tools/analysis/fold.h) and wait until it gives the item that has them;
 * compile-item.c then makes operations of both.  A mark, an interrupt and an
 * upload end what the folder has begun.
 */
#include "tools/sequence/compile.h"

#include <gio/gio.h>
#include <inttypes.h>
#include <string.h>

#include "libmmiotrace/trace.h"
#include "tools/sequence/compile-access.h"
#include "tools/sequence/compile-finish.h"
#include "tools/sequence/compile-internal.h"
#include "tools/sequence/compile-item.h"
#include "tools/sequence/compile-mark.h"

/* Offset of the revision in config space */
#define CONFIG_REVISION 8

Compile *compile_new(const CompileOptions *options)
{
    Compile *c = g_new0(Compile, 1);

    c->options = options;
    c->registers = compile_registers_new();
    if (options->min_upload) {
        c->uploads = compile_uploads_new(options->min_upload);
    }
    c->memory = compile_memory_new(options->dma);
    c->dma = compile_dma_new(compile_memory_areas(c->memory));
    c->modify = compile_modify_new();
    c->msix = compile_msix_new();
    c->region = MMT_NO_REGION;
    c->revision = -1;
    c->seq = sequence_new();
    c->fold = fold_new(compile_item, c);
    c->pending = g_array_new(FALSE, FALSE, sizeof(CompilePending));
    c->written = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    return c;
}

void compile_free(Compile *c)
{
    if (!c) {
        return;
    }
    compile_registers_free(c->registers);
    compile_uploads_free(c->uploads);
    compile_dma_free(c->dma);
    compile_memory_free(c->memory);
    compile_modify_free(c->modify);
    compile_msix_free(c->msix);
    g_free(c->devices[0]);
    g_free(c->devices[1]);
    sequence_free(c->seq);
    fold_free(c->fold);
    g_array_unref(c->pending);
    g_hash_table_destroy(c->written);
    g_free(c);
}

/* --- the first reading --------------------------------------------------- */

/* Return: false if the access is one of another device */
static bool learn_device(Compile *c, const MmtTrace *trace,
                         const MmtEntry *entry)
{
    const char *name = mmt_trace_region(trace, entry->region)->device;

    if (c->region == MMT_NO_REGION) {
        c->region = entry->region;
        c->devices[0] = g_strdup(name);
        compile_memory_device(c->memory,
                              mmt_regions_device(mmt_trace_table(trace),
                                                 entry->region));
    } else if (strcmp(name, c->devices[0])) {
        if (!c->devices[1]) {
            c->devices[1] = g_strdup(name);
        }
        return false;
    }
    return true;
}

/*
 * What memory has before the first access is known to be our device's if there
 * is only one.
 */
static void learn_only_device(Compile *c, const MmtTrace *trace,
                              const MmtEntry *entry)
{
    const MmtRegionDevice *device = NULL;
    uint32_t n = mmt_trace_regions(trace);

    if (c->region != MMT_NO_REGION || entry->kind != MMT_ENTRY_MARK) {
        return;
    }
    /* Only those that are new: a log may have many, and many marks. */
    for (; c->only_regions < n; c->only_regions++) {
        device = mmt_regions_device(mmt_trace_table(trace), c->only_regions);
        c->several |= c->only && c->only != device;
        c->only = device;
    }
    if (c->only && !c->several) {
        compile_memory_device(c->memory, c->only);
    }
}

static bool is_config(const MmtTrace *trace, const MmtEntry *entry)
{
    return mmt_trace_region(trace, entry->region)->number ==
           MMT_REGION_CONFIG;
}

static void learn_config(Compile *c, const MmtEntry *entry)
{
    if (entry->kind == MMT_ENTRY_READ && entry->offset == CONFIG_REVISION) {
        c->revision = entry->value & 0xff;
    }
}

static void learn_access(Compile *c, const MmtTrace *trace,
                         const MmtEntry *entry)
{
    bool config = is_config(trace, entry);

    c->accesses++;
    if (config) {
        learn_config(c, entry);
    }
    compile_registers_add(c->registers, entry);
    compile_modify_learn(c->modify, entry);
    if (c->uploads) {
        compile_uploads_add(c->uploads, entry);
    }
    if (entry->kind == MMT_ENTRY_WRITE && !config) {
        compile_dma_write(c->dma, entry);
    }
}

void compile_learn(Compile *c, MmtTrace *trace, const MmtEntry *entry)
{
    CompileMark mark;

    learn_only_device(c, trace, entry);
    compile_memory_entry(c->memory, trace, entry);
    compile_msix_entry(c->msix, trace, entry);
    if (entry->kind <= MMT_ENTRY_UNKNOWN) {
        if (learn_device(c, trace, entry)) {
            learn_access(c, trace, entry);
        }
    } else if (compile_mark(c, trace, entry, &mark) != COMPILE_MARK_NONE) {
        if (c->uploads) {
            compile_uploads_break(c->uploads);
        }
        g_free(mark.text);
    }
}

static gint compare_lines(gconstpointer a, gconstpointer b)
{
    const uint64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

/* Writes of addresses, and those behind which memory stands, are no data. */
static void finish_uploads(Compile *c, const GArray *addresses)
{
    g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(uint64_t));

    g_array_append_vals(lines, addresses->data, addresses->len);
    compile_memory_lines(c->memory, lines);
    g_array_sort(lines, compare_lines);
    compile_uploads_finish(c->uploads, lines);
}

bool compile_learned(Compile *c, GError **error)
{
    const GArray *lines;

    if (!c->accesses) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "there are no accesses to compile");
        return false;
    }
    if (c->devices[1]) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "there are accesses to several devices ('%s', '%s'): choose one with --device",
                    c->devices[0], c->devices[1]);
        return false;
    }
    compile_msix_finish(c->msix);
    compile_registers_finish(c->registers);
    if (!compile_memory_finish(c->memory, error)) {
        return false;
    }
    lines = compile_dma_finish(c->dma, c->registers);
    if (c->uploads) {
        finish_uploads(c, lines);
    }
    compile_modify_restart(c->modify);
    c->accesses = 0;
    return true;
}

/* --- the second reading -------------------------------------------------- */

static bool repeats(const CompilePending *last, const MmtEntry *entry)
{
    const MmtEntry *first = &last->entry;

    return entry->kind == MMT_ENTRY_READ && first->kind == entry->kind &&
           first->region == entry->region && first->offset == entry->offset &&
           first->width == entry->width && first->value == entry->value &&
           first->flags == entry->flags && entry->ns >= last->last_ns;
}

static void put(Compile *c, const MmtEntry *entry)
{
    CompilePending one = {
        .entry = *entry, .n = 1,
        .last_ns = entry->ns, .last_line = entry->line,
    };
    CompilePending *last = c->pending->len > c->head ?
                           &g_array_index(c->pending, CompilePending,
                                          c->pending->len - 1) : NULL;

    if (last && repeats(last, entry)) {
        last->n++;
        last->last_ns = entry->ns;
        last->last_line = entry->line;
    } else {
        g_array_append_val(c->pending, one);
    }
    fold_access(c->fold, entry);
    if (c->pending->len - c->head > COMPILE_PENDING_MAX) {
        fold_flush(c->fold);
    }
}

/* Return: has it been done, or is it a part of one? */
static bool take_upload(Compile *c, const MmtEntry *entry)
{
    const CompileUpload *upload;

    if (c->skip) {
        c->skip--;
        c->last_ns = entry->ns;
        return true;
    }
    upload = c->uploads ? compile_uploads_at(c->uploads, c->accesses) : NULL;
    if (!upload) {
        return false;
    }
    fold_flush(c->fold);
    if (!compile_upload(c, entry, upload)) {
        return false;
    }
    c->skip = upload->accesses - 1;
    c->timed = entry->flags & MMT_ENTRY_TIMED;
    c->last_ns = entry->ns;
    return true;
}

bool compile_entry(Compile *c, MmtTrace *trace, AnalysisDb *db,
                   const MmtEntry *entry)
{
    CompileMark mark;

    c->trace = trace;
    c->db = db;
    if (entry->kind <= MMT_ENTRY_UNKNOWN) {
        if (!c->accesses) {
            compile_msix_caps(c->msix, analysis_db_caps(db, entry->region));
        }
        if (!take_upload(c, entry)) {
            put(c, entry);
        }
        c->accesses++;
    } else if (compile_mark(c, trace, entry, &mark) != COMPILE_MARK_NONE) {
        fold_flush(c->fold);
        compile_mark_op(c, entry, &mark);
    }
    return !c->full;
}

/* --- the end ------------------------------------------------------------- */

/*
 * A BAR's size is known if the device was described.  A mapping's length may be
 * made up.
 */
static void set_sizes(Compile *c)
{
    static const uint64_t vga_size = 0xc0000;
    const MmtPciDev *pci = mmt_regions_pci(mmt_trace_table(c->trace),
                                           c->region);
    unsigned i;

    for (i = 0; pci && i < MMT_PCI_RESOURCES; i++) {
        c->seq->regions[i].size = pci->size[i];
    }
    c->seq->regions[SEQUENCE_REGION_VGA].size = vga_size;
}

static void set_ids(Compile *c)
{
    const MmtRegion *region = mmt_trace_region(c->trace, c->region);

    c->seq->vendor = region->vendor;
    c->seq->device = region->device_id;
    c->seq->revision = c->revision;
}

static bool has_effect(void *opaque, const SeqOp *op)
{
    Compile *c = opaque;
    uint32_t i;

    for (i = 0; i < mmt_trace_regions(c->trace); i++) {
        const CompileRegister *reg;

        if (mmt_trace_region(c->trace, i)->number != op->region) {
            continue;
        }
        reg = compile_registers_find(c->registers, i, op->offset);
        if (reg) {
            return reg->effect;
        }
    }
    /* Nothing is known of registers of legacy VGA, and of tables. */
    return op->region == SEQUENCE_REGION_VGA;
}

static bool has_access(const Sequence *seq)
{
    uint32_t i;

    for (i = 0; i < seq->ops->len; i++) {
        const SeqOp *op = sequence_op(seq, i);

        if (op->kind <= SEQ_POLL || op->kind == SEQ_UPLOAD) {
            return true;
        }
    }
    return false;
}

static uint64_t count_notes(const Sequence *seq)
{
    uint64_t n = 0;
    uint32_t i;

    for (i = 0; i < seq->ops->len; i++) {
        n += sequence_op(seq, i)->kind == SEQ_NOTE;
    }
    return n;
}

Sequence *compile_finish(Compile *c, GError **error)
{
    fold_flush(c->fold);
    if (c->full) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                    "the sequence would have more than %u operations: select a part of the trace",
                    SEQUENCE_OPS_MAX);
        return NULL;
    }
    if (c->trace && c->region >= mmt_trace_regions(c->trace)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "the trace has changed while it was read: copy it first");
        return NULL;
    }
    if (!has_access(c->seq)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "no access is one to a region of a PCI device: say what the trace is of, with --pci and --bar");
        return NULL;
    }
    set_ids(c);
    set_sizes(c);
    if (c->options->drop_reads) {
        compile_drop(c->seq, has_effect, c);
    }
    compile_limits(c->seq);
    c->seq->notes = count_notes(c->seq);
    return g_steal_pointer(&c->seq);
}
