import Testing

@testable import CofferHTTP
@testable import CofferService

struct DocumentBudgetTests {
    private let budget = DocumentBudget(byteLimit: 1000)

    private func document(_ network: String, _ key: String = "", holding byteCount: Int = 0) -> HeldDocument {
        let document = budget.document(of: DocumentBudget.Holder(network: network, accessKeyID: key))
        if byteCount > 0 { #expect(append(byteCount, to: document)) }
        return document
    }

    private func append(_ byteCount: Int, to document: HeldDocument) -> Bool {
        document.append([UInt8](repeating: 1, count: byteCount).span)
    }

    @Test func `A new document is accepted, and the oldest one of the largest holder is dropped`() {
        let other = document("b", "root", holding: 100)
        let attack = (0..<9).map { _ in document("a", "mallory", holding: 100) }
        let newcomer = document("a", "root", holding: 50)
        #expect(newcomer.finish()?.count == 50)
        #expect(other.finish()?.count == 100)
        #expect(attack[0].finish() == nil && attack[1].finish() == nil)
        #expect(attack[8].finish()?.count == 100)
    }

    @Test func `Many keys from one address count as one holder`() {
        let other = document("b", "alice", holding: 200)
        let attack = (0..<8).map { document("a", "user\($0)", holding: 100) }
        let newcomer = document("b", "alice", holding: 100)
        #expect(other.finish() != nil && newcomer.finish() != nil)
        #expect(attack.contains { $0.finish() == nil })
    }

    @Test func `A complete document is kept, and counts until it is released`() {
        var used: HeldDocument? = document("a", holding: 900)
        #expect(used?.finish()?.count == 900)
        let newcomer = document("b")
        #expect(!append(200, to: newcomer), "there is no room beside what is in use")
        used = nil
        #expect(append(200, to: document("b")))
    }

    @Test func `A dropped document releases its memory once`() {
        for _ in 0..<100 {
            let documents = (0..<20).map { _ in document("a", holding: 90) }
            #expect(documents.last?.finish()?.count == 90)
        }
        #expect(append(1000, to: document("b")), "nothing is counted that is not there")
    }

    /// One that ends while it is dropped gives its memory back by itself.
    @Test func `Documents are released while others are dropped to make room`() async {
        let budget = DocumentBudget(byteLimit: 12)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<4 {
                group.addTask {
                    for _ in 0..<20_000 {
                        let holder = DocumentBudget.Holder(network: "a", accessKeyID: "\(number)")
                        _ = budget.document(of: holder).append([UInt8](repeating: 1, count: 8).span)
                    }
                }
            }
        }
        let last = budget.document(of: DocumentBudget.Holder(network: "b", accessKeyID: ""))
        let isTaken = last.append([UInt8](repeating: 1, count: 12).span)
        #expect(isTaken, "nothing is counted that is not there")
    }

    @Test(arguments: [
        ("10.0.0.1", "10.0.0.1"), ("::ffff:10.0.0.1", "::ffff:10.0.0.1"), ("-", "-"),
        ("2001:db8:0:1:2:3:4:5", "20:1:d:b8:0:0:0:1::/64"), ("2001:db8:0:1::", "20:1:d:b8:0:0:0:1::/64"),
    ])
    func `One client has an address of IPv4 or a network of IPv6`(_ address: String, _ network: String) {
        #expect(ClientNetwork.of(address) == network)
    }
}
