/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: what libxml2 must not get (see xml-tags.h) */
#include "libregdb/xml-tags.h"

#include <string.h>

/* What begins with '<', but is no tag */
static const struct Other {
    const char *opens;
    const char *closes;
} others[] = {
    { "<!--", "-->" },
    { "<![CDATA[", "]]>" },
    { "<?", "?>" },
};

static const struct Other *tags_other(const char *p)
{
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(others); i++) {
        if (g_str_has_prefix(p, others[i].opens)) {
            return &others[i];
        }
    }
    return NULL;
}

/**
 * struct Tags: the tags of a document are checked
 * @nodes: elements, attributes and comments so far
 * @namespaces: declarations so far
 */
typedef struct Tags {
    size_t nodes;
    unsigned namespaces;
} Tags;

/* Go to the end of a tag.  Return: number of its attributes */
static unsigned tags_count(Tags *tags, const char **p, const char *end)
{
    char quote = '\0';
    unsigned n = 0;

    for (; *p < end && (quote || **p != '>'); ++*p) {
        if (quote) {
            quote = **p == quote ? '\0' : quote;
        } else if (**p == '\'' || **p == '"') {
            quote = **p;
        } else {
            n += **p == '=';
            tags->namespaces += **p == 'x' && g_str_has_prefix(*p, "xmlns:");
        }
    }
    return n;
}

/* Return: what is too much, or NULL */
static const char *tags_wrong(Tags *tags, unsigned attributes)
{
    tags->nodes += 1 + attributes;
    return attributes > REGDB_XML_ATTRIBUTES_MAX ?
           "an element has more than 256 attributes" :
           tags->nodes > REGDB_XML_NODES_MAX ?
           "the XML document has more than 2097152 elements, attributes and comments" :
           tags->namespaces > REGDB_XML_NAMESPACES_MAX ?
           "the XML document declares more than 64 namespaces" : NULL;
}

static unsigned tags_line(const char *text, const char *p)
{
    unsigned line = 1;

    for (; text < p; text++) {
        line += *text == '\n';
    }
    return line;
}

bool regdb_xml_tags(RegDbSource *source, const char *text, size_t len)
{
    const char *p = text, *tag, *wrong, *end = text + len;
    Tags tags = { 0 };

    if (memchr(text, '\0', len)) {
        regdb_source_fault(source, 0,
                           "the XML document has NUL bytes: its encoding must be UTF-8 or ISO-8859-1");
        return false;
    }
    /* not strchr(): the sanitizers' looks for the end of the text each time */
    while ((p = memchr(p, '<', end - p))) {
        const struct Other *other = tags_other(p);
        unsigned attributes = 0;

        tag = p;
        if (other) {
            p += strlen(other->opens);
            p = memmem(p, end - p, other->closes, strlen(other->closes));
        } else {
            attributes = tags_count(&tags, &p, end);
        }
        /* an element's end is no node */
        wrong = tag[1] == '/' ? NULL : tags_wrong(&tags, attributes);
        if (wrong) {
            regdb_source_fault(source, tags_line(text, tag), "%s", wrong);
            return false;
        }
        if (!p) {
            break;
        }
    }
    return true;
}
