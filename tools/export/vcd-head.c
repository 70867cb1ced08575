/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to vcd: declarations of the signals (see vcd-head.h)
 *
 * Names of scopes and signals are letters, digits and underscores: a dot
 * separates scopes for readers, a bracket begins a range of bits, and a blank
 * ends a name.
 */
#include "tools/export/vcd-head.h"

#include <inttypes.h>
#include <string.h>

/* Characters of a name: some readers have a limit. */
#define NAME_MAX_CHARS 200

/* Bits of what is shown as a decimal number, with a sign */
#define INTEGER_BITS 64

static const char *const counter_names[VCD_COUNTERS] = {
    [MMT_ENTRY_READ] = "reads",
    [MMT_ENTRY_WRITE] = "writes",
    [MMT_ENTRY_UNKNOWN] = "unknown",
};

/* Readers show what is an integer as a decimal number, a reg as hexadecimal. */
static const struct {
    const char *name;
    bool decimal;
} fields[VCD_FIELDS] = {
    [VCD_OFFSET] = { "offset" },
    [VCD_VALUE] = { "value" },
    [VCD_WIDTH] = { "width", true },
    [VCD_CPU] = { "cpu", true },
};

/**
 * struct Head: the state
 * @stream: the output
 * @job: the trace and the names of its registers
 * @registers: the signals
 * @sorted: all registers
 */
typedef struct Head {
    FILE *stream;
    const ExportJob *job;
    const VcdRegisters *registers;
    GPtrArray *sorted;
} Head;

/* A text as a name, to be freed */
static char *name_of(const char *text)
{
    char *name = g_strndup(*text ? text : "device", NAME_MAX_CHARS);
    char *p;

    for (p = name; *p; p++) {
        if (!g_ascii_isalnum(*p)) {
            *p = '_';
        }
    }
    return name;
}

/*
 * A name that no other of the scope has; it belongs to @taken, which has the
 * number for the next one of the same name: a log can have thousands of them.
 */
static const char *name_unique(GHashTable *taken, const char *text)
{
    g_autofree char *plain = name_of(text);
    guint n = GPOINTER_TO_UINT(g_hash_table_lookup(taken, plain));
    char *name = g_strdup(plain);

    for (n = MAX(n, 2); g_hash_table_contains(taken, name); n++) {
        g_free(name);
        name = g_strdup_printf("%s_%u", plain, n);
    }
    if (strcmp(name, plain)) {
        g_hash_table_insert(taken, g_strdup(plain), GUINT_TO_POINTER(n));
    }
    g_hash_table_insert(taken, name, GUINT_TO_POINTER(2));
    return name;
}

static void put_scope(FILE *stream, const char *name)
{
    fprintf(stream, "$scope module %s $end\n", name);
}

static void end_scope(FILE *stream)
{
    fputs("$upscope $end\n", stream);
}

static void put_signal(FILE *stream, const char *type, unsigned bits,
                       const VcdSignal *signal, const char *name)
{
    char id[VCD_ID_MAX];

    vcd_out_id(signal, id);
    fprintf(stream, "$var %s %u %s %s $end\n", type, bits, id, name);
}

static void put_reg(FILE *stream, const VcdSignal *signal, const char *name)
{
    put_signal(stream, "reg", signal->bits, signal, name);
}

static void put_integer(FILE *stream, const VcdSignal *signal,
                        const char *name)
{
    put_signal(stream, "integer", INTEGER_BITS, signal, name);
}

static void put_string(FILE *stream, const VcdSignal *signal,
                       const char *name)
{
    put_signal(stream, "string", 1, signal, name);
}

/* Names sort by offset, and say what the driver did. */
static void put_register(const Head *head, const VcdRegister *reg)
{
    const char *known = analysis_db_name(head->job->db, reg->region,
                                         reg->offset);
    g_autofree char *text = known ? name_of(known) : NULL;
    g_autofree char *name = g_strdup_printf(
        "x%05" PRIx64 "%s%s_%c", reg->offset, text ? "_" : "",
        text ? text : "", reg->kind == MMT_ENTRY_READ ? 'R' : 'W');

    put_reg(head->stream, &reg->signal, name);
}

/* Return: index of the first register of a region, or of a later one */
static guint first_register(const GPtrArray *sorted, uint32_t region)
{
    guint low = 0, high = sorted->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        const VcdRegister *reg = sorted->pdata[middle];

        if (reg->region < region) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void put_registers(const Head *head, uint32_t region)
{
    guint i = first_register(head->sorted, region);

    put_scope(head->stream, "registers");
    for (; i < head->sorted->len; i++) {
        const VcdRegister *reg = head->sorted->pdata[i];

        if (reg->region != region) {
            break;
        }
        put_register(head, reg);
    }
    end_scope(head->stream);
}

static void put_region(const Head *head, uint32_t number, const char *name)
{
    const VcdRegion *region = vcd_registers_region(head->registers, number);
    unsigned i;

    put_scope(head->stream, name);
    for (i = 0; i < VCD_COUNTERS; i++) {
        put_integer(head->stream, &region->count[i], counter_names[i]);
    }
    for (i = 0; i < VCD_FIELDS; i++) {
        (fields[i].decimal ? put_integer : put_reg)(
            head->stream, &region->field[i], fields[i].name);
    }
    put_registers(head, number);
    end_scope(head->stream);
}

static int by_device(gconstpointer a, gconstpointer b, gpointer trace)
{
    uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
    int order = strcmp(mmt_trace_region(trace, one)->device,
                       mmt_trace_region(trace, other)->device);

    return order ? order : one < other ? -1 : one > other;
}

/* Numbers of the regions that were accessed, those of a device together */
static GArray *accessed_regions(const Head *head)
{
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    uint32_t n = mmt_trace_regions(head->job->trace), i;

    for (i = 0; i < n; i++) {
        if (vcd_registers_region(head->registers, i)) {
            g_array_append_val(numbers, i);
        }
    }
    g_array_sort_with_data(numbers, by_device, head->job->trace);
    return numbers;
}

static GHashTable *names_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

/* Regions from @i on that are of one device.  Return: the next one */
static guint put_device(const Head *head, const GArray *numbers, guint i,
                        const char *name)
{
    g_autoptr(GHashTable) taken = names_new();
    const char *device = NULL;

    put_scope(head->stream, name);
    for (; i < numbers->len; i++) {
        uint32_t number = g_array_index(numbers, uint32_t, i);
        const MmtRegion *region = mmt_trace_region(head->job->trace, number);

        if (device && strcmp(device, region->device)) {
            break;
        }
        device = region->device;
        put_region(head, number, name_unique(taken, region->name));
    }
    end_scope(head->stream);
    return i;
}

static void put_devices(const Head *head, GHashTable *taken)
{
    g_autoptr(GArray) numbers = accessed_regions(head);
    guint i = 0;

    while (i < numbers->len) {
        uint32_t number = g_array_index(numbers, uint32_t, i);
        const char *device = mmt_trace_region(head->job->trace,
                                              number)->device;

        i = put_device(head, numbers, i, name_unique(taken, device));
    }
}

static void put_common(FILE *stream, const VcdCommon *common,
                       const char *name)
{
    static const struct {
        const char *count;
        const char *text;
    } marks[VCD_MARKS] = {
        [VCD_USER] = { "marks", "mark" },
        [VCD_IRQ] = { "irqs", "irq" },
        [VCD_TRACER] = { "tracer_marks", "tracer_mark" },
    };
    unsigned i;

    put_scope(stream, name);
    for (i = 0; i < VCD_MARKS; i++) {
        put_integer(stream, &common->count[i], marks[i].count);
        put_string(stream, &common->text[i], marks[i].text);
    }
    put_string(stream, &common->phase, "phase");
    put_reg(stream, &common->paused, "paused");
    end_scope(stream);
}

static void put_zero(FILE *stream, const VcdSignal *signal)
{
    char id[VCD_ID_MAX];

    vcd_out_id(signal, id);
    fprintf(stream, "b0 %s\n", id);
}

/* What counts begins with 0, all else is unknown. */
static void put_values(const Head *head, const VcdCommon *common,
                       uint64_t first)
{
    uint32_t n = mmt_trace_regions(head->job->trace), i;
    unsigned k;

    fprintf(head->stream, "#%" PRIu64 "\n$dumpvars\n", first ? first - 1 : 0);
    for (k = 0; k < VCD_MARKS; k++) {
        put_zero(head->stream, &common->count[k]);
    }
    put_zero(head->stream, &common->paused);
    for (i = 0; i < n; i++) {
        const VcdRegion *region = vcd_registers_region(head->registers, i);

        for (k = 0; region && k < VCD_COUNTERS; k++) {
            put_zero(head->stream, &region->count[k]);
        }
    }
    fputs("$end\n", head->stream);
}

void vcd_head_write(FILE *stream, const ExportJob *job,
                    const VcdCommon *common, const VcdRegisters *registers,
                    uint64_t first)
{
    g_autoptr(GHashTable) taken = names_new();
    g_autoptr(GPtrArray) sorted = vcd_registers_sorted(registers);
    const Head head = { stream, job, registers, sorted };
    g_autofree char *log = name_of(job->log);

    fprintf(stream, "$version vfio-trace convert $end\n$comment %s $end\n"
            "$timescale 1ns $end\n", log);
    put_common(stream, common, name_unique(taken, "trace"));
    put_devices(&head, taken);
    fputs("$enddefinitions $end\n", stream);
    put_values(&head, common, first);
}
