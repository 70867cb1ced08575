/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace run: a guest that does not see KVM (see hide.h)
 */
#include "tools/run/hide.h"

#include "tools/host/fs.h"
#include "tools/run/argv.h"
#include "tools/run/error.h"
#include "tools/run/qemu.h"

#include <string.h>

#define DMI "/sys/class/dmi/id"

/*
 * The host's names, which any user can read.  Its serial numbers, which only
 * root can, stay on the host.
 */
static const struct {
    unsigned type;
    struct {
        const char *key;
        const char *file;
    } fields[4];
} tables[] = {
    { 0, { { "vendor", "bios_vendor" }, { "version", "bios_version" },
           { "date", "bios_date" } } },
    { 1, { { "manufacturer", "sys_vendor" }, { "product", "product_name" },
           { "version", "product_version" }, { "family", "product_family" } } },
    { 2, { { "manufacturer", "board_vendor" }, { "product", "board_name" },
           { "version", "board_version" } } },
    { 3, { { "manufacturer", "chassis_vendor" },
           { "version", "chassis_version" } } },
};

/* For -cpu, after the model; without KVM's clock a guest needs the TSC. */
#define HIDE_CPU ",kvm=off,hypervisor=off,migratable=off"

/* Longer names are not SMBIOS's. */
#define TEXT_MAX 64

/* Return: the host's text as a value for QEMU, to be freed; or NULL */
static char *read_text(const RunPlan *plan, const char *file)
{
    g_autofree char *dir = host_fs_path(plan->root, DMI);
    g_autofree char *text = host_fs_attr(dir, file);
    char *p;

    for (p = text; p && *p; p++) {
        if (!g_ascii_isprint(*p) || p - text >= TEXT_MAX) {
            *p = '\0';
            break;
        }
    }
    return text && *text ? run_argv_value(text) : NULL;
}

static char **read_tables(const RunPlan *plan)
{
    GPtrArray *values = g_ptr_array_new();
    size_t i;
    size_t k;

    for (i = 0; i < G_N_ELEMENTS(tables); i++) {
        g_autoptr(GString) text = g_string_new(NULL);

        g_string_printf(text, "type=%u", tables[i].type);
        for (k = 0; k < G_N_ELEMENTS(tables[i].fields); k++) {
            const char *file = tables[i].fields[k].file;
            g_autofree char *value = file ? read_text(plan, file) : NULL;

            if (value) {
                g_string_append_printf(text, ",%s=%s", tables[i].fields[k].key,
                                       value);
            }
        }
        if (strchr(text->str, ',')) {
            g_ptr_array_add(values, g_strdup(text->str));
        }
    }
    g_ptr_array_add(values, NULL);
    return (char **)g_ptr_array_free(values, FALSE);
}

bool run_hide_plan(RunPlan *plan, GError **error)
{
    if (!plan->vm.hide_hypervisor) {
        return true;
    }
    if (!plan->board->hides) {
        return run_error(error,
                         "--hide-hypervisor: a guest of the machine %s always sees KVM: leave it out",
                         plan->board->name);
    }
    if (run_qemu_has_option(plan->vm.qemu_args, "cpu")) {
        return run_error(error,
                         "--hide-hypervisor and '-- -cpu': the latter decides alone; add %s there",
                         HIDE_CPU);
    }
    plan->cpu_opts = g_strdup(HIDE_CPU);
    plan->smbios = read_tables(plan);
    run_note(
        "--hide-hypervisor: the guest is slower without KVM's clock and Hyper-V's features; it can still recognize emulated devices, firmware tables, and by their time the accesses that are trapped");
    return true;
}
