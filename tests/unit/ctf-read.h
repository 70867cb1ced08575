/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: logs converted to CTF, and read by babeltrace2
 */
#ifndef TESTS_UNIT_CTF_READ_H
#define TESTS_UNIT_CTF_READ_H

#include <glib.h>
#include <stdbool.h>

/**
 * ctf_path() - name an output that does not exist
 * @name: what its name begins with
 *
 * Return: the path, to be freed
 */
char *ctf_path(const char *name);

/**
 * ctf_have_reader() - is babeltrace2 installed?
 *
 * Return: false if not: the test is skipped then
 */
bool ctf_have_reader(void);

/**
 * ctf_convert_file() - convert a log
 * @log: the file
 * @word: what a message must have; NULL if there must be none
 *
 * Return: path of the directory, to be freed
 */
char *ctf_convert_file(const char *log, const char *word);

/**
 * ctf_convert() - convert a log
 * @text: the log
 * @len: its length, or -1
 * @word: as for ctf_convert_file()
 *
 * Return: path of the directory, to be freed
 */
char *ctf_convert(const char *text, gssize len, const char *word);

/**
 * ctf_read() - let babeltrace2 read a trace, without a word of complaint
 * @path: the directory
 * @option: how it shows times: with "--clock-cycles", in nanoseconds
 *
 * Return: what it prints, to be freed
 */
char *ctf_read(const char *path, const char *option);

#endif /* TESTS_UNIT_CTF_READ_H */
