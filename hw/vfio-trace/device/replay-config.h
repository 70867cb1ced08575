/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: config space of a device that is made from a log
 */
#ifndef HW_VFIO_TRACE_REPLAY_CONFIG_H
#define HW_VFIO_TRACE_REPLAY_CONFIG_H

#include "hw/pci/pci_device.h"
#include "libreplay/device.h"

/**
 * replay_config_is_express() - does the log have a PCI Express device?
 * @log: the log
 */
bool replay_config_is_express(const ReplayLog *log);

/**
 * replay_config_check() - can a device of QEMU be made of this?
 * @log: the log, which may contain anything
 * @errp: error that says what can't be
 */
bool replay_config_check(const ReplayLog *log, Error **errp);

/**
 * replay_config_bar_type() - get the type of a BAR
 * @log: a log that was checked
 * @i: its number
 */
uint8_t replay_config_bar_type(const ReplayLog *log, unsigned i);

/**
 * replay_config_set_up() - set up IDs, class, capabilities
 * @pdev: the device, whose BARs are registered
 * @log: a log that was checked
 *
 * A capability that can't be made is left out, with a warning.
 */
void replay_config_set_up(PCIDevice *pdev, const ReplayLog *log);

/**
 * replay_config_rom() - give the device the log's ROM
 * @pdev: the device
 * @log: a log that was checked
 * @errp: error
 *
 * It has none if the user gives one, or the log has not read it.
 */
bool replay_config_rom(PCIDevice *pdev, const ReplayLog *log, Error **errp);

/**
 * replay_config_tear_down() - undo what replay_config_set_up() has done
 * @pdev: the device
 */
void replay_config_tear_down(PCIDevice *pdev);

/**
 * replay_config_is_flr() - does a write to config space reset the device?
 * @pdev: the device
 * @addr: offset in config space
 * @val: the value
 * @len: its bytes
 */
bool replay_config_is_flr(PCIDevice *pdev, uint32_t addr, uint32_t val,
                          int len);

#endif /* HW_VFIO_TRACE_REPLAY_CONFIG_H */
