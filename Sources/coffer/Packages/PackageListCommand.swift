import CofferFiscal

/// `coffer package list`: which packages there are in a directory or a bucket.
enum PackageListCommand {
    static let command = Command(
        name: "package list", operands: "DIRECTORY|s3://BUCKET/PREFIX", operandCount: 1...1,
        summary: "tell which packages there are", options: PackageCommands.options, run: run)

    @Sendable private static func run(_ options: Options) async throws -> ExitCode {
        let place = options.operands[0]
        guard !place.hasPrefix("http://"), !place.hasPrefix("https://") else {
            throw UsageError(
                "a web server does not list what it has; give a directory or s3://", command: command.name)
        }
        var table = Table(columns: ["location", "name", "resources", "title"])
        for source in try await sources(place, options) { table.rows.append(await row(source)) }
        table.print(asJSON: options.isGiven("json"))
        return .success
    }

    private static func sources(_ place: String, _ options: Options) async throws -> [any PackageSource] {
        guard S3URL.isOne(place) else { return try PackageDirectory(place).packages().map { DirectorySource($0) } }
        let (client, bucket) = try PackageCommands.bucket(place, options, of: command)
        return try await bucket.packages(client).map { BucketSource(client, try BucketPlace($0)) }
    }

    private static func row(_ source: any PackageSource) async -> [String?] {
        do throws(DerivationError) {
            let package = try await PackageOverview(of: source)
            return [source.location, package.name, String(package.resources.count), package.title]
        } catch {
            return [source.location, nil, nil, "cannot be read: \(error.description)"]
        }
    }
}

extension PackageDirectory {
    /// The directories below it, or itself, that have a descriptor.
    fileprivate func packages() throws -> [String] {
        let descriptor = PackagePath.descriptor.description
        return try files().map(\.description).filter { $0 == descriptor || $0.hasSuffix("/\(descriptor)") }.map {
            file in
            let below = file.dropLast(descriptor.utf8.count)
            return below.isEmpty ? path : "\(path)/\(below.dropLast())"
        }
    }
}
