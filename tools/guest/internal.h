/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: settings of a guest: the table of the settings
 */
#ifndef VFIO_TRACE_GUEST_INTERNAL_H
#define VFIO_TRACE_GUEST_INTERNAL_H

#include "tools/guest/guest.h"

typedef enum GuestKind {
    GUEST_STRING,       /* char *: a text */
    GUEST_FILE,         /* char *: a path, or one of @words */
    GUEST_PROGRAM,      /* char *: a path, or a name without "/" */
    GUEST_NUMBER,       /* int */
    GUEST_SWITCH,       /* gboolean */
    GUEST_SWITCH_FILE,  /* char *: GUEST_YES, GUEST_NO, or a path */
    GUEST_STRINGS,      /* char **: texts */
    GUEST_FILES,        /* char **: paths */
    GUEST_RINGS,        /* char **: [BDF:]NAME, or [BDF:]PATH */
} GuestKind;

typedef enum GuestFlags {
    GUEST_RUN = 1 << 0,         /* of a log, or of a process QEMU */
    GUEST_KEY = 1 << 1,         /* a key only: it has no option */
    GUEST_NO_SHOWN = 1 << 2,    /* --help shows --no-NAME, too */
    GUEST_OLD = 1 << 3,         /* an old name of an option: not a key */
} GuestFlags;

/**
 * struct GuestRow: one setting
 * @name: the option's long name, and the key
 * @letter: the option's short name, or 0
 * @kind: what the value is
 * @offset: its place in GuestSettings
 * @flags: GuestFlags
 * @words: values of a GUEST_FILE that are no paths, separated by blanks
 * @help: for --help
 * @value: name of the value, for --help
 */
typedef struct GuestRow {
    const char *name;
    char letter;
    GuestKind kind;
    size_t offset;
    unsigned flags;
    const char *words;
    const char *help;
    const char *value;
} GuestRow;

extern const GuestRow guest_rows[];
extern const size_t guest_rows_n;

/**
 * guest_row_given() - was a setting given?
 * @row: the setting
 * @settings: the settings
 */
bool guest_row_given(const GuestRow *row, const GuestSettings *settings);

/**
 * guest_row_is_switch() - does --no-NAME switch a setting off?
 * @row: the setting
 */
bool guest_row_is_switch(const GuestRow *row);

/**
 * guest_row_is_list() - has a setting several values?
 * @row: the setting
 */
bool guest_row_is_list(const GuestRow *row);

/**
 * guest_row_place() - where a setting's value is
 * @row: the setting
 * @settings: the settings
 */
static inline void *guest_row_place(const GuestRow *row,
                                    const GuestSettings *settings)
{
    return (char *)settings + row->offset;
}

/**
 * guest_find_path() - get the path that a settings file's name or path means
 * @word: as for guest_file_load()
 * @all: where to store all places that were tried, as text, to be freed
 *
 * Return: the absolute path of the first that exists, or else of the first; to
 *         be freed
 */
char *guest_find_path(const char *word, char **all);

/**
 * guest_find_read() - read a settings file
 * @path: its absolute path
 * @error: where to store why not
 *
 * Return: the contents, null-terminated, to be freed; or NULL
 */
char *guest_find_read(const char *path, GError **error);

#endif /* VFIO_TRACE_GUEST_INTERNAL_H */
