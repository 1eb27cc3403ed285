extension ServeCommand {
    static let options = [
        Option(
            "address", "ADDRESS", variables: ["COFFER_ADDRESS"], help: "listen on this address; 127.0.0.1 unless given"),
        Option(
            "port", "PORT", variables: ["COFFER_PORT"],
            help: "listen on this port; 9000 unless given, 0 takes any free one"),
        Option("data", "DIRECTORY", variables: ["COFFER_DATA"], help: "keep everything here; ./data unless given"),
        Option(
            "ephemeral", variables: ["COFFER_EPHEMERAL"],
            help: "keep everything in a temporary directory until the server stops"),
        Option(
            "durability", "full|relaxed", variables: ["COFFER_DURABILITY"],
            help:
                "full (the usual): answer when a change survives a loss of power;\nrelaxed: do not wait for the disk, for tests"
        ),
        Option(
            "region", "REGION", variables: ["COFFER_REGION"], help: "the region of new buckets; us-east-1 unless given"),
        Option(
            "strict-region", variables: ["COFFER_STRICT_REGION"],
            help: "refuse signatures for another region than the bucket's"),
        Option(
            "no-signature-v2", variables: ["COFFER_NO_SIGNATURE_V2"],
            help:
                "accept Signature Version 4 only. boto 2 and the presigned URLs of boto3 and the AWS CLI are of Version 2"
        ),
        Option(
            "domain", "NAME", variables: ["COFFER_DOMAIN"],
            isRepeatable: true,
            help:
                "find buckets in host names below this one (bucket.NAME); may be repeated.\nBelow localhost they are found anyway. A declared name is never taken for a bucket of that name"
        ),
        Option(
            "bucket-host", "NAME", variables: ["COFFER_BUCKET_HOST"],
            isRepeatable: true,
            help:
                "take the host NAME for the bucket of that name, as a CNAME record gives it one; may be repeated. The bucket\n"
                + "of --bucket has its host without that, where its name has a dot. Other hosts name no bucket, whatever\n"
                + "buckets there are.\n"),
        Option(
            "host-alias", "NAME", variables: ["COFFER_HOST_ALIAS"],
            isRepeatable: true,
            help:
                "take signatures for this host as well, whatever Host they arrive with: what clients call a proxy before\n"
                + "the server, with the port that they write behind it; may be repeated. As with --domain, buckets are found\n"
                + "below it, and it is never taken for a bucket of that name.\n"),
        Option(
            "trusted-proxy", "CIDR", variables: ["COFFER_TRUSTED_PROXY"],
            isRepeatable: true,
            help:
                "believe X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host from these addresses; may be\n"
                + "repeated.\n"),
        Option(
            "tls-certificate", "FILE", variables: ["COFFER_TLS_CERTIFICATE"],
            help: "serve https with this certificate chain (PEM), in TLS 1.2 and 1.3; read again on SIGHUP"),
        Option("tls-key", "FILE", variables: ["COFFER_TLS_KEY"], help: "its private key (PEM)"),
        Option(
            "access-key", "ID", variables: ["COFFER_ACCESS_KEY", "MINIO_ROOT_USER", "AWS_ACCESS_KEY_ID"],
            help:
                "the root's access key; without one, keys are made once and kept in the data directory. Where they are,\n"
                + "AWS's variables do not count: they may be those of a client.\n"),
        Option(
            "secret-key", "SECRET", variables: ["COFFER_SECRET_KEY", "MINIO_ROOT_PASSWORD", "AWS_SECRET_ACCESS_KEY"],
            help: "its secret; better given by the environment or a file, where other users cannot see it.\n"),
        Option(
            "secret-key-file", "FILE", variables: ["COFFER_SECRET_KEY_FILE"],
            help: "the file whose first line is the root's secret"),
        Option(
            "master-key-file", "FILE", variables: ["COFFER_MASTER_KEY_FILE"],
            help:
                "encrypt what is stored: the file's first line is a key of 32 bytes in Base64 or hexadecimal, such as\n"
                + "'openssl rand -base64 32' prints; COFFER_MASTER_KEY may hold it instead. Keep it: without it nothing\n"
                + "that was encrypted can be read.\n"),
        Option(
            "acl", "enabled|disabled", variables: ["COFFER_ACL"],
            help:
                "enabled (the usual): ACLs say who may read and write, and nothing is public until one, or a policy, says\n"
                + "so; disabled: new buckets are as AWS makes them today, without ACLs and with public access blocked.\n"
        ),
        Option(
            "sse-c", "allowed|blocked", variables: ["COFFER_SSE_C"],
            help:
                "allowed (the usual): clients may send keys of their own for objects (SSE-C); blocked: new buckets are as AWS\n"
                + "makes them today, and refuse such objects until PutBucketEncryption takes them.\n"),
        Option(
            "copy-etag", "computed|shared", variables: ["COFFER_COPY_ETAG"],
            help:
                "computed (the usual): a copy of an object that was uploaded in parts has the ETag and the checksum of its\n"
                + "bytes, which are read for that, as on AWS; shared: it keeps those of its source, and nothing is read.\n"
        ),
        Option(
            "accounts", "FILE", variables: ["COFFER_ACCOUNTS_FILE"],
            help:
                "have further accounts, each with buckets, users and a root of its own. The file is a JSON list such as\n"
                + "[{\"name\": \"audit\"}]; an account may have an id (twelve digits), an email, and its root's accessKeyId and\n"
                + "secretAccessKey, which are made once otherwise. The first account is 000000000000. On SIGHUP the file is\n"
                + "read again.\n"),
        Option(
            "bucket", "NAME", variables: ["OS_STORAGE_BUCKET_NAME"],
            help: "have the Datastore ready: this bucket, readable by anyone and usable from browsers, and the user\n"
                + "openspending-robot. Its keys are OS_ACCESS_KEY_ID and OS_SECRET_ACCESS_KEY, or are made once.\n"),
        Option(
            "create-bucket", "NAME[:ACCESS]", variables: ["COFFER_CREATE_BUCKET", "MINIO_DEFAULT_BUCKETS"],
            isRepeatable: true,
            help:
                "have this bucket, made where it is missing and then left as it is; may be repeated. It is private, unless\n"
                + "ACCESS says what anonymous callers may do: download, upload or public (both); none is the usual.\n"),
        Option(
            "publish", "DIRECTORY=PREFIX",
            isRepeatable: true,
            help: "put the files of a data package into that bucket, below a prefix; may be repeated"),
        Option(
            "show-keys", variables: ["COFFER_SHOW_KEYS"],
            help:
                "print the secret keys at every start, wherever the output goes; otherwise they are printed when they are\n"
                + "made, to a terminal alone"),
        Option(
            "allow-well-known-keys", variables: ["COFFER_ALLOW_WELL_KNOWN_KEYS"],
            help:
                "take keys that are well known or short, such as minioadmin, beyond this machine too; for development, and\n"
                + "the log warns at every start"),
        Option(
            "reserve", "SIZE", variables: ["COFFER_RESERVE"],
            help:
                "refuse objects when the disk has less free space than this, so that deleting goes on; 96M unless given,\n"
                + "and an eighth of a small disk. /-/health and /-/metrics tell how much is left.\n"),
        Option(
            "metrics-token-file", "FILE", variables: ["COFFER_METRICS_TOKEN_FILE"],
            help:
                "answer /-/metrics to those who send the file's first line as 'Authorization: Bearer ...', from wherever\n"
                + "they call; COFFER_METRICS_TOKEN may hold it instead. It has at least 16 characters, and the file is read\n"
                + "again on SIGHUP. Without a token the metrics are for callers on this machine, and not through a proxy\n"
                + "unless --trusted-proxy names it. A proxy here that adds no X-Forwarded-For looks like such a caller.\n"
        ),
        Option(
            "log-file", "FILE", variables: ["COFFER_LOG_FILE"],
            help: "append the log to this file instead of standard error; opened anew on SIGHUP, for logrotate"),
        Option(
            "log-level", "LEVEL", variables: ["COFFER_LOG_LEVEL"],
            help: "info (the usual: a line per request), warning, error or none"),
        Option(
            "log-format", "text|json", variables: ["COFFER_LOG_FORMAT"], help: "how the log looks"),
    ]
}
