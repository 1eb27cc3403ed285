import CofferHTTP
import CofferService
import Glibc

extension ServerConfiguration {
    /// Reads the current certificate and key from their files; nil for a server without TLS.
    func tlsIdentity() throws(ServerError) -> TLSIdentity? {
        guard let tls else { return nil }
        let certificate = try Self.text(of: tls.certificateFile)
        let key = try Self.text(of: tls.keyFile)
        do throws(HTTPServerError) {
            return try TLSIdentity(certificate: certificate, key: key)
        } catch {
            throw ServerError("\(tls.certificateFile), \(tls.keyFile): \(error)")
        }
    }

    private static func text(of path: String) throws(ServerError) -> String {
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        guard let file = fopen(path, "re") else { throw failure(path) }
        defer { fclose(file) }
        let count = fread(&bytes, 1, bytes.count, file)
        guard ferror(file) == 0 else { throw failure(path) }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    private static func failure(_ path: String) -> ServerError {
        ServerError("cannot read \(path): \(String(cString: strerror(errno)))")
    }
}
