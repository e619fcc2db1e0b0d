#!/bin/sh
# Start cage with one program: screen.sh PROGRAM [ARGUMENT...]
#
# Where a graphics chip has a driver of its own, cage and the program draw with it. Elsewhere Mesa would compile code for
# the processor, which the unit forbids (MemoryDenyWriteExecute): there both draw without compiling anything.
set -eu

# Kernel drivers (/sys/class/drm) that Mesa draws with: Raspberry Pi 4 and 5, its older ones, then other boards and PCs.
drawn_by_chip() {
  for driver in "${DRM:-/sys/class/drm}"/renderD*/device/driver; do
    case $(basename "$(readlink "$driver")") in
      v3d | vc4-drm) return 0 ;;
      amdgpu | etnaviv | i915 | lima | msm* | nouveau | panfrost | panthor | radeon | xe) return 0 ;;
    esac
  done
  return 1
}

# wlroots looks for input devices before its first event only if it may fail without any. Told not to mind, it finds all of
# them at the first touch, and that touch is lost: so it is told only where udev knows none.
has_input() {
  grep -qsE '^E:ID_INPUT_(KEY|KEYBOARD|MOUSE|TOUCHSCREEN)=1' "${UDEV:-/run/udev/data}"/c13:*
}

drawn_by_chip || export WLR_RENDERER=pixman LIBGL_ALWAYS_SOFTWARE=1 GALLIUM_DRIVER=softpipe
has_input || export WLR_LIBINPUT_NO_DEVICES=1
# Without -s: no key leads to another console.
exec cage -d -- "$@"
