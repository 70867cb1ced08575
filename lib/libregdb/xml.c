/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: reading XML, for the loaders (see xml.h) */
#include "libregdb/xml.h"

#include <libxml/parser.h>
#include <string.h>

/* Without a declaration, XML's own entities are all that can be replaced. */
#define REGDB_XML_OPTIONS \
    (XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOCDATA | \
     XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_COMPACT | \
     XML_PARSE_BIG_LINES)

/* Called at "<!DOCTYPE", before anything in it is read */
static void xml_refuse_subset(void *opaque, const xmlChar *name,
                              const xmlChar *external, const xmlChar *system)
{
    xmlParserCtxt *context = opaque;
    unsigned *line = context->_private;

    (void)name, (void)external, (void)system;
    *line = MAX(1, xmlSAX2GetLineNumber(context));
    xmlStopParser(context);
}

static void xml_fault(RegDbSource *source, const xmlParserCtxt *context,
                      unsigned subset)
{
    const xmlError *error = xmlCtxtGetLastError((void *)context);
    g_autofree char *what = NULL;

    if (subset) {
        regdb_source_fault(source, subset,
                           "the document has a type declaration (<!DOCTYPE>), which is refused: entities may be in it");
    } else if (error && error->message) {
        what = g_strstrip(g_strdup(error->message));
        regdb_source_fault(source, MAX(0, error->line), "invalid XML: %s",
                           what);
    } else {
        regdb_source_fault(source, 0, "invalid XML");
    }
}

xmlDoc *regdb_xml_parse(RegDbSource *source, const char *text, size_t len)
{
    xmlParserCtxt *context;
    unsigned subset = 0;
    xmlDoc *doc;

    if (len > REGDB_XML_MAX) {
        regdb_source_fault(source, 0,
                           "the XML document is too large: %zu MiB; %u are allowed",
                           len >> 20, REGDB_XML_MAX >> 20);
        return NULL;
    }
    context = xmlNewParserCtxt();
    if (!context) {
        g_error("out of memory");
    }
    context->_private = &subset;
    context->sax->internalSubset = xml_refuse_subset;
    doc = xmlCtxtReadMemory(context, text, len, NULL, NULL, REGDB_XML_OPTIONS);
    if (!doc || subset || !xmlDocGetRootElement(doc)) {
        xml_fault(source, context, subset);
        g_clear_pointer(&doc, xmlFreeDoc);
    }
    xmlFreeParserCtxt(context);
    return doc;
}

const xmlNode *regdb_xml_root(const xmlDoc *doc)
{
    return xmlDocGetRootElement((xmlDoc *)doc);
}

static const xmlNode *xml_element(const xmlNode *node)
{
    while (node && node->type != XML_ELEMENT_NODE) {
        node = node->next;
    }
    return node;
}

const xmlNode *regdb_xml_first(const xmlNode *parent)
{
    return xml_element(parent->children);
}

const xmlNode *regdb_xml_next(const xmlNode *node)
{
    return xml_element(node->next);
}

bool regdb_xml_is(const xmlNode *node, const char *name)
{
    return !strcmp((const char *)node->name, name);
}

const xmlNode *regdb_xml_child(const xmlNode *parent, const char *name)
{
    const xmlNode *node = regdb_xml_first(parent);

    while (node && !regdb_xml_is(node, name)) {
        node = regdb_xml_next(node);
    }
    return node;
}

const char *regdb_xml_name(const xmlNode *node)
{
    return (const char *)node->name;
}

unsigned regdb_xml_line(const xmlNode *node)
{
    long line = xmlGetLineNo((xmlNode *)node);

    return line > 0 ? line : 0;
}

const char *regdb_xml_attribute(const xmlNode *node, const char *name)
{
    const xmlAttr *attr;

    for (attr = node->properties; attr; attr = attr->next) {
        if (!strcmp((const char *)attr->name, name)) {
            /* One text, since entities are replaced; none if it is empty */
            return attr->children && attr->children->content ?
                   (const char *)attr->children->content : "";
        }
    }
    return NULL;
}

/* Appends @text; white space becomes one space, none at the beginning. */
static void xml_fold(GString *folded, const char *text)
{
    for (; *text; text++) {
        if (!g_ascii_isspace(*text)) {
            g_string_append_c(folded, *text);
        } else if (folded->len && folded->str[folded->len - 1] != ' ') {
            g_string_append_c(folded, ' ');
        }
    }
}

char *regdb_xml_text(const xmlNode *node)
{
    GString *folded = g_string_new(NULL);
    const xmlNode *part;

    for (part = node->children; part && part->type != XML_ELEMENT_NODE;
         part = part->next) {
        if (part->type == XML_TEXT_NODE && part->content) {
            xml_fold(folded, (const char *)part->content);
        }
    }
    if (folded->len && folded->str[folded->len - 1] == ' ') {
        g_string_truncate(folded, folded->len - 1);
    }
    return g_string_free(folded, FALSE);
}
