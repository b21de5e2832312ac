/* mail.h - notices by e-mail: addresses, the outbox, and what its sender does with it.
 *
 * A mail is a row written in the transaction of its notice; it says that there is something to read
 * and where, and nothing of what it is about: mail is read on the way.  `konkurs mail` takes the
 * rows that are due (cli/mail.c).  An address counts once its person has typed the code that
 * was sent there. */
#pragma once
#include "app/act.h"

enum {
	MAIL_ADDRESS_MOST = 254, /* RFC 5321, 4.5.3.1.3 */
	MAIL_CODE_DIGITS = 8,
};

/* Whether it is one plain address: ASCII, one "@", no space, quote, comment or list. */
bool mail_address_valid(const char *address);

/* ---- the person ------------------------------------------------------------------------------ */

/* A new own address, not proved yet; a code is queued for it.  ERR_INPUT at "address"; ERR_BUSY
 * "mail.error.often" less than a minute after the last code. */
bool mail_set_address(const struct act *act, const char *address, const char *language,
		      struct err *e) MUST_USE;

/* The code that came; `ret_right` tells whether it is the one.  A wrong one is counted: that row
 * has to be committed although the person is refused.  ERR_INPUT "mail.error.code_over" at "code"
 * after a day or five wrong ones. */
bool mail_confirm(const struct act *act, const char *code, bool *ret_right, struct err *e) MUST_USE;

/* Whether each notice also goes out as a mail, and in which language. */
bool mail_choose(const struct act *act, bool wanted, const char *language, struct err *e) MUST_USE;

/* The address is forgotten, and what waits for it is not sent. */
bool mail_forget(const struct act *act, struct err *e) MUST_USE;

/* ---- the outbox ------------------------------------------------------------------------------ */

/* For app/notice/notice.c: queues a mail if the person has a proved address and wants mails. */
bool mail_queue(const struct act *act, int64_t person_id, int64_t notice_id,
		struct err *e) MUST_USE;

/* The administrator: a test mail to the own address (ERR_CONFLICT "mail.error.none" without one);
 * a mail of the queue at once, or never.  ERR_CONFLICT "mail.error.ended". */
bool mail_queue_test(const struct act *act, struct err *e) MUST_USE;
bool mail_retry(const struct act *act, int64_t id, struct err *e) MUST_USE;
bool mail_give_up(const struct act *act, int64_t id, struct err *e) MUST_USE;

/* ---- the sender ------------------------------------------------------------------------------ */

struct mail {
	int64_t id, notice_id;
	const char *kind, *address, *language, *code;
	int64_t created_ms;
	int attempts; /* this one counted */
};

enum mail_outcome {
	MAIL_SENT,
	MAIL_LATER, /* the server is away or says "not now": again, later and later */
	MAIL_NEVER  /* the server refuses it for good                                */
};

/* The next one that is due; `ret_found` false: none.  It is put off before it is sent, so that a
 * sender that dies sends one mail twice at most, and no mail never. */
bool mail_claim(const struct act *act, struct mail *ret, bool *ret_found, struct err *e) MUST_USE;

/* What came of it; `problem` is the word for column mail.problem.  After ten attempts it is given
 * up.  Nothing, if it was claimed again meanwhile: a sender that was stopped for so long comes too
 * late. */
bool mail_settle(const struct act *act, const struct mail *mail, enum mail_outcome outcome,
		 const char *problem, struct err *e) MUST_USE;

/* The sender is at work. */
bool mail_seen(const struct act *act, const char *server, struct err *e) MUST_USE;

/* Milliseconds until attempt `attempts` + 1: 1, 2, 4... minutes, at most four hours. */
int64_t mail_pause_ms(int attempts);
