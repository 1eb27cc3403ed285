import CofferAccess
import CofferModel
import CofferStorage

/// Makes the Datastore ready: what its operator would set up by hand on AWS, once.
struct Datastore: Sendable {
    /// The user, and the policy attached to it, by the names of the Datastore's documentation.
    static let userName = "openspending-robot"
    static let userPolicy = ManagedPolicy.amazonS3FullAccess

    private let configuration: DatastoreConfiguration
    private let keys: KeyPair
    private let account: Account
    private let region: String

    init(_ configuration: DatastoreConfiguration, keys: KeyPair, account: Account, region: String) {
        self.configuration = configuration
        self.keys = keys
        self.account = account
        self.region = region
    }

    /// Repeats nothing that was done before: a policy or rules that were changed since stay as they are.
    func provision(_ store: ObjectStore) async throws(ServerError) {
        do throws(S3Error) {
            let name = try BucketName(configuration.bucket)
            try await awaitStore { () async throws(StorageError) in
                try await setUser(store)
                let bucket = try await makeBucket(name, store)
                for package in configuration.packages {
                    try await PackageFiles(package.directory).publish(
                        to: bucket, prefix: package.prefix, owner: account.id, store)
                }
            }
        } catch {
            throw ServerError("the Datastore's bucket \(configuration.bucket): \(error.cause ?? error.message)")
        }
    }

    private func setUser(_ store: ObjectStore) async throws(StorageError) {
        let user = User(
            name: Self.userName, policies: [Self.userPolicy.rawValue],
            accessKeys: [User.AccessKey(id: keys.accessKeyID, secret: keys.secretAccessKey)])
        guard try !store.users().contains(user) else { return }
        try await store.setUser(user)
    }

    private func makeBucket(_ name: BucketName, _ store: ObjectStore) async throws(StorageError) -> Bucket {
        if let bucket = try store.bucket(named: name) { return bucket }
        return try await store.createBucket(
            name, owner: account.id, region: region,
            configurations: ["policy": Array(Self.policy(name).utf8), "cors": Array(Self.cors.utf8)])
    }

    /// Anyone may read every object.
    private static func policy(_ bucket: BucketName) -> String {
        """
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Sid": "AddPerm",
              "Effect": "Allow",
              "Principal": "*",
              "Action": "s3:GetObject",
              "Resource": "arn:aws:s3:::\(bucket)/*"
            }
          ]
        }
        """
    }

    /// Browsers of every origin may read and upload, and see which range they were given.
    private static let cors = """
        <?xml version="1.0" encoding="UTF-8"?>
        <CORSConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
          <CORSRule>
            <AllowedOrigin>*</AllowedOrigin>
            <AllowedMethod>GET</AllowedMethod>
            <AllowedMethod>PUT</AllowedMethod>
            <AllowedMethod>POST</AllowedMethod>
            <MaxAgeSeconds>3000</MaxAgeSeconds>
            <ExposeHeader>Content-Range</ExposeHeader>
            <AllowedHeader>*</AllowedHeader>
          </CORSRule>
        </CORSConfiguration>
        """
}
