import Measurement
import Store

/// One figure at a time.
extension ReleaseStore {
    func releasedDays(site: String) throws(StoreError) -> ClosedRange<Int32>? {
        try reading { (reading) throws(StoreError) in try reading.releasedDays(site: site) }
    }

    func ledger(site: String, days: ClosedRange<Int32>) throws(StoreError) -> [ReleaseLedgerEntry] {
        try reading { (reading) throws(StoreError) in try reading.ledger(site: site, days: days) }
    }

    func rows(of dimension: Dimension, site: String, days: ClosedRange<Int32>) throws(StoreError) -> [StoredRow] {
        try reading { (reading) throws(StoreError) in try reading.rows(of: dimension, site: site, days: days) }
    }

    func dailyTotals(
        site: String, days: ClosedRange<Int32>
    ) throws(StoreError) -> [(day: Int32, counts: MeasureCounts, variances: MeasureVariances)] {
        try reading { (reading) throws(StoreError) in try reading.dailyTotals(site: site, days: days) }
    }
}
