/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: session of a 'vfio-trace run' (see session.h)
 */
#include "tools/session/session.h"

#include "tools/host/pci.h"
#include "tools/session/bind.h"

#include <string.h>
#include <unistd.h>

#define RUN_DIR "/run/vfio-trace"

/* Beginning of the names of sessions without devices */
#define NO_DEVICES "guest-"

GQuark session_error_quark(void)
{
    return g_quark_from_static_string("vfio-trace-session-file");
}

bool session_error(GError **error, SessionError code, const char *fmt, ...)
{
    g_autofree char *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    g_set_error_literal(error, SESSION_ERROR, code, text);
    return false;
}

char *session_name_without_devices(void)
{
    return g_strdup_printf(NO_DEVICES "%d", (int)getpid());
}

bool session_is_name(const char *name)
{
    return host_pci_is_bdf(name) ||
           (g_str_has_prefix(name, NO_DEVICES) &&
            g_ascii_string_to_unsigned(name + strlen(NO_DEVICES), 10, 1,
                                       G_MAXINT, NULL, NULL));
}

void session_use_own_dir(void)
{
    g_autofree char *dir = g_build_filename(g_get_user_runtime_dir(),
                                            "vfio-trace", NULL);

    g_setenv("VFIO_TRACE_RUN_DIR", dir, FALSE);
}

const char *session_dir(void)
{
    static char *path;
    const char *dir = g_getenv("VFIO_TRACE_RUN_DIR");

    if (!path) {
        path = g_canonicalize_filename(dir && *dir ? dir : RUN_DIR, NULL);
    }
    return path;
}

char *session_path(const char *name, const char *suffix)
{
    g_autofree char *file = g_strconcat(name, suffix, NULL);

    return g_build_filename(session_dir(), file, NULL);
}

char *session_display_path(const char *name, const char *protocol)
{
    g_autofree char *file = g_strdup_printf("%s.%s", name, protocol);
    g_autofree char *dir = g_strconcat(session_dir(), "-display", NULL);

    return g_build_filename(dir, g_strdelimit(file, ":/", '.'), NULL);
}

Session *session_new(const char *name, const char *qmp, const char *log)
{
    Session *session = g_new0(Session, 1);

    session->name = g_strdup(name);
    session->run = proc_id_of(getpid());
    session->qmp = g_strdup(qmp);
    session->log = g_strdup(log);
    session->helpers = g_array_new(FALSE, FALSE, sizeof(ProcId));
    session->devices = g_ptr_array_new_with_free_func(
        (GDestroyNotify)bind_state_free);
    session->usb = g_ptr_array_new_with_free_func(g_free);
    session->connect = g_ptr_array_new_with_free_func(g_free);
    return session;
}

const char *session_verb(const Session *session)
{
    return session->qmp ? "run" : "play";
}

bool session_alive(const Session *session)
{
    return proc_id_alive(&session->run);
}

bool session_has(const Session *session, const char *bdf)
{
    guint i;

    for (i = 0; i < session->devices->len; i++) {
        const BindState *state = session->devices->pdata[i];

        if (!strcmp(state->bdf, bdf)) {
            return true;
        }
    }
    return false;
}

void session_free(Session *session)
{
    if (!session) {
        return;
    }
    g_free(session->name);
    g_free(session->qmp);
    g_free(session->log);
    g_free(session->work);
    g_free(session->tpm);
    g_array_unref(session->helpers);
    g_ptr_array_unref(session->devices);
    g_ptr_array_unref(session->usb);
    g_ptr_array_unref(session->connect);
    g_free(session);
}
