"""A PKCS#11 module (Cryptoki 2.40) as far as it is needed: sign in, find a secret key by its label, HMAC-SHA-256.

Everything of the library stays in this file: its exceptions become refusals of a source. A PIN is tried once: modules
lock after a few wrong ones, and an office has several processes that would each try.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pkcs11
from pkcs11 import Attribute, Key, KeyType, Mechanism, ObjectClass, Session, Token, TokenFlag
from pkcs11 import exceptions as raised

from krn_engine.issuing.errors import (
    KeyNotProtected,
    SourceDown,
    SourceError,
    SourceKeyMissing,
    SourceLocked,
    SourceRefused,
)
from krn_engine.issuing.secret import Secret
from krn_engine.issuing.sources.one_thread import OneThread

T = TypeVar("T")
SIGN_IN_BY_HAND = "sign in once by hand with the right one (pkcs11-tool --login), or let its officer set a new one"
_WRONG_PIN = (raised.PinIncorrect, raised.PinInvalid, raised.PinLenRange)
_NO_PIN = (raised.PinLocked, raised.PinExpired, raised.UserPinNotInitialized, raised.UserTooManyTypes)
_NOT_TAKEN = (
    raised.TemplateInconsistent,
    raised.TemplateIncomplete,
    raised.AttributeValueInvalid,
    raised.AttributeTypeInvalid,
    raised.TokenWriteProtected,
    raised.SessionReadOnly,
    raised.DeviceMemory,
)
_NO_HMAC = (
    raised.MechanismInvalid,
    raised.MechanismParamInvalid,
    raised.KeySizeRange,
    raised.KeyTypeInconsistent,
    raised.KeyIndigestible,
    raised.FunctionNotSupported,
)
_SESSION_LOST = (
    raised.SessionHandleInvalid,
    raised.SessionClosed,
    raised.UserNotLoggedIn,
    raised.KeyHandleInvalid,
    raised.ObjectHandleInvalid,
    raised.DeviceRemoved,
    raised.TokenNotPresent,
)


class Pkcs11Module:
    """One token of a module. `pin` is asked when it is signed in; every call ends within `seconds`.

    The module is opened when it is first asked, and again after it was gone.
    """

    def __init__(
        self, library: Path, token: str, pin: Callable[[], Secret], seconds: float = 5.0, *, writable: bool = False
    ) -> None:
        self._library = library
        self._token = token
        self._pin = pin
        self._seconds = seconds
        self._writable = writable
        self._thread = OneThread("pkcs11")
        self._session: Session | None = None
        self._keys: dict[str, Key] = {}
        self._refused_pin: Secret | None = None
        self._was_gone = False

    def hmac(self, label: str, data: bytes) -> bytes:
        """HMAC-SHA-256 of `data`, 32 bytes, under the key of this label, in the module.

        Raises SourceDown, SourceLocked, SourceKeyMissing, SourceRefused, KeyNotProtected.
        """
        return self._ask(lambda: _signed(self._key(label), data))

    def put(self, label: str, value: bytes) -> None:
        """Put a secret key in that may sign, and may never be read out again. For a module that is `writable`.

        Raises SourceRefused if there is a key of this label, or the module does not take it, and what `hmac` raises.
        """
        self._ask(lambda: _put(self._signed_in(), label, value))

    def close(self) -> None:
        """Sign out, if it is signed in and still answers."""
        if self._session is not None:
            try:
                self._ask(self._leave)
            except SourceError:
                self._forget()

    def _ask(self, work: Callable[[], T]) -> T:
        """On the module's own thread; once more if only the session was lost."""
        try:
            return self._thread.ask(lambda: self._tried(work), self._seconds)
        except TimeoutError:
            raise SourceDown(
                f"the PKCS#11 module does not answer within {self._seconds:g} s: look at it, and at its log"
            ) from None

    def _tried(self, work: Callable[[], T]) -> T:
        try:
            try:
                return work()
            except _SESSION_LOST:
                self._forget()
                return work()
        except pkcs11.PKCS11Error as error:
            # No text of the library in the refusal: nobody knows what a maker's library puts in there.
            raise self._refusal(error) from None

    def _refusal(self, error: pkcs11.PKCS11Error) -> SourceError:
        name = type(error).__name__
        if isinstance(error, _NO_HMAC):
            return SourceRefused(
                f"the PKCS#11 module makes no HMAC-SHA-256 with this key ({name}): it must be a generic secret, padded "
                "with zeros to 32 bytes, that may sign (docs/operations.md)"
            )
        if isinstance(error, _NOT_TAKEN):
            return SourceRefused(
                f"the PKCS#11 module does not take this key ({name}): ask its maker how a generic secret is put in"
            )
        self._forget()
        if isinstance(error, _NO_PIN):
            return SourceLocked(f"the PKCS#11 module lets nobody in ({name}): its officer must set the PIN anew")
        self._was_gone = True
        return SourceDown(f"the PKCS#11 module cannot be used ({name}): is it connected, and its token {self._token}?")

    def _signed_in(self) -> Session:
        if self._session is None:
            self._session = self._opened()
        return self._session

    def _key(self, label: str) -> Key:
        session = self._signed_in()
        known = self._keys.get(label)
        if known is None:
            known = self._keys[label] = _found(session, label)
        return known

    def _opened(self) -> Session:
        try:
            library = pkcs11.lib(str(self._library))
        except pkcs11.PKCS11Error:
            raise SourceDown(
                f"the PKCS#11 library {self._library} cannot be loaded: is the module's software installed?"
            ) from None
        if self._was_gone:
            # A library keeps the tokens that it saw when it was initialised.
            library.reinitialize()
            self._was_gone = False
        token = library.get_token(token_label=self._token)
        pin = self._pin()
        self._require_try(token, pin)
        try:
            return token.open(rw=self._writable, user_pin=str(pin))
        except raised.UserAlreadyLoggedIn:
            # A login is of the whole process: another source has this token open.
            return token.open(rw=self._writable)
        except _WRONG_PIN:
            self._refused_pin = pin
            raise SourceLocked(
                f"the PKCS#11 module refuses the PIN, and it is not tried again: {SIGN_IN_BY_HAND}"
            ) from None

    def _require_try(self, token: Token, pin: Secret) -> None:
        """Raises SourceLocked where this PIN could be the try that locks the token."""
        if pin == self._refused_pin:
            raise SourceLocked(f"the PKCS#11 module refused this PIN before: {SIGN_IN_BY_HAND}")
        if token.flags & TokenFlag.USER_PIN_LOCKED:
            raise SourceLocked("the PIN of the PKCS#11 module is locked: its officer must set a new one")
        if token.flags & (TokenFlag.USER_PIN_COUNT_LOW | TokenFlag.USER_PIN_FINAL_TRY):
            raise SourceLocked(
                f"somebody gave the PKCS#11 module a wrong PIN, so none is tried here: {SIGN_IN_BY_HAND}"
            )

    def _leave(self) -> None:
        session, self._session = self._session, None
        self._keys.clear()
        if session is not None:
            session.close()

    def _forget(self) -> None:
        """What was open is open no more; closing it could only fail."""
        self._session = None
        self._keys.clear()


def _all_of(session: Session, label: str) -> list[Key]:
    """The secret keys of a label: all, since a search that is left in its middle keeps the library's lock (0.10)."""
    wanted = {
        Attribute.CLASS: ObjectClass.SECRET_KEY,
        Attribute.KEY_TYPE: KeyType.GENERIC_SECRET,
        Attribute.LABEL: label,
    }
    return [found for found in session.get_objects(wanted) if isinstance(found, Key)]


def _put(session: Session, label: str, value: bytes) -> None:
    if _all_of(session, label):
        raise SourceRefused(f"the PKCS#11 module has a key with the label {label}: nothing is written over")
    session.create_object(
        {
            Attribute.CLASS: ObjectClass.SECRET_KEY,
            Attribute.KEY_TYPE: KeyType.GENERIC_SECRET,
            Attribute.LABEL: label,
            Attribute.VALUE: value,
            Attribute.TOKEN: True,
            Attribute.PRIVATE: True,
            Attribute.SENSITIVE: True,
            Attribute.EXTRACTABLE: False,
            Attribute.SIGN: True,
        }
    )


def _found(session: Session, label: str) -> Key:
    """The key of a label. Raises SourceKeyMissing, and KeyNotProtected for one that can leave the module."""
    keys = _all_of(session, label)
    if len(keys) != 1:
        how_many = "several secret keys" if keys else "no secret key"
        raise SourceKeyMissing(
            f"the PKCS#11 module has {how_many} with the label {label}: put the right one in, or mend the settings"
        )
    (key,) = keys
    if not key[Attribute.SENSITIVE] or key[Attribute.EXTRACTABLE]:
        raise KeyNotProtected(
            f"the key {label} may be read out of the PKCS#11 module: put it in as sensitive and not extractable"
        )
    return key


def _signed(key: Key, data: bytes) -> bytes:
    signature: bytes = key.sign(data, mechanism=Mechanism.SHA256_HMAC)  # type: ignore[attr-defined]  # it may sign
    return signature
