/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace: how a program gets at the device (see backend.h)
 */
#include "tools/sequence/backend.h"

#include <inttypes.h>

#include "tools/sequence/wrong.h"

bool sequence_backend_check(const Sequence *seq, SeqBackend backend,
                            GError **error)
{
    uint32_t i;

    if (backend == SEQ_BACKEND_VFIO) {
        return true;
    }
    if (seq->buffers->len) {
        return sequence_wrong(error,
                              "the device uses memory (%s), which sysfs can not give it: use --backend vfio",
                              g_array_index(seq->buffers, SeqBuffer, 0).name);
    }
    if (seq->regions[SEQUENCE_REGION_VGA].size) {
        return sequence_wrong(error,
                              "the sequence uses legacy VGA, which sysfs does not have: use --backend vfio");
    }
    for (i = 0; i < seq->ops->len; i++) {
        const SeqOp *op = sequence_op(seq, i);

        if (op->kind == SEQ_IRQ) {
            return sequence_wrong(error, "line %" PRIu64
                                  " of the trace waits for an interrupt, which sysfs can not tell: use --backend vfio",
                                  op->line);
        }
    }
    return true;
}
