-- The tables as they are today, for readers and for the test that holds the migrations to them.
--
-- The same statements run on SQLite and on PostgreSQL. Moments (`..._at`, `..._until`) are
-- microseconds since 1970 UTC, days are ISO dates (YYYY-MM-DD), flags are 0 or 1, BYTEA columns
-- are ciphertexts or keyed hashes. Keys lead with the corporation or organisation; the channel
-- tables (account, seen, cursor, invite, guess) and the outbox are the exceptions.
--
-- No row holds a unit in clear together with a subject, tenancy, case, agreement or provider.

CREATE TABLE schema_version (
    version INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL
);

-- Who takes part -------------------------------------------------------------------------------

CREATE TABLE organisation (
    organisation TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL
);

CREATE TABLE person (
    organisation TEXT NOT NULL REFERENCES organisation (organisation),
    person TEXT NOT NULL,
    role TEXT NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    deputy TEXT,
    active INTEGER NOT NULL,
    PRIMARY KEY (organisation, person)
);

-- Away from `starts` up to and including `ends`.
CREATE TABLE absence (
    corporation TEXT NOT NULL,
    person TEXT NOT NULL,
    starts TEXT NOT NULL,
    ends TEXT NOT NULL,
    deputy TEXT,
    PRIMARY KEY (corporation, person, starts),
    FOREIGN KEY (corporation, person) REFERENCES person (organisation, person)
);

CREATE INDEX absence_until ON absence (corporation, ends);

-- Homes as the public knows them ---------------------------------------------------------------

CREATE TABLE neighbourhood (
    corporation TEXT NOT NULL REFERENCES organisation (organisation),
    neighbourhood TEXT NOT NULL,
    name TEXT NOT NULL,
    consultant TEXT,
    PRIMARY KEY (corporation, neighbourhood)
);

CREATE TABLE manager_area (
    corporation TEXT NOT NULL,
    person TEXT NOT NULL,
    neighbourhood TEXT NOT NULL,
    PRIMARY KEY (corporation, person, neighbourhood),
    FOREIGN KEY (corporation, person) REFERENCES person (organisation, person),
    FOREIGN KEY (corporation, neighbourhood) REFERENCES neighbourhood (corporation, neighbourhood)
);

CREATE TABLE dwelling (
    corporation TEXT NOT NULL,
    unit TEXT NOT NULL,
    neighbourhood TEXT NOT NULL,
    street TEXT NOT NULL,
    number TEXT NOT NULL,
    postcode TEXT NOT NULL,
    PRIMARY KEY (corporation, unit),
    FOREIGN KEY (corporation, neighbourhood) REFERENCES neighbourhood (corporation, neighbourhood)
);

CREATE INDEX dwelling_at ON dwelling (corporation, postcode, unit);

-- Every key of bot.domain.homes.keys_of under which a dwelling can be found.
CREATE TABLE dwelling_key (
    corporation TEXT NOT NULL,
    key TEXT NOT NULL,
    unit TEXT NOT NULL,
    PRIMARY KEY (corporation, key, unit),
    FOREIGN KEY (corporation, unit) REFERENCES dwelling (corporation, unit) ON DELETE CASCADE
);

CREATE INDEX dwelling_key_of ON dwelling_key (corporation, unit);

-- Who lives where: the inner side only ---------------------------------------------------------

-- `subject` is a random pseudonym. `number_index` finds the row by the corporation's own number
-- for the tenancy, `unit_index` by its unit: keyed hashes both (see docs/keys.md).
CREATE TABLE tenancy (
    corporation TEXT NOT NULL REFERENCES organisation (organisation),
    subject TEXT NOT NULL,
    number_index BYTEA NOT NULL,
    unit_index BYTEA NOT NULL,
    unit_sealed BYTEA NOT NULL,
    contact TEXT,
    starts TEXT NOT NULL,
    ends TEXT,
    PRIMARY KEY (corporation, subject)
);

CREATE UNIQUE INDEX tenancy_by_number ON tenancy (corporation, number_index);
CREATE INDEX tenancy_by_unit ON tenancy (corporation, unit_index, starts);

-- The tenant's identity, field by field, under the subject's own key.
CREATE TABLE vault (
    corporation TEXT NOT NULL,
    subject TEXT NOT NULL,
    field TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (corporation, subject, field)
);

CREATE TABLE care_case (
    corporation TEXT NOT NULL,
    case_code TEXT NOT NULL,
    subject TEXT NOT NULL,
    provider TEXT NOT NULL REFERENCES organisation (organisation),
    contact TEXT,
    PRIMARY KEY (corporation, case_code),
    FOREIGN KEY (corporation, subject) REFERENCES tenancy (corporation, subject)
);

CREATE INDEX care_case_of ON care_case (corporation, subject);

CREATE TABLE case_worker (
    corporation TEXT NOT NULL,
    case_code TEXT NOT NULL,
    provider TEXT NOT NULL,
    person TEXT NOT NULL,
    starts TEXT NOT NULL,
    ends TEXT,
    PRIMARY KEY (corporation, case_code, provider, person, starts),
    FOREIGN KEY (corporation, case_code) REFERENCES care_case (corporation, case_code),
    FOREIGN KEY (provider, person) REFERENCES person (organisation, person)
);

CREATE INDEX case_worker_of ON case_worker (provider, person);

CREATE TABLE agreement (
    corporation TEXT NOT NULL,
    agreement TEXT NOT NULL,
    case_code TEXT NOT NULL,
    state TEXT NOT NULL,
    starts TEXT NOT NULL,
    ends TEXT NOT NULL,
    PRIMARY KEY (corporation, agreement),
    FOREIGN KEY (corporation, case_code) REFERENCES care_case (corporation, case_code)
);

CREATE INDEX agreement_of_case ON agreement (corporation, case_code, starts);

CREATE TABLE signature (
    corporation TEXT NOT NULL,
    agreement TEXT NOT NULL,
    party TEXT NOT NULL,
    signed_on TEXT NOT NULL,
    PRIMARY KEY (corporation, agreement, party),
    FOREIGN KEY (corporation, agreement) REFERENCES agreement (corporation, agreement)
);

-- Signals --------------------------------------------------------------------------------------

CREATE TABLE signal (
    corporation TEXT NOT NULL,
    ref TEXT NOT NULL,
    unit TEXT NOT NULL,
    category TEXT NOT NULL,
    urgency TEXT NOT NULL,
    source TEXT NOT NULL,
    purpose TEXT NOT NULL,
    state TEXT NOT NULL,
    sender TEXT NOT NULL,
    owner TEXT,
    observed_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    sealed_note BYTEA,
    sealed_subject BYTEA,
    outcome TEXT,
    merged_into TEXT,
    snoozed_until BIGINT,
    version INTEGER NOT NULL,
    belongs_to TEXT,
    PRIMARY KEY (corporation, ref)
);

CREATE INDEX signal_sent_by ON signal (corporation, sender, created_at);
CREATE INDEX signal_unrouted ON signal (created_at) WHERE state = 'NEW';
CREATE INDEX signal_open_of ON signal (corporation, owner, urgency, created_at)
    WHERE state NOT IN ('RESOLVED', 'MERGED');
CREATE INDEX signal_open_at ON signal (corporation, unit, created_at)
    WHERE state NOT IN ('RESOLVED', 'MERGED');
CREATE INDEX signal_merged_into ON signal (corporation, merged_into) WHERE state = 'MERGED';
CREATE INDEX signal_lent_by ON signal (corporation, belongs_to) WHERE belongs_to IS NOT NULL;

CREATE TABLE signal_event (
    corporation TEXT NOT NULL,
    ref TEXT NOT NULL,
    number INTEGER NOT NULL,
    happened_at BIGINT NOT NULL,
    act TEXT NOT NULL,
    actor TEXT,
    PRIMARY KEY (corporation, ref, number),
    FOREIGN KEY (corporation, ref) REFERENCES signal (corporation, ref)
);

CREATE INDEX signal_event_by_people ON signal_event (corporation, happened_at)
    WHERE actor IS NOT NULL;

-- Where a signal's card stands in somebody's chat.
CREATE TABLE card (
    corporation TEXT NOT NULL,
    ref TEXT NOT NULL,
    organisation TEXT NOT NULL,
    person TEXT NOT NULL,
    platform TEXT NOT NULL,
    message TEXT NOT NULL,
    seen_at BIGINT,
    PRIMARY KEY (corporation, ref, organisation, person, platform)
);

CREATE INDEX card_shown_at ON card (platform, message);

CREATE TABLE challenge (
    corporation TEXT NOT NULL,
    id TEXT NOT NULL PRIMARY KEY,
    ref TEXT NOT NULL,
    person TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    tries_left INTEGER NOT NULL
);

-- Conversations --------------------------------------------------------------------------------

CREATE TABLE account (
    platform TEXT NOT NULL,
    address TEXT NOT NULL,
    organisation TEXT NOT NULL,
    person TEXT NOT NULL,
    linked_at BIGINT NOT NULL,
    unreachable_since BIGINT,
    room TEXT,
    PRIMARY KEY (platform, address)
);

CREATE UNIQUE INDEX account_of ON account (organisation, person, platform);

-- By which door a person wants attention drawn, where there is more than one.
CREATE TABLE nudge_choice (
    organisation TEXT NOT NULL,
    person TEXT NOT NULL,
    platform TEXT NOT NULL,
    PRIMARY KEY (organisation, person)
);

-- An event that failed has no `handled_at` until it succeeds after all.
CREATE TABLE seen (
    platform TEXT NOT NULL,
    event TEXT NOT NULL,
    handled_at BIGINT,
    failures INTEGER NOT NULL,
    failed_at BIGINT,
    error_class TEXT,
    PRIMARY KEY (platform, event)
);

CREATE INDEX seen_set_aside ON seen (failed_at) WHERE handled_at IS NULL;

CREATE INDEX seen_handled ON seen (platform, handled_at);

CREATE TABLE cursor (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE invite (
    code_hash BYTEA NOT NULL PRIMARY KEY,
    organisation TEXT NOT NULL,
    person TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX invite_of ON invite (organisation, person);

CREATE TABLE guess (
    address_hash BYTEA NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL,
    blocked_until BIGINT
);

CREATE TABLE dialogue (
    organisation TEXT NOT NULL,
    person TEXT NOT NULL,
    dialogue TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (organisation, person)
);

CREATE INDEX dialogue_expiry ON dialogue (expires_at);

CREATE TABLE dialogue_message (
    organisation TEXT NOT NULL,
    person TEXT NOT NULL,
    dialogue TEXT NOT NULL,
    message TEXT NOT NULL,
    added_at BIGINT,
    PRIMARY KEY (organisation, person, dialogue, message)
);

CREATE INDEX dialogue_message_age ON dialogue_message (added_at) WHERE added_at IS NOT NULL;

-- What waits to be told ------------------------------------------------------------------------

-- `recipient` is one text for whoever is told, so that a chat has one order. `id` sorts by
-- creation. `details` holds ids, numbers and text keys (JSON), never text.
CREATE TABLE outbox (
    id TEXT NOT NULL PRIMARY KEY,
    recipient TEXT NOT NULL,
    organisation TEXT,
    person TEXT,
    platform TEXT,
    address TEXT,
    lane TEXT NOT NULL,
    template TEXT NOT NULL,
    about TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    not_before BIGINT NOT NULL,
    corporation TEXT NOT NULL,
    details TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    state TEXT NOT NULL,
    error TEXT
);

CREATE UNIQUE INDEX outbox_same ON outbox (recipient, template, about)
    WHERE state IN ('pending', 'held');
CREATE INDEX outbox_order ON outbox (recipient, id) WHERE state IN ('pending', 'sending');

-- One row a recipient with something to send: the oldest row (`head`) and when it may be taken.
-- A lease is a `due_at` in the future. So taking work costs the same however much is waiting.
CREATE TABLE outbox_queue (
    recipient TEXT NOT NULL PRIMARY KEY,
    platform TEXT NOT NULL,
    lane TEXT NOT NULL,
    head TEXT NOT NULL,
    due_at BIGINT NOT NULL
);

CREATE INDEX outbox_queue_due ON outbox_queue (platform, lane, due_at, head);

-- What falls due -------------------------------------------------------------------------------

-- One row for each thing with a next moment; `step` says what comes next of it.
CREATE TABLE due (
    corporation TEXT NOT NULL,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    step TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    tries INTEGER NOT NULL,
    error TEXT,
    PRIMARY KEY (corporation, kind, about)
);

CREATE INDEX due_order ON due (due_at, kind, corporation, about);

-- What a consultant shared with the care side: its words and the matter they are about are sealed,
-- so that no row joins a case to a home.
CREATE TABLE share (
    corporation TEXT NOT NULL,
    id TEXT NOT NULL,
    case_code TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    person TEXT NOT NULL,
    shared_at BIGINT NOT NULL,
    PRIMARY KEY (corporation, id)
);

CREATE TABLE case_room (
    corporation TEXT NOT NULL,
    case_code TEXT NOT NULL,
    room TEXT NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (corporation, case_code)
);

-- Photos, re-encoded and sealed. `owner` is a form's id until that is sent, then the reference.
CREATE TABLE photo (
    corporation TEXT NOT NULL,
    id TEXT NOT NULL,
    owner TEXT NOT NULL,
    is_sent INTEGER NOT NULL,
    sealed BYTEA NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (corporation, id)
);

CREATE INDEX photo_of ON photo (corporation, owner);
CREATE INDEX photo_unsent ON photo (added_at) WHERE is_sent = 0;

-- Visits of the first year: one row a number, so that no tenancy can ever have a fifth. The tenancy
-- is its pseudonym; `planned_at` is the proposed or agreed moment.
CREATE TABLE visit (
    corporation TEXT NOT NULL,
    ref TEXT NOT NULL,
    subject TEXT NOT NULL,
    number INTEGER NOT NULL,
    state TEXT NOT NULL,
    consultant TEXT NOT NULL,
    opens TEXT NOT NULL,
    closes TEXT NOT NULL,
    planned_at BIGINT NOT NULL,
    not_home INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (corporation, subject, number)
);

CREATE UNIQUE INDEX visit_by_ref ON visit (corporation, ref);
CREATE INDEX visit_of_consultant ON visit (corporation, consultant, planned_at);

-- Who of several processes does what only one may; `until` is by the clock of the database.
CREATE TABLE lease (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    until BIGINT NOT NULL
);

-- Matrix ----------------------------------------------------------------------------------------

-- The identity of each Matrix user (public master key) as first met, or confirmed by somebody;
-- `offered` is another one that is served since `changed_at`.
CREATE TABLE trust (
    mxid TEXT NOT NULL PRIMARY KEY,
    master_key TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    confirmed_by TEXT,
    offered TEXT
);

-- Which event took which place in an encryption session, so that none is played back.
CREATE TABLE megolm_place (
    session TEXT NOT NULL,
    number BIGINT NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (session, number)
);

-- Tokens and keys of the service itself, sealed.
CREATE TABLE secret (
    name TEXT NOT NULL PRIMARY KEY,
    sealed BYTEA NOT NULL
);

-- The audit chain, one a corporation -----------------------------------------------------------

-- `hash` is SHA-256 over the hash before and `line` (canonical JSON).
CREATE TABLE audit (
    corporation TEXT NOT NULL,
    number BIGINT NOT NULL,
    line TEXT NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (corporation, number)
);

CREATE TABLE audit_head (
    corporation TEXT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL,
    hash BYTEA NOT NULL
);
