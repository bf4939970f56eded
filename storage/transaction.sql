-- name: set_savepoint#
SAVEPOINT inside;

-- name: release_savepoint#
RELEASE SAVEPOINT inside;

-- name: undo_to_savepoint#
ROLLBACK TO SAVEPOINT inside;
