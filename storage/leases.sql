-- name: take(name, holder, micros)$
INSERT INTO lease (name, holder, until)
VALUES (:name, :holder, clock_micros() + :micros)
ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
WHERE lease.holder = excluded.holder OR lease.until <= clock_micros()
RETURNING 1;

-- name: release(name, holder)!
DELETE FROM lease WHERE name = :name AND holder = :holder;
