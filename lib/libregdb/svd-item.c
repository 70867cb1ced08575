/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: CMSIS SVD, items and what they are derived from */
#include "libregdb/svd-internal.h"

#include <string.h>

#include "libregdb/hash.h"

/* Bytes of a brief; descriptions may be pages */
#define SVD_BRIEF_MAX 200

bool regdb_svd_step(RegDbSvd *svd)
{
    if (svd->steps < REGDB_SVD_STEPS_MAX && regdb_xml_work(svd->device, 1)) {
        svd->steps++;
        return true;
    }
    if (!svd->full) {
        regdb_source_fault(svd->source, 0,
                           "the document refers to itself so often that it takes too long to read");
        svd->full = true;
    }
    return false;
}

void regdb_svd_limit(RegDbSvd *svd, const xmlNode *node)
{
    if (!svd->full) {
        regdb_source_fault(svd->source, regdb_xml_line(node), "%s",
                           regdb_build_error(svd->build));
        svd->full = true;
    }
}

/* --- names -------------------------------------------------------------- */

/* The element's name, and its length; nothing is allocated */
static const char *svd_name(const xmlNode *node, size_t *len)
{
    const xmlNode *name = regdb_xml_child(node, "name");
    const char *text = name && name->children && name->children->content ?
                       (const char *)name->children->content : "";

    while (g_ascii_isspace(*text)) {
        text++;
    }
    *len = strlen(text);
    regdb_xml_work(node, *len);
    while (*len && g_ascii_isspace(text[*len - 1])) {
        (*len)--;
    }
    return text;
}

/* "CH%s" and "CH[%s]" are meant by "CH", "CH3" and "CH[3]", too. */
static bool svd_one_of(const char *name, size_t len, const char *word)
{
    const char *mark = memmem(name, len, "%s", 2);
    size_t words = strlen(word);
    size_t before;
    size_t after;
    bool array;

    if (!mark) {
        return false;
    }
    before = mark - name;
    after = len - before - 2;
    array = before && after && mark[-1] == '[' && mark[2] == ']';
    if (words >= before + after && !strncmp(name, word, before) &&
        !strncmp(mark + 2, word + words - after, after)) {
        return true;
    }
    before -= array;
    after -= array;
    return words == before + after && !strncmp(name, word, before) &&
           !strncmp(name + len - after, word + before, after);
}

static bool svd_named(const xmlNode *node, const char *word)
{
    size_t len;
    const char *name = svd_name(node, &len);

    return (len == strlen(word) && !memcmp(name, word, len)) ||
           svd_one_of(name, len, word);
}

/* --- derivedFrom -------------------------------------------------------- */

static const char *const svd_lists[] = { "peripherals", "registers", "fields" };

static bool svd_is_list(const xmlNode *node)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(svd_lists); i++) {
        if (regdb_xml_is(node, svd_lists[i])) {
            return true;
        }
    }
    return false;
}

/* The item that an element is in, or the device, or NULL */
static const xmlNode *svd_owner(const xmlNode *node)
{
    const xmlNode *owner = node->parent;

    if (owner && owner->type == XML_ELEMENT_NODE && svd_is_list(owner)) {
        owner = owner->parent;
    }
    return owner && owner->type == XML_ELEMENT_NODE ? owner : NULL;
}

/* The element that lists an item's members */
static const xmlNode *svd_members(const xmlNode *owner)
{
    const xmlNode *list;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(svd_lists); i++) {
        list = regdb_xml_child(owner, svd_lists[i]);
        if (list) {
            return list;
        }
    }
    return regdb_xml_is(owner, "cluster") ? owner : NULL;
}

static const xmlNode *svd_base(RegDbSvd *svd, const xmlNode *node,
                               unsigned depth);

/* A member of that name that is not @self; of @kind, if that is not NULL */
static const xmlNode *svd_member(RegDbSvd *svd, const xmlNode *owner,
                                 const char *word, const char *kind,
                                 const xmlNode *self, unsigned depth)
{
    const xmlNode *list = svd_members(owner);
    const xmlNode *node;

    for (node = list ? regdb_xml_first(list) : NULL; node;
         node = regdb_xml_next(node)) {
        if (!regdb_svd_step(svd)) {
            return NULL;
        }
        if (node != self && (!kind || regdb_xml_is(node, kind)) &&
            svd_named(node, word)) {
            return node;
        }
    }
    owner = owner != self ? svd_base(svd, owner, depth + 1) : NULL;
    return owner ? svd_member(svd, owner, word, kind, self, depth + 1) : NULL;
}

static const xmlNode *svd_descend(RegDbSvd *svd, const xmlNode *scope,
                                  char *const *word, const xmlNode *self,
                                  unsigned depth)
{
    for (; scope && *word; word++) {
        scope = svd_member(svd, scope, *word,
                           word[1] ? NULL : regdb_xml_name(self), self, depth);
    }
    return scope;
}

/* What an element is derived from, or NULL; no faults */
static const xmlNode *svd_base(RegDbSvd *svd, const xmlNode *node,
                               unsigned depth)
{
    const char *path = regdb_xml_attribute(node, "derivedFrom");
    g_auto(GStrv) word = NULL;
    const xmlNode *scope;
    const xmlNode *found;

    if (!path || depth > REGDB_SVD_CHAIN_MAX) {
        return NULL;
    }
    word = g_strsplit(path, ".", REGDB_DEPTH_MAX);
    if (!word[0]) {
        return NULL;
    }
    for (scope = svd_owner(node); scope; scope = svd_owner(scope)) {
        found = svd_descend(svd, scope, word, node, depth);
        if (found) {
            return found;
        }
    }
    return NULL;
}

static bool svd_in_chain(const RegDbSvdItem *item, const xmlNode *node)
{
    unsigned i;

    for (i = 0; i < item->n; i++) {
        if (item->node[i] == node) {
            return true;
        }
    }
    return false;
}

void regdb_svd_item(RegDbSvd *svd, const xmlNode *node, RegDbSvdItem *item)
{
    const char *path;

    *item = (RegDbSvdItem) { .node = { node }, .n = 1 };
    while ((path = regdb_xml_attribute(node, "derivedFrom"))) {
        const xmlNode *base = svd_base(svd, node, 0);

        if (svd->full) {
            return;
        }
        if (!base) {
            regdb_source_fault(svd->source, regdb_xml_line(node),
                               "derivedFrom '%.100s': there is no such %s",
                               path, regdb_xml_name(node));
            return;
        }
        if (svd_in_chain(item, base) || item->n == REGDB_SVD_CHAIN_MAX) {
            regdb_source_fault(svd->source, regdb_xml_line(node),
                               "derivedFrom '%.100s': a circle, or more than %u elements that are derived from each other",
                               path, REGDB_SVD_CHAIN_MAX);
            return;
        }
        item->node[item->n++] = base;
        node = base;
    }
}

/* --- properties --------------------------------------------------------- */

const xmlNode *regdb_svd_child(const RegDbSvdItem *item, const char *name)
{
    const xmlNode *child = NULL;
    unsigned i;

    for (i = 0; i < item->n && !child; i++) {
        child = regdb_xml_child(item->node[i], name);
    }
    return child;
}

char *regdb_svd_text(const RegDbSvdItem *item, const char *name)
{
    const xmlNode *child = regdb_svd_child(item, name);
    g_autofree char *text = child ? regdb_xml_text(child) : NULL;

    return text && *text ? g_steal_pointer(&text) : NULL;
}

bool regdb_svd_get(RegDbSvd *svd, const RegDbSvdItem *item, const char *name,
                   uint64_t *number)
{
    const xmlNode *child = regdb_svd_child(item, name);
    g_autofree char *text = child ? regdb_xml_text(child) : NULL;

    if (!text) {
        return false;
    }
    if (!regdb_svd_number(text, number)) {
        regdb_source_fault(svd->source, regdb_xml_line(child),
                           "%s '%.100s' is not a number", name, text);
        return false;
    }
    return true;
}

char *regdb_svd_brief(const RegDbSvdItem *item)
{
    char *text = regdb_svd_text(item, "description");
    char *end;

    if (text && strlen(text) > SVD_BRIEF_MAX) {
        /* libxml2's text is UTF-8 */
        end = g_utf8_find_prev_char(text, text + SVD_BRIEF_MAX - 2);
        strcpy(end ?: text, "...");
    }
    return text;
}

/* --- enumeratedValues --------------------------------------------------- */

static void svd_index_values(RegDbSvd *svd)
{
    const xmlNode *node = svd->device;

    svd->enums = g_hash_table_new_full(regdb_hash, g_str_equal, g_free,
                                       (GDestroyNotify)g_ptr_array_unref);
    while (node) {
        if (regdb_xml_is(node, "enumeratedValues")) {
            size_t len;
            const char *text = svd_name(node, &len);
            g_autofree char *name = g_strndup(text, len);
            GPtrArray *nodes = g_hash_table_lookup(svd->enums, name);

            if (!nodes) {
                nodes = g_ptr_array_new();
                g_hash_table_insert(svd->enums, g_steal_pointer(&name), nodes);
            }
            g_ptr_array_add(nodes, (void *)node);
        }
        if (regdb_xml_first(node)) {
            node = regdb_xml_first(node);
            continue;
        }
        while (node != svd->device && !regdb_xml_next(node)) {
            node = node->parent;
        }
        node = node != svd->device ? regdb_xml_next(node) : NULL;
    }
}

/* Is one of the items around @node called @word?  Return: that item */
static const xmlNode *svd_around(const xmlNode *node, const char *word)
{
    do {
        node = svd_owner(node);
    } while (node && !svd_named(node, word));
    return node;
}

static bool svd_is_at(const xmlNode *node, char *const *word)
{
    unsigned n = g_strv_length((char **)word) - 1;

    while (node && n) {
        node = svd_around(node, word[--n]);
    }
    return node;
}

static unsigned svd_depth(const xmlNode *node)
{
    unsigned depth = 0;

    for (; node; node = node->parent) {
        depth++;
    }
    return depth;
}

/* How many elements are between the root and where @a and @b part? */
static unsigned svd_common(const xmlNode *a, const xmlNode *b)
{
    unsigned depth_a = svd_depth(a);
    unsigned depth_b = svd_depth(b);

    for (; depth_a > depth_b; depth_a--) {
        a = a->parent;
    }
    for (; depth_b > depth_a; depth_b--) {
        b = b->parent;
    }
    for (; a != b; depth_a--) {
        a = a->parent;
        b = b->parent;
    }
    return depth_a;
}

/* Of several, the one whose field, register, ... is @node's. */
static const xmlNode *svd_nearest(RegDbSvd *svd, const xmlNode *node,
                                  const char *path)
{
    g_auto(GStrv) word = g_strsplit(path, ".", REGDB_DEPTH_MAX);
    unsigned words = g_strv_length(word);
    const xmlNode *best = NULL;
    unsigned best_depth = 0;
    GPtrArray *nodes;
    guint i;

    if (!svd->enums) {
        svd_index_values(svd);
    }
    nodes = words ? g_hash_table_lookup(svd->enums, word[words - 1]) : NULL;
    for (i = 0; nodes && i < nodes->len && regdb_svd_step(svd); i++) {
        const xmlNode *other = nodes->pdata[i];
        unsigned depth;

        if (other == node || !svd_is_at(other, word)) {
            continue;
        }
        depth = svd_common(node, other);
        if (depth > best_depth) {
            best_depth = depth;
            best = other;
        }
    }
    return best;
}

const xmlNode *regdb_svd_values(RegDbSvd *svd, const xmlNode *node)
{
    unsigned n;

    for (n = 0; n < REGDB_SVD_CHAIN_MAX; n++) {
        const char *path = regdb_xml_attribute(node, "derivedFrom");
        const xmlNode *base;

        if (!path || regdb_xml_child(node, "enumeratedValue")) {
            return node;
        }
        base = svd_nearest(svd, node, path);
        if (!base) {
            if (!svd->full) {
                regdb_source_fault(svd->source, regdb_xml_line(node),
                                   "derivedFrom '%.100s': there are no such enumeratedValues",
                                   path);
            }
            return NULL;
        }
        node = base;
    }
    regdb_source_fault(svd->source, regdb_xml_line(node),
                       "enumeratedValues are derived from each other in a circle");
    return NULL;
}
