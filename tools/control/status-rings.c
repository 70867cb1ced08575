/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace status: what rings files have logged (see status-rings.h)
 */
#include "tools/control/status-rings.h"
#include "tools/common/json-read.h"
#include "tools/common/tool.h"

#include <inttypes.h>
#include <stdio.h>

/* Return: a string member, made printable; "?" if absent; to be freed */
static char *get_str(JsonObject *object, const char *name)
{
    const char *text = json_read_str(object, name);

    return tool_printable(g_strdup(text ? text : "?"));
}

static void print_statement(JsonObject *statement)
{
    g_autofree char *name = get_str(statement, "name");
    g_autofree char *kind = get_str(statement, "kind");

    printf("      %-20s %-8s %12" PRIu64 " %12" PRIu64 " %14" PRIu64
           " %10" PRIu64 " %10" PRIu64 "\n", name, kind,
           json_read_int(statement, "triggers"),
           json_read_int(statement, "entries"),
           json_read_int(statement, "bytes"), json_read_int(statement, "cut"),
           json_read_int(statement, "unreadable"));
}

static void print_file(JsonObject *file)
{
    JsonArray *statements = json_read_array(file, "statements");
    g_autofree char *name = get_str(file, "name");
    guint i;

    printf("    memory logged by %s\n", name);
    printf("      %-20s %-8s %12s %12s %14s %10s %10s\n", "", "kind",
           "triggers", "entries", "bytes", "cut", "unreadable");
    for (i = 0; i < json_read_length_of(statements); i++) {
        JsonObject *statement = json_read_element(statements, i);

        if (statement) {
            print_statement(statement);
        }
    }
}

void status_rings_print(JsonObject *device)
{
    JsonArray *files = json_read_array(device, "rings");
    uint64_t ns = json_read_int(device, "memory-ns");
    guint i;

    for (i = 0; i < json_read_length_of(files); i++) {
        JsonObject *file = json_read_element(files, i);

        if (file) {
            print_file(file);
        }
    }
    if (ns) {
        printf("    reading memory took %" PRIu64 ".%03" PRIu64 " ms\n",
               ns / 1000000, ns / 1000 % 1000);
    }
}
