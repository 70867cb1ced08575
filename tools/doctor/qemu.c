/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: check for a QEMU with vfio-trace
 */
#include "tools/doctor/finding.h"
#include "tools/doctor/qemu.h"
#include "tools/host/arch.h"

#include <errno.h>
#include <gio/gio.h>
#include <glob.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Time limit for QEMU to list a device's properties */
#define TIMEOUT_US (10 * G_USEC_PER_SEC)

/* Maximum length of the answer */
#define OUTPUT_MAX (1u << 20)

/* Return: the QEMU in the tree of this program (build/vfio-trace/), or NULL */
static char *find_built(const HostArch *arch)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *dir = self ? g_path_get_dirname(self) : NULL;
    g_autofree char *pattern =
        g_strconcat(dir ? dir : ".", "/../../qemu-[0-9]*/qemu-system-",
                    arch->name, NULL);
    char *found = NULL;
    glob_t matches;

    if (!glob(pattern, 0, NULL, &matches)) {
        found = g_canonicalize_filename(matches.gl_pathv[0], NULL);
    }
    globfree(&matches);
    return found;
}

/* Read a program's output until it ends or the time limit is reached. */
static GString *read_all(int fd, bool *in_time)
{
    gint64 end = g_get_monotonic_time() + TIMEOUT_US;
    GString *text = g_string_new(NULL);
    char buffer[4096];
    ssize_t len;

    *in_time = false;
    for (;;) {
        struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
        gint64 left = (end - g_get_monotonic_time()) / 1000;

        if (left <= 0 || text->len > OUTPUT_MAX ||
            poll(&poll_fd, 1, left) <= 0) {
            return text;
        }
        len = read(fd, buffer, sizeof(buffer));
        if (len <= 0) {
            *in_time = true;
            return text;
        }
        g_string_append_len(text, buffer, len);
    }
}

static void merge_output(G_GNUC_UNUSED gpointer data)
{
    dup2(STDOUT_FILENO, STDERR_FILENO);
}

/* Run QEMU.  Return: its output, or NULL with @error */
static char *ask_qemu(const char *const *argv, GError **error)
{
    g_autoptr(GString) text = NULL;
    bool in_time;
    int status;
    GPid pid;
    int fd;

    if (!g_spawn_async_with_pipes(NULL, (char **)argv, NULL,
                                  G_SPAWN_DO_NOT_REAP_CHILD, merge_output,
                                  NULL, &pid, NULL, &fd, NULL, error)) {
        return NULL;
    }
    text = read_all(fd, &in_time);
    close(fd);
    if (!in_time) {
        kill(pid, SIGKILL);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
        /* again */
    }
    g_spawn_close_pid(pid);
    if (!in_time) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                    "%s does not answer", argv[0]);
        return NULL;
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status)) {
        /* The first line of its output is the reason. */
        g_string_truncate(text, strcspn(text->str, "\n"));
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s %s %s: %s",
                    argv[0], argv[1], argv[2] ? argv[2] : "",
                    text->len ? text->str : "it failed");
        return NULL;
    }
    return g_strdup(text->str);
}

/* "QEMU emulator version 10.0.13 (...)" and a copyright */
static char *get_version(const char *qemu)
{
    const char *argv[] = { qemu, "--version", NULL };
    g_autofree char *text = ask_qemu(argv, NULL);
    const char *word = text ? strstr(text, "version ") : NULL;

    if (!word) {
        return g_strdup("?");
    }
    word += strlen("version ");
    return g_strndup(word, strcspn(word, " \n"));
}

void doctor_check_qemu(Doctor *doctor)
{
    const HostArch *arch = host_arch(doctor->root);
    const char *name = host_arch_qemu(arch);
    g_autofree char *qemu =
        g_find_program_in_path(doctor->qemu ? doctor->qemu : name);
    const char *argv[] = { NULL, "-device", "vfio-pci-trace,help", NULL };
    g_autofree char *answer = NULL;
    g_autofree char *version = NULL;
    g_autofree char *remedy = NULL;
    g_autofree char *other = NULL;
    g_autoptr(GError) error = NULL;

    if (!qemu && !doctor->qemu) {
        qemu = find_built(arch);
        remedy = qemu ? g_strdup_printf(
            "sudo make install, in vfio-trace's sources; or use --qemu %s",
            qemu) : NULL;
    }
    if (!qemu) {
        bool is_path = doctor->qemu && strchr(doctor->qemu, '/');

        doctor_say(doctor, DOCTOR_FAIL,
                   "install the package vfio-trace-qemu, or run 'sudo make install' in vfio-trace's sources; or use --qemu PROGRAM",
                   is_path ? "there is no program %s" : "there is no %s in PATH",
                   doctor->qemu ? doctor->qemu : name);
        return;
    }
    argv[0] = qemu;
    answer = ask_qemu(argv, &error);
    other = g_strconcat("--qemu names another program; vfio-trace's is ", name,
                        NULL);
    if (!answer) {
        doctor_say(doctor, DOCTOR_FAIL, other, "%s", error->message);
        return;
    }
    if (!strstr(answer, "trace-log")) {
        doctor_say(doctor, DOCTOR_FAIL, other,
                   "the vfio-pci-trace of %s has no property trace-log", qemu);
        return;
    }
    version = get_version(qemu);
    doctor_say(doctor, remedy ? DOCTOR_NOTE : DOCTOR_OK, remedy,
               "%s, QEMU %s, has vfio-pci-trace%s", qemu, version,
               remedy ? ", but is not installed" : "");
}
