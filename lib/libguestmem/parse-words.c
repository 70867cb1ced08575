/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libguestmem: names, numbers, lines and blocks of a rings file */
#include "libguestmem/parse-internal.h"

#include <string.h>

char *gmem_take_name(GmemParse *p, const char *what)
{
    const GmemToken *token = &p->lex.token;
    char *name;

    if (token->kind != GMEM_TOKEN_NAME) {
        gmem_fail_expected(&p->lex, what);
        return NULL;
    }
    name = g_strndup(token->text, token->len);
    if (!gmem_lex_next(&p->lex)) {
        g_free(name);
        return NULL;
    }
    return name;
}

bool gmem_take_number(GmemParse *p, const char *what, uint64_t min,
                      uint64_t max, uint64_t *number)
{
    const GmemToken *token = &p->lex.token;

    if (token->kind != GMEM_TOKEN_NUMBER) {
        return gmem_fail_expected(&p->lex, what);
    }
    if (token->number < min || token->number > max) {
        g_autofree char *shown = gmem_token_show(token);

        return gmem_fail_at(&p->lex, token, GMEM_ERROR_LIMIT,
                            "%s; %s of %" G_GUINT64_FORMAT " to %"
                            G_GUINT64_FORMAT " expected", shown, what, min,
                            max);
    }
    *number = token->number;
    return gmem_lex_next(&p->lex);
}

bool gmem_at_sign(const GmemParse *p, unsigned sign)
{
    return gmem_token_is_sign(&p->lex.token, sign);
}

bool gmem_take_sign(GmemParse *p, unsigned sign, const char *what)
{
    return gmem_at_sign(p, sign) ? gmem_lex_next(&p->lex) :
           gmem_fail_expected(&p->lex, what);
}

bool gmem_take_word(GmemParse *p, const char *word)
{
    g_autofree char *quoted = g_strdup_printf("'%s'", word);

    return gmem_token_is(&p->lex.token, word) ? gmem_lex_next(&p->lex) :
           gmem_fail_expected(&p->lex, quoted);
}

bool gmem_skip_word(GmemParse *p, const char *word)
{
    return gmem_token_is(&p->lex.token, word) && gmem_lex_next(&p->lex);
}

bool gmem_take_index(GmemParse *p, GmemIndex *index)
{
    uint64_t low;
    uint64_t high;

    *index = (GmemIndex) { .given = gmem_at_sign(p, '[') };
    if (!index->given) {
        return true;
    }
    if (!gmem_lex_next(&p->lex) ||
        !gmem_take_number(p, "an index", 0, GMEM_INDEX_MAX, &low)) {
        return false;
    }
    high = low;
    if (gmem_at_sign(p, GMEM_SIGN('.', '.')) &&
        (!gmem_lex_next(&p->lex) ||
         !gmem_take_number(p, "a highest index", low, GMEM_INDEX_MAX,
                           &high))) {
        return false;
    }
    index->low = low;
    index->high = high;
    return gmem_take_sign(p, ']', "'..' or ']'");
}

bool gmem_count_instances(GmemParse *p, const GmemToken *name, unsigned of,
                          unsigned n)
{
    static const char *const what[] = { "registers", "rings" };

    p->instances[of] += n;
    return p->instances[of] <= GMEM_INSTANCES_MAX ||
           gmem_fail_at(&p->lex, name, GMEM_ERROR_LIMIT,
                        "more than %d %s, each index counted",
                        GMEM_INSTANCES_MAX, what[of]);
}

/* --- misspelt names ------------------------------------------------------ */

/* Letters to change, add or leave out: 0, 1, or 2 for more */
static unsigned words_distance(const char *a, const char *b)
{
    size_t na = strlen(a);
    size_t nb = strlen(b);
    size_t i = 0;

    while (a[i] && a[i] == b[i]) {
        i++;
    }
    a += i;
    b += i;
    if (!*a && !*b) {
        return 0;
    }
    if (na == nb) {
        bool swapped = a[1] && a[0] == b[1] && a[1] == b[0];

        return !strcmp(a + 1, b + 1) ||
               (swapped && !strcmp(a + 2, b + 2)) ? 1 : 2;
    }
    return (na > nb ? !strcmp(a + 1, b) : na < nb && !strcmp(a, b + 1)) ? 1 :
           2;
}

/* Is it @name, misspelt? */
static bool words_is_near(const GmemToken *token, const char *name)
{
    g_autofree char *text = g_ascii_strdown(token->text, token->len);
    g_autofree char *other = g_ascii_strdown(name, -1);

    return token->kind == GMEM_TOKEN_NAME && words_distance(text, other) < 2;
}

static bool words_fail_near(GmemParse *p, const GmemToken *token,
                            const char *what, const char *near)
{
    g_autofree char *shown = gmem_token_show(token);

    return gmem_fail_at(&p->lex, token, GMEM_ERROR_SYNTAX,
                        "%s; %s expected: did you mean '%s'?", shown, what,
                        near);
}

bool gmem_fail_name(GmemParse *p, const GmemToken *token, const char *what,
                    const char *(*name)(const GmemParse *p, unsigned i))
{
    g_autofree char *shown = gmem_token_show(token);
    const char *near;
    unsigned i;

    for (i = 0, near = name(p, 0); near; near = name(p, ++i)) {
        if (words_is_near(token, near)) {
            return words_fail_near(p, token, what, near);
        }
    }
    return gmem_fail_at(&p->lex, token, GMEM_ERROR_SYNTAX, "%s; %s expected",
                        shown, what);
}

/* --- lines and blocks ---------------------------------------------------- */

static char *words_list(const GmemWord *words)
{
    GString *list = g_string_new(NULL);

    for (; words->word; words++) {
        g_string_append_printf(list, "%s%s", words->word,
                               words[1].word ? words[2].word ? ", " : " or " :
                               "");
    }
    return g_string_free(list, FALSE);
}

/* No line begins with what is here. */
static bool words_fail(GmemParse *p, const GmemWord *words)
{
    g_autofree char *list = words_list(words);

    for (; words->word; words++) {
        if (words_is_near(&p->lex.token, words->word)) {
            return words_fail_near(p, &p->lex.token, "another word",
                                   words->word);
        }
    }
    return gmem_fail_expected(&p->lex, list);
}

static const GmemWord *words_find(const GmemWord *words,
                                  const GmemToken *token)
{
    for (; words->word; words++) {
        if (gmem_token_is(token, words->word)) {
            return words;
        }
    }
    return NULL;
}

static bool words_end_line(GmemParse *p)
{
    if (p->lex.token.kind == GMEM_TOKEN_NEWLINE) {
        return gmem_lex_next(&p->lex);
    }
    return p->lex.token.kind == GMEM_TOKEN_END ||
           gmem_fail_expected(&p->lex, "the end of the line");
}

bool gmem_take_line(GmemParse *p, const GmemWord *words, unsigned *seen)
{
    const GmemWord *word = words_find(words, &p->lex.token);
    unsigned bit;

    if (!word) {
        return words_fail(p, words);
    }
    bit = 1u << (word - words);
    if (*seen & bit && !word->many) {
        return gmem_fail(&p->lex, "a second '%s'; one expected", word->word);
    }
    *seen |= bit;
    return (word->at_word || gmem_lex_next(&p->lex)) && word->take(p) &&
           words_end_line(p);
}

bool gmem_take_block(GmemParse *p, const GmemWord *words)
{
    unsigned seen = 0;

    if (!gmem_take_sign(p, '{', "'{'")) {
        return false;
    }
    if (p->lex.token.kind != GMEM_TOKEN_NEWLINE) {
        return gmem_fail_expected(&p->lex, "the end of the line behind '{'");
    }
    if (!gmem_lex_next(&p->lex)) {
        return false;
    }
    while (!gmem_at_sign(p, '}')) {
        if (p->lex.token.kind == GMEM_TOKEN_END) {
            return gmem_fail_expected(&p->lex, "'}'");
        }
        if (!gmem_take_line(p, words, &seen)) {
            return false;
        }
    }
    return gmem_lex_next(&p->lex);
}
