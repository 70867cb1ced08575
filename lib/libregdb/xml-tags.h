/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libregdb: what libxml2 must not get, for xml.c
 */
#ifndef LIBREGDB_XML_TAGS_H
#define LIBREGDB_XML_TAGS_H

#include "libregdb/loader.h"

/* Attributes of an element */
#define REGDB_XML_ATTRIBUTES_MAX 256

/* Elements, attributes and comments: each takes some 120 bytes */
#define REGDB_XML_NODES_MAX (2u << 20)

/* Declarations of namespaces */
#define REGDB_XML_NAMESPACES_MAX 64

/**
 * regdb_xml_tags() - check the tags of a document
 * @source: gets the fault
 * @text: the document, in an encoding that contains ASCII; followed by a NUL
 * @len: its length
 *
 * libxml2 compares the attributes of an element with each other, and their
 * prefixes with all namespaces around them: those of one file of some MiB would
 * take it minutes.  Its tree of elements without any text takes 30 times as
 * much memory as the document.
 *
 * Return: false after a fault
 */
bool regdb_xml_tags(RegDbSource *source, const char *text, size_t len);

#endif /* LIBREGDB_XML_TAGS_H */
