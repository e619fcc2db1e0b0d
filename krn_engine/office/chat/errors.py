"""Refusals of who carries chats."""

from krn_engine.office.errors import OfficeError


class ChatSettingsInvalid(OfficeError, ValueError):
    """The file of the chats cannot be used."""

    code = "CHT-10"


class ChatSecretMissing(OfficeError, LookupError):
    """A token or a secret of a chat's provider is not there, or others can read it."""

    code = "CHT-11"


class ChatNotSigned(OfficeError, PermissionError):
    """What came to a chat's address is not signed by its provider."""

    code = "CHT-12"
