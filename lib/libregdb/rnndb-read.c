/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: reading rules-ng-ng's files (see rnndb-internal.h) */
#include <string.h>

#include "libregdb/rnndb-internal.h"
#include "libregdb/xml.h"

/* Bytes of a <brief>, or of a <doc> in the place of one */
#define BRIEF_MAX 1024
#define DOC_MAX 255

/* Bytes of a <doc> in which its first sentence is looked for */
#define DOC_SENTENCE_MAX 4096

#define IN(tag) (1u << REGDB_RNN_##tag)
#define IN_GROUPS (IN(DOMAIN) | IN(GROUP) | IN(ARRAY) | IN(STRIPE))
#define IN_TYPED (IN(SPECTYPE) | IN(REGISTER) | IN(BITFIELD))
#define IN_VALUED (IN_TYPED | IN(ENUM))
#define IN_FIELDS (IN_TYPED | IN(BITSET))
/* What is at the top may be in everything: it means the same everywhere. */
#define IN_ALL (IN(DATABASE) | IN_GROUPS | IN_VALUED | IN_FIELDS | IN(VALUE) | \
                IN(COPYRIGHT) | IN(USE_GROUP) | IN(IMPORT))

/**
 * struct Tag: an element of the language
 * @name: its name
 * @tag: what it is
 * @parents: elements that it may be in, IN()
 * @is_named: must it have a name?
 * @bits: of a register, its width
 */
typedef struct Tag {
    const char *name;
    RegDbRnnTag tag;
    uint32_t parents;
    bool is_named;
    uint8_t bits;
} Tag;

static const Tag tags[] = {
    { "bitfield", REGDB_RNN_BITFIELD, IN_FIELDS, true },
    { "value", REGDB_RNN_VALUE, IN_VALUED, true },
    { "reg32", REGDB_RNN_REGISTER, IN_GROUPS, true, 32 },
    { "reg8", REGDB_RNN_REGISTER, IN_GROUPS, true, 8 },
    { "reg16", REGDB_RNN_REGISTER, IN_GROUPS, true, 16 },
    { "reg64", REGDB_RNN_REGISTER, IN_GROUPS, true, 64 },
    { "array", REGDB_RNN_ARRAY, IN_GROUPS, false },
    { "stripe", REGDB_RNN_STRIPE, IN_GROUPS, false },
    { "use-group", REGDB_RNN_USE_GROUP, IN_GROUPS, true },
    { "doc", REGDB_RNN_DOC, IN_ALL, false },
    { "brief", REGDB_RNN_BRIEF, IN_ALL, false },
    { "import", REGDB_RNN_IMPORT, IN_ALL, true },
    { "enum", REGDB_RNN_ENUM, IN_ALL, true },
    { "bitset", REGDB_RNN_BITSET, IN_ALL, true },
    { "group", REGDB_RNN_GROUP, IN_ALL, true },
    { "domain", REGDB_RNN_DOMAIN, IN_ALL, true },
    { "spectype", REGDB_RNN_SPECTYPE, IN_ALL, true },
    { "copyright", REGDB_RNN_COPYRIGHT, IN_ALL, false },
    { "license", REGDB_RNN_LICENSE, IN(COPYRIGHT), false },
    { "author", REGDB_RNN_AUTHOR, IN(COPYRIGHT), false },
    { "nick", REGDB_RNN_NICK, IN(AUTHOR), false },
};

/* What belongs to the database, and what belongs to the element around it */
#define TAGS_AT_TOP (IN(ENUM) | IN(BITSET) | IN(GROUP) | IN(DOMAIN) | \
                     IN(SPECTYPE))
#define TAGS_OF_PARENT (IN(BITFIELD) | IN(VALUE) | IN(REGISTER) | IN(ARRAY) | \
                        IN(STRIPE) | IN(USE_GROUP))

static const Tag *read_find_tag(const char *name)
{
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(tags); i++) {
        if (!strcmp(tags[i].name, name)) {
            return &tags[i];
        }
    }
    return NULL;
}

/* May this element be here?  If not, a message was given. */
static const Tag *read_tag(RegDbRnn *rnn, const xmlNode *xml,
                           const Tag *parent)
{
    const char *name = regdb_xml_name(xml);
    const Tag *tag = read_find_tag(name);

    if (!tag) {
        regdb_source_fault(rnn->source, regdb_xml_line(xml),
                           "unknown element <%.40s>: it is ignored",
                           name);
        return NULL;
    }
    if (!(tag->parents & 1u << parent->tag)) {
        regdb_source_fault(rnn->source, regdb_xml_line(xml),
                           "<%s> is not allowed in <%s>: it is ignored",
                           name, parent->name);
        return NULL;
    }
    return tag;
}

static RegDbRnnNode *read_new_node(RegDbRnn *rnn, const Tag *tag, unsigned line)
{
    RegDbRnnNode *node;

    if (rnn->n_nodes++ >= REGDB_RNN_NODES_MAX) {
        regdb_source_fault(rnn->source, line,
                           "the database has more than 1048576 elements");
        rnn->failed = true;
        return NULL;
    }
    node = regdb_rnn_alloc(rnn, sizeof(*node));
    node->file = rnn->file;
    node->line = line;
    node->tag = tag->tag;
    node->bits = tag->bits;
    node->length = 1;
    node->width = 8;
    node->access = REGDB_READ_WRITE;
    return node;
}

static void read_append(RegDbRnnNode *parent, RegDbRnnNode *node)
{
    if (parent->last) {
        parent->last->next = node;
    } else {
        parent->first = node;
    }
    parent->last = node;
    parent->holds |= 1u << node->tag;
}

static bool read_same(const RegDbRnnNode *a, const RegDbRnnNode *b)
{
    return a->prefix == b->prefix && a->varset == b->varset &&
           a->variants == b->variants && a->is_inline == b->is_inline &&
           a->is_bare == b->is_bare && a->width == b->width &&
           (!a->size || !b->size || a->size == b->size);
}

/* Another element with the same name: its content is added to the first one. */
static RegDbRnnNode *read_merge(RegDbRnn *rnn, const Tag *tag,
                                RegDbRnnNode *first, const RegDbRnnNode *node)
{
    if (tag->tag == REGDB_RNN_SPECTYPE) {
        regdb_rnn_fault(rnn, node,
                        "<spectype name=\"%s\"> is there already: this one is ignored",
                        node->name);
        return NULL;
    }
    if (!read_same(first, node)) {
        regdb_rnn_fault(rnn, node,
                        "<%s name=\"%s\"> has other attributes than the first one with that name, in line %u: those count",
                        tag->name, node->name, first->line);
    }
    first->size = first->size ?: node->size;
    return first;
}

/* What is at the top is found by its name. */
static RegDbRnnNode *read_at_top(RegDbRnn *rnn, const Tag *tag,
                                 RegDbRnnNode *node)
{
    RegDbRnnNode *first = regdb_rnn_find(rnn, tag->tag, node->name);

    if (first) {
        return read_merge(rnn, tag, first, node);
    }
    g_hash_table_insert(rnn->named[tag->tag], (void *)node->name, node);
    g_ptr_array_add(rnn->order[tag->tag], node);
    return node;
}

/* Is there a reason to leave an element out?  If so, a message was given. */
static bool read_is_wrong(RegDbRnn *rnn, const Tag *tag,
                          const RegDbRnnNode *node)
{
    if (tag->is_named && !node->name && !node->wrong) {
        regdb_rnn_fault(rnn, node, "<%s> has no %s: it is ignored", tag->name,
                        tag->tag == REGDB_RNN_IMPORT ? "file" : "name");
        return true;
    }
    return node->wrong && (!node->name || 1u << tag->tag & TAGS_OF_PARENT);
}

/* Cut a text at the beginning of a character. */
static char *read_cut(char *text, size_t max)
{
    size_t n = max;
    char *cut;

    if (strlen(text) <= max) {
        return text;
    }
    while (n && ((unsigned char)text[n] & 0xc0) == 0x80) {
        n--;
    }
    text[n] = '\0';
    cut = g_strconcat(text, "...", NULL);
    g_free(text);
    return cut;
}

/* The first sentence of a longer text, on one line */
static char *read_first_sentence(const xmlNode *xml)
{
    xmlChar *all = xmlNodeGetContent(xml);
    g_autofree char *begin = g_strndup((const char *)(all ?: BAD_CAST ""),
                                       DOC_SENTENCE_MAX);
    g_auto(GStrv) words = g_strsplit_set(begin, " \t\r\n", -1);
    GString *text = g_string_new(NULL);
    unsigned i;

    xmlFree(all);
    for (i = 0; words[i] && text->len <= DOC_MAX; i++) {
        if (*words[i]) {
            g_string_append_printf(text, "%s%s", text->len ? " " : "",
                                   words[i]);
            if (g_str_has_suffix(words[i], ".")) {
                break;
            }
        }
    }
    return read_cut(g_string_free(text, FALSE), DOC_MAX);
}

static void read_text(RegDbRnn *rnn, const xmlNode *xml, const Tag *tag,
                      RegDbRnnNode *node)
{
    bool is_doc = tag->tag == REGDB_RNN_DOC;
    g_autofree char *text = NULL;

    if (node->brief && (is_doc || !node->is_doc)) {
        return;
    }
    text = is_doc ? read_first_sentence(xml) :
           read_cut(regdb_xml_text(xml), BRIEF_MAX);
    if (*text) {
        node->brief = regdb_rnn_text(rnn, text);
        node->is_doc = is_doc;
    }
}

static void read_attributes(RegDbRnn *rnn, const xmlNode *xml,
                            RegDbRnnNode *node)
{
    const xmlAttr *attr;

    for (attr = xml->properties; attr; attr = attr->next) {
        /* those of a namespace are for other programs */
        if (!attr->ns) {
            regdb_rnn_attribute(rnn, node, regdb_xml_name(xml),
                                (const char *)attr->name,
                                attr->children && attr->children->content ?
                                (const char *)attr->children->content : "");
        }
    }
}

static bool read_element(RegDbRnn *rnn, const xmlNode *xml, const Tag *tag,
                         RegDbRnnNode *parent);

/* Return: false if the database can't be loaded */
static bool read_content(RegDbRnn *rnn, const xmlNode *xml, const Tag *tag,
                         RegDbRnnNode *node)
{
    const xmlNode *child;

    for (child = regdb_xml_first(xml); child; child = regdb_xml_next(child)) {
        const Tag *of = read_tag(rnn, child, tag);

        if (of && 1u << of->tag & (IN(BRIEF) | IN(DOC))) {
            read_text(rnn, child, of, node);
        } else if (of && of->tag != REGDB_RNN_LICENSE &&
                   !read_element(rnn, child, of, node)) {
            return false;
        }
    }
    return true;
}

static bool read_element(RegDbRnn *rnn, const xmlNode *xml, const Tag *tag,
                         RegDbRnnNode *parent)
{
    RegDbRnnNode *node = read_new_node(rnn, tag, regdb_xml_line(xml));

    if (!node) {
        return false;
    }
    read_attributes(rnn, xml, node);
    if (read_is_wrong(rnn, tag, node)) {
        return true;
    }
    if (1u << tag->tag & TAGS_AT_TOP) {
        node = read_at_top(rnn, tag, node);
    } else if (1u << tag->tag & TAGS_OF_PARENT) {
        read_append(parent, node);
    } else if (tag->tag == REGDB_RNN_IMPORT &&
               !regdb_rnn_import(rnn, node->name, node->line)) {
        return false;
    }
    return !node || read_content(rnn, xml, tag, node);
}

static bool read_document(RegDbRnn *rnn, const xmlDoc *doc)
{
    static const Tag database = { "database", REGDB_RNN_DATABASE };
    const xmlNode *root = regdb_xml_root(doc);
    RegDbRnnNode *node;

    if (!regdb_xml_is(root, database.name)) {
        regdb_source_fault(rnn->source, regdb_xml_line(root),
                           "the root element is <%.40s>, not <database>",
                           regdb_xml_name(root));
        return false;
    }
    node = read_new_node(rnn, &database, regdb_xml_line(root));
    if (!node) {
        return false;
    }
    read_attributes(rnn, root, node);
    return read_content(rnn, root, &database, node);
}

bool regdb_rnn_read(RegDbRnn *rnn, const char *path, const char *text,
                    size_t len)
{
    const char *before = regdb_source_enter(rnn->source, path);
    const char *file = rnn->file;
    bool done = false;
    xmlDoc *doc;

    rnn->file = path;
    if (len > REGDB_XML_MAX - rnn->n_bytes) {
        regdb_source_fault(rnn->source, 0,
                           "files that import each other have more than 32 MiB");
    } else {
        doc = regdb_xml_parse(rnn->source, text, len);
        rnn->n_bytes += len;
        done = doc && read_document(rnn, doc);
        rnn->n_bytes -= len;
        g_clear_pointer(&doc, xmlFreeDoc);
    }
    rnn->file = file;
    regdb_source_enter(rnn->source, before);
    rnn->failed = rnn->failed || !done;
    return done;
}
