import Synchronization

/// Numbers at fixed places, zero at first, that several threads change at once without a lock.
@safe
public final class AtomicTable: Sendable {
    // Invariant: `count` elements are initialized until `deinit`.
    private nonisolated(unsafe) let places: UnsafeMutablePointer<Atomic<Int64>>
    /// How many there are.
    public let count: Int

    /// Makes a table of zeros.
    public init(count: Int) {
        self.count = count
        unsafe places = .allocate(capacity: count)
        for place in 0..<count { unsafe (places + place).initialize(to: Atomic(0)) }
    }

    deinit {
        unsafe places.deinitialize(count: count)
        unsafe places.deallocate()
    }

    /// The number at a place.
    public subscript(place: Int) -> Int64 {
        precondition(place >= 0 && place < count)
        // Bounds were checked.
        return unsafe places[place].load(ordering: .relaxed)
    }

    /// Adds to the number at a place, and returns the sum.
    @discardableResult
    public func add(_ amount: Int64, at place: Int) -> Int64 {
        precondition(place >= 0 && place < count)
        // Bounds were checked.
        return unsafe places[place].wrappingAdd(amount, ordering: .relaxed).newValue
    }

    /// Makes all numbers zero.
    public func clear() {
        // As many were initialized.
        for place in 0..<count { unsafe places[place].store(0, ordering: .relaxed) }
    }

    /// Makes the number at a place at least as large as `value`.
    public func raise(to value: Int64, at place: Int) {
        precondition(place >= 0 && place < count)
        // Bounds were checked.
        _ = unsafe places[place].max(value, ordering: .relaxed)
    }
}
