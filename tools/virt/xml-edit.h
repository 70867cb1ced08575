/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: editor for an XML document of another program
 *
 * New elements are indented by two blanks per level, as the elements around
 * them are; xml_remove() reverts xml_append() and xml_insert_after() byte for
 * byte.
 */
#ifndef VFIO_TRACE_XML_EDIT_H
#define VFIO_TRACE_XML_EDIT_H

#include <glib.h>
#include <libxml/tree.h>

/**
 * xml_parse() - parse a document
 * @text: its text
 * @error: where to store the error
 *
 * Return: the document, or NULL
 */
xmlDoc *xml_parse(const char *text, GError **error);

/**
 * xml_text() - convert a document to text, without an XML declaration
 * @doc: the document
 *
 * Return: the text, to be freed with g_free()
 */
char *xml_text(xmlDoc *doc);

/**
 * xml_is_named() - is a node an element of a name?
 * @node: the node
 * @href: the namespace, or NULL for none
 * @name: the name
 */
gboolean xml_is_named(const xmlNode *node, const char *href,
                      const char *name);

/**
 * xml_child() - find an element's first child element of a name
 * @parent: the element, or NULL
 * @href: the namespace, or NULL for none
 * @name: the name
 *
 * Return: the child, or NULL
 */
xmlNode *xml_child(const xmlNode *parent, const char *href, const char *name);

/**
 * xml_next() - find the next sibling element of the same name
 * @node: the element
 *
 * Return: the sibling, or NULL
 */
xmlNode *xml_next(const xmlNode *node);

/**
 * xml_get() - get an attribute
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
 * @value: its value, or NULL to remove it
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
 * xml_content() - get the text within an element
 * @node: the element, or NULL
 *
 * Return: the text, to be freed with g_free(); or NULL
 */
char *xml_content(const xmlNode *node);

/**
 * xml_set_content() - replace the content of an element by a text
 * @node: the element
 * @text: the text
 */
void xml_set_content(xmlNode *node, const char *text);

/**
 * xml_append() - add an element as the last child
 * @parent: the parent
 * @ns: its namespace, or NULL
 * @name: its name
 *
 * Return: the new element
 */
xmlNode *xml_append(xmlNode *parent, xmlNs *ns, const char *name);

/**
 * xml_insert_after() - add an element after another one
 * @sibling: the other element
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
 * xml_find_ns() - find a namespace that an element declares
 * @node: the element
 * @href: the namespace
 *
 * Return: its declaration, or NULL
 */
xmlNs *xml_find_ns(const xmlNode *node, const char *href);

/**
 * xml_drop_ns() - remove a namespace's declaration if it is not used
 * @node: the element that declares it
 * @ns: the declaration
 */
void xml_drop_ns(xmlNode *node, xmlNs *ns);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlDoc, xmlFreeDoc)

#endif /* VFIO_TRACE_XML_EDIT_H */
