import CofferClient
import CofferModel
import Glibc

/// Returns a variable of the environment; nil for an empty one.
func environment(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
}

/// Reads a file.
///
/// - Parameter mebibytes: the size limit.
/// - Throws: ``FileError`` or ``CommandError``, which name the file, also if it is longer than the limit.
func bytes(ofFile path: String, upTo mebibytes: Int = 1) throws -> [UInt8] {
    guard let file = fopen(path, "re") else { throw FileError(path) }
    defer { fclose(file) }
    let byteLimit = mebibytes << 20
    var buffer = [UInt8](repeating: 0, count: byteLimit + 1)
    let count = fread(&buffer, 1, buffer.count, file)
    guard ferror(file) == 0 else { throw FileError(path) }
    guard count <= byteLimit else { throw CommandError("\(printable(path)) is longer than \(mebibytes) MiB") }
    return Array(buffer.prefix(count))
}

/// Reads a file with ``bytes(ofFile:upTo:)`` and parses it as JSON.
func json(ofFile path: String) throws -> JSONValue {
    let document = try bytes(ofFile: path)
    do throws(JSONFault) {
        return try JSONValue(document: document)
    } catch {
        throw CommandError("\(printable(path)) is not JSON: \(error)")
    }
}
