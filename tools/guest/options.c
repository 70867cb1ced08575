/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: settings of a guest: the table, and the options of a command line
 *
 * A setting is one row of the table; options of command lines, keys of settings
 * files, and what --save-vm writes all come from it.
 */
#include "tools/guest/internal.h"

#include "tools/common/qemu-name.h"

#include <string.h>

#define AT(member) G_STRUCT_OFFSET(GuestSettings, member)

const GuestRow guest_rows[] = {
    { "device", 0, GUEST_STRINGS, AT(devices), GUEST_KEY, NULL, NULL, NULL },
    { "output", 'o', GUEST_FILE, AT(log), GUEST_RUN, NULL,
      "The log (default: vfio-trace-BDF-TIME.mmt)", "LOG" },
    { "overwrite", 0, GUEST_SWITCH, AT(overwrite), GUEST_RUN, NULL,
      "Overwrite LOG if it exists", NULL },
    { "disk", 'd', GUEST_FILES, AT(disks), 0, NULL,
      "A disk of the guest (repeatable)", "IMAGE" },
    { "iso", 0, GUEST_FILES, AT(isos), 0, NULL,
      "A CD of the guest (repeatable)", "IMAGE" },
    { "trace-windows", 'w', GUEST_STRINGS, AT(windows_words), 0, NULL,
      "What to trace: all, registers, or PART+PART... (default: all); of one device with BDF:",
      "[BDF:]WINDOWS" },
    /* The old name, which is misleading beside --os windows */
    { "windows", 0, GUEST_STRINGS, AT(windows_words), GUEST_OLD, NULL, NULL,
      NULL },
    { "rings", 0, GUEST_RINGS, AT(rings_words), 0, NULL,
      "A rings file, which says what of the guest's memory to log: its name, its path, or auto (repeatable); for one device with BDF:",
      "[BDF:]NAME|FILE" },
    { "memory", 'm', GUEST_STRING, AT(memory), 0, NULL,
      "The guest's memory (default: 4G)", "SIZE" },
    { "smp", 0, GUEST_NUMBER, AT(smp), 0, NULL,
      "The guest's number of CPUs (default: 2)", "N" },
    { "os", 0, GUEST_STRING, AT(os), 0, NULL,
      "The guest's system: windows, linux, other (default: other)", "OS" },
    { "accel", 0, GUEST_STRING, AT(accel), GUEST_RUN, NULL,
      "kvm, or tcg, which is slow and needs no KVM (default: kvm)", "ACCEL" },
    { "firmware", 0, GUEST_FILE, AT(firmware), 0, "ovmf seabios",
      "ovmf, seabios, or an image (default: OVMF if it is installed; SeaBIOS with --kernel)",
      "FIRMWARE" },
    { "nvram", 0, GUEST_FILE, AT(nvram), 0, NULL,
      "Keep OVMF's variables in this file, which is made if needed", "FILE" },
    { "secure-boot", 0, GUEST_SWITCH, AT(secure_boot), GUEST_NO_SHOWN, NULL,
      "Secure Boot with Microsoft's keys (default: with --os windows)", NULL },
    { "tpm", 0, GUEST_SWITCH_FILE, AT(tpm), GUEST_NO_SHOWN, NULL,
      "A TPM 2.0, with its state in DIR (default: with --os windows; DISK.tpm)",
      "DIR" },
    { "share", 0, GUEST_FILES, AT(shares), 0, NULL,
      "A directory of the host for the guest, and its name there (repeatable)",
      "DIR[:TAG]" },
    { "kernel", 'k', GUEST_FILE, AT(kernel), 0, NULL,
      "Start this Linux kernel", "BZIMAGE" },
    { "initrd", 0, GUEST_FILE, AT(initrd), 0, NULL,
      "with this initramfs", "FILE" },
    { "append", 0, GUEST_STRING, AT(append), 0, NULL,
      "and this command line", "WORDS" },
    { "display", 0, GUEST_STRING, AT(display), 0, NULL,
      "The guest's emulated display: none, vnc, spice, gtk (default: none)",
      "DISPLAY" },
    { "net", 0, GUEST_STRING, AT(net), 0, NULL,
      "The guest's network: none, user, or user:CARD (default: none)", "NET" },
    { "usb", 0, GUEST_STRINGS, AT(usb), 0, NULL,
      "A USB device of the host for the guest (repeatable)",
      "BUS.PORT|VENDOR:PRODUCT" },
    { "hide-hypervisor", 0, GUEST_SWITCH, AT(hide_hypervisor), 0, NULL,
      "Hide KVM from the guest, for drivers that refuse to work in one; it becomes slower",
      NULL },
    { "device-opts", 0, GUEST_STRINGS, AT(device_words), 0, NULL,
      "Properties of the device with the lowest address, or of the one with BDF: x-vga=on,romfile=...",
      "[BDF:]K=V,..." },
    { "log-opts", 0, GUEST_STRING, AT(log_opts), 0, NULL,
      "Properties for the log: pc=on,max-size=1G,...", "K=V,..." },
    { "with-group", 0, GUEST_SWITCH, AT(with_group), GUEST_RUN, NULL,
      "Take the other devices of the IOMMU group from their drivers, too",
      NULL },
    { "force", 0, GUEST_SWITCH, AT(force), GUEST_RUN, NULL,
      "Take devices even if the host needs them", NULL },
    { "as-root", 0, GUEST_SWITCH, AT(as_root), GUEST_RUN, NULL,
      "Run QEMU as root, without its sandbox", NULL },
    { "qemu", 0, GUEST_PROGRAM, AT(qemu), 0, NULL,
      "The QEMU to use (default: " TOOL_QEMU_NAME ")", "PROGRAM" },
    { "qemu-args", 0, GUEST_STRINGS, AT(qemu_args), GUEST_KEY | GUEST_RUN,
      NULL, NULL, NULL },
};

const size_t guest_rows_n = G_N_ELEMENTS(guest_rows);

bool guest_row_is_switch(const GuestRow *row)
{
    return row->kind == GUEST_SWITCH || row->kind == GUEST_SWITCH_FILE;
}

bool guest_row_is_list(const GuestRow *row)
{
    return row->kind == GUEST_STRINGS || row->kind == GUEST_FILES ||
           row->kind == GUEST_RINGS;
}

bool guest_row_given(const GuestRow *row, const GuestSettings *settings)
{
    void *place = guest_row_place(row, settings);

    return row->kind == GUEST_SWITCH ? *(gboolean *)place != GUEST_UNSET :
           row->kind == GUEST_NUMBER ? *(int *)place != 0 :
           *(void **)place != NULL;
}

void guest_settings_init(GuestSettings *settings)
{
    size_t i;

    memset(settings, 0, sizeof(*settings));
    for (i = 0; i < guest_rows_n; i++) {
        if (guest_rows[i].kind == GUEST_SWITCH) {
            *(gboolean *)guest_row_place(&guest_rows[i], settings) =
                GUEST_UNSET;
        }
    }
}

void guest_settings_clear(GuestSettings *settings)
{
    size_t i;

    for (i = 0; i < guest_rows_n; i++) {
        const GuestRow *row = &guest_rows[i];
        void *place = guest_row_place(row, settings);

        if (guest_row_is_list(row)) {
            g_clear_pointer((char ***)place, g_strfreev);
        } else if (row->kind != GUEST_SWITCH && row->kind != GUEST_NUMBER) {
            g_clear_pointer((char **)place, g_free);
        }
    }
    guest_settings_init(settings);
}

void guest_settings_merge(GuestSettings *settings, GuestSettings *others)
{
    size_t i;

    for (i = 0; i < guest_rows_n; i++) {
        const GuestRow *row = &guest_rows[i];
        void *to = guest_row_place(row, settings);
        void *from = guest_row_place(row, others);

        if (guest_row_given(row, settings) || !guest_row_given(row, others)) {
            continue;
        }
        if (row->kind == GUEST_SWITCH || row->kind == GUEST_NUMBER) {
            *(int *)to = *(int *)from;
        } else {
            *(void **)to = g_steal_pointer((void **)from);
        }
    }
}

/* The settings of the command line that is parsed, for on_switch_file() */
static GuestSettings *parsed;

/* --NAME, --NAME=VALUE, --no-NAME */
static gboolean on_switch_file(const gchar *option, const gchar *value,
                               G_GNUC_UNUSED gpointer data, GError **error)
{
    bool no = g_str_has_prefix(option, "--no-");
    const char *name = option + (no ? strlen("--no-") : strlen("--"));
    size_t i;

    /* It would be the current directory. */
    if (value && !*value) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                    "%s= needs a value after the sign", option);
        return FALSE;
    }
    for (i = 0; i < guest_rows_n; i++) {
        if (!strcmp(guest_rows[i].name, name)) {
            char **place = guest_row_place(&guest_rows[i], parsed);

            g_free(*place);
            *place = g_strdup(no ? GUEST_NO : value ? value : GUEST_YES);
            return TRUE;
        }
    }
    g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                "%s is unknown", option);
    return FALSE;
}

/* GLib takes the word after --NAME for its value, a device's address even. */
static char *without_value(char *word)
{
    size_t i;

    for (i = 0; i < guest_rows_n; i++) {
        if (guest_rows[i].kind == GUEST_SWITCH_FILE &&
            g_str_has_prefix(word, "--") &&
            !strcmp(word + strlen("--"), guest_rows[i].name)) {
            g_autofree char *text = g_strconcat(word, "=" GUEST_YES, NULL);

            return (char *)g_intern_string(text);
        }
    }
    return word;
}

char **guest_split_args(int *argc, char **argv)
{
    char **rest = NULL;
    int i;

    for (i = 1; i < *argc; i++) {
        if (!strcmp(argv[i], "--")) {
            argv[i] = NULL;
            rest = g_strdupv(argv + i + 1);
            *argc = i;
        } else {
            argv[i] = without_value(argv[i]);
        }
    }
    return rest;
}

static GOptionEntry entry_of(const GuestRow *row, GuestSettings *settings)
{
    static const GOptionArg args[] = {
        [GUEST_STRING] = G_OPTION_ARG_STRING,
        [GUEST_FILE] = G_OPTION_ARG_FILENAME,
        [GUEST_PROGRAM] = G_OPTION_ARG_FILENAME,
        [GUEST_NUMBER] = G_OPTION_ARG_INT,
        [GUEST_SWITCH] = G_OPTION_ARG_NONE,
        [GUEST_SWITCH_FILE] = G_OPTION_ARG_CALLBACK,
        [GUEST_STRINGS] = G_OPTION_ARG_STRING_ARRAY,
        [GUEST_FILES] = G_OPTION_ARG_FILENAME_ARRAY,
        [GUEST_RINGS] = G_OPTION_ARG_FILENAME_ARRAY,
    };
    GOptionEntry entry = {
        row->name, row->letter, G_OPTION_FLAG_NONE, args[row->kind],
        guest_row_place(row, settings), row->help, row->value,
    };

    if (row->flags & GUEST_OLD) {
        entry.flags |= G_OPTION_FLAG_HIDDEN;
    }
    if (row->kind == GUEST_SWITCH_FILE) {
        entry.flags |= G_OPTION_FLAG_OPTIONAL_ARG | G_OPTION_FLAG_FILENAME;
        entry.arg_data = (gpointer)on_switch_file;
    }
    return entry;
}

static const char *no_description(const GuestRow *row)
{
    g_autofree char *text = g_strdup_printf("Without --%s", row->name);

    return g_intern_string(text);
}

/* What a settings file has switched on can be switched off. */
static GOptionEntry no_entry_of(const GuestRow *row, GuestSettings *settings)
{
    g_autofree char *name = g_strconcat("no-", row->name, NULL);
    GOptionEntry entry = entry_of(row, settings);

    entry.long_name = g_intern_string(name);
    entry.short_name = 0;
    entry.flags = row->kind == GUEST_SWITCH ? G_OPTION_FLAG_REVERSE :
                  G_OPTION_FLAG_NO_ARG;
    entry.flags |= row->flags & GUEST_NO_SHOWN ? 0 : G_OPTION_FLAG_HIDDEN;
    entry.description = no_description(row);
    entry.arg_description = NULL;
    return entry;
}

const GOptionEntry *guest_options(GuestSettings *settings, GuestOptions which,
                                  const GOptionEntry *more)
{
    static GArray *entries;
    GOptionEntry entry;
    size_t i;

    g_clear_pointer(&entries, g_array_unref);
    entries = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));
    parsed = settings;
    for (i = 0; i < guest_rows_n; i++) {
        const GuestRow *row = &guest_rows[i];

        if (row->flags & GUEST_KEY ||
            (which == GUEST_OPTIONS_GUEST && row->flags & GUEST_RUN)) {
            continue;
        }
        entry = entry_of(row, settings);
        g_array_append_val(entries, entry);
        if (guest_row_is_switch(row)) {
            entry = no_entry_of(row, settings);
            g_array_append_val(entries, entry);
        }
    }
    for (; more && more->long_name; more++) {
        g_array_append_val(entries, *more);
    }
    return (const GOptionEntry *)entries->data;
}
