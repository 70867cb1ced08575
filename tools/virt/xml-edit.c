/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: editor for an XML document of another program (see xml-edit.h)
 */
#include "tools/virt/xml-edit.h"

#include <gio/gio.h>
#include <libxml/parser.h>
#include <libxml/xmlsave.h>
#include <string.h>

xmlDoc *xml_parse(const char *text, GError **error)
{
    xmlDoc *doc = xmlReadMemory(text, strlen(text), NULL, "UTF-8",
                                XML_PARSE_NONET | XML_PARSE_NOERROR |
                                XML_PARSE_NOWARNING);

    if (!doc || !xmlDocGetRootElement(doc)) {
        const xmlError *last = xmlGetLastError();
        g_autofree char *why = g_strdup(last && last->message ?
                                        last->message : "it is empty");

        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "not well-formed XML: %s", g_strchomp(why));
        g_clear_pointer(&doc, xmlFreeDoc);
    }
    return doc;
}

char *xml_text(xmlDoc *doc)
{
    xmlBuffer *buffer = xmlBufferCreate();
    xmlSaveCtxt *save = xmlSaveToBuffer(buffer, "UTF-8", XML_SAVE_NO_DECL |
                                        XML_SAVE_AS_XML);
    char *text;

    xmlSaveDoc(save, doc);
    xmlSaveClose(save);
    text = g_strdup((const char *)xmlBufferContent(buffer));
    xmlBufferFree(buffer);
    return text;
}

gboolean xml_is_named(const xmlNode *node, const char *href, const char *name)
{
    const char *own = node->ns ? (const char *)node->ns->href : NULL;

    return node->type == XML_ELEMENT_NODE && !g_strcmp0(own, href) &&
           !strcmp((const char *)node->name, name);
}

xmlNode *xml_child(const xmlNode *parent, const char *href, const char *name)
{
    xmlNode *node = parent ? parent->children : NULL;

    while (node && !xml_is_named(node, href, name)) {
        node = node->next;
    }
    return node;
}

xmlNode *xml_next(const xmlNode *node)
{
    const char *href = node->ns ? (const char *)node->ns->href : NULL;
    xmlNode *next = node->next;

    while (next && !xml_is_named(next, href, (const char *)node->name)) {
        next = next->next;
    }
    return next;
}

char *xml_get(const xmlNode *node, const char *name)
{
    xmlChar *value = node ? xmlGetNoNsProp(node, BAD_CAST name) : NULL;
    char *copy = g_strdup((const char *)value);

    xmlFree(value);
    return copy;
}

void xml_set(xmlNode *node, const char *name, const char *value)
{
    if (value) {
        xmlSetProp(node, BAD_CAST name, BAD_CAST value);
    } else {
        xmlUnsetProp(node, BAD_CAST name);
    }
}

gboolean xml_is(const xmlNode *node, const char *name, const char *value)
{
    g_autofree char *found = xml_get(node, name);

    return !g_strcmp0(found, value);
}

char *xml_content(const xmlNode *node)
{
    xmlChar *text = node ? xmlNodeGetContent(node) : NULL;
    char *copy = g_strdup((const char *)text);

    xmlFree(text);
    return copy;
}

void xml_set_content(xmlNode *node, const char *text)
{
    xmlNodeSetContent(node, NULL);
    xmlNodeAddContent(node, BAD_CAST text);
}

static gboolean is_blank(const xmlNode *node)
{
    return node && node->type == XML_TEXT_NODE && xmlIsBlankNode(node);
}

/* Return: newline and indentation of a child of @parent, less @up levels */
static xmlNode *new_indent(const xmlNode *parent, int up)
{
    g_autoptr(GString) text = g_string_new("\n");
    const xmlNode *node;
    int depth = 0;

    for (node = parent; node && node->type == XML_ELEMENT_NODE;
         node = node->parent) {
        depth++;
    }
    for (; depth > up; depth--) {
        g_string_append(text, "  ");
    }
    return xmlNewText(BAD_CAST text->str);
}

xmlNode *xml_insert_after(xmlNode *sibling, xmlNs *ns, const char *name)
{
    xmlNode *node = xmlNewDocNode(sibling->doc, ns, BAD_CAST name, NULL);

    /* The order matters: libxml2 merges adjacent texts. */
    xmlAddNextSibling(sibling, node);
    xmlAddNextSibling(sibling, new_indent(sibling->parent, 0));
    return node;
}

xmlNode *xml_append(xmlNode *parent, xmlNs *ns, const char *name)
{
    xmlNode *last = parent->last;
    xmlNode *node;

    while (is_blank(last)) {
        last = last->prev;
    }
    if (last) {
        return xml_insert_after(last, ns, name);
    }
    xmlNodeSetContent(parent, NULL);
    node = xmlNewDocNode(parent->doc, ns, BAD_CAST name, NULL);
    xmlAddChild(parent, new_indent(parent, 0));
    xmlAddChild(parent, node);
    xmlAddChild(parent, new_indent(parent, 1));
    return node;
}

void xml_remove(xmlNode *node)
{
    xmlNode *parent = node->parent;
    xmlNode *before = node->prev;

    if (is_blank(before)) {
        xmlUnlinkNode(before);
        xmlFreeNode(before);
    }
    xmlUnlinkNode(node);
    xmlFreeNode(node);
    if (parent && xml_is_empty(parent)) {
        xmlNodeSetContent(parent, NULL);
    }
}

gboolean xml_is_empty(const xmlNode *node)
{
    const xmlNode *child = node->children;

    while (child && is_blank(child)) {
        child = child->next;
    }
    return !child;
}

xmlNs *xml_find_ns(const xmlNode *node, const char *href)
{
    xmlNs *ns = node->nsDef;

    while (ns && g_strcmp0((const char *)ns->href, href)) {
        ns = ns->next;
    }
    return ns;
}

static gboolean is_used(const xmlNode *node, const xmlNs *ns)
{
    const xmlNode *child;
    const xmlAttr *attr;

    if (node->type != XML_ELEMENT_NODE) {
        return FALSE;
    }
    if (node->ns == ns) {
        return TRUE;
    }
    for (attr = node->properties; attr; attr = attr->next) {
        if (attr->ns == ns) {
            return TRUE;
        }
    }
    for (child = node->children; child; child = child->next) {
        if (is_used(child, ns)) {
            return TRUE;
        }
    }
    return FALSE;
}

void xml_drop_ns(xmlNode *node, xmlNs *ns)
{
    xmlNs **link = &node->nsDef;

    if (is_used(node, ns)) {
        return;
    }
    while (*link != ns) {
        link = &(*link)->next;
    }
    *link = ns->next;
    xmlFreeNs(ns);
}
