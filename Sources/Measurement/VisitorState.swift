/// What is known of one visitor during one day: lives and dies with the window, in memory.
struct VisitorState: BitwiseCopyable {
    /// Epoch seconds.
    var visitStart: Int64 = 0
    var lastPageView: Int64 = 0
    var lastRequest: Int64 = 0
    /// Rows of the page table.
    var lastPage: Int32 = -1
    /// Visits that began so far.
    var visits: UInt16 = 0
    /// Page views of all visits, as counted.
    var views: UInt16 = 0
    /// Page views of the visit that lasts.
    var visitViews: UInt16 = 0
    var didConvert = false
    /// Goals reached on this day, one bit each, in the order in which the window's table has them.
    var goals: UInt64 = 0
    /// Rows that this visitor has fed (docs/privacy.md).
    var pages = InlineArray<10, Int32>(repeating: -1)
    var pageCount: UInt8 = 0
    var pairs = InlineArray<5, Int32>(repeating: -1)
    var pairCount: UInt8 = 0

    /// Whether a page view at `time` goes on with the visit.
    func isVisiting(at time: Int64) -> Bool { visits > 0 && time - lastPageView < VisitorState.pause }

    /// Seconds without a page view that end a visit.
    static let pause: Int64 = 1800
    /// Distinct pages and pairs of pages that one visitor feeds in a day at most.
    static let mostPages = 10
    static let mostPairs = 5
    /// Page views of one visitor in a day at most; what is beyond is reported as cut.
    static let mostViews = 200
    /// Visits of one visitor in a day at most.
    static let mostVisits = 20
}
