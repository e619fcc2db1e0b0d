"""The office as a service: `Office` over HTTP. Needs the extra `server`; no kiosk imports it."""
