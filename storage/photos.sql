-- name: add$
INSERT INTO photo (corporation, id, owner, is_sent, sealed, added_at)
VALUES (:corporation, :id, :owner, :is_sent, :sealed, :added_at)
ON CONFLICT (corporation, id) DO NOTHING
RETURNING id;

-- name: of(corporation, owner)
SELECT * FROM photo WHERE corporation = :corporation AND owner = :owner ORDER BY added_at, id;

-- name: count_of(corporation, owner)$
SELECT count(*) FROM photo WHERE corporation = :corporation AND owner = :owner;

-- name: send(corporation, draft, ref)!
UPDATE photo SET owner = :ref, is_sent = 1
WHERE corporation = :corporation AND owner = :draft AND is_sent = 0;

-- name: move(corporation, id, draft)!
UPDATE photo SET owner = :draft WHERE corporation = :corporation AND id = :id AND is_sent = 0;

-- name: reseal(corporation, id, sealed)!
UPDATE photo SET sealed = :sealed WHERE corporation = :corporation AND id = :id;

-- name: forget_draft(corporation, draft)!
DELETE FROM photo WHERE corporation = :corporation AND owner = :draft AND is_sent = 0;

-- name: forget_unsent(before, limit)
DELETE FROM photo WHERE (corporation, id) IN (
    SELECT corporation, id FROM photo
    WHERE is_sent = 0 AND added_at < :before
    ORDER BY added_at
    LIMIT :limit
)
RETURNING id;
