/* queue.h - calls in a row, oldest first. */
#pragma once
#include "web/http/call.h"

/* Zeroed at first. */
struct queue {
	struct call **list;
	size_t count, room;
};

void queue_put(struct queue *q, struct call *c);

/* Takes away the first `count`, which are there. */
void queue_take(struct queue *q, struct call **ret, size_t count);

/* Puts all of `first` before what is in `q`, in their order. */
void queue_put_before(struct queue *q, struct queue *first);

/* Frees what is in it. */
void queue_close(struct queue *q);
