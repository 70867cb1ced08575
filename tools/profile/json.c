/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: JSON, an object on each line
 */
#include "tools/analysis/json-line.h"
#include "tools/profile/items.h"

static void put_first(const ProfileReport *report, GString *json,
                      uint64_t line, uint32_t phase)
{
    json_line_number(json, "first-line", line);
    json_line_number(json, "first-phase", phase);
    json_line_text(json, "first-phase-name",
                   mmt_trace_phase(report->trace, phase));
}

static void put_finding(GString *json, const ProfileClass *class,
                        const ProfileFinding *finding)
{
    json_line_item(json);
    json_line_text(json, "class", class->name);
    json_line_number(json, "confidence", finding->confidence);
    if (finding->bits) {
        json_line_hex(json, "bits", finding->bits);
    }
    if (finding->rise) {
        json_line_hex(json, "rise", finding->rise);
    }
    if (finding->wraps) {
        json_line_hex(json, "last-before-wrap", finding->top);
    }
    if (finding->peer) {
        json_line_hex(json, "peer", finding->peer->offset);
    }
    json_line_text(json, "evidence", finding->evidence->str);
    json_line_item_end(json);
}

static void put_values(GString *json, const char *name,
                       const ProfileValues *values)
{
    uint32_t i;

    json_line_list(json, name);
    for (i = 0; i < MIN(values->n, PROFILE_VALUES); i++) {
        g_string_append_printf(json, "%s\"0x%" G_GINT64_MODIFIER "x\"",
                               i ? ", " : "", values->v[i]);
    }
    json_line_list_end(json);
}

static void put_register(const ProfileReport *report, GString *json,
                         const ProfileRegister *reg)
{
    const ProfileClass *class;
    ProfileFinding finding;

    json_line_begin(json, "register");
    analysis_json_register(&report->names, reg->region, reg->offset, json);
    json_line_number(json, "width", profile_width(reg));
    json_line_number(json, "reads", reg->reads);
    json_line_number(json, "writes", reg->writes);
    if (reg->unknown) {
        json_line_number(json, "unknown", reg->unknown);
    }
    put_first(report, json, reg->first_line, reg->first_phase);
    if (reg->r) {
        put_values(json, "values-read", &reg->r->values);
    }
    if (reg->w) {
        put_values(json, "values-written", &reg->w->values);
    }
    json_line_list(json, "classes");
    for (class = profile_classes; class->name; class++) {
        if (profile_judge(class, reg, &finding)) {
            put_finding(json, class, &finding);
            profile_finding_clear(&finding);
        }
    }
    json_line_list_end(json);
    json_line_print(json);
}

static void put_window(const ProfileReport *report, GString *json,
                       const ProfileWindow *window)
{
    json_line_begin(json, "bulk-window");
    analysis_json_register(&report->names, window->region, window->start, json);
    json_line_hex(json, "length", window->end - window->start);
    json_line_number(json, "width", window->width);
    json_line_number(json, "stride", window->stride);
    json_line_number(json, "reads", window->reads);
    json_line_number(json, "writes", window->writes);
    put_first(report, json, window->first_line, window->first_phase);
    json_line_print(json);
}

static void put_unused(const ProfileReport *report, GString *json,
                       const ProfileItem *item)
{
    json_line_begin(json, "never-used");
    analysis_json_register(&report->names, item->region, item->start, json);
    json_line_hex(json, "length", item->end - item->start);
    json_line_print(json);
}

void profile_print_json(const ProfileReport *report)
{
    g_autoptr(GString) json = g_string_new(NULL);
    guint i;

    for (i = 0; i < report->items->len; i++) {
        const ProfileItem *item =
            &g_array_index(report->items, ProfileItem, i);

        if (item->reg) {
            put_register(report, json, item->reg);
        } else if (item->window) {
            put_window(report, json, item->window);
        } else {
            put_unused(report, json, item);
        }
    }
}
