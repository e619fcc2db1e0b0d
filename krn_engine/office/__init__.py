"""The office: finds customers, issues rows, records how they went. A kiosk holds an `Office` and nothing below it."""
