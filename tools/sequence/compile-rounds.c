/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-trace sequence: rounds of a cycle (see compile-rounds.h)
 */
#include "tools/sequence/compile-rounds.h"

/* Operations from @first on are others now. */
static void rounds_changed(Compile *c, uint32_t first)
{
    compile_modify_forget(c->modify, first);
}

void compile_rounds_begin(Compile *c, CompileLoop *loop)
{
    if (!c->options->no_loops) {
        compile_loop_begin(loop, c->seq);
    }
}

void compile_round_end(Compile *c, CompileLoop *loop)
{
    if (!c->options->no_loops) {
        rounds_changed(c, compile_loop_round(loop));
    }
}

void compile_rounds_end(Compile *c, CompileLoop *loop)
{
    if (!c->options->no_loops) {
        rounds_changed(c, compile_loop_end(loop));
    }
}
