/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace stat: what accesses can be grouped by (see fields.h)
 */
#include "tools/stat/fields.h"
#include "tools/analysis/json-line.h"

#include <inttypes.h>
#include <string.h>

static void put_device(const AnalysisNames *names, const StatGroup *group,
                       GString *text)
{
    analysis_put_device(names, group->key.region, text);
}

static void json_device(const AnalysisNames *names, const StatGroup *group,
                        GString *json)
{
    g_autoptr(GString) text = g_string_new(NULL);

    put_device(names, group, text);
    json_line_text(json, "device", text->str);
}

static void put_region(const AnalysisNames *names, const StatGroup *group,
                       GString *text)
{
    analysis_put_region(names, group->key.region, text);
}

static void json_region(const AnalysisNames *names, const StatGroup *group,
                        GString *json)
{
    analysis_json_region(names, group->key.region, json);
}

static void put_register(const AnalysisNames *names, const StatGroup *group,
                         GString *text)
{
    analysis_put_register(names, group->key.region, group->key.offset, text);
}

static void json_register(const AnalysisNames *names, const StatGroup *group,
                          GString *json)
{
    analysis_json_register(names, group->key.region, group->key.offset, json);
}

static void put_width(const AnalysisNames *names, const StatGroup *group,
                      GString *text)
{
    (void)names;
    stat_put_widths(1u << group->key.width, text);
}

static void json_width(const AnalysisNames *names, const StatGroup *group,
                       GString *json)
{
    (void)names;
    json_line_number(json, "width", group->key.width);
}

static void put_cpu(const AnalysisNames *names, const StatGroup *group,
                    GString *text)
{
    (void)names;
    if (group->key.cpu == MMT_NO_CPU) {
        g_string_append_c(text, '-');
    } else {
        g_string_append_printf(text, "%" PRIu32, group->key.cpu);
    }
}

static void json_cpu(const AnalysisNames *names, const StatGroup *group,
                     GString *json)
{
    (void)names;
    if (group->key.cpu != MMT_NO_CPU) {
        json_line_number(json, "cpu", group->key.cpu);
    }
}

static void put_phase(const AnalysisNames *names, const StatGroup *group,
                      GString *text)
{
    g_string_append_printf(text, "%" PRIu32 " %s", group->key.phase,
                           mmt_trace_phase(names->trace, group->key.phase));
}

static void json_phase(const AnalysisNames *names, const StatGroup *group,
                       GString *json)
{
    json_line_number(json, "phase", group->key.phase);
    json_line_text(json, "phase-name",
                   mmt_trace_phase(names->trace, group->key.phase));
}

static void put_pc(const AnalysisNames *names, const StatGroup *group,
                   GString *text)
{
    (void)names;
    if (group->pc) {
        g_string_append_printf(text, "0x%" PRIx64, group->pc);
    } else {
        g_string_append_c(text, '-');
    }
}

static void json_pc(const AnalysisNames *names, const StatGroup *group,
                    GString *json)
{
    (void)names;
    if (group->pc) {
        json_line_hex(json, "pc", group->pc);
    }
}

static void put_value(const AnalysisNames *names, const StatGroup *group,
                      GString *text)
{
    (void)names;
    g_string_append_printf(text, "0x%" PRIx64, group->value);
}

static void json_value(const AnalysisNames *names, const StatGroup *group,
                       GString *json)
{
    (void)names;
    json_line_hex(json, "value", group->value);
}

const StatField stat_fields[STAT_FIELDS] = {
    { "register", "registers", STAT_KEY_REGISTER, false, put_register,
      json_register },
    { "region", "regions", STAT_KEY_REGION, false, put_region, json_region },
    { "device", "devices", STAT_KEY_DEVICE, false, put_device, json_device },
    { "phase", "phases", STAT_KEY_PHASE, false, put_phase, json_phase },
    { "cpu", "CPUs", STAT_KEY_CPU, true, put_cpu, json_cpu },
    { "pc", "program counters", STAT_KEY_PC, true, put_pc, json_pc },
    { "width", "widths", STAT_KEY_WIDTH, true, put_width, json_width },
    { "value", "values", STAT_KEY_VALUE, true, put_value, json_value },
};

static const StatField *find_field(const char *word)
{
    size_t i;

    for (i = 0; i < STAT_FIELDS; i++) {
        if (!strcmp(stat_fields[i].name, word)) {
            return &stat_fields[i];
        }
    }
    return NULL;
}

bool stat_by_parse(const char *text, StatBy *by, GError **error)
{
    g_auto(GStrv) words = g_strsplit(text, ",", STAT_FIELDS + 1);
    unsigned i;

    *by = (StatBy) { 0 };
    for (i = 0; words[i]; i++) {
        const StatField *field = i < STAT_FIELDS ? find_field(words[i]) : NULL;

        /* A register has its region. */
        if (!field || (by->key & field->key) == field->key) {
            g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                        "--by '%s': register, region, device, phase, cpu, pc, width or value expected, or several of them with commas",
                        text);
            return false;
        }
        by->fields[by->n++] = field;
        by->key |= field->key;
    }
    return by->n || stat_by_parse("register", by, error);
}

const char *stat_by_plural(const StatBy *by)
{
    return by->n == 1 ? by->fields[0]->plural : "groups";
}

void stat_put_widths(unsigned widths, GString *text)
{
    const char *comma = "";
    unsigned i;

    for (i = 0; i < 16; i++) {
        if (widths >> i & 1) {
            g_string_append_printf(text, i ? "%s%u" : "%s-", comma, i);
            comma = ",";
        }
    }
}
