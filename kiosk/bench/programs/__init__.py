"""What the bench measures, each run with `python -m` in a process of its own, which draws in memory.

Nothing is imported here, nor by `kiosk.bench`: a process that is measured carries only what it needs.
"""
