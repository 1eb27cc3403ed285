import CofferClient
import CofferModel
import CofferTransfer

/// `coffer tree`: the contents of a bucket, drawn as a tree.
enum TreeCommand {
    static let command = Command(
        name: "tree", operands: "s3://BUCKET[/PREFIX/]",
        summary: "Draw folders and objects below a prefix as a tree",
        options: [
            Option("depth", "N", help: "draw at most N levels"),
            Option("sizes", help: "show the size of each object"),
        ] + Connection.options,
        isInterruptible: true, run: run)

    private static func run(_ options: Options) async throws -> ExitCode {
        let (store, prefix) = try options.location()
        let depth = try options.number("depth", in: 1...1024) ?? 1024
        var tree = Tree(
            store: store, showsSizes: options.isGiven("sizes"), asJSON: options.wantsJSON)
        try await store.naming { try await tree.draw(prefix, depth: depth) }
        return .success
    }
}

private struct Tree {
    let store: Store
    let showsSizes: Bool
    let asJSON: Bool
    private var folderCount = 0
    private var objectCount = 0

    init(store: Store, showsSizes: Bool, asJSON: Bool) {
        (self.store, self.showsSizes, self.asJSON) = (store, showsSizes, asJSON)
    }

    mutating func draw(_ prefix: String, depth: Int) async throws {
        let prefix = prefix.isEmpty || prefix.hasSuffix("/") ? prefix : prefix + "/"
        let name = store.url(Array(prefix.utf8))
        if asJSON {
            try write("{\"Prefix\":\(JSONText.string(prefix).text),\"Contents\":")
            try await drawJSON(prefix, depth: depth)
            try write("}\n")
        } else {
            try write(printable(name) + "\n")
            try await drawLines(prefix, indent: "", depth: depth)
            try write("\n\(folderCount) folders, \(objectCount) objects\n")
        }
        try StandardOutput.shared.flush()
    }

    /// Draws the entries of a folder, with one page of each level in memory. It reads one entry ahead, because the last
    /// one is drawn differently.
    private mutating func drawLines(_ prefix: String, indent: String, depth: Int) async throws {
        var entries = self.entries(prefix)
        var next = try await entries.next()
        while let entry = next {
            next = try await entries.next()
            let isLast = next == nil
            try write("\(indent)\(isLast ? "└── " : "├── ")\(label(entry, prefix))\n")
            guard case .commonPrefix(let folder) = entry else {
                objectCount += 1
                continue
            }
            folderCount += 1
            if depth > 1 {
                try await drawLines(folder, indent: indent + (isLast ? "    " : "│   "), depth: depth - 1)
            }
        }
    }

    private mutating func drawJSON(_ prefix: String, depth: Int) async throws {
        var entries = self.entries(prefix)
        var separator = "["
        while let entry = try await entries.next() {
            switch entry {
            case .object(let object):
                try write(
                    "\(separator)\n{\"Key\":\(JSONText.string(object.key.description).text),"
                        + "\"Size\":\(object.byteCount)}")
            case .commonPrefix(let folder):
                try write("\(separator)\n{\"Prefix\":\(JSONText.string(folder).text)")
                if depth > 1 {
                    try write(",\"Contents\":")
                    try await drawJSON(folder, depth: depth - 1)
                }
                try write("}")
            }
            separator = ","
        }
        try write(separator == "[" ? "[]" : "]")
    }

    /// Returns the entries of a folder, without the object that marks the folder itself.
    private func entries(_ prefix: String) -> Listing<ListedEntry<ListedObject>>.AsyncIterator {
        let start = try? ObjectKey(prefix)  // A key is never empty: the bucket itself has no such object.
        return store.client.listEntries(bucket: store.bucket, prefix: prefix, startAfter: start).makeAsyncIterator()
    }

    private func label(_ entry: ListedEntry<ListedObject>, _ prefix: String) -> String {
        switch entry {
        case .commonPrefix(let folder): return printable(Self.rest(Array(folder.utf8), prefix))
        case .object(let object):
            let size = showsSizes ? " (\(ByteCounts.text(object.byteCount)))" : ""
            return printable(Self.rest(object.key.bytes, prefix)) + size
        }
    }

    private static func rest(_ key: [UInt8], _ prefix: String) -> String {
        String(decoding: key.dropFirst(prefix.utf8.count), as: UTF8.self)
    }

    private func write(_ text: String) throws {
        try StandardOutput.shared.write(Array(text.utf8), isLast: false)
    }
}
