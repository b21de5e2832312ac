/* commands.c - every command of the program. */
#include "cli/cli.h"

const struct command commands[] = {
	{ "api", cli_api, "[--json]",
	  "Lists every route of the site; with --json its description as OpenAPI 3.1." },
	{ "backup", cli_backup,
	  "--db FILE --to DIR [--keep DAYS,WEEKS,MONTHS] [--to-key FILE [--with-key] [--key FILE]"
	  " [--work DIR]]"
	  " [--json] [--quiet] | make-key FILE",
	  "Makes a copy of a database that is in use; or a key to seal copies with." },
	{ "bank", cli_bank,
	  "stats --db FILE [--act CODE] [--rules DIR] [--json] [--quiet]"
	  " | stats --hold --db FILE [--key FILE] [--rules DIR] [--json] [--quiet]"
	  " | screen SITTING --db FILE [--rules DIR] [--json]"
	  " | screen --set NAME=NUMBER --db FILE [--rules DIR]"
	  " | import FILE --db FILE [--key FILE] [--dry-run] [--leave-bad] [--language LANG]"
	  " [--act CODE] [--article N] [--text-date DAY] [--rules DIR] [--lang LANG] [--json]"
	  " [--quiet]"
	  " | export --format FORMAT --db FILE [--key FILE] [--act CODE] [--rules DIR]"
	  " | template --format FORMAT"
	  " | paper --language LANG --out FILE.pdf --db FILE --reason TEXT [--act CODE"
	  " --questions N] [--form N] [--answers] [--key FILE] [--rules DIR]",
	  "Figures of the test and of its questions, signs in the answers of a sitting; questions "
	  "of "
	  "other systems, and for them." },
	{ "calendar", cli_calendar,
	  "last-day --before N DAY | add N DAY | year YEAR [--lang LANG] [--rules DIR] [--json]",
	  "Counts working days and says why each day counts or not." },
	{ "check", cli_check,
	  "[--db FILE] [--key FILE] [--rules DIR] [--tls-certificate FILE [--tls-key FILE]]"
	  " [--tls-client-crl FILE] [--records DIR] [--files PLACE] [--lang LANG] [--now TIME]"
	  " [--json]",
	  "Says what is wrong with an installation and how to mend it." },
	{ "completion", cli_completion, "bash",
	  "Prints what completes the words of a command line in the shell." },
	{ "demo", cli_demo,
	  "--db FILE [--key FILE] [--now TIME] [--unsealed] | --db FILE --accounts [--json]",
	  "Makes a demonstration database, or prints its accounts." },
	{ "draw", cli_draw,
	  "verify SITTING --db FILE [--rules DIR] [--json] | export SITTING --db FILE"
	  " | results SITTING --db FILE [--rules DIR]",
	  "Draws the forms of a sitting again and compares; or prints the inputs for another "
	  "program." },
	{ "drill", cli_drill,
	  "--db FILE [--key FILE] [--work DIR] [--checkpoint FILE]... [--records DIR] [--rules DIR]"
	  " [--language LANG] [--json] [--quiet]",
	  "Makes doctored copies of a database and shows that verify finds every one." },
	{ "draw-file", cli_draw_file, "MEDIA [PAGE [TURNS]]",
	  "Draws the file on standard input as bare dots, confined: the server runs this itself." },
	{ "files", cli_files, "--db FILE --files PLACE [--once] [--now TIME] | --move out|in",
	  "Takes away what is to go from where kept files lie outside the database, until it is "
	  "told to end; or moves files there or back." },
	{ "hall", cli_hall,
	  "key --key FILE"
	  " | add HALL --db FILE --party LINE|FILE [--key FILE] [--rules DIR] [--now TIME]"
	  " | give SITTING --db FILE [--key FILE] [--rules DIR] [--now TIME]"
	  " | pack SITTING --db FILE [--key FILE] --out FILE [--rules DIR] [--now TIME]"
	  " | take FILE --db FILE [--key FILE] --centre LINE|FILE [--rules DIR] [--now TIME]"
	  " | bring --db FILE [--key FILE] [--out FILE] [--to URL [--authorities FILE] [--once]]"
	  " [--rules DIR] [--now TIME]"
	  " | receive FILE --db FILE [--key FILE] [--rules DIR] [--now TIME]"
	  " | status --db FILE [--key FILE] [--rules DIR] [--now TIME] [--json]",
	  "Gives a sealed sitting to a machine in its hall, and takes over what it brings back." },
	{ "help", cli_help, "[COMMAND [ACTION]]", "All commands, or one of them." },
	{ "init", cli_init,
	  "--db DATABASE [--key FILE] [--lang LANG] [--dry-run]"
	  " [--from PLAN [--passwords FILE] [--json]]"
	  " | --template [--lang LANG]",
	  "Makes a real, empty installation: asks step by step, or takes a plan." },
	{ "hooks", cli_hooks,
	  "--db FILE [--key FILE] [--authorities FILE] [--once] [--now TIME] [--log text|json]",
	  "Tells other systems what happened, as webhooks, until it is told to end." },
	{ "journal", cli_journal,
	  "verify --db FILE [--checkpoint FILE... [--log-key KEY]] [--json] [--quiet]"
	  " | checkpoint --db FILE [--make [--key FILE] [--rules DIR]] [--at SIZE] [--old SIZE]"
	  " | prove ENTRY --db FILE [--at SIZE] [--json]"
	  " | consistency SIZE SIZE --db FILE [--json]"
	  " | show --db FILE [--json] | export-tiles FOLDER --db FILE"
	  " | export-lines FILE --db FILE",
	  "Checks the journal, also against a checkpoint that was kept: status 1 if it is broken; "
	  "gives checkpoints, proofs and tiles of it." },
	{ "law", cli_law,
	  "list --db FILE | show NAME --db FILE | enter NAME FILE --db FILE --reason TEXT",
	  "The law as an installation has it; enters a file of its own, checked with all others." },
	{ "mail", cli_mail,
	  "--db FILE --server URL --from ADDRESS --address URL [--user NAME --password-file FILE]"
	  " [--authorities FILE] [--plain] [--once] [--now TIME] [--log text|json]",
	  "Sends the notices that wait as e-mail, until it is told to end." },
	{ "migrate", cli_migrate, "--db FILE [--json]",
	  "Brings a database to the schema of this program, as every command that opens one "
	  "does." },
	{ "migrate-to", cli_migrate_to,
	  "--db FILE postgresql://... [--quiet] [--json] | --db FILE --give-up --reason TEXT",
	  "Moves an installation to PostgreSQL: copies all rows, goes on where it was broken off, "
	  "compares all of them; or gives that up." },
	{ "people", cli_people,
	  "import FILE --db FILE [--dry-run] [--json] [--lang LANG] | template",
	  "People of a table (CSV, XLSX): added, changed or as they are; all of it or nothing." },
	{ "posts", cli_posts,
	  "import FILE --db FILE --reason TEXT [--dry-run] [--json] [--lang LANG] | template",
	  "The list of posts of an installation, of a table (CSV, XLSX)." },
	{ "read-questions", cli_read_questions, "LANGUAGE ACT",
	  "Reads the questions on standard input, confined: an import runs this itself." },
	{ "restore", cli_restore,
	  "--from COPY --to FILE [--from-key FILE [--with-key]] [--json] [--quiet]"
	  " | --check --from COPY [--db FILE] [--from-key FILE] [--work DIR]"
	  " [--files PLACE] [--json] [--quiet]",
	  "Makes a database of a copy; or restores it beside, compares its journal with that of "
	  "the "
	  "database in use and removes it: status 1 if it is not whole." },
	{ "scan", cli_scan,
	  "--db FILE --socket PATH [--files PLACE] [--once] [--rules DIR] [--now TIME] [--log "
	  "text|json]"
	  " [--require-confinement | --no-confinement]"
	  " | --db FILE --all | --db FILE --end --reason TEXT",
	  "Has uploaded files looked at by a virus scanner (clamd) until it is told to end; or all "
	  "of "
	  "them again; or holds no file back any more." },
	{ "serve", cli_serve,
	  "--db FILE [--key FILE] [--records DIR] [--files PLACE] [--listen ADDRESS:PORT] [--rules "
	  "DIR] [--secure]"
	  " [--origin URL]"
	  " [--locale FILE]... [--ncalayer URL] [--now TIME] [--metrics ADDRESS:PORT] [--node "
	  "NAME] [--log text|json]"
	  " [--log-requests] [--trace-database]"
	  " [--tls-certificate FILE --tls-key FILE [--tls-client-ca FILE [--tls-client-crl FILE]]"
	  " [--redirect-port PORT]] [--no-migrate] [--drain SECONDS] [--demonstration]"
	  " [--require-confinement | --no-confinement]",
	  "Serves the site until it is told to end." },
	{ "trust", cli_trust,
	  "list --db FILE [--rules DIR] [--json]"
	  " | add FILE --db FILE --reason TEXT [--authority] [--rules DIR]"
	  " | remove NUMBER --db FILE --reason TEXT [--rules DIR]"
	  " | crl FILE --db FILE [--rules DIR]",
	  "Authorities whose signatures count, and their lists of revoked certificates." },
	{ "user", cli_user,
	  "add --db FILE --iin N --family NAME --given NAME [--patronymic NAME] --organ CODE"
	  " [--position-kk TEXT] [--position-ru TEXT] [--rules DIR]"
	  " | password --db FILE --iin N [--rules DIR]"
	  " | grant --db FILE --iin N --role ROLE --organ CODE [--rules DIR]"
	  " | disable|enable --db FILE --iin N --reason TEXT [--rules DIR]"
	  " | second-factor --db FILE on|off [--rules DIR]",
	  "Adds a person, sets a password (read from standard input), gives a role, disables an "
	  "account or enables it again; demands second factors, or not in a demonstration." },
	{ "vault", cli_vault,
	  "status --db FILE [--key FILE] [--rules DIR] [--json] | recover --db FILE [--key FILE] "
	  "[--rules DIR]",
	  "State of the sealed bank; or a new key for it, with two papers on standard input." },
	{ "version", cli_version, "[--json]", "Prints the version of the program." },
	{ "verify", cli_verify,
	  "--db FILE [--checkpoint FILE]... [--records DIR] [--files PLACE] [--rules DIR]"
	  " [--language LANG] [--json] [--quiet]",
	  "Checks everything that can be checked: journal, checkpoints, draws, results, clicks, "
	  "votes, "
	  "minutes, rows; status 1 if something does not agree." },
	{ "video", cli_video,
	  "--db FILE --janus URL --janus-secrets FILE --records DIR [--segment SECONDS] [--once]"
	  " [--rules DIR] [--now TIME] [--log text|json] [--require-confinement | "
	  "--no-confinement]",
	  "Carries sound and picture between pages and Janus, and keeps their records, until it is "
	  "told to end." },
	{ "vote", cli_vote, "verify APPLICATION --db FILE [--rules DIR] [--json]",
	  "Counts the vote on a candidate again from the journal; status 1 if it does not agree." },
	{ "witness", cli_witness,
	  "--make-key --name NAME --key FILE"
	  " | --key FILE --state FILE [--log KEY] [--now TIME] [REQUEST]",
	  "Signs a checkpoint for a second body, if the log has only grown since the last one." },
	{ 0 },
};
