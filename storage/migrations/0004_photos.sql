-- Pictures of a signal; what each table is for stands in storage/schema.sql.

CREATE TABLE photo (
    corporation TEXT NOT NULL,
    id TEXT NOT NULL,
    owner TEXT NOT NULL,
    is_sent INTEGER NOT NULL,
    sealed BYTEA NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (corporation, id)
);

CREATE INDEX photo_of ON photo (corporation, owner);
CREATE INDEX photo_unsent ON photo (added_at) WHERE is_sent = 0;
