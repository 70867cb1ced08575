/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: check of the token of a virtual function (see token.h)
 *
 * A physical function that is bound to VFIO can read what its virtual functions
 * do.  So VFIO opens a virtual function only for a user who has the token that
 * the physical function's user has set; otherwise it says "Permission denied".
 */
#include "tools/doctor/token.h"

#include "tools/doctor/finding.h"
#include "tools/host/vf.h"

/* The virtual function of a PF that is bound to VFIO */
static void say_needed(Doctor *doctor, const HostPci *pf)
{
    const HostPci *dev = doctor->dev;
    g_autofree char *remedy = g_strdup_printf(
        "vfio-trace run --device-opts %s:vf-token=UUID, with the UUID of -device vfio-pci,host=%s,vf-token=UUID, by which QEMU or another program must have opened %s before; or bind %s to its own driver and make the virtual functions again",
        dev->bdf, pf->bdf, pf->bdf, pf->bdf);

    if (doctor->token) {
        doctor_say(doctor, DOCTOR_OK, NULL,
                   "a virtual function of %s, which is bound to %s; --vf-token gives its token",
                   pf->bdf, pf->driver ? pf->driver : "VFIO");
        return;
    }
    doctor_say(doctor, DOCTOR_FAIL, remedy,
               "a virtual function of %s, which is bound to %s: VFIO says 'Permission denied' unless QEMU gives the token that the user of %s has set (--vf-token, if you know it)",
               pf->bdf, pf->driver ? pf->driver : "VFIO", pf->bdf);
}

static void say_not_needed(Doctor *doctor, const HostPci *pf)
{
    if (doctor->token && !host_vf_is_pf(doctor->dev)) {
        doctor_say(doctor, DOCTOR_FAIL, "leave out vf-token",
                   "VFIO refuses a token for this device%s%s%s",
                   pf ? ": its physical function " : "", pf ? pf->bdf : "",
                   pf ? " is not bound to VFIO" : "");
    } else if (pf) {
        doctor_say(doctor, DOCTOR_OK, NULL,
                   "a virtual function of %s (%s); it needs no token", pf->bdf,
                   pf->driver ? pf->driver : "no driver");
    }
}

void doctor_check_token(Doctor *doctor)
{
    const HostPci *dev = doctor->dev;
    g_autoptr(HostPci) pf = host_vf_pf(doctor->root, dev);

    if (pf && host_pci_is_vfios(pf)) {
        say_needed(doctor, pf);
    } else if (dev->vfs > 0 && host_pci_is_vfios(dev)) {
        g_autofree char *remedy = g_strdup_printf(
            "vfio-trace run --device-opts %s:vf-token=UUID, and the same UUID for each of its virtual functions",
            dev->bdf);

        doctor_say(doctor, DOCTOR_NOTE, remedy,
                   "it has %d virtual functions, which can be opened only with the token that its user sets",
                   dev->vfs);
    } else {
        say_not_needed(doctor, pf);
    }
}
