import CofferSQLite

/// The catalog's tables, as migration steps from one version to the next; `PRAGMA user_version` counts the steps taken.
///
/// A released step is never changed: any change is made in a further step.
enum Schema {
    /// Before the first release the steps were merged into one; catalogs of that time are not opened.
    private static let firstVersion = 100
    static var version: Int { firstVersion + steps.count - 1 }

    static let steps = [
        """
        CREATE TABLE properties (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        -- How often ids of segments were leased, and a number that none in the order of writes has passed.
        INSERT INTO properties VALUES ('leases', '0'), ('sequence', '0');

        -- How often something changed that processes keep in memory.
        CREATE TABLE revisions (topic TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;

        CREATE TABLE buckets (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            owner TEXT NOT NULL,              -- account id
            region TEXT NOT NULL,
            created INTEGER NOT NULL,         -- here and below: milliseconds since 1970
            versioning INTEGER NOT NULL       -- 0 never enabled, 1 enabled, 2 suspended
        );

        CREATE TABLE bucket_configurations (
            bucket INTEGER NOT NULL REFERENCES buckets (id),
            kind TEXT NOT NULL,               -- the sub-resource: policy, cors, ...
            document BLOB NOT NULL,
            PRIMARY KEY (bucket, kind)
        ) WITHOUT ROWID;

        -- The current version of every key that a listing shows. Listing never meets an older version or a marker.
        CREATE TABLE objects (
            bucket INTEGER NOT NULL,
            key BLOB NOT NULL,                -- bytes, so that SQLite's order is S3's
            sequence INTEGER NOT NULL,        -- orders the versions of a key, the newest highest
            version TEXT NOT NULL,            -- version id, or 'null'
            modified INTEGER NOT NULL,
            size INTEGER NOT NULL,
            etag TEXT NOT NULL,
            owner TEXT NOT NULL,              -- account id
            fields TEXT NOT NULL,             -- header fields as they are returned, one line each
            tags TEXT NOT NULL,               -- as the query of x-amz-tagging
            extents BLOB NOT NULL,            -- segment, offset, count: three 64-bit little-endian numbers each
            parts BLOB NOT NULL,              -- of a multipart upload
            encryption TEXT NOT NULL,         -- source and wrapped key
            acl TEXT NOT NULL,                -- the owner's grants, one line each; empty if there are none
            PRIMARY KEY (bucket, key)
        ) WITHOUT ROWID;

        -- All other versions: the older ones, and delete markers, whether current or not.
        CREATE TABLE versions (
            bucket INTEGER NOT NULL,
            key BLOB NOT NULL,
            sequence INTEGER NOT NULL,
            version TEXT NOT NULL,
            modified INTEGER NOT NULL,
            size INTEGER NOT NULL,
            etag TEXT NOT NULL,
            owner TEXT NOT NULL,
            fields TEXT NOT NULL,
            tags TEXT NOT NULL,
            extents BLOB NOT NULL,
            parts BLOB NOT NULL,
            encryption TEXT NOT NULL,
            acl TEXT NOT NULL,
            is_delete_marker INTEGER NOT NULL,
            PRIMARY KEY (bucket, key, sequence DESC)
        ) WITHOUT ROWID;
        CREATE INDEX null_versions ON versions (bucket, key) WHERE version = 'null';

        -- Ranges of bytes that objects consist of. Several objects may refer to one: copies share it.
        CREATE TABLE segments (
            id INTEGER PRIMARY KEY,           -- never used again
            refs INTEGER NOT NULL,            -- extents that refer to it; 0 waits for its file to be removed
            size INTEGER NOT NULL,
            bytes BLOB,                       -- NULL if they are in a file of their own
            checksums BLOB NOT NULL           -- CRC32C of each megabyte of the bytes as stored, four bytes each
        );
        CREATE INDEX garbage ON segments (id) WHERE refs = 0;
        CREATE INDEX files ON segments (id) WHERE bytes IS NULL;

        -- One row: counting all objects takes longer the more there are.
        CREATE TABLE totals (objects INTEGER NOT NULL, bytes INTEGER NOT NULL);
        INSERT INTO totals VALUES (0, 0);

        -- Multipart uploads in progress, and for some days those that ended, to answer repeated requests.
        CREATE TABLE uploads (
            id INTEGER PRIMARY KEY,           -- orders the uploads of a key
            upload TEXT NOT NULL,             -- the upload id that clients see
            bucket INTEGER NOT NULL,
            key BLOB NOT NULL,
            initiated INTEGER NOT NULL,
            owner TEXT NOT NULL,              -- account id
            initiator TEXT NOT NULL,          -- ARN
            fields TEXT NOT NULL,
            tags TEXT NOT NULL,
            acl TEXT NOT NULL,
            encryption TEXT NOT NULL,
            checksum TEXT NOT NULL,           -- algorithm and type, separated by a slash, or empty
            is_overtaken INTEGER NOT NULL,    -- whether the key was written or deleted since it began
            ended INTEGER,                    -- NULL while in progress
            version TEXT,                     -- of the object that it became; NULL if it was aborted
            etag TEXT
        );
        CREATE INDEX uploads_by_key ON uploads (bucket, key, id) WHERE ended IS NULL;
        CREATE INDEX uploads_of_bucket ON uploads (bucket);
        CREATE INDEX ended_uploads ON uploads (ended) WHERE ended IS NOT NULL;

        CREATE TABLE parts (
            upload INTEGER NOT NULL,
            number INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            size INTEGER NOT NULL,
            etag TEXT NOT NULL,
            checksum TEXT NOT NULL,           -- Base64, of the upload's algorithm, or empty
            extents BLOB NOT NULL,
            PRIMARY KEY (upload, number)
        ) WITHOUT ROWID;

        CREATE TABLE accounts (
            id TEXT PRIMARY KEY,              -- twelve digits
            name TEXT NOT NULL UNIQUE COLLATE NOCASE,
            email TEXT NOT NULL UNIQUE COLLATE NOCASE,
            created INTEGER NOT NULL
        ) WITHOUT ROWID;
        INSERT INTO accounts VALUES ('000000000000', 'first', 'first@coffer.invalid', strftime('%s') * 1000);

        CREATE TABLE account_configurations (
            account TEXT NOT NULL,
            kind TEXT NOT NULL,
            document BLOB NOT NULL,
            PRIMARY KEY (account, kind)
        ) WITHOUT ROWID;

        -- Users, groups, roles and policies, and the access keys of roots, as JSON documents.
        CREATE TABLE iam_entities (
            id TEXT PRIMARY KEY,              -- never used again, and independent of the name
            account TEXT NOT NULL,
            kind TEXT NOT NULL,
            folded_name TEXT NOT NULL,        -- in lower case
            name TEXT NOT NULL,
            document BLOB NOT NULL,
            UNIQUE (account, kind, folded_name)
        ) WITHOUT ROWID;

        CREATE TABLE iam_access_keys (id TEXT PRIMARY KEY, entity TEXT NOT NULL) WITHOUT ROWID;
        CREATE INDEX iam_access_keys_of_entity ON iam_access_keys (entity);

        -- When and for what an access key or a role was last used.
        CREATE TABLE iam_key_uses (
            id TEXT PRIMARY KEY,
            time INTEGER NOT NULL,
            service TEXT NOT NULL,
            region TEXT NOT NULL
        ) WITHOUT ROWID;

        -- Events that are to be delivered.
        CREATE TABLE outbox (
            sequence INTEGER PRIMARY KEY,
            time INTEGER NOT NULL,
            kind TEXT NOT NULL,
            bucket INTEGER NOT NULL,
            key BLOB,
            document BLOB NOT NULL
        );

        -- The state of work in the background.
        CREATE TABLE jobs (
            name TEXT PRIMARY KEY,
            progress BLOB,
            next_run INTEGER NOT NULL,
            failures INTEGER NOT NULL
        ) WITHOUT ROWID;
        """
    ]

    /// Migrates a catalog to this version.
    ///
    /// - Returns: whether the catalog was of an earlier version.
    /// - Throws: a sentence for the operator if the catalog is of a version that cannot be opened.
    static func migrate(_ connection: SQLiteConnection) throws(StorageError) -> Bool {
        let version = try connection.first("PRAGMA user_version") { Int($0.integer(0)) } ?? 0
        guard version <= Self.version else {
            throw StorageError.failed(
                "the data directory was written by a newer version (schema \(version), this one knows \(Self.version)): "
                    + "use that version")
        }
        guard version == 0 || version >= firstVersion else {
            throw StorageError.failed(
                "the data directory was written by a version before the first release: copy the objects with that "
                    + "version, for example with 'coffer sync', into a new data directory")
        }
        guard version < Self.version else { return false }
        try connection.execute("BEGIN IMMEDIATE")
        for step in steps.dropFirst(version == 0 ? 0 : version - firstVersion + 1) { try connection.execute(step) }
        try connection.execute("PRAGMA user_version = \(Self.version)")
        try connection.execute("COMMIT")
        return true
    }
}
