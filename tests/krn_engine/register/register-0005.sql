BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0005');
CREATE TABLE counters (
	name VARCHAR(16) NOT NULL, 
	value BIGINT NOT NULL, 
	CONSTRAINT pk_counters PRIMARY KEY (name)
);
INSERT INTO "counters" VALUES('copy',0);
INSERT INTO "counters" VALUES('generation',23);
INSERT INTO "counters" VALUES('schema',2429932072284604181);
CREATE TABLE customers (
	id INTEGER NOT NULL, 
	idpel VARCHAR(12) NOT NULL, 
	meter_id INTEGER NOT NULL, 
	name VARCHAR(100) NOT NULL, 
	tariff VARCHAR(8) NOT NULL, 
	power_va INTEGER, 
	unit VARCHAR(16) NOT NULL, digest BIGINT, 
	CONSTRAINT pk_customers PRIMARY KEY (id), 
	CONSTRAINT ck_customers_idpel CHECK (length(idpel) = 12), 
	CONSTRAINT fk_customers_meter_id FOREIGN KEY(meter_id) REFERENCES meters (id), 
	CONSTRAINT uq_customers_idpel UNIQUE (idpel)
);
INSERT INTO "customers" VALUES(1,'990000000000',1,'Contoh Satu Satu','R1T',450,'99001',7671177840970590076);
INSERT INTO "customers" VALUES(2,'990000007919',2,'Contoh Lima Tujuh','R1M',900,'99001',8764017544444576232);
INSERT INTO "customers" VALUES(3,'990000015838',3,'Contoh Delapan Tiga','B1',5500,'99001',1451764768570762537);
INSERT INTO "customers" VALUES(4,'990000023757',4,'Contoh Dahlia Dua','B1',5500,'99001',-6422898107457795729);
INSERT INTO "customers" VALUES(5,'990000031676',5,'Contoh Tujuh Tiga','R1M',900,'99001',5614541971629404898);
INSERT INTO "customers" VALUES(6,'990000039595',6,'Contoh Kenanga Delapan','R1',2200,'99001',-6021063225918982747);
INSERT INTO "customers" VALUES(7,'990000047514',7,'Contoh Melati Lima','R1',900,'99001',3909879074024312982);
INSERT INTO "customers" VALUES(8,'990000055433',8,'Contoh Kenanga Lima','R1',2200,'99001',-4645639558064141800);
INSERT INTO "customers" VALUES(9,'990000063352',9,'Contoh Lima Tujuh','R1',1300,'99001',5385844224787533419);
INSERT INTO "customers" VALUES(10,'990000071271',10,'Contoh Enam Dua','R1',900,'99001',8425942364959416762);
INSERT INTO "customers" VALUES(11,'990000079190',11,'Contoh Tujuh Empat','R1',2200,'99001',-7833578497567074145);
INSERT INTO "customers" VALUES(12,'990000087109',12,'Contoh Tiga Tiga','R1M',900,'99001',5027418961515677157);
INSERT INTO "customers" VALUES(13,'990000095028',13,'Contoh Tujuh Enam','B1',5500,'99001',-7716990119001209375);
INSERT INTO "customers" VALUES(14,'990000102947',14,'Contoh Kenanga Mawar','R1',2200,'99001',-559599334398480252);
INSERT INTO "customers" VALUES(15,'990000110866',15,'Contoh Dahlia Melati','R1',2200,'99001',-1824493869509353594);
INSERT INTO "customers" VALUES(16,'990000118785',16,'Contoh Dahlia Delapan','R1',2200,'99001',-3996124959078808607);
CREATE TABLE endings (
	id INTEGER NOT NULL, 
	meter_id INTEGER NOT NULL, 
	ending VARCHAR(16) NOT NULL, 
	code VARCHAR(16) NOT NULL, 
	krn INTEGER, 
	grade VARCHAR(16), 
	proved BOOLEAN NOT NULL, 
	at_place VARCHAR(64) NOT NULL, 
	recorded_at DATETIME NOT NULL, digest BIGINT, 
	CONSTRAINT pk_endings PRIMARY KEY (id), 
	CONSTRAINT fk_endings_meter_id FOREIGN KEY(meter_id) REFERENCES meters (id)
);
INSERT INTO "endings" VALUES(1,1,'upgraded','',3,'sensor',1,'kiosk','2026-01-15 02:00:00.000000',-5563791939066898464);
INSERT INTO "endings" VALUES(2,10,'upgraded','',3,'sensor',1,'kiosk','2026-01-15 02:00:00.000000',-8346719987485662872);
INSERT INTO "endings" VALUES(3,5,'upgraded','',3,'customer',1,'kiosk','2026-01-15 02:00:00.000000',4677013220487756533);
INSERT INTO "endings" VALUES(4,4,'upgraded','',3,'register',1,'kiosk','2026-01-15 02:00:00.000000',-4338974589858317207);
CREATE TABLE key_changes (
	id VARCHAR(32) NOT NULL, 
	meter_id INTEGER NOT NULL, 
	from_state VARCHAR(64) NOT NULL, 
	to_state VARCHAR(64) NOT NULL, 
	source VARCHAR(8) NOT NULL, 
	rows VARCHAR(83) NOT NULL, 
	issued_at DATETIME NOT NULL, digest BIGINT, 
	CONSTRAINT pk_key_changes PRIMARY KEY (id), 
	CONSTRAINT fk_key_changes_meter_id FOREIGN KEY(meter_id) REFERENCES meters (id), 
	CONSTRAINT uq_key_changes_meter_id_from_state_to_state UNIQUE (meter_id, from_state, to_state)
);
INSERT INTO "key_changes" VALUES('00000000000000000000000000000008',8,'07/02/999007/01/1/2/1993','07/02/999007/01/2/2/1993','engine','57258990217051679709 30896390563944639063','2026-01-15 02:00:00.000000',7503567720327075949);
INSERT INTO "key_changes" VALUES('503202e95fdc4d9c9b3617e9b359aed7',1,'07/02/999007/01/1/2/1993','07/02/999007/01/2/2/1993','engine','61044734851150704401 07844025068129327446','2026-01-15 02:00:00.000000',-4853557630588113079);
INSERT INTO "key_changes" VALUES('7761ed19a94642678a6f13b824e7256e',1,'07/02/999007/01/2/2/1993','07/02/999007/01/3/2/2014','engine','56276303324218891200 03253566819808737675','2026-01-15 02:00:00.000000',2194030009973388689);
INSERT INTO "key_changes" VALUES('e6cd6c06a0574ad3bf3a918c22b38c71',10,'ready/8d95989ae18bc88e/0','ready/8d95989ae18bc88e/1','ready','40952857430808208304 06995392806778496265','2026-01-15 02:00:00.000000',5908646820390654616);
INSERT INTO "key_changes" VALUES('fcf6f767d66e427d8c989c42e3ea5e01',10,'ready/8d95989ae18bc88e/1','ready/8d95989ae18bc88e/2','ready','69424665025983553064 37900945128410675141','2026-01-15 02:00:00.000000',-3441829709206292213);
INSERT INTO "key_changes" VALUES('3dc5d661f2aa4a6690976c19196d0581',5,'11/04/999011/01/1/2/1993','11/04/999011/01/3/2/2014','engine','43367742011939973081 56460696812802026138 25177097427313502134 59951254482797330589','2026-01-15 02:00:00.000000',-1662170424494828507);
INSERT INTO "key_changes" VALUES('4b4570ffa16d446ab0b2661fd0ce7277',4,'07/02/999007/01/2/2/1993','07/02/999007/01/3/2/2014','engine','56348267907068388372 22389835140500152544','2026-01-15 02:00:00.000000',7724843491652315109);
INSERT INTO "key_changes" VALUES('7c3598635c654a719072efbfd91bb0d2',7,'07/02/999007/01/1/2/1993','07/02/999007/01/2/2/1993','engine','26713471078023392084 56615605438438302042','2026-01-15 02:00:00.000000',5467607619581793565);
INSERT INTO "key_changes" VALUES('03e6af39fe6a49f29d9fbfe5120b28b8',7,'07/02/999007/01/2/2/1993','07/02/999007/01/3/2/2014','engine','65617540317429755625 01612662997458850891','2026-01-15 02:00:00.000000',-5089635214157442657);
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
	key_state_by VARCHAR(16) NOT NULL, digest BIGINT, 
	CONSTRAINT pk_meters PRIMARY KEY (id), 
	CONSTRAINT ck_meters_krn CHECK (krn IS NULL OR krn BETWEEN 1 AND 9), 
	CONSTRAINT uq_meters_number UNIQUE (number)
);
INSERT INTO "meters" VALUES(1,'99100000001',7,2,'999007','01',2,2,1993,255,NULL,'2013-08-30',NULL,'outcome',7484957447416345229);
INSERT INTO "meters" VALUES(2,'99100000373',7,2,'999007','01',1,2,1993,255,NULL,'2020-01-03',NULL,'import',-701729480233210016);
INSERT INTO "meters" VALUES(3,'99100000746',7,2,'999007','01',1,2,1993,255,NULL,'2017-04-02',NULL,'import',-872932512988971217);
INSERT INTO "meters" VALUES(4,'99100001116',7,2,'999007','01',3,2,2014,255,NULL,'2017-06-20',NULL,'outcome',6817604921803741953);
INSERT INTO "meters" VALUES(5,'99100001488',11,4,'999011','01',1,2,1993,255,NULL,'2016-10-16',NULL,'import',-1477899239967790182);
INSERT INTO "meters" VALUES(6,'99100001850',7,2,'999007','01',3,2,2014,255,NULL,'2012-06-01',NULL,'import',-3047751255636128905);
INSERT INTO "meters" VALUES(7,'99100002221',7,2,'999007','01',1,2,1993,255,NULL,'2019-02-17',NULL,'statement',7349160182555633338);
INSERT INTO "meters" VALUES(8,'99100002593',7,2,'999007','01',2,2,1993,255,NULL,'2017-09-28',NULL,'outcome',-4952903961430795512);
INSERT INTO "meters" VALUES(9,'99100002965',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2015-11-07',NULL,'import',7837031529971814638);
INSERT INTO "meters" VALUES(10,'99100003336',7,2,'999007','01',1,2,1993,255,NULL,'2018-04-07',NULL,'import',-6179638684285374109);
INSERT INTO "meters" VALUES(11,'99100003708',7,2,'999007','01',1,2,1993,255,NULL,'2019-05-18','contoh: pelanggan diblokir','import',8445564050837934240);
INSERT INTO "meters" VALUES(12,'99100004078',7,2,'999007','01',3,2,2014,255,NULL,'2013-02-11',NULL,'import',-3940221811209021893);
INSERT INTO "meters" VALUES(13,'99100004441',7,2,'999007','01',3,2,2014,255,NULL,'2018-03-10',NULL,'import',9075277495613732628);
INSERT INTO "meters" VALUES(14,'99100004813',7,2,'999007','01',3,2,2014,255,NULL,'2017-08-13',NULL,'import',-5233199981844226748);
INSERT INTO "meters" VALUES(15,'99100005182',7,2,'999007','01',3,2,2014,255,NULL,'2015-01-20',NULL,'import',-1644369929060704223);
INSERT INTO "meters" VALUES(16,'99100005554',7,2,'999007','01',3,2,2014,255,NULL,'2019-06-16',NULL,'import',3581929730132550276);
CREATE TABLE outcomes (
	id INTEGER NOT NULL, 
	key_change_id VARCHAR(32) NOT NULL, 
	section INTEGER NOT NULL, 
	outcome VARCHAR(16) NOT NULL, 
	evidence VARCHAR(200) NOT NULL, 
	"by" VARCHAR(64) NOT NULL, 
	at_place VARCHAR(64) NOT NULL, 
	attempt_id VARCHAR(64) NOT NULL, 
	recorded_at DATETIME NOT NULL, grade VARCHAR(16), digest BIGINT, 
	CONSTRAINT pk_outcomes PRIMARY KEY (id), 
	CONSTRAINT fk_outcomes_key_change_id FOREIGN KEY(key_change_id) REFERENCES key_changes (id), 
	CONSTRAINT uq_outcomes_attempt_id_outcome UNIQUE (attempt_id, outcome)
);
INSERT INTO "outcomes" VALUES(1,'00000000000000000000000000000008',1,'accepted','BENAR','demo','demo','demo-8-1','2026-01-15 02:00:00.000000','sensor',-583302805439190727);
INSERT INTO "outcomes" VALUES(2,'00000000000000000000000000000008',2,'accepted','BENAR','demo','demo','demo-8-2','2026-01-15 02:00:00.000000','sensor',8964443151815425857);
INSERT INTO "outcomes" VALUES(3,'503202e95fdc4d9c9b3617e9b359aed7',1,'accepted','BENAR','who','kiosk','503202e95fdc4d9c9b3617e9b359aed7-1','2026-01-15 02:00:00.000000','sensor',3685757290002587648);
INSERT INTO "outcomes" VALUES(4,'503202e95fdc4d9c9b3617e9b359aed7',2,'accepted','BENAR','who','kiosk','503202e95fdc4d9c9b3617e9b359aed7-2','2026-01-15 02:00:00.000000','sensor',-8519564550065021545);
INSERT INTO "outcomes" VALUES(5,'e6cd6c06a0574ad3bf3a918c22b38c71',1,'accepted','BENAR','who','kiosk','e6cd6c06a0574ad3bf3a918c22b38c71-1','2026-01-15 02:00:00.000000','sensor',5935768975785761743);
INSERT INTO "outcomes" VALUES(6,'e6cd6c06a0574ad3bf3a918c22b38c71',2,'accepted','BENAR','who','kiosk','e6cd6c06a0574ad3bf3a918c22b38c71-2','2026-01-15 02:00:00.000000','sensor',-2658968166457932509);
INSERT INTO "outcomes" VALUES(7,'fcf6f767d66e427d8c989c42e3ea5e01',1,'accepted','BENAR','who','kiosk','fcf6f767d66e427d8c989c42e3ea5e01-1','2026-01-15 02:00:00.000000','sensor',8352424674431606823);
INSERT INTO "outcomes" VALUES(8,'fcf6f767d66e427d8c989c42e3ea5e01',2,'accepted','BENAR','who','kiosk','fcf6f767d66e427d8c989c42e3ea5e01-2','2026-01-15 02:00:00.000000','sensor',3384047718651882832);
INSERT INTO "outcomes" VALUES(9,'3dc5d661f2aa4a6690976c19196d0581',1,'accepted','BENAR','who','kiosk','3dc5d661f2aa4a6690976c19196d0581-1','2026-01-15 02:00:00.000000','customer',1971645929686308411);
INSERT INTO "outcomes" VALUES(10,'3dc5d661f2aa4a6690976c19196d0581',2,'accepted','BENAR','who','kiosk','3dc5d661f2aa4a6690976c19196d0581-2','2026-01-15 02:00:00.000000','customer',5272725857168394203);
INSERT INTO "outcomes" VALUES(11,'3dc5d661f2aa4a6690976c19196d0581',3,'accepted','BENAR','who','kiosk','3dc5d661f2aa4a6690976c19196d0581-3','2026-01-15 02:00:00.000000','customer',-6012153151724588893);
INSERT INTO "outcomes" VALUES(12,'3dc5d661f2aa4a6690976c19196d0581',4,'accepted','BENAR','who','kiosk','3dc5d661f2aa4a6690976c19196d0581-4','2026-01-15 02:00:00.000000','customer',5693992020306620956);
INSERT INTO "outcomes" VALUES(13,'4b4570ffa16d446ab0b2661fd0ce7277',1,'accepted','BENAR','who','kiosk','4b4570ffa16d446ab0b2661fd0ce7277-1','2026-01-15 02:00:00.000000','register',-5967240121910093153);
INSERT INTO "outcomes" VALUES(14,'4b4570ffa16d446ab0b2661fd0ce7277',2,'accepted','BENAR','who','kiosk','4b4570ffa16d446ab0b2661fd0ce7277-2','2026-01-15 02:00:00.000000','register',3466063710989674538);
CREATE TABLE ready_rows (
	meter_id INTEGER NOT NULL, 
	kct1a VARCHAR(20) NOT NULL, 
	kct1b VARCHAR(20) NOT NULL, 
	kct2a VARCHAR(20), 
	kct2b VARCHAR(20), digest BIGINT, 
	CONSTRAINT pk_ready_rows PRIMARY KEY (meter_id), 
	CONSTRAINT ck_ready_rows_pair CHECK ((kct2a IS NULL) = (kct2b IS NULL)), 
	CONSTRAINT fk_ready_rows_meter_id FOREIGN KEY(meter_id) REFERENCES meters (id)
);
INSERT INTO "ready_rows" VALUES(10,'40952857430808208304','06995392806778496265','69424665025983553064','37900945128410675141',2680236026474167479);
CREATE TABLE requests (
	request_id VARCHAR(64) NOT NULL, 
	position INTEGER NOT NULL, 
	key_change_id VARCHAR(32) NOT NULL, digest BIGINT, 
	CONSTRAINT pk_requests PRIMARY KEY (request_id, position), 
	CONSTRAINT fk_requests_key_change_id FOREIGN KEY(key_change_id) REFERENCES key_changes (id)
);
INSERT INTO "requests" VALUES('request-FOUR_ROWS',0,'503202e95fdc4d9c9b3617e9b359aed7',1995860039222436902);
INSERT INTO "requests" VALUES('request-FOUR_ROWS',1,'7761ed19a94642678a6f13b824e7256e',-3273988946860015540);
INSERT INTO "requests" VALUES('request-READY_MADE',0,'e6cd6c06a0574ad3bf3a918c22b38c71',9025072165919989344);
INSERT INTO "requests" VALUES('request-READY_MADE',1,'fcf6f767d66e427d8c989c42e3ea5e01',7592488940916727287);
INSERT INTO "requests" VALUES('request-EA11',0,'3dc5d661f2aa4a6690976c19196d0581',1113772693572433074);
INSERT INTO "requests" VALUES('request-TWO_ROWS',0,'4b4570ffa16d446ab0b2661fd0ce7277',1426594461851937349);
INSERT INTO "requests" VALUES('request-PERIKSA',0,'7c3598635c654a719072efbfd91bb0d2',-2549059400673068402);
INSERT INTO "requests" VALUES('request-PERIKSA',1,'03e6af39fe6a49f29d9fbfe5120b28b8',6302525272529597371);
CREATE TABLE statements (
	id INTEGER NOT NULL, 
	meter_id INTEGER NOT NULL, 
	krn INTEGER, 
	reason VARCHAR(200) NOT NULL, 
	"by" VARCHAR(64) NOT NULL, 
	at_place VARCHAR(64) NOT NULL, 
	after_outcome INTEGER NOT NULL, 
	recorded_at DATETIME NOT NULL, digest BIGINT, 
	CONSTRAINT pk_statements PRIMARY KEY (id), 
	CONSTRAINT ck_statements_krn CHECK (krn IS NULL OR krn BETWEEN 1 AND 9), 
	CONSTRAINT fk_statements_meter_id FOREIGN KEY(meter_id) REFERENCES meters (id)
);
INSERT INTO "statements" VALUES(1,7,1,'looked at','Contoh Petugas','kiosk',14,'2026-01-15 02:00:00.000000',7766734287271522668);
CREATE INDEX ix_customers_meter_id ON customers (meter_id);
CREATE INDEX ix_outcomes_key_change_id ON outcomes (key_change_id);
CREATE INDEX ix_outcomes_recorded_at ON outcomes (recorded_at);
CREATE INDEX ix_outcomes_claims ON outcomes (key_change_id) WHERE grade = 'customer';
CREATE INDEX ix_endings_meter_id ON endings (meter_id);
CREATE INDEX ix_statements_meter_id ON statements (meter_id);
CREATE TRIGGER "watch_meters_made" AFTER INSERT ON "meters" BEGIN UPDATE "meters" SET digest = krn_digest('meters', "NEW"."id", "NEW"."number", "NEW"."ea", "NEW"."dkga", "NEW"."sgc", "NEW"."ti", "NEW"."krn", "NEW"."kt", "NEW"."base_date", "NEW"."ken", "NEW"."version_label", "NEW"."installed_on", "NEW"."blocked", "NEW"."key_state_by", (SELECT count(*) FROM "ready_rows" AS child WHERE child."meter_id" = "NEW"."id"), (SELECT count(*) FROM "key_changes" AS child WHERE child."meter_id" = "NEW"."id"), (SELECT count(*) FROM "statements" AS child WHERE child."meter_id" = "NEW"."id")) WHERE "id" = NEW."id"; END;
CREATE TRIGGER "watch_meters_changed" AFTER UPDATE OF "id", "number", "ea", "dkga", "sgc", "ti", "krn", "kt", "base_date", "ken", "version_label", "installed_on", "blocked", "key_state_by" ON "meters" BEGIN UPDATE "meters" SET digest = krn_digest('meters', "NEW"."id", "NEW"."number", "NEW"."ea", "NEW"."dkga", "NEW"."sgc", "NEW"."ti", "NEW"."krn", "NEW"."kt", "NEW"."base_date", "NEW"."ken", "NEW"."version_label", "NEW"."installed_on", "NEW"."blocked", "NEW"."key_state_by", (SELECT count(*) FROM "ready_rows" AS child WHERE child."meter_id" = "NEW"."id"), (SELECT count(*) FROM "key_changes" AS child WHERE child."meter_id" = "NEW"."id"), (SELECT count(*) FROM "statements" AS child WHERE child."meter_id" = "NEW"."id")) WHERE "id" = NEW."id"; END;
CREATE TRIGGER "watch_meters_guard" BEFORE UPDATE OF "id", "number", "ea", "dkga", "sgc", "ti", "krn", "kt", "base_date", "ken", "version_label", "installed_on", "blocked", "key_state_by" ON "meters" BEGIN SELECT RAISE(ABORT, 'krn: a damaged record is left as it is') WHERE "OLD".digest IS NOT krn_digest('meters', "OLD"."id", "OLD"."number", "OLD"."ea", "OLD"."dkga", "OLD"."sgc", "OLD"."ti", "OLD"."krn", "OLD"."kt", "OLD"."base_date", "OLD"."ken", "OLD"."version_label", "OLD"."installed_on", "OLD"."blocked", "OLD"."key_state_by", (SELECT count(*) FROM "ready_rows" AS child WHERE child."meter_id" = "OLD"."id"), (SELECT count(*) FROM "key_changes" AS child WHERE child."meter_id" = "OLD"."id"), (SELECT count(*) FROM "statements" AS child WHERE child."meter_id" = "OLD"."id")); END;
CREATE TRIGGER "watch_meters_ready_rows_insert_guard" BEFORE INSERT ON "ready_rows" BEGIN SELECT RAISE(ABORT, 'krn: a damaged record is left as it is') FROM "meters" WHERE "meters"."id" = NEW."meter_id" AND "meters".digest IS NOT krn_digest('meters', "meters"."id", "meters"."number", "meters"."ea", "meters"."dkga", "meters"."sgc", "meters"."ti", "meters"."krn", "meters"."kt", "meters"."base_date", "meters"."ken", "meters"."version_label", "meters"."installed_on", "meters"."blocked", "meters"."key_state_by", (SELECT count(*) FROM "ready_rows" AS child WHERE child."meter_id" = "meters"."id"), (SELECT count(*) FROM "key_changes" AS child WHERE child."meter_id" = "meters"."id"), (SELECT count(*) FROM "statements" AS child WHERE child."meter_id" = "meters"."id")); END;
CREATE TRIGGER "watch_meters_ready_rows_insert" AFTER INSERT ON "ready_rows" BEGIN UPDATE "meters" SET digest = krn_digest('meters', "meters"."id", "meters"."number", "meters"."ea", "meters"."dkga", "meters"."sgc", "meters"."ti", "meters"."krn", "meters"."kt", "meters"."base_date", "meters"."ken", "meters"."version_label", "meters"."installed_on", "meters"."blocked", "meters"."key_state_by", (SELECT count(*) FROM "ready_rows" AS child WHERE child."meter_id" = "meters"."id"), (SELECT count(*) FROM "key_changes" AS child WHERE child."meter_id" = "meters"."id"), (SELECT count(*) FROM "statements" AS child WHERE child."meter_id" = "meters"."id")) WHERE "meters"."id" = NEW."meter_id"; END;
CREATE TRIGGER "watch_meters_ready_rows_delete_guard" BEFORE DELETE ON "ready_rows" BEGIN SELECT RAISE(ABORT, 'krn: a damaged record is left as it is') FROM "meters" WHERE "meters"."id" = OLD."meter_id" AND "meters".digest IS NOT krn_digest('meters', "meters"."id", "meters"."number", "meters"."ea", "meters"."dkga", "meters"."sgc", "meters"."ti", "meters"."krn", "meters"."kt", "meters"."base_date", "meters"."ken", "meters"."version_label", "meters"."installed_on", "meters"."blocked", "meters"."key_state_by", (SELECT count(*) FROM "ready_rows" AS child WHERE child."meter_id" = "meters"."id"), (SELECT count(*) FROM "key_changes" AS child WHERE child."meter_id" = "meters"."id"), (SELECT count(*) FROM "statements" AS child WHERE child."meter_id" = "meters"."id")); END;
CREATE TRIGGER "watch_meters_ready_rows_delete" AFTER DELETE ON "ready_rows" BEGIN UPDATE "meters" SET digest = krn_digest('meters', "meters"."id", "meters"."number", "meters"."ea", "meters"."dkga", "meters"."sgc", "meters"."ti", "meters"."krn", "meters"."kt", "meters"."base_date", "meters"."ken", "meters"."version_label", "meters"."installed_on", "meters"."blocked", "meters"."key_state_by", (SELECT count(*) FROM "ready_rows" AS child WHERE child."meter_id" = "meters"."id"), (SELECT count(*) FROM "key_changes" AS child WHERE child."meter_id" = "meters"."id"), (SELECT count(*) FROM "statements" AS child WHERE child."meter_id" = "meters"."id")) WHERE "meters"."id" = OLD."meter_id"; END;
CREATE TRIGGER "watch_meters_key_changes_insert_guard" BEFORE INSERT ON "key_changes" BEGIN SELECT RAISE(ABORT, 'krn: a damaged record is left as it is') FROM "meters" WHERE "meters"."id" = NEW."meter_id" AND "meters".digest IS NOT krn_digest('meters', "meters"."id", "meters"."number", "meters"."ea", "meters"."dkga", "meters"."sgc", "meters"."ti", "meters"."krn", "meters"."kt", "meters"."base_date", "meters"."ken", "meters"."version_label", "meters"."installed_on", "meters"."blocked", "meters"."key_state_by", (SELECT count(*) FROM "ready_rows" AS child WHERE child."meter_id" = "meters"."id"), (SELECT count(*) FROM "key_changes" AS child WHERE child."meter_id" = "meters"."id"), (SELECT count(*) FROM "statements" AS child WHERE child."meter_id" = "meters"."id")); END;
CREATE TRIGGER "watch_meters_key_changes_insert" AFTER INSERT ON "key_changes" BEGIN UPDATE "meters" SET digest = krn_digest('meters', "meters"."id", "meters"."number", "meters"."ea", "meters"."dkga", "meters"."sgc", "meters"."ti", "meters"."krn", "meters"."kt", "meters"."base_date", "meters"."ken", "meters"."version_label", "meters"."installed_on", "meters"."blocked", "meters"."key_state_by", (SELECT count(*) FROM "ready_rows" AS child WHERE child."meter_id" = "meters"."id"), (SELECT count(*) FROM "key_changes" AS child WHERE child."meter_id" = "meters"."id"), (SELECT count(*) FROM "statements" AS child WHERE child."meter_id" = "meters"."id")) WHERE "meters"."id" = NEW."meter_id"; END;
CREATE TRIGGER "watch_meters_key_changes_delete_guard" BEFORE DELETE ON "key_changes" BEGIN SELECT RAISE(ABORT, 'krn: a damaged record is left as it is') FROM "meters" WHERE "meters"."id" = OLD."meter_id" AND "meters".digest IS NOT krn_digest('meters', "meters"."id", "meters"."number", "meters"."ea", "meters"."dkga", "meters"."sgc", "meters"."ti", "meters"."krn", "meters"."kt", "meters"."base_date", "meters"."ken", "meters"."version_label", "meters"."installed_on", "meters"."blocked", "meters"."key_state_by", (SELECT count(*) FROM "ready_rows" AS child WHERE child."meter_id" = "meters"."id"), (SELECT count(*) FROM "key_changes" AS child WHERE child."meter_id" = "meters"."id"), (SELECT count(*) FROM "statements" AS child WHERE child."meter_id" = "meters"."id")); END;
CREATE TRIGGER "watch_meters_key_changes_delete" AFTER DELETE ON "key_changes" BEGIN UPDATE "meters" SET digest = krn_digest('meters', "meters"."id", "meters"."number", "meters"."ea", "meters"."dkga", "meters"."sgc", "meters"."ti", "meters"."krn", "meters"."kt", "meters"."base_date", "meters"."ken", "meters"."version_label", "meters"."installed_on", "meters"."blocked", "meters"."key_state_by", (SELECT count(*) FROM "ready_rows" AS child WHERE child."meter_id" = "meters"."id"), (SELECT count(*) FROM "key_changes" AS child WHERE child."meter_id" = "meters"."id"), (SELECT count(*) FROM "statements" AS child WHERE child."meter_id" = "meters"."id")) WHERE "meters"."id" = OLD."meter_id"; END;
CREATE TRIGGER "watch_meters_statements_insert_guard" BEFORE INSERT ON "statements" BEGIN SELECT RAISE(ABORT, 'krn: a damaged record is left as it is') FROM "meters" WHERE "meters"."id" = NEW."meter_id" AND "meters".digest IS NOT krn_digest('meters', "meters"."id", "meters"."number", "meters"."ea", "meters"."dkga", "meters"."sgc", "meters"."ti", "meters"."krn", "meters"."kt", "meters"."base_date", "meters"."ken", "meters"."version_label", "meters"."installed_on", "meters"."blocked", "meters"."key_state_by", (SELECT count(*) FROM "ready_rows" AS child WHERE child."meter_id" = "meters"."id"), (SELECT count(*) FROM "key_changes" AS child WHERE child."meter_id" = "meters"."id"), (SELECT count(*) FROM "statements" AS child WHERE child."meter_id" = "meters"."id")); END;
CREATE TRIGGER "watch_meters_statements_insert" AFTER INSERT ON "statements" BEGIN UPDATE "meters" SET digest = krn_digest('meters', "meters"."id", "meters"."number", "meters"."ea", "meters"."dkga", "meters"."sgc", "meters"."ti", "meters"."krn", "meters"."kt", "meters"."base_date", "meters"."ken", "meters"."version_label", "meters"."installed_on", "meters"."blocked", "meters"."key_state_by", (SELECT count(*) FROM "ready_rows" AS child WHERE child."meter_id" = "meters"."id"), (SELECT count(*) FROM "key_changes" AS child WHERE child."meter_id" = "meters"."id"), (SELECT count(*) FROM "statements" AS child WHERE child."meter_id" = "meters"."id")) WHERE "meters"."id" = NEW."meter_id"; END;
CREATE TRIGGER "watch_meters_statements_delete_guard" BEFORE DELETE ON "statements" BEGIN SELECT RAISE(ABORT, 'krn: a damaged record is left as it is') FROM "meters" WHERE "meters"."id" = OLD."meter_id" AND "meters".digest IS NOT krn_digest('meters', "meters"."id", "meters"."number", "meters"."ea", "meters"."dkga", "meters"."sgc", "meters"."ti", "meters"."krn", "meters"."kt", "meters"."base_date", "meters"."ken", "meters"."version_label", "meters"."installed_on", "meters"."blocked", "meters"."key_state_by", (SELECT count(*) FROM "ready_rows" AS child WHERE child."meter_id" = "meters"."id"), (SELECT count(*) FROM "key_changes" AS child WHERE child."meter_id" = "meters"."id"), (SELECT count(*) FROM "statements" AS child WHERE child."meter_id" = "meters"."id")); END;
CREATE TRIGGER "watch_meters_statements_delete" AFTER DELETE ON "statements" BEGIN UPDATE "meters" SET digest = krn_digest('meters', "meters"."id", "meters"."number", "meters"."ea", "meters"."dkga", "meters"."sgc", "meters"."ti", "meters"."krn", "meters"."kt", "meters"."base_date", "meters"."ken", "meters"."version_label", "meters"."installed_on", "meters"."blocked", "meters"."key_state_by", (SELECT count(*) FROM "ready_rows" AS child WHERE child."meter_id" = "meters"."id"), (SELECT count(*) FROM "key_changes" AS child WHERE child."meter_id" = "meters"."id"), (SELECT count(*) FROM "statements" AS child WHERE child."meter_id" = "meters"."id")) WHERE "meters"."id" = OLD."meter_id"; END;
CREATE TRIGGER "watch_customers_made" AFTER INSERT ON "customers" BEGIN UPDATE "customers" SET digest = krn_digest('customers', "NEW"."id", "NEW"."idpel", "NEW"."meter_id", "NEW"."name", "NEW"."tariff", "NEW"."power_va", "NEW"."unit") WHERE "id" = NEW."id"; END;
CREATE TRIGGER "watch_customers_changed" AFTER UPDATE OF "id", "idpel", "meter_id", "name", "tariff", "power_va", "unit" ON "customers" BEGIN UPDATE "customers" SET digest = krn_digest('customers', "NEW"."id", "NEW"."idpel", "NEW"."meter_id", "NEW"."name", "NEW"."tariff", "NEW"."power_va", "NEW"."unit") WHERE "id" = NEW."id"; END;
CREATE TRIGGER "watch_customers_guard" BEFORE UPDATE OF "id", "idpel", "meter_id", "name", "tariff", "power_va", "unit" ON "customers" BEGIN SELECT RAISE(ABORT, 'krn: a damaged record is left as it is') WHERE "OLD".digest IS NOT krn_digest('customers', "OLD"."id", "OLD"."idpel", "OLD"."meter_id", "OLD"."name", "OLD"."tariff", "OLD"."power_va", "OLD"."unit"); END;
CREATE TRIGGER "watch_ready_rows_made" AFTER INSERT ON "ready_rows" BEGIN UPDATE "ready_rows" SET digest = krn_digest('ready_rows', "NEW"."meter_id", "NEW"."kct1a", "NEW"."kct1b", "NEW"."kct2a", "NEW"."kct2b") WHERE "meter_id" = NEW."meter_id"; END;
CREATE TRIGGER "watch_ready_rows_changed" AFTER UPDATE OF "meter_id", "kct1a", "kct1b", "kct2a", "kct2b" ON "ready_rows" BEGIN UPDATE "ready_rows" SET digest = krn_digest('ready_rows', "NEW"."meter_id", "NEW"."kct1a", "NEW"."kct1b", "NEW"."kct2a", "NEW"."kct2b") WHERE "meter_id" = NEW."meter_id"; END;
CREATE TRIGGER "watch_ready_rows_guard" BEFORE UPDATE OF "meter_id", "kct1a", "kct1b", "kct2a", "kct2b" ON "ready_rows" BEGIN SELECT RAISE(ABORT, 'krn: a damaged record is left as it is') WHERE "OLD".digest IS NOT krn_digest('ready_rows', "OLD"."meter_id", "OLD"."kct1a", "OLD"."kct1b", "OLD"."kct2a", "OLD"."kct2b"); END;
CREATE TRIGGER "watch_key_changes_made" AFTER INSERT ON "key_changes" BEGIN UPDATE "key_changes" SET digest = krn_digest('key_changes', "NEW"."id", "NEW"."meter_id", "NEW"."from_state", "NEW"."to_state", "NEW"."source", "NEW"."rows", "NEW"."issued_at", (SELECT count(*) FROM "outcomes" AS child WHERE child."key_change_id" = "NEW"."id")) WHERE "id" = NEW."id"; END;
CREATE TRIGGER "watch_key_changes_changed" AFTER UPDATE OF "id", "meter_id", "from_state", "to_state", "source", "rows", "issued_at" ON "key_changes" BEGIN UPDATE "key_changes" SET digest = krn_digest('key_changes', "NEW"."id", "NEW"."meter_id", "NEW"."from_state", "NEW"."to_state", "NEW"."source", "NEW"."rows", "NEW"."issued_at", (SELECT count(*) FROM "outcomes" AS child WHERE child."key_change_id" = "NEW"."id")) WHERE "id" = NEW."id"; END;
CREATE TRIGGER "watch_key_changes_guard" BEFORE UPDATE OF "id", "meter_id", "from_state", "to_state", "source", "rows", "issued_at" ON "key_changes" BEGIN SELECT RAISE(ABORT, 'krn: a damaged record is left as it is') WHERE "OLD".digest IS NOT krn_digest('key_changes', "OLD"."id", "OLD"."meter_id", "OLD"."from_state", "OLD"."to_state", "OLD"."source", "OLD"."rows", "OLD"."issued_at", (SELECT count(*) FROM "outcomes" AS child WHERE child."key_change_id" = "OLD"."id")); END;
CREATE TRIGGER "watch_key_changes_outcomes_insert_guard" BEFORE INSERT ON "outcomes" BEGIN SELECT RAISE(ABORT, 'krn: a damaged record is left as it is') FROM "key_changes" WHERE "key_changes"."id" = NEW."key_change_id" AND "key_changes".digest IS NOT krn_digest('key_changes', "key_changes"."id", "key_changes"."meter_id", "key_changes"."from_state", "key_changes"."to_state", "key_changes"."source", "key_changes"."rows", "key_changes"."issued_at", (SELECT count(*) FROM "outcomes" AS child WHERE child."key_change_id" = "key_changes"."id")); END;
CREATE TRIGGER "watch_key_changes_outcomes_insert" AFTER INSERT ON "outcomes" BEGIN UPDATE "key_changes" SET digest = krn_digest('key_changes', "key_changes"."id", "key_changes"."meter_id", "key_changes"."from_state", "key_changes"."to_state", "key_changes"."source", "key_changes"."rows", "key_changes"."issued_at", (SELECT count(*) FROM "outcomes" AS child WHERE child."key_change_id" = "key_changes"."id")) WHERE "key_changes"."id" = NEW."key_change_id"; END;
CREATE TRIGGER "watch_key_changes_outcomes_delete_guard" BEFORE DELETE ON "outcomes" BEGIN SELECT RAISE(ABORT, 'krn: a damaged record is left as it is') FROM "key_changes" WHERE "key_changes"."id" = OLD."key_change_id" AND "key_changes".digest IS NOT krn_digest('key_changes', "key_changes"."id", "key_changes"."meter_id", "key_changes"."from_state", "key_changes"."to_state", "key_changes"."source", "key_changes"."rows", "key_changes"."issued_at", (SELECT count(*) FROM "outcomes" AS child WHERE child."key_change_id" = "key_changes"."id")); END;
CREATE TRIGGER "watch_key_changes_outcomes_delete" AFTER DELETE ON "outcomes" BEGIN UPDATE "key_changes" SET digest = krn_digest('key_changes', "key_changes"."id", "key_changes"."meter_id", "key_changes"."from_state", "key_changes"."to_state", "key_changes"."source", "key_changes"."rows", "key_changes"."issued_at", (SELECT count(*) FROM "outcomes" AS child WHERE child."key_change_id" = "key_changes"."id")) WHERE "key_changes"."id" = OLD."key_change_id"; END;
CREATE TRIGGER "watch_requests_made" AFTER INSERT ON "requests" BEGIN UPDATE "requests" SET digest = krn_digest('requests', "NEW"."request_id", "NEW"."position", "NEW"."key_change_id") WHERE "request_id" = NEW."request_id" AND "position" = NEW."position"; END;
CREATE TRIGGER "watch_requests_changed" AFTER UPDATE OF "request_id", "position", "key_change_id" ON "requests" BEGIN UPDATE "requests" SET digest = krn_digest('requests', "NEW"."request_id", "NEW"."position", "NEW"."key_change_id") WHERE "request_id" = NEW."request_id" AND "position" = NEW."position"; END;
CREATE TRIGGER "watch_requests_guard" BEFORE UPDATE OF "request_id", "position", "key_change_id" ON "requests" BEGIN SELECT RAISE(ABORT, 'krn: a damaged record is left as it is') WHERE "OLD".digest IS NOT krn_digest('requests', "OLD"."request_id", "OLD"."position", "OLD"."key_change_id"); END;
CREATE TRIGGER "watch_outcomes_made" AFTER INSERT ON "outcomes" BEGIN UPDATE "outcomes" SET digest = krn_digest('outcomes', "NEW"."id", "NEW"."key_change_id", "NEW"."section", "NEW"."outcome", "NEW"."evidence", "NEW"."by", "NEW"."at_place", "NEW"."attempt_id", "NEW"."recorded_at", "NEW"."grade") WHERE "id" = NEW."id"; END;
CREATE TRIGGER "watch_outcomes_changed" AFTER UPDATE OF "id", "key_change_id", "section", "outcome", "evidence", "by", "at_place", "attempt_id", "recorded_at", "grade" ON "outcomes" BEGIN UPDATE "outcomes" SET digest = krn_digest('outcomes', "NEW"."id", "NEW"."key_change_id", "NEW"."section", "NEW"."outcome", "NEW"."evidence", "NEW"."by", "NEW"."at_place", "NEW"."attempt_id", "NEW"."recorded_at", "NEW"."grade") WHERE "id" = NEW."id"; END;
CREATE TRIGGER "watch_outcomes_guard" BEFORE UPDATE OF "id", "key_change_id", "section", "outcome", "evidence", "by", "at_place", "attempt_id", "recorded_at", "grade" ON "outcomes" BEGIN SELECT RAISE(ABORT, 'krn: a damaged record is left as it is') WHERE "OLD".digest IS NOT krn_digest('outcomes', "OLD"."id", "OLD"."key_change_id", "OLD"."section", "OLD"."outcome", "OLD"."evidence", "OLD"."by", "OLD"."at_place", "OLD"."attempt_id", "OLD"."recorded_at", "OLD"."grade"); END;
CREATE TRIGGER "watch_endings_made" AFTER INSERT ON "endings" BEGIN UPDATE "endings" SET digest = krn_digest('endings', "NEW"."id", "NEW"."meter_id", "NEW"."ending", "NEW"."code", "NEW"."krn", "NEW"."grade", "NEW"."proved", "NEW"."at_place", "NEW"."recorded_at") WHERE "id" = NEW."id"; END;
CREATE TRIGGER "watch_endings_changed" AFTER UPDATE OF "id", "meter_id", "ending", "code", "krn", "grade", "proved", "at_place", "recorded_at" ON "endings" BEGIN UPDATE "endings" SET digest = krn_digest('endings', "NEW"."id", "NEW"."meter_id", "NEW"."ending", "NEW"."code", "NEW"."krn", "NEW"."grade", "NEW"."proved", "NEW"."at_place", "NEW"."recorded_at") WHERE "id" = NEW."id"; END;
CREATE TRIGGER "watch_endings_guard" BEFORE UPDATE OF "id", "meter_id", "ending", "code", "krn", "grade", "proved", "at_place", "recorded_at" ON "endings" BEGIN SELECT RAISE(ABORT, 'krn: a damaged record is left as it is') WHERE "OLD".digest IS NOT krn_digest('endings', "OLD"."id", "OLD"."meter_id", "OLD"."ending", "OLD"."code", "OLD"."krn", "OLD"."grade", "OLD"."proved", "OLD"."at_place", "OLD"."recorded_at"); END;
CREATE TRIGGER "watch_statements_made" AFTER INSERT ON "statements" BEGIN UPDATE "statements" SET digest = krn_digest('statements', "NEW"."id", "NEW"."meter_id", "NEW"."krn", "NEW"."reason", "NEW"."by", "NEW"."at_place", "NEW"."after_outcome", "NEW"."recorded_at") WHERE "id" = NEW."id"; END;
CREATE TRIGGER "watch_statements_changed" AFTER UPDATE OF "id", "meter_id", "krn", "reason", "by", "at_place", "after_outcome", "recorded_at" ON "statements" BEGIN UPDATE "statements" SET digest = krn_digest('statements', "NEW"."id", "NEW"."meter_id", "NEW"."krn", "NEW"."reason", "NEW"."by", "NEW"."at_place", "NEW"."after_outcome", "NEW"."recorded_at") WHERE "id" = NEW."id"; END;
CREATE TRIGGER "watch_statements_guard" BEFORE UPDATE OF "id", "meter_id", "krn", "reason", "by", "at_place", "after_outcome", "recorded_at" ON "statements" BEGIN SELECT RAISE(ABORT, 'krn: a damaged record is left as it is') WHERE "OLD".digest IS NOT krn_digest('statements', "OLD"."id", "OLD"."meter_id", "OLD"."krn", "OLD"."reason", "OLD"."by", "OLD"."at_place", "OLD"."after_outcome", "OLD"."recorded_at"); END;
CREATE VIEW damaged_records AS SELECT 'meters' AS name, count(*) AS records FROM "meters" WHERE "meters".digest IS NOT krn_digest('meters', "meters"."id", "meters"."number", "meters"."ea", "meters"."dkga", "meters"."sgc", "meters"."ti", "meters"."krn", "meters"."kt", "meters"."base_date", "meters"."ken", "meters"."version_label", "meters"."installed_on", "meters"."blocked", "meters"."key_state_by", (SELECT count(*) FROM "ready_rows" AS child WHERE child."meter_id" = "meters"."id"), (SELECT count(*) FROM "key_changes" AS child WHERE child."meter_id" = "meters"."id"), (SELECT count(*) FROM "statements" AS child WHERE child."meter_id" = "meters"."id")) UNION ALL SELECT 'customers' AS name, count(*) AS records FROM "customers" WHERE "customers".digest IS NOT krn_digest('customers', "customers"."id", "customers"."idpel", "customers"."meter_id", "customers"."name", "customers"."tariff", "customers"."power_va", "customers"."unit") UNION ALL SELECT 'ready_rows' AS name, count(*) AS records FROM "ready_rows" WHERE "ready_rows".digest IS NOT krn_digest('ready_rows', "ready_rows"."meter_id", "ready_rows"."kct1a", "ready_rows"."kct1b", "ready_rows"."kct2a", "ready_rows"."kct2b") UNION ALL SELECT 'key_changes' AS name, count(*) AS records FROM "key_changes" WHERE "key_changes".digest IS NOT krn_digest('key_changes', "key_changes"."id", "key_changes"."meter_id", "key_changes"."from_state", "key_changes"."to_state", "key_changes"."source", "key_changes"."rows", "key_changes"."issued_at", (SELECT count(*) FROM "outcomes" AS child WHERE child."key_change_id" = "key_changes"."id")) UNION ALL SELECT 'requests' AS name, count(*) AS records FROM "requests" WHERE "requests".digest IS NOT krn_digest('requests', "requests"."request_id", "requests"."position", "requests"."key_change_id") UNION ALL SELECT 'outcomes' AS name, count(*) AS records FROM "outcomes" WHERE "outcomes".digest IS NOT krn_digest('outcomes', "outcomes"."id", "outcomes"."key_change_id", "outcomes"."section", "outcomes"."outcome", "outcomes"."evidence", "outcomes"."by", "outcomes"."at_place", "outcomes"."attempt_id", "outcomes"."recorded_at", "outcomes"."grade") UNION ALL SELECT 'endings' AS name, count(*) AS records FROM "endings" WHERE "endings".digest IS NOT krn_digest('endings', "endings"."id", "endings"."meter_id", "endings"."ending", "endings"."code", "endings"."krn", "endings"."grade", "endings"."proved", "endings"."at_place", "endings"."recorded_at") UNION ALL SELECT 'statements' AS name, count(*) AS records FROM "statements" WHERE "statements".digest IS NOT krn_digest('statements', "statements"."id", "statements"."meter_id", "statements"."krn", "statements"."reason", "statements"."by", "statements"."at_place", "statements"."after_outcome", "statements"."recorded_at");
COMMIT;
