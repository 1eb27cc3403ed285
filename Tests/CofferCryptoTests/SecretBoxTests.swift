import Testing

@testable import CofferCrypto

struct SecretBoxTests {
    private let box = SecretBox(key: [UInt8](repeating: 7, count: 32))
    private let secret = Array("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".utf8)

    @Test(arguments: [0, 1, 40, 65_536])
    func `What is sealed opens again`(byteCount: Int) {
        let secret = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0) }
        let sealed = box.seal(secret, for: "k")
        #expect(sealed.count == byteCount + 32)
        #expect(box.open(sealed, for: "k") == secret)
    }

    @Test func `The same secret is sealed differently each time`() {
        #expect(box.seal(secret, for: "k") != box.seal(secret, for: "k"))
    }

    @Test func `It opens for its context and purpose alone, and under its key`() {
        let sealed = box.seal(secret, for: "k")
        #expect(box.open(sealed, for: "l") == nil)
        #expect(box.derived(for: "p").open(sealed, for: "k") == nil)
        #expect(SecretBox(key: [UInt8](repeating: 8, count: 32)).open(sealed, for: "k") == nil)
        let derived = box.derived(for: "p").seal(secret, for: "k")
        #expect(box.derived(for: "p").open(derived, for: "k") == secret)
        #expect(box.derived(for: "q").open(derived, for: "k") == nil)
    }

    @Test func `What was changed anywhere or is too short does not open`() {
        let sealed = box.seal(secret, for: "k")
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(box.open(changed, for: "k") == nil, "byte \(index)")
        }
        for count in 0..<sealed.count { #expect(box.open(Array(sealed.prefix(count)), for: "k") == nil) }
    }
}
