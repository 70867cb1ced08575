/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libguestmem: values of registers, learnt from accesses
 */
#include "libguestmem/registers.h"

#include <string.h>

/* Unknown bytes of @value are 0. */
typedef struct RegisterValue {
    uint64_t value;
    uint8_t known;          /* bytes, as bits */
} RegisterValue;

/* A declaration, and where its values are */
typedef struct RegisterArray {
    RegisterValue *value;
    unsigned n;
    unsigned low;
    bool is_array;
    uint8_t needs;          /* bytes that must be known, as bits */
} RegisterArray;

struct GmemRegisters {
    RegisterArray *array;
    unsigned n;
    RegisterValue *value;
    size_t values;
};

static uint8_t bytes_as_bits(unsigned bytes)
{
    return (1u << bytes) - 1;
}

static uint64_t low_bytes(unsigned bytes)
{
    return bytes < 8 ? (UINT64_C(1) << (bytes * 8)) - 1 : UINT64_MAX;
}

static size_t count_values(const GmemFile *file)
{
    size_t n = 0;
    unsigned i;

    for (i = 0; i < file->reg->len; i++) {
        n += gmem_register_elements(&g_array_index(file->reg, GmemRegister, i));
    }
    return n;
}

GmemRegisters *gmem_registers_new(const GmemFile *file)
{
    GmemRegisters *registers = g_new0(GmemRegisters, 1);
    RegisterValue *value;
    unsigned i;

    registers->n = file->reg->len;
    registers->array = g_new0(RegisterArray, registers->n);
    registers->values = count_values(file);
    registers->value = g_new0(RegisterValue, registers->values);
    value = registers->value;
    for (i = 0; i < registers->n; i++) {
        const GmemRegister *reg = &g_array_index(file->reg, GmemRegister, i);
        RegisterArray *array = &registers->array[i];

        array->value = value;
        array->n = gmem_register_elements(reg);
        array->low = reg->is_array ? reg->low : 0;
        array->is_array = reg->is_array;
        array->needs = bytes_as_bits(reg->width == 8 ? 4 : reg->width);
        value += array->n;
    }
    return registers;
}

void gmem_registers_free(GmemRegisters *registers)
{
    g_free(registers->array);
    g_free(registers->value);
    g_free(registers);
}

static bool is_known(const RegisterArray *array, const RegisterValue *value)
{
    return (value->known & array->needs) == array->needs;
}

bool gmem_registers_learn(GmemRegisters *registers, unsigned reg,
                          unsigned element, unsigned from, unsigned bytes,
                          uint64_t value, bool *changed)
{
    const RegisterArray *array = &registers->array[reg];
    RegisterValue *v = &array->value[element];
    uint64_t mask = low_bytes(bytes) << (from * 8);
    RegisterValue was = *v;

    v->value = (v->value & ~mask) | ((value << (from * 8)) & mask);
    v->known |= bytes_as_bits(bytes) << from;
    *changed = v->value != was.value || v->known != was.known;
    return is_known(array, v) && !is_known(array, &was);
}

bool gmem_registers_get(const GmemRegisters *registers, unsigned reg,
                        uint64_t index, uint64_t *value)
{
    const RegisterArray *array = &registers->array[reg];
    const RegisterValue *v;

    index = array->is_array ? index - array->low : 0;
    if (index >= array->n) {
        return false;
    }
    v = &array->value[index];
    if (!is_known(array, v)) {
        return false;
    }
    *value = v->value;
    return true;
}

void gmem_registers_forget(GmemRegisters *registers, unsigned reg,
                           unsigned element)
{
    registers->array[reg].value[element] = (RegisterValue){ 0 };
}

void gmem_registers_reset(GmemRegisters *registers)
{
    memset(registers->value, 0,
           registers->values * sizeof(*registers->value));
}
