-- name: get(organisation, person)^
SELECT * FROM person WHERE organisation = :organisation AND person = :person;

-- name: of_organisation(organisation)
SELECT * FROM person WHERE organisation = :organisation ORDER BY person;

-- name: by_id(person)
SELECT organisation, person FROM person WHERE person = :person AND active = 1
ORDER BY organisation;

-- name: set_language(organisation, person, language)!
UPDATE person SET language = :language
WHERE organisation = :organisation AND person = :person;

-- name: corporations()
SELECT * FROM organisation WHERE kind = 'corporation' ORDER BY organisation;
