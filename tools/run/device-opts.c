/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: options for single devices (see device-opts.h)
 */
#include "tools/run/device-opts.h"

#include "libpcidev/window-spec.h"
#include "tools/host/vf.h"
#include "tools/run/error.h"

#include <string.h>

/**
 * struct DeviceOpts: options of one device
 * @props: properties, "K=V,K=V"
 * @windows: what to trace, or NULL
 */
typedef struct DeviceOpts {
    GString *props;
    const char *windows;
} DeviceOpts;

/* One element for each of the plan's guests */
struct RunDeviceOpts {
    GArray *of;
};

static DeviceOpts *opts_of(const RunPlan *plan, const HostPci *dev)
{
    guint i;

    for (i = 0; plan->device_opts && i < plan->guests->len; i++) {
        const HostPci *guest = plan->guests->pdata[i];

        if (!strcmp(guest->bdf, dev->bdf)) {
            return &g_array_index(plan->device_opts->of, DeviceOpts, i);
        }
    }
    return NULL;
}

char **run_opts_split(const char *text)
{
    GPtrArray *words = g_ptr_array_new();
    const char *end = text;

    while (*text) {
        end += strcspn(end, ",");
        if (end[0] == ',' && end[1] == ',') {
            end += 2;
            continue;
        }
        g_ptr_array_add(words, g_strndup(text, end - text));
        end += *end == ',';
        text = end;
    }
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
}

/* Return: the value in "KEY=VALUE", or NULL if this is another key */
static const char *value_of(const char *word, const char *key)
{
    size_t len = strlen(key);

    return !strncmp(word, key, len) && word[len] == '=' ? word + len + 1 : NULL;
}

char *run_device_opt(const RunPlan *plan, const HostPci *dev, const char *key)
{
    const char *props = run_device_opts(plan, dev);
    g_auto(GStrv) words = run_opts_split(props ? props : "");
    size_t i;

    for (i = 0; words[i]; i++) {
        const char *value = value_of(words[i], key);

        if (value) {
            return g_strdup(value);
        }
    }
    return NULL;
}

const char *run_device_opts(const RunPlan *plan, const HostPci *dev)
{
    const DeviceOpts *opts = opts_of(plan, dev);

    return opts && opts->props->len ? opts->props->str : NULL;
}

const char *run_device_windows(const RunPlan *plan, const HostPci *dev)
{
    const DeviceOpts *opts = opts_of(plan, dev);
    g_autofree char *own = run_device_opt(plan, dev, "windows");

    if (own) {
        return NULL;
    }
    return opts && opts->windows ? opts->windows : plan->windows;
}

/*
 * Split "BDF:REST".
 *
 * Return: false if BDF is an address, but not that of a guest's device;
 *         otherwise true, with @opts NULL if there is no address
 */
static bool find_device(const RunPlan *plan, const char *option,
                        const char *word, DeviceOpts **opts, const char **rest,
                        GError **error)
{
    g_autofree char *bdf = NULL;

    *opts = NULL;
    if (!host_pci_split_bdf(word, &bdf, rest, error)) {
        g_prefix_error(error, "%s %s: ", option, word);
        return false;
    }
    if (!bdf) {
        return true;
    }
    *opts = opts_of(plan, &(HostPci){ .bdf = bdf });
    return *opts || run_error(error,
                              "%s %s: %s is not one of the guest's devices",
                              option, word, bdf);
}

static bool check_windows(const char *option, const char *text, GError **error)
{
    static const PciWindowLimits limits = {
        .device_wide = true,
        .number_max = UINT64_MAX,
    };
    g_autoptr(GArray) windows = pci_window_list_parse(text, &limits, error);

    if (!windows) {
        g_prefix_error(error, "%s%s: ", option, text);
    }
    return windows;
}

static bool add_windows(RunPlan *plan, const char *word, GError **error)
{
    DeviceOpts *opts;
    const char *rest;

    if (!find_device(plan, "--trace-windows", word, &opts, &rest, error) ||
        !check_windows("--trace-windows ", rest, error)) {
        return false;
    }
    if (opts) {
        opts->windows = rest;
    } else {
        plan->windows = rest;
    }
    return true;
}

/* The tool itself sets these. */
static const char *const ours[] = {
    "driver", "host", "sysfsdev", "fd", "id", "bus", "addr", "multifunction",
    "trace-log", "trace-file", NULL,
};

/* Their values are windows. */
static const char *const with_windows[] = {
    "windows", "exclude", "backtrace-windows", NULL,
};

static bool has_key(const GString *props, const char *key)
{
    g_auto(GStrv) words = run_opts_split(props->str);
    size_t i;

    for (i = 0; words[i]; i++) {
        size_t len = strcspn(words[i], "=");

        if (len == strlen(key) && !strncmp(words[i], key, len)) {
            return true;
        }
    }
    return false;
}

/* As far as it can be told without the device */
static bool check_snapshot(const char *value, GError **error)
{
    static const char form[] =
        "^[^:@+]+:[^:@+]+:[^:@+]+(?::[^:@+]+)?(?:@[^:@+]+)?$";
    g_auto(GStrv) parts = g_strsplit(value ? value : "", "+", -1);
    size_t i;

    for (i = 0; value && (parts[i] || !i); i++) {
        const char *part = parts[i] ? parts[i] : "";

        if (!g_regex_match_simple(form, part, 0, 0)) {
            return run_error(error,
                             "--device-opts snapshot=%s: '%s' is not BAR:OFFSET:LEN[:MASK][@REGISTER]",
                             value, part);
        }
    }
    return true;
}

static bool add_prop(DeviceOpts *opts, const char *word, GError **error)
{
    g_autofree char *key = g_strndup(word, strcspn(word, "="));

    if (!strcmp(key, "rings")) {
        return run_error(error,
                         "--device-opts: rings can't be given: use --rings, which hands the file over to QEMU");
    }
    if (g_strv_contains(ours, key)) {
        return run_error(error,
                         "--device-opts: %s can't be given, since vfio-trace run sets it",
                         key);
    }
    if (g_str_has_prefix(key, "trace-") && strcmp(key, "trace-driver")) {
        return run_error(error,
                         "--device-opts: %s is a property of the log, which all devices share: use --log-opts %s",
                         key, word + strlen("trace-"));
    }
    if (has_key(opts->props, key)) {
        return run_error(error,
                         "--device-opts: %s is given twice for the same device",
                         key);
    }
    if (g_strv_contains(with_windows, key) && word[strlen(key)]) {
        g_autofree char *option = g_strdup_printf("--device-opts %s=", key);

        if (!check_windows(option, word + strlen(key) + 1, error)) {
            return false;
        }
    }
    if (!check_snapshot(value_of(word, "snapshot"), error)) {
        return false;
    }
    g_string_append_printf(opts->props, "%s%s", opts->props->len ? "," : "",
                           word);
    return true;
}

static bool add_props(RunPlan *plan, const char *text, GError **error)
{
    g_auto(GStrv) words = NULL;
    DeviceOpts *opts;
    const char *rest;
    size_t i;

    if (!find_device(plan, "--device-opts", text, &opts, &rest, error)) {
        return false;
    }
    words = run_opts_split(rest);
    if (!words[0]) {
        return run_error(error,
                         "--device-opts %s: properties are missing: K=V,...",
                         text);
    }
    for (i = 0; words[i]; i++) {
        if (!add_prop(opts ? opts : &g_array_index(plan->device_opts->of,
                                                   DeviceOpts, 0),
                      words[i], error)) {
            return false;
        }
    }
    return true;
}

bool run_device_opts_parse(RunPlan *plan, GError **error)
{
    size_t i;

    plan->device_opts = g_new0(RunDeviceOpts, 1);
    plan->device_opts->of = g_array_new(FALSE, TRUE, sizeof(DeviceOpts));
    for (i = 0; i < plan->guests->len; i++) {
        DeviceOpts opts = { g_string_new(NULL), NULL };

        g_array_append_val(plan->device_opts->of, opts);
    }
    for (i = 0; plan->vm.windows_words && plan->vm.windows_words[i]; i++) {
        if (!add_windows(plan, plan->vm.windows_words[i], error)) {
            return false;
        }
    }
    for (i = 0; plan->vm.device_words && plan->vm.device_words[i]; i++) {
        if (!add_props(plan, plan->vm.device_words[i], error)) {
            return false;
        }
    }
    return true;
}

/* QEMU takes this for no token. */
#define TOKEN_NULL "00000000-0000-0000-0000-000000000000"

/* Makes QEMU choose one, which only a physical function can use. */
#define TOKEN_AUTO "auto"

static bool check_token(const RunPlan *plan, const HostPci *dev,
                        GError **error)
{
    g_autofree char *token = run_device_opt(plan, dev, "vf-token");
    g_autoptr(HostPci) pf = host_vf_pf(plan->root, dev);
    bool needed = pf && host_pci_is_vfios(pf);
    bool any = token && strcmp(token, TOKEN_NULL);

    if (token && !g_uuid_string_is_valid(token) &&
        (pf || strcmp(token, TOKEN_AUTO))) {
        return run_error(error, "--device-opts: vf-token=%s is not a UUID",
                         token);
    }
    if (needed && !any) {
        return run_error(error,
                         "%s is a virtual function of %s, which is bound to %s: VFIO opens it only with the token that the user of %s has set; give it with --device-opts %s:vf-token=UUID",
                         dev->bdf, pf->bdf, pf->driver ? pf->driver : "VFIO",
                         pf->bdf, dev->bdf);
    }
    if (any && pf && !needed) {
        return run_error(error,
                         "--device-opts: %s needs no vf-token, and VFIO refuses one, since %s is not bound to a VFIO driver",
                         dev->bdf, pf->bdf);
    }
    return true;
}

bool run_device_tokens_check(const RunPlan *plan, GError **error)
{
    guint i;

    for (i = 0; i < plan->guests->len; i++) {
        if (!check_token(plan, plan->guests->pdata[i], error)) {
            return false;
        }
    }
    return true;
}
