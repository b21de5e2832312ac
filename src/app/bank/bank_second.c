#include "app/bank/bank_second.h"

#include "app/bank/bank_item.h"
#include "app/notice/notice.h"

bool bank_second_tell(const struct act *act, const char *kind, const char *href, const char *reason,
		      struct err *e)
{
	size_t i = 0;
	const json_t *row = NULL;
	const json_t *rows = db_rows(act->db, act->arena, e,
				     "SELECT DISTINCT person_id FROM role_grant"
				     " WHERE role IN ('approver', 'admin') AND revoked_ms IS NULL"
				     " AND organ = $1 AND person_id <> $2 ORDER BY person_id",
				     db_text(act->book->organs[0].code), db_int(act->person_id));
	json_array_foreach (rows, i, row) {
		const struct notice n = {
			.person_id = row_number(row, "person_id"),
			.kind = kind,
			.href = href,
			.values = json_pack("{s:s}", "reason", reason),
		};
		if (!notice_send(act, &n, e))
			return false;
	}
	return rows != NULL;
}

bool bank_second_require(const struct act *act, int64_t asked_by, struct err *e)
{
	bool admin = false;
	if (!act_holds(act, ROLE_NAME_ADMIN, act->book->organs[0].code, &admin, e) ||
	    (!admin && !bank_require(act, ROLE_NAME_APPROVER, e)))
		return false;
	return asked_by != act->person_id ||
	       err_set(e, ERR_CONFLICT, "export.error.self", "who has asked");
}
