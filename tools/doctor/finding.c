/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: findings
 */
#include "tools/doctor/finding.h"

const char *const doctor_state_names[DOCTOR_STATES] = {
    [DOCTOR_OK] = "ok",
    [DOCTOR_NOTE] = "note",
    [DOCTOR_WARN] = "warn",
    [DOCTOR_FAIL] = "fail",
};

void doctor_say(Doctor *doctor, DoctorState state, const char *remedy,
                const char *fmt, ...)
{
    DoctorFinding *finding = g_new(DoctorFinding, 1);
    va_list ap;

    finding->check = doctor->check;
    finding->state = state;
    finding->remedy = g_strdup(remedy);
    va_start(ap, fmt);
    finding->found = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    g_ptr_array_add(doctor->findings, finding);
}

DoctorState doctor_worst(const Doctor *doctor)
{
    DoctorState worst = DOCTOR_OK;
    guint i;

    for (i = 0; i < doctor->findings->len; i++) {
        const DoctorFinding *finding = doctor->findings->pdata[i];

        worst = MAX(worst, finding->state);
    }
    return worst;
}

void doctor_free_finding(gpointer data)
{
    DoctorFinding *finding = data;

    g_free(finding->found);
    g_free(finding->remedy);
    g_free(finding);
}
