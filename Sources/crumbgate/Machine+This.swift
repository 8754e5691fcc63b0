import CLinux
import Doctor
import Foundation
import Location
import Rules
import Store
import TLS
import Transport

extension Machine {
    /// The machine that this runs on, as this user sees it.
    static var this: Machine {
        Machine(
            now: { crumbgate_realtime_s() },
            user: userName(),
            isRoot: geteuid() == 0,
            file: look,
            certificate: { path in FileManager.default.contents(atPath: path).flatMap { Certificate(pem: Array($0)) } },
            contextFault: { $0.contextFault },
            port: tryToBind,
            isServing: { directory in
                // The call reads the path.
                let state = unsafe crumbgate_is_lock_held(directory + "/lock")
                return state < 0 ? nil : state == 1
            },
            answer: ask,
            originAnswer: askOrigin,
            placesBuilt: openPlaces,
            fileSystem: lookAtFileSystem,
            storeFaults: { StoreInspection.faults(inDirectory: $0).map(\.description) },
            memoryFault: { policy in
                do {
                    _ = try CheckpointFile(
                        stateDirectory: policy.stateDirectory, memoryDirectory: policy.memoryDirectory)
                    return nil
                } catch {
                    return "\(error)"
                }
            },
            openSwaps: unencryptedSwaps,
            fileLimit: { crumbgate_file_limit() },
            backlogLimit: {
                let text = try? String(contentsOfFile: "/proc/sys/net/core/somaxconn", encoding: .utf8)
                return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
            },
            isClockSynchronised: {
                let state = crumbgate_is_clock_synchronised()
                return state < 0 ? nil : state == 1
            },
            missingFeatures: {
                let missing = Int(crumbgate_missing_features())
                return [
                    (crumbgate_lacks_epoll, "epoll"), (crumbgate_lacks_inotify, "inotify"),
                    (crumbgate_lacks_eventfd, "eventfd"), (crumbgate_lacks_reuse_port, "SO_REUSEPORT"),
                ].filter { missing & Int($0.0) != 0 }.map(\.1)
            })
    }
}

/// What a listener of this machine answers to a request that needs no shop.
func ask(_ listener: Listener, _ site: Site) -> Result<Inquiry.Answer, InquiryError> {
    var question = Inquiry.Question(host: site.host ?? "localhost")
    question.target = "/.crumbgate/banner.css"
    do {
        return .success(try Inquiry(of: listener).answer(to: question))
    } catch .ended where listener.expectsProxyHeader {
        // Only balancers may connect there, and this machine is none: somebody saw to that.
        return .success(Inquiry.Answer(status: 200))
    } catch {
        return .failure(error)
    }
}

private func askOrigin(_ site: Site, isSecure: Bool) -> Result<Inquiry.Answer, InquiryError> {
    let host = site.origin.preservesHost ? site.host : nil
    var question = Inquiry.Question(host: host ?? site.origin.authority)
    question.fields = ["X-Forwarded-Proto: \(isSecure ? "https" : "http")"]
    if let host { question.fields.append("X-Forwarded-Host: \(host)") }
    do {
        return .success(try Inquiry(of: site.origin).answer(to: question))
    } catch {
        return .failure(error)
    }
}

private func userName() -> String {
    let number = geteuid()
    // The structure lives until this thread's next such call.
    guard let entry = unsafe getpwuid(number), let name = unsafe entry.pointee.pw_name else { return String(number) }
    return unsafe String(cString: name)
}

private func look(_ path: String) -> Machine.File? {
    var status = stat()
    // The calls read the path; the first writes one structure.
    guard unsafe stat(path, &status) == 0 else { return nil }
    var found = Machine.File()
    found.isFolder = status.st_mode & S_IFMT == S_IFDIR
    found.mode = UInt16(status.st_mode & 0o777)
    found.size = status.st_size
    found.isReadable = unsafe access(path, R_OK) == 0
    found.isWritable = unsafe access(path, found.isFolder ? W_OK | X_OK : W_OK) == 0
    return found
}

private func openPlaces(_ path: String) -> Result<Int64, PlacesFault> {
    do {
        return .success(try PlaceDatabase(path: path).builtAt)
    } catch {
        switch error {
        case .unreadable: return .failure(.unreadable)
        case .malformed: return .failure(.malformed)
        case .outOfMemory: return .failure(.outOfMemory)
        }
    }
}

private func tryToBind(_ listener: Listener) -> Machine.Port {
    do {
        try listener.checkIsFree()
        return .free
    } catch let error as ListenError {
        switch error.cause.code {
        case EADDRINUSE: return .taken
        case EACCES: return .refused
        case EADDRNOTAVAIL: return .elsewhere
        default: return .failed("\(error)")
        }
    } catch {
        return .failed("\(error)")
    }
}

private func lookAtFileSystem(_ path: String) -> Machine.FileSystem? {
    var kind = statfs()
    // The call reads the path and writes one structure.
    guard unsafe statfs(path, &kind) == 0 else { return nil }
    var found = Machine.FileSystem()
    switch UInt32(truncatingIfNeeded: kind.f_type) {
    case 0x0102_1994, 0x8584_58f6: found.kind = .memory
    // NFS, SMB, CIFS, SMB2, 9P, Ceph
    case 0x6969, 0x517b, 0xff53_4d42, 0xfe53_4d42, 0x0102_1997, 0x00c3_6400: found.kind = .network
    default: break
    }
    found.room = UInt64(kind.f_bavail) * UInt64(kind.f_frsize)
    return found
}

/// Swap areas but those in compressed memory or behind device-mapper, where encrypted ones are.
private func unencryptedSwaps() -> [String] {
    guard let text = try? String(contentsOfFile: "/proc/swaps", encoding: .utf8) else { return [] }
    return text.split(separator: "\n").dropFirst().compactMap { line in
        guard let path = line.split(whereSeparator: \.isWhitespace).first else { return nil }
        return path.hasPrefix("/dev/zram") || path.hasPrefix("/dev/dm-") || path.hasPrefix("/dev/mapper/")
            ? nil : String(path)
    }
}
