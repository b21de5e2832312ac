/* banned.h - functions that must not compile.  Included into every file of
 * src/ by the build (-include), after which a call is an error. */
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* clang's fortified library has macros of these names, which cannot be poisoned. */
#undef sprintf
#undef vsprintf

/* rand() and strncpy() are found by script/check-layers: OpenSSL's headers have parameters of the
 * one name, libxlsxwriter's have macros that call the other. */
#pragma GCC poison strcpy strcat sprintf vsprintf gets strtok atoi atol atof localtime gmtime      \
	ctime asctime srand strncat
