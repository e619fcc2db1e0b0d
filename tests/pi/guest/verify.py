"""Says everything that is on the card."""

import hashlib
import sqlite3

from hardware.journal import Journal
from krn_engine.demo import DemoProvince
from krn_engine.office.local import LocalOffice
from krn_engine.register.database import Register, sqlite_url
from tests.pi.guest.card import mounted

card = mounted()
lines = (card / "journal").read_bytes().split(b"\n") if (card / "journal").exists() else []
print(f"TORN {sum(not line.startswith(b'{') for line in lines[:-1])}")
journal = Journal(card / "journal")
for request in journal._known:
    answer = journal.recall(request)
    print(f"ON begun {request}")
    if answer is not None and answer.evidence is not None:
        print(f"ON ended {request}")
connection = sqlite3.connect(card / "register.db")
print(f"CHECK {connection.execute('PRAGMA integrity_check(1)').fetchone()[0]}")
asked = [row[0] for row in connection.execute("SELECT DISTINCT request_id FROM requests ORDER BY rowid")]
doubled = connection.execute(
    "SELECT count(*) FROM (SELECT 1 FROM key_changes GROUP BY meter_id, from_state, to_state HAVING count(*) > 1)"
).fetchone()[0]
print(f"DOUBLED {doubled}")
connection.close()
province = DemoProvince(16)
with Register.open(sqlite_url(card / "register.db")) as register:
    office = LocalOffice(register, province.campaign, province.vault)
    for request in asked:
        with register.read() as read:
            found = read.exec_driver_sql(
                "SELECT m.number FROM requests r JOIN key_changes k ON k.id = r.key_change_id "
                "JOIN meters m ON m.id = k.meter_id WHERE r.request_id = ? LIMIT 1",
                (request,),
            ).scalar_one()
        rows = office.issue(found, request).rows
        print(f"ON rows {request} {hashlib.sha256(' '.join(rows).encode()).hexdigest()[:12]}")
print("VERIFIED", flush=True)
