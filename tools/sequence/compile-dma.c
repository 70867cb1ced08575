/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: writes of addresses of guest memory (see compile-dma.h)
 */
#include "tools/sequence/compile-dma.h"

#include "tools/sequence/limits.h"

/* Values that are kept until the trace has been read */
#define CANDIDATES_MAX (1u << 18)

/* Writes within which both halves of an address come */
#define NEAR 8

/* Where drivers put what devices read: not in the first MiB, in 48 bits */
#define ADDRESS_MIN (1u << 20)
#define ADDRESS_BITS 48
#define ADDRESS_ALIGN 16

/**
 * struct Candidate: a value that may be an address
 * @address: the whole address
 * @low_line: line of the write of its lower half, or of all of it
 * @high_line: line of the write of its upper half, or 0
 * @offset: offset of the register, of its lower half
 * @region: the register's region
 * @width: of the write
 */
typedef struct Candidate {
    uint64_t address;
    uint64_t low_line;
    uint64_t high_line;
    uint64_t offset;
    uint32_t region;
    uint8_t width;
} Candidate;

/**
 * struct CompileDma: the state
 * @areas: memory that is known
 * @candidates: Candidate
 * @lost_line: line of the first one that there was no room for, or 0
 * @near: the last writes
 * @n: number of writes
 * @found: CompileAddress, by line
 * @lines: uint64_t, their lines
 * @buffers: by start of an area -> number of its buffer + 1
 * @size: bytes of all buffers
 */
struct CompileDma {
    CompileAreas *areas;
    GArray *candidates;
    uint64_t lost_line;
    MmtEntry near[NEAR];
    uint64_t n;
    GArray *found;
    GArray *lines;
    GHashTable *buffers;
    uint64_t size;
};

CompileDma *compile_dma_new(CompileAreas *areas)
{
    CompileDma *dma = g_new0(CompileDma, 1);

    dma->areas = areas;
    dma->candidates = g_array_new(FALSE, FALSE, sizeof(Candidate));
    dma->found = g_array_new(FALSE, FALSE, sizeof(CompileAddress));
    dma->lines = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    dma->buffers = g_hash_table_new_full(compile_address_hash,
                                         g_int64_equal, g_free, NULL);
    return dma;
}

static bool is_likely(uint64_t address)
{
    return address >= ADDRESS_MIN && !(address >> ADDRESS_BITS) &&
           !(address % ADDRESS_ALIGN);
}

static void add_candidate(CompileDma *dma, const Candidate *candidate)
{
    if (!is_likely(candidate->address)) {
        return;
    }
    if (dma->candidates->len < CANDIDATES_MAX) {
        g_array_append_val(dma->candidates, *candidate);
    } else if (!dma->lost_line) {
        dma->lost_line = MAX(candidate->low_line, candidate->high_line);
    }
}

/* The other half, if it was written shortly before */
static const MmtEntry *find_half(const CompileDma *dma, const MmtEntry *entry,
                                 uint64_t offset)
{
    uint64_t i;

    for (i = dma->n; i > 0 && i + NEAR > dma->n; i--) {
        const MmtEntry *near = &dma->near[(i - 1) % NEAR];

        if (near->region == entry->region && near->offset == offset &&
            near->width == 4) {
            return near;
        }
    }
    return NULL;
}

static void add_halves(CompileDma *dma, const MmtEntry *low,
                       const MmtEntry *high)
{
    Candidate candidate = {
        .address = high->value << 32 | low->value,
        .low_line = low->line,
        .high_line = high->line,
        .offset = low->offset,
        .region = low->region,
        .width = 4,
    };

    /* A zero behind an address is its other half where 64 bits are aligned. */
    if (high->value || !(low->offset % 8)) {
        add_candidate(dma, &candidate);
    }
}

void compile_dma_write(CompileDma *dma, const MmtEntry *entry)
{
    Candidate candidate = {
        .address = entry->value,
        .low_line = entry->line,
        .offset = entry->offset,
        .region = entry->region,
        .width = entry->width,
    };
    const MmtEntry *half;

    if (entry->width != 4 && entry->width != 8) {
        return;
    }
    add_candidate(dma, &candidate);
    if (entry->width == 4) {
        half = find_half(dma, entry, entry->offset + 4);
        if (half) {
            add_halves(dma, entry, half);
        }
        half = find_half(dma, entry, entry->offset - 4);
        if (half) {
            add_halves(dma, half, entry);
        }
    }
    dma->near[dma->n++ % NEAR] = *entry;
}

static bool is_address_register(CompileRegisters *registers,
                                const Candidate *candidate)
{
    const CompileRegister *reg;

    reg = compile_registers_find(registers, candidate->region,
                                 candidate->offset);
    return reg && reg->address;
}

/* If the user has said where memory is, nothing is guessed. */
static bool is_address(CompileDma *dma, CompileRegisters *registers,
                       const Candidate *candidate)
{
    return compile_areas_find(dma->areas, candidate->address) ||
           (compile_areas_has_ranges(dma->areas) ?
            compile_areas_in_range(dma->areas, candidate->address) :
            is_address_register(registers, candidate));
}

static void add_found(CompileDma *dma, const Candidate *candidate)
{
    CompileAddress low = {
        .line = candidate->low_line,
        .address = candidate->address,
        .part = candidate->width == 8 ? SEQ_PART_WHOLE : SEQ_PART_LOW,
        .alone = candidate->width == 4 && !candidate->high_line,
    };
    CompileAddress high = {
        .line = candidate->high_line,
        .address = candidate->address,
        .part = SEQ_PART_HIGH,
    };

    g_array_append_val(dma->found, low);
    if (candidate->high_line) {
        g_array_append_val(dma->found, high);
    }
}

/* A write of half an address tells less than one with both halves. */
static gint compare_found(gconstpointer a, gconstpointer b)
{
    const CompileAddress *x = a, *y = b;

    if (x->line != y->line) {
        return x->line < y->line ? -1 : 1;
    }
    if (x->alone != y->alone) {
        return x->alone ? 1 : -1;
    }
    return (int)x->part - (int)y->part;
}

static void sort_found(CompileDma *dma)
{
    guint i, n = 0;

    g_array_sort(dma->found, compare_found);
    for (i = 0; i < dma->found->len; i++) {
        CompileAddress next = g_array_index(dma->found, CompileAddress, i);

        if (n && g_array_index(dma->lines, uint64_t, n - 1) == next.line) {
            continue;
        }
        g_array_index(dma->found, CompileAddress, n++) = next;
        g_array_append_val(dma->lines, next.line);
    }
    g_array_set_size(dma->found, n);
}

const GArray *compile_dma_finish(CompileDma *dma, CompileRegisters *registers)
{
    guint i;

    for (i = 0; i < dma->candidates->len; i++) {
        const Candidate *candidate = &g_array_index(dma->candidates,
                                                    Candidate, i);

        if (is_address(dma, registers, candidate)) {
            add_found(dma, candidate);
        }
    }
    sort_found(dma);
    for (i = 0; i < dma->found->len; i++) {
        const CompileAddress *found = &g_array_index(dma->found,
                                                     CompileAddress, i);

        compile_areas_add(dma->areas, found->address, 1);
    }
    compile_areas_join(dma->areas);
    return dma->lines;
}

const CompileAddress *compile_dma_find(const CompileDma *dma, uint64_t line)
{
    guint low = 0, high = dma->found->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        const CompileAddress *found = &g_array_index(dma->found,
                                                     CompileAddress, middle);

        if (found->line == line) {
            return found;
        }
        if (found->line < line) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

bool compile_dma_lost(const CompileDma *dma, const MmtEntry *entry)
{
    return dma->lost_line && entry->line >= dma->lost_line &&
           (entry->width == 4 || entry->width == 8) &&
           is_likely(entry->value);
}

static uint32_t add_buffer(CompileDma *dma, Sequence *seq,
                           const CompileArea *area, uint64_t line)
{
    SeqBuffer buffer = {
        .name = g_strdup_printf("dma%u", seq->buffers->len),
        .size = area->end - area->start,
        .address = area->start,
        .file = SEQUENCE_NONE,
        .line = line,
    };
    gint64 *key = g_new(gint64, 1);

    *key = area->start;
    g_array_append_val(seq->buffers, buffer);
    g_hash_table_insert(dma->buffers, key,
                        GUINT_TO_POINTER(seq->buffers->len));
    dma->size += buffer.size;
    return seq->buffers->len - 1;
}

uint32_t compile_dma_buffer(CompileDma *dma, Sequence *seq, uint64_t address,
                            uint64_t line)
{
    const CompileArea *area = compile_areas_find(dma->areas, address);
    uint64_t size = area ? area->end - area->start : 0;
    gint64 start = area ? area->start : 0;
    uint32_t number;

    if (!area) {
        return SEQUENCE_NONE;
    }
    number = GPOINTER_TO_UINT(g_hash_table_lookup(dma->buffers, &start));
    if (number) {
        return number - 1;
    }
    if (size > SEQUENCE_BUFFER_MAX ||
        size > SEQUENCE_BUFFERS_MAX - dma->size) {
        return SEQUENCE_NONE;
    }
    return add_buffer(dma, seq, area, line);
}

void compile_dma_free(CompileDma *dma)
{
    if (dma) {
        g_array_unref(dma->candidates);
        g_array_unref(dma->found);
        g_array_unref(dma->lines);
        g_hash_table_destroy(dma->buffers);
        g_free(dma);
    }
}
