extension Schema {
    /// Migration 0001.
    ///
    /// `channel` carries what all readings of one signal of one source in one session have in common, and the origin that
    /// their instants and sequences are counted from. So a row of `reading` needs 6 bytes for a nanosecond within 39 hours
    /// (a boot instant takes 8 after 39 hours of uptime) and about 22 bytes in all, without losing a nanosecond.
    /// Few readings have a device's own time (a cuff's); in a table of its own it costs the others nothing.
    /// SQLite writes a whole number in a REAL column as an integer, and 0 and 1 without any byte.
    static let firstTables = """
        PRAGMA application_id = 0x5669676C;
        PRAGMA user_version = 1;

        CREATE TABLE boot (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE CHECK (length(name) > 0)
        ) STRICT;

        CREATE TABLE clock (
            boot INTEGER NOT NULL REFERENCES boot (id),
            boot_ns INTEGER NOT NULL,
            wall_ns INTEGER NOT NULL,
            PRIMARY KEY (boot, boot_ns)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE store (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            epoch TEXT NOT NULL CHECK (length(epoch) = 8 AND epoch NOT GLOB '*[^0-9a-f]*'),
            created_wall_ns INTEGER NOT NULL,
            version INTEGER NOT NULL,
            last_number INTEGER NOT NULL CHECK (last_number >= 0),
            last_hash BLOB NOT NULL CHECK (length(last_hash) = 32)
        ) STRICT;

        CREATE TABLE plan (
            hash TEXT PRIMARY KEY NOT NULL CHECK (length(hash) > 0),
            text TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE session (
            id TEXT PRIMARY KEY NOT NULL CHECK (length(id) > 0),
            ordinal INTEGER NOT NULL UNIQUE CHECK (ordinal > 0),
            room TEXT NOT NULL CHECK (length(room) > 0),
            plan TEXT NOT NULL,
            plan_hash TEXT NOT NULL REFERENCES plan (hash),
            patient TEXT NOT NULL,
            started_boot INTEGER NOT NULL REFERENCES boot (id),
            started_boot_ns INTEGER NOT NULL,
            started_wall_ns INTEGER NOT NULL,
            phase TEXT NOT NULL,
            closed_boot_ns INTEGER,
            closed_wall_ns INTEGER,
            CHECK ((closed_boot_ns IS NULL) = (closed_wall_ns IS NULL)),
            CHECK ((phase IN ('closed', 'aborted')) = (closed_wall_ns IS NOT NULL))
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX session_open ON session (ordinal) WHERE closed_wall_ns IS NULL;

        CREATE TABLE session_state (
            session TEXT PRIMARY KEY NOT NULL REFERENCES session (id),
            state BLOB NOT NULL
        ) STRICT;

        CREATE TABLE signal (
            name TEXT PRIMARY KEY NOT NULL,
            unit TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE quality (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE
        ) STRICT;
        INSERT INTO quality VALUES (0, 'valid'), (1, 'suspect'), (2, 'demo');

        CREATE TABLE channel (
            id INTEGER PRIMARY KEY,
            boot INTEGER NOT NULL REFERENCES boot (id),
            room TEXT NOT NULL,
            session TEXT REFERENCES session (id),
            source TEXT NOT NULL,
            signal TEXT NOT NULL REFERENCES signal (name),
            origin_ns INTEGER NOT NULL,
            origin_sequence INTEGER NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX channel_key ON channel (ifnull(session, ''), boot, room, source, signal);

        CREATE TABLE reading (
            channel INTEGER NOT NULL,
            at_ns INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            value REAL NOT NULL,
            quality INTEGER NOT NULL CHECK (quality BETWEEN 0 AND 2),
            PRIMARY KEY (channel, at_ns, sequence),
            FOREIGN KEY (channel) REFERENCES channel (id)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE device_time (
            channel INTEGER NOT NULL,
            at_ns INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (channel, at_ns, sequence),
            FOREIGN KEY (channel, at_ns, sequence) REFERENCES reading (channel, at_ns, sequence) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE entry (
            number INTEGER PRIMARY KEY CHECK (number > 0),
            event TEXT NOT NULL UNIQUE CHECK (length(event) > 0),
            session TEXT REFERENCES session (id),
            room TEXT,
            kind TEXT NOT NULL,
            boot INTEGER NOT NULL REFERENCES boot (id),
            boot_ns INTEGER NOT NULL,
            wall_ns INTEGER NOT NULL,
            actor TEXT NOT NULL,
            actor_uid INTEGER,
            body TEXT NOT NULL CHECK (json_valid(body)),
            previous_hash BLOB NOT NULL CHECK (length(previous_hash) = 32),
            hash BLOB NOT NULL CHECK (length(hash) = 32)
        ) STRICT;
        CREATE INDEX entry_session ON entry (session, number) WHERE session IS NOT NULL;

        CREATE TRIGGER entry_update BEFORE UPDATE ON entry BEGIN
            SELECT raise(ABORT, 'entries are append-only: write a further entry that corrects this one');
        END;
        CREATE TRIGGER entry_delete BEFORE DELETE ON entry BEGIN
            SELECT raise(ABORT, 'entries are append-only: an entry is never deleted');
        END;
        CREATE TRIGGER entry_insert BEFORE INSERT ON entry WHEN NEW.number <= (SELECT last_number FROM store) BEGIN
            SELECT raise(ABORT, 'entries are append-only: this number was given already');
        END;

        CREATE VIEW reading_view AS
        SELECT session, room, source, signal,
            strftime('%Y-%m-%dT%H:%M:%fZ', (boot_ns + offset_ns) / 1e9, 'unixepoch') AS time_utc,
            value, unit, quality, device_time, boot_ns, sequence
        FROM (
            SELECT channel.session, channel.room, channel.source, channel.signal, reading.value, signal.unit,
                quality.name AS quality, device_time.text AS device_time, reading.at_ns + channel.origin_ns AS boot_ns,
                reading.sequence + channel.origin_sequence AS sequence,
                coalesce(
                    (SELECT wall_ns - boot_ns FROM clock
                        WHERE boot = channel.boot AND boot_ns <= reading.at_ns + channel.origin_ns ORDER BY boot_ns DESC LIMIT 1),
                    (SELECT wall_ns - boot_ns FROM clock WHERE boot = channel.boot ORDER BY boot_ns LIMIT 1)
                ) AS offset_ns
            FROM reading
            JOIN channel ON channel.id = reading.channel
            JOIN signal ON signal.name = channel.signal
            JOIN quality ON quality.id = reading.quality
            LEFT JOIN device_time ON device_time.channel = reading.channel AND device_time.at_ns = reading.at_ns
                AND device_time.sequence = reading.sequence
        );

        CREATE VIEW entry_view AS
        SELECT number, session, room, kind, strftime('%Y-%m-%dT%H:%M:%fZ', wall_ns / 1e9, 'unixepoch') AS time_utc,
            actor, event, body, lower(hex(hash)) AS hash
        FROM entry;
        """
}
