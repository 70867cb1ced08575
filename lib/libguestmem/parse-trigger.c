/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libguestmem: triggers: lines `on` and `reset` */
#include "libguestmem/parse-internal.h"

#define TRIGGER_VALUE (1u << GMEM_VAR_VALUE)
#define TRIGGER_INDEX (1u << GMEM_VAR_INDEX)
#define TRIGGER_N (1u << GMEM_VAR_N)
#define TRIGGER_KIND (1u << GMEM_VAR_TRIGGER)

typedef struct TriggerWord {
    const char *word;
    GmemTriggerKind kind;
    unsigned variables;
    bool (*take)(GmemParse *p, GmemTrigger *trigger);
} TriggerWord;

/* --- what triggers ------------------------------------------------------- */

static bool trigger_take_index(GmemParse *p, GmemTrigger *trigger,
                               const GmemRegister *reg)
{
    GmemToken at = p->lex.token;
    GmemIndex index;

    if (!gmem_take_index(p, &index)) {
        return false;
    }
    trigger->low = index.given ? index.low : reg->low;
    trigger->high = index.given ? index.high : reg->high;
    if (index.given && !reg->is_array) {
        return gmem_fail_at(&p->lex, &at, GMEM_ERROR_SYNTAX,
                            "register %s is no array", reg->name);
    }
    return (trigger->low >= reg->low && trigger->high <= reg->high) ||
           gmem_fail_at(&p->lex, &at, GMEM_ERROR_SYNTAX,
                        "register %s has indexes %u to %u only", reg->name,
                        reg->low, reg->high);
}

static bool trigger_take_register(GmemParse *p, GmemTrigger *trigger)
{
    GmemToken name = p->lex.token;
    int i = gmem_find_register(p, &name);
    const GmemRegister *reg;

    if (i < 0) {
        return gmem_fail_name(p, &name, "a register", gmem_register_name);
    }
    reg = &g_array_index(p->file->reg, GmemRegister, i);
    trigger->reg = i;
    if (trigger->kind == GMEM_ON_READ ? !reg->reads : !reg->writes) {
        return gmem_fail(&p->lex,
                         "register %s is declared for %s only; 'rw' expected there",
                         reg->name, reg->reads ? "reads" : "writes");
    }
    return gmem_lex_next(&p->lex) && trigger_take_index(p, trigger, reg);
}

static bool trigger_take_glob(GmemParse *p, GmemTrigger *trigger)
{
    if (p->lex.token.kind != GMEM_TOKEN_STRING) {
        return gmem_fail_expected(&p->lex,
                                  "the marker's text: \"start*\"");
    }
    if (p->lex.token.len - 2 > GMEM_GLOB_MAX) {
        return gmem_fail_at(&p->lex, &p->lex.token, GMEM_ERROR_LIMIT,
                            "a marker's text of %zu bytes; at most %d expected",
                            p->lex.token.len - 2, GMEM_GLOB_MAX);
    }
    trigger->glob = gmem_token_string(&p->lex.token);
    return gmem_lex_next(&p->lex);
}

static const TriggerWord trigger_words[] = {
    { "write", GMEM_ON_WRITE, TRIGGER_VALUE | TRIGGER_INDEX,
      trigger_take_register },
    { "read", GMEM_ON_READ, TRIGGER_VALUE | TRIGGER_INDEX,
      trigger_take_register },
    { "irq", GMEM_ON_IRQ, TRIGGER_VALUE, NULL },
    { "marker", GMEM_ON_MARKER, 0, trigger_take_glob },
};

/* --- conditions ---------------------------------------------------------- */

/* `when` and `instance`, each once, in any order */
static bool trigger_take_options(GmemParse *p, GmemTrigger *trigger,
                                 unsigned variables)
{
    GmemScope scope = { .statement = p->file->statement->len - 1 };

    while (p->lex.token.kind == GMEM_TOKEN_NAME) {
        bool when = gmem_token_is(&p->lex.token, "when");
        bool instance = gmem_token_is(&p->lex.token, "instance");
        GmemExpr *expr = when ? &trigger->when : &trigger->instance;

        if ((!when && !instance) || expr->n) {
            return gmem_fail_expected(&p->lex,
                                      "one 'when', one 'instance' or the end of the line");
        }
        if (instance && !gmem_statement(p)->is_array) {
            return gmem_fail(&p->lex,
                             "'instance' for what has no index; NAME[LOW..HIGH] expected above");
        }
        scope.variables = variables | TRIGGER_KIND | (when ? TRIGGER_N : 0);
        if (!gmem_lex_next(&p->lex) || !gmem_take_expr(p, &scope, expr)) {
            return false;
        }
    }
    return true;
}

static bool trigger_take(GmemParse *p, GArray *triggers)
{
    GmemToken value = p->value;
    const TriggerWord *word = NULL;
    GmemTrigger *trigger;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(trigger_words); i++) {
        if (gmem_token_is(&p->lex.token, trigger_words[i].word)) {
            word = &trigger_words[i];
        }
    }
    if (!word) {
        return gmem_fail_expected(&p->lex,
                                  "'write', 'read', 'irq' or 'marker'");
    }
    if (triggers->len == GMEM_TRIGGERS_MAX) {
        return gmem_fail_at(&p->lex, &p->lex.token, GMEM_ERROR_LIMIT,
                            "more than %d triggers", GMEM_TRIGGERS_MAX);
    }
    trigger = gmem_trigger_add(triggers);
    trigger->kind = word->kind;
    trigger->line = p->lex.token.line;
    if (!gmem_lex_next(&p->lex) || (word->take && !word->take(p, trigger)) ||
        !trigger_take_options(p, trigger, word->variables)) {
        return false;
    }
    /* what a trigger itself uses says nothing of the statement */
    p->value = value;
    return true;
}

bool gmem_take_on(GmemParse *p)
{
    return trigger_take(p, gmem_statement(p)->trigger);
}

bool gmem_take_reset(GmemParse *p)
{
    return trigger_take(p, gmem_statement(p)->reset);
}
