/* journal.h - the journal as a log that others can check: pages for who watches over it, and the
 * log itself for everybody (F86, F87). */
#pragma once
#include "web/web.h"

extern const struct route journal_routes[];

enum { ROLES_WATCH = ROLE_AUDITOR | ROLE_ADMIN };

/* journal.c: checkpoints. */
extern const struct list checkpoint_listing;
extern const struct param journal_list_params[];
extern const struct param journal_checkpoint_params[];
bool journal_list(struct req *r, json_t *model, struct err *e);
bool journal_checkpoint(struct req *r, json_t *model, struct err *e);
bool journal_paper_slow(struct req *r, struct err *e);
bool journal_paper(struct req *r, json_t *model, struct err *e);
extern const struct param journal_paper_params[];

/* journal_explore.c: entries, found. */
extern const struct list entry_listing;
extern const struct param journal_entries_params[];
bool journal_entries_slow(struct req *r, struct err *e);
bool journal_entries(struct req *r, json_t *model, struct err *e);

/* Adds "known" to rows with a "kind": whether there is a message "event.KIND". */
void journal_mark_known(json_t *rows);

/* The message key of what somebody is who acts: an office, "commission", "candidate", "system". */
const char *journal_role_key(struct arena *a, const char *role);

/* journal_entry.c: one entry, with its proof. */
extern const struct param journal_entry_params[], journal_receipt_params[];
bool journal_entry_show(struct req *r, json_t *model, struct err *e);
bool journal_entry_receipt(struct req *r, json_t *model, struct err *e);

/* journal_witness.c: witnesses, and what they bring. */
extern const struct param witness_propose_params[];
extern const struct param witness_step_params[];
extern const struct param witness_reason_params[];
extern const struct param witness_note_params[];
bool witness_list(struct req *r, json_t *model, struct err *e);
bool witness_do_propose(struct req *r, json_t *model, struct err *e);
bool witness_do_confirm(struct req *r, json_t *model, struct err *e);
bool witness_do_refuse(struct req *r, json_t *model, struct err *e);
bool witness_do_end(struct req *r, json_t *model, struct err *e);
bool witness_form(struct req *r, json_t *model, struct err *e);
bool witness_bring(struct req *r, json_t *model, struct err *e);

/* journal_log.c: C2SP's tlog-tiles. */
extern const struct param log_params_1[], log_params_2[], log_params_3[], log_params_4[];
bool log_checkpoint(struct req *r, json_t *model, struct err *e);
bool log_tile(struct req *r, json_t *model, struct err *e);
bool log_entries(struct req *r, json_t *model, struct err *e);

/* {text, hash...} lists for templates: each hash of a proof as base64. */
struct tree_proof;
json_t *proof_list(const struct tree_proof *proof);
