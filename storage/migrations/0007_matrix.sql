-- The Matrix session; what each table is for stands in storage/schema.sql.

CREATE TABLE trust (
    mxid TEXT NOT NULL PRIMARY KEY,
    master_key TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    confirmed_by TEXT,
    offered TEXT
);

CREATE TABLE megolm_place (
    session TEXT NOT NULL,
    number BIGINT NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (session, number)
);

CREATE TABLE secret (
    name TEXT NOT NULL PRIMARY KEY,
    sealed BYTEA NOT NULL
);
