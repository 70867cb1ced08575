/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: logs for vfio-trace convert (see export-log.h)
 */
#include "export-log.h"

#include <inttypes.h>
#include <stdint.h>

#include "run-tool.h"

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

GString *export_log(unsigned n)
{
    GString *log = g_string_new(EXPORT_HEAD);
    uint64_t seed = 0x9e3779b97f4a7c15;
    unsigned i;

    for (i = 0; i < n; i++) {
        uint64_t random = next_random(&seed);
        unsigned width = 1u << (random >> 8) % 4;
        uint64_t value = next_random(&seed) >> (64 - 8 * width);
        unsigned bar = random >> 16 & 1;

        if (i % 997 == 500) {
            g_string_append_printf(log, "MARK %u.%06u step %u\n",
                                   1 + (i + 1) / 1000000, (i + 1) % 1000000,
                                   i / 997);
        }
        g_string_append_printf(log, "%c %u %u.%06u %u 0x%x 0x%" PRIx64
                               " 0x0 0\n", random & 1 ? 'R' : 'W', width,
                               1 + (i + 1) / 1000000, (i + 1) % 1000000,
                               bar + 1, (bar ? 0xfec00000 : 0xfeb80000) +
                               (unsigned)(random >> 20) % 12 * 8, value);
    }
    return log;
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char *export_files(const char *prefix)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    GString *text = g_string_new(NULL);
    GDir *dir = g_dir_open(temp_dir(), 0, NULL);
    const char *name;
    guint i;

    while ((name = g_dir_read_name(dir))) {
        if (g_str_has_prefix(name, prefix)) {
            g_ptr_array_add(names, g_strdup(name));
        }
    }
    g_dir_close(dir);
    g_ptr_array_sort(names, by_name);
    for (i = 0; i < names->len; i++) {
        g_string_append_printf(text, "%s ", (char *)names->pdata[i]);
    }
    return g_string_free(text, FALSE);
}

char *export_path(const char *name)
{
    return g_build_filename(temp_dir(), name, NULL);
}

char *export_read(const char *path)
{
    g_autoptr(ToolRun) run = run_tool(NULL, "cat", path, NULL);

    g_assert_cmpint(run->status, ==, 0);
    return g_steal_pointer(&run->out);
}

char *export_as(const char *log, const char *format)
{
    g_autoptr(ToolRun) run = run_tool(NULL, "cat", "--as", format, log, NULL);

    g_assert_cmpint(run->status, ==, 0);
    return g_steal_pointer(&run->out);
}

char *export_small(void)
{
    g_autoptr(GString) text = export_log(10);

    return temp_file("small.mmt", text->str, text->len);
}
