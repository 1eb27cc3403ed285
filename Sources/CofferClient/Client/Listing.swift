/// The elements that a service lists, fetched page by page on demand.
///
/// Each iteration starts from the beginning. A page is fetched when the one before it is used up. A listing that is
/// truncated without saying where it continues throws ``TransportError``: missing elements would otherwise be taken for
/// elements that do not exist.
public struct Listing<Element: Sendable>: AsyncSequence, Sendable {
    let fetch: @Sendable (_ from: [Parameter]) async throws -> Page

    typealias Parameter = (name: String, value: String?)

    struct Page: Sendable {
        let elements: [Element]
        /// The query parameters of the next page; nil on the last page.
        let next: [Parameter]?
    }

    /// Fetches page after page.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let fetch: @Sendable ([Parameter]) async throws -> Page
        fileprivate var page: ArraySlice<Element> = []
        fileprivate var next: [Parameter]? = []

        /// Returns the next element; nil at the end.
        ///
        /// - Throws: the errors of the request for the next page.
        public mutating func next() async throws -> Element? {
            while page.isEmpty, let from = next {
                let fetched = try await fetch(from)
                if let next = fetched.next, next.elementsEqual(from, by: ==) {
                    throw TransportError(.badResponse, "the service's listing repeats itself")
                }
                (page, next) = (fetched.elements[...], fetched.next)
            }
            return page.popFirst()
        }
    }

    /// Begins a listing from its start.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(fetch: fetch) }
}

extension Listing {
    /// Returns all elements, in memory.
    public func collect() async throws -> [Element] {
        var elements: [Element] = []
        for try await element in self { elements.append(element) }
        return elements
    }
}
