-- What revision 0001 made: the register of the release without digests, without data.
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE customers (
	id INTEGER NOT NULL,
	idpel VARCHAR(12) NOT NULL,
	meter_id INTEGER NOT NULL,
	name VARCHAR(100) NOT NULL,
	tariff VARCHAR(8) NOT NULL,
	power_va INTEGER,
	unit VARCHAR(16) NOT NULL,
	CONSTRAINT pk_customers PRIMARY KEY (id),
	CONSTRAINT ck_customers_idpel CHECK (length(idpel) = 12),
	CONSTRAINT fk_customers_meter_id FOREIGN KEY(meter_id) REFERENCES meters (id),
	CONSTRAINT uq_customers_idpel UNIQUE (idpel)
);
CREATE TABLE key_changes (
	id VARCHAR(32) NOT NULL,
	meter_id INTEGER NOT NULL,
	from_state VARCHAR(64) NOT NULL,
	to_state VARCHAR(64) NOT NULL,
	source VARCHAR(8) NOT NULL,
	rows VARCHAR(83) NOT NULL,
	issued_at DATETIME NOT NULL,
	CONSTRAINT pk_key_changes PRIMARY KEY (id),
	CONSTRAINT fk_key_changes_meter_id FOREIGN KEY(meter_id) REFERENCES meters (id),
	CONSTRAINT uq_key_changes_meter_id_from_state_to_state UNIQUE (meter_id, from_state, to_state)
);
CREATE TABLE meters (
	id INTEGER NOT NULL,
	number VARCHAR(13) NOT NULL,
	ea INTEGER,
	dkga INTEGER,
	sgc VARCHAR(6),
	ti VARCHAR(2),
	krn INTEGER,
	kt INTEGER,
	base_date INTEGER,
	ken INTEGER,
	version_label VARCHAR(8),
	installed_on DATE,
	blocked VARCHAR(200),
	key_state_by VARCHAR(16) NOT NULL,
	CONSTRAINT pk_meters PRIMARY KEY (id),
	CONSTRAINT ck_meters_krn CHECK (krn IS NULL OR krn BETWEEN 1 AND 9),
	CONSTRAINT uq_meters_number UNIQUE (number)
);
CREATE TABLE outcomes (
	id INTEGER NOT NULL,
	key_change_id VARCHAR(32) NOT NULL,
	section INTEGER NOT NULL,
	outcome VARCHAR(16) NOT NULL,
	evidence VARCHAR(200) NOT NULL,
	"by" VARCHAR(64) NOT NULL,
	at_place VARCHAR(64) NOT NULL,
	attempt_id VARCHAR(64) NOT NULL,
	recorded_at DATETIME NOT NULL,
	CONSTRAINT pk_outcomes PRIMARY KEY (id),
	CONSTRAINT fk_outcomes_key_change_id FOREIGN KEY(key_change_id) REFERENCES key_changes (id),
	CONSTRAINT uq_outcomes_attempt_id_outcome UNIQUE (attempt_id, outcome)
);
CREATE TABLE ready_rows (
	meter_id INTEGER NOT NULL,
	kct1a VARCHAR(20) NOT NULL,
	kct1b VARCHAR(20) NOT NULL,
	kct2a VARCHAR(20),
	kct2b VARCHAR(20),
	CONSTRAINT pk_ready_rows PRIMARY KEY (meter_id),
	CONSTRAINT ck_ready_rows_pair CHECK ((kct2a IS NULL) = (kct2b IS NULL)),
	CONSTRAINT fk_ready_rows_meter_id FOREIGN KEY(meter_id) REFERENCES meters (id)
);
CREATE TABLE requests (
	request_id VARCHAR(64) NOT NULL,
	position INTEGER NOT NULL,
	key_change_id VARCHAR(32) NOT NULL,
	CONSTRAINT pk_requests PRIMARY KEY (request_id, position),
	CONSTRAINT fk_requests_key_change_id FOREIGN KEY(key_change_id) REFERENCES key_changes (id)
);
CREATE INDEX ix_customers_meter_id ON customers (meter_id);
CREATE INDEX ix_outcomes_key_change_id ON outcomes (key_change_id);
CREATE INDEX ix_outcomes_recorded_at ON outcomes (recorded_at);
COMMIT;
