"""The root of every refusal, of the engine as of what stands on it.

A refusal has a `code` that staff can look up (docs/errors.md) and a message in words a clerk understands,
which says what is wrong and what to do. Neither ever holds a key, a token or a name.

    Refusal
    ├── KrnError
    │   ├── StsError         STS-  krn_engine/sts/errors.py
    │   ├── IssuingError     ISS-  krn_engine/issuing/errors.py
    │   │   ├── SourceError  SRC-
    │   │   └── VaultError   VLT-
    │   ├── RegisterError    REG-  krn_engine/register/errors.py
    │   ├── OfficeError      OFF-  krn_engine/office/errors.py
    │   │   ├── NetError     NET-  krn_engine/office/net_errors.py
    │   │   ├── AuditError   AUD-  krn_engine/office/audit/errors.py
    │   │   ├── OrdersError  ORD-  krn_engine/office/orders/errors.py
    │   │   ├── WebError     WEB-  krn_engine/office/web/errors.py
    │   │   └── ReportError  REP-  krn_engine/office/report/errors.py
    │   ├── BulkError        BLK-  krn_engine/bulk/errors.py
    │   └── KioskError       KSK-  kiosk/errors.py
    └── HardwareError        HW-   hardware/errors.py
"""

from typing import Any, ClassVar, Self


class Refusal(Exception):
    """Root of all refusals; every leaf also inherits the builtin it is a case of.

    A class that writes a `code` owns it; one that does not is told by its parent's. Two owners of one code are a
    TypeError when the second class is made.
    """

    code: ClassVar[str]
    _owners: ClassVar[dict[str, type["Refusal"]]] = {}

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        code = cls.__dict__.get("code")
        if code is not None and cls._owners.setdefault(code, cls) is not cls:
            raise TypeError(f"{cls.__name__} takes the code {code} of {cls._owners[code].__name__}: give it its own")

    @classmethod
    def of_code(cls, code: str) -> type[Self] | None:
        """The class below this one, however deep, that owns a code; None if none of those that were imported does."""
        owner = cls._owners.get(code)
        return owner if owner is not None and issubclass(owner, cls) else None

    @property
    def message(self) -> str:
        """The sentence for a person, without the code."""
        return str(self.args[0]) if self.args else self.__class__.__name__


class KrnError(Refusal):
    """Root of the engine's refusals."""

    code = "KRN-00"
