/// A fixed number of plain values on the heap, owned by one place: for tables that are filled again and again.
///
/// An `InlineArray` of this size would be copied whole wherever the value that holds it is passed on.
@frozen
@safe
public struct UniqueArray<Element: BitwiseCopyable & Sendable>: ~Copyable, @unchecked Sendable {
    // Invariant: `base` is valid and initialized for `count` elements, and freed in `deinit` only.
    @usableFromInline let base: UnsafeMutablePointer<Element>
    /// The number of elements.
    public let count: Int

    /// Makes an array of `count` times `element`.
    public init(repeating element: Element, count: Int) {
        precondition(count >= 0)
        unsafe base = UnsafeMutablePointer<Element>.allocate(capacity: count)
        unsafe base.initialize(repeating: element, count: count)
        self.count = count
    }

    deinit { unsafe base.deallocate() }

    /// The element at `index`, bounds-checked.
    @inlinable
    public subscript(index: Int) -> Element {
        get {
            precondition(index >= 0 && index < count)
            // In bounds by the check above.
            return unsafe base[index]
        }
        set {
            precondition(index >= 0 && index < count)
            // In bounds by the check above.
            unsafe base[index] = newValue
        }
    }
}
