/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The instructions that widths.c tries; docs/instructions.md lists the same
 * ones with their accesses in the log. widths.c sets the registers.
 */
#ifndef WIDTHS_H
#define WIDTHS_H

#define INSTRUCTIONS(X)                                                     \
    /* loads and stores */                                                  \
    X("movb (%rdi), %al")                                                   \
    X("movw (%rdi), %ax")                                                   \
    X("movl (%rdi), %eax")                                                  \
    X("movq (%rdi), %rax")                                                  \
    X("movb %al, (%rdi)")                                                   \
    X("movw %ax, (%rdi)")                                                   \
    X("movl %eax, (%rdi)")                                                  \
    X("movq %rax, (%rdi)")                                                  \
    X("movb $0x12, (%rdi)")                                                 \
    X("movw $0x1234, (%rdi)")                                               \
    X("movl $0x12345678, (%rdi)")                                           \
    X("movq $0x12345678, (%rdi)")                                           \
    X("movzbl (%rdi), %eax")                                                \
    X("movzwl (%rdi), %eax")                                                \
    X("movslq (%rdi), %rax")                                                \
    X("movbe (%rdi), %eax")                                                 \
    X("movbe %rax, (%rdi)")                                                 \
    X("movnti %eax, (%rdi)")                                                \
    X("movnti %rax, (%rdi)")                                                \
    X("cmovel (%rdi), %eax")                                                \
    X("pushq (%rdi); popq %rax")                                            \
    X("pushq %rax; popq (%rdi)")                                            \
    X("xchgq %rdi, %rbx; movb $0, %al; xlatb; xchgq %rdi, %rbx")            \
    /* operands that are read */                                            \
    X("cmpl %eax, (%rdi)")                                                  \
    X("testb $1, (%rdi)")                                                   \
    X("addl (%rdi), %eax")                                                  \
    X("imull (%rdi), %eax")                                                 \
    X("mulq (%rdi)")                                                        \
    X("btl $3, (%rdi)")                                                     \
    X("btl %ecx, (%rdi)")                                                   \
    X("sbbq (%rdi), %rax")                                                  \
    X("bsfl (%rdi), %eax")                                                  \
    X("bsrq (%rdi), %rax")                                                  \
    X("tzcntl (%rdi), %eax")                                                \
    X("lzcntl (%rdi), %eax")                                                \
    X("popcntw (%rdi), %ax")                                                \
    X("popcntl (%rdi), %eax")                                               \
    X("popcntq (%rdi), %rax")                                               \
    X("crc32b (%rdi), %eax")                                                \
    X("crc32w (%rdi), %eax")                                                \
    X("crc32l (%rdi), %eax")                                                \
    X("crc32q (%rdi), %rax")                                                \
    X("adcxl (%rdi), %eax")                                                 \
    X("adcxq (%rdi), %rax")                                                 \
    X("adoxl (%rdi), %eax")                                                 \
    X("adoxq (%rdi), %rax")                                                 \
    /* BMI */                                                               \
    X("andnl (%rdi), %ebx, %eax")                                           \
    X("andnq (%rdi), %rbx, %rax")                                           \
    X("bextrl %ecx, (%rdi), %eax")                                          \
    X("bextrq %r8, (%rdi), %rax")                                           \
    X("blsil (%rdi), %eax")                                                 \
    X("blsmskq (%rdi), %rax")                                               \
    X("blsrl (%rdi), %eax")                                                 \
    X("bzhil %ecx, (%rdi), %eax")                                           \
    X("pdepl (%rdi), %ebx, %eax")                                           \
    X("pextl (%rdi), %ebx, %eax")                                           \
    X("pextq (%rdi), %rbx, %rax")                                           \
    X("mulxl (%rdi), %ebx, %eax")                                           \
    X("mulxq (%rdi), %rbx, %rax")                                           \
    X("rorxl $9, (%rdi), %eax")                                             \
    X("sarxq %rcx, (%rdi), %rax")                                           \
    X("shlxl %ecx, (%rdi), %eax")                                           \
    X("shlxq %rcx, (%rdi), %rax")                                           \
    X("shrxl %ecx, (%rdi), %eax")                                           \
    /* read, modify, write */                                               \
    X("addb $1, (%rdi)")                                                    \
    X("addw $1, (%rdi)")                                                    \
    X("addl %eax, (%rdi)")                                                  \
    X("addq %rax, (%rdi)")                                                  \
    X("orb $0x40, (%rdi)")                                                  \
    X("adcl %eax, (%rdi)")                                                  \
    X("sbbq $1, (%rdi)")                                                    \
    X("andw $0x0ff0, (%rdi)")                                               \
    X("xorl $0x12345678, (%rdi)")                                           \
    X("lock decb (%rdi)")                                                   \
    X("lock orl %eax, (%rdi)")                                              \
    X("notl (%rdi)")                                                        \
    X("incq (%rdi)")                                                        \
    X("shll $3, (%rdi)")                                                    \
    X("rorw %cl, (%rdi)")                                                   \
    X("rcll $1, (%rdi)")                                                    \
    X("shldl %cl, %eax, (%rdi)")                                            \
    X("shrdq $5, %rax, (%rdi)")                                             \
    X("sete (%rdi)")                                                        \
    X("btsl $7, (%rdi)")                                                    \
    X("btcl $9, (%rdi)")                                                    \
    X("lock btrl %ecx, (%rdi)")                                             \
    X("lock btsq $7, (%rdi)")                                               \
    X("xchgb %al, (%rdi)")                                                  \
    X("xchgl %eax, (%rdi)")                                                 \
    X("xchgq %rax, (%rdi)")                                                 \
    X("xaddb %al, (%rdi)")                                                  \
    X("xaddw %ax, (%rdi)")                                                  \
    X("xaddl %eax, (%rdi)")                                                 \
    X("lock xaddq %rax, (%rdi)")                                            \
    X("lock cmpxchgb %dl, (%rdi)")                                          \
    X("cmpxchgw %dx, (%rdi)")                                               \
    X("movl (%rdi), %eax; lock cmpxchgl %edx, (%rdi)")                      \
    X("lock cmpxchgl %edx, (%rdi)")                                         \
    X("lock cmpxchgq %rdx, (%rdi)")                                         \
    X("lock cmpxchg8b (%rdi)")                                              \
    X("movl (%rdi), %eax; movl 4(%rdi), %edx; lock cmpxchg8b (%rdi)")       \
    X("lock cmpxchg16b (%rdi)")                                             \
    X("cmpxchg16b (%rdi)")                                                  \
    X("movq (%rdi), %rax; movq 8(%rdi), %rdx; lock cmpxchg16b (%rdi)")      \
    /* strings, four elements */                                            \
    X("movsb")                                                              \
    X("rep stosb")                                                          \
    X("rep stosw")                                                          \
    X("rep stosl")                                                          \
    X("rep stosq")                                                          \
    X("std; rep stosl")                                                     \
    X("rep movsb")                                                          \
    X("rep movsw")                                                          \
    X("rep movsl")                                                          \
    X("rep movsq")                                                          \
    X("std; rep movsl")                                                     \
    X("xchgq %rsi, %rdi; rep movsb; xchgq %rsi, %rdi")                      \
    X("xchgq %rsi, %rdi; rep movsw; xchgq %rsi, %rdi")                      \
    X("xchgq %rsi, %rdi; rep movsl; xchgq %rsi, %rdi")                      \
    X("xchgq %rsi, %rdi; rep movsq; xchgq %rsi, %rdi")                      \
    X("std; xchgq %rsi, %rdi; rep movsl; xchgq %rsi, %rdi")                 \
    X("xchgq %rsi, %rdi; lodsl; xchgq %rsi, %rdi")                          \
    X("repne scasb")                                                        \
    X("repe cmpsl")                                                         \
    /* x87 */                                                               \
    X("flds (%rdi)")                                                        \
    X("fldl (%rdi)")                                                        \
    X("fldt (%rdi)")                                                        \
    X("fsts (%rdi)")                                                        \
    X("fstps (%rdi)")                                                       \
    X("fstl (%rdi)")                                                        \
    X("fstpl (%rdi)")                                                       \
    X("fstpt (%rdi)")                                                       \
    X("filds (%rdi)")                                                       \
    X("fildl (%rdi)")                                                       \
    X("fildll (%rdi)")                                                      \
    X("fists (%rdi)")                                                       \
    X("fistl (%rdi)")                                                       \
    X("fistps (%rdi)")                                                      \
    X("fistpl (%rdi)")                                                      \
    X("fistpll (%rdi)")                                                     \
    X("fisttps (%rdi)")                                                     \
    X("fisttpl (%rdi)")                                                     \
    X("fisttpll (%rdi)")                                                    \
    X("fbld (%rdi)")                                                        \
    X("fbstp (%rdi)")                                                       \
    X("fadds (%rdi)")                                                       \
    X("fmull (%rdi)")                                                       \
    X("fidivl (%rdi)")                                                      \
    X("ficoms (%rdi)")                                                      \
    X("fcompl (%rdi)")                                                      \
    X("fldcw (%rdi)")                                                       \
    X("fnstcw (%rdi)")                                                      \
    X("fnstsw (%rdi)")                                                      \
    X("fnstenv (%rdi)")                                                     \
    X("fnstenv (%rdi); fldenv (%rdi)")                                      \
    /* MMX */                                                               \
    X("movq (%rdi), %mm0; movq %mm0, %rax; emms")                           \
    X("movq %rax, %mm0; movq %mm0, (%rdi); emms")                           \
    X("movd (%rdi), %mm0; movd %mm0, %eax; emms")                           \
    X("movq %rax, %mm0; movntq %mm0, (%rdi); emms")                         \
    X("movd %eax, %mm0; movd %mm0, (%rdi); emms")                           \
    X("movq %rax, %mm0; paddb (%rdi), %mm0; movq %mm0, %rax; emms")         \
    X("movq %rax, %mm0; pshufb (%rdi), %mm0; movq %mm0, %rax; emms")        \
    X("movq %rax, %mm0; punpcklbw (%rdi), %mm0; movq %mm0, %rax; emms")     \
    X("movq %rax, %mm0; pinsrw $2, (%rdi), %mm0; movq %mm0, %rax; emms")    \
    X("movq %rax, %mm0; movq %rbx, %mm1; maskmovq %mm1, %mm0; emms")        \
    X("cvtpi2ps (%rdi), %xmm0; emms")                                       \
    X("cvtps2pi (%rdi), %mm0; emms")                                        \
    /* SSE: moves of 16 bytes */                                            \
    X("movups (%rdi), %xmm0")                                               \
    X("movups %xmm0, (%rdi)")                                               \
    X("movaps (%rdi), %xmm0")                                               \
    X("movaps %xmm0, (%rdi)")                                               \
    X("movupd (%rdi), %xmm0")                                               \
    X("movupd %xmm0, (%rdi)")                                               \
    X("movapd (%rdi), %xmm0")                                               \
    X("movapd %xmm0, (%rdi)")                                               \
    X("movdqu (%rdi), %xmm0")                                               \
    X("movdqu %xmm0, (%rdi)")                                               \
    X("movdqa (%rdi), %xmm0")                                               \
    X("movdqa %xmm0, (%rdi)")                                               \
    X("movntps %xmm0, (%rdi)")                                              \
    X("movntpd %xmm0, (%rdi)")                                              \
    X("movntdq %xmm0, (%rdi)")                                              \
    X("movntdqa (%rdi), %xmm0")                                             \
    X("lddqu (%rdi), %xmm0")                                                \
    X("movsldup (%rdi), %xmm0")                                             \
    X("movshdup (%rdi), %xmm0")                                             \
    X("maskmovdqu %xmm0, %xmm0")                                            \
    X("maskmovdqu %xmm6, %xmm0")                                            \
    /* SSE: moves of fewer bytes */                                         \
    X("movss (%rdi), %xmm0")                                                \
    X("movss %xmm0, (%rdi)")                                                \
    X("movsd (%rdi), %xmm0")                                                \
    X("movsd %xmm0, (%rdi)")                                                \
    X("movd (%rdi), %xmm0")                                                 \
    X("movd %xmm0, (%rdi)")                                                 \
    X("movq (%rdi), %xmm0")                                                 \
    X("movq %xmm0, (%rdi)")                                                 \
    X("movlps (%rdi), %xmm0")                                               \
    X("movlps %xmm0, (%rdi)")                                               \
    X("movhps (%rdi), %xmm0")                                               \
    X("movhps %xmm0, (%rdi)")                                               \
    X("movlpd (%rdi), %xmm0")                                               \
    X("movlpd %xmm0, (%rdi)")                                               \
    X("movhpd (%rdi), %xmm0")                                               \
    X("movhpd %xmm0, (%rdi)")                                               \
    X("movddup (%rdi), %xmm0")                                              \
    X("pextrb $3, %xmm0, (%rdi)")                                           \
    X("pextrw $3, %xmm0, (%rdi)")                                           \
    X("pextrd $1, %xmm0, (%rdi)")                                           \
    X("pextrq $1, %xmm0, (%rdi)")                                           \
    X("extractps $2, %xmm0, (%rdi)")                                        \
    X("pinsrb $3, (%rdi), %xmm0")                                           \
    X("pinsrw $3, (%rdi), %xmm0")                                           \
    X("pinsrd $1, (%rdi), %xmm0")                                           \
    X("pinsrq $1, (%rdi), %xmm0")                                           \
    X("insertps $0x10, (%rdi), %xmm0")                                      \
    X("pmovzxbw (%rdi), %xmm0")                                             \
    X("pmovsxbd (%rdi), %xmm0")                                             \
    X("pmovzxbq (%rdi), %xmm0")                                             \
    /* SSE: arithmetic */                                                   \
    X("addss (%rdi), %xmm8")                                                \
    X("mulsd (%rdi), %xmm9")                                                \
    X("divss (%rdi), %xmm8")                                                \
    X("sqrtsd (%rdi), %xmm0")                                               \
    X("addps (%rdi), %xmm8")                                                \
    X("mulpd (%rdi), %xmm9")                                                \
    X("cmpltps (%rdi), %xmm8")                                              \
    X("comiss (%rdi), %xmm8")                                               \
    X("ucomisd (%rdi), %xmm9")                                              \
    X("roundss $1, (%rdi), %xmm0")                                          \
    X("dpps $0xf1, (%rdi), %xmm8")                                          \
    X("shufps $0x1b, (%rdi), %xmm8")                                        \
    X("cvtsi2sdl (%rdi), %xmm0")                                            \
    X("cvtsi2sdq (%rdi), %xmm0")                                            \
    X("cvtsi2ssl (%rdi), %xmm0")                                            \
    X("cvtss2si (%rdi), %eax")                                              \
    X("cvttsd2si (%rdi), %rax")                                             \
    X("cvtps2pd (%rdi), %xmm0")                                             \
    X("cvtdq2pd (%rdi), %xmm0")                                             \
    X("cvtdq2ps (%rdi), %xmm0")                                             \
    X("paddd (%rdi), %xmm0")                                                \
    X("pxor (%rdi), %xmm0")                                                 \
    X("pcmpeqb (%rdi), %xmm0")                                              \
    X("pmaddwd (%rdi), %xmm0")                                              \
    X("psadbw (%rdi), %xmm0")                                               \
    X("pshufb (%rdi), %xmm0")                                               \
    X("pshufd $0x1b, (%rdi), %xmm0")                                        \
    X("palignr $5, (%rdi), %xmm0")                                          \
    X("pmulld (%rdi), %xmm0")                                               \
    X("pblendvb %xmm0, (%rdi), %xmm8")                                      \
    X("ptest (%rdi), %xmm0")                                                \
    X("phminposuw (%rdi), %xmm0")                                           \
    X("pcmpestri $0x0c, (%rdi), %xmm0")                                     \
    X("pcmpistrm $0x40, (%rdi), %xmm0")                                     \
    X("pclmulqdq $0x01, (%rdi), %xmm0")                                     \
    X("aesenc (%rdi), %xmm0")                                               \
    X("aeskeygenassist $3, (%rdi), %xmm0")                                  \
    X("sha256rnds2 %xmm0, (%rdi), %xmm8")                                   \
    X("movl $0x5fa0, (%rdi); ldmxcsr (%rdi)")                               \
    X("stmxcsr (%rdi)")                                                     \
    /* AVX: moves */                                                        \
    X("vmovups (%rdi), %xmm0")                                              \
    X("vmovups %ymm0, (%rdi)")                                              \
    X("vmovaps (%rdi), %ymm0")                                              \
    X("vmovaps %xmm0, (%rdi)")                                              \
    X("vmovupd (%rdi), %ymm0")                                              \
    X("vmovapd %ymm0, (%rdi)")                                              \
    X("vmovdqu (%rdi), %xmm0")                                              \
    X("vmovdqu %xmm0, (%rdi)")                                              \
    X("vmovdqu (%rdi), %ymm0")                                              \
    X("vmovdqu %ymm0, (%rdi)")                                              \
    X("vmovdqa (%rdi), %xmm0")                                              \
    X("vmovdqa %xmm0, (%rdi)")                                              \
    X("vmovdqa (%rdi), %ymm0")                                              \
    X("vmovdqa %ymm0, (%rdi)")                                              \
    X("vmovntps %ymm0, (%rdi)")                                             \
    X("vmovntpd %xmm0, (%rdi)")                                             \
    X("vmovntdq %xmm0, (%rdi)")                                             \
    X("vmovntdq %ymm0, (%rdi)")                                             \
    X("vmovntdqa (%rdi), %xmm0")                                            \
    X("vmovntdqa (%rdi), %ymm0")                                            \
    X("vlddqu (%rdi), %xmm0")                                               \
    X("vlddqu (%rdi), %ymm0")                                               \
    X("vmovss (%rdi), %xmm0")                                               \
    X("vmovss %xmm0, (%rdi)")                                               \
    X("vmovsd (%rdi), %xmm0")                                               \
    X("vmovsd %xmm0, (%rdi)")                                               \
    X("vmovd (%rdi), %xmm0")                                                \
    X("vmovd %xmm0, (%rdi)")                                                \
    X("vmovq (%rdi), %xmm0")                                                \
    X("vmovq %xmm0, (%rdi)")                                                \
    X("vmovlps (%rdi), %xmm1, %xmm0")                                       \
    X("vmovlps %xmm0, (%rdi)")                                              \
    X("vmovhps (%rdi), %xmm1, %xmm0")                                       \
    X("vmovhps %xmm0, (%rdi)")                                              \
    X("vmovlpd (%rdi), %xmm1, %xmm0")                                       \
    X("vmovhpd %xmm0, (%rdi)")                                              \
    X("vmovddup (%rdi), %ymm0")                                             \
    X("vmovshdup (%rdi), %ymm0")                                            \
    X("vbroadcastss (%rdi), %xmm0")                                         \
    X("vbroadcastss (%rdi), %ymm0")                                         \
    X("vbroadcastsd (%rdi), %ymm0")                                         \
    X("vbroadcastf128 (%rdi), %ymm0")                                       \
    X("vbroadcasti128 (%rdi), %ymm0")                                       \
    X("vpbroadcastb (%rdi), %xmm0")                                         \
    X("vpbroadcastw (%rdi), %ymm0")                                         \
    X("vpbroadcastd (%rdi), %ymm0")                                         \
    X("vpbroadcastq (%rdi), %ymm0")                                         \
    X("vextractf128 $1, %ymm0, (%rdi)")                                     \
    X("vextracti128 $1, %ymm0, (%rdi)")                                     \
    X("vinsertf128 $1, (%rdi), %ymm1, %ymm0")                               \
    X("vinserti128 $0, (%rdi), %ymm1, %ymm0")                               \
    X("vpextrb $3, %xmm0, (%rdi)")                                          \
    X("vpextrw $3, %xmm0, (%rdi)")                                          \
    X("vpextrd $1, %xmm0, (%rdi)")                                          \
    X("vpextrq $1, %xmm0, (%rdi)")                                          \
    X("vextractps $2, %xmm0, (%rdi)")                                       \
    X("vpinsrb $3, (%rdi), %xmm1, %xmm0")                                   \
    X("vpinsrw $3, (%rdi), %xmm1, %xmm0")                                   \
    X("vpinsrd $1, (%rdi), %xmm1, %xmm0")                                   \
    X("vpinsrq $1, (%rdi), %xmm1, %xmm0")                                   \
    X("vinsertps $0x10, (%rdi), %xmm1, %xmm0")                              \
    X("vpmovzxbw (%rdi), %ymm0")                                            \
    X("vpmovzxbd (%rdi), %ymm0")                                            \
    X("vpmovsxbq (%rdi), %ymm0")                                            \
    X("vpmovsxwq (%rdi), %xmm0")                                            \
    /* AVX: masked moves */                                                 \
    X("vmaskmovps (%rdi), %xmm1, %xmm0")                                    \
    X("vmaskmovps (%rdi), %ymm1, %ymm0")                                    \
    X("vmaskmovps %xmm0, %xmm1, (%rdi)")                                    \
    X("vmaskmovps %ymm0, %ymm1, (%rdi)")                                    \
    X("vmaskmovps (%rdi), %ymm2, %ymm0")                                    \
    X("vmaskmovps %ymm0, %ymm2, (%rdi)")                                    \
    X("vmaskmovps (%rdi), %ymm3, %ymm0")                                    \
    X("vmaskmovps %ymm0, %ymm3, (%rdi)")                                    \
    X("vmaskmovps (%rdi), %ymm7, %ymm0")                                    \
    X("vmaskmovps %ymm0, %ymm7, (%rdi)")                                    \
    X("vmaskmovpd (%rdi), %xmm1, %xmm0")                                    \
    X("vmaskmovpd (%rdi), %ymm1, %ymm0")                                    \
    X("vmaskmovpd %xmm0, %xmm1, (%rdi)")                                    \
    X("vmaskmovpd %ymm0, %ymm7, (%rdi)")                                    \
    X("vpmaskmovd (%rdi), %xmm1, %xmm0")                                    \
    X("vpmaskmovd (%rdi), %ymm1, %ymm0")                                    \
    X("vpmaskmovd %ymm0, %ymm1, (%rdi)")                                    \
    X("vpmaskmovd %ymm0, %ymm3, (%rdi)")                                    \
    X("vpmaskmovq (%rdi), %ymm1, %ymm0")                                    \
    X("vpmaskmovq (%rdi), %ymm7, %ymm0")                                    \
    X("vpmaskmovq %xmm0, %xmm1, (%rdi)")                                    \
    X("vpmaskmovq %ymm0, %ymm2, (%rdi)")                                    \
    X("vmaskmovdqu %xmm6, %xmm0")                                           \
    /* AVX2: gathers */                                                     \
    X("vgatherdps %xmm2, (%rdi,%xmm4,4), %xmm0")                            \
    X("vgatherdps %ymm2, (%rdi,%ymm4,4), %ymm0")                            \
    X("vgatherdps %ymm1, (%rdi,%ymm4,4), %ymm0")                            \
    X("vgatherdps %ymm3, (%rdi,%ymm4,4), %ymm0")                            \
    X("vgatherdpd %ymm2, (%rdi,%xmm4,8), %ymm0")                            \
    X("vgatherqps %xmm2, (%rdi,%ymm5,8), %xmm0")                            \
    X("vgatherqpd %ymm1, (%rdi,%ymm5,8), %ymm0")                            \
    X("vpgatherdd %xmm1, (%rdi,%xmm4,4), %xmm0")                            \
    X("vpgatherdd %ymm2, (%rdi,%ymm4,4), %ymm0")                            \
    X("vpgatherdq %xmm2, (%rdi,%xmm4,8), %xmm0")                            \
    X("vpgatherdq %ymm2, 3(%rdi,%xmm4,4), %ymm0")                           \
    X("vpgatherqd %xmm2, (%rdi,%xmm5,8), %xmm0")                            \
    X("vpgatherqd %xmm1, (%rdi,%ymm5,8), %xmm0")                            \
    X("vpgatherqq %xmm2, (%rdi,%xmm5,8), %xmm0")                            \
    X("vpgatherqq %ymm2, (%rdi,%ymm5,8), %ymm0")                            \
    /* AVX: arithmetic */                                                   \
    X("vaddss (%rdi), %xmm8, %xmm0")                                        \
    X("vaddps (%rdi), %xmm8, %xmm0")                                        \
    X("vaddps (%rdi), %ymm8, %ymm0")                                        \
    X("vmulsd (%rdi), %xmm9, %xmm0")                                        \
    X("vdivpd (%rdi), %ymm9, %ymm0")                                        \
    X("vsqrtss (%rdi), %xmm1, %xmm0")                                       \
    X("vcmpltpd (%rdi), %ymm9, %ymm0")                                      \
    X("vucomiss (%rdi), %xmm8")                                             \
    X("vroundps $1, (%rdi), %ymm0")                                         \
    X("vhaddps (%rdi), %ymm8, %ymm0")                                       \
    X("vpermilps $0x1b, (%rdi), %ymm0")                                     \
    X("vblendvps %ymm1, (%rdi), %ymm8, %ymm0")                              \
    X("vtestps (%rdi), %ymm8")                                              \
    X("vcvtsi2sdl (%rdi), %xmm1, %xmm0")                                    \
    X("vcvtsi2ssq (%rdi), %xmm1, %xmm0")                                    \
    X("vcvttss2si (%rdi), %rax")                                            \
    X("vcvtps2pd (%rdi), %ymm0")                                            \
    X("vcvtpd2psy (%rdi), %xmm0")                                           \
    X("vpaddd (%rdi), %xmm1, %xmm0")                                        \
    X("vpaddd (%rdi), %ymm1, %ymm0")                                        \
    X("vpxor (%rdi), %ymm1, %ymm0")                                         \
    X("vpcmpeqb (%rdi), %ymm1, %ymm0")                                      \
    X("vpshufb (%rdi), %ymm1, %ymm0")                                       \
    X("vpsllvd (%rdi), %ymm1, %ymm0")                                       \
    X("vpsrlw (%rdi), %ymm1, %ymm0")                                        \
    X("vpblendd $0xa5, (%rdi), %ymm1, %ymm0")                               \
    X("vpermd (%rdi), %ymm4, %ymm0")                                        \
    X("vpermq $0x1b, (%rdi), %ymm0")                                        \
    X("vperm2i128 $0x31, (%rdi), %ymm1, %ymm0")                             \
    X("vptest (%rdi), %ymm1")                                               \
    X("vpcmpestri $0x0c, (%rdi), %xmm0")                                    \
    X("vaesenc (%rdi), %xmm1, %xmm0")                                       \
    X("vpclmulqdq $0x10, (%rdi), %xmm1, %xmm0")                             \
    X("vcvtph2ps (%rdi), %xmm0")                                            \
    X("vcvtph2ps (%rdi), %ymm0")                                            \
    X("vcvtps2ph $0, %xmm8, (%rdi)")                                        \
    X("vcvtps2ph $0, %ymm8, (%rdi)")                                        \
    X("vfmadd231ps (%rdi), %ymm8, %ymm0")                                   \
    X("vfmadd213sd (%rdi), %xmm9, %xmm0")                                   \
    X("vfnmsub132ss (%rdi), %xmm8, %xmm0")                                  \
    X("vfmaddsub213pd (%rdi), %xmm9, %xmm0")                                \
    X("movl $0x5fa0, (%rdi); vldmxcsr (%rdi)")                              \
    X("vstmxcsr (%rdi)")                                                    \
    /* not accesses */                                                      \
    X("clflush (%rdi)")                                                     \
    X("prefetchnta (%rdi)")

#endif
