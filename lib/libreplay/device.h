/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: what a log has of a device
 */
#ifndef LIBREPLAY_DEVICE_H
#define LIBREPLAY_DEVICE_H

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
 *            their value is not known, or they are to legacy VGA
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

#endif /* LIBREPLAY_DEVICE_H */
