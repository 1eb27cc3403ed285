import CofferModel
import Testing

struct ContentTypesTests {
    @Test(
        arguments: [
            ("a.csv", "text/csv"), ("dir.json/A.TSV", "text/tab-separated-values"),
            ("x/datapackage.json", "application/json"),
            ("a.tar.gz", "application/gzip"), ("map.geojson", "application/geo+json"), ("a.unknown", nil), ("csv", nil),
            ("", nil), ("a.csv/", "text/csv"), (".csv", "text/csv"), ("a.", nil),
        ] as [(String, String?)])
    func `A file's type follows from the ending of its name`(path: String, type: String?) {
        #expect(ContentTypes.type(of: path) == type)
    }
}
