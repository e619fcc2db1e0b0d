"""A kiosk that goes on while its office cannot be reached: a copy, an outbox, and what delivers it."""
