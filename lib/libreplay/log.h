/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: learning a device from a log
 */
#ifndef LIBREPLAY_LOG_H
#define LIBREPLAY_LOG_H

#include "libmmiotrace/format.h"
#include "libreplay/memory.h"
#include "libreplay/replay.h"

/* Bytes of config space */
#define REPLAY_CONFIG_SIZE 4096

/* Region of accesses of which the log does not say the region: by address */
#define REPLAY_REGION_UNKNOWN 15

/**
 * struct ReplayLog: what a log has of a device
 * @replay: the model, ready; its events REPLAY_EVENT_USER are pieces of @memory
 * @memory: the memory that driver and device share
 * @device: the device's ID in the log, printable
 * @has_pci: the log says what the device has
 * @pci: IDs, BARs and their sizes; those that the log does not say are 0
 * @config: config space, before the driver has written it
 * @config_known: whether a byte of it was read
 * @rom: the ROM, as far as it was read, or NULL
 * @left_out: accesses that were not learnt: their direction, their width or
 *            their value is not known
 * @lost: places where the log lacks events
 */
typedef struct ReplayLog {
    Replay *replay;
    ReplayMemory *memory;
    char *device;
    bool has_pci;
    MmtPciDev pci;
    uint8_t config[REPLAY_CONFIG_SIZE];
    bool config_known[REPLAY_CONFIG_SIZE];
    GByteArray *rom;
    uint64_t left_out;
    uint64_t lost;
} ReplayLog;

/**
 * replay_log_load() - learn a device from a log
 * @path: the log, in any format that is read
 * @device: which device of the log, as for --device; NULL if it has only one
 * @error: where to store the error
 *
 * A log without a PCIDEV line gets BARs where its accesses are, if these are
 * few places; the file is then read twice.
 *
 * Return: what the log has, or NULL
 */
ReplayLog *replay_log_load(const char *path, const char *device,
                           GError **error);

/**
 * replay_log_capability() - find a PCI capability in the log's config space
 * @log: the log
 * @id: the capability's ID
 *
 * Return: its offset, or 0
 */
unsigned replay_log_capability(const ReplayLog *log, uint8_t id);

/**
 * replay_log_free() - free it, with the model
 * @log: what replay_log_load() has returned, or NULL
 */
void replay_log_free(ReplayLog *log);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReplayLog, replay_log_free)

#endif /* LIBREPLAY_LOG_H */
