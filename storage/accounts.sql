-- name: by_address(platform, address)^
SELECT * FROM account WHERE platform = :platform AND address = :address;

-- name: of_person(organisation, person, platform)^
SELECT * FROM account
WHERE organisation = :organisation AND person = :person AND platform = :platform;

-- name: link(platform, address, organisation, person, linked_at, unreachable_since, room)!
INSERT INTO account (platform, address, organisation, person, linked_at, unreachable_since, room)
VALUES (:platform, :address, :organisation, :person, :linked_at, :unreachable_since, :room);

-- name: unlink_address(platform, address)!
DELETE FROM account WHERE platform = :platform AND address = :address;

-- name: unlink(organisation, person, platform)!
DELETE FROM account
WHERE organisation = :organisation AND person = :person AND platform = :platform;

-- name: mark_unreachable(organisation, person, platform, since)!
UPDATE account SET unreachable_since = :since
WHERE organisation = :organisation AND person = :person AND platform = :platform;

-- name: every(organisation, person)
SELECT * FROM account
WHERE organisation = :organisation AND person = :person
ORDER BY platform;

-- name: set_room(organisation, person, platform, room)!
UPDATE account SET room = :room
WHERE organisation = :organisation AND person = :person AND platform = :platform;

-- name: nudge_choice(organisation, person)$
SELECT platform FROM nudge_choice WHERE organisation = :organisation AND person = :person;

-- name: choose_nudges(organisation, person, platform)!
INSERT INTO nudge_choice (organisation, person, platform)
VALUES (:organisation, :person, :platform)
ON CONFLICT (organisation, person) DO UPDATE SET platform = excluded.platform;

-- name: linked(platform)
SELECT organisation, person FROM account WHERE platform = :platform ORDER BY organisation, person;

-- name: reachable(corporation)
SELECT DISTINCT person FROM account
WHERE organisation = :corporation AND unreachable_since IS NULL;

-- name: put_invite(code_hash, organisation, person, expires_at)!
INSERT INTO invite (code_hash, organisation, person, expires_at)
VALUES (:code_hash, :organisation, :person, :expires_at)
ON CONFLICT (organisation, person) DO UPDATE SET
    code_hash = excluded.code_hash,
    expires_at = excluded.expires_at;

-- name: take_invite(code_hash)^
DELETE FROM invite WHERE code_hash = :code_hash
RETURNING organisation, person, expires_at;

-- name: guesses(address_hash)^
SELECT * FROM guess WHERE address_hash = :address_hash;

-- name: put_guesses(address_hash, failures, blocked_until)!
INSERT INTO guess (address_hash, failures, blocked_until)
VALUES (:address_hash, :failures, :blocked_until)
ON CONFLICT (address_hash) DO UPDATE SET
    failures = excluded.failures,
    blocked_until = excluded.blocked_until;

-- name: forget_guesses(address_hash)!
DELETE FROM guess WHERE address_hash = :address_hash;
