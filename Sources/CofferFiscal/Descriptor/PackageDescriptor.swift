import CofferModel

/// A descriptor as far as it could be understood; what could not is a finding and is left out.
struct PackageDescriptor: Sendable {
    var name: String?
    var title: String?
    var description: String?
    var countryCodes: [String] = []
    var fiscalPeriod: (start: String?, end: String?)
    private(set) var resources: [Resource] = []
    private var places: [ExactText: Int] = [:]
    var model: FiscalModel?
    var columnTypes = ColumnTaxonomy.standard
    var isFiscal = false

    /// The first resource of a name.
    func resource(_ name: String) -> Resource? { places[ExactText(name)].map { resources[$0] } }

    mutating func append(_ resource: Resource) {
        let name = ExactText(resource.name)
        if places[name] == nil { places[name] = resources.count }
        resources.append(resource)
    }

    mutating func setSchema(_ schema: TableSchema, ofResource index: Int) { resources[index].schema = schema }
}

/// A table of a package, or another file of it.
struct Resource: Sendable {
    /// Its place among the resources, from 0.
    let index: Int
    /// Its name, or what stands for it where it has none.
    let name: String
    var title: String?
    var content: Content = .none
    var format: String?
    var mediaType: String?
    /// What its files are.
    var storage = ResourceStorage.other
    /// Whether files at URLs are fetched.
    var isFetched = false
    var encoding = "utf-8"
    var dialect = CSVDialect()
    /// Whether the encoding and the dialect are ones that can be read.
    var isReadable = true
    var schema: TableSchema?
    var byteCount: Int64?
    var hash: ResourceHash?
    let node: DescriptorNode

    enum Content: Sendable {
        case none
        /// Files of the package, which are one table together.
        case paths([PackagePath])
        /// Files elsewhere.
        case urls([String])
        /// The table is in the descriptor.
        case inline(DescriptorNode)
    }

    /// Where its files are; empty for a table in the descriptor.
    var places: [FilePlace] {
        switch content {
        case .none, .inline: []
        case .paths(let paths): paths.map(FilePlace.path)
        case .urls(let urls): urls.map(FilePlace.url)
        }
    }

    /// How its rows are stored.
    var tableFormat: TableFormat {
        if case .table(let format) = storage { format } else { TableFormat() }
    }

    /// Whether its rows can be looked at: it is a table by what it says of itself, or by the name of its file.
    var isTable: Bool {
        switch content {
        case .none: return false
        case .inline(let node):
            return InlineTable.isTable(node) || schema != nil && node.value.array?.isEmpty == true
        case .paths: if case .table = storage { return true } else { return false }
        case .urls: if case .table = storage { return isFetched } else { return false }
        }
    }

    /// Why its rows are not looked at, though it is a table; completes a sentence. nil if they are, or if it is none.
    var unreadReason: String? {
        guard !isTable else { return nil }
        switch content {
        case .none: return nil
        case .inline: return schema == nil ? nil : "its data is no list of rows"
        case .paths: if case .unread(let reason) = storage { return reason } else { return nil }
        case .urls:
            if case .unread(let reason) = storage { return reason }
            return storage == .other || isFetched
                ? nil : "it is not in the package, and what is at URLs is fetched with --fetch only"
        }
    }

    var isRemote: Bool { if case .urls = content { true } else { false } }
}

/// The hash of a resource's file: bare MD5, or with the algorithm before it.
struct ResourceHash: Sendable, Equatable {
    let algorithm: String
    /// Lower-case hexadecimal digits.
    let digits: String

    init?(_ text: String) {
        // SHA-512 has 128 digits.
        guard text.utf8.count <= 256 else { return nil }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let digits = parts.last.map { $0.lowercased() } ?? ""
        guard !digits.isEmpty, digits.utf8.allSatisfy(Self.isDigit) else { return nil }
        if parts.count == 1, digits.utf8.count != 32 { return nil }
        algorithm = parts.count == 1 ? "md5" : parts[0].lowercased()
        self.digits = digits
        if algorithm.isEmpty { return nil }
    }

    /// In lower case.
    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
