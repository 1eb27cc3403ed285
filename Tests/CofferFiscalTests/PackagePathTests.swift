import Testing

@testable import CofferFiscal

/// Data Package, "Data Resource", the security note of "URL or Path".
struct PackagePathTests {
    @Test(arguments: [
        "a.csv", "data/a.csv", "data/2016 T0753.3 Izvoz (GIFT) ver. 3.csv", "перевірка.csv", "a+b&c=d,e.csv", "__x.csv",
        "a..b/c..csv", "100%.csv", "a%zz.csv", "a%20b.csv", "data/a:b.csv", String(repeating: "a", count: 1024),
    ])
    func `A path below the package is taken as it is`(path: String) throws {
        #expect(try PackagePath(path).description == path)
    }

    @Test(arguments: [
        "", "/etc/passwd", "//host/a.csv", "../a.csv", "data/../../a.csv", "data/..", "..", ".", "./a.csv",
        ".git/config",
        "data/.hidden", "data//a.csv", "data/", "~/a.csv", "~root/a.csv", "data\\..\\a.csv", "C:\\a.csv", "c:a.csv",
        "file:///etc/passwd", "ftp://host/a.csv", "s3://bucket/a.csv", "http://host/a.csv", "data:text/csv,a",
        "a\0.csv",
        "a\n.csv", "a\u{7F}.csv", "%2e%2e/a.csv", "data/%2E%2E/a.csv", "%2fetc/passwd", "data%2f..%2fa.csv", "a%00.csv",
        "%252e%252e/a.csv", "%" + String(repeating: "25", count: 5) + "41.csv", "data/%5c..%5ca.csv", "%7Eroot/a.csv",
        String(repeating: "a", count: 1025),
    ])
    func `A path that leads elsewhere is refused`(path: String) {
        #expect(throws: PackagePath.Fault.self) { try PackagePath(path) }
    }
}
