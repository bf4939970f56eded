-- name: add$
INSERT INTO visit (
    corporation, ref, subject, number, state, consultant, opens, closes, planned_at, not_home, sequence,
    version
)
VALUES (
    :corporation, :ref, :subject, :number, :state, :consultant, :opens, :closes, :planned_at, :not_home,
    :sequence, :version
)
ON CONFLICT DO NOTHING
RETURNING ref;

-- name: save$
UPDATE visit SET
    subject = :subject, number = :number, state = :state, consultant = :consultant,
    opens = :opens, closes = :closes, planned_at = :planned_at, not_home = :not_home, sequence = :sequence,
    version = :version
WHERE corporation = :corporation AND ref = :ref AND version = :version_before
RETURNING version;

-- name: get(corporation, ref)^
SELECT * FROM visit WHERE corporation = :corporation AND ref = :ref;

-- name: of_tenancy(corporation, subject)
SELECT * FROM visit WHERE corporation = :corporation AND subject = :subject ORDER BY number;

-- name: of_consultant(corporation, consultant)
SELECT * FROM visit WHERE corporation = :corporation AND consultant = :consultant ORDER BY planned_at, ref;

-- name: of_corporation(corporation)
SELECT * FROM visit WHERE corporation = :corporation ORDER BY planned_at, ref;
