/* SPDX-License-Identifier: GPL-2.0-or-later */
/* liba64: accesses of an instruction, and its registers (see a64.h) */
#include "liba64/a64.h"

/* --- registers ----------------------------------------------------------- */

static uint64_t execute_low(uint64_t value, unsigned size)
{
    return size < 8 ? value & ((1ull << 8 * size) - 1) : value;
}

/* X(reg), where 31 is 0 */
static uint64_t execute_x(const A64State *state, unsigned reg)
{
    return reg < A64_GPRS ? state->x[reg] : 0;
}

static void execute_set_x(A64State *state, unsigned reg, uint64_t value)
{
    if (reg < A64_GPRS) {
        state->x[reg] = value;
        state->x_changed |= 1u << reg;
    }
}

static void execute_set_base(A64State *state, unsigned reg, uint64_t value)
{
    if (reg < A64_GPRS) {
        execute_set_x(state, reg, value);
    } else {
        state->sp = value;
        state->x_changed |= 1u << A64_REG_31;
    }
}

/* Bytes of a vector register, which do not cross its middle */
static uint64_t execute_v(const A64State *state, unsigned reg, unsigned at,
                          unsigned size)
{
    return execute_low(state->v[reg][at / 8] >> 8 * (at % 8), size);
}

static void execute_set_v(A64State *state, unsigned reg, unsigned at,
                          unsigned size, uint64_t value)
{
    unsigned shift = 8 * (at % 8);
    uint64_t mask = execute_low(~0ull, size) << shift;
    uint64_t *half = &state->v[reg][at / 8];

    *half = (*half & ~mask) | (value << shift & mask);
    state->v_changed |= 1u << reg;
}

/* --- addresses ----------------------------------------------------------- */

static uint64_t execute_offset(const A64Insn *insn, const A64State *state)
{
    uint64_t value;

    if (!insn->has_rm) {
        return insn->offset;
    }
    value = execute_x(state, insn->rm);
    if (insn->extend == A64_EXTEND_UXTW) {
        value = (uint32_t)value;
    } else if (insn->extend == A64_EXTEND_SXTW) {
        value = (int64_t)(int32_t)value;
    }
    return value << insn->shift;
}

/* Return: the address of the first access */
static uint64_t execute_address(const A64Insn *insn, const A64State *state,
                                A64Plan *plan)
{
    uint64_t base = insn->base < A64_GPRS ? state->x[insn->base] : state->sp;

    plan->base = base + execute_offset(insn, state);
    switch (insn->index) {
    case A64_INDEX_POST:
        return base;
    case A64_INDEX_PC:
        return state->pc + insn->offset;
    case A64_INDEX_BLOCK:
        return execute_x(state, insn->base) & -(uint64_t)state->zero_block;
    default:
        return plan->base;
    }
}

/* --- accesses ------------------------------------------------------------ */

/* Append an access of up to 8 bytes; @addr is advanced. */
static void execute_add(A64Plan *plan, uint64_t *addr, unsigned size, bool swap,
                        unsigned reg, unsigned at)
{
    plan->access[plan->accesses++] = (A64Access) {
        .addr = *addr, .size = size, .swap = swap, .reg = reg, .at = at,
    };
    *addr += size;
}

/* Each register as a whole; a Q register is one number of 16 bytes. */
static void execute_plan_registers(const A64Insn *insn, const A64State *state,
                                   uint64_t addr, A64Plan *plan)
{
    bool swap = state->big_endian;
    unsigned i;

    for (i = 0; i < insn->regs; i++) {
        if (insn->size == 16) {
            execute_add(plan, &addr, 8, swap, insn->reg[i], swap ? 8 : 0);
            execute_add(plan, &addr, 8, swap, insn->reg[i], swap ? 0 : 8);
        } else {
            execute_add(plan, &addr, insn->size, swap, insn->reg[i], 0);
        }
    }
}

/* Groups of registers whose elements alternate: the elements, in turn */
static void execute_plan_elements(const A64Insn *insn, const A64State *state,
                                  uint64_t addr, A64Plan *plan)
{
    bool whole = insn->interleaved == 1 && !state->big_endian;
    unsigned size = whole ? 8 : insn->size;
    unsigned bytes = insn->quad ? 16 : 8;
    unsigned group, at, i;

    for (group = 0; group < insn->regs; group += insn->interleaved) {
        for (at = 0; at < bytes; at += size) {
            for (i = 0; i < insn->interleaved; i++) {
                execute_add(plan, &addr, size, state->big_endian,
                            insn->reg[group + i], at);
            }
        }
    }
}

static void execute_plan_lanes(const A64Insn *insn, const A64State *state,
                               uint64_t addr, A64Plan *plan)
{
    unsigned i;

    for (i = 0; i < insn->regs; i++) {
        execute_add(plan, &addr, insn->size, state->big_endian, insn->reg[i],
                    insn->lane * insn->size);
    }
}

static void execute_plan_zero(const A64State *state, uint64_t addr,
                              A64Plan *plan)
{
    uint64_t end = addr + state->zero_block;

    while (addr != end) {
        execute_add(plan, &addr, 8, false, A64_REG_31, 0);
    }
}

static bool execute_knows_block(const A64State *state)
{
    return state->zero_block >= 8 && state->zero_block <= A64_MAX_ZERO_BLOCK &&
           !(state->zero_block & (state->zero_block - 1));
}

bool a64_plan(const A64Insn *insn, const A64State *state, A64Plan *plan)
{
    uint64_t addr;

    plan->load = insn->load;
    plan->accesses = 0;
    if (insn->kind == A64_KIND_ZERO && !execute_knows_block(state)) {
        return false;
    }
    addr = execute_address(insn, state, plan);
    switch (insn->kind) {
    case A64_KIND_NOTHING:
        break;
    case A64_KIND_GENERAL:
    case A64_KIND_VECTOR:
        execute_plan_registers(insn, state, addr, plan);
        break;
    case A64_KIND_ELEMENTS:
        execute_plan_elements(insn, state, addr, plan);
        break;
    case A64_KIND_LANE:
    case A64_KIND_REPLICATE:
        execute_plan_lanes(insn, state, addr, plan);
        break;
    case A64_KIND_ZERO:
        execute_plan_zero(state, addr, plan);
        break;
    }
    return true;
}

/* --- execution ----------------------------------------------------------- */

static uint64_t execute_swap(const A64Access *access, uint64_t value)
{
    return access->swap ? __builtin_bswap64(value) >> (64 - 8 * access->size)
                        : value;
}

static uint64_t execute_extend(const A64Insn *insn, uint64_t value)
{
    unsigned shift = 64 - 8 * insn->size;

    if (insn->sign) {
        value = (int64_t)(value << shift) >> shift;
        return insn->wide ? value : (uint32_t)value;
    }
    return value;
}

static void execute_replicate(const A64Insn *insn, const A64Access *access,
                              A64State *state, uint64_t value)
{
    unsigned at;

    for (at = 0; at < (insn->quad ? 16 : 8); at += insn->size) {
        execute_set_v(state, access->reg, at, insn->size, value);
    }
}

static void execute_load(const A64Insn *insn, const A64Access *access,
                         A64State *state, uint64_t value)
{
    value = execute_low(value, access->size);
    value = execute_swap(access, value);
    if (insn->kind == A64_KIND_GENERAL) {
        execute_set_x(state, access->reg, execute_extend(insn, value));
    } else if (insn->kind == A64_KIND_REPLICATE) {
        execute_replicate(insn, access, state, value);
    } else {
        execute_set_v(state, access->reg, access->at, access->size, value);
    }
}

static uint64_t execute_store(const A64Insn *insn, const A64Access *access,
                              const A64State *state)
{
    uint64_t value = 0;

    if (insn->kind == A64_KIND_GENERAL) {
        value = execute_low(execute_x(state, access->reg), access->size);
    } else if (insn->kind != A64_KIND_ZERO) {
        value = execute_v(state, access->reg, access->at, access->size);
    }
    return execute_swap(access, value);
}

/* A vector register that is loaded has zeros where nothing is loaded. */
static void execute_clear_vectors(const A64Insn *insn, A64State *state)
{
    unsigned i;

    for (i = 0; i < insn->regs; i++) {
        state->v[insn->reg[i]][0] = state->v[insn->reg[i]][1] = 0;
    }
}

void a64_execute(const A64Insn *insn, const A64Plan *plan, A64State *state,
                 const A64Memory *memory)
{
    unsigned i;

    state->x_changed = state->v_changed = 0;
    if (insn->load && a64_uses_vectors(insn) && insn->kind != A64_KIND_LANE) {
        execute_clear_vectors(insn, state);
    }
    for (i = 0; i < plan->accesses; i++) {
        const A64Access *access = &plan->access[i];

        if (insn->load) {
            execute_load(insn, access, state, memory->read(memory->opaque, i));
        } else {
            memory->write(memory->opaque, i,
                          execute_store(insn, access, state));
        }
    }
    if (insn->index == A64_INDEX_PRE || insn->index == A64_INDEX_POST) {
        execute_set_base(state, insn->base, plan->base);
    }
    state->pc += 4;
}
