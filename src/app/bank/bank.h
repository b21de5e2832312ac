/* bank.h - the question bank: versions of questions, found by their content (F22), and the files of
 * the sample bank.
 *
 * A question has a code that stays; its words, key, article and the day of the act's text make a
 * version (exam/item.h), which never changes.  bank_item.h says how one is written, bank_review.h
 * how it comes into use. */
#pragma once
#include "app/act.h"
#include "exam/item.h"
#include "rules/bank_file.h"

/* A version that a form may hold; for the WHERE of a SELECT from item. */
#define ITEM_IN_USE "approved_ms IS NOT NULL AND held_ms IS NULL AND retired_ms IS NULL"

struct bank_import {
	int64_t added;     /* new items and new versions of items      */
	int64_t unchanged; /* there already, letter for letter          */
	int64_t retired;   /* older versions that a new one has replaced */
};

/* Takes over a whole file or nothing.  An item whose content is there already is left alone;
 * one of the same code with other content retires the older version, which stays for the
 * forms that used it.  What it takes is in use at once, without review: for the sample bank alone.
 * Administrators and the system only. */
bool bank_import(const struct act *act, const struct bank_file *file, struct bank_import *ret,
		 struct err *e) MUST_USE;

/* What a version is found by; a language whose stem is NULL counts as empty. */
void bank_hash_item(const struct item *item, unsigned char ret[ITEM_HASH_SIZE]);

/* The version with this content, which is stored if there is none; not in use by that.  A language
 * whose stem is NULL is missing.  ERR_INPUT "bank.error.same" with the code in `value` if another
 * question says the same in every letter.  The caller has checked right and content. */
bool bank_version(const struct act *act, const char *code, const struct item *item, bool sample,
		  int64_t *ret_id, struct err *e) MUST_USE;

/* Takes away a version that no revision has.  The caller has checked that. */
bool bank_version_drop(const struct act *act, int64_t version, struct err *e) MUST_USE;

/* Notes a pair of questions that no form may hold together (F30), whichever names the other. */
bool bank_enemy(const struct act *act, const char *code, const char *other, struct err *e) MUST_USE;
