/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libinsn: per-thread memory for native execution
 *
 * The code page is mapped twice, once writable and once executable: no mapping
 * is both, and the executable one was never writable.
 */
#include "libinsn/native-internal.h"

#include <cpuid.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "libinsn/xsave-area.h"
#include "libinsn/xstate.h"

/* If the processor reports 0 */
#define MXCSR_MASK_DEFAULT 0xffbfu

#define INT3 0xcc

/* jmp *8(%rsp): insn_native_enter() has put the return address there. */
static const uint8_t leave[] = { 0xff, 0x64, 0x24, 0x08 };

/* Bytes at the start of the code page that each instruction overwrites */
#define CODE_LEN (INSN_MAX_LEN + sizeof(leave))

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool have_key;

static void thread_free(void *opaque)
{
    InsnNativeThread *thread = opaque;

    if (thread->code) {
        munmap(thread->code, INSN_NATIVE_PAGE);
    }
    if (thread->entry) {
        munmap(thread->entry, INSN_NATIVE_PAGE);
    }
    if (thread->page) {
        munmap(thread->page - INSN_NATIVE_PAGE, 3 * INSN_NATIVE_PAGE);
    }
    free(thread->areas);
    free(thread);
}

static void make_key(void)
{
    have_key = !pthread_key_create(&key, thread_free);
}

static void *map(void *addr, size_t len, int prot, int flags, int fd)
{
    void *at = mmap(addr, len, prot, flags, fd, 0);

    return at == MAP_FAILED ? NULL : at;
}

static const char *make_code(InsnNativeThread *thread)
{
    int fd = memfd_create("insn", MFD_CLOEXEC);

    if (fd < 0) {
        return "can't create a memfd";
    }
    if (!ftruncate(fd, INSN_NATIVE_PAGE)) {
        thread->code = map(NULL, INSN_NATIVE_PAGE, PROT_READ | PROT_WRITE,
                           MAP_SHARED, fd);
        thread->entry = map(NULL, INSN_NATIVE_PAGE, PROT_READ | PROT_EXEC,
                            MAP_SHARED, fd);
    }
    close(fd);
    if (!thread->code) {
        return "can't map a memfd";
    }
    memset(thread->code, INT3, INSN_NATIVE_PAGE);
    return thread->entry ? NULL :
           "this process may not map a memfd executable (see SELinux, seccomp)";
}

static const char *make_page(InsnNativeThread *thread)
{
    uint8_t *pages = map(NULL, 3 * INSN_NATIVE_PAGE, PROT_NONE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1);

    if (!pages) {
        return "can't map three pages";
    }
    thread->page = pages + INSN_NATIVE_PAGE;
    return mprotect(thread->page, INSN_NATIVE_PAGE, PROT_READ | PROT_WRITE) ?
        "can't map a page" : NULL;
}

/* Bytes of an XSAVE area with the components @mask */
static size_t area_len(uint64_t mask)
{
    size_t len = INSN_XSAVE_AT_EXTENDED;

    for (unsigned i = 2; i < 64; i++) {
        uint32_t size, offset, ecx, edx;

        if (mask >> i & 1) {
            __cpuid_count(0xd, i, size, offset, ecx, edx);
            if (len < offset + size) {
                len = offset + size;
            }
        }
    }
    return (len + 63) & ~(size_t)63;
}

static const char *make_areas(InsnNativeThread *thread)
{
    uint64_t mask = insn_xstate_host();
    uint32_t eax, ebx, ecx, edx;

    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & bit_OSXSAVE)) {
        return "the processor has no XSAVE";
    }
    thread->area_len = area_len(mask);
    thread->areas = aligned_alloc(64, 2 * thread->area_len);
    if (!thread->areas) {
        return "out of memory";
    }
    memset(thread->areas, 0, 2 * thread->area_len);
    thread->cx.mask = mask;
    thread->cx.host = thread->areas;
    thread->cx.guest = thread->areas + thread->area_len;
    thread->cx.entry = (uintptr_t)thread->entry;

    __builtin_ia32_fxsave64(thread->cx.guest);
    memcpy(&thread->mxcsr_mask, thread->cx.guest + INSN_XSAVE_AT_MXCSR_MASK, 4);
    if (!thread->mxcsr_mask) {
        thread->mxcsr_mask = MXCSR_MASK_DEFAULT;
    }
    return NULL;
}

static const char *make_thread(InsnNativeThread *thread)
{
    const char *why = make_code(thread);

    if (!why) {
        why = make_page(thread);
    }
    if (!why) {
        why = make_areas(thread);
    }
    return why;
}

InsnNativeThread *insn_native_thread_get(const char **why)
{
    InsnNativeThread *thread;
    const char *error;

    pthread_once(&once, make_key);
    thread = have_key ? pthread_getspecific(key) : NULL;
    if (thread) {
        return thread;
    }
    thread = calloc(1, sizeof(*thread));
    error = !have_key ? "too many thread-specific keys" :
        !thread ? "out of memory" : make_thread(thread);
    if (!error && pthread_setspecific(key, thread)) {
        error = "out of memory";
    }
    if (!error) {
        return thread;
    }
    if (why) {
        *why = error;
    }
    if (thread) {
        thread_free(thread);
    }
    return NULL;
}

/*
 * Code that was written through another linear address is executed only after
 * the processor has been serialized.  CPUID does that.
 */
static void serialize(void)
{
    uint32_t eax, ebx, ecx, edx;

    __cpuid(0, eax, ebx, ecx, edx);
    asm volatile("" : : "r" (eax), "r" (ebx), "r" (ecx), "r" (edx) : "memory");
}

void insn_native_thread_code(InsnNativeThread *thread,
                             const InsnNativeCode *code)
{
    uint8_t bytes[CODE_LEN];

    memset(bytes, INT3, sizeof(bytes));
    memcpy(bytes, code->bytes, code->len);
    memcpy(bytes + code->len, leave, sizeof(leave));
    if (memcmp(thread->code, bytes, sizeof(bytes)) != 0) {
        memcpy(thread->code, bytes, sizeof(bytes));
        serialize();
    }
}
