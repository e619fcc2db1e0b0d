"""The figures that this project promises, measured on this machine. `docs/figures.md` says what each one means."""
