/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: settings of a guest
 *
 *     options.c   table of the settings: options of a command line, and keys
 *     complete.c  defaults, and checks of single values
 *     file.c      the settings file: parser and formatter
 *     find.c      which settings file a name means, and may it be read
 *     share.c     a value of --share
 *     save.c      writes a settings file
 *
 * A setting comes from the command line, or from a settings file, or is a
 * default, in this order.
 */
#ifndef VFIO_TRACE_GUEST_H
#define VFIO_TRACE_GUEST_H

#include <glib.h>
#include <stdbool.h>

#define GUEST_ERROR guest_error_quark()

/**
 * guest_error_quark() - the domain of the errors below
 */
GQuark guest_error_quark(void);

/**
 * guest_error() - set an error of the domain above
 * @error: where to store it
 * @fmt: the message
 *
 * Return: false
 */
bool guest_error(GError **error, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

typedef enum GuestOs {
    GUEST_OS_OTHER,
    GUEST_OS_LINUX,
    GUEST_OS_WINDOWS,
} GuestOs;

/* Values of a setting that is a switch or a path */
#define GUEST_YES "yes"
#define GUEST_NO "no"

/* A switch that was not given */
#define GUEST_UNSET (-1)

/**
 * struct GuestSettings: settings of a guest
 *
 * Each is described in options.c's table.  A string or list that was not given
 * is NULL, a number 0, and a switch GUEST_UNSET until guest_settings_complete()
 * sets it.
 */
typedef struct GuestSettings {
    char **devices;
    char *log;
    gboolean overwrite;
    char **disks;
    char **isos;
    char **windows_words;
    char **rings_words;
    char *memory;
    int smp;
    char *os;
    char *accel;
    char *firmware;
    char *nvram;
    gboolean secure_boot;
    char *tpm;
    char **shares;
    char *kernel;
    char *initrd;
    char *append;
    char *display;
    char *net;
    char **usb;
    gboolean hide_hypervisor;
    char **device_words;
    char *log_opts;
    gboolean with_group;
    gboolean force;
    gboolean as_root;
    char *qemu;
    char **qemu_args;
} GuestSettings;

/**
 * guest_settings_init() - make settings of which none was given
 * @settings: the settings
 */
void guest_settings_init(GuestSettings *settings);

/**
 * guest_settings_clear() - free what belongs to settings
 * @settings: the settings; they are as after guest_settings_init() then
 */
void guest_settings_clear(GuestSettings *settings);

/**
 * guest_settings_merge() - take each setting that was not given from others
 * @settings: the settings
 * @others: those of less weight; the settings that are taken are removed there
 */
void guest_settings_merge(GuestSettings *settings, GuestSettings *others);

/**
 * guest_settings_complete() - set defaults, and check single values
 * @settings: the settings; their @tpm is a path, GUEST_NO, or, for a state that
 *            ends with the guest, GUEST_YES then
 * @error: where to store which is wrong
 */
bool guest_settings_complete(GuestSettings *settings, GError **error);

/**
 * guest_settings_os() - get the guest's system
 * @settings: the settings, which are complete
 */
GuestOs guest_settings_os(const GuestSettings *settings);

/* Whose options they are */
typedef enum GuestOptions {
    GUEST_OPTIONS_ALL,      /* those of 'run' */
    GUEST_OPTIONS_GUEST,    /* not those of a log, nor of a process QEMU */
} GuestOptions;

/**
 * guest_options() - options of a command line for settings
 * @settings: where their values go; lives as long as the program
 * @which: which options
 * @more: options of the verb itself, which come last, or NULL
 *
 * Return: the options, for tool_options(); they live as long as the program
 */
const GOptionEntry *guest_options(GuestSettings *settings, GuestOptions which,
                                  const GOptionEntry *more);

/**
 * guest_split_args() - prepare a command line for the parser of the options
 * @argc: number of its words, before "--" when this returns
 * @argv: its words; --tpm takes no value from the next one then
 *
 * Return: the words after "--", which are QEMU's, to be freed; or NULL
 */
char **guest_split_args(int *argc, char **argv);

/**
 * guest_file_parse() - parse a settings file
 * @settings: where to store the settings, after guest_settings_init()
 * @path: the absolute path of the file; relative paths in it become absolute
 * @text: the file's contents, null-terminated
 * @error: where to store what is wrong
 */
bool guest_file_parse(GuestSettings *settings, const char *path,
                      const char *text, GError **error);

/**
 * guest_file_text() - format a settings file
 * @settings: the settings; paths in them become absolute
 *
 * Return: its text, to be freed
 */
char *guest_file_text(const GuestSettings *settings);

/**
 * guest_file_load() - find and read a settings file
 * @settings: where to store the settings, after guest_settings_init()
 * @word: its path; or its name, which has no "/" and does not end in ".conf"
 * @error: where to store why not
 *
 * Root only reads a file that nobody could have written but root, or the user
 * who has called sudo.
 */
bool guest_file_load(GuestSettings *settings, const char *word, GError **error);

/**
 * guest_file_save() - write a settings file that does not exist yet
 * @text: what guest_file_text() returned
 * @word: as for guest_file_load()
 * @path: where to store its path, to be freed
 * @error: where to store why not
 *
 * It is written as the user who has called sudo.
 */
bool guest_file_save(const char *text, const char *word, char **path,
                     GError **error);

#endif /* VFIO_TRACE_GUEST_H */
