/* bank.h - parts of konkurs bank that stand in files of their own. */
#pragma once
#include "cli/cli.h"

/* konkurs bank screen SITTING (F67) */
int bank_screen(const char *sitting, const char *file, const char *rules, bool as_json);

/* konkurs bank screen --set NAME=NUMBER: a setting of the installation. */
int bank_screen_set(const char *setting, const char *file, const char *rules);
