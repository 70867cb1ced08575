/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing rings files: any text
 *
 * What is accepted can be carried out without further checks: operations of an
 * expression have what they take, jumps go forward, numbers of registers and
 * statements exist, and everything is within the limits.  Of what is refused, a
 * printable message says why, and where.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libguestmem/parse.h"

/* --- expressions --------------------------------------------------------- */

/* Numbers that an operation takes, and those that it leaves */
static void effect(const GmemOp *op, unsigned *takes, unsigned *leaves)
{
    *leaves = 1;
    switch (op->code) {
    case GMEM_OP_NUMBER:
    case GMEM_OP_VARIABLE:
        *takes = 0;
        break;
    case GMEM_OP_BITS:
        *takes = 3;
        break;
    case GMEM_OP_JUMP:
        *takes = *leaves = 0;
        break;
    case GMEM_OP_JUMP_IF_ZERO:
    case GMEM_OP_JUMP_IF_NOT_ZERO:
        *takes = 1;
        *leaves = 0;
        break;
    default:
        *takes = op->code >= GMEM_OP_ADD && op->code <= GMEM_OP_MAXIMUM ? 2 : 1;
    }
}

static bool jumps(const GmemOp *op)
{
    return op->code == GMEM_OP_JUMP || op->code == GMEM_OP_JUMP_IF_ZERO ||
           op->code == GMEM_OP_JUMP_IF_NOT_ZERO;
}

static void check_op(const GmemFile *file, const GmemOp *op)
{
    fuzz_check(op->code < GMEM_OPS, "code %u", op->code);
    if (op->code == GMEM_OP_REGISTER || op->code == GMEM_OP_KNOWN) {
        fuzz_check(op->a < file->reg->len, "register %u", op->a);
    } else if (op->code == GMEM_OP_VARIABLE) {
        fuzz_check(op->a < GMEM_VARIABLES, "variable %u", op->a);
    } else if (op->code == GMEM_OP_FIELD || op->code == GMEM_OP_MEMORY) {
        fuzz_check(op->b && op->b <= 8 && !(op->b & (op->b - 1)), "%u bytes",
                   op->b);
        fuzz_check(op->code == GMEM_OP_MEMORY || op->a < GMEM_ENTRIES,
                   "entry %u", op->a);
    }
}

/* An operation must be met with the same depth on every way to it. */
static void meet(int *depth, unsigned at, int now)
{
    fuzz_check(depth[at] < 0 || depth[at] == now, "%d and %d at %u",
               depth[at], now, at);
    depth[at] = now;
}

static void check_expr(const GmemFile *file, const GmemExpr *expr)
{
    int depth[GMEM_OPS_MAX + 1];
    unsigned i;

    fuzz_check(expr->n <= GMEM_OPS_MAX, "%u operations", expr->n);
    if (!expr->n) {
        return;
    }
    memset(depth, -1, sizeof(depth));
    depth[0] = 0;
    for (i = 0; i < expr->n; i++) {
        const GmemOp *op = &expr->op[i];
        unsigned takes;
        unsigned leaves;
        int now = depth[i];

        check_op(file, op);
        fuzz_check(now >= 0, "%u is never met", i);
        effect(op, &takes, &leaves);
        fuzz_check((unsigned)now >= takes, "%u takes %u of %d", i, takes, now);
        now += (int)leaves - (int)takes;
        fuzz_check(now <= GMEM_STACK_MAX, "%d at %u", now, i);
        if (jumps(op)) {
            fuzz_check(i + 1 + op->a <= expr->n, "jump to %u", i + 1 + op->a);
            meet(depth, i + 1 + op->a, now);
        }
        if (op->code != GMEM_OP_JUMP) {
            meet(depth, i + 1, now);
        }
    }
    fuzz_check(depth[expr->n] == 1, "%d at the end", depth[expr->n]);
}

/* --- the model ----------------------------------------------------------- */

static void check_name(const char *name)
{
    fuzz_check(name && *name && strlen(name) <= GMEM_NAME_MAX, "%s",
               name ? name : "(none)");
}

static void check_registers(const GmemFile *file)
{
    uint64_t instances = 0;
    unsigned i;

    fuzz_check(file->reg->len <= GMEM_REGISTERS_MAX, "%u", file->reg->len);
    for (i = 0; i < file->reg->len; i++) {
        const GmemRegister *reg = &g_array_index(file->reg, GmemRegister, i);

        check_name(reg->name);
        fuzz_check(reg->bar < GMEM_BARS, "bar %d", reg->bar);
        fuzz_check(reg->bar >= 0 || reg->area < file->area->len, "area %u",
                   reg->area);
        fuzz_check(reg->width && reg->width <= 8, "width %u", reg->width);
        fuzz_check(reg->reads || reg->writes, "%s", reg->name);
        fuzz_check(reg->low <= reg->high, "%s", reg->name);
        fuzz_check(reg->is_array == (reg->stride.n || reg->bank.n), "%s",
                   reg->name);
        check_expr(file, &reg->offset_expr);
        check_expr(file, &reg->stride);
        check_expr(file, &reg->bank);
        instances += reg->high - reg->low + 1;
    }
    fuzz_check(instances <= GMEM_INSTANCES_MAX, "%u",  (unsigned)instances);
}

static void check_triggers(const GmemFile *file, const GArray *triggers)
{
    unsigned i;

    fuzz_check(triggers->len <= GMEM_TRIGGERS_MAX, "%u", triggers->len);
    for (i = 0; i < triggers->len; i++) {
        const GmemTrigger *t = &g_array_index(triggers, GmemTrigger, i);
        const GmemRegister *reg;

        check_expr(file, &t->when);
        check_expr(file, &t->instance);
        fuzz_check(!t->glob == (t->kind != GMEM_ON_MARKER), "glob");
        if (t->kind == GMEM_ON_READ || t->kind == GMEM_ON_WRITE) {
            fuzz_check(t->reg < file->reg->len, "register %u", t->reg);
            reg = &g_array_index(file->reg, GmemRegister, t->reg);
            fuzz_check(t->low >= reg->low && t->high <= reg->high &&
                       t->low <= t->high, "%u to %u", t->low, t->high);
        }
    }
}

static void check_items(const GmemFile *file, const GPtrArray *items,
                        unsigned depth)
{
    unsigned i;

    fuzz_check(items->len <= GMEM_ITEMS_MAX && depth <= GMEM_DEPTH_MAX,
               "%u items at %u", items->len, depth);
    for (i = 0; i < items->len; i++) {
        const GmemItem *item = items->pdata[i];

        check_name(item->name);
        check_expr(file, &item->when);
        check_expr(file, &item->at);
        check_expr(file, &item->len);
        check_expr(file, &item->count);
        check_expr(file, &item->until);
        check_expr(file, &item->next);
        check_expr(file, &item->next_when);
        fuzz_check(item->at.n, "no address");
        if (item->is_list) {
            fuzz_check(item->count.n && item->entry &&
                       item->entry <= GMEM_LIST_ENTRY_MAX, "%s", item->name);
            check_items(file, item->item, depth + 1);
        } else {
            fuzz_check(item->len.n && item->max &&
                       item->max <= GMEM_DATA_MAX, "%s", item->name);
        }
    }
}

static const GmemStatement *ring_at(const GmemFile *file, unsigned i)
{
    const GmemStatement *s = &g_array_index(file->statement, GmemStatement,
                                            i);

    fuzz_check(i < file->statement->len && s->kind == GMEM_RING, "%u", i);
    return s;
}

static void check_rules(const GmemFile *file, const GmemStatement *s)
{
    unsigned i;

    fuzz_check(s->rule->len <= GMEM_RULES_MAX, "%u", s->rule->len);
    for (i = 0; i < s->rule->len; i++) {
        const GmemRule *rule = &g_array_index(s->rule, GmemRule, i);

        check_expr(file, &rule->instance);
        check_expr(file, &rule->last);
        check_expr(file, &rule->when);
        check_expr(file, &rule->base);
        check_expr(file, &rule->count);
        fuzz_check(rule->deletes || (rule->base.n && rule->count.n),
                   "a rule without a base");
        fuzz_check(rule->deletes || !ring_at(file, rule->ring)->base.n,
                   "a ring with a base");
        ring_at(file, rule->ring);
    }
    if (s->answers >= 0) {
        fuzz_check(ring_at(file, s->answers)->key.n && s->answers_key.n,
                   "no key");
    }
}

static void check_ring(const GmemFile *file, const GmemStatement *s)
{
    fuzz_check(s->entry && s->entry <= GMEM_ENTRY_MAX, "%u", s->entry);
    fuzz_check(!s->base.n == !s->count.n, "%s", s->name);
    fuzz_check(!s->tail.n == !(s->order == GMEM_BY_TAIL ||
                               s->order == GMEM_BY_BITS), "%s", s->name);
    fuzz_check(!s->condition.n == (s->order != GMEM_BY_WHILE), "%s", s->name);
    fuzz_check(!s->link_when.n == !s->link_to.n, "%s", s->name);
    check_rules(file, s);
    check_items(file, s->item, 0);
}

static void check_statement(const GmemFile *file, const GmemStatement *s)
{
    const GmemExpr *const exprs[] = {
        &s->base, &s->count, &s->len, &s->segments, &s->tail, &s->wrap,
        &s->condition, &s->start, &s->phase, &s->link_when, &s->link_to,
        &s->link_toggles, &s->key, &s->answers_instance, &s->answers_key,
    };
    size_t i;

    check_name(s->name);
    for (i = 0; i < G_N_ELEMENTS(exprs); i++) {
        check_expr(file, exprs[i]);
    }
    fuzz_check(s->low <= s->high, "%s", s->name);
    fuzz_check(s->trigger->len, "no trigger");
    check_triggers(file, s->trigger);
    check_triggers(file, s->reset);
    if (s->kind == GMEM_RING) {
        check_ring(file, s);
    } else {
        fuzz_check(s->base.n && s->len.n, "%s", s->name);
    }
}

static void check_file(const GmemFile *file)
{
    unsigned i;

    fuzz_check(strlen(file->sha256) == 64, "%s", file->sha256);
    fuzz_check(!file->title || g_utf8_validate(file->title, -1, NULL),
               "title");
    for (i = 0; i < file->area->len; i++) {
        const GmemArea *area = &g_array_index(file->area, GmemArea, i);

        check_name(area->name);
        check_expr(file, &area->when);
        check_expr(file, &area->bar);
        check_expr(file, &area->offset);
    }
    check_registers(file);
    fuzz_check(file->statement->len &&
               file->statement->len <= GMEM_STATEMENTS_MAX, "%u",
               file->statement->len);
    for (i = 0; i < file->statement->len; i++) {
        check_statement(file, &g_array_index(file->statement, GmemStatement,
                                             i));
    }
}

/* "x:LINE:COLUMN: ..." */
static void check_message(const char *message)
{
    unsigned line;
    unsigned column;
    const char *c;

    fuzz_check(sscanf(message, "x:%u:%u: ", &line, &column) == 2 && line &&
               column, "%s", message);
    for (c = message; *c; c++) {
        fuzz_check(*c >= ' ' && *c <= '~', "%s", message);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_copy(data, size);
    GError *error = NULL;
    GmemFile *file = gmem_parse("x", text, size, &error);

    fuzz_check(!file == !!error, "%s", error ? error->message : "no error");
    if (file) {
        check_file(file);
        gmem_file_free(file);
    } else {
        check_message(error->message);
        g_error_free(error);
    }
    free(text);
    return 0;
}
