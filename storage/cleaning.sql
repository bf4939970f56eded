-- name: forget_seen(platform, before, limit)
DELETE FROM seen WHERE platform = :platform AND event IN (
    SELECT event FROM seen
    WHERE platform = :platform AND handled_at < :before
    ORDER BY handled_at
    LIMIT :limit
)
RETURNING event;

-- name: forget_form_messages(age, limit)
DELETE FROM dialogue_message WHERE (organisation, person, dialogue, message) IN (
    SELECT organisation, person, dialogue, message FROM dialogue_message
    WHERE added_at IS NOT NULL AND added_at < clock_micros() - :age
    ORDER BY added_at
    LIMIT :limit
)
RETURNING message;
