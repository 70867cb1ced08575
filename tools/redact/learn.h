/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace redact: secrets that the trace itself tells
 *
 * MAC addresses, from the registers that a network card compares received
 * addresses with; serial numbers, from the PCI Express capability for them and
 * from what NVMe and ATA disks answer to their IDENTIFY commands; the register
 * through which vital product data are read.
 */
#ifndef VFIO_TRACE_REDACT_LEARN_H
#define VFIO_TRACE_REDACT_LEARN_H

#include "libmmiotrace/mmiotrace.h"
#include "tools/analysis/db.h"
#include "tools/redact/places.h"
#include "tools/redact/secret.h"

typedef struct RedactLearn RedactLearn;

/**
 * redact_learn_new() - begin
 * @secrets: gets what is found
 * @places: gets registers all of whose values are secret
 * @macs: look for MAC addresses
 * @serials: look for serial numbers
 */
RedactLearn *redact_learn_new(RedactSecrets *secrets, RedactPlaces *places,
                              bool macs, bool serials);

/**
 * redact_learn_entry() - look at an entry
 * @learn: the state
 * @trace: the trace
 * @db: names of its registers
 * @entry: the entry
 */
void redact_learn_entry(RedactLearn *learn, const MmtTrace *trace,
                        AnalysisDb *db, const MmtEntry *entry);

/**
 * redact_learn_macs() - get the number of MAC addresses that were found
 * @learn: the state
 */
unsigned redact_learn_macs(const RedactLearn *learn);

/**
 * redact_learn_error() - get why a secret could not be taken
 * @learn: the state
 *
 * Return: the message, or NULL
 */
const char *redact_learn_error(const RedactLearn *learn);

void redact_learn_free(RedactLearn *learn);

#endif /* VFIO_TRACE_REDACT_LEARN_H */
