-- name: of_unit(corporation, unit_index, day)^
SELECT * FROM tenancy
WHERE corporation = :corporation AND unit_index = :unit_index
AND starts <= :day AND (ends IS NULL OR ends >= :day)
ORDER BY starts DESC, subject
LIMIT 1;

-- name: sealed_names(corporation, unit_index, day)
SELECT vault.subject, vault.sealed FROM tenancy
JOIN vault ON vault.corporation = tenancy.corporation AND vault.subject = tenancy.subject
WHERE tenancy.corporation = :corporation AND tenancy.unit_index = :unit_index
AND vault.field = 'name'
AND tenancy.starts <= :day AND (tenancy.ends IS NULL OR tenancy.ends >= :day);

-- name: get(corporation, subject)^
SELECT * FROM tenancy WHERE corporation = :corporation AND subject = :subject;

-- name: cases_of(corporation, subject)
SELECT * FROM care_case
WHERE corporation = :corporation AND subject = :subject
ORDER BY case_code;

-- name: case(corporation, case_code)^
SELECT * FROM care_case WHERE corporation = :corporation AND case_code = :case_code;

-- name: cases(corporation)
SELECT * FROM care_case WHERE corporation = :corporation ORDER BY case_code;

-- name: cases_of_worker(provider, person, day)
SELECT DISTINCT care_case.* FROM case_worker
JOIN care_case ON care_case.corporation = case_worker.corporation
    AND care_case.case_code = case_worker.case_code
WHERE case_worker.provider = :provider AND case_worker.person = :person
AND case_worker.starts <= :day AND (case_worker.ends IS NULL OR case_worker.ends >= :day)
ORDER BY care_case.corporation, care_case.case_code;

-- name: workers_of(corporation, case_code)
SELECT * FROM case_worker
WHERE corporation = :corporation AND case_code = :case_code
ORDER BY starts, provider, person;

-- name: agreements_of(corporation, case_code)
SELECT * FROM agreement
WHERE corporation = :corporation AND case_code = :case_code
ORDER BY starts, agreement;

-- name: signatures(corporation, agreement)
SELECT party, signed_on FROM signature
WHERE corporation = :corporation AND agreement = :agreement;

-- name: save_agreement(corporation, agreement, case_code, state, starts, ends)!
INSERT INTO agreement (corporation, agreement, case_code, state, starts, ends)
VALUES (:corporation, :agreement, :case_code, :state, :starts, :ends)
ON CONFLICT (corporation, agreement) DO UPDATE SET
    case_code = excluded.case_code,
    state = excluded.state,
    starts = excluded.starts,
    ends = excluded.ends;

-- name: forget_signatures(corporation, agreement)!
DELETE FROM signature WHERE corporation = :corporation AND agreement = :agreement;

-- name: add_signatures(corporation, agreement, party, signed_on)*!
INSERT INTO signature (corporation, agreement, party, signed_on)
VALUES (:corporation, :agreement, :party, :signed_on);

-- name: absences(corporation, day)
SELECT * FROM absence
WHERE corporation = :corporation AND ends >= :day AND starts <= :day
ORDER BY person, starts;

-- name: absences_from(corporation, day)
SELECT * FROM absence
WHERE corporation = :corporation AND ends >= :day
ORDER BY person, starts;

-- name: put_absence(corporation, person, starts, ends, deputy)!
INSERT INTO absence (corporation, person, starts, ends, deputy)
VALUES (:corporation, :person, :starts, :ends, :deputy)
ON CONFLICT (corporation, person, starts) DO UPDATE SET
    ends = excluded.ends,
    deputy = excluded.deputy;

-- name: remove_absence(corporation, person, starts)!
DELETE FROM absence
WHERE corporation = :corporation AND person = :person AND starts = :starts;
