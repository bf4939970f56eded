-- name: put_card(corporation, ref, organisation, person, platform, message, seen_at)!
INSERT INTO card (corporation, ref, organisation, person, platform, message, seen_at)
VALUES (:corporation, :ref, :organisation, :person, :platform, :message, :seen_at)
ON CONFLICT (corporation, ref, organisation, person, platform) DO UPDATE SET
    message = excluded.message,
    seen_at = excluded.seen_at;

-- name: cards_of(corporation, ref)
SELECT * FROM card
WHERE corporation = :corporation AND ref = :ref
ORDER BY organisation, person, platform;

-- name: card_at(platform, message)^
SELECT * FROM card WHERE platform = :platform AND message = :message;

-- name: put_challenge(id, corporation, ref, person, created_at, expires_at, tries_left)!
INSERT INTO challenge (id, corporation, ref, person, created_at, expires_at, tries_left)
VALUES (:id, :corporation, :ref, :person, :created_at, :expires_at, :tries_left)
ON CONFLICT (id) DO UPDATE SET
    expires_at = excluded.expires_at,
    tries_left = excluded.tries_left;

-- name: challenge(id)^
SELECT * FROM challenge WHERE id = :id;

-- name: remove_challenge(id)!
DELETE FROM challenge WHERE id = :id;
