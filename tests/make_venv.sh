#!/bin/sh
# Makes .venv with the given Python. Debian keeps the venv module in a package of its own; root may install that.
set -eu
if "$1" -m venv --clear .venv; then exit 0; fi
rm -rf .venv
package="python$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "$1 cannot make a virtual environment; install the package $package, then try again." >&2
    exit 1
fi
apt-get update -q
DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$package"
"$1" -m venv --clear .venv
