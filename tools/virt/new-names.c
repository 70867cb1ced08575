/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: names in a new domain's XML (see new-names.h)
 */
#include "tools/virt/new-names.h"

#include <gio/gio.h>
#include <string.h>

#define URL "http://"

/*
 * libosinfo's short names and names of the systems that are most likely, as
 * 'osinfo-query os' lists them; the names never change.
 */
static const struct {
    const char *word;
    const char *id;
} systems[] = {
    { "win10", "http://microsoft.com/win/10" },
    { "win11", "http://microsoft.com/win/11" },
    { "win2k16", "http://microsoft.com/win/2k16" },
    { "win2k19", "http://microsoft.com/win/2k19" },
    { "win2k22", "http://microsoft.com/win/2k22" },
    { "win2k25", "http://microsoft.com/win/2k25" },
    { "debian11", "http://debian.org/debian/11" },
    { "debian12", "http://debian.org/debian/12" },
    { "debian13", "http://debian.org/debian/13" },
    { "linux2022", "http://libosinfo.org/linux/2022" },
    { "linux2024", "http://libosinfo.org/linux/2024" },
};

bool virt_new_name_check(const char *what, const char *text, GError **error)
{
    const char *at;

    if (text && !g_utf8_validate(text, -1, NULL)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "%s '%s' is not UTF-8, and libvirt's XML takes nothing else",
                    what, text);
        return false;
    }
    for (at = text; at && *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        if (g_unichar_iscntrl(c) || c == 0xfffe || c == 0xffff) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                        "%s '%s' has a control character", what, text);
            return false;
        }
    }
    return true;
}

/* Letters, digits and these signs are in the names that libosinfo has. */
static bool is_url(const char *word)
{
    const char *rest = word + strlen(URL);
    const char *at;

    if (!g_str_has_prefix(word, URL) || !g_ascii_isalnum(*rest)) {
        return false;
    }
    for (at = rest; *at; at++) {
        if (!g_ascii_isalnum(*at) && !strchr("-._~:/+", *at)) {
            return false;
        }
    }
    return true;
}

const char *virt_new_os_id(const char *word)
{
    size_t i;

    if (is_url(word)) {
        return word;
    }
    for (i = 0; i < G_N_ELEMENTS(systems); i++) {
        if (!strcmp(word, systems[i].word)) {
            return systems[i].id;
        }
    }
    return NULL;
}

char *virt_new_os_words(void)
{
    GString *words = g_string_new(NULL);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(systems); i++) {
        g_string_append_printf(words, "%s%s", i ? ", " : "", systems[i].word);
    }
    return g_string_free(words, FALSE);
}
