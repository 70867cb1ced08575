/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: instructions that are emulated in C
 *
 * A lane is an element of a vector register that has its own place in memory.
 * insn_plan() has made a span for each lane, in order; the spans of lanes that
 * the mask leaves out have no active bytes.
 */
#include <string.h>

#include "libinsn/lanes.h"
#include "libinsn/xstate.h"

static const InsnFault no_fault;

static unsigned register_number(const ZydisDecodedOperand *op)
{
    return ZydisRegisterGetId(op->reg.value);
}

/* The mask register says which lanes are still to be done: none */
static void clear_mask(const Insn *insn, InsnState *state)
{
    static const uint8_t zero[16];

    if (insn->z.encoding == ZYDIS_INSTRUCTION_ENCODING_EVEX) {
        insn_xstate_set_mask(state,
                             ZydisRegisterGetId(insn->z.avx.mask.reg), 0);
    } else {
        insn_xstate_set_vector(state, register_number(&insn->op[2]), zero,
                               sizeof(zero));
    }
}

static InsnFault gather(const Insn *insn, InsnState *state, InsnPlan *plan)
{
    unsigned nr = register_number(&insn->op[0]);
    size_t element = plan->span[0].size;
    size_t len = element * plan->spans;
    uint8_t value[INSN_MAX_OPERAND];

    insn_xstate_get_vector(state, nr, value, sizeof(value));
    for (unsigned i = 0; i < plan->spans; i++) {
        if (plan->span[i].active) {
            memcpy(value + i * element, plan->span[i].data, element);
        }
    }
    memset(value + len, 0, sizeof(value) - len);
    insn_xstate_set_vector(state, nr, value, sizeof(value));
    clear_mask(insn, state);
    return no_fault;
}

static InsnFault scatter(const Insn *insn, InsnState *state, InsnPlan *plan)
{
    size_t element = plan->span[0].size;
    uint8_t value[INSN_MAX_OPERAND];

    insn_xstate_get_vector(state, register_number(&insn->op[2]), value,
                           sizeof(value));
    for (unsigned i = 0; i < plan->spans; i++) {
        memcpy(plan->span[i].data, value + i * element, element);
    }
    clear_mask(insn, state);
    return no_fault;
}

static InsnFault maskmov(const Insn *insn, InsnState *state, InsnPlan *plan)
{
    unsigned nr = register_number(&insn->op[0]);
    InsnSpan *span = &plan->span[0];

    if (insn->z.mnemonic == ZYDIS_MNEMONIC_MASKMOVQ) {
        uint64_t value = insn_xstate_get_mmx(state, nr);

        if (insn_xstate_x87_pending(state)) {
            return (InsnFault){ .vector = INSN_MF };
        }
        memcpy(span->data, &value, sizeof(value));
        insn_xstate_enter_mmx(state);
    } else {
        insn_xstate_get_vector(state, nr, span->data, span->size);
    }
    return no_fault;
}

static InsnFault copy(const Insn *insn, InsnState *state, InsnPlan *plan)
{
    (void)insn;
    (void)state;
    memcpy(plan->span[1].data, plan->span[0].data, plan->span[1].size);
    return no_fault;
}

static InsnFault nothing(const Insn *insn, InsnState *state, InsnPlan *plan)
{
    (void)insn;
    (void)state;
    (void)plan;
    return no_fault;
}

InsnFault insn_lanes_run(const Insn *insn, InsnState *state, InsnPlan *plan)
{
    static InsnFault (*const run[])(const Insn *, InsnState *, InsnPlan *) = {
        [INSN_WAY_COPY] = copy,
        [INSN_WAY_MASKMOV] = maskmov,
        [INSN_WAY_GATHER] = gather,
        [INSN_WAY_SCATTER] = scatter,
        [INSN_WAY_NOTHING] = nothing,
    };

    return run[insn->way](insn, state, plan);
}
