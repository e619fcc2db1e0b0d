"""What happens at an office's service, by name. No event holds a number, a name of a person, a row or a token."""

from enum import Enum


class ServiceEvent(Enum):
    """Every event: its name in the log, and what it means."""

    STARTED = "service-started", "A process of the service answers from now on."
    STOPPED = "service-stopped", "A process of the service has ended what it had begun, and goes."
    ASKED = "asked", "A request was answered: by which operation, to whom, with which status and code, in how long."
    FAILED = "failed", "A request ended in an error that nobody foresaw; `kind` is that of the error."
    CALLER_ENROLLED = "caller-enrolled", "A code was brought, and its caller has a token now."
    TOKEN_ROTATED = "token-rotated", "A caller fetched its next token."
    CODE_MADE = "code-made", "Staff made a code for a new caller."
    SIGNED_IN = "signed-in", "A person signed in. The name is hashed, here and wherever a person asks."
    SIGNED_OUT = "signed-out", "A person signed out."
    SIGN_IN_REFUSED = "sign-in-refused", "A name and its secret did not belong together, or signing in is locked."
    CALLER_REVOKED = "caller-revoked", "Staff revoked a caller: from now on it is not let in."
    CODE_WITHDRAWN = "code-withdrawn", "Staff withdrew a code that nobody had brought: it lets nobody in."

    WITNESS_DIFFERS = (
        "witness-differs",
        "A caller knows another audit than this office has: have it verified (krn office audit verify).",
    )

    REGISTER_DAMAGED = (
        "register-damaged",
        "Reading all of the register's file found damage (`code`): every use is refused. Restore the last copy.",
    )

    CHAT_UNREAD = (
        "chat-unread",
        "A chat's provider brought what is not as its documents say (`kind`); it is kept for seven days.",
    )
    CHAT_PASSED = "chat-passed", "A chat's provider brought what is for nobody here (`kind`); it is not kept."
    CHAT_SET_ASIDE = (
        "chat-set-aside",
        "A message could not be answered after several tries (`kind`, `code`); its chat was told, and goes on.",
    )
    CHAT_WAITS = "chat-waits", "A message waits, since the office cannot answer it now (`code`)."
    CHAT_UNSURE = "chat-unsure", "Whether an answer arrived was not known after a crash or a lost reply; it is settled."
    CHAT_NOT_SENT = "chat-not-sent", "A chat's provider will not deliver an answer, and why (`code`, its own)."
    CHAT_STOPPED = (
        "chat-stopped",
        "A chat's provider lets this office send nothing (`code`, its own): answers wait. See to its token or account.",
    )
    CHAT_GOES_ON = "chat-goes-on", "It does again: what waited is sent."
    CHAT_FAILED = "chat-failed", "A thread of the chats met an error that nobody foresaw (`kind`), and went on."

    def __init__(self, label: str, meaning: str) -> None:
        self.label = label
        self.meaning = meaning
