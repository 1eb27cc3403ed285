import CofferFiscal
import CofferModel

/// `coffer package list`: the packages in a directory or a bucket.
enum PackageListCommand {
    static let command = Command(
        name: "package list", operands: "DIRECTORY|s3://BUCKET/PREFIX",
        summary: "List the packages in a directory or bucket", options: PackageCommands.options, run: run)

    @Sendable private static func run(_ options: Options) async throws -> ExitCode {
        let place = options.operands[0]
        guard !place.hasPrefix("http://"), !place.hasPrefix("https://") else {
            throw options.usage("a web server cannot be listed: give a directory or an s3:// URL")
        }
        var packages: [ListedPackage] = []
        for source in try await sources(place, options) { packages.append(await ListedPackage(source)) }
        if options.wantsJSON {
            print(JSONText.list(packages.map(\.json)).text)
        } else {
            let rows = packages.map { [$0.location, $0.name, $0.resourceCount.map(String.init), $0.title] }
            Table(columns: ["location", "name", "resources", "title"], rows: rows).print(asJSON: false)
        }
        return .success
    }

    private static func sources(_ place: String, _ options: Options) async throws -> [any PackageSource] {
        guard S3URL.isOne(place) else { return try PackageDirectory(place).packages().map { DirectorySource($0) } }
        let (client, bucket) = try PackageCommands.bucket(place, options)
        return try await bucket.packages(client).map { BucketSource(client, try BucketPlace($0)) }
    }
}

/// What the list shows of a package; if it cannot be read, the title says why.
private struct ListedPackage {
    let location: String
    var name: String?
    var resourceCount: Int?
    var title: String?

    init(_ source: any PackageSource) async {
        location = source.location
        do throws(PackageError) {
            let package = try await PackageOverview(of: source)
            (name, resourceCount, title) = (package.name, package.resources.count, package.title)
        } catch {
            title = "cannot be read: \(error.description)"
        }
    }

    var json: JSONText {
        .object([
            ("location", .string(location)), ("name", JSONText(name)),
            ("resources", resourceCount.map { .number($0) } ?? .null), ("title", JSONText(title)),
        ])
    }
}

extension PackageDirectory {
    /// Returns the directories below it, or itself, that have a descriptor.
    fileprivate func packages() throws -> [String] {
        var found: [String] = []
        for file in try files() where PackagePath.descriptors.contains(where: { file.parts.last == $0.description }) {
            let below = file.parts.dropLast().joined(separator: "/")
            // A directory may have a JSON and a YAML descriptor.
            if found.last != below { found.append(below) }
        }
        return found.map { $0.isEmpty ? path : "\(path)/\($0)" }
    }
}
