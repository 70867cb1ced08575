/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: accumulators of a register
 */
#include "tools/profile/counts.h"

/* A pointer moves by this at most from one write to the next. */
#define STEP_MAX 256

static void add_value(ProfileValues *values, uint64_t value)
{
    uint32_t i;

    for (i = 0; i < MIN(values->n, PROFILE_VALUES); i++) {
        if (values->v[i] == value) {
            return;
        }
    }
    if (values->n < PROFILE_VALUES) {
        values->v[values->n] = value;
    }
    values->n = MIN(values->n + 1, PROFILE_VALUES + 1);
}

/* Add 1 to the counts of some bits; a count stays at 3. */
static void count_bits(ProfileBits *bits, uint64_t which)
{
    uint64_t room = which & ~(bits->low & bits->high);

    bits->high ^= bits->low & room;
    bits->low ^= room;
}

static uint64_t all_ones(uint32_t width)
{
    return width >= 8 ? UINT64_MAX : (1ull << (width * 8)) - 1;
}

/* A read after a read, without a write to the register between them */
static void count_change(ProfileReads *r, const MmtEntry *entry, bool in_row,
                         bool device_written)
{
    uint64_t v = entry->value;
    uint64_t old = r->last;
    uint64_t full = all_ones(entry->width);

    if (old && v == old) {
        r->kept++;
    } else if (old && old != full && !v && !in_row) {
        if (device_written) {
            r->cleared_later++;
        } else {
            r->cleared++;
        }
    }
    if (v > old) {
        r->ups++;
        r->sets += (v & old) == old;
    } else if (v < old) {
        r->downs++;
        r->wraps += old >= full / 4 * 3 && v <= full / 4;
        if (old > r->top) {
            r->top = old;
            r->tops = 0;
        }
        r->tops += old == r->top;
    }
}

/* The first read after a write */
static void count_back(ProfileRegister *reg, uint64_t v)
{
    ProfileBoth *both = reg->both;
    uint64_t written = reg->w->last;
    uint64_t ones = both->before & written;

    both->back++;
    both->equal += v == written;
    both->differ |= v ^ written;
    both->one |= v & written;
    both->zero |= ~v & ~written;
    if (reg->reads) {
        count_bits(&both->followed, ~(v ^ written) & (reg->r->last ^ written));
    }
    if (!both->before_known) {
        return;
    }
    both->acks += (ones & ~v) != 0;
    count_bits(&both->acked, ones & ~v);
    count_bits(&both->not_acked, ones & v);
    both->stayed |= both->before & ~written & v;
}

void profile_count_read(ProfileRegister *reg, const MmtEntry *entry,
                        const ProfileDevice *device, bool in_row)
{
    ProfileReads *r = reg->r;
    uint64_t v = entry->value;

    if (!r) {
        r = reg->r = g_new0(ProfileReads, 1);
        r->first = v;
        r->first_ns = entry->ns;
    } else if (reg->last_width == entry->width) {
        if (!reg->last_write) {
            count_change(r, entry, in_row, device->writes != reg->stamp);
        } else {
            r->by_writes += v != r->last;
        }
    }
    if (reg->w && !reg->both) {
        reg->both = g_new0(ProfileBoth, 1);
    }
    if (reg->last_write && reg->last_width == entry->width) {
        count_back(reg, v);
    }
    r->last = v;
    r->last_ns = entry->ns;
    r->ones |= v;
    r->zeros |= ~v & all_ones(entry->width);
    add_value(&r->values, v);
    reg->reads++;
    reg->stamp = device->writes;
    reg->last_write = false;
}

static void count_step(ProfileWrites *w, uint64_t v)
{
    uint64_t step = v - w->last;

    if (v == w->last) {
        w->same++;
    } else if (v > w->last && step <= STEP_MAX) {
        w->steps++;
        if (!w->step_votes) {
            w->step = step;
        }
        w->step_votes += step == w->step ? 1 : -1;
    } else if (v <= w->last / 4) {
        w->backs++;
        if (w->last > w->top) {
            w->top = w->last;
            w->tops = 0;
        }
        w->tops += w->last == w->top;
    } else {
        w->jumps++;
    }
}

/* A write to a register that has been read */
static void count_over(ProfileRegister *reg, const MmtEntry *entry)
{
    ProfileBoth *both = reg->both;

    both->before = reg->r->last;
    both->before_known = !reg->last_write && reg->last_width == entry->width;
    if (both->before_known && entry->value && entry->value == both->before) {
        both->echoes_varied += both->echoes && both->echo != entry->value;
        both->echoes++;
        both->echo = entry->value;
    }
}

void profile_count_write(ProfileRegister *reg, const MmtEntry *entry)
{
    ProfileWrites *w = reg->w;

    if (!w) {
        w = reg->w = g_new0(ProfileWrites, 1);
        w->first = entry->value;
    } else {
        count_step(w, entry->value);
    }
    if (reg->r) {
        if (!reg->both) {
            reg->both = g_new0(ProfileBoth, 1);
        }
        count_over(reg, entry);
    }
    w->last = entry->value;
    w->ones |= entry->value;
    add_value(&w->values, entry->value);
    reg->writes++;
    reg->last_write = true;
}

static void count_poll(const ProfileRow *row)
{
    ProfileRegister *reg = row->reg;
    ProfilePolls *polls = reg->polls;
    uint64_t rise = row->to & ~row->from;
    uint64_t fall = row->from & ~row->to;
    int bit;

    if (!polls) {
        polls = reg->polls = g_new0(ProfilePolls, 1);
    }
    polls->polls++;
    polls->reads += row->n;
    if (row->before >= polls->longest) {
        polls->longest = row->before;
        polls->longest_ns = row->change_ns - row->start_ns;
    }
    for (bit = 0; bit < 64; bit++) {
        polls->rise[bit] += rise >> bit & 1;
        polls->fall[bit] += fall >> bit & 1;
    }
}

void profile_count_row(const ProfileRow *row)
{
    ProfileRegister *reg = row->reg;

    if (!reg || row->n < 2) {
        return;
    }
    if (row->write) {
        reg->w->stream = MAX(reg->w->stream, row->n);
        reg->w->rows += row->n >= PROFILE_STREAM_MIN;
    } else if (row->changes > 2 && row->changes >= row->n / 2) {
        reg->r->stream = MAX(reg->r->stream, row->n);
    } else if (row->changes == 1 && row->n - row->before <= 2) {
        /* The read after the last one fetches what was waited for. */
        count_poll(row);
    }
}
