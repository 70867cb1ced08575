/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: registers by name (see view.h) */
#include "libregdb/view.h"

#include <string.h>

#include "libregdb/build.h"
#include "libregdb/view-internal.h"

/* An index that was not given */
#define NO_INDEX UINT64_MAX

#define INDICES_MAX (REGDB_DEPTH_MAX + 1)

/* Comparisons of one pattern with one name: '*'s could make it endless */
#define STEPS_MAX 20000

/**
 * struct Match: a pattern is compared with a name
 * @steps: comparisons so far
 * @indices: what the pattern gives for each index of the name
 */
typedef struct Match {
    unsigned steps;
    uint64_t indices[INDICES_MAX];
} Match;

/* "[12]", "[0xc]", "[*]".  Return: what is behind it, or NULL */
static const char *names_index(const char *p, uint64_t *index)
{
    char *end;

    if (p[0] != '[') {
        return NULL;
    }
    if (p[1] == '*' && p[2] == ']') {
        *index = NO_INDEX;
        return p + 3;
    }
    if (!g_ascii_isdigit(p[1])) {
        return NULL;
    }
    *index = g_ascii_strtoull(p + 1, &end, p[2] == 'x' || p[2] == 'X' ? 16 : 10);
    return *end == ']' ? end + 1 : NULL;
}

static bool names_match(Match *match, const char *pattern, const char *name,
                        unsigned n);

/* The name has an index here; the pattern may have one, or none. */
static bool names_match_index(Match *match, const char *pattern,
                              const char *behind, uint64_t index, unsigned n)
{
    uint64_t given = NO_INDEX;
    const char *next = names_index(pattern, &given);

    if (n == INDICES_MAX) {
        return false;
    }
    if (next && (given == NO_INDEX || index == NO_INDEX || given == index)) {
        match->indices[n] = given;
        if (names_match(match, next, behind, n + 1)) {
            return true;
        }
    }
    if (next) {
        return false;
    }
    match->indices[n] = NO_INDEX;
    return names_match(match, pattern, behind, n + 1);
}

static bool names_match_any(Match *match, const char *pattern,
                            const char *name, unsigned n)
{
    while (*pattern == '*') {
        pattern++;
    }
    for (;;) {
        uint64_t index;
        const char *behind;

        if (names_match(match, pattern, name, n)) {
            return true;
        }
        if (!*name || match->steps > STEPS_MAX) {
            return false;
        }
        behind = names_index(name, &index);
        if (behind && n < INDICES_MAX) {
            match->indices[n++] = NO_INDEX;
            name = behind;
        } else {
            name++;
        }
    }
}

/* @n: indices of the name before this place */
static bool names_match(Match *match, const char *pattern, const char *name,
                        unsigned n)
{
    for (; ; pattern++, name++) {
        uint64_t index;
        const char *behind = names_index(name, &index);

        if (++match->steps > STEPS_MAX) {
            return false;
        }
        if (*pattern == '*') {
            return names_match_any(match, pattern, name, n);
        }
        if (behind) {
            return names_match_index(match, pattern, behind, index, n);
        }
        if (!*name || !*pattern) {
            return *name == *pattern;
        }
        if (*pattern != '?' &&
            g_ascii_tolower(*pattern) != g_ascii_tolower(*name)) {
            return false;
        }
    }
}

bool regdb_name_matches(const char *pattern, const char *name)
{
    Match match = { .steps = 0 };

    return names_match(&match, pattern, name, 0);
}

/**
 * struct Walk: all registers are visited
 * @view: the view
 * @pattern: what is looked for, or NULL
 * @matched: takes what is found
 * @opaque: for @matched
 * @name: name of where the walk is
 * @chain: elements that are repeated, above where it is; outermost first,
 *         in the order of their indices in the name
 * @n_chain: number of them
 * @pending: how many of them have no place in the name yet
 */
typedef struct Walk {
    RegDbView *view;
    const char *pattern;
    RegDbMatched *matched;
    void *opaque;
    GString *name;
    const RegDbElement *chain[INDICES_MAX];
    unsigned n_chain;
    unsigned pending;
} Walk;

static uint64_t names_index_offset(const RegDbElement *element, uint64_t index)
{
    return element->offsets ? element->offsets[index] :
           index * element->stride;
}

/* Return: does the index exist? */
static bool names_take_index(RegDbMatch *found, const RegDbElement *element,
                             uint64_t index, unsigned bytes)
{
    if (index == NO_INDEX) {
        found->length[found->n_repeats] = element->length;
        found->stride[found->n_repeats++] = element->offsets ? 0 :
                                            element->stride * bytes;
        index = 0;
    } else if (element->length && index >= element->length) {
        return false;
    }
    found->offset += names_index_offset(element, index) * bytes;
    return true;
}

static bool names_report(Walk *walk, const RegDbElement *element,
                         uint64_t offset)
{
    unsigned i, bytes = regdb_view_domain(walk->view)->unit / 8;
    Match match = { .steps = 0 };
    RegDbMatch found = { .name = walk->name->str, .element = element,
                         .offset = offset * bytes };

    for (i = 0; i < INDICES_MAX; i++) {
        match.indices[i] = NO_INDEX;
    }
    if (walk->pattern &&
        !names_match(&match, walk->pattern, walk->name->str, 0)) {
        return true;
    }
    for (i = 0; i < walk->n_chain; i++) {
        if (!names_take_index(&found, walk->chain[i], match.indices[i],
                              bytes)) {
            return true;
        }
    }
    return walk->matched(&found, walk->opaque);
}

static bool names_walk(Walk *walk, RegDbElement *const *elements, uint32_t n,
                       uint64_t offset);

static bool names_enter(Walk *walk, const RegDbElement *element,
                        uint64_t offset)
{
    unsigned i;

    offset += element->offsets ? 0 : element->offset;
    if (element->length != 1 && walk->n_chain < INDICES_MAX) {
        walk->chain[walk->n_chain++] = element;
        walk->pending++;
    } else if (element->offsets) {
        offset += element->offsets[0];
    }
    if (element->name) {
        g_string_append_printf(walk->name, "%s%s", walk->name->len ? "." : "",
                               element->name);
        for (i = 0; i < walk->pending; i++) {
            g_string_append(walk->name, "[*]");
        }
        walk->pending = 0;
    }
    return element->kind == REGDB_REGISTER ?
           names_report(walk, element, offset) :
           names_walk(walk, element->children, element->n_children, offset);
}

static bool names_walk(Walk *walk, RegDbElement *const *elements, uint32_t n,
                       uint64_t offset)
{
    gsize len = walk->name->len;
    unsigned n_chain = walk->n_chain, pending = walk->pending;
    uint32_t i;

    for (i = 0; i < n; i++) {
        if (!regdb_view_holds_quietly(walk->view, elements[i]->when)) {
            continue;
        }
        if (!names_enter(walk, elements[i], offset)) {
            return false;
        }
        g_string_truncate(walk->name, len);
        walk->n_chain = n_chain;
        walk->pending = pending;
    }
    return true;
}

bool regdb_view_each(RegDbView *view, const char *pattern,
                     RegDbMatched *matched, void *opaque)
{
    const RegDbDomain *domain = regdb_view_domain(view);
    g_autoptr(GString) name = g_string_new(NULL);
    Walk walk = { .view = view, .pattern = pattern, .matched = matched,
                  .opaque = opaque, .name = name };

    return !regdb_view_holds_quietly(view, domain->when) ||
           names_walk(&walk, domain->elements, domain->n_elements, 0);
}
