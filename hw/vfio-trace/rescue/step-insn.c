/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: properties of the stepped instruction (see step-insn.h)
 */
#include "qemu/osdep.h"
#include "hw/vfio-trace/rescue/step-insn.h"
#include "hw/vfio-trace/rescue/step-memory.h"

uint64_t vfio_trace_step_rip(const Stepper *s)
{
    return s->vcpu.insn.seg[INSN_CS].base + s->regs.rip;
}

static InsnStatus rescue_step_insn_decode(Stepper *s)
{
    InsnStatus status = s->len ? insn_decode(&s->insn, s->bytes, s->len,
                                             s->vcpu.insn.mode) : INSN_SHORT;

    s->known = status != INSN_SHORT && status != INSN_INVALID;
    return status;
}

/*
 * Read code that is in a window, after the windows are lifted.  Only the
 * instruction's own bytes may be read: device registers may follow them.
 */
static void rescue_step_insn_fetch(Stepper *s)
{
    uint64_t linear = vfio_trace_step_rip(s);
    InsnStatus status = INSN_SHORT;

    while (status == INSN_SHORT && s->len < sizeof(s->bytes) &&
           vfio_trace_step_fetch_byte(s, linear + s->len, s->bytes + s->len)) {
        s->len++;
        status = rescue_step_insn_decode(s);
    }
}

void vfio_trace_step_identify(Stepper *s)
{
    const VFIOTraceStep *step = s->step;

    s->len = MIN(step->len, sizeof(s->bytes));
    memcpy(s->bytes, step->bytes, s->len);
    if (rescue_step_insn_decode(s) == INSN_SHORT) {
        s->len = 0;
        rescue_step_insn_fetch(s);
    }
    if (s->known) {
        s->len = s->insn.z.length;
    }
}

bool vfio_trace_step_is_one_of(const Stepper *s, const ZydisMnemonic *these,
                               unsigned n)
{
    unsigned i;

    for (i = 0; s->known && i < n; i++) {
        if (s->insn.z.mnemonic == these[i]) {
            return true;
        }
    }
    return false;
}

bool vfio_trace_step_is_int(const Stepper *s)
{
    static const ZydisMnemonic these[] = { ZYDIS_MNEMONIC_INT };

    return vfio_trace_step_is_one_of(s, these, ARRAY_SIZE(these));
}

/* They lead to code of a guest, enclave or transaction, which lacks TF. */
bool vfio_trace_step_leads_elsewhere(const Stepper *s)
{
    static const ZydisMnemonic these[] = {
        ZYDIS_MNEMONIC_VMLAUNCH, ZYDIS_MNEMONIC_VMRESUME, ZYDIS_MNEMONIC_VMRUN,
        ZYDIS_MNEMONIC_SKINIT, ZYDIS_MNEMONIC_RSM, ZYDIS_MNEMONIC_ENCLU,
        ZYDIS_MNEMONIC_ENCLV, ZYDIS_MNEMONIC_UIRET, ZYDIS_MNEMONIC_XBEGIN,
    };

    return vfio_trace_step_is_one_of(s, these, ARRAY_SIZE(these));
}

/* A task switch loads RFLAGS of the new task.  Not in long mode. */
static bool rescue_step_insn_may_switch_task(const Stepper *s)
{
    static const ZydisMnemonic returns[] = {
        ZYDIS_MNEMONIC_IRET, ZYDIS_MNEMONIC_IRETD,
    };

    return rescue_step_is_protected(s) && !rescue_step_is_long(s) &&
           (s->insn.z.meta.branch_type == ZYDIS_BRANCH_TYPE_FAR ||
            vfio_trace_step_is_one_of(s, returns, ARRAY_SIZE(returns)));
}

/* Then TF's trap comes only after the next instruction. */
static bool rescue_step_insn_loads_ss(const Stepper *s)
{
    static const ZydisMnemonic these[] = {
        ZYDIS_MNEMONIC_MOV, ZYDIS_MNEMONIC_POP,
    };

    return vfio_trace_step_is_one_of(s, these, ARRAY_SIZE(these)) &&
           s->insn.op[0].type == ZYDIS_OPERAND_TYPE_REGISTER &&
           s->insn.op[0].reg.value == ZYDIS_REGISTER_SS;
}

/* It may have overwritten handlers or gates when it raises an exception. */
static bool rescue_step_insn_writes_in_parts(const Stepper *s)
{
    static const ZydisMnemonic these[] = {
        ZYDIS_MNEMONIC_ENTER, ZYDIS_MNEMONIC_TILESTORED,
    };

    return s->insn.z.meta.category == ZYDIS_CATEGORY_SCATTER ||
           vfio_trace_step_is_one_of(s, these, ARRAY_SIZE(these));
}

bool vfio_trace_step_is_plain(const Stepper *s)
{
    return s->known && !vfio_trace_step_leads_elsewhere(s) &&
           !rescue_step_insn_may_switch_task(s) &&
           !rescue_step_insn_loads_ss(s) &&
           !rescue_step_insn_writes_in_parts(s);
}
