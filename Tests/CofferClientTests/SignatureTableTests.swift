import CofferClient
import CofferModel
import CofferSigning
import Foundation
import Testing

/// What we sign is what botocore signs: the same requests, at the same time, with the same keys.
struct SignatureTableTests {
    private static let keys = S3Credentials(
        accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
    private static let time = Timestamp(seconds: 1_795_516_800)

    private struct Row: Codable {
        var method: String
        var url: String
        var headers: [String: String]
        var payload: String
        var token: String?
        var service = "s3"
        var region = "eu-central-1"
        /// Of a presigned request; nil for one that is signed in its header.
        var seconds: Int?
    }

    private static let rows = [
        Row(method: "GET", url: "https://s3.example.org/", headers: [:], payload: emptyHash),
        Row(
            method: "GET", url: "http://127.0.0.1:9000/bucket/a/b%20c/%C3%BC%2B%25.csv", headers: [:],
            payload: emptyHash),
        Row(method: "GET", url: "https://bucket.s3.example.org/a//b/./c/../d", headers: [:], payload: emptyHash),
        Row(
            method: "GET",
            url: "https://s3.example.org/bucket?list-type=2&prefix=a%2Fb%20c&delimiter=%2F&encoding-type=url",
            headers: [:], payload: emptyHash),
        Row(method: "GET", url: "https://s3.example.org/bucket?acl", headers: [:], payload: emptyHash),
        Row(method: "POST", url: "https://s3.example.org/bucket/k?uploads", headers: [:], payload: emptyHash),
        Row(
            method: "PUT", url: "https://s3.example.org/bucket/k",
            headers: [
                "content-type": "text/csv; charset=utf-8", "x-amz-meta-note": "two  spaces ",
                "x-amz-acl": "public-read",
                "x-amz-tagging": "a=b%20c&d=e", "if-none-match": "*", "x-amz-checksum-crc32": "NSRBwg==",
            ], payload: "UNSIGNED-PAYLOAD"),
        Row(
            method: "PUT", url: "https://s3.example.org/bucket/k?partNumber=1&uploadId=a.b_c~d-e", headers: [:],
            payload: "UNSIGNED-PAYLOAD", token: "token/with+signs=="),
        Row(
            method: "POST", url: "https://iam.example.org/",
            headers: ["content-type": "application/x-www-form-urlencoded; charset=utf-8"], payload: emptyHash,
            service: "iam", region: "us-east-1"),
        Row(
            method: "DELETE", url: "https://s3.example.org/b/k?versionId=3HL4kqtJlcpXroDTDmJ%2BrmSpXd3dIbrHY",
            headers: [:], payload: emptyHash),
        Row(method: "GET", url: "https://s3.example.org/bucket/k%C3%BC", headers: [:], payload: "", seconds: 3600),
        Row(
            method: "PUT", url: "https://s3.example.org/bucket/k", headers: ["content-type": "text/x"], payload: "",
            token: "token/with+signs==", seconds: 60),
        Row(
            method: "GET",
            url: "https://s3.example.org/bucket/k?response-content-disposition=attachment%3B%20a&versionId=x",
            headers: [:], payload: "", seconds: 604_800),
    ]

    private static let emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    /// Botocore signs each row, its clock set, and prints the signature.
    private static let program = """
        import datetime, json, sys
        from urllib.parse import parse_qs, urlsplit
        import botocore.auth, botocore.compat
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials
        rows, access, secret, seconds = json.loads(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
        moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
        class Clock(datetime.datetime):
            @classmethod
            def utcnow(cls): return moment.replace(tzinfo=None)
            @classmethod
            def now(cls, tz=None): return moment if tz else moment.replace(tzinfo=None)
        botocore.auth.get_current_datetime = lambda remove_tzinfo=True: (
            moment.replace(tzinfo=None) if remove_tzinfo else moment)
        signatures = []
        for row in rows:
            credentials = Credentials(access, secret, row.get("token"))
            request = AWSRequest(row["method"], row["url"], headers=row["headers"])
            if row.get("seconds"):
                auth = botocore.auth.S3SigV4QueryAuth(credentials, row["service"], row["region"], row["seconds"])
            else:
                class Auth(botocore.auth.S3SigV4Auth):
                    def payload(self, request): return row["payload"]
                auth = Auth(credentials, row["service"], row["region"])
            auth.add_auth(request)
            if row.get("seconds"):
                signatures.append(parse_qs(urlsplit(request.url).query)["X-Amz-Signature"][0])
            else:
                signatures.append(request.headers["Authorization"].rsplit("Signature=", 1)[1])
        print(json.dumps(signatures))
        """

    @Test func `Our signatures are botocore's`() async throws {
        let rows = String(decoding: try JSONEncoder().encode(Self.rows), as: UTF8.self)
        let output = try await Commands.run(
            "python",
            ["-c", Self.program, rows, Self.keys.accessKeyID, Self.keys.secretAccessKey, String(Self.time.seconds)])
        let theirs = try JSONDecoder().decode([String].self, from: Data(output.utf8))
        #expect(theirs.count == Self.rows.count)
        for (row, signature) in zip(Self.rows, theirs) {
            #expect(Self.sign(row) == signature, "\(row.method) \(row.url)")
        }
    }

    private static func sign(_ row: Row) -> String? {
        let parts = row.url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        let rest = parts[2].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let target = rest[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var request = SignableRequest(
            method: row.method, path: "/" + target[0], query: target.count > 1 ? String(target[1]) : "",
            headers: [("host", String(rest[0]))] + row.headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        let signer = V4Signer(credentials: keys.keys, region: row.region, service: row.service)
        if let seconds = row.seconds {
            if let token = row.token {
                request.query += (request.query.isEmpty ? "" : "&") + "X-Amz-Security-Token="
                request.query += PercentEncoding.encode(token.utf8)
            }
            return signer.presign(request, seconds: seconds, at: time).query.components(separatedBy: "X-Amz-Signature=")
                .last
        }
        if let token = row.token { request.headers.append(("x-amz-security-token", token)) }
        return signer.sign(request, payloadHash: row.payload, at: time).header("authorization")?
            .components(separatedBy: "Signature=").last
    }
}
