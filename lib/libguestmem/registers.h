/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: values of registers, learnt from accesses
 */
#ifndef LIBGUESTMEM_REGISTERS_H
#define LIBGUESTMEM_REGISTERS_H

#include "libguestmem/model.h"

typedef struct GmemRegisters GmemRegisters;

/**
 * gmem_registers_new() - make the registers of a file, all unknown
 * @file: the file; remains the caller's, and must outlive them
 */
GmemRegisters *gmem_registers_new(const GmemFile *file);

void gmem_registers_free(GmemRegisters *registers);

/**
 * gmem_registers_learn() - learn from an access
 * @registers: the registers
 * @reg: number of the register
 * @element: element of the array, from 0 up
 * @from: first byte of the register that was accessed
 * @bytes: number of its bytes
 * @value: their value
 * @changed: where to store whether its value, or what is known of it, has
 *           changed
 *
 * Return: whether its value was not known before, and is now
 */
bool gmem_registers_learn(GmemRegisters *registers, unsigned reg,
                          unsigned element, unsigned from, unsigned bytes,
                          uint64_t value, bool *changed);

/**
 * gmem_registers_get() - value of a register
 * @registers: the registers
 * @reg: number of the register
 * @index: its index as the file counts; any number if it is no array
 * @value: where to store it
 *
 * Of a register of 8 bytes, the lower half suffices: drivers of 32-bit guests
 * may never write the upper one.
 *
 * Return: whether it is known
 */
bool gmem_registers_get(const GmemRegisters *registers, unsigned reg,
                        uint64_t index, uint64_t *value);

/* gmem_registers_forget() - forget an element of a register, from 0 up */
void gmem_registers_forget(GmemRegisters *registers, unsigned reg,
                           unsigned element);

/* gmem_registers_reset() - forget all registers */
void gmem_registers_reset(GmemRegisters *registers);

/* gmem_register_elements() - number of registers that a declaration has */
static inline unsigned gmem_register_elements(const GmemRegister *reg)
{
    return reg->is_array ? reg->high - reg->low + 1 : 1;
}

#endif /* LIBGUESTMEM_REGISTERS_H */
