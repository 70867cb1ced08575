/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: vfio-trace profile, its classes and its output
 */
#include "run-tool.h"
#include "tools/profile/classes.h"
#include "tools/profile/engine.h"

#include <json-glib/json-glib.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

/**
 * struct Play: accesses that a test makes up
 * @profile: where they go
 * @next: the next one: line and time are counted on
 */
typedef struct Play {
    Profile *profile;
    MmtEntry next;
} Play;

static Play play_new(uint32_t max)
{
    return (Play) {
        .profile = profile_new(max),
        .next = { .flags = MMT_ENTRY_TIMED, .width = 4, .line = 1 },
    };
}

static void play_access(Play *play, char op, uint64_t offset, uint64_t value)
{
    play->next.kind = op == 'r' ? MMT_ENTRY_READ :
                      op == 'w' ? MMT_ENTRY_WRITE : MMT_ENTRY_UNKNOWN;
    play->next.offset = offset;
    play->next.value = value;
    profile_add(play->profile, &play->next, 0);
    play->next.line++;
    play->next.ns += 1000;
}

/* "r10=5 w14=6": offsets and values in hexadecimal; "/2" sets the width */
static void play(Play *play, const char *text)
{
    while (*text) {
        char op = *text++;
        char *end;
        uint64_t n = g_ascii_strtoull(text, &end, 16);

        if (op == '/') {
            play->next.width = n;
        } else {
            g_assert_cmpint(*end, ==, '=');
            play_access(play, op, n, g_ascii_strtoull(end + 1, &end, 16));
        }
        text = end + strspn(end, " ");
    }
}

static const ProfileRegister *find_register(const Profile *profile,
                                            uint64_t offset)
{
    const GPtrArray *registers = profile_registers(profile);
    guint i;

    for (i = 0; i < registers->len; i++) {
        const ProfileRegister *reg = registers->pdata[i];

        if (reg->offset == offset) {
            return reg;
        }
    }
    g_assert_not_reached();
}

static const ProfileClass *find_class(const char *name)
{
    const ProfileClass *class;

    for (class = profile_classes; class->name; class++) {
        if (!strcmp(class->name, name)) {
            return class;
        }
    }
    g_assert_not_reached();
}

/* Return: the finding, or one without evidence */
static ProfileFinding judge(const Play *play, uint64_t offset,
                            const char *class)
{
    ProfileFinding finding = { 0 };

    if (!profile_judge(find_class(class), find_register(play->profile, offset),
                       &finding)) {
        return (ProfileFinding) { 0 };
    }
    g_assert_cmpuint(finding.evidence->len, >, 0);
    g_assert_cmpuint(finding.confidence, >=, 50);
    g_assert_cmpuint(finding.confidence, <=, 100);
    profile_finding_clear(&finding);
    return finding;
}

static bool is(const Play *play, uint64_t offset, const char *class)
{
    return judge(play, offset, class).confidence > 0;
}

static char *evidence(const Play *play, uint64_t offset, const char *class)
{
    ProfileFinding finding;

    g_assert_true(profile_judge(find_class(class),
                                find_register(play->profile, offset),
                                &finding));
    return g_string_free(finding.evidence, FALSE);
}

/**
 * struct Case: accesses of register 10, and perhaps of others, and one class
 * @text: the accesses
 * @times: how often they are made
 * @class: the class
 * @is: register 10 has it
 * @bits: ProfileFinding.bits
 */
typedef struct Case {
    const char *name;
    const char *text;
    unsigned times;
    const char *class;
    bool is;
    uint64_t bits;
} Case;

static const Case cases[] = {
    { "constant", "r10=1234 r20=0 ", 3, "constant", true },
    { "constant/twice", "r10=1234 r20=0 ", 2, "constant", false },
    { "constant/zero", "r10=0 r20=0 ", 9, "constant", false },
    { "constant/ones", "r10=ffffffff r20=0 ", 9, "constant", false },
    { "constant/other", "r10=1234 r10=1235 ", 9, "constant", false },
    { "constant/written", "r10=1234 w10=1234 ", 9, "constant", false },
    { "constant/unknown", "r10=1234 u10=0 ", 9, "constant", false },
    { "read-only", "r10=0 r20=1 ", 3, "read-only", true },
    { "read-only/twice", "r10=0 r20=1 ", 2, "read-only", false },
    { "read-only/written", "r10=0 w10=1 ", 3, "read-only", false },
    { "write-only", "w10=ff w20=1 ", 8, "write-only", true },
    { "write-only/few", "w10=ff w20=1 ", 7, "write-only", false },
    { "write-only/read", "w10=ff r10=ff ", 8, "write-only", false },
    { "write-only/config", "w10=1 w20=0 w10=2 w20=0 ", 8, "write-only", false },
    { "write-only/zero", "w10=0 w20=0 ", 40, "write-only", false },

    { "read-back", "r10=0 w10=f0 r10=f0 w10=5 r10=5 ", 1, "read-back", true,
      0xf5 },
    { "read-back/no-change", "r10=f0 w10=f0 r10=f0 ", 5, "read-back", false },
    { "read-back/part", "r10=0 w10=8f r10=f w10=80 r10=0 ", 2, "read-back",
      true, 0xf },
    { "read-back/other", "r10=0 w10=f0 r10=f00 ", 5, "read-back", false },
    { "read-back/width", "r10=0 w10=f0 /2 r10=f0 /4 ", 1, "read-back", false },
    /* a reset: bit 1 was set by writes before, more than once */
    { "read-back/reset", "r10=0 w10=2 r10=2 w10=42 r10=0 ", 3, "read-back",
      true, 0x2 },

    { "ack", "r10=5 w10=4 r10=1 r20=0 r10=5 w10=5 r10=0 ", 2,
      "write-1-to-clear", true, 0x5 },
    { "ack/once", "r10=5 w10=4 r10=1 ", 1, "write-1-to-clear", false },
    { "ack/plain", "r10=5 w10=4 r10=4 w10=5 r10=5 ", 4, "write-1-to-clear",
      false },
    { "ack/reset", "r10=0 w10=2 r10=2 w10=42 r10=0 ", 4, "write-1-to-clear",
      false },
    { "ack/command", "r10=0 w10=1 r10=0 ", 9, "write-1-to-clear", false },
    /* an interrupt's status that nobody reads after the write */
    { "ack/echo", "r10=5 w10=5 r20=0 r10=1 w10=1 r20=0 r10=c w10=c r20=0 ", 3,
      "write-1-to-clear", true, 0xd },
    { "ack/one-bit", "r10=8 w10=8 r20=0 ", 17, "write-1-to-clear", true, 0x8 },
    { "ack/no-op", "r10=a40e w10=a40e r20=0 ", 17, "write-1-to-clear", false },

    { "clear-on-read", "r10=5 r20=0 r10=0 r20=0 r10=3 r20=0 r10=0 r20=0 ", 1,
      "clear-on-read", true },
    { "clear-on-read/later",
      "r10=5 w20=0 r10=0 w20=0 r10=3 w20=0 r10=0 w20=0 ", 1, "clear-on-read",
      true },
    { "clear-on-read/flag", "r10=4 w20=0 r10=0 w20=0 ", 5, "clear-on-read",
      false },
    { "clear-on-read/stays", "r10=5 r20=0 r10=5 r20=0 r10=0 r20=0 ", 5,
      "clear-on-read", false },
    { "clear-on-read/poll", "w20=1 r10=1 r10=1 r10=0 ", 5, "clear-on-read",
      false },
    { "clear-on-read/written", "r10=5 r20=0 r10=0 w10=5 ", 5, "clear-on-read",
      false },

    { "poll", "w20=1 r10=80 r10=80 r10=81 ", 1, "polled-status", true, 1 },
    { "poll/falls", "w20=1 r10=80 r10=80 r10=0 ", 3, "polled-status", true,
      0x80 },
    { "poll/fetch", "w20=1 r10=0 r10=0 r10=2 r10=2 ", 3, "polled-status", true,
      2 },
    { "poll/short", "w20=1 r10=0 r10=1 ", 3, "polled-status", true, 1 },
    { "poll/short-once", "w20=1 r10=0 r10=1 ", 1, "polled-status", false },
    { "poll/endless", "w20=1 r10=0 r10=0 r10=0 ", 3, "polled-status", false },
    { "poll/noise", "w20=1 r10=0 r10=0 r10=ffff ", 1, "polled-status", false },
    { "poll/disturbed", "r10=0 r20=0 r10=0 r20=0 r10=1 r20=0 ", 5,
      "polled-status", false },
    { "poll/width", "r10=40028086 /2 r10=8086 /4 r20=0 ", 5, "polled-status",
      false },

    { "address/single", "w10=7a14000 w14=0 ", 1, "dma-address", true },
    { "address/high-first", "w14=0 w10=7a14000 ", 1, "dma-address", true },
    { "address/high", "w10=7a14000 w14=3 ", 1, "dma-address", true },
    { "address/alone", "w10=7a14000 w20=1 w10=7b15000 w20=1 w10=7c16000 ", 1,
      "dma-address", true },
    { "address/alone-once", "w10=7a14000 w20=1 ", 1, "dma-address", false },
    { "address/wide", "/8 w10=17a14000 ", 1, "dma-address", true },
    { "address/mask", "w10=7ff00000 w14=0 ", 1, "dma-address", false },
    { "address/flags", "w10=80101000 w14=0 ", 1, "dma-address", false },
    { "address/msi", "w10=fee3f000 w14=0 ", 3, "dma-address", false },
    { "address/low", "w10=f3000 w14=0 ", 1, "dma-address", false },
    { "address/number", "w10=7a14123 w14=0 ", 1, "dma-address", false },
    { "address/flow-control", "w10=c28001 w14=100 ", 4, "dma-address", false },
    { "address/mixed", "w10=7a14000 w14=0 w10=3 ", 1, "dma-address", false },
    { "address/narrow", "/2 w10=a140 w12=17 ", 1, "dma-address", false },
};

static void test_case(gconstpointer data)
{
    const Case *c = data;
    Play p = play_new(0);
    ProfileFinding finding;
    unsigned i;

    for (i = 0; i < c->times; i++) {
        play(&p, c->text);
    }
    profile_finish(p.profile);
    finding = judge(&p, 0x10, c->class);
    g_assert_cmpint(finding.confidence > 0, ==, c->is);
    if (c->bits) {
        g_assert_cmphex(finding.bits, ==, c->bits);
    }
    profile_free(p.profile);
}

static void test_address_high(void)
{
    Play p = play_new(0);

    play(&p, "w10=7a14000 w14=1 w10=7a15000 w14=1 w20=1 w24=1");
    profile_finish(p.profile);
    g_assert_true(is(&p, 0x14, "dma-address-high"));
    g_assert_true(judge(&p, 0x10, "dma-address").peer ==
                  find_register(p.profile, 0x14));
    g_assert_false(is(&p, 0x24, "dma-address-high"));
    profile_free(p.profile);
}

static void test_poll_evidence(void)
{
    g_autofree char *text = NULL;
    Play p = play_new(0);
    int i;

    for (i = 0; i < 17; i++) {
        play(&p, "w20=1 r10=80 r10=80 r10=80 r10=81 ");
    }
    profile_finish(p.profile);
    text = evidence(&p, 0x10, "polled-status");
    g_assert_cmpstr(text, ==,
                    "bit 0 becoming 1 ended 17 of 17 polls, the longest after "
                    "3 reads and 3.0 us");
    g_assert_cmphex(judge(&p, 0x10, "polled-status").rise, ==, 1);
    profile_free(p.profile);
}

/* Two processors poll at the same time: each has rows of its own. */
static void test_poll_cpus(void)
{
    Play p = play_new(0);
    int i;

    for (i = 0; i < 12; i++) {
        p.next.cpu = i & 1;
        play_access(&p, 'r', i & 1 ? 0x20 : 0x10, i >= 10);
    }
    profile_finish(p.profile);
    g_assert_true(is(&p, 0x10, "polled-status"));
    g_assert_true(is(&p, 0x20, "polled-status"));
    profile_free(p.profile);
}

static void test_counter(void)
{
    Play p = play_new(0);
    int i;

    for (i = 0; i < 20; i++) {
        play_access(&p, 'r', 0x10, 1000 + i * 7 + (i & 3));
        play_access(&p, 'r', 0x20, 0xfffffff0u + i * 3);
        play_access(&p, 'r', 0x30, (1u << i) - 1);
        play_access(&p, 'r', 0x40, i & 1 ? 5 : 1000 + i);
        play_access(&p, 'w', 0x50, i);
        play_access(&p, 'r', 0x50, i);
        /* a counter of 64 bits, whose lower half overflows between reads */
        play_access(&p, 'r', 0x60, i * 0x61c88647u);
        play_access(&p, 'r', 0x64, 100 + i * 3);
    }
    profile_finish(p.profile);
    g_assert_true(is(&p, 0x10, "counter"));
    g_assert_false(is(&p, 0x30, "counter"));
    g_assert_false(is(&p, 0x40, "counter"));
    g_assert_false(is(&p, 0x50, "counter"));
    g_assert_true(is(&p, 0x60, "counter"));
    g_assert_true(is(&p, 0x64, "counter"));
    profile_free(p.profile);
}

static void test_ring(void)
{
    ProfileFinding finding;
    Play p = play_new(0);
    uint32_t i;

    for (i = 0; i < 200; i++) {
        play_access(&p, 'w', 0x10, (i + 1) % 32);
        play_access(&p, 'r', 0x80, 0);
        /* one that is read back, and one whose reads have a status */
        play_access(&p, 'w', 0x20, i % 64);
        play_access(&p, 'r', 0x20, i % 64);
        play_access(&p, 'r', 0x80, 0);
        play_access(&p, 'w', 0x30, i * 4 + 1);
        play_access(&p, 'r', 0x30, i * 0x10003 + 2);
        play_access(&p, 'w', 0x40, 1u << i % 6);
        /* a position that the device counts, and a fill level */
        play_access(&p, 'r', 0x60, i * 3 % 48);
        play_access(&p, 'r', 0x70, i * i % 48);
        play_access(&p, 'w', 0x50, g_str_hash("x") * i % 251);
    }
    profile_finish(p.profile);
    finding = judge(&p, 0x10, "ring-pointer");
    g_assert_true(finding.wraps);
    g_assert_cmpuint(finding.top, ==, 31);
    g_assert_true(is(&p, 0x10, "doorbell"));
    g_assert_true(is(&p, 0x10, "write-only"));
    g_assert_true(is(&p, 0x20, "ring-pointer"));
    g_assert_false(is(&p, 0x20, "doorbell"));
    g_assert_false(is(&p, 0x30, "ring-pointer"));
    g_assert_false(is(&p, 0x40, "ring-pointer"));
    g_assert_false(is(&p, 0x50, "ring-pointer"));
    finding = judge(&p, 0x60, "ring-pointer");
    g_assert_true(finding.wraps);
    g_assert_cmpuint(finding.top, ==, 45);
    g_assert_false(is(&p, 0x70, "ring-pointer"));
    profile_free(p.profile);
}

static void test_doorbell(void)
{
    Play p = play_new(0);
    int i;

    for (i = 0; i < 40; i++) {
        play_access(&p, 'w', 0x10, i & 1);
        play_access(&p, 'r', 0x80, 0);
        play_access(&p, 'w', 0x20, 0x01f00000);
        play_access(&p, 'r', 0x80, 0);
    }
    profile_finish(p.profile);
    g_assert_true(is(&p, 0x10, "doorbell"));
    g_assert_false(is(&p, 0x20, "doorbell"));
    profile_free(p.profile);
}

static void test_index(void)
{
    ProfileFinding finding;
    Play p = play_new(0);
    int i;

    for (i = 0; i < 40; i++) {
        play_access(&p, 'w', 0x60, i * 4 % 28);
        play_access(&p, 'r', 0x60, i * 4 % 28);
        play_access(&p, i % 3 ? 'r' : 'w', 0x64, i * 17);
        play_access(&p, 'r', 0x80, 0);
        /* a command and its argument */
        play_access(&p, 'w', 0x20, 0x80001000 + i % 5);
        play_access(&p, 'w', 0x24, i * 3);
        play_access(&p, 'r', 0x80, 0);
        /* tails of two rings */
        play_access(&p, 'w', 0x30, i);
        play_access(&p, 'w', 0x34, i);
        play_access(&p, 'r', 0x80, 0);
        /* an index that is not always followed by the same register */
        play_access(&p, 'w', 0x40, i % 7);
        play_access(&p, 'r', i & 1 ? 0x44 : 0x48, i * 5);
        play_access(&p, 'r', 0x80, 0);
    }
    profile_finish(p.profile);
    finding = judge(&p, 0x60, "index");
    g_assert_cmpuint(finding.confidence, >, 0);
    g_assert_true(finding.peer == find_register(p.profile, 0x64));
    g_assert_true(is(&p, 0x64, "data"));
    g_assert_false(is(&p, 0x60, "data"));
    g_assert_false(is(&p, 0x20, "index"));
    g_assert_false(is(&p, 0x30, "index"));
    g_assert_false(is(&p, 0x40, "index"));
    profile_free(p.profile);
}

/* Both are written and read alternately: the one that is never read selects. */
static void test_index_mutual(void)
{
    Play p = play_new(0);
    int i;

    for (i = 0; i < 40; i++) {
        play_access(&p, 'w', 0x60, i % 9);
        play_access(&p, 'r', 0x64, i * 17);
        play_access(&p, 'w', 0x60, i % 9);
        play_access(&p, 'w', 0x64, i * 17 + 1);
    }
    profile_finish(p.profile);
    g_assert_true(is(&p, 0x60, "index"));
    g_assert_true(is(&p, 0x64, "data"));
    g_assert_false(is(&p, 0x64, "index"));
    profile_free(p.profile);
}

static void test_port(void)
{
    Play p = play_new(0);
    int i;

    for (i = 0; i < 100; i++) {
        play_access(&p, 'w', 0x10, i * 0x61c88647u);
    }
    for (i = 0; i < 100; i++) {
        play_access(&p, 'r', 0x20, i * 0x61c88647u);
    }
    for (i = 0; i < 100; i++) {
        play_access(&p, 'w', 0x30, 1);
    }
    for (i = 0; i < 100; i++) {
        play_access(&p, 'r', 0x40, i * 5);
    }
    profile_finish(p.profile);
    g_assert_true(is(&p, 0x10, "bulk-port"));
    g_assert_true(is(&p, 0x20, "bulk-port"));
    g_assert_false(is(&p, 0x20, "polled-status"));
    g_assert_false(is(&p, 0x30, "bulk-port"));
    g_assert_false(is(&p, 0x40, "bulk-port"));
    profile_free(p.profile);
}

static const ProfileWindow *window_at(const Play *play, guint i)
{
    const GArray *windows = profile_windows(play->profile);

    g_assert_cmpuint(i, <, windows->len);
    return &g_array_index(windows, ProfileWindow, i);
}

static void test_window(void)
{
    Play p = play_new(0);
    int i;

    /* down, with a read that flushes after each; twice */
    for (i = 255; i >= 0; i--) {
        play_access(&p, 'w', 0x1000 + (i & 127) * 4, i);
        play_access(&p, 'r', 0x8, 0x80283);
    }
    /* every fourth dword, as the masks of an MSI-X table */
    for (i = 0; i < 32; i++) {
        play_access(&p, 'w', 0x200c + i * 16, 1);
    }
    /* too few; and registers that are otherwise used as well */
    for (i = 0; i < 8; i++) {
        play_access(&p, 'w', 0x3000 + i * 4, 1);
    }
    for (i = 0; i < 20; i++) {
        play_access(&p, 'w', 0x4000 + i * 4, 1);
    }
    for (i = 0; i < 20; i++) {
        play_access(&p, 'r', 0x4000 + i % 5 * 16, 1);
    }
    /* statistics that are read in a row are no table */
    for (i = 0; i < 160; i++) {
        play_access(&p, 'r', 0x5000 + i % 40 * 4, 0);
    }
    profile_finish(p.profile);
    g_assert_cmpuint(profile_windows(p.profile)->len, ==, 2);
    g_assert_cmphex(window_at(&p, 0)->start, ==, 0x1000);
    g_assert_cmphex(window_at(&p, 0)->end, ==, 0x1200);
    g_assert_cmpuint(window_at(&p, 0)->writes, ==, 256);
    g_assert_cmphex(window_at(&p, 1)->start, ==, 0x200c);
    g_assert_cmpuint(window_at(&p, 1)->stride, ==, 16);
    g_assert_true(find_register(p.profile, 0x1000)->in_window);
    g_assert_false(find_register(p.profile, 0x3000)->in_window);
    g_assert_false(find_register(p.profile, 0x4010)->in_window);
    profile_free(p.profile);
}

/* An upload of 16 MiB, repeated, takes an entry for its beginning only. */
static void test_window_large(void)
{
    Play p = play_new(0);
    uint64_t i;
    int round;

    for (round = 0; round < 2; round++) {
        for (i = 0; i < 1 << 19; i++) {
            play_access(&p, 'w', 0x100000 + i * 8, i);
        }
        play_access(&p, 'w', 0x10, 1);
    }
    profile_finish(p.profile);
    g_assert_cmpuint(profile_registers(p.profile)->len, <, 1100);
    g_assert_cmpuint(profile_windows(p.profile)->len, ==, 1);
    g_assert_cmphex(window_at(&p, 0)->start, ==, 0x100000);
    g_assert_cmphex(window_at(&p, 0)->end, ==, 0x4ffffc);
    g_assert_cmpuint(window_at(&p, 0)->writes, ==, 1 << 20);
    g_assert_cmpuint(profile_others(p.profile), ==, 0);
    profile_free(p.profile);
}

/* What is in a window's range but not part of a run keeps its own entry. */
static void test_window_within(void)
{
    Play p = play_new(0);
    uint64_t i;

    for (i = 0; i < 8192; i++) {
        play_access(&p, 'r', i * 4, i);
    }
    for (i = 0; i < 100; i++) {
        play_access(&p, 'w', 0x7000, i % 16);
        play_access(&p, 'r', 0x10, 1);
    }
    profile_finish(p.profile);
    g_assert_true(is(&p, 0x7000, "ring-pointer"));
    profile_free(p.profile);
}

static void test_limit(void)
{
    Play p = play_new(1000);
    uint64_t i;

    for (i = 0; i < 3000000; i++) {
        play_access(&p, i & 1 ? 'r' : 'w', i * 0x9e3779b97f4a7c15ull, i);
    }
    play_access(&p, 'u', 0x123, 0);
    profile_finish(p.profile);
    g_assert_cmpuint(profile_registers(p.profile)->len, ==, 1000);
    g_assert_cmpuint(profile_others(p.profile), ==, 3000000 - 1000 + 1);
    profile_free(p.profile);
}

/*
 * Return: an offset, one of 2^32, that multiplicative hashing with the golden
 * ratio and a shift puts into the same slot
 */
static uint64_t colliding_offset(uint32_t i)
{
    uint64_t h = (uint64_t)(i >> 16) << 48 | (i & 0xffff);

    return (h ^ h >> 29 ^ h >> 58) * UINT64_C(0xf1de83e19937733d);
}

/* A trace can not be made so that the table of registers becomes a list. */
static void test_collisions(void)
{
    Play p = play_new(0);
    uint32_t i;

    for (i = 0; i < 20000; i++) {
        play_access(&p, 'r', colliding_offset(i), 1);
    }
    profile_finish(p.profile);
    g_assert_cmpuint(profile_registers(p.profile)->len, ==, 20000);
    g_assert_cmpuint(profile_work(p.profile), <, 20 * 20000);
    profile_free(p.profile);
}

/* Nothing that a trace contains makes a class fail, or memory grow. */
static void test_hostile(void)
{
    static const uint8_t widths[] = { 0, 1, 2, 3, 4, 5, 8, 255 };
    const ProfileClass *class;
    ProfileFinding finding;
    Play p = play_new(5000);
    uint32_t x = 1;
    guint i;

    for (i = 0; i < 2000000; i++) {
        x = x * 1664525 + 1013904223;
        p.next.width = x & 0x700 ? 4 : widths[x >> 12 & 7];
        p.next.region = x >> 16 & 0x8000 ? 7 : x >> 20 & 3;
        p.next.cpu = x & 0x10000 ? MMT_NO_CPU : x >> 28;
        p.next.ns = x & 0x20000 ? x : p.next.ns;
        p.next.kind = i % 50000 < 5000 ? MMT_ENTRY_WRITE : x >> 24 & 1;
        p.next.offset = i % 50000 < 5000 ? UINT64_MAX - 0x4000 + i % 5000 * 4 :
                        (x & 0x40000 ? UINT64_MAX - 64 : 0) + (x >> 8 & 63);
        p.next.value = x & 0x80000 ? UINT64_MAX : x >> (x & 31);
        profile_add(p.profile, &p.next, x >> 30);
    }
    /* more long runs than there are windows */
    p.next.kind = MMT_ENTRY_WRITE;
    p.next.width = 4;
    for (i = 0; i < 5000 * 1030; i++) {
        p.next.offset = (uint64_t)(i / 1030) << 32 | i % 1030 * 4;
        profile_add(p.profile, &p.next, 0);
    }
    profile_finish(p.profile);
    g_assert_cmpuint(profile_registers(p.profile)->len, <=, 5000);
    for (i = 0; i < profile_registers(p.profile)->len; i++) {
        for (class = profile_classes; class->name; class++) {
            if (profile_judge(class, profile_registers(p.profile)->pdata[i],
                              &finding)) {
                profile_finding_clear(&finding);
            }
        }
    }
    profile_free(p.profile);
}

static void test_other_entries(void)
{
    Play p = play_new(0);

    p.next.region = MMT_NO_REGION;
    play(&p, "r10=1 w10=1");
    p.next.region = 0;
    p.next.kind = MMT_ENTRY_MARK;
    profile_add(p.profile, &p.next, 0);
    profile_finish(p.profile);
    g_assert_cmpuint(profile_registers(p.profile)->len, ==, 0);
    g_assert_cmpuint(profile_windows(p.profile)->len, ==, 0);
    profile_free(p.profile);
}

/* --------------------------------------------------------- the command --- */

static char *make_log(const char *name)
{
    g_autoptr(GString) log = g_string_new(
        "VERSION 20070824\n"
        "PCIDEV 0008 10de1234 10 fe000000 0 0 0 0 0 0 1000 0 0 0 0 0 0 gpu\n"
        "MAP 1.000000 1 0xfe000000 0xa000 0x1000 0x0 0\n");
    int i;

    for (i = 0; i < 12; i++) {
        g_string_append_printf(log,
            "W 4 2.%06d 1 0xfe000020 0x1 0x0 0\n"
            "R 4 2.%06d 1 0xfe000010 0x0 0x0 0\n"
            "R 4 2.%06d 1 0xfe000010 0x0 0x0 0\n"
            "R 4 2.%06d 1 0xfe000010 0x4 0x0 0\n",
            i * 10 + 1, i * 10 + 2, i * 10 + 3, i * 10 + 4);
    }
    g_string_append(log, "MARK 3.000000 go <&> on\n");
    for (i = 0; i < 32; i++) {
        g_string_append_printf(log, "W 4 3.%06d 1 0xfe000%03x 0x%x 0x0 0\n",
                               i + 1, 0x100 + i * 4, i * 77);
    }
    g_string_append(log, "W 4 4.000000 1 0xfe000030 0x7 0x0 0\n");
    return temp_file(name, log->str, log->len);
}

static void test_text(void)
{
    g_autofree char *path = make_log("text.mmt");
    g_autoptr(ToolRun) run = run_tool(NULL, "profile", path, NULL);

    g_assert_cmpstr(run->err, ==, "");
    g_assert_cmpint(run->status, ==, 0);
    assert_contains(run->out, "bar0+0x10");
    assert_contains(run->out, "bit 2 becoming 1 ended 12 of 12 polls");
    assert_contains(run->out, "bar0+0x100-0x17f");
    assert_contains(run->out, "written 12 times, 1 value, never read");
    assert_contains(run->out, "written 0x7");
    assert_contains(run->out, "of 4096 bytes in 5 ranges");
}

static void test_json(void)
{
    g_autofree char *path = make_log("json.mmt");
    g_autoptr(ToolRun) run = run_tool(NULL, "profile", "--json", path, NULL);
    g_auto(GStrv) lines = g_strsplit(run->out, "\n", -1);
    unsigned windows = 0;
    unsigned polled = 0;
    guint i;

    g_assert_cmpint(run->status, ==, 0);
    for (i = 0; lines[i] && lines[i][0]; i++) {
        g_autoptr(JsonNode) node = json_from_string(lines[i], NULL);
        JsonObject *object = json_node_get_object(node);
        const char *type = json_object_get_string_member(object, "type");

        windows += !strcmp(type, "bulk-window");
        if (!strcmp(type, "register") &&
            !strcmp(json_object_get_string_member(object, "offset"), "0x10")) {
            JsonArray *classes =
                json_object_get_array_member(object, "classes");
            JsonObject *first = json_array_get_object_element(classes, 0);

            polled++;
            g_assert_cmpint(json_object_get_int_member(object, "reads"), ==,
                            36);
            g_assert_cmpstr(json_object_get_string_member(first, "class"), ==,
                            "polled-status");
            g_assert_cmpstr(json_object_get_string_member(first, "bits"), ==,
                            "0x4");
        }
    }
    g_assert_cmpuint(windows, ==, 1);
    g_assert_cmpuint(polled, ==, 1);
}

static void test_since(void)
{
    static const char *const phases[] = { "go*", "1" };
    g_autofree char *path = make_log("since.mmt");
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(phases); i++) {
        g_autoptr(ToolRun) run = run_tool(NULL, "profile", "--new-since",
                                          phases[i], path, NULL);

        g_assert_cmpint(run->status, ==, 0);
        assert_contains(run->out, "bar0+0x100-0x17f");
        assert_contains(run->out, "bar0+0x30 ");
        g_assert_null(strstr(run->out, "bar0+0x10 "));
        g_assert_null(strstr(run->out, "never-used"));
    }
}

static void test_ranges(void)
{
    g_autofree char *path = make_log("ranges.mmt");
    g_autoptr(ToolRun) run = run_tool(NULL, "profile", "--as", "ranges", path,
                                      NULL);

    g_assert_cmpint(run->status, ==, 0);
    assert_contains(run->out, "\n0:0x10:0x4 STATUS_10 r\n");
    assert_contains(run->out, "\n0:0x20:0x4 REG_20 w\n");
    assert_contains(run->out, "\n0:0x100:0x80 TABLE_100 w\n");
}

/**
 * struct Rnndb: what was found in the XML
 * @registers: number of reg32
 * @bits: number of bitfield
 * @arrays: number of array
 * @domains: number of domain
 */
typedef struct Rnndb {
    unsigned registers;
    unsigned bits;
    unsigned arrays;
    unsigned domains;
} Rnndb;

static void start_element(GMarkupParseContext *context, const char *element,
                          const char **names, const char **values,
                          gpointer opaque, GError **error)
{
    Rnndb *found = opaque;

    (void)context;
    (void)names;
    (void)values;
    (void)error;
    found->registers += !strcmp(element, "reg32");
    found->bits += !strcmp(element, "bitfield");
    found->arrays += !strcmp(element, "array");
    found->domains += !strcmp(element, "domain");
}

static void test_rnndb(void)
{
    static const GMarkupParser parser = { .start_element = start_element };
    g_autofree char *path = make_log("rnndb.mmt");
    g_autoptr(ToolRun) run = run_tool(NULL, "profile", "--as", "rnndb", path,
                                      NULL);
    Rnndb found = { 0 };
    GMarkupParseContext *context =
        g_markup_parse_context_new(&parser, 0, &found, NULL);

    g_assert_cmpint(run->status, ==, 0);
    g_assert_true(g_markup_parse_context_parse(context, run->out, -1, NULL));
    g_assert_true(g_markup_parse_context_end_parse(context, NULL));
    g_markup_parse_context_free(context);
    g_assert_cmpuint(found.domains, ==, 1);
    g_assert_cmpuint(found.arrays, ==, 1);
    g_assert_cmpuint(found.registers, ==, 4);
    g_assert_cmpuint(found.bits, ==, 1);
    assert_contains(run->out, "xmlns=\"http://nouveau.freedesktop.org/\"");
    assert_contains(run->out, "<domain name=\"PCI_10DE_1234_bar0\"");
}

static void test_usage(void)
{
    g_autofree char *path = make_log("usage.mmt");
    g_autoptr(ToolRun) none = run_tool(NULL, "profile", NULL);
    g_autoptr(ToolRun) format = run_tool(NULL, "profile", "--as", "svd", path,
                                         NULL);
    g_autoptr(ToolRun) both = run_tool(NULL, "profile", "--as", "rnndb",
                                       "--json", path, NULL);
    g_autoptr(ToolRun) phase = run_tool(NULL, "profile", "--new-since", "nix",
                                        path, NULL);

    g_assert_cmpint(none->status, ==, 2);
    assert_contains(none->err, "a single LOG is needed");
    g_assert_cmpint(format->status, ==, 2);
    assert_contains(format->err, "invalid format 'svd': use ranges or rnndb");
    g_assert_cmpint(both->status, ==, 2);
    assert_contains(both->err, "exclude each other");
    g_assert_cmpint(phase->status, ==, 2);
    assert_contains(phase->err, "has no phase 'nix'");
}

/* Names from a trace reach neither a terminal nor the XML raw. */
static void test_hostile_names(void)
{
    static const char log[] =
        "vfio_region_write  (0000:01:00.0:region0+0x10, 0x1, 4)\n"
        "vfio_region_write  (\033[2J<&\"x:region0+0x10, 0x1, 4)\n";
    static const char *const options[] = { "--json", "--as=rnndb",
                                           "--as=ranges", "--new-since=0" };
    g_autofree char *path = temp_file("names.log", log, -1);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(options); i++) {
        g_autoptr(ToolRun) run = run_tool(NULL, "profile", options[i], path,
                                          NULL);

        g_assert_null(strchr(run->out, '\033'));
        g_assert_null(strstr(run->out, "name=\"<"));
    }
}

int main(int argc, char **argv)
{
    int status;
    size_t i;

    setlocale(LC_ALL, "C");
    g_test_init(&argc, &argv, NULL);
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/profile/class/", cases[i].name,
                                            NULL);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/profile/address-high", test_address_high);
    g_test_add_func("/profile/poll/evidence", test_poll_evidence);
    g_test_add_func("/profile/poll/cpus", test_poll_cpus);
    g_test_add_func("/profile/counter", test_counter);
    g_test_add_func("/profile/ring", test_ring);
    g_test_add_func("/profile/doorbell", test_doorbell);
    g_test_add_func("/profile/index", test_index);
    g_test_add_func("/profile/index/mutual", test_index_mutual);
    g_test_add_func("/profile/port", test_port);
    g_test_add_func("/profile/window", test_window);
    g_test_add_func("/profile/window/large", test_window_large);
    g_test_add_func("/profile/window/within", test_window_within);
    g_test_add_func("/profile/limit", test_limit);
    g_test_add_func("/profile/collisions", test_collisions);
    g_test_add_func("/profile/hostile", test_hostile);
    g_test_add_func("/profile/other-entries", test_other_entries);
    g_test_add_func("/profile/tool/text", test_text);
    g_test_add_func("/profile/tool/json", test_json);
    g_test_add_func("/profile/tool/since", test_since);
    g_test_add_func("/profile/tool/ranges", test_ranges);
    g_test_add_func("/profile/tool/rnndb", test_rnndb);
    g_test_add_func("/profile/tool/usage", test_usage);
    g_test_add_func("/profile/tool/hostile-names", test_hostile_names);
    status = g_test_run();
    temp_clean();
    return status;
}
