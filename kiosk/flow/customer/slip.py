"""The rows on paper and in a phone: what a slip says, and the text of the QR code."""

from datetime import datetime

from hardware.printer.slip import Slip, SlipLine
from kiosk.view.formats import date_and_time
from krn_engine.office.contract import Issued
from krn_engine.row import Hidden, grouped


def qr_text(issued: Issued) -> Hidden:
    """Plain text that any phone shows."""
    return Hidden("\n".join(f"{number}) {grouped(row)}" for number, row in enumerate(issued.rows, 1)))


def slip_of(issued: Issued, office_name: str, help_line: str, now: datetime) -> Slip:
    """The slip, in Indonesian, as the meter and the help line are. It has no name and no address."""
    lines = [
        SlipLine(office_name, bold=True, centre=True),
        SlipLine("UPGRADE METER (KRN)", bold=True, centre=True),
        SlipLine(f"Nomor meter {issued.meter_number}", centre=True),
        SlipLine(date_and_time(now), centre=True),
        SlipLine("GRATIS. Sisa kWh tidak berubah.", bold=True, centre=True),
        SlipLine(),
        SlipLine("Ketik berurutan, lalu tekan Enter."),
    ]
    number = 0
    for change in issued.changes:
        first = number + 1
        for row in change.rows:
            number += 1
            lines += [
                SlipLine(),
                SlipLine(f"Kode {number} dari {len(issued.rows)}", bold=True),
                SlipLine(Hidden(grouped(row)), bold=True, large=True, centre=True),
                SlipLine("[ ] Meter menampilkan BENAR"),
            ]
        minutes = issued.minutes_for_a_change
        lines.append(SlipLine(f"Kode {first}-{number}: selesaikan dalam {minutes} menit."))
    lines += [
        SlipLine(),
        SlipLine("Jika SALAH: cocokkan angka, ketik sekali lagi."),
        SlipLine(f"Jika tetap SALAH: berhenti, hubungi {help_line}."),
        SlipLine("Sudah selesai? Ketik 04 Enter: versi meter."),
        SlipLine(f"Simpan slip ini. Bantuan 24 jam: {help_line}", bold=True),
    ]
    return tuple(lines)
