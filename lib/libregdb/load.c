/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libregdb: loading a database from a file (see load.h, loader.h) */
#include "libregdb/load.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "libmmiotrace/printable.h"
#include "libregdb/hash.h"
#include "libregdb/loader.h"
#include "libregdb/search-path.h"
#include "libregdb/trust.h"

#define RECOGNISE_BYTES (64u << 10)

/* Directories above the first file's where an import may be */
#define LEVELS 3

/**
 * struct RegDbSource: where a database comes from
 * @path: the first file
 * @dir: its directory, as part of @path; "" or ends with a slash
 * @dirs: descriptors of its directory and of those above; -1: none
 * @current: the file that messages are about, as it was asked for, or NULL
 * @places: where each further file is, by how it was asked for
 * @files: the files that were read, by device and inode
 * @messages: what is wrong
 * @faults: what was wrong in this database
 * @bytes: of all files that were read
 */
struct RegDbSource {
    const char *path;
    char *dir;
    int dirs[LEVELS];
    char *current;
    GHashTable *places;
    GHashTable *files;
    RegDbMessages *messages;
    unsigned faults;
    size_t bytes;
};

/* A file, whatever it is called */
typedef struct LoadFile {
    dev_t device;
    ino_t inode;
} LoadFile;

static guint load_file_hash(gconstpointer p)
{
    const LoadFile *file = p;

    return file->inode ^ file->device << 20;
}

static gboolean load_file_equal(gconstpointer a, gconstpointer b)
{
    const LoadFile *x = a, *y = b;

    return x->device == y->device && x->inode == y->inode;
}

/* In the order in which they are asked whether a file is theirs */
static const RegDbLoader *const loaders[] = {
    &regdb_rnndb,
    &regdb_umr,
    &regdb_mesa,
    &regdb_svd,
    &regdb_header,
    &regdb_ranges,
    NULL
};

const char *const *regdb_formats(void)
{
    static const char *names[2 * G_N_ELEMENTS(loaders)];
    unsigned i;

    for (i = 0; loaders[i]; i++) {
        names[2 * i] = loaders[i]->name;
        names[2 * i + 1] = loaders[i]->brief;
    }
    return names;
}

const char *regdb_source_name(const RegDbSource *source)
{
    return source->path;
}

unsigned regdb_source_faults(const RegDbSource *source)
{
    return source->faults;
}

const char *regdb_source_enter(RegDbSource *source, const char *path)
{
    const char *before = source->current;

    source->current = (char *)path;
    return before;
}

/* The current file, as messages call it */
static const char *load_place(const RegDbSource *source)
{
    const char *place = source->current ?
                        g_hash_table_lookup(source->places, source->current) :
                        source->path;

    return place ?: source->current;
}

void regdb_source_fault(RegDbSource *source, unsigned line, const char *format,
                        ...)
{
    g_autoptr(GString) text = g_string_new(NULL);
    va_list ap;

    source->faults++;
    if (source->messages->n++ >= REGDB_MESSAGES_MAX) {
        return;
    }
    g_string_append(text, load_place(source));
    if (line) {
        g_string_append_printf(text, ":%u", line);
    }
    g_string_append(text, ": ");
    va_start(ap, format);
    g_string_append_vprintf(text, format, ap);
    va_end(ap);
    mmt_printable(text->str, text->len, text->str, text->len);
    g_ptr_array_add(source->messages->lines, g_strdup(text->str));
}

bool regdb_number(const char *text, uint64_t *number)
{
    bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    guint64 value;

    if (!g_ascii_string_to_unsigned(hex ? text + 2 : text, hex ? 16 : 10, 0,
                                    UINT64_MAX, &value, NULL)) {
        return false;
    }
    *number = value;
    return true;
}

/* Open a file below a directory, wherever symbolic links lead. */
static int load_open_below(int dir, const char *path)
{
    struct open_how how = {
        .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
    };

    return syscall(SYS_openat2, dir, path, &how, sizeof(how));
}

/* Directory of a level, as part of a path */
static char *load_dir(const RegDbSource *source, unsigned level)
{
    g_autofree char *dir = g_strdup(source->dir);

    for (; level; level--) {
        g_autofree char *base = g_path_get_basename(*dir ? dir : ".");
        char *above = *base == '.' || *base == '/' ?
                      g_strconcat(dir, "../", NULL) :
                      g_strndup(dir, strlen(dir) - strlen(base) - 1);

        g_free(dir);
        dir = above;
    }
    return g_steal_pointer(&dir);
}

/*
 * A file of ours that databases of others import, but do not have: envytools
 * makes nvchipsets.xml when it is built.
 */
static int load_open_shared(const char *path, char **place)
{
    g_auto(GStrv) dirs = NULL;
    unsigned i;
    int fd = -1;

    if (strchr(path, '/')) {
        return -1;
    }
    dirs = regdb_search_path();
    for (i = 0; dirs[i] && fd < 0; i++) {
        g_autofree char *dir = realpath(dirs[i], NULL);
        g_autofree char *file = dir ? g_build_filename(dir, path, NULL) : NULL;
        g_autofree char *why = NULL;

        if (file && regdb_trusted(dir, file, &why)) {
            fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY |
                      O_NOFOLLOW);
        }
        if (fd >= 0) {
            *place = g_steal_pointer(&file);
        }
    }
    return fd;
}

/*
 * rules-ng-ng's imports are relative to the database, not to the file: what
 * the first file's directory lacks may be above it.
 *
 * @place: where to store the file's path
 */
static int load_open(RegDbSource *source, const char *path, char **place)
{
    bool is_xml = g_str_has_suffix(path, ".xml");
    unsigned i, levels = is_xml ? LEVELS : 1;
    int error, fd = -1;

    errno = ENOENT;
    for (i = 0; i < levels && source->dirs[i] >= 0; i++) {
        fd = load_open_below(source->dirs[i], path);
        if (fd >= 0 || errno != ENOENT) {
            break;
        }
    }
    if (fd >= 0) {
        g_autofree char *dir = load_dir(source, i);

        *place = g_strconcat(dir, path, NULL);
        return fd;
    }
    error = errno;
    fd = is_xml && error == ENOENT ? load_open_shared(path, place) : -1;
    errno = error;
    return fd;
}

static char *load_read_all(RegDbSource *source, int fd, size_t size,
                           size_t *len)
{
    g_autofree char *text = g_malloc(size + 1);
    size_t n = 0;
    ssize_t got;

    while (n < size) {
        got = read(fd, text + n, size - n);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            regdb_source_fault(source, 0, "can't be read: %s",
                               g_strerror(errno));
            return NULL;
        }
        if (!got) {
            break;
        }
        n += got;
    }
    text[n] = '\0';
    *len = n;
    return g_steal_pointer(&text);
}

/* What messages are about is already the file. */
static char *load_read_fd(RegDbSource *source, int fd, size_t *len)
{
    struct stat st;

    if (fstat(fd, &st)) {
        regdb_source_fault(source, 0, "can't be read: %s", g_strerror(errno));
        return NULL;
    }
    if (!S_ISREG(st.st_mode)) {
        regdb_source_fault(source, 0, "is not a regular file");
        return NULL;
    }
    if ((uint64_t)st.st_size > REGDB_BYTES_MAX - source->bytes) {
        regdb_source_fault(source, 0, "the files of the database have more than 256 MiB");
        return NULL;
    }
    source->bytes += st.st_size;
    g_hash_table_add(source->files,
                     g_memdup2(&(LoadFile) { st.st_dev, st.st_ino },
                               sizeof(LoadFile)));
    return load_read_all(source, fd, st.st_size, len);
}

static const char *load_why(int error)
{
    return error == EXDEV ? "it leads out of the database's directory" :
           error == ELOOP ? "too many symbolic links" : g_strerror(error);
}

char *regdb_source_read(RegDbSource *source, const char *path, unsigned line,
                        size_t *len)
{
    const char *before;
    char *place = NULL;
    int fd = load_open(source, path, &place);
    char *text;

    if (fd < 0) {
        regdb_source_fault(source, line, "%s can't be opened: %s", path,
                           load_why(errno));
        return NULL;
    }
    g_hash_table_insert(source->places, g_strdup(path), place);
    before = regdb_source_enter(source, path);
    text = load_read_fd(source, fd, len);
    regdb_source_enter(source, before);
    close(fd);
    return text;
}

bool regdb_source_exists(RegDbSource *source, const char *path)
{
    g_autofree char *place = NULL;
    int fd = load_open(source, path, &place);

    if (fd >= 0) {
        close(fd);
    }
    return fd >= 0;
}

bool regdb_source_again(RegDbSource *source, const char *path)
{
    g_autofree char *place = NULL;
    int fd = load_open(source, path, &place);
    struct stat st;
    bool again;

    if (fd < 0) {
        return false;
    }
    again = !fstat(fd, &st) &&
            g_hash_table_contains(source->files,
                                  &(LoadFile) { st.st_dev, st.st_ino });
    close(fd);
    return again;
}

/*
 * A directory above belongs to the database if it has the same owner: the one
 * above a user's database in /tmp is everybody's.
 */
static int load_open_above(int dir)
{
    struct stat below, above;
    int fd = dir < 0 ? -1 : openat(dir, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0 && (fstat(dir, &below) || fstat(fd, &above) ||
                    below.st_uid != above.st_uid ||
                    (above.st_mode & S_IWOTH))) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static void load_begin(RegDbSource *source)
{
    const char *slash = strrchr(source->path, '/');
    unsigned i;

    source->dir = g_strndup(source->path, slash ? slash + 1 - source->path : 0);
    source->places = g_hash_table_new_full(regdb_hash, g_str_equal, g_free,
                                           g_free);
    source->files = g_hash_table_new_full(load_file_hash, load_file_equal,
                                          g_free, NULL);
    source->dirs[0] = open(*source->dir ? source->dir : ".",
                           O_PATH | O_DIRECTORY | O_CLOEXEC);
    for (i = 1; i < LEVELS; i++) {
        source->dirs[i] = load_open_above(source->dirs[i - 1]);
    }
}

static void load_end(RegDbSource *source)
{
    unsigned i;

    for (i = 0; i < LEVELS; i++) {
        if (source->dirs[i] >= 0) {
            close(source->dirs[i]);
        }
    }
    g_hash_table_unref(source->places);
    g_hash_table_unref(source->files);
    g_free(source->dir);
}

static const RegDbLoader *load_by_name(RegDbSource *source, const char *format)
{
    g_autoptr(GString) known = g_string_new(NULL);
    unsigned i;

    for (i = 0; loaders[i]; i++) {
        if (!strcmp(loaders[i]->name, format)) {
            return loaders[i];
        }
        g_string_append_printf(known, "%s%s", i ? ", " : "", loaders[i]->name);
    }
    regdb_source_fault(source, 0, "unknown format '%s': there are %s", format,
                       known->str);
    return NULL;
}

static const RegDbLoader *load_recognise(RegDbSource *source, char *text,
                                         size_t len)
{
    g_autofree char *name = g_path_get_basename(source->path);
    size_t n = MIN(len, RECOGNISE_BYTES);
    char behind = text[n];
    const RegDbLoader *found = NULL;
    unsigned i;

    text[n] = '\0';
    for (i = 0; loaders[i] && !found; i++) {
        if (loaders[i]->recognise(name, text, n)) {
            found = loaders[i];
        }
    }
    text[n] = behind;
    if (!found) {
        regdb_source_fault(source, 0,
                           "is in no known format of register databases; 'vfio-trace regdb check --help' lists them");
    }
    return found;
}

static RegDb *load_text(RegDbSource *source, const char *format, char *text,
                        size_t len)
{
    const RegDbLoader *loader = format ? load_by_name(source, format) :
                                load_recognise(source, text, len);
    RegDbBuild *build;

    if (!loader) {
        return NULL;
    }
    build = regdb_build_new(source->path, loader->name);
    if (loader->load(source, build, text, len) && !regdb_build_error(build)) {
        return regdb_build_end(build);
    }
    if (!source->faults) {
        regdb_source_fault(source, 0, "%s", regdb_build_error(build) ?:
                           "nothing could be made of it");
    }
    regdb_build_free(build);
    return NULL;
}

RegDb *regdb_load(const char *path, const char *format,
                  RegDbMessages *messages)
{
    RegDbSource source = { .path = path, .messages = messages };
    g_autofree char *text = NULL;
    RegDb *db = NULL;
    size_t len;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    load_begin(&source);
    if (fd < 0) {
        regdb_source_fault(&source, 0, "can't be opened: %s",
                           g_strerror(errno));
    } else {
        text = load_read_fd(&source, fd, &len);
        close(fd);
    }
    if (text) {
        db = load_text(&source, format, text, len);
    }
    load_end(&source);
    return db;
}
