# shellcheck shell=sh
# Sourced by the other scripts: where we are, and how to install.
set -eu
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8

say() {
	printf '\n== %s\n' "$*"
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

# Debian's python3 sees Debian's modules; another python on the PATH may not.
PATH="/usr/bin:/bin:/usr/sbin:/sbin:$PATH"
export PATH
