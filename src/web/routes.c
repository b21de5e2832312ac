/* routes.c - the whole site: the areas, and the routes of a competition on its first route.
 *
 * Lists of parameters stand in the file of the group.  The tables are also the description of the
 * API (/help/routes) and are walked by test/web/routes.c, role by role. */
#include "web/access/access.h"
#include "web/access/account.h"
#include "web/access/people_import.h"
#include "web/access/second.h"
#include "web/access/sign_in.h"
#include "web/api/api.h"
#include "web/bank/bank.h"
#include "web/bank/screening.h"
#include "web/bank/vault.h"
#include "web/candidate/application.h"
#include "web/candidate/bulk.h"
#include "web/candidate/case_file.h"
#include "web/candidate/check.h"
#include "web/candidate/dossier.h"
#include "web/candidate/intake.h"
#include "web/candidate/reader.h"
#include "web/candidate/security.h"
#include "web/candidate/story.h"
#include "web/candidate/study.h"
#include "web/competition/calendar.h"
#include "web/competition/commission.h"
#include "web/competition/competition.h"
#include "web/competition/complaint.h"
#include "web/competition/public.h"
#include "web/competition/report.h"
#include "web/competition/term.h"
#include "web/evidence/audit.h"
#include "web/evidence/journal.h"
#include "web/evidence/receipt.h"
#include "web/evidence/signature.h"
#include "web/evidence/trust.h"
#include "web/glossary.h"
#include "web/help.h"
#include "web/home/home.h"
#include "web/hook/hook.h"
#include "web/http/live.h"
#include "web/installation/backup.h"
#include "web/installation/daily.h"
#include "web/installation/installation.h"
#include "web/interview/interview.h"
#include "web/licence.h"
#include "web/notice/mail.h"
#include "web/notice/notice.h"
#include "web/notice/told.h"
#include "web/print/print.h"
#include "web/route_table.h"
#include "web/sitting/challenge.h"
#include "web/sitting/draw.h"
#include "web/sitting/hall.h"
#include "web/sitting/hall_node.h"
#include "web/sitting/incident.h"
#include "web/sitting/protocol.h"
#include "web/sitting/record.h"
#include "web/sitting/seat.h"
#include "web/sitting/sitting.h"
#include "web/sitting/test.h"
#include "web/video/record.h"
#include "web/video/video.h"
#include "web/watch/ready.h"

static const struct route competition_routes[] = {
	/* ---- everybody ---- */
	{ GET, "/", ROLE_PUBLIC, home, "home/index", no_params, "The first page." },
	{ GET, "/healthz", ROLE_PUBLIC, health, NULL, no_params, "Whether the server serves.",
	  .live = true },
	{ GET, "/readyz", ROLE_PUBLIC, ready_show, NULL, no_params,
	  "Whether people may be sent to this node, and which check says no.", .live = true },
	{ GET, "/live", ROLE_PERSON, live_show, NULL, live_params,
	  "Answers when a page that shows what goes on should look again.", .waits = true },
	/* ---- announcements, for everybody ---- */
	{ GET, "/announcements", ROLE_PUBLIC, announcement_list, "announcement/list",
	  announcement_list_params, "Competitions that are announced.", .cached = true,
	  .list = &announcement_listing },
	{ GET, "/announcements/:competition", ROLE_PUBLIC, announcement_show, "announcement/show",
	  competition_params, "One announcement with every version of its text.", .cached = true },

	/* ---- competitions ---- */
	{ GET, "/competitions", ROLE_HR, competition_list, "competition/list",
	  competition_list_params, "Competitions of the officer's organs.",
	  .list = &competition_listing },
	{ POST, "/competitions", ROLE_HR, competition_create, "competition/new",
	  competition_form_params, "Opens a competition as a draft.", .again = competition_new },
	{ GET, "/competitions/new", ROLE_HR, competition_new, "competition/new", no_params,
	  "The form of a new competition." },
	{ GET, "/competitions/:competition", ROLE_HR, competition_show, "competition/show",
	  competition_params, "One competition: its law, its steps." },
	{ GET, "/competitions/:competition/edit", ROLE_HR, competition_edit_form,
	  "competition/edit", competition_params, "The form of a draft." },
	{ POST, "/competitions/:competition/edit", ROLE_HR, competition_change, "competition/edit",
	  competition_edit_params, "Changes a draft.", .again = competition_edit_form },
	{ POST, "/competitions/:competition/announce", ROLE_HR, competition_publish,
	  "competition/show", competition_params, "Announces: pins the law, freezes the text.",
	  .again = competition_show },
	{ GET, "/competitions/:competition/correct", ROLE_HR, competition_correct_form,
	  "competition/correct", competition_params, "The form of a correction." },
	{ POST, "/competitions/:competition/correct", ROLE_HR, competition_correction,
	  "competition/correct", competition_correct_params,
	  "Publishes a correction as a new version.", .again = competition_correct_form },
	{ POST, "/competitions/:competition/close", ROLE_HR, competition_end, "competition/show",
	  competition_params, "Closes a competition.", .again = competition_show },

	/* ---- the candidate's application (R10-1) ---- */
	{ POST, "/competitions/:competition/apply", ROLE_PERSON, application_apply,
	  "announcement/show", competition_params, "Begins an application, or goes on with it.",
	  .again = announcement_show },
	{ GET, "/applications", ROLE_PERSON, application_list, "application/list",
	  application_list_params, "The person's own applications.", .list = &application_listing },
	{ GET, "/applications/:application", ROLE_PERSON, application_show, "application/show",
	  application_params, "The person's own application, and what it still lacks." },
	{ POST, "/applications/:application/profile", ROLE_PERSON, application_set_profile,
	  "application/show", application_profile_params, "Saves place, education, language.",
	  .again = application_show },
	{ POST, "/applications/:application/periods", ROLE_PERSON, application_period_add,
	  "application/show", application_period_params, "Adds a period of service.",
	  .again = application_show },
	{ POST, "/applications/:application/periods/remove", ROLE_PERSON, application_period_drop,
	  "application/show", application_period_remove_params, "Removes a period of service.",
	  .again = application_show },
	{ POST, "/applications/:application/documents", ROLE_PERSON, application_document,
	  "application/show", application_document_params,
	  "Adds a paper; the signatory matrix accepts or refuses.", .again = application_show },
	{ POST, "/applications/:application/send", ROLE_PERSON, application_submit,
	  "application/show", application_params, "Sends the application.",
	  .again = application_show },
	{ POST, "/applications/:application/withdraw", ROLE_PERSON, application_back_out,
	  "application/show", application_withdraw_params, "Withdraws it; the history stays.",
	  .again = application_show },
	{ GET, "/applications/:application/receipt", ROLE_PERSON, application_receipt,
	  "application/receipt", application_params, "The receipt of what was sent." },
	{ GET, "/documents/:document", ROLE_PERSON, document_file, NULL, document_params,
	  "A paper of an application; an officer's view is journalled.", .journalled = true,
	  .gives = GIVES_PAPER },

	/* ---- HR's check (R5-2, R6-2, R13-1) ---- */
	{ GET, "/competitions/:competition/candidates", ROLE_HR, candidates_list, "check/list",
	  candidates_params, "Candidates of a competition.", .list = &candidates_listing },
	{ GET, "/applications/:application/check", ROLE_HR, check_show, "check/show",
	  application_params, "Papers and the table of requirements of one candidate." },
	{ POST, "/applications/:application/check/papers", ROLE_HR, check_set_papers, "check/show",
	  check_papers_params, "Notes whether the papers are complete.", .again = check_show },
	{ POST, "/applications/:application/check/finding", ROLE_HR, check_set_finding,
	  "check/show", check_finding_params, "An officer's finding for one condition.",
	  .again = check_show },
	{ POST, "/applications/:application/check/decision", ROLE_HR, check_set_decision,
	  "check/show", check_decision_params, "Decides, or proposes a refusal.",
	  .again = check_show },
	{ POST, "/applications/:application/check/answer", ROLE_HR, check_set_answer, "check/show",
	  check_answer_params, "The second officer's answer to a refusal.", .again = check_show },

	/* ---- own security (R14-1, R15-1) ---- */
	{ GET, "/competitions/:competition/security-list", ROLE_HR, security_competition,
	  "security/competition", competition_params, "Lists for own security, and who waits." },
	{ POST, "/competitions/:competition/security-list", ROLE_HR, security_send,
	  "security/competition", security_send_params, "Sends a list to own security.",
	  .again = security_competition },
	{ GET, "/security-lists/:list", ROLE_HR | ROLE_SECURITY, security_list, "security/list",
	  security_list_params, "One list, for printing." },
	{ GET, "/security", ROLE_SECURITY, security_inbox, "security/inbox", security_inbox_params,
	  "Candidates whose information is asked for.", .list = &security_inbox_listing },
	{ GET, "/applications/:application/security", ROLE_HR | ROLE_SECURITY, security_show,
	  "security/show", application_params,
	  "Own security's information; the view is journalled.", .journalled = true },
	{ GET, "/applications/:application/security/new", ROLE_SECURITY, security_form,
	  "security/new", application_params, "The form for the information." },
	{ POST, "/applications/:application/security/new", ROLE_SECURITY, security_record,
	  "security/new", security_inform_params, "Records own security's information.",
	  .again = security_form },
	{ GET, "/security/files/:information", ROLE_HR | ROLE_SECURITY, security_file, NULL,
	  security_file_params, "The paper of the information; the view is journalled.",
	  .journalled = true, .gives = GIVES_PAPER },

	/* ---- the computer test (R28-1 to R28-3, R44-2) ---- */
	{ GET, "/sittings", ROLE_OPERATOR | ROLE_HR, sitting_list, "sitting/list",
	  sitting_list_params, "Sittings, newest first.", .list = &sitting_listing },
	{ POST, "/sittings", ROLE_OPERATOR, sitting_create, "sitting/new", sitting_create_params,
	  "Opens a sitting in a permitted hall.", .again = sitting_new },
	{ GET, "/sittings/new", ROLE_OPERATOR, sitting_new, "sitting/new", sitting_new_params,
	  "The form of a new sitting." },
	{ GET, "/sittings/:sitting", ROLE_OPERATOR | ROLE_HR, sitting_show, "sitting/show",
	  sitting_show_params, "One sitting: seats, check-in, record, start." },
	{ POST, "/sittings/:sitting/admit", ROLE_OPERATOR, sitting_check_in, "sitting/show",
	  sitting_admit_params, "Checks a candidate in.", .again = sitting_show },
	{ POST, "/sittings/:sitting/postpone", ROLE_OPERATOR, sitting_put_off, "sitting/show",
	  sitting_postpone_params, "Moves its hour; who was called is told.",
	  .again = sitting_show },
	{ POST, "/sittings/:sitting/cancel", ROLE_OPERATOR, sitting_call_off, "sitting/show",
	  sitting_cancel_params, "Calls it off; who was called is told.", .again = sitting_show },
	{ POST, "/sittings/:sitting/recording", ROLE_OPERATOR, sitting_set_recording,
	  "sitting/show", sitting_recording_params, "Confirms the record, or switches it off.",
	  .again = sitting_show },
	{ POST, "/sittings/:sitting/coins", ROLE_OPERATOR, draw_coin, "sitting/show",
	  draw_coin_params, "Notes a witness' coin.", .again = sitting_show },
	{ POST, "/sittings/:sitting/seal", ROLE_OPERATOR, draw_seal_now, "sitting/show",
	  draw_seal_params, "Draws and seals the forms under two codes.", .slow = draw_seal_slow,
	  .again = sitting_show },
	{ POST, "/sittings/:sitting/unseal", ROLE_OPERATOR, draw_unseal, "sitting/show",
	  draw_unseal_params, "Takes the seal off and goes back to checking in.",
	  .again = sitting_show },
	{ POST, "/sittings/:sitting/start", ROLE_OPERATOR, draw_start, "sitting/show",
	  draw_start_params, "Opens the seal with both codes and starts the hall.",
	  .slow = draw_start_slow, .again = sitting_show },
	{ POST, "/sittings/:sitting/close", ROLE_OPERATOR, sitting_end, "sitting/show",
	  sitting_params, "Closes a sitting that is over.", .again = sitting_show },
	{ POST, "/sittings/:sitting/names", ROLE_OPERATOR | ROLE_HR, sitting_name, "sitting/show",
	  sitting_params, "Joins codes and names: two officials, one after the other.",
	  .again = sitting_show },
	{ GET, "/sittings/:sitting/protocol", ROLE_OPERATOR | ROLE_HR | ROLE_AUDITOR, protocol_show,
	  "sitting/protocol", sitting_params,
	  "The record of a sitting: draw, seats, stops, acts; for printing." },
	{ GET, "/sittings/:sitting/attempts/:attempt", ROLE_OPERATOR, incident_seat,
	  "sitting/attempt", incident_seat_params, "One seat and what can be done for it." },
	{ POST, "/sittings/:sitting/stops", ROLE_OPERATOR, incident_stop, "sitting/show",
	  incident_stop_params, "Stops the clock of the hall.", .slow = second_slow,
	  .again = sitting_show },
	{ POST, "/sittings/:sitting/attempts/:attempt/stop", ROLE_OPERATOR, incident_stop_one,
	  "sitting/attempt", incident_stop_one_params, "Stops the clock of one candidate.",
	  .slow = second_slow, .again = incident_seat },
	{ POST, "/sittings/:sitting/stops/end", ROLE_OPERATOR, incident_stop_end, "sitting/show",
	  incident_stop_end_params, "Lets the clock go on; the time is given back.",
	  .again = sitting_show },
	{ POST, "/sittings/:sitting/extra", ROLE_OPERATOR, incident_extra, "sitting/attempt",
	  incident_extra_params, "Gives one candidate more time, on a document.",
	  .slow = second_slow, .again = incident_seat },
	{ POST, "/sittings/:sitting/move", ROLE_OPERATOR, incident_move, "sitting/attempt",
	  incident_move_params, "Moves a candidate to another seat; the old one is cut.",
	  .slow = second_slow, .again = incident_seat },
	{ POST, "/sittings/:sitting/breach", ROLE_OPERATOR, incident_breach, "sitting/attempt",
	  incident_breach_params, "Draws up the act of a breach; the test is stopped.",
	  .again = incident_seat },
	{ POST, "/sittings/:sitting/technical", ROLE_OPERATOR, incident_technical,
	  "sitting/attempt", incident_technical_params,
	  "Draws up the act of a technical failure that lasted too long.", .slow = second_slow,
	  .again = incident_seat },
	{ POST, "/sittings/:sitting/reversal", ROLE_OPERATOR, incident_reversal, "sitting/show",
	  incident_reversal_params, "Takes the time of a stop back, with an act.",
	  .slow = second_slow, .again = sitting_show },
	{ GET, "/sittings/:sitting/incidents/:incident", ROLE_OPERATOR, record_incident,
	  "sitting/incident", record_incident_params,
	  "One incident of the record, with what can be done about it (R28-3)." },
	{ POST, "/sittings/:sitting/incidents/:incident/stop", ROLE_OPERATOR, record_stop,
	  "sitting/incident", record_stop_params,
	  "Stops the clock of the seat, or of the hall, for an incident of the record.",
	  .slow = second_slow, .again = record_incident },
	{ POST, "/sittings/:sitting/incidents/:incident/act", ROLE_OPERATOR, record_act,
	  "sitting/incident", record_act_params,
	  "Names the act that was drawn up about an incident of the record.",
	  .again = record_incident },
	{ POST, "/sittings/:sitting/incidents/:incident/go-on", ROLE_OPERATOR, record_go_on,
	  "sitting/incident", record_go_on_params,
	  "Goes on in spite of an incident of the record, with a reason.",
	  .again = record_incident },
	{ POST, "/sittings/:sitting/absent", ROLE_OPERATOR, record_absent, "sitting/show",
	  record_absent_params, "Says that nobody sits at a seat: its record is not waited for.",
	  .again = sitting_show },
	{ POST, "/sittings/:sitting/present", ROLE_OPERATOR, record_present, "sitting/show",
	  record_present_params, "Takes it back: the candidate has come.", .again = sitting_show },
	{ GET, "/sitting-acts/:act", ROLE_OPERATOR | ROLE_HR, incident_act, "sitting/act",
	  incident_act_params, "An act with the log of the seat; for printing." },
	{ POST, "/sitting-acts/:act/answer", ROLE_HR, incident_answer, "sitting/act",
	  incident_answer_params, "HR signs the act of a breach, or refuses.",
	  .again = incident_act },
	{ GET, "/test", ROLE_PERSON, test_current, "test/none", no_params,
	  "Leads to the person's test." },
	{ GET, "/tests/:attempt", ROLE_PERSON, test_show, "test/show", test_params,
	  "The person's test.", .journalled = true, .media = true },
	{ GET, "/tests/:attempt/state", ROLE_PERSON, test_state, NULL, test_params,
	  "The state of the test, the time left, and whether this session writes." },
	{ GET, "/tests/:attempt/questions/:number", ROLE_PERSON, test_question, NULL,
	  test_question_params, "One question of the test." },
	{ POST, "/tests/:attempt/answers", ROLE_PERSON, test_answer, NULL, test_answer_params,
	  "Saves one answer; acknowledged when it is on disk.", .ahead = test_answer_ahead },
	{ POST, "/tests/:attempt/pulse", ROLE_PERSON, test_pulse, NULL, test_pulse_params,
	  "The page's sign of life: what waits there, and in answer the state of the test.",
	  .ahead = test_pulse_ahead },
	{ POST, "/tests/:attempt/finish", ROLE_PERSON, test_finish, "test/show", test_params,
	  "Ends the test.", .again = test_show },
	{ GET, "/results/:attempt", ROLE_PERSON, test_result, "test/result", test_params,
	  "The result of a test; fixes it when its time is up.", .journalled = true },
	{ GET, "/results/:attempt/draw.json", ROLE_PERSON, test_draw, NULL, test_params,
	  "The values of the draw of its sitting, and receipts of them, for konkurs-verify (F33).",
	  .slow = test_draw_slow },

	/* ---- halls and their computers (R28-1, F35) ---- */
	{ GET, "/halls", ROLE_OPERATOR | ROLE_HR, seat_halls, "seat/halls", seat_halls_params,
	  "Halls of the organs of an operator or HR officer.", .list = &seat_halls_listing },
	{ POST, "/halls", ROLE_HR, halls_create, "seat/new", hall_create_params, "Enters a hall.",
	  .again = halls_new },
	{ GET, "/halls/new", ROLE_HR, halls_new, "seat/new", no_params, "The form of a new hall." },
	{ GET, "/halls/:hall", ROLE_OPERATOR | ROLE_HR, seat_list, "seat/list", seat_list_params,
	  "A hall and its enrolled computers.", .list = &seat_listing },
	{ GET, "/halls/:hall/change", ROLE_HR, halls_edit, "seat/change", seat_hall_params,
	  "The form of a hall." },
	{ POST, "/halls/:hall/change", ROLE_HR, halls_change, "seat/change", hall_change_params,
	  "Changes a hall, or opens a closed one again.", .again = halls_edit },
	{ POST, "/halls/:hall/close", ROLE_HR, halls_close, "seat/list", hall_close_params,
	  "Closes a hall for new sittings.", .again = seat_list, .list = &seat_listing },
	{ GET, "/halls/:hall/enrol", ROLE_OPERATOR, seat_enrol_form, "seat/enrol", seat_hall_params,
	  "The form to enrol the computer one sits at." },
	{ POST, "/halls/:hall/enrol", ROLE_OPERATOR, seat_enrol_key, "seat/enrol",
	  seat_enrol_params, "Enrols a browser's key for a seat.", .again = seat_enrol_form },
	{ POST, "/halls/:hall/certificate", ROLE_OPERATOR, seat_enrol_certificate, "seat/enrol",
	  seat_certificate_params, "Enrols the certificate that the connection shows.",
	  .again = seat_enrol_form },
	{ POST, "/halls/:hall/revoke", ROLE_OPERATOR, seat_take_back, "seat/list",
	  seat_revoke_params, "Takes an enrolment back.", .again = seat_list,
	  .list = &seat_listing },
	{ GET, "/seat-challenge", ROLE_PERSON, seat_challenge, NULL, no_params,
	  "What a computer has to sign now." },
	{ POST, "/tests/:attempt/seat", ROLE_PERSON, seat_prove, NULL, seat_proof_params,
	  "Proves the seat by the key of its computer, and takes the pen." },

	/* ---- studies (R13-1) ---- */
	{ GET, "/studies/polygraph", ROLE_POLYGRAPH, study_inbox_polygraph, "study/inbox",
	  study_inbox_params, "Candidates admitted to the polygraph study.",
	  .list = &study_listing },
	{ GET, "/studies/psycho", ROLE_PSYCHO, study_inbox_psycho, "study/inbox",
	  study_inbox_params, "Candidates admitted to the psycho-sociological study.",
	  .list = &study_listing },
	{ GET, "/applications/:application/studies/polygraph", ROLE_POLYGRAPH, study_form_polygraph,
	  "study/record", application_params, "Records of the polygraph study, and a new one.",
	  .journalled = true },
	{ POST, "/applications/:application/studies/polygraph", ROLE_POLYGRAPH,
	  study_record_polygraph, "study/record", study_record_params, "Records a polygraph study.",
	  .again = study_form_polygraph },
	{ GET, "/applications/:application/studies/psycho", ROLE_PSYCHO, study_form_psycho,
	  "study/record", application_params,
	  "Records of the psycho-sociological study, and a new one.", .journalled = true },
	{ POST, "/applications/:application/studies/psycho", ROLE_PSYCHO, study_record_psycho,
	  "study/record", study_record_params, "Records a psycho-sociological study.",
	  .again = study_form_psycho },
	{ GET, "/studies/files/:study",
	  ROLE_HR | ROLE_POLYGRAPH | ROLE_PSYCHO | ROLE_MEMBER | ROLE_SECRETARY | ROLE_INVITED,
	  study_file, NULL, study_file_params, "The paper of a study; the view is journalled.",
	  .journalled = true, .gives = GIVES_PAPER },

	/* ---- dossier, plan of the interview, story (R6-1, R16-1, R16-2) ---- */
	{ GET, "/applications/:application/dossier",
	  ROLE_HR | ROLE_MEMBER | ROLE_SECRETARY | ROLE_INVITED, dossier_show, "dossier/show",
	  application_params, "The seven items of a dossier." },
	{ POST, "/applications/:application/service-list", ROLE_HR, dossier_service_list,
	  "dossier/show", dossier_service_list_params, "Adds the service list.",
	  .again = dossier_show },
	{ POST, "/applications/:application/rating", ROLE_HR, dossier_rating, "dossier/show",
	  dossier_rating_params, "Records the digital rating.", .again = dossier_show },
	{ POST, "/applications/:application/release", ROLE_HR, dossier_send, "dossier/show",
	  application_params, "Releases the dossier to the commission.", .again = dossier_show },
	{ GET, "/ratings/:rating/file", ROLE_HR | ROLE_MEMBER | ROLE_SECRETARY | ROLE_INVITED,
	  rating_file, NULL, rating_file_params, "The paper of a rating.", .gives = GIVES_PAPER },
	{ GET, "/competitions/:competition/interview", ROLE_HR, plan_show, "dossier/plan",
	  competition_params, "The plan of the interview with its terms." },
	{ POST, "/competitions/:competition/interview", ROLE_HR, plan_set, "dossier/plan",
	  plan_params, "Plans or moves the interview.", .again = plan_show },
	{ GET, "/applications/:application/story", ROLE_PERSON, story_show, "story/show",
	  application_params, "Where a candidate stands: the six parts." },

	/* ---- about the site itself ---- */
	{ GET, "/help/routes", ROLE_ADMIN | ROLE_AUDITOR, help_routes, "help/routes", no_params,
	  "Every route of the site, who may use it and with which parameters." },

	{ 0 },
};

/* One a line. */
/* clang-format off */
const struct route *const route_areas[] = {
	access_routes,
	account_routes,
	api_routes,
	backup_routes,
	sign_in_routes,
	bank_routes,
	bulk_routes,
	competition_routes,
	commission_routes,
	calendar_routes,
	case_routes,
	challenge_routes,
	complaint_routes,
	glossary_routes,
	print_routes,
	public_routes,
	receipt_routes,
	reader_routes,
	audit_routes,
	hall_node_routes,
	hook_routes,
	record_routes,
	report_routes,
	screening_routes,
	signature_routes,
	trust_routes,
	intake_routes,
	journal_routes,
	daily_routes,
	mail_routes,
	installation_routes,
	licence_routes,
	notice_routes,
	people_import_routes,
	term_routes,
	told_routes,
	vault_routes,
	video_routes,
	NULL,
};
/* clang-format on */
