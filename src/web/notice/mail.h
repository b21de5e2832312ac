/* mail.h - the person's own address for mails, and the administrator's outbox. */
#pragma once
#include "web/web.h"

extern const struct route mail_routes[];
