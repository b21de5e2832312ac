#include "app/evidence/row_writer.h"

#include <string.h>

enum { KINDS_MOST = 6 };

/* Kinds as they stand in app/entry_kind.c; with a dot at the end all that begin so. */
static const struct {
	const char *thing, *table;
	const char *kinds[KINDS_MOST + 1];
} rows[] = {
	{ "application", "application", { "application." } },
	{ "application", "application_event", { "application." } },
	{ "application", "service_fact", { "application." } },
	{ "application", "intake", { "application." } },
	{ "application", "document", { "document.added" } },
	{ "application", "completeness_check", { "check.papers" } },
	{ "application", "qualification_finding", { "check.finding" } },
	{ "application",
	  "qualification_decision",
	  { "check.met", "check.refusal_proposed", "check.refused", "check.sent_back" } },
	{ "application", "security_information", { "security.informed" } },
	{ "application", "study", { "study.recorded" } },
	{ "application", "rating", { "rating.recorded" } },
	{ "application", "opinion", { "interview.opinion" } },
	{ "application", "conflict", { "conflict." } },
	{ "application", "conflict_error", { "conflict.error" } },
	{ "application", "interview_question", { "question." } },
	{ "application", "dossier_release", { "dossier.released" } },
	{ "application", "complaint", { "complaint." } },
	{ "application", "complaint_record", { "complaint." } },
	{ "application", "result_version", { "result." } },
	{ "application", "result_version_act", { "result." } },
	{ "application",
	  "restricted_opening",
	  { "restricted.opened", "document.viewed", "security.viewed", "study.viewed",
	    "case.exported" } },
	{ "application",
	  "restricted_view",
	  { "restricted.opened", "document.viewed", "security.viewed", "study.viewed",
	    "case.exported" } },
	{ "person", "person", { "person." } },
	/* who gets another password, or loses the factors, is put out before that is told */
	{ "person", "account", { "account.", "session.ended" } },
	{ "person", "passkey", { "account.", "session.ended" } },
	{ "person", "totp", { "account.", "session.ended" } },
	{ "person", "role_grant", { "role.", "access." } },
	{ "person", "access_request", { "access." } },
	{ "person", "acquaintance", { "acquaintance." } },
	{ "person", "keeper_key", { "vault.keeper" } },
	{ "competition", "competition", { "competition.", "term.moved" } },
	{ "competition", "announcement", { "announcement.published" } },
	{ "competition", "commission", { "commission." } },
	{ "commission", "commission", { "commission." } },
	{ "commission", "commission_member", { "commission." } },
	{ "commission", "commission_order", { "commission." } },
	{ "commission", "commission_change", { "commission." } },
	{ "interview", "interview", { "interview." } },
	{ "hall", "hall", { "hall." } },
	{ "hall", "hall_closing", { "hall.changed", "hall.closed" } },
	{ "hall", "hall_node", { "hall.node_added", "hall.node_removed" } },
	{ "hall", "seat_key", { "seat." } },
	{ "sitting",
	  "sitting_given",
	  { "sitting.given", "sitting.brought", "sitting.taken_back" } },
};

static bool is_thing(const char *subject, const char *thing)
{
	const size_t size = strlen(thing);
	return strncmp(subject, thing, size) == 0 && subject[size] == '/';
}

static bool is_kind(const char *kind, const char *listed)
{
	const size_t size = strlen(listed);
	return listed[size - 1] == '.' ? strncmp(kind, listed, size) == 0
				       : strcmp(kind, listed) == 0;
}

bool row_writer_may(const char *kind, const char *subject, const char *table)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (strcmp(rows[i].table, table) != 0 || !is_thing(subject, rows[i].thing))
			continue;
		for (size_t k = 0; rows[i].kinds[k]; k++) {
			if (is_kind(kind, rows[i].kinds[k]))
				return true;
		}
		return false;
	}
	return true;
}

const char *row_writer_row(size_t n, const char **ret_table, const char *const **ret_kinds)
{
	if (n >= COUNT(rows))
		return NULL;
	*ret_table = rows[n].table;
	*ret_kinds = rows[n].kinds;
	return rows[n].thing;
}
