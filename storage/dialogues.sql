-- name: get(organisation, person)$
SELECT sealed FROM dialogue WHERE organisation = :organisation AND person = :person;

-- name: put(organisation, person, dialogue, sealed, expires_at)!
INSERT INTO dialogue (organisation, person, dialogue, sealed, expires_at)
VALUES (:organisation, :person, :dialogue, :sealed, :expires_at)
ON CONFLICT (organisation, person) DO UPDATE SET
    dialogue = excluded.dialogue,
    sealed = excluded.sealed,
    expires_at = excluded.expires_at;

-- name: remove(organisation, person)!
DELETE FROM dialogue WHERE organisation = :organisation AND person = :person;

-- name: expired(now, limit)
SELECT organisation, person, dialogue FROM dialogue
WHERE expires_at <= :now
ORDER BY expires_at
LIMIT :limit;

-- name: add_message(organisation, person, dialogue, message)!
INSERT INTO dialogue_message (organisation, person, dialogue, message, added_at)
VALUES (:organisation, :person, :dialogue, :message, clock_micros())
ON CONFLICT DO NOTHING;

-- name: messages(organisation, person, dialogue)
SELECT message FROM dialogue_message
WHERE organisation = :organisation AND person = :person AND dialogue = :dialogue
ORDER BY message;

-- name: forget_messages(organisation, person, dialogue, message)*!
DELETE FROM dialogue_message
WHERE organisation = :organisation AND person = :person AND dialogue = :dialogue
AND message = :message;
