/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unit tests: rings files that are refused, and their limits */
#include "guestmem-text.h"

/* --- errors -------------------------------------------------------------- */

/* What comes before the text, what behind it, and what its lines begin with */
typedef enum Around {
    FILE_ALONE,
    FILE_REST,          /* "rings 1"; what completes a file */
    FILE_RING,          /* a ring around it, complete but for its order */
    FILE_WATCH,         /* a watch around it, without lines */
} Around;

static const struct {
    const char *before;
    const char *behind;
} arounds[] = {
    [FILE_ALONE] = { "", "" },
    [FILE_REST] = { "rings 1\n", "\n" REST },
    [FILE_RING] = {
        "rings 1\n"
        "register R bar0:0:8 F=3:0\n"
        "register A[0..3] bar0:8:4 rw\n"
        "register I bar0:0x20:4 r\n"
        "ring X[0..3] {\n base R\n count 8\n entry 16\n on write A\n", "\n}\n"
    },
    [FILE_WATCH] = {
        "rings 1\n"
        "register R bar0:0:8 F=3:0\n"
        "register A[0..3] bar0:8:4 rw\n"
        "watch X {\n", "\n}\n"
    },
};

static const struct {
    Around around;
    const char *text;
    const char *error;
} bad[] = {
    /* the file */
    { FILE_ALONE, "",
      "1:1: the end of the file; 'rings 1' at the beginning of a rings file expected",
    },
    { FILE_ALONE, "\n\n# x\n", "4:1: the end of the file; 'rings 1'" },
    { FILE_ALONE, "register", "1:1: 'register'; 'rings 1' at the beginning" },
    { FILE_ALONE, "rings",
      "1:6: the end of the file; version 1 of the grammar: 'rings 1' expected",
    },
    { FILE_ALONE, "rings 2\n", "1:7: '2'; version 1 of the grammar: 'rings 1' expected" },
    { FILE_ALONE, "rings 1 2\n", "1:9: '2'; the end of the line expected" },
    { FILE_ALONE, "rings 1\n",
      "2:1: the end of the file; a ring, a watch or a snapshot expected",
    },
    { FILE_ALONE, "rings 1\nrings 1\n",
      "2:1: 'rings'; another word expected: did you mean 'ring'?",
    },
    { FILE_REST, "rong X {", "2:1: 'rong'; another word expected: did you mean 'ring'?" },
    { FILE_REST, "what",
      "2:1: 'what'; title, for, limit, area, register, ring, watch or snapshot expected",
    },
    { FILE_REST, "}", "2:1: '}'; title, for" },
    { FILE_REST, "\x1b[31m", "2:1: '\\x1b'; a name, a number or a sign expected" },
    { FILE_REST, "\xc3\xa4", "2:1: '\\xc3'; a name" },
    { FILE_REST, "title \\b", "2:7: '\\'; a name, a number or a sign expected" },
    { FILE_REST, "abcdefghijklmnopqrstuvwxyz_12345",
      "2:1: a name of 32 characters; at most 31 expected",
    },
    { FILE_REST, "title x", "2:7: 'x'; a title in quotes expected" },
    { FILE_REST, "title \"a\"\ntitle \"b\"", "3:1: a second 'title'; one expected" },
    { FILE_REST, "title \"a", "2:7: a string without an end; '\"' expected" },
    { FILE_REST, "title \"a\x01\"", "2:7: a string without an end" },
    { FILE_REST, "title \"a\\n\"",
      "2:7: a backslash in a string; only \\\" and \\\\ expected",
    },
    { FILE_REST, "title \"\xff\"", "2:7: a string that is not UTF-8" },
    { FILE_REST, "for",
      "2:4: the end of the line; 'class' and a class code, or VENDOR:DEVICE (8086:10d3) expected",
    },
    { FILE_REST, "for 8086", "2:5: '8086'; 'class' and" },
    { FILE_REST, "for 8086:10d", "2:5: '8086'; 'class' and" },
    { FILE_REST, "for 8086:10d3a", "2:5: '8086'; 'class' and" },
    { FILE_REST, "for ffff:10d3", "2:5: 'ffff:10d3'; the ID of a vendor expected" },
    { FILE_REST, "for 8086:10d3 class 1", "2:15: 'class'; the end of the line expected" },
    { FILE_REST, "for class 0x1000000",
      "2:11: '0x1000000'; a class code (0x010802) of 0 to 16777215 expected",
    },
    { FILE_REST, "limit minute 1", "2:7: 'minute'; 'trigger' or 'second' expected" },
    { FILE_REST, "limit trigger 5M", "2:15: '5M'; a size of 64 to 4194304 expected" },
    { FILE_REST, "limit second 63", "2:14: '63'; a size of 64 to 1073741824 expected" },
    { FILE_REST, "limit second 1M\nlimit second 1M",
      "3:7: a second limit of this kind; one expected",
    },
    /* areas */
    { FILE_REST, "area", "2:5: the end of the line; a name for the area expected" },
    { FILE_REST, "area bar0 capability 1 bar 0 offset 0",
      "2:6: the name of a BAR; another name expected",
    },
    { FILE_REST, "area A capability 9 bar 0 offset 0\narea A",
      "3:6: a second area of this name",
    },
    { FILE_REST, "area A capability 0 bar 0 offset 0",
      "2:19: '0'; a capability's ID of 1 to 255 expected",
    },
    { FILE_REST, "area A capability 9 offset 0", "2:21: 'offset'; 'bar' expected" },
    { FILE_REST, "area A capability 9 bar R offset 0",
      "2:25: only fields of the capability, as u8[3], have a meaning here",
    },
    { FILE_REST, "area A capability 9 bar mem8(0) offset 0",
      "2:25: memory can't be read here",
    },
    { FILE_REST, "area A capability 9 bar n offset 0", "2:25: 'n' has no meaning here" },
    { FILE_REST, "area A capability 9 bar u8[256] offset 0",
      "2:25: a field behind the 256 bytes of config space",
    },
    /* registers */
    { FILE_REST, "register 5", "2:10: '5'; a name for the register expected" },
    { FILE_REST, "register Z bar0:0:4",
      "3:10: a second register of this name; the first is on line 2",
    },
    { FILE_REST, "register value bar0:0:4",
      "2:10: a name that has a meaning in expressions; another name expected",
    },
    { FILE_REST, "register u32 bar0:0:4", "2:10: a name that has a meaning" },
    { FILE_REST, "register A[1", "2:13: the end of the line; '..' or ']' expected" },
    { FILE_REST, "register A[x]", "2:12: 'x'; an index expected" },
    { FILE_REST, "register A[4..3]",
      "2:15: '3'; a highest index of 4 to 65535 expected",
    },
    { FILE_REST, "register A[0..65536]",
      "2:15: '65536'; a highest index of 0 to 65535 expected",
    },
    { FILE_REST, "register A[0..16384] bar0:0:4",
      "2:10: more than 16384 registers, each index counted",
    },
    { FILE_REST, "register A bar6:0:4",
      "2:12: 'bar6'; a place (bar0 to bar5, or an area that was declared before) expected",
    },
    { FILE_REST, "register A AREA:0:4", "2:12: 'AREA'; a place" },
    { FILE_REST, "register A bar0",
      "2:16: the end of the line; ':' and an offset expected",
    },
    { FILE_REST, "register A bar0:x:4", "2:17: 'x'; an offset expected" },
    { FILE_REST, "register A bar0:0",
      "2:18: the end of the line; ':' and a width expected",
    },
    { FILE_REST, "register A bar0:0:3",
      "2:19: a width of 3 bytes; 1, 2, 4 or 8 expected",
    },
    { FILE_REST, "register A bar0:0:16", "2:19: '16'; a width of 1 to 8 expected" },
    { FILE_REST, "register A bar0:0x100000000000001:4",
      "2:17: '0x100000000000001'; an offset of 0 to",
    },
    { FILE_REST, "register A bar0:(1 << 57):4", "2:26: an offset that is too large" },
    { FILE_REST, "register A bar0:(A):4", "2:18: 'A'; a register, or a word" },
    { FILE_REST, "register A bar0:(mem8(0)):4", "2:18: memory can't be read here" },
    { FILE_REST, "register A[0..1] bar0:0:4 stride A[0]",
      "2:34: 'A'; a register, or a word",
    },
    { FILE_REST, "register A bar0:0:4 x",
      "2:21: 'x'; one of r, w and rw, 'stride', 'bank' or FIELD=HIGH:LOW expected",
    },
    { FILE_REST, "register A bar0:0:4 r w", "2:23: 'w'; one of r, w and rw" },
    { FILE_REST, "register A bar0:0:4 5",
      "2:21: '5'; r, w, rw, 'stride', 'bank' or FIELD=HIGH:LOW expected",
    },
    { FILE_REST, "register A bar0:0:4 stride 4",
      "2:21: 'stride' of a register that is no array; NAME[LOW..HIGH] expected",
    },
    { FILE_REST, "register A[0..1] bar0:0:4 stride 4 bank 0",
      "2:36: 'bank'; one 'stride' or 'bank' expected",
    },
    { FILE_REST, "register A[0..1] bar0:0:4 stride 0",
      "2:10: a stride of 0; 'bank' expected if all are at one place",
    },
    { FILE_REST, "register A[0..1] bar0:0:4 stride 1 << 50",
      "2:10: a stride that is too large",
    },
    { FILE_REST, "register A bar0:0:4 F=32", "2:23: '32'; a bit of 0 to 31 expected" },
    { FILE_REST, "register A bar0:0:4 F=3:4",
      "2:25: '4'; a lowest bit of 0 to 3 expected",
    },
    { FILE_REST, "register A bar0:0:4 F=1 F=2", "2:25: a second field of this name" },
    /* statements */
    { FILE_REST, "ring {", "2:6: '{'; a name expected" },
    { FILE_REST, "ring X", "2:7: the end of the line; '{' expected" },
    { FILE_REST, "ring X { all", "2:10: 'all'; the end of the line behind '{' expected" },
    { FILE_ALONE, "rings 1\nring X {\n all\n", "4:1: the end of the file; '}' expected" },
    { FILE_REST, "ring X[0..16384] {\n}",
      "2:6: more than 16384 rings, each index counted",
    },
    { FILE_REST, "ring X {\n}",
      "2:6: ring X has no 'entry'; the size of its entries expected",
    },
    { FILE_REST, "ring X {\n entry 1\n base 1\n}",
      "2:6: ring X has no 'count'; the number of its entries expected",
    },
    { FILE_REST, "ring X {\n entry 1\n count 1\n}",
      "2:6: ring X has no 'base'; the address of its first entry expected",
    },
    { FILE_REST, "watch X {\n}", "2:7: watch X has no 'at'; its address expected" },
    { FILE_REST, "snapshot X {\n at 5\n}",
      "2:10: snapshot X has no 'len'; its length expected",
    },
    { FILE_REST, "watch X {\n at 5\n len 3\n}",
      "2:7: watch X has no trigger; 'on' expected",
    },
    { FILE_REST, "watch Y {\n at 0\n len 1\n on irq\n}",
      "8:7: a second Y, or a part of it; the first one is on line 2, and another name or number is expected",
    },
    { FILE_REST, "watch Y[0..3] {\n at 0\n len 1\n on irq\n}", "8:7: a second Y" },
    { FILE_REST,
      "watch W[0..3] {\n at 0\n len 1\n on irq\n}\nwatch W[3..4] {\n at 0\n len 1\n on irq\n}",
      "7:7: a second W",
    },
    { FILE_REST,
      "watch W[0..3] {\n at 0\n len 1\n on irq\n}\nsnapshot W[4] {\n at 0\n len 1\n on irq\n}",
      "7:10: a second W",
    },
    { FILE_REST, "snapshot X {\n reset irq\n}", "3:2: 'reset'; at, len or on expected" },
    { FILE_REST, "watch X {\n base 0\n}", "3:2: 'base'; at, len, on or reset expected" },
    { FILE_REST, "snapshot X {\n at 0\n len 65537\n on irq\n}",
      "4:6: 'len' is 65537; 1 to 65536 expected",
    },
    { FILE_REST, "watch X {\n at 0\n len 4097K\n on irq\n}",
      "4:6: 'len' is 4195328; 1 to 4194304 expected",
    },
    { FILE_REST, "watch X {\n at 0\n len 0\n on irq\n}", "4:6: 'len' is 0; 1 to" },
    /* lines of a ring */
    { FILE_RING, "",
      "5:6: ring X has no order; one of 'tail', 'while', 'bits' and 'all' expected",
    },
    { FILE_RING, "all\nbase R", "11:1: a second 'base'; one expected" },
    { FILE_RING, "al", "10:1: 'al'; another word expected: did you mean 'all'?" },
    { FILE_RING, "all 1", "10:5: '1'; the end of the line expected" },
    { FILE_RING, "all\ntail value",
      "11:6: a second order; one of 'tail', 'while', 'bits' and 'all' expected",
    },
    { FILE_RING, "all\nwrap 3",
      "5:6: ring X has 'wrap' without 'tail'; 'tail' expected",
    },
    { FILE_RING, "tail value\nwrap 0", "11:6: 'wrap' is 0; 1 to" },
    { FILE_RING, "all\nlink when 1 to 2",
      "5:6: ring X has 'link' without 'while'; 'while' expected",
    },
    { FILE_RING, "bits 1\nstart 1",
      "5:6: ring X has 'start' without 'tail' or 'while'; one of them expected",
    },
    { FILE_RING, "while u8[0]\nphase 2", "11:7: 'phase' is 2; 0 to 1 expected" },
    { FILE_RING, "while u8[0]\nsegments 0",
      "11:10: 'segments' is 0; 1 to 65536 expected",
    },
    { FILE_RING, "while u8[0]\nlink to 5", "11:6: 'to'; 'when' expected" },
    { FILE_RING, "while u8[0]\nlink when 5",
      "11:12: the end of the line; 'to' expected",
    },
    { FILE_RING, "while value", "10:7: 'value' has no meaning here" },
    { FILE_RING, "while command.u8[0]",
      "10:7: 'command' has a meaning only for an answer to one",
    },
    { FILE_RING, "while u8[16]",
      "10:7: a field up to byte 17 of an entry that has 16 bytes",
    },
    { FILE_RING, "tail u8[0]", "10:6: there is no entry here to take a field of" },
    { FILE_RING, "tail position", "10:6: 'position' has no meaning here" },
    { FILE_RING, "tail phase", "10:6: 'phase' has no meaning here" },
    { FILE_RING, "all\nlayout \"x\"",
      "11:8: '\"x\"'; the name of a domain of the register database expected",
    },
    { FILE_RING, "all\nby driver", "11:4: 'driver'; 'device' expected" },
    { FILE_RING, "all\nkey command.u8[0]", "11:5: 'command' has" },
    { FILE_RING, "all\ndata d at command.u8[0] len 1",
      "11:11: 'command' has a meaning only in a ring with 'answers'",
    },
    { FILE_RING, "all\ndata d len 1", "11:8: 'len'; 'at' expected" },
    { FILE_RING, "all\ndata d at 1", "11:12: the end of the line; 'len' expected" },
    { FILE_RING, "all\ndata d at 1 len 1 max 65537",
      "11:23: '65537'; a size of 1 to 65536 expected",
    },
    { FILE_RING, "all\ndata d at outer.u8[0] len 1",
      "11:11: 'outer' has a meaning only in a list",
    },
    { FILE_RING, "all\ndata d at 1 len 1\ndata d at 2 len 2",
      "12:6: a second item of this name; each needs one of its own",
    },
    { FILE_RING, "all\ndata 5", "11:6: '5'; a name for the item expected" },
    { FILE_RING, "all\nlist d {\n}", "11:6: list d has no 'at'" },
    { FILE_RING, "all\nlist d {\n at 1\n}", "11:6: list d has no 'entry'" },
    { FILE_RING, "all\nlist d {\n at 1\n entry 8\n}", "11:6: list d has no 'count'" },
    { FILE_RING, "all\nlist d {\n at 1\n entry 65\n}",
      "13:8: '65'; an entry's size of 1 to 64 expected",
    },
    { FILE_RING, "all\nlist d {\n count 1025\n}",
      "12:8: 'count' is 1025; 1 to 1024 expected",
    },
    { FILE_RING, "all\nlist d {\n at outer.u8[0]\n}",
      "12:5: 'outer' has a meaning only in a list",
    },
    { FILE_RING, "all\nlist d {\n on irq\n}",
      "12:2: 'on'; at, entry, count, until, next, data or list expected",
    },
    { FILE_RING, "all\nlist d {\n at 1\n entry 8\n count 1\n until u8[8]\n}",
      "15:8: a field up to byte 9 of an entry that has 8 bytes",
    },
    { FILE_RING, "all\nlist d {\n at u8[16]\n entry 8\n count 1\n}",
      "12:5: a field up to byte 17 of an entry that has 16 bytes",
    },
    { FILE_RING,
      "all\nlist d {\n at 1\n entry 8\n count 1\n data x when outer.u8[16] at 1 len 1\n}",
      "15:14: a field up to byte 17 of an entry that has 16 bytes",
    },
    { FILE_RING, "all\nlist a {\nlist b {\nlist c {\nlist d {\n",
      "14:6: a list in a list more than 3 deep",
    },
    { FILE_RING, "all\ncreate 5", "11:8: '5'; the name of a ring expected" },
    { FILE_RING, "all\ncreate X[5] count 5", "11:13: 'count'; 'base' expected" },
    { FILE_RING, "all\ncreate X[1] base 1 count 1",
      "11:8: no ring X with such a number is without a base; 'ring X[LOW..HIGH]' without 'base' expected",
    },
    { FILE_RING, "all\ncreate X[1..2] base 1 count 1", "11:11: '..'; ']' expected" },
    { FILE_RING, "all\ncreate Q[1] base 1 count 1",
      "11:8: 'Q'; the name of a ring expected: did you mean 'X'?",
    },
    { FILE_RING, "all\ndelete X[4]",
      "11:8: no ring X has such a number; NAME[NUMBER] as 'ring X' declares it expected",
    },
    { FILE_RING, "all\ndelete X", "11:8: no ring X has such a number" },
    { FILE_RING, "all\ndelete X[1] base 1",
      "11:13: 'base'; the end of the line expected",
    },
    { FILE_RING, "all\nanswers X[1]", "11:13: the end of the line; 'key' expected" },
    { FILE_RING, "all\nanswers X[1] key 1",
      "11:9: ring X has no 'key', by which its entries could be named",
    },
    { FILE_RING, "all\nanswers QQQQ[1] key 1",
      "11:9: 'QQQQ'; the name of a ring expected",
    },
    { FILE_RING, "all\n}\nring NEVER[2..3] {\n entry 1\n on irq\n all",
      "12:6: ring NEVER has no base, and no rule creates it; 'base' or a 'create' in another ring expected",
    },
    { FILE_RING,
      "all\nkey 1\n}\nring C {\n base 1\n count 1\n entry 1\n on irq\n all\n answers X[0] key 1\n data d when command.u8[16] at 0 len 1",
      "20:14: a field up to byte 17 of an entry that has 16 bytes",
    },
    /* triggers */
    { FILE_RING, "all\non",
      "11:3: the end of the line; 'write', 'read', 'irq' or 'marker' expected",
    },
    { FILE_RING, "all\non access A", "11:4: 'access'; 'write'" },
    { FILE_RING, "all\non write B",
      "11:10: 'B'; a register expected: did you mean 'R'?",
    },
    { FILE_RING, "all\non write 5", "11:10: '5'; a register expected" },
    { FILE_RING, "all\non read R",
      "11:9: register R is declared for writes only; 'rw' expected there",
    },
    { FILE_RING, "all\non write I",
      "11:10: register I is declared for reads only; 'rw' expected there",
    },
    { FILE_RING, "all\non write R[1]", "11:11: register R is no array" },
    { FILE_RING, "all\non write A[4]", "11:11: register A has indexes 0 to 3 only" },
    { FILE_RING, "all\non write A[2..4]", "11:11: register A has indexes 0 to 3 only" },
    { FILE_RING, "all\non irq when index", "11:13: 'index' has no meaning here" },
    { FILE_RING, "all\non irq when position", "11:13: 'position' has no meaning here" },
    { FILE_RING, "all\non irq when u8[0]", "11:13: there is no entry here" },
    { FILE_RING, "all\non irq instance n", "11:17: 'n' has no meaning here" },
    { FILE_RING, "all\non irq when 1 when 2",
      "11:15: 'when'; one 'when', one 'instance' or the end of the line expected",
    },
    { FILE_RING, "all\non irq whne 1", "11:8: 'whne'; one 'when'" },
    { FILE_RING, "all\non marker x",
      "11:11: 'x'; the marker's text: \"start*\" expected",
    },
    { FILE_RING, "all\non marker \"x\" when value",
      "11:20: 'value' has no meaning here",
    },
    { FILE_RING,
      "all\non irq\non irq\non irq\non irq\non irq\non irq\non irq\non irq",
      "18:4: more than 8 triggers",
    },
    { FILE_WATCH, "at 1\nlen 1\non write A instance index",
      "7:12: 'instance' for what has no index; NAME[LOW..HIGH] expected above",
    },
    { FILE_WATCH, "at value\nlen 1\non marker \"x\"",
      "5:4: no trigger of this statement has a value",
    },
    { FILE_WATCH, "at 0\nlen index + 1\non irq",
      "6:5: no trigger of this statement has an index",
    },
    { FILE_WATCH,
      "at value\nlen 1\non marker \"x\" when A[0]\nreset write R when value",
      "5:4: no trigger",
    },
};

static void test_bad(void)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *text = g_strconcat(arounds[bad[i].around].before,
                                            bad[i].text,
                                            arounds[bad[i].around].behind,
                                            NULL);
        g_autofree char *expected = g_strconcat("x:", bad[i].error, NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(GmemFile) file = parse(text, &error);
        g_autofree char *shown = g_strescape(bad[i].text, NULL);

        g_test_message("%s", shown);
        g_assert_null(file);
        g_assert_nonnull(error);
        if (!g_str_has_prefix(error->message, expected)) {
            g_assert_cmpstr(error->message, ==, expected);
        }
    }
}

/* What surrounds the texts above is no error itself. */
static void test_around(void)
{
    static const char *const inside[] = {
        [FILE_ALONE] = "rings 1\n" REST,
        [FILE_REST] = "",
        [FILE_RING] = "all",
        [FILE_WATCH] = "at 1\nlen 2\non irq",
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(inside); i++) {
        g_autofree char *text = g_strconcat(arounds[i].before, inside[i],
                                            arounds[i].behind, NULL);

        gmem_file_free(parse_good(text));
    }
}

/* --- limits -------------------------------------------------------------- */

/* @n times @each, with "%u" in the place of the number */
static void append(GString *text, const char *each, unsigned n)
{
    g_auto(GStrv) parts = g_strsplit(each, "%u", -1);
    unsigned i;

    for (i = 0; i < n; i++) {
        g_autofree char *number = g_strdup_printf("%u", i);
        g_autofree char *line = g_strjoinv(number, parts);

        g_string_append(text, line);
    }
}

static const struct {
    const char *each;
    unsigned n;                 /* so many are taken, and one more is not */
    const char *error;
} limits[] = {
    { "for 8086:10d3\n", GMEM_DEVICES_MAX, "more than 1024 devices" },
    { "area B%u capability 9 bar 0 offset 0\n", GMEM_AREAS_MAX,
      "more than 16 areas" },
    /* and the one of REST */
    { "register X%u bar0:0:4\n", GMEM_REGISTERS_MAX - 1,
      "more than 256 registers" },
    { "watch X%u {\n at 0\n len 1\n on irq\n}\n", GMEM_STATEMENTS_MAX - 1,
      "more than 128 rings, watches and snapshots" },
    { "watch W[%u] {\n at 0\n len 1\n on irq\n}\n", GMEM_STATEMENTS_MAX - 1,
      "more than 128 rings, watches and snapshots" },
};

static void test_limits(void)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(limits); i++) {
        g_autoptr(GString) text = g_string_new("rings 1\n");
        g_autoptr(GError) error = NULL;
        g_autoptr(GmemFile) file = NULL;

        append(text, limits[i].each, limits[i].n);
        g_string_append(text, REST);
        file = parse_good(text->str);
        g_clear_pointer(&file, gmem_file_free);
        g_string_truncate(text, strlen("rings 1\n"));
        append(text, limits[i].each, limits[i].n + 1);
        g_string_append(text, REST);
        file = parse(text->str, &error);
        g_assert_null(file);
        g_assert_error(error, GMEM_ERROR, GMEM_ERROR_LIMIT);
        if (!strstr(error->message, limits[i].error)) {
            g_assert_cmpstr(error->message, ==, limits[i].error);
        }
    }
}

/* Within a statement */
static const struct {
    const char *before;
    const char *each;
    const char *behind;
    unsigned n;
    const char *error;
} inner[] = {
    { "all\n", "data d%u at 0 len 1\n", "", GMEM_ITEMS_MAX,
      "more than 16 items in a block" },
    { "all\nlist l {\n at 0\n entry 8\n count 1\n", "data d%u at 0 len 1\n",
      "}\n", GMEM_ITEMS_MAX, "more than 16 items in a block" },
    { "all\n", "delete X[%u & 3]\n", "", GMEM_RULES_MAX,
      "more than 8 rules" },
    { "all\n", "reset irq\n", "", GMEM_TRIGGERS_MAX, "more than 8 triggers" },
    /* and the one of the ring */
    { "all\n", "on irq\n", "", GMEM_TRIGGERS_MAX - 1, "more than 8 triggers" },
};

static GmemFile *parse_inner(size_t i, unsigned n, GError **error)
{
    g_autoptr(GString) text = g_string_new(arounds[FILE_RING].before);

    g_string_append(text, inner[i].before);
    append(text, inner[i].each, n);
    g_string_append(text, inner[i].behind);
    g_string_append(text, arounds[FILE_RING].behind);
    return parse(text->str, error);
}

static void test_inner_limits(void)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(inner); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GmemFile) file = parse_inner(i, inner[i].n, &error);
        g_autoptr(GmemFile) none = NULL;

        g_assert_no_error(error);
        g_assert_nonnull(file);
        none = parse_inner(i, inner[i].n + 1, &error);
        g_assert_null(none);
        g_assert_error(error, GMEM_ERROR, GMEM_ERROR_LIMIT);
        if (!strstr(error->message, inner[i].error)) {
            g_assert_cmpstr(error->message, ==, inner[i].error);
        }
    }
}

/* --- files that are as bad as possible ----------------------------------- */

static const struct {
    const char *before;
    const char *each;
} hostile[] = {
    { "", "(" },
    { "", "\n" },
    { "", "\\\n" },
    { "", "#" },
    { "", "\"" },
    { "", "0" },
    { "", "A" },
    { "rings 1\n", "\n" },
    { "rings 1\ntitle \"", "x" },
    { "rings 1\nfor ", "8086:10d3 " },
    { "rings 1\n", "register R bar0:0:4 " },
    { "rings 1\nregister R bar0:0:4 ", "F=1 " },
    { "rings 1\nregister R bar0:(", "(" },
    { "rings 1\nregister R bar0:(", "0+" },
    { "rings 1\nregister R bar0:(", "!" },
    { "rings 1\nregister R bar0:(", "1?" },
    { "rings 1\nregister R bar0:(", "1||" },
    { "rings 1\nring X {\nall\n", "list a {\n" },
    { "rings 1\n", "watch W {\n" },
    { "rings 1\nring X {\nkey ", "u8[" },
    { "rings 1\nring X {\n", "key u8[0]\n" },
};

static void test_hostile(void)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(hostile); i++) {
        g_autoptr(GString) text = g_string_new(hostile[i].before);
        g_autoptr(GError) error = NULL;
        g_autoptr(GmemFile) file = NULL;

        while (text->len + strlen(hostile[i].each) <= GMEM_FILE_BYTES_MAX) {
            g_string_append(text, hostile[i].each);
        }
        file = gmem_parse("x", text->str, text->len, &error);
        g_assert_null(file);
        g_assert_nonnull(error);
        g_assert_cmpuint(strlen(error->message), <, 400);
    }
}

static void test_size(void)
{
    g_autoptr(GString) text = g_string_new("rings 1\n" REST "#");
    g_autoptr(GError) error = NULL;
    g_autoptr(GmemFile) file = NULL;
    g_autoptr(GmemFile) none = NULL;

    while (text->len < GMEM_FILE_BYTES_MAX) {
        g_string_append_c(text, '#');
    }
    file = gmem_parse("x", text->str, text->len, &error);
    g_assert_no_error(error);
    g_string_append_c(text, '#');
    none = gmem_parse("x", text->str, text->len, &error);
    g_assert_null(none);
    g_assert_error(error, GMEM_ERROR, GMEM_ERROR_LIMIT);
    g_assert_cmpstr(error->message, ==, "x: more than 262144 bytes");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/guestmem-errors/bad", test_bad);
    g_test_add_func("/guestmem-errors/around", test_around);
    g_test_add_func("/guestmem-errors/limits", test_limits);
    g_test_add_func("/guestmem-errors/inner-limits", test_inner_limits);
    g_test_add_func("/guestmem-errors/hostile", test_hostile);
    g_test_add_func("/guestmem-errors/size", test_size);
    return g_test_run();
}
