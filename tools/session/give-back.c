/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: gives back all devices of a session (see give-back.h)
 */
#include "tools/session/give-back.h"

#include "tools/session/session-log.h"
#include "tools/session/usb-back.h"
#include "tools/session/session-tpm.h"
#include "tools/session/session-uid.h"

/* Time for a QEMU that was killed together with its vfio-trace to end */
#define DYING_SECONDS 2

/* After SIGTERM, QEMU writes its log; after SIGKILL, it unpins memory. */
#define QEMU_SECONDS 15

/* The other programs have nothing to write. */
#define HELPER_SECONDS 2

static bool end_qemu(const Session *session, BindSay *say, void *opaque,
                     GError **error)
{
    if (proc_id_wait(&session->qemu, DYING_SECONDS)) {
        return true;
    }
    bind_say(say, opaque,
             "ending QEMU (process %d), which still runs although its vfio-trace has ended",
             (int)session->qemu.pid);
    if (!proc_id_end(&session->qemu, QEMU_SECONDS)) {
        g_set_error(error, BIND_ERROR, BIND_ERROR_HELD,
                    "QEMU (process %d) does not end even after SIGKILL; the kernel's log may say why (dmesg)",
                    (int)session->qemu.pid);
        return false;
    }
    return true;
}

static void end_helpers(const Session *session)
{
    guint i;

    for (i = 0; i < session->helpers->len; i++) {
        proc_id_end(&g_array_index(session->helpers, ProcId, i),
                    HELPER_SECONDS);
    }
}

bool give_back(const char *root, const Session *session, BindSay *say,
               void *opaque, GError **error)
{
    bool ok = true;
    guint i;

    if (!end_qemu(session, say, opaque, error)) {
        return false;
    }
    end_helpers(session);
    if (session->uid) {
        session_uid_end(session->uid);
    }
    if (session->tpm) {
        session_tpm_return(session->tpm, session->uid, session->tpm_owner);
    }
    if (session->work) {
        session_log_finish(session->log, session->work, session->uid, say,
                           opaque);
    }
    for (i = 0; i < session->usb->len; i++) {
        usb_give_back(root, session->usb->pdata[i]);
    }
    /* In reverse order; a failure must not keep the others. */
    for (i = session->devices->len; i-- > 0; ) {
        const BindState *state = session->devices->pdata[i];
        g_autoptr(GError) local = NULL;

        if (bind_give_back(root, state, say, opaque, &local)) {
            continue;
        }
        if (ok) {
            g_propagate_error(error, g_steal_pointer(&local));
        } else {
            say(opaque, local->message);
        }
        ok = false;
    }
    if (ok) {
        session_file_remove(session);
    }
    return ok;
}

/* A session without devices is only a directory, and perhaps processes. */
static bool is_over(const Session *session)
{
    return !session->devices->len && !session_alive(session);
}

static const char *common_device(const Session *session,
                                 const GPtrArray *devices)
{
    guint i;

    for (i = 0; i < devices->len; i++) {
        const HostPci *dev = devices->pdata[i];

        if (session_has(session, dev->bdf)) {
            return dev->bdf;
        }
    }
    return NULL;
}

bool give_back_leftovers(const char *root, const GPtrArray *devices,
                         BindSay *say, void *opaque, GError **error)
{
    g_auto(GStrv) names = session_file_names();
    size_t i;

    for (i = 0; names[i]; i++) {
        g_autoptr(GError) local = NULL;
        g_autoptr(Session) session = session_file_load(names[i], &local);
        const char *common;

        if (!session) {
            /* It may have any of the devices. */
            g_propagate_prefixed_error(
                error, g_steal_pointer(&local),
                "can not read the session of an earlier run or play: ");
            return false;
        }
        common = common_device(session, devices);
        if (!common && !is_over(session)) {
            continue;
        }
        if (session_alive(session)) {
            g_set_error(error, SESSION_ERROR, SESSION_ERROR_LOCKED,
                        "another 'vfio-trace %s' (process %d) has %s: end it first",
                        session_verb(session), (int)session->run.pid, common);
            return false;
        }
        bind_say(say, opaque, common ?
                 "giving back the devices of a killed %s: %s" :
                 "removing what is left of a killed %s: %s",
                 session_verb(session), session->name);
        if (!give_back(root, session, say, opaque, error)) {
            return false;
        }
    }
    return true;
}
