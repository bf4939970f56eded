-- name: add(corporation, id, case_code, sealed, person, shared_at)!
INSERT INTO share (corporation, id, case_code, sealed, person, shared_at)
VALUES (:corporation, :id, :case_code, :sealed, :person, :shared_at)
ON CONFLICT (corporation, id) DO NOTHING;

-- name: get(corporation, id)^
SELECT * FROM share WHERE corporation = :corporation AND id = :id;

-- name: put_room(corporation, case_code, room, state)!
INSERT INTO case_room (corporation, case_code, room, state)
VALUES (:corporation, :case_code, :room, :state)
ON CONFLICT (corporation, case_code) DO UPDATE SET room = excluded.room, state = excluded.state;

-- name: room_of(corporation, case_code)^
SELECT * FROM case_room WHERE corporation = :corporation AND case_code = :case_code;
