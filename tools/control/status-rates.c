/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: rates for `vfio-trace status --watch` (see status-rates.h)
 */
#include "tools/control/status-rates.h"
#include "tools/common/json-read.h"
#include "tools/common/json-text.h"
#include "tools/control/status-time.h"

/* Rates are rounded to 1 / PRECISION per second. */
#define PRECISION 10.0

static uint64_t read_accesses(JsonObject *region, const char *name)
{
    JsonObject *count = json_read_object_member(region, name);

    return count ? json_read_int(count, "accesses") : 0;
}

/* If the count has shrunk, the log was created again: no rate. */
static void set_rate(JsonObject *object, const char *name, uint64_t now,
                     uint64_t before, double interval)
{
    if (now >= before && interval > 0) {
        double rate = (now - before) / interval * PRECISION;

        json_object_set_double_member(object, name,
                                      (uint64_t)(rate + 0.5) / PRECISION);
    }
}

static void add_region_rates(JsonObject *region, JsonObject *before,
                             double interval)
{
    set_rate(region, "reads-per-second", read_accesses(region, "read"),
             read_accesses(before, "read"), interval);
    set_rate(region, "writes-per-second", read_accesses(region, "write"),
             read_accesses(before, "write"), interval);
}

static void add_log_rates(JsonObject *log, JsonObject *before,
                          double interval)
{
    set_rate(log, "events-per-second", json_read_int(log, "events"),
             json_read_int(before, "events"), interval);
    set_rate(log, "bytes-per-second", json_read_int(log, "bytes"),
             json_read_int(before, "bytes"), interval);
    status_time_add(log, before);
}

static void add_started(JsonObject *device, JsonArray *windows)
{
    JsonObject *found = json_read_find(windows, "qom-path",
                                       json_read_str(device, "qom-path"));

    if (found) {
        json_object_set_boolean_member(device, "started",
                                       json_read_bool(found, "started"));
    }
}

/**
 * struct Level: a level of the nested lists of objects
 * @member: name of the list in its parent
 * @key: member that identifies an object in the list
 * @add_rates: adds the rates of an object of this level, or NULL
 */
typedef struct Level {
    const char *member;
    const char *key;
    void (*add_rates)(JsonObject *object, JsonObject *before,
                      double interval);
} Level;

static const Level levels[] = {
    { "logs", "id", add_log_rates },
    { "devices", "qom-path", NULL },
    { "regions", "name", add_region_rates },
};

static void add_rates(JsonObject *parent, JsonObject *before_parent,
                      const Level *level, double interval)
{
    JsonArray *array = json_read_array(parent, level->member);
    JsonArray *befores = json_read_array(before_parent, level->member);
    guint n = json_read_length_of(array);
    guint i;

    for (i = 0; i < n; i++) {
        JsonObject *object = json_read_element(array, i);
        const char *key = object ? json_read_str(object, level->key) : NULL;
        JsonObject *before = key ? json_read_find(befores, level->key, key)
                                 : NULL;

        if (!before) {
            continue;
        }
        if (level->add_rates) {
            level->add_rates(object, before, interval);
        }
        if (level + 1 < levels + G_N_ELEMENTS(levels)) {
            add_rates(object, before, level + 1, interval);
        }
    }
}

static void add_all_started(JsonArray *logs, JsonArray *windows)
{
    guint i;
    guint k;

    for (i = 0; i < json_read_length_of(logs); i++) {
        JsonObject *log = json_read_element(logs, i);
        JsonArray *devices = log ? json_read_array(log, "devices") : NULL;

        for (k = 0; k < json_read_length_of(devices); k++) {
            JsonObject *device = json_read_element(devices, k);

            if (device) {
                add_started(device, windows);
            }
        }
    }
}

JsonNode *status_sample(JsonNode *logs, JsonNode *windows, JsonNode *before,
                        double time, double interval)
{
    /* QEMU's answer is immutable: print and parse it to get a mutable copy. */
    g_autofree char *text = json_text(logs, FALSE);
    JsonNode *copy = json_from_string(text, NULL);
    JsonNode *node = json_node_new(JSON_NODE_OBJECT);
    JsonObject *sample = json_object_new();

    json_node_take_object(node, sample);
    if (!copy) {
        json_node_unref(node);
        return NULL;
    }
    json_object_set_double_member(sample, "time", time);
    if (before) {
        json_object_set_double_member(sample, "interval", interval);
    }
    json_object_set_member(sample, "logs", copy);
    if (before) {
        add_rates(sample, json_node_get_object(before), levels, interval);
    }
    if (windows) {
        add_all_started(json_read_array(sample, "logs"),
                        json_node_get_array(windows));
    }
    return node;
}
