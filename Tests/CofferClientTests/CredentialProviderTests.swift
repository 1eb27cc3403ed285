import CofferModel
import CofferSystem
import CofferTestSupport
import Testing

@testable import CofferClient

/// Roles by web identity, containers and instances, against services of the tests on this machine.
struct CredentialProviderTests {
    private static func document(_ id: String, seconds: Int64 = 3600, at clock: ServiceClock = .system) -> String {
        let expiration = Timestamp(seconds: clock.milliseconds / 1000 + seconds).iso8601
        return ScriptedService.answer(
            body: """
                {"Code": "Success", "AccessKeyId": "\(id)", "SecretAccessKey": "s", "Token": "t", \
                "Expiration": "\(expiration)"}
                """)
    }

    private static func session(_ id: String, seconds: Int64 = 3600, at clock: ServiceClock = .system) -> String {
        ScriptedService.answer(
            body: """
                <AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>\
                <AccessKeyId>\(id)</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>\
                <Expiration>\(Timestamp(seconds: clock.milliseconds / 1000 + seconds).iso8601)</Expiration>\
                </Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>
                """)
    }

    // MARK: Web identity

    private static let roleARN = "arn:aws:iam::000000000000:role/reader"

    @Test func `A token of the environment is exchanged for a role's credentials, without a signature`() async throws {
        let sts = try ScriptedService(Self.session("ASIAWEB"))
        let (configuration, directory) = try CredentialsTests.configuration(
            [
                "AWS_WEB_IDENTITY_TOKEN_FILE": "TOKEN", "AWS_ROLE_ARN": Self.roleARN,
                "AWS_ROLE_SESSION_NAME": "nightly",
            ], "[default]\nregion = eu-west-1", "")
        try directory.write("a.b/c+d\n", to: "token")
        let found = try await CredentialsSource.standard(
            of: configuration.replacing("AWS_WEB_IDENTITY_TOKEN_FILE", directory.path("token")), endpoint: sts.url
        ).load()
        #expect(found?.accessKeyID == "ASIAWEB" && found?.sessionToken == "t" && found?.expiration != nil)
        #expect(sts.requests.count == 1 && !sts.requests[0].lowercased().contains("authorization"))
        let fields = try #require(sts.bodies.first).split(separator: "&")
        for field in [
            "Action=AssumeRoleWithWebIdentity", "WebIdentityToken=a.b%2Fc%2Bd", "RoleSessionName=nightly",
            "RoleArn=arn%3Aaws%3Aiam%3A%3A000000000000%3Arole%2Freader",
        ] {
            #expect(fields.contains { $0 == field }, "\(field)")
        }
    }

    @Test func `A profile can have a web identity, which goes before its keys`() async throws {
        let sts = try ScriptedService(Self.session("ASIAWEB"))
        let (configuration, directory) = try CredentialsTests.configuration(
            [:],
            """
            [profile web]
            web_identity_token_file = /proc/self/comm
            role_arn = \(Self.roleARN)
            aws_access_key_id = AKIAOTHER
            aws_secret_access_key = s
            """, "")
        let found = try await CredentialsSource.profile("web", of: configuration, endpoint: sts.url).load()
        #expect(found?.accessKeyID == "ASIAWEB" && sts.bodies[0].contains("RoleSessionName=coffer"))
        withExtendedLifetime(directory) {}
    }

    @Test func `The token is read again when the credentials are renewed`() async throws {
        let clock = SettableClock(milliseconds: SystemTime.milliseconds)
        let sts = try ScriptedService(
            Self.session("ASIA1", seconds: 900, at: clock.clock), Self.session("ASIA2", seconds: 9000, at: clock.clock))
        let directory = try TemporaryDirectory()
        try directory.write("first", to: "token")
        var options = ClientOptions()
        options.clock = clock.clock
        let source = CredentialsSource.webIdentity(
            tokenFile: directory.path("token"), roleARN: Self.roleARN, endpoint: sts.url, region: "us-east-1",
            options: options)
        for _ in 0..<3 { #expect(try await source.load()?.accessKeyID == "ASIA1") }
        try directory.write("second", to: "token")
        clock.advance(seconds: 700)
        #expect(try await source.load()?.accessKeyID == "ASIA2")
        #expect(sts.bodies.count == 2 && sts.bodies[0].contains("=first") && sts.bodies[1].contains("=second"))
    }

    @Test func `A token that STS refuses is an error with the file and the role`() async throws {
        let sts = try ScriptedService(
            ScriptedService.answer(
                "400 Bad Request",
                body:
                    "<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>Bad.</Message></Error></ErrorResponse>"
            ))
        let directory = try TemporaryDirectory()
        try directory.write("hunter2", to: "token")
        let source = CredentialsSource.webIdentity(
            tokenFile: directory.path("token"), roleARN: Self.roleARN, endpoint: sts.url, region: "us-east-1")
        let error = await #expect(throws: S3Error.self) { try await source.load() }
        let text = try #require(error).description
        #expect(error?.code.name == "InvalidIdentityToken" && text.contains(Self.roleARN) && text.contains("Bad."))
        #expect(text.contains(directory.path("token")) && !text.contains("hunter2"))
    }

    @Test(arguments: ["", "two\nlines", "non\u{E9}", String(repeating: "a", count: 20_001)])
    func `A token is one line of 20,000 bytes at most`(_ token: String) async throws {
        let directory = try TemporaryDirectory()
        try directory.write(token, to: "token")
        let source = CredentialsSource.webIdentity(
            tokenFile: directory.path("token"), roleARN: Self.roleARN, endpoint: "http://127.0.0.1:1", region: "r")
        let error = await #expect(throws: ConfigurationError.self) { try await source.load() }
        #expect(error?.description.contains("cannot read the token") == true)
    }

    @Test func `A token without a role is an error`() async throws {
        let (configuration, directory) = try CredentialsTests.configuration(
            ["AWS_WEB_IDENTITY_TOKEN_FILE": "/dev/null"], "", "")
        let error = await #expect(throws: ConfigurationError.self) {
            try await CredentialsSource.standard(of: configuration, endpoint: nil).load()
        }
        #expect(error?.description.contains("AWS_ROLE_ARN") == true)
        withExtendedLifetime(directory) {}
    }

    // MARK: Containers

    @Test func `A container's service is asked with the token of the file`() async throws {
        let service = try ScriptedService(Self.document("ASIACONTAINER"))
        let directory = try TemporaryDirectory()
        try directory.write("Bearer abc\n", to: "token")
        let variables = [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": service.url + "/v1/credentials?a=b",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": directory.path("token"),
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "not this one",
        ]
        let found = try await CredentialsSource.container(of: SharedConfiguration { variables[$0] }).load()
        #expect(found?.accessKeyID == "ASIACONTAINER" && found?.sessionToken == "t" && found?.expiration != nil)
        let head = try #require(service.requests.first).lowercased()
        #expect(head.hasPrefix("get /v1/credentials?a=b http/1.1\r\n"))
        #expect(head.contains("\r\nauthorization: bearer abc\r\n") && head.contains("\r\naccept: application/json\r\n"))
    }

    @Test(arguments: [
        "https://credentials.example.org/a", "http://localhost:80/a", "http://127.3.4.5/a", "http://[::1]:8080/a",
        "http://169.254.170.2/a", "http://169.254.170.23/v1/credentials", "http://[fd00:ec2::23]/v1/credentials",
        "http://[FD00:EC2::23]:80/", "HTTPS://credentials.example.org",
    ])
    func `A container's service may be here, at AWS's addresses, or behind TLS`(_ url: String) throws {
        let variables = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": url]
        #expect(try ContainerCredentials(SharedConfiguration { variables[$0] }) != nil)
    }

    @Test(arguments: [
        "http://credentials.example.org/a", "http://169.254.169.254/a", "http://169.254.170.2.example.org/a",
        "http://127.0.0.1@example.org/a", "http://127.0.0.1:80@example.org/", "http://example.org#@localhost/",
        "http://example.org\\@localhost/", "http://localhost.example.org", "http://10.0.0.1", "http://[fd00:ec2::24]/",
        "http:///a", "http://", "ftp://localhost/", "localhost", "http://local host/",
    ])
    func `Another host is not asked without TLS`(_ url: String) {
        let variables = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": url]
        let error = #expect(throws: ConfigurationError.self) {
            try ContainerCredentials(SharedConfiguration { variables[$0] })
        }
        #expect(error?.description.contains("AWS_CONTAINER_CREDENTIALS_FULL_URI") == true)
    }

    @Test(arguments: ["relative", "//example.org/", "http://example.org/", "/with space"])
    func `A relative URI is a path`(_ path: String) throws {
        let variables = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": path]
        let configuration = SharedConfiguration { variables[$0] }
        // A path with two slashes is still one of AWS's host.
        guard !path.hasPrefix("/") || path.contains(" ") else { return _ = try ContainerCredentials(configuration) }
        #expect(throws: ConfigurationError.self) { try ContainerCredentials(configuration) }
    }

    @Test func `A container's refusal is an error that says what to check`() async throws {
        let service = try ScriptedService(ScriptedService.answer("401 Unauthorized", body: "hunter2"))
        let variables = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": service.url]
        let error = await #expect(throws: ConfigurationError.self) {
            try await CredentialsSource.container(of: SharedConfiguration { variables[$0] }).load()
        }
        let text = try #require(error).description
        #expect(text.contains("401") && text.contains("AUTHORIZATION_TOKEN") && !text.contains("hunter2"))
    }

    // MARK: Instances

    private static let role = ScriptedService.answer(body: "web-server\n")
    private static let token = ScriptedService.answer(body: "AQAEA")

    private static func instance(_ service: ScriptedService) -> SharedConfiguration {
        let variables = ["AWS_EC2_METADATA_SERVICE_ENDPOINT": service.url + "/", "HOME": "/nonexistent"]
        return SharedConfiguration { variables[$0] }
    }

    @Test func `An instance's role is found with a session token`() async throws {
        let service = try ScriptedService(Self.token, Self.role, Self.document("ASIAINSTANCE"))
        let found = try await CredentialsSource.standard(of: Self.instance(service), endpoint: nil).load()
        #expect(found?.accessKeyID == "ASIAINSTANCE" && found?.sessionToken == "t" && found?.expiration != nil)
        let heads = service.requests.map { $0.lowercased() }
        try #require(heads.count == 3)
        #expect(heads[0].hasPrefix("put /latest/api/token http/1.1\r\n"))
        #expect(heads[0].contains("\r\nx-aws-ec2-metadata-token-ttl-seconds: 21600\r\n"))
        #expect(heads[1].hasPrefix("get /latest/meta-data/iam/security-credentials/ http/1.1\r\n"))
        #expect(heads[2].hasPrefix("get /latest/meta-data/iam/security-credentials/web-server http/1.1\r\n"))
        #expect(heads[1...].allSatisfy { $0.contains("\r\nx-aws-ec2-metadata-token: aqaea\r\n") })
    }

    @Test func `An instance's credentials are kept until they are about to expire`() async throws {
        let service = try ScriptedService(Self.token, Self.role, Self.document("ASIA1"))
        let source = CredentialsSource.instanceMetadata(of: Self.instance(service))
        for _ in 0..<5 { #expect(try await source.load()?.accessKeyID == "ASIA1") }
        #expect(service.requests.count == 3)
        let again = try ScriptedService(Self.token, Self.role, Self.document("ASIA1"))
        let chain = CredentialsSource.standard(of: Self.instance(again), endpoint: nil)
        for _ in 0..<5 { #expect(try await chain.load()?.accessKeyID == "ASIA1") }
        #expect(again.requests.count == 3)
    }

    @Test func `An instance without a role is an error that says what to do`() async throws {
        let service = try ScriptedService(Self.token, ScriptedService.answer("404 Not Found"))
        let error = await #expect(throws: ConfigurationError.self) {
            try await CredentialsSource.standard(of: Self.instance(service), endpoint: nil).load()
        }
        #expect(error?.description.contains("attach a role") == true)
    }

    @Test func `Version 1 of the service is not used`() async throws {
        let service = try ScriptedService(ScriptedService.answer("403 Forbidden"), Self.role, Self.document("ASIA"))
        let error = await #expect(throws: ConfigurationError.self) {
            try await CredentialsSource.instanceMetadata(of: Self.instance(service)).load()
        }
        #expect(error?.description.contains("IMDSv2") == true && service.requests.count == 1)
    }

    @Test func `A service that is turned off is not asked`() async throws {
        let service = try ScriptedService(Self.token)
        let variables = [
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": service.url, "AWS_EC2_METADATA_DISABLED": "TRUE",
            "HOME": "/nonexistent",
        ]
        let configuration = SharedConfiguration { variables[$0] }
        for source in [
            CredentialsSource.standard(of: configuration, endpoint: nil),
            .instanceMetadata(of: configuration),
        ] {
            let error = await #expect(throws: ConfigurationError.self) { try await source.load() }
            #expect(error?.description.contains("AWS_EC2_METADATA_DISABLED") == true)
        }
        #expect(service.requests.isEmpty)
    }

    @Test(arguments: [
        (["class/dmi/id/sys_vendor": "Amazon EC2\n"], true), (["hypervisor/uuid": "ec2e1916-9099"], true),
        (["hypervisor/uuid": "EC2E1916-9099"], true), (["class/dmi/id/sys_vendor": "QEMU\n"], false), ([:], false),
    ])
    func `Only a machine that says so is an instance`(_ files: [String: String], _ isInstance: Bool) throws {
        let directory = try TemporaryDirectory()
        try directory.makeDirectory("class/dmi/id")
        try directory.makeDirectory("hypervisor")
        for (name, text) in files { try directory.write(text, to: name) }
        let machine = Machine(path: directory.path)
        #expect(machine.isInstance == isInstance)
        let metadata = try InstanceMetadata(SharedConfiguration { $0 == "HOME" ? "/nonexistent" : nil })
        #expect(metadata.isWorthAsking(machine) == isInstance)
    }

    // MARK: The order

    @Test func `Keys of the profile go before the container, and the container before the instance`() async throws {
        let container = try ScriptedService(Self.document("ASIACONTAINER"))
        let instance = try ScriptedService(Self.token, Self.role, Self.document("ASIAINSTANCE"))
        let variables = [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": container.url, "AWS_EC2_METADATA_SERVICE_ENDPOINT": instance.url,
        ]
        let (keyed, first) = try CredentialsTests.configuration(
            variables, "", "[default]\naws_access_key_id = AKIAFILE\naws_secret_access_key = s")
        #expect(try await CredentialsSource.standard(of: keyed, endpoint: nil).load()?.accessKeyID == "AKIAFILE")
        let (empty, second) = try CredentialsTests.configuration(variables, "[default]\nregion = eu-west-1", "")
        #expect(try await CredentialsSource.standard(of: empty, endpoint: nil).load()?.accessKeyID == "ASIACONTAINER")
        #expect(instance.requests.isEmpty)
        withExtendedLifetime((first, second)) {}
    }

    @Test func `A profile's role can be assumed with the container's credentials`() async throws {
        let container = try ScriptedService(Self.document("ASIACONTAINER"))
        let sts = try ScriptedService(ScriptedService.answer("403 Forbidden"))
        let (configuration, directory) = try CredentialsTests.configuration(
            ["AWS_CONTAINER_CREDENTIALS_FULL_URI": container.url],
            "[default]\nrole_arn = \(Self.roleARN)\ncredential_source = EcsContainer\nregion = us-east-1", "")
        await #expect(throws: S3Error.self) {
            try await CredentialsSource.standard(of: configuration, endpoint: sts.url).load()
        }
        #expect(sts.requests.first?.contains("ASIACONTAINER") == true)
        withExtendedLifetime(directory) {}
    }

    @Test(arguments: ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])
    func `A chosen profile that does not exist is an error, whatever else there is`(_ variable: String) async throws {
        let container = try ScriptedService(Self.document("ASIACONTAINER"))
        let (configuration, directory) = try CredentialsTests.configuration(
            [variable: "typo", "AWS_CONTAINER_CREDENTIALS_FULL_URI": container.url], "", "")
        let error = await #expect(throws: ConfigurationError.self) {
            try await CredentialsSource.standard(of: configuration, endpoint: nil).load()
        }
        #expect(error?.description.contains("there is no profile 'typo'") == true && container.requests.isEmpty)
        withExtendedLifetime(directory) {}
    }

    @Test func `If nothing is configured, the error lists what was tried`() async throws {
        let (configuration, directory) = try CredentialsTests.configuration([:], "", "")
        let error = await #expect(throws: ConfigurationError.self) {
            try await CredentialsSource.standard(of: configuration, endpoint: nil).load()
        }
        for text in [
            "no credentials", "AWS_ACCESS_KEY_ID", "the profile 'default' does not exist",
            "AWS_WEB_IDENTITY_TOKEN_FILE",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_EC2_METADATA_DISABLED",
        ] {
            #expect(error?.description.contains(text) == true, "\(text)")
        }
        withExtendedLifetime(directory) {}
    }

    @Test func `A service that cannot be reached ends the search with what was tried before`() async throws {
        let variables = ["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:1", "HOME": "/nonexistent"]
        let error = await #expect(throws: ConfigurationError.self) {
            try await CredentialsSource.standard(of: SharedConfiguration { variables[$0] }, endpoint: nil).load()
        }
        let text = try #require(error).description
        #expect(text.contains("no credentials") && text.contains("the instance metadata service cannot be reached"))
    }
}

extension SharedConfiguration {
    /// The same configuration with another value of a variable.
    fileprivate func replacing(_ name: String, _ value: String) -> SharedConfiguration {
        SharedConfiguration { $0 == name ? value : self[$0] }
    }
}
