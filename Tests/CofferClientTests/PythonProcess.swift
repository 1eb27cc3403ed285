import Foundation

/// A Python program of the environment of the foreign clients, which ends with this process: its input ends then.
final class PythonProcess: Sendable {
    private let process: Process
    private let input = Pipe()
    private let output = Pipe()

    /// - Throws: a sentence that says what to do where the environment is missing.
    init(_ program: String) throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
        let python = root.appending(path: ".venv/bin/python")
        guard FileManager.default.isExecutableFile(atPath: python.path) else {
            throw PythonMissing(description: "\(python.path) is missing: run scripts/environment, which makes it")
        }
        process = Process()
        process.executableURL = python
        process.arguments = ["-c", program]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    deinit { input.fileHandleForWriting.closeFile() }

    /// The next line of what the program prints; nil at its end.
    func line() -> String? {
        var bytes: [UInt8] = []
        while let byte = output.fileHandleForReading.readData(ofLength: 1).first {
            if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
        return nil
    }

    func send(_ text: String) { input.fileHandleForWriting.write(Data(text.utf8)) }
}

struct PythonMissing: Error, CustomStringConvertible {
    let description: String
}
