import CofferModel

/// A table or another file of a package.
struct Resource: Sendable {
    /// The index among the resources, from 0.
    let index: Int
    /// The name, or a placeholder if the resource has none.
    let name: String
    var title: String?
    var content: Content = .none
    var format: String?
    var mediaType: String?
    /// The kind of the files.
    var storage = ResourceStorage.other
    /// Whether files at URLs are fetched.
    var isFetched = false
    var encoding = "utf-8"
    var dialect = CSVDialect()
    /// Whether the encoding and the dialect are supported.
    var isReadable = true
    var schema: TableSchema?
    var byteCount: Int64?
    var hash: ResourceHash?
    let node: DescriptorNode

    enum Content: Sendable {
        case none
        /// Files of the package, which together form one table.
        case paths([PackagePath])
        /// Files elsewhere.
        case urls([String])
        /// A table in the descriptor.
        case inline(DescriptorNode)
    }

    /// The locations of the files; empty for a table in the descriptor.
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

    /// Whether the rows can be checked: the resource is a table according to its properties, or to its file's name.
    var isTable: Bool {
        switch content {
        case .none: return false
        case .inline(let node):
            return InlineTable.isTable(node) || schema != nil && node.value.array?.isEmpty == true
        case .paths: if case .table = storage { return true } else { return false }
        case .urls: if case .table = storage { return isFetched } else { return false }
        }
    }

    /// Why the rows of a table are not checked, as the end of a sentence; nil if they are, or if it is not a table.
    var unreadReason: String? {
        guard !isTable else { return nil }
        switch content {
        case .none: return nil
        case .inline: return schema == nil ? nil : "its data is not a list of rows"
        case .paths: if case .unread(let reason) = storage { return reason } else { return nil }
        case .urls:
            if case .unread(let reason) = storage { return reason }
            return storage == .other || isFetched
                ? nil : "it is not in the package: use --fetch to fetch it"
        }
    }

    var isRemote: Bool { if case .urls = content { true } else { false } }
}

/// The hash of a resource's file: a bare MD5, or digits after the name of the algorithm.
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

    /// Accepts lower-case digits only.
    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
