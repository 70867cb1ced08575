/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: requirements of a traced domain's QEMU on libvirt's machine (see
 * host.h)
 */
#include "tools/virt/host.h"

#include "libmmiotrace/printable.h"

#include "tools/common/as-user.h"
#include "tools/virt/xml.h"
#include "tools/virt/xml-edit.h"

#include <errno.h>
#include <gio/gio.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- how libvirt runs its QEMUs ------------------------------------------*/

/* Parse "+NUMBER", "NUMBER", or a name that @resolve knows. */
static bool get_id(const char *text, bool (*resolve)(const char *, unsigned *),
                   unsigned *id)
{
    const char *digits = text + (*text == '+');
    char *end;

    *id = g_ascii_strtoull(digits, &end, 10);
    return (*digits && !*end) || (*text != '+' && resolve(text, id));
}

static bool user_by_name(const char *name, unsigned *id)
{
    const struct passwd *user = getpwnam(name);

    if (user) {
        *id = user->pw_uid;
    }
    return user;
}

static bool group_by_name(const char *name, unsigned *id)
{
    const struct group *group = getgrnam(name);

    if (group) {
        *id = group->gr_gid;
    }
    return group;
}

/* Parse USER[:GROUP], as in libvirt's labels. */
static bool set_user(VirtHost *host, const char *label, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(label, ":", 2);
    unsigned uid = 0;
    unsigned gid = 0;

    if (!*parts || !get_id(parts[0], user_by_name, &uid) ||
        (parts[1] && !get_id(parts[1], group_by_name, &gid))) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                    "libvirt runs QEMU as '%s', but there is no such user",
                    label);
        return false;
    }
    host->uid = uid;
    host->gid = gid;
    return true;
}

/* <secmodel><model>dac</model><baselabel type='kvm'>+UID:+GID</baselabel> */
static char *base_label(const xmlNode *secmodel, const char *type)
{
    xmlNode *label = xml_child(secmodel, NULL, "baselabel");

    while (label && !xml_is(label, "type", type)) {
        label = xml_next(label);
    }
    return xml_content(label);
}

/* <host><cpu><arch>; a ppc64le is a ppc64 for QEMU */
static const HostArch *read_arch(const xmlNode *host)
{
    g_autofree char *name = xml_content(
        xml_child(xml_child(host, NULL, "cpu"), NULL, "arch"));
    const HostArch *arch = host_arch_named(!g_strcmp0(name, "ppc64le") ?
                                           "ppc64" : name);

    return arch ? arch : host_arch_named("x86_64");
}

bool virt_host_read(VirtHost *host, const char *capabilities,
                    const char *type, const char *dac_label, GError **error)
{
    g_autoptr(xmlDoc) doc = xml_parse(capabilities, error);
    g_autofree char *label = g_strdup(dac_label);
    xmlNode *node;

    *host = (VirtHost) { .uid = geteuid(), .gid = getegid() };
    if (!doc) {
        return false;
    }
    node = xml_child(xmlDocGetRootElement(doc), NULL, "host");
    host->arch = read_arch(node);
    node = xml_child(node, NULL, "secmodel");
    for (; node; node = xml_next(node)) {
        g_autofree char *model = xml_content(xml_child(node, NULL, "model"));

        host->apparmor |= !g_strcmp0(model, "apparmor");
        host->selinux |= !g_strcmp0(model, "selinux");
        if (!label && !g_strcmp0(model, "dac")) {
            label = base_label(node, type);
        }
    }
    /* Without a label, QEMU runs as libvirt's user, which is ours. */
    return !label || set_user(host, label, error);
}

/* ---- the emulator --------------------------------------------------------*/

static void become_qemus_user(gpointer opaque)
{
    const VirtHost *host = opaque;

    if (as_user_drop(host->uid, host->gid)) {
        _exit(127);
    }
}

/* The program need not be trusted: as root, run it as QEMU's user. */
bool virt_host_check_emulator(const VirtHost *host, const char *path,
                              GError **error)
{
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
        G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
    g_autoptr(GError) local = NULL;
    g_autofree char *answer = NULL;
    g_autoptr(GSubprocess) qemu = NULL;

    if (access(path, X_OK)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                    "%s: %s; give the path of the QEMU with vfio-trace with --qemu PATH",
                    path, g_strerror(errno));
        return false;
    }
    if (!geteuid() && host->uid) {
        g_subprocess_launcher_set_child_setup(launcher, become_qemus_user,
                                              (gpointer)host, NULL);
    }
    qemu = g_subprocess_launcher_spawn(launcher, &local, path, "-device",
                                       VIRT_XML_DRIVER ",help", NULL);
    if (!qemu || !g_subprocess_communicate_utf8(qemu, NULL, NULL, &answer,
                                                NULL, &local)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                    "%s does not run: %s", path, local->message);
        return false;
    }
    if (!g_subprocess_get_successful(qemu) || !strstr(answer, "trace-file")) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                    "%s has no " VIRT_XML_DRIVER
                    "; give the path of the QEMU with vfio-trace with --qemu PATH",
                    path);
        return false;
    }
    return true;
}

char *virt_host_find_emulator(const VirtHost *host, const HostArch *arch,
                              const char *current, GError **error)
{
    const char *name = host_arch_qemu(arch);
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *dir = g_path_get_dirname(self ? self : ".");
    g_autofree char *beside = g_build_filename(dir, name, NULL);
    char *found;

    if (current && virt_host_check_emulator(host, current, NULL)) {
        return g_strdup(current);
    }
    if (!access(beside, X_OK)) {
        return g_steal_pointer(&beside);
    }
    found = g_find_program_in_path(name);
    if (!found) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                    "there is no %s: install it with the package vfio-trace-qemu or 'make install', or give the path of the QEMU with vfio-trace with --qemu PATH",
                    name);
    }
    return found;
}

/* ---- access --------------------------------------------------------------*/

/* Can QEMU's user access @path?  Return: true if that can't be checked */
static bool can(const VirtHost *host, const char *path, int mode)
{
    const struct passwd *user = getpwuid(host->uid);
    int status = 0;
    pid_t pid = geteuid() ? -1 : fork();

    if (pid < 0) {
        return true;
    }
    if (!pid) {
        if ((user ? initgroups(user->pw_name, host->gid) :
             setgroups(1, &host->gid)) ||
            setresgid(host->gid, host->gid, host->gid) ||
            setresuid(host->uid, host->uid, host->uid)) {
            _exit(0);
        }
        _exit(access(path, mode) ? 1 : 0);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
        continue;
    }
    return WIFEXITED(status) && !WEXITSTATUS(status);
}

static char *user_name(uid_t uid)
{
    const struct passwd *user = getpwuid(uid);

    return user ? g_strdup(user->pw_name) : g_strdup_printf("%u", uid);
}

static char *group_name(gid_t gid)
{
    const struct group *group = getgrgid(gid);

    return group ? g_strdup(group->gr_name) : g_strdup_printf("%u", gid);
}

bool virt_host_can_search(const VirtHost *host, const char *dir)
{
    struct stat st;

    if (!geteuid()) {
        return can(host, dir, X_OK);
    }
    return stat(dir, &st) || !host->uid ||
           st.st_mode & (st.st_uid == host->uid ? S_IXUSR :
                         st.st_gid == host->gid ? S_IXGRP : S_IXOTH);
}

char *virt_host_user_name(const VirtHost *host)
{
    return user_name(host->uid);
}

bool virt_host_check_log(const VirtHost *host, const char *log, bool overwrite,
                         GError **error)
{
    g_autofree char *dir = g_path_get_dirname(log);
    g_autofree char *user = user_name(host->uid);
    g_autofree char *group = group_name(host->gid);
    struct stat st;

    /* If the caller may not look at it, QEMU's user may. */
    if (stat(dir, &st) ? errno == ENOENT || errno == ENOTDIR
                       : !S_ISDIR(st.st_mode)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                    "the log's directory %s does not exist; create it with 'install -d -o %s -g %s -m 0750 %s'",
                    dir, user, group, dir);
        return false;
    }
    if (g_file_test(log, G_FILE_TEST_IS_DIR)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY,
                    "the log %s is a directory; give a file in it with -o",
                    log);
        return false;
    }
    if (!overwrite && g_file_test(log, G_FILE_TEST_IS_REGULAR)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                    "the log %s exists already, and QEMU would not start: move it away, choose another with -o, or permit it with --log-opts overwrite=on",
                    log);
        return false;
    }
    if (!can(host, dir, W_OK | X_OK) ||
        (g_file_test(log, G_FILE_TEST_EXISTS) && !can(host, log, W_OK))) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                    "the user %s, as which libvirt runs this QEMU, can not write %s; choose with -o a directory that the user can write, for example one made with 'install -d -o %s -g %s -m 0750 /var/log/vfio-trace'",
                    user, log, user, group);
        return false;
    }
    return true;
}

bool virt_host_check_emulator_access(const VirtHost *host,
                                     const char *emulator, GError **error)
{
    if (!can(host, emulator, X_OK)) {
        g_autofree char *user = user_name(host->uid);

        g_set_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                    "the user %s, as which libvirt runs this QEMU, can not execute %s: check the permissions of the file and its directories, or install it for all users with 'make install'",
                    user, emulator);
        return false;
    }
    return true;
}

bool virt_host_check_readable(const VirtHost *host, const char *path,
                              GError **error)
{
    if (!can(host, path, R_OK)) {
        g_autofree char *user = user_name(host->uid);
        g_autofree char *name = g_path_get_basename(path);

        g_set_error(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                    "the user %s, as which libvirt runs this QEMU, can not read %s: check the permissions of the file and its directories, or put a copy where all can read it, with 'install -D -m 0644 %s /usr/local/share/vfio-trace/rings/%s'",
                    user, path, path, name);
        return false;
    }
    return true;
}

char *virt_host_ring_dir(const VirtHost *host, const char *uuid)
{
    /* libvirt's AppArmor driver names the profile of a domain libvirt-UUID. */
    return host->apparmor ? g_strconcat(VIRT_HOST_RING_DIR "libvirt-", uuid,
                                        NULL) : NULL;
}

/* ---- instructions for the administrator ----------------------------------*/

/* Resolve symbolic links, as AppArmor's rules are for the file itself. */
static char *real_path(const char *path)
{
    g_autofree char *dir = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(path);
    char *real = realpath(path, NULL);
    char *copy;

    if (real) {
        copy = g_strdup(real);
    } else {
        /* not there yet */
        real = realpath(dir, NULL);
        copy = real ? g_build_filename(real, name, NULL) : g_strdup(path);
    }
    free(real);
    return copy;
}

/* Quote the special characters of a path for a rule. */
static char *apparmor_path(const char *path)
{
    GString *text = g_string_new(NULL);

    for (; *path; path++) {
        if (strchr("\"\\*?[]{}^", *path)) {
            g_string_append_c(text, '\\');
        }
        g_string_append_c(text, *path);
    }
    mmt_printable(text->str, text->len, text->str, text->len);
    return g_string_free(text, FALSE);
}

/*
 * The first file is read when a domain starts, and is for all domains: so each
 * ring is in a directory with the name of the domain's profile.  The second
 * file is necessary since libvirtd starts the QEMU to query its capabilities,
 * and libvirtd's own profile only permits programs in the distribution's
 * directories.
 */
static void print_apparmor(const char *emulator, const char *log,
                           char *const *files)
{
    g_autofree char *emulator_rule = apparmor_path(emulator);
    g_autofree char *log_rule = apparmor_path(log);

    printf("AppArmor confines libvirt's QEMUs, and must allow this one.\n"
           "  Add to /etc/apparmor.d/local/abstractions/libvirt-qemu:\n"
           "    \"%s\" rmix,\n"
           "    \"%s*\" rwk,\n"
           "    /sys/devices/system/clocksource/clocksource0/current_clocksource r,\n"
           "    /dev/shm/ r,\n"
           "    " VIRT_HOST_RING_DIR "@{profile_name}/ rw,\n"
           "    " VIRT_HOST_RING_DIR "@{profile_name}/** rwkl,\n",
           emulator_rule, log_rule);
    for (; *files; files++) {
        g_autofree char *rule = apparmor_path(*files);

        printf("    \"%s\" r,\n", rule);
    }
    if (!g_str_has_prefix(emulator, "/usr/bin/") &&
        !g_str_has_prefix(emulator, "/bin/")) {
        printf(
            "  Add to /etc/apparmor.d/local/usr.sbin.libvirtd (or usr.sbin.virtqemud, if that runs):\n"
            "    \"%s\" PUx,\n"
            "  and load it: apparmor_parser -r /etc/apparmor.d/usr.sbin.libvirtd\n",
            emulator_rule);
    }
}

static void print_selinux(const char *emulator, const char *log,
                          char *const *files)
{
    g_autofree char *dir = g_path_get_dirname(log);
    g_autofree char *all = g_strconcat(dir, "(/.*)?", NULL);
    g_autofree char *all_word = g_shell_quote(all);
    g_autofree char *dir_word = g_shell_quote(dir);
    g_autofree char *emulator_word = g_shell_quote(emulator);

    printf("SELinux confines libvirt's QEMUs, and must allow this one:\n"
           "    semanage fcontext -a -t qemu_exec_t %s\n"
           "    restorecon -v %s\n"
           "    semanage fcontext -a -t svirt_image_t %s\n"
           "    restorecon -Rv %s\n",
           emulator_word, emulator_word, all_word, dir_word);
    for (; *files; files++) {
        g_autofree char *word = g_shell_quote(*files);

        /* QEMUs may read what is in /usr. */
        if (!g_str_has_prefix(*files, "/usr/")) {
            printf("    semanage fcontext -a -t virt_content_t %s\n"
                   "    restorecon -v %s\n", word, word);
        }
    }
    printf(
        "  To see what is still denied, such as the log's ring in /dev/shm: ausearch -m avc -ts recent\n");
}

void virt_host_print_needs(const VirtHost *host, const char *emulator,
                           const char *log, const char *const *files)
{
    g_autofree char *real_emulator = real_path(emulator);
    g_autofree char *real_log = real_path(log);
    GPtrArray *real = g_ptr_array_new();
    g_auto(GStrv) real_files = NULL;

    for (; files && *files; files++) {
        g_ptr_array_add(real, real_path(*files));
    }
    g_ptr_array_add(real, NULL);
    real_files = (char **)g_ptr_array_free(real, FALSE);
    if (host->apparmor) {
        print_apparmor(real_emulator, real_log, real_files);
    }
    if (host->selinux) {
        print_selinux(real_emulator, real_log, real_files);
    }
}
