/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: settings of a guest: directories that it gets (see share.h)
 */
#include "tools/guest/share.h"

#include "tools/guest/guest.h"

#include <string.h>

/* 9p's and virtiofs's tags have room for more than this. */
#define TAG_MAX 31

static bool is_tag(const char *text)
{
    size_t len = strlen(text);
    size_t i;

    for (i = 0; i < len; i++) {
        if (!g_ascii_isalnum(text[i]) && !strchr("._-", text[i])) {
            return false;
        }
    }
    return len && len <= TAG_MAX;
}

/* What follows the last colon is the tag, unless it is a part of a path. */
bool guest_share_parse(const char *word, char **dir, char **tag,
                       GError **error)
{
    const char *colon = strrchr(word, ':');
    bool has_tag = colon && !strchr(colon, '/');
    g_autofree char *path = has_tag ? g_strndup(word, colon - word)
                                    : g_strdup(word);
    g_autofree char *name = NULL;

    if (!*path) {
        return guest_error(error, "--share %s: the directory is missing",
                           word);
    }
    *dir = g_canonicalize_filename(path, NULL);
    name = has_tag ? g_strdup(colon + 1) : g_path_get_basename(*dir);
    if (is_tag(name)) {
        *tag = g_steal_pointer(&name);
        return true;
    }
    g_clear_pointer(dir, g_free);
    return guest_error(error,
                       "--share %s: the guest can't mount it by the name '%s': add a colon and a name of letters, digits, '.', '_' and '-'",
                       word, name);
}
