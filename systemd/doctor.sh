#!/bin/sh
# krn-doctor: krn doctor in the kiosk's place, as its user and with the secrets that systemd gives to it alone.
set -eu
[ "$(id -u)" = 0 ] || { echo "krn-doctor: only root may stand in the kiosk's place: sudo krn-doctor" >&2; exit 1; }
exec systemd-run --quiet --pipe --wait --collect --service-type=exec \
  --property=LoadCredentialEncrypted=krn-vault --property=LoadCredentialEncrypted=krn-rows \
  --property=User=krn-kiosk --property=Group=krn-kiosk --property="SupplementaryGroups=krn-meter video audio lp" \
  --property=WorkingDirectory=/var/lib/krn \
  /opt/krn/current/venv/bin/krn doctor "$@"
