import CofferTestSupport
import Foundation
import Synchronization
import Testing

/// Runs other programs by way of one Python process.
///
/// A process that this one starts holds its sockets for a moment, those too on which a test's server has just ceased to
/// listen: other tests look whether it has.
final class Commands: Sendable {
    private static let shared = Task { try await offPool { try Commands() } }

    private let runner: Mutex<PythonProcess>

    private init() throws {
        runner = Mutex(
            try PythonProcess(
                """
                import json, subprocess, sys
                for line in sys.stdin:
                    command = json.loads(line)
                    command[0] = sys.executable if command[0] == "python" else command[0]
                    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True)
                    output = done.stdout.decode(errors="replace")
                    if done.returncode: print(done.stderr.decode(errors="replace"), file=sys.stderr)
                    print(json.dumps({"status": done.returncode, "output": output}), flush=True)
                """))
    }

    private struct Answer: Decodable {
        let status: Int
        let output: String
    }

    /// Runs a program to its end and returns what it prints; `python` is that of the environment.
    static func run(_ program: String, _ arguments: [String]) async throws -> String {
        let commands = try await shared.value
        let line = String(decoding: try JSONEncoder().encode([program] + arguments), as: UTF8.self)
        let answer = try await offPool {
            let text = commands.runner.withLock { runner in
                runner.send(line + "\n")
                return runner.line()
            }
            return try JSONDecoder().decode(Answer.self, from: Data(try #require(text).utf8))
        }
        try #require(answer.status == 0, "\(program) failed")
        return answer.output
    }
}
