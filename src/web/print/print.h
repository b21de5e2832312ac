/* print.h - papers as PDF: the routes that end in .pdf, and the page where a paper is verified.
 *
 * A paper is made by the handler of the page it belongs to: what a person may see there, and only
 * that, may be printed, from the same model, through papers/NAME.html. It runs on a worker thread
 * (route.slow) and reads only. */
#pragma once
#include "print/paper.h"
#include "web/web.h"

extern const struct route print_routes[];

/* What a paper is about: what its hash is tied to in the journal. */
enum about {
	ABOUT_COMPETITION,
	ABOUT_APPLICATION,
	ABOUT_RECEIPT, /* an application; the hash is that of the receipt (F15) */
	ABOUT_LIST,    /* for own security                                       */
	ABOUT_LETTER,  /* of own security                                        */
	ABOUT_ATTEMPT,
	ABOUT_ACT,
	ABOUT_SITTING,
	ABOUT_INTERVIEW,
	ABOUT_REQUEST,
	ABOUT_DESTRUCTION,
	ABOUT_CHALLENGE,
	ABOUT_FORM /* on paper: of no competition                         */
};

/* One kind of paper.  The table stands in print_routes.c. */
struct paper_kind {
	const char *name;      /* papers/NAME.html; its title is "paper.NAME" */
	const char *path;      /* of its route                              */
	const char *parameter; /* of that path: whose paper                  */
	enum about about;
	bool (*handler)(struct req *r, json_t *model, struct err *e); /* of the page */
};
extern const struct paper_kind paper_kinds[]; /* name NULL last */
const struct paper_kind *paper_kind_named(const char *name);

/* Makes the paper of thing `id`; fails as the page would.  `ret` lives in r->arena. */
bool print_make(const struct req *r, const struct paper_kind *kind, int64_t id, struct paper *ret,
		int64_t *ret_competition, struct err *e) MUST_USE;

/* The XHTML of papers/NAME.html with this model. */
bool print_render(const struct req *r, const char *name, json_t *model, struct buf *out,
		  struct err *e) MUST_USE;

/* Text of a message in the language of the request; the key if there is none. */
const char *print_text(const struct req *r, const char *key);

/* Answers with a PDF of this file name. */
void print_send(struct req *r, const struct buf *pdf, const char *file_name);

/* Notes on the worker's thread that this paper goes into the register (app/evidence/paper.h); that
 * is written by print_answer(), in the turn. */
void print_note(struct req *r, const char *kind, int64_t competition_id, const struct paper *p);

/* The same of a study's restricted paper that the reader is given in a bundle: print_answer()
 * journals the view (F76, F77). */
void print_note_view(struct req *r, int64_t study_id);

/* The same of own security's letter about a candidate. */
void print_note_security(struct req *r, int64_t application_id);

/* The language the paper is asked for in, or that of the reader. */
struct req print_reader(struct req *r);

bool print_slow(struct req *r, struct err *e);             /* of one paper                 */
bool print_dossier_slow(struct req *r, struct err *e);     /* all papers of one candidate   */
bool print_competition_slow(struct req *r, struct err *e); /* all papers of a competition   */
bool print_answer(struct req *r, json_t *model, struct err *e);

/* Models of papers that are not simply those of a page (print_model.c). */
bool print_result(struct req *r, json_t *model, struct err *e);
bool print_test_list(struct req *r, json_t *model, struct err *e);
bool print_test_list_page(struct req *r, json_t *model, struct err *e);
extern const struct list test_list_listing;
bool print_invitation(struct req *r, json_t *model, struct err *e);

/* The public page where a hash is looked up (print_verify.c). */
extern const struct param verify_params[];
extern const struct param verify_check_params[];
bool verify_show(struct req *r, json_t *model, struct err *e);
bool verify_check(struct req *r, json_t *model, struct err *e);
