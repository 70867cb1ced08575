/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: register databases from texts
 */
#ifndef TESTS_UNIT_REGDB_TEXT_H
#define TESTS_UNIT_REGDB_TEXT_H

#include "libregdb/load.h"
#include "libregdb/text.h"
#include "libregdb/view.h"

/**
 * regdb_text_load() - load a database from a text
 * @name: name of the file
 * @text: its content
 * @faults: messages that are expected, without the file: "3: what\n"; '*'
 *          stands for anything
 *
 * Return: the database, or NULL if it can't be used
 */
RegDb *regdb_text_load(const char *name, const char *text, const char *faults);

/**
 * regdb_text_list() - write down all registers of a domain
 * @db: the database
 * @domain: name of the domain
 *
 * Return: a line for each register: "0x10 32 rw NAME"; behind it, for each
 *         repetition, "LENGTH+STRIDE"; to be freed
 */
char *regdb_text_list(const RegDb *db, const char *domain);

/**
 * regdb_text_name() - get the name at an address
 * @db: the database
 * @domain: name of the domain
 * @offset: the address
 *
 * Return: the name, to be freed; "-" if there is none
 */
char *regdb_text_name(const RegDb *db, const char *domain, uint64_t offset);

/**
 * regdb_text_value() - get what a value means
 * @db: the database
 * @domain: name of the domain
 * @offset: address of the register
 * @value: its value
 *
 * Return: the text, to be freed
 */
char *regdb_text_value(const RegDb *db, const char *domain, uint64_t offset,
                       uint64_t value);

#define assert_name(db, domain, offset, expected) \
    do { \
        g_autofree char *name_ = regdb_text_name(db, domain, offset); \
        g_assert_cmpstr(name_, ==, expected); \
    } while (0)

#define assert_value(db, domain, offset, value, expected) \
    do { \
        g_autofree char *value_ = regdb_text_value(db, domain, offset, value); \
        g_assert_cmpstr(value_, ==, expected); \
    } while (0)

#define assert_list(db, domain, expected) \
    do { \
        g_autofree char *list_ = regdb_text_list(db, domain); \
        g_assert_cmpstr(list_, ==, expected); \
    } while (0)

#endif /* TESTS_UNIT_REGDB_TEXT_H */
