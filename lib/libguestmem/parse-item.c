/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libguestmem: lines `data` and `list`: memory that an entry points to */
#include "libguestmem/parse-internal.h"

/* Expressions on an entry of the list; of the ring, if there is none */
static GmemScope item_scope(const GmemParse *p, const GmemList *list)
{
    GmemScope scope = gmem_entry_scope(p);

    if (list) {
        scope.entries |= 1u << GMEM_ENTRY_OUTER;
        scope.item = list->item;
        scope.outer = list->up ? list->up->item : NULL;
    }
    return scope;
}

static GmemItem *item_add(GmemParse *p, bool is_list)
{
    GPtrArray *items = p->list ? p->list->item->item : gmem_statement(p)->item;
    GmemToken name = p->lex.token;
    GmemItem *item;
    unsigned i;

    for (i = 0; i < items->len; i++) {
        if (gmem_token_is(&name, ((GmemItem *)items->pdata[i])->name)) {
            gmem_fail(&p->lex,
                      "a second item of this name; each needs one of its own");
            return NULL;
        }
    }
    if (items->len == GMEM_ITEMS_MAX) {
        gmem_fail_at(&p->lex, &name, GMEM_ERROR_LIMIT,
                     "more than %d items in a block", GMEM_ITEMS_MAX);
        return NULL;
    }
    if (name.kind != GMEM_TOKEN_NAME) {
        gmem_fail_expected(&p->lex, "a name for the item");
        return NULL;
    }
    item = gmem_item_add(items);
    item->line = name.line;
    item->is_list = is_list;
    item->name = gmem_take_name(p, "a name");
    return item->name ? item : NULL;
}

static bool item_take_when(GmemParse *p, const GmemScope *scope,
                           GmemExpr *when)
{
    return !gmem_token_is(&p->lex.token, "when") ||
           (gmem_lex_next(&p->lex) && gmem_take_expr(p, scope, when));
}

/* data NAME [when EXPR] at EXPR len EXPR [max SIZE] */
bool gmem_take_data(GmemParse *p)
{
    GmemScope scope = item_scope(p, p->list);
    GmemItem *item = item_add(p, false);

    if (!item || !item_take_when(p, &scope, &item->when) ||
        !gmem_take_word(p, "at") ||
        !gmem_take_expr(p, &scope, &item->at) || !gmem_take_word(p, "len") ||
        !gmem_take_expr(p, &scope, &item->len)) {
        return false;
    }
    item->max = GMEM_DATA_MAX;
    return !gmem_token_is(&p->lex.token, "max") ||
           (gmem_lex_next(&p->lex) &&
            gmem_take_number(p, "a size", 1, GMEM_DATA_MAX, &item->max));
}

/* --- lines of a list ----------------------------------------------------- */

/* Where the list is, and its length: on the entry that points to it */
static bool item_take_at(GmemParse *p)
{
    const GmemList *list = p->list;
    GmemScope scope = item_scope(p, list->up);

    return gmem_take_expr(p, &scope, &list->item->at);
}

static bool item_take_count(GmemParse *p)
{
    const GmemList *list = p->list;
    GmemScope scope = item_scope(p, list->up);
    GmemToken at = p->lex.token;

    return gmem_take_expr(p, &scope, &list->item->count) &&
           gmem_check_number(p, &at, &list->item->count, "count", 1,
                             GMEM_LIST_ENTRIES_MAX);
}

static bool item_take_entry(GmemParse *p)
{
    const GmemList *list = p->list;
    uint64_t entry;

    if (!gmem_take_number(p, "an entry's size", 1, GMEM_LIST_ENTRY_MAX,
                          &entry)) {
        return false;
    }
    list->item->entry = entry;
    return true;
}

static bool item_take_until(GmemParse *p)
{
    const GmemList *list = p->list;
    GmemScope scope = item_scope(p, list);

    return gmem_take_expr(p, &scope, &list->item->until);
}

/* next EXPR [when EXPR] */
static bool item_take_next(GmemParse *p)
{
    const GmemList *list = p->list;
    GmemScope scope = item_scope(p, list);

    return gmem_take_expr(p, &scope, &list->item->next) &&
           item_take_when(p, &scope, &list->item->next_when);
}

static const GmemWord item_words[] = {
    { "at", item_take_at },
    { "entry", item_take_entry },
    { "count", item_take_count },
    { "until", item_take_until },
    { "next", item_take_next },
    { "data", gmem_take_data, true },
    { "list", gmem_take_list, true },
    { NULL }
};

static bool item_check_list(GmemParse *p, const GmemItem *item,
                            const GmemToken *name)
{
    const char *missing = !item->at.n ? "at" : !item->entry ? "entry" :
                          !item->count.n ? "count" : NULL;

    return !missing || gmem_fail_at(&p->lex, name, GMEM_ERROR_SYNTAX,
                                    "list %s has no '%s'", item->name,
                                    missing);
}

/* list NAME [when EXPR] { */
bool gmem_take_list(GmemParse *p)
{
    GmemToken name = p->lex.token;
    GmemScope scope = item_scope(p, p->list);
    GmemList list = {
        .up = p->list, .depth = p->list ? p->list->depth + 1 : 1,
    };
    bool ok;

    if (list.depth > GMEM_DEPTH_MAX) {
        return gmem_fail_at(&p->lex, &name, GMEM_ERROR_LIMIT,
                            "a list in a list more than %d deep",
                            GMEM_DEPTH_MAX);
    }
    list.item = item_add(p, true);
    if (!list.item || !item_take_when(p, &scope, &list.item->when)) {
        return false;
    }
    p->list = &list;
    ok = gmem_take_block(p, item_words);
    p->list = list.up;
    return ok && item_check_list(p, list.item, &name);
}
