-- The care side: rooms and what was shared; what each table is for stands in storage/schema.sql.

CREATE TABLE share (
    corporation TEXT NOT NULL,
    id TEXT NOT NULL,
    case_code TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    person TEXT NOT NULL,
    shared_at BIGINT NOT NULL,
    PRIMARY KEY (corporation, id)
);

CREATE TABLE case_room (
    corporation TEXT NOT NULL,
    case_code TEXT NOT NULL,
    room TEXT NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (corporation, case_code)
);
