/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz targets: functions that the linker replaces by ours (--wrap)
 */
#ifndef TESTS_FUZZ_WRAP_H
#define TESTS_FUZZ_WRAP_H

#include <json-glib/json-glib.h>
#include <unistd.h>

ssize_t __real_read(int fd, void *buf, size_t n);
ssize_t __wrap_read(int fd, void *buf, size_t n);

gboolean __real_json_parser_load_from_data(JsonParser *parser,
                                           const gchar *data, gssize length,
                                           GError **error);
gboolean __wrap_json_parser_load_from_data(JsonParser *parser,
                                           const gchar *data, gssize length,
                                           GError **error);

#endif /* TESTS_FUZZ_WRAP_H */
