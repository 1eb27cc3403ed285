private import Glibc

/// An object for each thread that asks for it, which is created at its first use and released when the thread ends.
final class PerThread<Object: AnyObject>: Sendable {
    private let key: pthread_key_t
    private let make: @Sendable () -> Object

    init(_ make: @escaping @Sendable () -> Object) {
        var key = pthread_key_t()
        let code = pthread_key_create(&key) { object in
            if let object { Unmanaged<AnyObject>.fromOpaque(object).release() }
        }
        precondition(code == 0, "no thread-specific key is left")
        self.key = key
        self.make = make
    }

    deinit { pthread_key_delete(key) }

    /// The object of the thread that asks; nil if it has none yet.
    var existing: Object? {
        pthread_getspecific(key).map { Unmanaged<Object>.fromOpaque($0).takeUnretainedValue() }
    }

    /// The object of the thread that asks.
    var current: Object {
        if let existing { return existing }
        let object = make()
        pthread_setspecific(key, Unmanaged.passRetained(object).toOpaque())
        return object
    }
}
