-- name: arm(corporation, kind, about, step, due_at, tries, error)!
INSERT INTO due (corporation, kind, about, step, due_at, tries, error)
VALUES (:corporation, :kind, :about, :step, :due_at, :tries, :error)
ON CONFLICT (corporation, kind, about) DO UPDATE SET
    step = excluded.step, due_at = excluded.due_at, tries = excluded.tries, error = excluded.error;

-- name: arm_once(corporation, kind, about, step, due_at, tries, error)!
INSERT INTO due (corporation, kind, about, step, due_at, tries, error)
VALUES (:corporation, :kind, :about, :step, :due_at, :tries, :error)
ON CONFLICT (corporation, kind, about) DO NOTHING;

-- name: disarm(corporation, kind, about)!
DELETE FROM due WHERE corporation = :corporation AND kind = :kind AND about = :about;

-- name: take(now, limit)
SELECT * FROM due
WHERE due_at <= :now
ORDER BY due_at, kind, corporation, about
LIMIT :limit
FOR UPDATE SKIP LOCKED;

-- name: get(corporation, kind, about)^
SELECT * FROM due WHERE corporation = :corporation AND kind = :kind AND about = :about;

-- name: next_at()$
SELECT min(due_at) FROM due;

-- name: ahead(until, limit)
SELECT * FROM due
WHERE due_at <= :until
ORDER BY due_at, kind, corporation, about
LIMIT :limit;
