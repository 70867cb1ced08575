/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: instructions with an operand in memory, for test-insn.c
 *
 * ROW() is one of 64-bit code only; ROWS() is the same instruction in 64-bit,
 * 32-bit and 16-bit code.  The operand comes between the two strings, and is at
 * RDI.
 */
#ifndef INSN_ROWS_H
#define INSN_ROWS_H

#include <stdint.h>

/* Numbers, not enumerators, since the assembler uses them. */
#define F_BASE      0
#define F_X87       1
#define F_MMX       2
#define F_SSE       3
#define F_SSE2      4
#define F_SSE3      5
#define F_SSSE3     6
#define F_SSE41     7
#define F_SSE42     8
#define F_SSE4A     9
#define F_AES       10
#define F_PCLMUL    11
#define F_SHA       12
#define F_GFNI      13
#define F_CX16      14
#define F_MOVBE     15
#define F_POPCNT    16
#define F_LZCNT     17
#define F_BMI1      18
#define F_BMI2      19
#define F_ADX       20
#define F_MOVDIRI   21
#define F_MOVDIR64B 22
#define F_AVX       23
#define F_AVX2      24
#define F_F16C      25
#define F_FMA       26
#define F_VAES      27
#define F_VPCLMUL   28
#define F_VNNI_VEX  29
#define F_512F      30
#define F_512VL     31
#define F_512BW     32
#define F_512DQ     33
#define F_512CD     34
#define F_VBMI      35
#define F_VBMI2     36
#define F_VNNI      37
#define F_BITALG    38
#define F_POPCNTDQ  39
#define F_IFMA      40
#define F_BF16      41
#define F_FP16      42
#define FEATURES    43

/* RSP has a value like any other register's. */
#define R_RSP   1
/* Memory equals RDX:RAX every other time: 8 or 16 bytes. */
#define R_CX8   2
#define R_CX16  4
/* Register 7 holds small indices: 32 or 64 bits each. */
#define R_DWORD 8
#define R_QWORD 16
/* RSI points to 64 aligned bytes after the operand. */
#define R_COPY  32
/* The instruction needs another feature in addition to the row's. */
#define R_VL    64
#define R_AVX   128
#define R_SSE3  256

typedef struct Row {
    const char *text;
    /* Begin and end by InsnMode; NULL: not in this mode */
    struct {
        const uint8_t *start;
        const uint8_t *end;
    } code[3];
    uint32_t feature;
    uint32_t flags;
} Row;

/* All rows, one after the other; the linker makes these symbols. */
extern const Row __start_insn_rows[], __stop_insn_rows[];

#define STR_(x) #x
#define STR(x) STR_(x)

/* Each is followed by a jump back to run_directly(). */
#define CODE_64(insn) \
    ".pushsection .text.insn_rows, \"ax\"\n" \
    "771: " insn "\n" \
    "772: jmpq *direct_back(%rip)\n" \
    ".popsection\n"
#define CODE_LEGACY(mode, insn) \
    ".pushsection .text.insn_rows, \"ax\"\n" \
    ".code" mode "\n" \
    "7" mode ": " insn "\n" \
    "8" mode ":\n" \
    ".code64\n" \
    ".popsection\n"
#define ROW_DATA(feature, flags, insn, code_16, code_32) \
    ".pushsection .rodata.insn_text, \"a\"\n" \
    "773: .asciz \"" insn "\"\n" \
    ".popsection\n" \
    ".pushsection insn_rows, \"aw\"\n" \
    ".p2align 3\n" \
    ".quad 773b\n" \
    ".quad " code_16 "\n" \
    ".quad " code_32 "\n" \
    ".quad 771b, 772b\n" \
    ".long " STR(feature) ", " STR(flags) "\n" \
    ".popsection\n"

#define ROW(feature, flags, pre, post) \
    asm(CODE_64(pre "(%rdi)" post) \
        ROW_DATA(feature, flags, pre "(%rdi)" post, "0, 0", "0, 0"));
#define ROWS(feature, flags, pre, post) \
    asm(CODE_64(pre "(%rdi)" post) \
        CODE_LEGACY("16", pre "(%di)" post) \
        CODE_LEGACY("32", pre "(%edi)" post) \
        ROW_DATA(feature, flags, pre "(%rdi)" post, "716b, 816b", "732b, 832b"));
/* With a vector of indices, which 16-bit addressing does not have */
#define ROWS_V(feature, flags, pre, index, post) \
    asm(CODE_64(pre "(%rdi," index ")" post) \
        CODE_LEGACY("32", pre "(%edi," index ")" post) \
        ROW_DATA(feature, flags, pre "(%rdi," index ")" post, "0, 0", \
                 "732b, 832b"));
/* The operand's place is implicit. */
#define ROWS_HIDDEN(feature, flags, insn) \
    asm(CODE_64(insn) \
        CODE_LEGACY("16", insn) \
        CODE_LEGACY("32", insn) \
        ROW_DATA(feature, flags, insn, "716b, 816b", "732b, 832b"));

/* op (mem), %xmm */
#define SSE(feature, op) ROWS(feature, 0, op " ", ", %xmm1")
#define SSE_IMM(feature, op, imm) ROWS(feature, 0, op " $" imm ", ", ", %xmm1")
/* op %xmm, (mem) */
#define SSE_TO(feature, op) ROWS(feature, 0, op " %xmm1, ", "")
#define MMX(feature, op) ROWS(feature, 0, op " ", ", %mm1")

/* vop (mem), %xmm */
#define AVX_2(feature, op) \
    ROWS(feature, 0, op " ", ", %xmm1") \
    ROW(feature, 0, op " ", ", %xmm12")
#define AVX_2Y(feature, op) \
    AVX_2(feature, op) \
    ROWS(feature, 0, op " ", ", %ymm1")
#define AVX_TO(feature, op) \
    ROWS(feature, 0, op " %xmm1, ", "") \
    ROW(feature, 0, op " %xmm12, ", "")
#define AVX_TOY(feature, op) \
    AVX_TO(feature, op) \
    ROWS(feature, 0, op " %ymm1, ", "")
/* vop (mem), %xmm, %xmm */
#define AVX_3(feature, op) \
    ROWS(feature, 0, op " ", ", %xmm2, %xmm1") \
    ROW(feature, 0, op " ", ", %xmm13, %xmm9")
#define AVX_3Y(feature, op) \
    AVX_3(feature, op) \
    ROWS(feature, 0, op " ", ", %ymm2, %ymm1")
#define AVX_3YI(feature, op, imm) \
    ROWS(feature, 0, op " $" imm ", ", ", %xmm2, %xmm1") \
    ROWS(feature, 0, op " $" imm ", ", ", %ymm2, %ymm1")
/* Integers: 256 bits came with AVX2. */
#define AVX_2I(op) \
    AVX_2(F_AVX, op) \
    ROWS(F_AVX2, 0, op " ", ", %ymm1")
#define AVX_3I(op) \
    AVX_3(F_AVX, op) \
    ROWS(F_AVX2, 0, op " ", ", %ymm2, %ymm1")
#define AVX_3II(op, imm) \
    ROWS(F_AVX, 0, op " $" imm ", ", ", %xmm2, %xmm1") \
    ROWS(F_AVX2, 0, op " $" imm ", ", ", %ymm2, %ymm1")

/* EVEX, two operands */
#define EVEX_2(feature, op) \
    ROWS(feature, 0, op " ", ", %zmm1{%k1}") \
    ROWS(feature, 0, op " ", ", %zmm1{%k3}{z}") \
    ROW(feature, 0, op " ", ", %zmm21") \
    ROWS(feature, R_VL, op " ", ", %xmm1{%k2}") \
    ROWS(feature, R_VL, op " ", ", %ymm1{%k7}{z}")
#define EVEX_TO(feature, op) \
    ROWS(feature, 0, op " %zmm1, ", "{%k1}") \
    ROW(feature, 0, op " %zmm21, ", "") \
    ROWS(feature, R_VL, op " %xmm1, ", "{%k2}") \
    ROWS(feature, R_VL, op " %ymm1, ", "{%k7}")
/* EVEX, three operands */
#define EVEX_3(feature, op) \
    ROWS(feature, 0, op " ", ", %zmm2, %zmm1{%k1}") \
    ROWS(feature, 0, op " ", ", %zmm2, %zmm1{%k3}{z}") \
    ROW(feature, 0, op " ", ", %zmm29, %zmm21") \
    ROWS(feature, R_VL, op " ", ", %xmm2, %xmm1{%k2}") \
    ROWS(feature, R_VL, op " ", ", %ymm2, %ymm1{%k7}{z}")
/* Broadcast: @z, @y and @x are the numbers of elements for each width. */
#define EVEX_B(feature, op, z, y, x) \
    ROWS(feature, 0, op " ", "{1to" z "}, %zmm2, %zmm1{%k1}") \
    ROWS(feature, 0, op " ", "{1to" z "}, %zmm2, %zmm1{%k1}{z}") \
    ROWS(feature, R_VL, op " ", "{1to" y "}, %ymm2, %ymm1{%k2}") \
    ROWS(feature, R_VL, op " ", "{1to" x "}, %xmm2, %xmm1{%k3}")
#define EVEX_D(feature, op) EVEX_3(feature, op) EVEX_B(feature, op, "16", "8", "4")
#define EVEX_Q(feature, op) EVEX_3(feature, op) EVEX_B(feature, op, "8", "4", "2")
/* EVEX, scalar */
#define EVEX_S(feature, op) \
    ROWS(feature, 0, op " ", ", %xmm2, %xmm1{%k1}") \
    ROWS(feature, 0, op " ", ", %xmm2, %xmm1{%k2}{z}") \
    ROW(feature, 0, op " ", ", %xmm30, %xmm31")

/* General registers */

ROWS(F_BASE, 0, "movb ", ", %dh")
ROWS(F_BASE, 0, "movw ", ", %bx")
ROWS(F_BASE, 0, "movl ", ", %ebx")
ROW(F_BASE, 0, "movq ", ", %r15")
ROWS(F_BASE, 0, "movb %bh, ", "")
ROWS(F_BASE, 0, "movb $0x5a, ", "")
ROWS(F_BASE, 0, "movl $0x87654321, ", "")
ROW(F_BASE, 0, "movq $-0x7654321, ", "")
ROW(F_BASE, R_RSP, "movb %spl, ", "")
ROW(F_BASE, 0, "movb %r13b, ", "")
ROW(F_BASE, R_RSP, "movq %rsp, ", "")
ROW(F_BASE, R_RSP, "movl ", ", %esp")
ROWS(F_BASE, 0, "movzbl ", ", %ecx")
ROWS(F_BASE, 0, "movswl ", ", %ecx")
ROW(F_BASE, 0, "movslq ", ", %r12")
ROWS(F_BASE, 0, "cmovel ", ", %ecx")
ROWS(F_BASE, 0, "cmovaw ", ", %cx")
ROW(F_BASE, 0, "cmovlq ", ", %r9")
ROWS(F_BASE, 0, "addb %ah, ", "")
ROWS(F_BASE, 0, "addw $0x1234, ", "")
ROWS(F_BASE, 0, "addw $-2, ", "")
ROWS(F_BASE, 0, "addl %ebx, ", "")
ROW(F_BASE, R_RSP, "addq ", ", %rsp")
ROWS(F_BASE, 0, "adcl ", ", %ebx")
ROWS(F_BASE, 0, "adcl %ebx, ", "")
ROW(F_BASE, 0, "adcq $-2, ", "")
ROWS(F_BASE, 0, "sbbl ", ", %ebx")
ROWS(F_BASE, 0, "sbbb %ch, ", "")
ROW(F_BASE, 0, "sbbq %r8, ", "")
ROWS(F_BASE, 0, "lock adcl %ebx, ", "")
ROWS(F_BASE, 0, "lock sbbl %ebx, ", "")
ROWS(F_BASE, 0, "andl ", ", %ebx")
ROWS(F_BASE, 0, "lock orl $0x1000, ", "")
ROWS(F_BASE, 0, "xorb $0x55, ", "")
ROWS(F_BASE, 0, "cmpl %ebx, ", "")
ROWS(F_BASE, 0, "cmpw $-2, ", "")
ROWS(F_BASE, 0, "testl $0x1000, ", "")
ROWS(F_BASE, 0, "notl ", "")
ROWS(F_BASE, 0, "lock negl ", "")
ROWS(F_BASE, 0, "lock incl ", "")
ROWS(F_BASE, 0, "decw ", "")
ROWS(F_BASE, 0, "mull ", "")
ROWS(F_BASE, 0, "imulb ", "")
ROWS(F_BASE, 0, "imull ", ", %ebx")
ROWS(F_BASE, 0, "imull $0x1234, ", ", %ebx")
ROWS(F_BASE, 0, "xaddl %ebx, ", "")
ROWS(F_BASE, 0, "lock xaddl %ebx, ", "")
ROWS(F_BASE, 0, "lock xaddb %ch, ", "")
ROW(F_BASE, R_RSP, "lock xaddq %rsp, ", "")
ROWS(F_BASE, 0, "xchgb %ch, ", "")
ROWS(F_BASE, 0, "xchgw %bx, ", "")
ROWS(F_BASE, 0, "xchgl %ebx, ", "")
ROW(F_BASE, R_RSP, "xchgq %rsp, ", "")
ROWS(F_BASE, 0, "cmpxchgl %ebx, ", "")
ROWS(F_BASE, R_CX8, "lock cmpxchgl %ebx, ", "")
ROWS(F_BASE, R_CX8, "lock cmpxchgb %ch, ", "")
ROW(F_BASE, R_CX16, "lock cmpxchgq %r11, ", "")
ROWS(F_BASE, R_CX8, "cmpxchg8b ", "")
ROWS(F_BASE, R_CX8, "lock cmpxchg8b ", "")
ROW(F_CX16, R_CX16, "cmpxchg16b ", "")
ROW(F_CX16, R_CX16, "lock cmpxchg16b ", "")
ROWS(F_BASE, 0, "btl $7, ", "")
ROWS(F_BASE, 0, "btsw $15, ", "")
ROWS(F_BASE, 0, "lock btrl $31, ", "")
ROW(F_BASE, 0, "lock btcq $63, ", "")
ROWS(F_BASE, 0, "bsfl ", ", %ebx")
ROW(F_BASE, 0, "bsrq ", ", %rbx")
ROWS(F_BASE, 0, "shll $3, ", "")
ROWS(F_BASE, 0, "sarb %cl, ", "")
ROWS(F_BASE, 0, "rcll $5, ", "")
ROWS(F_BASE, 0, "rorw %cl, ", "")
ROWS(F_BASE, 0, "shrl ", "")
ROWS(F_BASE, 0, "shldl $5, %ebx, ", "")
ROWS(F_BASE, 0, "shrdl %cl, %ebx, ", "")
ROW(F_BASE, R_RSP, "shldq %cl, %rsp, ", "")
ROWS(F_BASE, 0, "sete ", "")
ROWS(F_BASE, 0, "setg ", "")
ROWS(F_SSE2, 0, "movntil %ebx, ", "")
ROW(F_SSE2, R_RSP, "movntiq %rsp, ", "")
ROWS(F_MOVBE, 0, "movbew ", ", %bx")
ROWS(F_MOVBE, 0, "movbel ", ", %ebx")
ROW(F_MOVBE, R_RSP, "movbeq ", ", %rsp")
ROWS(F_MOVBE, 0, "movbew %bx, ", "")
ROWS(F_MOVBE, 0, "movbel %ebx, ", "")
ROW(F_MOVBE, 0, "movbeq %r15, ", "")
ROWS(F_POPCNT, 0, "popcntw ", ", %bx")
ROWS(F_POPCNT, 0, "popcntl ", ", %ebx")
ROW(F_POPCNT, R_RSP, "popcntq ", ", %rsp")
ROWS(F_LZCNT, 0, "lzcntl ", ", %ebx")
ROW(F_LZCNT, 0, "lzcntq ", ", %rbx")
ROWS(F_BMI1, 0, "tzcntl ", ", %ebx")
ROWS(F_BMI1, 0, "andnl ", ", %ecx, %ebx")
ROWS(F_BMI1, 0, "bextrl %ecx, ", ", %ebx")
ROW(F_BMI1, 0, "blsiq ", ", %rbx")
ROWS(F_BMI1, 0, "blsrl ", ", %ebx")
ROWS(F_BMI1, 0, "blsmskl ", ", %ebx")
ROWS(F_BMI2, 0, "bzhil %ecx, ", ", %ebx")
ROWS(F_BMI2, 0, "mulxl ", ", %ecx, %ebx")
ROW(F_BMI2, R_RSP, "mulxq ", ", %rsp, %r13")
ROWS(F_BMI2, 0, "pdepl ", ", %ecx, %ebx")
ROWS(F_BMI2, 0, "pextl ", ", %ecx, %ebx")
ROW(F_BMI2, R_RSP, "pextq ", ", %rsp, %rsp")
ROWS(F_BMI2, 0, "rorxl $7, ", ", %ebx")
ROWS(F_BMI2, 0, "sarxl %ecx, ", ", %ebx")
ROWS(F_BMI2, 0, "shlxl %ecx, ", ", %ebx")
ROW(F_BMI2, 0, "shrxq %rcx, ", ", %rbx")
ROWS(F_ADX, 0, "adcxl ", ", %ebx")
ROW(F_ADX, R_RSP, "adoxq ", ", %rsp")
ROWS(F_SSE42, 0, "crc32b ", ", %ebx")
ROWS(F_SSE42, 0, "crc32w ", ", %ebx")
ROWS(F_SSE42, 0, "crc32l ", ", %ebx")
ROW(F_SSE42, R_RSP, "crc32q ", ", %rsp")
ROWS(F_MOVDIRI, 0, "movdiri %ebx, ", "")
ROW(F_MOVDIRI, 0, "movdiri %rbx, ", "")
ROW(F_MOVDIR64B, R_COPY, "movdir64b ", ", %rsi")

/* x87 */

ROWS(F_X87, 0, "filds ", "")
ROWS(F_X87, 0, "fildl ", "")
ROWS(F_X87, 0, "fildll ", "")
ROWS(F_X87, 0, "flds ", "")
ROWS(F_X87, 0, "fldl ", "")
ROWS(F_X87, 0, "fldt ", "")
ROWS(F_X87, 0, "fbld ", "")
ROWS(F_X87, 0, "fists ", "")
ROWS(F_X87, 0, "fistl ", "")
ROWS(F_X87, 0, "fistps ", "")
ROWS(F_X87, 0, "fistpl ", "")
ROWS(F_X87, 0, "fistpll ", "")
ROWS(F_X87, R_SSE3, "fisttpl ", "")
ROWS(F_X87, R_SSE3, "fisttpll ", "")
ROWS(F_X87, 0, "fsts ", "")
ROWS(F_X87, 0, "fstl ", "")
ROWS(F_X87, 0, "fstps ", "")
ROWS(F_X87, 0, "fstpl ", "")
ROWS(F_X87, 0, "fstpt ", "")
ROWS(F_X87, 0, "fbstp ", "")
ROWS(F_X87, 0, "fadds ", "")
ROWS(F_X87, 0, "faddl ", "")
ROWS(F_X87, 0, "fmull ", "")
ROWS(F_X87, 0, "fsubs ", "")
ROWS(F_X87, 0, "fsubrl ", "")
ROWS(F_X87, 0, "fdivs ", "")
ROWS(F_X87, 0, "fdivrl ", "")
ROWS(F_X87, 0, "fiaddl ", "")
ROWS(F_X87, 0, "fimuls ", "")
ROWS(F_X87, 0, "fidivl ", "")
ROWS(F_X87, 0, "fcoms ", "")
ROWS(F_X87, 0, "fcompl ", "")
ROWS(F_X87, 0, "ficoml ", "")
ROWS(F_X87, 0, "fldcw ", "")
ROWS(F_X87, 0, "fnstcw ", "")
ROWS(F_X87, 0, "fnstsw ", "")
ROW(F_X87, 0, "fldenv ", "")
ROW(F_X87, 0, "fnstenv ", "")

/* MMX */

MMX(F_MMX, "movd")
MMX(F_MMX, "movq")
ROWS(F_MMX, 0, "movd %mm1, ", "")
ROWS(F_MMX, 0, "movq %mm1, ", "")
ROWS(F_SSE, 0, "movntq %mm1, ", "")
MMX(F_MMX, "packssdw")
MMX(F_MMX, "packsswb")
MMX(F_MMX, "packuswb")
MMX(F_MMX, "paddb")
MMX(F_MMX, "paddd")
MMX(F_MMX, "paddsw")
MMX(F_MMX, "pand")
MMX(F_MMX, "pandn")
MMX(F_MMX, "pcmpeqw")
MMX(F_MMX, "pcmpgtb")
MMX(F_MMX, "pmaddwd")
MMX(F_MMX, "pmulhw")
MMX(F_MMX, "pmullw")
MMX(F_MMX, "por")
MMX(F_MMX, "pslld")
MMX(F_MMX, "psraw")
MMX(F_MMX, "psrlq")
MMX(F_MMX, "psubusb")
MMX(F_MMX, "punpcklbw")
MMX(F_MMX, "punpckldq")
MMX(F_MMX, "punpckhwd")
MMX(F_MMX, "pxor")
MMX(F_SSE, "pavgb")
MMX(F_SSE, "pmaxub")
MMX(F_SSE, "pminsw")
MMX(F_SSE, "pmulhuw")
MMX(F_SSE, "psadbw")
ROWS(F_SSE, 0, "pinsrw $3, ", ", %mm1")
ROWS(F_SSE, 0, "pshufw $0x1b, ", ", %mm1")
ROWS(F_SSE, 0, "cvtpi2ps ", ", %xmm1")
ROWS(F_SSE, 0, "cvtps2pi ", ", %mm1")
ROWS(F_SSE, 0, "cvttps2pi ", ", %mm1")
ROWS(F_SSE2, 0, "cvtpi2pd ", ", %xmm1")
ROWS(F_SSE2, 0, "cvtpd2pi ", ", %mm1")
ROWS(F_SSE2, 0, "cvttpd2pi ", ", %mm1")
MMX(F_SSE2, "paddq")
MMX(F_SSE2, "psubq")
MMX(F_SSE2, "pmuludq")
MMX(F_SSSE3, "pshufb")
MMX(F_SSSE3, "phaddw")
MMX(F_SSSE3, "pabsd")
MMX(F_SSSE3, "psignb")
MMX(F_SSSE3, "pmulhrsw")
MMX(F_SSSE3, "pmaddubsw")
ROWS(F_SSSE3, 0, "palignr $3, ", ", %mm1")

/* SSE */

SSE(F_SSE, "movups")
SSE(F_SSE, "movaps")
SSE(F_SSE, "movss")
SSE(F_SSE, "movlps")
SSE(F_SSE, "movhps")
SSE_TO(F_SSE, "movups")
SSE_TO(F_SSE, "movaps")
SSE_TO(F_SSE, "movss")
SSE_TO(F_SSE, "movlps")
SSE_TO(F_SSE, "movhps")
SSE_TO(F_SSE, "movntps")
SSE(F_SSE, "addps")
SSE(F_SSE, "addss")
SSE(F_SSE, "subps")
SSE(F_SSE, "mulps")
SSE(F_SSE, "mulss")
SSE(F_SSE, "divps")
SSE(F_SSE, "divss")
SSE(F_SSE, "sqrtps")
SSE(F_SSE, "sqrtss")
SSE(F_SSE, "rcpps")
SSE(F_SSE, "rsqrtss")
SSE(F_SSE, "minps")
SSE(F_SSE, "maxss")
SSE(F_SSE, "andps")
SSE(F_SSE, "andnps")
SSE(F_SSE, "orps")
SSE(F_SSE, "xorps")
SSE(F_SSE, "comiss")
SSE(F_SSE, "ucomiss")
SSE(F_SSE, "unpcklps")
SSE(F_SSE, "unpckhps")
SSE_IMM(F_SSE, "shufps", "0x1b")
SSE_IMM(F_SSE, "cmpps", "2")
SSE_IMM(F_SSE, "cmpss", "5")
ROWS(F_SSE, 0, "cvtsi2ssl ", ", %xmm1")
ROW(F_SSE, 0, "cvtsi2ssq ", ", %xmm11")
ROWS(F_SSE, 0, "cvtss2si ", ", %ebx")
ROW(F_SSE, R_RSP, "cvttss2si ", ", %rsp")
ROWS(F_SSE, 0, "ldmxcsr ", "")
ROWS(F_SSE, 0, "stmxcsr ", "")

SSE(F_SSE2, "movupd")
SSE(F_SSE2, "movapd")
SSE(F_SSE2, "movdqu")
SSE(F_SSE2, "movdqa")
SSE(F_SSE2, "movsd")
SSE(F_SSE2, "movlpd")
SSE(F_SSE2, "movhpd")
SSE(F_SSE2, "movd")
SSE(F_SSE2, "movq")
ROW(F_SSE2, 0, ".byte 0x66, 0x48, 0x0f, 0x6e, 0x0f # movd ", ", %xmm1")
ROW(F_SSE2, 0, "movdqu ", ", %xmm15")
SSE_TO(F_SSE2, "movupd")
SSE_TO(F_SSE2, "movapd")
SSE_TO(F_SSE2, "movdqu")
SSE_TO(F_SSE2, "movdqa")
SSE_TO(F_SSE2, "movsd")
SSE_TO(F_SSE2, "movlpd")
SSE_TO(F_SSE2, "movhpd")
SSE_TO(F_SSE2, "movd")
SSE_TO(F_SSE2, "movq")
SSE_TO(F_SSE2, "movntdq")
SSE_TO(F_SSE2, "movntpd")
ROW(F_SSE2, 0, "movntdq %xmm14, ", "")
SSE(F_SSE2, "addpd")
SSE(F_SSE2, "addsd")
SSE(F_SSE2, "divpd")
SSE(F_SSE2, "sqrtsd")
SSE(F_SSE2, "maxpd")
SSE(F_SSE2, "comisd")
SSE_IMM(F_SSE2, "cmpsd", "1")
SSE_IMM(F_SSE2, "shufpd", "1")
SSE(F_SSE2, "cvtdq2pd")
SSE(F_SSE2, "cvtdq2ps")
SSE(F_SSE2, "cvtpd2dq")
SSE(F_SSE2, "cvttpd2dq")
SSE(F_SSE2, "cvtpd2ps")
SSE(F_SSE2, "cvtps2dq")
SSE(F_SSE2, "cvttps2dq")
SSE(F_SSE2, "cvtps2pd")
SSE(F_SSE2, "cvtsd2ss")
SSE(F_SSE2, "cvtss2sd")
ROWS(F_SSE2, 0, "cvtsi2sdl ", ", %xmm1")
ROWS(F_SSE2, 0, "cvtsd2si ", ", %ebx")
SSE(F_SSE2, "paddb")
SSE(F_SSE2, "paddd")
SSE(F_SSE2, "paddq")
SSE(F_SSE2, "paddusw")
SSE(F_SSE2, "psubd")
SSE(F_SSE2, "pmuludq")
SSE(F_SSE2, "pmaddwd")
SSE(F_SSE2, "psadbw")
SSE(F_SSE2, "pavgw")
SSE(F_SSE2, "pand")
SSE(F_SSE2, "pandn")
SSE(F_SSE2, "por")
SSE(F_SSE2, "pxor")
SSE(F_SSE2, "pcmpeqd")
SSE(F_SSE2, "pcmpgtw")
SSE(F_SSE2, "psllw")
SSE(F_SSE2, "psrad")
SSE(F_SSE2, "psrlq")
SSE(F_SSE2, "packuswb")
SSE(F_SSE2, "punpcklqdq")
SSE(F_SSE2, "punpckhbw")
SSE_IMM(F_SSE2, "pshufd", "0x1b")
SSE_IMM(F_SSE2, "pshufhw", "0x1b")
SSE_IMM(F_SSE2, "pshuflw", "0x1b")
SSE_IMM(F_SSE2, "pinsrw", "5")

SSE(F_SSE3, "lddqu")
SSE(F_SSE3, "movddup")
SSE(F_SSE3, "movshdup")
SSE(F_SSE3, "movsldup")
SSE(F_SSE3, "addsubps")
SSE(F_SSE3, "haddpd")
SSE(F_SSSE3, "pshufb")
SSE(F_SSSE3, "phaddd")
SSE(F_SSSE3, "pabsw")
SSE(F_SSSE3, "pmulhrsw")
SSE_IMM(F_SSSE3, "palignr", "5")
SSE(F_SSE41, "movntdqa")
SSE(F_SSE41, "pmovzxbw")
SSE(F_SSE41, "pmovzxbd")
SSE(F_SSE41, "pmovzxbq")
SSE(F_SSE41, "pmovsxwd")
SSE(F_SSE41, "pmovsxdq")
SSE(F_SSE41, "pmuldq")
SSE(F_SSE41, "pmulld")
SSE(F_SSE41, "pminuw")
SSE(F_SSE41, "pmaxsd")
SSE(F_SSE41, "packusdw")
SSE(F_SSE41, "phminposuw")
SSE(F_SSE41, "ptest")
SSE_IMM(F_SSE41, "insertps", "0x9c")
SSE_IMM(F_SSE41, "pinsrb", "9")
SSE_IMM(F_SSE41, "pinsrd", "2")
ROW(F_SSE41, 0, "pinsrq $1, ", ", %xmm1")
ROWS(F_SSE41, 0, "pextrb $9, %xmm1, ", "")
ROWS(F_SSE41, 0, "pextrw $5, %xmm1, ", "")
ROWS(F_SSE41, 0, "pextrd $2, %xmm1, ", "")
ROW(F_SSE41, 0, "pextrq $1, %xmm1, ", "")
ROWS(F_SSE41, 0, "extractps $3, %xmm1, ", "")
ROWS(F_SSE41, 0, "blendvps %xmm0, ", ", %xmm1")
ROWS(F_SSE41, 0, "pblendvb %xmm0, ", ", %xmm1")
SSE_IMM(F_SSE41, "blendpd", "2")
SSE_IMM(F_SSE41, "pblendw", "0x5a")
SSE_IMM(F_SSE41, "dpps", "0xf1")
SSE_IMM(F_SSE41, "mpsadbw", "5")
SSE_IMM(F_SSE41, "roundps", "3")
SSE_IMM(F_SSE41, "roundsd", "4")
SSE(F_SSE42, "pcmpgtq")
SSE_IMM(F_SSE42, "pcmpestri", "0x0c")
SSE_IMM(F_SSE42, "pcmpestrm", "0x48")
SSE_IMM(F_SSE42, "pcmpistri", "0x1a")
SSE_IMM(F_SSE42, "pcmpistrm", "0x40")
ROW(F_SSE42, 0, ".byte 0x66, 0x48, 0x0f, 0x3a, 0x61, 0x0f, 0x0c # pcmpestri ", ", %xmm1")
ROWS(F_SSE4A, 0, "movntss %xmm1, ", "")
ROWS(F_SSE4A, 0, "movntsd %xmm1, ", "")
SSE(F_AES, "aesenc")
SSE(F_AES, "aesdeclast")
SSE(F_AES, "aesimc")
SSE_IMM(F_AES, "aeskeygenassist", "7")
SSE_IMM(F_PCLMUL, "pclmulqdq", "0x11")
SSE(F_SHA, "sha1nexte")
SSE(F_SHA, "sha256msg2")
ROWS(F_SHA, 0, "sha256rnds2 %xmm0, ", ", %xmm1")
SSE_IMM(F_SHA, "sha1rnds4", "2")
SSE(F_GFNI, "gf2p8mulb")
SSE_IMM(F_GFNI, "gf2p8affineqb", "0x63")

/* AVX */

AVX_2Y(F_AVX, "vmovups")
AVX_2Y(F_AVX, "vmovupd")
AVX_2Y(F_AVX, "vmovaps")
AVX_2Y(F_AVX, "vmovapd")
AVX_2Y(F_AVX, "vmovdqu")
AVX_2Y(F_AVX, "vmovdqa")
AVX_2Y(F_AVX, "vlddqu")
AVX_2(F_AVX, "vmovss")
AVX_2(F_AVX, "vmovsd")
AVX_2(F_AVX, "vmovd")
AVX_2(F_AVX, "vmovq")
AVX_2(F_AVX, "vmovntdqa")
AVX_2Y(F_AVX, "vmovddup")
AVX_2Y(F_AVX, "vmovshdup")
AVX_2Y(F_AVX, "vbroadcastss")
ROWS(F_AVX, 0, "vbroadcastsd ", ", %ymm1")
ROWS(F_AVX, 0, "vbroadcastf128 ", ", %ymm1")
ROWS(F_AVX, 0, "vinsertf128 $1, ", ", %ymm2, %ymm1")
ROWS(F_AVX, 0, "vextractf128 $1, %ymm1, ", "")
AVX_TOY(F_AVX, "vmovups")
AVX_TOY(F_AVX, "vmovupd")
AVX_TOY(F_AVX, "vmovaps")
AVX_TOY(F_AVX, "vmovapd")
AVX_TOY(F_AVX, "vmovdqu")
AVX_TOY(F_AVX, "vmovdqa")
AVX_TOY(F_AVX, "vmovntdq")
AVX_TOY(F_AVX, "vmovntps")
AVX_TOY(F_AVX, "vmovntpd")
AVX_TO(F_AVX, "vmovss")
AVX_TO(F_AVX, "vmovsd")
AVX_TO(F_AVX, "vmovd")
AVX_TO(F_AVX, "vmovq")
AVX_TO(F_AVX, "vmovlps")
AVX_TO(F_AVX, "vmovhpd")
AVX_3(F_AVX, "vmovlpd")
AVX_3(F_AVX, "vmovhps")
AVX_3Y(F_AVX, "vmaskmovps")
AVX_3Y(F_AVX, "vmaskmovpd")
ROWS(F_AVX, 0, "vmaskmovps %xmm2, %xmm1, ", "")
ROWS(F_AVX, 0, "vmaskmovps %ymm2, %ymm1, ", "")
ROWS(F_AVX, 0, "vmaskmovpd %ymm2, %ymm1, ", "")
AVX_3Y(F_AVX, "vaddps")
AVX_3Y(F_AVX, "vaddpd")
AVX_3(F_AVX, "vaddss")
AVX_3(F_AVX, "vsubsd")
AVX_3Y(F_AVX, "vmulps")
AVX_3Y(F_AVX, "vdivpd")
AVX_2Y(F_AVX, "vsqrtps")
AVX_3(F_AVX, "vsqrtsd")
AVX_2Y(F_AVX, "vrcpps")
AVX_3Y(F_AVX, "vmaxps")
AVX_3Y(F_AVX, "vxorps")
AVX_3Y(F_AVX, "vandnpd")
AVX_3Y(F_AVX, "vhaddps")
AVX_3Y(F_AVX, "vunpckhpd")
AVX_3YI(F_AVX, "vcmpps", "0x1d")
AVX_3YI(F_AVX, "vshufps", "0x1b")
AVX_3YI(F_AVX, "vblendpd", "5")
AVX_3YI(F_AVX, "vdpps", "0xf1")
AVX_2(F_AVX, "vcomisd")
AVX_2Y(F_AVX, "vptest")
AVX_2Y(F_AVX, "vtestps")
AVX_2Y(F_AVX, "vcvtdq2pd")
AVX_2Y(F_AVX, "vcvtps2dq")
ROWS(F_AVX, 0, "vcvtpd2psy ", ", %xmm1")
ROWS(F_AVX, 0, "vcvtpd2psx ", ", %xmm1")
ROWS(F_AVX, 0, "vcvttpd2dqy ", ", %xmm1")
ROWS(F_AVX, 0, "vcvtsi2sdl ", ", %xmm2, %xmm1")
ROW(F_AVX, 0, "vcvtsi2sdq ", ", %xmm2, %xmm1")
ROWS(F_AVX, 0, "vcvttss2si ", ", %ebx")
ROW(F_AVX, R_RSP, "vcvtsd2si ", ", %rsp")
ROWS(F_AVX, 0, "vldmxcsr ", "")
ROWS(F_AVX, 0, "vstmxcsr ", "")
AVX_3(F_AVX, "vpaddd")
AVX_3(F_AVX, "vpshufb")
AVX_3(F_AVX, "vpsllq")
ROWS(F_AVX, 0, "vpinsrb $3, ", ", %xmm2, %xmm1")
ROWS(F_AVX, 0, "vpinsrw $3, ", ", %xmm2, %xmm1")
ROWS(F_AVX, 0, "vpinsrd $3, ", ", %xmm2, %xmm1")
ROW(F_AVX, 0, "vpinsrq $1, ", ", %xmm2, %xmm1")
ROWS(F_AVX, 0, "vinsertps $0x9c, ", ", %xmm2, %xmm1")
ROWS(F_AVX, 0, "vpextrb $3, %xmm1, ", "")
ROWS(F_AVX, 0, "vpextrw $3, %xmm1, ", "")
ROWS(F_AVX, 0, "vpextrd $3, %xmm1, ", "")
ROW(F_AVX, 0, "vpextrq $1, %xmm1, ", "")
ROWS(F_AVX, 0, "vextractps $2, %xmm1, ", "")
ROWS(F_AVX, 0, "vblendvps %xmm3, ", ", %xmm2, %xmm1")
ROWS(F_AVX, 0, "vblendvpd %ymm3, ", ", %ymm2, %ymm1")
ROWS(F_AVX, 0, "vpblendvb %xmm3, ", ", %xmm2, %xmm1")
ROWS(F_AVX, 0, "vperm2f128 $0x31, ", ", %ymm2, %ymm1")
ROWS(F_AVX, 0, "vpermilps $0x1b, ", ", %ymm1")
AVX_3Y(F_AVX, "vpermilpd")
ROWS(F_AVX, 0, "vroundps $1, ", ", %ymm1")
ROWS(F_AVX, 0, "vpcmpestri $0x0c, ", ", %xmm1")
ROWS(F_AVX, 0, "vpcmpistrm $0x4c, ", ", %xmm1")
ROWS(F_AES, R_AVX, "vaesenc ", ", %xmm2, %xmm1")
ROW(F_AES, R_AVX, "vaesenc ", ", %xmm13, %xmm9")
ROWS(F_PCLMUL, R_AVX, "vpclmulqdq $1, ", ", %xmm2, %xmm1")
ROWS(F_F16C, 0, "vcvtph2ps ", ", %xmm1")
ROWS(F_F16C, 0, "vcvtph2ps ", ", %ymm1")
ROWS(F_F16C, 0, "vcvtps2ph $4, %xmm1, ", "")
ROWS(F_F16C, 0, "vcvtps2ph $1, %ymm1, ", "")
AVX_3Y(F_FMA, "vfmadd231pd")
AVX_3Y(F_FMA, "vfmadd132ps")
AVX_3Y(F_FMA, "vfnmsub213ps")
AVX_3Y(F_FMA, "vfmaddsub231pd")
AVX_3(F_FMA, "vfmadd213ss")
AVX_3(F_FMA, "vfnmadd231sd")

AVX_3I("vpaddd")
AVX_3I("vpmulld")
AVX_3I("vpshufb")
AVX_3I("vpackssdw")
AVX_3I("vpxor")
AVX_3I("vpcmpeqb")
AVX_3Y(F_AVX2, "vpmaskmovd")
AVX_3Y(F_AVX2, "vpmaskmovq")
ROWS(F_AVX2, 0, "vpmaskmovd %xmm2, %xmm1, ", "")
ROWS(F_AVX2, 0, "vpmaskmovd %ymm2, %ymm1, ", "")
ROWS(F_AVX2, 0, "vpmaskmovq %ymm2, %ymm1, ", "")
AVX_3Y(F_AVX2, "vpsllvd")
AVX_3Y(F_AVX2, "vpsrlvq")
ROWS(F_AVX2, 0, "vpslld ", ", %ymm2, %ymm1")
ROWS(F_AVX2, 0, "vmovntdqa ", ", %ymm1")
AVX_2Y(F_AVX2, "vpbroadcastb")
AVX_2Y(F_AVX2, "vpbroadcastw")
AVX_2Y(F_AVX2, "vpbroadcastd")
AVX_2Y(F_AVX2, "vpbroadcastq")
ROWS(F_AVX2, 0, "vbroadcasti128 ", ", %ymm1")
ROWS(F_AVX2, 0, "vinserti128 $1, ", ", %ymm2, %ymm1")
ROWS(F_AVX2, 0, "vextracti128 $1, %ymm1, ", "")
AVX_2I("vpmovzxbw")
AVX_2I("vpmovsxbq")
AVX_2I("vpmovzxdq")
ROWS(F_AVX2, 0, "vpermd ", ", %ymm2, %ymm1")
ROWS(F_AVX2, 0, "vpermq $0x1b, ", ", %ymm1")
ROWS(F_AVX2, 0, "vpermps ", ", %ymm2, %ymm1")
ROWS(F_AVX2, 0, "vperm2i128 $0x21, ", ", %ymm2, %ymm1")
AVX_3YI(F_AVX2, "vpblendd", "5")
AVX_3II("vpalignr", "5")
AVX_3II("vmpsadbw", "0x2d")
ROWS(F_VAES, 0, "vaesdec ", ", %ymm2, %ymm1")
ROWS(F_VPCLMUL, 0, "vpclmulqdq $0x10, ", ", %ymm2, %ymm1")
ROWS(F_VNNI_VEX, 0, "{vex} vpdpbusd ", ", %ymm2, %ymm1")

/* AVX-512 */

EVEX_2(F_512F, "vmovups")
EVEX_2(F_512F, "vmovupd")
EVEX_2(F_512F, "vmovaps")
EVEX_2(F_512F, "vmovapd")
EVEX_2(F_512F, "vmovdqu32")
EVEX_2(F_512F, "vmovdqu64")
EVEX_2(F_512F, "vmovdqa32")
EVEX_2(F_512F, "vmovdqa64")
EVEX_TO(F_512F, "vmovups")
EVEX_TO(F_512F, "vmovupd")
EVEX_TO(F_512F, "vmovaps")
EVEX_TO(F_512F, "vmovapd")
EVEX_TO(F_512F, "vmovdqu32")
EVEX_TO(F_512F, "vmovdqu64")
EVEX_TO(F_512F, "vmovdqa32")
EVEX_TO(F_512F, "vmovdqa64")
ROWS(F_512F, 0, "vmovss ", ", %xmm1{%k1}")
ROWS(F_512F, 0, "vmovsd ", ", %xmm1{%k1}{z}")
ROWS(F_512F, 0, "vmovss %xmm1, ", "{%k1}")
ROWS(F_512F, 0, "vmovsd %xmm1, ", "{%k1}")
ROW(F_512F, 0, "vmovd ", ", %xmm19")
ROW(F_512F, 0, "vmovq %xmm19, ", "")
ROW(F_512F, 0, "vmovhps %xmm19, ", "")
ROWS(F_512F, 0, "vmovntdq %zmm1, ", "")
ROWS(F_512F, 0, "vmovntps %zmm1, ", "")
ROWS(F_512F, 0, "vmovntpd %zmm1, ", "")
ROWS(F_512F, 0, "vmovntdqa ", ", %zmm1")
ROW(F_512VL, 0, "vmovntdqa ", ", %ymm18")
EVEX_2(F_512F, "vbroadcastss")
ROWS(F_512F, 0, "vbroadcastsd ", ", %zmm1{%k1}")
EVEX_2(F_512F, "vpbroadcastd")
EVEX_2(F_512F, "vpbroadcastq")
ROWS(F_512F, 0, "vbroadcastf32x4 ", ", %zmm1{%k1}")
ROWS(F_512F, 0, "vbroadcastf64x4 ", ", %zmm1{%k1}{z}")
ROWS(F_512F, 0, "vbroadcasti32x4 ", ", %zmm1{%k1}{z}")
ROWS(F_512F, 0, "vbroadcasti64x4 ", ", %zmm1")
EVEX_D(F_512F, "vaddps")
EVEX_Q(F_512F, "vaddpd")
EVEX_S(F_512F, "vaddss")
EVEX_S(F_512F, "vmulsd")
EVEX_D(F_512F, "vdivps")
EVEX_S(F_512F, "vsqrtss")
EVEX_Q(F_512F, "vmaxpd")
EVEX_D(F_512F, "vfmadd231ps")
EVEX_Q(F_512F, "vfnmsub132pd")
EVEX_S(F_512F, "vfmadd213sd")
EVEX_D(F_512F, "vpaddd")
EVEX_Q(F_512F, "vpaddq")
EVEX_D(F_512F, "vpmulld")
EVEX_D(F_512F, "vpandnd")
EVEX_Q(F_512F, "vpxorq")
EVEX_D(F_512F, "vpermt2ps")
EVEX_Q(F_512F, "vpermi2q")
EVEX_Q(F_512F, "vpsrlvq")
ROWS(F_512F, 0, "vpermd ", ", %zmm2, %zmm1{%k1}")
ROWS(F_512F, 0, "vpermq $0x1b, ", ", %zmm1{%k1}{z}")
ROWS(F_512F, 0, "vpermq $0x1b, ", "{1to8}, %zmm1{%k1}")
ROWS(F_512F, 0, "vpslld ", ", %zmm2, %zmm1{%k1}")
ROWS(F_512F, 0, "vpslld $3, ", ", %zmm1{%k1}")
ROWS(F_512F, 0, "vpslld $3, ", "{1to16}, %zmm1{%k1}")
ROWS(F_512F, 0, "vprold $3, ", ", %zmm1{%k1}")
ROWS(F_512F, 0, "vpternlogd $0x96, ", ", %zmm2, %zmm1{%k1}")
ROWS(F_512F, 0, "vpternlogq $0xca, ", "{1to8}, %zmm2, %zmm1{%k1}{z}")
ROWS(F_512F, 0, "valignd $5, ", ", %zmm2, %zmm1{%k1}")
ROWS(F_512F, 0, "vshuff32x4 $0x1b, ", ", %zmm2, %zmm1{%k1}")
ROWS(F_512F, 0, "vinserti32x4 $2, ", ", %zmm2, %zmm1{%k1}")
ROWS(F_512F, 0, "vinsertf64x4 $1, ", ", %zmm2, %zmm1{%k1}{z}")
ROWS(F_512F, 0, "vextracti32x4 $2, %zmm1, ", "{%k1}")
ROWS(F_512F, 0, "vextractf64x4 $1, %zmm1, ", "{%k1}")
ROWS(F_512F, 0, "vblendmps ", ", %zmm2, %zmm1{%k1}")
ROWS(F_512F, 0, "vpblendmq ", "{1to8}, %zmm2, %zmm1{%k1}{z}")
ROWS(F_512F, 0, "vcmpps $1, ", ", %zmm2, %k2{%k1}")
ROWS(F_512F, 0, "vcmpps $1, ", "{1to16}, %zmm2, %k2{%k1}")
ROWS(F_512F, 0, "vcmpsd $0x11, ", ", %xmm2, %k2{%k1}")
ROWS(F_512F, 0, "vpcmpd $5, ", ", %zmm2, %k2{%k1}")
ROWS(F_512F, 0, "vpcmpuq $1, ", "{1to8}, %zmm2, %k2{%k1}")
ROWS(F_512F, 0, "vptestmd ", ", %zmm2, %k2{%k1}")
ROWS(F_512F, 0, "vptestnmq ", "{1to8}, %zmm2, %k2")
EVEX_2(F_512F, "vpmovzxbd")
EVEX_2(F_512F, "vpmovsxwq")
EVEX_TO(F_512F, "vpmovdb")
EVEX_TO(F_512F, "vpmovdw")
EVEX_TO(F_512F, "vpmovqb")
EVEX_TO(F_512F, "vpmovsqd")
EVEX_TO(F_512F, "vpmovusqw")
EVEX_TO(F_512F, "vpcompressd")
EVEX_TO(F_512F, "vpcompressq")
EVEX_TO(F_512F, "vcompressps")
EVEX_TO(F_512F, "vcompresspd")
EVEX_2(F_512F, "vpexpandd")
EVEX_2(F_512F, "vpexpandq")
EVEX_2(F_512F, "vexpandps")
EVEX_2(F_512F, "vexpandpd")
ROWS(F_512F, 0, "vcvtps2ph $4, %zmm1, ", "{%k1}")
ROWS(F_512VL, 0, "vcvtps2ph $1, %xmm1, ", "{%k2}")
EVEX_2(F_512F, "vcvtph2ps")
EVEX_2(F_512F, "vcvtdq2pd")
ROWS(F_512F, 0, "vcvtdq2pd ", "{1to8}, %zmm1{%k1}")
EVEX_2(F_512F, "vcvttps2udq")
ROWS(F_512F, 0, "vcvtpd2ps ", ", %ymm1{%k1}")
ROWS(F_512F, 0, "vcvtpd2ps ", "{1to8}, %ymm1{%k1}")
ROWS(F_512F, 0, "vcvtusi2sdl ", ", %xmm2, %xmm1")
ROWS(F_512F, 0, "vcvttsd2usi ", ", %ebx")
ROWS(F_512F, 0, "vgetexpps ", ", %zmm1{%k1}")
ROWS(F_512F, 0, "vgetmantsd $3, ", ", %xmm2, %xmm1{%k1}")
ROWS(F_512F, 0, "vrndscaleps $0x13, ", ", %zmm1{%k1}")
ROWS(F_512F, 0, "vscalefpd ", ", %zmm2, %zmm1{%k1}")
ROWS(F_512F, 0, "vfixupimmps $3, ", ", %zmm2, %zmm1{%k1}")
ROWS(F_512F, 0, "vrcp14ps ", "{1to16}, %zmm1{%k1}")
ROWS(F_512F, 0, "vmovddup ", ", %zmm1{%k1}")

EVEX_2(F_512BW, "vmovdqu8")
EVEX_2(F_512BW, "vmovdqu16")
EVEX_TO(F_512BW, "vmovdqu8")
EVEX_TO(F_512BW, "vmovdqu16")
EVEX_2(F_512BW, "vpbroadcastb")
EVEX_2(F_512BW, "vpbroadcastw")
EVEX_3(F_512BW, "vpaddb")
EVEX_3(F_512BW, "vpmullw")
EVEX_3(F_512BW, "vpshufb")
EVEX_3(F_512BW, "vpackuswb")
EVEX_3(F_512BW, "vpmaddwd")
EVEX_3(F_512BW, "vpermw")
EVEX_2(F_512BW, "vpabsb")
EVEX_2(F_512BW, "vpmovzxbw")
EVEX_TO(F_512BW, "vpmovwb")
ROWS(F_512BW, 0, "vpsadbw ", ", %zmm2, %zmm1")
ROWS(F_512BW, 0, "vdbpsadbw $0x1b, ", ", %zmm2, %zmm1{%k1}")
ROWS(F_512BW, 0, "vpalignr $5, ", ", %zmm2, %zmm1{%k1}")
ROWS(F_512BW, 0, "vpcmpub $1, ", ", %zmm2, %k2{%k1}")
ROWS(F_512BW, 0, "vptestmw ", ", %zmm2, %k2{%k1}")
ROWS(F_512BW, 0, "vpslldq $3, ", ", %zmm1")
ROW(F_512BW, 0, "vpinsrw $3, ", ", %xmm20, %xmm1")
ROW(F_512BW, 0, "vpextrb $9, %xmm20, ", "")
ROWS(F_512F, 0, "kmovw ", ", %k1")
ROWS(F_512F, 0, "kmovw %k1, ", "")
ROWS(F_512BW, 0, "kmovd ", ", %k1")
ROWS(F_512BW, 0, "kmovq ", ", %k1")
ROWS(F_512BW, 0, "kmovd %k1, ", "")
ROWS(F_512BW, 0, "kmovq %k7, ", "")
ROWS(F_512DQ, 0, "kmovb ", ", %k1")
ROWS(F_512DQ, 0, "kmovb %k1, ", "")
EVEX_D(F_512DQ, "vandps")
EVEX_Q(F_512DQ, "vpmullq")
EVEX_2(F_512DQ, "vcvtqq2pd")
ROWS(F_512DQ, 0, "vcvtqq2ps ", ", %ymm1{%k1}")
ROWS(F_512DQ, 0, "vcvttps2qq ", "{1to8}, %zmm1{%k1}")
ROWS(F_512DQ, 0, "vbroadcastf32x2 ", ", %zmm1{%k1}")
ROWS(F_512DQ, 0, "vbroadcastf32x8 ", ", %zmm1{%k1}")
ROWS(F_512DQ, 0, "vbroadcasti64x2 ", ", %zmm1{%k1}{z}")
ROWS(F_512DQ, 0, "vinsertf64x2 $3, ", ", %zmm2, %zmm1{%k1}")
ROWS(F_512DQ, 0, "vextractf32x8 $1, %zmm1, ", "{%k1}")
ROWS(F_512DQ, 0, "vextracti64x2 $3, %zmm1, ", "{%k1}")
ROWS(F_512DQ, 0, "vrangeps $2, ", ", %zmm2, %zmm1{%k1}")
ROWS(F_512DQ, 0, "vreducesd $2, ", ", %xmm2, %xmm1{%k1}")
ROWS(F_512DQ, 0, "vfpclasspsz $0x99, ", ", %k2{%k1}")
ROWS(F_512DQ, 0, "vfpclassss $0x99, ", ", %k2{%k1}")
ROW(F_512DQ, 0, "vpinsrq $1, ", ", %xmm20, %xmm21")
ROW(F_512DQ, 0, "vpextrq $1, %xmm20, ", "")
EVEX_2(F_512CD, "vpconflictd")
EVEX_2(F_512CD, "vplzcntq")
EVEX_3(F_VBMI, "vpermb")
EVEX_3(F_VBMI, "vpermi2b")
EVEX_Q(F_VBMI, "vpmultishiftqb")
EVEX_TO(F_VBMI2, "vpcompressb")
EVEX_TO(F_VBMI2, "vpcompressw")
EVEX_2(F_VBMI2, "vpexpandb")
EVEX_2(F_VBMI2, "vpexpandw")
ROWS(F_VBMI2, 0, "vpshldd $5, ", ", %zmm2, %zmm1{%k1}")
EVEX_D(F_VNNI, "vpdpbusd")
EVEX_D(F_VNNI, "vpdpwssds")
EVEX_2(F_BITALG, "vpopcntb")
ROWS(F_BITALG, 0, "vpshufbitqmb ", ", %zmm2, %k2{%k1}")
EVEX_2(F_POPCNTDQ, "vpopcntd")
EVEX_Q(F_IFMA, "vpmadd52luq")
EVEX_D(F_BF16, "vdpbf16ps")
EVEX_D(F_BF16, "vcvtne2ps2bf16")
EVEX_3(F_FP16, "vaddph")
ROWS(F_FP16, 0, "vmovsh ", ", %xmm1{%k1}")
ROWS(F_FP16, 0, "vmovw %xmm1, ", "")

/* Several addresses at once, and an address in a register */

ROWS_HIDDEN(F_SSE, 0, "maskmovq %mm2, %mm1")
ROWS_HIDDEN(F_SSE2, 0, "maskmovdqu %xmm2, %xmm1")
ROWS_HIDDEN(F_AVX, 0, "vmaskmovdqu %xmm2, %xmm1")
ROWS_V(F_AVX2, R_DWORD, "vpgatherdd %xmm2, ", "%xmm7,1", ", %xmm1")
ROWS_V(F_AVX2, R_DWORD, "vpgatherdd %ymm2, ", "%ymm7,2", ", %ymm1")
ROWS_V(F_AVX2, R_QWORD, "vpgatherqd %xmm2, ", "%ymm7,1", ", %xmm1")
ROWS_V(F_AVX2, R_DWORD, "vgatherdpd %ymm2, ", "%xmm7,4", ", %ymm1")
ROWS_V(F_AVX2, R_QWORD, "vgatherqps %xmm2, ", "%xmm7,1", ", %xmm1")
ROWS_V(F_AVX2, R_QWORD, "vpgatherqq %ymm2, ", "%ymm7,1", ", %ymm1")
ROWS_V(F_512F, R_DWORD, "vpgatherdd ", "%zmm7,1", ", %zmm1{%k1}")
ROWS_V(F_512F, R_DWORD, "vgatherdps ", "%zmm7,4", ", %zmm1{%k2}")
ROWS_V(F_512F, R_DWORD, "vpgatherdq ", "%ymm7,1", ", %zmm1{%k1}")
ROWS_V(F_512F, R_QWORD, "vpgatherqd ", "%zmm7,1", ", %ymm1{%k3}")
ROWS_V(F_512F, R_QWORD, "vgatherqpd ", "%zmm7,2", ", %zmm1{%k1}")
ROWS_V(F_512VL, R_DWORD, "vpgatherdd ", "%xmm7,1", ", %xmm1{%k1}")
ROWS_V(F_512VL, R_QWORD, "vpgatherqd ", "%xmm7,1", ", %xmm1{%k1}")
ROWS_V(F_512F, R_DWORD, "vpscatterdd %zmm1, ", "%zmm7,1", "{%k1}")
ROWS_V(F_512F, R_DWORD, "vscatterdpd %zmm1, ", "%ymm7,4", "{%k2}")
ROWS_V(F_512F, R_QWORD, "vpscatterqd %ymm1, ", "%zmm7,1", "{%k1}")
ROWS_V(F_512F, R_QWORD, "vpscatterqq %zmm1, ", "%zmm7,2", "{%k3}")
ROWS_V(F_512VL, R_DWORD, "vscatterdps %ymm1, ", "%ymm7,1", "{%k1}")
ROWS_V(F_512VL, R_QWORD, "vpscatterqd %xmm1, ", "%xmm7,1", "{%k1}")

#endif /* INSN_ROWS_H */
