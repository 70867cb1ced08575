/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: registers that are accessed together
 *
 * An index register and its data register: nearly each write of the one is
 * followed by accesses of the other, which is accessed in no other way.  And
 * addresses of which each half has a register.
 */
#include "tools/profile/pairs.h"
#include "tools/profile/class.h"

/* Votes from which the values of an index are kept */
#define INDEX_VOTES 4

/* A pair's registers are at most so far apart. */
#define PAIR_DISTANCE 64

/* Writes of an index, and distinct values of it, at least */
#define PAIR_WRITES 8
#define PAIR_VALUES 3

/* Values of an index whose data is only written are below this. */
#define INDEX_BLIND_END 0x10000

/* RAM of a guest is not below this; the rest of the first MiB is firmware's. */
#define RAM_START 0x100000

/* Upper halves of addresses of 52 bits, as x86 has them, are below this. */
#define HIGH_END (1u << 20)

/* Message signalled interrupts are written there, not into RAM. */
#define MSI_START 0xfee00000
#define MSI_END   0xfef00000

static void vote(ProfileRegister **candidate, uint32_t *votes, uint64_t *hits,
                 ProfileRegister *reg)
{
    if (!*votes) {
        if (*candidate != reg) {
            *hits = 0;
        }
        *candidate = reg;
    }
    if (*candidate == reg) {
        (*hits)++;
        *votes += *votes < UINT32_MAX;
    } else {
        (*votes)--;
    }
}

static void add_index(ProfileRegister *reg, uint64_t value, uint8_t kind)
{
    ProfileIndex *index = reg->index;
    uint32_t i = 0;

    if (!index) {
        index = reg->index = g_new0(ProfileIndex, 1);
    }
    while (i < MIN(index->n, PROFILE_INDEX_VALUES) && index->v[i] != value) {
        i++;
    }
    if (i == PROFILE_INDEX_VALUES) {
        index->n = PROFILE_INDEX_VALUES + 1;
        return;
    }
    if (i == index->n) {
        index->v[index->n++] = value;
    }
    index->reads[i] += kind == MMT_ENTRY_READ;
    index->writes[i] += kind == MMT_ENTRY_WRITE;
}

static void add_next(const ProfileStream *stream, ProfileRegister *reg,
                     const MmtEntry *entry)
{
    ProfileRegister *last = stream->paired;

    if (!last) {
        return;
    }
    if (last == reg) {
        reg->rows++;
        return;
    }
    if (!stream->paired_write) {
        return;
    }
    vote(&last->next, &last->next_votes, &last->next_hits, reg);
    vote(&reg->previous, &reg->previous_votes, &reg->previous_hits, last);
    if (last->next == reg && last->next_votes >= INDEX_VOTES &&
        last->region == reg->region) {
        add_index(last, stream->paired_value, entry->kind);
    }
}

void profile_pair_add(ProfileStream *stream, ProfileRegister *reg,
                      const MmtEntry *entry)
{
    bool write = entry->kind == MMT_ENTRY_WRITE;

    if (!write && stream->paired == reg && stream->paired_write) {
        reg->flushes++;
        return;
    }
    add_next(stream, reg, entry);
    stream->paired = reg;
    stream->paired_write = write;
    stream->paired_value = entry->value;
}

/* An address has bits here and there: masks and flags are no addresses. */
static bool is_scattered(uint64_t v)
{
    uint64_t odd = v ? v >> __builtin_ctzll(v) : 0;

    return __builtin_popcountll(v) >= 4 && (odd & (odd + 1));
}

static bool is_ram(uint64_t v, uint64_t align)
{
    return v >= RAM_START && v >> 32 < HIGH_END && !(v & (align - 1)) &&
           !(v >= MSI_START && v < MSI_END) &&
           is_scattered(v & ~(uint64_t)0xfff);
}

static void add_ram(ProfileWrites *w, uint32_t *count, uint64_t address)
{
    w->ram_varied += w->ram_last && address != w->ram_last;
    w->ram_last = address;
    (*count)++;
}

/* The other half was written just before; its value has been judged alone. */
static bool add_halves(ProfileRegister *low, uint64_t low_value,
                       ProfileRegister *high, uint64_t high_value)
{
    uint64_t address = high_value << 32 | low_value;
    uint64_t bare = address & ~(uint64_t)0xf;

    if (high_value >= HIGH_END || !is_ram(bare, low->w->ram_pairs ? 16 : 64) ||
        !is_ram(low_value & ~(uint64_t)0xf, 16)) {
        return false;
    }
    if (is_ram(low_value, 0x1000)) {
        low->w->ram -= low->w->ram > 0;
    } else if (!is_ram(low_value, 64)) {
        low->w->not_ram -= low->w->not_ram > 0;
    }
    add_ram(low->w, &low->w->ram_pairs, bare);
    low->w->ram_top = MAX(low->w->ram_top, high_value);
    high->w->ram_high++;
    return true;
}

void profile_address_add(const ProfileStream *stream, ProfileRegister *reg,
                         const MmtEntry *entry)
{
    ProfileRegister *last = stream->written;
    uint64_t v = entry->value;

    if (entry->width != 4 && entry->width != 8) {
        reg->w->not_ram += v != 0;
        return;
    }
    if (is_ram(v, entry->width == 8 ? 64 : 0x1000)) {
        add_ram(reg->w, &reg->w->ram, v);
    } else if (!is_ram(v, 64)) {
        reg->w->not_ram += v != 0;
    }
    if (entry->width != 4 || !last || last->region != reg->region ||
        stream->written_width != 4) {
        return;
    }
    if (reg->offset == last->offset + 4) {
        add_halves(last, stream->written_value, reg, v);
    } else if (last->offset == reg->offset + 4) {
        add_halves(reg, v, last, stream->written_value);
    }
}

/* Nearly all of @all are @some. */
static bool nearly_all(uint64_t some, uint64_t all)
{
    return some * 10 >= all * 9;
}

/*
 * A ring's pointer and the register that starts the ring look alike, and so do
 * a command and its argument: of those, the values are few, or never read.
 */
static bool is_data(const ProfileRegister *data, const ProfileRegister *index)
{
    uint32_t values = (data->r ? data->r->values.n : 0) +
                      (data->w ? data->w->values.n : 0);

    if (profile_is_pointer(index) && values <= PROFILE_VALUES) {
        return false;
    }
    return values > 1 && (data->r || index->w->ones < INDEX_BLIND_END) &&
           !profile_is_pointer(data) && !profile_is_address(data);
}

static bool is_index(const ProfileRegister *reg)
{
    const ProfileRegister *data = reg->next;
    uint64_t distance;

    if (!data || !reg->w || !reg->index || reg->writes < PAIR_WRITES ||
        reg->w->values.n < PAIR_VALUES || data->previous != reg ||
        data->region != reg->region || data->in_window || reg->in_window) {
        return false;
    }
    distance = MAX(reg->offset, data->offset) - MIN(reg->offset, data->offset);
    return distance <= PAIR_DISTANCE &&
           nearly_all(reg->next_hits + reg->rows, reg->writes) &&
           nearly_all(data->previous_hits + data->rows + data->flushes,
                      data->reads + data->writes) &&
           !profile_is_address(reg) && is_data(data, reg);
}

/* If each looks like the other's index, the one that is read less is it. */
static bool is_lower_index(const ProfileRegister *reg)
{
    return is_index(reg) &&
           !(is_index(reg->next) && reg->next->next == reg &&
             reg->next->reads < reg->reads);
}

/* The half below a counter, read as often: it overflows between reads. */
static bool is_counter_low(const ProfileRegister *low,
                           const ProfileRegister *high)
{
    return low->region == high->region && low->offset + 4 == high->offset &&
           low->r && low->r->values.n > PROFILE_VALUES && !low->writes &&
           nearly_all(low->reads, high->reads) &&
           nearly_all(high->reads, low->reads) && profile_is_counter(high);
}

static bool is_address_high(const ProfileRegister *low,
                            const ProfileRegister *high)
{
    return low->region == high->region && low->offset + 4 == high->offset &&
           high->w && high->w->ram_high && low->w && low->w->ram_pairs &&
           profile_is_address(low);
}

void profile_find_pairs(Profile *profile)
{
    guint i;

    for (i = 0; i < profile->registers->len; i++) {
        ProfileRegister *reg = profile->registers->pdata[i];
        ProfileRegister *before = i ? profile->registers->pdata[i - 1] : NULL;

        if (!reg->peer && is_lower_index(reg) && !reg->next->peer) {
            reg->is_index = true;
            reg->peer = reg->next;
            reg->next->peer = reg;
        }
        if (before && is_counter_low(before, reg)) {
            before->counter_low = true;
        }
        if (before && is_address_high(before, reg)) {
            reg->address_high = true;
            reg->peer = before;
            before->peer = reg;
        }
    }
}
