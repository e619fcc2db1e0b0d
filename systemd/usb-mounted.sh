#!/bin/sh
# usb-mounted.sh FOLDER: is a file system mounted from a disk under this folder of /sys?
set -eu
while read -r _ _ number _; do
  case $(readlink -f "/sys/dev/block/$number") in "$1"/*) exit 0 ;; esac
done </proc/self/mountinfo
exit 1
