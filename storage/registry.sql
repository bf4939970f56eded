-- name: organisations(organisation)
SELECT * FROM organisation WHERE organisation = :organisation;

-- name: put_organisations(organisation, kind, name)*!
INSERT INTO organisation (organisation, kind, name)
VALUES (:organisation, :kind, :name)
ON CONFLICT (organisation) DO UPDATE SET
    kind = excluded.kind,
    name = excluded.name;

-- name: people(organisation)
SELECT * FROM person WHERE organisation = :organisation;

-- name: put_people(organisation, person, role, name, language, deputy, active)*!
INSERT INTO person (organisation, person, role, name, language, deputy, active)
VALUES (:organisation, :person, :role, :name, :language, :deputy, :active)
ON CONFLICT (organisation, person) DO UPDATE SET
    role = excluded.role,
    name = excluded.name,
    language = excluded.language,
    deputy = excluded.deputy,
    active = excluded.active;

-- name: end_accounts(organisation, person)*!
DELETE FROM account WHERE organisation = :organisation AND person = :person;

-- name: end_invites(organisation, person)*!
DELETE FROM invite WHERE organisation = :organisation AND person = :person;

-- name: neighbourhoods(organisation)
SELECT * FROM neighbourhood WHERE corporation = :organisation;

-- name: put_neighbourhoods(corporation, neighbourhood, name, consultant)*!
INSERT INTO neighbourhood (corporation, neighbourhood, name, consultant)
VALUES (:corporation, :neighbourhood, :name, :consultant)
ON CONFLICT (corporation, neighbourhood) DO UPDATE SET
    name = excluded.name,
    consultant = excluded.consultant;

-- name: areas(organisation)
SELECT * FROM manager_area WHERE corporation = :organisation;

-- name: put_areas(corporation, person, neighbourhood)*!
INSERT INTO manager_area (corporation, person, neighbourhood)
VALUES (:corporation, :person, :neighbourhood)
ON CONFLICT (corporation, person, neighbourhood) DO NOTHING;

-- name: remove_areas(corporation, person, neighbourhood)*!
DELETE FROM manager_area
WHERE corporation = :corporation AND person = :person AND neighbourhood = :neighbourhood;

-- name: dwellings(organisation)
SELECT * FROM dwelling WHERE corporation = :organisation;

-- name: put_dwellings(corporation, unit, neighbourhood, street, number, postcode)*!
INSERT INTO dwelling (corporation, unit, neighbourhood, street, number, postcode)
VALUES (:corporation, :unit, :neighbourhood, :street, :number, :postcode)
ON CONFLICT (corporation, unit) DO UPDATE SET
    neighbourhood = excluded.neighbourhood,
    street = excluded.street,
    number = excluded.number,
    postcode = excluded.postcode;

-- name: forget_dwelling_keys(corporation, unit)*!
DELETE FROM dwelling_key WHERE corporation = :corporation AND unit = :unit;

-- name: add_dwelling_keys(corporation, key, unit)*!
INSERT INTO dwelling_key (corporation, key, unit) VALUES (:corporation, :key, :unit);

-- name: tenancies(organisation)
SELECT * FROM tenancy WHERE corporation = :organisation;

-- name: identities(organisation)
SELECT * FROM vault WHERE corporation = :organisation;

-- name: put_tenancies(corporation, subject, number_index, unit_index, unit_sealed, contact, starts, ends)*!
INSERT INTO tenancy (
    corporation, subject, number_index, unit_index, unit_sealed, contact, starts, ends
)
VALUES (
    :corporation, :subject, :number_index, :unit_index, :unit_sealed, :contact, :starts, :ends
)
ON CONFLICT (corporation, subject) DO UPDATE SET
    unit_index = excluded.unit_index,
    unit_sealed = excluded.unit_sealed,
    contact = excluded.contact,
    starts = excluded.starts,
    ends = excluded.ends;

-- name: forget_identities(corporation, subject)*!
DELETE FROM vault WHERE corporation = :corporation AND subject = :subject;

-- name: add_identities(corporation, subject, field, sealed)*!
INSERT INTO vault (corporation, subject, field, sealed)
VALUES (:corporation, :subject, :field, :sealed);

-- name: cases(organisation)
SELECT * FROM care_case WHERE corporation = :organisation;

-- name: put_cases(corporation, case_code, subject, provider, contact)*!
INSERT INTO care_case (corporation, case_code, subject, provider, contact)
VALUES (:corporation, :case_code, :subject, :provider, :contact)
ON CONFLICT (corporation, case_code) DO UPDATE SET
    subject = excluded.subject,
    provider = excluded.provider,
    contact = excluded.contact;

-- name: case_workers(organisation)
SELECT * FROM case_worker WHERE corporation = :organisation;

-- name: put_case_workers(corporation, case_code, provider, person, starts, ends)*!
INSERT INTO case_worker (corporation, case_code, provider, person, starts, ends)
VALUES (:corporation, :case_code, :provider, :person, :starts, :ends)
ON CONFLICT (corporation, case_code, provider, person, starts) DO UPDATE SET
    ends = excluded.ends;

-- name: remove_case_workers(corporation, case_code, provider, person, starts)*!
DELETE FROM case_worker
WHERE corporation = :corporation AND case_code = :case_code
AND provider = :provider AND person = :person AND starts = :starts;

-- name: agreements(organisation)
SELECT * FROM agreement WHERE corporation = :organisation;

-- name: signatures(organisation)
SELECT * FROM signature WHERE corporation = :organisation;

-- name: put_agreements(corporation, agreement, case_code, state, starts, ends)*!
INSERT INTO agreement (corporation, agreement, case_code, state, starts, ends)
VALUES (:corporation, :agreement, :case_code, :state, :starts, :ends)
ON CONFLICT (corporation, agreement) DO UPDATE SET
    case_code = excluded.case_code,
    state = excluded.state,
    starts = excluded.starts,
    ends = excluded.ends;

-- name: forget_signatures(corporation, agreement)*!
DELETE FROM signature WHERE corporation = :corporation AND agreement = :agreement;

-- name: add_signatures(corporation, agreement, party, signed_on)*!
INSERT INTO signature (corporation, agreement, party, signed_on)
VALUES (:corporation, :agreement, :party, :signed_on);

-- name: absences(organisation)
SELECT * FROM absence WHERE corporation = :organisation;

-- name: put_absences(corporation, person, starts, ends, deputy)*!
INSERT INTO absence (corporation, person, starts, ends, deputy)
VALUES (:corporation, :person, :starts, :ends, :deputy)
ON CONFLICT (corporation, person, starts) DO UPDATE SET
    ends = excluded.ends,
    deputy = excluded.deputy;
