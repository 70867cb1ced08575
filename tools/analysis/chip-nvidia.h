/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: the chip of an NVIDIA graphics card
 */
#ifndef VFIO_TRACE_ANALYSIS_CHIP_NVIDIA_H
#define VFIO_TRACE_ANALYSIS_CHIP_NVIDIA_H

#include <stdint.h>

/**
 * analysis_chip_nvidia() - decode the ID register, at offset 0 of BAR 0
 * @id: its value
 * @name: where to store the name of a chip that has no number of its own, those
 *        before NV10: "NV1", "NV3", "NV3T", "NV4", "NV5"; else NULL
 *
 * Return: number of the chip ("chipset"), 0x140 for GV100; 0 if the value is
 *         not an ID
 */
unsigned analysis_chip_nvidia(uint32_t id, const char **name);

#endif /* VFIO_TRACE_ANALYSIS_CHIP_NVIDIA_H */
