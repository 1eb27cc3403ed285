import CofferTestSupport
import Foundation
import Testing

@testable import CofferService

/// Lines of requests, which are written together under load.
struct LogOutputTests {
    private let directory: TemporaryDirectory
    private let file: LogFile
    private let output: LogOutput

    init() throws {
        directory = try TemporaryDirectory()
        file = try LogFile(path: directory.path("log"))
        output = LogOutput(descriptor: file.descriptor)
    }

    private var lines: [String] {
        get throws {
            String(decoding: try directory.bytes("log"), as: UTF8.self).split(separator: "\n").map(String.init)
        }
    }

    @Test func `The first line is written at once, and those after it soon`() async throws {
        output.append(Array("first\n".utf8))
        #expect(try lines == ["first"])
        for number in 1...100 { output.append(Array("\(number)\n".utf8)) }
        let expected = ["first"] + (1...100).map(String.init)
        for _ in 0..<1000 where try lines != expected { try await Task.sleep(for: .milliseconds(10)) }
        #expect(try lines == expected)
        // The time in which lines are held is over.
        try await Task.sleep(for: .milliseconds(50))
        output.append(Array("last\n".utf8))
        #expect(try lines == expected + ["last"])
    }

    @Test func `What must not wait is written after the lines before it`() throws {
        for number in 1...5 { output.append(Array("\(number)\n".utf8)) }
        output.write(Array("warning\n".utf8))
        #expect(try lines == ["1", "2", "3", "4", "5", "warning"])
        output.append(Array("6\n".utf8))
        output.flush()
        #expect(try lines.last == "6")
    }

    @Test func `Lines of several threads are whole, and those of each in order`() async throws {
        let text = String(repeating: "x", count: 200)
        await withTaskGroup { group in
            for thread in 0..<4 {
                group.addTask { [output] in
                    for number in 0..<5000 { output.append(Array("\(thread) \(number) \(text)\n".utf8)) }
                }
            }
        }
        output.flush()
        var next = [0, 0, 0, 0]
        for line in try lines {
            let words = line.split(separator: " ")
            let thread = try #require(Int(words[0]))
            #expect(words.count == 3 && words[1] == "\(next[thread])" && words[2] == text)
            next[thread] += 1
        }
        #expect(next == [5000, 5000, 5000, 5000])
    }
}
