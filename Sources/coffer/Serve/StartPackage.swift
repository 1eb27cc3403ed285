import CofferClient
import CofferFiscal
import CofferServer
import Glibc

/// A data package that `serve` publishes in the Datastore's bucket when it starts: `--publish DIRECTORY=PREFIX`.
struct StartPackage: Sendable {
    private let directory: String
    private let place: BucketPlace
    /// The key of its descriptor.
    var descriptor: String { "\(place.prefix)datapackage.json" }

    static func all(_ options: Options) throws -> [StartPackage] {
        try options.all("publish").map { try StartPackage($0, options) }
    }

    private init(_ text: String, _ options: Options) throws {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, let bucket = options["bucket"] else {
            throw options.usage("--publish \(text): the form is DIRECTORY=PREFIX, such as budget=demo/budget")
        }
        guard let names = opendir(parts[0]) else {
            throw options.usage(
                "--publish \(text): cannot read the directory \(parts[0]): \(String(cString: strerror(errno)))")
        }
        closedir(names)
        directory = parts[0]
        do {
            place = try BucketPlace("s3://\(bucket)/\(parts[1])")
        } catch let fault as PackagePath.Fault {
            throw options.usage("--publish \(text): \(parts[1]) cannot be a prefix, because \(fault.reason)")
        }
    }

    /// Publishes the package. It stays if it is already there, and replaces an older state of itself, but no other
    /// package.
    func publish(to server: RunningServer, region: String) async throws {
        var clientOptions = ClientOptions()
        clientOptions.transport = InProcessTransport(server)
        let client = try S3Client(
            endpoint: InProcessTransport.endpoint, region: region,
            credentials: .keys(
                accessKeyID: server.rootKeys.accessKeyID, secretAccessKey: server.rootKeys.secretAccessKey),
            options: clientOptions)
        do throws(PublicationError) {
            _ = try await Publication(DirectorySource(directory), to: place, client).publish()
        } catch {
            // The report of a check that was cancelled says nothing about the package.
            try Task.checkCancellation()
            if case .invalid(let report) = error { printError(report.text) }
            throw ServerError("cannot publish \(directory): \(Self.reason(error))")
        }
    }

    private static func reason(_ error: PublicationError) -> String {
        switch error {
        case .invalid: "\(error): correct them, or publish it later with 'coffer package publish --allow-invalid'"
        case .occupied(let location, _): "\(location) already contains another package: use another prefix"
        case .source, .service: "\(error)"
        }
    }
}
