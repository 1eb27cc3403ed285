/// The catalog's tables, as migration steps from one version to the next; `PRAGMA user_version` counts the steps taken.
///
/// A released step is never changed: any change is made in a further step.
enum Schema {
    static let steps = [
        """
        CREATE TABLE properties (name TEXT PRIMARY KEY, value) WITHOUT ROWID;

        CREATE TABLE users (
            name TEXT PRIMARY KEY,
            created INTEGER NOT NULL,
            policies TEXT NOT NULL            -- names of managed policies, separated by commas
        ) WITHOUT ROWID;

        CREATE TABLE access_keys (
            id TEXT PRIMARY KEY,
            user TEXT NOT NULL REFERENCES users (name),
            secret TEXT NOT NULL,
            created INTEGER NOT NULL
        ) WITHOUT ROWID;

        CREATE TABLE buckets (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            owner TEXT NOT NULL,              -- account id
            region TEXT NOT NULL,
            created INTEGER NOT NULL          -- here and below: milliseconds since 1970
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
            fields TEXT NOT NULL,             -- header fields as they are answered, a line each
            tags TEXT NOT NULL,               -- as the query of x-amz-tagging
            extents BLOB NOT NULL,            -- segment, offset, count: three 64-bit little-endian numbers each
            PRIMARY KEY (bucket, key)
        ) WITHOUT ROWID;

        -- All other versions: the older ones, and delete markers, whether current or not.
        CREATE TABLE versions (
            bucket INTEGER NOT NULL,
            key BLOB NOT NULL,
            sequence INTEGER NOT NULL,
            version TEXT NOT NULL,
            is_delete_marker INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            size INTEGER NOT NULL,
            etag TEXT NOT NULL,
            owner TEXT NOT NULL,
            fields TEXT NOT NULL,
            tags TEXT NOT NULL,
            extents BLOB NOT NULL,
            PRIMARY KEY (bucket, key, sequence DESC)
        ) WITHOUT ROWID;

        -- Stretches of bytes that objects consist of. Several objects may name one: copies share it.
        CREATE TABLE segments (
            id INTEGER PRIMARY KEY,           -- never used again
            refs INTEGER NOT NULL,            -- extents that name it; 0 waits for its file to be removed
            size INTEGER NOT NULL,
            bytes BLOB                        -- NULL if they are in a file of their own
        );
        CREATE INDEX garbage ON segments (id) WHERE refs = 0;

        -- One row: counting the objects anew would take longer the more there are.
        CREATE TABLE totals (objects INTEGER NOT NULL, bytes INTEGER NOT NULL);
        INSERT INTO totals VALUES (0, 0);
        """,
        """
        ALTER TABLE buckets ADD COLUMN versioning INTEGER NOT NULL DEFAULT 0;  -- 0 never enabled, 1 enabled, 2 suspended

        ALTER TABLE objects ADD COLUMN parts BLOB NOT NULL DEFAULT x'';        -- of a multipart upload
        ALTER TABLE objects ADD COLUMN encryption TEXT NOT NULL DEFAULT '';    -- source and wrapped key
        ALTER TABLE versions ADD COLUMN parts BLOB NOT NULL DEFAULT x'';
        ALTER TABLE versions ADD COLUMN encryption TEXT NOT NULL DEFAULT '';
        CREATE INDEX null_versions ON versions (bucket, key) WHERE version = 'null';

        -- Multipart uploads under way, and for some days those that were completed, to answer the same once more.
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
            encryption TEXT NOT NULL,
            checksum TEXT NOT NULL,           -- algorithm and type, separated by a slash, or nothing
            completed INTEGER,                -- NULL while under way
            version TEXT,                     -- of the object that it became
            etag TEXT
        );
        CREATE INDEX uploads_by_key ON uploads (bucket, key, id) WHERE completed IS NULL;
        CREATE INDEX uploads_of_bucket ON uploads (bucket);
        CREATE INDEX completed_uploads ON uploads (completed) WHERE completed IS NOT NULL;

        CREATE TABLE parts (
            upload INTEGER NOT NULL,
            number INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            size INTEGER NOT NULL,
            etag TEXT NOT NULL,
            checksum TEXT NOT NULL,           -- Base64, of the upload's algorithm, or nothing
            extents BLOB NOT NULL,
            PRIMARY KEY (upload, number)
        ) WITHOUT ROWID;
        """,
        """
        -- What an object's owner grants to others, a line each; nothing where only the owner may do anything.
        ALTER TABLE objects ADD COLUMN acl TEXT NOT NULL DEFAULT '';
        ALTER TABLE versions ADD COLUMN acl TEXT NOT NULL DEFAULT '';
        ALTER TABLE uploads ADD COLUMN acl TEXT NOT NULL DEFAULT '';
        """,
        """
        -- Who there is, and what they may do. Every entity has an id that is never used again and outlives a new name.
        CREATE TABLE iam_users (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL UNIQUE COLLATE NOCASE,
            path TEXT NOT NULL,
            created INTEGER NOT NULL,
            boundary TEXT                     -- ARN of a policy
        ) WITHOUT ROWID;

        CREATE TABLE iam_groups (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL UNIQUE COLLATE NOCASE,
            path TEXT NOT NULL,
            created INTEGER NOT NULL
        ) WITHOUT ROWID;

        CREATE TABLE iam_roles (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL UNIQUE COLLATE NOCASE,
            path TEXT NOT NULL,
            created INTEGER NOT NULL,
            description TEXT NOT NULL,
            trust TEXT NOT NULL,              -- the policy that says who may assume it
            session_seconds INTEGER NOT NULL, -- the longest session
            boundary TEXT
        ) WITHOUT ROWID;

        CREATE TABLE iam_policies (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL UNIQUE COLLATE NOCASE,
            path TEXT NOT NULL,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            description TEXT NOT NULL,
            default_version INTEGER NOT NULL,
            last_version INTEGER NOT NULL     -- the highest number that was given, deleted or not
        ) WITHOUT ROWID;

        CREATE TABLE iam_policy_versions (
            policy TEXT NOT NULL,             -- id; here and below no rows stay behind when an entity goes
            number INTEGER NOT NULL,
            created INTEGER NOT NULL,
            document TEXT NOT NULL,
            PRIMARY KEY (policy, number)
        ) WITHOUT ROWID;

        CREATE TABLE iam_access_keys (
            id TEXT PRIMARY KEY,
            user TEXT NOT NULL,               -- id
            position INTEGER NOT NULL,
            is_active INTEGER NOT NULL,
            created INTEGER NOT NULL,
            is_sealed INTEGER NOT NULL,       -- 0 only between this step and the end of opening the catalog
            secret BLOB NOT NULL              -- sealed under the key in the file secrets.key
        ) WITHOUT ROWID;

        CREATE TABLE iam_key_uses (
            key TEXT PRIMARY KEY,
            time INTEGER NOT NULL,
            service TEXT NOT NULL,
            region TEXT NOT NULL
        ) WITHOUT ROWID;

        CREATE TABLE iam_memberships (
            user TEXT NOT NULL,
            position INTEGER NOT NULL,
            group_id TEXT NOT NULL,
            PRIMARY KEY (user, position)
        ) WITHOUT ROWID;

        CREATE TABLE iam_attachments (
            entity TEXT NOT NULL,             -- id of a user, group or role
            position INTEGER NOT NULL,
            policy TEXT NOT NULL,             -- ARN
            PRIMARY KEY (entity, position)
        ) WITHOUT ROWID;

        CREATE TABLE iam_inline_policies (
            entity TEXT NOT NULL,
            name TEXT NOT NULL,
            document TEXT NOT NULL,
            PRIMARY KEY (entity, name)
        ) WITHOUT ROWID;

        CREATE TABLE iam_tags (
            entity TEXT NOT NULL,
            position INTEGER NOT NULL,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (entity, position)
        ) WITHOUT ROWID;

        -- Ids are made of the letters and of the digits from 2 to 7.
        INSERT INTO iam_users
            SELECT 'AIDA' || replace(replace(replace(replace(substr(hex(randomblob(9)), 1, 17),
                '0', 'G'), '1', 'H'), '8', 'I'), '9', 'J'), name, '/', created, NULL
            FROM users;
        INSERT INTO iam_attachments
            SELECT iam_users.id, known.position, 'arn:aws:iam::aws:policy/' || known.name
            FROM users JOIN iam_users ON iam_users.name = users.name
            JOIN (SELECT 0 AS position, 'AdministratorAccess' AS name UNION SELECT 1, 'AmazonS3FullAccess'
                UNION SELECT 2, 'AmazonS3ReadOnlyAccess') AS known
            ON instr(',' || users.policies || ',', ',' || known.name || ',') > 0;
        INSERT INTO iam_access_keys
            SELECT access_keys.id, iam_users.id, 0, 1, access_keys.created, 0, CAST(access_keys.secret AS BLOB)
            FROM access_keys JOIN iam_users ON iam_users.name = access_keys.user;
        DROP TABLE access_keys;
        DROP TABLE users;
        """,
        """
        -- Whose buckets and users there are. The first account is there from the beginning.
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

        -- Names are unique within an account.
        ALTER TABLE iam_users RENAME TO old_users;
        CREATE TABLE iam_users (
            id TEXT PRIMARY KEY,
            account TEXT NOT NULL,
            name TEXT NOT NULL COLLATE NOCASE,
            path TEXT NOT NULL,
            created INTEGER NOT NULL,
            boundary TEXT,
            UNIQUE (account, name)
        ) WITHOUT ROWID;
        INSERT INTO iam_users SELECT id, '000000000000', name, path, created, boundary FROM old_users;
        DROP TABLE old_users;

        ALTER TABLE iam_groups RENAME TO old_groups;
        CREATE TABLE iam_groups (
            id TEXT PRIMARY KEY,
            account TEXT NOT NULL,
            name TEXT NOT NULL COLLATE NOCASE,
            path TEXT NOT NULL,
            created INTEGER NOT NULL,
            UNIQUE (account, name)
        ) WITHOUT ROWID;
        INSERT INTO iam_groups SELECT id, '000000000000', name, path, created FROM old_groups;
        DROP TABLE old_groups;

        ALTER TABLE iam_roles RENAME TO old_roles;
        CREATE TABLE iam_roles (
            id TEXT PRIMARY KEY,
            account TEXT NOT NULL,
            name TEXT NOT NULL COLLATE NOCASE,
            path TEXT NOT NULL,
            created INTEGER NOT NULL,
            description TEXT NOT NULL,
            trust TEXT NOT NULL,
            session_seconds INTEGER NOT NULL,
            boundary TEXT,
            UNIQUE (account, name)
        ) WITHOUT ROWID;
        INSERT INTO iam_roles
            SELECT id, '000000000000', name, path, created, description, trust, session_seconds, boundary
            FROM old_roles;
        DROP TABLE old_roles;

        ALTER TABLE iam_policies RENAME TO old_policies;
        CREATE TABLE iam_policies (
            id TEXT PRIMARY KEY,
            account TEXT NOT NULL,
            name TEXT NOT NULL COLLATE NOCASE,
            path TEXT NOT NULL,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            description TEXT NOT NULL,
            default_version INTEGER NOT NULL,
            last_version INTEGER NOT NULL,
            UNIQUE (account, name)
        ) WITHOUT ROWID;
        INSERT INTO iam_policies
            SELECT id, '000000000000', name, path, created, updated, description, default_version, last_version
            FROM old_policies;
        DROP TABLE old_policies;
        """,
        """
        -- Whom the trust policies of roles name: what had the names when the policy was put, by its unique id. For the
        -- policies of buckets a configuration says it.
        CREATE TABLE iam_trusted_ids (
            entity TEXT NOT NULL,             -- id of a role
            name TEXT NOT NULL,               -- as it stands in the policy
            id TEXT NOT NULL,
            PRIMARY KEY (entity, name)
        ) WITHOUT ROWID;

        -- Policies of before go by names, until the server has looked them up.
        INSERT INTO properties SELECT 'policy-principals', 'names'
            WHERE EXISTS (SELECT 1 FROM bucket_configurations WHERE kind = 'policy')
            OR EXISTS (SELECT 1 FROM iam_roles);
        """,
        """
        -- CRC32C of each megabyte of the bytes as they are stored, four bytes each; NULL for segments of earlier versions.
        ALTER TABLE segments ADD COLUMN checksums BLOB;
        CREATE INDEX files ON segments (id) WHERE bytes IS NULL;
        """,
        """
        -- The longest session of those who sign in with a role; NULL where nothing is said.
        ALTER TABLE iam_roles ADD COLUMN signin_seconds INTEGER;
        """,
        """
        -- Whether the key was written or deleted since the upload began. One that ended without a version was aborted.
        ALTER TABLE uploads ADD COLUMN is_overtaken INTEGER NOT NULL DEFAULT 0;
        """,
    ]

    /// Migrates a catalog to this version.
    ///
    /// - Returns: whether the catalog was of an earlier version.
    /// - Throws: a sentence for the operator if the catalog was written by a newer version.
    static func migrate(_ connection: SQLiteConnection) throws(StorageError) -> Bool {
        let version = try connection.first("PRAGMA user_version") { Int($0.integer(0)) } ?? 0
        guard version <= steps.count else {
            throw StorageError.failed(
                "the data directory was written by a newer version (schema \(version), this one knows \(steps.count)): "
                    + "use that version")
        }
        guard version < steps.count else { return false }
        try connection.execute("BEGIN IMMEDIATE")
        for step in steps[version...] { try connection.execute(step) }
        try connection.execute("PRAGMA user_version = \(steps.count)")
        try connection.execute("COMMIT")
        return true
    }
}
