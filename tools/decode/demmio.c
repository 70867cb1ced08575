/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace decode --as demmio: the layout of envytools' demmio
 *
 *      [0] 1185.269146 MMIO32 R 0x000000 0x140000a1 PMC.ID => { ... }
 *
 * For scripts that read it; docs/decode.md lists what differs.  Lines are made
 * for GPUs of NVIDIA's only, other accesses leave none, and what is no access is
 * copied.
 */
#include "tools/decode/demmio.h"
#include "tools/decode/decode.h"

#include <inttypes.h>
#include <unistd.h>

#include "tools/decode/time.h"

/* What separates accesses that are further apart than this */
#define SLEEP_NS 100000

/* The CRTCs' index and data registers */
#define REG_CR_INDEX 0x3d4
#define REG_CR_DATA  0x3d5
#define REG_HEAD0    0x601000
#define REG_HEAD1    0x603000

#define PAGE_MASK  0xfff000
#define PAGE_TIMER 0x9000
#define PAGE_GPIO  0xe000

/**
 * struct Gpu: what is printed of a GPU
 * @bus: the I2C bus whose line is open, or -1
 * @buses: the I2C buses
 * @cr: index of a CR register, of each head
 */
typedef struct Gpu {
    int bus;
    DemmioBus buses[DEMMIO_BUSES];
    uint8_t cr[2];
} Gpu;

/**
 * struct Demmio: state
 * @gpus: Gpu, by NvidiaGpu.index
 * @line: buffer for a line that is copied to a terminal
 * @ns: time of the last access
 * @timed: was there one with a time?
 * @in_i2c: no SLEEP lines: an I2C transfer is under way
 */
typedef struct Demmio {
    GPtrArray *gpus;
    GString *line;
    uint64_t ns;
    bool timed;
    bool in_i2c;
} Demmio;

static void *demmio_begin(Decode *d)
{
    Demmio *state = g_new0(Demmio, 1);

    (void)d;
    state->gpus = g_ptr_array_new_with_free_func(g_free);
    state->line = g_string_new(NULL);
    return state;
}

static void demmio_end(Decode *d, void *p)
{
    Demmio *state = p;

    (void)d;
    g_ptr_array_unref(state->gpus);
    g_string_free(state->line, TRUE);
    g_free(state);
}

static Gpu *add_gpu(void)
{
    Gpu *gpu = g_new0(Gpu, 1);
    unsigned i;

    gpu->bus = -1;
    for (i = 0; i < DEMMIO_BUSES; i++) {
        demmio_bus_init(&gpu->buses[i]);
    }
    return gpu;
}

static inline Gpu *gpu_of(Demmio *state, const NvidiaGpu *gpu)
{
    while (G_UNLIKELY(state->gpus->len <= gpu->index)) {
        g_ptr_array_add(state->gpus, add_gpu());
    }
    return state->gpus->pdata[gpu->index];
}

static inline char *put_bare_hex(char *p, uint64_t v)
{
    unsigned digits = (67 - __builtin_clzll(v | 1)) / 4;

    v <<= 64 - 4 * digits;
    convert_hex8(p, v >> 32);
    if (digits > 8) {
        convert_hex8(p + 8, v);
    }
    return p + digits;
}

/* At least eight digits */
static inline char *put_value(char *p, uint64_t v)
{
    if (v > UINT32_MAX) {
        return put_bare_hex(p, v);
    }
    convert_hex8(p, v);
    return p + 8;
}

static inline char *put_number(char *p, uint64_t v)
{
    if (!v) {
        *p = '0';
        return p + 1;
    }
    return convert_put_hex(p, v);
}

static const char *arrow(const MmtEntry *entry)
{
    return entry->kind == MMT_ENTRY_WRITE ? "<=" : "=>";
}

static char op(const MmtEntry *entry)
{
    return entry->kind == MMT_ENTRY_WRITE ? 'W' : 'R';
}

/* Time of the last access that has one */
static inline char *put_time(Decode *d, const Demmio *state, char *p)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    if (state->ns % 1000) {
        /* demmio rounds a double. */
        g_ascii_formatd(text, sizeof(text), "%.6f", state->ns / 1e9);
        return convert_put_str(p, text, strlen(text));
    }
    return decode_put_ns(&d->second, p, state->ns, 0);
}

/* "[0] 1185.269146" */
static inline char *put_start(Decode *d, const Demmio *state, char *p,
                              unsigned gpu)
{
    *p++ = '[';
    if (G_LIKELY(gpu < 10)) {
        *p++ = '0' + gpu;
    } else {
        p = convert_put_dec(p, gpu);
    }
    memcpy(p, "] ", 2);
    return put_time(d, state, p + 2);
}

static void put_sleep(Decode *d, double milliseconds)
{
    char *p = convert_out_room(&d->out, DECODE_ROOM);
    char text[400];

    g_ascii_formatd(text, sizeof(text), "%.6f", milliseconds);
    p = CONVERT_LITERAL(p, "SLEEP ");
    p = convert_put_str(p, text, strlen(text));
    p = CONVERT_LITERAL(p, "ms\n");
    convert_out_took(&d->out, p);
}

/* As demmio calculates: the bits of a double decide about 100 us. */
static void take_gap(Decode *d, const Demmio *state, uint64_t ns)
{
    double before = state->ns / 1e9, now = ns / 1e9;

    if (!state->in_i2c && before > 0 && now - before > 0.0001) {
        put_sleep(d, (now - before) * 1000.0);
    }
}

static inline void take_time(Decode *d, Demmio *state, const MmtEntry *entry)
{
    if (!(entry->flags & MMT_ENTRY_TIMED)) {
        return;
    }
    if (entry->ns > state->ns && entry->ns - state->ns >= SLEEP_NS - 1) {
        take_gap(d, state, entry->ns);
    }
    state->ns = entry->ns;
}

/* Name as demmio gives it: registers are found without regard to access */
static const RegDbRegister *put_name(RegDbView *view, uint64_t offset,
                                     uint64_t base, GString *text)
{
    const RegDbRegister *reg = view && offset >= base ?
        regdb_view_find(view, offset - base, REGDB_READ_WRITE) : NULL;
    uint64_t rest = reg ? offset - base - reg->offset : 0;

    if (!reg) {
        g_string_append_printf(text, offset ? "0x%" PRIx64 : "%" PRIu64,
                               offset);
        return NULL;
    }
    g_string_append(text, reg->name);
    if (reg->bits && rest && rest < reg->bits / 8u) {
        g_string_append_printf(text, "+0x%" PRIx64, rest);
    }
    return reg;
}

static bool is_number(const RegDbRegister *reg)
{
    const RegDbType *type = reg ? reg->type : NULL;

    return !type || (type->kind == REGDB_HEX && !type->shr && !type->add);
}

static bool is_special(uint64_t offset)
{
    static const uint32_t offsets[] = {
        0x0, 0x1700, 0x1704, 0x170c, 0x1714,
        REG_HEAD0 + REG_CR_INDEX, REG_HEAD0 + REG_CR_DATA,
        REG_HEAD1 + REG_CR_INDEX, REG_HEAD1 + REG_CR_DATA,
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(offsets); i++) {
        if (offset == offsets[i]) {
            return true;
        }
    }
    return (offset & PAGE_MASK) == PAGE_GPIO ||
           (offset & PAGE_MASK) == PAGE_TIMER;
}

static void set_flags(const MmtEntry *entry, const RegDbRegister *reg,
                      DecodeSlot *slot)
{
    slot->flags |= reg && reg->bits ? DECODE_NAMED : 0;
    slot->flags |= is_number(reg) ? DECODE_PLAIN : 0;
    slot->flags |= is_special(entry->offset) ? DECODE_SPECIAL : 0;
    if (reg && entry->width == 4 && reg->bits == 8) {
        slot->flags |= DECODE_SPLIT;
        slot->flags &= ~DECODE_PLAIN;
    }
}

static DecodeSlot *make_slot(Decode *d, const MmtEntry *entry)
{
    const DecodeRegion *region = decode_ready(d, entry);
    DecodeSlot *slot = decode_slots_add(region->slots, entry);
    RegDbPart part = { .bits = 64 };
    uint64_t base, end;
    RegDbView *view = analysis_db_view(d->db, entry->region, entry->offset,
                                       &base, &end);

    g_string_printf(d->work, " MMIO%u %c 0x%06" PRIx64 " 0x", entry->width * 8,
                    op(entry), entry->offset);
    slot->head_len = d->work->len;
    slot->head = decode_slots_text(region->slots, d->work);
    g_string_assign(d->work, " ");
    part.reg = put_name(view, entry->offset, base, d->work);
    g_string_append_printf(d->work, " %s ", arrow(entry));
    slot->tail_len = d->work->len;
    slot->tail = decode_slots_text(region->slots, d->work);
    decode_slots_reach(region->slots, slot, view, base, &part, 1);
    set_flags(entry, part.reg, slot);
    return slot;
}

static const char *value_text(Decode *d, const DecodeSlot *slot, uint64_t v,
                              uint32_t *len)
{
    DecodeValue *value = decode_values_place(&d->values, slot->number, v, v);
    const RegDbRegister *reg = slot->reach->parts[0].part.reg;

    if (!decode_value_is(value, slot->number, v, v)) {
        g_string_truncate(d->work, 0);
        regdb_put_value(slot->reach->view, reg->type, v, reg->bits, &regdb_no_colors,
                        d->work);
        g_string_append_c(d->work, '\n');
        *len = d->work->len;
        decode_values_keep(value, slot->number, v, v, d->work);
        if (!decode_value_is(value, slot->number, v, v)) {
            return decode_slack(d->work);
        }
    }
    *len = value->len;
    return value->text;
}

static inline void print_mmio(Decode *d, const Demmio *state, unsigned gpu,
                              const DecodeSlot *slot, const MmtEntry *entry)
{
    const char *value = NULL;
    uint32_t len = 0;
    char *p;

    if (!(slot->flags & DECODE_PLAIN)) {
        value = value_text(d, slot, entry->value, &len);
    }
    p = convert_out_room(&d->out, slot->head_len + slot->tail_len + len +
                         DECODE_ROOM);
    p = put_start(d, state, p, gpu);
    p = decode_copy(p, slot->head, slot->head_len);
    p = put_value(p, entry->value);
    p = decode_copy(p, slot->tail, slot->tail_len);
    if (value) {
        p = decode_copy(p, value, len);
    } else {
        p = put_number(p, entry->value);
        *p++ = '\n';
    }
    convert_out_took(&d->out, p);
}

/* The start of a line with a text that is not kept */
static GString *begin_line(Decode *d, const Demmio *state, unsigned gpu)
{
    char start[64];

    g_string_truncate(d->work, 0);
    g_string_append_len(d->work, start,
                        put_start(d, state, start, gpu) - start);
    return d->work;
}

static void put_named(Decode *d, RegDbView *view, uint64_t base,
                      const MmtEntry *entry, uint64_t offset, uint64_t value)
{
    const RegDbRegister *reg = put_name(view, offset, base, d->work);

    g_string_append_printf(d->work, " %s ", arrow(entry));
    regdb_put_value(view, reg ? reg->type : NULL, value, reg ? reg->bits : 64,
                    &regdb_no_colors, d->work);
    g_string_append_c(d->work, '\n');
}

/* 32 bits of four registers with a byte each: a line for each */
static void print_split(Decode *d, const Demmio *state, unsigned gpu,
                        const DecodeSlot *slot, const MmtEntry *entry)
{
    gsize columns;
    unsigned i;

    begin_line(d, state, gpu);
    g_string_append_printf(d->work, " MMIO%u %c 0x%06" PRIx64 " 0x%08" PRIx64
                           " ", entry->width * 8, op(entry), entry->offset,
                           entry->value);
    columns = d->work->len;
    for (i = 0; i < 4; i++) {
        g_string_append_printf(d->work, "%*s", i ? (int)columns : 0, "");
        put_named(d, slot->reach->view, slot->reach->base, entry, entry->offset + i,
                  entry->value >> 8 * i & 0xff);
    }
    convert_out_put(&d->out, d->work->str, d->work->len);
}

static void print_cr(Decode *d, const Demmio *state, const NvidiaGpu *gpu,
                     unsigned head, unsigned reg, const MmtEntry *entry)
{
    RegDbView *view = analysis_db_domain_view(d->db, entry->region, "NV_CR");

    begin_line(d, state, gpu->index);
    g_string_append_printf(d->work, " HEAD%u %c     0x%02x       0x%02" PRIx64
                           " ", head, op(entry), reg, entry->value);
    put_named(d, view, 0, entry, reg, entry->value);
    convert_out_put(&d->out, d->work->str, d->work->len);
    decode_settle(d);
}

static void open_bus(Decode *d, Gpu *gpu, const NvidiaGpu *nvidia, int bus,
                     const DecodeSlot *slot, const MmtEntry *entry)
{
    if (gpu->bus != bus) {
        g_string_append(d->work, gpu->bus != -1 ? "\n" : "");
        g_string_append_printf(d->work, "[%u] I2C      0x%06" PRIx64
                               "            ", nvidia->index, entry->offset);
        put_name(slot->reach->view, entry->offset, slot->reach->base,
                 d->work);
        g_string_append_c(d->work, ' ');
        gpu->bus = bus;
    }
}

static void take_i2c(Decode *d, Demmio *state, Gpu *gpu,
                     const NvidiaGpu *nvidia, int bus, const DecodeSlot *slot,
                     const MmtEntry *entry)
{
    g_string_truncate(d->work, 0);
    open_bus(d, gpu, nvidia, bus, slot, entry);
    if (entry->kind != MMT_ENTRY_WRITE) {
        demmio_bus_read(&gpu->buses[bus], entry->value, d->work);
    } else {
        switch (demmio_bus_write(&gpu->buses[bus], entry->value, d->work)) {
        case DEMMIO_I2C_START:
            state->in_i2c = true;
            break;
        case DEMMIO_I2C_STOP:
            gpu->bus = -1;
            state->in_i2c = false;
            break;
        default:
            break;
        }
    }
    convert_out_put(&d->out, d->work->str, d->work->len);
}

static bool take_cr(Decode *d, const Demmio *state, Gpu *gpu,
                    const NvidiaGpu *nvidia, const MmtEntry *entry)
{
    unsigned head = entry->offset >= REG_HEAD1;
    uint64_t reg = entry->offset - (head ? REG_HEAD1 : REG_HEAD0);

    if (reg == REG_CR_INDEX) {
        gpu->cr[head] = entry->value;
    } else if (reg == REG_CR_DATA) {
        print_cr(d, state, nvidia, head, gpu->cr[head], entry);
        return true;
    }
    return false;
}

/* Return: is there no line of the access' own? */
static bool take_special(Decode *d, Demmio *state, Gpu *gpu,
                         NvidiaGpu *nvidia, const DecodeSlot *slot,
                         const MmtEntry *entry)
{
    uint64_t page = entry->offset & PAGE_MASK;
    int bus;

    if (nvidia_gpu_register(nvidia, entry->offset, entry->value)) {
        return false;
    }
    if (page == PAGE_GPIO && nvidia->family >= 0x50) {
        bus = demmio_bus(entry->offset);
        if (bus >= 0) {
            take_i2c(d, state, gpu, nvidia, bus, slot, entry);
        }
        return bus >= 0;
    }
    if (page == PAGE_TIMER) {
        /* the driver looks at the time within a transfer */
        return gpu->bus != -1;
    }
    return take_cr(d, state, gpu, nvidia, entry);
}

static void close_bus(Decode *d, Gpu *gpu)
{
    if (gpu->bus != -1) {
        convert_out_put(&d->out, "\n", 1);
        gpu->bus = -1;
    }
}

/* Return: was there no line of the access' own? */
static bool take_mmio_slow(Decode *d, Demmio *state, NvidiaGpu *nvidia,
                           const DecodeSlot *slot, const MmtEntry *entry)
{
    Gpu *gpu = gpu_of(state, nvidia);

    if ((slot->flags & DECODE_SPECIAL) &&
        take_special(d, state, gpu, nvidia, slot, entry)) {
        return true;
    }
    close_bus(d, gpu);
    if (slot->flags & DECODE_SPLIT) {
        print_split(d, state, nvidia->index, slot, entry);
        return true;
    }
    return false;
}

/* " <= " and a value, without 0x */
static char *put_moved(char *p, const MmtEntry *entry)
{
    p = convert_put_str(p, entry->kind == MMT_ENTRY_WRITE ? " <= " : " => ", 4);
    p = put_bare_hex(p, entry->value);
    *p++ = '\n';
    return p;
}

/* "[0] 1185.269146, MEM32 2ffe5100" */
static char *begin_memory(Decode *d, const Demmio *state, unsigned gpu,
                          const char *name, const MmtEntry *entry,
                          uint64_t address)
{
    char *p = convert_out_room(&d->out, DECODE_ROOM);

    p = put_start(d, state, p, gpu);
    p = convert_put_str(p, name, strlen(name));
    p = convert_put_dec(p, entry->width * 8u);
    *p++ = ' ';
    return put_bare_hex(p, address);
}

static void take_pramin(Decode *d, Demmio *state, NvidiaGpu *nvidia,
                        const MmtEntry *entry)
{
    uint64_t address = (nvidia->window << 16) + entry->offset - NVIDIA_PRAMIN;
    char *p;

    close_bus(d, gpu_of(state, nvidia));
    p = begin_memory(d, state, nvidia->index, ", MEM", entry, address);
    convert_out_took(&d->out, put_moved(p, entry));
    decode_pages_put(nvidia->memory, address, entry->value);
}

static void take_mmio(Decode *d, Demmio *state, const DecodeRegion *region,
                      const MmtEntry *entry)
{
    NvidiaGpu *nvidia = region->nvidia.gpu;
    DecodeSlot *slot;

    if (nvidia_gpu_has_pramin(nvidia, entry->offset)) {
        decode_count(d, region, NULL);
        take_pramin(d, state, nvidia, entry);
        return;
    }
    slot = decode_slots_find(region->slots, entry);
    if (G_UNLIKELY(!slot)) {
        slot = make_slot(d, entry);
        region = decode_region(d, entry->region);
    }
    decode_count(d, region, slot);
    if ((slot->flags & (DECODE_SPECIAL | DECODE_SPLIT)) ||
        G_UNLIKELY(gpu_of(state, nvidia)->bus != -1)) {
        if (take_mmio_slow(d, state, nvidia, slot, entry)) {
            return;
        }
    }
    print_mmio(d, state, nvidia->index, slot, entry);
}

static void take_fb(Decode *d, const Demmio *state, const DecodeRegion *region,
                    const MmtEntry *entry)
{
    char *p = begin_memory(d, state, region->nvidia.gpu->index, ", FB", entry,
                           entry->offset);

    convert_out_took(&d->out, put_moved(p, entry));
    decode_count(d, region, NULL);
}

static void take_ramin(Decode *d, const Demmio *state,
                       const DecodeRegion *region, const MmtEntry *entry)
{
    NvidiaGpu *nvidia = region->nvidia.gpu;
    char *p = begin_memory(d, state, nvidia->index, " RAMIN", entry,
                           entry->offset);
    uint64_t address;

    if (nvidia->family >= 0x50) {
        nvidia_gpu_ramin(nvidia, entry->offset, &address);
        decode_pages_put(nvidia->memory, address, entry->value);
        *p++ = ' ';
        p = put_bare_hex(p, address);
    }
    convert_out_took(&d->out, put_moved(p, entry));
    decode_count(d, region, NULL);
}

static void copy_line(Decode *d, Demmio *state, const MmtEntry *entry)
{
    size_t len;
    const char *line = mmt_trace_line(d->trace, entry, &len);
    const char *shown = tool_shown(line, &len, state->line);

    convert_out_put(&d->out, shown, len);
    convert_out_put(&d->out, "\n", 1);
}

/* An access that a mark tells of is a line as any other, to demmio. */
static bool is_mark(Decode *d, const MmtEntry *entry)
{
    size_t len;
    const char *line = mmt_trace_line(d->trace, entry, &len);

    return len && line[0] == 'M';
}

static void take_access(Decode *d, Demmio *state, const MmtEntry *entry)
{
    const DecodeRegion *region = decode_region(d, entry->region);

    if (region->nvidia.bar == NVIDIA_OTHER && is_mark(d, entry)) {
        copy_line(d, state, entry);
        return;
    }
    take_time(d, state, entry);
    switch (region->nvidia.bar) {
    case NVIDIA_MMIO:
        take_mmio(d, state, region, entry);
        break;
    case NVIDIA_FB:
        take_fb(d, state, region, entry);
        break;
    case NVIDIA_RAMIN:
        take_ramin(d, state, region, entry);
        break;
    default:
        break;
    }
}

static void demmio_entries(Decode *d, void *state, const MmtEntry *entries,
                           size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (entries[i].kind <= MMT_ENTRY_WRITE) {
            take_access(d, state, &entries[i]);
        } else {
            decode_take_other(d, &entries[i]);
            copy_line(d, state, &entries[i]);
        }
    }
}

const DecodeFormat decode_demmio = {
    .name = "demmio",
    .lines = true,
    .begin = demmio_begin,
    .entries = demmio_entries,
    .end = demmio_end,
};
