/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: make a page of a log, and compare its counts
 */
#ifndef TESTS_UNIT_REPORT_CHECK_H
#define TESTS_UNIT_REPORT_CHECK_H

#include "report-page.h"

/* The beginning of a log: BAR 0 and BAR 1; five lines */
#define REPORT_HEAD \
    "VERSION 20070824\n" \
    "PCIDEV 0008 808610d3 0 feb80000 febc0000 0 0 0 0 0 20000 4000 0 0 0 0 0 " \
    "e1000e\n" \
    "MARK 1.000000 vfio-trace: log format=1 qemu=10.0.0\n" \
    "MAP 1.000000 1 0xfeb80000 0x0 0x20000 0x0 0\n" \
    "MAP 1.000000 2 0xfebc0000 0x0 0x4000 0x0 0\n"


#define REPORT_BAR0 0xfeb80000u
#define REPORT_BAR1 0xfebc0000u

/**
 * report_page() - make the page of a log
 * @name: name of the log's file in temp_dir(); the page is NAME.html
 * @text: the log
 * @option: option of the verb, or NULL
 * @value: its value
 *
 * Return: the page, to be freed with page_free()
 */
Page *report_page(const char *name, const char *text, const char *option,
                  const char *value);

/**
 * page_int() - get a number of an object
 * @object: the object
 * @name: the member
 */
int64_t page_int(JsonObject *object, const char *name);

/**
 * page_total() - get the sum of a number of a list's objects
 * @list: the list
 * @name: the member
 */
int64_t page_total(JsonArray *list, const char *name);

/**
 * report_check_counts() - compare a log's counts with those of the verb stat
 * @log: the log, of a page
 * @name: name of its file
 */
void report_check_counts(JsonObject *log, const char *name);

/**
 * report_check_sums() - check that all that counts accesses counts the same
 * @page: the page
 * @log: a log of it, of which nothing was left out
 */
void report_check_sums(const Page *page, JsonObject *log);

#endif /* TESTS_UNIT_REPORT_CHECK_H */
