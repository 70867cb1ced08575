/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: vital product data in config space
 *
 * They have the card's serial number, part number and manufacturer's notes, and
 * are read in pieces of four bytes through one register (PCI Local Bus 3.0,
 * appendix I): all values of that register are secret.
 */
#ifndef VFIO_TRACE_REDACT_VPD_H
#define VFIO_TRACE_REDACT_VPD_H

#include "libmmiotrace/mmiotrace.h"
#include "tools/redact/places.h"

typedef struct RedactVpd RedactVpd;

/**
 * redact_vpd_new() - begin
 * @places: gets the registers that are found
 */
RedactVpd *redact_vpd_new(RedactPlaces *places);

/**
 * redact_vpd_config() - look at an access to config space
 * @vpd: the state
 * @entry: the access
 *
 * The capability is found as the driver has found it: by the list.
 */
void redact_vpd_config(RedactVpd *vpd, const MmtEntry *entry);

void redact_vpd_free(RedactVpd *vpd);

#endif /* VFIO_TRACE_REDACT_VPD_H */
