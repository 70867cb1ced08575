/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace regdb convert: a database in another format
 */
#include "tools/regdb/regdb.h"

#include <string.h>

#include "tools/analysis/db-choose.h"
#include "tools/analysis/db-options.h"
#include "tools/common/outfile.h"

/* Faults of the database that are printed */
#define FAULTS_MAX 10

static char *opt_as;
static char *opt_output;
static char *opt_domain;
static char **opt_variants;
static char *opt_format;
static gboolean opt_force;

static const GOptionEntry entries[] = {
    { "as", 'a', 0, G_OPTION_ARG_STRING, &opt_as,
      "Write this: rnndb or ranges", "FORMAT" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &opt_output,
      "Write this file (default: standard output)", "FILE" },
    { "force", 'f', 0, G_OPTION_ARG_NONE, &opt_force,
      "Replace the file if it exists", NULL },
    { "domain", 'd', 0, G_OPTION_ARG_STRING, &opt_domain,
      "Only this domain", "DOMAIN" },
    { "variant", 'v', 0, G_OPTION_ARG_STRING_ARRAY, &opt_variants,
      "Only what this chip has", "VARIANT" },
    { "format", 'F', 0, G_OPTION_ARG_STRING, &opt_format,
      "The file's format (default: by its contents)", "FORMAT" },
    { NULL, 0, 0, 0, NULL, NULL, NULL }
};

static const struct {
    const char *name;
    void (*write)(RegdbPart *part);
} outputs[] = {
    { "rnndb", regdb_as_rnndb },
    { "ranges", regdb_as_ranges },
};

static int find_output(void)
{
    unsigned i;

    for (i = 0; opt_as && i < G_N_ELEMENTS(outputs); i++) {
        if (!strcmp(outputs[i].name, opt_as)) {
            return i;
        }
    }
    if (opt_as) {
        tool_error(&regdb_convert.verb, "--as '%s' is not rnndb or ranges",
                   opt_as);
    } else {
        tool_error(&regdb_convert.verb, "--as is missing: rnndb or ranges");
    }
    return -1;
}

static RegDb *load(const char *file)
{
    g_autoptr(RegDbMessages) messages = regdb_messages_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *path = db_choose_file(file, &error);
    RegDb *db;
    guint i;

    if (!path) {
        tool_error(&regdb_convert.verb, "%s", error->message);
        return NULL;
    }
    db = regdb_load(path, opt_format, messages);
    for (i = 0; i < MIN(messages->lines->len, FAULTS_MAX); i++) {
        tool_error(&regdb_convert.verb, "%s",
                   (const char *)messages->lines->pdata[i]);
    }
    if (messages->n > i) {
        tool_error(&regdb_convert.verb,
                   "%s has %u more faults: see 'vfio-trace regdb check'",
                   path, messages->n - i);
    }
    return db;
}

/* The variants of --variant.  Return: or NULL after an error was printed */
static uint32_t *take_variants(const RegDb *db)
{
    g_autofree uint32_t *variants = g_new(uint32_t, db->n_varsets + 1);
    uint32_t i;

    for (i = 0; i < db->n_varsets; i++) {
        variants[i] = REGDB_ANY_VARIANT;
    }
    for (i = 0; opt_variants && opt_variants[i]; i++) {
        g_autofree char *message = NULL;

        if (analysis_db_take_variant(db, opt_variants[i], variants,
                                     &message) < 0) {
            tool_error(&regdb_convert.verb, "%s", message);
            return NULL;
        }
    }
    return g_steal_pointer(&variants);
}

static bool take_part(RegdbPart *part)
{
    g_autoptr(GError) error = NULL;

    if (opt_domain) {
        part->domain = db_choose_domain(part->db, opt_domain, &error);
        if (!part->domain) {
            tool_error(&regdb_convert.verb, "%s", error->message);
            return false;
        }
    }
    return true;
}

static ToolStatus write_part(RegdbPart *part, unsigned output)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(OutFile) out = outfile_open(opt_output, opt_force, &error);

    if (out) {
        part->out = outfile_stream(out);
        outputs[output].write(part);
    }
    if (!out || !outfile_commit(out, &error)) {
        tool_error(&regdb_convert.verb, "%s", error->message);
        return TOOL_TROUBLE;
    }
    if (part->lost) {
        tool_error(&regdb_convert.verb,
                   "%u registers, fields or repetitions can't be written as %s, and are left out",
                   part->lost, outputs[output].name);
    }
    return part->lost ? TOOL_FAULT : TOOL_OK;
}

static int convert(int argc, char **argv)
{
    g_autofree uint32_t *variants = NULL;
    g_autoptr(RegDb) db = NULL;
    RegdbPart part = { 0 };
    int output = find_output();

    if (output < 0) {
        return TOOL_TROUBLE;
    }
    if (argc != 2) {
        tool_error(&regdb_convert.verb, argc < 2 ? "the file is missing" :
                   "only one file can be converted");
        return TOOL_TROUBLE;
    }
    db = load(argv[1]);
    variants = db ? take_variants(db) : NULL;
    part.db = db;
    part.variants = variants;
    if (!variants || !take_part(&part)) {
        return TOOL_TROUBLE;
    }
    return tool_finish(&regdb_convert.verb, write_part(&part, output));
}

const SubVerb regdb_convert = {
    .verb = {
        .name = "regdb convert",
        .brief = "Convert a register database to another format",
    },
    .operands = "--as=FORMAT FILE",
    .details =
        "rnndb is rules-ng-ng XML, which has everything. A list of ranges has names,\n"
        "addresses and access only.\n\n"
        "Exit status: 0 converted, 1 without what the format can't express, 2 not\n"
        "converted, or bad usage.",
    .entries = entries,
    .run = convert,
};
