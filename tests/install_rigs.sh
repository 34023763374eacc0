#!/bin/bash
# The servers and the browser that the full test run uses, from Debian's packages.
#
# As root on a Debian-like system what is missing is installed, without starting any service. Elsewhere it says what
# to install and what is skipped for lack of it. With INTAKE_TEST_REQUIRE=all a missing part is a failure, here and
# in the tests.
set -euo pipefail
cd "$(dirname "$0")/.."

wanted() { # package, how to see that it is there, what is skipped without it
    cat <<'LIST'
dovecot-imapd|ls /usr/lib/dovecot/imap|IMAP against a real Dovecot
dovecot-lmtpd|ls /usr/lib/dovecot/lmtp|LMTP against a real Dovecot
postgresql|ls /usr/lib/postgresql/*/bin/initdb|everything on a real PostgreSQL
chromium|command -v chromium|the pages in a real browser
libatomic1|ls /usr/lib/*/libatomic.so.1|the browser's driver, so the pages in a real browser
fonts-noto-cjk|ls /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc|Japanese on screenshots
postfix|ls /usr/sbin/smtp-source|load by postfix's smtp-source
libfaketime|ls /usr/lib/*/faketime/libfaketimeMT.so.1|a real process whose clock jumps
LIST
}

missing() {
    local package probe
    while IFS='|' read -r package probe _; do
        bash -c "$probe" >/dev/null 2>&1 || echo "$package"
    done < <(wanted)
}

install_quietly() {
    local policy=/usr/sbin/policy-rc.d made=
    if [ ! -e "$policy" ]; then # Debian's way to say: no service starts at installation
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
        made=$policy
    fi
    trap '[ -z "$made" ] || rm -f "$made"' RETURN
    export DEBIAN_FRONTEND=noninteractive
    echo "Installing for the tests: $*"
    apt-get update -q </dev/null >/dev/null || return
    echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections 2>/dev/null || true
    apt-get install -q -y --no-install-recommends "$@" </dev/null >/dev/null
}

mapfile -t packages < <(missing)
[ "${#packages[@]}" -gt 0 ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    install_quietly "${packages[@]}" || echo "The installation failed." >&2
    mapfile -t packages < <(missing)
    [ "${#packages[@]}" -gt 0 ] || exit 0
fi

for package in "${packages[@]}"; do
    echo "Missing: $package. Skipped without it: $(wanted | sed -n "s/^$package|.*|//p")."
done
echo "To install (Debian): apt-get install ${packages[*]}"
[ "${INTAKE_TEST_REQUIRE:-}" != all ] || exit 1
