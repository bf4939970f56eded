-- name: lock_head(corporation, start)^
-- The head before this line; whoever else adds a line to this chain waits here.
INSERT INTO audit_head (corporation, number, hash) VALUES (:corporation, 0, :start)
ON CONFLICT (corporation) DO UPDATE SET number = audit_head.number
RETURNING number, hash;

-- name: append(corporation, number, line, hash)!
INSERT INTO audit (corporation, number, line, hash)
VALUES (:corporation, :number, :line, :hash);

-- name: set_head(corporation, number, hash)!
UPDATE audit_head SET number = :number, hash = :hash WHERE corporation = :corporation;

-- name: head(corporation)^
SELECT number, hash FROM audit_head WHERE corporation = :corporation;

-- name: heads()
SELECT corporation, number, hash FROM audit_head ORDER BY corporation;

-- name: hash_of(corporation, number)$
SELECT hash FROM audit WHERE corporation = :corporation AND number = :number;

-- name: page(corporation, after, limit)
SELECT number, line, hash FROM audit
WHERE corporation = :corporation AND number > :after
ORDER BY number
LIMIT :limit;
