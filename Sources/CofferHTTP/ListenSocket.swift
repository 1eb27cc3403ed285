import CMicrohttpd
import Glibc

/// The listening socket: opened here, so that we control its address and its error messages.
enum ListenSocket {
    static func open(address: String, port: UInt16) throws(HTTPServerError) -> Int32 {
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(address, String(port), &hints, &list) == 0, let found = list?.pointee else {
            throw HTTPServerError("\(address) is not an IPv4 or IPv6 address")
        }
        defer { freeaddrinfo(list) }
        let descriptor = socket(found.ai_family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure("open a socket for", address, port) }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        let flags = fcntl(descriptor, F_GETFL)
        guard bind(descriptor, found.ai_addr, found.ai_addrlen) == 0, listen(descriptor, 1024) == 0,
            fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0
        else {
            let error = failure("listen on", address, port)
            close(descriptor)
            throw error
        }
        return descriptor
    }

    static func port(of descriptor: Int32) -> UInt16 {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutableBytes(of: &storage) { bytes in
            getsockname(descriptor, bytes.bindMemory(to: sockaddr.self).baseAddress, &length)
        }
        precondition(status == 0, "a listening socket has a name")
        return withUnsafeBytes(of: storage) { bytes in
            // The port is at the same offset in IPv4 and IPv6 addresses.
            UInt16(bigEndian: bytes.bindMemory(to: sockaddr_in.self)[0].sin_port)
        }
    }

    /// Returns a peer's address as numeric text, without its port.
    static func text(of address: UnsafePointer<sockaddr>) -> String {
        let length =
            Int32(address.pointee.sa_family) == AF_INET6
            ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        guard getnameinfo(address, socklen_t(length), &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0 else {
            return "-"
        }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private static func failure(_ action: String, _ address: String, _ port: UInt16) -> HTTPServerError {
        HTTPServerError("cannot \(action) \(address) port \(port): \(String(cString: strerror(errno)))")
    }
}
