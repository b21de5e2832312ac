/* file_pages.h - somebody's file as pictures of its pages.
 *
 * A PDF, PNG or JPEG that a candidate or a body has sent is hostile until proven otherwise, and the
 * libraries that read such files are large.  So they run in a process of their own for each file
 * (`konkurs draw-file`, base/confine.h), with limits of processor time and memory and a
 * system-call filter (file_child.c).  What comes back is bare pixels whose number is checked before
 * they are read: nothing of the file itself gets into our papers - no script, link, font or form -
 * and no file can change the page of another or a paper of ours. */
#pragma once
#include "base/arena.h"

enum {
	FILE_PAGES_MOST = 60,           /* of one file                          */
	FILE_WALL_MS = 15000,           /* for one file                         */
	FILE_BYTES_MOST = 32 << 20,     /* of one file                          */
	FILE_BOX_WIDTH = 1004,          /* 170 mm in 150 dots per inch           */
	FILE_BOX_HEIGHT = 1500,         /* 254 mm                               */
	BUNDLE_MS = 40000,              /* for all files: below what a proxy waits */
	BUNDLE_PICTURES_MOST = 96 << 20 /* bytes of pictures in one bundle       */
};

enum file_state {
	FILE_DRAWN,
	FILE_CUT,      /* drawn, but not all of it: FILE_PAGES_MOST             */
	FILE_LOCKED,   /* encrypted                                              */
	FILE_BROKEN,   /* no such file as it says, or it made the process crash  */
	FILE_TOO_MUCH, /* time, memory or picture elements beyond the limits      */
	FILE_UNKNOWN,  /* a media type that is not drawn                         */
	FILE_NO_ROOM   /* the bundle's own limits are used up                    */
};

/* "drawn", "cut", "locked"...: the end of a message key. */
const char *file_state_name(enum file_state state);

struct picture {
	int width, height; /* dots                          */
	const void *jpeg;  /* of our own making             */
	size_t size;
};

struct file_pages {
	enum file_state state;
	int total; /* pages that the file says it has; 0 unknown */
	int count; /* that were drawn                            */
	struct picture *pictures;
};

/* What all files of one bundle may use up together. */
struct file_budget {
	int64_t ms;
	size_t bytes;
};
struct file_budget file_budget_new(void);

/* Draws a file.  Pictures live in the arena.  A file that cannot be drawn is no failure but a
 * state; a failure is one of the machine (no process, no memory): ERR_SYSTEM. */
bool file_pages_draw(struct arena *a, const char *media, const void *bytes, size_t size,
		     struct file_budget *budget, struct file_pages *ret, struct err *e) MUST_USE;

/* One page alone, from 1, turned by `turns` times 90 degrees clockwise (0 to 3): pictures[0],
 * however long the file is; total says how many there are.  `count` is 0 where there is no such
 * page, and for page FILE_NO_PAGE, which only asks for the total. */
enum { FILE_NO_PAGE = -1, FILE_TURNS = 4, FILE_PAGE_LAST = 1000000 };
bool file_page_draw(struct arena *a, const char *media, const void *bytes, size_t size, int page,
		    int turns, struct file_pages *ret, struct err *e) MUST_USE;

/* What the other process does: reads the file from descriptor 0, writes to 1; its exit status.
 * `page` 0: all of them. */
int file_child(const char *media, int page, int turns) MUST_USE;
