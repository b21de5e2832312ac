/* own_law.h - the law of one installation: files of rules/ that it has entered itself (F1, F2).
 *
 * The program brings the published text with demonstration values where that text is silent.  What
 * an installation enters instead - its rule set with the values of its acts, its table of
 * Qualification Requirements, posts, organs, the calendar - are whole files of the same form, as
 * rows: the bytes in law_text, by their hash, and which file they stand for in own_law.  Decided
 * so, and not for a folder beside the database, because rows come with the same commit as all else,
 * are there on every node, move and are restored with the database, and nobody can forget an
 * option; a file that is not entered still comes with the next program.
 *
 * A competition pins the bytes of its rule set as ever, when it is announced (competition.h): what
 * is entered later never reaches it.  A server reads its law when it starts.  `--rules DIR` is
 * another law altogether and leaves the rows alone. */
#pragma once
#include "app/act.h"

/* `*book`, that of the program, becomes the law of that database: with the files that were entered
 * in their places.  Lives in the arena.  Reads only, and also a database whose schema is older. */
bool own_law_lay(struct db *db, struct arena *a, struct law_book **book, struct err *e) MUST_USE;

/* Enters files, all or none, each in the place of that of its name (or besides: a new rule set);
 * `act->book` is the law until then.  `ret_book` is the law from then on.  Administrators and the
 * system.  ERR_INPUT at "reason" without one; what law_book_load() says of the whole;
 * ERR_CONFLICT "own_law.error.same" if nothing would change.  An entry "law.entered" for each. */
bool own_law_enter(const struct act *act, const struct law_source *files, size_t count,
		   const char *reason, const struct law_book **ret_book, struct err *e) MUST_USE;
