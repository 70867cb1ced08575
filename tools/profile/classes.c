/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: what a register probably is, and why
 *
 * One function for each class.  A class is better left out than wrong: what a
 * trace does not show, like a register that was read once, has no class.
 */
#include "tools/profile/classes.h"
#include "tools/profile/counts.h"
#include "tools/profile/internal.h"

#include <inttypes.h>

/* Reads from which "never written" and "never changed" mean something */
#define READS_MIN 3
#define READS_MANY 8

/* Writes from which a sequence of values means something */
#define WRITES_MIN 8

/* Changes from which "counts up" means something */
#define CHANGES_MIN 10

/* Writes from which "never read" means something, even if values change */
#define WRITES_MANY 32

/*
 * No driver sets the same one or two bits that it has just read as set, time
 * and again, if that has no effect.
 */
#define ECHOES_MANY 16

/* Values of a register that only says "go on" are below this. */
#define DOORBELL_VALUES 0x100

/* Without more evidence, a guest's RAM ends below this times 4 GiB. */
#define HIGH_LIKELY 16

/* Bits of which a single poll can't say which one ended it */
#define POLL_BITS_MAX 4

static uint64_t changes(const ProfileWrites *w)
{
    return (uint64_t)w->steps + w->backs + w->jumps;
}

static uint64_t all_ones(const ProfileRegister *reg)
{
    int width = g_bit_nth_msf(reg->widths, -1);

    return width >= 8 || width <= 0 ? UINT64_MAX : (1ull << (width * 8)) - 1;
}

static void say(ProfileFinding *finding, const char *fmt, ...)
    G_GNUC_PRINTF(2, 3);

static void say(ProfileFinding *finding, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    g_string_append_vprintf(finding->evidence, fmt, args);
    va_end(args);
}

/* "time", "times" */
static const char *plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

/* "bit 3", "bits 0-7, 12" */
static void say_bits(ProfileFinding *finding, uint64_t bits)
{
    bool first = true;
    int from;
    int to;

    say(finding, __builtin_popcountll(bits) == 1 ? "bit " : "bits ");
    for (from = 0; from < 64; from = to + 1) {
        to = from;
        if (!(bits >> from & 1)) {
            continue;
        }
        while (to < 63 && bits >> (to + 1) & 1) {
            to++;
        }
        say(finding, first ? "%d" : ", %d", from);
        if (to > from) {
            say(finding, "-%d", to);
        }
        first = false;
    }
}

static void say_time(ProfileFinding *finding, uint64_t ns)
{
    if (ns >= 1000000000) {
        say(finding, "%.1f s", ns / 1e9);
    } else if (ns >= 1000000) {
        say(finding, "%.1f ms", ns / 1e6);
    } else {
        say(finding, "%.1f us", ns / 1e3);
    }
}

static void say_values(ProfileFinding *finding, const ProfileValues *values)
{
    if (values->n > PROFILE_VALUES) {
        say(finding, "more than %d values", PROFILE_VALUES);
    } else {
        say(finding, "%" PRIu32 " value%s", values->n, plural(values->n));
    }
}

/* ------------------------------------------------------------ addresses --- */

/* A single address is one of a page, or has many bits. */
static bool is_likely_ram(uint64_t address)
{
    return !(address & 0xfff) || __builtin_popcountll(address >> 12) >= 6;
}

bool profile_is_address(const ProfileRegister *reg)
{
    const ProfileWrites *w = reg->w;

    if (!w || w->not_ram * 10ull > (uint64_t)w->ram + w->ram_pairs ||
        w->stream >= PROFILE_STREAM_MIN) {
        return false;
    }
    if (w->ram_pairs) {
        return w->ram_varied ||
               (w->ram_top < HIGH_LIKELY && is_likely_ram(w->ram_last));
    }
    return (w->ram && reg->widths >> 8) ||
           (w->ram >= 3 && w->ram_varied >= 2);
}

static bool judge_address(const ProfileRegister *reg, ProfileFinding *finding)
{
    const ProfileWrites *w = reg->w;
    uint64_t n;

    if (!profile_is_address(reg)) {
        return false;
    }
    n = (uint64_t)w->ram + w->ram_pairs;
    finding->confidence = w->ram_varied ? 90 : 75;
    say(finding, "%" PRIu64 " write%s an address of RAM, like 0x%" PRIx64,
        n, n == 1 ? " is" : "s are", w->ram_last);
    if (reg->peer) {
        finding->peer = reg->peer;
        say(finding, "; its upper half is +0x%" PRIx64, reg->peer->offset);
    } else if (reg->widths >> 8) {
        say(finding, ", of 64 bits");
    }
    return true;
}

static bool judge_address_high(const ProfileRegister *reg,
                               ProfileFinding *finding)
{
    if (!reg->address_high) {
        return false;
    }
    finding->confidence = reg->w->ram_high > 1 ? 90 : 75;
    finding->peer = reg->peer;
    say(finding,
        "written %" PRIu32
        " time%s together with the lower half at +0x%" PRIx64,
        reg->w->ram_high, plural(reg->w->ram_high), reg->peer->offset);
    return true;
}

/* ---------------------------------------------------------------- pairs --- */

static bool is_half_of_pair(const ProfileRegister *reg)
{
    return reg->peer && !reg->address_high && !reg->peer->address_high;
}

static bool judge_index(const ProfileRegister *reg, ProfileFinding *finding)
{
    const ProfileIndex *index = reg->index;
    uint32_t n;
    uint32_t i;
    uint32_t most = 0;
    uint64_t min = UINT64_MAX;
    uint64_t max = 0;

    if (!reg->is_index) {
        return false;
    }
    n = MIN(index->n, PROFILE_INDEX_VALUES);
    for (i = 0; i < n; i++) {
        min = MIN(min, index->v[i]);
        max = MAX(max, index->v[i]);
        if ((uint64_t)index->reads[i] + index->writes[i] >
            (uint64_t)index->reads[most] + index->writes[most]) {
            most = i;
        }
    }
    finding->confidence = reg->writes >= WRITES_MANY ? 90 : 75;
    finding->peer = reg->peer;
    say(finding, "%" PRIu64 " writes select what is at +0x%" PRIx64 ": ",
        reg->writes, reg->peer->offset);
    say(finding, index->n > PROFILE_INDEX_VALUES ? "more than %" PRIu32
        " values, " : "%" PRIu32 " values, ", n);
    say(finding,
        "0x%" PRIx64 " to 0x%" PRIx64 ", most often 0x%" PRIx64
        " (%" PRIu32 " reads, %" PRIu32 " writes)",
        min, max, index->v[most], index->reads[most], index->writes[most]);
    return true;
}

static bool judge_data(const ProfileRegister *reg, ProfileFinding *finding)
{
    uint64_t n = reg->reads + reg->writes;

    if (!is_half_of_pair(reg) || reg->is_index) {
        return false;
    }
    finding->confidence = n >= WRITES_MANY ? 90 : 75;
    finding->peer = reg->peer;
    say(finding,
        "%" PRIu64 " of %" PRIu64 " accesses follow a write to +0x%" PRIx64
        " directly",
        MIN(reg->previous_hits, n), n, reg->peer->offset);
    if (reg->rows) {
        say(finding, ", %" PRIu64 " more come in a row", reg->rows);
    }
    return true;
}

/* ---------------------------------------------------- rings, doorbells --- */

static bool is_one_hot(const ProfileValues *values)
{
    uint32_t i;

    for (i = 0; i < MIN(values->n, PROFILE_VALUES); i++) {
        if (values->v[i] & (values->v[i] - 1)) {
            return false;
        }
    }
    return true;
}

static bool counts_up(const ProfileWrites *w)
{
    return w->values.n > 4 && changes(w) >= CHANGES_MIN &&
           w->steps * 10ull >= changes(w) * 8 &&
           w->jumps * 10ull <= changes(w) && !is_one_hot(&w->values);
}

/* A command that counts up, as an address of an EEPROM, has its answer read. */
bool profile_is_pointer(const ProfileRegister *reg)
{
    return reg->w && reg->writes >= WRITES_MIN && counts_up(reg->w) &&
           (reg->reads * 4 <= reg->writes ||
            (reg->both->equal >= 2 && !reg->both->differ)) &&
           !profile_is_address(reg);
}

static bool is_pointer(const ProfileRegister *reg)
{
    return profile_is_pointer(reg) && !is_half_of_pair(reg);
}

static bool is_power_of_2(uint64_t v)
{
    return v && !(v & (v - 1));
}

/* A register that the device counts up, and that starts again early */
static bool is_read_pointer(const ProfileRegister *reg)
{
    const ProfileReads *r = reg->r;

    return r && reg->writes * 8 <= reg->reads && r->values.n > 4 &&
           r->ups >= CHANGES_MIN && r->sets < r->ups &&
           r->downs * 4ull <= r->ups && r->tops >= 2 &&
           r->tops * 2ull >= r->downs && r->top < all_ones(reg) &&
           r->top >= r->values.n;
}

static bool judge_read_pointer(const ProfileRegister *reg,
                               ProfileFinding *finding)
{
    const ProfileReads *r = reg->r;

    if (!is_read_pointer(reg)) {
        return false;
    }
    finding->wraps = true;
    finding->top = r->top;
    finding->confidence = is_power_of_2(r->top + 1) ? 90 : 70;
    say(finding,
        "%" PRIu32 " reads gave more than the one before; starts again after "
        "0x%" PRIx64 ", %" PRIu32 " of %" PRIu32 " times",
        r->ups, r->top, r->tops, r->downs);
    return true;
}

static bool judge_pointer(const ProfileRegister *reg, ProfileFinding *finding)
{
    const ProfileWrites *w = reg->w;

    if (!is_pointer(reg)) {
        return judge_read_pointer(reg, finding);
    }
    finding->wraps = w->tops * 2ull >= w->backs &&
        (w->tops >= 2 || (w->tops && is_power_of_2(w->top + w->step)));
    finding->top = w->top;
    finding->confidence = finding->wraps ? 95 : 75;
    say(finding,
        "%" PRIu32 " of %" PRIu64 " changes count up, mostly by %" PRIu64,
        w->steps, changes(w), w->step);
    if (finding->wraps) {
        say(finding, "; wraps after 0x%" PRIx64 ", %" PRIu32 " of %" PRIu32
            " times", w->top, w->tops, w->backs);
    } else if (w->backs) {
        say(finding, "; starts again after 0x%" PRIx64 " and others", w->top);
    } else {
        say(finding, "; no wrap seen, last 0x%" PRIx64, w->last);
    }
    return true;
}

static bool judge_doorbell(const ProfileRegister *reg, ProfileFinding *finding)
{
    const ProfileWrites *w = reg->w;

    if (reg->reads || !w || is_half_of_pair(reg)) {
        return false;
    }
    if (is_pointer(reg)) {
        finding->confidence = reg->writes >= WRITES_MANY ? 85 : 70;
        say(finding,
            "%" PRIu64 " writes of positions in a ring, never read",
            reg->writes);
        return true;
    }
    if (reg->writes < WRITES_MANY || w->ones >= DOORBELL_VALUES || !w->ones ||
        w->values.n > PROFILE_VALUES || w->rows || reg->run) {
        return false;
    }
    finding->confidence = 55;
    say(finding, "%" PRIu64 " writes of ", reg->writes);
    say_values(finding, &w->values);
    say(finding,
        " up to 0x%" PRIx64 ", never read; it may be an acknowledgement",
        w->ones);
    return true;
}

/* --------------------------------------------------------------- status --- */

static bool judge_polled(const ProfileRegister *reg, ProfileFinding *finding)
{
    const ProfilePolls *polls = reg->polls;
    uint32_t most = 0;
    int bit;

    if (!polls || (polls->longest < 2 && polls->polls < 3) ||
        profile_is_counter(reg)) {
        return false;
    }
    for (bit = 0; bit < 64; bit++) {
        most = MAX(most, MAX(polls->rise[bit], polls->fall[bit]));
    }
    for (bit = 0; bit < 64; bit++) {
        uint64_t mask = 1ull << bit;

        if (MAX(polls->rise[bit], polls->fall[bit]) == most) {
            finding->bits |= mask;
            finding->rise |= polls->rise[bit] == most ? mask : 0;
        }
    }
    if (most * 10ull < polls->polls * 7ull ||
        __builtin_popcountll(finding->bits) > POLL_BITS_MAX) {
        return false;
    }
    finding->confidence = polls->polls >= 3 ? 95 : 75;
    say_bits(finding, finding->bits);
    if (finding->bits == finding->rise) {
        say(finding, " becoming 1");
    } else if (!finding->rise) {
        say(finding, " becoming 0");
    } else {
        say(finding, " changing");
    }
    say(finding,
        " ended %" PRIu32 " of %" PRIu32 " poll%s, the longest after %" PRIu32
        " read%s",
        most, polls->polls, plural(polls->polls), polls->longest,
        plural(polls->longest));
    if (polls->longest_ns) {
        say(finding, " and ");
        say_time(finding, polls->longest_ns);
    }
    return true;
}

static bool judge_cleared(const ProfileRegister *reg, ProfileFinding *finding)
{
    const ProfileReads *r = reg->r;
    uint64_t hits;

    if (!r || reg->w || profile_is_counter(reg)) {
        return false;
    }
    hits = (uint64_t)r->cleared + r->cleared_later;
    if (hits < 2 || r->kept * 4ull > hits ||
        (r->cleared < 2 && (r->values.n < 3 || r->kept)) ||
        (reg->polls && reg->polls->polls >= hits)) {
        return false;
    }
    finding->confidence = r->cleared >= 2 && !r->kept ? 85 : 65;
    say(finding,
        "%" PRIu64 " of %" PRIu64
        " times, the read after a value other than 0 gave 0",
        hits, hits + r->kept);
    return true;
}

/* Nearly all writes give back what was read, and that is not without effect. */
static bool is_echoed(const ProfileRegister *reg)
{
    const ProfileBoth *both = reg->both;
    uint64_t set = profile_bits_some(&both->followed) & reg->w->ones;

    if (reg->writes < 4 || both->echoes * 10ull < reg->writes * 9) {
        return false;
    }
    return (both->echoes_varied >= 2 && both->differ) ||
           (both->echoes >= ECHOES_MANY && !set &&
            __builtin_popcountll(reg->w->ones) <= 2);
}

static bool judge_acked(const ProfileRegister *reg, ProfileFinding *finding)
{
    const ProfileBoth *both = reg->both;

    if (!both) {
        return false;
    }
    finding->bits = profile_bits_two(&both->acked) &
                    ~profile_bits_some(&both->followed) &
                    ~profile_bits_some(&both->not_acked);
    if (is_echoed(reg)) {
        finding->confidence = finding->bits ? 85 : 65;
        finding->bits = reg->w->ones;
        say(finding,
            "%" PRIu32 " of %" PRIu64
            " writes give back the value that was just read, ",
            both->echoes, reg->writes);
        say_values(finding, &reg->w->values);
        return true;
    }
    if (!finding->bits) {
        return false;
    }
    finding->confidence = both->stayed ? 95 : 85;
    say(finding, "%" PRIu32 " writes of 1 over 1 cleared ", both->acks);
    say_bits(finding, finding->bits);
    if (both->stayed) {
        say(finding, "; a 0 left ");
        say_bits(finding, both->stayed);
    }
    return true;
}

/* ------------------------------------------------------------- counters --- */

bool profile_is_counter(const ProfileRegister *reg)
{
    const ProfileReads *r = reg->r;

    return r && reg->writes * 8 <= reg->reads && r->ups >= 4 &&
           r->sets < r->ups && r->values.n > 4 && r->wraps * 4ull <= r->ups &&
           (r->downs - r->wraps) * 32ull <= r->ups;
}

static bool judge_counter(const ProfileRegister *reg, ProfileFinding *finding)
{
    const ProfileReads *r = reg->r;
    uint64_t ns;

    if (reg->counter_low) {
        finding->confidence = 75;
        say(finding,
            "lower half of the counter whose upper half is +0x%" PRIx64,
            reg->offset + 4);
        return true;
    }
    if (!profile_is_counter(reg)) {
        return false;
    }
    ns = r->last_ns - r->first_ns;
    finding->confidence = r->ups >= READS_MANY ? 90 : 75;
    say(finding,
        "of %" PRIu64 " reads %" PRIu32 " gave more than the one before",
        reg->reads, r->ups);
    if (r->downs) {
        say(finding, ", %" PRIu32 " less", r->downs);
    }
    if (!r->downs && ns && r->last > r->first && r->last_ns > r->first_ns) {
        say(finding, "; about %.3g per second",
            (r->last - r->first) * 1e9 / ns);
    }
    return true;
}

static bool judge_port(const ProfileRegister *reg, ProfileFinding *finding)
{
    uint32_t written = reg->w ? reg->w->stream : 0;
    uint32_t read = reg->r ? reg->r->stream : 0;

    if (reg->w && (reg->w->values.n <= 4 || counts_up(reg->w))) {
        written = 0;
    }
    if ((written < PROFILE_STREAM_MIN && read < PROFILE_STREAM_MIN) ||
        profile_is_counter(reg) || reg->counter_low) {
        return false;
    }
    finding->confidence =
        MAX(written, read) >= 4 * PROFILE_STREAM_MIN ? 90 : 70;
    say(finding, "%s up to %" PRIu32 " times in a row, with ever other values",
        written >= read ? "written" : "read", MAX(written, read));
    return true;
}

/* ------------------------------------------------------------ the rest --- */

static bool judge_back(const ProfileRegister *reg, ProfileFinding *finding)
{
    const ProfileBoth *both = reg->both;
    uint64_t differ;

    if (!both || !both->back) {
        return false;
    }
    finding->bits = profile_bits_some(&both->followed) |
                    (both->one & both->zero);
    finding->bits &= ~both->differ & all_ones(reg);
    finding->bits |= profile_bits_two(&both->followed);
    differ = both->differ & reg->w->ones & ~finding->bits;
    if (!finding->bits ||
        __builtin_popcountll(finding->bits) + both->equal < 2) {
        return false;
    }
    finding->confidence = both->differ ? 75 : both->equal > 1 ? 95 : 70;
    say(finding,
        "%" PRIu32 " of %" PRIu32 " reads after a write gave what was written; ",
        both->equal, both->back);
    say_bits(finding, finding->bits);
    say(finding, __builtin_popcountll(finding->bits) == 1 ?
        " follows the write" : " follow the write");
    if (differ) {
        say(finding, ", ");
        say_bits(finding, differ);
        say(finding, __builtin_popcountll(differ) == 1 ?
            " does not always" : " do not always");
    }
    return true;
}

static bool judge_constant(const ProfileRegister *reg, ProfileFinding *finding)
{
    const ProfileReads *r = reg->r;

    if (!r || reg->w || reg->unknown || reg->reads < READS_MIN ||
        r->values.n != 1 || !r->last || r->last == all_ones(reg)) {
        return false;
    }
    finding->confidence = reg->reads >= READS_MANY ? 80 : 60;
    say(finding, "all %" PRIu64 " reads gave 0x%" PRIx64, reg->reads, r->last);
    return true;
}

static bool judge_read_only(const ProfileRegister *reg, ProfileFinding *finding)
{
    if (!reg->r || reg->w || reg->unknown || reg->reads < READS_MIN) {
        return false;
    }
    finding->confidence = reg->r->values.n > 1 ? 80 : 60;
    say(finding, "read %" PRIu64 " times, ", reg->reads);
    say_values(finding, &reg->r->values);
    say(finding, ", never written");
    return true;
}

/*
 * A register that holds what is written to it needs no second write of the
 * same value; drivers do that when they start again, but not time and again.
 */
static bool judge_write_only(const ProfileRegister *reg,
                             ProfileFinding *finding)
{
    const ProfileWrites *w = reg->w;

    if (!w || reg->r || reg->unknown || !w->ones || profile_is_address(reg) ||
        (reg->writes < WRITES_MANY &&
         (reg->writes < WRITES_MIN || w->values.n > 1))) {
        return false;
    }
    finding->confidence = reg->writes >= WRITES_MANY ? 75 : 60;
    say(finding, "written %" PRIu64 " times, ", reg->writes);
    say_values(finding, &w->values);
    say(finding, ", never read");
    return true;
}

const ProfileClass profile_classes[] = {
    { "dma-address", "ADDRESS", judge_address },
    { "dma-address-high", "ADDRESS_HIGH", judge_address_high },
    { "index", "INDEX", judge_index },
    { "data", "DATA", judge_data },
    { "ring-pointer", "POINTER", judge_pointer },
    { "doorbell", "DOORBELL", judge_doorbell },
    { "polled-status", "STATUS", judge_polled },
    { "clear-on-read", "EVENTS", judge_cleared },
    { "write-1-to-clear", "EVENTS", judge_acked },
    { "counter", "COUNTER", judge_counter },
    { "bulk-port", "PORT", judge_port },
    { "read-back", NULL, judge_back },
    { "constant", "CONSTANT", judge_constant },
    { "read-only", NULL, judge_read_only },
    { "write-only", NULL, judge_write_only },
    { NULL, NULL, NULL }
};

bool profile_judge(const ProfileClass *class, const ProfileRegister *reg,
                   ProfileFinding *finding)
{
    *finding = (ProfileFinding) { .evidence = g_string_new(NULL) };
    if (class->judge(reg, finding)) {
        return true;
    }
    profile_finding_clear(finding);
    return false;
}

void profile_finding_clear(ProfileFinding *finding)
{
    g_string_free(finding->evidence, TRUE);
    finding->evidence = NULL;
}
