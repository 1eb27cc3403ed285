import CofferModel
import Testing

struct PostFormTests {
    @Test func `Names are the same in any case, and values of one name are joined`() {
        let form = PostForm(
            [("Key", "k"), ("x-amz-meta-tag", "Ninja"), ("KEY-2", ""), ("X-Amz-Meta-Tag", "Stallman")], filename: nil)
        #expect(form.fields.map(\.name) == ["key", "x-amz-meta-tag", "key-2"])
        #expect(form["kEy"] == "k" && form["Key-2"] == "" && form["file"] == nil)
        #expect(form["x-amz-meta-tag"] == "Ninja,Stallman")
    }

    @Test(
        arguments: [
            ("user/${filename}", "a.txt", "user/a.txt"), ("${filename}", "/dir/a.txt", "a.txt"),
            ("${filename}", #"C:\Program Files\dir\file.txt"#, "file.txt"), ("${filename}", #"a/b\c"#, "c"),
            ("${filename}", "dir/", ""), ("x${filename}y${filename}", "a", "xaya"),
            ("x${filename}", nil, "x${filename}"),
            ("x${filename}", "", "x"), ("${filename}", "${filename}", "${filename}"),
            ("${Filename}$", "a", "${Filename}$"),
            ("${filename}\u{301}", "a", "a\u{301}"), ("ü/${filename}", "ß.txt", "ü/ß.txt"), ("$${filename}", "a", "$a"),
        ] as [(String, String?, String)])
    func `The file's name takes the place of its variable`(value: String, filename: String?, expanded: String) {
        let form = PostForm([("key", value), ("success_action_redirect", "/?f=\(value)")], filename: filename)
        #expect(form["key"] == expanded)
        #expect(form["success_action_redirect"] == "/?f=\(expanded)")
    }

    @Test func `A field that must be there is asked for by name`() throws {
        let form = PostForm([("KEY", "k")], filename: nil)
        #expect(try form.required("key") == "k")
        let error = #expect(throws: S3Error.self) { try form.required("policy") }
        #expect(error?.code == .invalidArgument)
        #expect(
            error?.message
                == "Bucket POST must contain a field named 'policy'.  If it is specified, please check the order of the "
                + "fields.")
        #expect(error?.details.map { "\($0.name)=\($0.value)" } == ["ArgumentName=policy", "ArgumentValue="])
    }

    @Test(arguments: [
        ("", "\"\""), ("a/b", "\"a/b\""), ("\"\\\"", #""\"\\\"""#), ("\n\u{1F}\u{10}", #""\u000a\u001f\u0010""#),
        ("ü\u{301}😀", "\"ü\u{301}😀\""),
    ])
    func `Text is quoted as JSON`(text: String, quoted: String) throws {
        #expect(JSONValue.quoted(text) == quoted)
        #expect(try JSONValue(document: Array(quoted.utf8)).string == text)
    }
}
