#include "picture.h"

#include "db/sqlite.h"
#include "test_db.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* db/schema; `schema_done` is db/migrate.c's own. */
#define TABLES(X)                                                                                  \
	X(account)                                                                                 \
	X(form_done)                                                                               \
	X(lease)                                                                                   \
	X(sitting_given)                                                                           \
	X(commit_mark)                                                                             \
	X(acquaintance)                                                                            \
	X(announcement)                                                                            \
	X(answer_event)                                                                            \
	X(answer_newest)                                                                           \
	X(application)                                                                             \
	X(application_event)                                                                       \
	X(attempt)                                                                                 \
	X(attempt_seen)                                                                            \
	X(attendance)                                                                              \
	X(trust_setting)                                                                           \
	X(trust_list)                                                                              \
	X(trust_certificate)                                                                       \
	X(signature_decision)                                                                      \
	X(document_signature)                                                                      \
	X(complaint)                                                                               \
	X(complaint_record)                                                                        \
	X(destruction_act)                                                                         \
	X(destruction_proposal)                                                                    \
	X(body_request)                                                                            \
	X(body_request_entry)                                                                      \
	X(installation)                                                                            \
	X(intake)                                                                                  \
	X(calendar_change)                                                                         \
	X(feed)                                                                                    \
	X(bulk)                                                                                    \
	X(bulk_item)                                                                               \
	X(act_change)                                                                              \
	X(audit_report)                                                                            \
	X(backup)                                                                                  \
	X(backup_check)                                                                            \
	X(bank_comment)                                                                            \
	X(bank_item)                                                                               \
	X(paper_form_issued)                                                                       \
	X(bank_export)                                                                             \
	X(paper_form)                                                                              \
	X(paper_form_question)                                                                     \
	X(bank_import)                                                                             \
	X(bank_import_part)                                                                        \
	X(bank_import_row)                                                                         \
	X(bank_key)                                                                                \
	X(bank_opening)                                                                            \
	X(bank_opening_share)                                                                      \
	X(bank_revision)                                                                           \
	X(bank_share)                                                                              \
	X(bank_sign)                                                                               \
	X(screening)                                                                               \
	X(screening_setting)                                                                       \
	X(screening_signal)                                                                        \
	X(bank_view)                                                                               \
	X(result_version_act)                                                                      \
	X(result_version)                                                                          \
	X(key_correction)                                                                          \
	X(finding)                                                                                 \
	X(challenge)                                                                               \
	X(ballot)                                                                                  \
	X(blob)                                                                                    \
	X(object_removal)                                                                          \
	X(file_service)                                                                            \
	X(hall_node)                                                                               \
	X(node_holding)                                                                            \
	X(move)                                                                                    \
	X(commission)                                                                              \
	X(commission_change)                                                                       \
	X(commission_order)                                                                        \
	X(conflict_error)                                                                          \
	X(decision_roll)                                                                           \
	X(interview_question)                                                                      \
	X(hook)                                                                                    \
	X(hook_delivery)                                                                           \
	X(hook_event)                                                                              \
	X(hook_service)                                                                            \
	X(mail)                                                                                    \
	X(mail_address)                                                                            \
	X(daily_job)                                                                               \
	X(mail_service)                                                                            \
	X(mark)                                                                                    \
	X(mark_excuse)                                                                             \
	X(mark_opening)                                                                            \
	X(member_note)                                                                             \
	X(minutes_signature)                                                                       \
	X(question_draft)                                                                          \
	X(commission_member)                                                                       \
	X(competition)                                                                             \
	X(completeness_check)                                                                      \
	X(conflict)                                                                                \
	X(decision)                                                                                \
	X(document)                                                                                \
	X(dossier_release)                                                                         \
	X(extra_time)                                                                              \
	X(form_question)                                                                           \
	X(hall)                                                                                    \
	X(hall_closing)                                                                            \
	X(interview)                                                                               \
	X(interview_candidate)                                                                     \
	X(item)                                                                                    \
	X(item_enemy)                                                                              \
	X(item_key)                                                                                \
	X(item_text)                                                                               \
	X(keeper_key)                                                                              \
	X(journal_content)                                                                         \
	X(journal_entry)                                                                           \
	X(journal_tile)                                                                            \
	X(scan)                                                                                    \
	X(scan_service)                                                                            \
	X(log_alarm)                                                                               \
	X(log_identity)                                                                            \
	X(checkpoint)                                                                              \
	X(checkpoint_reason)                                                                       \
	X(video_incident)                                                                          \
	X(video_line)                                                                              \
	X(video_rehearsal)                                                                         \
	X(video_room)                                                                              \
	X(video_segment)                                                                           \
	X(video_service)                                                                           \
	X(video_source)                                                                            \
	X(video_view)                                                                              \
	X(witness)                                                                                 \
	X(witness_step)                                                                            \
	X(witness_signature)                                                                       \
	X(law_text)                                                                                \
	X(minutes)                                                                                 \
	X(notice)                                                                                  \
	X(notice_paper)                                                                            \
	X(opinion)                                                                                 \
	X(own_law)                                                                                 \
	X(paper)                                                                                   \
	X(person)                                                                                  \
	X(qualification_decision)                                                                  \
	X(qualification_finding)                                                                   \
	X(rating)                                                                                  \
	X(result)                                                                                  \
	X(result_act)                                                                              \
	X(role_grant)                                                                              \
	X(seat_event)                                                                              \
	X(seat_key)                                                                                \
	X(seat_pulse)                                                                              \
	X(secret)                                                                                  \
	X(security_information)                                                                    \
	X(security_list)                                                                           \
	X(security_list_entry)                                                                     \
	X(service_clock)                                                                           \
	X(service_fact)                                                                            \
	X(service_key)                                                                             \
	X(session)                                                                                 \
	X(known_device)                                                                            \
	X(sign_in_step)                                                                            \
	X(totp)                                                                                    \
	X(recovery_code)                                                                           \
	X(passkey)                                                                                 \
	X(challenge_used)                                                                          \
	X(access_setting)                                                                          \
	X(reauth_file)                                                                             \
	X(access_request)                                                                          \
	X(restricted_opening)                                                                      \
	X(restricted_view)                                                                         \
	X(sitting)                                                                                 \
	X(sitting_act)                                                                             \
	X(sitting_coin)                                                                            \
	X(sitting_enemy)                                                                           \
	X(sitting_item)                                                                            \
	X(stop)                                                                                    \
	X(stop_hold)                                                                               \
	X(study)

static bool add_row(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct picture_table *table = user;
	crypto_generichash_state state;
	uint64_t hash = 0;
	(void)e;
	(void)crypto_generichash_init(&state, NULL, 0, crypto_generichash_BYTES);
	for (size_t i = 0; i < count; i++) {
		const struct db_value *v = &column[i];
		const int64_t head[] = { v->type, v->number, (int64_t)v->size };
		(void)crypto_generichash_update(&state, (const unsigned char *)head, sizeof(head));
		if (v->size > 0)
			(void)crypto_generichash_update(&state, v->bytes, v->size);
	}
	unsigned char whole[crypto_generichash_BYTES];
	(void)crypto_generichash_final(&state, whole, sizeof(whole));
	memcpy(&hash, whole, sizeof(hash));
	table->rows++;
	table->sum += hash;
	return true;
}

struct listed {
	const struct picture *picture;
	char missing[64];
};

static void look_up(struct listed *l, const char *name)
{
	for (size_t i = 0; i < l->picture->count; i++) {
		if (strcmp(l->picture->table[i].name, name) == 0)
			return;
	}
	(void)snprintf(l->missing, sizeof(l->missing), "%s", name);
}

static void expect_all(struct db *db, const struct picture *p)
{
	struct listed l = { .picture = p };
	CLEANUP(arena_cleanup) struct arena *a = arena_new();
	const json_t *tables = test_db_tables(db, a);
	size_t i = 0;
	const json_t *row = NULL;
	json_array_foreach (tables, i, row)
		look_up(&l, json_string_value(json_object_get(row, "name")));
	if (*l.missing)
		fail_msg("picture.c does not list table %s", l.missing);
}

static bool add_sum(void *user, const struct db_value *column, size_t count, struct err *e)
{
	struct picture *p = user;
	size_t i = 0;
	(void)count;
	(void)e;
	while (i < p->count && strcmp(p->table[i].name, column[0].bytes) != 0)
		i++;
	if (i < p->count) {
		p->table[i].rows = (uint64_t)column[1].number;
		p->table[i].sum = (uint64_t)column[2].number;
	}
	return true;
}

/* All at once: a question for each table would take a server longer than the test itself. */
static bool take_of_server(struct db *db, struct picture *ret, struct err *e)
{
#define NAME(name)                                                                                 \
	assert_true(ret->count < PICTURE_TABLES_MOST);                                             \
	ret->table[ret->count++] = (struct picture_table){ #name, 0, 0 };
#define SUM(name)                                                                                  \
	"SELECT '" #name "', COUNT(*), COALESCE(SUM(hashtext(CAST(t AS TEXT))), 0) FROM " #name    \
	" t UNION ALL "
	TABLES(NAME)
	return db_each(db, e, add_sum, ret, TABLES(SUM) "SELECT '', 0, 0");
#undef NAME
#undef SUM
}

void picture_take(struct db *db, struct picture *ret)
{
	struct err e = { 0 };
	bool ok = true;
	*ret = (struct picture){ 0 };
	if (test_db_is_server()) {
		if (!take_of_server(db, ret, &e))
			fail_msg("%s: %s", e.key, e.detail);
		expect_all(db, ret);
		return;
	}
#define TAKE(name)                                                                                 \
	assert_true(ret->count < PICTURE_TABLES_MOST);                                             \
	ret->table[ret->count] = (struct picture_table){ #name, 0, 0 };                            \
	ok = ok && db_each(db, &e, add_row, &ret->table[ret->count++], "SELECT * FROM " #name);
	TABLES(TAKE)
#undef TAKE
	if (!ok)
		fail_msg("%s: %s", e.key, e.detail);
	expect_all(db, ret);
}

static size_t big_endian(const unsigned char *bytes, size_t count)
{
	size_t number = 0;
	for (size_t i = 0; i < count; i++)
		number = number << 8 | bytes[i];
	return number;
}

/* What a page of the free list held before is not kept for a rollback, which therefore leaves there
 * whatever was written.  The list itself is undone: "Database File Format", 1.5. */
static void blank_free_pages(struct picture_pages *p)
{
	enum { AT_PAGE_SIZE = 16, AT_FIRST_TRUNK = 32, AT_COUNT = 4, AT_LEAVES = 8, NUMBER = 4 };
	const size_t page = big_endian(p->bytes + AT_PAGE_SIZE, 2);
	size_t trunk = big_endian(p->bytes + AT_FIRST_TRUNK, NUMBER);
	while (trunk > 0 && trunk * page <= p->size) {
		const unsigned char *at = p->bytes + (trunk - 1) * page;
		const size_t count = big_endian(at + AT_COUNT, NUMBER);
		for (size_t i = 0; i < count && i < page / NUMBER - 2; i++) {
			size_t leaf = big_endian(at + AT_LEAVES + i * NUMBER, NUMBER);
			if (leaf > 0 && leaf * page <= p->size)
				memset(p->bytes + (leaf - 1) * page, 0, page);
		}
		trunk = big_endian(at, NUMBER);
	}
}

void picture_pages_take(struct db *db, struct picture_pages *ret)
{
	sqlite3_int64 size = 0;
	*ret = (struct picture_pages){ 0 };
	if (test_db_is_server())
		return;
	ret->bytes = sqlite3_serialize(((struct sqlite *)db)->handle, "main", &size, 0);
	assert_non_null(ret->bytes);
	ret->size = (size_t)size;
	blank_free_pages(ret);
}

bool picture_pages_same(const struct picture_pages *a, const struct picture_pages *b)
{
	return a->bytes && b->bytes && a->size == b->size &&
	       memcmp(a->bytes, b->bytes, a->size) == 0;
}

void picture_pages_free(struct picture_pages *p)
{
	sqlite3_free(p->bytes);
	*p = (struct picture_pages){ 0 };
}

const char *picture_diff(const struct picture *a, const struct picture *b)
{
	for (size_t i = 0; i < a->count; i++) {
		if (a->table[i].rows != b->table[i].rows || a->table[i].sum != b->table[i].sum)
			return a->table[i].name;
	}
	return NULL;
}
