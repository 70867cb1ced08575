/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: changing an XML document that somebody else has written
 *
 * What is added is indented by two blanks a level, as its surroundings are;
 * xml_remove() takes back what xml_append() and xml_insert_after() did, to
 * the byte.
 */
#ifndef VFIO_TRACE_XML_EDIT_H
#define VFIO_TRACE_XML_EDIT_H

#include <glib.h>
#include <libxml/tree.h>

/**
 * xml_parse() - read a document
 * @text: its text
 * @error: where to store why not
 *
 * Return: the document, or NULL
 */
xmlDoc *xml_parse(const char *text, GError **error);

/**
 * xml_text() - a document as text, without an XML declaration
 * @doc: the document
 *
 * Return: the text, to be freed with g_free()
 */
char *xml_text(xmlDoc *doc);

/**
 * xml_child() - an element's first child element of a name
 * @parent: the element, or NULL
 * @href: the namespace, or NULL for none
 * @name: the name
 *
 * Return: the child, or NULL
 */
xmlNode *xml_child(const xmlNode *parent, const char *href, const char *name);

/**
 * xml_next() - the next sibling element of the same name
 * @node: the element
 *
 * Return: the sibling, or NULL
 */
xmlNode *xml_next(const xmlNode *node);

/**
 * xml_get() - an attribute
 * @node: the element, or NULL
 * @name: the attribute's name
 *
 * Return: its value, to be freed with g_free(); or NULL
 */
char *xml_get(const xmlNode *node, const char *name);

/**
 * xml_set() - set an attribute
 * @node: the element
 * @name: the attribute's name
 * @value: its value, or NULL: it is to go
 */
void xml_set(xmlNode *node, const char *name, const char *value);

/**
 * xml_is() - does an attribute have a value?
 * @node: the element, or NULL
 * @name: the attribute's name
 * @value: the value
 */
gboolean xml_is(const xmlNode *node, const char *name, const char *value);

/**
 * xml_content() - the text within an element
 * @node: the element, or NULL
 *
 * Return: the text, to be freed with g_free(); or NULL
 */
char *xml_content(const xmlNode *node);

/**
 * xml_set_content() - replace what is in an element by a text
 * @node: the element
 * @text: the text
 */
void xml_set_content(xmlNode *node, const char *text);

/**
 * xml_append() - add an element as the last child
 * @parent: where
 * @ns: its namespace, or NULL
 * @name: its name
 *
 * Return: the new element
 */
xmlNode *xml_append(xmlNode *parent, xmlNs *ns, const char *name);

/**
 * xml_insert_after() - add an element behind another
 * @sibling: that one
 * @ns: its namespace, or NULL
 * @name: its name
 *
 * Return: the new element
 */
xmlNode *xml_insert_after(xmlNode *sibling, xmlNs *ns, const char *name);

/**
 * xml_remove() - remove an element, and the blanks before it
 * @node: the element
 */
void xml_remove(xmlNode *node);

/**
 * xml_is_empty() - is there nothing but blanks in an element?
 * @node: the element
 */
gboolean xml_is_empty(const xmlNode *node);

/**
 * xml_find_ns() - a namespace that an element declares
 * @node: the element
 * @href: the namespace
 *
 * Return: its declaration, or NULL
 */
xmlNs *xml_find_ns(const xmlNode *node, const char *href);

/**
 * xml_drop_ns() - take a namespace's declaration away if nothing needs it
 * @node: the element that declares it
 * @ns: the declaration
 */
void xml_drop_ns(xmlNode *node, xmlNs *ns);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlDoc, xmlFreeDoc)

#endif /* VFIO_TRACE_XML_EDIT_H */
