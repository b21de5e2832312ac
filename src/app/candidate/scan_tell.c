#include "app/candidate/scan_tell.h"

#include "app/notice/notice.h"

/* One of the rows that rest on the file: {competition_id, organ, application_id, by_id, owner_id}.
 * owner_id is 0 where the candidate has no part in the paper.  Replaced papers are no news. */
static bool tell_one(const struct act *act, const json_t *row, struct err *e)
{
	const int64_t application = row_number(row, "application_id");
	const int64_t owner = row_number(row, "owner_id");
	const int64_t by = row_number(row, "by_id");
	const struct notice n = {
		.person_id = owner ? owner : by,
		.kind = "paper.infected",
		.competition_id = row_number(row, "competition_id"),
		.href = owner ? arena_print(act->arena, "/applications/%lld",
					    (long long)application)
			      : "",
	};
	const struct notice hr = {
		.kind = "paper.infected_hr",
		.competition_id = n.competition_id,
		.href = application ? arena_print(act->arena, "/applications/%lld/dossier",
						  (long long)application)
				    : arena_print(act->arena, "/competitions/%lld/commission",
						  (long long)n.competition_id),
	};
	struct notice other = n;
	other.person_id = by;
	other.href = "";
	return notice_send(act, &n, e) && (!owner || by == owner || notice_send(act, &other, e)) &&
	       notice_send_role(act, ROLE_NAME_HR, row_text(row, "organ"), &hr, e);
}

bool scan_tell(const struct act *act, const char *hash, struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(
		act->db, act->arena, e,
		"SELECT DISTINCT c.id AS competition_id, c.organ, x.application_id, x.by_id,"
		" CASE WHEN x.own = 1 THEN a.person_id ELSE 0 END AS owner_id FROM ("
		" SELECT application_id, added_by AS by_id, 1 AS own FROM document"
		"  WHERE blob_hash = $1 AND replaced_ms IS NULL"
		" UNION ALL SELECT application_id, by_id, 0 FROM study WHERE blob_hash = $1"
		" UNION ALL SELECT application_id, by_id, 0 FROM rating WHERE blob_hash = $1"
		" UNION ALL SELECT application_id, by_id, 0 FROM security_information"
		"  WHERE blob_hash = $1"
		" UNION ALL SELECT application_id, by_id, 0 FROM document_signature"
		"  WHERE blob_hash = $1 AND application_id IS NOT NULL) x"
		" JOIN application a ON a.id = x.application_id"
		" JOIN competition c ON c.id = a.competition_id"
		" UNION SELECT c.id, c.organ, 0, o.by_id, 0 FROM commission_order o"
		"  JOIN commission k ON k.id = o.commission_id"
		"  JOIN competition c ON c.id = k.competition_id WHERE o.blob_hash = $1"
		" ORDER BY 1, 3, 4",
		db_text(hash));
	json_array_foreach (rows, i, row) {
		if (!tell_one(act, row, e))
			return false;
	}
	return rows != NULL;
}
