-- Several processes on one database; what each table is for stands in storage/schema.sql.

CREATE TABLE lease (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    until BIGINT NOT NULL
);

CREATE INDEX seen_handled ON seen (platform, handled_at);

ALTER TABLE dialogue_message ADD COLUMN added_at BIGINT;

CREATE INDEX dialogue_message_age ON dialogue_message (added_at) WHERE added_at IS NOT NULL;
