/* bank.h - the question bank: files of questions become immutable item versions (F22). */
#pragma once
#include "app/act.h"
#include "rules/bank_file.h"

struct bank_import {
	int64_t added;     /* new items and new versions of items      */
	int64_t unchanged; /* there already, letter for letter          */
	int64_t retired;   /* older versions that a new one has replaced */
};

/* Takes over a whole file or nothing.  An item whose content is there already is left alone;
 * one of the same code with other content retires the older version, which stays for the
 * forms that used it.  Administrators and the system only. */
bool bank_import(const struct act *act, const struct bank_file *file, struct bank_import *ret,
		 struct err *e) MUST_USE;
