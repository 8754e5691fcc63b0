package import Rules
package import TLS
package import Transport

/// What is asked of a machine. Every question is a value, so that each answer can be tried.
package struct Machine {
    /// A file or folder as this user sees it.
    package struct File: Sendable {
        package var isFolder = false
        /// The lowest nine bits: who may read, write and run it.
        package var mode: UInt16 = 0o600
        package var size = 0
        package var isReadable = true
        package var isWritable = true

        package init() {}
    }

    /// What became of the attempt to bind a port.
    package enum Port: Sendable {
        case free, taken
        /// Ports below 1024.
        case refused
        /// No interface has the address.
        case elsewhere
        case failed(String)
    }

    /// What a folder's file system is.
    package struct FileSystem: Sendable {
        package enum Kind: Sendable { case disk, memory, network }
        package var kind = Kind.disk
        /// Bytes that this user may still write.
        package var room: UInt64 = 1 << 40

        package init() {}
    }

    /// Seconds since 1970.
    package var now: () -> Int64
    /// Whose eyes this looks through.
    package var user: String
    package var isRoot: Bool
    /// Nil where there is none.
    package var file: (_ path: String) -> File?
    /// A certificate of a readable file.
    package var certificate: (_ path: String) -> Certificate?
    /// Why a listener cannot speak TLS with what its rules name; nil when it can.
    package var contextFault: (Listener) -> String?
    package var port: (Listener) -> Port
    /// Whether a proxy runs with this state directory; nil where this user cannot tell.
    package var isServing: (_ stateDirectory: String) -> Bool?
    /// What a listener answers.
    package var answer: (Listener, Site) -> Result<Inquiry.Answer, InquiryError>
    /// What an origin answers to a visitor who came by TLS or not.
    package var originAnswer: (Site, _ isSecure: Bool) -> Result<Inquiry.Answer, InquiryError>
    /// When a place database was made, in seconds since 1970, or why it cannot be opened.
    package var placesBuilt: (_ path: String) -> Result<Int64, PlacesFault>
    package var fileSystem: (_ folder: String) -> FileSystem?
    /// What is wrong with the files of a state directory, a sentence each.
    package var storeFaults: (_ stateDirectory: String) -> [String]
    /// Why the open day cannot be kept in memory over a restart; nil when it can.
    package var memoryFault: (Policy) -> String?
    /// Disks that memory is swapped to as it is.
    package var openSwaps: () -> [String]
    /// How many files a process of this user may open.
    package var fileLimit: () -> Int64
    /// The longest queue of a listening socket; nil where nobody can tell.
    package var backlogLimit: () -> Int?
    /// Whether something keeps the clock right; nil where nobody can tell.
    package var isClockSynchronised: () -> Bool?
    /// What of the system's facilities is missing.
    package var missingFeatures: () -> [String]

    package init(
        now: @escaping () -> Int64,
        user: String,
        isRoot: Bool,
        file: @escaping (_ path: String) -> File?,
        certificate: @escaping (_ path: String) -> Certificate?,
        contextFault: @escaping (Listener) -> String?,
        port: @escaping (Listener) -> Port,
        isServing: @escaping (_ stateDirectory: String) -> Bool?,
        answer: @escaping (Listener, Site) -> Result<Inquiry.Answer, InquiryError>,
        originAnswer: @escaping (Site, _ isSecure: Bool) -> Result<Inquiry.Answer, InquiryError>,
        placesBuilt: @escaping (_ path: String) -> Result<Int64, PlacesFault>,
        fileSystem: @escaping (_ folder: String) -> FileSystem?,
        storeFaults: @escaping (_ stateDirectory: String) -> [String],
        memoryFault: @escaping (Policy) -> String?,
        openSwaps: @escaping () -> [String],
        fileLimit: @escaping () -> Int64,
        backlogLimit: @escaping () -> Int?,
        isClockSynchronised: @escaping () -> Bool?,
        missingFeatures: @escaping () -> [String]
    ) {
        self.now = now
        self.user = user
        self.isRoot = isRoot
        self.file = file
        self.certificate = certificate
        self.contextFault = contextFault
        self.port = port
        self.isServing = isServing
        self.answer = answer
        self.originAnswer = originAnswer
        self.placesBuilt = placesBuilt
        self.fileSystem = fileSystem
        self.storeFaults = storeFaults
        self.memoryFault = memoryFault
        self.openSwaps = openSwaps
        self.fileLimit = fileLimit
        self.backlogLimit = backlogLimit
        self.isClockSynchronised = isClockSynchronised
        self.missingFeatures = missingFeatures
    }
}

/// Why a place database cannot be opened.
package enum PlacesFault: Error { case unreadable, malformed, outOfMemory }
