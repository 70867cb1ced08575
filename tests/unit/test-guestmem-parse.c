/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unit tests: statements of rings files */
#include <fcntl.h>
#include <unistd.h>

#include "guestmem-text.h"

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
    " by device\n"
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
    g_assert_false(s->by_device);
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
    g_assert_true(s->by_device);
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
    g_test_add_func("/guestmem-parse/cut", test_cut);
    g_test_add_func("/guestmem-parse/fd", test_fd);
    return g_test_run();
}
