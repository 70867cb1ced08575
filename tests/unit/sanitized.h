/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit tests: less of the same under the sanitizers, which are five times slower
 */
#ifndef TESTS_UNIT_SANITIZED_H
#define TESTS_UNIT_SANITIZED_H

#ifndef __has_feature
#define __has_feature(x) 0
#endif

/* Is this program compiled with AddressSanitizer or ThreadSanitizer? */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || \
    __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

/* How often a test does something at random that it does @n times elsewhere */
#define ROUNDS(n) (SANITIZED ? ((n) + 4) / 5 : (n))

#endif
