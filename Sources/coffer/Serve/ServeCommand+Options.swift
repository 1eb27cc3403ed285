extension ServeCommand {
    static let options = listening + storage + keys + datastore + behaviour + logging

    private static let listening = [
        Option(
            "address", "ADDRESS", variables: ["COFFER_ADDRESS"], help: "listen on this address; default: 127.0.0.1"),
        Option(
            "port", "PORT", variables: ["COFFER_PORT"], help: "listen on this port; default: 9000; 0 takes a free one"),
        Option(
            "domain", "NAME", variables: ["COFFER_DOMAIN"], isRepeatable: true,
            help:
                "find buckets in host names below this one (bucket.NAME), as is always done below localhost; the name "
                + "itself is never taken for a bucket; repeatable"),
        Option(
            "bucket-host", "NAME", variables: ["COFFER_BUCKET_HOST"], isRepeatable: true,
            help:
                "serve the bucket NAME at the host of that name, for a CNAME record; repeatable. The bucket of --bucket "
                + "needs no such option if its name has a dot. Other hosts never select a bucket"),
        Option(
            "host-alias", "NAME", variables: ["COFFER_HOST_ALIAS"], isRepeatable: true,
            help:
                "also accept signatures for this host, whatever the Host header says: the name, with the port if there "
                + "is one, by which clients call a proxy in front of the server. As with --domain, buckets are found "
                + "below it, and it is never taken for a bucket; repeatable"),
        Option(
            "trusted-proxy", "CIDR", variables: ["COFFER_TRUSTED_PROXY"], isRepeatable: true,
            help: "trust X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host from these addresses; repeatable"),
        Option(
            "tls-certificate", "FILE", variables: ["COFFER_TLS_CERTIFICATE"],
            help: "serve https with this certificate chain (PEM), by TLS 1.2 and 1.3; reread on SIGHUP"),
        Option("tls-key", "FILE", variables: ["COFFER_TLS_KEY"], help: "use this private key for it (PEM)"),
    ]

    private static let storage = [
        Option("data", "DIRECTORY", variables: ["COFFER_DATA"], help: "keep all data here; default: ./data"),
        Option(
            "ephemeral", variables: ["COFFER_EPHEMERAL"],
            help: "keep all data in a temporary directory until the server stops"),
        Option(
            "durability", "full|relaxed", variables: ["COFFER_DURABILITY"],
            help:
                "full (default): respond when a change survives a power failure; relaxed: do not wait for the disk, for "
                + "tests"),
        Option(
            "reserve", "SIZE", variables: ["COFFER_RESERVE"],
            help:
                "refuse new objects when the disk has less free space than this, so that deleting still works; default: "
                + "96M, or an eighth of a small disk. /-/health and /-/metrics show the free space"),
        Option(
            "master-key-file", "FILE", variables: ["COFFER_MASTER_KEY_FILE"],
            help:
                "encrypt what is stored: the file's first line is a key of 32 bytes in Base64 or hexadecimal, such as "
                + "'openssl rand -base64 32' prints; COFFER_MASTER_KEY can have the key instead. Keep it safe: without it, "
                + "nothing encrypted can be read"),
    ]

    private static let keys = [
        Option(
            "access-key", "ID", variables: ["COFFER_ACCESS_KEY", "MINIO_ROOT_USER", "AWS_ACCESS_KEY_ID"],
            help:
                "use this access key for the root; without one, keys are created once and kept in the data directory. If "
                + "it has keys, AWS's variables are ignored, because they may be those of a client"),
        Option(
            "secret-key", "SECRET", variables: ["COFFER_SECRET_KEY", "MINIO_ROOT_PASSWORD", "AWS_SECRET_ACCESS_KEY"],
            help: "use this secret for it; better set the variable or a file, which other users cannot see"),
        Option(
            "secret-key-file", "FILE", variables: ["COFFER_SECRET_KEY_FILE"],
            help: "read the root's secret from the first line of this file"),
        Option(
            "show-keys", variables: ["COFFER_SHOW_KEYS"],
            help:
                "print the secret keys at every start, wherever the output goes; without it, they are printed only when "
                + "they are created, and only to a terminal"),
        Option(
            "allow-well-known-keys", variables: ["COFFER_ALLOW_WELL_KNOWN_KEYS"],
            help:
                "accept well-known or short keys, such as minioadmin, from other machines too; for development, with a "
                + "warning in the log at every start"),
        Option(
            "accounts", "FILE", variables: ["COFFER_ACCOUNTS_FILE"],
            help: "serve more accounts, each with its own root, users and buckets. The file is a JSON list such as "
                + "[{\"name\": \"audit\"}]. An account can have an id (twelve digits), an email, and its root's accessKeyId "
                + "and secretAccessKey, which otherwise are created once. The first account is 000000000000. The file is "
                + "reread on SIGHUP"),
    ]

    private static let datastore = [
        Option(
            "bucket", "NAME", variables: ["OS_STORAGE_BUCKET_NAME"],
            help: "set up the Datastore: this bucket, which anyone can read and browsers can use, and the user "
                + "openspending-robot. Its keys are OS_ACCESS_KEY_ID and OS_SECRET_ACCESS_KEY, or are created once"),
        Option(
            "publish", "DIRECTORY=PREFIX", isRepeatable: true,
            help: "publish a data package in that bucket, below a prefix, as 'coffer package publish' does; repeatable"),
        Option(
            "create-bucket", "NAME[:ACCESS]", variables: ["COFFER_CREATE_BUCKET", "MINIO_DEFAULT_BUCKETS"],
            isRepeatable: true,
            help:
                "create this bucket if it does not exist. It is private, unless ACCESS opens it to anonymous callers: "
                + "download, upload or public (both); default: none; repeatable"),
    ]

    private static let behaviour = [
        Option(
            "region", "REGION", variables: ["COFFER_REGION"], help: "create buckets in this region; default: us-east-1"),
        Option(
            "strict-region", variables: ["COFFER_STRICT_REGION"],
            help: "refuse signatures for another region than the bucket's"),
        Option(
            "no-signature-v2", variables: ["COFFER_NO_SIGNATURE_V2"],
            help:
                "accept Signature Version 4 only; boto 2, and the presigned URLs of boto3 and the AWS CLI, use Version 2"
        ),
        Option(
            "acl", "enabled|disabled", variables: ["COFFER_ACL"],
            help:
                "enabled (default): ACLs apply, and nothing is public until an ACL or a policy makes it so; disabled: new "
                + "buckets are as AWS creates them today, without ACLs and with public access blocked"),
        Option(
            "sse-c", "allowed|blocked", variables: ["COFFER_SSE_C"],
            help:
                "allowed (default): clients may send their own keys for objects (SSE-C); blocked: new buckets are as AWS "
                + "creates them today, and refuse such objects until PutBucketEncryption allows them"),
        Option(
            "copy-etag", "computed|shared", variables: ["COFFER_COPY_ETAG"],
            help:
                "computed (default): a copy of a multipart object has the ETag and checksum of its bytes, which are read "
                + "for that, as on AWS; shared: it keeps those of its source, and nothing is read"),
    ]

    private static let logging = [
        Option(
            "metrics-token-file", "FILE", variables: ["COFFER_METRICS_TOKEN_FILE"],
            help: "answer /-/metrics to all callers who send the file's first line as 'Authorization: Bearer ...'; "
                + "COFFER_METRICS_TOKEN can have the token instead. It has at least 16 characters, and the file is reread "
                + "on SIGHUP. Without a token, only callers on this machine can read the metrics, and not through a proxy "
                + "unless --trusted-proxy names it. A local proxy that adds no X-Forwarded-For looks like such a caller"
        ),
        Option(
            "log-file", "FILE", variables: ["COFFER_LOG_FILE"],
            help: "append the log to this file instead of standard error; reopened on SIGHUP, for logrotate"),
        Option(
            "log-level", "info|warning|error|none", variables: ["COFFER_LOG_LEVEL"],
            help: "log at this level; default: info, with a line for each request"),
        Option(
            "log-format", "text|json", variables: ["COFFER_LOG_FORMAT"], help: "write the log in this format"),
    ]
}
