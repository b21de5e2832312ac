/* routes.c - the whole site.
 *
 * Method, path, who may, handler, template, parameters, what it is for; then by name the worker's
 * part, what shows a refused form again, and model keys for the JSON twin only.  Lists of
 * parameters stand in the file of the group.  The table is also the description of the API
 * (/help/routes) and is walked by test/web/routes.c, role by role. */
#include "web/competition.h"
#include "web/help.h"
#include "web/home.h"
#include "web/sign_in.h"

/* What a route does not have is left out of its line. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

const struct route routes[] = {
	/* ---- everybody ---- */
	{ GET, "/", ROLE_PUBLIC, home, "home/index", no_params, "The first page." },
	{ GET, "/healthz", ROLE_PUBLIC, health, NULL, no_params, "Whether the server serves." },
	{ GET, "/sign-in", ROLE_PUBLIC, sign_in_form, "sign-in/form", sign_in_form_params,
	  "The form for IIN and password." },
	{ POST, "/sign-in", ROLE_PUBLIC, sign_in, "sign-in/form", sign_in_params,
	  "Signs in by IIN and password; opens a session.", .slow = sign_in_slow,
	  .again = sign_in_form },
	{ POST, "/sign-out", ROLE_PERSON, sign_out, NULL, no_params, "Ends the session." },
	{ POST, "/language", ROLE_PUBLIC, language_choose, NULL, language_params,
	  "Chooses Kazakh, Russian or English, and goes back to where one was." },

	/* ---- announcements, for everybody ---- */
	{ GET, "/announcements", ROLE_PUBLIC, announcement_list, "announcement/list",
	  announcement_list_params, "Competitions that are announced." },
	{ GET, "/announcements/:competition", ROLE_PUBLIC, announcement_show, "announcement/show",
	  competition_params, "One announcement with every version of its text." },

	/* ---- competitions ---- */
	{ GET, "/competitions", ROLE_HR, competition_list, "competition/list",
	  competition_list_params, "Competitions of the officer's organs." },
	{ POST, "/competitions", ROLE_HR, competition_create, "competition/new",
	  competition_form_params, "Opens a competition as a draft.", .again = competition_new },
	{ GET, "/competitions/new", ROLE_HR, competition_new, "competition/new", no_params,
	  "The form of a new competition." },
	{ GET, "/competitions/:competition", ROLE_HR, competition_show, "competition/show",
	  competition_params, "One competition: its law, its steps." },
	{ GET, "/competitions/:competition/edit", ROLE_HR, competition_edit_form,
	  "competition/edit", competition_params, "The form of a draft." },
	{ POST, "/competitions/:competition/edit", ROLE_HR, competition_change,
	  "competition/edit", competition_edit_params, "Changes a draft.",
	  .again = competition_edit_form },
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

	/* ---- about the site itself ---- */
	{ GET, "/help/routes", ROLE_ADMIN | ROLE_AUDITOR, help_routes, "help/routes", no_params,
	  "Every route of the site, who may use it and with which parameters." },

	{ 0 },
};

const size_t route_count = COUNT(routes) - 1;
