/// The shop's memory: a visit per session, the oldest forgotten when there are too many.
actor VisitStore {
    private static let limit = 20_000
    private var visits: [String: Visit] = [:]
    private var order: [String] = []
    private var lastOrderNumber = 10_470

    func visit(_ session: String) -> Visit { visits[session] ?? Visit() }

    /// Changes a visit; nothing is stored for a session before its first change.
    func update<Result: Sendable>(_ session: String, _ change: @Sendable (inout Visit) -> Result) -> Result {
        if visits[session] == nil {
            if order.count >= Self.limit {
                for forgotten in order.prefix(Self.limit / 2) { visits[forgotten] = nil }
                order.removeFirst(Self.limit / 2)
            }
            order.append(session)
        }
        return change(&visits[session, default: Visit()])
    }

    func nextOrderNumber() -> Int {
        lastOrderNumber += 1
        return lastOrderNumber
    }

    /// Moves what a visitor had before the login to the session after it (a new one, against session fixation).
    func move(from old: String, to new: String) {
        guard let visit = visits.removeValue(forKey: old) else { return }
        visits[new] = visit
        order.append(new)
    }
}
