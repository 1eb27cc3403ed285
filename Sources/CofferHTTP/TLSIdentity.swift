import CMicrohttpd

/// A certificate chain and its private key.
package final class TLSIdentity: Sendable {
    /// The certificate as the text of a PEM file, as libmicrohttpd takes it; so is the key.
    let certificate: String
    let key: String
    /// Never changed after initialisation, so several threads may read it during their handshakes.
    nonisolated(unsafe) private let credentials: gnutls_certificate_credentials_t

    /// TLS 1.3 and 1.2 with ephemeral key exchange and authenticated encryption only.
    ///
    /// Source: RFC 9325, "Recommendations for Secure Use of TLS and DTLS", sections 3.1.1 and 4.2; the manual of GnuTLS,
    /// "Priority strings".
    static let priorities =
        "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:"
        + "-CIPHER-ALL:+AES-256-GCM:+CHACHA20-POLY1305:+AES-128-GCM:-MAC-ALL:+AEAD:%SERVER_PRECEDENCE"

    /// - Throws: ``HTTPServerError`` if either is not PEM, or they do not belong together.
    package init(certificate: String, key: String) throws(HTTPServerError) {
        var made: gnutls_certificate_credentials_t?
        guard gnutls_certificate_allocate_credentials(&made) == GNUTLS_E_SUCCESS, let credentials = made else {
            throw HTTPServerError("GnuTLS has no memory for a certificate")
        }
        let status = Self.load(certificate, key, into: credentials)
        guard status == GNUTLS_E_SUCCESS else {
            gnutls_certificate_free_credentials(credentials)
            throw HTTPServerError(
                "the TLS certificate and key must be PEM and belong together: "
                    + String(cString: gnutls_strerror(status)))
        }
        self.certificate = certificate
        self.key = key
        self.credentials = credentials
    }

    deinit { gnutls_certificate_free_credentials(credentials) }

    /// - Returns: whether the credentials were set for a connection that has not begun its handshake; they must then be
    ///   kept until the connection has ended.
    func use(for connection: OpaquePointer) -> Bool {
        coffer_use_credentials(connection, credentials) == GNUTLS_E_SUCCESS
    }

    private static func load(
        _ certificate: String, _ key: String, into credentials: gnutls_certificate_credentials_t
    ) -> Int32 {
        withDatum(certificate) { certificate in
            withDatum(key) { key in
                gnutls_certificate_set_x509_key_mem(credentials, certificate, key, GNUTLS_X509_FMT_PEM)
            }
        }
    }

    private static func withDatum(_ text: String, _ body: (UnsafePointer<gnutls_datum_t>) -> Int32) -> Int32 {
        var text = text
        return text.withUTF8 { bytes in
            let data = UnsafeMutablePointer(mutating: bytes.baseAddress)
            var datum = gnutls_datum_t(data: data, size: UInt32(bytes.count))
            return body(&datum)
        }
    }
}
