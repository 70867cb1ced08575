/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libreplay: config space and ROM of a log's device
 */
#ifndef LIBREPLAY_SPACE_H
#define LIBREPLAY_SPACE_H

#include "libmmiotrace/mmiotrace.h"
#include "libmmiotrace/parse.h"
#include "libreplay/device.h"

/**
 * struct ReplaySpace: what is known while the log is read
 * @log: gets what the log has
 * @written: bytes of config space that were written before they were read
 * @has_pending: the log says where MSI-X's pending bits are
 * @pending_bar: in which BAR
 * @pending: their address
 */
typedef struct ReplaySpace {
    ReplayLog *log;
    bool written[REPLAY_CONFIG_SIZE];
    bool has_pending;
    unsigned pending_bar;
    uint64_t pending;
} ReplaySpace;

/**
 * replay_space_config() - take an access to config space
 * @space: the state
 * @entry: the access
 */
void replay_space_config(ReplaySpace *space, const MmtEntry *entry);

/**
 * replay_space_rom() - take an access to the ROM
 * @space: the state
 * @entry: the access
 */
void replay_space_rom(ReplaySpace *space, const MmtEntry *entry);

/**
 * replay_space_coverage() - take a mark about what is traced
 * @space: the state
 * @text: text of the mark; the device's, or one of several devices', as it
 *        comes before the first access
 */
void replay_space_coverage(ReplaySpace *space, MmtSpan text);

/**
 * replay_space_msix() - leave the MSI-X table out of the path
 * @space: the state, when all was read and the BARs are known
 */
void replay_space_msix(const ReplaySpace *space);

/**
 * replay_space_capability() - find a PCI capability in the log's config space
 * @log: the log
 * @id: the capability's ID
 *
 * Return: its offset, or 0
 */
unsigned replay_space_capability(const ReplayLog *log, uint8_t id);

#endif /* LIBREPLAY_SPACE_H */
