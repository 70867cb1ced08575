/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: execution of an instruction whose operands have been read
 */
#include "libinsn/insn.h"

#include "libinsn/lanes.h"
#include "libinsn/native.h"
#include "libinsn/xstate.h"

#define FLAG_RF (1ull << 16)

/* The bits of RIP that are used in each mode */
static const uint64_t rip_mask[] = {
    [INSN_MODE_16] = 0xffff,
    [INSN_MODE_32] = 0xffffffff,
    [INSN_MODE_64] = UINT64_MAX,
};

bool insn_can(const Insn *insn)
{
    return insn->way != INSN_WAY_NATIVE || insn_native_can(insn);
}

InsnFault insn_execute(const Insn *insn, InsnState *state, InsnPlan *plan)
{
    InsnFault fault;

    insn_xstate_normalize(state);
    if (insn->way == INSN_WAY_NATIVE) {
        fault = insn_native_run(insn, state, &plan->span[0]);
    } else {
        fault = insn_lanes_run(insn, state, plan);
    }
    if (!fault.vector) {
        state->rip = (state->rip + insn->z.length) & rip_mask[state->mode];
        state->rflags &= ~FLAG_RF;
    }
    return fault;
}
