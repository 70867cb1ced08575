/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: reading XML, for the loaders (see xml.h) */
#include "libregdb/xml.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <string.h>

#include "libregdb/xml-tags.h"

/* Without a declaration, XML's own entities are all that can be replaced. */
#define REGDB_XML_OPTIONS \
    (XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOCDATA | \
     XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_COMPACT | \
     XML_PARSE_IGNORE_ENC)

/**
 * struct XmlFault: why a document is refused
 * @line: line of it, or 0
 * @text: what is wrong, or NULL
 */
typedef struct XmlFault {
    unsigned line;
    char *text;
} XmlFault;

static void xml_take_fault(xmlParserCtxt *context, int line, const char *text)
{
    XmlFault *fault = context->_private;

    if (!fault->text) {
        fault->line = MAX(0, line);
        fault->text = g_strdup(text);
    }
}

/* Called at "<!DOCTYPE", before anything in it is read */
static void xml_refuse_subset(void *opaque, const xmlChar *name,
                              const xmlChar *external, const xmlChar *system)
{
    (void)name, (void)external, (void)system;
    xml_take_fault(opaque, xmlSAX2GetLineNumber(opaque),
                   "the document has a type declaration (<!DOCTYPE>), which is refused: entities may be in it");
    xmlStopParser(opaque);
}

/* The first error is the cause of the others. */
static void xml_error(void *opaque, const xmlError *error)
{
    g_autofree char *text = NULL;

    if (error->level == XML_ERR_FATAL) {
        text = g_strdup_printf("invalid XML: %s", error->message ?: "");
        xml_take_fault(opaque, error->line, g_strchomp(text));
        xmlStopParser(opaque);
    }
}

/* A node of libxml2 has 16 bits for its line. */
static void xml_keep_line(void *opaque, const xmlChar *name,
                          const xmlChar *prefix, const xmlChar *uri,
                          int n_namespaces, const xmlChar **namespaces,
                          int n_attributes, int n_defaulted,
                          const xmlChar **attributes)
{
    xmlParserCtxt *context = opaque;
    int line = xmlSAX2GetLineNumber(context);

    xmlSAX2StartElementNs(opaque, name, prefix, uri, n_namespaces, namespaces,
                          n_attributes, n_defaulted, attributes);
    if (context->node) {
        context->node->_private = GINT_TO_POINTER(MAX(0, line));
    }
}

xmlDoc *regdb_xml_parse(RegDbSource *source, const char *text, size_t len)
{
    /* the declared one may be any that iconv knows, and hide the tags */
    const char *encoding = g_utf8_validate(text, len, NULL) ? "UTF-8" :
                           "ISO-8859-1";
    xmlParserCtxt *context;
    XmlFault fault = { 0 };
    xmlDoc *doc;

    if (len > REGDB_XML_MAX) {
        regdb_source_fault(source, 0,
                           "the XML document is too large: %zu MiB; %u are allowed",
                           len >> 20, REGDB_XML_MAX >> 20);
        return NULL;
    }
    if (!regdb_xml_tags(source, text, len)) {
        return NULL;
    }
    context = xmlNewParserCtxt();
    if (!context) {
        g_error("out of memory");
    }
    context->_private = &fault;
    context->sax->internalSubset = xml_refuse_subset;
    context->sax->startElementNs = xml_keep_line;
    context->sax->serror = (xmlStructuredErrorFunc)xml_error;
    doc = xmlCtxtReadMemory(context, text, len, NULL, encoding,
                            REGDB_XML_OPTIONS);
    if (!doc || fault.text || !xmlDocGetRootElement(doc)) {
        regdb_source_fault(source, fault.line, "%s",
                           fault.text ?: "invalid XML");
        g_clear_pointer(&doc, xmlFreeDoc);
    }
    g_free(fault.text);
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

bool regdb_xml_work(const xmlNode *node, size_t n)
{
    size_t work = GPOINTER_TO_SIZE(node->doc->_private) + n;

    node->doc->_private = GSIZE_TO_POINTER(work);
    return work <= REGDB_XML_WORK_MAX;
}

const xmlNode *regdb_xml_child(const xmlNode *parent, const char *name)
{
    const xmlNode *node = regdb_xml_first(parent);
    size_t n = 1;

    for (; node && !regdb_xml_is(node, name); n++) {
        node = regdb_xml_next(node);
    }
    return regdb_xml_work(parent, n) ? node : NULL;
}

const char *regdb_xml_name(const xmlNode *node)
{
    return (const char *)node->name;
}

unsigned regdb_xml_line(const xmlNode *node)
{
    return GPOINTER_TO_INT(node->_private);
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
        if (part->type == XML_TEXT_NODE && part->content &&
            regdb_xml_work(node, strlen((const char *)part->content))) {
            xml_fold(folded, (const char *)part->content);
        }
    }
    if (folded->len && folded->str[folded->len - 1] == ' ') {
        g_string_truncate(folded, folded->len - 1);
    }
    return g_string_free(folded, FALSE);
}
