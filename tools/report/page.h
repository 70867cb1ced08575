/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace report: the page, into which the data is written
 *
 * page/ has its parts; page/bundle.py makes one file of them when the tool is
 * built, which is in the program as a resource.
 */
#ifndef VFIO_TRACE_REPORT_PAGE_H
#define VFIO_TRACE_REPORT_PAGE_H

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

/**
 * struct ReportPage: the page
 * @bytes: its text
 * @head: bytes of its text before the data
 * @tail: where its text goes on
 */
typedef struct ReportPage {
    GBytes *bytes;
    gsize head;
    gsize tail;
} ReportPage;

/* The line of the page in whose place the data is */
#define REPORT_PAGE_LINE "<!-- vfio-trace report data -->\n"

/**
 * report_page_open() - get the page
 * @page: the page, to be freed with report_page_clear()
 */
void report_page_open(ReportPage *page);

/**
 * report_page_split() - find where the data goes in a page
 * @page: the page; @bytes is set
 *
 * Return: is there one such place?
 */
bool report_page_split(ReportPage *page);

/**
 * report_page_put_head() - write what is before the data
 * @page: the page
 * @out: where to
 */
void report_page_put_head(const ReportPage *page, FILE *out);

/**
 * report_page_put_tail() - write what is behind the data
 * @page: the page
 * @out: where to
 */
void report_page_put_tail(const ReportPage *page, FILE *out);

void report_page_clear(ReportPage *page);

/**
 * report_page_live() - get the page of the verb serve, which has no data in it
 *
 * Return: its text, to be unreferenced
 */
GBytes *report_page_live(void);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ReportPage, report_page_clear)

#endif /* VFIO_TRACE_REPORT_PAGE_H */
