-- The tables of a catalog of version 2, as it was before there was IAM.
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

PRAGMA user_version = 2;
