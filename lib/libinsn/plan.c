/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: the bytes that an instruction accesses
 *
 * The processor has already raised most exceptions before it found that the
 * operand is not RAM.  They are checked again here because the instruction may
 * have been changed in the meantime.  #AC and the exceptions for a segment's
 * type are not raised.
 */
#include <string.h>

#include "libinsn/insn.h"
#include "libinsn/list.h"
#include "libinsn/operand.h"
#include "libinsn/plan-active.h"
#include "libinsn/plan-check.h"
#include "libinsn/xstate.h"

#define CR4_LA57 (1u << 12)

static const InsnFault no_fault;

/* The whole register; the bits above the address width are removed later */
static uint64_t address_register(const Insn *insn, const InsnState *state,
                                 ZydisRegister reg)
{
    if (reg == ZYDIS_REGISTER_NONE) {
        return 0;
    }
    if (ZydisRegisterGetClass(reg) == ZYDIS_REGCLASS_IP) {
        return state->rip + insn->z.length;
    }
    return state->gpr[ZydisRegisterGetId(reg)];
}

/* The offset in its segment; @index: from a vector for VSIB, otherwise 0 */
static uint64_t effective_address(const Insn *insn, const InsnState *state,
                                  const ZydisDecodedOperandMem *mem,
                                  int64_t index)
{
    uint64_t ea = address_register(insn, state, mem->base);

    if (mem->type == ZYDIS_MEMOP_TYPE_VSIB) {
        ea += (uint64_t)index * mem->scale;
    } else {
        ea += address_register(insn, state, mem->index) * mem->scale;
    }
    ea += mem->disp.value;
    return ea & insn_low_bits(insn->z.address_width);
}

static int segment_number(ZydisRegister reg)
{
    return ZydisRegisterGetId(reg);
}

static bool is_canonical(const InsnState *state, uint64_t addr)
{
    unsigned unused = state->cr4 & CR4_LA57 ? 64 - 57 : 64 - 48;

    return (uint64_t)((int64_t)(addr << unused) >> unused) == addr;
}

/* Are bytes @first to @last of the segment within its limit? */
static bool is_within_limit(const InsnSegment *seg, uint64_t first,
                            uint64_t last)
{
    if (seg->unusable) {
        return false;
    }
    if (seg->expand_down) {
        return first > seg->limit && last <= (seg->big ? UINT32_MAX : 0xffff);
    }
    return last <= seg->limit;
}

/*
 * Fill in a span for @op.  Only the bytes in @active are accessed and can fault
 */
static InsnFault make_span(const Insn *insn, const InsnState *state,
                           const ZydisDecodedOperand *op, int64_t index,
                           uint64_t active, InsnSpan *span)
{
    int nr = segment_number(op->mem.segment);
    const InsnSegment *seg = &state->seg[nr];
    uint64_t ea = effective_address(insn, state, &op->mem, index);
    uint64_t first = active ? __builtin_ctzll(active) : 0;
    uint64_t last = active ? 63 - __builtin_clzll(active) : 0;
    bool ok;

    *span = (InsnSpan){
        .size = insn_operand_bytes(op),
        .active = active,
        .read = op->actions & ZYDIS_OPERAND_ACTION_MASK_READ,
        .write = op->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE,
        .segment = nr,
    };
    if (insn->mode == INSN_MODE_64) {
        span->addr = ea + (nr == INSN_FS || nr == INSN_GS ? seg->base : 0);
        ok = is_canonical(state, span->addr + first) &&
             is_canonical(state, span->addr + last);
    } else {
        span->addr = (uint32_t)(ea + seg->base);
        ok = is_within_limit(seg, ea + first, ea + last);
    }
    if (ok || !active) {
        return no_fault;
    }
    return (InsnFault){ .vector = nr == INSN_SS ? INSN_SS_FAULT : INSN_GP };
}

/* Gather and scatter */

static const uint16_t dword_index[] = {
    ZYDIS_MNEMONIC_VGATHERDPD, ZYDIS_MNEMONIC_VGATHERDPS,
    ZYDIS_MNEMONIC_VPGATHERDD, ZYDIS_MNEMONIC_VPGATHERDQ,
    ZYDIS_MNEMONIC_VSCATTERDPD, ZYDIS_MNEMONIC_VSCATTERDPS,
    ZYDIS_MNEMONIC_VPSCATTERDD, ZYDIS_MNEMONIC_VPSCATTERDQ,
};

static int64_t load_index(const uint8_t *vector, unsigned nr, unsigned bytes)
{
    int64_t qword;
    int32_t dword;

    if (bytes == 4) {
        memcpy(&dword, vector + nr * bytes, sizeof(dword));
        return dword;
    }
    memcpy(&qword, vector + nr * bytes, sizeof(qword));
    return qword;
}

static InsnFault plan_lanes(const Insn *insn, const InsnState *state,
                            InsnPlan *plan)
{
    const ZydisDecodedOperand *op = &insn->op[insn->memory];
    const ZydisDecodedOperand *data =
        &insn->op[insn->way == INSN_WAY_GATHER ? 0 : 2];
    unsigned size = INSN_LIST_HAS(dword_index, insn->z.mnemonic) ? 4 : 8;
    unsigned lanes = ZydisRegisterGetWidth(insn->z.machine_mode,
                                           op->mem.index) /
                     8 / size;
    uint8_t index[INSN_MAX_OPERAND];
    uint64_t mask;

    /* The number of lanes that both the index and the data register have */
    if (lanes > insn_operand_bytes(data) / insn_operand_bytes(op)) {
        lanes = insn_operand_bytes(data) / insn_operand_bytes(op);
    }
    if (insn->z.encoding == ZYDIS_INSTRUCTION_ENCODING_EVEX) {
        mask = insn_xstate_get_mask(state,
                                    ZydisRegisterGetId(insn->z.avx.mask.reg));
    } else {
        mask = insn_plan_vector_signs(state, &insn->op[2], lanes,
                                      insn_operand_bytes(op));
    }

    insn_xstate_get_vector(state, ZydisRegisterGetId(op->mem.index), index,
                           sizeof(index));
    plan->spans = lanes;
    for (unsigned i = 0; i < lanes; i++) {
        uint64_t active = mask >> i & 1 ?
                          insn_low_bits(insn_operand_bytes(op)) : 0;
        InsnFault fault = make_span(insn, state, op,
                                    load_index(index, i, size), active,
                                    &plan->span[i]);

        if (fault.vector) {
            return fault;
        }
    }
    return no_fault;
}

static InsnFault plan_copy(const Insn *insn, const InsnState *state,
                           InsnPlan *plan)
{
    const ZydisDecodedOperand *from = &insn->op[insn->source];
    InsnFault fault;

    plan->spans = 2;
    fault = make_span(insn, state, from, 0,
                      insn_low_bits(insn_operand_bytes(from)), &plan->span[0]);
    if (!fault.vector) {
        const ZydisDecodedOperand *to = &insn->op[insn->memory];

        fault = make_span(insn, state, to, 0,
                          insn_low_bits(insn_operand_bytes(to)),
                          &plan->span[1]);
    }
    return fault;
}

/* ENQCMD's destination: in ES, at the offset in a register */
static const uint16_t register_places[] = {
    ZYDIS_MNEMONIC_ENQCMD, ZYDIS_MNEMONIC_ENQCMDS,
};

static uint64_t register_place(const Insn *insn, const InsnState *state,
                               const ZydisDecodedOperand *op)
{
    uint64_t offset = address_register(insn, state, op->reg.value) &
                      insn_low_bits(insn->z.address_width);

    return insn->mode == INSN_MODE_64
           ? offset : (uint32_t)(offset + state->seg[INSN_ES].base);
}

bool insn_address(const Insn *insn, const InsnState *state, unsigned op,
                  uint64_t *addr)
{
    const ZydisDecodedOperand *o = &insn->op[op];
    InsnSpan span;

    if (op == 0 && INSN_LIST_HAS(register_places, insn->z.mnemonic)) {
        *addr = register_place(insn, state, o);
        return true;
    }
    if (o->type != ZYDIS_OPERAND_TYPE_MEMORY ||
        (o->mem.type != ZYDIS_MEMOP_TYPE_MEM &&
         o->mem.type != ZYDIS_MEMOP_TYPE_MIB)) {
        return false;
    }
    make_span(insn, state, o, 0, 0, &span);
    *addr = span.addr;
    return true;
}

InsnFault insn_plan(const Insn *insn, InsnState *state, InsnPlan *plan)
{
    InsnFault fault;

    plan->spans = 0;
    fault = insn_plan_check_enabled(insn, state);
    if (fault.vector) {
        return fault;
    }

    insn_xstate_normalize(state);
    switch (insn->way) {
    case INSN_WAY_GATHER:
    case INSN_WAY_SCATTER:
        return plan_lanes(insn, state, plan);
    case INSN_WAY_COPY:
        fault = plan_copy(insn, state, plan);
        break;
    case INSN_WAY_NOTHING:
        plan->spans = 1;
        make_span(insn, state, &insn->op[insn->memory], 0, 0, &plan->span[0]);
        plan->span[0].size = 1;
        return no_fault;
    default:
        plan->spans = 1;
        fault = make_span(insn, state, &insn->op[insn->memory], 0,
                          insn_plan_active(insn, state), &plan->span[0]);
        break;
    }
    if (!fault.vector) {
        fault = insn_plan_check_alignment(insn, state,
                                          &plan->span[plan->spans - 1]);
    }
    return fault;
}
