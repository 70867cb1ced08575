/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unit tests: statements of rings files */
#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <unistd.h>

#include "libguestmem/parse.h"

static GmemFile *parse(const char *text, GError **error)
{
    return gmem_parse("x", text, strlen(text), error);
}

static GmemFile *parse_good(const char *text)
{
    g_autoptr(GError) error = NULL;
    GmemFile *file = parse(text, &error);

    if (error) {
        g_test_message("%s", text);
    }
    g_assert_no_error(error);
    g_assert_nonnull(file);
    return file;
}

/* A watch, so that a file is complete */
#define REST "register Z bar0:0x80:4\nwatch Y {\n at 0\n len 1\n on write Z\n}\n"

static const GmemRegister *reg_at(const GmemFile *file, unsigned i)
{
    g_assert_cmpuint(i, <, file->reg->len);
    return &g_array_index(file->reg, GmemRegister, i);
}

static const GmemStatement *statement_at(const GmemFile *file, unsigned i)
{
    g_assert_cmpuint(i, <, file->statement->len);
    return &g_array_index(file->statement, GmemStatement, i);
}

static void assert_number(const GmemExpr *expr, uint64_t number)
{
    g_assert_cmpuint(expr->n, ==, 1);
    g_assert_cmpuint(expr->op[0].code, ==, GMEM_OP_NUMBER);
    g_assert_cmphex(expr->op[0].number, ==, number);
}

/* The last operation is this one. */
static void assert_ends(const GmemExpr *expr, GmemOpCode code, unsigned line)
{
    g_assert_cmpuint(expr->n, >, 0);
    g_assert_cmpuint(expr->op[expr->n - 1].code, ==, code);
    g_assert_cmpuint(expr->line, ==, line);
}

/* --- the file ------------------------------------------------------------ */

static void test_file(void)
{
    static const char text[] =
        "\xef\xbb\xbf# comment\r\n"
        "\n"
        "rings 1   # \x80\xff any bytes\n"
        "title \"A \\\"title\\\" \\\\ \xc3\xa9\"\r\n"
        "for class 0x010802\n"
        "for 8086:10d3 1af4:1041  10Ec:8168\n"
        "for 0001:0000\n"
        "limit trigger 1M\n"
        "limit second 512M\n"
        "register \\\n"
        "  Z \\\r\n"
        "\tbar0:0:4\n"
        "\n"
        "watch Y {\n"
        "  # nothing\n"
        "  at 1\n"
        "\n"
        "  len 2\n"
        "  on write Z\n"
        "\n"
        "}";
    static const GmemFor devices[] = {
        { 0, 0, 0x010802 }, { 0x8086, 0x10d3, 0 }, { 0x1af4, 0x1041, 0 },
        { 0x10ec, 0x8168, 0 }, { 1, 0, 0 },
    };
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256,
                                                          text, -1);
    g_autoptr(GmemFile) file = gmem_parse("/a/b c\x1b.rings", text,
                                          strlen(text), NULL);
    size_t i;

    g_assert_nonnull(file);
    g_assert_cmpstr(file->name, ==, "b_c_.rings");
    g_assert_cmpstr(file->title, ==, "A \"title\" \\ \xc3\xa9");
    g_assert_cmpstr(file->sha256, ==, hash);
    g_assert_cmpuint(file->per_trigger, ==, 1 << 20);
    g_assert_cmpuint(file->per_second, ==, 512 << 20);
    g_assert_cmpuint(file->device->len, ==, G_N_ELEMENTS(devices));
    for (i = 0; i < G_N_ELEMENTS(devices); i++) {
        const GmemFor *device = &g_array_index(file->device, GmemFor, i);

        g_assert_cmphex(device->vendor, ==, devices[i].vendor);
        g_assert_cmphex(device->device, ==, devices[i].device);
        g_assert_cmphex(device->class_code, ==, devices[i].class_code);
    }
    g_assert_cmpuint(reg_at(file, 0)->line, ==, 11);
    g_assert_cmpuint(statement_at(file, 0)->line, ==, 14);
}

static void test_defaults(void)
{
    g_autoptr(GmemFile) file = parse_good("rings 1\n" REST);

    g_assert_null(file->title);
    g_assert_cmpuint(file->device->len, ==, 0);
    g_assert_cmpuint(file->per_trigger, ==, 64 << 10);
    g_assert_cmpuint(file->per_second, ==, 16 << 20);
    g_assert_true(gmem_file_has(file, GMEM_ON_WRITE));
    g_assert_false(gmem_file_has(file, GMEM_ON_READ));
    g_assert_false(gmem_file_has(file, GMEM_ON_IRQ));
    g_assert_false(gmem_file_has(file, GMEM_ON_MARKER));
}

/* --- registers ----------------------------------------------------------- */

static void test_registers(void)
{
    g_autoptr(GmemFile) file = parse_good(
        "rings 1\n"
        "area COMMON capability 0x09 when u8[3] == 1 bar u8[4] offset u32[8]\n"
        "area TABLE capability 17 bar u32[4] & 7 offset u32[4] & ~7\n"
        "register CAP bar0:0x0:8 r DSTRD=35:32 TO=31:24 CQR=16\n"
        "register BOTH bar5:4K:1 rw\n"
        "register WRITES TABLE:0x10:2 w r=1 stride=2\n"
        "register TAIL[0..511] bar0:0x1000:4 w stride 8 << CAP.DSTRD\n"
        "register HEAD[0..511] bar0:(0x1000 + (4 << CAP.DSTRD)):4 stride 8 F=3:0\n"
        "register SEL COMMON:0x16:2\n"
        "register SIZE[2..63] COMMON:(0x10 + 8):2 rw bank SEL\n"
        "register PLAIN[7] bar1:8:8\n" REST);
    const GmemRegister *reg = reg_at(file, 0);
    const GmemField *field = (const GmemField *)reg->field->data;
    const GmemArea *area = (const GmemArea *)file->area->data;

    g_assert_cmpuint(file->area->len, ==, 2);
    g_assert_cmpstr(area[0].name, ==, "COMMON");
    g_assert_cmpuint(area[0].capability, ==, 9);
    assert_ends(&area[0].when, GMEM_OP_EQUAL, 2);
    assert_ends(&area[0].bar, GMEM_OP_FIELD, 2);
    assert_ends(&area[0].offset, GMEM_OP_FIELD, 2);
    g_assert_cmpuint(area[1].when.n, ==, 0);
    assert_ends(&area[1].offset, GMEM_OP_AND, 3);

    g_assert_cmpstr(reg->name, ==, "CAP");
    g_assert_cmpint(reg->bar, ==, 0);
    g_assert_cmpuint(reg->width, ==, 8);
    g_assert_true(reg->reads && !reg->writes && !reg->is_array);
    g_assert_cmpuint(reg->field->len, ==, 3);
    g_assert_cmpstr(field[0].name, ==, "DSTRD");
    g_assert_cmpuint(field[0].high, ==, 35);
    g_assert_cmpuint(field[0].low, ==, 32);
    g_assert_cmpuint(field[2].high, ==, 16);
    g_assert_cmpuint(field[2].low, ==, 16);

    reg = reg_at(file, 1);
    g_assert_true(reg->reads && reg->writes);
    g_assert_cmpint(reg->bar, ==, 5);
    g_assert_cmphex(reg->offset, ==, 4096);

    reg = reg_at(file, 2);
    g_assert_true(!reg->reads && reg->writes);
    g_assert_cmpint(reg->bar, ==, -1);
    g_assert_cmpuint(reg->area, ==, 1);
    g_assert_cmpuint(reg->field->len, ==, 2);

    reg = reg_at(file, 3);
    g_assert_true(reg->is_array);
    g_assert_cmpuint(reg->low, ==, 0);
    g_assert_cmpuint(reg->high, ==, 511);
    assert_ends(&reg->stride, GMEM_OP_SHIFT_LEFT, 7);
    g_assert_cmpuint(reg->offset_expr.n, ==, 0);

    reg = reg_at(file, 4);
    assert_ends(&reg->offset_expr, GMEM_OP_ADD, 8);
    assert_number(&reg->stride, 8);
    g_assert_cmpuint(reg->field->len, ==, 1);
    g_assert_true(!reg->reads && reg->writes);

    reg = reg_at(file, 6);
    g_assert_cmpuint(reg->low, ==, 2);
    assert_ends(&reg->bank, GMEM_OP_REGISTER, 10);
    g_assert_cmpuint(reg->bank.op[1].a, ==, 5);
    g_assert_cmpuint(reg->stride.n, ==, 0);
    g_assert_cmpuint(reg->area, ==, 0);
    /* a constant in parentheses is a constant */
    g_assert_cmpuint(reg->offset_expr.n, ==, 0);
    g_assert_cmphex(reg->offset, ==, 0x18);

    reg = reg_at(file, 7);
    g_assert_true(reg->is_array);
    g_assert_cmpuint(reg->low, ==, 7);
    g_assert_cmpuint(reg->high, ==, 7);
    assert_number(&reg->stride, 8);
}

/* --- triggers ------------------------------------------------------------ */

static const GmemTrigger *trigger_at(const GArray *triggers, unsigned i)
{
    g_assert_cmpuint(i, <, triggers->len);
    return &g_array_index(triggers, GmemTrigger, i);
}

static void assert_trigger(const GmemTrigger *trigger, GmemTriggerKind kind,
                           unsigned reg, unsigned low, unsigned high)
{
    g_assert_cmpuint(trigger->kind, ==, kind);
    g_assert_cmpuint(trigger->reg, ==, reg);
    g_assert_cmpuint(trigger->low, ==, low);
    g_assert_cmpuint(trigger->high, ==, high);
}

static void test_triggers(void)
{
    g_autoptr(GmemFile) file = parse_good(
        "rings 1\n"
        "register A bar0:0:4 rw\n"
        "register B[2..9] bar0:0x10:4 rw\n"
        "watch W[1..8] {\n"
        " at value\n"
        " len 64\n"
        " on write A\n"
        " on read B\n"
        " on write B[4]\n"
        " on write B[2..3] when value == 2 && n instance index * 2\n"
        " on read A instance value when n == 3 && value\n"
        " on irq when value == n\n"
        " on irq instance value + 1\n"
        " on marker \"st*rt \\\"?\\\"\" when A\n"
        " reset write A when !(value & 1)\n"
        " reset marker \"end\"\n"
        "}\n");
    const GmemStatement *s = statement_at(file, 0);

    g_assert_cmpuint(s->kind, ==, GMEM_WATCH);
    g_assert_true(s->is_array);
    g_assert_cmpuint(s->low, ==, 1);
    g_assert_cmpuint(s->high, ==, 8);
    g_assert_cmpuint(s->trigger->len, ==, 8);
    assert_trigger(trigger_at(s->trigger, 0), GMEM_ON_WRITE, 0, 0, 0);
    assert_trigger(trigger_at(s->trigger, 1), GMEM_ON_READ, 1, 2, 9);
    assert_trigger(trigger_at(s->trigger, 2), GMEM_ON_WRITE, 1, 4, 4);
    assert_trigger(trigger_at(s->trigger, 3), GMEM_ON_WRITE, 1, 2, 3);
    assert_ends(&trigger_at(s->trigger, 3)->instance, GMEM_OP_MULTIPLY, 10);
    g_assert_cmpuint(trigger_at(s->trigger, 3)->when.n, >, 3);
    assert_ends(&trigger_at(s->trigger, 4)->instance, GMEM_OP_VARIABLE, 11);
    assert_ends(&trigger_at(s->trigger, 5)->when, GMEM_OP_EQUAL, 12);
    g_assert_cmpuint(trigger_at(s->trigger, 5)->instance.n, ==, 0);
    assert_ends(&trigger_at(s->trigger, 6)->instance, GMEM_OP_ADD, 13);
    g_assert_cmpuint(trigger_at(s->trigger, 7)->kind, ==, GMEM_ON_MARKER);
    g_assert_cmpstr(trigger_at(s->trigger, 7)->glob, ==, "st*rt \"?\"");
    g_assert_cmpuint(trigger_at(s->trigger, 7)->line, ==, 14);
    g_assert_cmpuint(s->reset->len, ==, 2);
    assert_ends(&trigger_at(s->reset, 0)->when, GMEM_OP_IS_ZERO, 15);
    g_assert_true(gmem_file_has(file, GMEM_ON_WRITE));
    g_assert_true(gmem_file_has(file, GMEM_ON_READ));
    g_assert_true(gmem_file_has(file, GMEM_ON_IRQ));
    g_assert_true(gmem_file_has(file, GMEM_ON_MARKER));
    g_assert_false(gmem_file_has(file, GMEM_ON_REQUEST));
}

/* --- rings --------------------------------------------------------------- */

static const char nvme[] =
    "rings 1\n"
    "register CC bar0:0x14:4\n"
    "register AQA bar0:0x24:4 ASQS=11:0 ACQS=27:16\n"
    "register ASQ bar0:0x28:8\n"
    "register ACQ bar0:0x30:8\n"
    "register SQT[0..511] bar0:0x1000:4 stride 8\n"
    "register CQH[0..511] bar0:0x1004:4 stride 8\n"
    "ring SQ[0] {\n"                                            /* 8 */
    " base ASQ & ~0xfff\n"
    " count AQA.ASQS + 1\n"
    " entry 64\n"
    " layout NVME_SQE\n"
    " on write SQT[0]\n"
    " tail value\n"
    " reset write CC when !(value & 1)\n"
    " key u16[2]\n"
    " create SQ[u16[40]] when u8[0] == 1 base u64[24] count u16[42] + 1\n"
    " create CQ[u16[40]] when u8[0] == 5 base u64[24] count u16[42] + 1\n"
    " delete SQ[u16[40]] when u8[0] == 0\n"
    " delete CQ[u16[40] .. u16[40] + 3]\n"
    " data prp1 when u8[0] & 1 at u64[24] len 4096 - (u64[24] & 0xfff) max 4K\n"
    " data all at u64[32] len u32[48]\n"
    " list prp when u64[32] & 1 {\n"                            /* 23 */
    "  at u64[32]\n"
    "  entry 8\n"
    "  count min(512, u32[48])\n"
    "  until !u64[0]\n"
    "  next u64[0] & ~1 when u64[0] & 1\n"
    "  data page at u64[0] len 4096 max 64\n"
    "  list deep when outer.u32[8] {\n"
    "   at u64[0] + outer.u64[56]\n"
    "   entry 16\n"
    "   count 2\n"
    "   next u64[8]\n"
    "   list deeper {\n"
    "    at u64[8]\n"
    "    count outer.u8[7]\n"
    "    entry 64\n"
    "    data x at outer.u64[8] len u8[63]\n"
    "   }\n"
    "  }\n"
    " }\n"
    "}\n"
    "ring SQ[1..511] {\n"
    " entry 64\n"
    " on write SQT\n"
    " tail value\n"
    " key u16[2]\n"
    "}\n"
    "ring CQ[0] {\n"
    " base ACQ\n"
    " count AQA.ACQS + 1\n"
    " entry 16\n"
    " tail value\n"
    " on write CQH[0]\n"
    " answers SQ[u16[10]] key u16[12]\n"
    " data id when command.u8[0] == 6 at command.u64[24] len 4096\n"
    "}\n"
    "ring CQ[1..511] {\n"
    " entry 16\n"
    " tail value\n"
    " on write CQH\n"
    " answers SQ[u16[10]] key u16[12]\n"
    "}\n";

static void assert_list(const GmemItem *list)
{
    const GmemItem *deep;

    g_assert_true(list->is_list);
    g_assert_cmpstr(list->name, ==, "prp");
    g_assert_cmpuint(list->line, ==, 23);
    g_assert_cmpuint(list->entry, ==, 8);
    assert_ends(&list->when, GMEM_OP_AND, 23);
    assert_ends(&list->at, GMEM_OP_FIELD, 24);
    assert_ends(&list->count, GMEM_OP_MINIMUM, 26);
    assert_ends(&list->until, GMEM_OP_IS_ZERO, 27);
    assert_ends(&list->next, GMEM_OP_AND, 28);
    assert_ends(&list->next_when, GMEM_OP_AND, 28);
    g_assert_cmpuint(list->item->len, ==, 2);
    deep = list->item->pdata[1];
    assert_ends(&deep->when, GMEM_OP_FIELD, 30);
    g_assert_cmpuint(deep->when.op[1].a, ==, GMEM_ENTRY_OUTER);
    assert_number(&deep->count, 2);
    g_assert_cmpuint(deep->next_when.n, ==, 0);
    assert_ends(&deep->next, GMEM_OP_FIELD, 34);
    deep = deep->item->pdata[0];
    g_assert_cmpstr(deep->name, ==, "deeper");
    g_assert_cmpuint(deep->entry, ==, 64);
    g_assert_cmpuint(deep->item->len, ==, 1);
}

static void assert_items(const GPtrArray *items)
{
    const GmemItem *item;

    g_assert_cmpuint(items->len, ==, 3);
    item = items->pdata[0];
    g_assert_false(item->is_list);
    g_assert_cmpstr(item->name, ==, "prp1");
    assert_ends(&item->when, GMEM_OP_AND, 21);
    assert_ends(&item->at, GMEM_OP_FIELD, 21);
    assert_ends(&item->len, GMEM_OP_SUBTRACT, 21);
    g_assert_cmpuint(item->max, ==, 4096);
    item = items->pdata[1];
    g_assert_cmpuint(item->when.n, ==, 0);
    g_assert_cmpuint(item->max, ==, GMEM_DATA_MAX);
    assert_list(items->pdata[2]);
}

static void assert_rules(const GArray *rules)
{
    const GmemRule *rule = (const GmemRule *)rules->data;

    g_assert_cmpuint(rules->len, ==, 4);
    g_assert_cmpuint(rule[0].ring, ==, 1);
    g_assert_false(rule[0].deletes);
    assert_ends(&rule[0].instance, GMEM_OP_FIELD, 17);
    assert_ends(&rule[0].when, GMEM_OP_EQUAL, 17);
    assert_ends(&rule[0].base, GMEM_OP_FIELD, 17);
    assert_ends(&rule[0].count, GMEM_OP_ADD, 17);
    g_assert_cmpuint(rule[1].ring, ==, 3);
    g_assert_true(rule[2].deletes);
    g_assert_cmpuint(rule[2].base.n, ==, 0);
    g_assert_cmpuint(rule[2].last.n, ==, 0);
    g_assert_true(rule[3].deletes);
    assert_ends(&rule[3].last, GMEM_OP_ADD, 20);
    g_assert_cmpuint(rule[3].when.n, ==, 0);
}

static void test_ring(void)
{
    g_autoptr(GmemFile) file = parse_good(nvme);
    const GmemStatement *s = statement_at(file, 0);

    g_assert_cmpuint(file->statement->len, ==, 4);
    g_assert_cmpuint(s->kind, ==, GMEM_RING);
    g_assert_cmpstr(s->name, ==, "SQ");
    g_assert_cmpuint(s->line, ==, 8);
    g_assert_true(s->is_array);
    g_assert_cmpuint(s->low, ==, 0);
    g_assert_cmpuint(s->high, ==, 0);
    assert_ends(&s->base, GMEM_OP_AND, 9);
    assert_ends(&s->count, GMEM_OP_ADD, 10);
    g_assert_cmpuint(s->entry, ==, 64);
    g_assert_cmpstr(s->layout, ==, "NVME_SQE");
    g_assert_cmpuint(s->order, ==, GMEM_BY_TAIL);
    assert_ends(&s->tail, GMEM_OP_VARIABLE, 14);
    assert_ends(&s->key, GMEM_OP_FIELD, 16);
    g_assert_cmpint(s->answers, ==, -1);
    assert_trigger(trigger_at(s->trigger, 0), GMEM_ON_WRITE, 4, 0, 0);
    g_assert_cmpuint(s->reset->len, ==, 1);
    assert_rules(s->rule);
    assert_items(s->item);

    s = statement_at(file, 1);
    g_assert_cmpuint(s->low, ==, 1);
    g_assert_cmpuint(s->high, ==, 511);
    g_assert_cmpuint(s->base.n, ==, 0);

    s = statement_at(file, 2);
    g_assert_cmpint(s->answers, ==, 0);
    assert_ends(&s->answers_instance, GMEM_OP_FIELD, 56);
    assert_ends(&s->answers_key, GMEM_OP_FIELD, 56);
}

static void test_orders(void)
{
    g_autoptr(GmemFile) file = parse_good(
        "rings 1\n"
        "register R bar0:0:8\n"
        "ring W {\n"
        " base mem64(R + segment * 16)\n"
        " count mem16(R + segment * 16 + 8)\n"
        " segments R & 0xff\n"
        " entry 16\n"
        " on write R\n"
        " on irq\n"
        " while bits(u32[12], 0, 0) == phase\n"
        " start 3\n"
        " phase R & 1\n"
        " link when bits(u32[12], 15, 10) == 6 to u64[0] & ~0xf toggle u8[12] >> 1\n"
        "}\n"
        "ring B {\n base R\n count 32\n entry 32\n on write R\n bits value\n}\n"
        "ring L {\n base R\n count 32\n entry 32\n on write R\n all\n}\n"
        "ring T {\n base R\n count R\n entry 4096\n on write R\n tail mem16(R + 2)\n"
        " wrap 65536\n start 1\n}\n"
        "snapshot S[0..1] {\n at index\n len 64K\n on write R\n}\n"
        "watch M {\n at R\n len 4M\n on irq\n}\n");
    const GmemStatement *s = statement_at(file, 0);

    g_assert_false(s->is_array);
    g_assert_cmpuint(s->order, ==, GMEM_BY_WHILE);
    assert_ends(&s->condition, GMEM_OP_EQUAL, 10);
    assert_ends(&s->segments, GMEM_OP_AND, 6);
    assert_ends(&s->phase, GMEM_OP_AND, 12);
    assert_ends(&s->link_when, GMEM_OP_EQUAL, 13);
    assert_ends(&s->link_to, GMEM_OP_AND, 13);
    assert_ends(&s->link_toggles, GMEM_OP_SHIFT_RIGHT, 13);
    assert_number(&s->start, 3);
    s = statement_at(file, 1);
    g_assert_cmpuint(s->order, ==, GMEM_BY_BITS);
    assert_ends(&s->tail, GMEM_OP_VARIABLE, 20);
    g_assert_cmpuint(statement_at(file, 2)->order, ==, GMEM_ALL);
    s = statement_at(file, 3);
    assert_ends(&s->tail, GMEM_OP_MEMORY, 34);
    assert_number(&s->wrap, 65536);
    s = statement_at(file, 4);
    g_assert_cmpuint(s->kind, ==, GMEM_SNAPSHOT);
    assert_number(&s->len, 65536);
    assert_ends(&s->base, GMEM_OP_VARIABLE, 39);
}

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

/* Every beginning of a good file is refused, or is good itself. */
static void test_cut(void)
{
    size_t len;

    for (len = 0; len < strlen(nvme); len++) {
        g_autofree char *text = g_strndup(nvme, len);
        g_autoptr(GError) error = NULL;
        g_autoptr(GmemFile) file = gmem_parse("x", text, len, &error);

        g_assert_true(!file == !!error);
        g_assert_true(!file || nvme[len - 1] == '}' || nvme[len] == '\n');
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

/* --- files --------------------------------------------------------------- */

static void test_fd(void)
{
    g_autofree char *path = g_build_filename(g_get_tmp_dir(),
                                             "vfio-trace-test-XXXXXX", NULL);
    int fd = g_mkstemp(path);
    int dir = open(g_get_tmp_dir(), O_RDONLY | O_DIRECTORY);
    static const char text[] = "rings 1\n" REST;
    g_autoptr(GError) error = NULL;
    g_autoptr(GmemFile) file = NULL;

    g_assert_cmpint(write(fd, text, strlen(text)), ==, strlen(text));
    /* from its beginning, whatever the offset */
    file = gmem_parse_fd("a/b.rings", fd, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(file->name, ==, "b.rings");
    g_assert_cmpint(ftruncate(fd, GMEM_FILE_BYTES_MAX + 1), ==, 0);
    g_assert_null(gmem_parse_fd("b.rings", fd, &error));
    g_assert_error(error, GMEM_ERROR, GMEM_ERROR_LIMIT);
    g_clear_error(&error);
    g_assert_null(gmem_parse_fd("d.rings", dir, &error));
    g_assert_error(error, GMEM_ERROR, GMEM_ERROR_FILE);
    g_assert_cmpstr(error->message, ==, "d.rings: not a regular file");
    g_clear_error(&error);
    close(fd);
    close(dir);
    g_assert_null(gmem_parse_fd("b.rings", fd, &error));
    g_assert_error(error, GMEM_ERROR, GMEM_ERROR_FILE);
    unlink(path);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/guestmem-parse/file", test_file);
    g_test_add_func("/guestmem-parse/defaults", test_defaults);
    g_test_add_func("/guestmem-parse/registers", test_registers);
    g_test_add_func("/guestmem-parse/triggers", test_triggers);
    g_test_add_func("/guestmem-parse/ring", test_ring);
    g_test_add_func("/guestmem-parse/orders", test_orders);
    g_test_add_func("/guestmem-parse/bad", test_bad);
    g_test_add_func("/guestmem-parse/around", test_around);
    g_test_add_func("/guestmem-parse/cut", test_cut);
    g_test_add_func("/guestmem-parse/limits", test_limits);
    g_test_add_func("/guestmem-parse/inner-limits", test_inner_limits);
    g_test_add_func("/guestmem-parse/hostile", test_hostile);
    g_test_add_func("/guestmem-parse/size", test_size);
    g_test_add_func("/guestmem-parse/fd", test_fd);
    return g_test_run();
}
