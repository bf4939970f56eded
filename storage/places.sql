-- name: areas(corporation, person)
SELECT neighbourhood.* FROM manager_area
JOIN neighbourhood USING (corporation, neighbourhood)
WHERE manager_area.corporation = :corporation AND manager_area.person = :person
ORDER BY neighbourhood.name, neighbourhood.neighbourhood;

-- name: neighbourhood(corporation, neighbourhood)^
SELECT * FROM neighbourhood
WHERE corporation = :corporation AND neighbourhood = :neighbourhood;

-- name: neighbours(corporation, unit, limit)
-- The homes with the same postcode, the unit itself included.
SELECT near.unit FROM dwelling
JOIN dwelling AS near
ON near.corporation = dwelling.corporation AND near.postcode = dwelling.postcode
WHERE dwelling.corporation = :corporation AND dwelling.unit = :unit
ORDER BY near.unit
LIMIT :limit;

-- name: dwelling(corporation, unit)^
SELECT * FROM dwelling WHERE corporation = :corporation AND unit = :unit;

-- name: find(corporation, key)
SELECT dwelling.* FROM dwelling_key
JOIN dwelling USING (corporation, unit)
WHERE dwelling_key.corporation = :corporation AND dwelling_key.key = :key
ORDER BY dwelling.unit;
