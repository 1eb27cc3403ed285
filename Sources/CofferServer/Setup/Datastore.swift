import CofferAccess
import CofferCrypto
import CofferIAM
import CofferModel
import CofferService
import CofferStorage
import CofferSystem

/// Sets up the Datastore, as its operator would do once by hand on AWS.
struct Datastore: Sendable {
    /// The user and its attached policy, with the names from the Datastore's documentation.
    static let userName = "openspending-robot"
    static let userPolicy = ManagedPolicy.amazonS3FullAccess

    private let configuration: DatastoreConfiguration
    private let keys: KeyPair
    private let account: Account
    private let region: String
    private let clock: ServiceClock

    init(_ configuration: DatastoreConfiguration, keys: KeyPair, account: Account, region: String, clock: ServiceClock)
    {
        self.configuration = configuration
        self.keys = keys
        self.account = account
        self.region = region
        self.clock = clock
    }

    /// Sets up the Datastore without repeating the steps of an earlier start: a policy or CORS rules that were changed
    /// since then stay as they are.
    func provision(_ store: ObjectStore) async throws(ServerError) {
        // The error lists all the rules, whichever is broken.
        guard let name = try? BucketName(configuration.bucket) else { throw .invalidBucketName(configuration.bucket) }
        do throws(S3Error) {
            try await mappingAsyncStorageErrors { () async throws(StorageError) in
                try await setUser(store)
                try await makeBucket(name, store)
            }
        } catch {
            throw ServerError("the Datastore's bucket \(configuration.bucket): \(error.cause ?? error.message)")
        }
    }

    /// Creates the user with the configured key. Later changes to either are kept, such as a detached policy or a
    /// deleted key. A key is added only if it was not configured before; it then replaces the previously configured
    /// one.
    private func setUser(_ store: ObjectStore) async throws(StorageError) {
        let mark = keys.mark(store.secrets)
        let known = try await store.property(Self.keyProperty)
        guard known != mark else { return }
        let key = IAMAccessKey(id: keys.accessKeyID, secret: keys.secretAccessKey, created: clock.time)
        let former = known?.split(at: " ").first.map(String.init)
        _ = try await store.changeIAM(of: account.id) { directory throws(S3Error) in
            var user = directory.users.named(Self.userName) ?? newUser()
            user.accessKeys.removeAll { $0.id == key.id || $0.id == former }
            let others = directory.users.values.filter { $0.id != user.id }
            let otherKeys = others.flatMap(\.accessKeys) + directory.rootKeys
            guard !otherKeys.contains(where: { $0.id == key.id }) else {
                throw .internalError("the access key \(key.id) belongs to another user: give the Datastore its own")
            }
            guard user.accessKeys.count < IAMLimits.accessKeysPerUser else {
                throw .internalError(
                    "the user \(Self.userName) already has \(IAMLimits.accessKeysPerUser) access keys: delete one before you "
                        + "configure another")
            }
            user.accessKeys.append(key)
            directory.users[user.name] = user
        }
        try await store.setProperty(Self.keyProperty, to: mark)
    }

    private static let keyProperty = "datastore-key"

    private func newUser() -> IAMUser {
        var user = IAMUser(id: IAMNames.uniqueID("AIDA"), name: Self.userName, created: clock.time)
        user.attachedPolicies = [Self.userPolicy.arn]
        return user
    }

    /// Creates the bucket, unless it exists. It must not belong to another account, which would then control the
    /// packages and the bucket's host.
    private func makeBucket(_ name: BucketName, _ store: ObjectStore) async throws(StorageError) {
        if let bucket = try await store.bucket(named: name) {
            guard bucket.owner == account.id else {
                throw .failed(
                    "it already belongs to the account \(bucket.owner): choose another name, or delete it there")
            }
            return
        }
        _ = try await store.createBucket(
            name, owner: account.id, region: region,
            configurations: ["policy": Array(Self.policy(name).utf8), "cors": Array(Self.cors.utf8)])
    }

    /// Returns a policy that lets anyone read every object.
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

    /// The rules that let browsers read and upload from any origin, and see which range they received.
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
