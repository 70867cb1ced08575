/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace profile: names of registers for a database
 */
#include "tools/profile/names.h"

#include <inttypes.h>
#include <string.h>

static const char *stem(const ProfileItem *item)
{
    const ProfileClass *class;
    ProfileFinding finding;

    if (item->window) {
        return "TABLE";
    }
    for (class = profile_classes; class->name; class++) {
        if (class->stem && profile_judge(class, item->reg, &finding)) {
            profile_finding_clear(&finding);
            return class->stem;
        }
    }
    return "REG";
}

char *profile_name(const ProfileReport *report, const ProfileItem *item)
{
    const char *known = analysis_db_name(report->names.db, item->region,
                                         item->start);

    if (known) {
        g_autofree char *word = profile_word(known);
        size_t len = strlen(word);

        /* "TDH[0x1]" is TDH_0x1 */
        while (len > 1 && word[len - 1] == '_') {
            len--;
        }
        return g_strndup(word, len);
    }
    return g_strdup_printf("%s_%" PRIX64, stem(item), item->start);
}

char *profile_doc(const ProfileItem *item)
{
    GString *doc = g_string_new(NULL);
    const ProfileClass *class;
    ProfileFinding finding;

    if (item->window) {
        g_string_append_printf(doc, "bulk-window: %" PRIu64
                               " reads, %" PRIu64 " writes",
                               item->window->reads, item->window->writes);
        return g_string_free(doc, FALSE);
    }
    for (class = profile_classes; class->name; class++) {
        if (profile_judge(class, item->reg, &finding)) {
            g_string_append_printf(doc, "%s%s (%u %%): %s",
                                   doc->len ? ". " : "", class->name,
                                   finding.confidence, finding.evidence->str);
            profile_finding_clear(&finding);
        }
    }
    if (!doc->len) {
        g_string_append_printf(doc, "%" PRIu64 " reads, %" PRIu64 " writes",
                               item->reg->reads, item->reg->writes);
    }
    return g_string_free(doc, FALSE);
}

const char *profile_access(const ProfileItem *item)
{
    uint64_t reads = item->window ? item->window->reads : item->reg->reads;
    uint64_t writes = item->window ? item->window->writes : item->reg->writes;

    return !writes && reads ? "r" : !reads && writes ? "w" : "rw";
}

char *profile_word(const char *text)
{
    char *word = g_strdup(text);
    char *p;

    for (p = word; *p; p++) {
        if (!g_ascii_isalnum(*p)) {
            *p = '_';
        }
    }
    return word;
}
