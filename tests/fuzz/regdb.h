/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz targets: what is true of every register database
 */
#ifndef TESTS_FUZZ_REGDB_H
#define TESTS_FUZZ_REGDB_H

/**
 * regdb_check_file() - load a database and check it
 * @path: its file
 * @format: name of its format
 *
 * It is loaded, or a message says why it is not.  Messages are printable, and
 * name a file.  The model keeps its promises: widths, bits, addresses,
 * conditions.  Registers are found at their addresses, or others are.
 */
void regdb_check_file(const char *path, const char *format);

#endif /* TESTS_FUZZ_REGDB_H */
