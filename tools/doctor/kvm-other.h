/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace doctor: KVM on machines other than x86
 */
#ifndef VFIO_TRACE_DOCTOR_KVM_OTHER_H
#define VFIO_TRACE_DOCTOR_KVM_OTHER_H

#include "tools/doctor/internal.h"
#include "tools/host/machine.h"

/**
 * doctor_say_no_kvm() - there is no /dev/kvm: say why
 * @doctor: the examination
 * @machine: what kind of machine the host is, no container
 */
void doctor_say_no_kvm(Doctor *doctor, HostMachine machine);

/**
 * doctor_kvm_mode() - how an Arm kernel's KVM works, as far as it is known
 * @doctor: the examination
 *
 * Return: what to add to a finding: " (VHE)", or ""
 */
const char *doctor_kvm_mode(const Doctor *doctor);

#endif /* VFIO_TRACE_DOCTOR_KVM_OTHER_H */
