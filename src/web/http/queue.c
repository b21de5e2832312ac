#include "web/http/queue.h"

#include <stdlib.h>
#include <string.h>

static void make_room(struct queue *q, size_t more)
{
	enum { STEP = 64 };
	if (q->count + more <= q->room)
		return;
	const size_t room = q->count + more + STEP;
	struct call **list = reallocarray(q->list, room, sizeof(struct call *));
	if (!list)
		abort(); /* as arena_alloc() does */
	q->list = list;
	q->room = room;
}

void queue_put(struct queue *q, struct call *c)
{
	make_room(q, 1);
	q->list[q->count++] = c;
}

void queue_take(struct queue *q, struct call **ret, size_t count)
{
	if (count == 0)
		return;
	memcpy(ret, q->list, count * sizeof(struct call *));
	q->count -= count;
	memmove(q->list, q->list + count, q->count * sizeof(struct call *));
}

void queue_put_before(struct queue *q, struct queue *first)
{
	if (first->count == 0)
		return;
	make_room(q, first->count);
	memmove(q->list + first->count, q->list, q->count * sizeof(struct call *));
	memcpy(q->list, first->list, first->count * sizeof(struct call *));
	q->count += first->count;
	first->count = 0;
}

void queue_close(struct queue *q)
{
	for (size_t i = 0; i < q->count; i++)
		call_free(q->list[i]);
	free(q->list);
	*q = (struct queue){ 0 };
}
