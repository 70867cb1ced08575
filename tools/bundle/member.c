/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace bundle: what a bundle has (see member.h)
 */
#include "tools/bundle/member.h"

#include <gio/gio.h>
#include <string.h>

#include "libmmiotrace/bundle.h"

/* Bytes of a file's own name that a member's name has: the last ones */
#define NAME_KEPT 64

/* The manifest and the hashes are members as well. */
#define MEMBERS_MAX (MMT_BUNDLE_MEMBERS_MAX - 2)

static void member_free(gpointer data)
{
    BundleMember *member = data;

    g_free(member->name);
    g_free(member->role);
    g_free(member->device);
    g_free(member->sha256);
    g_free(member->path);
    g_bytes_unref(member->bytes);
    g_free(member);
}

Bundle *bundle_new(void)
{
    Bundle *bundle = g_new0(Bundle, 1);

    bundle->devices = g_ptr_array_new_with_free_func(g_free);
    bundle->members = g_ptr_array_new_with_free_func(member_free);
    return bundle;
}

void bundle_free(Bundle *bundle)
{
    if (!bundle) {
        return;
    }
    g_free(bundle->created);
    g_free(bundle->maker);
    g_free(bundle->log);
    g_free(bundle->qemu);
    g_free(bundle->command);
    g_free(bundle->kernel);
    g_ptr_array_unref(bundle->devices);
    g_ptr_array_unref(bundle->members);
    g_free(bundle);
}

static bool name_is_taken(const Bundle *bundle, const char *name)
{
    guint i;

    for (i = 0; i < bundle->members->len; i++) {
        const BundleMember *member = bundle->members->pdata[i];

        if (!strcmp(member->name, name)) {
            return true;
        }
    }
    return !strcmp(name, MMT_BUNDLE_MANIFEST) || !strcmp(name, BUNDLE_SUMS);
}

BundleMember *bundle_add(Bundle *bundle, const char *name, const char *role,
                         GError **error)
{
    BundleMember *member;

    if (bundle->members->len == MEMBERS_MAX) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "a bundle has at most %d members", MEMBERS_MAX);
        return NULL;
    }
    if (!mmt_bundle_name_ok(name) || name_is_taken(bundle, name)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                    "a bundle can't have a second member '%s': give the file another name",
                    name);
        return NULL;
    }
    member = g_new0(BundleMember, 1);
    member->name = g_strdup(name);
    member->role = g_strdup(role);
    g_ptr_array_add(bundle->members, member);
    return member;
}

BundleMember *bundle_add_bytes(Bundle *bundle, const char *name,
                               const char *role, const void *bytes, size_t len,
                               GError **error)
{
    BundleMember *member = bundle_add(bundle, name, role, error);

    if (member) {
        member->bytes = g_bytes_new(bytes, len);
        member->size = len;
        member->sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256,
                                                      member->bytes);
    }
    return member;
}

char *bundle_name_from(const char *prefix, const char *path)
{
    g_autofree char *own = g_path_get_basename(path);
    size_t len = strlen(own);
    char *name = g_strconcat(prefix, own + (len > NAME_KEPT ? len - NAME_KEPT
                                                            : 0), NULL);

    return g_strcanon(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._+-",
                      '_');
}

char *bundle_sums(const Bundle *bundle, const char *manifest)
{
    GString *text = g_string_new(NULL);
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256,
                                                         manifest, -1);
    guint i;

    g_string_append_printf(text, "%s  %s\n", sum, MMT_BUNDLE_MANIFEST);
    for (i = 0; i < bundle->members->len; i++) {
        const BundleMember *member = bundle->members->pdata[i];

        g_string_append_printf(text, "%s  %s\n", member->sha256,
                               member->name);
    }
    return g_string_free(text, FALSE);
}
