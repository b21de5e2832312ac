#include "web/route_table.h"
#include "web/video/video.h"

enum { ROLES_HALL = ROLE_OPERATOR | ROLE_HR | ROLE_AUDITOR };

const struct route video_routes[] = {
	/* ---- lines: app/video/line.h says whose (F75) ---- */
	{ POST, "/video/sources/:source/send", ROLE_PERSON, video_send, NULL, video_send_params,
	  "Sends sound and picture: takes the page's offer, gives the number of its line." },
	{ POST, "/video/sources/:source/watch", ROLE_PERSON, video_watch, NULL, video_watch_params,
	  "Asks for sound and picture of a source: gives the number of its line." },
	{ POST, "/video/sources/:source/warned", ROLE_PERSON, video_warn, NULL, video_warn_params,
	  "Confirms that one was told of the record." },
	{ GET, "/video/lines/:line", ROLE_PERSON, video_show_line, NULL, video_line_params,
	  "One's own line: its state, and the answer or offer that the page has to take." },
	{ POST, "/video/lines/:line/answer", ROLE_PERSON, video_take_answer, NULL,
	  video_answer_params, "The page's answer to the offer of what it watches." },
	{ POST, "/video/lines/:line/pulse", ROLE_PERSON, video_pulse, NULL, video_line_params,
	  "The sign of life of a line; in answer its state, and whether its record grows." },
	{ POST, "/video/lines/:line/end", ROLE_PERSON, video_end, NULL, video_line_params,
	  "Hangs a line up." },

	/* ---- the seat of a test (R28-3, F38) ---- */
	{ POST, "/tests/:attempt/source", ROLE_PERSON, video_seat, NULL, video_seat_params,
	  "The source of the candidate's own seat." },
	{ POST, "/tests/:attempt/rehearsal", ROLE_PERSON, video_rehearsal, NULL,
	  video_rehearsal_params, "Keeps what the device check at the seat has found." },

	/* ---- a hall ---- */
	{ GET, "/sittings/:sitting/wall", ROLES_HALL, video_wall, "video/wall", video_hall_params,
	  "Sound and picture of a hall's seats and cameras, by codes.", .media = true },
	{ GET, "/sittings/:sitting/camera", ROLE_OPERATOR, video_camera_page, "video/camera",
	  video_hall_params, "Sends this computer's camera as one of the hall's.", .media = true },
	{ POST, "/sittings/:sitting/camera", ROLE_OPERATOR, video_camera, NULL, video_camera_params,
	  "The source of a camera of the hall." },
	{ POST, "/sittings/:sitting/talk", ROLE_OPERATOR, video_talk, NULL, video_hall_params,
	  "The source through which the operator talks to the seats." },

	/* ---- an interview (R47-1): its commission, and who is heard ---- */
	{ GET, "/interviews/:interview/room", ROLE_PERSON, video_interview, "video/room",
	  video_interview_params, "Sound and picture of an interview.", .media = true },
	{ POST, "/interviews/:interview/source", ROLE_PERSON, video_interview_source, NULL,
	  video_interview_params, "The source of the person's own place in an interview." },
	{ 0 },
};
