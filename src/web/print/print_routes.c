/* print_routes.c - the papers there are, and their routes. */
#include "web/bank/bank.h"
#include "web/candidate/application.h"
#include "web/candidate/dossier.h"
#include "web/candidate/intake.h"
#include "web/candidate/security.h"
#include "web/competition/competition.h"
#include "web/competition/complaint.h"
#include "web/interview/interview.h"
#include "web/list.h"
#include "web/print/print.h"
#include "web/sitting/challenge.h"
#include "web/sitting/incident.h"
#include "web/sitting/protocol.h"
#include "web/sitting/sitting.h"

#include "web/route_table.h" /* last */

static const char *const languages[] = { "kk", "ru", "en", NULL };

#define OF(name)                                                                                   \
	{                                                                                          \
		{ name, P_INT, 1, INT64_MAX, true, NULL },                                         \
			{ "language", P_CHOICE, 0, 0, false, languages }, PARAMS_END               \
	}

static const struct param of_competition[] = OF("competition");
static const struct param test_list_params[] = {
	{ "competition", P_INT, 1, INT64_MAX, true, NULL },
	LIST_PARAMS,
	PARAMS_END,
};
static const struct param of_application[] = OF("application");
static const struct param of_list[] = OF("list");
static const struct param of_letter[] = OF("information");
static const struct param of_attempt[] = OF("attempt");
static const struct param of_act[] = OF("act");
static const struct param of_sitting[] = OF("sitting");
static const struct param of_interview[] = OF("interview");
static const struct param of_challenge[] = OF("challenge");
static const struct param of_request[] = OF("request");
static const struct param of_form[] = OF("form");

#define ANNOUNCEMENT "/announcements/:competition/announcement.pdf"
#define RECEIPT      "/applications/:application/receipt.pdf"
#define LIST         "/security-lists/:list/list.pdf"
#define LETTER       "/security-letters/:information/letter.pdf"
#define TEST_LIST    "/competitions/:competition/test-list.pdf"
#define RESULT       "/results/:attempt/result.pdf"
#define ACT          "/sitting-acts/:act/act.pdf"
#define PROTOCOL     "/sittings/:sitting/protocol.pdf"
#define COVER        "/applications/:application/dossier-cover.pdf"
#define INVITATION   "/applications/:application/invitation.pdf"
#define BALLOT       "/applications/:application/decision.pdf"
#define MINUTES      "/interviews/:interview/minutes.pdf"
#define NOTICE       "/applications/:application/notice.pdf"
#define REQUEST      "/requests/:request/request.pdf"
#define REFERRAL     "/applications/:application/referral.pdf"
#define CHALLENGE    "/challenges/:challenge/challenge.pdf"
#define VERDICT      "/challenges/:challenge/decision.pdf"
#define DESTRUCTION  "/destruction-acts/:act/act.pdf"
#define FORM         "/bank/forms/:form/form.pdf"
#define FORM_KEY     "/bank/forms/:form/key.pdf"

const struct paper_kind paper_kinds[] = {
	{ "announcement", ANNOUNCEMENT, "competition", ABOUT_COMPETITION, announcement_show },
	{ "receipt", RECEIPT, "application", ABOUT_RECEIPT, application_receipt },
	{ "security-list", LIST, "list", ABOUT_LIST, security_list },
	{ "security-letter", LETTER, "information", ABOUT_LETTER, security_letter },
	{ "test-list", TEST_LIST, "competition", ABOUT_COMPETITION, print_test_list },
	{ "result", RESULT, "attempt", ABOUT_ATTEMPT, print_result },
	{ "act", ACT, "act", ABOUT_ACT, incident_act },
	{ "protocol", PROTOCOL, "sitting", ABOUT_SITTING, protocol_show },
	{ "dossier", COVER, "application", ABOUT_APPLICATION, dossier_show },
	{ "invitation", INVITATION, "application", ABOUT_APPLICATION, print_invitation },
	{ "ballot", BALLOT, "application", ABOUT_APPLICATION, interview_decision },
	{ "minutes", MINUTES, "interview", ABOUT_INTERVIEW, interview_minutes },
	{ "notice", NOTICE, "application", ABOUT_APPLICATION, interview_notice },
	{ "request", REQUEST, "request", ABOUT_REQUEST, request_show },
	{ "referral", REFERRAL, "application", ABOUT_APPLICATION, referral_show },
	{ "challenge", CHALLENGE, "challenge", ABOUT_CHALLENGE, challenge_form_paper },
	{ "verdict", VERDICT, "challenge", ABOUT_CHALLENGE, challenge_decision_paper },
	{ "destruction", DESTRUCTION, "act", ABOUT_DESTRUCTION, retention_act },
	{ "form", FORM, "form", ABOUT_FORM, bank_form_paper },
	{ "form-key", FORM_KEY, "form", ABOUT_FORM, bank_form_key },
	{ 0 },
};

/* The roles of a paper are those of its page. */
const struct route print_routes[] = {
	{ GET, ANNOUNCEMENT, ROLE_PUBLIC, print_answer, NULL, of_competition,
	  "The announcement as PDF.", .slow = print_slow, .journalled = true,
	  .gives = "application/pdf" },
	{ GET, RECEIPT, ROLE_PERSON, print_answer, NULL, of_application,
	  "The receipt of an application as PDF (F15).", .slow = print_slow, .journalled = true,
	  .gives = "application/pdf" },
	{ GET, LIST, ROLE_HR | ROLE_SECURITY, print_answer, NULL, of_list,
	  "A list for own security as PDF (R14-1).", .slow = print_slow, .journalled = true,
	  .gives = "application/pdf" },
	{ GET, LETTER, ROLE_HR | ROLE_SECURITY, print_answer, NULL, of_letter,
	  "Own security's letter as PDF; the view is journalled (F12, F76).", .slow = print_slow,
	  .journalled = true, .gives = "application/pdf" },
	{ GET, "/competitions/:competition/test-list", ROLE_HR | ROLE_OPERATOR,
	  print_test_list_page, "print/test-list", test_list_params,
	  "Who is admitted to the computer test (R13-1).", .list = &test_list_listing },
	{ GET, TEST_LIST, ROLE_HR | ROLE_OPERATOR, print_answer, NULL, of_competition,
	  "Who is admitted to the computer test, as PDF.", .slow = print_slow, .journalled = true,
	  .gives = "application/pdf" },
	{ GET, RESULT, ROLE_PERSON, print_answer, NULL, of_attempt,
	  "The sheet of a result as PDF (F59).", .slow = print_slow, .journalled = true,
	  .gives = "application/pdf" },
	{ GET, ACT, ROLE_OPERATOR | ROLE_HR, print_answer, NULL, of_act,
	  "An act of a sitting as PDF.", .slow = print_slow, .journalled = true,
	  .gives = "application/pdf" },
	{ GET, PROTOCOL, ROLE_OPERATOR | ROLE_HR | ROLE_AUDITOR, print_answer, NULL, of_sitting,
	  "The record of a sitting as PDF (F32).", .slow = print_slow, .journalled = true,
	  .gives = "application/pdf" },
	{ GET, COVER, ROLE_HR | ROLES_COMMISSION, print_answer, NULL, of_application,
	  "The cover of a dossier with its seven items, as PDF (R16-1).", .slow = print_slow,
	  .journalled = true, .gives = "application/pdf" },
	{ GET, INVITATION, ROLE_PERSON, print_answer, NULL, of_application,
	  "The invitation to the interview as PDF.", .slow = print_slow, .journalled = true,
	  .gives = "application/pdf" },
	{ GET, BALLOT, ROLES_COMMISSION | ROLE_HR | ROLE_AUDITOR, print_answer, NULL,
	  of_application, "The roll call of a decision as PDF.", .slow = print_slow,
	  .journalled = true, .gives = "application/pdf" },
	{ GET, MINUTES, ROLES_COMMISSION | ROLE_HR | ROLE_AUDITOR, print_answer, NULL, of_interview,
	  "The minutes as PDF (R47-1).", .slow = print_slow, .journalled = true,
	  .gives = "application/pdf" },
	{ GET, NOTICE, ROLE_PERSON, print_answer, NULL, of_application,
	  "The notice of the decision as PDF.", .slow = print_slow, .journalled = true,
	  .gives = "application/pdf" },
	{ GET, REQUEST, ROLE_HR | ROLE_BODY | ROLE_AUDITOR, print_answer, NULL, of_request,
	  "A request to another body as PDF (R23-1).", .slow = print_slow, .journalled = true,
	  .gives = "application/pdf" },
	{ GET, REFERRAL, ROLE_PERSON, print_answer, NULL, of_application,
	  "The sheet of a referral as PDF (R20-1).", .slow = print_slow, .journalled = true,
	  .gives = "application/pdf" },
	{ GET, CHALLENGE, ROLE_PERSON, print_answer, NULL, of_challenge,
	  "A challenge of a question as it was filled in, as PDF (F63).", .slow = print_slow,
	  .journalled = true, .gives = "application/pdf" },
	{ GET, VERDICT, ROLE_PERSON, print_answer, NULL, of_challenge,
	  "The decision on a challenge as PDF (F63).", .slow = print_slow, .journalled = true,
	  .gives = "application/pdf" },
	{ GET, DESTRUCTION, ROLE_HR | ROLE_AUDITOR, print_answer, NULL, of_act,
	  "An act of destruction as PDF (F74).", .slow = print_slow, .journalled = true,
	  .gives = "application/pdf" },
	{ GET, FORM, ROLE_APPROVER, print_answer, NULL, of_form,
	  "A test on paper as PDF: cover, questions, answer sheet (F27).", .slow = print_slow,
	  .journalled = true, .gives = "application/pdf" },
	{ GET, FORM_KEY, ROLE_APPROVER, print_answer, NULL, of_form,
	  "The key of a test on paper as PDF, for the marker.", .slow = print_slow,
	  .journalled = true, .gives = "application/pdf" },
	{ GET, "/applications/:application/dossier.pdf", ROLE_HR | ROLES_COMMISSION, print_answer,
	  NULL, of_application, "All papers of one candidate as one PDF.",
	  .slow = print_dossier_slow, .journalled = true, .gives = "application/pdf" },
	{ GET, "/competitions/:competition/bundle.pdf", ROLE_HR, print_answer, NULL, of_competition,
	  "All papers of a competition as one PDF.", .slow = print_competition_slow,
	  .journalled = true, .gives = "application/pdf" },
	{ GET, "/verify", ROLE_PUBLIC, verify_show, "print/verify", verify_params,
	  "Whether the hash on a paper, or a short code, is one of ours (F15)." },
	{ POST, "/verify", ROLE_PUBLIC, verify_check, "print/verify", verify_check_params,
	  "Checks a receipt that is brought along, and looks it up in the journal (F60).",
	  .again = verify_show },
	{ 0 },
};
