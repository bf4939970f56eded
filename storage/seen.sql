-- name: first_time(platform, event, at)$
INSERT INTO seen (platform, event, handled_at, failures)
VALUES (:platform, :event, :at, 0)
ON CONFLICT (platform, event) DO UPDATE SET handled_at = excluded.handled_at
WHERE seen.handled_at IS NULL
RETURNING 1;

-- name: failed(platform, event, error_class, at)$
INSERT INTO seen (platform, event, failures, failed_at, error_class)
VALUES (:platform, :event, 1, :at, :error_class)
ON CONFLICT (platform, event) DO UPDATE SET
    failures = seen.failures + 1,
    failed_at = excluded.failed_at,
    error_class = excluded.error_class
RETURNING failures;

-- name: set_aside()
SELECT platform, event, error_class FROM seen
WHERE handled_at IS NULL
ORDER BY failed_at;

-- name: cursor(name)$
SELECT value FROM cursor WHERE name = :name;

-- name: put_cursor(name, value)!
INSERT INTO cursor (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;
