import CofferModel
import CofferSystem
import CofferTestSupport
import Synchronization
import Testing

@testable import CofferClient

struct CredentialsTests {
    private static let config = """
        # A comment
        [default]
        region = eu-west-1

        [profile base]
        aws_access_key_id = AKIACONFIG
        aws_secret_access_key = of the config
        endpoint_url = http://127.0.0.1:1
        s3 =
            addressing_style = path
        [profile   circle]
        role_arn = arn:aws:iam::000000000000:role/r
        source_profile = circle2
        [profile circle2]
        role_arn = arn:aws:iam::000000000000:role/r
        source_profile = circle
        [profile code]
        role_arn = arn:aws:iam::000000000000:role/r
        source_profile = base
        mfa_serial = arn:aws:iam::000000000000:mfa/m
        [profile lost]
        role_arn = arn:aws:iam::000000000000:role/r
        [profile empty]
        region = us-west-2
        [profile program]
        credential_process = printf '%s' '{"Version": 1, "AccessKeyId": "AKIAPROGRAM", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "2126-01-01T00:00:00Z"}'
        [profile failing]
        credential_process = echo '{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "hunter2"}'; exit 3
        [profile babbling]
        credential_process = echo hunter2
        [profile placed]
        services = here
        endpoint_url = http://127.0.0.1:3
        [services here]
        s3 =
            endpoint_url = http://127.0.0.1:2
        """
    private static let credentials = """
        [base]
        aws_access_key_id=AKIAFILE
        aws_secret_access_key = a=b ; not a comment
        [default]
        aws_access_key_id = AKIADEFAULT
        aws_secret_access_key = secret
        aws_session_token = token
        """

    static func configuration(
        _ variables: [String: String] = [:], _ config: String = config, _ credentials: String = credentials
    ) throws -> (SharedConfiguration, TemporaryDirectory) {
        let directory = try TemporaryDirectory()
        try directory.write(config, to: "config")
        try directory.write(credentials, to: "credentials")
        var variables = variables
        variables["HOME"] = directory.path
        // Tests may run on EC2.
        variables["AWS_EC2_METADATA_DISABLED"] = "true"
        variables["AWS_CONFIG_FILE"] = "~/config"
        variables["AWS_SHARED_CREDENTIALS_FILE"] = directory.path("credentials")
        return (SharedConfiguration { [variables] in variables[$0] }, directory)
    }

    @Test func `An indented setting belongs to the one above only if that has no value`() {
        let sections = SharedConfiguration.sections(
            """
            [default]
              aws_access_key_id = A
              region = eu-west-1
            [profile p]
            s3 =
              endpoint_url = http://127.0.0.1:2
            region = r
            [profile q]
              region = q
            """)
        #expect(sections["default"] == ["aws_access_key_id": "A", "region": "eu-west-1"])
        #expect(sections["profile p"] == ["s3": "", "s3.endpoint_url": "http://127.0.0.1:2", "region": "r"])
        #expect(sections["profile q"] == ["region": "q"])
    }

    @Test func `The environment goes before the files`() async throws {
        let (configuration, _) = try Self.configuration([
            "AWS_ACCESS_KEY_ID": "AKIAENVIRONMENT", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t",
        ])
        let found = try await CredentialsSource.standard(of: configuration, endpoint: nil).load()
        #expect(found?.accessKeyID == "AKIAENVIRONMENT" && found?.sessionToken == "t")
    }

    @Test func `A profile is put together from both files`() async throws {
        let (configuration, directory) = try Self.configuration()
        let standard = try await CredentialsSource.standard(of: configuration, endpoint: nil).load()
        #expect(standard?.accessKeyID == "AKIADEFAULT" && standard?.sessionToken == "token")
        #expect(try configuration.region() == "eu-west-1")
        let base = try await CredentialsSource.profile("base", of: configuration, endpoint: nil).load()
        #expect(base?.accessKeyID == "AKIAFILE" && base?.secretAccessKey == "a=b ; not a comment")
        let (named, other) = try Self.configuration(["AWS_PROFILE": "base", "AWS_REGION": "eu-central-1"])
        let found = try await CredentialsSource.standard(of: named, endpoint: nil).load()
        #expect(found?.accessKeyID == "AKIAFILE")
        #expect(try named.region() == "eu-central-1" && named.endpoint(of: "s3") == "http://127.0.0.1:1")
        withExtendedLifetime((directory, other)) {}
    }

    @Test(arguments: [
        ("missing", "there is no profile 'missing'"), ("circle", "more than 8 source profiles"), ("code", "mfa_serial"),
        ("lost", "needs one of source_profile"), ("empty", "no access key, no role"), ("failing", "failed"),
        ("babbling", "must return JSON"),
    ])
    func `What cannot be used is told in a sentence`(_ profile: String, _ reason: String) async throws {
        let (configuration, directory) = try Self.configuration()
        let error = await #expect(throws: ConfigurationError.self) {
            try await CredentialsSource.profile(profile, of: configuration, endpoint: nil).load()
        }
        #expect(error?.description.contains(reason) == true && error?.description.contains("hunter2") == false)
        withExtendedLifetime(directory) {}
    }

    @Test func `A program's credentials are taken, until they end`() async throws {
        let (configuration, directory) = try Self.configuration()
        let found = try await CredentialsSource.profile("program", of: configuration, endpoint: nil).load()
        #expect(found?.accessKeyID == "AKIAPROGRAM" && found?.sessionToken == "t")
        #expect(found?.expiration == Timestamp(parsing: "2126-01-01T00:00:00Z"))
        withExtendedLifetime(directory) {}
    }

    @Test func `A service may have a place of its own, and all that is configured can be passed over`() throws {
        let (configuration, directory) = try Self.configuration(["AWS_PROFILE": "placed"])
        #expect(try configuration.endpoint(of: "s3") == "http://127.0.0.1:2")
        #expect(try configuration.endpoint(of: "sts") == "http://127.0.0.1:3")
        let (ignoring, other) = try Self.configuration([
            "AWS_PROFILE": "placed", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        ])
        #expect(try ignoring.endpoint(of: "s3") == nil)
        withExtendedLifetime((directory, other)) {}
    }

    /// Otherwise its requests would go to Amazon's us-east-1.
    @Test func `A profile that is chosen must be there`() throws {
        let (configuration, directory) = try Self.configuration()
        #expect(try configuration.choosing("base").endpoint(of: "s3") == "http://127.0.0.1:1")
        for missing in [
            configuration.choosing("typo"), try Self.configuration(["AWS_PROFILE": "typo"]).0,
            try Self.configuration(["AWS_DEFAULT_PROFILE": "typo"]).0,
        ] {
            #expect(throws: ConfigurationError.self) { try missing.region() }
            #expect(throws: ConfigurationError.self) { try missing.endpoint(of: "s3") }
        }
        withExtendedLifetime(directory) {}
    }

    @Test(arguments: ["x.evil.example/", "", "EU west", "a/b"])
    func `What is no region becomes no host`(_ region: String) {
        let options = ClientOptions()
        #expect(throws: ConfigurationError.self) {
            try S3Client(region: region, credentials: .anonymous, options: options)
        }
        #expect(throws: ConfigurationError.self) {
            try QueryClient(.sts, endpoint: nil, region: region, credentials: .anonymous)
        }
    }

    @Test(arguments: [
        ("https://s3.us-east-1.amazonaws.com", "https://s3.eu-west-1.amazonaws.com"),
        ("https://s3.amazonaws.com", "https://s3.eu-west-1.amazonaws.com"),
        ("http://s3.amazonaws.com", "http://s3.eu-west-1.amazonaws.com"),
        ("https://s3.dualstack.us-east-1.amazonaws.com", "https://s3.dualstack.us-east-1.amazonaws.com"),
        ("https://s3-fips.us-east-1.amazonaws.com", "https://s3-fips.us-east-1.amazonaws.com"),
        (
            "https://bucket.vpce-1.s3.us-east-1.vpce.amazonaws.com",
            "https://bucket.vpce-1.s3.us-east-1.vpce.amazonaws.com"
        ),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000"), ("https://s3.example.org", "https://s3.example.org"),
    ])
    func `A bucket of another region is asked for where that has a place of its own`(_ from: String, _ to: String)
        throws
    {
        #expect(try Endpoint(from).moved(to: "eu-west-1").url == to)
    }

    @Test func `A profile's role is assumed with the keys of its source`() async throws {
        try await CofferFixture.with { fixture in
            let role = try await fixture.makeRole("reader", for: "robot")
            let keys = try #require(try await role.user.load())
            let (configuration, directory) = try Self.configuration(
                [:], "[profile role]\nrole_arn = \(role.arn)\nsource_profile = robot\nrole_session_name = nightly",
                "[robot]\naws_access_key_id = \(keys.accessKeyID)\naws_secret_access_key = \(keys.secretAccessKey)")
            let source = CredentialsSource.profile("role", of: configuration, endpoint: fixture.endpoint)
            let sts = try QueryClient(.sts, endpoint: fixture.endpoint, region: "us-east-1", credentials: source)
            #expect(
                try await sts.call("GetCallerIdentity")["Arn"]?.text.hasSuffix("assumed-role/reader/nightly") == true)
            try await fixture.client(credentials: source).createBucket(bucket: "bucket")
            withExtendedLifetime(directory) {}
        }
    }

    @Test func `Credentials are got anew before they end, once for all who wait`() async throws {
        let count = Mutex(0)
        let clock = SettableClock(milliseconds: 1_000_000_000)
        let source = RefreshedCredentials(clock.clock) {
            let number = count.withLock { count in
                count += 1
                return count
            }
            return S3Credentials(
                accessKeyID: "AKIA\(number)", secretAccessKey: "s", sessionToken: "t",
                expiration: Timestamp(seconds: clock.clock.milliseconds / 1000 + 3600))
        }
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<20 { group.addTask { try await source.current().accessKeyID } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(ids == ["AKIA1"])
        clock.advance(seconds: 3600 - RefreshedCredentials.marginSeconds - 1)
        #expect(try await source.current().accessKeyID == "AKIA1")
        clock.advance(seconds: 1)
        #expect(try await source.current().accessKeyID == "AKIA2")
    }

    @Test func `Credentials that hold serve on where new ones cannot be got`() async throws {
        let clock = SettableClock(milliseconds: 1_000_000_000)
        let count = Mutex(0)
        let source = RefreshedCredentials(clock.clock) {
            let number = count.withLock { count in
                count += 1
                return count
            }
            guard number == 1 else {
                throw TransportError(.cannotConnect, "nothing listens there, says the test")
            }
            return S3Credentials(
                accessKeyID: "AKIA", secretAccessKey: "s", expiration: Timestamp(seconds: 1_000_000 + 3600))
        }
        #expect(try await source.current().accessKeyID == "AKIA")
        clock.advance(seconds: 3600 - RefreshedCredentials.pauseSeconds)
        // They are not asked for with each request.
        for _ in 0..<10 { #expect(try await source.current().accessKeyID == "AKIA") }
        #expect(count.withLock { $0 } == 2)
        clock.advance(seconds: RefreshedCredentials.pauseSeconds - 1)
        #expect(try await source.current().accessKeyID == "AKIA")
        clock.advance(seconds: 1)
        await #expect(throws: TransportError.self) { try await source.current() }
    }

    @Test func `Secrets are in no description`() async throws {
        let secret = "the secret of this test"
        let credentials = S3Credentials(accessKeyID: "AKIA", secretAccessKey: secret, sessionToken: secret)
        let client = try S3Client(
            endpoint: "http://127.0.0.1:1",
            credentials: .keys(accessKeyID: "AKIA", secretAccessKey: secret, sessionToken: secret))
        var texts = ["\(credentials)", String(reflecting: credentials), "\(client)", String(reflecting: client)]
        for value in [credentials, client, client.sender] as [Any] {
            var text = ""
            dump(value, to: &text)
            texts.append(text)
        }
        for text in texts { #expect(!text.contains(secret)) }
    }

    @Test(arguments: ["https://user:hunter2@host", "user:hunter2@host", "https://host?token=hunter2"])
    func `What is refused as an endpoint is not told, since a password may stand in it`(_ text: String) {
        let error = #expect(throws: ConfigurationError.self) { try S3Client(endpoint: text) }
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test(arguments: ["ftp://host", "host:9000", "http://", "http://user@host", "http://host?x", "http://a b"])
    func `What is no endpoint is refused`(_ text: String) {
        #expect(throws: ConfigurationError.self) { try S3Client(endpoint: text) }
    }

    @Test(arguments: [
        ("https://s3.eu-west-1.amazonaws.com", AddressingStyle.automatic, "bucket.s3.eu-west-1.amazonaws.com", "/k%20"),
        ("https://s3.example.org:443/base/", .automatic, "s3.example.org", "/base/bucket/k%20"),
        ("http://127.0.0.1:9000", .virtualHost, "bucket.127.0.0.1:9000", "/k%20"),
        (
            "https://bucket.vpce-1.s3.us-east-1.vpce.amazonaws.com", .automatic,
            "bucket.vpce-1.s3.us-east-1.vpce.amazonaws.com", "/bucket/k%20"
        ),
        ("https://s3.eu-west-1.amazonaws.com", .path, "s3.eu-west-1.amazonaws.com", "/bucket/k%20"),
    ])
    func `Buckets are addressed as the style says`(
        _ endpoint: String, _ style: AddressingStyle, _ host: String, _ path: String
    ) throws {
        let address = S3Call("GET", "bucket", "k ").address(at: try Endpoint(endpoint), style)
        #expect(address.host == host && address.path == path)
    }
}
