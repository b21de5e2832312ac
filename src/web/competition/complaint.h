/* complaint.h - complaints with their records, and the end of what is kept (F74, F90). */
#pragma once
#include "web/web.h"

extern const struct route complaint_routes[];

bool complaint_new(struct req *r, json_t *model, struct err *e);
bool complaint_send(struct req *r, json_t *model, struct err *e);
bool complaint_list(struct req *r, json_t *model, struct err *e);
bool complaint_show(struct req *r, json_t *model, struct err *e);
bool complaint_reply(struct req *r, json_t *model, struct err *e);

extern const struct list retention_listing;
extern const struct param retention_list_params[];
extern const struct param retention_show_params[];
extern const struct param retention_propose_params[];
extern const struct param retention_person_params[];
extern const struct param retention_proposal_params[];
extern const struct param retention_answer_params[];
extern const struct param retention_act_params[];

bool retention_list(struct req *r, json_t *model, struct err *e);
bool retention_show(struct req *r, json_t *model, struct err *e);
bool retention_propose(struct req *r, json_t *model, struct err *e);
bool retention_person(struct req *r, json_t *model, struct err *e);
bool retention_propose_person(struct req *r, json_t *model, struct err *e);
bool destruction_show(struct req *r, json_t *model, struct err *e);
bool destruction_do_answer(struct req *r, json_t *model, struct err *e);
bool destruction_do_withdraw(struct req *r, json_t *model, struct err *e);
bool retention_act(struct req *r, json_t *model, struct err *e);
