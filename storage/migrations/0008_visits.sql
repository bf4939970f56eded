-- Visits; what each table is for stands in storage/schema.sql.

CREATE TABLE visit (
    corporation TEXT NOT NULL,
    ref TEXT NOT NULL,
    subject TEXT NOT NULL,
    number INTEGER NOT NULL,
    state TEXT NOT NULL,
    consultant TEXT NOT NULL,
    opens TEXT NOT NULL,
    closes TEXT NOT NULL,
    planned_at BIGINT NOT NULL,
    not_home INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (corporation, subject, number)
);

CREATE UNIQUE INDEX visit_by_ref ON visit (corporation, ref);
CREATE INDEX visit_of_consultant ON visit (corporation, consultant, planned_at);
