"""The upgrade of one connected meter, without a screen: used by the screens and by `krn upgrade` alike."""
