/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: reading XML, for the loaders
 *
 * Documents come from anybody: no network, no other file, no document type
 * declaration, and with it no entities but XML's own.  A document that is not
 * UTF-8 is taken for ISO-8859-1, whatever it says.
 */
#ifndef LIBREGDB_XML_H
#define LIBREGDB_XML_H

#include <libxml/tree.h>

#include "libregdb/loader.h"

/* Bytes of a document: its tree takes some 30 times as much */
#define REGDB_XML_MAX (32u << 20)

/* Bytes that are read, and elements that are gone through, of one document */
#define REGDB_XML_WORK_MAX (1u << 28)

/**
 * regdb_xml_parse() - parse a document
 * @source: gets the fault
 * @text: the document, followed by a NUL
 * @len: its length
 *
 * Return: the document, to be freed with xmlFreeDoc(); NULL after a fault
 */
xmlDoc *regdb_xml_parse(RegDbSource *source, const char *text, size_t len);

/**
 * regdb_xml_root() - get the outermost element
 * @doc: the document
 */
const xmlNode *regdb_xml_root(const xmlDoc *doc);

/**
 * regdb_xml_first() - get the first element in an element
 * @parent: the element
 *
 * Return: the element, or NULL; texts and comments are skipped
 */
const xmlNode *regdb_xml_first(const xmlNode *parent);

/**
 * regdb_xml_next() - get the element after an element
 * @node: the element
 *
 * Return: the element, or NULL
 */
const xmlNode *regdb_xml_next(const xmlNode *node);

/**
 * regdb_xml_is() - has an element this name?
 * @node: the element
 * @name: the name, without a prefix
 */
bool regdb_xml_is(const xmlNode *node, const char *name);

/**
 * regdb_xml_child() - get the first element of a name in an element
 * @parent: the element
 * @name: the name
 *
 * Return: the element, or NULL
 */
const xmlNode *regdb_xml_child(const xmlNode *parent, const char *name);

/**
 * regdb_xml_work() - count what is done with a document
 * @node: an element of it
 * @n: bytes that are read, or elements that are gone through; may be 0
 *
 * regdb_xml_child() and regdb_xml_text() count what they do: a document may
 * refer to the same long text, or to the same long list, again and again.
 *
 * Return: false if it is more than REGDB_XML_WORK_MAX: they find nothing more
 */
bool regdb_xml_work(const xmlNode *node, size_t n);

/**
 * regdb_xml_name() - get an element's name
 * @node: the element
 */
const char *regdb_xml_name(const xmlNode *node);

/**
 * regdb_xml_line() - get an element's line
 * @node: the element
 */
unsigned regdb_xml_line(const xmlNode *node);

/**
 * regdb_xml_attribute() - get an attribute
 * @node: the element
 * @name: its name
 *
 * Return: the value, as long as the document; NULL if there is none
 */
const char *regdb_xml_attribute(const xmlNode *node, const char *name);

/**
 * regdb_xml_text() - get an element's text
 * @node: the element
 *
 * Return: the text up to the first element in it, without white space around
 *         it, and with one space for white space in it; to be freed
 */
char *regdb_xml_text(const xmlNode *node);

#endif /* LIBREGDB_XML_H */
