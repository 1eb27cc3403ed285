private import Glibc

/// Checks that a head can be read in only one way: that it consists, byte for byte, of the lines that were found in it.
///
/// libmicrohttpd 0.9.75 parses some heads in its own way: it drops the value of a field that is folded over two lines,
/// ends the head at a line that begins with a colon, and accepts a bare line feed as the end of a line and a NUL as the
/// end of a value. A proxy in front of it may read the same bytes as a different request. libmicrohttpd splits a head
/// in the memory in which it was received, so in a head without any of these every line begins two bytes after the end
/// of the previous one.
///
/// Source: RFC 9112, sections 2.2, 5 and 11.2.
struct HeadLayout {
    private let start: UnsafePointer<CChar>
    /// Where the next line must begin.
    private var next: UnsafePointer<CChar>
    private var isContiguous: Bool

    /// - Parameters:
    ///   - method: as libmicrohttpd keeps it, at the beginning of the request line.
    ///   - targetByteCount: the length of the target, up to its end or a NUL in it.
    ///   - version: at the end of the request line.
    init(method: UnsafePointer<CChar>, targetByteCount: Int, version: UnsafePointer<CChar>) {
        start = method
        isContiguous = version == method + strlen(method) + 1 + targetByteCount + 1
        next = version + strlen(version) + 2
    }

    /// Adds a field, in the order of the head. White space before its value may have any length.
    mutating func add(name: UnsafePointer<CChar>, value: UnsafePointer<CChar>) {
        isContiguous = isContiguous && name == next && value >= name + strlen(name) + 1
        next = value + strlen(value) + 2
    }

    /// - Parameter byteCount: the length of the complete head, including the empty line at its end.
    func isUnambiguous(byteCount: Int) -> Bool { isContiguous && start + byteCount == next + 2 }
}
