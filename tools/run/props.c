/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: properties that QEMU's devices have (see props.h)
 */
#include "tools/run/props.h"

#include "tools/common/nearest.h"
#include "tools/run/ask.h"
#include "tools/run/device-opts.h"
#include "tools/run/error.h"
#include "tools/run/rings.h"

#include <errno.h>
#include <string.h>

static bool is_number(const char *text, uint64_t max)
{
    char *end;
    uint64_t number;

    errno = 0;
    number = g_ascii_strtoull(text, &end, 0);
    return g_ascii_isdigit(*text) && !*end && !errno && number <= max;
}

static bool is_word(const char *text, const char *const *words)
{
    return g_strv_contains(words, text);
}

/* Values of QEMU's types, as far as they can be told without QEMU */
static bool is_value(const char *type, const char *text, const char **expected)
{
    static const char *const on_off[] = {
        "on", "off", "yes", "no", "true", "false", "y", "n", NULL,
    };
    static const char *const on_off_auto[] = { "on", "off", "auto", NULL };
    static const struct {
        const char *type;
        const char *expected;
        const char *const *words;
        uint64_t max;
    } types[] = {
        { "bool", "on or off", on_off, 0 },
        { "OnOffAuto", "on, off or auto", on_off_auto, 0 },
        { "uint8", "a number up to 255", NULL, UINT8_MAX },
        { "uint16", "a number up to 65535", NULL, UINT16_MAX },
        { "uint32", "a number of 32 bits", NULL, UINT32_MAX },
        { "uint64", "a number", NULL, UINT64_MAX },
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(types); i++) {
        if (!strcmp(types[i].type, type)) {
            *expected = types[i].expected;
            return types[i].words ? is_word(text, types[i].words)
                                  : is_number(text, types[i].max);
        }
    }
    return true;
}

/* Read a line of QEMU's list: "  name=<type>  - description". */
static bool parse_line(const char *line, char **name, char **type)
{
    const char *equal = strstr(line, "=<");
    const char *end = equal ? strchr(equal, '>') : NULL;

    if (!end || !g_str_has_prefix(line, "  ")) {
        return false;
    }
    *name = g_strndup(line + 2, equal - line - 2);
    *type = g_strndup(equal + 2, end - equal - 2);
    return true;
}

/* Return: the properties' types by their names; empty if there is no list */
static GHashTable *parse_help(const char *help)
{
    GHashTable *props = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                              g_free);
    g_auto(GStrv) lines = g_strsplit(help, "\n", -1);
    size_t i;

    for (i = 0; lines[i]; i++) {
        char *name;
        char *type;

        if (parse_line(lines[i], &name, &type)) {
            g_hash_table_insert(props, name, type);
        }
    }
    return props;
}

static bool refuse_name(const char *option, const char *kind,
                        GHashTable *props, const char *name, GError **error)
{
    GHashTableIter iter;
    Nearest nearest;
    gpointer key;

    nearest_begin(&nearest, name, false);
    g_hash_table_iter_init(&iter, props);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        nearest_try(&nearest, key);
    }
    return run_error(error, "%s: %s has no property '%s'%s%s%s", option, kind,
                     name, nearest.best ? "; did you mean '" : "",
                     nearest.best ? nearest.best : "",
                     nearest.best ? "'?" : "");
}

static bool check_word(const char *option, const char *kind, GHashTable *props,
                       const char *word, GError **error)
{
    const char *value = strchr(word, '=');
    g_autofree char *name = g_strndup(word, strcspn(word, "="));
    const char *type = g_hash_table_lookup(props, name);
    const char *expected;

    /* "x-vga" and "nox-vga" are old forms of x-vga=on and x-vga=off. */
    if (!type && !value && g_str_has_prefix(name, "no")) {
        type = g_hash_table_lookup(props, name + 2);
    }
    if (!type) {
        return refuse_name(option, kind, props, name, error);
    }
    return !value || is_value(type, value + 1, &expected) ||
           run_error(error, "%s: %s=%s: it must be %s", option, name,
                     value + 1, expected);
}

bool run_props_check_text(const char *option, const char *kind,
                          const char *help, const char *text, GError **error)
{
    g_autoptr(GHashTable) props = parse_help(help);
    g_auto(GStrv) words = run_opts_split(text ? text : "");
    size_t i;

    for (i = 0; words[i] && g_hash_table_size(props); i++) {
        if (!check_word(option, kind, props, words[i], error)) {
            return false;
        }
    }
    return true;
}

/* Return: QEMU's list, to be freed; "" if it has none */
static char *ask_qemu(const RunPlan *plan, const char *option,
                      const char *kind)
{
    g_autofree char *help = g_strdup_printf("%s,help", kind);
    const char *args[] = { option, help, NULL };
    char *text;

    return run_ask(plan, args, &text, NULL) ? text : g_strdup("");
}

/* The tool itself sets these. */
static bool check_log_keys(const RunPlan *plan, GError **error)
{
    static const char *const ours[] = { "file", "id", "qom-type", NULL };
    const char *opts = plan->vm.log_opts;
    g_auto(GStrv) words = run_opts_split(opts ? opts : "");
    size_t i;

    for (i = 0; words[i]; i++) {
        g_autofree char *key = g_strndup(words[i], strcspn(words[i], "="));

        if (g_strv_contains(ours, key)) {
            return run_error(error,
                             "--log-opts: %s can't be given, since vfio-trace run sets it (--output names the log)",
                             key);
        }
    }
    return true;
}

bool run_props_check(const RunPlan *plan, GError **error)
{
    g_autofree char *device = NULL;
    g_autofree char *log = NULL;
    guint i;

    if (!check_log_keys(plan, error)) {
        return false;
    }
    for (i = 0; i < plan->guests->len; i++) {
        const char *opts = run_device_opts(plan, plan->guests->pdata[i]);

        if (opts && !device) {
            device = ask_qemu(plan, "-device", "vfio-pci-trace");
        }
        if (opts && !run_props_check_text("--device-opts", "vfio-pci-trace",
                                          device, opts, error)) {
            return false;
        }
    }
    if (run_rings_any(plan) && !device) {
        device = ask_qemu(plan, "-device", "vfio-pci-trace");
    }
    if (run_rings_any(plan) &&
        !run_props_check_text("--rings", "vfio-pci-trace", device, "rings=x",
                              error)) {
        g_prefix_error(error, "%s is older than this tool: ", plan->vm.qemu);
        return false;
    }
    log = plan->vm.log_opts ? ask_qemu(plan, "-object", "vfio-trace-log")
                            : NULL;
    return !log || run_props_check_text("--log-opts", "vfio-trace-log", log,
                                        plan->vm.log_opts, error);
}
