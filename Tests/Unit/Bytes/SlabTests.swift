import Bytes
import Testing

@Suite("A slab")
struct SlabTests {
    /// An element that counts its end.
    final class Witness {
        let onEnd: () -> Void
        init(onEnd: @escaping () -> Void) { self.onEnd = onEnd }
        deinit { onEnd() }
    }

    @Test("A stale handle finds nothing, also when its place is taken again")
    func staleHandles() {
        var slab = Slab<Int>()
        let first = slab.insert(1)
        let isFirstThere = slab.contains(first)
        let removed = slab.remove(first.index)
        let isFirstStillThere = slab.contains(first)
        #expect(isFirstThere && !isFirstStillThere && removed == 1)
        let second = slab.insert(2)
        let isFirstFound = slab.contains(first)
        let isSecondFound = slab.contains(second)
        let isNonsenseFound = slab.contains(Handle(index: 9999, generation: 0))
        let handle = slab.handle(at: second.index)
        #expect(second.index == first.index && handle == second)
        #expect(!isFirstFound && isSecondFound && !isNonsenseFound)
    }

    @Test("Elements keep their places while others come and go")
    func places() {
        var slab = Slab<Int>()
        var handles: [Handle] = []
        for value in 0..<1000 { handles.append(slab.insert(value)) }
        for index in stride(from: 0, to: 1000, by: 2) { slab.remove(handles[index].index) }
        let count = slab.count
        #expect(count == 500)
        for index in stride(from: 1, to: 1000, by: 2) {
            slab[handles[index].index] += 1
            let value = slab[handles[index].index]
            #expect(value == index + 1)
        }
        let gone = slab.remove(handles[0].index)
        #expect(gone == nil)
    }

    @Test("Every element ends once: when it is removed, or with the slab")
    func lifetimes() {
        var ended = 0
        do {
            var slab = Slab<Witness>()
            var handles: [Handle] = []
            for _ in 0..<100 { handles.append(slab.insert(Witness { ended += 1 })) }
            for handle in handles.prefix(30) { slab.remove(handle.index) }
            #expect(ended == 30)
        }
        #expect(ended == 100)
    }
}
