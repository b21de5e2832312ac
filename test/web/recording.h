/* recording.h - `konkurs video` at work, as far as its rows tell of it, for tests without Janus. */
#pragma once
#include "hall.h"

/* It is there now, with so many bytes of the disk free. */
void recording_service(struct harness *h, int64_t free_bytes);

/* The same at an instant, "2026-03-26T10:00", for what is opened then. */
void recording_service_at(struct harness *h, const char *time);

/* As if the page of the source had sent, and both of its files had grown just now. */
void recording_grows(struct harness *h, int64_t source);

/* The source of an attempt, in whose seat the warning is confirmed by its candidate too. */
int64_t recording_source(struct harness *h, int64_t attempt);
void recording_seat(struct hall *w, int64_t attempt);

/* An incident of a source of the sitting, or with 0 of all of its room. */
int64_t recording_incident(struct hall *w, int64_t source, const char *kind);

enum { RECORDING_GIB = 1024 * 1024 * 1024 };
#define RECORDING_MUCH (100LL * RECORDING_GIB)

/* hall_open(), and another sitting that is recorded here: two candidates at the seats 4 and 7. */
struct hall recording_hall(struct harness *h, int64_t *ret_other);
