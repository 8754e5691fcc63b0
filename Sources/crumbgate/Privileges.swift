import CLinux
import Foundation
import Glibc
import Logging
import Rules

/// What the process may do, and what it gives up before the first visitor comes.
///
/// All of it happens while there is one thread: Linux keeps capabilities by thread.
enum Privileges {
    /// Gives up everything but what serving needs: becomes `user` where one is named, and keeps no capability in any case
    /// unless it stays root.
    static func drop(to user: String?, policy: Policy, logger: Logger) throws {
        defer { crumbgate_forbid_core_dumps() }
        guard let user else {
            if geteuid() == 0 {
                logger.warning("this is root: name a `user` in the rules, or start it as one")
            } else {
                _ = crumbgate_give_up_capabilities()
            }
            return
        }
        let account = try Account(user)
        try account.makeStateDirectory(policy.stateDirectory)
        try account.assume()
        logger.info("running as \(user)")
        let hidden = ([policy.sourceFile] + policy.certificateFiles).filter { path in
            // The call reads the path.
            unsafe access(path, R_OK) != 0
        }
        if !hidden.isEmpty {
            logger.warning(
                """
                \(user) cannot read \(hidden.joined(separator: ", ")): what changes there needs a restart, or a group that \
                may read it
                """)
        }
    }

    /// Becomes a user to look at the machine as that user would, with the one privilege that the service has: ports
    /// below 1024.
    static func lookAs(_ user: String) throws { try Account(user).assume(keepsLowPorts: true) }
}

/// A user of this machine.
private struct Account {
    let name: String
    private var user: UInt32 = 0
    private var group: UInt32 = 0

    init(_ name: String) throws(PrivilegeError) {
        self.name = name
        // The call reads the name and writes two numbers.
        guard unsafe crumbgate_find_user(name, &user, &group) == 1 else { throw .noUser(name) }
    }

    /// Makes the directory for the user where there is none: its parent is seldom theirs.
    func makeStateDirectory(_ path: String) throws {
        guard geteuid() == 0, !FileManager.default.fileExists(atPath: path) else { return }
        let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        // The calls read the path. A link that somebody puts in the new directory's place is not followed.
        guard unsafe mkdir(path, 0o700) == 0 else { throw PrivilegeError.refused(name, code: crumbgate_errno()) }
        let folder = unsafe open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard folder >= 0 else { throw PrivilegeError.refused(name, code: crumbgate_errno()) }
        defer { close(folder) }
        guard fchown(folder, user, group) == 0 else { throw PrivilegeError.refused(name, code: crumbgate_errno()) }
    }

    func assume(keepsLowPorts: Bool = false) throws(PrivilegeError) {
        // The call reads the name.
        guard unsafe crumbgate_become(name, user, group, keepsLowPorts ? 1 : 0) == 0 else {
            let code = crumbgate_errno()
            throw code == EPERM ? .notRoot(name) : .refused(name, code: code)
        }
    }
}

/// A user that the process cannot become.
enum PrivilegeError: Error, CustomStringConvertible {
    case noUser(String)
    case notRoot(String)
    case refused(String, code: Int32)

    var description: String {
        switch self {
        case .noUser(let name): "this machine has no user `\(name)`: adduser --system --group --no-create-home \(name)"
        case .notRoot(let name): "only root can become `\(name)`: start it as root, or as `\(name)`"
        case .refused(let name, let code): "the system does not let this process become `\(name)` (error \(code))"
        }
    }
}
