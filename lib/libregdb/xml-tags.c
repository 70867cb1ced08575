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

/* Go to the end of a tag.  Return: number of its attributes */
static unsigned tags_count(const char **p, const char *end)
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
        }
    }
    return n;
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
    const char *p = text, *tag, *end = text + len;

    if (memchr(text, '\0', len)) {
        regdb_source_fault(source, 0,
                           "the XML document has NUL bytes: its encoding must be UTF-8 or ISO-8859-1");
        return false;
    }
    while ((p = strchr(p, '<'))) {
        const struct Other *other = tags_other(p);

        if (other) {
            p = strstr(p + strlen(other->opens), other->closes);
            if (!p) {
                break;
            }
            continue;
        }
        tag = p;
        if (tags_count(&p, end) > REGDB_XML_ATTRIBUTES_MAX) {
            regdb_source_fault(source, tags_line(text, tag),
                               "an element has more than 256 attributes");
            return false;
        }
    }
    return true;
}
