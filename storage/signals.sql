-- name: add$
INSERT INTO signal (
    corporation, ref, unit, category, urgency, source, purpose, state, sender, owner,
    observed_at, created_at, sealed_note, sealed_subject, outcome, merged_into,
    snoozed_until, version, belongs_to
)
VALUES (
    :corporation, :ref, :unit, :category, :urgency, :source, :purpose, :state, :sender, :owner,
    :observed_at, :created_at, :sealed_note, :sealed_subject, :outcome, :merged_into,
    :snoozed_until, :version, :belongs_to
)
ON CONFLICT (corporation, ref) DO NOTHING
RETURNING ref;

-- name: get(corporation, ref)^
SELECT * FROM signal WHERE corporation = :corporation AND ref = :ref;

-- name: save$
UPDATE signal SET
    unit = :unit, category = :category, urgency = :urgency, source = :source,
    purpose = :purpose, state = :state, sender = :sender, owner = :owner,
    observed_at = :observed_at, created_at = :created_at, sealed_note = :sealed_note,
    sealed_subject = :sealed_subject, outcome = :outcome, merged_into = :merged_into,
    snoozed_until = :snoozed_until, version = :version, belongs_to = :belongs_to
WHERE corporation = :corporation AND ref = :ref AND version = :version_before
RETURNING version;

-- name: add_event(corporation, ref, happened_at, act, actor)!
INSERT INTO signal_event (corporation, ref, number, happened_at, act, actor)
VALUES (
    :corporation,
    :ref,
    (
        SELECT coalesce(max(number), 0) + 1 FROM signal_event
        WHERE corporation = :corporation AND ref = :ref
    ),
    :happened_at,
    :act,
    :actor
);

-- name: history(corporation, ref)
SELECT * FROM signal_event
WHERE corporation = :corporation AND ref = :ref
ORDER BY number;

-- name: sent_by(corporation, sender, limit)
SELECT * FROM signal
WHERE corporation = :corporation AND sender = :sender
ORDER BY created_at DESC, ref DESC
LIMIT :limit;

-- name: acted_on(corporation, since, until)
SELECT * FROM signal
WHERE corporation = :corporation AND ref IN (
    SELECT ref FROM signal_event
    WHERE corporation = :corporation AND actor IS NOT NULL
    AND happened_at >= :since AND happened_at < :until
)
ORDER BY created_at, ref;

-- name: lent_by(corporation, person)
SELECT * FROM signal
WHERE corporation = :corporation AND belongs_to = :person
AND state NOT IN ('RESOLVED', 'MERGED')
ORDER BY created_at, ref;

-- name: unrouted(limit)
SELECT * FROM signal
WHERE state = 'NEW'
ORDER BY created_at, ref
LIMIT :limit;

-- name: take_unrouted(limit)
-- Another process waits here: of two signals about one home the second must see the first.
SELECT * FROM signal
WHERE state = 'NEW'
ORDER BY created_at, ref
LIMIT :limit
FOR UPDATE;

-- name: open_of(corporation, owner)
SELECT * FROM signal
WHERE corporation = :corporation AND owner = :owner
AND state NOT IN ('RESOLVED', 'MERGED')
ORDER BY urgency, created_at, ref;

-- name: open_in(corporation)
SELECT * FROM signal
WHERE corporation = :corporation AND owner IS NOT NULL
AND state NOT IN ('RESOLVED', 'MERGED')
ORDER BY created_at, ref;

-- name: open_at(corporation, unit)
SELECT * FROM signal
WHERE corporation = :corporation AND unit = :unit
AND state NOT IN ('RESOLVED', 'MERGED')
ORDER BY created_at, ref;

-- name: merged_into(corporation, ref)
SELECT * FROM signal
WHERE corporation = :corporation AND merged_into = :ref AND state = 'MERGED'
ORDER BY created_at, ref;
