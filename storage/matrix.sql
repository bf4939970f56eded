-- name: pin(mxid)^
SELECT * FROM trust WHERE mxid = :mxid;

-- name: pins()
SELECT * FROM trust ORDER BY mxid;

-- name: put_pin(mxid, master_key, changed_at, confirmed_by, offered)!
INSERT INTO trust (mxid, master_key, changed_at, confirmed_by, offered)
VALUES (:mxid, :master_key, :changed_at, :confirmed_by, :offered)
ON CONFLICT (mxid) DO UPDATE SET
    master_key = excluded.master_key,
    changed_at = excluded.changed_at,
    confirmed_by = excluded.confirmed_by,
    offered = excluded.offered;

-- name: take_place(session, number, event)!
INSERT INTO megolm_place (session, number, event) VALUES (:session, :number, :event)
ON CONFLICT DO NOTHING;

-- name: place(session, number)$
SELECT event FROM megolm_place WHERE session = :session AND number = :number;

-- name: secret(name)$
SELECT sealed FROM secret WHERE name = :name;

-- name: put_secret(name, sealed)!
INSERT INTO secret (name, sealed) VALUES (:name, :sealed)
ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed;

-- name: remove_secret(name)!
DELETE FROM secret WHERE name = :name;
