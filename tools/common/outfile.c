/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: output file of a verb (see outfile.h)
 */
#include "tools/common/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_BYTES (256u * 1024)

/**
 * struct OutFile
 * @path: its name, or NULL
 * @temp: its temporary name until it is committed, in the same directory
 * @force: replace an existing file
 * @stream: the stream to write to
 */
struct OutFile {
    char *path;
    char *temp;
    bool force;
    FILE *stream;
};

static bool fail(const OutFile *out, GError **error, const char *what)
{
    int err = errno;

    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(err),
                "%s: can not %s: %s", out->path ? out->path : "the output",
                what, g_strerror(err));
    return false;
}

static bool fail_exists(const OutFile *out, GError **error)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                "%s exists already; use --force to replace it", out->path);
    return false;
}

/*
 * mkstemp() makes a private file; the output gets the mode of the umask, but
 * not before it is complete: until then it may have what nobody should see.
 */
static void set_mode(int fd)
{
    mode_t mask = umask(0);

    umask(mask);
    (void)!fchmod(fd, 0666 & ~mask);
}

static bool open_temp(OutFile *out, GError **error)
{
    struct stat st;
    int fd;

    if (lstat(out->path, &st) == 0) {
        if (!out->force) {
            return fail_exists(out, error);
        }
        /* A link or a device would be replaced, not written to. */
        if (!S_ISREG(st.st_mode)) {
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                        "%s is not a regular file and is not replaced; choose another name",
                        out->path);
            return false;
        }
    }
    out->temp = g_strdup_printf("%s.XXXXXX", out->path);
    fd = g_mkstemp_full(out->temp, O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0) {
        g_clear_pointer(&out->temp, g_free);
        return fail(out, error, "create");
    }
    out->stream = fdopen(fd, "w");
    return out->stream || fail(out, error, "create");
}

OutFile *outfile_open(const char *path, bool force, GError **error)
{
    g_autoptr(OutFile) out = g_new0(OutFile, 1);

    out->path = g_strdup(path);
    out->force = force;
    out->stream = path ? NULL : stdout;
    if (path && !open_temp(out, error)) {
        return NULL;
    }
    setvbuf(out->stream, NULL, _IOFBF, BUFFER_BYTES);
    return g_steal_pointer(&out);
}

bool outfile_is_input(const char *output, const char *input)
{
    struct stat x, y;

    return strcmp(output, "-") && strcmp(input, "-") &&
           stat(output, &x) == 0 && stat(input, &y) == 0 &&
           x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

FILE *outfile_stream(OutFile *out)
{
    return out->stream;
}

const char *outfile_temp(const OutFile *out)
{
    return out->temp;
}

/*
 * Another program may have made the file meanwhile.  NFS does not support
 * RENAME_NOREPLACE, but links.
 */
static int rename_to_new(const char *from, const char *to)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) {
        return 0;
    }
    if (errno != EINVAL && errno != ENOSYS) {
        return -1;
    }
    return link(from, to) == 0 ? unlink(from) : -1;
}

static bool rename_temp(OutFile *out, GError **error)
{
    if (out->force && rename(out->temp, out->path) < 0) {
        return fail(out, error, "replace");
    }
    if (!out->force && rename_to_new(out->temp, out->path) < 0) {
        return errno == EEXIST ? fail_exists(out, error)
                               : fail(out, error, "create");
    }
    g_clear_pointer(&out->temp, g_free);
    return true;
}

bool outfile_show(OutFile *out, GError **error)
{
    if (fflush(out->stream) != 0) {
        return fail(out, error, "write");
    }
    if (!out->temp) {
        return true;
    }
    set_mode(fileno(out->stream));
    return rename_temp(out, error);
}

bool outfile_close(OutFile *out, GError **error)
{
    bool ok = !ferror(out->stream);

    if (!out->path) {
        return (fflush(out->stream) == 0 && ok) || fail(out, error, "write");
    }
    if (out->temp) {
        set_mode(fileno(out->stream));
    }
    if (fclose(out->stream) != 0 || !ok) {
        out->stream = NULL;
        return fail(out, error, "write");
    }
    out->stream = NULL;
    return true;
}

bool outfile_commit(OutFile *out, GError **error)
{
    return (!out->stream || outfile_close(out, error)) &&
           (!out->temp || rename_temp(out, error));
}

void outfile_free(OutFile *out)
{
    if (!out) {
        return;
    }
    if (out->path && out->stream) {
        fclose(out->stream);
    }
    if (out->temp) {
        unlink(out->temp);
    }
    g_free(out->temp);
    g_free(out->path);
    g_free(out);
}
