/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: settings of a guest: defaults, and checks of single values
 */
#include "tools/guest/internal.h"

#include "tools/common/sizes.h"

#include <string.h>

/* No firmware starts with less. */
#define MEMORY_MIN (1ull << 20)

#define SMP_MAX 4096

static const char *const systems[] = {
    [GUEST_OS_OTHER] = "other",
    [GUEST_OS_LINUX] = "linux",
    [GUEST_OS_WINDOWS] = "windows",
};

GQuark guest_error_quark(void)
{
    return g_quark_from_static_string("vfio-trace-guest");
}

bool guest_error(GError **error, const char *fmt, ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    g_set_error_literal(error, GUEST_ERROR, 0, text);
    return false;
}

GuestOs guest_settings_os(const GuestSettings *settings)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(systems); i++) {
        if (!g_strcmp0(settings->os, systems[i])) {
            return i;
        }
    }
    return GUEST_OS_OTHER;
}

static bool complete_os(GuestSettings *settings, GError **error)
{
    GuestOs os;

    if (!settings->os) {
        settings->os = g_strdup(settings->kernel ? "linux" : "other");
    }
    os = guest_settings_os(settings);
    return !strcmp(settings->os, systems[os]) ||
           guest_error(error, "--os %s: it must be windows, linux or other",
                       settings->os);
}

static bool complete_memory(GuestSettings *settings, GError **error)
{
    uint64_t bytes;

    if (!settings->memory) {
        settings->memory = g_strdup("4G");
    }
    if (!size_parse(settings->memory, &bytes, error)) {
        g_prefix_error(error, "--memory ");
        return false;
    }
    return bytes >= MEMORY_MIN ||
           guest_error(error, "--memory %s: it must be at least 1M",
                       settings->memory);
}

static bool complete_smp(GuestSettings *settings, GError **error)
{
    settings->smp = settings->smp ? settings->smp : 2;
    return (settings->smp >= 1 && settings->smp <= SMP_MAX) ||
           guest_error(error, "--smp %d: it must be 1 to %d", settings->smp,
                       SMP_MAX);
}

static bool complete_accel(GuestSettings *settings, GError **error)
{
    if (!settings->accel) {
        settings->accel = g_strdup("kvm");
    }
    return !strcmp(settings->accel, "kvm") ||
           !strcmp(settings->accel, "tcg") ||
           guest_error(error, "--accel %s: it must be kvm or tcg",
                       settings->accel);
}

static bool check_kernel(GuestSettings *settings, GError **error)
{
    return settings->kernel || (!settings->initrd && !settings->append) ||
           guest_error(error, "--initrd and --append need --kernel");
}

/*
 * Windows 11 wants TPM and Secure Boot.  A guest whose firmware has no Secure
 * Boot was not made for them.
 */
static bool complete_windows(GuestSettings *settings,
                             G_GNUC_UNUSED GError **error)
{
    bool wants = guest_settings_os(settings) == GUEST_OS_WINDOWS &&
                 !settings->kernel && (!settings->firmware ||
                                       !strcmp(settings->firmware, "ovmf"));

    if (settings->secure_boot == GUEST_UNSET) {
        settings->secure_boot = wants;
    }
    if (!settings->tpm) {
        settings->tpm = g_strdup(wants ? GUEST_YES : GUEST_NO);
    }
    return true;
}

/* Return: a path beside the first disk, to be freed; NULL if there is none */
static char *beside_disk(const GuestSettings *settings, const char *suffix)
{
    return settings->disks && !g_str_has_prefix(settings->disks[0], "/dev/") ?
           g_strconcat(settings->disks[0], suffix, NULL) : NULL;
}

/* What belongs to a disk lies beside it. */
static bool complete_state(GuestSettings *settings,
                           G_GNUC_UNUSED GError **error)
{
    g_autofree char *tpm = beside_disk(settings, ".tpm");

    if (!settings->nvram && settings->secure_boot) {
        settings->nvram = beside_disk(settings, ".nvram");
    }
    if (tpm && !strcmp(settings->tpm, GUEST_YES)) {
        g_free(settings->tpm);
        settings->tpm = g_steal_pointer(&tpm);
    }
    return true;
}

bool guest_settings_complete(GuestSettings *settings, GError **error)
{
    typedef bool Complete(GuestSettings *settings, GError **error);
    static Complete *const functions[] = {
        complete_os, complete_memory, complete_smp, complete_accel,
        check_kernel, complete_windows, complete_state,
    };
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(functions); i++) {
        if (!functions[i](settings, error)) {
            return false;
        }
    }
    for (i = 0; i < guest_rows_n; i++) {
        gboolean *on = guest_row_place(&guest_rows[i], settings);

        if (guest_rows[i].kind == GUEST_SWITCH && *on == GUEST_UNSET) {
            *on = FALSE;
        }
    }
    return true;
}
