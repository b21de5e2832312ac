/* bank.h - the question bank: questions in work and in use, acts, the blueprint (F22 to F25, F29).
 */
#pragma once
#include "web/web.h"

extern const struct route bank_routes[];

enum { BANK_STEM_MOST = 2000, BANK_OPTION_MOST = 600, BANK_REASON_MOST = 1000 };

/* Acts of today's programme for field/select: [{id, name, chosen}], in the order of the rules. */
json_t *bank_act_options(const struct req *r, const char *chosen);

/* The name of an act of the programme in the reader's language; its code if it has none. */
const char *bank_act_name(const struct req *r, const char *code);

extern const struct param bank_item_params[], bank_new_params[], bank_edit_params[],
	bank_add_params[], bank_revise_params[], bank_do_params[], bank_comment_params[],
	bank_revision_params[];

bool bank_new(struct req *r, json_t *model, struct err *e);
bool bank_add(struct req *r, json_t *model, struct err *e);
bool bank_edit(struct req *r, json_t *model, struct err *e);
bool bank_revise(struct req *r, json_t *model, struct err *e);
bool bank_show(struct req *r, json_t *model, struct err *e);
bool bank_alike_slow(struct req *r, struct err *e);
bool bank_do(struct req *r, json_t *model, struct err *e);
bool bank_do_comment(struct req *r, json_t *model, struct err *e);
bool bank_show_revision(struct req *r, json_t *model, struct err *e);

/* How many questions wait for this person to do something about them. */
bool bank_waiting(const struct req *r, int64_t *ret, struct err *e) MUST_USE;

/* Figures (figures.c). */
extern const struct list figures_listing;
extern const struct param figures_params[], figures_item_params[], figures_hold_params[];
bool figures_slow(struct req *r, struct err *e);
bool figures_show(struct req *r, json_t *model, struct err *e);
bool figures_item_slow(struct req *r, struct err *e);
bool figures_item(struct req *r, json_t *model, struct err *e);
bool figures_hold_slow(struct req *r, struct err *e);
bool figures_do_hold(struct req *r, json_t *model, struct err *e);

/* Questions of files (bank_import.c). */
extern const struct list bank_imports_listing, bank_import_listing;
extern const struct param bank_imports_params[], bank_import_add_params[], bank_import_params[],
	bank_import_take_params[];
bool bank_imports(struct req *r, json_t *model, struct err *e);
bool bank_import_slow(struct req *r, struct err *e);
bool bank_import_add(struct req *r, json_t *model, struct err *e);
bool bank_import_show(struct req *r, json_t *model, struct err *e);
bool bank_import_take(struct req *r, json_t *model, struct err *e);
bool bank_import_drop(struct req *r, json_t *model, struct err *e);

/* Questions for other systems (bank_export.c). */
extern const struct list bank_export_listing;
extern const struct param bank_export_params[], bank_export_add_params[], bank_export_do_params[];
bool bank_export(struct req *r, json_t *model, struct err *e);
bool bank_export_add(struct req *r, json_t *model, struct err *e);
bool bank_export_agree(struct req *r, json_t *model, struct err *e);
bool bank_export_slow(struct req *r, struct err *e);
bool bank_export_file(struct req *r, json_t *model, struct err *e);

/* Forms on paper (bank_form.c); the last two are of their papers (print.h). */
extern const struct list bank_forms_listing;
extern const struct param bank_forms_params[], bank_form_add_params[], bank_form_params[];
bool bank_forms(struct req *r, json_t *model, struct err *e);
bool bank_form_add(struct req *r, json_t *model, struct err *e);
bool bank_form_agree(struct req *r, json_t *model, struct err *e);
bool bank_form_show(struct req *r, json_t *model, struct err *e);
bool bank_form_paper(struct req *r, json_t *model, struct err *e);
bool bank_form_key(struct req *r, json_t *model, struct err *e);
