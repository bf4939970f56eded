-- Which door a message leaves by; what each table is for stands in storage/schema.sql.

UPDATE outbox SET platform = 'telegram' WHERE platform IS NULL;
UPDATE outbox SET recipient = substr(recipient, 1, length(recipient) - 1) || ', "telegram"]'
    WHERE recipient LIKE 'person:%';
UPDATE outbox_queue SET recipient = substr(recipient, 1, length(recipient) - 1) || ', "telegram"]'
    WHERE recipient LIKE 'person:%';

CREATE TABLE outbox_queue_kept AS SELECT * FROM outbox_queue;

DROP TABLE outbox_queue;

CREATE TABLE outbox_queue (
    recipient TEXT NOT NULL PRIMARY KEY,
    platform TEXT NOT NULL,
    lane TEXT NOT NULL,
    head TEXT NOT NULL,
    due_at BIGINT NOT NULL
);

INSERT INTO outbox_queue
    SELECT recipient, 'telegram', lane, head, due_at FROM outbox_queue_kept;

DROP TABLE outbox_queue_kept;

CREATE INDEX outbox_queue_due ON outbox_queue (platform, lane, due_at, head);

-- Message ids are texts: not every platform counts them.
CREATE TABLE card_kept AS SELECT * FROM card;

DROP TABLE card;

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

INSERT INTO card
    SELECT corporation, ref, organisation, person, platform, CAST(message AS TEXT), NULL
    FROM card_kept;

DROP TABLE card_kept;

CREATE TABLE dialogue_message_kept AS SELECT * FROM dialogue_message;

DROP TABLE dialogue_message;

CREATE TABLE dialogue_message (
    organisation TEXT NOT NULL,
    person TEXT NOT NULL,
    dialogue TEXT NOT NULL,
    message TEXT NOT NULL,
    added_at BIGINT,
    PRIMARY KEY (organisation, person, dialogue, message)
);

INSERT INTO dialogue_message
    SELECT organisation, person, dialogue, CAST(message AS TEXT), added_at
    FROM dialogue_message_kept;

DROP TABLE dialogue_message_kept;

CREATE INDEX dialogue_message_age ON dialogue_message (added_at) WHERE added_at IS NOT NULL;

CREATE INDEX card_shown_at ON card (platform, message);

-- By which door a person wants attention drawn, where there is more than one.
CREATE TABLE nudge_choice (
    organisation TEXT NOT NULL,
    person TEXT NOT NULL,
    platform TEXT NOT NULL,
    PRIMARY KEY (organisation, person)
);

ALTER TABLE account ADD COLUMN room TEXT;

CREATE INDEX case_worker_of ON case_worker (provider, person);
