/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: settings of a guest: writes a settings file
 */
#include "tools/guest/internal.h"

#include "tools/common/as-user.h"
#include "tools/common/invoker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char heading[] =
    "# Settings of a guest: 'vfio-trace run --vm' reads them.  Keys are its long\n"
    "# options without dashes; lists have a ';' after each word.\n";

typedef struct Draft {
    const char *path;
    const char *text;
} Draft;

static bool write_all(int fd, const char *text)
{
    size_t len = strlen(text);

    return write(fd, text, len) == (ssize_t)len;
}

/*
 * A file gets its name when it is complete.
 *
 * Return: 0, or an error number
 */
static int write_draft(void *opaque)
{
    const Draft *draft = opaque;
    g_autofree char *dir = g_path_get_dirname(draft->path);
    g_autofree char *temporary = g_strdup_printf("%s.%d.new", draft->path,
                                                 (int)getpid());
    int failure = 0;
    int fd;

    if (g_mkdir_with_parents(dir, 0700)) {
        return errno;
    }
    fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
              0644);
    if (fd < 0) {
        return errno;
    }
    if (!write_all(fd, heading) || !write_all(fd, draft->text) || fsync(fd) ||
        link(temporary, draft->path)) {
        failure = errno ? errno : EIO;
    }
    close(fd);
    unlink(temporary);
    return failure;
}

bool guest_file_save(const char *text, const char *word, char **path,
                     GError **error)
{
    g_autofree char *all = NULL;
    g_autofree char *place = guest_find_path(word, &all);
    Draft draft = { place, text };
    int failure;

    if (!as_user(tool_invoker(), write_draft, &draft, &failure, error)) {
        return false;
    }
    if (failure == EEXIST) {
        return guest_error(error,
                           "--save-vm %s: %s exists already: choose another name, or remove it",
                           word, place);
    }
    if (failure) {
        return guest_error(error, "--save-vm %s: can't write %s: %s", word,
                           place, g_strerror(failure));
    }
    *path = g_steal_pointer(&place);
    return true;
}
