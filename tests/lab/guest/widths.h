/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The instructions that widths.c tries; docs/instructions.md has the same ones
 * with what they come to in the log.
 */
#ifndef WIDTHS_H
#define WIDTHS_H

#define INSTRUCTIONS(X)                                                     \
    /* loads and stores */                                                  \
    X(load1, "movb (%%rdi), %%al")                                          \
    X(load2, "movw (%%rdi), %%ax")                                          \
    X(load4, "movl (%%rdi), %%eax")                                         \
    X(load8, "movq (%%rdi), %%rax")                                         \
    X(store1, "movb %%al, (%%rdi)")                                         \
    X(store2, "movw %%ax, (%%rdi)")                                         \
    X(store4, "movl %%eax, (%%rdi)")                                        \
    X(store8, "movq %%rax, (%%rdi)")                                        \
    X(imm1, "movb $0x12, (%%rdi)")                                          \
    X(imm2, "movw $0x1234, (%%rdi)")                                        \
    X(imm4, "movl $0x12345678, (%%rdi)")                                    \
    X(imm8, "movq $0x12345678, (%%rdi)")                                    \
    X(zx1, "movzbl (%%rdi), %%eax")                                         \
    X(zx2, "movzwl (%%rdi), %%eax")                                         \
    X(sx4, "movslq (%%rdi), %%rax")                                         \
    X(be4, "movbe (%%rdi), %%eax")                                          \
    X(bes8, "movbe %%rax, (%%rdi)")                                         \
    X(nti4, "movnti %%eax, (%%rdi)")                                        \
    X(nti8, "movnti %%rax, (%%rdi)")                                        \
    X(cmov4, "cmovel (%%rdi), %%eax")                                       \
    X(push8, "pushq (%%rdi); popq %%rax")                                   \
    X(pop8, "pushq %%rax; popq (%%rdi)")                                    \
    X(xlat1, "xchgq %%rdi, %%rbx; movb $0, %%al; xlatb; xchgq %%rdi, %%rbx") \
    /* loads that are operands */                                           \
    X(cmp4, "cmpl %%eax, (%%rdi)")                                          \
    X(test1, "testb $1, (%%rdi)")                                           \
    X(addr4, "addl (%%rdi), %%eax")                                         \
    X(imul4, "imull (%%rdi), %%eax")                                        \
    X(mul8, "mulq (%%rdi)")                                                 \
    X(bt4, "btl $3, (%%rdi)")                                               \
    X(btr4, "btl %%ecx, (%%rdi)")                                           \
    X(popcnt4, "popcntl (%%rdi), %%eax")                                    \
    X(bsf4, "bsfl (%%rdi), %%eax")                                          \
    /* read, modify, write */                                               \
    X(add1, "addb $1, (%%rdi)")                                             \
    X(add2, "addw $1, (%%rdi)")                                             \
    X(add4, "addl %%eax, (%%rdi)")                                          \
    X(add8, "addq %%rax, (%%rdi)")                                          \
    X(or1, "orb $0x40, (%%rdi)")                                            \
    X(lor4, "lock orl %%eax, (%%rdi)")                                      \
    X(not4, "notl (%%rdi)")                                                 \
    X(inc8, "incq (%%rdi)")                                                 \
    X(shl4, "shll $3, (%%rdi)")                                             \
    X(set1, "sete (%%rdi)")                                                 \
    X(bts4, "btsl $7, (%%rdi)")                                             \
    X(lbts8, "lock btsq $7, (%%rdi)")                                       \
    X(xchg1, "xchgb %%al, (%%rdi)")                                         \
    X(xchg4, "xchgl %%eax, (%%rdi)")                                        \
    X(xchg8, "xchgq %%rax, (%%rdi)")                                        \
    X(xadd4, "xaddl %%eax, (%%rdi)")                                        \
    X(lxadd8, "lock xaddq %%rax, (%%rdi)")                                  \
    X(cxhit4, "movl (%%rdi), %%eax; lock cmpxchgl %%edx, (%%rdi)")          \
    X(cxmiss4, "lock cmpxchgl %%edx, (%%rdi)")                              \
    X(cxmiss8, "lock cmpxchgq %%rdx, (%%rdi)")                              \
    X(cx8b, "lock cmpxchg8b (%%rdi)")                                       \
    X(cx16b, "lock cmpxchg16b (%%rdi)")                                     \
    /* strings, four elements */                                            \
    X(movsb, "movsb")                                                       \
    X(stosb, "rep stosb")                                                   \
    X(stosw, "rep stosw")                                                   \
    X(stosl, "rep stosl")                                                   \
    X(stosq, "rep stosq")                                                   \
    X(stosld, "std; rep stosl")                                             \
    X(movsbt, "rep movsb")                                                  \
    X(movswt, "rep movsw")                                                  \
    X(movslt, "rep movsl")                                                  \
    X(movsqt, "rep movsq")                                                  \
    X(movsltd, "std; rep movsl")                                            \
    X(movsbf, "xchgq %%rsi, %%rdi; rep movsb; xchgq %%rsi, %%rdi")          \
    X(movswf, "xchgq %%rsi, %%rdi; rep movsw; xchgq %%rsi, %%rdi")          \
    X(movslf, "xchgq %%rsi, %%rdi; rep movsl; xchgq %%rsi, %%rdi")          \
    X(movsqf, "xchgq %%rsi, %%rdi; rep movsq; xchgq %%rsi, %%rdi")          \
    X(movslfd, "std; xchgq %%rsi, %%rdi; rep movsl; xchgq %%rsi, %%rdi")    \
    X(lodsl, "xchgq %%rsi, %%rdi; lodsl; xchgq %%rsi, %%rdi")               \
    X(scasb, "repne scasb")                                                 \
    X(cmpsl, "repe cmpsl")                                                  \
    /* x87 and MMX */                                                       \
    X(fild4, "fildl (%%rdi); fstp %%st(0)")                                 \
    X(fstp8, "fldz; fstpl (%%rdi)")                                         \
    X(mmxl, "movq (%%rdi), %%mm0; movq %%mm0, %%rax; emms")                 \
    X(mmxs, "movq %%rax, %%mm0; movq %%mm0, (%%rdi); emms")                 \
    X(mmxd, "movd (%%rdi), %%mm0; movd %%mm0, %%eax; emms")                 \
    X(movntq, "movq %%rax, %%mm0; movntq %%mm0, (%%rdi); emms")             \
    /* SSE */                                                               \
    X(movupsl, "movups (%%rdi), %%xmm0")                                    \
    X(movupss, "movups %%xmm0, (%%rdi)")                                    \
    X(movapsl, "movaps (%%rdi), %%xmm0")                                    \
    X(movapss, "movaps %%xmm0, (%%rdi)")                                    \
    X(movupdl, "movupd (%%rdi), %%xmm0")                                    \
    X(movdqul, "movdqu (%%rdi), %%xmm0")                                    \
    X(movdqus, "movdqu %%xmm0, (%%rdi)")                                    \
    X(movdqal, "movdqa (%%rdi), %%xmm0")                                    \
    X(movdqas, "movdqa %%xmm0, (%%rdi)")                                    \
    X(movntps, "movntps %%xmm0, (%%rdi)")                                   \
    X(movntdq, "movntdq %%xmm0, (%%rdi)")                                   \
    X(lddqu, "lddqu (%%rdi), %%xmm0")                                       \
    X(movntdqa, "movntdqa (%%rdi), %%xmm0")                                 \
    X(movssl, "movss (%%rdi), %%xmm0")                                      \
    X(movsds, "movsd %%xmm0, (%%rdi)")                                      \
    X(movqxl, "movq (%%rdi), %%xmm0")                                       \
    X(movqxs, "movq %%xmm0, (%%rdi)")                                       \
    X(movdxs, "movd %%xmm0, (%%rdi)")                                       \
    X(movhps, "movhps (%%rdi), %%xmm0")                                     \
    X(paddd, "paddd (%%rdi), %%xmm0")                                       \
    X(maskmov, "maskmovdqu %%xmm0, %%xmm0")                                 \
    /* AVX */                                                               \
    X(vmovxl, "vmovdqu (%%rdi), %%xmm0")                                    \
    X(vmovyl, "vmovdqu (%%rdi), %%ymm0")                                    \
    X(vmovys, "vmovdqu %%ymm0, (%%rdi)")                                    \
    /* not accesses */                                                      \
    X(clflush, "clflush (%%rdi)")                                           \
    X(prefetch, "prefetchnta (%%rdi)")

#endif
