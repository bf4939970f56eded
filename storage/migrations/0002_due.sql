-- Work that falls due; what each table is for stands in storage/schema.sql.

CREATE TABLE due (
    corporation TEXT NOT NULL,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    step TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    tries INTEGER NOT NULL,
    error TEXT,
    PRIMARY KEY (corporation, kind, about)
);

CREATE INDEX due_order ON due (due_at, kind, corporation, about);

ALTER TABLE signal ADD COLUMN belongs_to TEXT;

CREATE INDEX signal_lent_by ON signal (corporation, belongs_to) WHERE belongs_to IS NOT NULL;

CREATE INDEX signal_event_by_people ON signal_event (corporation, happened_at)
    WHERE actor IS NOT NULL;
