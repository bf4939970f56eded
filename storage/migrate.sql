-- name: make_schema_version()!
CREATE TABLE IF NOT EXISTS schema_version (
    version INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL
);

-- name: version()$
SELECT max(version) FROM schema_version;

-- name: applied(version, name)!
INSERT INTO schema_version (version, name) VALUES (:version, :name);
