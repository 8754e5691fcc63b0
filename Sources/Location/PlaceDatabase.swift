import Bytes
import CMaxMindDB

/// A MaxMind DB file of countries or cities, asked for nothing finer than a subdivision.
///
/// The file is mapped, not read: replace it by renaming a new one over it (as `geoipupdate` does), never by writing into it.
@safe
public final class PlaceDatabase: Sendable {
    /// How fine a place is told.
    public enum Detail: Hashable, Sendable {
        case country
        case subdivision
    }

    // Invariant: points to one MMDB_s that `MMDB_open` filled, and nothing writes to it before `deinit`.
    private nonisolated(unsafe) let database: UnsafeMutablePointer<MMDB_s>

    /// Opens the database at `path`; throws when there is none or it is malformed.
    public init(path: String) throws(PlaceDatabaseError) {
        let database = UnsafeMutablePointer<MMDB_s>.allocate(capacity: 1)
        unsafe database.initialize(to: MMDB_s())
        let status = unsafe path.withCString { name in unsafe MMDB_open(name, UInt32(MMDB_MODE_MMAP), database) }
        guard status == MMDB_SUCCESS else {
            // `MMDB_open` released what it held before it failed.
            unsafe database.deallocate()
            throw PlaceDatabaseError(status: status)
        }
        unsafe self.database = unsafe database
    }

    deinit {
        unsafe MMDB_close(database)
        unsafe database.deallocate()
    }

    /// When the file was made, in seconds since 1970, by what it says itself.
    public var builtAt: Int64 { unsafe Int64(clamping: database.pointee.metadata.build_epoch) }

    /// Finds the place of an address; whatever goes wrong within the database, the place is unknown.
    public func place(of address: ClientAddress, detail: Detail) -> Place {
        let octets = address.octetsForLookup
        let found = unsafe octets.span.withUnsafeBufferPointer { bytes in
            // The library reads at most 16 bytes, and there are 16.
            unsafe crumbgate_mmdb_place(database, bytes.baseAddress, address.isIPv6 ? 1 : 0)
        }
        guard found.status == MMDB_SUCCESS, found.country.0 != 0, found.country.1 != 0 else { return .unknown }
        var code = UInt64(found.country.0) << 56 | UInt64(found.country.1) << 48
        switch detail {
        case .country: break
        case .subdivision:
            code |= UInt64(found.subdivision.0) << 40 | UInt64(found.subdivision.1) << 32
            code |= UInt64(found.subdivision.2) << 24
        }
        return Place(code: code)
    }
}

/// Why a place database could not be opened.
public enum PlaceDatabaseError: Error, Hashable, Sendable {
    /// There is no such file, or it may not be read.
    case unreadable
    /// The file is not a MaxMind DB, or a broken one.
    case malformed
    case outOfMemory

    init(status: Int32) {
        switch status {
        case MMDB_FILE_OPEN_ERROR, MMDB_IO_ERROR: self = .unreadable
        case MMDB_OUT_OF_MEMORY_ERROR: self = .outOfMemory
        default: self = .malformed
        }
    }
}
