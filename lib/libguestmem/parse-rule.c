/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libguestmem: lines that name another ring: `create`, `delete`, `answers` */
#include "libguestmem/parse-internal.h"

/*
 * NAME[EXPR]; NAME[EXPR..EXPR], if there may be a @last; NAME alone is a ring
 * without an index.  It is looked up later.
 */
static bool rule_take_ring(GmemParse *p, const GmemScope *scope, int rule,
                           GmemExpr *instance, GmemExpr *last)
{
    GmemReference reference = {
        .token = p->lex.token, .rule = rule,
        .statement = p->file->statement->len - 1,
    };

    if (p->lex.token.kind != GMEM_TOKEN_NAME) {
        return gmem_fail_expected(&p->lex, "the name of a ring");
    }
    g_array_append_val(p->reference, reference);
    if (!gmem_lex_next(&p->lex)) {
        return false;
    }
    if (!gmem_at_sign(p, '[')) {
        return true;
    }
    if (!gmem_lex_next(&p->lex) || !gmem_take_expr(p, scope, instance)) {
        return false;
    }
    if (last && gmem_at_sign(p, GMEM_SIGN('.', '.')) &&
        (!gmem_lex_next(&p->lex) || !gmem_take_expr(p, scope, last))) {
        return false;
    }
    return gmem_take_sign(p, ']', "']'");
}

static bool rule_take(GmemParse *p, bool deletes)
{
    GmemScope scope = gmem_entry_scope(p);
    GArray *rules = gmem_statement(p)->rule;
    GmemRule *rule;

    if (rules->len == GMEM_RULES_MAX) {
        return gmem_fail_at(&p->lex, &p->lex.token, GMEM_ERROR_LIMIT,
                            "more than %d rules", GMEM_RULES_MAX);
    }
    g_array_set_size(rules, rules->len + 1);
    rule = &g_array_index(rules, GmemRule, rules->len - 1);
    rule->line = p->lex.token.line;
    rule->deletes = deletes;
    if (!rule_take_ring(p, &scope, rules->len - 1, &rule->instance,
                        deletes ? &rule->last : NULL)) {
        return false;
    }
    if (gmem_token_is(&p->lex.token, "when") &&
        (!gmem_lex_next(&p->lex) ||
         !gmem_take_expr(p, &scope, &rule->when))) {
        return false;
    }
    return deletes || (gmem_take_word(p, "base") &&
                       gmem_take_expr(p, &scope, &rule->base) &&
                       gmem_take_word(p, "count") &&
                       gmem_take_expr(p, &scope, &rule->count));
}

/* create NAME[EXPR] [when EXPR] base EXPR count EXPR */
bool gmem_take_create(GmemParse *p)
{
    return rule_take(p, false);
}

/* delete NAME[EXPR] [when EXPR], or NAME[EXPR..EXPR] */
bool gmem_take_delete(GmemParse *p)
{
    return rule_take(p, true);
}

/* answers NAME[EXPR] key EXPR */
bool gmem_take_answers(GmemParse *p)
{
    GmemScope scope = gmem_entry_scope(p);
    GmemStatement *s = gmem_statement(p);

    scope.entries &= ~(1u << GMEM_ENTRY_COMMAND);
    return rule_take_ring(p, &scope, -1, &s->answers_instance, NULL) &&
           gmem_take_word(p, "key") &&
           gmem_take_expr(p, &scope, &s->answers_key);
}
