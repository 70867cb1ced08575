/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace convert --to sqlite: tables, indexes and views (docs/convert.md)
 */
#ifndef VFIO_TRACE_EXPORT_SQLITE_SCHEMA_H
#define VFIO_TRACE_EXPORT_SQLITE_SCHEMA_H

/* Of PRAGMA application_id ("VFTR") and user_version */
#define SQLITE_SCHEMA_ID 0x56465452
#define SQLITE_SCHEMA_VERSION 1

/* What there is before the first entry */
extern const char sqlite_schema_begin[];

/* What is made of the entries when all are there */
extern const char sqlite_schema_end[];

#endif /* VFIO_TRACE_EXPORT_SQLITE_SCHEMA_H */
