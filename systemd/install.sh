#!/bin/sh
# Install the kiosk on Raspberry Pi OS or Debian 12/13 (64-bit), bring it up to date, or take it away.
#
#   sudo systemd/install.sh                 install, or upgrade: data and settings stay, a failed upgrade rolls back
#   sudo systemd/install.sh --office        the same for an office that serves kiosks, on a machine of its own
#   sudo systemd/install.sh --uninstall     take the program away; data and settings stay
#   sudo systemd/install.sh --uninstall --purge     those too
#   --no-start      do not start anything (an image is being built); --no-apt      Debian packages are there already
#
# Releases lie in /opt/krn/releases; /opt/krn/current points to the one that runs. Run it twice: the end is the same.
set -eu

HERE=$(cd "$(dirname "$0")/.." && pwd)
OPT=/opt/krn
UNITS="krn-meter.service krn-kiosk.service krn-out-of-service.service krn.slice
 krn-retry.service krn-retry.timer krn-restart.service krn-restart.timer
 krn-backup.service krn-backup.timer krn-journal.service krn-journal.timer"
OFFICE_UNITS="krn-office.socket krn-office.service krn-office-backup.service krn-office-backup.timer
 krn-journal.service krn-journal.timer krn.slice"
OFFICE_ENABLED="krn-office.socket krn-office.service krn-office-backup.timer krn-journal.timer"
ENABLED="krn-meter.service krn-kiosk.service krn-backup.timer krn-journal.timer krn-restart.timer"
# What has to be stopped so that nothing brings the kiosk back.
ALL="krn-kiosk.service krn-retry.timer krn-out-of-service.service krn-meter.service"
# The screen (docs/decisions/0011), sound for headphones, and what Python wheels do not bring.
PACKAGES="python3-venv cage seatd xwayland libwayland-egl1 libwayland-cursor0 libegl1 libgles2 xkb-data espeak-ng alsa-utils adduser"
# Nobody logs in or starts the machine anew from a keyboard in a lobby (docs/operations.md has the ways in that are left).
MASKED="ctrl-alt-del.target getty@tty1.service getty-static.service autovt@.service"
# Lets a kiosk out to its office: a drop-in, where its settings name one.
NETWORK=/etc/systemd/system/krn-kiosk.service.d/office.conf
# What rows are sealed under, encrypted by systemd (docs/operations.md says what that is worth).
ROWS_KEY=/etc/credstore.encrypted/krn-rows
KEPT=2

start=yes apt=yes uninstall=no purge=no kind=kiosk
for argument in "$@"; do
  case $argument in
    --no-start) start=no ;;
    --no-apt) apt=no ;;
    --uninstall) uninstall=yes ;;
    --purge) purge=yes ;;
    --office) kind=office ;;
    *) sed -n '2,12p' "$0" >&2; exit 2 ;;
  esac
done

say() { printf 'krn: %s\n' "$*"; }
fail() { printf 'krn: error: %s\n' "$*" >&2; exit 1; }
[ "$(id -u)" = 0 ] || fail "this changes the system: run it with sudo"
running() { [ -d /run/systemd/system ]; }

# --- a kiosk and an office differ in what is installed, by name; how it is installed is the same
lock=kiosk settings=kiosk.toml user=krn-kiosk data=/var/lib/krn services="krn-meter.service krn-kiosk.service" of=
if [ $kind = office ]; then
  UNITS=$OFFICE_UNITS ENABLED=$OFFICE_ENABLED MASKED="" PACKAGES="python3-venv adduser"
  ALL="krn-office.service krn-office.socket" services="krn-office.socket krn-office.service"
  lock=server settings=office.toml user=krn-office data=/var/lib/krn-office of=-office
fi
other() { fail "this machine is $1: one machine is either an office or a kiosk; --uninstall takes away what is there"; }
if [ $uninstall = no ]; then
  if [ $kind = office ] && [ -e /etc/systemd/system/krn-kiosk.service ]; then other "a kiosk"; fi
  if [ $kind = kiosk ] && [ -e /etc/systemd/system/krn-office.service ]; then other "an office"; fi
fi

uninstall() {
  if running; then
    # One at a time: systemd does nothing at all for a list in which it does not know one.
    for unit in $ENABLED $OFFICE_ENABLED; do systemctl disable --now --quiet "$unit" 2>/dev/null || true; done
    # shellcheck disable=SC2086  a list
    systemctl stop $ALL 2>/dev/null || true
  fi
  for unit in $UNITS $OFFICE_UNITS; do
    rm -f "/etc/systemd/system/$unit"
    find /etc/systemd/system -type l -name "$unit" -delete
  done
  rm -f /etc/udev/rules.d/60-krn.rules /usr/lib/sysusers.d/krn.conf /usr/lib/tmpfiles.d/krn.conf
  rm -f /etc/systemd/journald.conf.d/krn.conf /etc/systemd/system.conf.d/krn.conf
  rm -f /etc/systemd/system.conf.d/krn-lobby.conf /etc/systemd/logind.conf.d/krn.conf /etc/sysctl.d/99-krn.conf
  rm -f /etc/udev/rules.d/90-krn-usb.rules /usr/local/bin/krn /usr/local/bin/krn-doctor "$NETWORK"
  rmdir "$(dirname "$NETWORK")" 2>/dev/null || true
  for unit in $MASKED; do
    if [ "$(readlink "/etc/systemd/system/$unit")" = /dev/null ]; then rm "/etc/systemd/system/$unit"; fi
  done
  rm -rf "$OPT"
  if [ $purge = yes ]; then
    rm -rf /etc/krn /var/lib/krn /var/lib/krn-meter /var/lib/krn-office "$ROWS_KEY"
    say "taken away, with its data and settings"
  else
    say "taken away; data (/var/lib/krn, /var/lib/krn-meter, /var/lib/krn-office) and settings (/etc/krn) are where they were"
  fi
  if running; then systemctl daemon-reload; fi
}

if [ $uninstall = yes ]; then
  uninstall
  exit 0
fi

# --- what Debian has to give
if [ $apt = yes ]; then
  apt-get update -qq
  # shellcheck disable=SC2086  a list
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $PACKAGES >/dev/null
  # What drives a Pi's lines comes from the lock file; its wheels end with Python 3.12, and later Debians bring it.
  if [ $kind = kiosk ] && [ "$(uname -m)" = aarch64 ] && python3 -c 'import sys; sys.exit(sys.version_info < (3, 13))'; then
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-lgpio >/dev/null ||
      fail "Debian's package python3-lgpio, which drives the lines to the meter, cannot be installed; nothing was changed"
  fi
fi

# --- the new release, beside the one that runs
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$HERE/pyproject.toml")
[ -n "$version" ] || fail "$HERE is not the project: start this script from where it lies"
content=$(cd "$HERE" && find kiosk hardware krn_engine systemd requirements pyproject.toml -type f ! -path '*__pycache__*' -print0 |
  LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-12)
release=$OPT/releases/$version-$content$of
if [ ! -e "$release/.complete" ]; then
  say "building $version-$content$of"
  rm -rf "$release"
  mkdir -p "$release"
  (cd "$HERE" && tar -cf - kiosk hardware krn_engine systemd docs requirements pyproject.toml README.md LICENSE) |
    tar -xf - -C "$release"
  python3 -m venv --system-site-packages "$release/venv"
  pip="$release/venv/bin/python -m pip install --quiet --disable-pip-version-check --ignore-installed --only-binary=:all:"
  $pip --require-hashes -r "$release/requirements/$lock.txt"
  # A path file instead of a build: nothing is fetched for it, and a trace back names the file that is there.
  site=$("$release/venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  printf '%s\n' "$release" >"$site/krn.pth"
  printf '#!/bin/sh\nexec %s -m kiosk.cli "$@"\n' "$release/venv/bin/python" >"$release/venv/bin/krn"
  chmod 755 "$release/venv/bin/krn"
  "$release/venv/bin/python" -m compileall -q "$release/kiosk" "$release/hardware" "$release/krn_engine"
  # What vouches for the release comes on the disk after all that it vouches for.
  sync -f "$release"
  touch "$release/.complete"
  sync "$release/.complete" "$release"
fi
works() {
  if [ $kind = office ]; then
    "$release/venv/bin/python" -c 'import kiosk.serving, krn_engine.office.server.processes'
  else
    "$release/venv/bin/krn" upgrade --demo --json >/dev/null
  fi
}
works || fail "the new release does not work here; nothing was changed"

before=$(readlink "$OPT/current" 2>/dev/null || true)
if [ "$before" = "$release" ]; then before=; fi
# shellcheck disable=SC2086  a list
start_again() { if [ $start = yes ] && running; then systemctl start $services || true; fi; }

# --- a copy of the register before a newer program touches it; nobody writes to it meanwhile
copy=
if [ $start = yes ] && running; then systemctl stop $ALL 2>/dev/null || true; fi
of_office() { [ $kind = kiosk ] && grep -qs '^office_url *=' "/etc/krn/$settings"; }
register=
if [ -n "$before" ] && [ -e "/etc/krn/$settings" ]; then
  # Nothing: it is in a database that has copies of its own, or at an office on the network.
  if ! register=$(cd $data && runuser -u $user -- "$release/venv/bin/krn" backup --where --config "/etc/krn/$settings"); then
    start_again
    fail "the settings do not say where the register is; nothing was changed"
  fi
fi
if [ -n "$register" ]; then
  # The new program makes it: it reads a register of any age, and changes none.
  if ! copy=$(cd $data && runuser -u $user -- "$release/venv/bin/krn" backup --config "/etc/krn/$settings" --to $data/backups) || [ ! -s "$copy" ]; then
    start_again
    fail "the register could not be copied before the upgrade; nothing was changed"
  fi
fi

# --- the release that counts from now on, with its users, folders, rules and units
point() { ln -sfn "$1" "$OPT/current.new" && mv -T "$OPT/current.new" "$OPT/current"; }

# A release that is gone back to may not have it yet.
put() {
  if [ -e "$OPT/current/systemd/$1" ]; then install -m 644 -D "$OPT/current/systemd/$1" "$2"; else rm -f "$2"; fi
}

# A kiosk has no network, but for one whose office is there.
put_network() {
  if of_office; then put kiosk-network.conf "$NETWORK"; else rm -f "$NETWORK"; fi
}

put_files() {
  put sysusers$of.conf /usr/lib/sysusers.d/krn.conf
  put tmpfiles$of.conf /usr/lib/tmpfiles.d/krn.conf
  if [ $kind = kiosk ]; then
    put 60-krn.rules /etc/udev/rules.d/60-krn.rules
    put journald.conf /etc/systemd/journald.conf.d/krn.conf
    put watchdog.conf /etc/systemd/system.conf.d/krn.conf
    put lobby.conf /etc/systemd/system.conf.d/krn-lobby.conf
    put logind.conf /etc/systemd/logind.conf.d/krn.conf
    put sysctl.conf /etc/sysctl.d/99-krn.conf
    put 90-krn-usb.rules /etc/udev/rules.d/90-krn-usb.rules
  fi
  for unit in $MASKED; do ln -sf /dev/null "/etc/systemd/system/$unit"; done
  systemd-sysusers krn.conf
  systemd-tmpfiles --create krn.conf
  for unit in $UNITS; do put "units/$unit" "/etc/systemd/system/$unit"; done
  put_network
  for unit in $ENABLED; do
    case $unit in *.timer) target=timers ;; *.socket) target=sockets ;; *) target=multi-user ;; esac
    install -d "/etc/systemd/system/$target.target.wants"
    ln -sf "/etc/systemd/system/$unit" "/etc/systemd/system/$target.target.wants/$unit"
  done
  if running; then systemctl daemon-reload; fi
}

point "$release"
put_files
ln -sf "$OPT/current/venv/bin/krn" /usr/local/bin/krn
if [ $kind = kiosk ]; then ln -sf "$OPT/current/systemd/doctor.sh" /usr/local/bin/krn-doctor; fi

# --- a line whose process was killed becomes an input again (raspberrypi/linux, pull requests 6117 and 6150)
for boot in /boot/firmware/config.txt /boot/config.txt; do
  if [ $kind = kiosk ] && [ -f "$boot" ] && ! grep -q '^dtparam=strict_gpiod' "$boot"; then
    printf '\n# KRN kiosk: no key stays pressed when a process is killed\n[all]\ndtparam=strict_gpiod\n' >>"$boot"
    say "strict_gpiod is set in $boot: it counts from the next start on"
  fi
done

# --- settings, once
if [ $kind = office ] && [ ! -e /etc/krn/office.toml ]; then
  say "no settings yet: write /etc/krn/office.toml, office.pem and office.key (docs/operations.md), then systemctl start $services"
elif [ ! -e "/etc/krn/$settings" ]; then
  # A new installation gets a key for its rows, and krn setup writes the setting for it. A key that is there stays, and
  # an image gets none: every machine would have the same one.
  if [ $start = yes ] && command -v systemd-creds >/dev/null && [ ! -e "$ROWS_KEY" ]; then
    install -d -m 700 /etc/credstore.encrypted
    if ! head -c 32 /dev/urandom | systemd-creds encrypt --name=krn-rows - "$ROWS_KEY.new" 2>/dev/null; then
      rm -f "$ROWS_KEY.new"
      say "systemd-creds can keep no key here: rows will not be sealed (docs/operations.md)"
    else
      mv "$ROWS_KEY.new" "$ROWS_KEY"
    fi
  fi
  if [ -t 0 ]; then
    "$OPT/current/venv/bin/krn" setup
  else
    say "no settings yet: run krn setup, then systemctl restart krn-meter krn-kiosk"
  fi
fi
systemd-tmpfiles --create krn.conf
put_network
if running; then systemctl daemon-reload; fi

# --- does it work? otherwise back to the release before
opens() {
  # An office's service opens its register when it starts, and is not called started before.
  [ $kind = kiosk ] && [ -e /etc/krn/kiosk.toml ] || return 0
  # It migrates the register, which an older program would refuse: then the copy above is put back with that program.
  if running; then
    systemd-run --quiet --pipe --wait --collect --property=LoadCredentialEncrypted=krn-rows \
      --property=User=krn-kiosk --property=Group=krn-kiosk --property=SupplementaryGroups=video \
      --property=WorkingDirectory=/var/lib/krn "$OPT/current/venv/bin/krn" doctor --opens >/dev/null
  elif grep -q '^rows_key *= *"credential"' /etc/krn/kiosk.toml; then
    say "the key of the rows is not to be had while systemd does not run: the first start looks at the register"
  else
    runuser -u krn-kiosk -- "$OPT/current/venv/bin/krn" doctor --opens >/dev/null
  fi
}
comes_up() {
  [ $start = yes ] && running && [ -e "/etc/krn/$settings" ] || return 0
  # shellcheck disable=SC2086  a list
  systemctl restart $services
}
if ! { opens && comes_up; }; then
  [ -n "$before" ] || fail "it is installed, but it does not come up: krn doctor says why"
  if running; then systemctl stop $ALL 2>/dev/null || true; fi
  point "$before"
  put_files
  if [ -n "$copy" ] && { [ $kind = office ] || ! opens; }; then
    if replaced=$(cd "$release" && runuser -u $user -- venv/bin/python -m krn_engine.register.put_back \
      "$copy" "$register"); then
      say "the register is the copy that was made before the upgrade; the one it replaces is kept as $replaced"
    else
      say "the register was not put back: when the kiosk is stopped, krn restore $copy does it"
    fi
  fi
  comes_up || true
  fail "the new release does not work with this kiosk's data or devices: the one before runs again"
fi

# --- the last releases stay, to go back to
ls -1dt "$OPT"/releases/* | grep -vxF -e "$release" -e "${before:-$release}" | tail -n "+$KEPT" | xargs -r rm -rf
if running; then
  udevadm control --reload 2>/dev/null && udevadm trigger 2>/dev/null || true
  udevadm trigger --action=add --subsystem-match=usb 2>/dev/null || true
  if [ $kind = kiosk ]; then /lib/systemd/systemd-sysctl /etc/sysctl.d/99-krn.conf || true; fi
fi
say "installed $version-$content$of"
