/* sanitized.h - whether a sanitizer that watches memory or threads is in this build.
 *
 * It reserves more address space than any machine has, looks at its own memory and threads, and
 * does what a fence refuses: limits and fences make room for it. */
#pragma once

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#endif
