/// Names one element of a slab: a stale handle, whose element is gone, finds nothing instead of another element.
@frozen
public struct Handle: Hashable, Sendable {
    /// The element's place.
    public var index: UInt32
    /// How often the place was used before: 30 bits.
    public var generation: UInt32

    /// Makes a handle of its parts.
    @inlinable
    public init(index: UInt32, generation: UInt32) {
        self.index = index
        self.generation = generation
    }
}

/// Elements at fixed places, reached by index, with a generation that changes whenever a place is reused.
///
/// Pages of 64 elements are never moved and never given back, so the memory follows the peak and an index stays valid
/// until its element is removed.
@safe
@frozen
public struct Slab<Element: ~Copyable>: ~Copyable {
    @inlinable static var pageSize: Int { 64 }
    /// The bit of a state that says that an element is there; the others are its generation.
    @inlinable static var occupied: UInt32 { 1 << 31 }

    // Invariant: each pointer is valid for `pageSize` elements; the one at a place is initialized when and only when
    // the place's state says so.
    @usableFromInline var pages: [UnsafeMutablePointer<Element>] = unsafe []
    /// By place.
    @usableFromInline var states: [UInt32] = []
    @usableFromInline var vacant: [UInt32] = []
    /// Elements alive.
    public private(set) var count = 0

    /// Makes a slab without elements.
    public init() {}

    deinit {
        for index in states.indices where states[index] & Self.occupied != 0 {
            unsafe pointer(index).deinitialize(count: 1)
        }
        for page in 0..<states.count / Self.pageSize { unsafe pages[page].deallocate() }
    }

    /// One past the highest index in use so far.
    @inlinable public var endIndex: UInt32 { UInt32(states.count) }

    /// Puts an element at a vacant place.
    @discardableResult
    public mutating func insert(_ element: consuming Element) -> Handle {
        if vacant.isEmpty { addPage() }
        let index = vacant.removeLast()
        unsafe pointer(Int(index)).initialize(to: element)
        let generation = states[Int(index)]
        states[Int(index)] = generation | Self.occupied
        count += 1
        return Handle(index: index, generation: generation)
    }

    /// Takes out the element at `index`; nil when there is none.
    @discardableResult
    public mutating func remove(_ index: UInt32) -> Element? {
        guard isOccupied(index) else { return nil }
        // The state says that the element is there; from now on it says that it is not.
        let element = unsafe pointer(Int(index)).move()
        states[Int(index)] = (states[Int(index)] &+ 1) & 0x3FFF_FFFF
        vacant.append(index)
        count -= 1
        return element
    }

    /// Whether the handle's element is still there.
    @inlinable
    public func contains(_ handle: Handle) -> Bool {
        Int(handle.index) < states.count && states[Int(handle.index)] == handle.generation | Self.occupied
    }

    /// Whether an element lives at `index`.
    @inlinable
    public func isOccupied(_ index: UInt32) -> Bool {
        Int(index) < states.count && states[Int(index)] & Self.occupied != 0
    }

    /// The handle of the element at `index`, which must be alive.
    @inlinable
    public func handle(at index: UInt32) -> Handle {
        Handle(index: index, generation: states[Int(index)] & ~Self.occupied)
    }

    /// The element at `index`, which must be alive.
    @inlinable
    public subscript(index: UInt32) -> Element {
        _read {
            precondition(states[Int(index)] & Self.occupied != 0)
            yield unsafe pointer(Int(index)).pointee
        }
        _modify {
            precondition(states[Int(index)] & Self.occupied != 0)
            yield unsafe &pointer(Int(index)).pointee
        }
    }

    @inlinable
    @inline(__always)
    func pointer(_ index: Int) -> UnsafeMutablePointer<Element> {
        unsafe pages[index / Self.pageSize] + index % Self.pageSize
    }

    private mutating func addPage() {
        let first = states.count
        unsafe pages.append(.allocate(capacity: Self.pageSize))
        states.append(contentsOf: repeatElement(0, count: Self.pageSize))
        for index in (first..<first + Self.pageSize).reversed() { vacant.append(UInt32(index)) }
    }
}
