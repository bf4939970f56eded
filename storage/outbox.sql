-- name: join_queue(recipient, platform, lane, id, not_before)!
-- Changes nothing where the recipient has a queue already, but locks it.
INSERT INTO outbox_queue (recipient, platform, lane, head, due_at)
VALUES (:recipient, :platform, :lane, :id, :not_before)
ON CONFLICT (recipient) DO UPDATE SET head = outbox_queue.head;

-- name: put$
INSERT INTO outbox (
    id, recipient, organisation, person, platform, address, lane, template, about,
    created_at, not_before, corporation, details, attempts, state, error
)
VALUES (
    :id, :recipient, :organisation, :person, :platform, :address, :lane, :template, :about,
    :created_at, :not_before, :corporation, :details, :attempts, 'pending', :error
)
ON CONFLICT (recipient, template, about) WHERE state IN ('pending', 'held')
DO UPDATE SET details = excluded.details
RETURNING state;

-- name: lease(platform, lane, now, until, limit)
WITH due AS MATERIALIZED (
    SELECT recipient FROM outbox_queue
    WHERE platform = :platform AND lane = :lane AND due_at <= :now
    ORDER BY due_at, head
    LIMIT :limit
    FOR UPDATE SKIP LOCKED
)
UPDATE outbox_queue SET due_at = :until
WHERE recipient IN (SELECT recipient FROM due)
RETURNING recipient, head;

-- name: start(id)^
UPDATE outbox SET state = 'sending', attempts = attempts + 1
WHERE id = :id
RETURNING *;

-- name: recipient_of(id)$
SELECT recipient FROM outbox WHERE id = :id;

-- name: lock_queue(recipient)$
SELECT head FROM outbox_queue WHERE recipient = :recipient
FOR UPDATE;

-- name: is_sending(recipient)$
SELECT 1 FROM outbox_queue
JOIN outbox ON outbox.id = outbox_queue.head
WHERE outbox_queue.recipient = :recipient AND outbox.state = 'sending';

-- name: next_in_queue(recipient)^
SELECT id, platform, lane, not_before FROM outbox
WHERE recipient = :recipient AND state IN ('pending', 'sending')
ORDER BY id
LIMIT 1;

-- name: set_queue(recipient, platform, lane, head, due_at)!
INSERT INTO outbox_queue (recipient, platform, lane, head, due_at)
VALUES (:recipient, :platform, :lane, :head, :due_at)
ON CONFLICT (recipient) DO UPDATE SET
    lane = excluded.lane,
    head = excluded.head,
    due_at = excluded.due_at;

-- name: end_queue(recipient)!
DELETE FROM outbox_queue WHERE recipient = :recipient;

-- name: remove(id)!
DELETE FROM outbox WHERE id = :id;

-- name: take_same(id)$
-- A row that was put while this one was being sent, and now waits for the same.
DELETE FROM outbox
WHERE state IN ('pending', 'held') AND id <> :id
AND (recipient, template, about) = (
    SELECT recipient, template, about FROM outbox WHERE id = :id
)
RETURNING details;

-- name: put_back(id, state, not_before, error, details)!
UPDATE outbox SET
    state = :state,
    not_before = coalesce(:not_before, not_before),
    error = :error,
    details = coalesce(:details, details)
WHERE id = :id;

-- name: being_sent()
SELECT id FROM outbox WHERE state = 'sending' ORDER BY id;

-- name: release_held(recipient, now)!
UPDATE outbox SET state = 'pending', not_before = :now, attempts = 0
WHERE recipient = :recipient AND state IN ('pending', 'held') AND state = 'held';

-- name: waiting(recipient, template)
SELECT * FROM outbox
WHERE recipient = :recipient AND template = :template AND state IN ('pending', 'sending')
ORDER BY id;

-- name: waiting_for(recipient)
SELECT * FROM outbox
WHERE recipient = :recipient AND state IN ('pending', 'held', 'sending')
ORDER BY id;

-- name: undelivered(limit)
SELECT * FROM outbox ORDER BY id LIMIT :limit;

-- name: oldest_waiting()$
SELECT created_at FROM outbox
WHERE state IN ('pending', 'sending')
ORDER BY id
LIMIT 1;

-- name: next_due(platform, lane)$
SELECT min(due_at) FROM outbox_queue WHERE platform = :platform AND lane = :lane;

-- name: held_of(recipient)
SELECT * FROM outbox WHERE recipient = :recipient AND state IN ('pending', 'held')
AND state = 'held'
ORDER BY id;
